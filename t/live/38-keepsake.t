#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# storyimg-pixel by itself: thumbnails, and pictures in another format. Each says that a model drew it.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use Compress::Zlib qw(compress uncompress);
use Test::More;

use StoryImg::Pictures qw(html svg sniff);
use StoryImg::Pixel;

my $SOURCE = 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia';
my %drawn = map { $_ => quarter($_, 640, 320) } qw(png jpg webp);

# The metadata of a picture as { kind => bytes }, by its own chunks.
sub png_data {
    my ($bytes) = @_;
    my %data;
    for my $chunk (png_chunks($bytes)) {
        my ($type, $data) = @$chunk;
        $data{ICC} = uncompress($data =~ s/\A[^\0]*\0\0//r) if $type eq 'iCCP';
        $data{XMP} = $1 if $type eq 'iTXt' && $data =~ /\AXML:com\.adobe\.xmp\0\0\0\0\0(.*)\z/s;
        $data{$type} = $data if $type =~ /\A(?:tEXt|zTXt|eXIf|tIME)\z/;
    }
    return \%data;
}

sub jpg_data {
    my ($bytes) = @_;
    my ($at, %data) = (2);
    while (ord(substr $bytes, $at + 1, 1) != 0xda) {
        my ($kind, $size) = unpack 'xCn', substr $bytes, $at, 4;
        my $segment = substr $bytes, $at + 4, $size - 2;
        $data{ICC} .= substr $segment, 14 if $kind == 0xe2 && $segment =~ /\AICC_PROFILE\0/;
        $data{XMP} = $1 if $kind == 0xe1 && $segment =~ m{\Ahttp://ns\.adobe\.com/xap/1\.0/\0(.*)\z}s;
        $data{EXIF} = 1 if $kind == 0xe1 && $segment =~ /\AExif/;
        $data{sprintf 'segment %x', $kind} = 1 if $kind > 0xe2 || $kind == 0xfe;
        $at += 2 + $size;
    }
    return \%data;
}

sub webp_data {
    my ($bytes) = @_;
    my ($at, %data) = (12);
    while ($at < length $bytes) {
        my ($kind, $size) = unpack 'a4V', substr $bytes, $at, 8;
        my $chunk = substr $bytes, $at + 8, $size;
        $data{ { 'XMP ' => 'XMP', ICCP => 'ICC', EXIF => 'EXIF' }->{$kind} } = $chunk if $kind =~ /\A(?:XMP |ICCP|EXIF)\z/;
        $data{flags} = ord $chunk if $kind eq 'VP8X';
        $at += 8 + $size + $size % 2;
    }
    my $flags = (exists $data{XMP} ? 4 : 0) | (exists $data{ICC} ? 32 : 0) | (exists $data{EXIF} ? 8 : 0);
    my $told = delete($data{flags}) // 0;
    $data{flags} = $told if ($told & 44) != $flags;
    return \%data;
}

my %data = (png => \&png_data, jpg => \&jpg_data, webp => \&webp_data);

# It has an XMP packet that says what it is, and of other metadata this at most; returns what it has.
sub is_marked {
    my ($bytes, $format, $name, @more) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is(sniff($bytes), $format, "$name: is a $format");
    my $data = $data{$format}->($bytes);
    like($data->{XMP}, qr/\A<\?xpacket begin="\xef\xbb\xbf".*DigitalSourceType="\Q$SOURCE\E".*<\?xpacket end="r"\?>\z/s, "$name: says so");
    is_deeply([sort grep { $_ ne 'XMP' } keys %$data], \@more, "$name: has nothing else");
    return $data;
}

subtest 'thumbnails' => sub {
    for my $format (sort keys %drawn) {
        my $thumb = made($drawn{$format}, 'thumb', '--side', 320);
        is_marked($thumb, 'webp', "of $format");
        my $seen = picture($thumb);
        is("$seen->{width}x$seen->{height}", '320x160', 'its size');
        is_near($seen->{at}->(40, 40), $RED, 'red is where it was', 40);
        is_near($seen->{at}->(280, 120), $BLUE, 'and blue', 40);
        my ($in, $out) = map { $seen->{at}->($_, 20) } 154, 166;
        is_near($in, $RED, 'up to the edge', 60);
        is_near($out, $BLUE, 'which is sharp', 60);
    }
    my $small = picture(made(quarter('png', 64, 32), 'thumb', '--side', 320));
    is("$small->{width}x$small->{height}", '64x32', 'a small picture is not made larger');
    my $long = picture(made(plain_png(3000, 2, 8, 2, pack('C3', @$RED)), 'thumb', '--side', 320));
    is("$long->{width}x$long->{height}", '320x1', 'a long one keeps a pixel');
    my $clear = picture(made(plain_png(640, 640, 8, 6, pack('C4', @$RED, 128)), 'thumb', '--side', 320));
    is_near([$clear->{channels}, ($clear->{at}->(5, 5)->[3] // 0)], [4, 128], 'what is not opaque stays so');
};

subtest 'other formats' => sub {
    for my $from (sort keys %drawn) {
        for my $to (sort keys %drawn) {
            my $out = made($drawn{$from}, 'convert', '--format', $to);
            is_marked($out, $to, "$from to $to");
            my $seen = picture($out);
            is("$seen->{width}x$seen->{height}", '640x320', 'its size');
            is_near($seen->{at}->(40, 40), $RED, 'red is where it was', 40);
            is_near($seen->{at}->(600, 300), $BLUE, 'and blue', 40);
        }
    }
    my $flat = picture(made(plain_png(64, 64, 8, 6, pack('C4', 0, 0, 0, 0)), 'convert', '--format', 'jpg'));
    is_near($flat->{at}->(9, 9), $WHITE, 'what is not opaque is put on white where there is no alpha');
    my $sixteen = picture(made(plain_png(64, 64, 16, 2, pack('n3', 64000, 5000, 5000)), 'convert', '--format', 'webp'));
    is_near($sixteen->{at}->(9, 9), $RED, '16 bits', 40);
};

subtest 'profile and orientation' => sub {
    my $profile = profile();
    my $photo = spliced(quarter('jpg', 640, 320), [0xe1, exif(6)], [0xe2, "ICC_PROFILE\0\1\1" . $profile],
        [0xe1, "http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>AtHome123</x:xmpmeta>"], [0xfe, 'AtHome123']);
    for my $to (sort keys %drawn) {
        my $out = made($photo, 'convert', '--format', $to);
        my $data = is_marked($out, $to, "to $to", 'ICC');
        is($data->{ICC}, $profile, 'its profile is the one that it had');
        unlike($out, qr/AtHome123/, 'of the rest nothing stays');
        my $seen = picture($out);
        is("$seen->{width}x$seen->{height}", '320x640', 'it is upright');
    }
    my $thumb = made($photo, 'thumb', '--side', 320);
    is_marked($thumb, 'webp', 'a thumbnail');
    my $seen = picture($thumb);
    is("$seen->{width}x$seen->{height}", '160x320', 'is upright');
    is_near($seen->{at}->(140, 20), [20, 250, 20], 'and in sRGB: this profile shows green where others show red', 90);
    my $grey = plain_png(64, 64, 8, 0, "\x80", ['iCCP', "x\0\0" . compress($profile)]);
    is_marked(made($grey, 'convert', '--format', 'jpg'), 'jpg', 'a profile that does not fit goes');
};

subtest 'what it does not take' => sub {
    my %drawn_small = map { $_ => quarter($_, 64, 32) } qw(png jpg webp);
    for my $words (['thumb', '--side', 320], ['convert', '--format', 'png']) {
        my $what = $words->[0];
        is_refused(run($_->[0], @$words), 1, '', "$what: $_->[1]") for ['', 'nothing'], ['x', 'a byte'], [html(), 'HTML'], [svg(), 'SVG'],
            map { [substr($drawn_small{$_}, 0, length($drawn_small{$_}) * 2 / 3), "half a $_"] } sort keys %drawn_small;
        my $bomb = plain_png(30000, 3, 8, 2, "\0\0\0");
        substr $bomb, 20, 4, pack 'N', 30000;
        my $run = run($bomb, @$words);
        ok($run->{status} =~ /\A[13]\z/ && $run->{out} eq '' && $run->{seconds} < 5, "$what: a bomb") or diag("$run->{status} $run->{err}");
    }
    for my $words ([qw(thumb)], [qw(thumb --side 0)], [qw(thumb --side 320 --format png)], [qw(convert)], [qw(convert --format gif)],
        [qw(convert --format png --side 9)], [qw(thumb --side 320 x)]) {
        my $run = run($drawn_small{png}, @$words);
        is_deeply([@$run{qw(status out)}], [2, ''], "@$words");
    }
};

done_testing;
