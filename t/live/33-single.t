#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# One picture by itself: the routes of the story-book API for illustrations and portraits.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use JSON::PP ();
use Test::More;

use StoryImg::Photo;
use StoryImg::Pictures;
use StoryImg::Test;
use StoryImg::Upstream;

my ($server, $upstream) = stack(illustrator => 'openai/gpt-image-2');
my %route = map { $_ => "/api/images/generate-$_" } qw(illustration character-consistent-illustration with-gpt-image-1 character-portrait);

sub upload {
    my ($site) = @_;
    my ($type, $body) = StoryImg::Photo::upload(StoryImg::Pictures::png(300, 200, 'hero'));
    return $site->request(method => 'POST', path => '/api/upload', body => $body, headers => { 'Content-Type' => $type })->{json}{path};
}

my $photo = upload($server);
my %hero = (name => 'Miriella', age => 7);

sub body_of {
    my ($route, $with, %more) = @_;
    my %character = (%hero, $with ? (imageUrl => $photo) : ());
    my %scene = (sceneDescription => 'Miriella climbs the lighthouse', pageNumber => 4, storyTitle => 'Light');
    %scene = () if $route eq 'character-portrait';
    return { character => \%character, %scene, %more };
}

sub draw { my ($route, $with, %more) = @_; return $server->post_json($route{$route}, body_of($route, $with, %more)) }
sub records { return @{ $server->get('/api/images/generated')->{json}{data} } }

# [route, with a photo, kind of the file, drawn from the photo itself]
for my $case (['illustration', 1, 'story', 0], ['character-consistent-illustration', 0, 'story', 0],
    ['character-consistent-illustration', 1, 'gptimg', 1], ['with-gpt-image-1', 1, 'gptimg', 1], ['character-portrait', 0, 'portrait', 0],
    ['character-portrait', 1, 'portrait', 0]) {
    my ($route, $with, $kind, $edited) = @$case;
    subtest $route . ($with ? ', with a photo' : '') => sub {
        $upstream->clear;
        my $response = draw($route, $with);
        is($response->{status}, 200, 'drawn') or diag($response->{content});
        my $drawn = $response->{json}{data};
        like($drawn->{localUrl}, qr{\A/generated/$kind-\d{13}-p\d+\.png\z}, 'its name tells how');
        is($drawn->{characterReferenced} ? 1 : 0, $edited, 'and so does it');
        is($drawn->{pageNumber}, $route eq 'character-portrait' ? 0 : 4, 'its page');
        is_saved($server, $drawn);
        is_deeply([scalar(() = $upstream->edits), scalar(() = $upstream->images)], [$edited, 1], 'one call');
        my ($record) = records();
        is_deeply([@$record{qw(kind storyId)}], [$kind, undef], 'listed, as a picture of no story');
        is_deeply([$drawn->{imageUrl}, $drawn->{character}{name}], [$drawn->{localUrl}, 'Miriella'], 'as portraits are answered')
            if $route eq 'character-portrait';
        my ($prompt) = map { $_->{body}{prompt} } $upstream->images;
        like($prompt, $with && $route ne 'illustration' ? qr/curly brown hair/ : qr/Miriella/, 'the hero is in the prompt');
        unlike($prompt, qr/curly brown hair/, 'a generic one knows no photo') if $route eq 'illustration';
    };
}

subtest 'no story' => sub {
    is($server->get('/api/stories')->{json}{meta}{total}, 0, 'none is listed');
    my ($job) = @{ $server->get('/api/stories/illustrations/jobs')->{json}{data} };
    is_problem($server->get("/api/stories/$job->{storyId}"), 404, 'story-not-found');
    is($job->{status}, 'completed', 'but it was a job, as any other picture');
};

