#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# Processes killed at random moments, under load, with clients that hang up and an upstream that fails in every way: no picture that
# was paid for is lost, none is bought twice, every job ends. STORYIMG_SEED: another day than usual; ./dev torture: many of them.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use Test::More;
use Time::HiRes qw(time);

use StoryImg::Torture;
use StoryImg::Victim;

my ($ROUNDS, $SECONDS) = (4, 30);    # no round begins later

plan skip_all => 'no /proc/PID/stat' if !StoryImg::Victim::is_possible();

my $seed = $ENV{STORYIMG_SEED} // 20;
note("seed $seed");
my $torture = StoryImg::Torture->new(seed => $seed);
my $began = time;
for my $round (1 .. $ROUNDS) {
    last if time - $began > $SECONDS;
    my @complaints = $torture->round;
    ok(!@complaints, "round $round") || diag(join "\n", "seed $seed", @complaints);
    last if @complaints;
}
note($_) for $torture->summary;
$torture->stop;
done_testing();
