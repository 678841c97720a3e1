#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# The scripted upstream, without mod_storyimg: image edits, pictures that are looked at, moderation, Azure; and what is uploaded.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use Compress::Zlib qw(uncompress);
use Digest::SHA qw(sha256_hex);
use HTTP::Tiny;
use JSON::PP ();
use MIME::Base64 qw(decode_base64 encode_base64);
use Test::More;

use StoryImg::Form qw(read_form write_form);
use StoryImg::OpenAI ();
use StoryImg::Photo qw(photo still moving png_of_size bomb promise friendly hostile upload faults $FIELD $SCRIPT);
use StoryImg::Pictures qw(png jpeg webp gif svg sniff is_whole_picture dimensions);
use StoryImg::Upstream;

my $JSON = JSON::PP->new->utf8->canonical;
my $HTTP = HTTP::Tiny->new(timeout => 60);
my ($KEY, $AZURE_KEY) = ($StoryImg::Upstream::KEY, $StoryImg::Upstream::AZURE_KEY);
my %BEARER = (Authorization => "Bearer $KEY");
my $VERSION = 'api-version=2025-04-01-preview';
my $PNG = png(300, 200, 'hero');
my $up = StoryImg::Upstream->new;

sub post {
    my ($path, $type, $body, %headers) = @_;
    my $response = $HTTP->post($up->origin . $path, { content => $body, headers => { 'Content-Type' => $type, %headers } });
    $response->{json} = eval { $JSON->decode($response->{content}) } // {};
    return $response;
}

sub post_json { my ($path, $body, %headers) = @_; return post($path, 'application/json', $JSON->encode($body), %headers) }
sub post_form { my ($path, $parts, %headers) = @_; return post($path, write_form(@$parts), %headers) }
sub field { my ($name, $value) = @_; return { name => $name, bytes => $value } }

sub picture {
    my (%more) = @_;
    return { name => 'image[]', filename => 'hero.png', type => 'image/png', bytes => $PNG, %more };
}

sub fields { my (%values) = @_; return map { field($_ => $values{$_}) } grep { defined $values{$_} } sort keys %values }
my %EDIT = (model => 'gpt-image-2', prompt => 'The hero on a boat', n => '1');

sub edit {
    my ($values, @files) = @_;
    return post_form('/v1/images/edits', [fields(%EDIT, %$values), @files ? @files : picture()], %BEARER);
}


