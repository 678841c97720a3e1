#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# A job, live: Server-Sent Events in order, resumed without loss, through whatever stands between.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use JSON::PP ();
use Test::More;
use Time::HiRes qw(time);

use StoryImg::Conf ();
use StoryImg::Events;
use StoryImg::Jobs;
use StoryImg::Server;
use StoryImg::Test;

my $h2 = $StoryImg::Conf::MPM ne 'prefork' && qx(curl --version 2>/dev/null) =~ /\bHTTP2\b/
    && -e StoryImg::Conf::apxs('LIBEXECDIR') . '/mod_http2.so';
my @modules = ('filter', 'deflate', 'proxy', 'proxy_http', $h2 ? 'http2' : ());
my ($server, $upstream) = stack(upstream => { pages => 3 }, modules => \@modules,
    conf => ($h2 ? "Protocols h2c http/1.1\n" : '') . <<'END');
ProxyPass "/front/api" "http://127.0.0.1:@PORT@/api"
ProxyPassReverse "/front/api" "http://127.0.0.1:@PORT@/api"
<Location "/packed">
    SetHandler storyimg
    SetOutputFilter DEFLATE
</Location>
END

# Silence for longer than 15 s, looked at in the end, when it has passed anyway.
my $quiet = StoryImg::Upstream->new(delay => { '/v1/images/' => 17 });
my $still = with_upstream($quiet)->start;
my (undef, $slow_id) = tell_async($still, pages => 1);
my ($slow_began, $slow_stream) = (time, events($still, $slow_id));

