# SPDX-License-Identifier: Apache-2.0
package StoryImg::Pictures;

# Pictures for tests: real ones of any size, and things that only look like one.

use strict;
use warnings;

use Compress::Zlib qw(compress crc32);
use Exporter qw(import);
use File::Basename qw(dirname);

our @EXPORT_OK = qw(png big_png jpeg webp gif svg html fixture sniff media_type is_whole_picture dimensions);

my $FIXTURES = dirname(__FILE__) . '/../../fixtures';
my $MAGIC = "\x89PNG\r\n\x1a\n";
my %made;

sub fixture {
    my ($name) = @_;
    open my $in, '<:raw', "$FIXTURES/$name" or die "$FIXTURES/$name: $!";
    local $/;
    return scalar <$in>;
}

sub chunk {
    my ($type, $data) = @_;
    return pack('N', length $data) . $type . $data . pack('N', crc32($type . $data));
}

sub header {
    my ($width, $height) = @_;
    return chunk('IHDR', pack('NNCCCCC', $width, $height, 8, 2, 0, 0, 0));
}

# A PNG of any size; the mark makes its bytes unlike those of any other.
sub png {
    my ($width, $height, $mark) = @_;
    my $data = $made{"$width/$height"} //= chunk('IDAT', compress(("\0" . "\x30\x90\xd0" x $width) x $height, 1));
    return $MAGIC . header($width, $height) . chunk('tEXt', "Comment\0mark " . ($mark // 0)) . $data . chunk('IEND', '');
}

# A whole PNG of about this many megabytes: noise, not compressed.
sub big_png {
    my ($megabytes, $mark) = @_;
    my $width = 4096;
    my $rows = int($megabytes * 1_048_576 / (3 * $width)) || 1;
    my $noise = join '', map { pack 'C', ($_ * 7919 + ($_ >> 3) * 104729) & 255 } 1 .. 3 * $width;
    my $data = $made{"big/$megabytes"} //= chunk('IDAT', compress(("\0" . $noise) x $rows, 0));
    return $MAGIC . header($width, $rows) . chunk('tEXt', "Comment\0mark " . ($mark // 0)) . $data . chunk('IEND', '');
}

sub jpeg {
    my ($mark) = @_;
    my $bytes = fixture('tiny.jpg');
    my $words = 'mark ' . ($mark // 0);
    my $first = substr($bytes, 2, 2) eq "\xff\xe0" ? 2 + unpack('n', substr($bytes, 4, 2)) : 0;
    substr($bytes, 2 + $first, 0, "\xff\xfe" . pack('n', 2 + length $words) . $words);
    return $bytes;
}

sub webp { return fixture('tiny.webp') }
sub gif { return fixture('tiny.gif') }

sub svg {
    return qq{<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64">}
        . qq{<script>alert(1)</script><rect width="64" height="64"/></svg>\n};
}

sub html { return "<!DOCTYPE html><html><body><h1>Bad gateway</h1><script>alert(1)</script></body></html>\n" }

# What bytes are, by their own words: png, jpg, webp, or an empty string.
sub sniff {
    my ($bytes) = @_;
    return 'png' if substr($bytes, 0, 8) eq $MAGIC;
    return 'jpg' if substr($bytes, 0, 3) eq "\xff\xd8\xff";
    return 'webp' if substr($bytes, 0, 4) eq 'RIFF' && substr($bytes, 8, 4) eq 'WEBP';
    return '';
}

my %MEDIA = (png => 'image/png', jpg => 'image/jpeg', webp => 'image/webp');

sub media_type { return $MEDIA{ sniff($_[0]) } // '' }

sub is_whole_png {
    my ($bytes) = @_;
    my ($at, $drawn) = (8, 0);
    while ($at + 12 <= length $bytes) {
        my ($length, $type) = unpack 'Na4', substr $bytes, $at, 8;
        return 0 if $at + 12 + $length > length $bytes || ($at == 8 && "$type $length" ne 'IHDR 13');
        return 0 if unpack('N', substr $bytes, $at + 8 + $length, 4) != crc32(substr $bytes, $at + 4, 4 + $length);
        return $drawn if $type eq 'IEND';
        $drawn ||= $type eq 'IDAT';
        $at += 12 + $length;
    }
    return 0;
}

# Segments with a frame's header among them, a scan, and an end.
sub is_whole_jpeg {
    my ($bytes) = @_;
    my ($at, $framed) = (2, 0);
    while ($at + 4 <= length $bytes) {
        my ($start, $kind, $length) = unpack 'CCn', substr $bytes, $at, 4;
        next if $start == 0xff && $kind == 0xff && ++$at;    # filled up
        return 0 if $start != 0xff || $length < 2;
        return $framed && rindex($bytes, "\xff\xd9") > $at + 2 + $length if $kind == 0xda;
        $framed ||= $kind >= 0xc0 && $kind <= 0xcf && $kind != 0xc4 && $kind != 0xc8 && $kind != 0xcc;
        $at += 2 + $length;
    }
    return 0;
}

sub is_whole_webp {
    my ($bytes) = @_;
    my $size = unpack 'V', substr $bytes, 4, 4;
    return $size > 12 && length $bytes >= 8 + $size && substr($bytes, 12, 4) =~ /\AVP8[ LX]\z/;
}

my %WHOLE = (png => \&is_whole_png, jpg => \&is_whole_jpeg, webp => \&is_whole_webp);

# Whether all of a picture is there, as far as lengths, checksums and its end tell; more may follow it.
sub is_whole_picture {
    my ($bytes) = @_;
    my $walk = $WHOLE{ sniff($bytes) };
    return $walk && length $bytes > 20 && $walk->($bytes) ? 1 : 0;
}

# Width and height of a PNG.
sub dimensions { return unpack 'NN', substr($_[0], 16, 8) }

1;
