# SPDX-License-Identifier: Apache-2.0
package StoryImg::Form;

# Files in requests: multipart/form-data (RFC 7578), read strictly, as a server gets it, and written as a client sends it, faults
# included; and pictures in JSON. Pure.

use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use Exporter qw(import);
use MIME::Base64 qw(decode_base64);

use StoryImg::Pictures qw(media_type is_whole_picture);

our @EXPORT_OK = qw(read_form write_form take_pictures);

my $BOUNDARY = '----StoryImgTest7MA4YWxkTrZu0gW';
my $QUOTED = qr/[0-9A-Za-z'()+_,.\/:=? -]{0,69}[0-9A-Za-z'()+_,.\/:=?-]/;
my $PLAIN = qr/[0-9A-Za-z'+_.-]{1,70}/;
my $HEAD_MOST = 8192;

sub boundary_of {
    my ($content_type) = @_;
    my @found = $content_type =~ m{\Amultipart/form-data[ \t]*;[ \t]*boundary=(?:"($QUOTED)"|($PLAIN))\z}i;
    return $found[0] // $found[1];
}

# As browsers and curl write what would end the quotes or the line.
sub unescaped {
    my ($text) = @_;
    $text =~ s/%(22|0D|0A)/chr hex $1/gie if defined $text;
    return $text;
}

# {name, filename, type} of the header of a part, or undef.
sub read_head {
    my ($head) = @_;
    my %header;
    for my $line (split /\r\n/, $head, -1) {
        my ($name, $value) = $line =~ /\A([A-Za-z-]+):[ \t]*([^\0-\x08\x0a-\x1f]+)\z/ or return undef;
        return undef if exists $header{ lc $name };
        $header{ lc $name } = $value;
    }
    my ($name, $filename) = (delete $header{'content-disposition'} // '')
        =~ /\Aform-data;[ \t]*name="([^"]+)"(?:;[ \t]*filename="([^"]*)")?\z/ or return undef;
    my $type = delete $header{'content-type'};
    return undef if %header || (defined $filename && (!defined $type || $filename eq ''));
    return { name => unescaped($name), filename => unescaped($filename), type => $type };
}

# A field is UTF-8, and there is one of its name; files of one name may be many.
sub is_fit {
    my ($part, $seen) = @_;
    return 1 if defined $part->{filename};
    my $text = $part->{bytes};
    return !$seen->{ $part->{name} }++ && utf8::decode($text);
}

# [{name, filename, type, bytes}], or undef if it is no whole form. Nothing may stand before, between or behind the parts.
sub read_form {
    my ($content_type, $body) = @_;
    my $mark = '--' . (boundary_of($content_type) // return undef);
    return undef if index($body, "$mark\r\n") != 0;
    my ($at, @parts, %seen) = length("$mark\r\n");
    while (1) {
        my $data = index($body, "\r\n\r\n", $at) + 4;
        return undef if $data < 4 || $data - $at > $HEAD_MOST;
        my $part = read_head(substr $body, $at, $data - 4 - $at) or return undef;
        my $end = index $body, "\r\n$mark", $data;
        return undef if $end < 0;
        $part->{bytes} = substr $body, $data, $end - $data;
        push @parts, $part;
        return undef if !is_fit($part, \%seen);
        $at = $end + length "\r\n$mark\r\n";
        my $after = substr $body, $at - 2, 5;
        return \@parts if $after eq '--' || $after eq "--\r\n";
        return undef if substr($after, 0, 2) ne "\r\n";
    }
}

# (Content-Type, body) of parts [{name, filename, type, bytes, head}]; head: more lines for a part's header.
sub write_form {
    my (@parts) = @_;
    my $body = '';
    for my $part (@parts) {
        my $file = defined $part->{filename} ? qq{; filename="$part->{filename}"} : '';
        my $type = defined $part->{type} ? "Content-Type: $part->{type}\r\n" : '';
        $body .= "--$BOUNDARY\r\nContent-Disposition: form-data; name=\"$part->{name}\"$file\r\n$type"
            . ($part->{head} // '') . "\r\n$part->{bytes}\r\n";
    }
    return ("multipart/form-data; boundary=$BOUNDARY", "$body--$BOUNDARY--\r\n");
}

# What a picture is: {type, size, sha256}, or {fault, size}; and what else was said of it.
sub picture_of {
    my ($value) = @_;
    my %picture = ref $value eq 'HASH' ? %$value : (url => $value);
    my $url = delete $picture{url};
    return { %picture, fault => 'no data URL', size => 0 } if !defined $url || ref $url || $url !~ /\Adata:/;
    my ($type, $text) = $url =~ m{\Adata:(image/\w+);base64,([A-Za-z0-9+/]+={0,2})\z};
    return { %picture, fault => 'not base64', size => length $url } if !defined $text || length($text) % 4;
    my $bytes = decode_base64($text);
    return { %picture, fault => 'not a whole picture of its type', size => length $bytes }
        if media_type($bytes) ne $type || !is_whole_picture($bytes);
    return { %picture, type => $type, size => length $bytes, sha256 => sha256_hex($bytes) };
}

# Put in the place of each picture in a JSON value what it is, so that its bytes go into no log.
sub take_pictures {
    my ($value) = @_;
    if (ref $value eq 'ARRAY') {
        take_pictures($_) for @$value;
    } elsif (ref $value eq 'HASH') {
        $value->{image_url} = picture_of($value->{image_url}) if exists $value->{image_url};
        take_pictures($value->{$_}) for grep { $_ ne 'image_url' } keys %$value;
    }
    return;
}

1;
