#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# A library that looks after itself: pictures are removed, kept, stored once, not bought twice, and go when there are too many.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use JSON::PP ();
use Test::More;
use Time::HiRes qw(sleep);

use StoryImg::Jobs;
use StoryImg::Test;

my ($on, $off) = (JSON::PP::true, JSON::PP::false);
my ($generate, $single, $list) = ('/api/stories/generate', '/api/images/generate-illustration', '/api/images/generated');
my ($server, $upstream) = stack(illustrator => 'openai/gpt-image-2', conf => "LogLevel storyimg:info\n");

sub story { my ($site, %more) = @_; return is_story($site->post_json($generate, order(pages => 2, size => '64x64', %more)), 'a story') }
sub names { my ($site, $query) = @_; return map { $_->{filename} } @{ $site->get($list . ($query // ''))->{json}{data} } }
sub files { my ($site) = @_; return sort(saved_files($site)) }
sub name_of { my ($picture) = @_; return $picture->{localUrl} =~ s{.*/}{}r }
sub links { my ($site, $name) = @_; return (stat $site->root . "/generated/$name")[3] // 0 }
sub rows { my ($site, $from) = @_; return ledger($site, "SELECT COUNT(*) FROM $from")->[0][0] }
sub remove { my ($site, $path) = @_; return $site->request(no_body('DELETE', "/api$path")) }

sub patch {
    my ($site, $name, $body) = @_;
    my $text = ref $body ? JSON::PP->new->encode($body) : $body;
    return $site->request(method => 'PATCH', path => "$list/$name", headers => { 'Content-Type' => 'application/json' }, body => $text);
}

# The list, the folder and the tables tell of the same pictures.
sub agree {
    my ($site, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    wait_for(sub { !rows($site, 'doomed') }, 5);
    is_deeply([sort(names($site))], [files($site)], "$name: what is listed is there, and nothing else");
    return is(rows($site, 'doomed'), 0, "$name: nothing is left to be removed");
}

subtest 'one picture' => sub {
    my $story = story($server);
    my ($first, $second) = map { name_of($_) } @{ $story->{illustrations} };
    is_deeply(patch($server, $first, { keep => $on })->{json}{data}{keep}, $on, 'is kept');
    is_deeply($server->get("$list/$first")->{json}{data}{keep}, $on, 'and says so');
    is_deeply(patch($server, $first, { keep => $off })->{json}{data}{keep}, $off, 'and not any more');
    is_problem(patch($server, $first, $_->[0]), 400, 'invalid-body', $_->[1], "PATCH $_->[2]")
        for [{}, qr/keep/, 'of nothing'], [{ keep => 1 }, qr/keep/, 'of a number'], ['{"keep":true,"kind":"x"}', qr/kind/, 'of more'],
        ['[]', undef, 'of a list'], ['{', undef, 'of no JSON'];
    is_problem(patch($server, 'story-1-p1.png', { keep => $on }), 404, 'image-not-found', undef, 'PATCH of none');

    my $gone = remove($server, "/images/generated/$second");
    is_deeply([$gone->{status}, $gone->{json}{data}], [200, { filename => $second, images => 1 }], 'one is removed');
    is_problem(remove($server, "/images/generated/$second"), 404, 'image-not-found', undef, 'once');
    is($server->get("/generated/$second")->{status}, 404, 'its file is gone');
    is_problem($server->get("$list/$second"), 404, 'image-not-found', undef, 'its record, too');
    my $told = $server->get("/api/stories/$story->{id}")->{json}{data};
    page_error($told, $story->{illustrations}[1]{pageNumber}, 'image-removed', 'its page says so');
    is($told->{illustrations}[0]{localUrl}, "/generated/$first", 'the other page has its picture');
    agree($server, 'one removed');
};

subtest 'hostile names' => sub {
    my @before = files($server);
    open my $f, '>', $server->root . '/generated/mine.txt' or die $!;
    close $f;
    my @names = ('..', '%2e%2e', '..%2fhttpd.conf', '%2fetc%2fpasswd', 'a%00b', 'x' x 200, 'mine.txt', "story-1-p1.png'--", '%F0%9F', '.',
        'story-1-p1.png%0a', '*', '%25', '_');
    for my $name (@names) {
        my @answers = map { $_->{status} } remove($server, "/images/generated/$name"), patch($server, $name, { keep => $on });
        ok(!grep({ !/\A(?:400|404|414)\z/ } @answers), substr("DELETE and PATCH $name: @answers", 0, 80));
    }
    is_problem(remove($server, '/stories/' . $_), 404, 'story-not-found', undef, "story $_") for 'none', '%25', "x'--";
    is_deeply([files($server)], [sort @before, 'mine.txt'], 'nothing else is touched');
    unlink $server->root . '/generated/mine.txt';
};

subtest 'a story' => sub {
    my $other = story($server);
    my $story = is_story($server->post_json($generate, order(pages => 2, size => '64x64'), 'Idempotency-Key' => 'a-story'), 'a story');
    my ($kept) = map { name_of($_) } @{ $story->{illustrations} };
    patch($server, $kept, { keep => $on });
    my $gone = remove($server, "/stories/$story->{id}");
    is_deeply([$gone->{status}, $gone->{json}{data}], [200, { id => $story->{id}, stories => 1, jobs => 1, images => 2, requests => 1 }],
        'goes with all that it had');
    is_problem($server->get("/api/stories/$story->{id}"), 404, 'story-not-found', undef, 'it is gone');
    is_problem(remove($server, "/stories/$story->{id}"), 404, 'story-not-found', undef, 'once');
    is($server->get("/api/stories/$other->{id}")->{status}, 200, 'the other is there');
    is(rows($server, "call WHERE outcome = 'made' AND job_id IS NULL AND kind = 'image'") > 1, 1, 'the accounts stay');
    agree($server, 'a story removed');
};

subtest 'while it is drawn' => sub {
    $upstream->rules({ path => '/v1/images', delay => 1.5 });
    my ($story, $job) = is_accepted($server->post_json($generate, order(pages => 2, size => '64x64', async => $on)));
    my $before = () = $upstream->images;
    wait_for(sub { 2 == rows($server, "job_page WHERE state = 'sent'") });
    is(remove($server, "/stories/$story->{id}")->{json}{data}{jobs}, 1, 'a story is removed');
    is_problem($server->get(job_path($job)), 404, 'job-not-found', undef, 'its job with it');
    wait_for(sub { !rows($server, 'call WHERE outcome IS NULL') });
    sleep 0.3;
    agree($server, 'what came later');
    is_tidy($server, 'nothing partial');
    $upstream->clear;
};

subtest 'a single picture' => sub {
    my $made = $server->post_json($single, { character => { name => 'Miriella' }, sceneDescription => 'A kite above the dunes',
        pageNumber => 1, storyTitle => 'Wind' });
    my ($name) = names($server);
    is(rows($server, 'story WHERE single = 1'), 1, 'is recorded with what it was asked for with');
    is(remove($server, "/images/generated/$name")->{status}, 200, 'is removed');
    is(rows($server, 'story WHERE single = 1') + rows($server, "job_page WHERE prompt LIKE '%dunes%'"), 0, 'and with it what was asked');
};

subtest 'the same bytes' => sub {
    $upstream->rules({ path => '/v1/images', image => 'webp' });
    my @names = map { name_of($_) } map { @{ story($server)->{illustrations} } } 1, 2;
    is(links($server, $_), 4, "$_ shares its file") for @names;
    my %record = map { $_->{filename} => $_ } @{ $server->get($list)->{json}{data} };
    my @sorted = map { $_->[0] } @{ ledger($server, 'SELECT filename FROM image ORDER BY seq DESC LIMIT 4') };
    @sorted = reverse @sorted;
    is_deeply([map { $record{$_}{duplicateOf} } @sorted], [undef, @sorted[0, 0, 0]], 'each says of which it is a duplicate');
    my $bytes = ledger($server, "SELECT SUM(n) FROM tally WHERE list = 'held bytes'")->[0][0];
    my $distinct = ledger($server, 'SELECT SUM(size) FROM (SELECT DISTINCT storage, size FROM image)')->[0][0];
    is($bytes, $distinct, 'their bytes are counted once');
    my ($original, @others) = @sorted;
    my $before = $server->get("/generated/$others[0]")->{content};
    is(remove($server, "/images/generated/$original")->{status}, 200, 'the first goes');
    is($server->get("/generated/$_")->{content}, $before, "$_ is as it was") for @others;
    ok(!$server->get("$list/$others[0]")->{json}{data}{duplicateOf}, 'the next is the original now');
    is(ledger($server, "SELECT SUM(n) FROM tally WHERE list = 'held bytes'")->[0][0], $distinct, 'no byte is free yet');
    remove($server, "/images/generated/$_") for @others;
    is(ledger($server, "SELECT SUM(n) FROM tally WHERE list = 'held bytes'")->[0][0],
        ledger($server, 'SELECT COALESCE(SUM(size), 0) FROM (SELECT DISTINCT storage, size FROM image)')->[0][0], 'then they are');
    agree($server, 'duplicates');
    $upstream->clear;
};

subtest 'an original that was altered' => sub {
    $upstream->rules({ path => '/v1/images', image => 'webp' });
    my ($first) = map { name_of($_) } @{ story($server, pages => 1)->{illustrations} };
    my $path = $server->root . "/generated/$first";
    unlink $path;
    symlink '/etc/passwd', $path;
    my ($second) = map { name_of($_) } @{ story($server, pages => 1)->{illustrations} };
    is(links($server, $second), 1, 'is not shared: a symlink');
    unlink $path;
    open my $f, '>', $path or die $!;
    print {$f} 'x' x -s $server->root . "/generated/$second";
    close $f;
    my ($third) = map { name_of($_) } @{ story($server, pages => 1)->{illustrations} };
    is(links($server, $third), 1, 'nor: other bytes of the same length');
    is_saved($server, $server->get("$list/$third")->{json}{data}, 'what was paid for is what is there');
    remove($server, "/images/generated/$_") for $first, $second, $third;
    agree($server, 'altered');
    $upstream->clear;
};

subtest 'retention by count' => sub {
    my $few = with_upstream($upstream, illustrator => 'openai/gpt-image-2', conf => "StoryImgMaxFiles 3\n")->start;
    my @stories = map { story($few, pages => 1) } 1 .. 5;
    my @newest = map { name_of($_->{illustrations}[0]) } reverse @stories;
    wait_for(sub { 3 == (() = names($few)) }, 10);
    is_deeply([sort(names($few))], [sort @newest[0 .. 2]], 'the newest stay');
    agree($few, 'retention');
    page_error($few->get("/api/stories/$stories[0]{id}")->{json}{data}, $stories[0]{illustrations}[0]{pageNumber}, 'image-removed',
        'what went is told');
    patch($few, $newest[2], { keep => $on });
    story($few, pages => 1) for 1 .. 4;
    wait_for(sub { 4 == (() = names($few)) }, 10);
    ok(scalar(grep { $_ eq $newest[2] } names($few)), 'one that is kept stays, and does not count');
    agree($few, 'with one kept');
    $upstream->rules({ path => '/v1/images', delay => 3, nth => [4 .. 9] });
    my (undef, $job) = is_accepted($few->post_json($generate, order(pages => 6, size => '64x64', async => $on)));
    wait_for(sub { 3 <= rows($few, "job_page WHERE state = 'saved' AND job_id = '$job'") });
    sleep 1.5;
    is(rows($few, "image i JOIN job j ON j.story_id = i.story_id WHERE j.id = '$job'"), 3, 'pictures of a running job stay');
    wait_job($few, $job);
    wait_for(sub { 4 == (() = names($few)) }, 10);
    is(scalar(names($few)), 4, 'until it is over');
    agree($few, 'after the job');
    $upstream->clear;
    $few->stop;
};

subtest 'retention by size and age' => sub {
    $upstream->rules({ path => '/v1/images', width => 300, height => 300 });
    my $small = with_upstream($upstream, illustrator => 'openai/gpt-image-2', env => { GENERATED_IMAGE_MAX_MB => 1 }, conf => '')->start;
    $upstream->rules({ path => '/v1/images', big => 2 });
    my @big = map { name_of(story($small, pages => 1)->{illustrations}[0]) } 1 .. 2;
    wait_for(sub { 1 == (() = names($small)) }, 10);
    is_deeply([names($small)], [$big[1]], 'the newest stays, however large it is');
    agree($small, 'by size');
    $small->stop;
    $upstream->clear;

    my $young = with_upstream($upstream, illustrator => 'openai/gpt-image-2', conf => "StoryImgMaxAge 3s\n")->start;
    my $kept = story($young);
    is_story($young->post_json($generate, order(pages => 2, size => '64x64'), 'Idempotency-Key' => 'young'), 'a story with a key');
    my $keep = name_of($kept->{illustrations}[0]);
    patch($young, $keep, { keep => $on });
    wait_for(sub { 1 == (() = names($young)) }, 15);
    is_deeply([names($young)], [$keep], 'what is old goes');
    agree($young, 'by age');
    $young->stop(0);
    $young->start;    # whose housekeeping begins at once
    wait_for(sub { 1 == rows($young, 'story') }, 15);
    is_deeply([map { rows($young, $_) } qw(story job request)], [1, 1, 0], 'and what was told of it');
    is($young->get("/api/stories/$kept->{id}")->{status}, 200, 'but not where a picture stays');
    $young->stop;
};

subtest 'whoever dies in it' => sub {
    my $few = with_upstream($upstream, illustrator => 'openai/gpt-image-2', conf => '')->start;
    my @names = map { name_of($_) } @{ story($few)->{illustrations} };
    my $index = $few->root . '/storyimg-state/index.sqlite3';
    $few->stop;
    # as a process leaves it that was killed between its steps: marked, the file of one still there
    my @left = ('INSERT INTO doomed SELECT filename, site, 1 FROM image', 'UPDATE story_page SET filename = NULL', 'DELETE FROM image');
    system("$StoryImg::Conf::BUILD/t/torture/query", '--write', $index, join ';', @left) == 0 or die "query\n";
    unlink $few->root . "/generated/$names[0]";
    $few->start;
    wait_for(sub { !rows($few, 'doomed') }, 20);
    is_deeply([files($few)], [], 'the sweep goes on from there');
    is_deeply([names($few)], [], 'and recovery has listed none of them anew');
    $few->stop;
};

subtest 'two sites with one index' => sub {
    my $shared = "StoryImgIndex sqlite3:\@ROOT\@/shared/index.sqlite3\n";
    my $two = with_upstream($upstream, illustrator => 'openai/gpt-image-2', vhosts => [
        { name => 'a.example', conf => "${shared}StoryImgMaxAge 1s\n" }, { name => 'b.example', conf => $shared }]);
    my ($uid, $gid) = (stat $two->root . '/a.example')[4, 5];
    mkdir $two->root . '/shared';
    chown $uid, $gid, $two->root . '/shared';
    $two->start;
    my @order = ($generate, order(pages => 1, size => '64x64'), Host => 'b.example', 'Idempotency-Key' => 'kept');
    my $story = is_story($two->post_json(@order), 'a story of one');
    my $name = name_of($story->{illustrations}[0]);
    for my $path ("/images/generated/$name", "/stories/$story->{id}") {
        is($two->request(no_body('DELETE', "/api$path"), host => 'a.example')->{status}, 404, "the other cannot remove $path");
    }
    my %keep = (method => 'PATCH', path => "$list/$name", headers => { 'Content-Type' => 'application/json' }, body => '{"keep":true}');
    is($two->request(%keep, host => 'a.example')->{status}, 404, 'nor keep it');
    is($two->request(%keep, host => 'b.example')->{status}, 200, 'it can itself');
    $two->stop(0);
    sleep 1;
    $two->start;    # whose housekeeping begins at once
    is_story($two->post_json($generate, order(pages => 1, size => '64x64'), Host => 'a.example'), 'a story of the other');
    wait_for(sub { 1 == $two->get("$list?limit=1")->{json}{meta}{total} }, 15);
    sleep 1;
    is($two->post_json(@order)->{json}{data}{id}, $story->{id}, 'the age of the other does not end its keys');
    is($two->request(no_body('DELETE', "/api/images/generated/$name"), host => 'b.example')->{status}, 200, 'and it can remove it');
    $two->stop;
};

subtest 'reuse' => sub {
    my $site = with_upstream($upstream, illustrator => 'openai/gpt-image-2', conf => "StoryImgReuse on\n")->start;
    my $before = () = $upstream->images;
    my $first = story($site, subject => 'kid-1');
    my $second = story($site, subject => 'kid-1');
    is((() = $upstream->images) - $before, 2, 'the same order is drawn once');
    is_deeply([map { $_->{reused} // 'no' } @{ $first->{illustrations} }], ['no', 'no'], 'the first says nothing');
    is_deeply([map { ($_->{reused}, $_->{costUsd}) } @{ $second->{illustrations} }], [$on, 0, $on, 0],
        'the second says that it cost nothing');
    is_deeply([map { $_->{sha256} } @{ $second->{illustrations} }], [map { $_->{sha256} } @{ $first->{illustrations} }],
        'the same pictures');
    isnt(name_of($second->{illustrations}[0]), name_of($first->{illustrations}[0]), 'under names of their own');
    is(links($site, name_of($second->{illustrations}[0])), 2, 'in one file');
    is_deeply([map { $_->{model} } @{ $second->{illustrations} }], [map { $_->{model} } @{ $first->{illustrations} }], 'by the same model');
    remove($site, "/stories/$first->{id}");
    is_saved($site, $second->{illustrations}[0], 'the first may go');
    my $count = () = $upstream->images;
    story($site, subject => 'kid-2');
    is((() = $upstream->images) - $count, 2, "a child's picture is not given to another");
    story($site, subject => 'kid-1', size => '96x96');
    is((() = $upstream->images) - $count, 4, 'another size is another picture');
    for my $file (saved_files($site)) {
        open my $f, '+<', $site->root . "/generated/$file" or die $!;
        print {$f} 'no PNG';
        close $f;
    }
    story($site, subject => 'kid-1');
    is((() = $upstream->images) - $count, 6, 'what was altered is drawn again');
    is(rows($site, "call WHERE outcome = 'reused'"), 2, 'the ledger knows');
    $site->stop;
};

done;
