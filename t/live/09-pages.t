#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# How a text becomes pages: structured, plain, neither; which pages are drawn, and their numbers.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use JSON::PP ();
use Test::More;

use StoryImg::Conf ();
use StoryImg::Test;

my ($server, $upstream) = stack(conf => "StoryImgMaxPages 12\n");

sub story_with { my (@more) = @_; return is_story($server->post_json('/api/stories/generate', order(size => '64x64', @more))) }
sub numbers { return [map { $_->{pageNumber} } @{ $_[0]{illustrations} }] }
sub scenes { return [map { $_->{description} } @{ $_[0]{illustrations} }] }
sub scripted { my ($text) = @_; return $upstream->rules({ path => '/v1/chat/', text => $text }) }

sub are_spread {
    my ($story, $name) = @_;
    my ($first, $middle, $last, @more) = @{ numbers($story) };
    ok($first == 1 && $last == 8 && $middle >= 3 && $middle <= 6 && !@more, "$name: first, last and one between")
        or diag("@{ numbers($story) }");
    is_deeply([map { /^Scene (\d+)/ } @{ scenes($story) }], numbers($story), "$name: each with the scene of its page");
    my %prompt = map { $_->{body}{prompt} =~ /Scene (\d+)/ ? ($1 => 1) : () } $upstream->images;
    is_deeply([sort { $a <=> $b } keys %prompt], numbers($story), "$name: which is what was drawn");
    return like($story->{story}, qr/On page 8/, "$name: the text is whole");
}

subtest 'structured' => sub {
    $upstream->set(pages => 8)->clear;
    are_spread(story_with(pages => 3), 'structured');
    my ($call, @more) = $upstream->texts;
    ok($call && !@more, 'one call');
    is($call->{body}{response_format}{type}, 'json_schema', 'with a schema');
    is_deeply([grep { !/\A(?:model|messages|stream|response_format)\z/ } sort keys %{ $call->{body} }], [],
        'and nothing that is not in the contract');
};

subtest 'plain, from a server that does not heed the schema' => sub {
    $upstream->set(structured => 'ignore')->clear;
    are_spread(story_with(pages => 3), 'plain');
    is(scalar(() = $upstream->texts), 1, 'one call');
};

subtest 'plain, from a server that refuses the schema' => sub {
    $upstream->set(structured => 'refuse')->clear;
    are_spread(story_with(pages => 3), 'refused');
    is(scalar(() = $upstream->texts), 2, 'asked again');
    ok(!exists(($upstream->texts)[1]{body}{response_format}), 'without it');
    $upstream->clear;
    story_with(pages => 1) for 1 .. 3;
    my $asked = grep { exists $_->{body}{response_format} } $upstream->texts;
    is($asked, 0, 'which is remembered') if $StoryImg::Conf::MPM ne 'prefork';    # there each process learns by itself
    is(scalar(() = $upstream->texts), 3 + $asked, 'and never asked twice');
};

subtest 'prose without pages' => sub {
    $upstream->set(form => 'prose', structured => 'ignore', pages => 5)->clear;
    my $story = story_with(pages => 3);
    is_deeply(numbers($story), [sort { $a <=> $b } @{ numbers($story) }], 'numbers rise');
    is(scalar @{ $story->{illustrations} }, 3, 'three are drawn');
    is(scalar(grep { length $_->{description} } @{ $story->{illustrations} }), 3, 'each of a scene');
    is_saved($server, $_) for @{ $story->{illustrations} };
};

subtest 'fewer pages than were wanted' => sub {
    scripted(JSON::PP->new->encode({ title => 'Two', pages => [map { { text => "On page $_ it snowed and snowed.",
        scene => "Scene $_: snow" } } 1, 2] }));
    my $story = story_with(pages => 6);
    is_deeply(numbers($story), [1, 2], 'all of them');
    is($story->{title}, 'Two', 'the title is the story\'s');
};

subtest 'numbers of the story\'s own, and all sorts of markup' => sub {
    scripted("# The Fox\n\n**Page 2:**\nThe fox woke up in the snow and yawned.\n\n*Illustration Description:* A fox in snow\n\n"
        . "## Page 4\nShe ran over the hill.\n\n"
        . "**Illustration Description**: A fox on a hill\n\npage 9\nThe fox slept again, warm and dry.\n\nIllustration: A fox asleep\n");
    my $story = story_with(pages => 3);
    is_deeply(numbers($story), [2, 4, 9], 'numbers');
    is_deeply(scenes($story), ['A fox in snow', 'A fox on a hill', 'A fox asleep'], 'scenes');
    is($story->{title}, 'The Fox', 'title');
    like($_->{localUrl}, qr/-p$_->{pageNumber}\.png\z/, 'page in the name') for @{ $story->{illustrations} };
};

subtest 'JSON in a fence, with words around it' => sub {
    scripted("Here is your story!\n```json\n" . JSON::PP->new->encode({ title => "Moon \x{1F319}", pages => [
        map { { text => "The moon rose \x{2014} page $_ of many.",
        scene => "Scene $_: \x{201c}moon\x{201d}" } } 1 .. 3] }) . "\n```\nEnjoy!");
    my $story = story_with(pages => 3);
    is_deeply([$story->{title}, numbers($story)], ["Moon \x{1F319}", [1, 2, 3]], 'is read');
    unlike($story->{story}, qr/```|Enjoy|"text"/, 'and only the story told');
};

subtest 'twelve, and no more than allowed' => sub {
    $upstream->set(structured => 'yes', pages => 12)->rules;
    is_deeply(numbers(story_with(pages => 12)), [1 .. 12], 'all twelve');
    my $capped = with_upstream($upstream, conf => "StoryImgMaxPages 2\n")->start;
    my $story = is_story($capped->post_json('/api/stories/generate', order(pages => 12, size => '64x64')));
    is_deeply(numbers($story), [1, 12], 'StoryImgMaxPages');
};

is_tidy($server);
$server->expect_log(qr/\[storyimg:warn\]/);
done();
