#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# How many may wait for an upstream at once: beyond it 503, so that the rest of the server keeps its threads.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use JSON::PP ();
use Test::More;

use StoryImg::Conf ();
use StoryImg::Events;
use StoryImg::Jobs;
use StoryImg::Test;

my $generate = '/api/stories/generate';
my ($on, $off) = (JSON::PP::true, JSON::PP::false);
my @text = (generateIllustrations => $off);
my ($server, $upstream) = stack(upstream => { pages => 3 }, conf => "StoryImgMaxWaiting 2\n");
$server->write_file('htdocs/hello.html', "hello\n");

# That many requests, which wait for the writer.
sub waiting {
    my ($count, $rule) = @_;
    $upstream->rules({ path => '/v1/chat/', %$rule });
    my @calls = map { $server->begin(%{ posting_story($server, [@text]) }) } 1 .. $count;
    wait_for(sub { $count == (() = $upstream->texts) });
    return @calls;
}

sub is_refused {
    my ($response, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is_problem($response, 503, 'too-many-waiting', undef, $name);
    return like($response->{headers}{'retry-after'} // 'none', qr/\A[1-9]\d{0,3}\z/, 'with Retry-After');
}

# Room for two again.
sub is_free {
    my ($name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my @calls = waiting(2, { delay => 0.5 });
    return is_deeply([map { $_->{status} } await(@calls)], [200, 200], $name);
}

subtest 'the third' => sub {
    my @calls = waiting(2, { delay => slow(2) });
    is_refused($server->post_json($generate, order(@text)), 'a story');
    is_refused($server->post_json($generate, order(async => $on)), 'one with pictures to follow');
    is_refused($server->post_json('/api/stories/suggestions', { character => { name => 'Miriella' } }), 'suggestions');
    is_refused($server->request(%{ posting_story($server, [@text], Accept => 'text/event-stream') }), 'a stream');
    is(scalar(() = $upstream->log), 2, 'for which nothing was sent');
    my @others = ('/hello.html', '/api/health', '/api/stories', '/api/images/generated', '/api/stories/illustrations/jobs');
    is_deeply([map { $_->{status} } $server->many(map { { path => $_ } } @others)], [(200) x @others], 'all else is served');
    is(scalar(grep { $_->{done} } @calls), 0, 'while they wait');
    is_deeply([map { $_->{status} } await(@calls)], [200, 200], 'the two get their stories');
    is_free('then there is room again');
};

subtest 'a key that waits for its first answer' => sub {
    my $posting = posting_story($server, [@text], 'Idempotency-Key' => 'wait-1');
    $upstream->rules({ path => '/v1/chat/', delay => 1 });
    my @calls = map { $server->begin(%$posting) } 1, 2;
    is_deeply([map { $_->{status} } await(@calls)], [200, 200], 'one waits for the writer, one for the first');
    is(scalar(() = $upstream->texts), 1, 'one is sent');
    my @many = $server->many(($posting) x 4);
    is_deeply([grep { $_->{status} != 200 && $_->{status} != 503 } @many], [], 'the answer is there for all who find room');
};

subtest 'event streams count' => sub {
    $upstream->rules({ path => '/v1/images/', delay => slow(3) });
    my (undef, $id) = tell_async($server, pages => 1);
    my @streams = map { events($server, $id) } 1, 2;
    is_deeply([map { $_->next->{name} } @streams], ['status', 'status'], 'two are served');
    is_refused($server->request(%{ { path => job_path($id, '/events') } }), 'a third');
    is_refused($server->post_json($generate, order(@text)), 'or a story');
    is($server->get(job_path($id))->{status}, 200, 'asking again and again still works');
    is_deeply([map { ($_->all)[-1]{name} } @streams], ['done', 'done'], 'the two hear the end');
    is_free('then there is room again');
};

subtest 'what a killed child takes with it' => sub {
    my @calls = waiting(2, { hang => 1 });
    is_refused($server->post_json($generate, order(@text)), 'no room');
    $server->kill_children;
    is_deeply([map { $_->{status} } await(@calls)], [599, 599], 'two get no answer');
    wait_for(sub { $server->get('/api/health')->{status} == 200 });
    is_free('their places are free');
};

subtest 'the limit is one of the whole server' => sub {
    my @sites = map { { name => $_, conf => $upstream->directives } } qw(a.test b.test);
    my ($site, $its) = stack(conf => "StoryImgMaxWaiting 1\n", vhosts => \@sites);
    $upstream->rules({ path => '/v1/chat/', delay => slow(2) });
    my $call = $site->begin(%{ posting_story($site, [@text]) }, host => 'a.test');
    wait_for(sub { scalar $upstream->texts });
    my @hosts = ('a.test', 'b.test');
    my @states = map { $_->{status} } $site->many(map { { %{ posting_story($site, [@text]) }, host => $_ } } @hosts);
    is_deeply(\@states, [503, 503], 'who waits at one site counts for all');
    is((await($call))[0]{status}, 200, 'the first gets its story');
    $site->expect_log(qr/\[storyimg:\w+\].*too-many-waiting/);
    $site->stop;
};

subtest 'half of MaxRequestWorkers is the default' => sub {
    my $ready = $StoryImg::Conf::MPM eq 'prefork' ? "StartServers 25\n" : '';
    my ($site, $its) = stack(conf => "MaxRequestWorkers 30\n$ready", upstream => { delay => { '/v1/chat/' => slow(2) } });
    my @answers = $site->many(map { posting_story($site, [@text]) } 1 .. 20);
    my %count;
    $count{ $_->{status} }++ for @answers;
    is_deeply(\%count, { 200 => 15, 503 => 5 }, 'fifteen of twenty');
    $site->expect_log(qr/\[storyimg:\w+\].*too-many-waiting/, qr/AH00161|AH00484|AH00485/);
    $site->stop;
};

is_deeply([map { $_->{refused} } $upstream->refused], [], 'no request was one that the API refuses');
is_tidy($server);
$server->expect_log(qr/\[storyimg:\w+\].*(?:too-many-waiting|outcome-unknown|leases?|recover)/);
done();
