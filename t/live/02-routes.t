#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# Paths, methods and mount points; the shape of every refusal.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use Test::More;

use StoryImg::Server;
use StoryImg::Test;

my $server = StoryImg::Server->new(conf => <<'END');
<Location "/kids/stories/api">
    SetHandler storyimg
</Location>
<Location "/drafts/api">
    SetHandler storyimg
    StoryImgSave off
    StoryImgMaxPages 1
</Location>
<Location "/closed/api">
    SetHandler storyimg
    Require all denied
</Location>
<Directory "@ROOT@/htdocs/folder">
    SetHandler storyimg
</Directory>
<Directory "@ROOT@/htdocs/own">
    AllowOverride All
</Directory>
END
mkdir $server->root . "/htdocs/$_" for qw(folder own);
$server->write_file('htdocs/own/.htaccess', "SetHandler storyimg\nStoryImgSave off\n");
$server->start;

my %story = %{ order(generateIllustrations => JSON::PP::true, size => '256x256', pages => 2) };

subtest 'unknown paths' => sub {
    is_problem($server->get("/api$_"), 404, 'not-found', undef, "/api$_")
        for '/nope', '', '/', '/stories/generate/', '/images', '/images/generated/a/b', '/healthy', '/Health', '/stories/x/y';
    is_problem($server->post_json('/api/nope', \%story), 404, 'not-found', undef, 'also for POST');
};

subtest 'wrong methods' => sub {
    my @cases = ([POST => '/health', 'GET, HEAD'], [GET => '/stories/generate', 'POST'], [GET => '/stories/suggestions', 'POST'],
        [PUT => '/stories', 'GET, HEAD'], [PATCH => '/health', 'GET, HEAD'], [BREW => '/health', 'GET, HEAD'],
        [DELETE => '/images/generated', 'GET, HEAD']);
    for my $case (@cases) {
        my ($method, $path, $allow) = @$case;
        my $response = $server->request(method => $method, path => "/api$path", body => '');
        is_problem($response, 405, 'method-not-allowed', qr/\A$method /, "$method $path");
        is($response->{headers}{allow}, $allow, "Allow: $allow");
    }
};

subtest 'HEAD' => sub {
    for my $path (qw(/api/health /api/images/generated /api/stories)) {
        my ($head, $get) = $server->many({ method => 'HEAD', path => $path }, { path => $path });
        is("$head->{status} $head->{content}", '200 ', "$path: no body");
        is($head->{headers}{'content-type'}, $get->{headers}{'content-type'}, 'type as with GET');
        is($head->{headers}{'content-length'} // length $get->{content}, length $get->{content}, 'length as with GET');
    }
    my $head = $server->request(method => 'HEAD', path => '/api/nope');
    is("$head->{status} $head->{content}", '404 ', 'also of a problem');
};

subtest 'mount points' => sub {
    for my $mount (qw(/kids/stories/api /folder /own)) {
        is($server->get("$mount/health")->{json}{status}, 'OK', "$mount/health");
        is($server->get("$mount/stories")->{status}, 200, "$mount/stories");
        is($server->get("$mount/stories/nobody")->{json}{code}, 'story-not-found', "$mount/stories/nobody");
        is($server->get("$mount/nope")->{json}{code}, 'not-found', "$mount/nope");
        is_story($server->post_json("$mount/stories/generate", { %story, generateIllustrations => JSON::PP::false }), "$mount tells");
    }
    is($server->get('/closed/api/health')->{status}, 403, 'access control is that of httpd');
    $server->expect_log(qr/AH01630/);
};

subtest 'options of a place' => sub {
    my $draft = is_story($server->post_json('/drafts/api/stories/generate', { %story, storyId => 'draft' }));
    is(scalar @{ $draft->{illustrations} }, 1, 'StoryImgMaxPages in <Location>');
    ok(!exists $draft->{illustrations}[0]{localUrl}, 'StoryImgSave off in <Location>');
    my $own = is_story($server->post_json('/own/stories/generate', { %story, storyId => 'own' }));
    ok(!grep({ exists $_->{localUrl} } @{ $own->{illustrations} }), 'StoryImgSave off in .htaccess');
    is_deeply([saved_files($server)], [], 'nothing was written');
    my $kept = is_story($server->post_json('/kids/stories/api/stories/generate', { %story, storyId => 'kept' }));
    is(scalar(grep { exists $_->{localUrl} } @{ $kept->{illustrations} }), 2, 'while elsewhere it is kept');
    is($server->get('/api/images/generated?storyId=kept')->{json}{meta}{total}, 2, 'and listed at every mount of the site');
};

subtest 'links lead back to the mount' => sub {
    my $list = $server->get('/kids/stories/api/images/generated?limit=1&kind=story');
    my ($next) = ($list->{headers}{link} // '') =~ m{\A<(/kids/stories/api/images/generated\?[^>]+)>; rel="next"\z};
    ok($next, 'Link') or diag($list->{headers}{link});
    is(scalar @{ $server->get($next // '/none')->{json}{data} // [] }, 1, 'and is good');
};

subtest 'a body that nobody reads is never taken for a request' => sub {
    my $hidden = "GET /api/health HTTP/1.1\r\nHost: x\r\n\r\n";
    my $next = "GET /api/images/generated HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    for my $first ('POST /api/nope', 'POST /api/health', 'GET /api/stories', 'PUT /api/stories/generate', 'POST /api/stories/generate') {
        my $head = "$first HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: " . length($hidden) . "\r\n\r\n";
        my $response = $server->request(raw => $head . $hidden . $next, path => '', all => 1, timeout => 10);
        is($response->{reason} eq 'timeout', '', "$first: the connection ends");
        unlike($response->{wire}, qr/"status":"OK"/, 'and the hidden request was not answered');
        my $answers = () = $response->{wire} =~ m{^HTTP/1\.1 \d}gm;
        cmp_ok($answers, '<=', 2, 'no answer too many');
    }
};

subtest 'queries' => sub {
    is_problem($server->get("/api/images/generated?$_->[0]"), 400, $_->[1], $_->[2], $_->[0]) for
        ['q=%ff', 'invalid-query', qr/\Aq:/], ['q=%c0%80', 'invalid-query', qr/\Aq:/], ['q=%0', 'invalid-query', qr/\Aq:/],
        ['storyId=%00', 'invalid-query', qr/\AstoryId:/], ['limit=%ed%a0%80', 'invalid-query', qr/\Alimit:/];
    is_problem($server->get('/api/stories/%ff'), 400, 'invalid-request', qr/\Apath:/);
    is($server->get('/api/images/generated?nonsense=1&q=%F0%9F%8C%99')->{status}, 200, 'what nobody knows is nobody\'s');
};

done();
