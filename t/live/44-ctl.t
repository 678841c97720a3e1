#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# storyimgctl beside a server: each command in words and as JSON, what it is given, how it ends.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use JSON::PP ();
use POSIX ();
use Test::More;

use StoryImg::Ctl qw(ctl ctl_json ctl_ends run_ctl);
use StoryImg::Jobs;
use StoryImg::Pictures ();
use StoryImg::Test;

my ($on, $off) = (JSON::PP::true, JSON::PP::false);
my $generate = '/api/stories/generate';
my @commands = qw(list show stats prune verify reindex forget jobs check-config);
my ($server, $upstream) = stack();
my ($generated, $state) = map { $server->root . "/$_" } qw(generated storyimg-state);
my $index = "$state/index.sqlite3";

sub all_of {
    my ($path) = @_;
    my (@all, $cursor);
    do {
        my $json = $server->get("/api$path?limit=1000" . (defined $cursor ? "&cursor=$cursor" : ''))->{json};
        push @all, @{ $json->{data} };
        $cursor = $json->{meta}{nextCursor};
    } while (defined $cursor);
    return @all;
}

sub names { return [map { $_->{filename} } @_] }

# Everything below a folder, with whose it is.
sub owners {
    my %uid;
    for my $folder ($generated, $state) {
        $uid{ (stat "$folder/$_")[4] }++ for StoryImg::Test::files_below($folder);
    }
    return [sort keys %uid];
}

