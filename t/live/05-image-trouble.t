#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# What an image upstream may do wrong: an error on the page, in bounded time; the story all the same; nothing written.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use JSON::PP ();
use Test::More;
use Time::HiRes qw(time);

use StoryImg::Pictures qw(html svg);
use StoryImg::Test;

my ($server, $upstream) = stack(conf => "StoryImgTimeout 3s\n");
my $here = $upstream->origin . '/elsewhere';
my $quota = { status => 429, code => 'insufficient_quota', type => 'insufficient_quota' };
my $garbage = 'outcome-unknown|bad-upstream-answer';
my $no_image = "bad-image|$garbage";
my $no_url = 'fetch-refused|bad-upstream-answer|bad-image';

# [what, rule of the image call, code on the page, calls that may be made, rule of the download]
my @cases = (
    ['the key is refused', { status => 401, code => 'invalid_api_key' }, 'upstream-auth', 1],
    ['no permission', { status => 403, code => 'unsupported_country_region_territory' }, 'upstream-auth|upstream-refused', 1],
    ['rate limit', { status => 429, code => 'rate_limit_exceeded', headers => { 'Retry-After' => 0 } }, 'rate-limited', 3],
    ['rate limit for an hour', { status => 429, code => 'rate_limit_exceeded', headers => { 'Retry-After' => 3600 } }, 'rate-limited', 1],
    ['quota used up', $quota, 'insufficient-quota', 1],
    ['billing limit', { status => 400, code => 'billing_hard_limit_reached' }, 'insufficient-quota', 1],
    ['500', { status => 500 }, 'upstream-error', 3],
    ['503 in HTML', { status => 503, html => 1 }, 'upstream-error', 3],
    ['content policy', { status => 400, code => 'content_policy_violation' }, 'content_policy', 1],
    ['moderation', { status => 400, code => 'moderation_blocked', type => 'image_generation_user_error' }, 'content_policy', 1],
    ['request refused', { status => 400, code => 'invalid_value', param => 'size' }, 'upstream-refused', 1],
    ['model gone', { status => 404, code => 'model_not_found' }, 'upstream-refused', 1],
    ['HTML', { html => 1 }, $garbage, 1],
    ['half a JSON', { half_json => 1 }, $garbage, 1],
    ['nothing', { body => '' }, $garbage, 1],
    ['a list', { body => '[]' }, $garbage, 1],
    ['an empty list', { empty => 1 }, $garbage, 1],
    ['null in place of data', { body => '{"data":null}' }, $garbage, 1],
    ['a number as base64', { body => '{"data":[{"b64_json":42}]}' }, $garbage, 1],
    ['broken base64', { image => 'broken-base64' }, $no_image, 1],
    ['base64 of HTML', { image => 'html' }, $no_image, 1],
    ['base64 of SVG', { image => 'svg' }, $no_image, 1],
    ['base64 of GIF', { image => 'gif' }, $no_image, 1],
    ['base64 of half a PNG', { image => 'half-png' }, $no_image, 1],
    ['base64 of nothing', { image => 'no-bytes' }, $no_image, 1],
    ['no answer', { hang => 1 }, 'outcome-unknown', 1],
    ['an answer in drops', { drip => { bytes => 10, every => 0.5 } }, 'outcome-unknown', 1],
    ['reset', { reset => 'before' }, 'outcome-unknown', 1],
    ['reset in the middle', { reset => 'middle' }, 'outcome-unknown', 1],
    ['closed in the middle', { cut => 1 }, 'outcome-unknown', 1],
    ['a redirect of the call', { redirect => "$here/call" }, "upstream-error|upstream-refused|$garbage", 1],
    ['URL: 404', {}, 'fetch-failed', 1, { status => 404, body => 'gone' }],
    ['URL: 403', {}, 'fetch-failed', 1, { status => 403, body => '<Error/>' }],
    ['URL: HTML', {}, 'bad-image', 1, { body => html(), headers => { 'Content-Type' => 'image/png' } }],
    ['URL: SVG', {}, 'bad-image', 1, { body => svg(), headers => { 'Content-Type' => 'image/png' } }],
    ['URL: half a PNG', {}, 'bad-image', 1, { image => 'half-png' }],
    ['URL: cut', {}, 'fetch-failed', 1, { cut => 1 }],
    ['URL: reset', {}, 'fetch-failed', 1, { reset => 'middle' }],
    ['URL: no answer', {}, 'fetch-failed', 1, { hang => 1 }],
    ['URL: 65 MB', {}, 'fetch-failed|bad-image', 1, { big => 65 }],
    ['URL: into our network', {}, 'fetch-refused', 1, { redirect => 'http://127.0.0.1:1/x.png' }],
    ['URL: to the cloud\'s metadata', {}, 'fetch-refused', 1, { redirect => 'http://169.254.169.254/latest/meta-data/' }],
    ['URL: to a file', {}, 'fetch-refused|fetch-failed', 1, { redirect => 'file:///etc/passwd' }],
    ['URL: round and round', {}, 'fetch-refused|fetch-failed', 1, { redirect => "$here/loop" }],
    map({ ["URL $_", { url => $_ }, $no_url, 1] } 'http://127.0.0.1:1/x.png', 'http://localhost/x.png', 'https://localhost/x.png',
    'https://127.0.0.1/x.png',
        'http://[::1]/x.png', 'https://[::ffff:127.0.0.1]/x.png', 'http://169.254.169.254/latest/', 'https://10.0.0.1/x.png',
        'https://2130706433/x.png',
        'https://0x7f.1/x.png', 'https://0/x.png', 'http://example.com/x.png', 'file:///etc/passwd',
        'ftp://127.0.0.1/x.png', 'gopher://127.0.0.1:1/x',
        'data:image/png;base64,iVBORw0KGgo=', '/img/1.png', 'not a URL', '', "http://127.0.0.1:@{[ $upstream->port ]}\@10.0.0.1/x.png"),
);

