#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# Memory does not grow with the size of a picture, nor with their number.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use Test::More;

use StoryImg::Conf ();
use StoryImg::Test;

plan skip_all => 'a sanitizer keeps what was freed' if $StoryImg::Conf::SAN;
plan skip_all => 'no /proc/PID/status' if !-e "/proc/$$/status";

my ($server, $upstream) = stack(conf => "StoryImgTimeout 30s\n");

# The most that a child of the server ever had in memory, in KB.
sub peak {
    my @status = map { StoryImg::Server::slurp($_) } glob '/proc/[0-9]*/status';
    my @peaks = map { /^VmHWM:\s+(\d+)/m ? $1 : 0 } grep { /^PPid:\s+@{[ $server->pid ]}$/m } @status;
    return (sort { $b <=> $a } @peaks)[0];
}

sub draw { return is_story($server->post_json('/api/stories/generate', order(pages => 1, size => '64x64'))) }

draw() for 1 .. 4;
my $before = peak();
$upstream->rules({ path => '/v1/images/', big => 20 });
is_saved($server, draw()->{illustrations}[0], '20 MB, as base64');
cmp_ok(peak() - $before, '<', 3000, 'cost less than 3 MB');

$before = peak();
$upstream->rules({ path => '/v1/images/', url => $upstream->origin . '/elsewhere/big.png' }, { path => '/elsewhere/', big => 20 });
is_saved($server, draw()->{illustrations}[0], '20 MB, from a URL');
cmp_ok(peak() - $before, '<', 1500, 'cost less than 1.5 MB');

done();