subtest 'words' => sub {
    my $root = $server->root . '/nowhere';
    mkdir $root;
    ctl_ends(run_ctl({}, '--help'), 0, qr/Commands\n.*verify.*--generated-dir.*Exit status/s, '--help');
    ctl_ends(run_ctl({}, '--version'), 0, qr/\Astoryimgctl \d/, '--version');
    for my $command (@commands) {
        ctl_ends(run_ctl({}, $command, '--help'), 0, qr/\Astoryimgctl $command/, "$command --help");
        my $operand = $command =~ /show|forget/ ? 'some' : ();
        my $run = run_ctl({}, '--root', $root, $command, $operand // ());
        ctl_ends($run, $command eq 'check-config' ? 1 : 2, qr/StoryImg(?:Index|GeneratedDir)/, "$command where there is nothing");
        is_deeply([glob "$root/* $root/.??*"], [], 'and it makes nothing');
        ctl_ends(run_ctl({}, '--root', $root, $command, qw(a b)), 2, qr/takes no such operand/, "$command: too many words");
        ctl_ends(run_ctl({}, '--root', $root, $command, '--nope'), 2, qr/--nope: no such option/, "$command: an unknown option");
    }
    ctl_ends(run_ctl({}, @$_), 2, qr/\Astoryimgctl: .+\n\z/, "'@$_'") for [], ['nope'], ['sign'], ['keygen'], ['migrate'], ['show'],
        ['forget'], ['-x'], ['list', '--limit'], ['list', '--max-files', 'many'], ['list', '--max-files', ''], ['list', '--json=yes'],
        ['--generated-dir', 'a', '--state-dir', 'a/b', 'list'], ['--index', 'pgsql:x', 'list'], ["no\nsuch\e[31m"];
    my $run = run_ctl({}, '--json', '--root', $root, 'list');
    my @wrong = ($run, run_ctl({}, 'nope', '--json'), run_ctl({}, 'list', '--kind', 'comic', '--json'));
    is_deeply([map { sort keys %{ JSON::PP::decode_json($_->{out}) } } @wrong], [('error') x 3],
        'with --json an error is a document as well');
};

my $story = is_story($server->post_json($generate, order(pages => 3, size => '64x64', subject => 'kid-1')));
my (undef, $job) = is_accepted($server->post_json($generate, order(pages => 2, size => '64x64', async => $on, subject => 'kid-2')));
wait_job($server, $job);
is_story($server->post_json($generate, order(pages => 2, size => '64x64')));

subtest 'list' => sub {
    my @all = all_of('/images/generated');
    my $json = ctl_json($server, 0, 'list');
    is_deeply(names(@{ $json->{images} }), names(@all), 'as the API has it');
    is($json->{count}, 7, 'seven');
    my %first = %{ $json->{images}[0] };
    is_deeply([@first{qw(size sha256 storyId width site)}], [@{ $all[0] }{qw(size sha256 storyId)}, 64, '127.0.0.1'], 'a record');
    my @words = map { /(\S+\.png)\z/ } split /\n/, ctl($server, 'list')->{out};
    is_deeply(\@words, names(@all), 'in words');
    is_deeply(names(@{ ctl_json($server, 0, 'list', '--limit', 2)->{images} }), names(@all[0, 1]), '--limit');
    my @of = grep { $_->{storyId} eq $story->{id} } @all;
    is_deeply(names(@{ ctl_json($server, 0, 'list', "--story=$story->{id}")->{images} }), names(@of), '--story');
    is(ctl_json($server, 0, 'list', '--kind', 'portrait')->{count}, 0, '--kind');
    is(ctl_json($server, 0, 'list', '--from', $all[2]{createdAt})->{count}, 3, '--from') if $all[2]{createdAt} ne $all[3]{createdAt};
    is(ctl_json($server, 0, '--site', 'other', 'list')->{count}, 0, '--site');
    ctl_ends(ctl($server, 'list', @$_), 2, qr/\Astoryimgctl: /, "@$_") for ['--limit', 0], ['--limit', -1], ['--limit', 'x'],
        ['--from', 'now'], ['--from', '2026-02-02', '--to', '2026-02-01'], ['--q', 'x' x 2000];
};

subtest 'show' => sub {
    my ($name) = map { $_->{filename} } all_of('/images/generated');
    my $json = ctl_json($server, 0, 'show', $name);
    is_deeply([@$json{qw(filename file thumbnail)}], [$name, 'there', $off], 'a picture');
    ctl_ends(ctl($server, 'show', $name), 0, qr/filename\s+\Q$name\E\n.*file\s+there/s);
    ctl_ends(ctl($server, 'show', $_), 1, qr/no picture has this name/, "not '$_'") for 'story-1-p1.png', '../../etc/passwd', '';
};

subtest 'stats' => sub {
    my $json = ctl_json($server, 0, 'stats');
    my $bytes = 0;
    $bytes += $_->{size} for all_of('/images/generated');
    is_deeply([@$json{qw(site pictures bytes bytesStored stories duplicates kept pagesPending)}],
        ['127.0.0.1', 7, $bytes, $bytes, 3, 0, 0, 0], 'counted');
    is_deeply([$json->{kinds}{story}{count}, $json->{jobs}], [7, { completed => 3 }], 'by sort');
    is(ctl_json($server, 0, 'stats', '--max-files', 4)->{retention}{picturesOver}, 3, 'what limits would remove');
    ctl_ends(ctl($server, 'stats'), 0, qr/pictures\s+7 .*free disk\s+\d/s);
};

subtest 'jobs' => sub {
    my $json = ctl_json($server, 0, 'jobs');
    is_deeply([map { $_->{id} } @{ $json->{jobs} }], [map { $_->{id} } all_of('/stories/illustrations/jobs')], 'as the API has them');
    is_deeply([@{ $json->{jobs}[1] }{qw(id status done failed total)}], [$job, 'completed', 2, 0, 2], 'one of them');
    is(ctl_json($server, 0, 'jobs', '--status', 'completed')->{count}, 3, '--status');
    is(ctl_json($server, 0, 'jobs', '--status', 'failed')->{count}, 0, 'none');
    ctl_ends(ctl($server, 'jobs', '--status', 'bored'), 2, qr/--status bored: must be/);
    ctl_ends(ctl($server, 'jobs'), 0, qr/completed    2 of  2,  0 failed  $job/);
};

subtest 'configuration' => sub {
    my @lines = ('GENERATED_IMAGE_MAX_FILES=11', 'GENERATED_IMAGE_MAX_MB=3', 'OPENAI_API_KEY=sk-of-the-file', '');
    my $env = $server->write_file('ctl.env', join("\n", @lines), 0600);
    my @words = ('--root', $server->root, '--env-file', $env, '--pixel-program', StoryImg::Conf::pixel_program($server));
    my $read = sub {
        my ($env, @more) = @_;
        my $run = run_ctl($env, @words, '--json', 'check-config', @more);
        unlike($run->{out} . $run->{err}, qr/sk-of/, 'no key is shown');
        return JSON::PP::decode_json($run->{out})->{configuration};
    };
    my %twelve = (GENERATED_IMAGE_MAX_FILES => 12);
    is_deeply($read->({})->{'max-files'}, { value => '11', from => 'env file' }, 'an env file');
    is_deeply($read->(\%twelve)->{'max-files'}, { value => '12', from => 'environment' }, 'the environment');
    is_deeply($read->(\%twelve, '--max-files', 13)->{'max-files'}, { value => '13', from => 'option' }, 'an option');
    is_deeply([@{ $read->({}) }{qw(OPENAI_API_KEY AZURE_OPENAI_API_KEY)}], ['set', 'not set'], 'keys');
    is($read->({})->{'max-size'}{value}, 3 * 1024 * 1024, 'in megabytes');
    is($read->({})->{'state-dir'}{value}, $state, 'a folder, whole');
    chmod 0644, $env;
    ctl_ends(run_ctl({}, @words, 'list'), 2, qr/everybody may read it/, 'a key for everybody');
    ctl_ends(run_ctl({}, '--env-file', '/nowhere', 'list'), 2, qr/cannot be read/, 'no env file');
    mkdir $server->root . '/uploads';
    my ($uid, $gid) = (stat $generated)[4, 5];
    chown $uid, $gid, $server->root . '/uploads';
    ctl_ends(ctl($server, 'check-config'), 0, qr/fine\n\z/, 'all is well');
    ctl_ends(ctl($server, 'check-config', '--quiet', '--pixel-program', '/bin/false'), 1, qr/\AStoryImgPixelProgram: it ended with 1\n\z/);
    ctl_ends(ctl($server, 'check-config', '--quiet', '--pixel-program', '/nowhere'), 1, qr/\AStoryImgPixelProgram: /);
    ctl_ends(ctl($server, 'check-config', '--quiet', '--min-free', '900000G'), 1, qr/\AStoryImgMinFree: .* free/);
    ctl_ends(ctl($server, 'check-config', '--quiet', '--generated-dir', 'nope'), 1, qr/StoryImgGeneratedDir: /);
};

# What bash offers after some words.
sub offered {
    my (@words) = @_;
    local $ENV{PATH} = "$StoryImg::Conf::BUILD:$ENV{PATH}";
    my $script = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _storyimgctl; printf "%s\n" "${COMPREPLY[@]}"';
    open my $out, '-|', 'bash', '-c', $script, 'bash', "$StoryImg::Conf::PROJECT/conf/completion/storyimgctl", 'storyimgctl', @words;
    chomp(my @offered = <$out>);
    return "@offered";
}

subtest 'completion and manual' => sub {
    is(offered(''), "@commands", 'the commands');
    is(offered('ver'), 'verify', 'one of them');
    is(offered('--json', 'verify', '--fa'), '--fast', 'an option of a command');
    is(offered('list', '--fa'), '', 'which others do not have');
    is(offered('--max-f'), '--max-files', 'an option of the configuration');
    is(offered('list', '--kind', 'po'), 'portrait', 'a value');
    my $manual = StoryImg::Server::slurp("$StoryImg::Conf::PROJECT/docs/storyimgctl.1");
    for my $command (@commands) {
        my @options = run_ctl({}, $command, '--help')->{out} =~ /^  (--[\w-]+)/mg;
        my ($section) = $manual =~ /^(\.It Cm $command\b.*(?:\n(?!\.It Cm [a-z]).*)*)/m;
        is_deeply([grep { $section !~ /\Q$_\E/ } @options], [], "the manual has $command @options");
    }
};

subtest 'a bar on a terminal alone' => sub {
    my ($script) = grep { -x } map { "$_/script" } split /:/, $ENV{PATH};
    plan skip_all => 'no program script' if !$script;
    my $many = $server->root . '/many';
    mkdir $_ for $many, "$many/generated";
    my $png = StoryImg::Pictures::png(16, 16, 'many');
    for my $n (1 .. 5000) {
        open my $out, '>:raw', "$many/generated/story-$n-p1.png" or die "$n: $!\n";
        print {$out} $png;
        close $out;
    }
    my @words = ("$StoryImg::Conf::BUILD/storyimgctl", '--root', $many, '--site', 'Tales.Example');
    local @ENV{qw(TERM ASAN_OPTIONS)} = ('xterm', 'detect_leaks=0');
    like(qx($script -qec '@words reindex' /dev/null </dev/null), qr/files \[.*\e\[K.*5000/s, 'is drawn, and goes');
    ctl_ends(run_ctl({}, '--root', $many, '--site', 'tales.example', 'list', '--limit', 1), 0, qr/story-/, 'a name has no case');
    like(run_ctl({}, '--root', $many, '--site', 'tails.example', 'stats')->{err}, qr/tails\.example.* knows only tales\.example/,
        'a site that the index does not know is told');
    unlink "$many/storyimg-state/index.sqlite3";
    unlike(qx($script -qec '@words --no-progress reindex' /dev/null </dev/null), qr/\e/, 'no bar if that is asked for');
    unlink "$many/storyimg-state/index.sqlite3";
    unlike(run_ctl({ TERM => 'xterm' }, @words[1 .. 4], 'reindex')->{err}, qr/\e/, 'nor where there is no terminal');
};

subtest 'prune' => sub {
    my @before = saved_files($server);
    my @all = all_of('/images/generated');
    ctl_ends(ctl($server, 'prune'), 0, qr/\A0 pictures, 0 bytes\n\z/, 'no limits');
    my @limits = ('--max-files', 5);
    my $dry = ctl($server, 'prune', '--dry-run', @limits);
    is_deeply([saved_files($server)], \@before, 'a dry run removes nothing');
    my $json = ctl_json($server, 0, 'prune', '--dry-run', @limits);
    is_deeply([names(@{ $json->{removed} }), $json->{count}], [names(@all[6, 5]), 2], 'and says what would go');
    my $real = ctl($server, 'prune', @limits);
    is_deeply($real, $dry, 'what goes then is the same');
    like($real->{out}, qr/\Acount\s+$all[6]{size}  $all[6]{filename}\ncount .*\n2 pictures, /, 'name, reason, bytes');
    is_deeply(names(all_of('/images/generated')), names(@all[0 .. 4]), 'they are gone from the list');
    is(scalar(() = saved_files($server)), 5, 'and from the folder');
    ctl_ends(ctl($server, 'verify', '--quiet'), 0, qr/\A\z/, 'nothing is amiss');
};

subtest 'forget' => sub {
    my $upload = ctl_json($server, 0, 'forget', 'kid-1');
    is_deeply($upload, { stories => 1, jobs => 1, images => 1, uploads => 0, descriptors => 0, requests => 0 }, 'counts');
    ctl_ends(ctl($server, 'forget', 'kid-2'), 0, qr/erased: 1 stories, 1 jobs, 2 pictures/);
    ctl_ends(ctl($server, 'forget', 'nobody'), 0, qr/erased: 0 stories/);
    is(scalar(() = saved_files($server)), 2, 'their files are gone');
    is(scalar(() = all_of('/stories')), 1, 'and their stories');
    ctl_ends(ctl($server, 'verify', '--quiet'), 0, qr/\A\z/, 'nothing is amiss');
};

subtest 'two sites' => sub {
    my $conf = "StoryImgIndex sqlite3:\@ROOT\@/shared/index.sqlite3\n";
    my $two = with_upstream($upstream, vhosts => [map { { name => $_, conf => $conf } } qw(a.example b.example)]);
    my ($uid, $gid) = (stat $two->root . '/a.example')[4, 5];
    mkdir $two->root . '/shared';
    chown $uid, $gid, $two->root . '/shared';
    $two->start;
    for my $site (qw(a.example b.example)) {
        is_story($two->post_json($generate, order(pages => 1, size => '64x64', subject => 'kid'), Host => $site), "a story at $site");
    }
    my @place = ('--index', 'sqlite3:shared/index.sqlite3', map { ("--$_->[0]-dir", "a.example/$_->[1]") } ['generated', 'generated'],
        ['state', 'storyimg-state']);
    is(ctl_json($two, 0, @place, 'list')->{count}, 2, 'one list');
    is(ctl_json($two, 0, @place, '--site', 'a.example', 'list')->{count}, 1, 'of one of them');
    my $which = qr/several sites .*--site with one of a\.example b\.example/;
    ctl_ends(ctl($two, @place, $_), 2, $which, "$_ asks which") for qw(stats verify prune);
    is(ctl_json($two, 0, @place, '--site', 'a.example', 'verify')->{checked}, 1, 'the picture of the other is not missing');
    is(ctl_json($two, 0, @place, '--site', 'b.example', 'stats')->{pictures}, 1, 'stats of one');
    my $wrong = qr/1 of the pictures that are to go .* is it the folder of site b\.example/;
    for my $dry ([], ['--dry-run']) {
        ctl_ends(ctl($two, @place, '--site', 'b.example', 'prune', '--max-age', '1ms', @$dry), 2, $wrong, "no record goes alone: @$dry");
    }
    my @ask = ("$StoryImg::Conf::BUILD/t/torture/query", $two->root . '/shared/index.sqlite3');
    my $marked = "INSERT INTO doomed SELECT filename, site, 1 FROM image WHERE site = 'b.example'";
    system($ask[0], '--write', $ask[1], $marked) == 0 or die "query\n";
    ctl_ends(ctl($two, @place, '--site', 'a.example', 'prune'), 0, qr/\A0 pictures/, 'nothing to go at one');
    is(qx(@ask 'SELECT COUNT(*) FROM doomed') + 0, 1, 'what the other has marked stays so');
    ctl_ends(ctl($two, @place, 'forget', 'kid'), 2, qr/site b\.example .*--also-dir/, 'no file is passed by');
    my $gone = ctl_json($two, 0, @place, '--also-dir', 'b.example/generated', 'forget', 'kid');
    my @left = map { scalar(() = saved_files($two, $_)) } qw(a.example b.example);
    is_deeply([@$gone{qw(stories images)}, @left], [2, 2, 0, 0], 'all is gone');
    $two->stop;
};

SKIP: {
    skip 'only root becomes another', 3 if $>;
    is_deeply(owners(), [(stat $state)[4]], 'nothing belongs to root');

    # a symlink of the web user's leads to a folder of root's in which everybody may write
    my ($led, $open) = map { $server->root . "/$_" } qw(led open);
    mkdir $_ for $led, "$led/generated", $open;
    chmod 01777, $open;
    my ($uid, $gid) = (stat $state)[4, 5];
    chown $uid, $gid, $led, "$led/generated";
    symlink $open, "$led/storyimg-state";
    system('chown', '-h', $uid, "$led/storyimg-state") == 0 or die "chown\n";
    run_ctl({}, '--root', $led, 'reindex');
    my @made = glob "$open/*";
    is_deeply([map { (stat $_)[4] } @made], [map { $uid } @made], 'root does not go where somebody else leads');
    ok(scalar @made, 'who leads does');
}
done();
