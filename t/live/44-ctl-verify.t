#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# storyimgctl verify and reindex: each kind of damage is found and nothing else is, also while the server saves and removes;
# files of others and symlinks are left alone; an index that is gone comes back from the files.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use JSON::PP ();
use Test::More;
use Time::HiRes qw(sleep time);

use StoryImg::Ctl qw(ctl ctl_json ctl_ends);
use StoryImg::Jobs;
use StoryImg::Pictures ();
use StoryImg::Test;

my $generate = '/api/stories/generate';
my ($server, $upstream) = stack(conf => "StoryImgMaxPages 12\n");
my $generated = $server->root . '/generated';
my $state = $server->root . '/storyimg-state';
my @user = $> ? () : (getpwnam StoryImg::Conf::user())[2, 3];

sub story_of { my ($pages, %more) = @_; return is_story($server->post_json($generate, order(pages => $pages, size => '64x64', %more))) }
sub records { return $server->get('/api/images/generated?limit=1000')->{json}{data} }

# A file of somebody's in the folder.
sub put {
    my ($name, $bytes) = @_;
    open my $out, '>:raw', "$generated/$name" or die "$name: $!\n";
    print {$out} $bytes;
    close $out or die "$name: $!\n";
    chown @user, "$generated/$name" if @user;
    return $name;
}

sub bytes_of { return StoryImg::Server::slurp("$generated/$_[0]") }

