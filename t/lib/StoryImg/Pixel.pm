# SPDX-License-Identifier: Apache-2.0
package StoryImg::Pixel;

# storyimg-pixel by itself, the pictures that it is given, and a look at those that it gives.

use strict;
use warnings;

use Compress::Zlib qw(compress uncompress);
use Exporter qw(import);
use File::Temp qw(tempdir);
use Test::More;
use Time::HiRes qw(time);

use StoryImg::Conf ();
use StoryImg::Pictures ();

our @EXPORT = qw(run made is_refused quarter png_of plain_png png_chunks picture is_near spliced exif profile gif $RED $BLUE $WHITE);

my $PROGRAM = "$StoryImg::Conf::BUILD/storyimg-pixel";
my $folder = tempdir('storyimg-pixel-XXXXXX', TMPDIR => 1, CLEANUP => 1);
our ($RED, $BLUE, $WHITE) = ([250, 20, 20], [20, 20, 250], [255, 255, 255]);

sub spew {
    my ($path, $bytes) = @_;
    open my $out, '>:raw', $path or die "$path: $!";
    print {$out} $bytes;
    close $out or die "$path: $!";
    return $path;
}

sub slurp {
    my ($path) = @_;
    open my $in, '<:raw', $path or die "$path: $!";
    local $/;
    return scalar(<$in>) // '';
}

# Run with these bytes on standard input, perhaps with words of the shell before it: { status, out, err, seconds }.
sub run {
    my ($bytes, @words) = @_;
    my $before = ref $words[0] ? ${ shift @words } : '';
    spew("$folder/in", $bytes);
    my $began = time;
    my $status = system "exec <'$folder/in' >'$folder/out' 2>'$folder/err'; $before '$PROGRAM' @words";
    return { status => $status & 127 ? "signal @{[ $status & 127 ]}" : $status >> 8, seconds => time - $began,
        out => slurp("$folder/out"), err => slurp("$folder/err") };
}

# What must work.
sub made {
    my ($bytes, @words) = @_;
    my $run = run($bytes, @words);
    return $run->{out} if $run->{status} eq '0' && $run->{err} eq '';
    fail("@words") or diag("$run->{status} $run->{err}");
    return '';
}

