#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# What is asked, told and drawn is judged before a child sees it: StoryImgModeration.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use Test::More;

use StoryImg::Events;
use StoryImg::Jobs;
use StoryImg::Server;
use StoryImg::Test;

my @generate = ('/api/stories/generate');
my $WORD = 'forbidden-word';
my ($server, $upstream) = stack(illustrator => 'openai/gpt-image-2', conf => "StoryImgModeration required\n");

sub judged { return scalar(() = $upstream->moderations) }

subtest 'all is well' => sub {
    my $story = is_story($server->post_json(@generate, order(pages => 2, size => '1024x1024')));
    is_deeply([map { $_->{localUrl} ? 1 : 0 } @{ $story->{illustrations} }], [1, 1], 'drawn');
    my @asked = $upstream->moderations;
    is(scalar @asked, 4, 'the order, the story with its scenes, two pictures');
    like($asked[0]{body}{input}[0], qr/Miriella.*lantern festival/s, 'the order whole');
    is(scalar @{ $asked[1]{body}{input} }, 3, 'the story, and each scene');
    is_deeply([map { ref $_->{body}{input}[0] eq 'HASH' ? 1 : 0 } @asked[2, 3]], [1, 1], 'pictures as pictures');
    is_saved($server, $_) for @{ $story->{illustrations} };
    ok(!(grep { ($_->{time} < $asked[0]{time}) } $upstream->texts), 'judged before anything is spent');
};

subtest 'the order is not fit' => sub {
    $upstream->clear;
    is_problem($server->post_json(@generate, order(prompt => "A story of the $WORD")), 422, 'content-policy');
    is_problem($server->post_json('/api/stories/suggestions', { character => { name => 'A', interests => [$WORD] } }), 422,
        'content-policy');
    is_problem($server->post_json('/api/images/generate-illustration', { character => { name => 'A' }, sceneDescription => $WORD }), 422,
        'content-policy');
    is(scalar(() = ($upstream->texts, $upstream->images)), 0, 'nothing is asked for');
};

subtest 'the story is not fit' => sub {
    $upstream->rules({ path => '/v1/chat/', text => "Page 1\nOnce there was a $WORD in the wood, and it was big." });
    is_problem($server->post_json(@generate, order()), 422, 'content-policy');
    is(scalar(() = $upstream->images), 0, 'nothing is drawn');
    is($server->get('/api/stories')->{json}{meta}{total}, 1, 'nor kept');
};

