# SPDX-License-Identifier: Apache-2.0
# Measurements of jobs, for scripts/bench.pl.
package StoryImg::Bench::Jobs;

use strict;
use warnings;

use JSON::PP ();
use List::Util qw(max min);
use Time::HiRes qw(sleep time);

use StoryImg::Bench;
use StoryImg::Events ();
use StoryImg::Pictures ();
use StoryImg::Server ();

my $TRUE = JSON::PP::true;
my $FALSE = JSON::PP::false;
my $GENERATE = '/api/stories/generate';

sub id_of {
    my ($response) = @_;
    die "answer $response->{status} $response->{content}\n" if $response->{status} != 202;
    return $response->{json}{data}{metadata}{illustrationJobId};
}

# What an answer with 202 takes beyond the text that it waits for.
sub async {
    my $upstream = StoryImg::Bench->new(text => 0.5, image => 1);
    my $server = site_with($upstream, '');
    my @seconds = map { sleep 0.3; $server->post_json($GENERATE, story_order(async => $TRUE)) } 1 .. 11;
    id_of($_) for @seconds;
    @seconds = map { $_->{seconds} } @seconds;
    my @text = map { $_->[1] - $_->[0] } $upstream->answers('text');
    printf "async   answer with 202: median %.1f ms, of which the text %.1f ms: %.1f ms more (at most 10), slowest %.1f ms more\n",
        1000 * median(@seconds), 1000 * median(@text), 1000 * (median(@seconds) - median(@text)), 1000 * (max(@seconds) - median(@text));
    $server->stop;
    return;
}

sub completed { my ($server) = @_; return ledger_value($server, "SELECT COUNT(*) FROM job WHERE status = 'completed'") }

# Many jobs in one child; from the first request to the last page.
sub jobs {
    my ($count, $seconds) = (300, 5);
    my $upstream = StoryImg::Bench->new(image => $seconds);
    my $server = site_with($upstream, one_child_of(310));
    my $began = time;
    my @responses = post_all($server, 202, $count, $count, story_order(async => $TRUE));
    my $accepted = time;
    wait_until(sub { completed($server) == $count }, 120, 0.5);
    my $ended = ledger_value($server, 'SELECT MAX(updated_at) FROM job') / 1000;
    my @images = $upstream->answers('image');
    my $drawn = ledger_value($server, 'SELECT COUNT(*) FROM image');
    die scalar(@images) . " calls, $drawn pictures\n" if @images != 3 * $count || $drawn != 3 * $count;
    my @sent = sort { $a <=> $b } map { $_->[0] } @images;
    printf "jobs    $count jobs of 3 pages, $seconds s each: all done %.2f s after the first request, ratio %.2f; %.2f s after the last "
        . "202, ratio %.2f (at most 1.5)\n", $ended - $began, ($ended - $began) / $seconds, $ended - $accepted,
        ($ended - $accepted) / $seconds;
    printf "jobs    the 202s took %.2f s; pages were sent from %.2f s on until %.2f s; the upstream used %.2f s of processor time\n",
        $accepted - $began, $sent[0] - $began, $sent[-1] - $began, $upstream->cpu;
    $server->stop;
    return;
}

# The largest private memory of a process until something is true.
sub peak_until {
    my ($pid, $what) = @_;
    my ($peak, $look) = (0, 0);
    my $until = time + 600;
    while (time < $until) {
        $peak = max($peak, private_of($pid));
        return $peak if ++$look % 5 == 0 && $what->();
        sleep 0.05;
    }
    die "not within 600 s\n";
}

# Memory of one child while large pictures come; its threads have all been used before.
sub jobmem {
    my ($count, $megabytes) = (100, 4);
    my $upstream = StoryImg::Bench->new(image => 5, picture => StoryImg::Pictures::big_png($megabytes, 1));
    my $server = site_with($upstream, one_child_of(110));
    post_all($server, 200, $count, $count, story_order(generateIllustrations => $FALSE)) for 1 .. 2;
    my ($child) = $server->children;
    my $before = private_of($child);
    for my $round (1 .. 2) {
        post_all($server, 202, $count, $count, story_order(async => $TRUE));
        my $accepted = private_of($child);
        my $peak = peak_until($child, sub { completed($server) == $round * $count });
        sleep 3;
        printf "jobmem  $count jobs of 3 pictures of $megabytes MB, round $round: child from %.1f MB, all asked %+.1f MB, at most %+.1f MB "
            . "(64), afterwards %+.1f MB (given back)\n",
            map { $_ / 1024 } $before, $accepted - $before, $peak - $before, private_of($child) - $before;
    }
    $server->stop;
    return;
}

