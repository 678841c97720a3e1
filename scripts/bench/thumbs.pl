# SPDX-License-Identifier: Apache-2.0
# Measurements of thumbnails, for scripts/bench.pl.
package StoryImg::Bench::Thumbs;

use strict;
use warnings;

use Compress::Zlib qw(compress);

use StoryImg::Bench;
use StoryImg::Pictures ();
use StoryImg::Pixel ();

my $COUNT = 25;
my $SIDE = 1024;

# A PNG of about 1.5 MB: patches of colour, and a grain over them.
sub drawing {
    srand 1;
    my @patches = map { pack 'C3', map { 40 + int rand 160 } 1 .. 3 } 1 .. 4096;
    my $grain = join '', map { pack 'C', int rand 8 } 1 .. 3 * $SIDE * 17;    # more rows than zlib looks back
    my $rows = '';
    for my $y (0 .. $SIDE - 1) {
        my $row = join '', map { $patches[($y >> 4) * 64 + $_] x 16 } 0 .. 63;
        $rows .= "\0" . ($row | substr $grain, 3 * $SIDE * ($y % 17), 3 * $SIDE);
    }
    return StoryImg::Pixel::png_of(['IHDR', pack 'NNCCCCC', $SIDE, $SIDE, 8, 2, 0, 0, 0], ['IDAT', compress($rows)]);
}

# The first request for each, one after another; then one of them, beside the same file served by httpd alone.
sub thumbs {
    my $png = drawing();
    my ($with, $without) = map { static_site(module => $_) } 1, 0;
    my $name = 'thumbs/story-100-p1.webp';
    $with->write_file("generated/story-$_-p1.png", $png) for 100 .. 99 + $COUNT;
    my @seconds = map {
        my $response = $with->get("/generated/thumbs/story-$_-p1.webp");
        die "thumbnail: $response->{status}\n" if $response->{status} != 200;
        $response->{seconds};
    } 100 .. 99 + $COUNT;
    printf "thumbs      of %d x %d, %.1f MB: first request %.0f ms (under 120)\n", $SIDE, $SIDE, length($png) / 1_000_000,
        1000 * median(@seconds);
    my $thumb = StoryImg::Server::slurp($with->root . "/generated/$name");
    mkdir $without->root . '/generated/thumbs';
    $without->write_file("generated/$name", $thumb);
    compare_static('thumbs', $with, $without, sprintf('%.0f KB', length($thumb) / 1024) => $name);
    $_->stop for $with, $without;
    return;
}

1;
