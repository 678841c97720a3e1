#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# Whatever a client sends: a 4xx that names the member, nothing written, nothing spent.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use Compress::Zlib ();
use JSON::PP ();
use Test::More;

use StoryImg::Test;

my ($server, $upstream) = stack();
my $path = '/api/stories/generate';
my $JSON = JSON::PP->new->utf8->canonical;

sub with { my (%more) = @_; return { %{ order() }, %more } }
sub hero { my (%more) = @_; return with(character => { %{ order()->{character} }, %more }) }
sub sister { return hero(sisters => [{@_}]) }

# [what, body, the member that the answer must name]
sub refused {
    my (@cases) = @_;
    for my $case (@cases) {
        my ($what, $body, $member) = @$case;
        $member = quotemeta $member if !ref $member;
        is_problem($server->post_json($path, $body), 400, 'invalid-body', qr/\A(?:$member): ./, $what);
    }
    return is_untouched($server, $upstream);
}

subtest 'not JSON, or not an object' => sub {
    my $deep = '{"character":{"name":"Mia"},"prompt":' . '[' x 1000 . ']' x 1000 . '}';
    my $good = $JSON->encode(order());
    refused(map { [$_->[0], $_->[1], qr/body|prompt/] } ['empty', ''], ['cut', '{"prompt"'], ['words', 'tell me a story'], ['two', '{}{}'],
        ['null', 'null'], ['a list', '[]'], ['a string', '"x"'], ['a number', '42'], ['1,000 nested arrays', $deep],
        ['1,000 arrays', '[' x 1000 . ']' x 1000], ['100,000 open arrays', '[' x 100_000], ['invalid UTF-8', "{\"prompt\":\"\xff\xfe\"}"],
        ['overlong UTF-8', "{\"prompt\":\"\xc0\xaf\"}"], ['a surrogate', "{\"prompt\":\"\xed\xa0\x80\"}"],
        ['an escaped half of one', '{"prompt":"\ud83c"}'], ['NUL', "{\"prompt\":\"a\0b\"}"], ['a comment', "/* x */ $good"],
        ['more behind it', "$good x"], ['NaN', '{"pages":NaN}'], ['UTF-16', pack 'n*', unpack 'C*', $good]);
};

subtest 'missing' => sub {
    my %order = %{ order() };
    refused(['nothing there', {}, 'character'], ['no prompt', { character => $order{character} }, 'prompt'],
        ['no character', { prompt => 'x' }, 'character'], ['null character', with(character => undef), 'character'],
        ['null prompt', with(prompt => undef), 'prompt'], ['no name', with(character => { age => 7 }), 'character.name'],
        ['null name', hero(name => undef), 'character.name'], ['a sister without name', sister(traits => 'wise'),
        'character.sisters[0].name']);
};

subtest 'unknown members' => sub {
    refused(['one more', with(model => 'dall-e-3'), 'model'], ['of the character', hero(hair => 'red'), 'character.hair'],
        ['of a sister', sister(name => 'Sara', age => 3), 'character.sisters[0].age'], ['by case', with(Pages => 3), 'Pages'],
        ['of an odd name', $JSON->encode(with("\x{202e}\n<b>" => 1)), '?']);
    my $long = $server->post_json($path, with('x' x 5000 => 1));
    cmp_ok(length $long->{content}, '<', 1000, 'a long name is not said back whole');
};

subtest 'wrong types' => sub {
    my @text = (7, 1.5, JSON::PP::true, [], {}, ['x']);
    for my $member (qw(prompt themes setting characterDescriptor size quality style storyId subject)) {
        refused(map { ["$member " . JSON::PP->new->allow_nonref->encode($_), with($member => $_), $member] } @text);
    }
    refused(map { ['character.' . $_->[0], hero(@$_), "character.$_->[0]"] } [name => 7], [name => ['x']], [age => '7'], [age => 7.5],
        [age => []], [personality => 'brave'], [personality => {}], [interests => 1], [sisters => {}], [sisters => 'Sara'],
        [personalMessage => 1], [imageUrl => {}]);
    refused(['an interest', hero(interests => ['space', 7]), 'character.interests[1]'], ['a trait', hero(personality => [[]]),
        'character.personality[0]'],
        ['a sister', hero(sisters => ['Sara']), 'character.sisters[0]'], ['the character', with(character => 'Mia'), 'character'],
        ['the characters', with(character => []), 'character']);
    refused(map { ["$_->[0] " . JSON::PP->new->allow_nonref->encode($_->[1]), with(@$_), $_->[0]] } [generateIllustrations => 'yes'],
        [generateIllustrations => 1], [async => 'no'], [async => []],
        [pages => '3'], [pages => 2.5], [pages => JSON::PP::true], [pages => []]);
};

