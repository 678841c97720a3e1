# SPDX-License-Identifier: Apache-2.0
# Speed and memory, as ratios of things measured side by side in one run; medians. bench.pl SRC BUILD [PART...]
# Parts: call, crowd, list, static, memory. Each prints its figures and what they should be; nothing fails.
use strict;
use warnings;
use List::Util qw(sum max);
use Time::HiRes qw(time);

my ($src, $build, @parts);
BEGIN {
    ($src, $build, @parts) = @ARGV;
    $ENV{STORYIMG_BUILD} = $build;
    $ENV{STORYIMG_SRCDIR} = $src;
    $ENV{STORYIMG_MPM} //= 'event';
}
use lib "$src/t/lib";
use StoryImg::Server;
use StoryImg::Upstream;

$| = 1;
my %known = (call => \&call, crowd => \&crowd, list => \&list, static => \&static, memory => \&memory);
@parts = qw(call crowd list static memory) unless @parts;

sub median { my @s = sort { $a <=> $b } @_; return @s % 2 ? $s[$#s / 2] : ($s[@s / 2 - 1] + $s[@s / 2]) / 2 }

sub order {
    return { character => { name => 'Lila', age => 7 }, prompt => 'A cosmic garden adventure',
        generateIllustrations => JSON::PP::true(), pages => 3 };
}

# An upstream as slow as the real ones: 2 s for text, 5 s per image, 0.1 s per download.
sub slow_upstream {
    my $upstream = StoryImg::Upstream->new;
    $upstream->rules({ path => '/v1/chat/', delay => 2 }, { path => '/v1/images/', delay => 5 }, { path => '/img/', delay => 0.1 });
    return $upstream;
}

sub site_with {
    my ($upstream) = @_;
    return StoryImg::Server->new(conf => $upstream->directives(illustrator => 'openai/dall-e-3'),
        env => { OPENAI_API_KEY => $StoryImg::Upstream::KEY })->start;
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
    my $server = site_with($upstream);
    my @seconds = map { times_of($server->post_json('/api/stories/generate', order())) } 1 .. 3;
    printf "call    one story, three pictures: median %.3f s, ratio to 2 + 5 + 0.1 s %.3f (at most 1.03)\n",
        median(@seconds), median(@seconds) / 7.1;
    $server->stop;
}

sub crowd {
    my $upstream = slow_upstream();
    my $server = site_with($upstream);
    my @wants = map { { %{ $server->posting('/api/stories/generate', order()) }, timeout => 60 } } 1 .. 20;
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

# Requests per second.
sub wrk {
    my ($url, $clients, $seconds) = @_;
    my $threads = $clients > 1 ? 2 : 1;
    my $out = qx(wrk -t$threads -c$clients -d${seconds}s '$url');
    die "wrk: $out\n" if $out =~ /Non-2xx/ || $out !~ m{Requests/sec:\s*([\d.]+)};
    return $1;
}

sub static {
    my $with = StoryImg::Server->new->start;
    my $conf = "Alias \"/generated/\" \"\@ROOT\@/generated/\"\n<Directory \"\@ROOT\@/generated\">\nRequire all granted\nOptions None\n"
        . "AllowOverride None\nSetHandler default-handler\nHeader always set X-Content-Type-Options nosniff\n</Directory>\n";
    my $without = StoryImg::Server->new(module => 0, conf => $conf)->start;
    for my $server ($with, $without) {
        mkdir $server->root . '/generated';
        $server->write_file('generated/story-1-p1.png', 'x' x 10_240);
        $server->write_file('generated/story-2-p1.png', 'x' x 1_500_000);
    }
    for my $file ('story-1-p1.png', 'story-2-p1.png') {
        my (@ratio, @rate);
        for my $round (1 .. 9) {
            my @pair = $round % 2 ? ($with, $without) : ($without, $with);
            my %rate = map { ($_->port => wrk($_->url("/generated/$file"), 16, 2)) } @pair;
            push @rate, $rate{ $with->port };
            push @ratio, $rate{ $with->port } / $rate{ $without->port };
        }
        printf "static  %s: %.0f requests/s, ratio to the same Apache without the module %.3f (at least 0.98)\n",
            $file =~ /-1-/ ? '10 KB' : '1.5 MB', median(@rate), median(@ratio);
    }
    $_->stop for $with, $without;
}

# Private memory of the children of a server, in KB.
sub private {
    my ($server) = @_;
    my @children = grep { /^\d+$/ } split ' ', qx(pgrep -P @{[ $server->pid ]});
    my @sizes;
    for my $pid (@children) {
        open my $f, '<', "/proc/$pid/smaps_rollup" or next;
        push @sizes, sum(0, map { /^Private_(?:Clean|Dirty):\s+(\d+)/ ? $1 : () } <$f>);
    }
    return median(@sizes);
}

sub memory {
    my $with = StoryImg::Server->new->start;
    my $without = StoryImg::Server->new(module => 0)->start;
    my @paths = ('/api/health', '/api/images/generated', '/api/stories', '/api/none');
    $with->many(map { { path => $_ } } (@paths) x 50);
    $without->many(map { { path => '/none' } } 1 .. 200);
    my ($loaded, $bare) = (private($with), private($without));
    printf "memory  private memory of a child: %.1f MB with the module, %.1f MB without: %.1f MB more (at most 4)\n",
        $loaded / 1024, $bare / 1024, ($loaded - $bare) / 1024;
    load($with, @paths) for 1 .. 2;
    my $before = private($with);
    load($with, @paths) for 1 .. 10;
    printf "memory  after 10,000 further requests: %+.2f MB (none)\n", (private($with) - $before) / 1024;
    $_->stop for $with, $without;
}

sub load {
    my ($server, @paths) = @_;
    $server->many(map { { path => $_ } } (@paths) x 5) for 1 .. 50;
}

for my $part (@parts) {
    my $run = $known{$part} or die "no part $part: " . join(' ', sort keys %known) . "\n";
    $run->();
}
