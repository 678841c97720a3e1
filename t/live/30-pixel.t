#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# storyimg-pixel by itself: uploads become clean pictures, small copies, and a few colours; bad ones become nothing.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use Compress::Zlib qw(compress deflateInit);
use JSON::PP ();
use Test::More;

use StoryImg::Conf ();
use StoryImg::Pictures qw(html svg sniff);
use StoryImg::Pixel;
use StoryImg::Test;

my %drawn = map { $_ => quarter($_, 64, 32) } qw(png jpg webp);

subtest 'each format in and out' => sub {
    my %in = (%drawn, gif => gif(1));
    for my $from (sort keys %in) {
        for my $to ('', sort keys %drawn) {
            my $out = made($in{$from}, 'import', $to ? ('--format', $to) : ());
            my $want = $to || ($from eq 'gif' ? 'png' : $from);
            is(sniff($out), $want, "$from to " . ($to || 'what it is'));
            next if $from eq 'gif';
            my $seen = picture($out);
            is("$seen->{width}x$seen->{height}", '64x32', 'its size');
            is_near($seen->{at}->(8, 8), $RED, 'red is where it was', 40);
            is_near($seen->{at}->(56, 24), $BLUE, 'and blue', 40);
        }
    }
    is(sniff(run($in{$_}, \'cat |', 'import')->{out}), $_ eq 'gif' ? 'png' : $_, "$_: from a pipe as well") for sort keys %in;
};

