#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# Lists: pages, cursors, filters, totals, ETag, Link; stable while images come.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use JSON::PP ();
use Test::More;

use StoryImg::Test;

my ($server, $upstream) = stack(conf => "StoryImgMaxPages 12\n", upstream => { pages => 12 });
my $list = '/api/images/generated';

sub add { my ($id) = @_; return is_story($server->post_json('/api/stories/generate', order(pages => 12, size => '64x64',
    storyId => $id)), "story $id") }
sub names { return map { $_->{filename} } @{ $_[0]{json}{data} } }

# Follow the Link headers from a path on; all names.
sub walk {
    my ($path) = @_;
    my @all;
    while (defined $path) {
        my $page = $server->get($path);
        last if $page->{status} != 200 || @all > 1000;
        push @all, names($page);
        ($path) = ($page->{headers}{link} // '') =~ /\A<([^>]+)>; rel="next"\z/;
    }
    return @all;
}

add("tale-$_") for 1 .. 4;
my $everything = $server->get("$list?limit=1000");
my @all = names($everything);

subtest 'all' => sub {
    is(scalar @all, 48, 'forty-eight');
    is_deeply($everything->{json}{meta}, { total => 48, nextCursor => undef }, 'the only page');
    ok(!exists $everything->{headers}{link}, 'no Link');
    my @times = map { $_->{createdAt} } @{ $everything->{json}{data} };
    is_deeply(\@times, [sort { $b cmp $a } @times], 'newest first');
    is(scalar(names($server->get($list))), 48, 'the default limit is larger');
};

subtest 'walks' => sub {
    is_deeply([walk("$list?limit=$_")], \@all, "by $_") for 1, 7, 48;
    my $page = $server->get("$list?limit=7");
    is($page->{json}{meta}{total}, 48, 'total is of all');
    is_deeply([walk("$list?limit=10&cursor=$page->{json}{meta}{nextCursor}")], [@all[7 .. 47]], 'another limit from a cursor');
};

subtest 'filters' => sub {
    is_deeply([walk("$list?limit=5&storyId=tale-2")],
        [map { $_->{filename} } grep { $_->{storyId} eq 'tale-2' } @{ $everything->{json}{data} }], 'storyId');
    my %total = ('kind=story' => 48, 'kind=portrait' => 0, 'model=gpt-image-2.6-flare' => 48, 'model=dall-e-3' => 0, 'storyId=none' => 0,
        'kind=story&storyId=tale-1' => 12, 'q=harvest' => 4, 'q=dusk+COMET' => 4, 'q=harvest+comet' => 0, 'q=%25' => 0, 'q=_' => 0,
        'q=%27%22%3B--' => 0,
        'from=2020-01-01T00:00:00Z' => 48, 'to=2020-01-01T00:00:00Z' => 0, 'q=har' => undef);
    for my $query (sort grep { defined $total{$_} } keys %total) {
        my $found = $server->get("$list?$query");
        is("$found->{status} $found->{json}{meta}{total} @{[ scalar names($found) ]}", "200 $total{$query} $total{$query}", $query);
    }
    my $middle = $everything->{json}{data}[20]{createdAt};
    my @later = grep { $_->{createdAt} ge $middle } @{ $everything->{json}{data} };
    is($server->get("$list?from=$middle")->{json}{meta}{total}, scalar @later, 'from counts it in');
    is($server->get("$list?to=$middle")->{json}{meta}{total}, 48 - @later, 'to leaves it out');
};

subtest 'refusals' => sub {
    is_problem($server->get("$list?limit=$_"), 400, 'invalid-query', qr/\Alimit:/, "limit=$_") for 0, 1001, -1, 'x', '1.5',
        '99999999999999999999', '10x';
    is_problem($server->get("$list?from=$_"), 400, 'invalid-query', qr/\Afrom:/, "from=$_") for 'yesterday', '2026-13-01T00:00:00Z', '1';
    is_problem($server->get("$list?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z"), 400, 'invalid-query', qr/\Afrom:/,
        'from after to');
    my $good = $server->get("$list?limit=5")->{json}{meta}{nextCursor};
    is_problem($server->get("$list?cursor=$_"), 400, 'bad-cursor', undef,
        "cursor=$_") for 'x', 'AAAA', substr($good, 1), "${good}A", scalar(reverse $good), '%F0%9F%8C%99';
    is_problem($server->get("$list?kind=story&cursor=$good"), 400, 'bad-cursor', undef, 'the cursor of another query');
    is_problem($server->get("/api/stories?cursor=$good"), 400, 'bad-cursor', undef, 'the cursor of another list');
};

subtest 'while images come' => sub {
    my $first = $server->get("$list?limit=10");
    my ($next) = $first->{headers}{link} =~ /<([^>]+)>/;
    add('tale-5');
    is_deeply([names($first), walk($next)], \@all, 'nothing is repeated, nothing hidden');
    is($server->get($list)->{json}{meta}{total}, 60, 'though there are more');
};

subtest 'ETag' => sub {
    my $first = $server->get("$list?limit=5");
    my $etag = $first->{headers}{etag};
    ok($etag, 'is sent');
    my $same = $server->get("$list?limit=5", 'If-None-Match' => $etag);
    is_deeply([@$same{qw(status content)}, $same->{headers}{etag}], [304, '', $etag], '304 while nothing changed');
    is($server->get("$list?limit=5", 'If-None-Match' => qq{"x", $etag})->{status}, 304, 'also one of several');
    is($server->get("$list?limit=5", 'If-None-Match' => '"x"')->{status}, 200, 'not with another');
    is($server->get("$list?limit=6", 'If-None-Match' => $etag)->{status}, 200, 'not for another query');
    add('tale-6');
    my $changed = $server->get("$list?limit=5", 'If-None-Match' => $etag);
    is($changed->{status}, 200, 'nor when images have come');
    isnt($changed->{headers}{etag}, $etag, 'which has another');
};

subtest 'stories' => sub {
    my $page = $server->get('/api/stories?limit=4');
    is_deeply([map { $_->{id} } @{ $page->{json}{data} }], [map { "tale-$_" } reverse 3 .. 6], 'newest first');
    is($page->{json}{meta}{total}, 6, 'total');
    my ($next) = $page->{headers}{link} =~ m{\A<(/api/stories\?[^>]+)>; rel="next"\z};
    my $rest = $server->get($next);
    is_deeply([map { $_->{id} } @{ $rest->{json}{data} }], ['tale-2', 'tale-1'], 'the rest');
    is(scalar @{ $rest->{json}{data}[0]{illustrations} }, 12, 'each with its illustrations');
    is($server->get('/api/stories', 'If-None-Match' => $server->get('/api/stories')->{headers}{etag})->{status}, 304, 'ETag');
    is_problem($server->get('/api/stories?limit=0'), 400, 'invalid-query', qr/\Alimit:/);
};

done();
