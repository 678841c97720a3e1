# SPDX-License-Identifier: Apache-2.0
package StoryImg::Photo;

# What is uploaded: photos as a family has them, files that mean no good, and forms with something wrong with them.

use strict;
use warnings;

use Compress::Zlib qw(Z_OK compress deflateInit);
use Exporter qw(import);

use StoryImg::Form qw(write_form);
use StoryImg::Pictures ();
use StoryImg::Pixel ();

our @EXPORT_OK = qw(photo still moving png_of_size bomb promise friendly hostile upload faults $FIELD $SCRIPT);
our $FIELD = 'character-image';
our $SCRIPT = '<script>alert(document.domain)</script>';

my $BOMB_SIDE = 30_000;
my ($RED, $BLUE) = (0, 1);    # of the palette of StoryImg::Pixel::gif

# A JPEG that a phone has made: turned by its EXIF, which says where it was taken.
sub photo {
    my ($orientation, $mark) = @_;
    return StoryImg::Pixel::spliced(StoryImg::Pictures::jpeg($mark), [0xe1, StoryImg::Pixel::exif($orientation // 6)]);
}

sub still { return StoryImg::Pixel::gif($RED) }
sub moving { return StoryImg::Pixel::gif($RED, $BLUE) }

# A whole PNG of so many bytes, not one more: a private chunk fills it.
sub png_of_size {
    my ($size, $mark) = @_;
    my $png = StoryImg::Pictures::png(64, 48, $mark);
    my $room = $size - length($png) - 12;
    die "png_of_size: $size is too small\n" if $room < 0;
    substr $png, -12, 0, StoryImg::Pictures::chunk('stUf', "\xa5" x $room);
    return $png;
}

sub wide_open { return pack 'NNCCCCC', $BOMB_SIDE, $BOMB_SIDE, @_, 0, 0, 0 }

my $bomb;

# A whole PNG of 30000 x 30000 pixels, as small as one can be: a bit for each, of one colour. 900 million pixels in some 110 KB.
sub bomb {
    return $bomb if $bomb;
    my $packer = deflateInit(-Level => 9) or die 'deflateInit';
    my $rows = "\0" x (1000 * (1 + $BOMB_SIDE / 8));
    my $packed = '';
    for (1 .. $BOMB_SIDE / 1000) {
        my ($piece, $status) = $packer->deflate($rows);
        die "deflate: $status" if $status != Z_OK;
        $packed .= $piece;
    }
    my ($end) = $packer->flush;
    return $bomb = StoryImg::Pixel::png_of(['IHDR', wide_open(1, 0)], ['IDAT', $packed . $end]);
}

# One that says it is that large, in true colour, and ends after some rows: a few KB.
sub promise { return StoryImg::Pixel::png_of(['IHDR', wide_open(8, 2)], ['IDAT', compress("\0" x (20 * (1 + 3 * $BOMB_SIDE)), 9)]) }

sub half { return substr $_[0], 0, length($_[0]) / 2 }

# With a comment, right before the first frame.
sub commented_gif {
    my ($comment) = @_;
    my $gif = still();
    substr $gif, index($gif, "\x21\xf9"), 0, "\x21\xfe" . pack('C', length $comment) . $comment . "\0";
    return $gif;
}

# Its width opens a comment of JavaScript, its own comment is a statement, and its end closes another: a picture and a script.
sub script_gif {
    my $gif = commented_gif('*/=1;alert(document.domain);/*');
    substr $gif, 6, 2, '/*';
    return "$gif*/";
}

sub file { my ($name, $type, $bytes) = @_; return { name => $FIELD, filename => $name, type => $type, bytes => $bytes } }

# Parts of a form that a good server takes, by what they are.
sub friendly {
    return (
        png => file('hero.png', 'image/png', StoryImg::Pictures::png(300, 200, 'hero')),
        jpeg => file('hero.jpg', 'image/jpeg', StoryImg::Pictures::jpeg('hero')),
        'turned jpeg, with a place' => file('IMG_0001.JPG', 'image/jpeg', photo(6, 'hero')),
        webp => file('hero.webp', 'image/webp', StoryImg::Pictures::webp()),
        'gif of one frame' => file('hero.gif', 'image/gif', still()),
        'gif of two frames' => file('hero.gif', 'image/gif', moving()),
        'png called jpeg' => file('hero.jpg', 'image/jpeg', StoryImg::Pictures::png(30, 20, 'other')),
    );
}

# Those that none must keep as they are: an error, or only the pixels are left of them (those with a true picture in front).
sub hostile {
    my $png = StoryImg::Pictures::png(64, 48, 'hostile');
    my $jpeg = StoryImg::Pictures::jpeg('hostile');
    return (
        'no bytes' => file('hero.png', 'image/png', ''),
        'half a png' => file('hero.png', 'image/png', half($png)),
        'half a jpeg' => file('hero.jpg', 'image/jpeg', half($jpeg)),
        'half a webp' => file('hero.webp', 'image/webp', half(StoryImg::Pictures::webp())),
        'the start of a png' => file('hero.png', 'image/png', "\x89PNG\r\n\x1a\n"),
        svg => file('hero.svg', 'image/svg+xml', StoryImg::Pictures::svg()),
        'svg called png' => file('hero.png', 'image/png', StoryImg::Pictures::svg()),
        html => file('hero.png', 'image/png', StoryImg::Pictures::html()),
        text => file('hero.txt', 'text/plain', "Not a picture\n"),
        bomb => file('hero.png', 'image/png', bomb()),
        promise => file('hero.png', 'image/png', promise()),
        'png, then html' => file('hero.png', 'image/png', $png . $SCRIPT),
        'jpeg, then html' => file('hero.jpg', 'image/jpeg', $jpeg . $SCRIPT),
        'gif with a script in a comment' => file('hero.gif', 'image/gif', commented_gif($SCRIPT)),
        'gif that is a script' => file('hero.gif', 'image/gif', script_gif()),
        'name that climbs' => file('../../htdocs/hero.php', 'image/png', half($png)),
    );
}

my %FAULT = (
    'wrong field' => sub { return write_form({ %{ $_[0] }, name => 'image' }) },
    'two files' => sub { return write_form($_[0], $_[0]) },
    'no file' => sub { return write_form({ name => $FIELD, bytes => 'words' }) },
    'no parts' => sub { my ($type) = write_form($_[0]); return ($type, '--' . $type =~ s/.*boundary=//r . "--\r\n") },
    'no boundary' => sub { my ($type, $body) = write_form($_[0]); return ($type =~ s/;.*//r, $body) },
    'empty boundary' => sub { my ($type, $body) = write_form($_[0]); return ($type =~ s/=.*/=/r, $body) },
    'another boundary' => sub { my ($type, $body) = write_form($_[0]); return ("${type}x", $body) },
    'boundary of 71' => sub { my (undef, $body) = write_form($_[0]); return ('multipart/form-data; boundary=' . 'b' x 71, $body) },
    'long header' => sub { return write_form({ %{ $_[0] }, head => 'X-Long: ' . 'x' x 1_048_576 . "\r\n" }) },
    'many headers' => sub { return write_form({ %{ $_[0] }, head => "X-Many: x\r\n" x 100_000 }) },
    'no end' => sub { my ($type, $body) = write_form($_[0]); return ($type, $body =~ s/\r\n--[^\r]*\r\n\z//r) },
    'no end of the last mark' => sub { my ($type, $body) = write_form($_[0]); return ($type, $body =~ s/--\r\n\z//r) },
    'no form' => sub { return ('image/png', $_[0]{bytes}) },
    'json' => sub { return ('application/json', '{"character-image":"hero.png"}') },
);

sub faults { my @names = sort keys %FAULT; return @names }

# (Content-Type, body) of a form that uploads this, bytes or a part; with that fault, if one is named.
sub upload {
    my ($what, $fault) = @_;
    my $part = ref $what ? $what : file('hero.png', 'image/png', $what);
    return write_form($part) if !defined $fault;
    my $spoil = $FAULT{$fault} or die "upload: no fault is called $fault\n";
    return $spoil->($part);
}

1;