subtest 'upright, by the camera\'s word' => sub {
    my %corner = (1 => 'ul', 2 => 'ur', 3 => 'lr', 4 => 'll', 5 => 'ul', 6 => 'ur', 7 => 'lr', 8 => 'll');
    for my $orientation (1 .. 8, 9) {
        my $seen = picture(spliced($drawn{jpg}, [0xe1, exif($orientation)]));
        my $turned = $orientation >= 5 && $orientation <= 8;
        is("$seen->{width}x$seen->{height}", $turned ? '32x64' : '64x32', "orientation $orientation: size");
        my %at = (u => 4, l => $seen->{height} - 5);
        my %at_x = (l => 4, r => $seen->{width} - 5);
        my @found = grep { my ($y, $x) = split //; ($seen->{at}->($at_x{$x}, $at{$y})->[0] // 0) > 200 } qw(ul ur ll lr);
        is("@found", $corner{$orientation} // 'ul', 'the red quarter is where it belongs');
    }
};

subtest 'nothing stays but pixels' => sub {
    my $jpeg = spliced($drawn{jpg}, [0xe1, exif(6)], [0xe1, "http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>AtHome123</x:xmpmeta>"],
        [0xed, "Photoshop 3.0\0" . '8BIM' . pack('na2N', 0x404, '', 14) . "\x1c\2\x78\0\x09AtHome123"], [0xfe, 'AtHome123'],
        [0xe2, "ICC_PROFILE\0\1\1" . profile()], [0xef, 'AtHome123']);
    my $png = plain_png(4, 4, 8, 2, pack('C3', @$RED), ['iCCP', "AtHome123\0\0" . compress(profile())],
        ['eXIf', substr exif(6), 6], ['tEXt', "Comment\0AtHome123"], ['tIME', pack 'nC5', 2020, 1, 1, 0, 0, 0],
        ['iTXt', "XML:com.adobe.xmp\0\0\0\0\0<x:xmpmeta>AtHome123</x:xmpmeta>"]);
    for my $case ([JPEG => $jpeg], [PNG => $png]) {
        my ($name, $bytes) = @$case;
        for my $words (map { ["import --format $_"], ["fit --side 20 --format $_"] } qw(png jpg webp)) {
            my $out = made($bytes, @$words);
            ok(length $out, "$name, @$words: made");
            ok($out !~ qr/AtHome|Exif|EXIF|ICC|iCCP|acsp|8BIM|adobe|XMP|eXIf|tEXt|iTXt|zTXt|tIME|\xff\xfe\0/, 'and clean');
        }
    }
    my $webp = made($jpeg, 'import --format webp');
    is(substr($webp, 12, 4) eq 'VP8X' ? ord(substr $webp, 20, 1) & 0x2c : 0, 0, 'a WebP whose header promises none');
    my @chunks = map { $_->[0] } png_chunks(made($png, 'import'));
    is(join(' ', grep { !/IHDR|IDAT|IEND|pHYs|bKGD/ } @chunks), '', 'a PNG of the chunks it needs');
};

subtest 'colours are what they were meant to be' => sub {
    my $green = [0, 250, 20];
    my $jpeg = spliced($drawn{jpg}, [0xe2, "ICC_PROFILE\0\1\1" . profile()]);
    my $seen = picture($jpeg)->{at}->(8, 8);
    ok($seen->[1] > 200 && $seen->[0] < 120, 'through the profile of a JPEG') or diag("@$seen");
    $seen = picture(plain_png(4, 4, 8, 2, pack('C3', @$RED), ['iCCP', "p\0\0" . compress(profile())]))->{at}->(1, 1);
    ok($seen->[1] > 200 && $seen->[0] < 120, 'and of a PNG') or diag("@$seen");
    my $fitted = picture(made($jpeg, qw(fit --side 16)))->{at}->(2, 2);
    ok($fitted->[1] > 200 && $fitted->[0] < 120, 'and in a small copy') or diag("@$fitted");
    $seen = picture(spliced($drawn{jpg}, [0xe2, "ICC_PROFILE\0\1\1" . 'no profile at all' x 20]));
    is_near($seen->{at}->(8, 8), $RED, 'a profile that is none does not count', 40);
    my %others = ('16 bits' => [plain_png(4, 4, 16, 2, pack 'n3', map { $_ * 257 } @$RED), $RED],
        grey => [plain_png(4, 4, 8, 0, "\x80"), [128, 128, 128]], 'one bit' => [plain_png(8, 4, 1, 0, ''), [0, 0, 0]],
        'grey with the profile of colours' => [plain_png(4, 4, 8, 0, "\x80", ['iCCP', "p\0\0" . compress(profile())]), [128, 128, 128]],
        palette => [plain_png(4, 4, 8, 3, "\1", ['PLTE', pack 'C6', @$BLUE, @$RED]), $RED]);
    $others{'one bit'}[0] = png_of(['IHDR', pack 'NNCCCCC', 8, 4, 1, 0, 0, 0, 0], ['IDAT', compress("\0\0" x 4)]);
    for my $name (sort keys %others) {
        my $made = picture($others{$name}[0]);
        is_near($made->{at}->(1, 1), $others{$name}[1], $name, 2);
        is("$made->{depth}/$made->{channels}", '8/3', 'three channels of eight bits');
    }
};

subtest 'what shines through stays so, or lies on white' => sub {
    my $clear = plain_png(6, 6, 8, 6, pack 'C4', @$RED, 0);
    for my $format (qw(png webp)) {
        my $seen = picture(made($clear, 'import', '--format', $format));
        is($seen->{channels}, 4, "$format keeps its alpha");
        is($seen->{at}->(2, 2)[3], 0, 'and is clear');
    }
    for my $words ('import --format jpg', 'fit --side 3', 'fit --side 9') {
        is_near(picture(made($clear, $words))->{at}->(1, 1), $WHITE, "$words: on white");
    }
    my $half = picture(made(plain_png(6, 6, 8, 6, pack 'C4', @$RED, 128), 'import --format jpg'));
    is_near($half->{at}->(2, 2), [252, 137, 137], 'half of it, half white');
};

subtest 'an animation: its first frame' => sub {
    my $seen = picture(gif(1, 0, 2));
    is("$seen->{width}x$seen->{height}", '8x4', 'one of them');
    is_near($seen->{at}->(3, 2), $BLUE, 'the first', 2);
    my $webp = StoryImg::Pictures::fixture('sniff/animated.webp');
    is(join('x', @{ picture($webp) }{qw(width height)}), '20x14', 'of a WebP, too');
};

# Black rows of one bit, made as they are needed.
sub endless_png {
    my ($width, $height) = @_;
    my ($deflate) = deflateInit(-Level => 9);
    my $row = "\0" x (1 + ($width + 7) / 8);
    my $data = join '', map({ scalar(($deflate->deflate($row))[0]) } 1 .. $height), scalar(($deflate->flush)[0]);
    return png_of(['IHDR', pack 'NNCCCCC', $width, $height, 1, 0, 0, 0, 0], ['IDAT', $data]);
}

subtest 'more pixels than there is room for' => sub {
    my $bomb = endless_png(30_000, 30_000);
    cmp_ok(length $bomb, '<', 130_000, '30000 x 30000 in a small file');
    my $room = $StoryImg::Conf::SAN ? '' : 'ulimit -d 100000;';
    for my $words ('import', 'import --format jpg', 'fit --side 100', 'looks') {
        my $run = run($bomb, \$room, $words);
        is_refused($run, 3, '30000 x 30000 pixels, more than 40000000', "$words: refused, with less than 100 MB");
        cmp_ok($run->{seconds}, '<', slow(1), 'at once');
    }
    my $jpeg = $drawn{jpg};
    $jpeg =~ s/(\xff\xc0..\x08)..../$1 . pack 'nn', 65_500, 65_500/es;
    is_refused(run($jpeg, 'import'), 3, '65500 x 65500', 'a JPEG that says so');
    my $gif = gif(1);
    $gif =~ s/\x2c\0\0\0\0\K..../pack 'vv', 65_535, 65_535/es;
    is_refused(run($gif, 'import'), 3, '65535 x 65535', 'a GIF, too');
    is_refused(run($drawn{$_}, 'import --max-pixels 2047'), 3, 'more than 2047', "$_: a limit of ours") for sort keys %drawn;
    is(run($drawn{$_}, 'import --max-pixels 2048')->{status}, 0, "$_: just within it") for sort keys %drawn;
};

subtest 'half of a picture is none' => sub {
    my %in = (%drawn, gif => gif(1), 'large png' => quarter('png', 640, 320), 'large jpg' => quarter('jpg', 640, 320));
    for my $name (sort keys %in) {
        for my $part (0.3, 0.6, 0.9) {
            next if $name eq 'gif' && $part > 0.8;    # its only frame is there
            my $cut = substr $in{$name}, 0, length($in{$name}) * $part;
            is_refused(run($cut, 'import --format png'), 1, '', "$part of a $name");
            is_refused(run($cut, 'fit --side 30'), 1, '', 'nor a small copy of it');
        }
    }
    my $ended = substr($in{'large jpg'}, 0, length($in{'large jpg'}) * 0.6) . "\xff\xd9";
    is_refused(run($ended, 'import'), 1, 'premature end', 'half a JPEG with an end');
    is_refused(run('', $_), 1, 'too short', "$_: nothing at all") for 'import', 'fit --side 9', 'looks';
    is_refused(run("\x89PNG\r\n", 'import'), 1, 'too short', 'six bytes');
};

subtest 'other files' => sub {
    my %others = (SVG => svg(), HTML => html() . ' ' x 20, PDF => "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n",
        text => 'Once upon a time, there', Radiance => "#?RADIANCE\n" . "\0" x 40,
        TIFF => "II*\0\x08\0\0\0" . ("\0" x 60), 'TIFF of the other kind' => "MM\0*\0\0\0\x08" . ("\0" x 60),
        BMP => 'BM' . pack('VvvVVVVvvVVVVVV', 58, 0, 0, 54, 40, 1, 1, 1, 24, 0, 4, 0, 0, 0, 0) . "\0\0\xff\0",
        PPM => "P6\n2 2\n255\n" . "\x40" x 12, AVIF => "\0\0\0\x20ftypavif" . "\0" x 40, 'libvips\'s own' => "\xb6\xa6\xf2\x08" . "\0" x 80,
        WAVE => "RIFF\x24\0\0\0WAVEfmt " . "\0" x 30, 'JPEG 2000' => "\0\0\0\x0cjP  \r\n\x87\n" . "\0" x 40);
    is_refused(run($others{$_}, 'import'), 1, 'not a PNG, JPEG, WebP or GIF', $_) for sort keys %others;
    is_refused(run($others{SVG}, $_), 1, 'not a PNG', "nor for $_") for 'fit --side 9', 'looks';
    is_refused(run($drawn{png}, 'render --width 9 --height 9'), 1, '', 'and nothing but SVG is drawn');
    is_refused(run("$_ and noise, and more noise", 'import'), 1, '', 'a start and noise')
        for "\x89PNG\r\n\x1a\n", "\xff\xd8\xff\xe0", 'GIF89a', "RIFF\x30\0\0\0WEBP";
};

subtest 'a small copy' => sub {
    my %sizes = ('64x32' => '50x25', '40x640' => '3x50', '50x50' => '50x50', '30x20' => '30x20', '1200x6' => '50x1', '900x600' => '50x33');
    for my $size (sort keys %sizes) {
        my ($width, $height) = split /x/, $size;
        for my $format (qw(png jpg)) {
            my $out = made(quarter($format, $width, $height), 'fit --side 50');
            is(sniff($out), 'jpg', "$size, a $format: a JPEG");
            my $seen = picture($out);
            is("$seen->{width}x$seen->{height}", $sizes{$size}, "of $sizes{$size}");
            is_near($seen->{at}->($seen->{width} - 1, $seen->{height} - 1), $BLUE, 'blue where it was', 60) if $height > 6;
        }
    }
    my $seen = picture(made(spliced(quarter('jpg', 800, 400), [0xe1, exif(6)]), 'fit --side 50'));
    is("$seen->{width}x$seen->{height}", '25x50', 'upright');
    is_near($seen->{at}->(22, 4), $RED, 'red at its upper right', 40);
    is(sniff(made($drawn{png}, "fit --side 9 --format $_")), $_, "as $_") for qw(png webp);
};

# A head with hair, and shoulders; or the whole of a child, as a child draws it.
sub portrait {
    my ($kind, $skin, $hair, $top, $behind) = @_;
    my $head = qq{<svg xmlns="http://www.w3.org/2000/svg" width="512" height="512"><rect width="512" height="512" fill="$behind"/>};
    my %body = (
        photo => qq{<path d="M120 512C120 380 200 350 256 350S392 380 392 512Z" fill="$top"/><ellipse cx="256" cy="190" rx="125" ry="135" }
            . qq{fill="$hair"/><path d="M226 290h60v75h-60z" fill="$skin"/><ellipse cx="256" cy="220" rx="95" ry="115" fill="$skin"/>}
            . '<circle cx="220" cy="210" r="10"/><circle cx="292" cy="210" r="10"/>'
            . '<path d="M220 270Q256 300 292 270" stroke="#a33" stroke-width="8" fill="none"/>',
        drawing => qq{<path d="M200 230L130 300M312 230L382 300M230 400V490M282 400V490" stroke="$skin" stroke-width="18"/>}
            . qq{<path d="M256 190L350 410H162Z" fill="$top"/><circle cx="256" cy="115" r="92" fill="$hair"/>}
            . qq{<circle cx="256" cy="135" r="72" fill="$skin"/><circle cx="232" cy="125" r="7"/><circle cx="280" cy="125" r="7"/>},
    );
    return made("$head$body{$kind}</svg>", 'render --width 512 --height 512 --format jpg');
}

sub looks { my ($bytes) = @_; my $line = made($bytes, 'looks'); return $line =~ /\A\{[^\n]*\}\n\z/ ? JSON::PP::decode_json($line) : {} }
sub colour { my ($name) = @_; return [map { hex } ($name // '') =~ /\A#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})\z/] }

subtest 'looks' => sub {
    my @people = (['#c98d62', '#3a2a34', '#e8594f'], ['#f3cdb0', '#e0b050', '#2f6fd0'], ['#8d5a3b', '#111111', '#f5d020'],
        ['#5a3825', '#1a1210', '#7b3fa0'], ['#fde7dc', '#a0522d', '#3c9d4a'], ['#3b2219', '#101010', '#ff8c00'],
        ['#e0ac85', '#d0d0d8', '#20a0a0']);
    for my $kind (qw(photo drawing)) {
        for my $behind ('#cfe8ff', '#ffffff', '#2c5f2d') {
            for my $person (@people) {
                my $found = looks(portrait($kind, @$person, $behind));
                my %want;
                @want{qw(skin hair top)} = @$person;
                is_near(colour($found->{$_}), colour($want{$_}), "$kind before $behind: $_ is $want{$_}", 14) for sort keys %want;
            }
        }
    }
    my $jpeg = portrait('photo', @{ $people[0] }, '#cfe8ff');
    is(made($jpeg, 'looks'), made($jpeg, 'looks'), 'always the same');
    is_near(colour(looks(made($jpeg, "import --format $_"))->{skin}), colour('#c98d62'), "as a $_") for qw(png webp);
    my $turned = looks(spliced(made($jpeg, 'import'), [0xe1, exif(3)]));
    isnt($turned->{hair} // '', looks($jpeg)->{hair}, 'a portrait upside down is looked at as it is meant to be seen');
    my $bald = looks(portrait('photo', '#c98d62', '#cfe8ff', '#e8594f', '#cfe8ff'));
    is_deeply([sort keys %$bald], [qw(skin top)], 'who has no hair has none');
    my $bare = looks(portrait('photo', '#c98d62', '#3a2a34', '#c98d62', '#cfe8ff'));
    is_deeply([sort keys %$bare], [qw(hair skin)], 'nor clothes who has none on');
    is(made(plain_png(50, 40, 8, 2, pack 'C3', @$_), 'looks'), "{}\n", 'nobody there: nothing told') for $WHITE, $BLUE, [201, 141, 98];
    is(made(plain_png(@$_, 8, 2, "\1\2\3"), 'looks'), "{}\n", "@$_ pixels") for [1, 1], [1, 500], [500, 1];
};

subtest 'words that are no order' => sub {
    for my $words ('', 'nonsense', 'fit', 'fit --side 0', 'fit --side 4097', 'fit --side x', 'import --format gif', 'import --format',
        'import --max-pixels 0', 'import --max-pixels 40000001', 'import --width 3', 'import more', 'looks --format png',
        'render --width 3', 'render --width 3 --height 3 --side 3') {
        my $run = run($drawn{png}, $words);
        ok($run->{status} eq '2' && $run->{err} =~ /^usage: storyimg-pixel /m && $run->{out} eq '', "'$words'")
            or diag("$run->{status} $run->{err}");
    }
    is_refused(run($drawn{png}, 'import', '>/dev/full;'), 1, 'standard output: ', 'nobody takes the picture');
};

done_testing();
