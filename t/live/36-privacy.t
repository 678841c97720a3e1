#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# Whose stories these are: illustrators get a pseudonym and no more, and the log knows nothing of a child.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use Digest::SHA qw(hmac_sha256_hex sha1);
use JSON::PP ();
use MIME::Base64 qw(encode_base64);
use Test::More;

use StoryImg::Form qw(write_form);
use StoryImg::Jobs;
use StoryImg::Photo ();
use StoryImg::Pictures ();
use StoryImg::Test;
use StoryImg::Upstream;

my ($on, $off) = (JSON::PP::true, JSON::PP::false);
my %subject = (kid => 'kid-7d1f', other => 'kid-93ab');
my $AZURE = '/openai/deployments/my-image/';
my $upstream = StoryImg::Upstream->new;
my $server = with_upstream($upstream, illustrator => 'openai/gpt-image-2 azure/my-image openai/dall-e-3 openai/sd-local',
    modules => [qw(authn_core authn_file auth_basic authz_user)], env => { AZURE_OPENAI_API_KEY => $StoryImg::Upstream::AZURE_KEY },
    conf => "StoryImgAzureEndpoint @{[ $upstream->origin ]}\n" . <<'END');
LogLevel storyimg:info
StoryImgModeration on
StoryImgTimeout 3s
<Location "/private">
    SetHandler storyimg
    AuthType Basic
    AuthName "Stories"
    AuthBasicProvider file
    AuthUserFile "@ROOT@/users"
    Require valid-user
</Location>
<Location "/unsaved">
    SetHandler storyimg
    StoryImgSave off
</Location>
END
$server->write_file('users', join '', map { "$_:{SHA}" . encode_base64(sha1("secret-$_"), '') . "\n" } qw(anna-ruth benedict));
$server->start;
my $key_file = $server->root . '/storyimg-state/pseudonym.key';
my @sent;    # all that ever went upstream

sub take_log { push @sent, $upstream->log; return $upstream->clear }

sub upload {
    my ($bytes, %more) = @_;
    my %photo = (name => 'character-image', filename => 'Xanthippe-at-the-beach.png', type => 'image/png', bytes => $bytes);
    my ($type, $body) = write_form(\%photo, map { { name => $_, bytes => $more{$_} } } keys %more);
    return $server->request(method => 'POST', path => '/api/upload', headers => { 'Content-Type' => $type }, body => $body);
}

my $photo = upload(StoryImg::Pictures::png(300, 200, 'hero'), subject => $subject{kid})->{json}{path};
like($photo, qr{\A/uploads/character-image-}, 'a photo is taken');

sub tale {
    my (%more) = @_;
    my $image = delete $more{image};
    my %hero = (name => 'Xanthippe', age => 6, interests => ['quicksilver'], $image ? (imageUrl => $image) : ());
    return order(pages => 1, size => '1024x1024', prompt => 'Walking with the zephyr', character => \%hero, %more);
}

sub as { my ($user) = @_; return (Authorization => 'Basic ' . encode_base64("$user:secret-$user", '')) }

