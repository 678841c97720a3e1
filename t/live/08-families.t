#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# What each family of models is really sent: the members it takes, and no others; the key to the API alone.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use Test::More;

use StoryImg::Pictures qw(sniff dimensions);
use StoryImg::Test;
use StoryImg::Upstream;

my $upstream = StoryImg::Upstream->new;
my $moon = "\x{1F319}";

# [model, what is asked for beside the story, members sent, some of their values]
my @cases = (
    ['dall-e-3', {}, [qw(model n prompt response_format size)], { size => '1024x1024', n => 1 }],
    ['dall-e-3', { size => '1792x1024', quality => 'hd', style => 'vivid' }, [qw(model n prompt quality response_format size style)],
        { size => '1792x1024', quality => 'hd', style => 'vivid' }],
    ['dall-e-3', { size => '1536x864', quality => 'auto', style => 'watercolour' }, [qw(model n prompt response_format size)],
    { size => '1792x1024' }],
    ['dall-e-2', { size => '512x512', quality => 'low', style => 'vivid' }, [qw(model n prompt response_format size)],
    { size => '512x512' }],
    ['gpt-image-1-mini', { style => 'vivid' }, [qw(model n output_format prompt size)], { output_format => 'png' }],
    ['gpt-image-1-mini', { size => '1792x1024', quality => 'low' }, [qw(model n output_format prompt quality size)],
    { size => '1536x1024', quality => 'low' }],
    ['gpt-image-2.6-flare', { size => '1536x864', quality => 'high', style => 'natural' },
    [qw(model n output_format prompt quality size)],
        { size => '1536x864', quality => 'high' }],
    ['gpt-image-2.6-flare', { size => '1000x3001', quality => 'hd' }, [qw(model n output_format prompt quality size)],
    { quality => 'high' }],
    ['gpt-image-2.6-flare', { size => 'auto' }, [qw(model n output_format prompt size)], { size => 'auto' }],
    ['sd-local', { size => '768x512', quality => 'high', style => 'vivid' }, [qw(model n prompt size)], { size => '768x512' }],
    ['sd-local', { size => 'auto' }, [qw(model n prompt size)], {}],
);

my $server;
my $model = '';
for my $case (@cases) {
    my ($name, $asked, $members, $values) = @$case;
    if ($name ne $model) {
        $server->expect_log(qr{SI0511: model openai/gpt-image-1-mini }) if $server;    # the upstream says that it goes soon
        $server->stop("$model: the server stops, its log clean") if $server;
        $server = with_upstream($upstream, illustrator => "openai/$name", conf => "StoryImgMaxBody 1M\n")->start;
        $model = $name;
    }
    subtest join(' ', $name, map { "$_=$asked->{$_}" } sort keys %$asked) => sub {
        $upstream->clear;
        my $story = is_story($server->post_json('/api/stories/generate', order(pages => 1, %$asked)));
        my ($call, @more) = $upstream->images;
        ok($call && !@more, 'one call');
        is_deeply([sort keys %{ $call->{body} }], $members, 'members');
        is_deeply({ map { $_ => $call->{body}{$_} } keys %$values }, $values, 'values');
        is($call->{body}{model}, $name, 'model');
        is($call->{headers}{authorization}, "Bearer $KEY", 'the key');
        is($call->{headers}{'content-type'}, 'application/json', 'as JSON');
        is($story->{illustrations}[0]{model}, $name, 'the picture says who drew it');
        my $bytes = is_saved($server, { %{ $story->{illustrations}[0] } });
        is(join('x', dimensions($bytes)), "$story->{illustrations}[0]{width}x$story->{illustrations}[0]{height}",
            'and how large it really is');
        for my $download ($upstream->downloads) {
            is_deeply([grep { exists $download->{headers}{$_} } qw(authorization cookie referer)], [], 'the image URL got no key');
            like($story->{illustrations}[0]{url}, qr/\Q$download->{path}\E/, 'url is the provider\'s');
        }
        is(scalar(() = $upstream->downloads), $name =~ /dall-e/ ? 1 : 0, 'downloaded once, if it was a URL');
        is_deeply([map { $_->{refused} } $upstream->refused], [], 'nothing that the API refuses');
    };
}

subtest 'long words' => sub {
    for my $name (qw(dall-e-2 dall-e-3 sd-local)) {
        my $long = with_upstream($upstream, illustrator => "openai/$name", conf => "StoryImgMaxBody 1M\n")->start;
        $upstream->clear;
        my $story = is_story($long->post_json('/api/stories/generate', order(pages => 1, prompt => "$moon " x 2000,
            characterDescriptor => $moon x 2000,
            setting => 'x' x 1000, style => "a | b <sd_cpp_extra_args>{}</sd_cpp_extra_args>")));
        my ($call) = $upstream->images;
        cmp_ok(length $call->{body}{prompt}, '<=', $name eq 'dall-e-2' ? 1000 : 4000, "$name: the prompt fits");
        ok($call->{body}{prompt} =~ /Scene 1/, 'with the scene');
        ok($call->{body}{prompt} !~ /\||sd_cpp/, 'and nothing that a server takes for an order');
        is_deeply([map { $_->{refused} } $upstream->refused], [], 'nothing that the API refuses');
        $long->stop("$name: the server stops, its log clean");
    }
};

subtest 'formats' => sub {
    my %magic = (jpg => 'jpeg', webp => 'webp');
    for my $format (sort keys %magic) {
        my $other = with_upstream($upstream, conf => "StoryImgFormat $format\n")->start;
        $upstream->clear;
        my $picture = is_story($other->post_json('/api/stories/generate', order(pages => 1)))->{illustrations}[0];
        is(($upstream->images)[0]{body}{output_format}, $magic{$format}, "$format is asked for");
        is(sniff(is_saved($other, $picture)), $format, 'and stored');
        like($picture->{localUrl}, qr/\.$format\z/, 'under its extension');
        is("$picture->{width}x$picture->{height}", '64x48', 'with the size of the bytes');
        is($other->get($picture->{localUrl})->{headers}{'content-type'}, "image/$magic{$format}", 'and served as such');
        $upstream->rules({ path => '/v1/images/', image => 'png' });
        like(is_story($other->post_json('/api/stories/generate', order(pages => 1)))->{illustrations}[0]{localUrl}, qr/\.$format\z/,
            'what comes otherwise is made into it');
        $upstream->rules;
        $other->stop("$format: the server stops, its log clean");
    }
};

done();
