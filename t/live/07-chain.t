#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# A chain of writers and illustrators: who is asked when the first will not or cannot.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use JSON::PP ();
use Test::More;

use StoryImg::Test;
use StoryImg::Upstream;

my ($server, $upstream) = stack(writer => 'openai/gpt-4o openai/gpt-6.1',
    illustrator => 'openai/gpt-image-1.5 openai/dall-e-3 offline/offline');
my @path = ('/api/stories/generate');

sub models { return [map { $_->{body}{model} } @_] }

subtest 'the first does' => sub {
    my $story = is_story($server->post_json(@path, order(pages => 2, size => '1024x1024')));
    is($story->{metadata}{model} =~ /gpt-4o/, 1, 'the writer');
    is_deeply([map { $_->{model} } @{ $story->{illustrations} }], [('gpt-image-1.5') x 2], 'the illustrator');
    is_deeply(models($upstream->texts), ['gpt-4o'], 'one call for the text');
};

subtest 'the first cannot' => sub {
    for my $rule ({ status => 404, code => 'model_not_found' }, { status => 429, code => 'insufficient_quota' }, { status => 401,
        code => 'invalid_api_key' },
        { status => 400, code => 'billing_hard_limit_reached' }) {
        $upstream->rules({ model => 'gpt-4o', %$rule }, { model => 'gpt-image-1.5', %$rule });
        my $story = is_story($server->post_json(@path, order(pages => 1, size => '1024x1024')), "$rule->{code}: the story comes");
        like($story->{metadata}{model}, qr/gpt-6\.1/, 'from the second');
        is_deeply([map { $_->{model} } @{ $story->{illustrations} }], ['dall-e-3'], 'so does the picture');
        is_saved($server, $_) for @{ $story->{illustrations} };
        is_deeply([models($upstream->texts), models($upstream->images)], [['gpt-4o', 'gpt-6.1'], ['gpt-image-1.5',
            'dall-e-3']], 'one call each');
    }
};

subtest 'the last is our own' => sub {
    $upstream->rules({ path => '/v1/images/', status => 401 });
    my $story = is_story($server->post_json(@path, order(pages => 1, size => '256x256')));
    is($story->{illustrations}[0]{model}, 'offline', 'it draws');
    is_saved($server, $story->{illustrations}[0]);
};

subtest 'nobody else is asked' => sub {
    $upstream->rules({ path => '/v1/images/', status => 400, code => 'content_policy_violation' });
    my $story = is_story($server->post_json(@path, order(pages => 1)));
    page_error($story, 1, 'content_policy', 'after a refusal of the content');
    is_deeply(models($upstream->images), ['gpt-image-1.5'], 'one call');
    $upstream->rules({ path => '/v1/images/', reset => 'before' });
    page_error(is_story($server->post_json(@path, order(pages => 1))), 1, 'outcome-unknown', 'nor when the outcome is unknown');
    is_deeply(models($upstream->images), ['gpt-image-1.5'], 'one call');
};

subtest 'nobody there' => sub {
    my $gone = StoryImg::Upstream->new;
    my $lonely = with_upstream($gone)->start;
    $gone->stop;
    my $response = $lonely->post_json('/api/stories/generate', order());
    is_problem($response, 503, 'upstream-unreachable');
    cmp_ok($response->{seconds}, '<', slow(8), 'in time');
    is_untouched($lonely);
    $lonely->expect_log(qr/\[storyimg:(?:warn|error)\]/);
};

is_deeply([map { $_->{refused} } $upstream->refused], [], 'no request was one that the API refuses');
is_tidy($server);
$server->expect_log(qr/\[storyimg:warn\]/);
done();
