# SPDX-License-Identifier: Apache-2.0
# Measurements of storyimgctl, for scripts/bench.pl.
package StoryImg::Bench::Ctl;

use strict;
use warnings;

use Compress::Zlib qw(crc32);
use File::Temp ();
use POSIX ();
use Time::HiRes qw(time);

use StoryImg::Bench;
use StoryImg::Conf ();

my $FILES = 2000;
my $ROUNDS = 5;
my $MEGABYTE = 1_048_576;

sub chunk { my ($type, $data) = @_; return pack('N', length $data) . $type . $data . pack('N', crc32($type . $data)) }

# Whole PNGs of half a megabyte to one and a half, each of its own; what they show is noise.
sub fill {
    my ($folder) = @_;
    my $noise = join '', map { pack 'N', int rand 2**32 } 1 .. 400_000;
    my $all = 0;
    for my $i (1 .. $FILES) {
        my $data = pack('N', $i) . substr $noise, 0, int($MEGABYTE / 2 + rand $MEGABYTE);
        my $png = "\x89PNG\r\n\x1a\n" . chunk('IHDR', pack 'NNCCCCC', 1024, 1024, 8, 2, 0, 0, 0) . chunk('IDAT', $data) . chunk('IEND', '');
        my $name = sprintf 'story-%d-p%d.png', 1738355170000 + 997 * int($i / 3), $i % 3 + 1;
        open my $out, '>:raw', "$folder/$name" or die "$name: $!\n";
        print {$out} $png;
        close $out or die "$name: $!\n";
        $all += length $png;
    }
    return $all;
}

# Seconds, and the most memory that it had, in MB.
sub run {
    my ($status, @words) = @_;
    my $start = time;
    my $pid = fork // die "fork: $!\n";
    if (!$pid) {
        open STDOUT, '>', '/dev/null';
        exec @words or exit 127;
    }
    my $most = 0;
    while (waitpid($pid, POSIX::WNOHANG()) == 0) {
        if (open my $in, '<', "/proc/$pid/status") {
            my ($name, $kb) = map { /^(?:Name|VmHWM):\s+(\S+)/ ? $1 : () } <$in>;
            $most = $kb if $name eq 'storyimgctl' && ($kb // 0) > $most;
        }
        select undef, undef, undef, 0.005;
    }
    die "@words: exit $?\n" if $? >> 8 != $status;
    return (time - $start, $most / 1024);
}

# How fast verify and reindex read, beside sha256sum over the same files with as many processes as there are processors.
sub ctl {
    my $root = File::Temp->newdir('storyimg-bench-XXXXXX', TMPDIR => 1);
    mkdir "$root/generated";
    my $bytes = fill("$root/generated");
    my $processors = int(qx(getconf _NPROCESSORS_ONLN)) || 2;
    my $sum = "find '$root/generated' -type f -print0 | xargs -0 -P$processors -n16 sha256sum";
    my @ctl = ("$StoryImg::Conf::BUILD/storyimgctl", '--root', "$root", '--site', 'bench');
    my (%seconds, %memory);
    for my $round (0 .. $ROUNDS) {
        my %order = (sum => [0, 'sh', '-c', $sum], reindex => [0, @ctl, 'reindex'], verify => [0, @ctl, 'verify']);
        unlink glob "$root/storyimg-state/*";
        for my $what ($round % 2 ? qw(sum reindex verify) : qw(reindex verify sum)) {
            my ($took, $most) = run(@{ $order{$what} });
            next if !$round;    # the first one warms the page cache
            push @{ $seconds{$what} }, $took;
            $memory{$what} = $most if $most > ($memory{$what} // 0);
        }
    }
    my $of = sub { return $bytes / $MEGABYTE / median(@{ $seconds{ $_[0] } }) };
    for my $what (qw(verify reindex)) {
        printf "ctl     %s of %d files, %.0f MB: %.0f MB/s, sha256sum with %d processes %.0f MB/s: ratio %.2f (at least 0.8), "
            . "%.0f MB of memory (under 64)\n",
            $what, $FILES, $bytes / $MEGABYTE, $of->($what), $processors, $of->('sum'), $of->($what) / $of->('sum'), $memory{$what};
    }
    return;
}

1;