# What must not: one line that says why, and not a byte of a picture.
sub is_refused {
    my ($run, $status, $why, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my @wrong;
    push @wrong, "status $run->{status}" if $run->{status} ne $status;
    push @wrong, "says $run->{err}" if $run->{err} !~ /\Astoryimg-pixel: [ -~]*$why[ -~]*\n\z/;
    push @wrong, length($run->{out}) . ' bytes of output' if $run->{out} ne '';
    return ok(!@wrong, $name) || diag(join '; ', @wrong);
}

# Drawn: a red quarter at the upper left, the rest blue.
sub quarter {
    my ($format, $width, $height) = @_;
    my @half = ($width / 2, $height / 2);
    return made(qq{<svg xmlns="http://www.w3.org/2000/svg" width="$width" height="$height"><rect width="$width" height="$height" }
        . qq{fill="#1414fa"/><rect width="$half[0]" height="$half[1]" fill="#fa1414"/></svg>},
        'render', '--width', $width, '--height', $height, '--format', $format);
}

# A PNG of these chunks, its signature and end put around them.
sub png_of { return "\x89PNG\r\n\x1a\n" . join('', map { StoryImg::Pictures::chunk(@$_) } @_, ['IEND', '']) }

# A PNG whose every pixel is these bytes.
sub plain_png {
    my ($width, $height, $depth, $type, $pixel, @more) = @_;
    return png_of(['IHDR', pack 'NNCCCCC', $width, $height, $depth, $type, 0, 0, 0], @more,
        ['IDAT', compress(("\0" . $pixel x $width) x $height)]);
}

sub png_chunks {
    my ($png) = @_;
    my ($at, @chunks) = (8);
    while ($at + 8 <= length $png) {
        my ($size, $type) = unpack 'Na4', substr $png, $at, 8;
        push @chunks, [$type, substr $png, $at + 8, $size];
        $at += 12 + $size;
    }
    return @chunks;
}

# A PNG of ours as { width, height, channels, at => sub { colour at (x, y) as a list } }.
sub decoded {
    my ($png) = @_;
    my @chunks = png_chunks($png);
    my ($width, $height, $depth, $type) = unpack 'NNCC', $chunks[0][1] // '';
    return { width => 0, height => 0, channels => 0, depth => 0, at => sub { return [] } } if !$width;
    my $channels = { 2 => 3, 6 => 4 }->{$type} // 1;
    my $rows = uncompress(join '', map { $_->[0] eq 'IDAT' ? $_->[1] : () } @chunks);
    return { width => $width, height => $height, channels => $channels, depth => $depth, at => sub {
        my ($x, $y) = @_;
        my $start = $y * (1 + $width * $channels);
        die 'a filter that this test does not know' if ord substr $rows, $start, 1;
        return [unpack "C$channels", substr $rows, $start + 1 + $x * $channels, $channels];
    } };
}

sub picture { my ($bytes) = @_; return decoded(made($bytes, qw(import --format png))) }

sub is_near {
    my ($got, $want, $name, $most) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my @far = grep { abs(($got->[$_] // 999) - $want->[$_]) > ($most // 12) } 0 .. $#$want;
    return ok(!@far, $name) || diag("(@$got) is not (@$want)");
}

# Segments put into a JPEG right after its start.
sub spliced {
    my ($jpeg, @segments) = @_;
    return substr($jpeg, 0, 2) . join('', map { pack('CCn', 0xff, $_->[0], 2 + length $_->[1]) . $_->[1] } @segments) . substr $jpeg, 2;
}

# Orientation, a description, and where it was taken.
sub exif {
    my ($orientation) = @_;
    my $gps = pack 'vvvVa4vvVVV', 2, 1, 2, 2, 'N', 2, 5, 3, 0, 0;
    my $ifd = pack('vvvVvv', 3, 0x112, 3, 1, $orientation, 0) . pack('vvVV', 0x10e, 2, 10, 100)
        . pack('vvVVV', 0x8825, 4, 1, 120, 0);
    return "Exif\0\0II*\0" . pack('V', 8) . $ifd . ("\0" x (92 - length $ifd)) . "AtHome123\0" . ("\0" x 10) . $gps;
}

# A profile of three colorants and one curve, red and green exchanged: what it calls red shows green.
sub profile {
    my $xyz = sub { return 'XYZ ' . pack 'NN3', 0, map { int($_ * 65536 + 0.5) } @_ };
    my @blocks = ($xyz->(0.3851, 0.7169, 0.0971), $xyz->(0.4360, 0.2225, 0.0139), $xyz->(0.1431, 0.0606, 0.7139), $xyz->(0.9642, 1, 0.8249),
        'curv' . pack('NNnn', 0, 1, 0x233, 0), 'text' . pack('N', 0) . "none\0\0\0\0", 'desc' . pack('NNa2', 0, 2, "x\0") . ("\0" x 78));
    my @tags = ([rXYZ => 0], [gXYZ => 1], [bXYZ => 2], [wtpt => 3], [rTRC => 4], [gTRC => 4], [bTRC => 4], [cprt => 5], [desc => 6]);
    my ($at, @starts) = (128 + 4 + 12 * @tags);
    for my $block (@blocks) {
        push @starts, $at;
        $at += length $block;
    }
    my $table = pack('N', scalar @tags) . join '', map { $_->[0] . pack 'NN', $starts[$_->[1]], length $blocks[$_->[1]] } @tags;
    my $head = pack 'Na4Na4a4a4n6a4a4N9', $at, '', 0x02100000, 'mntr', 'RGB ', 'XYZ ', 2020, 1, 1, 0, 0, 0, 'acsp', '',
        (0) x 6, map { int($_ * 65536 + 0.5) } 0.9642, 1, 0.8249;
    return $head . ("\0" x (128 - length $head)) . $table . join '', @blocks;
}

# Codes of three bits, the table cleared before it grows.
sub gif_data {
    my @codes = map({ (4, $_, $_) } @_);
    my $bits = join '', map { scalar reverse sprintf '%03b', $_ } @codes, 5;
    my $bytes = pack 'b*', $bits;
    return "\2" . pack('C', length $bytes) . $bytes . "\0";
}

# 8 x 4 pixels; a frame for each number of a colour.
sub gif {
    my @frames = map { "\x21\xf9\4\0\x0a\0\0\0" . pack('Cvvvv', 0x2c, 0, 0, 8, 4) . "\0" . gif_data(($_) x 16) } @_;
    return 'GIF89a' . pack('vvCCC', 8, 4, 0x81, 0, 0) . pack('C12', @$RED, @$BLUE, @$WHITE, 0, 0, 0)
        . "\x21\xff\x0bNETSCAPE2.0\3\1\0\0\0" . join('', @frames) . ';';
}

1;
