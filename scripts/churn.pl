# SPDX-License-Identifier: Apache-2.0
# A large library under everything at once: pictures saved, listed, kept, deleted and pruned while it is verified; then its index is
# lost and made anew: churn.pl SRC BUILD [PICTURES] [SECONDS] [SEED]. Exit status 1 at a complaint. STORYIMG_MPM as for tests.
use strict;
use warnings;
use Time::HiRes qw(sleep time);

my ($src, $build, $pictures, $seconds, $seed) = @ARGV;
die "usage: churn.pl SRC BUILD [PICTURES] [SECONDS] [SEED]\n"
    if !defined $build || grep { defined && !/\A\d+\z/ } $pictures, $seconds, $seed;
$pictures //= 100_000;
$seconds //= 600;
$seed //= int(time) % 100_000;
srand $seed;

$ENV{STORYIMG_BUILD} = $build;
unshift @INC, "$src/t/lib";
require JSON::PP;
require StoryImg::Jobs;
require StoryImg::Pictures;
require StoryImg::Test;
$| = 1;
$SIG{INT} = sub { exit 1 };

my $EPOCH = 1_700_000_000_000;
my $LIST = '/api/images/generated';
my (%count, @complaints);

sub complain { push @complaints, $_[0]; print "COMPLAINT: $_[0]\n"; return }

sub fill {
    my ($server) = @_;
    my ($folder, $began) = ($server->root . '/generated', time);
    my ($uid, $gid) = (stat $folder)[4, 5];
    for my $n (1 .. $pictures) {
        my $path = sprintf '%s/story-%d-p%d.png', $folder, $EPOCH + int($n / 3), $n % 3 + 1;
        open my $f, '>:raw', $path or die "$path: $!\n";
        print {$f} StoryImg::Pictures::png(24, 16 + $n % 16, $n % 997 ? $n : 1);    # some are duplicates
        close $f;
        chown $uid, $gid, $path;
    }
    printf "%d files written in %.0f s\n", $pictures, time - $began;
    return;
}

# storyimgctl on the server's library: (exit status, output)
sub ctl {
    my ($server, @words) = @_;
    my $root = $server->root;
    my @command = ("$build/storyimgctl", '--root', $root, '--max-files', $pictures, '--save', 'on', '--site', site_of($server), @words);
    open my $out, '-|', @command or die "$command[0]: $!\n";
    my $said = do { local $/; <$out> } // '';
    close $out;
    return ($? >> 8, $said);
}

sub site_of { my ($server) = @_; return '127.0.0.1' }