# Refused with that status, and a word of why, in the body of an error.
sub is_no {
    my ($name, $response, $status, $why) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $error = ref $response->{json}{error} eq 'HASH' ? $response->{json}{error} : {};
    my $said = join ' ', map { $error->{$_} // '' } qw(message code param);
    return ok($response->{status} == $status && $said =~ $why, $name) || diag("$response->{status} $response->{content}");
}

# What stands in the log is no picture, neither raw nor as base64.
sub holds_no_picture {
    my ($name, @pictures) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    open my $in, '<:raw', "$up->{folder}/log" or die;
    my $log = do { local $/; <$in> };
    my @found = grep { index($log, substr(encode_base64($_, ''), 40, 60)) >= 0 || index($log, substr $_, 30, 40) >= 0 } @pictures;
    return ok(length $log && !@found, $name);
}

subtest 'a form is read as it was written' => sub {
    my $odd = "\r\n------StoryImgTest\r\n\0\xff--\r\n";
    my ($type, $body) = write_form(field(prompt => "Zo\xc3\xab"), picture(bytes => $odd), picture(filename => 'b%22.png', bytes => ''));
    is_deeply(read_form($type, $body), [{ name => 'prompt', filename => undef, type => undef, bytes => "Zo\xc3\xab" },
        { name => 'image[]', filename => 'hero.png', type => 'image/png', bytes => $odd },
        { name => 'image[]', filename => 'b".png', type => 'image/png', bytes => '' }], 'names, types, bytes');
    my ($mark) = $type =~ /boundary=(.*)/;
    ok(read_form(qq{Multipart/Form-Data; boundary="$mark"}, $body), 'a quoted boundary');
    ok(!read_form("multipart/form-data; boundary=$mark; boundary=x", $body), 'not two of them');
    ok(!read_form($type, "x\r\n$body"), 'nothing before it');
    ok(!read_form($type, "${body}x"), 'nothing behind it');
    ok(!read_form($type, $body =~ s/\r\n/\n/gr), 'not with bare line feeds');
    ok(!read_form(write_form(field(n => 1), field(n => 1))), 'not two fields of one name');
    ok(!read_form(write_form(field(prompt => "\xff\xfe"))), 'not a field that is no UTF-8');
    ok(!read_form(write_form(field(prompt => 'x'), { %{ picture() }, type => undef })), 'no file without a type');
    ok(!read_form(write_form({ %{ picture() }, head => "Content-Type: image/png\r\n" })), 'not two headers of one name');
    ok(!read_form(write_form(picture(filename => 'x' x 8192))), 'not a header of more than 8 KB');
    my %whole = ('wrong field' => 1, 'two files' => 1, 'no file' => 1);
    for my $fault (faults()) {
        my $parts = read_form(upload($PNG, $fault));
        ok(!$parts == !$whole{$fault}, "$fault: " . ($whole{$fault} ? 'a whole form' : 'no form'));
    }
    is((read_form(upload($PNG, 'wrong field')))->[0]{name}, 'image', 'the wrong field');
    is(scalar @{ read_form(upload($PNG, 'two files')) }, 2, 'two files');
    cmp_ok(length((upload($PNG, 'long header'))[1]), '>', 1_048_576, 'a header of 1 MB');
};

subtest 'edits that pass' => sub {
    $up->clear;
    my $answer = edit({ size => '1536x1024', quality => 'high', output_format => 'webp', input_fidelity => 'high' });
    is($answer->{status}, 200, 'all fields') or diag($answer->{content});
    is(sniff(decode_base64($answer->{json}{data}[0]{b64_json} // '')), 'webp', 'bytes in the format asked for');
    ok($answer->{json}{usage}{total_tokens} && !exists $answer->{json}{data}[0]{url}, 'usage, and no URL');
    my ($call, @more) = $up->edits;
    is(scalar @more, 0, 'one line in the log');
    is_deeply($call->{body}, { %EDIT, size => '1536x1024', quality => 'high', output_format => 'webp', input_fidelity => 'high' },
        'the fields');
    is_deeply($call->{files}, [{ name => 'image[]', filename => 'hero.png', type => 'image/png', size => length $PNG,
        sha256 => sha256_hex($PNG) }], 'and what the file is');
    my ($jpeg, $webp) = (photo(6), webp());
    $answer = edit({ prompt => "Zo\xc3\xab and her \xf0\x9f\x8c\x99" }, picture(),
        picture(bytes => $jpeg, type => 'image/jpeg', filename => 'a.jpg'),
        picture(bytes => $webp, type => 'image/webp', filename => 'b.webp'));
    is($answer->{status}, 200, 'three pictures of three kinds');
    ($call) = reverse $up->edits;
    is_deeply([map { $_->{sha256} } @{ $call->{files} }], [map { sha256_hex($_) } $PNG, $jpeg, $webp], 'each in the log');
    is($call->{body}{prompt}, "Zo\x{eb} and her \x{1F319}", 'words as they are');
    is(edit({}, map { picture() } 1 .. 16)->{status}, 200, 'sixteen');
    my @faithful = qw(gpt-image-1 gpt-image-1.5 gpt-image-2.6-flare);
    is(edit({ model => $_, size => '1024x1024' })->{status}, 200, $_) for @faithful, 'gpt-image-1-mini';
    is(edit({ model => $_, input_fidelity => 'low' })->{status}, 200, "$_: input_fidelity") for @faithful;
    is(edit({ output_format => 'jpeg', output_compression => '80', background => 'opaque', user => 'f00' })->{status}, 200,
        'what else there is');
    is(edit({}, picture(bytes => png_of_size(5 * 1_048_576)))->{status}, 200, '5 MB');
    is_deeply([scalar(() = $up->edits), scalar(() = $up->images), scalar(() = $up->drawings), scalar(() = $up->refused)], [12, 12, 0, 0],
        'edits are counted as pictures, not as drawings from words');
    post_json('/v1/images/generations', { model => 'gpt-image-2', prompt => 'A tree' }, %BEARER);
    is_deeply([map { $_->{path} } $up->drawings], ['/v1/images/generations'], 'those are listed, too');
    is(scalar(() = $up->edits), 12, 'by themselves');
    holds_no_picture('no picture is in the log', $PNG, $jpeg);
};

subtest 'edits that the API refuses' => sub {
    $up->clear;
    my $most = 50 * 1_048_576;
    my @cases = (
        ['no model', edit({ model => undef }), 400, qr/model/],
        ['an unknown model', edit({ model => 'gpt-image-99' }), 404, qr/model_not_found/],
        ['dall-e-3', edit({ model => 'dall-e-3' }), 400, qr/does not support image edits/],
        ['a model of no family', edit({ model => 'sd-local' }), 400, qr/does not support image edits/],
        ['no prompt', edit({ prompt => undef }), 400, qr/prompt/],
        ['an empty prompt', edit({ prompt => '' }), 400, qr/prompt/],
        ['a long prompt', edit({ prompt => 'x' x 32_001 }), 400, qr/32000/],
        ['response_format', edit({ response_format => 'b64_json' }), 400, qr/Unknown parameter: 'response_format'/],
        ['style', edit({ style => 'vivid' }), 400, qr/Unknown parameter: 'style'/],
        ['moderation, which only generations take', edit({ moderation => 'low' }), 400, qr/Unknown parameter: 'moderation'/],
        ['n no number', edit({ n => 'one' }), 400, qr/'n'/],
        ['n of 11', edit({ n => '11' }), 400, qr/'n'/],
        ['a wrong size', edit({ size => '1000x1000' }), 400, qr/size/],
        ['a size of the newer family', edit({ model => 'gpt-image-1', size => '1536x864' }), 400, qr/size/],
        ['quality of the other family', edit({ quality => 'hd' }), 400, qr/quality/],
        ['a format there is not', edit({ output_format => 'gif' }), 400, qr/output_format/],
        ['compression of PNG', edit({ output_compression => '80' }), 400, qr/output_compression/],
        ['fidelity in between', edit({ input_fidelity => 'medium' }), 400, qr/input_fidelity/],
        ['fidelity of the small one', edit({ model => 'gpt-image-1-mini', input_fidelity => 'high' }), 400, qr/input_fidelity/],
        ['no file', post_form('/v1/images/edits', [fields(%EDIT)], %BEARER), 400, qr/image/],
        ['a file as a field', post_form('/v1/images/edits', [fields(%EDIT), field('image[]' => 'x')], %BEARER), 400, qr/image/],
        ['seventeen files', edit({}, map { picture() } 1 .. 17), 400, qr/too long/],
        ['a file of another name', edit({}, picture(), picture(name => 'photo')), 400, qr/Unknown parameter: 'photo'/],
        ['another type than the bytes', edit({}, picture(type => 'image/jpeg')), 400, qr/mimetype/],
        ['octets', edit({}, picture(type => 'application/octet-stream')), 400, qr/mimetype/],
        ['a GIF', edit({}, picture(bytes => gif(), type => 'image/gif')), 400, qr/mimetype/],
        ['an SVG', edit({}, picture(bytes => svg(), type => 'image/png')), 400, qr/mimetype/],
        ['an empty file', edit({}, picture(bytes => '')), 400, qr/mimetype/],
        ['half a PNG', edit({}, picture(bytes => substr $PNG, 0, length($PNG) / 2)), 400, qr/Invalid image file/],
        ['half a JPEG', edit({}, picture(bytes => substr(jpeg(), 0, 300), type => 'image/jpeg')), 400, qr/Invalid image file/],
        ['half a WebP', edit({}, picture(bytes => substr(webp(), 0, 200), type => 'image/webp')), 400, qr/Invalid image file/],
        ['50 MB', edit({}, picture(bytes => png_of_size($most))), 413, qr/too large/],
        ['JSON', post_json('/v1/images/edits', { %EDIT }, %BEARER), 400, qr/form/],
        ['no key', post_form('/v1/images/edits', [fields(%EDIT), picture()]), 401, qr/API key/],
        ['Azure\'s key', post_form('/v1/images/edits', [fields(%EDIT), picture()], %BEARER, 'api-key' => $AZURE_KEY), 400, qr/key/],
    );
    is_no(@$_) for @cases;
    is(scalar(() = $up->refused), scalar @cases, 'each is written down as refused');
    is(edit({}, picture(bytes => png_of_size($most - 1)))->{status}, 200, 'but one byte less is fine');
    is_deeply([map { $_->{size} } @{ (reverse $up->edits)[0]{files} }], [$most - 1], 'and counted');
    $HTTP->get($up->origin . '/v1/images/edits', { headers => \%BEARER });
    is((reverse $up->log)[0]{refused}, 'no such path', 'GET is none');
    holds_no_picture('no picture is in the log of refusals', $PNG, jpeg());
};

subtest 'photos' => sub {
    my %made = (friendly(), hostile());
    is_deeply([map { is_whole_picture($made{$_}{bytes}) } 'png', 'jpeg', 'turned jpeg, with a place', 'webp', 'png, then html', 'bomb'],
        [(1) x 6], 'whole ones');
    my @broken = grep { /half|start|no bytes|svg|html\z|text/ && !/then/ } sort keys %made;
    is_deeply([map { is_whole_picture($made{$_}{bytes}) } @broken], [(0) x 9], 'and others');
    my ($upright, $turned) = map { photo($_) } 1, 6;
    is(substr($turned, 6, 6), "Exif\0\0", 'EXIF comes first');
    is(length $upright, length $turned, 'as long as any');
    is(($upright ^ $turned) =~ tr/\0//c, 1, 'in which one byte says how it is turned');
    my @frames = map { scalar(() = /\x21\xf9\x04/g) } still(), moving();
    is_deeply(\@frames, [1, 2], 'one frame and two');
    like($made{'gif with a script in a comment'}{bytes}, qr/\AGIF89a.*\x21\xfe.\Q$SCRIPT\E\0\x21\xf9.*;\z/s, 'a comment in a GIF');
    like($made{'gif that is a script'}{bytes}, qr{\AGIF89a/\*(?:(?!\*/).)*\*/=1;alert\(document\.domain\);/\*(?:(?!\*/).)*\*/\z}s,
        'a GIF that is a statement of JavaScript');
    is(length png_of_size($_), $_, "$_ bytes") for 1000, 5 * 1_048_576 + 1;
    ok(is_whole_picture(png_of_size(1000)), 'of a whole PNG');
    is_deeply([dimensions(bomb()), dimensions(promise())], [(30_000) x 4], 'large ones');
    cmp_ok(length bomb(), '<', 120_000, 'the whole one is small');
    cmp_ok(length promise(), '<', 4096, 'the other smaller');
    my $unpacker = Compress::Zlib::inflateInit();
    my ($size, $packed) = (0, substr bomb(), 8 + 25 + 8, -16);
    while (length $packed) {
        my ($rows, $status) = $unpacker->inflate(my $piece = substr $packed, 0, 4096, '');
        die "inflate: $status" if $status != Compress::Zlib::Z_OK() && $status != Compress::Zlib::Z_STREAM_END();
        $size += length $rows;
    }
    is($size, 30_000 * (1 + 30_000 / 8), 'and has all of its rows');
    my ($type, $body) = upload($made{jpeg});
    is_deeply([map { @$_{qw(name filename type)} } @{ read_form($type, $body) }], [$FIELD, 'hero.jpg', 'image/jpeg'],
        'the form of an upload');
};

my %CHAT = (model => 'gpt-6-luna', stream => JSON::PP::false);
sub data_url { my ($bytes, $type) = @_; return 'data:' . ($type // 'image/jpeg') . ';base64,' . encode_base64($bytes, '') }
sub image_part { my ($url, %more) = @_; return { type => 'image_url', image_url => { url => $url, %more } } }
sub text_part { return { type => 'text', text => $_[0] } }
sub messages { my (@parts) = @_; return [{ role => 'system', content => 'Describe.' }, { role => 'user', content => \@parts }] }
sub look { my ($parts, %more) = @_; return post_json('/v1/chat/completions', { %CHAT, messages => messages(@$parts), %more }, %BEARER) }

sub azure {
    my ($deployment, $call, $query, $body, %headers) = @_;
    my $path = "/openai/deployments/$deployment/$call" . ($query ? "?$query" : '');
    my %key = ('api-key' => $AZURE_KEY, %headers);
    delete $key{$_} for grep { !defined $key{$_} } keys %key;
    return ref $body eq 'ARRAY' ? post_form($path, $body, %key) : post_json($path, $body, %key);
}

subtest 'Azure' => sub {
    $up->clear;
    my %text = (messages => [{ role => 'user', content => 'A story of 2 pages' }]);
    like(azure('my-text', 'chat/completions', $VERSION, \%text)->{json}{choices}[0]{message}{content}, qr/Page 2\n/,
        'text, no model named');
    my $drawn = azure('my-image', 'images/generations', $VERSION, { model => 'my-image', prompt => 'A tree', output_format => 'webp' });
    is(sniff(decode_base64($drawn->{json}{data}[0]{b64_json} // '')), 'webp', 'a picture, the model called as the deployment is');
    my $form = [fields(prompt => 'The hero', input_fidelity => 'high', size => '1024x1024'), picture()];
    is(azure('my-image', 'images/edits', $VERSION, $form)->{status}, 200, 'an edit');
    my $who = messages(text_part('Who?'), image_part(data_url(jpeg())));
    like(azure('my-text', 'chat/completions', $VERSION, { messages => $who })->{content}, qr/red raincoat/, 'a picture is looked at');
    is_deeply([map { "$_->{path}?$_->{query}" } $up->log], [map { "/openai/deployments/$_?$VERSION" } 'my-text/chat/completions',
        'my-image/images/generations', 'my-image/images/edits', 'my-text/chat/completions'], 'the log has the paths');
    is_deeply([map { scalar @$_ } [$up->texts], [$up->images], [$up->drawings], [$up->edits], [$up->refused]], [2, 2, 1, 1, 0],
        'in the lists, too');
    is(($up->edits)[0]{files}[0]{sha256}, sha256_hex($PNG), 'and the file');
    my %tree = (prompt => 'A tree');
    my @cases = (
        ['no api-version', azure('my-image', 'images/generations', '', \%tree), 404, qr/Resource not found/],
        ['no version of the API', azure('my-image', 'images/generations', 'api-version=latest', \%tree), 404, qr/Resource not found/],
        ['no such deployment', azure('other', 'images/generations', $VERSION, \%tree), 404, qr/DeploymentNotFound/],
        ['no key', azure('my-image', 'images/generations', $VERSION, \%tree, 'api-key' => undef), 401, qr/401/],
        ['a wrong key', azure('my-image', 'images/edits', $VERSION, $form, 'api-key' => $KEY), 401, qr/401/],
        ['the key as a bearer\'s', azure('my-text', 'chat/completions', $VERSION, \%text, 'api-key' => undef,
            Authorization => "Bearer $AZURE_KEY"), 401, qr/401/],
        ['both keys', azure('my-text', 'chat/completions', $VERSION, \%text, %BEARER), 401, qr/401/],
        ['the other\'s style', azure('my-image', 'images/generations', $VERSION, { %tree, style => 'vivid' }), 400, qr/style/],
        ['an edit without a file', azure('my-image', 'images/edits', $VERSION, [fields(%tree)]), 400, qr/image/],
        ['pictures by a model of texts', azure('my-text', 'images/generations', $VERSION, \%tree), 404, qr/gpt-6-luna/],
        ['moderation', azure('my-text', 'moderations', $VERSION, { input => 'x' }), 404, qr/./],
    );
    is_no(@$_) for @cases;
    is(scalar(() = $up->refused), scalar @cases, 'each is written down as refused');
    $up->rules({ path => '/openai/', filter => 1, nth => 1 }, { model => 'gpt-image-2', filter => 1, code => 'contentFilter', nth => 1 });
    my $error = azure('my-text', 'chat/completions', $VERSION, \%text)->{json}{error};
    is_deeply([@$error{qw(code status)}, $error->{innererror}{code}], ['content_filter', 400, 'ResponsibleAIPolicyViolation'],
        'the content filter');
    ok($error->{innererror}{content_filter_result}{violence}{filtered}, 'says why');
    is(azure('my-image', 'images/edits', $VERSION, $form)->{json}{error}{code}, 'contentFilter',
        'with a code of a rule, found by the model deployed');
    is(azure('my-image', 'images/edits', $VERSION, $form)->{status}, 200, 'once');
    $up->set(deployments => { new => 'gpt-image-1-mini' }, azure_keys => ['another']);
    is(azure('new', 'images/generations', $VERSION, \%tree, 'api-key' => 'another')->{status}, 200, 'settings');
    $up->set(%{ StoryImg::OpenAI::default_settings() });
};

subtest 'rules find an edit' => sub {
    my %mini = (model => 'gpt-image-1-mini');
    $up->rules({ path => '/v1/images/edits', word => 'boat', nth => 2, status => 500 }, { model => $mini{model}, status => 429 },
        { word => 'castle', image => 'jpeg' });
    is_deeply([map { edit({})->{status} } 1 .. 3], [200, 500, 200], 'by path, word and number');
    is_deeply([edit({ prompt => 'A tree', %mini })->{status}, edit({ prompt => 'A tree' })->{status}], [429, 200], 'by model');
    is(sniff(decode_base64(edit({ prompt => 'A castle' })->{json}{data}[0]{b64_json})), 'jpg', 'and act');
    is(scalar(() = $up->edits), 6, 'all are listed');
};

subtest 'pictures that are looked at' => sub {
    $up->rules;
    my $photo = photo(1);
    my @words = (text_part('Who is it?'), image_part(data_url($photo), detail => 'low'));
    is(look(\@words)->{json}{choices}[0]{message}{content}, StoryImg::OpenAI::default_settings()->{descriptor}, 'a paragraph');
    my ($call) = $up->texts;
    is_deeply($call->{body}{messages}[1]{content}, [text_part('Who is it?'), { type => 'image_url', image_url => { type => 'image/jpeg',
        size => length $photo, sha256 => sha256_hex($photo), detail => 'low' } }], 'the log says what the picture is');
    is_deeply($JSON->decode(look([text_part('JSON, please: {"descriptor": "..."}'), $words[1]])->{json}{choices}[0]{message}{content}),
        { descriptor => StoryImg::OpenAI::default_settings()->{descriptor}, confidence => 0.9 }, 'in JSON, if asked for');
    like(look([text_part('A story of 2 pages')])->{json}{choices}[0]{message}{content}, qr/Page 2\n/, 'parts without a picture are words');
    $up->set(descriptor => 'A blue bear');
    is(look([$words[1]])->{json}{choices}[0]{message}{content}, 'A blue bear', 'a setting');
    like(look(\@words, stream => JSON::PP::true)->{content}, qr/A blue bear.*\[DONE\]/s, 'as a stream');
    is(look([image_part(data_url($$_[0], $$_[1])), image_part(data_url($photo), detail => 'high')])->{status}, 200, "$$_[1], and another")
        for [$PNG, 'image/png'], [webp(), 'image/webp'];
    is(scalar(() = $up->refused), 0, 'all that passed');
    $up->rules({ word => 'Who is', text => 'Nobody' });
    is(look(\@words)->{json}{choices}[0]{message}{content}, 'Nobody', 'a rule finds the words beside it');
    $up->clear;
    my @cases = (
        ['base64 cut short', look([image_part(substr data_url($photo), 0, -3)]), 400, qr/not base64/],
        ['no base64', look([image_part(data_url($photo) . '*')]), 400, qr/not base64/],
        ['base64 in lines', look([image_part('data:image/jpeg;base64,' . encode_base64($photo))]), 400, qr/not base64/],
        ['nothing', look([image_part('data:image/jpeg;base64,')]), 400, qr/not base64/],
        ['half a picture', look([image_part(data_url(substr $photo, 0, 300))]), 400, qr/not a whole picture/],
        ['another type', look([image_part(data_url($photo, 'image/png'))]), 400, qr/not a whole picture/],
        ['HTML', look([image_part(data_url(StoryImg::Pictures::html(), 'image/png'))]), 400, qr/not a whole picture/],
        ['an address', look([image_part('http://127.0.0.1/x.jpg')]), 400, qr/no data URL/],
        ['no address', look([{ type => 'image_url' }]), 400, qr/missing/],
        ['a bare address', look([{ type => 'image_url', image_url => undef }]), 400, qr/no data URL/],
        ['a detail there is not', look([image_part(data_url($photo), detail => 'medium')]), 400, qr/medium.*low high auto/],
        ['a part there is not', look([{ type => 'input_image', image_url => data_url($photo) }]), 400, qr/input_image/],
        ['a text that is none', look([{ type => 'text', text => 7 }]), 400, qr/text/],
        ['more in a part', look([{ %{ text_part('x') }, name => 'x' }]), 400, qr/name/],
        ['no parts', look([]), 400, qr/empty array/],
        ['from the system', look([], messages => [{ role => 'system', content => [image_part(data_url($photo))] }]), 400, qr/only a user/],
        ['an unknown model', look(\@words, model => 'gpt-9'), 404, qr/gpt-9/],
        ['an unknown member', look(\@words, image => 'x'), 400, qr/image/],
    );
    is_no(@$_) for @cases;
    is(scalar(() = $up->refused), scalar @cases, 'each is written down as refused');
    holds_no_picture('no picture is in the log, whatever was wrong', $photo, $PNG);
};

subtest 'moderation' => sub {
    $up->rules({ word => 'fight', flag => ['harassment', 'violence'] }, { word => 'down', status => 500 });
    my %model = (model => 'omni-moderation-latest');
    my $judge = sub { my ($input, %more) = @_; return post_json('/v1/moderations', { %model, input => $input, %more }, %BEARER) };
    my $said = $judge->('A boat on the lake')->{json};
    my $result = $said->{results}[0];
    like("$said->{id} $said->{model}", qr/\Amodr-\d+ omni-moderation-latest\z/, 'an answer');
    ok(JSON::PP::is_bool($result->{flagged}) && !$result->{flagged}, 'nothing is flagged');
    my @names = sort keys %{ $result->{categories} };
    is("@names", 'harassment harassment/threatening hate hate/threatening illicit illicit/violent self-harm '
        . 'self-harm/instructions self-harm/intent sexual sexual/minors violence violence/graphic', 'all categories of the API');
    is_deeply([map { [sort keys %{ $result->{$_} }] } qw(category_scores category_applied_input_types)], [\@names, \@names],
        'with scores and kinds');
    my $names_of = sub { my ($r) = @_; return sort grep { $r->{categories}{$_} } keys %{ $r->{categories} } };
    my $flagged = sub { return map { [$_->{flagged} ? 1 : 0, $names_of->($_)] } @{ $_[0]{json}{results} } };
    is_deeply([$flagged->($judge->('It says forbidden-word here'))], [[1, 'violence']], 'a word of the settings');
    is_deeply([$flagged->($judge->(['fine', 'forbidden-word']))], [[0], [1, 'violence']], 'a verdict for each of several texts');
    is_deeply([$flagged->($judge->('a fight'))], [[1, 'harassment', 'violence']], 'a rule');
    is($judge->('down')->{status}, 500, 'and another');
    my $photo = photo(1);
    is_deeply([$flagged->($judge->([image_part(data_url($photo))]))], [[0]], 'a picture');
    is_deeply((reverse $up->moderations)[0]{body}{input}[0]{image_url},
        { type => 'image/jpeg', size => length $photo, sha256 => sha256_hex($photo) }, 'of which the log says what it is');
    is_deeply([$flagged->($judge->([text_part('a fight'), image_part(data_url($PNG, 'image/png'))]))], [[1, 'harassment', 'violence']],
        'a picture with words: one verdict');
    $up->rules({ path => '/v1/moderations', nth => 2, flag => ['sexual/minors'] });
    is_deeply([map { $flagged->($judge->([image_part(data_url($photo))])) } 1 .. 3], [[0], [1, 'sexual/minors'], [0]],
        'the second picture');
    is(scalar(() = $up->moderations), 3, 'all are listed');
    $up->set(flagged => ['boat', 'kite'])->rules;
    is_deeply([map { $flagged->($judge->($_)) } 'A boat', 'forbidden-word'], [[1, 'violence'], [0]], 'settings');
    my @cases = (
        ['no model', $judge->('x', model => undef), 404, qr/model/],
        ['a model of texts', $judge->('x', model => 'gpt-6-luna'), 404, qr/gpt-6-luna/],
        ['no input', post_json('/v1/moderations', {%model}, %BEARER), 400, qr/input/],
        ['an empty one', $judge->(''), 400, qr/input/],
        ['an empty list', $judge->([]), 400, qr/input/],
        ['a number', $judge->(7), 400, qr/input/],
        ['half a picture', $judge->([image_part(data_url(substr $photo, 0, 300))]), 400, qr/not a whole picture/],
        ['an unknown member', $judge->('x', user => 'f00'), 400, qr/user/],
        ['a picture for the old model', $judge->([image_part(data_url($photo))], model => 'text-moderation-latest'), 400, qr/no pictures/],
        ['no key', post_json('/v1/moderations', { %model, input => 'x' }), 401, qr/API key/],
    );
    is_no(@$_) for @cases;
    is(scalar(() = $up->refused), scalar @cases, 'each is written down as refused');
    holds_no_picture('no picture is in the log', $photo, $PNG);
};

subtest 'no key goes to the address of a picture' => sub {
    my $url = post_json('/v1/images/generations', { model => 'dall-e-3', prompt => 'A tree' }, %BEARER)->{json}{data}[0]{url};
    is_deeply([map { $HTTP->get($url, { headers => $_ })->{status} } {}, {%BEARER}, { 'api-key' => $AZURE_KEY }],
        [200, 403, 403], 'neither');
};

$up->stop;
done_testing();
