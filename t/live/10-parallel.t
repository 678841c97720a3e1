#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# All pages at once; many clients at once; nobody else waits.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use Test::More;
use Time::HiRes qw(sleep time);

use StoryImg::Conf ();
use StoryImg::Test;

my ($server, $upstream) = stack(upstream => { delay => { '/v1/images/' => 1 }, pages => 3 });
my @generate = ('/api/stories/generate', order(pages => 3, size => '64x64'));

subtest 'three pictures of one second' => sub {
    my $response = $server->post_json(@generate);
    my $story = is_story($response);
    cmp_ok($response->{seconds}, '<', slow(2.2), 'take little more than one');
    is(scalar @{ $story->{illustrations} }, 3, 'three');
    is((sort { $b <=> $a } map { $_->{inflight} } $upstream->images)[0], 3, 'all in flight together');
    is_saved($server, $_) for @{ $story->{illustrations} };
};

subtest 'order' => sub {
    $upstream->rules(map { { path => '/v1/images/', word => "Scene $_", delay => 1 - 0.3 * $_ } } 1 .. 3);
    my $story = is_story($server->post_json(@generate));
    is_deeply([map { $_->{pageNumber} } @{ $story->{illustrations} }], [1, 2, 3], 'by page, though the last came first');
    is_deeply([map { $_->{description} =~ /^Scene (\d)/ } @{ $story->{illustrations} }], [1, 2, 3], 'each its own scene');
};

subtest 'one page fails' => sub {
    $upstream->rules({ path => '/v1/images/', word => 'Scene 2', status => 400, code => 'moderation_blocked' });
    my $story = is_story($server->post_json(@generate));
    page_error($story, 2, 'content_policy');
    is_saved($server, $story->{illustrations}[$_]) for 0, 2;
    my $again = $server->get("/api/stories/$story->{id}")->{json}{data};
    is_deeply($again->{illustrations}, $story->{illustrations}, 'and so it is remembered');
    is($server->get("/api/images/generated?storyId=$story->{id}")->{json}{meta}{total}, 2, 'two are listed');
};

subtest 'twenty clients at once' => sub {
    $upstream->rules;
    my @responses = $server->many(map({ $server->posting(@generate) } 1 .. 20), { path => '/api/health' });
    my $health = pop @responses;
    is_story($_) for @responses;
    cmp_ok((sort { $b <=> $a } map { $_->{seconds} } @responses)[0], '<', slow(5), 'the last is served soon');
    is($health->{status}, 200, 'and others meanwhile');
    cmp_ok($health->{seconds}, '<', slow(1.5), 'without waiting');
    my %name = map { $_->{localUrl} => 1 } map { @{ $_->{json}{data}{illustrations} } } @responses;
    is(scalar keys %name, 60, 'no two pictures have one name');
    is(scalar(() = saved_files($server)), 3 + 3 + 2 + 60, 'every picture is on disk');
    is($server->get('/api/images/generated')->{json}{meta}{total}, 68, 'and listed');
};

subtest 'a graceful restart while pictures are drawn' => sub {
    my $pid = open(my $out, '-|') // die "fork: $!\n";
    if (!$pid) {
        my $response = $server->post_json(@generate);
        print join ' ', $response->{status}, map { $_->{localUrl} // 'none' } @{ $response->{json}{data}{illustrations} // [] };
        POSIX::_exit(0);
    }
    sleep 0.5;
    $server->restart;
    my ($status, @urls) = split / /, <$out> // '';
    waitpid $pid, 0;
    is("$status @{[ scalar grep { m{^/generated/} } @urls ]}", '200 3', 'the story comes, with its pictures');
    is($server->get($_)->{status}, 200, "$_ is there") for @urls;
};

subtest 'a client that does not wait' => sub {
    my $before = saved_files($server);
    my $gone = $server->request(%{ $server->posting(@generate) }, timeout => 0.5);
    is($gone->{reason}, 'timeout', 'goes');
    for (my $until = time + slow(5); time < $until && saved_files($server) < $before + 3; sleep 0.05) { }
    is(scalar(() = saved_files($server)), $before + 3, 'what was paid for is kept');
};

is_deeply([map { $_->{refused} } $upstream->refused], [], 'no request was one that the API refuses');
is_tidy($server);
$server->expect_log(qr/\[storyimg:warn\].*moderation_blocked/);
done();
