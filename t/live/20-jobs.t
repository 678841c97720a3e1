#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# Pictures that follow: 202 and a job, who asks for one and how, its states, the list.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use JSON::PP ();
use Test::More;

use StoryImg::Conf ();
use StoryImg::Jobs;
use StoryImg::Test;

my $stamp = qr/\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\z/;
my ($on, $off) = (JSON::PP::true, JSON::PP::false);
my $generate = '/api/stories/generate';
my $list = '/api/stories/illustrations/jobs';
my ($server, $upstream) = stack(upstream => { pages => 3, delay => { '/v1/images/' => 2 } });

sub story_of { my ($id) = @_; return $server->get("/api/stories/$id")->{json}{data} // {} }
sub is_pending { my ($story) = @_; return $story->{metadata}{illustrationsPending} ? 1 : 0 }

subtest 'a story at once, its pictures later' => sub {
    my $response = $server->post_json($generate, order(async => $on, size => '64x64', storyId => 'later-1'));
    my ($story, $id) = is_accepted($response, '202, the story, a Location');
    is(scalar(grep { $_->{path} =~ /images/ } $upstream->answers), 0, 'before any picture was drawn');
    is_deeply($story->{illustrations}, [], 'without pictures');
    is($story->{id}, 'later-1', 'under its id');
    my $job = job($server, $id);
    is_deeply([sort keys %$job], [qw(createdAt error id progress results status storyId updatedAt)], 'a job of the promised shape');
    is_deeply([@$job{qw(id storyId error)}], [$id, 'later-1', undef], 'of this story');
    like($job->{$_}, $stamp, $_) for qw(createdAt updatedAt);
    like($job->{status}, qr/\A(?:queued|processing)\z/, 'on its way');
    is_deeply([$job->{progress}, $job->{results}], [{ done => 0, failed => 0, total => 3 }, []], 'nothing done yet');
    is_deeply([is_pending(story_of('later-1')), story_of('later-1')->{illustrations}], [1, []], 'so says the story');
    wait_for(sub { job($server, $id)->{status} ne 'queued' });
    is(job($server, $id)->{status}, 'processing', 'then it is worked on');

    $job = wait_job($server, $id);
    is_deeply([@$job{qw(status progress error)}], ['completed', { done => 3, failed => 0, total => 3 }, undef], 'and completed');
    is_deeply(drawn_of($job), [1, 2, 3], 'with three pictures, by page');
    cmp_ok($job->{updatedAt}, 'gt', $job->{createdAt}, 'later than it began');
    is_saved($server, $_) for pictures_of($job);
    my $told = story_of('later-1');
    is_deeply($told->{illustrations}, $job->{results}, 'the story has the same');
    is(is_pending($told), 0, 'and waits for nothing');
    is($told->{metadata}{illustrationJobId}, $id, 'but knows its job');
    is_deeply([@$told{qw(story title character)}], [@$story{qw(story title character)}], 'its words are as they came');
    is_deeply(sent_pages($upstream), [1, 2, 3], 'each was asked for once');
    is($server->get("/api/images/generated?storyId=later-1")->{json}{meta}{total}, 3, 'and all are listed');
};

subtest 'a synchronous call is a job, too' => sub {
    my $story = is_story($server->post_json($generate, order(pages => 1, size => '64x64')));
    my $id = $story->{metadata}{illustrationJobId} // 'none';
    is(is_pending($story), 0, 'that is over');
    my $job = job($server, $id);
    is_deeply([@$job{qw(id storyId status)}], [$id, $story->{id}, 'completed'], 'of this story');
    is_deeply($job->{results}, $story->{illustrations}, 'with what it drew');
};

$upstream->set(delay => {});

subtest 'no pictures, no job' => sub {
    for my $async ($on, $off) {
        my $story = is_story($server->post_json($generate, order(async => $async, generateIllustrations => $off)), 'answered at once');
        is_deeply([$story->{metadata}{illustrationJobId}, is_pending($story), $story->{illustrations}], [undef, 0, []],
            'and nothing follows');
    }
    is_problem($server->post_json($generate, order(async => 'yes')), 400, 'invalid-body', qr/\Aasync: /);
};

subtest 'a job without a picture has failed' => sub {
    $upstream->rules({ path => '/v1/images/', status => 400, code => 'content_policy_violation' });
    my ($story, $id) = tell_async($server, pages => 2);
    my $job = wait_job($server, $id);
    is_deeply([@$job{qw(status progress)}], ['failed', { done => 0, failed => 2, total => 2 }], 'failed');
    like($job->{error}, qr/\w+ \w+/, 'says why, in a sentence');
    page_error({ illustrations => $job->{results} }, $_, 'content_policy') for 1, 3;
    is_deeply(story_of($story->{id})->{illustrations}, $job->{results}, 'and so says the story');
    $upstream->rules({ path => '/v1/images/', word => 'Scene 1', status => 400, code => 'content_policy_violation' });
    ($story, $id) = tell_async($server, pages => 2);
    is(wait_job($server, $id)->{status}, 'completed', 'with one picture it is completed');
    $upstream->rules;
};

subtest 'no text, no job' => sub {
    my $before = $server->get($list)->{json}{meta}{total};
    $upstream->rules({ path => '/v1/chat/', status => 401, code => 'invalid_api_key' });
    is_problem($server->post_json($generate, order(async => $on)), 502, 'upstream-auth');
    $upstream->rules;
    is($server->get($list)->{json}{meta}{total}, $before, 'none');
};

subtest 'the list' => sub {
    my $all = $server->get($list);
    my @ids = map { $_->{id} } @{ $all->{json}{data} };
    is_deeply($all->{json}{meta}, { total => 4, nextCursor => undef }, 'four jobs on one page');
    is_deeply([map { $_->{createdAt} } @{ $all->{json}{data} }], [sort { $b cmp $a } map { $_->{createdAt} } @{ $all->{json}{data} }],
        'newest first');
    is_deeply($all->{json}{data}, [map { job($server, $_) } @ids], 'each as it is alone');
    my ($path, @walked) = ("$list?limit=1");
    while (defined $path && @walked < 10) {
        my $page = $server->get($path);
        push @walked, map { $_->{id} } @{ $page->{json}{data} };
        is($page->{json}{meta}{total}, 4, 'total is of all');
        ($path) = ($page->{headers}{link} // '') =~ /\A<([^>]+)>; rel="next"\z/;
    }
    is_deeply(\@walked, \@ids, 'walked by one');
    my $half = $server->get("$list?limit=2");
    my $rest = $server->get("$list?limit=2&cursor=$half->{json}{meta}{nextCursor}");
    is_deeply([map { $_->{id} } map { @{ $_->{json}{data} } } $half, $rest], \@ids, 'and by two');
    my $tag = $all->{headers}{etag} // 'none';
    my $same = $server->get($list, 'If-None-Match' => $tag);
    is_deeply([$same->{status}, $same->{content}], [304, ''], 'nothing new, nothing sent');
    my (undef, $id) = tell_async($server, pages => 1);
    is($server->get($list, 'If-None-Match' => $tag)->{status}, 200, 'news are sent');
    wait_job($server, $id);
    is($server->get($list)->{json}{data}[0]{id}, $id, 'the newest first');
    is_problem($server->get("$list?limit=$_"), 400, 'invalid-query', qr/\Alimit:/, "limit=$_") for 0, 1001, 'x';
    is_problem($server->get("$list?cursor=nonsense"), 400, 'bad-cursor');
    my $head = $server->request(no_body('HEAD', $list));
    is_deeply([$head->{status}, $head->{content}], [200, ''], 'HEAD');
};

subtest 'no such job' => sub {
    is_problem($server->get(job_path($_)), 404, 'job-not-found', undef, "GET $_") for 'none', '00000000', '%27%3B--', 'x' x 300;
    is_problem($server->get(job_path('none', '/events')), 404, 'job-not-found', undef, 'events');
    is_problem($server->request(no_body('DELETE', job_path('none'))), 404, 'job-not-found', undef, 'DELETE');
    is_problem($server->request(no_body('POST', job_path('none', '/retry'))), 404, 'job-not-found', undef, 'retry');
    is_problem($server->request(no_body('PUT', job_path('none'))), 405, 'method-not-allowed');
    my $allow = $server->request(no_body('PUT', job_path('none')))->{headers}{allow} // '';
    is_deeply([sort split /, /, $allow], [qw(DELETE GET HEAD)], 'with Allow');
};

subtest 'StoryImgAsync and ASYNC_ILLUSTRATIONS' => sub {
    my $conf = qq{<Location "/sync">\nSetHandler storyimg\nStoryImgAsync off\n</Location>\n};
    for my $option ({ conf => "StoryImgAsync on\n$conf" }, { env => { ASYNC_ILLUSTRATIONS => 'true' }, conf => $conf }) {
        my $site = with_upstream($upstream, %$option)->start;
        my @order = (pages => 1, size => '64x64');
        my ($story, $id) = is_accepted($site->post_json($generate, order(@order)), 'on: 202');
        is(wait_job($site, $id)->{status}, 'completed', 'completed');
        is_story($site->post_json($generate, order(@order, async => $off)), '"async": false in the request: 200');
        is_story($site->post_json('/sync/stories/generate', order(@order)), 'off in a <Location>: 200');
        my $plain = is_story($site->post_json($generate, order(@order, generateIllustrations => $off)), 'without pictures: 200');
        is_deeply([$plain->{metadata}{illustrationJobId}, is_pending($plain)], [undef, 0], 'without a job');
        $site->stop;
    }
};

subtest 'with saving off there is nothing to follow' => sub {
    my $site = with_upstream($upstream, conf => "StoryImgSave off\nStoryImgAsync on\n")->start;
    my $story = is_story($site->post_json($generate, order(pages => 1, async => $on)), 'answered at once');
    ok(length $story->{illustrations}[0]{b64_json}, 'with the picture in it');
    is_deeply([$story->{metadata}{illustrationJobId}, is_pending($story)], [undef, 0], 'without a job');
    is_deeply($site->get($list)->{json}, { success => $on, data => [], meta => { total => 0, nextCursor => undef } }, 'none is listed');
    is_problem($site->get(job_path('none')), 404, 'job-not-found');
    $site->stop;
};

subtest 'twenty jobs at once' => sub {
    my @before = (scalar(() = saved_files($server)), scalar $upstream->images);
    my @responses = $server->many(map { posting_story($server, [async => $on, size => '64x64']) } 1 .. 20);
    my @ids = map { (is_accepted($_))[1] } @responses;
    is_deeply([map { wait_job($server, $_)->{status} } @ids], [('completed') x 20], 'all complete');
    is(scalar(() = saved_files($server)), $before[0] + 60, 'every picture is on disk');
    is(scalar $upstream->images, $before[1] + 60, 'bought once');
};

# Ticks (10 ms) that the children have worked.
sub worked {
    my ($site) = @_;
    my $sum = 0;
    for my $pid ($site->children) {
        my (undef, $numbers) = split /\) /, StoryImg::Server::slurp("/proc/$pid/stat");
        $sum += $_ for (split / /, $numbers // '')[11, 12];
    }
    return $sum;
}

subtest 'more pages than may be drawn at once' => sub {
    plan skip_all => 'no /proc/PID/stat' if !-e "/proc/$$/stat";
    my $one = StoryImg::Conf::one_child() . "StoryImgConcurrency 1\n";
    my ($site, $its) = stack(upstream => { pages => 3, delay => { '/v1/images/' => 3 } }, conf => $one);
    my (undef, $id) = tell_async($site);
    wait_for(sub { scalar $its->images });
    my $before = worked($site);
    select undef, undef, undef, 2;
    cmp_ok(worked($site) - $before, '<', 60, 'the others are waited for, not asked for all the time');
    is(scalar(() = $its->images), 1, 'one at a time');
    $its->set(delay => {});
    is_deeply(drawn_of(wait_job($site, $id)), [1, 2, 3], 'all are drawn');
    $site->expect_log(qr/AH00161|AH00484|AH00485/);
    $site->stop;
};

is_deeply([map { $_->{refused} } $upstream->refused], [], 'no request was one that the API refuses');
is_tidy($server);
$server->expect_log(qr/\[storyimg:(?:warn|error)\].*(?:content_policy|invalid_api_key|upstream-auth)/);
done();