# Seconds from the answer of the upstream to the event, by the name of the stream.
sub follow_one {
    my ($server, $upstream, $round, $streams) = @_;
    my $id = id_of($server->post_json($GENERATE, story_order(async => $TRUE, pages => 1)));
    sleep rand 1;    # from then on it looks once a second for what other processes did
    my @open = map { StoryImg::Events->open($server->port, path => "/api/stories/illustrations/job/$id/events",
        headers => { 'X-Name' => "$round-$_" }) } 1 .. $streams;
    my %at;
    my $until = time + 20;
    while (keys %at < $streams && time < $until) {
        for my $n (grep { !$at{$_} } 1 .. $streams) {
            $open[$n - 1]->pump(time + 0.001);
            $open[$n - 1]->digest;
            my ($event) = grep { $_->{name} eq 'illustration' } @{ $open[$n - 1]{events} };
            $at{$n} = $event->{at} if $event;
        }
    }
    $_->all(5) for @open;
    my ($answer) = ($upstream->answers('image'))[-1];
    return map { ("$round-$_" => $at{$_} - $answer->[1]) } keys %at;
}

sub events {
    my $upstream = StoryImg::Bench->new(image => 1.3);
    my $conf = "StartServers 2\nServerLimit 2\nMaxSpareThreads 75\n"
        . "LogFormat \"%P %{X-Name}i %U\" pids\nCustomLog \@ROOT\@/access.log pids\n";
    my $server = site_with($upstream, $conf);
    my (@same, @other, %drew);
    for my $round (1 .. 15) {
        my %took = follow_one($server, $upstream, $round, 6);
        my %serving;
        wait_until(sub {
            my $served = StoryImg::Server::slurp($server->root . '/access.log');
            %serving = map { /\A(\d+) ($round-\S+)/ ? ($2 => $1) : () } split /\n/, $served;
            return keys %serving == keys %took;
        }, 10);
        my ($drawer) = (grep { /SI0301: POST/ } split /\n/, $server->log_text)[-1] =~ /\[pid (\d+)/;
        push @{ $serving{$_} == $drawer ? \@same : \@other }, $took{$_} for keys %took;
    }
    printf "events  %d in the child that draws: median %.0f ms (under 100), slowest %.0f ms; %d in another: median %.0f ms, "
        . "slowest %.0f ms "
        . "(under 1200)\n", scalar @same, 1000 * median(@same), 1000 * max(@same), scalar @other, 1000 * median(@other), 1000 * max(@other);
    $server->stop;
    return;
}

# Files served while many jobs wait for their pictures.
sub static_busy {
    my $count = 300;
    my $upstream = StoryImg::Bench->new(image => 300);
    my $with = static_files(site_with($upstream, one_child_of(64) . "StoryImgTimeout 400s\n"));
    my $without = static_site(module => 0, conf => threads_of(64));
    post_all($with, 202, $count, 30, story_order(async => $TRUE));
    wait_until(sub { ledger_value($with, "SELECT COUNT(*) FROM job_page WHERE state = 'sent'") == 3 * $count }, 60, 0.5);
    my $used = $upstream->cpu;
    compare_static('static_busy', $with, $without);
    printf "static_busy while %d pages were under way; the upstream used %.2f s of processor time meanwhile\n",
        ledger_value($with, "SELECT COUNT(*) FROM job_page WHERE state = 'sent'"), $upstream->cpu - $used;
    $with->crash;
    $without->stop;
    return;
}

# What the index costs per page.
sub claims { system("$StoryImg::Conf::BUILD/t/bench/claims") <= 256 or die "claims: $?\n"; return }

1;
