#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# The harness itself: a server of its own, which cannot outlive its test; an upstream as strict as the real one.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use JSON::PP ();
use MIME::Base64 qw(decode_base64);
use Test::More;
use Time::HiRes qw(sleep time);

use StoryImg::Client qw(request many);
use StoryImg::Pictures qw(png jpeg webp gif svg sniff dimensions);
use StoryImg::Server;
use StoryImg::Test;
use StoryImg::Upstream;

my %DALLE = (model => 'dall-e-3', prompt => 'A tree', size => '1024x1024');
my %GPT = (model => 'gpt-image-2.6-flare', prompt => 'A tree');
my %CHAT = (model => 'gpt-6-luna', messages => [{ role => 'user', content => 'A story of 4 pages' }]);

sub ask {
    my ($upstream, $path, $body, %headers) = @_;
    return request($upstream->port, method => 'POST', path => $path, body => ref $body ? JSON::PP->new->utf8->encode($body) : $body,
        headers => { 'Content-Type' => 'application/json', Authorization => "Bearer $KEY", %headers });
}

sub draw { my ($upstream, @body) = @_; return ask($upstream, '/v1/images/generations', {@body}) }
sub chat { my ($upstream, @body) = @_; return ask($upstream, '/v1/chat/completions', {@body}) }

subtest 'a server starts, serves, restarts and stops' => sub {
    my $server = StoryImg::Server->new(module => 0);
    $server->write_file('htdocs/hello.html', "hello\n");
    $server->start;
    is($server->get('/hello.html')->{content}, "hello\n", 'a file is served');
    is_deeply([map { $_->{status} } $server->many(map { { path => '/hello.html' } } 1 .. 20)], [(200) x 20], 'twenty at once');
    is($server->get('/nowhere.html')->{status}, 404, 'what is not there is not');
    $server->restart;
    is($server->get('/hello.html')->{status}, 200, 'and after a graceful restart');
    is($server->request(path => '/hello.html', method => 'HEAD')->{content}, '', 'HEAD has no body');
    my ($root, $pid) = ($server->root, $server->pid);
    $server->stop('it stops, its log clean');
    undef $server;
    ok(!-e $root, 'its folder is gone');
    ok(!kill(0, $pid), 'its process is gone');
};

subtest 'a log line nobody named is found' => sub {
    my $server = StoryImg::Server->new(module => 0, modules => ['rewrite'], conf => "RewriteEngine on\nRewriteRule ^/loop /loop [L]\n"
        . "<Location /x>\nErrorDocument 404 /nowhere\n</Location>");
    $server->start;
    is_deeply([$server->complaints], [], 'no complaint at first');
    open my $log, '>>', $server->error_log or die;
    print {$log} "[now] [core:error] [pid 1] something\n[now] [core:notice] child pid 7 exit signal Segmentation fault (11)\n"
        . "[now] [core:info] fine\nplain words\n";
    close $log;
    is(scalar(() = $server->complaints), 3, 'an error, a crash and plain words');
    $server->expect_log(qr/something/, qr/exit signal/, qr/plain/);
    $server->stop;
};

subtest 'a killed test leaves nothing' => sub {
    my $script = 'use StoryImg::Server; use StoryImg::Upstream; $| = 1; my $u = StoryImg::Upstream->new; '
        . 'my $s = StoryImg::Server->new(module => 0)->start; print join(" ", $s->pid, $u->pid, $s->root, $u->{folder}), "\n"; sleep 60;';
    my $child = open(my $out, '-|', $^X, map({ "-I$_" } @INC), '-e', $script) // die;
    my ($httpd, $upstream, $root, $folder) = split ' ', scalar <$out>;
    kill 'KILL', $child;
    close $out;
    my $alive = sub { kill(0, $httpd) || kill(0, $upstream) || -e $root || -e $folder };
    for (my $until = time + 8; time < $until && $alive->(); sleep 0.05) { }
    ok(!kill(0, $httpd), 'httpd is gone');
    ok(!kill(0, $upstream), 'the upstream is gone');
    ok(!-e $root, 'its folder is gone');
    ok(!-e $folder, 'so is the upstream\'s');
};

my $up = StoryImg::Upstream->new;