# An event without what is told of the moment at which it is read.
sub heard { return [map { my $data = { %{ $_->{data} // {} } }; delete $data->{progress}; [@$_{qw(id name)}, $data] } @_] }

sub illustrations {
    my @found = map { $_->{data} } grep { $_->{name} eq 'illustration' } @_;
    return [sort { $a->{pageNumber} <=> $b->{pageNumber} } @found];
}

subtest 'from the beginning to the end' => sub {
    $upstream->rules({ path => '/v1/images/', word => 'Scene 2', status => 400, code => 'content_policy_violation' },
        map { { path => '/v1/images/', word => "Scene $_", delay => 0.5 * $_ } } 1, 3);
    my (undef, $id) = tell_async($server, pages => 3);
    my $stream = events($server, $id);
    my @events = $stream->all;
    is_deeply([$stream->status, $stream->header('content-type')], [200, 'text/event-stream'], 'a stream of events');
    like($stream->header('cache-control'), qr/no-(?:cache|store)/, 'that nobody keeps');
    ok($stream->ended, 'which ends with the job');
    is_stream(\@events, 1, 'completed');
    is_deeply([$events[0]{name}, $events[0]{data}{status}], ['status', 'queued'], 'first its status');
    ok(scalar(grep { $_->{name} eq 'status' && $_->{data}{status} eq 'processing' } @events), 'then that it is worked on');
    is_deeply($events[0]{data}{progress} && [sort keys %{ $events[0]{data}{progress} }], [qw(done failed total)], 'with progress');
    my $job = wait_job($server, $id);
    is_deeply(illustrations(@events), [pictures_of($job)], 'each picture, as the job has it');
    is_deeply(pages_of('illustration', @events), [1, 3], 'once');
    my ($problem, @more) = grep { $_->{name} eq 'problem' } @events;
    is(scalar @more, 0, 'one page failed');
    is_deeply([@{ $problem->{data} }{qw(pageNumber description)}, $problem->{data}{error}], [2, map { @$_{qw(description error)} }
        grep { $_->{error} } @{ $job->{results} }], 'and says which, and why');
    is($problem->{data}{error}{code}, 'content_policy', 'in the words of the contract');
    is(scalar(grep { $_->{raw} =~ /^data:.*\n.*^data:/ms || $_->{raw} =~ /\r/ } @events), 0, 'data on one line');
};

subtest 'as they come' => sub {
    my $answered = sub { scalar grep { $_->{path} =~ /images/ } $upstream->answers };
    $upstream->rules({ path => '/v1/images/', word => 'Scene 3', delay => 3 });
    my (undef, $id) = tell_async($server, pages => 2);
    my %way = (plain => sub { events($server, $id) },
        'through a reverse proxy' => sub { StoryImg::Events->open($server->port, path => '/front' . job_path($id, '/events')) },
        'compressed' => sub { StoryImg::Events->open($server->port, path => job_path($id, '/events') =~ s{/api}{/packed}r,
            headers => { 'Accept-Encoding' => 'gzip' }) },
        $h2 ? ('over HTTP/2' => sub { StoryImg::Events->curl('--http2-prior-knowledge', $server->url(job_path($id, '/events'))) }) : ());
    my %stream = map { $_ => $way{$_}->() } sort keys %way;
    my %events = map { $_ => [$stream{$_}->until('illustration')] } sort keys %stream;
    cmp_ok($answered->(), '<', 2, 'the second picture is still being drawn');
    is_deeply(pages_of('illustration', @{ $events{$_} }), [1], "$_: while the first has been told") for sort keys %events;
    push @{ $events{$_} }, $stream{$_}->all for sort keys %stream;
    is_stream($events{$_}, 1, 'completed', "$_: all of it, in order") for sort keys %events;
    my ($first, @others) = map { heard(@{ $events{$_} }) } sort keys %events;
    is_deeply($_, $first, 'and nobody hears anything else') for @others;
    is($stream{compressed}->header('content-encoding'), 'gzip', 'compressed indeed');
    like($stream{'over HTTP/2'}->header('content-type'), qr{\Atext/event-stream}, 'and HTTP/2') if $h2;
};

subtest 'resumed at every id' => sub {
    $upstream->rules;
    my (undef, $id) = tell_async($server, pages => 3);
    wait_job($server, $id);
    my @all = events($server, $id)->all;
    is_stream(\@all, 1, 'completed', 'a job that is over is told again');
    for my $after (0 .. @all) {
        my $stream = events($server, $id, $after);
        my @rest = $stream->all;
        is_deeply(heard(@rest), heard(@all[$after .. $#all]), "after $after: the rest");
        ok($stream->ended && $stream->status =~ /\A20[04]\z/, 'and the end');
    }
};

subtest 'a client that breaks off after each event' => sub {
    $upstream->rules(map { { path => '/v1/images/', word => "Scene $_", delay => 0.6 * $_ } } 1 .. 3);
    my (undef, $id) = tell_async($server, pages => 3);
    my @events;
    while (@events < 50) {
        my $event = events($server, $id, @events ? $events[-1]{id} : undef)->next or last;
        push @events, $event;
        last if $event->{name} eq 'done';
    }
    is_stream(\@events, 1, 'completed', 'misses nothing, and hears nothing twice');
    is_deeply(heard(@events), heard(events($server, $id)->all), 'as one that stays');
};

subtest 'ids that are none' => sub {
    $upstream->rules;
    my (undef, $id) = tell_async($server, pages => 1);
    wait_job($server, $id);
    for my $bad ('x', '-1', '1.5', '1x', '0x1', '99999999999999999999', '1 2', "\xc3\xa9") {
        is_problem($server->get(job_path($id, '/events'), 'Last-Event-ID' => $bad), 400, 'bad-event-id', undef, "Last-Event-ID: $bad");
    }
    my $head = $server->request(no_body('HEAD', job_path($id, '/events')));
    is_deeply([@$head{qw(status content)}, $head->{headers}{'content-type'}], [200, '', 'text/event-stream'], 'HEAD is answered, and ends');
};

subtest 'many watch, one goes' => sub {
    $upstream->rules({ path => '/v1/images/', delay => 1 });
    my (undef, $id) = tell_async($server, pages => 2);
    my @streams = map { events($server, $id) } 1 .. 8;
    $_->next for @streams;
    (shift @streams)->close;
    is_stream([events($server, $id, 0)->all], 1, 'completed');
    is_deeply([map { my @rest = $_->all; $rest[-1]{name} } @streams], [('done') x 7], 'the others see the end');
};

subtest 'silence' => sub {
    my @events = $slow_stream->all(slow(60));
    my @comments = grep { $_->{text} =~ /keep-alive/ } $slow_stream->comments;
    ok(scalar @comments, 'is broken by a comment');
    cmp_ok(scalar @comments, '<=', (time - $slow_began) / 15, 'not more often than each 15 s');
    is_stream(\@events, 1, 'completed', 'and the picture is told');
};

is_deeply([map { $_->{refused} } $upstream->refused], [], 'no request was one that the API refuses');
is_tidy($server);
$server->expect_log(qr/\[storyimg:warn\].*content_policy/);
done();