subtest 'out of range' => sub {
    refused(map { ["pages $_", '{"character":{"name":"Mia"},"prompt":"x","pages":' . $_ . '}',
        'pages'] } qw(0 13 -1 1000000 -9223372036854775808 99999999999999999999 1e3));
    refused(map { ["age $_", hero(age => $_), 'character.age'] } -1, 121, 2_147_483_648);
    refused(map { ["size $_", with(size => $_), 'size'] } '0x0', '1024', '1024x', 'x1024', '1024x1024x1', '-1x5', '99999x99999',
        '1024X1024 ', 'big',
        '18446744073709551617x64');
    refused(['quality', with(quality => 'best'), 'quality'], ['4,001 characters of prompt', with(prompt => "\x{e9}" x 4001), 'prompt'],
        ['an empty prompt', with(prompt => ''), 'prompt'], ['a blank prompt', with(prompt => " \n\t"), 'prompt'],
        ['a control character', with(prompt => "a\x07b"), 'prompt'], ['a turned direction', with(prompt => "a\x{202e}b"), 'prompt'],
        ['21 interests', hero(interests => [('x') x 21]), 'character.interests'], ['20 sisters',
        hero(sisters => [({ name => 'S' }) x 20]), 'character.sisters'],
        ['a long id', with(storyId => 'x' x 129), 'storyId'], ['an id as a path', with(storyId => '../../etc'), 'storyId'],
        ['an id with a space', with(storyId => 'a b'), 'storyId'], ['a subject with a quote', with(subject => q{a'b}), 'subject']);
};

subtest 'names' => sub {
    refused(map { [$_->[0], hero(name => $_->[1]), 'character.name'] } ['empty', ''], ['blank', '   '], ['10,000 characters',
        'x' x 10_000],
        ['101 characters', "\x{4e2d}" x 101], ['a path', '../../etc/passwd'], ['../', '../Mia'], ['a quotation mark',
        'Mia"; DROP TABLE stories;--'],
        ['single quotes', q{Mia' OR '1'='1}], ['a line feed', "Mia\nSara"], ['a carriage return', "Mia\rSara"], ['an emoji',
        "Mia \x{1F984}"],
        ['a right-to-left override', "Mia\x{202E}aiM"], ['an isolate', "Mia\x{2066}"], ['a right-to-left mark', "Mia\x{200F}"],
        ['a zero-width space', "Mi\x{200B}a"], ['a tag', '<b>Mia</b>'], ['a template', '${Mia}'], ['a backslash',
        'Mi\\a'], ['DEL', "Mia\x7f"],
        ['punctuation only', '...']);
    refused(['a sister', sister(name => '../Sara'), 'character.sisters[0].name'], ['a long sister', sister(name => 'x' x 101),
        'character.sisters[0].name']);
};

subtest 'references' => sub {
    refused(map { [$_, hero(imageUrl => $_), 'character.imageUrl'] } 'http://127.0.0.1/x.png', 'https://example.com/x.png', '/etc/passwd',
        '/uploads/../../etc/passwd', 'file:///etc/passwd', '/uploads/character-image-1-2.jpg', 'data:image/png;base64,AAAA');
};

subtest 'bodies' => sub {
    is_problem($server->post_json($path, $JSON->encode(with(prompt => 'x' x 300_000))), 413, 'body-too-large');
    my $announced = $server->request(method => 'POST', path => $path, announce => 1_073_741_824, body => '{"prompt":"',
        headers => { 'Content-Type' => 'application/json' }, timeout => 10);
    is_problem($announced, 413, 'body-too-large', undef, '1 GB announced');
    cmp_ok($announced->{seconds}, '<', slow(2), 'at once');
    my $sent = 0;
    my $endless = $server->request(method => 'POST', path => $path, chunked => 1, headers => { 'Content-Type' => 'application/json' },
        timeout => 20,
        body => sub { $sent += 16_000; return $sent > 1_000_000_000 ? undef : ' ' x 16_000 });
    is_problem($endless, 413, 'body-too-large', undef, 'chunks without end');
    cmp_ok($sent, '<', 100_000_000, 'cut off early');
    is_problem($server->post_json($path, '{}', 'Content-Type' => $_), 415, 'unsupported-media-type', undef, $_)
        for 'text/plain', 'multipart/form-data; boundary=x', 'application/x-www-form-urlencoded';
    is_problem($server->request(method => 'POST', path => $path, body => $JSON->encode(order())), 415, 'unsupported-media-type', undef,
        'no type: what a page of another site may send');
    is_problem($server->post_json($path, '{}', 'Content-Type' => 'application/json; charset=utf-8'), 400, 'invalid-body', undef,
        'with charset');
    my $packed = $server->post_json($path, Compress::Zlib::memGzip($JSON->encode(order())), 'Content-Encoding' => 'gzip');
    like($packed->{status}, qr/\A4(?:00|15)\z/, 'not compressed');
    is_untouched($server, $upstream);
};

subtest 'the same for suggestions' => sub {
    my $ask = sub { return $server->post_json('/api/stories/suggestions', $_[0]) };
    is_problem($ask->('{'), 400, 'invalid-body', qr/\Abody:/);
    is_problem($ask->({}), 400, 'invalid-body', qr/\Acharacter:/);
    is_problem($ask->({ character => { name => '../x' } }), 400, 'invalid-body', qr/\Acharacter\.name:/);
    is_problem($ask->({ character => { name => 'Mia' }, pages => 3 }), 400, 'invalid-body', qr/\Apages:/);
    is_untouched($server, $upstream);
};

subtest 'what is good' => sub {
    my $told = is_story($server->post_json($path, with(character => { name => "Zo\x{eb} O\x{2019}Brien-\x{4e2d}", age => 0 },
        generateIllustrations =>
        JSON::PP::false, themes => undef, prompt => "\x{1F984} " . '"quoted" <b> ../ | ${x} %s %n' . "\nnext line")));
    is($told->{character}{name}, "Zo\x{eb} O\x{2019}Brien-\x{4e2d}", 'a name of letters');
    is(scalar(() = $upstream->refused), 0, 'and upstream takes it');
};

done();