subtest 'refusals of the upstream' => sub {
    my @cases = (
        ['no key', 401, ask($up, '/v1/images/generations', {%GPT}, Authorization => undef)],
        ['wrong key', 401, ask($up, '/v1/chat/completions', {%CHAT}, Authorization => 'Bearer sk-wrong')],
        ['unknown path', 404, ask($up, '/v1/images/paint', {%GPT})],
        ['not JSON', 400, ask($up, '/v1/images/generations', '{"model"')],
        ['wrong content type', 400, ask($up, '/v1/images/generations', {%GPT}, 'Content-Type' => 'text/plain')],
        ['unknown model', 404, draw($up, %GPT, model => 'dall-e-9')],
        ['no model', 400, draw($up, prompt => 'A tree')],
        ['unknown member', 400, draw($up, %GPT, steps => 20)],
        ['response_format for gpt-image', 400, draw($up, %GPT, response_format => 'b64_json')],
        ['style for gpt-image', 400, draw($up, %GPT, style => 'vivid')],
        ['output_format for dall-e-3', 400, draw($up, %DALLE, output_format => 'png')],
        ['style of an unknown kind', 400, draw($up, %DALLE, style => 'watercolour')],
        ['quality of the other family', 400, draw($up, %GPT, quality => 'hd')],
        ['size of the other family', 400, draw($up, %DALLE, size => '1536x1024')],
        ['size for gpt-image-1', 400, draw($up, %GPT, model => 'gpt-image-1-mini', size => '1792x1024')],
        ['size no multiple of 16', 400, draw($up, %GPT, size => '1000x1000')],
        ['aspect over 3:1', 400, draw($up, %GPT, size => '3200x1024')],
        ['two of dall-e-3', 400, draw($up, %DALLE, n => 2)],
        ['n as text', 400, draw($up, %DALLE, n => '1')],
        ['no prompt', 400, draw($up, model => 'dall-e-3')],
        ['long prompt, dall-e-3', 400, draw($up, %DALLE, prompt => 'x' x 4001)],
        ['long prompt, dall-e-2', 400, draw($up, model => 'dall-e-2', prompt => 'x' x 1001)],
        ['long prompt, gpt-image', 400, draw($up, %GPT, prompt => 'x' x 32_001)],
        ['quality for an unknown family', 400, draw($up, model => 'sd-local', prompt => 'A tree', quality => 'high')],
        ['temperature', 400, chat($up, %CHAT, temperature => 1)],
        ['max_tokens', 400, chat($up, %CHAT, max_tokens => 100)],
        ['no messages', 400, chat($up, model => 'gpt-6-luna')],
        ['open schema', 400, chat($up, %CHAT, response_format => { type => 'json_schema', json_schema => { name => 's',
        strict => JSON::PP::true,
            schema => { type => 'object', properties => { a => { type => 'string' } }, required => ['a'] } } })],
    );
    is($_->[2]{status}, $_->[1], $_->[0]) for @cases;
    is(scalar(grep { ref $_->[2]{json}{error} eq 'HASH' } @cases), scalar @cases, 'each with an OpenAI error body');
    is(scalar(() = $up->refused), scalar @cases, 'and each written down as refused');
};

