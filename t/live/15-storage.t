#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# Where pictures go: folders made, folders refused, disks full; found out before anything is paid for.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use Test::More;

use StoryImg::Conf ();
use StoryImg::Pictures ();
use StoryImg::Server;
use StoryImg::Test;

my @generate = ('/api/stories/generate', order(pages => 1, size => '64x64'));
my $user = StoryImg::Conf::user();

subtest 'folders are made, as the administrator owns ServerRoot' => sub {
    my ($server, $upstream) = stack(root_owned => 1);
    ok(-d $server->root . "/$_", "$_ is there") for qw(generated storyimg-state);
    is_saved($server, is_story($server->post_json(@generate))->{illustrations}[0]);
    my ($mode, $owner) = (stat $server->root . '/generated')[2, 4];
    is(sprintf('%04o', $mode & 07777), '0755', 'everybody may read the pictures');
    is($owner, $user ? scalar getpwnam $user : $>, 'children may write');
    is((stat $server->root . '/storyimg-state')[2] & 7, 0, 'the state is nobody else\'s');
    is((stat $server->root . '/storyimg-state/index.sqlite3')[2] & 7, 0, 'nor is the index');
    $server->stop;
};

subtest 'deep folders, and folders elsewhere' => sub {
    my ($server, $upstream) = stack(conf => "StoryImgGeneratedDir \@ROOT\@/deep/er/pictures\nStoryImgStateDir \@ROOT\@/else/where\n");
    my $picture = is_story($server->post_json(@generate))->{illustrations}[0];
    ok(-e $server->root . '/deep/er/pictures/' . substr($picture->{localUrl}, 11), 'are made');
    $server->stop;
};

subtest 'a folder that vanishes' => sub {
    my ($server, $upstream) = stack(root_owned => 0);
    is_story($server->post_json(@generate));
    system 'rm', '-rf', $server->root . '/generated';
    is_saved($server, is_story($server->post_json(@generate))->{illustrations}[0], 'is made again');
    $server->expect_log(qr/\[storyimg:warn\]/);
    $server->stop;
};

subtest 'not writable' => sub {
    my $upstream = StoryImg::Upstream->new;
    my $server = with_upstream($upstream, root_owned => 1);
    mkdir $server->root . "/$_" for qw(generated storyimg-state);
    chmod 0555, $server->root . '/generated';
    $server->start;
    like($server->log_text, qr/StoryImgGeneratedDir \S+: .*(?:may not write|cannot be)/, 'is said at start');
    $upstream->clear;
    is_problem($server->post_json(@generate), 500, 'storage-unwritable');
    unlike($server->post_json(@generate)->{content}, qr/\Q@{[ $server->root ]}\E/, 'without the path');
    is(scalar(() = $upstream->log), 0, 'before any call');
    is($server->get('/api/health')->{json}{degraded}[0]{code}, 'storage-unwritable', 'and in /health');
    my @left = grep { !/index/ } saved_files($server);
    is_deeply(\@left, [], 'nothing written');
    chmod 0755, $server->root . '/generated';
    chown((getpwnam $user)[2, 3], $server->root . '/generated', $server->root . '/storyimg-state') if $user;
    is_saved($server, is_story($server->post_json(@generate), 'and when it is mended, all is well')->{illustrations}[0]);
    $server->expect_log(qr/\[storyimg:(?:warn|error)\]/);
    $server->stop;
};

subtest 'a file in the place of a folder' => sub {
    my $upstream = StoryImg::Upstream->new;
    my $server = with_upstream($upstream);
    $server->write_file('generated', 'x');
    $server->start;
    like($server->log_text, qr/StoryImgGeneratedDir/, 'is said at start');
    is_problem($server->post_json(@generate), 500, 'storage-unwritable');
    is(scalar(() = $upstream->log), 0, 'before any call');
    $server->expect_log(qr/\[storyimg:(?:warn|error)\]/);
    $server->stop;
};

subtest 'less room than StoryImgMinFree' => sub {
    my ($server, $upstream) = stack(conf => "StoryImgMinFree 900000G\n");
    is_problem($server->post_json(@generate), 507, 'storage-full');
    is($server->get('/api/health')->{json}{degraded}[0]{code}, 'storage-full', 'also in /health');
    is_untouched($server, $upstream);
    $server->expect_log(qr/\[storyimg:error\].*storage-full/);
    $server->stop;
};

subtest 'a full disk' => sub {
    plan skip_all => 'only root can mount' if $>;
    my $upstream = StoryImg::Upstream->new;
    my $server = with_upstream($upstream, conf => "StoryImgMinFree 0\nStoryImgGeneratedDir \@ROOT\@/small\n");
    my $folder = $server->root . '/small';
    mkdir $folder;
    plan skip_all => 'no tmpfs here' if system "mount -t tmpfs -o size=8m,mode=0777 tmpfs $folder 2>/dev/null";
    my $result = eval {
        $server->start;
        is_story($server->post_json(@generate), 'with room all is well');
        open my $filler, '>', "$folder/filler" or die;
        syswrite $filler, "\0" x 1_048_576 for 1 .. 3;
        close $filler;
        $upstream->clear;
        is_story($server->post_json(@generate), 'with little, too');
        $upstream->rules({ path => '/v1/images/', big => 6 });
        page_error(is_story($server->post_json(@generate), 'a picture too many: the story comes'), 1, 'storage-full',
            'the page says why');
        my @odd = grep { !/\Astory-\d+-p1\.png\z|\Afiller\z/ } StoryImg::Test::files_below($folder);
        is_deeply(\@odd, [], 'nothing partial is left');
        is($server->get('/api/images/generated')->{json}{meta}{total}, 2, 'nor listed');
        open $filler, '>>', "$folder/filler" or die;
        1 while syswrite $filler, "\0" x 65_536;
        $upstream->clear;
        my $refused = $server->post_json(@generate);
        is_problem($refused, 507, 'storage-full');
        is(scalar(() = $upstream->log), 0, 'a full disk is found out before any call');
        $server->expect_log(qr/\[storyimg:(?:warn|error)\]/);
        $server->stop;
        1;
    };
    diag($@) if !$result;
    undef $server if !$result;
    system 'umount', '-l', $folder;
    ok($result, 'no exception');
};

subtest 'the index is broken' => sub {
    my $upstream = StoryImg::Upstream->new;
    my $server = with_upstream($upstream);
    mkdir $server->root . '/storyimg-state';
    $server->write_file('storyimg-state/index.sqlite3', "this is no database\n" x 1000, 0666);
    chown((getpwnam $user)[2, 3], $server->root . '/storyimg-state') if $user;
    $server->start;
    is_problem($server->post_json(@generate), 503, 'index-unavailable');
    is_problem($server->get('/api/images/generated'), 503, 'index-unavailable');
    is(scalar(() = $upstream->log), 0, 'found out before any call');
    unlink $server->root . '/storyimg-state/index.sqlite3';
    is_story($server->post_json(@generate), 'and when it is out of the way, all is well');
    $server->expect_log(qr/\[storyimg:(?:warn|error)\]/);
    $server->stop;
};

done();