my (@rules, @wants);
for my $n (0 .. $#cases) {
    my ($what, $rule, undef, undef, $download) = @{ $cases[$n] };
    my $word = sprintf 'k%02dk', $n;
    my $text = JSON::PP->new->encode({ title => 'T', pages => [{ text => "Once upon a time, in the town of $word.",
        scene => "The town of $word" }] });
    push @rules, { path => '/v1/chat/', word => $word, text => $text };
    push @rules, { path => '/v1/images/', word => $word, $download ? (url => "$here/$word.png?sig=x") : (), %$rule };
    push @rules, { path => "/elsewhere/$word.png", %$download } if $download;
    push @wants, $server->posting('/api/stories/generate', order(prompt => "About $word", pages => 1, size => '64x64'));
}
$upstream->rules(@rules, { path => '/elsewhere/loop', redirect => "$here/loop" }, { path => '/elsewhere/call', body => 'x' });

my $began = time;
my @responses;
push @responses, $server->many(splice @wants, 0, 25) while @wants;    # what prefork's processes can take at once
cmp_ok(time - $began, '<', slow(25), 'in bounded time');

my %calls;
for my $entry ($upstream->images) {
    $calls{$1}++ if $entry->{body}{prompt} =~ /\b(k\d\dk)\b/;
}
for my $n (0 .. $#cases) {
    my ($what, undef, $code, $most) = @{ $cases[$n] };
    my $word = sprintf 'k%02dk', $n;
    my $story = is_story($responses[$n], "$what: the story comes");
    page_error($story, 1, qr/(?:$code)/, "$what: $code");
    is($calls{$word}, $most, "$what: asked $most times");
    cmp_ok($responses[$n]{seconds}, '<', slow(10), "$what: in time");
    unlike($responses[$n]{content}, qr/\Q$KEY\E|sig=|scripted|meta-data/, "$what: nothing of the upstream's own words");
}

is_deeply([saved_files($server)], [], 'no image was written');
is($server->get('/api/images/generated')->{json}{meta}{total}, 0, 'none is listed');
is($server->get('/api/stories')->{json}{meta}{total}, scalar @cases, 'every story is');
is_tidy($server);
is_deeply([grep { exists $_->{headers}{authorization} } $upstream->log('/elsewhere/')], [], 'the key went to no image URL');
is_deeply([map { $_->{refused} } $upstream->refused], [], 'and no request was one that the API refuses');
$server->expect_log(qr/\[storyimg:(?:warn|error)\]/);
done();