subtest 'what passes' => sub {
    $up->clear;
    my $url = draw($up, %DALLE, style => 'vivid', quality => 'hd', n => 1)->{json}{data}[0]{url};
    my ($path) = $url =~ m{\Ahttp://127\.0\.0\.1:\d+(/img/\S+)\z};
    my $image = request($up->port, path => $path);
    is_deeply([$image->{headers}{'content-type'}, dimensions($image->{content})], ['image/png', 1024, 1024], 'dall-e-3: a URL');
    is(request($up->port, path => $path, headers => { Authorization => "Bearer $KEY" })->{status}, 403, 'not with a key');
    my $bytes = draw($up, %DALLE, response_format => 'b64_json')->{json}{data}[0]{b64_json};
    is(sniff(decode_base64($bytes)), 'png', 'dall-e-3: bytes');
    my $small = draw($up, %GPT, size => '1536x864', quality => 'low', output_format => 'webp', n => 1)->{json};
    is(sniff(decode_base64($small->{data}[0]{b64_json})), 'webp', 'gpt-image-2: bytes in the format asked for');
    ok($small->{usage}{total_tokens}, 'and usage');
    is(draw($up, model => 'sd-local', prompt => "\x{1F319}" x 4000, size => '512x512', n => 1)->{status}, 200, 'unknown family');
    like(chat($up, %CHAT)->{json}{choices}[0]{message}{content}, qr/Page 4\n.*Illustration Description/s, 'a story in plain text');
    my $schema = { type => 'object', additionalProperties => JSON::PP::false, required => ['title', 'pages'], properties => {
        title => { type => 'string' }, pages => { type => 'array', items => { type => 'object', additionalProperties => JSON::PP::false,
            required => ['text', 'scene'], properties => { text => { type => 'string' }, scene => { type => 'string' } } } } } };
    my $format = { type => 'json_schema', json_schema => { name => 'story', strict => JSON::PP::true, schema => $schema } };
    my $story = JSON::PP->new->decode(chat($up, %CHAT, response_format => $format)->{json}{choices}[0]{message}{content});
    is(scalar @{ $story->{pages} }, 4, 'and a structured one');
    is(chat($up->set(structured => 'refuse'), %CHAT, response_format => $format)->{status}, 400, 'unless it cannot');
    is(scalar(() = $up->refused), 1, 'nothing else was refused');
    like(chat($up, %CHAT, stream => JSON::PP::true)->{content}, qr/^data: \{.*data: \[DONE\]\n\n\z/s, 'a stream');
};

subtest 'rules' => sub {
    my @rules = (
        { word => 'slow', delay => 0.5 }, { word => 'gone', reset => 'before' }, { word => 'torn', reset => 'middle' },
        { word => 'cut', cut => 1 }, { word => 'half', half_json => 1 }, { word => 'page', html => 1 }, { word => 'none', empty => 1 },
        { word => 'busy', status => 429, code => 'rate_limit_exceeded', headers => { 'Retry-After' => 7 } },
        { word => 'second', nth => 2, status => 500 }, { word => 'moved', redirect => 'http://127.0.0.1:1/' },
        { word => 'vector', image => 'svg' }, { word => 'chunks', chunked => 1 }, { word => 'drops', drip => { bytes => 2000,
        every => 0.01 } },
        { word => 'big', big => 1 }, { word => 'there', url => 'https://example.com/x.png' }, { word => 'stuck', hang => 1 },
    );
    $up->set(structured => 'yes')->rules(@rules);
    my %got = map { my $word = $_; $word => draw($up, %GPT, prompt => "A $word tree", size => '512x512') }
        qw(slow gone torn cut half page none busy moved vector chunks drops big there);
    cmp_ok($got{slow}{seconds}, '>=', 0.5, 'delay');
    is($got{gone}{status}, 599, 'reset before the answer');
    ok($got{torn}{status} == 200 && !$got{torn}{json}, 'reset in the middle');
    ok($got{cut}{status} == 200 && !$got{cut}{json}, 'closed in the middle');
    ok($got{half}{status} == 200 && !$got{half}{json}, 'half a JSON');
    like($got{page}{content}, qr/<h1>/, 'HTML');
    is_deeply($got{none}{json}{data}, [], 'an empty list');
    is("$got{busy}{status} $got{busy}{headers}{'retry-after'} $got{busy}{json}{error}{code}", '429 7 rate_limit_exceeded',
        'a rate limit');
    is($got{moved}{status}, 302, 'redirect');
    like(decode_base64($got{vector}{json}{data}[0]{b64_json}), qr/<svg/, 'base64 of SVG');
    is(sniff(decode_base64($got{$_}{json}{data}[0]{b64_json})), 'png', $_) for qw(chunks drops);
    cmp_ok(length decode_base64($got{big}{json}{data}[0]{b64_json}), '>', 1_000_000, 'a big picture');
    is($got{there}{json}{data}[0]{url}, 'https://example.com/x.png', 'a URL elsewhere');
    is_deeply([map { draw($up, %GPT, prompt => 'A second tree')->{status} } 1 .. 3], [200, 500, 200], 'only the second call');
    is(request($up->port, method => 'POST', path => '/v1/images/generations', body => JSON::PP->new->encode({ %GPT, prompt => 'stuck' }),
        headers => { 'Content-Type' => 'application/json', Authorization => "Bearer $KEY" }, timeout => 0.5)->{reason}, 'timeout',
        'hang');
};

subtest 'two hundred slow connections at once' => sub {
    $up->rules;
    $up->set(delay => { '/v1/images/generations' => 2 });
    my $body = JSON::PP->new->encode({%GPT});
    my $began = time;
    my @all = many($up->port, map { { method => 'POST', path => '/v1/images/generations', body => $body,
        headers => { 'Content-Type' => 'application/json', Authorization => "Bearer $KEY" } } } 1 .. 200);
    is(scalar(grep { $_->{status} == 200 } @all), 200, 'all are answered');
    cmp_ok(time - $began, '<', 20, 'in the time of a few');
    is((sort { $b <=> $a } map { $_->{inflight} } $up->images)[0], 200, 'all in flight at once');
};

done();
