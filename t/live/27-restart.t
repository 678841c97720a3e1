#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# Restarts and crashes in mid-story: nothing is lost, nothing is sent twice, and what nobody can know is said.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use JSON::PP ();
use Test::More;
use Time::HiRes qw(sleep time);

use StoryImg::Events;
use StoryImg::Jobs;
use StoryImg::Server;
use StoryImg::Test;

plan skip_all => 'no /proc/PID/stat' if !-e "/proc/$$/stat";

my $generate = '/api/stories/generate';
my ($server, $upstream) = stack(upstream => { pages => 3 }, conf => "StoryImgTimeout 30s\n");
# Soon enough to show that nobody waited for a lease of 60 s to run out.
my $soon = 40;

$server->expect_log(qr/\[storyimg:\w+\]/, qr/AH00045|AH00046|AH00047/);

sub codes { return { map { $_->{error} ? ($_->{pageNumber} => $_->{error}{code}) : () } @{ $_[0]{results} } } }
sub sent { my ($count) = @_; return wait_for(sub { $count <= (() = $upstream->images) }) }
sub bill { return join ' ', scalar(() = $upstream->texts), scalar(() = $upstream->images) }

sub waits { return scalar(() = $server->log_text =~ /page \d: trying again/g) }

# Page 1 will be drawn for long; the others are told to come again in a while.
my $waiting;
sub one_sent_two_pending {
    $waiting = 2 + waits();
    return ({ path => '/v1/images/', word => 'Scene 1', nth => 1, delay => 25 },
        map { { path => '/v1/images/', word => "Scene $_", nth => 1, status => 429, headers => { 'Retry-After' => 3 } } } 2, 3);
}

# Now it is, and they know: the index a moment after the log.
sub is_under_way {
    sent(3);
    my $told = wait_for(sub { waits() >= $waiting });
    select undef, undef, undef, slow(0.5);
    return $told;
}

subtest 'a graceful restart' => sub {
    $upstream->rules({ path => '/v1/images/', delay => 2 });
    my $sync = $server->begin(%{ posting_story($server, [size => '64x64']) });
    my (undef, $id) = tell_async($server);
    my $stream = StoryImg::Events->open($server->port, %{ posting_story($server, [size => '64x64'], Accept => 'text/event-stream') });
    sent(9);
    my @old = $server->children;
    my $watch = events($server, $id);
    $watch->next;
    $server->restart;
    my ($during, $during_id) = tell_async($server, pages => 1);
    my $story = is_story((await($sync))[0], 'a synchronous call survives');
    is_deeply(drawn_of($story), [1, 2, 3], 'with its pictures');
    is_deeply(drawn_of(wait_job($server, $id)), [1, 2, 3], 'so does a job');
    my @events = $stream->all;
    is_deeply([pages_of('illustration', @events), $events[-1]{name}], [[1, 2, 3], 'done'], 'and a stream');
    is_deeply(drawn_of(wait_job($server, $during_id)), [1], 'the new children are at work');
    is(bill(), '4 10', 'nothing was sent twice');
    my @heard = $watch->all;
    push @heard, events($server, $id, @heard ? $heard[-1]{id} : 1)->all if !@heard || $heard[-1]{name} ne 'done';
    is_stream(\@heard, 2, 'completed', 'who watched can go on where it broke off');
    my %old = map { $_ => 1 } @old;
    ok(wait_for(sub { !grep { $old{$_} } $server->children }), 'the old children go when they are done');
};

subtest 'two restarts in a row' => sub {
    $upstream->rules({ path => '/v1/images/', delay => 1.5 });
    my (undef, $id) = tell_async($server);
    sent(3);
    $server->restart for 1, 2;
    is_deeply(drawn_of(wait_job($server, $id)), [1, 2, 3], 'a job goes on');
    is(bill(), '1 3', 'nothing was sent twice');
};

subtest 'kill -9 of the children' => sub {
    $upstream->rules(one_sent_two_pending());
    my (undef, $id) = tell_async($server);
    is_under_way();
    my $began = time;
    $server->kill_children;
    ok(wait_for(sub { codes(job($server, $id))->{1} }, $soon), 'what was under way is given up');
    is(codes(job($server, $id))->{1}, 'outcome-unknown', 'since nobody can know what came of it');
    cmp_ok(time - $began, '<', slow($soon), 'soon');
    my $job = wait_job($server, $id);
    is_deeply([$job->{status}, drawn_of($job)], ['completed', [2, 3]], 'what was not is drawn by others');
    is_deeply(sent_pages($upstream), [1, 2, 2, 3, 3], 'and nothing is sent twice');
    is_stream([events($server, $id)->all], 1, 'completed');
    is($server->request(no_body('POST', job_path($id, '/retry')))->{status}, 202, 'it can be asked for');
    is_deeply(drawn_of(wait_job($server, $id)), [1, 2, 3], 'and comes');
};

