#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# A job, cancelled; a job, tried again: what was not sent is not sent, what is there is not bought again.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use JSON::PP ();
use Test::More;

use StoryImg::Conf ();
use StoryImg::Jobs;
use StoryImg::Test;

my $generate = '/api/stories/generate';
# One background worker that draws one picture at a time: what waits behind it has not been sent.
my ($server, $upstream) = stack(upstream => { pages => 3 },
    conf => StoryImg::Conf::one_child() . "StoryImgConcurrency 1\nStoryImgTimeout 20s\n");
my ($policy, $bad_key) = ({ status => 400, code => 'content_policy_violation' }, { status => 401, code => 'invalid_api_key' });

sub cancel { my ($id) = @_; return $server->request(no_body('DELETE', job_path($id))) }
sub retry { my ($id, %headers) = @_; return $server->request(no_body('POST', job_path($id, '/retry'), %headers)) }
sub codes { return { map { $_->{error} ? ($_->{pageNumber} => $_->{error}{code}) : () } @{ $_[0]{results} } } }
sub counts { return join ' ', map { "$_ $_[0]{progress}{$_}" } qw(done failed total) }

# 202, the job, its Location.
sub is_retried {
    my ($response, $id) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $place = ($response->{headers}{location} // '') =~ s{\Ahttps?://[^/]+}{}r;
    my $job = ref $response->{json} eq 'HASH' ? $response->{json}{data} : {};
    is_deeply([$response->{status}, $place, $job->{id}], [202, job_path($id), $id], 'it is tried again')
        || diag(substr $response->{wire}, 0, 2000);
    like($job->{status}, qr/\A(?:queued|processing|completed)\z/, 'it is on its way again');
    return $job;
}

subtest 'nobody there' => sub {
    is_problem(cancel('none'), 404, 'job-not-found');
    is_problem(retry('none'), 404, 'job-not-found');
};

subtest 'cancelled while a page is drawn' => sub {
    $upstream->rules({ path => '/v1/images/', delay => 2 });
    my ($story, $id) = tell_async($server, pages => 3);
    my (undef, $next) = tell_async($server, pages => 1);
    wait_for(sub { scalar $upstream->images });
    my $queued = cancel($next);
    is($queued->{status}, 200, 'a job that has not begun');
    is_deeply([@{ $queued->{json}{data} }{qw(id status)}], [$next, 'cancelled'], 'is cancelled at once');
    my $answer = cancel($id);
    is_deeply([$answer->{status}, @{ $answer->{json}{data} }{qw(id status)}], [200, $id, 'cancelled'], 'so is one that has begun');
    ok(!exists $answer->{headers}{allow}, 'without telling what else might be done');
    is_problem(cancel($id), 409, 'job-finished', undef, 'only once');
    my $job = wait_job($server, $id);
    is_deeply([$job->{status}, drawn_of($job), counts($job)], ['cancelled', [1], 'done 1 failed 2 total 3'],
        'the page that was sent is paid for, waited for and kept');
    is_saved($server, pictures_of($job));
    is_deeply(sent_pages($upstream), [1], 'the others were never sent');
    my $told = $server->get("/api/stories/$story->{id}")->{json}{data};
    is_deeply([drawn_of($told), $told->{metadata}{illustrationsPending} ? 1 : 0], [[1], 0], 'so says the story');
    is_stream([events($server, $id)->all], 1, 'cancelled');
    is_stream([events($server, $next)->all], 1, 'cancelled');
    is_deeply($server->get(job_path($next))->{json}{data}{status}, 'cancelled', 'and so it stays');

    $upstream->rules;
    my @before = events($server, $id)->all;
    is_retried(retry($id), $id);
    $job = wait_for(sub { my $now = job($server, $id); return $now->{status} eq 'completed' ? $now : undef });
    is_deeply(drawn_of($job), [1, 2, 3], 'a cancelled job can be taken up again');
    is_deeply(sent_pages($upstream), [2, 3], 'for what is missing');
    my @after = events($server, $id, scalar @before)->all;
    is_stream(\@after, 1 + @before, 'completed', 'its events go on where they were');
    is_deeply(pages_of('illustration', @after), [2, 3], 'with the new pictures');
};

subtest 'finished' => sub {
    $upstream->rules;
    my (undef, $id) = tell_async($server, pages => 2);
    wait_job($server, $id);
    is_problem(cancel($id), 409, 'job-finished', undef, 'cannot be cancelled');
    is_problem(retry($id), 409, 'job-finished', undef, 'nor tried again: nothing is missing');
    is_deeply(sent_pages($upstream), [1, 3], 'nothing was sent for it');
    my $sync = is_story($server->post_json($generate, order(pages => 1, size => '64x64')));
    is_problem(retry($sync->{metadata}{illustrationJobId}), 409, 'job-finished', undef, 'a synchronous one neither');
};

subtest 'the missing pages, and no others' => sub {
    $upstream->rules({ path => '/v1/images/', word => 'Scene 1', %$policy }, { path => '/v1/images/', word => 'Scene 2', %$bad_key });
    my ($story, $id) = tell_async($server, pages => 3);
    my $job = wait_job($server, $id);
    is_deeply([drawn_of($job), codes($job)], [[3], { 1 => 'content_policy', 2 => 'upstream-auth' }], 'one came, two failed');
    $upstream->rules;
    is_retried(retry($id), $id);
    $job = wait_job($server, $id);
    is_deeply([drawn_of($job), codes($job)], [[2, 3], { 1 => 'content_policy' }], 'what was refused stays so');
    is_deeply(sent_pages($upstream), [2], 'only the other was sent again');
    is_deeply($server->get("/api/stories/$story->{id}")->{json}{data}{illustrations}, $job->{results}, 'the story has it');
    is($server->get("/api/images/generated?storyId=$story->{id}")->{json}{meta}{total}, 2, 'so has the list');
    is_problem(retry($id), 409, 'job-finished', undef, 'a refusal is final');
    is_deeply(sent_pages($upstream), [2], 'it was not sent');
};

subtest 'an outcome that nobody knows' => sub {
    $upstream->rules({ path => '/v1/images/', word => 'Scene 1', nth => 1, reset => 'before' });
    my (undef, $id) = tell_async($server, pages => 2);
    my $job = wait_job($server, $id);
    is_deeply([drawn_of($job), codes($job)], [[3], { 1 => 'outcome-unknown' }], 'is an error of the page');
    is_deeply(sent_pages($upstream), [1, 3], 'never sent again by itself');
    is_retried(retry($id), $id);
    is_deeply(drawn_of(wait_job($server, $id)), [1, 3], 'but when it is asked for');
    is_deeply(sent_pages($upstream), [1, 1, 3], 'once');
};

subtest 'a synchronous call that failed' => sub {
    $upstream->rules({ path => '/v1/images/', nth => 1, %$bad_key });
    my $story = is_story($server->post_json($generate, order(pages => 1, size => '64x64')));
    page_error($story, 1, 'upstream-auth');
    my $id = $story->{metadata}{illustrationJobId};
    is_retried(retry($id), $id);
    is_deeply(drawn_of(wait_job($server, $id)), [1], 'is mended by the worker');
};

subtest 'tried again twice at once' => sub {
    $upstream->rules({ path => '/v1/images/', nth => 1, %$bad_key });
    my (undef, $id) = tell_async($server, pages => 1);
    wait_job($server, $id);
    my @answers = $server->many(map { { no_body('POST', job_path($id, '/retry')) } } 1 .. 4);
    ok(scalar(grep { $_->{status} == 202 } @answers), 'one is heard');
    is_deeply([grep { $_ != 202 && $_ != 409 } map { $_->{status} } @answers], [], 'the others are told so');
    is_deeply(drawn_of(wait_job($server, $id)), [1], 'the picture comes');
    is(scalar $upstream->images, 2, 'and is bought once');
};

is_deeply([map { $_->{refused} } $upstream->refused], [], 'no request was one that the API refuses');
is_tidy($server);
$server->expect_log(qr/\[storyimg:(?:warn|error)\]/, qr/AH00161|AH00484|AH00485/);
done();
