#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# Idempotency-Key: the same request again gets the same answer, and is not paid for again.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use Digest::SHA qw(sha1);
use JSON::PP ();
use MIME::Base64 qw(encode_base64);
use Test::More;

use StoryImg::Events;
use StoryImg::Jobs;
use StoryImg::Server;
use StoryImg::Test;

my ($on, $off) = (JSON::PP::true, JSON::PP::false);
my $generate = '/api/stories/generate';
my $upstream = StoryImg::Upstream->new(pages => 3);
my $server = with_upstream($upstream, modules => [qw(authn_core authn_file auth_basic authz_user)], conf => <<'END');
<Location "/private">
    SetHandler storyimg
    AuthType Basic
    AuthName "stories"
    AuthBasicProvider file
    AuthUserFile "@ROOT@/users"
    Require valid-user
</Location>
<Location "/async">
    SetHandler storyimg
    StoryImgAsync on
</Location>
END
$server->write_file('users', join '', map { "$_:{SHA}" . encode_base64(sha1("secret-$_"), '') . "\n" } qw(anna ben));
$server->start;
my $serial = 0;

sub new_key { return 'key-' . ++$serial . '-' . $$ }
sub small { return order(size => '64x64', pages => 2, @_) }
sub keyed { my ($key, $path, $body, %headers) = @_; return $server->posting($path, $body, 'Idempotency-Key' => $key, %headers) }
sub ask { return $server->request(%{ keyed(@_) }) }
sub bill { return join ' ', scalar(() = $upstream->texts), scalar(() = $upstream->images) }