subtest 'a scene is not fit' => sub {
    my $text = join "\n\n", map { "Page $_\nA kind page, number $_, of a quiet book.\n\n*Illustration Description*: "
        . ($_ == 2 ? "the $WORD at dusk" : "a garden at noon, number $_") } 1 .. 3;
    $upstream->rules({ path => '/v1/chat/', text => $text });
    my $story = is_story($server->post_json(@generate, order(pages => 3)));
    page_error($story, 2, 'content_policy', 'its page');
    is_deeply([map { $_->{localUrl} ? $_->{pageNumber} : () } @{ $story->{illustrations} }], [1, 3], 'the others are drawn');
    is(scalar(grep { ($_->{body}{prompt} // '') =~ /\Q$WORD\E/ } $upstream->images), 0, 'the scene is not sent');
    $story = $server->get("/api/stories/$story->{id}")->{json}{data};
    page_error($story, 2, 'content_policy', 'and so it is remembered');
};

subtest 'a picture is not fit' => sub {
    my @before = saved_files($server);
    $upstream->rules({ path => '/v1/moderations', nth => [3], flag => ['violence'] });
    my $story = is_story($server->post_json(@generate, order(pages => 1)));
    page_error($story, 1, 'content_policy');
    is_deeply([saved_files($server)], \@before, 'it never gets its name');
    is(scalar(() = $upstream->images), 1, 'nor is another bought');
    like($server->log_text, qr/SI0701: moderation: a picture refused: violence/, 'the log has the category');
    unlike($server->log_text, qr/Miriella|\Q$WORD\E/, 'and no more');
};

subtest 'nobody can judge' => sub {
    $upstream->rules({ path => '/v1/moderations', status => 401, code => 'invalid_api_key' });
    is_problem($server->post_json(@generate, order()), 503, 'moderation-unavailable');
    is(scalar(() = $upstream->texts), 0, 'nothing is asked for');
    my @before = saved_files($server);
    $upstream->rules({ path => '/v1/moderations', nth => [3], status => 401, code => 'invalid_api_key' });
    my $story = is_story($server->post_json(@generate, order(pages => 1)));
    page_error($story, 1, 'moderation-unavailable', 'a picture that cannot be judged is not shown');
    is_deeply([saved_files($server)], \@before, 'it has no name');
    $server->restart;
    my $page = wait_for(sub {
        my $found = $server->get("/api/stories/$story->{id}")->{json}{data}{illustrations}[0];
        return $found->{localUrl} ? $found : undef;
    });
    ok($page, 'judged later, it appears') && is_saved($server, $page);
    is(scalar(() = $upstream->images), 1, 'and was bought once');
};

subtest 'on: what cannot be judged passes' => sub {
    my ($site, $its) = stack(illustrator => 'openai/gpt-image-2', conf => "StoryImgModeration on\n");
    $its->rules({ path => '/v1/moderations', status => 404 });
    my $story = is_story($site->post_json(@generate, order(pages => 1)));
    ok($story->{illustrations}[0]{localUrl}, 'drawn');
    like($site->log_text, qr/SI0702: moderation: not judged/, 'the log says so');
    $its->rules();
    is_problem($site->post_json(@generate, order(prompt => $WORD)), 422, 'content-policy', undef, 'what can be judged is');
    $site->expect_log(qr/\[storyimg:warn\]/);
    $site->stop;
};

subtest 'a stream' => sub {
    $upstream->rules();
    my $posting = $server->posting(@generate, order(pages => 1, size => '64x64'), Accept => 'text/event-stream');
    my @names = map { $_->{name} } StoryImg::Events->open($server->port, %$posting)->all;
    is(scalar(grep { $_ eq 'text' } @names), 1, 'the story comes in one piece, when it is judged');
    is_deeply([grep { /\A(?:illustration|done)\z/ } @names], [qw(illustration done)], 'then its picture');
    $upstream->rules({ path => '/v1/chat/', text => "Page 1\nOnce there was a $WORD in the wood, and it was big." });
    my $response = $server->request(%$posting);
    is_problem($response, 422, 'content-policy', undef, 'one that is not fit is never told');
    unlike($response->{wire}, qr/\Q$WORD\E/, 'not a word of it');
};

subtest 'not kept' => sub {
    my ($site, $its) = stack(illustrator => 'openai/dall-e-3', conf => "StoryImgModeration required\nStoryImgSave off\n");
    my $story = is_story($site->post_json(@generate, order(pages => 1)));
    ok($story->{illustrations}[0]{url}, 'a picture that is fit');
    $its->rules({ path => '/v1/moderations', nth => [3], flag => ['violence'] });
    page_error(is_story($site->post_json(@generate, order(pages => 1))), 1, 'content_policy', 'one that is not');
    $site->expect_log(qr/SI0202: story \S+ page 1: not drawn: content-policy/);
    $site->stop;
};

subtest 'who judges' => sub {
    my $lonely = StoryImg::Server->new(conf => "StoryImgModeration required\n");
    my ($status, $said) = $lonely->check;
    ok($status != 0, 'without a provider Apache does not start');
    like($said, qr/StoryImgModeration required: nobody here can judge/, 'and says why');
    ($status, $said) = StoryImg::Server->new(conf => "StoryImgModeration maybe\n")->check;
    like($said, qr/StoryImgModeration maybe: must be off, on or required/, 'a word that is none');
};

is_deeply([map { $_->{refused} } $upstream->refused], [], 'no request was one that the API refuses');
is_tidy($server);
$server->expect_log(qr/\[storyimg:(?:warn|error)\]/);
done();