sub total { my ($server) = @_; return $server->get("$LIST?limit=1")->{json}{meta}{total} // 'none' }

sub files {
    my ($server) = @_;
    opendir my $d, $server->root . '/generated' or die "no folder: $!\n";
    return scalar grep { /\.(?:png|jpg|webp)\z/ } readdir $d;
}

# What retention counts by, beside what there is: pictures, and bytes, shared ones once; all, and those that nobody keeps.
sub check_tallies {
    my ($server) = @_;
    my %is = ('held' => 'SELECT COUNT(*) FROM image', 'free' => 'SELECT COUNT(*) FROM image WHERE keep = 0',
        'held bytes' => 'SELECT SUM(size) FROM (SELECT DISTINCT site, storage, size FROM image)',
        'free bytes' => 'SELECT SUM(size) FROM (SELECT DISTINCT site, storage, size FROM image WHERE keep = 0)');
    for my $list (sort keys %is) {
        my ($counted, $there) = map { StoryImg::Jobs::ledger($server, $_)->[0][0] // 0 }
            "SELECT SUM(n) FROM tally WHERE list = '$list'", $is{$list};
        complain("tally $list: $counted, but there are $there") if $counted != $there;
    }
    return;
}

# One round: what a busy site is asked in a second or so.
sub requests {
    my ($server, $names, $stories) = @_;
    my $json = { 'Content-Type' => 'application/json' };
    my @wants;
    push @wants, { what => 'save', allowed => '200', %{ StoryImg::Jobs::posting_story($server, [pages => 3, size => '64x64']) } }
        for 1 .. 3;
    push @wants, { what => 'list', allowed => '200', path => "$LIST?limit=50" . ('', '&kind=story', '&q=lantern')[int rand 3] } for 1 .. 6;
    push @wants, { what => 'delete', allowed => '200|404', method => 'DELETE', path => "$LIST/" . splice @$names, int rand @$names, 1 }
        for grep { @$names } 1 .. 4;
    push @wants, { what => 'keep', allowed => '200|404', method => 'PATCH', path => "$LIST/$names->[rand @$names]", headers => $json,
        body => rand() < 0.5 ? '{"keep":true}' : '{"keep":false}' } for grep { @$names } 1 .. 2;
    push @wants, { what => 'forget', allowed => '200|404', method => 'DELETE', path => '/api/stories/' . shift @$stories }
        if @$stories > 20;
    return @wants;
}

sub round {
    my ($server, $names, $stories) = @_;
    my @wants = requests($server, $names, $stories);
    my @answers = $server->many(@wants);
    for my $i (0 .. $#wants) {
        my ($want, $answer) = ($wants[$i], $answers[$i]);
        $count{ $want->{what} }++;
        complain("$want->{what}: $answer->{status} " . substr $answer->{wire} // '', 0, 300)
            if $answer->{status} !~ /\A(?:$want->{allowed})\z/;
        next if ref $answer->{json} ne 'HASH';
        push @$stories, $answer->{json}{data}{id} if $want->{what} eq 'save' && ref $answer->{json}{data} eq 'HASH';
        push @$names, map { $_->{filename} } @{ $answer->{json}{data} } if $want->{what} eq 'list' && @$names < 500;
    }
    return;
}

# The administrator at work beside it, in a process of its own.
sub administrator {
    my ($server, $until) = @_;
    my $pid = fork // die "fork: $!\n";
    return $pid if $pid;
    my ($runs, $bad) = (0, 0);
    while (time < $until) {
        for my $words (['verify'], ['prune'], ['stats'], ['prune', '--dry-run'], ['list', '--limit', 20]) {
            my ($status, $said) = ctl($server, @$words, '--no-progress');
            $runs++;
            next if $status == 0;
            $bad++;
            print "storyimgctl @$words: exit $status\n", substr $said, 0, 2000;
        }
        sleep 2;
    }
    print "storyimgctl ran $runs times meanwhile\n";
    POSIX::_exit($bad ? 1 : 0);
}

sub lose_index {
    my ($server) = @_;
    my ($before, $began) = (total($server), time);
    unlink glob $server->root . '/storyimg-state/index.sqlite3*';
    my ($status, $said) = ctl($server, 'reindex', '--no-progress');
    complain("reindex: exit $status\n$said") if $status;
    my $after = total($server);
    printf "index lost and made anew in %.1f s: %s pictures before, %s after\n", time - $began, $before, $after;
    complain("$before pictures before, $after after") if $before ne $after;
    my $page = $server->get("$LIST?limit=5");
    complain("the list after it: $page->{status}") if $page->{status} != 200 || @{ $page->{json}{data} } != 5;
    my $one = $server->get("/generated/$page->{json}{data}[0]{filename}");
    complain("a picture after it: $one->{status}") if $one->{status} != 200;
    return;
}

require POSIX;
printf "seed %d, %d pictures, %d s, MPM %s\n", $seed, $pictures, $seconds, $ENV{STORYIMG_MPM} // 'event';
my ($server, $upstream) = StoryImg::Test::stack(illustrator => 'openai/gpt-image-2', conf => "StoryImgMaxFiles $pictures\n");
fill($server);
my $began = time;
my ($status, $said) = ctl($server, 'reindex', '--no-progress');
complain("reindex: exit $status\n$said") if $status;
printf "reindexed in %.1f s; the list tells of %s\n", time - $began, total($server);

my (@names, @stories);
my $until = time + $seconds;
my $admin = administrator($server, $until);
round($server, \@names, \@stories) while time < $until && @complaints < 10;
waitpid $admin, 0;
complain('storyimgctl found something while the server was at work') if $? >> 8;
printf "%s\n", join ', ', map { "$count{$_} x $_" } sort keys %count;

StoryImg::Jobs::wait_for(sub { !StoryImg::Jobs::ledger($server, 'SELECT COUNT(*) FROM doomed')->[0][0] }, 90);
sleep 3;
my ($total, $files) = (total($server), files($server));
my $kept = StoryImg::Jobs::ledger($server, 'SELECT COUNT(*) FROM image WHERE keep = 1')->[0][0];
print "$total listed, $files files, $kept kept, at most $pictures others\n";
complain("$total listed, but $files files") if $total != $files;
check_tallies($server);
complain("$total listed, $kept kept: more than $pictures others") if $total - $kept > $pictures;
($status, $said) = ctl($server, 'verify', '--no-progress');
complain("verify: exit $status\n$said") if $status;
print "verify: exit $status\n";
lose_index($server);
($status, $said) = ctl($server, 'verify', '--no-progress');
complain("verify after it: exit $status\n$said") if $status;
complain($_) for $server->complaints;
require Test::More;
Test::More::plan(tests => 1);
$server->stop;
print @complaints ? scalar(@complaints) . " complaints, seed $seed\n" : "no complaint\n";
exit(@complaints ? 1 : 0);
