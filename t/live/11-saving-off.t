#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# SAVE_GENERATED_IMAGES=false: nothing is written, nothing exposed; the client gets what the provider gave.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use MIME::Base64 qw(decode_base64);
use Test::More;

use StoryImg::Conf ();
use StoryImg::Pictures qw(sniff dimensions);
use StoryImg::Server;
use StoryImg::Test;
use StoryImg::Upstream;

my $upstream = StoryImg::Upstream->new;
my $mount = qq{<Location "/api">\nSetHandler storyimg\n</Location>\n};

sub is_nowhere {
    my ($server) = @_;
    is_deeply([saved_files($server)], [], 'no file');
    is_deeply($server->get('/api/images/generated')->{json}, { success => JSON::PP::true, data => [], meta => { total => 0,
        nextCursor => undef } }, 'no list');
    is($server->get('/api/stories')->{json}{meta}{total}, 0, 'no story');
    return is_tidy($server);
}

subtest 'a provider of bytes' => sub {
    my $server = with_upstream($upstream, conf => "StoryImgSave off\n")->start;
    my $story = is_story($server->post_json('/api/stories/generate', order(size => '64x64', pages => 2)));
    for my $picture (@{ $story->{illustrations} }) {
        my $bytes = decode_base64($picture->{b64_json} // '');
        is_deeply([sniff($bytes), dimensions($bytes)], ['png', 64, 64], 'gives them');
        ok(!exists $picture->{url} && !exists $picture->{localUrl}, 'and no URL');
    }
    is_problem($server->get("/api/stories/$story->{id}"), 404, 'story-not-found');
    is_nowhere($server);
};

subtest 'bytes that are no image' => sub {
    my $server = with_upstream($upstream, conf => "StoryImgSave off\n")->start;
    $upstream->rules({ path => '/v1/images/', image => 'svg' });
    page_error(is_story($server->post_json('/api/stories/generate', order(pages => 1))), 1,
        qr/bad-image|outcome-unknown|bad-upstream-answer/, 'are not handed on');
    $upstream->rules;
    $server->expect_log(qr/\[storyimg:warn\]/);
    is_nowhere($server);
};

subtest 'a provider of URLs' => sub {
    $upstream->clear;
    my $server = with_upstream($upstream, illustrator => 'openai/dall-e-3', conf => "StoryImgSave off\n")->start;
    my $story = is_story($server->post_json('/api/stories/generate', order(pages => 2)));
    for my $picture (@{ $story->{illustrations} }) {
        like($picture->{url}, qr{\A\Q@{[ $upstream->origin ]}\E/img/\d+\.png\?sig=}, 'gives its URL');
        ok(!exists $picture->{b64_json} && !exists $picture->{localUrl}, 'and nothing else');
        is($picture->{model}, 'dall-e-3', 'with its model');
    }
    is_nowhere($server);
};

subtest 'offline, by the variable, which is the default' => sub {
    for my $env ({ SAVE_GENERATED_IMAGES => 'false' }, {}) {
        my $server = StoryImg::Server->new(defaults => 0, env => $env,
            conf => "${mount}StoryImgPixelProgram \"@{[ StoryImg::Conf::pixel_program({ root => '/nonexistent' }) ]}\"\n")->start;
        my $story = is_story($server->post_json('/api/stories/generate', order(size => '256x256', pages => 1)));
        is(sniff(decode_base64($story->{illustrations}[0]{b64_json} // '')), 'png', 'bytes');
        is($story->{illustrations}[0]{model}, 'offline', 'drawn offline');
        ok(!-e $server->root . '/generated', 'no folder');
        is_nowhere($server);
    }
};

done();
