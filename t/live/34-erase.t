#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# DELETE /subjects/{subject}: all that is a child's goes, nothing of another's does, and nothing comes after.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use JSON::PP ();
use Test::More;
use Time::HiRes qw(sleep);

use StoryImg::Form qw(write_form);
use StoryImg::Jobs;
use StoryImg::Pictures ();
use StoryImg::Test;

my ($on, $off) = (JSON::PP::true, JSON::PP::false);
my $generate = '/api/stories/generate';
my @tables = qw(story story_page job job_page job_event image upload descriptor request);
my @counts = qw(stories jobs images uploads descriptors requests);
my ($server, $upstream) = stack(illustrator => 'openai/gpt-image-2', conf => "LogLevel storyimg:info\nStoryImgTimeout 20s\n");

sub erase { my ($subject, $site) = @_; return ($site // $server)->request(no_body('DELETE', "/api/subjects/$subject")) }

sub is_erased {
    my ($subject, $want, $name, $site) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $response = erase($subject, $site);
    my %want = (subject => $subject =~ s/%([0-9A-F]{2})/chr hex $1/egr);
    @want{@counts} = split / /, $want;
    return is_deeply([$response->{status}, $response->{json}], [200, { success => $on, data => \%want }], $name)
        || diag(substr $response->{wire}, 0, 2000);
}

# Photos of different widths differ in their pixels, too.
sub upload {
    my ($site, $width, $subject) = @_;
    my @parts = ({ name => 'character-image', filename => 'hero.png', type => 'image/png', bytes => StoryImg::Pictures::png($width, 64) });
    push @parts, { name => 'subject', bytes => $subject } if defined $subject;
    my ($type, $body) = write_form(@parts);
    my $response = $site->request(method => 'POST', path => '/api/upload', headers => { 'Content-Type' => $type }, body => $body);
    return $response->{json}{path} // 'none';
}

sub hero {
    my ($name, $path, $subject, %more) = @_;
    return order(pages => 2, size => '1024x1024', character => { name => $name, age => 7, defined $path ? (imageUrl => $path) : () },
        subject => $subject, %more);
}

# A photo, a story with it, a job, a story without pictures, a single picture, and what is said of the photo; most of it with a key.
sub fill {
    my ($name, $subject, $width) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $path = upload($server, $width, $subject);
    is_story($server->post_json($generate, hero($name, $path, $subject), 'Idempotency-Key' => "story-$subject"), "a story of $name");
    my (undef, $id) = is_accepted($server->post_json($generate, hero($name, undef, $subject, async => $on)), "a job of $name");
    is(wait_job($server, $id)->{status}, 'completed', 'is done');
    is_story($server->post_json($generate, hero($name, undef, $subject, generateIllustrations => $off)), 'one without pictures');
    my %scene = (character => { name => $name }, sceneDescription => 'By the sea', pageNumber => 1, storyTitle => 'The sea');
    is($server->post_json('/api/images/generate-illustration', { %scene, subject => $subject }, 'Idempotency-Key' => "one-$subject")
        ->{status}, 200, 'a picture by itself');
    is($server->post_json('/api/character/analyze-image', { imageUrl => $path }, 'Idempotency-Key' => "look-$subject")->{status}, 200,
        'and what is said of the photo');
    return $path;
}

sub total { return $server->get("/api$_[0]")->{json}{meta}{total} }
sub rows { my ($of) = @_; my $found = ledger($server, "SELECT COUNT(*) FROM $of"); return $found && $found->[0][0] }
sub uploads { return StoryImg::Test::files_below($server->root . '/uploads') }

# How much there is: rows of each table, lists, files.
sub census {
    return [(map { rows($_) } @tables), map({ total($_) } '/stories', '/images/generated', '/stories/illustrations/jobs'),
        scalar(() = saved_files($server)), scalar(() = uploads())];
}

# Rows in which a word stands, in any table, in any column.
sub mentions {
    my ($word) = @_;
    my @found;
    for my $table (@tables, 'call', 'task') {
        my @columns = map { $_->[0] } @{ ledger($server, "SELECT name FROM pragma_table_info('$table')") // [] };
        push @found, $table if rows("$table WHERE " . join ' OR ', map { "$_ LIKE '%$word%'" } @columns);
    }
    return \@found;
}

sub is_gone {
    my ($story, $id, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is_problem($server->get("/api/stories/$story"), 404, 'story-not-found', undef, "$name: no story") if $story;
    return is_problem($server->get(job_path($id)), 404, 'job-not-found', undef, "$name: no job");
}

sub two_pages_sent { return wait_for(sub { 2 == (() = $upstream->images) }) }
sub all_answered { return wait_for(sub { 2 == grep { $_->{path} =~ /images/ } $upstream->answers }) }

# Long enough for what is drawn to have been saved.
sub nothing_appears {
    my ($before, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    ok(all_answered(), "$name: the pictures were drawn");
    wait_for(sub { !rows('call WHERE outcome IS NULL') });
    sleep 0.3;
    is_deeply(census(), $before, "$name: no row, no list, no file has one more");
    my $paid = "call WHERE outcome = 'made' AND job_id IS NULL AND kind = 'image' AND cost > 0";
    ok(rows($paid) > 0, "$name: the ledger knows what they cost");
    return is_tidy($server, "$name: nothing partial");
}

subtest 'bad input' => sub {
    for my $method (qw(GET HEAD POST PUT)) {
        my $response = $server->request(no_body($method, '/api/subjects/kid-1'));
        is_deeply([$response->{status}, $response->{headers}{allow}], [405, 'DELETE'], "$method: 405");
    }
    is_problem(erase($_), 400, 'invalid-request', undef, "subject $_") for 'a%20b', '%C3%A4', 'a%0Ab', 'x' x 129;
    is_problem(erase($_), 404, 'not-found', undef, "subjects/$_") for '', 'a/b';
    is_erased('nobody', '0 0 0 0 0 0', 'a subject that was never here');
    is_erased('x' x 128, '0 0 0 0 0 0', 'a long one');
    is_deeply([saved_files($server), uploads()], [], 'no file');
};

subtest 'one of two' => sub {
    my $theirs = fill('Benedetta', 'kid-2', 80);
    my $before = census();
    my $mine = fill('Annalisa', 'kid-1', 96);
    my $named = upload($server, 112);
    is_story($server->post_json($generate, hero('Annalisa', $named, 'kid-1', pages => 1)), 'a story with a photo of nobody');
    ok(@{ mentions('Annalisa') } > 2 && @{ mentions('kid-1') } > 2, 'there is much of her');
    my $calls = rows('call');

    is_erased('kid-1', '4 4 6 2 2 3', 'it goes');
    is_deeply(census(), $before, 'and nothing else does');
    is_deeply([mentions('Annalisa'), mentions('kid-1')], [[], []], 'the index holds nothing of it');
    is(rows('call'), $calls, 'but the accounts');
    is_deeply([uploads()], [$theirs =~ s{.*/}{}r], 'the photos are gone, but the other');
    ok(@{ mentions('Benedetta') } > 2, 'the stories of the other are there');
    my $again = $server->post_json($generate, hero('Benedetta', $theirs, 'kid-2'), 'Idempotency-Key' => 'story-kid-2');
    is($again->{status}, 200, 'whose answer is still kept');
    is_deeply(census(), $before, 'for it is not made anew');
    is_erased('kid-1', '0 0 0 0 0 0', 'a second time there is nothing');
    is_problem($server->post_json($generate, hero('Annalisa', $_, 'kid-1')), 404, 'reference-gone', undef, 'a photo of hers cannot be used')
        for $mine, $named;
    my @lines = grep { /SI0521/ } split /\n/, $server->log_text;
    like($lines[-2], qr/erased: 4 stories, 4 jobs, 6 pictures, 2 uploads, 2 descriptions, 3 kept answers/, 'the log has the counts');
    unlike($server->log_text, qr/kid-1|Annalisa/, 'and no name');
};

subtest 'while it is drawn' => sub {
    my $before = census();
    $upstream->rules({ path => '/v1/images/', delay => slow(2) });
    my ($story, $id) = is_accepted($server->post_json($generate, hero('Annalisa', undef, 'kid-1', async => $on)));
    my $events = events($server, $id);
    ok(two_pages_sent(), 'two pages are under way');
    is_erased('kid-1', '1 1 0 0 0 0', 'in the background');
    is_gone($story->{id}, $id, 'at once');
    is_deeply(pages_of('illustration', $events->all), [], 'who watches sees the end');
    nothing_appears($before, 'later');
    is_gone($story->{id}, $id, 'later');
};

subtest 'while a client waits' => sub {
    my $before = census();
    $upstream->rules({ path => '/v1/images/', delay => slow(2) });
    my $call = $server->begin(%{ posting_story($server, hero('Annalisa', undef, 'kid-1'), 'Idempotency-Key' => 'waits') });
    ok(two_pages_sent(), 'two pages are under way');
    is_erased('kid-1', '1 1 0 0 0 1', 'in its own thread');
    my $answer = (await($call))[0];
    is_problem($answer, 404, 'story-not-found', undef, 'the client hears that it is gone');
    nothing_appears($before, 'later');
    is_deeply(mentions('Annalisa'), [], 'not even in an answer that is kept');
};

subtest 'killed while it is drawn' => sub {
    my $before = census();
    $upstream->rules({ path => '/v1/images/', delay => slow(2) });
    my (undef, $id) = is_accepted($server->post_json($generate, hero('Annalisa', undef, 'kid-1', async => $on)));
    ok(two_pages_sent(), 'two pages are under way');
    is_erased('kid-1', '1 1 0 0 0 0', 'erased');
    $server->crash;
    $server->start;
    is_gone(undef, $id, 'after the next start');
    wait_for(sub { !rows('call WHERE outcome IS NULL') });
    is_deeply(census(), $before, 'nothing comes back');
};

subtest 'nothing is saved' => sub {
    my ($site, $its) = stack(conf => "StoryImgSave off\n");
    my $path = upload($site, 96, 'kid-1');
    is_story($site->post_json($generate, hero('Annalisa', $path, 'kid-1', pages => 1), 'Idempotency-Key' => 'unsaved'));
    $site->post_json('/api/character/analyze-image', { imageUrl => $path }, 'Idempotency-Key' => 'unsaved-look');
    my $erased = erase('kid-1', $site)->{json}{data};
    is_deeply([@$erased{qw(stories images uploads descriptors)}], [0, 0, 1, 1], 'the photo goes');
    ok(!-e $site->root . $path, 'its file, too');
    ok(!-e $site->root . '/generated' || !saved_files($site), 'and nothing is made');
    $site->stop;
};

$server->expect_log(qr/\[storyimg:(?:info|notice)\]/);
done();
