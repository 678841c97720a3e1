#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# What was paid for is kept, and what is not wanted is not waited for.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use JSON::PP ();
use Test::More;

use StoryImg::Test;

my ($server, $upstream) = stack(illustrator => 'openai/dall-e-3');
my @path = ('/api/stories/generate');

subtest 'a download that breaks is tried again' => sub {
    $upstream->rules({ path => '/img/', nth => 1, reset => 'middle' }, { path => '/img/', nth => 2, status => 503 });
    my $story = is_story($server->post_json(@path, order(pages => 1)));
    is_saved($server, $story->{illustrations}[0], 'the picture is here');
    is(scalar(() = $upstream->images), 1, 'bought once');
    is(scalar(() = $upstream->downloads), 3, 'and fetched until it came');
};

subtest 'one story id, asked for twice at once' => sub {
    $upstream->rules({ path => '/v1/chat/', delay => 0.5 });
    my $order = order(storyId => 'twice', generateIllustrations => JSON::PP::false);
    my @answers = $server->many(map { $server->posting(@path, $order) } 1, 2);
    is_deeply([map { $_->{status} } @answers], [200, 200], 'both texts are paid for, and told');
    my @ids = map { $_->{json}{data}{id} } @answers;
    is(scalar(grep { $_ eq 'twice' } @ids), 1, 'one under the id');
    is($server->get("/api/stories/$_")->{status}, 200, "$_ is there") for @ids;
    my $late = $server->post_json(@path, order(storyId => 'twice'));
    is_problem($late, 409, 'story-exists', qr/\AstoryId: /, 'who comes later hears it before anything is paid for');
};

subtest 'an answer that is odd, but good' => sub {
    my $page = { text => 'Once upon a time there was a very small boat.', scene => 'A boat' };
    my $text = JSON::PP->new->encode({ title => 'T', pages => [$page] });
    my $quoted = JSON::PP->new->allow_nonref->encode($text);
    $upstream->rules({ path => '/v1/chat/', headers => { 'Content-Type' => 'application/json' }, status => 200,
        body => qq({"seed":16594467498412853000,"model":"m","model":"m","choices":[{"message":{"content":$quoted}}]}) });
    like(is_story($server->post_json(@path, order(generateIllustrations => JSON::PP::false)))->{story}, qr/very small boat/, 'is read');
};

subtest 'a body that nobody reads is not waited for' => sub {
    my @cases = (['/api/nothing', 'application/json', 404], ['/api/stories', 'application/json', 405], [$path[0], 'text/plain', 415]);
    for my $case (@cases) {
        my ($path, $type, $status) = @$case;
        my $sent = 0;
        my $answer = $server->request(method => 'POST', path => $path, chunked => 1, headers => { 'Content-Type' => $type }, timeout => 20,
            body => sub { $sent += 16_000; return $sent > 1_000_000_000 ? undef : ' ' x 16_000 });
        is($answer->{status}, $status, "$path: $status");
        cmp_ok($sent, '<', 100_000_000, 'soon');
    }
};

$server->expect_log(qr/SI0201|SI0101/);
$server->stop;
done_testing;
