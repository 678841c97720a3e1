#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# POST /upload: what a family has is taken, and only its pixels are kept; what means no good leaves nothing behind.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use Digest::SHA qw(sha256_hex);
use IO::Socket::INET ();
use Test::More;

use StoryImg::Form qw(write_form);
use StoryImg::Jobs;
use StoryImg::Photo;
use StoryImg::Pictures;
use StoryImg::Test;

my $CONF = <<'END';
Alias "/uploads/" "@ROOT@/uploads/"
<Directory "@ROOT@/uploads">
    Require all granted
</Directory>
END
my ($server, $upstream) = stack(conf => $CONF);
my $NAME = qr/character-image-\d{13}-[0-9a-f]{32}/;

sub post {
    my ($type, $body) = @_;
    return $server->request(method => 'POST', path => '/api/upload', body => $body, headers => { 'Content-Type' => $type });
}

sub kept { return StoryImg::Test::files_below($server->root . '/uploads') }
sub temporary { return grep { !/\Aindex\.sqlite3|\.lock\z|\Aworkers\// } StoryImg::Test::files_below($server->root . '/storyimg-state') }
sub analyze { my ($url) = @_; return $server->post_json('/api/character/analyze-image', { imageUrl => $url }) }
sub told { my ($url) = @_; return $server->post_json('/api/stories/generate', order(character => { name => 'A', imageUrl => $url })) }

# An answer that is right, and a file that is what it says.
sub is_taken {
    my ($response, $ext, $name) = @_;
    my $json = ref $response->{json} eq 'HASH' ? $response->{json} : {};
    return subtest $name => sub {
        is($response->{status}, 200, 'taken') or diag($response->{content});
        is_deeply([sort keys %$json], [qw(data filename message path success)], 'the members that older clients read');
        is_deeply([sort keys %{ $json->{data} }], [qw(filename height path sha256 size width)], 'and the data');
        like($json->{filename} // '', qr/\A$NAME\.$ext\z/, 'a name that cannot be guessed');
        is($json->{path}, "/uploads/$json->{filename}", 'its path');
        my $bytes = StoryImg::Server::slurp($server->root . $json->{path});
        is_deeply([@{ $json->{data} }{qw(size sha256)}], [length $bytes, sha256_hex($bytes)], 'the file is what the answer says');
        is(sprintf('%04o', (stat $server->root . $json->{path})[2] & 07777), '0644', 'for all to read');
        my $served = $server->get($json->{path});
        is_deeply([$served->{status}, sha256_hex($served->{content})], [200, $json->{data}{sha256}], 'and served');
    };
}

my %friendly = StoryImg::Photo::friendly();
my %EXT = (png => 'png', jpeg => 'jpg', webp => 'webp', 'png called jpeg' => 'png', 'turned jpeg, with a place' => 'jpg',
    'gif of one frame' => 'png', 'gif of two frames' => 'png');
for my $kind (sort keys %friendly) {
    is_taken(post(StoryImg::Photo::upload($friendly{$kind})), $EXT{$kind}, $kind);
}

subtest 'only pixels are kept' => sub {
    my $json = post(StoryImg::Photo::upload($friendly{'turned jpeg, with a place'}))->{json};
    my $plain = post(StoryImg::Photo::upload($friendly{jpeg}))->{json};
    my $bytes = StoryImg::Server::slurp($server->root . $json->{path});
    unlike($bytes, qr/Exif|GPS|mark hero|http:/, 'no word of the camera, the place or anybody else');
    is_deeply([@{ $json->{data} }{qw(width height)}], [@{ $plain->{data} }{qw(height width)}], 'upright');
};

subtest 'whose it is' => sub {
    my $form = sub { post(write_form({ name => 'subject', bytes => $_[0] }, $friendly{png})) };
    is($form->('family-4711')->{status}, 200, 'a subject');
    is_problem($form->($_), 400, 'invalid-body', qr/\Asubject: /) for '', 'a b', "a\nb", 'a/b', 'x' x 129, "\xff";
};

subtest 'how it is meant' => sub {
    my $path = post(StoryImg::Photo::upload($friendly{png}))->{json}{path};
    my $name = $path =~ s{.*/}{}r;
    is(analyze($_)->{status}, 200, $_) for $name, $path, $server->url($path);
    my @before = $upstream->log;
    for my $url ("/etc/passwd", "../uploads/$name", "/uploads/../uploads/$name", "/uploads/%2e%2e/$name", "/uploads/%252e%252e/$name",
        "http://evil.example.org$path", "file://$path", "file:$path", "$path?x", "$path/", "/generated/$name", "//$name",
        "\\\\host\\$name") {
        is_problem(analyze($url), 400, 'invalid-body', qr/\AimageUrl: /, "not $url");
        is_problem(told($url), 400, 'invalid-body', qr/\Acharacter\.imageUrl: /, 'nor for a story');
    }
    is_problem($_->("$path\0.png"), 400, 'invalid-body', undef, 'nor with a NUL') for \&analyze, \&told;
    my $planted = 'character-image-1738355170000-' . 'a' x 32 . '.png';
    symlink '/etc/passwd', $server->root . "/uploads/$planted";
    unlink $server->root . $path;
    is_problem(analyze($_), 404, 'reference-gone') for $planted, $path, 'character-image-1738355170000-' . 'b' x 32 . '.png';
    is_problem(told($path), 404, 'reference-gone', undef, 'nor is a story told of it');
    is(scalar(() = $upstream->log), scalar @before, 'nothing was sent');
    unlink $server->root . "/uploads/$planted";
};

my @before = kept();

# A request is tidied up behind its answer.
sub leaves_nothing {
    my ($name) = @_;
    wait_for(sub { !temporary() }, 5);
    return is_deeply([[kept()], [temporary()]], [\@before, []], "$name: nothing is kept");
}

my %hostile = StoryImg::Photo::hostile();
for my $kind (sort keys %hostile) {
    my $response = post(StoryImg::Photo::upload($hostile{$kind}));
    my $status = $response->{status};
    is_problem($response, $status, $status == 413 ? 'body-too-large' : 'unsupported-media-type', qr/\Acharacter-image: /, $kind);
    is($status, $kind =~ /bomb|promise/ ? 413 : 415, "$kind: $status") if $kind ne 'promise';
    leaves_nothing($kind);
}
my %STATUS = (json => 415, 'no file' => 415, 'no form' => 415, 'no boundary' => 415, 'empty boundary' => 415, 'boundary of 71' => 415);
for my $fault (StoryImg::Photo::faults()) {
    my $status = $STATUS{$fault} // 400;
    my $code = $status == 415 ? 'unsupported-media-type' : 'invalid-body';
    is_problem(post(StoryImg::Photo::upload($friendly{png}, $fault)), $status, $code, undef, $fault);
    leaves_nothing($fault);
}

subtest 'too large' => sub {
    my $most = 5 * 1_048_576;
    is(post(StoryImg::Photo::upload(StoryImg::Photo::png_of_size($most)))->{status}, 200, 'five megabytes');
    @before = kept();
    my @form = StoryImg::Photo::upload(StoryImg::Photo::png_of_size($most + 1));
    is_problem(post(@form), 413, 'body-too-large', qr/5242880/, 'one byte more');
    leaves_nothing('one byte more');
    is_problem(post($form[0], $form[1] . 'x' x 1_000_000), 413, 'body-too-large', undef, 'far more, announced');
    my $chunked = join '', map({ sprintf "%x\r\n%s\r\n", length, $_ } unpack '(a60000)*', $form[1] . 'x' x 1_000_000), "0\r\n\r\n";
    my $response = $server->request(method => 'POST', path => '/api/upload', body => $chunked,
        headers => { 'Content-Type' => $form[0], 'Transfer-Encoding' => 'chunked', 'Content-Length' => undef });
    is_problem($response, 413, 'body-too-large', undef, 'not announced');
    leaves_nothing('far more');
};

subtest 'a client that hangs up' => sub {
    my ($type, $body) = StoryImg::Photo::upload($friendly{png});
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $server->port);
    print {$socket} "POST /api/upload HTTP/1.1\r\nHost: x\r\nContent-Type: $type\r\nContent-Length: @{[ length $body ]}\r\n\r\n",
        substr $body, 0, length($body) - 20;
    close $socket;
    wait_for(sub { $server->log_text =~ /did not arrive whole/ }, 10);
    leaves_nothing('half a form');
};

subtest 'nowhere to put it' => sub {
    plan skip_all => 'root may write everywhere' if !StoryImg::Conf::user() && !$>;
    my $site = StoryImg::Server->new(conf => "StoryImgUploadDir closed\n");
    mkdir $site->root . '/closed';
    chmod 0555, $site->root . '/closed';
    $site->start;
    my ($type, $body) = StoryImg::Photo::upload($friendly{png});
    my $response = $site->request(method => 'POST', path => '/api/upload', body => $body, headers => { 'Content-Type' => $type });
    is_problem($response, 500, 'storage-unwritable');
    like($site->log_text, qr/StoryImgUploadDir/, 'the log names the directive');
    $site->expect_log(qr/\[storyimg:error\].*StoryImgUploadDir/);
    $site->stop;
};

is_deeply([map { $_->{refused} } $upstream->refused], [], 'no request was one that the API refuses');
done();
