#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# The same child on every page: the hero's picture goes to whoever draws from one, in the order of the chain; else its description.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use Digest::SHA qw(sha256_hex);
use JSON::PP ();
use Test::More;

use StoryImg::Form qw(write_form);
use StoryImg::Jobs;
use StoryImg::Pictures ();
use StoryImg::Test;
use StoryImg::Upstream;

my $AZURE = $StoryImg::Upstream::AZURE_KEY;
my $upstream = StoryImg::Upstream->new;
my $azure_conf = "StoryImgAzureEndpoint @{[ $upstream->origin ]}\n";
my $server = with_upstream($upstream, illustrator => 'openai/gpt-image-2 azure/my-image openai/dall-e-3', conf => $azure_conf,
    env => { AZURE_OPENAI_API_KEY => $AZURE })->start;
my @generate = ('/api/stories/generate');

sub upload {
    my ($site, $bytes, $name) = @_;
    my ($type, $body) = write_form({ name => 'character-image', filename => $name // 'hero.png', type => 'image/png', bytes => $bytes });
    my $response = $site->request(method => 'POST', path => '/api/upload', headers => { 'Content-Type' => $type }, body => $body);
    return $response->{json}{path};
}

sub hero {
    my ($path, %more) = @_;
    return order(pages => 3, size => '1024x1024', character => { name => 'Miriella', age => 7, imageUrl => $path }, %more);
}

sub kinds { return [map { $_->{localUrl} =~ m{/generated/(\w+)-} ? $1 : 'none' } @{ $_[0]{illustrations} }] }
sub bytes_of { my ($site, $path) = @_; return StoryImg::Server::slurp($site->root . $path) }

my $photo = upload($server, StoryImg::Pictures::png(300, 200, 'hero'));
like($photo, qr{\A/uploads/character-image-\d{13}-[0-9a-f]{32}\.png\z}, 'a photo is taken');
my $sha = sha256_hex(bytes_of($server, $photo));

subtest 'native first' => sub {
    $upstream->clear;
    my $story = is_story($server->post_json(@generate, hero($photo)));
    is_deeply(kinds($story), [('gptimg') x 3], 'drawn from the picture itself');
    is_deeply([map { $_->{characterReferenced} ? 1 : 0 } @{ $story->{illustrations} }], [1, 1, 1], 'and it says so');
    is_deeply([map { $_->{model} } @{ $story->{illustrations} }], [('gpt-image-2') x 3], 'by the first');
    my @edits = $upstream->edits;
    is_deeply([map { $_->{path} } @edits], [('/v1/images/edits') x 3], 'three edits, and no other call for a picture');
    is(scalar(() = $upstream->images), 3, 'none from words');
    is_deeply([map { [map { "$_->{name} $_->{type} $_->{sha256}" } @{ $_->{files} }] } @edits], [(["image[] image/png $sha"]) x 3],
        'the photo attached');
    is_deeply([sort keys %{ $edits[0]{body} }], [qw(input_fidelity model n output_format prompt size)], 'the fields');
    like($_->{body}{prompt}, qr/Miriella.*curly brown hair.*red raincoat/, 'the prompt describes the hero') for @edits;
    is($_->{headers}{authorization}, "Bearer $KEY", 'the key') for @edits;
    is_saved($server, $_) for @{ $story->{illustrations} };
    ok($story->{metadata}{characterDescriptorUsed}, 'a description was used');
    my ($look) = grep { ref $_->{body}{messages}[1]{content} } $upstream->texts;
    is($look->{body}{messages}[1]{content}[1]{image_url}{type}, 'image/jpeg', 'the model that describes gets a small JPEG');
    is(scalar(grep { $_->{query} } $upstream->log), 0, 'Azure is not asked');
};

subtest 'described once' => sub {
    $upstream->clear;
    is_story($server->post_json(@generate, hero($photo, pages => 1)));
    is(scalar(grep { ref $_->{body}{messages}[1]{content} } $upstream->texts), 0, 'the second story asks nobody for the looks');
    my %ask = (imageUrl => $photo);
    my $said = $server->post_json('/api/character/analyze-image', \%ask)->{json}{data};
    is_deeply([@$said{qw(hash cached model confidence)}], [$sha, JSON::PP::true, 'gpt-6-luna', 0.9],
        'the description is kept by the bytes');
    $said = $server->post_json('/api/character/analyze-image', { %ask, traits => 'Her boots are green' })->{json}{data};
    ok(!$said->{cached}, 'other words, another description');
    my $same = upload($server, StoryImg::Pictures::png(300, 200, 'hero'), 'again.png');
    ok($same ne $photo && $server->post_json('/api/character/analyze-image', { imageUrl => $same })->{json}{data}{cached},
        'the same photo uploaded again is known');
    $said = $server->post_json('/api/images/analyze-character-image', { imageUrl => $photo })->{json}{data};
    is_deeply([sort keys %$said], [qw(analysis imageUrl)], 'the other route has its own shape');
    $server->restart;
    ok($server->post_json('/api/character/analyze-image', \%ask)->{json}{data}{cached}, 'also after a restart');
};

subtest 'asked by many at once' => sub {
    $upstream->rules({ path => '/v1/chat/', delay => 1 });
    my $fresh = upload($server, StoryImg::Pictures::png(90, 120, 'asked by many'));
    my @said = $server->many(map { $server->posting('/api/character/analyze-image', { imageUrl => $fresh }) } 1 .. 4);
    is_deeply([map { $_->{status} } @said], [(200) x 4], 'all are answered');
    is(scalar(() = $upstream->texts), 1, 'and one call was paid for');
};

subtest 'then Azure' => sub {
    $upstream->rules({ path => '/v1/images/edits', status => 400, code => 'model_not_found' });
    my $story = is_story($server->post_json(@generate, hero($photo)));
    is_deeply([kinds($story), map { $_->{model} } @{ $story->{illustrations} }], [[('gptimg') x 3], ('my-image') x 3],
        'its deployment draws');
    my @calls = grep { $_->{path} =~ m{\A/openai/} } $upstream->edits;
    is_deeply([map { "$_->{path}?$_->{query}" } @calls], [('/openai/deployments/my-image/images/edits?api-version=2025-04-01-preview') x 3],
        'at its own address');
    is_deeply([map { $_->{headers}{'api-key'} } @calls], [($AZURE) x 3], 'with its own key');
    is(scalar(grep { $_->{headers}{authorization} } @calls), 0, 'and no other');
    is_deeply([map { $_->{files}[0]{sha256} } @calls], [($sha) x 3], 'the photo attached');
};

subtest 'a story by Azure alone' => sub {
    my ($site, $its) = stack(writer => 'azure/my-text', illustrator => 'azure/my-image', env => { AZURE_OPENAI_API_KEY => $AZURE,
        OPENAI_API_KEY => '', AZURE_OPENAI_ENDPOINT => $upstream->origin });
    $upstream->rules();
    my $path = upload($site, StoryImg::Pictures::png(300, 200, 'azure hero'));
    my $story = is_story($site->post_json(@generate, hero($path, pages => 1)));
    is_deeply([kinds($story), $story->{metadata}{model} =~ /\Agpt-6-luna/ ? 1 : 0, $story->{metadata}{characterDescriptorUsed} ? 1 : 0],
        [['gptimg'], 1, 1], 'told, described and drawn');
    is_deeply([sort map { "$_->{path}?$_->{query}" } $upstream->log], [map { "/openai/deployments/$_?api-version=2025-04-01-preview" }
        'my-image/images/edits', ('my-text/chat/completions') x 2], 'at its addresses');
    is(scalar(() = $its->log), 0, 'nobody else is asked');
    $site->stop;
};

subtest 'then in words' => sub {
    $upstream->rules({ path => '/v1/images/edits', status => 400, code => 'model_not_found' },
        { path => '/openai/deployments/my-image/images/edits', status => 404, body => { error => { code => 'DeploymentNotFound' } } });
    my $story = is_story($server->post_json(@generate, hero($photo)));
    is_deeply(kinds($story), [('consistent') x 3], 'drawn from the description');
    is_deeply([map { $_->{characterReferenced} ? 1 : 0 } @{ $story->{illustrations} }], [0, 0, 0], 'and it says so');
    my @drawn = grep { !$_->{files} } $upstream->images;
    is(scalar @drawn, 3, 'three calls from words');
    my %looks = map { $_->{body}{prompt} =~ /(The hero is .*?\.) No text/ ? ($1 => 1) : ('none' => 1) } @drawn;
    is_deeply([scalar(keys %looks), (keys %looks)[0] =~ /curly brown hair/ ? 1 : 0], [1, 1], 'the hero in the same words on every page');
};

subtest 'a refusal ends it, Azure\'s too' => sub {
    $upstream->rules({ path => '/v1/images/edits', status => 400, code => 'moderation_blocked' });
    my $story = is_story($server->post_json(@generate, hero($photo, pages => 1)));
    page_error($story, 1, 'content_policy', 'the first refuses');
    is(scalar(() = $upstream->images), 1, 'nobody else is asked');
    $upstream->rules({ path => '/v1/images/edits', status => 401, code => 'invalid_api_key' }, { path => '/openai/', filter => 1 });
    $story = is_story($server->post_json(@generate, hero($photo, pages => 1)));
    page_error($story, 1, 'content_policy', 'the content filter');
    is(scalar(() = $upstream->edits), 2, 'two were asked');
};

subtest 'an edit that is lost is not bought again' => sub {
    $upstream->rules({ path => '/v1/images/edits', reset => 'before' });
    my $story = is_story($server->post_json(@generate, hero($photo, pages => 1)));
    page_error($story, 1, 'outcome-unknown');
    is(scalar(() = $upstream->images), 1, 'one call');
    $upstream->rules({ path => '/v1/images/edits', nth => [1, 2], status => 500 });
    $story = is_story($server->post_json(@generate, hero($photo, pages => 1)));
    is_deeply(kinds($story), ['gptimg'], 'a failure that the server admits is tried again');
    is(scalar(() = $upstream->edits), 3, 'three tries');
};

subtest 'no description, no difference' => sub {
    $upstream->rules({ word => 'describe pictures for the illustrators', status => 400 });
    my $other = upload($server, StoryImg::Pictures::png(120, 160, 'other hero'));
    my $story = is_story($server->post_json(@generate, hero($other, pages => 1)), 'a story comes all the same');
    is_deeply(kinds($story), ['gptimg'], 'drawn from the picture');
    ok(!$story->{metadata}{characterDescriptorUsed}, 'without a description');
    is_problem($server->post_json('/api/character/analyze-image', { imageUrl => $other }), 502, 'upstream-refused');
};

subtest 'a story without a picture' => sub {
    $upstream->clear;
    my $story = is_story($server->post_json(@generate, order(pages => 1, size => '1024x1024')));
    is_deeply(kinds($story), ['story'], 'is drawn as before');
    is(scalar(() = $upstream->edits), 0, 'no edit');
    $story = is_story($server->post_json(@generate, order(pages => 1, size => '1024x1024', characterDescriptor => 'a green hat')));
    is_deeply(kinds($story), ['consistent'], 'described by the client');
};

subtest 'in a job' => sub {
    $upstream->clear;
    my (undef, $id) = is_accepted($server->post_json(@generate, hero($photo, async => $StoryImg::Jobs::TRUE)));
    my $job = wait_job($server, $id);
    is_deeply([$job->{status}, map { $_->{characterReferenced} ? 1 : 0 } @{ $job->{results} }], ['completed', 1, 1, 1],
        'the worker edits, too');
    is_deeply([map { $_->{files}[0]{sha256} } $upstream->edits], [($sha) x 3], 'with the photo');
};

subtest 'not kept' => sub {
    my ($site, $its) = stack(illustrator => 'openai/gpt-image-2', conf => "StoryImgSave off\nStoryImgUploadDir uploads\n");
    my $path = upload($site, StoryImg::Pictures::png(300, 200, 'hero'));
    my $story = is_story($site->post_json(@generate, hero($path, pages => 1)));
    ok($story->{illustrations}[0]{b64_json} && $story->{illustrations}[0]{characterReferenced}, 'an edit as bytes');
    is(scalar(() = $its->edits), 1, 'one call');
    $site->stop;
};

subtest 'nobody looks' => sub {
    my ($site, $its) = stack(illustrator => 'openai/dall-e-3', conf => "StoryImgImageAnalysis off\n");
    my $path = upload($site, StoryImg::Pictures::png(300, 200, 'hero'));
    is_problem($site->post_json('/api/character/analyze-image', { imageUrl => $path }), 503, 'analysis-unavailable');
    my $story = is_story($site->post_json(@generate, hero($path, pages => 1)));
    is_deeply(kinds($story), ['story'], 'drawn from the scene alone');
    is(scalar(grep { ref $_->{body}{messages}[1]{content} } $its->texts), 0, 'the photo goes to nobody');
    $site->expect_log(qr/\[storyimg:\w+\].*analysis-unavailable/);
    $site->stop;
};

is_deeply([map { $_->{refused} } $upstream->refused], [], 'no request was one that the API refuses');
is_tidy($server);
$server->expect_log(qr/\[storyimg:(?:warn|error)\]/);
done();
