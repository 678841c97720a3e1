#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# Thumbnails: the first request for one makes it, the next is for a file like any other; nothing else is ever made.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use Test::More;

use StoryImg::Conf ();
use StoryImg::Jobs;
use StoryImg::Pictures ();
use StoryImg::Pixel ();
use StoryImg::Test;

# The helper program, behind one that counts how often it makes a thumbnail, and waits where it is told to.
my $COUNTER = <<'END';
#!/bin/sh
case "$*" in *320*) echo made >>@ROOT@/count; test ! -e @ROOT@/wait || sleep 1;; esac
exec @ROOT@/pixel "$@"
END
my $CONF = <<'END';
StoryImgPixelProgram "@ROOT@/counter"
<Directory "@ROOT@/generated">
    Options FollowSymLinks
    AllowOverride All
</Directory>
END

sub fresh {
    my (%options) = @_;
    my $server = StoryImg::Server->new(modules => ['rewrite'], %options, conf => $CONF . ($options{conf} // ''));
    my $root = $server->root;
    system('cp', "$StoryImg::Conf::BUILD/storyimg-pixel", "$root/pixel") == 0 or die 'cp';
    $server->write_file('counter', $COUNTER =~ s/\@ROOT\@/$root/gr, 0755);
    return $server->start;
}

my $server = fresh();
my $root = $server->root;
my $epoch = 1_738_355_170_000;
my $picture = StoryImg::Pictures::png(1024, 640);

sub path { my ($stem) = @_; return "$root/generated/thumbs/$stem.webp" }
sub ask { my ($stem, %headers) = @_; return $server->get("/generated/thumbs/$stem.webp", %headers) }
sub made { return scalar(() = StoryImg::Server::slurp("$root/count") =~ /made/g) }
sub thumbs { return grep { m{\Athumbs/} } saved_files($server) }

# A picture, as saving leaves it: its stem.
sub picture {
    my ($kind, $bytes, $ext) = @_;
    my $stem = ($kind // 'story') . '-' . $epoch++ . '-p1';
    $server->write_file("generated/$stem." . ($ext // 'png'), $bytes // $picture);
    return $stem;
}

# What was made is a picture of that size.
sub is_thumbnail {
    my ($response, $width, $height, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $seen = $response->{status} == 200 ? StoryImg::Pixel::picture($response->{content}) : {};
    my @is = ($response->{status}, $response->{headers}{'content-type'} // 'none', StoryImg::Pictures::sniff($response->{content}));
    return is_deeply([@is, @$seen{qw(width height)}], [200, 'image/webp', 'webp', $width, $height], $name);
}

# Nothing is made for a request, and nothing temporary is left.
sub makes_nothing {
    my ($name, $request, $status) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my @before = (made(), thumbs());
    my $response = $server->request(%$request);
    is($response->{status}, $status, "$name: $status") or diag($response->{wire});
    return is_deeply([made(), thumbs()], \@before, "$name: nothing is made");
}

ok(wait_for(sub { -d "$root/generated/thumbs" }, 10), 'the folder is there soon after the start');
is(sprintf('%04o', (stat "$root/generated/thumbs")[2] & 07777), '0755', 'for all to read');
is((stat _)[4], (stat "$root/generated")[4], 'of the same owner');

subtest 'the first request, and the next' => sub {
    my $stem = picture();
    my $first = ask($stem);
    is_thumbnail($first, 320, 200, 'made');
    my @stat = stat path($stem);
    is(sprintf('%04o', $stat[2] & 07777), '0644', 'its mode');
    my $second = ask($stem);
    is($second->{content}, $first->{content}, 'the same bytes');
    is_deeply([map { $second->{headers}{$_} } qw(etag last-modified content-length)],
        [map { $first->{headers}{$_} } qw(etag last-modified content-length)], 'the same headers');
    is_deeply([(stat path($stem))[1, 9]], [@stat[1, 9]], 'the same file');
    is(made(), 1, 'made once');
    is(ask($stem, 'If-None-Match' => $first->{headers}{etag})->{status}, 304, 'not modified');
    my $part = ask($stem, Range => 'bytes=0-3');
    is_deeply([@$part{qw(status content)}], [206, 'RIFF'], 'a range');
};

subtest 'HEAD and Range are first requests, too' => sub {
    my ($head, $range) = (picture(), picture());
    my $response = $server->request(method => 'HEAD', path => "/generated/thumbs/$head.webp");
    is_deeply([$response->{status}, $response->{headers}{'content-length'}], [200, -s path($head)], 'HEAD');
    is(ask($range, Range => 'bytes=0-3')->{content}, 'RIFF', 'Range');
    makes_nothing($_, { method => $_, path => "/generated/thumbs/" . picture() . '.webp' }, 405) for qw(PUT DELETE);
    makes_nothing('OPTIONS', { method => 'OPTIONS', path => "/generated/thumbs/" . picture() . '.webp' }, 200);
};

subtest 'every kind of picture' => sub {
    is_thumbnail(ask(picture('portrait', StoryImg::Pictures::png(640, 1024))), 200, 320, 'upright, a portrait');
    is(ask(picture('consistent', StoryImg::Pictures::jpeg(), 'jpg'))->{status}, 200, 'a JPEG');
    is(ask(picture('gptimg', StoryImg::Pictures::webp(), 'webp'))->{status}, 200, 'a WebP');
    is_thumbnail(ask(picture('story', StoryImg::Pictures::png(64, 48))), 64, 48, 'a small one stays small');
};

subtest 'twenty at once' => sub {
    my ($stem, $before) = (picture(), made());
    $server->write_file('wait', '');
    my @responses = $server->many(map { { path => "/generated/thumbs/$stem.webp" } } 1 .. 20);
    unlink "$root/wait";
    is_deeply([map { $_->{status} } @responses], [(200) x 20], 'all have it');
    is(scalar(keys %{ { map { $_->{content} => 1 } @responses } }), 1, 'the same');
    is(made() - $before, 1, 'one maker');
};

subtest 'access control comes first' => sub {
    my $stem = picture();
    my $want = { path => "/generated/thumbs/$stem.webp" };
    for my $where ('generated', 'generated/thumbs') {
        $server->write_file("$where/.htaccess", "Require all denied\n");
        makes_nothing("denied by $where/.htaccess", $want, 403);
        unlink "$root/$where/.htaccess";
    }
    $server->write_file('generated/.htaccess', "RewriteEngine on\nRewriteRule \\.webp\$ - [F]\n");
    makes_nothing('forbidden by mod_rewrite', $want, 403);
    $server->write_file('generated/.htaccess', "<FilesMatch \"\\.png\$\">\nRequire all denied\n</FilesMatch>\n");
    makes_nothing('denied by the name of the picture', $want, 403);
    $server->write_file('generated/.htaccess', "<FilesMatch \"\\.jpg\$\">\nRequire all denied\n</FilesMatch>\n");
    is_thumbnail(ask(picture()), 320, 200, 'made, if others are denied by their name');
    $server->write_file('htdocs/fallback.html', "not here\n");
    $server->write_file('generated/.htaccess', "SetHandler None\nFallbackResource /fallback.html\n");
    is_thumbnail(ask($stem), 320, 200, 'made, whatever FallbackResource says');
    unlink "$root/generated/.htaccess";
    $server->expect_log(qr/AH01630/);
};

subtest 'names that are none' => sub {
    my $stem = picture();
    $server->write_file('generated/other.png', $picture);
    $server->write_file('story-1-p1.png', $picture);
    my %status = ("$stem.png" => 404, "$stem.WEBP" => 404, "$stem.webp.webp" => 404, "$stem.webp/more" => 404, "$stem.webp%00" => 404,
        "$stem%00.webp" => 404, "%2f$stem.webp" => 404, "..%2f$stem.webp" => 404, "x%2f..%2f$stem.webp" => 404, 'other.webp' => 404,
        'story-1-p1.webp' => 404, '../../story-1-p1.webp' => 404, '../../../story-1-p1.webp' => 400, '%2e%2e/%2e%2e/story-1-p1.webp' => 404,
        'story--p1.webp' => 404, 'story-1x-p1.webp' => 404, '.webp' => 404, "story-$epoch-p9.webp" => 404, "story-1-p1\xff.webp" => 404,
        'story-' . '1' x 300 . '-p1.webp' => 403, 'story-' . '1' x 120 . '-p1.webp' => 404);
    makes_nothing($_, { path => "/generated/thumbs/$_" }, $status{$_}) for sort keys %status;
    makes_nothing('another folder', { path => "/generated/$stem.webp" }, 404);
    $server->expect_log(qr/AH00036|AH10244/);
    $server->write_file("htdocs/$stem.png", $picture);
    mkdir "$root/htdocs/thumbs";
    makes_nothing('another place', { path => "/thumbs/$stem.webp" }, 404);
};

subtest 'two pictures of one name and two kinds' => sub {
    my $stem = picture();
    $server->write_file("generated/$stem.jpg", StoryImg::Pictures::jpeg());
    makes_nothing('which one is not known', { path => "/generated/thumbs/$stem.webp" }, 404);
};

subtest 'symlinks' => sub {
    my ($stem, $elsewhere) = (picture(), "$root/htdocs");
    symlink "$elsewhere/planted.webp", path($stem);
    makes_nothing('a name that leads elsewhere', { path => "/generated/thumbs/$stem.webp" }, 403);
    ok(!-e "$elsewhere/planted.webp" && -l path($stem), 'nothing was written through it');
    symlink "$root/generated/$stem.png", "$root/generated/story-1738355179999-p1.png";
    makes_nothing('a picture that leads elsewhere', { path => '/generated/thumbs/story-1738355179999-p1.webp' }, 404);
    rename "$root/generated/thumbs", "$root/generated/kept";
    symlink $elsewhere, "$root/generated/thumbs";
    $stem = picture();
    makes_nothing('a folder that leads elsewhere', { path => "/generated/thumbs/$stem.webp" }, 500);
    ok(!-e "$elsewhere/$stem.webp", 'nothing was written through it');
    unlink "$root/generated/thumbs";
    rename "$root/generated/kept", "$root/generated/thumbs";
    $server->expect_log(qr/AH00037/, qr/cannot make the folder thumbs/);
};

subtest 'the folder goes, and comes again' => sub {
    my ($stem, $other) = (picture(), picture());
    system 'rm', '-r', "$root/generated/thumbs";
    is_thumbnail(ask($stem), 320, 200, 'made');
    system 'rm', '-r', "$root/generated/thumbs";
    makes_nothing('no such picture', { path => '/generated/thumbs/story-7-p1.webp' }, 404);
    is(ask($other)->{status}, 200, 'made again');
};

subtest 'the program' => sub {
    my ($stem, $broken) = (picture(), picture('story', substr $picture, 0, 500));
    rename "$root/pixel", "$root/away";
    my $response = ask($stem);
    is($response->{status}, 503, 'missing: 503');
    like($response->{headers}{'retry-after'} // 'none', qr/\A[1-9]\d?\z/, 'with Retry-After');
    unlike($response->{content}, qr/$root/, 'which tells no path');
    rename "$root/counter", "$root/counter.away";
    is(ask($stem)->{status}, 503, 'not there at all: 503');
    rename "$root/counter.away", "$root/counter";
    rename "$root/away", "$root/pixel";
    is_thumbnail(ask($stem), 320, 200, 'back: made');
    is(ask($broken)->{status}, 503, 'a picture that cannot be read: 503');
    ok(!-e path($broken), 'and no file');
    my @lines = $server->log_text =~ /(SI0010: 503 thumbnail-unavailable.*)/g;
    is(scalar @lines, 3, 'each failure is in the log, once');
    like("@lines", qr/StoryImgPixelProgram/, 'and names the directive');
    $server->expect_log(qr/503 thumbnail-unavailable/);
};

subtest 'the picture goes' => sub {
    my ($stem, $racing) = (picture(), picture());
    unlink "$root/generated/$stem.png";
    makes_nothing('before', { path => "/generated/thumbs/$stem.webp" }, 404);
    $server->write_file('wait', '');
    my $before = made();
    my $call = $server->begin(path => "/generated/thumbs/$racing.webp");
    wait_for(sub { made() > $before });
    unlink "$root/generated/$racing.png", "$root/wait";
    is((StoryImg::Jobs::await($call))[0]{status}, 404, 'while it is made: 404');
    ok(!-e path($racing), 'and no thumbnail');
};

subtest 'a maker that is killed' => sub {
    my $stem = picture();
    $server->write_file('wait', '');
    my $before = made();
    my $call = $server->begin(path => "/generated/thumbs/$stem.webp");
    wait_for(sub { made() > $before });
    $server->kill_children;
    unlink "$root/wait";
    StoryImg::Jobs::await($call);
    wait_for(sub { ask($stem)->{status} == 200 }, 20);
    is_thumbnail(ask($stem), 320, 200, 'the next one makes it');
};

subtest 'with what the API says' => sub {
    my $story = is_story($server->post_json('/api/stories/generate', order(pages => 1)));
    my $drawn = $story->{illustrations}[0];
    (my $want = $drawn->{localUrl}) =~ s{/generated/(.*)\.\w+\z}{/generated/thumbs/$1.webp};
    is($drawn->{thumbnailUrl}, $want, 'thumbnailUrl of an illustration');
    my ($listed) = @{ $server->get('/api/images/generated?limit=1')->{json}{data} };
    is($listed->{thumbnailUrl}, $want, 'and of a saved image');
    is($server->get($want)->{status}, 200, 'which is there');
    my ($file) = $drawn->{localUrl} =~ m{([^/]+)\z};
    is($server->request(method => 'DELETE', path => "/api/images/generated/$file")->{status}, 200, 'the image is removed');
    is($server->get($want)->{status}, 404, 'its thumbnail, too');
    ok(!-e "$root$want", 'from the disk');
};

subtest 'too many who wait' => sub {
    my $small = fresh(conf => "StoryImgMaxWaiting 1\n");
    $small->write_file('wait', '');
    $small->write_file("generated/story-$_-p1.png", $picture) for 1 .. 3;
    my $call = $small->begin(path => '/generated/thumbs/story-1-p1.webp');
    wait_for(sub { -s $small->root . '/count' });
    my $refused = $small->get('/generated/thumbs/story-2-p1.webp');
    is($refused->{status}, 503, 'refused');
    like($refused->{headers}{'retry-after'} // 'none', qr/\A[1-9]\d?\z/, 'with Retry-After');
    is($small->get('/generated/story-2-p1.png')->{status}, 200, 'all else is served');
    is((StoryImg::Jobs::await($call))[0]{status}, 200, 'the first has its own');
    unlink $small->root . '/wait';
    is($small->get('/generated/thumbs/story-2-p1.webp')->{status}, 200, 'then there is room again');
    $small->expect_log(qr/503 too-many-waiting/);
    $small->stop;
};

subtest 'where saving is off' => sub {
    my $off = fresh(conf => "StoryImgSave off\n");
    mkdir $off->root . '/generated';
    $off->write_file('generated/story-1-p1.png', $picture);
    is($off->get('/generated/thumbs/story-1-p1.webp')->{status}, 404, 'none is there');
    ok(!-e $off->root . '/generated/thumbs', 'nothing is written');
    $off->stop;
};

is_deeply([grep { !/\Athumbs\/[a-z]+-\d+-p\d\.webp\z/ && !/\A[a-z]+-\d+-p\d\.\w+\z/ && $_ ne 'other.png' } saved_files($server)], [],
    'no temporary files among the pictures');
is_deeply([grep { /incoming/ } StoryImg::Test::files_below("$root/storyimg-state")], [], 'nor among those on their way');
done();
