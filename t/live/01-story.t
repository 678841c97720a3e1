#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# An illustrated story, end to end, from a fresh install: no key, no network.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use Digest::SHA qw(sha256_hex);
use Test::More;

use StoryImg::Pictures qw(sniff dimensions);
use StoryImg::Server;
use StoryImg::Test;

my $server = StoryImg::Server->new->start;
my $stamp = qr/\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\z/;
my $name = qr/story-\d{13}-p\d+\.png/;

sub story_of { return $server->post_json('/api/stories/generate', order(@_)) }

subtest 'health' => sub {
    my $health = $server->get('/api/health');
    is("$health->{status} $health->{json}{status}", '200 OK', 'is OK');
    like($health->{json}{timestamp}, $stamp, 'with a time');
    ok(length $health->{json}{message} && length $health->{json}{version} && !$health->{json}{degraded},
        'message, version, nothing degraded');
    ok(!saved_files($server), 'and it writes no image');
};

my $response = story_of(pages => 3, size => '512x512', storyId => 'festival-1', themes => 'friendship', setting => 'a northern harbour',
    character => { name => 'Miriella', age => 7, personality => ['brave'], interests => ['lighthouses'],
        sisters => [{ name => 'Tuuli', traits => 'calm', favoriteThings => ['dancing'] }] });
my $story = is_story($response, 'the story comes');
my @drawn = @{ $story->{illustrations} };

