#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# What a text upstream may do wrong: a problem of the right kind, in bounded time, and no picture is paid for.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use JSON::PP ();
use Test::More;

use StoryImg::Test;

my ($server, $upstream) = stack(conf => "StoryImgTimeout 2s\n");
my $says = sub { return JSON::PP->new->utf8->encode({ choices => [{ index => 0, finish_reason => 'stop',
    message => { role => 'assistant', content => $_[0] } }] }) };

# [what, rule, status, code, calls]
my @cases = (
    ['the key is refused', { status => 401, code => 'invalid_api_key', message => "Incorrect API key provided: $KEY." }, 502,
    'upstream-auth', 1],
    ['rate limit', { status => 429, code => 'rate_limit_exceeded', headers => { 'Retry-After' => 300 } }, 429, 'rate-limited', 1],
    ['rate limit, three times', { status => 429, code => 'rate_limit_exceeded', headers => { 'Retry-After' => 0 } }, 429,
    'rate-limited', 3],
    ['quota used up', { status => 429, code => 'insufficient_quota' }, 503, 'insufficient-quota', 1],
    ['500', { status => 500, message => 'secret words' }, 502, 'upstream-error', 3],
    ['HTML with 502', { status => 502, html => 1 }, 502, 'upstream-error', 3],
    ['model gone', { status => 404, code => 'model_not_found' }, 502, 'upstream-refused', 1],
    ['context too long', { status => 400, code => 'context_length_exceeded' }, 502, 'upstream-refused', '[12]'],
    ['HTML', { html => 1 }, 502, 'bad-upstream-answer|outcome-unknown', 1],
    ['half a JSON', { half_json => 1 }, 502, 'bad-upstream-answer|outcome-unknown', 1],
    ['no choices', { body => '{"choices":[]}' }, 502, 'bad-upstream-answer|outcome-unknown', 1],
    ['content is a number', { body => '{"choices":[{"message":{"content":7}}]}' }, 502, 'bad-upstream-answer|outcome-unknown', 1],
    ['empty content', { body => $says->('') }, 502, 'bad-upstream-answer|outcome-unknown', 1],
    ['no story in it', { body => $says->('No.') }, 502, 'bad-upstream-answer|outcome-unknown', 1],
    ['invalid UTF-8', { body => '{"choices":[{"message":{"content":"' . "\xe9\xff" x 50 . '"}}]}' }, 502,
    'bad-upstream-answer|outcome-unknown', 1],
    ['deep JSON', { body => '[' x 50_000 }, 502, 'bad-upstream-answer|outcome-unknown', 1],
    ['1.2 MB of words', { body => $says->('word ' x 240_000) }, 502, 'bad-upstream-answer|outcome-unknown', 1],
    ['refusal', { refusal => 'I cannot help with that.' }, 422, 'content-policy', 1],
    ['content filter', { finish => 'content_filter', text => '' }, 422, 'content-policy', 1],
    ['content policy', { status => 400, code => 'content_policy_violation' }, 422, 'content-policy', 1],
    ['no answer', { hang => 1 }, 504, 'upstream-timeout|outcome-unknown', 1],
    ['an answer in drops', { drip => { bytes => 20, every => 0.5 } }, 504, 'upstream-timeout|outcome-unknown', 1],
    ['reset', { reset => 'before' }, 502, 'outcome-unknown|bad-upstream-answer|upstream-error', 1],
    ['closed in the middle', { cut => 1 }, 502, 'outcome-unknown|bad-upstream-answer|upstream-error', 1],
);

my (@rules, @wants);
for my $n (0 .. $#cases) {
    my $word = sprintf 'k%02dk', $n;
    push @rules, { path => '/v1/chat/', word => $word, %{ $cases[$n][1] } };
    push @wants, $server->posting('/api/stories/generate', order(prompt => "About $word"));
}
$upstream->rules(@rules);
my @responses = $server->many(@wants);

my %calls;
for my $entry ($upstream->texts) {
    $calls{$1}++ if join(' ', map { $_->{content} } @{ $entry->{body}{messages} }) =~ /\b(k\d\dk)\b/;
}
for my $n (0 .. $#cases) {
    my ($what, undef, $status, $code, $most) = @{ $cases[$n] };
    my $got = $responses[$n]{json}{code} // 'none';
    is_problem($responses[$n], $status, $got =~ /\A(?:$code)\z/ ? $got : $code, undef, "$what: $status $code");
    like($calls{ sprintf 'k%02dk', $n }, qr/\A$most\z/, "$what: asked $most times");
    cmp_ok($responses[$n]{seconds}, '<', slow(8), "$what: in time");
    unlike($responses[$n]{content}, qr/\Q$KEY\E|secret words|cannot help/, "$what: nothing of the upstream's own words");
}
is($responses[1]{headers}{'retry-after'}, 300, 'Retry-After is handed on');
is(scalar(() = $upstream->images), 0, 'no picture was asked for');
is($server->get('/api/stories')->{json}{meta}{total}, 0, 'no story is listed');
is_deeply([saved_files($server)], [], 'nothing was written');

subtest 'another try helps' => sub {
    $upstream->rules({ path => '/v1/chat/', nth => 1, status => 500 }, { path => '/v1/chat/', nth => 2, status => 429,
        headers => { 'Retry-After' => 1 } });
    my $response = $server->post_json('/api/stories/generate', order(generateIllustrations => JSON::PP::false));
    is_story($response, 'after 500, then 429');
    is(scalar(() = $upstream->texts), 3, 'on the third call');
    cmp_ok($response->{seconds}, '>=', 1, 'Retry-After was honoured');
    cmp_ok($response->{seconds}, '<', slow(5), 'and not by much more');
};

subtest 'suggestions' => sub {
    $upstream->rules({ path => '/v1/chat/', word => 'Halla', status => 401 });
    is_problem($server->post_json('/api/stories/suggestions', { character => { name => 'Halla' } }), 502, 'upstream-auth');
    my $ideas = $server->post_json('/api/stories/suggestions', { character => { name => 'Mia' } });
    is(scalar @{ $ideas->{json}{data}{suggestions} // [] }, 5, 'five come otherwise');
};

is_deeply([map { $_->{refused} } $upstream->refused], [], 'no request was one that the API refuses');
$server->expect_log(qr/\[storyimg:(?:warn|error)\]/);
done();