subtest 'asked twice' => sub {
    $upstream->clear;
    my @posting = ($route{illustration}, body_of('illustration'), 'Idempotency-Key' => 'a-1');
    my @twice = map { $server->request(%{ $server->posting(@posting) }) } 1, 2;
    is_deeply($twice[1]{json}, $twice[0]{json}, 'the same picture');
    is(scalar(() = $upstream->images), 1, 'paid once');
    is_problem($server->request(%{ $server->posting($route{illustration}, body_of('illustration', 1), 'Idempotency-Key' => 'a-1') }), 422,
        'idempotency-key-reused');
};

subtest 'bad bodies' => sub {
    $upstream->clear;
    is_problem(draw('illustration', 0, x => 1), 400, 'invalid-body', qr/\Ax: /);
    is_problem(draw('illustration', 0, sceneDescription => undef), 400, 'invalid-body', qr/sceneDescription/);
    is_problem(draw('illustration', 0, pageNumber => 'two'), 400, 'invalid-body', qr/pageNumber/);
    is_problem(draw('illustration', 0, character => undef), 400, 'invalid-body', qr/character/);
    is_problem(draw('character-portrait', 0, sceneDescription => 'x'), 400, 'invalid-body', qr/sceneDescription/);
    is_problem(draw('with-gpt-image-1', 0), 400, 'invalid-body', qr/character\.imageUrl: required/);
    my $gone = { %hero, imageUrl => 'character-image-1738355170000-' . 'b' x 32 . '.png' };
    is_problem(draw('with-gpt-image-1', 0, character => $gone), 404, 'reference-gone');
    is_problem($server->request(path => $route{illustration}), 405, 'method-not-allowed');
    is(scalar(() = $upstream->log), 0, 'nothing is sent');
};

subtest 'what goes wrong upstream' => sub {
    my %rule = (path => '/v1/images/');
    for my $case ([400, 'content_policy_violation', 422, 'content-policy', 1], [401, 'invalid_api_key', 502, 'upstream-auth', 1],
        [400, 'invalid_value', 502, 'upstream-refused', 1], [500, 'x', 502, 'upstream-error', 3]) {
        my ($status, $code, $answer, $problem, $calls) = @$case;
        $upstream->rules({ %rule, status => $status, code => $code });
        is_problem(draw('illustration'), $answer, $problem);
        is(scalar(() = $upstream->images), $calls, "$code: $calls calls");
    }
    $upstream->rules({ path => '/v1/images/edits', status => 400, code => 'invalid_value' });
    is_problem(draw('with-gpt-image-1', 1), 502, 'upstream-refused');
    is(scalar(() = $upstream->drawings), 0, 'from the photo or not at all');
    $upstream->rules({ path => '/v1/images/', reset => 'before' });
    is_problem(draw('illustration'), 502, 'outcome-unknown');
    is(scalar(() = $upstream->images), 1, 'not sent again');
};

subtest 'nobody draws from a picture' => sub {
    my ($site, $its) = stack(illustrator => 'openai/dall-e-3');
    my $path = upload($site);
    my $body = { %{ body_of('with-gpt-image-1') }, character => { %hero, imageUrl => $path } };
    is_problem($site->post_json($route{'with-gpt-image-1'}, $body), 503, 'illustrator-unavailable');
    is(scalar(() = $its->images), 0, 'nothing is sent');
    $site->expect_log(qr/\[storyimg:\w+\].*illustrator-unavailable/);
    $site->stop;
};

subtest 'not kept' => sub {
    my ($site, $its) = stack(illustrator => 'openai/gpt-image-2', conf => "StoryImgSave off\n");
    for my $route (qw(illustration character-portrait)) {
        my $drawn = $site->post_json($route{$route}, body_of($route))->{json}{data};
        ok($drawn->{b64_json} && !$drawn->{localUrl}, "$route: the bytes");
    }
    like(($its->images)[1]{body}{prompt}, qr/portrait/i, 'a portrait is asked for as one');
    is_deeply([saved_files($site)], [], 'nothing is written');
    $site->stop;
};

is_deeply([map { $_->{refused} } $upstream->refused], [], 'no request was one that the API refuses');
is_tidy($server);
$server->expect_log(qr/\[storyimg:(?:warn|error)\]/);
done();
