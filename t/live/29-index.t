#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# The index is locked by somebody, or gone for a while: nothing is bought that could not be written down, nothing is lost,
# and all is well when it is back.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use Fcntl qw(F_SETLK F_WRLCK SEEK_SET);
use JSON::PP ();
use Test::More;
use Time::HiRes qw(sleep time);

use StoryImg::Jobs;
use StoryImg::Test;

plan skip_all => 'locks of files look different here' if $^O ne 'linux' || length(pack 'l!', 0) != 8;

my ($on, $off) = (JSON::PP::true, JSON::PP::false);
my $generate = '/api/stories/generate';
my $list = '/api/stories/illustrations/jobs';
my ($server, $upstream) = stack(upstream => { pages => 3 });
my $index = $server->root . '/storyimg-state/index.sqlite3';
# Where SQLite says who writes: a byte of the -shm file while it is in use, else a range of the file itself.
my @writer = ("$index-shm", 120, 1);
my @whole = ($index, 0x40000000, 512);

# A lock as another program would have it. Held until what is returned goes away.
sub lock_index {
    my ($path, $from, $length) = @_;
    open my $file, '+<', $path or die "$path: $!\n";
    my $range = pack 's s x4 q q i x4', F_WRLCK, SEEK_SET, $from, $length, 0;
    wait_for(sub { fcntl $file, F_SETLK, $range }) || die "$path: cannot be locked: $!\n";
    return $file;
}

sub degraded { return [map { $_->{code} } @{ $_[0]{json}{degraded} // [] }] }
sub bill { return join ' ', scalar(() = $upstream->texts), scalar(() = $upstream->images) }
sub drawn { return scalar grep { $_->{path} =~ /images/ } $upstream->answers }
sub wants { return map({ posting_story($server, [size => '64x64', async => $_]) } $off, $on), { path => '/api/health' } }

# A story in its own thread and one in the background, whose pictures have been sent for.
sub two_under_way {
    $upstream->rules({ path => '/v1/images/', delay => slow(2) });
    my $call = $server->begin(%{ posting_story($server, [size => '64x64']) });
    my (undef, $id) = tell_async($server);
    wait_for(sub { 6 == (() = $upstream->images) });
    return ($call, $id);
}

# Nobody may be asked to draw what cannot be written down.
sub is_closed {
    my ($name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $before = bill();
    my ($sync, $async, $health) = $server->many(wants());
    is_problem($sync, 503, 'index-unavailable', undef, "$name: 503");
    is_problem($async, 503, 'index-unavailable', undef, "$name: in the background likewise");
    cmp_ok($sync->{seconds}, '<', slow(8), "$name: soon");
    is_deeply([$health->{status}, degraded($health)], [200, ['index-unavailable']], "$name: /health says so");
    return is(bill(), $before, "$name: nothing was sent");
}

# What was under way has all its pictures, each bought once.
sub is_kept {
    my ($call, $id, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $story = is_story((await($call))[0], "$name: the call that waited gets its story");
    my $job = wait_job($server, $id);
    is_deeply([drawn_of($story), drawn_of($job)], [[1, 2, 3], [1, 2, 3]], "$name: every page that was drawn is written down")
        || diag(JSON::PP->new->pretty->encode([$story, $job]));
    is_saved($server, $_) for pictures_of($story), pictures_of($job);
    is(bill(), '2 6', "$name: nothing was sent twice");
    $upstream->rules;
    is_story($server->post_json($generate, order(pages => 1, size => '64x64')), "$name: and new stories are told");
    return is_deeply(degraded($server->get('/api/health')), [], "$name: all is well again");
}

subtest 'locked by a writer' => sub {
    is_story($server->post_json($generate, order(generateIllustrations => $off)), 'before');
    my ($call, $id) = two_under_way();
    my $lock = lock_index(@writer);
    is($server->get($_)->{status}, 200, "$_ can be read") for $list, '/api/stories', job_path($id);
    is_closed('locked');
    ok(wait_for(sub { drawn() == 6 }), 'meanwhile the pictures have come');
    close $lock;
    is_kept($call, $id, 'open again');
};

subtest 'gone for a while' => sub {
    my ($call, $id) = two_under_way();
    my ($aside, @parts) = ($server->root . '/aside', grep { -e "$index$_" } '', '-wal', '-shm');
    mkdir $aside;
    rename "$index$_", "$aside/index$_" for @parts;
    mkdir $index;
    is_closed('gone');
    is_problem($server->get($_), 503, 'index-unavailable', undef, "$_: 503") for $list, '/api/stories', job_path($id);
    ok(wait_for(sub { drawn() == 6 }), 'meanwhile the pictures have come');
    rmdir $index;
    rename "$aside/index$_", "$index$_" for @parts;
    is_kept($call, $id, 'back again');
};

subtest 'locked at the start' => sub {
    $upstream->rules;
    $server->expect_log(qr/\[storyimg:\w+\]/);
    $server->stop;
    my $lock = lock_index(@whole);
    my $began = time;
    $server->start;
    cmp_ok(time - $began, '<', slow(4), 'which is not delayed');
    is_closed('locked');
    close $lock;
    is_story($server->post_json($generate, order(pages => 1, size => '64x64')), 'then it is open, and all is well');
    is($server->get($list)->{json}{meta}{total}, 7, 'nothing is lost');
};

is_deeply([map { $_->{refused} } $upstream->refused], [], 'no request was one that the API refuses');
is_tidy($server);
done();
