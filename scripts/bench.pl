# SPDX-License-Identifier: Apache-2.0
# Speed and memory, as ratios of things measured side by side in one run; medians. bench.pl SRC BUILD [PART...]
# Parts: call, crowd, list, static, memory; of jobs async, jobs, jobmem, events, claims, static_busy; upload, uploadmem;
# library, retention, thumbs, ctl.
# Each prints its figures and what they should be; nothing fails.
use strict;
use warnings;
use List::Util qw(max);

my ($src, $build, @parts);
BEGIN {
    ($src, $build, @parts) = @ARGV;
    $ENV{STORYIMG_BUILD} = $build;
    $ENV{STORYIMG_SRCDIR} = $src;
    $ENV{STORYIMG_MPM} //= 'event';
}
use lib "$src/t/lib";
use StoryImg::Bench;
use StoryImg::Server;
use StoryImg::Upstream;
require "$src/scripts/bench/jobs.pl";
require "$src/scripts/bench/uploads.pl";
require "$src/scripts/bench/thumbs.pl";
require "$src/scripts/bench/ctl.pl";

$| = 1;
my @known = ([call => \&call], [crowd => \&crowd], [list => \&list], [static => \&static], [memory => \&memory],
    map({ [$_ => StoryImg::Bench::Jobs->can($_)] } qw(async jobs jobmem events claims static_busy)),
    map({ [$_ => StoryImg::Bench::Uploads->can($_)] } qw(upload uploadmem)), [thumbs => StoryImg::Bench::Thumbs->can('thumbs')],
    [library => \&library], [retention => \&retention], [ctl => StoryImg::Bench::Ctl->can('ctl')]);
@parts = map { $_->[0] } @known unless @parts;

# An upstream as slow as the real ones: 2 s for text, 5 s per image, 0.1 s per download.
sub slow_upstream {
    my $upstream = StoryImg::Upstream->new;
    $upstream->rules({ path => '/v1/chat/', delay => 2 }, { path => '/v1/images/', delay => 5 }, { path => '/img/', delay => 0.1 });
    return $upstream;
}

sub site {
    my ($upstream) = @_;
    return site_with($upstream, '', illustrator => 'openai/dall-e-3');
}

sub times_of {
    my (@responses) = @_;
    for (@responses) {
        my $drawn = grep { $_->{localUrl} } @{ $_->{json}{data}{illustrations} || [] };
        die "answer $_->{status}, $drawn pictures\n" if $_->{status} != 200 || $drawn != 3;
    }
    return map { $_->{seconds} } @responses;
}

sub call {
    my $upstream = slow_upstream();
    my $server = site($upstream);
    my @seconds = map { times_of($server->post_json('/api/stories/generate', story_order())) } 1 .. 3;
    printf "call    one story, three pictures: median %.3f s, ratio to 2 + 5 + 0.1 s %.3f (at most 1.03)\n",
        median(@seconds), median(@seconds) / 7.1;
    $server->stop;
}

sub crowd {
    my $upstream = slow_upstream();
    my $server = site($upstream);
    my @wants = map { { %{ $server->posting('/api/stories/generate', story_order()) }, timeout => 60 } } 1 .. 20;
    my @seconds = times_of($server->many(@wants));
    printf "crowd   20 such calls at once on 25 threads: slowest %.3f s, ratio %.3f (at most 1.10)\n", max(@seconds), max(@seconds) / 7.1;
    $server->stop;
}

# What a list costs: one client after the other asks both servers for the same number of rows.
sub list {
    my @servers = map { my $n = $_; my $s = StoryImg::Server->new->start; fill($s, $n); $s } 200, 100_000;
    my @lists = (['first page', 'limit=100'], ['by kind', 'limit=100&kind=portrait'], ['by story', 'limit=10&storyId=story000005']);
    for (@lists) {
        my ($name, $query) = @$_;
        my @cost = map { [] } @servers;
        for my $round (1 .. 7) {
            push @{ $cost[$_] }, 1000 / wrk($servers[$_]->url("/api/images/generated?$query"), 1, 1) for $round % 2 ? (0, 1) : (1, 0);
        }
        my @m = map { median(@$_) } @cost;
        printf "list    %-10s of 200: %.2f ms, of 100,000: %.2f ms, ratio %.2f (at most 1.3)\n", $name, @m, $m[1] / $m[0];
    }
    $_->stop for @servers;
}

# Rows without files: a list never looks at the folder.
sub fill {
    my ($server, $n) = @_;
    $server->get('/api/images/generated');
    my $index = "sqlite3:" . $server->root . "/storyimg-state/index.sqlite3";
    system("$build/t/bench/fill", $index, $n) == 0 or die "fill: $?\n";
}

# The index alone, as large as it gets: exit status 1 says that a figure is over its bound, which it prints itself.
sub library { system("$build/t/bench/list", 1_000_000) <= 256 or die "list: $?\n"; return }

sub retention {
    for my $n (100, 100_000, 1_000_000) {
        system("$build/t/bench/retention", $n) == 0 or die "retention: $?\n";
    }
    return;
}

sub static {
    my ($with, $without) = map { static_site(module => $_) } 1, 0;
    compare_static('static', $with, $without);
    $_->stop for $with, $without;
}

sub memory {
    my $with = StoryImg::Server->new->start;
    my $without = StoryImg::Server->new(module => 0)->start;
    my @paths = ('/api/health', '/api/images/generated', '/api/stories', '/api/none');
    $with->many(map { { path => $_ } } (@paths) x 50);
    $without->many(map { { path => '/none' } } 1 .. 200);
    my ($loaded, $bare) = (private_kb($with), private_kb($without));
    printf "memory  private memory of a child: %.1f MB with the module, %.1f MB without: %.1f MB more (at most 4)\n",
        $loaded / 1024, $bare / 1024, ($loaded - $bare) / 1024;
    load($with, @paths) for 1 .. 2;
    my $before = private_kb($with);
    load($with, @paths) for 1 .. 10;
    printf "memory  after 10,000 further requests: %+.2f MB (none)\n", (private_kb($with) - $before) / 1024;
    $_->stop for $with, $without;
}

sub load {
    my ($server, @paths) = @_;
    $server->many(map { { path => $_ } } (@paths) x 5) for 1 .. 50;
}

for my $part (@parts) {
    my ($run) = map { $_->[0] eq $part ? $_->[1] : () } @known;
    die "no part $part: @{[ map { $_->[0] } @known ]}\n" if !$run;
    $run->();
}
