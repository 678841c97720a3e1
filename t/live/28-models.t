#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# The provider's list of models: one that is gone, or goes soon, is said in time.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use JSON::PP ();
use POSIX qw(strftime);
use Test::More;

use StoryImg::Jobs;
use StoryImg::Test;
use StoryImg::Upstream;

my @chain = (writer => 'openai/gpt-4o', illustrator => 'openai/gpt-image-1.5 openai/gpt-image-2');
my ($upstream, $list) = (StoryImg::Upstream->new, '/v1/models');

sub date { my ($days) = @_; return strftime('%Y-%m-%d', gmtime(time + 86_400 * $days)) }

# A list: names, each with the days that it has left; undef: no end is known.
sub listing {
    my (%days) = @_;
    my @data = map { { id => $_, object => 'model', created => 1, owned_by => 'test',
        shutdown_date => defined $days{$_} ? date($days{$_}) : undef } } sort keys %days;
    return { path => $list, method => 'GET', body => JSON::PP->new->encode({ object => 'list', data => \@data }) };
}

# A server that has asked for the list, and what it says of it then: ({model => [code, detail]}, its warnings).
sub watched {
    my ($rule, %options) = @_;
    $upstream->rules($rule ? $rule : ());
    my $server = with_upstream($upstream, @chain, %options)->start;
    wait_for(sub { scalar $upstream->log($list) }, 20);
    wait_for(sub { scalar @{ found($server) } }, 3);
    return $server;
}

sub found { my ($server) = @_; return [grep { $_->{part} eq 'model' } @{ $server->get('/api/health')->{json}{degraded} // [] }] }
sub warned { my ($server) = @_; return grep { /\[storyimg:(?:warn|error)\]/ } split /\n/, $server->log_text }

subtest 'all is well' => sub {
    my $server = watched(listing('gpt-4o' => undef, 'gpt-image-1.5' => 46, 'gpt-image-2' => 400, 'other' => -3));
    my ($asked) = $upstream->log($list);
    is($asked->{headers}{authorization}, "Bearer $KEY", 'it asks with its key');
    is_deeply([found($server), [warned($server)]], [[], []], 'and has nothing to say');
    ok(!exists $server->get('/api/health')->{json}{degraded}, 'nothing is degraded');
    $server->stop;
    is(scalar(() = $upstream->log($list)), 1, 'one process asks for all');
};

subtest 'going, and gone' => sub {
    my $server = watched(listing('gpt-4o' => 44, 'gpt-image-2' => undef));
    my %said = map { $_->{detail} =~ /(gpt-4o|gpt-image-1\.5|gpt-image-2)/ ? ($1 => $_) : () } @{ found($server) };
    is_deeply({ map { $_ => $said{$_}{code} } keys %said }, { 'gpt-4o' => 'model-going', 'gpt-image-1.5' => 'model-gone' }, 'in /health');
    my $when = date(44);
    like($said{'gpt-4o'}{detail}, qr/\Q$when\E/, 'with the day');
    my $health = $server->get('/api/health');
    is_deeply([$health->{status}, $health->{json}{status}], [200, 'OK'], 'which stays OK');
    my @lines = warned($server);
    is(scalar(grep { /gpt-4o\b.*\Q$when\E/ } @lines), 1, 'in the log: the one that goes, and when');
    is(scalar(grep { /gpt-image-1\.5/ } @lines), 1, 'the one that is gone');
    is(scalar @lines, 2, 'and no more');
    is_story($server->post_json('/api/stories/generate', order(pages => 1, size => '1024x1024')), 'it works all the same');
    $server->restart;
    ok(wait_for(sub { 2 <= (() = $upstream->log($list)) }, 20), 'a restart asks again');
    ok(wait_for(sub { 4 <= (() = warned($server)) }, 20), 'and says it again');
    $upstream->rules(listing('gpt-4o' => undef, 'gpt-image-1.5' => undef, 'gpt-image-2' => undef));
    $server->restart;
    ok(wait_for(sub { !@{ found($server) } }), 'until all is well');
    $server->expect_log(qr/\[storyimg:warn\].*gpt-(?:4o|image-1\.5)/);
    $server->stop;
};

subtest 'one that went yesterday' => sub {
    my $server = watched(listing('gpt-4o' => undef, 'gpt-image-1.5' => -1, 'gpt-image-2' => undef));
    is_deeply([map { $_->{code} } @{ found($server) }], ['model-gone'], 'is gone');
    $server->expect_log(qr/\[storyimg:warn\].*gpt-image-1\.5/);
    $server->stop;
};

subtest 'a server without such a list' => sub {
    my @cases = (['404', { status => 404 }], ['HTML', { html => 1 }], ['half of it', { half_json => 1 }],
        ['a reset', { reset => 'before' }], ['no answer', { hang => 1 }], ['an odd one', { body => '{"data": 7}' }],
        ['one of others', { body => '{"data": [{"id": "mine"}]}' }]);
    my @servers = map { my $its = StoryImg::Upstream->new(rules => [{ path => $list, method => 'GET', %{ $_->[1] } }]);
        [$_->[0], $its, with_upstream($its, @chain, conf => "StoryImgTimeout 2s\n")->start] } @cases;
    for my $case (@servers) {
        my ($what, $its, $server) = @$case;
        wait_for(sub { scalar $its->log($list) }, 20);
        is_story($server->post_json('/api/stories/generate', order(pages => 1, size => '1024x1024')), "$what: stories are told");
        is_deeply([found($server), [warned($server)]], [[], []], "$what: and nothing is said");
        $server->stop("$what: it stops, its log clean");
    }
};

subtest 'nothing to ask' => sub {
    my $server = StoryImg::Server->new->start;
    is_story($server->post_json('/api/stories/generate', order(pages => 1, size => '256x256')));
    is_deeply(found($server), [], 'our own models do not go');
    $server->stop;
    my $off = watched(listing('gpt-4o' => 10, 'gpt-image-1.5' => undef, 'gpt-image-2' => undef), conf => "StoryImgSave off\n");
    ok(wait_for(sub { scalar warned($off) }, 10), 'with saving off a model that goes is in the log, too');
    $off->expect_log(qr/\[storyimg:warn\].*gpt-4o/);
    $off->stop;
};

done();
