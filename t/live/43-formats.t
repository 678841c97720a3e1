#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# StoryImgFormat: asked of the model where it can choose, made afterwards where it cannot; never at the price of a picture.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use Digest::SHA qw(sha256_hex);
use Test::More;

use StoryImg::Conf ();
use StoryImg::Jobs;
use StoryImg::Pictures qw(sniff);
use StoryImg::Test;

my $upstream = StoryImg::Upstream->new;
my $generate = '/api/stories/generate';

sub site { my (%options) = @_; return with_upstream($upstream, illustrator => 'openai/gpt-image-2', %options)->start }

sub pictures {
    my ($server, %more) = @_;
    my $story = is_story($server->post_json($generate, order(pages => 2, size => '64x64', %more)), 'a story');
    return @{ $story->{illustrations} };
}

sub are {
    my ($server, $format, $name, @pictures) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is_deeply([map { sniff(is_saved($server, $_)) } @pictures], [($format) x @pictures], "$name: $format");
    return is_deeply([grep { !/\.$format\z/ } map { $_->{localUrl} } @pictures], [], "$name: called so");
}

subtest 'asked for' => sub {
    my $server = site(env => { GENERATED_IMAGE_FORMAT => 'webp' });
    $upstream->rules({ path => '/v1/images', image => 'webp' });
    my @pictures = pictures($server);
    is_deeply([map { $_->{body}{output_format} } ($upstream->drawings)[-2, -1]], ['webp', 'webp'], 'the model is asked for it');
    is_deeply([map { $_->{sha256} } @pictures], [(sha256_hex(StoryImg::Pictures::webp())) x 2], 'its bytes are kept as they came');
    are($server, 'webp', 'what came so', @pictures);

    $upstream->rules({ path => '/v1/images', image => 'png' });
    @pictures = pictures($server);
    are($server, 'webp', 'what came otherwise', @pictures);
    is_deeply([map { "$_->{width}x$_->{height}" } @pictures], ['64x64', '64x64'], 'in its size');
    my $bytes = $server->get($pictures[0]{localUrl})->{content};
    like($bytes, qr{digitalsourcetype/trainedAlgorithmicMedia}, 'and says that a model drew it');
    is($server->get($pictures[0]{localUrl})->{headers}{'content-type'}, 'image/webp', 'it is served as that');
    is_tidy($server, 'nothing else is left');
    $server->stop;
};

subtest 'a model that cannot choose' => sub {
    my $server = site(illustrator => 'openai/dall-e-3', conf => "StoryImgFormat jpg\n");
    $upstream->rules({ path => '/img/', image => 'png' });
    my @pictures = pictures($server, size => '1024x1024');
    are($server, 'jpg', 'a PNG by URL', @pictures);
    is_tidy($server, 'nothing else is left');
    $server->stop;
};

subtest 'not asked for' => sub {
    my $server = site(conf => '');
    $upstream->rules({ path => '/v1/images', image => 'webp' });
    my @pictures = pictures($server);
    are($server, 'webp', 'by default they stay as they came', @pictures);
    is($pictures[0]{sha256}, sha256_hex(StoryImg::Pictures::webp()), 'byte for byte');
    $server->stop;
};

subtest 'whatever goes wrong' => sub {
    $upstream->rules({ path => '/v1/images', image => 'jpeg' });
    my $pixel = StoryImg::Conf::pixel_program({ root => '/nonexistent' });
    my %programs = (missing => undef, failing => 'echo broken >&2; exit 1', silent => 'exit 0',
        lying => "exec '$pixel' convert --format jpg",
        cut => "'$pixel' \"\$@\" | head -c 60", killed => 'kill -9 $$');
    for my $name (sort keys %programs) {
        my $server = with_upstream($upstream, illustrator => 'openai/gpt-image-2',
            conf => "StoryImgFormat png\nStoryImgPixelProgram run/pixel\n");
        $server->write_file('run/pixel', "#!/bin/sh\n$programs{$name}\n") if defined $programs{$name};
        chmod 0755, $server->root . '/run/pixel';
        $server->expect_log(qr/SI0710.*StoryImgFormat png: a picture stays a jpg/)->start;
        my @pictures = pictures($server);
        are($server, 'jpg', "a program that is $name", @pictures);
        is_tidy($server, "$name: nothing else is left");
        $server->stop;
    }
};

subtest 'many at once' => sub {
    my $server = site(conf => "StoryImgFormat webp\nStoryImgMaxPages 12\n");
    $upstream->rules({ path => '/v1/images', image => 'png' });
    my @answers = $server->many(map { $server->posting($generate, order(pages => 6, size => '64x64')) } 1 .. 3);
    my @pictures = map { @{ is_story($_)->{illustrations} } } @answers;
    cmp_ok(scalar @pictures, '>=', 9, 'many');
    are($server, 'webp', 'all of them', @pictures);
    is_tidy($server, 'nothing else is left');
    $server->stop;
};

done;