# Two answers are one.
sub is_same {
    my ($got, $want, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my ($is, $should) = map { [$_->{status}, $_->{headers}{location}, $_->{json}] } $got, $want;
    return is_deeply($is, $should, $name) || diag(substr $got->{wire}, 0, 1000);
}

subtest 'a story' => sub {
    for my $case (['synchronous', 200, small()], ['asynchronous', 202, small(async => $on)], ['its words alone', 200,
        small(generateIllustrations => $off)]) {
        my ($what, $status, $order) = @$case;
        $upstream->rules;
        my $key = new_key();
        my $first = ask($key, $generate, $order);
        is($first->{status}, $status, "$what: $status");
        my $id = $first->{json}{data}{metadata}{illustrationJobId};
        is(wait_job($server, $id)->{status}, 'completed', "$what: drawn") if $id;
        my $bill = bill();
        is($bill, $order->{generateIllustrations} ? '1 2' : '1 0', "$what: paid for");
        is_same(ask($key, $generate, $order), $first, "$what: the same again");
        is(bill(), $bill, "$what: for nothing");
        my $other = ask(new_key(), $generate, $order)->{json}{data};
        isnt($other->{id}, $first->{json}{data}{id}, "$what: another key, another story");
        wait_job($server, $other->{metadata}{illustrationJobId}) if $id;
        is_problem(ask($key, $generate, { %$order, prompt => 'Another one' }), 422, 'idempotency-key-reused', undef,
            "$what: the key of another body");
    }
};

subtest 'while the first is still under way' => sub {
    for my $case (['synchronous', small()], ['asynchronous', small(async => $on)]) {
        my ($what, $order) = @$case;
        $upstream->rules({ path => '/v1/', delay => 0.5 });
        my $key = new_key();
        my @answers = $server->many(map { keyed($key, $generate, $order) } 1 .. 4);
        is_same($_, $answers[0], "$what: all get one answer") for @answers[1 .. 3];
        like($answers[0]{status}, qr/\A20[02]\z/, "$what: a good one");
        my $id = $answers[0]{json}{data}{metadata}{illustrationJobId} // 'none';
        wait_job($server, $id);
        is(bill(), '1 2', "$what: one bill");
        my $began = $server->begin(%{ keyed($key . '-2', $generate, $order) });
        wait_for(sub { 1 < (() = $upstream->texts) });
        is_problem(ask($key . '-2', $generate, { %$order, prompt => 'Another one' }), 422, 'idempotency-key-reused',
            undef, "$what: another body is refused at once");
        my ($done) = await($began);
        like($done->{status}, qr/\A20[02]\z/, "$what: and does not disturb the first");
        wait_job($server, $done->{json}{data}{metadata}{illustrationJobId});
        wait_job($server, $done->{json}{data}{metadata}{illustrationJobId} // 'none');
    }
};

subtest 'the client of the first has gone' => sub {
    $upstream->rules({ path => '/v1/', delay => 1 });
    my ($key, $order) = (new_key(), small());
    my $call = $server->begin(%{ keyed($key, $generate, $order) });
    wait_for(sub { scalar $upstream->texts });
    hang_up($call);
    is_deeply(drawn_of(is_story(ask($key, $generate, $order), 'the second gets its story')), [1, 3], 'and its pictures');
    is(bill(), '1 2', 'for one bill');
};

subtest 'suggestions' => sub {
    $upstream->rules({ path => '/v1/chat/', delay => 0.5 });
    my ($key, $body) = (new_key(), { character => { name => 'Miriella' } });
    my @answers = $server->many(map { keyed($key, '/api/stories/suggestions', $body) } 1, 2);
    is($answers[0]{status}, 200, 'come');
    is_same($_, $answers[0], 'once') for $answers[1], ask($key, '/api/stories/suggestions', $body);
    is(bill(), '1 0', 'and are paid for once');
    is_problem(ask($key, '/api/stories/suggestions', { character => { name => 'Tuuli' } }), 422, 'idempotency-key-reused');
};

subtest 'retry' => sub {
    $upstream->rules({ path => '/v1/images/', nth => [1, 2, 3], status => 401 });
    my (undef, $id) = tell_async($server, pages => 1);
    is(wait_job($server, $id)->{status}, 'failed', 'a job that failed');
    my $retry = sub { return $server->request(no_body('POST', job_path($id, '/retry'), 'Idempotency-Key' => $_[0])) };
    my ($key, $other) = (new_key(), new_key());
    my $first = $retry->($key);
    is($first->{status}, 202, 'is tried again');
    wait_job($server, $id);
    is_same($retry->($key), $first, 'the same request, once more');
    is(wait_job($server, $id)->{status}, 'failed', 'nothing moves');
    is(scalar $upstream->images, 2, 'nothing is sent');
    is($retry->($other)->{status}, 202, 'another key is another request');
    wait_job($server, $id);
    is(scalar $upstream->images, 3, 'which is sent');
};

subtest 'streamed' => sub {
    $upstream->rules({ path => '/v1/', delay => 0.5 });
    my ($key, $order) = (new_key(), small());
    my $open = sub { return StoryImg::Events->open($server->port, %{ keyed($key, $generate, $order, Accept => 'text/event-stream') }) };
    my @streams = map { $open->() } 1, 2;
    my @told = map { [$_->all] } @streams;
    push @told, [$open->()->all];
    for my $n (0 .. 2) {
        my %by;
        push @{ $by{ $_->{name} } }, $_->{data} for @{ $told[$n] };
        is($told[$n][-1]{name}, 'done', "stream $n ends");
        is_deeply(pages_of('illustration', @{ $told[$n] }), [1, 3], 'with each picture once');
        is($by{story}[0]{id}, $told[0] && (grep { $_->{name} eq 'story' } @{ $told[0] })[0]{data}{id}, 'of one story');
        like(join('', map { $_->{text} } @{ $by{text} }), qr/On page 1 .* laughed\.\s+(?:Page 2\s+)?On page 2 /s, 'and its words');
    }
    is(bill(), '1 2', 'for one bill');
};

subtest 'keys that are none' => sub {
    $upstream->rules;
    for my $bad ('', 'x' x 129, "a\x01b", "a\x7fb", "caf\xc3\xa9", 'a b', "\xff") {
        my $shown = $bad =~ s/([^!-~])/sprintf '\\x%02x', ord $1/ger;
        my $answer = ask($bad, $generate, small());
        # httpd itself refuses some of these before anybody else sees them
        next if $bad =~ /[\x00-\x1f\x7f]/ && $answer->{status} == 400 && !$answer->{json} && ok(1, "httpd refuses $shown");
        is_problem($answer, 400, 'bad-idempotency-key', undef, "key '$shown'");
    }
    is(bill(), '0 0', 'nothing was sent');
    is(ask('x' x 128, $generate, small(generateIllustrations => $off))->{status}, 200, '128 characters are fine');
    is(ask('!"#$%&()*+,-./:;<=>?@[]^_`{|}~', $generate, small(generateIllustrations => $off))->{status}, 200, 'so is every sign');
};

subtest 'what failed and cost nothing may be tried again' => sub {
    my $order = small(pages => 1);
    my $try = sub {
        my ($what, $status, $code, $body) = @_;
        my $key = new_key();
        is_problem(ask($key, $generate, $body // $order), $status, $code, undef, $what);
        $upstream->rules;
        return sub { is_story(ask($key, $generate, $order), "$what: with the same key, when it is mended") };
    };
    $try->('a bad body', 400, 'invalid-body', small(pages => 'many'))->();
    $upstream->rules({ path => '/v1/chat/', status => 500 });
    $try->('upstream 500', 502, 'upstream-error')->();
    $upstream->rules({ path => '/v1/chat/', status => 401, code => 'invalid_api_key' });
    $try->('a key that is refused', 502, 'upstream-auth')->();
    $upstream->rules({ path => '/v1/chat/', status => 429, code => 'insufficient_quota' });
    $try->('quota', 503, 'insufficient-quota')->();
    my $write = sub { $server->{conf} =~ s/^StoryImgMinFree.*\n//m; $server->{conf} .= $_[0]; $server->write_conf; $server->restart };
    $write->("StoryImgMinFree 900000G\n");
    my $again = $try->('no room', 507, 'storage-full');
    is(bill(), '0 0', 'nothing was sent');
    $write->('');
    $again->();
};

subtest 'an outcome that nobody knows is not tried again' => sub {
    $upstream->rules({ path => '/v1/chat/', nth => 1, reset => 'before' });
    my $key = new_key();
    my $first = ask($key, $generate, small());
    is_problem($first, 502, 'outcome-unknown');
    is_same(ask($key, $generate, small()), $first, 'the same answer again');
    is(bill(), '1 0', 'nothing was sent again');
    is(ask(new_key(), $generate, small(generateIllustrations => $off))->{status}, 200, 'a new key is a new request');
    $upstream->rules({ path => '/v1/images/', nth => 1, reset => 'before' });
    $key = new_key();
    $first = ask($key, $generate, small(pages => 1));
    page_error(is_story($first), 1, 'outcome-unknown');
    is_same(ask($key, $generate, small(pages => 1)), $first, 'a page likewise');
    is(bill(), '1 1', 'nothing was sent again');
};

subtest 'each user has keys of their own' => sub {
    $upstream->rules;
    my $key = new_key();
    my $private = sub {
        my ($user, $body) = @_;
        return ask($key, '/private/stories/generate', $body, Authorization => 'Basic ' . encode_base64("$user:secret-$user", ''));
    };
    my $order = small(generateIllustrations => $off);
    my $anna = $private->('anna', $order);
    my $ben = $private->('ben', $order);
    my $nobody = ask($key, $generate, $order);
    my %ids = map { is_story($_)->{id} => 1 } $anna, $ben, $nobody;
    is(scalar keys %ids, 3, 'anna, ben and nobody have a story each');
    is_same($private->('anna', $order), $anna, 'anna has hers');
    is_same($private->('ben', $order), $ben, 'ben has his');
    is_problem($private->('ben', small(prompt => 'Mine')), 422, 'idempotency-key-reused');
    is(bill(), '3 0', 'three bills');
};

subtest 'after a restart' => sub {
    $upstream->rules;
    my ($key, $order) = (new_key(), small(pages => 1));
    my $first = ask($key, $generate, $order);
    $server->restart;
    is_same(ask($key, $generate, $order), $first, 'the same answer');
    is(bill(), '1 1', 'one bill');
};

subtest 'with saving off' => sub {
    my $site = with_upstream($upstream, conf => "StoryImgSave off\n")->start;
    $upstream->rules({ path => '/v1/', delay => 0.5 });
    my $call = $site->posting($generate, small(pages => 1), 'Idempotency-Key' => 'off-1');
    my @answers = $site->many($call, $call);
    push @answers, $site->request(%$call);
    ok(length(is_story($answers[0])->{illustrations}[0]{b64_json} // ''), 'a picture comes');
    is_same($_, $answers[0], 'the same again') for @answers[1, 2];
    is(bill(), '1 1', 'for one bill');
    is_problem($site->post_json($generate, small(pages => 2), 'Idempotency-Key' => 'off-1'), 422, 'idempotency-key-reused');
    is($site->get('/api/stories')->{json}{meta}{total}, 0, 'and nothing is exposed');
    $site->stop;
};

is_deeply([map { $_->{refused} } $upstream->refused], [], 'no request was one that the API refuses');
is_tidy($server);
$server->expect_log(qr/\[storyimg:(?:warn|error)\]/);
done();