# What verify finds: kind, name, sorted.
sub found {
    my (@options) = @_;
    my $run = ctl($server, '--json', 'verify', @options);
    my $json = eval { JSON::PP::decode_json($run->{out}) };
    my @found = sort map { "$_->{kind} $_->{filename}" } @{ $json->{findings} // [] };
    return \@found if ref $json->{findings} && $run->{status} == (@found ? 1 : 0) && $json->{found} == @found;
    return ["verify ended with $run->{status}: $run->{out}$run->{err}"];
}

# Everything in the folder: names, what they are, bytes.
sub census {
    my %is = map { my $path = "$generated/$_"; $_ => -l $path ? 'link to ' . readlink $path : -f $path ? bytes_of($_) : 'other' }
        StoryImg::Test::files_below($generated);
    return \%is;
}

story_of(4);
story_of(4);
my @names = map { $_->{filename} } @{ records() };

subtest 'nothing is wrong' => sub {
    put($_, "Require all granted\n") for '.htaccess', 'thumbs/.htaccess';
    my $json = ctl_json($server, 0, 'verify');
    is_deeply([$json->{checked}, $json->{found}, $json->{findings}], [8, 0, []], 'nothing is found');
    ctl_ends(ctl($server, 'verify'), 0, qr/\A8 pictures, \S+ \S+ read; found: nothing\n\z/);
    ctl_ends(ctl($server, 'verify', '--fast'), 0, qr/by their sizes; found: nothing/);
};

subtest 'each kind of damage' => sub {
    my %whole = map { $_ => bytes_of($_) } @names[0 .. 4];
    my ($altered, $cut, $longer, $lost, $linked) = @names;
    put($altered, do { my $b = $whole{$altered}; substr($b, 60, 1) ^= "\x01"; $b });
    put($cut, substr $whole{$cut}, 0, 50);
    put($longer, "$whole{$longer}x");
    rename "$generated/$_", $server->root . "/aside-$_" for $lost, $linked;
    symlink $server->root . "/aside-$linked", "$generated/$linked";
    is_deeply(found(), [sort "altered $altered", "truncated $cut", "altered $longer", "missing $lost", "symlink $linked"], 'found');
    is_deeply(found('--fast'), [sort "truncated $cut", "altered $longer", "missing $lost", "symlink $linked"], 'by their sizes');
    my $run = ctl($server, 'verify');
    ctl_ends($run, 1, qr/found: 1 missing, 1 truncated, 2 altered, 1 symlink\n\z/, 'in words');
    unlink "$generated/$linked";
    put($_, $whole{$_}) for keys %whole;
    is_deeply(found(), [], 'mended');
};

subtest 'files of others' => sub {
    mkdir "$generated/$_" for 'folder', 'thumbs', 'thumbs/inner', '.incoming';
    chown @user, map { "$generated/$_" } 'folder', 'thumbs', '.incoming' if @user;
    my ($stem) = $names[0] =~ /(.*)\./;
    put($_, 'words') for 'folder/inside', '.hidden', "a\nfind\e[31m\r", 'index.html', '.incoming/part', 'thumbs/notes.txt';
    put('story-1738355170000-p1.png', StoryImg::Pictures::png(8, 8));
    put($_, 'a thumbnail') for "thumbs/$stem.webp", 'thumbs/story-1738355170001-p1.webp';
    symlink '/etc/passwd', "$generated/story-1738355170002-p1.png";
    symlink "$generated/$names[0]", "$generated/thumbs/story-1738355170003-p1.webp";
    my $before = census();
    my @want = sort 'foreign folder', 'foreign .hidden', "foreign a\nfind\e[31m\r", 'foreign index.html', 'foreign thumbs/notes.txt',
        'foreign thumbs/inner', 'foreign story-1738355170000-p1.png', 'orphan thumbs/story-1738355170001-p1.webp',
        'symlink story-1738355170002-p1.png', 'symlink thumbs/story-1738355170003-p1.webp';
    is_deeply(found(), \@want, 'found');
    my $run = ctl($server, 'verify', '--quiet');
    is(scalar(() = $run->{out} =~ /\n/g), scalar @want, 'one line each');
    ctl_ends($run, 1, qr/^foreign     a\\nfind\\x1b\[31m\\x0d$/m, 'nothing moves the cursor');
    SKIP: {
        skip 'no such names here', 1 if !eval { put("bytes-\xff\xfe\x9b31m", 'x') };
        ctl_ends(ctl($server, 'verify'), 1, qr/^foreign     bytes-\\xff\\xfe\\x9b31m$/m, 'what is not UTF-8');
        ctl_json($server, 1, 'verify');
        unlink "$generated/bytes-\xff\xfe\x9b31m";
    }
    is_deeply(census(), $before, 'all is as it was');
    unlink map { "$generated/$_" } grep { !/\A\Q$names[0]\E|thumbs\/\Q$stem\E/ && !/\Astory-\d+-p\d\.png\z/ } sort keys %$before;
    unlink map { "$generated/$_" } 'story-1738355170000-p1.png', 'story-1738355170002-p1.png', 'thumbs/story-1738355170003-p1.webp';
    rmdir "$generated/$_" for 'folder', 'thumbs/inner', '.incoming';
    is_deeply(found(), [], 'nothing is left of it');
    unlink "$generated/thumbs/$stem.webp";
    rmdir "$generated/thumbs";
};

# What a file can tell of a picture; its time is that of its name.
sub told_by_file {
    my ($records) = @_;
    return [map { my $r = $_; +{ map { $_ => $r->{$_} } qw(filename kind pageNumber width height size sha256) } }
        sort { $a->{filename} cmp $b->{filename} } @$records];
}

sub has_its_time {
    my ($r) = @_;
    my ($epoch) = $r->{filename} =~ /(\d+)/;
    my ($milliseconds) = $r->{createdAt} =~ /\.(\d+)Z/;
    return substr($epoch, -3) eq $milliseconds;
}

subtest 'the index is gone' => sub {
    my $before = records();
    link "$generated/$names[0]", "$generated/story-1738355170000-p1.png" or die "link: $!\n";
    put('gptimg-1738355170001-p2.jpg', StoryImg::Pictures::jpeg(7));
    put('portrait-1738355170002-p0.png', substr StoryImg::Pictures::png(32, 32), 0, 60);
    put('holiday.png', StoryImg::Pictures::png(9, 9));
    symlink "$generated/$names[1]", "$generated/story-1738355170003-p1.png";
    my $folder = census();
    $server->stop;
    unlink glob "$state/index.sqlite3*";
    ctl_ends(ctl($server, 'list'), 2, qr/No such file/, 'to look makes none');
    ok(!-e "$state/index.sqlite3", 'there is none');
    my $json = ctl_json($server, 1, '--site', '127.0.0.1', 'reindex');
    is_deeply([@$json{qw(added known broken)}], [10, 0, 2], 'made anew');
    is_deeply([sort map { "$_->{kind} $_->{filename}" } @{ $json->{findings} }],
        ['broken portrait-1738355170002-p0.png', 'symlink story-1738355170003-p1.png'], 'what is no whole picture');
    is_deeply(census(), $folder, 'no file was touched');
    is_deeply([(stat "$state/index.sqlite3")[4]], [(stat $state)[4]], 'the index is the web server\'s');
    my $again = ctl_json($server, 1, 'reindex');
    is_deeply([@$again{qw(added known broken)}], [0, 10, 2], 'a second time there is nothing to do');
    my $stats = ctl_json($server, 0, 'stats');
    is_deeply([@$stats{qw(pictures duplicates site)}, $stats->{bytes} - $stats->{bytesStored}],
        [10, 1, '127.0.0.1', length bytes_of($names[0])], 'names of one file are one storage');
    is_deeply(ctl_json($server, 0, 'show', $names[0])->{sharesWith}, ['story-1738355170000-p1.png'], 'and know of each other');
    $server->start;
    my @now = @{ records() };
    is_deeply(told_by_file([grep { $_->{filename} !~ /17383551700/ } @now]), told_by_file($before), 'the list is the same again');
    is(scalar(grep { has_its_time($_) } @now), 10, 'each of the time that its name has');
    is_deeply([sort { $b cmp $a } map { $_->{createdAt} } @now], [map { $_->{createdAt} } @now], 'newest first');
    is_deeply(found(), ['foreign holiday.png', 'foreign portrait-1738355170002-p0.png', 'symlink story-1738355170003-p1.png'], 'verify');
    unlink map { "$generated/$_" } 'holiday.png', 'portrait-1738355170002-p0.png', 'story-1738355170003-p1.png';
    story_of(2);
    is_deeply(found(), [], 'and stories are told');
};

subtest 'no site is known' => sub {
    $server->stop;
    unlink glob "$state/index.sqlite3*";
    my $run = ctl($server, 'reindex');
    ctl_ends($run, 0, qr/12 records added.*knows no site/s, 'said');
    $server->start;
    story_of(1);
    is(ctl_json($server, 0, 'stats')->{pictures}, 1, 'they are of no site');
    ctl_json($server, 0, 'reindex');
    is(ctl_json($server, 0, 'stats')->{pictures}, 13, 'a later one gives them theirs');
};

# Stories come and go meanwhile: as requests, in the background, by limits.
subtest 'while the server works' => sub {
    my $until = time + 12;
    my (@odd, $rounds, $told);
    while (time < $until) {
        my @calls = map { $server->begin(%{ posting_story($server, [pages => 6, size => '64x64', subject => "kid-$_"]) }) } 1 .. 3;
        my $prune = $rounds++ % 2 ? ctl($server, 'prune', '--max-files', 10) : undef;
        push @odd, @{ found() };
        push @odd, 'reindex added ' . JSON::PP::encode_json($_) for grep { $_->{added} } ctl_json($server, 0, 'reindex');
        $server->request(no_body('DELETE', '/api/subjects/kid-2'));
        push @odd, @{ found('--fast') };
        $told += grep { $_->{status} == 200 } map { await($_) } @calls;
    }
    is_deeply(\@odd, [], "nothing was found in $rounds rounds");
    cmp_ok($told, '>=', $rounds, "$told stories were told meanwhile");
    is_deeply(found(), [], 'nor afterwards');
};
done();