subtest 'kill -9 in a synchronous call' => sub {
    $upstream->rules(one_sent_two_pending());
    my @order = (posting_story($server, [size => '64x64'], 'Idempotency-Key' => 'killed-1'));
    my $call = $server->begin(%{ $order[0] });
    is_under_way();
    $server->kill_children;
    is((await($call))[0]{status}, 599, 'the client gets no answer');
    my $again = $server->request(%{ $order[0] });
    my $story = is_story($again, 'but the story, when it asks again with its key');
    is_deeply(drawn_of($story), [2, 3], 'as far as it could be drawn');
    page_error($story, 1, 'outcome-unknown');
    is(bill(), '1 5', 'and nothing is sent twice');
};

subtest 'kill -9 while the words are written' => sub {
    $upstream->rules({ path => '/v1/chat/', nth => 1, delay => 25 });
    my $order = posting_story($server, [size => '64x64', pages => 1], 'Idempotency-Key' => 'killed-2');
    my $call = $server->begin(%$order);
    wait_for(sub { scalar $upstream->texts });
    $server->kill_children;
    await($call);
    my $again = $server->request(%$order);
    is_problem($again, 502, 'outcome-unknown');
    is_problem($server->request(%$order), 502, 'outcome-unknown', undef, 'and so it stays');
    is(bill(), '1 0', 'nothing is sent again');
    is_story($server->request(%{ posting_story($server, [pages => 1, size => '64x64'], 'Idempotency-Key' => 'killed-3') }),
        'a new key is a new request');
};

subtest 'kill -9 of everything' => sub {
    $upstream->rules(one_sent_two_pending());
    my (undef, $id) = tell_async($server);
    is_under_way();
    $server->crash;
    $server->start;
    my $job = wait_job($server, $id, $soon);
    is_deeply([$job->{status}, drawn_of($job), codes($job)], ['completed', [2, 3], { 1 => 'outcome-unknown' }],
        'started again, it goes on');
    is_deeply(sent_pages($upstream), [1, 2, 2, 3, 3], 'and sends nothing twice');
    is_saved($server, $_) for pictures_of($job);
};

subtest 'stop and start' => sub {
    $upstream->rules({ path => '/v1/images/', delay => 2 });
    my (undef, $id) = tell_async($server);
    sent(3);
    $server->stop('it stops when what is under way has come');
    is(scalar(grep { $_->{path} =~ /images/ } $upstream->answers), 3, 'which is waited for');
    $server->start;
    is_deeply(drawn_of(wait_job($server, $id)), [1, 2, 3], 'nothing is lost');
    is(bill(), '1 3', 'nothing was sent twice');
};

subtest 'a stop while a stream has words, but no picture under way' => sub {
    $upstream->rules({ path => '/v1/chat/', delay => 3 });
    my @order = (size => '64x64', storyId => 'stopped-1');
    my $stream = StoryImg::Events->open($server->port, %{ posting_story($server, \@order, Accept => 'text/event-stream') });
    wait_for(sub { scalar $upstream->texts });
    my $began = time;
    $server->stop('it ends by itself, though nobody draws the story');
    cmp_ok(time - $began, '<', slow(19), 'before httpd would kill it');
    ok((grep { $_->{name} eq 'story' } $stream->all), 'the words were told');
    $server->start;
    my $id = $server->get('/api/stories/stopped-1')->{json}{data}{metadata}{illustrationJobId} // 'none';
    is_deeply(drawn_of(wait_job($server, $id)), [1, 2, 3], 'its pictures come after the next start');
    is(bill(), '1 3', 'nothing was sent twice');
};

subtest 'MaxConnectionsPerChild' => sub {
    my ($site, $its) = stack(conf => "MaxConnectionsPerChild 4\n", upstream => { pages => 3, delay => { '/v1/images/' => 1 } });
    my @ids = map { (tell_async($site, pages => 2))[1] } 1 .. 4;
    my %children;
    for (1 .. 10) {
        $site->get('/api/health');
        $children{$_} = 1 for $site->children;
    }
    is_deeply([map { my $job = wait_job($site, $_); @{ drawn_of($job) } } @ids], [(1, 3) x 4], 'every job ends, with its pictures');
    cmp_ok(scalar keys %children, '>', 2, 'though children came and went');
    is_deeply([scalar(() = $its->texts), scalar(() = $its->images)], [4, 8], 'nothing was sent twice');
    $site->expect_log(qr{AH03490});    # a child that still draws keeps its slot in the scoreboard
    is_tidy($site);
    $site->stop;
};

is_deeply([map { $_->{refused} } $upstream->refused], [], 'no request was one that the API refuses');
is_tidy($server);
done();
