# SPDX-License-Identifier: Apache-2.0
# Many rounds of t/torture/02-kill.t on one server, counted as they go: torture.pl SRC BUILD [ROUNDS] [SEED]. Stops at the first
# complaint, exit status 1. STORYIMG_MPM as for tests; STORYIMG_KEEP: a folder that receives the server's one after a complaint.
use strict;
use warnings;
use POSIX qw(strftime);
use Time::HiRes qw(time);

my ($src, $build, $rounds, $seed) = @ARGV;
die "usage: torture.pl SRC BUILD [ROUNDS] [SEED]\n" if !defined $build || grep { defined && !/\A\d+\z/ } $rounds, $seed;
$rounds //= 200;
$seed //= time % 100_000;

$ENV{STORYIMG_BUILD} = $build;
unshift @INC, "$src/t/lib";
require StoryImg::Torture;
die "no /proc/PID/stat here: processes cannot be found\n" if !StoryImg::Victim::is_possible();
$| = 1;

sub keep {
    my ($torture) = @_;
    return if !$ENV{STORYIMG_KEEP};
    my $root = $torture->server->root;
    system 'cp', '-a', $root, $ENV{STORYIMG_KEEP};
    system 'cp', "$torture->{upstream}{folder}/log", "$ENV{STORYIMG_KEEP}/upstream.log";
    return;
}

$SIG{INT} = sub { exit 1 };    # objects end what they have started
printf "seed %d, %d rounds, MPM %s\n", int $seed, $rounds, $ENV{STORYIMG_MPM} // 'event';
my $torture = StoryImg::Torture->new(seed => int $seed);
my ($began, @complaints) = (time);
for my $round (1 .. $rounds) {
    my $start = time;
    @complaints = $torture->round;
    push @complaints, $torture->server->complaints;
    my $counts = $torture->{counts};
    printf "%s round %d: %.1f s; %s\n", strftime('%H:%M:%S', localtime), $round, time - $start,
        join ', ', map { "$_ " . ($counts->{$_} // 0) } qw(orders kill_child kill_parent restart_soon hang-ups);
    last if @complaints;
}
print "$_\n" for $torture->summary;
printf "%.0f s\n", time - $began;
if (@complaints) {
    print "complaints, seed $seed:\n", map { "  $_\n" } @complaints;
    keep($torture);
    exit 1;
}
require Test::More;
Test::More::plan(tests => 1);
$torture->stop;
print "no complaint\n";