subtest 'the text' => sub {
    is($story->{id}, 'festival-1', 'the id is ours');
    like($story->{story}, qr/$_/i, "it speaks of $_") for qw(Miriella Tuuli lantern lighthouses);
    ok(length $story->{title}, 'it has a title');
    is_deeply($story->{character}, order()->{character} && { name => 'Miriella', age => 7, personality => ['brave'],
        interests => ['lighthouses'],
        sisters => [{ name => 'Tuuli', traits => 'calm', favoriteThings => ['dancing'] }] }, 'the character is as sent');
    my $meta = $story->{metadata};
    is($meta->{model}, 'offline', 'told offline');
    like($meta->{generatedAt}, $stamp, 'with a time');
    is($meta->{wordCount}, scalar(() = $story->{story} =~ /\S+/g), 'words are counted');
    is($meta->{costUsd}, 0, 'for nothing');
    ok(!$meta->{characterDescriptorUsed} && !$meta->{illustrationsPending} && ($meta->{illustrationJobId} // '') =~ /\A[0-9a-z]{26}\z/,
        'the rest of the metadata');
    is_deeply([sort keys %$meta], [qw(characterDescriptorUsed costUsd generatedAt illustrationJobId illustrationsPending
        model wordCount)],
        'and no more of it');
};

subtest 'the pictures' => sub {
    is(scalar @drawn, 3, 'three');
    is_deeply([map { $_->{pageNumber} } @drawn], [sort { $a <=> $b } map { $_->{pageNumber} } @drawn], 'in the order of the pages');
    for my $picture (@drawn) {
        like($picture->{localUrl}, qr{\A/generated/$name\z}, 'named as promised');
        like($picture->{localUrl}, qr/-p$picture->{pageNumber}\./, 'with the page in the name');
        is($picture->{url}, $picture->{localUrl}, 'url is localUrl');
        ok($picture->{model} eq 'offline' && $picture->{aiGenerated} && !$picture->{characterReferenced}, 'who drew it, and from what');
        ok(length $picture->{description}, 'described');
        my $bytes = is_saved($server, $picture);
        is_deeply([sniff($bytes), dimensions($bytes)], ['png', 512, 512], 'a PNG of the size asked for');
        is("$picture->{width}x$picture->{height}", '512x512', 'as it says');
    }
    my %different = map { $_->{sha256} => 1 } @drawn;
    is(scalar keys %different, 3, 'no two alike');
    is_deeply([saved_files($server)], [sort map { substr $_->{localUrl}, 11 } @drawn], 'and nothing else lies there');
    is_tidy($server);
};

subtest 'served by Apache' => sub {
    my $picture = $drawn[0];
    my $file = $server->get($picture->{localUrl});
    is($file->{status}, 200, 'there');
    is(sha256_hex($file->{content}), $picture->{sha256}, 'byte for byte');
    is($file->{headers}{'content-type'}, 'image/png', 'as an image');
    is($file->{headers}{'x-content-type-options'}, 'nosniff', 'nosniff');
    is($server->get($picture->{localUrl}, 'If-None-Match' => $file->{headers}{etag})->{status}, 304, 'not sent twice');
    my $range = $server->get($picture->{localUrl}, Range => 'bytes=0-7');
    is("$range->{status} " . unpack('H*', $range->{content}), '206 89504e470d0a1a0a', 'in ranges');
    like($server->get('/generated/')->{status}, qr/\A40[34]\z/, 'no index of the folder');
    is($server->get('/storyimg-state/index.sqlite3')->{status}, 404, 'no state');
    $server->expect_log(qr/AH01276/);    # what httpd says of a folder without an index
};

subtest 'listed' => sub {
    my $list = $server->get('/api/images/generated');
    is($list->{status}, 200, 'there');
    is_deeply($list->{json}{meta}, { total => 3, nextCursor => undef }, 'all on one page');
    my %record = map { $_->{filename} => $_ } @{ $list->{json}{data} };
    for my $picture (@drawn) {
        my $record = $record{ substr $picture->{localUrl}, 11 } // {};
        is_deeply({ map { $_ => $record->{$_} } qw(url size kind pageNumber storyId description model width height sha256) },
            { url => $picture->{localUrl}, kind => 'story', storyId => 'festival-1',
                map { $_ => $picture->{$_} } qw(size pageNumber description model width height sha256) }, 'as drawn');
        like($record->{createdAt}, $stamp, 'with a time');
        ok(JSON::PP::is_bool($record->{keep}) && !$record->{keep}, 'not exempt');
        is_deeply($server->get("/api/images/generated/$record->{filename}")->{json}{data}, $record, 'the same alone');
    }
    is_problem($server->get('/api/images/generated/story-1700000000000-p1.png'), 404, 'image-not-found');
};

subtest 'told again' => sub {
    my $again = $server->get('/api/stories/festival-1');
    is_deeply($again->{json}{data}, $story, 'one story, as it came');
    my $list = $server->get('/api/stories');
    is_deeply([$list->{json}{meta}{total}, map { $_->{id} } @{ $list->{json}{data} }], [1, 'festival-1'], 'the list');
    is_problem($server->get('/api/stories/another'), 404, 'story-not-found');
    is_problem(story_of(storyId => 'festival-1'), 409, 'story-exists', qr/storyId/);
    is(scalar(() = saved_files($server)), 3, 'no picture for the second');
};

subtest 'without pictures' => sub {
    my $plain = is_story(story_of(generateIllustrations => JSON::PP::false));
    is_deeply($plain->{illustrations}, [], 'none');
    isnt($plain->{id}, 'festival-1', 'an id of its own');
    is(scalar(() = saved_files($server)), 3, 'none on disk');
    my $default = order();
    delete $default->{generateIllustrations};
    is_deeply(is_story($server->post_json('/api/stories/generate', $default))->{illustrations}, [], 'which is the default');
};

subtest 'suggestions' => sub {
    my $ideas = $server->post_json('/api/stories/suggestions', { character => { name => 'Miriella', interests => ['lighthouses'] } });
    is($ideas->{status}, 200, 'come');
    my @ideas = @{ $ideas->{json}{data}{suggestions} // [] };
    is(scalar @ideas, 5, 'five');
    is(scalar(grep { defined && !ref && length } @ideas), 5, 'each a sentence or two');
    like("@ideas", qr/Miriella/, 'about the character');
};

is_tidy($server);
$server->stop('the server stops at once, its log clean', 'TERM');
done();