# The pseudonym of all pictures that were asked for since the last time; "mixed" if there are several, "none" if it is never sent.
sub pseudonym {
    my %found = map { $_->{body}{user} // 'none' => 1 } $upstream->images;
    take_log();
    my @found = keys %found;
    return @found == 1 ? $found[0] : @found ? 'mixed' : 'no picture';
}

sub told_at { my ($path, $tale, @headers) = @_; return is_story($server->post_json("$path/stories/generate", $tale, @headers)) }

subtest 'nobody is known' => sub {
    take_log();
    told_at('/api', tale(image => $photo, pages => 2));
    told_at('/unsaved', tale());
    is(pseudonym(), 'none', 'nothing is sent');
    ok(!-e $key_file, 'nor a key made');
};

my ($kid, $anna);
subtest 'a subject' => sub {
    told_at('/api', tale(image => $photo, pages => 3, subject => $subject{kid}));
    is_deeply([scalar(() = $upstream->edits), scalar(() = $upstream->images)], [3, 3], 'three edits');
    is(scalar(grep { exists $_->{body}{user} } $upstream->texts, $upstream->moderations), 0, 'texts, looks and judgements go without');
    $kid = pseudonym();
    like($kid, qr/\A[0-9a-f]{32}\z/, 'all have one pseudonym');
    told_at('/api', tale(subject => $subject{kid}));
    is(pseudonym(), $kid, 'drawn from words, too');
    told_at('/unsaved', tale(subject => $subject{kid}));
    is(pseudonym(), $kid, 'and where nothing is kept');
    for my $path (map { "generate-$_" } qw(illustration with-gpt-image-1 character-consistent-illustration character-portrait)) {
        my %scene = $path =~ /portrait/ ? () : (sceneDescription => 'By the sea', pageNumber => 1);
        my $hero = { name => 'Xanthippe', imageUrl => $photo };
        is($server->post_json("/api/images/$path", { character => $hero, subject => $subject{kid}, %scene })->{status}, 200, $path);
        is(pseudonym(), $kid, 'has it');
    }
    my ($story, $id) = is_accepted($server->post_json('/api/stories/generate', tale(subject => $subject{kid}, async => $on)));
    wait_job($server, $id);
    is(pseudonym(), $kid, 'so has a job');
    told_at('/api', tale(subject => $subject{other}));
    my $other = pseudonym();
    like($other, qr/\A[0-9a-f]{32}\z/, 'another subject has one');
    isnt($other, $kid, 'of its own');
    told_at('/api', tale(subject => $subject{kid}, generateIllustrations => $off));
    is(pseudonym(), 'no picture', 'a text has none');
};

subtest 'a user' => sub {
    told_at('/private', tale(), as('anna-ruth'));
    $anna = pseudonym();
    like($anna, qr/\A[0-9a-f]{32}\z/, 'has a pseudonym');
    told_at('/private', tale(), as('benedict'));
    my $ben = pseudonym();
    ok($ben =~ /\A[0-9a-f]{32}\z/ && $ben ne $anna, 'each another');
    told_at('/private', tale(subject => $subject{kid}), as('anna-ruth'));
    is(pseudonym(), $kid, 'but the subject comes first');
    told_at('/private', tale(subject => 'anna-ruth'), as('benedict'));
    my $named = pseudonym();
    ok($named ne $anna && $named ne $ben, 'a subject of a user\'s name is not that user');
};

subtest 'each family' => sub {
    my @gone = (status => 400, code => 'model_not_found');
    $upstream->rules(map({ { path => $_, @gone } } '/v1/images/edits', $AZURE), map { { model => $_, @gone } } qw(gpt-image-2 dall-e-3));
    told_at('/api', tale(image => $photo, subject => $subject{kid}));
    my @got = map { "$_->{body}{model} " . ($_->{path} =~ /(\w+)\z/)[0] . ' ' . ($_->{body}{user} // 'none') } $upstream->images;
    is_deeply(\@got, ["gpt-image-2 edits $kid", "my-image edits $kid", "gpt-image-2 generations $kid", "my-image generations $kid",
        "dall-e-3 generations $kid", 'sd-local generations none'], 'that is known takes it, an unknown one does not');
    is(scalar(() = $upstream->refused), 0, 'nobody minds');
    take_log();
    $upstream->rules();
};

subtest 'the key' => sub {
    my @stat = stat $key_file;
    is(sprintf('%04o %d', $stat[2] & 07777, $stat[7]), '0600 32', 'is private');
    my $key = StoryImg::Server::slurp($key_file);
    is($kid, substr(hmac_sha256_hex("subject:$subject{kid}", $key), 0, 32), 'and what pseudonyms are made with');
    is($anna, substr(hmac_sha256_hex('user:anna-ruth', $key), 0, 32), 'of users, too');
    $server->restart;
    told_at('/api', tale(subject => $subject{kid}));
    is(pseudonym(), $kid, 'a restart changes nothing');
    is(StoryImg::Server::slurp($key_file), $key, 'the key stays');
};

subtest 'a page that is drawn anew' => sub {
    $upstream->rules({ path => '/v1/images/', reset => 'before' });
    my (undef, $id) = is_accepted($server->post_json('/api/stories/generate', tale(subject => $subject{kid}, async => $on)));
    is(wait_job($server, $id)->{status}, 'failed', 'lost');
    is(pseudonym(), $kid, 'it had the pseudonym');
    $upstream->rules();
    $server->crash;
    $server->start;
    $server->request(no_body('POST', job_path($id, '/retry')));
    is(wait_job($server, $id)->{status}, 'completed', 'drawn, by another process');
    is(pseudonym(), $kid, 'it has it still');
};

subtest 'a key that is none' => sub {
    my $key = StoryImg::Server::slurp($key_file);
    $server->write_file('storyimg-state/pseudonym.key', 'half a key', 0644);
    $server->restart;
    told_at('/api', tale(subject => $subject{kid}));
    is(pseudonym(), 'none', 'is not used: the picture is drawn all the same');
    like($server->log_text, qr/\[storyimg:warn\].*SI0531/, 'and an administrator told');
    $server->write_file('storyimg-state/pseudonym.key', $key);
    told_at('/api', tale(subject => $subject{kid}));
    is(pseudonym(), $kid, 'mended, it is used');
};

# Whatever goes wrong: in the order, in the upload, upstream.
subtest 'trouble' => sub {
    my $generate = '/api/stories/generate';
    my @answers = (
        map({ $server->post_json($generate, $_) } { %{ tale() }, 'Xanthippe zephyr' => 1 }, tale(subject => "$subject{kid} zephyr"),
            tale(image => '/uploads/Xanthippe.png'), tale(image => 'https://zephyr.example/Xanthippe.png'), tale(pages => 'zephyr'),
            tale(prompt => 'Xanthippe and the forbidden-word'), '{"prompt":"zephyr'),
        upload('no picture of Xanthippe', subject => $subject{kid}), upload(substr(StoryImg::Pictures::png(64, 64), 0, 200)),
        upload(StoryImg::Photo::png_of_size(6_000_000)), upload(StoryImg::Pictures::png(64, 64), subject => 'Xanthippe zephyr'),
        $server->request(no_body('DELETE', '/api/subjects/Xanthippe%20zephyr')),
    );
    is(scalar(grep { $_->{status} < 400 } @answers), 0, 'refused');
    my @faults = ({ status => 401, code => 'invalid_api_key', message => 'Xanthippe' }, { half_json => 1 }, { reset => 'before' },
        { status => 400, code => 'content_policy_violation', message => 'Xanthippe with quicksilver' },
        { status => 500, body => "zephyr $subject{kid}" });
    my $tale = tale(image => $photo, subject => $subject{kid});
    for my $fault (@faults) {
        for my $paths (['/v1/chat/'], $fault->{body} ? ['/v1/images/edits'] : ['/v1/images/', $AZURE]) {
            $upstream->rules(map { { path => $_, %$fault } } @$paths);
            my %look = (imageUrl => $photo, traits => "zephyr $fault$paths");
            $server->many(map { $server->posting(@$_) } [$generate, $tale], ['/unsaved/stories/generate', $tale],
                ['/api/character/analyze-image', \%look]);
            take_log();
        }
    }
    $upstream->rules({ path => '/v1/moderations', status => 500, body => 'Xanthippe' });
    $server->post_json($generate, $tale);
    take_log();
    $upstream->rules();
    unlink $server->root . $photo;
    is_problem($server->post_json($generate, $tale), 404, 'reference-gone');
    for my $subject (values %subject) {
        is($server->request(no_body('DELETE', "/api/subjects/$subject"))->{status}, 200, 'erased');
    }
    take_log();
};

my $private = qr/Xanthippe|zephyr|quicksilver|curly brown hair|beach|character-image-|kid-7d1f|kid-93ab|anna-ruth|benedict|By the sea/;
subtest 'the log' => sub {
    my @lines = split /\n/, $server->log_text;
    is_deeply([grep { $_ =~ $private } @lines], [], 'tells of nobody');
    is_deeply([grep { /\Q$kid\E|\Q$anna\E/ } @lines], [], 'not by pseudonym, either');
    ok((grep { /SI0010/ } @lines) && (grep { /SI0201/ } @lines) && (grep { /SI0202/ } @lines) && (grep { /SI0521/ } @lines),
        'though it has much to tell');
};

subtest 'what was sent' => sub {
    my $json = JSON::PP->new->canonical;
    ok(@sent > 60, 'there were many calls');
    is(scalar(grep { $json->encode($_) =~ /kid-7d1f|kid-93ab|anna-ruth|benedict/ } @sent), 0, 'none names a subject or a user');
    is(scalar(grep { $json->encode($_) =~ /at-the-beach/ } @sent), 0, 'or the photo, as the family calls it');
};

is_tidy($server, 'nothing lies about');
$server->expect_log(qr/\[storyimg:(?:warn|error)\]/);
done();
