#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# Configuration: a wrong value stops the server with a sentence; which source of a value wins.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use Test::More;

use StoryImg::Server;
use StoryImg::Test;
use StoryImg::Upstream;

sub check {
    my ($conf, %more) = @_;
    my $server = StoryImg::Server->new(conf => $conf, env => $more{env} // {}, defaults => $more{defaults} // 1);
    $server->write_file(@$_) for @{ $more{files} // [] };
    return $server->check;
}

sub stops {
    my ($conf, $words, %more) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my ($status, $said) = check($conf, %more);
    my ($shown) = $conf =~ /(StoryImg.*)/;
    return ok($status && $said =~ $words, $more{name} // $shown) || diag("exit $status\n$said");
}

subtest 'wrong values of directives' => sub {
    stops("StoryImgSave maybe\n", qr/StoryImgSave maybe: .*on or off/);
    stops("StoryImgMaxPages $_\n", qr/StoryImgMaxPages $_: .*1 to 12/) for qw(0 13 -1 many 2.5 3x);
    stops("StoryImgMinFree $_\n", qr/StoryImgMinFree $_: .*size/) for qw(lots -1 5X 1.5G 99999999999999999999G);
    stops("StoryImgTimeout $_\n", qr/StoryImgTimeout $_: .*time/) for qw(soon 0 2h -5s 10y);
    stops("StoryImgMaxBody $_\n", qr/StoryImgMaxBody $_: .*1K to 16M/) for qw(10 17M big);
    stops("StoryImgFormat $_\n", qr/StoryImgFormat $_: .*png, jpg or webp/) for qw(gif svg PNGS);
    stops("StoryImgOpenAIBaseURL $_\n", qr/StoryImgOpenAIBaseURL \Q$_\E: .*https?/)
        for qw(ftp://x api.openai.com https://);
    stops("StoryImgOpenAIBaseURL http://me:secretpw\@x/v1\n", qr/StoryImgOpenAIBaseURL \(not shown.*https?/, name => 'a password');
    stops("StoryImgGeneratedURL generated/\n", qr{StoryImgGeneratedURL generated/: .*/});
    stops("StoryImgIndex $_\n", qr/StoryImgIndex \Q$_\E: .*sqlite3:PATH/) for qw(mysql:x sqlite3: index);
    stops("StoryImgFetchAllow cdn.example.com $_\n", qr/StoryImgFetchAllow \Q$_\E: /) for qw(* http://x host:99999 *.);
    stops("StoryImgWriters $_\n", qr/StoryImgWriters.*\Q$_\E/) for qw(nobody/x openai/ gpt-4o);
    stops("StoryImgIllustrators openai/dall-e-3 $_\n", qr/StoryImgIllustrators.*\Q$_\E/) for qw(nobody/x openai/ dall-e-3);
    stops("StoryImgIllustrators openai/dall-e-3\n", qr/StoryImgIllustrators.*key/i, name => 'openai without a key');
    stops("StoryImgEnvFile \@ROOT\@/none.env\n", qr{StoryImgEnvFile /.*/none\.env: .*read});
    stops("StoryImgOpenAIKeyFile \@ROOT\@/none.key\n", qr{StoryImgOpenAIKeyFile /.*/none\.key: .*read});
    stops("StoryImgOpenAIKeyFile \@ROOT\@/a.key\n", qr{StoryImgOpenAIKeyFile /.*/a\.key: .*no key}, files => [['a.key', " \n"]],
        name => 'an empty key file');
    stops("StoryImgStateDir \@ROOT\@/generated/state\n", qr{StoryImgStateDir /.*/generated/state: .*StoryImgGeneratedDir});
    stops("StoryImgIndex sqlite3:generated/i.db\nStoryImgGeneratedDir generated\n", qr/StoryImgIndex .*: .*StoryImgGeneratedDir/);
    stops("StoryImgSave\n", qr/StoryImgSave/, name => 'no value');
    stops("StoryImgSaves on\n", qr/StoryImgSaves/, name => 'no such directive');
    stops("<Location /x>\nStoryImgMinFree 1M\n</Location>\n", qr/StoryImgMinFree/, name => 'a directive of the site in <Location>');
    stops("<VirtualHost *>\nStoryImgMaxPages 99\n</VirtualHost>\n", qr/StoryImgMaxPages 99/, name => 'in a virtual host');
    stops("<Location /x>\nStoryImgMaxPages 99\n</Location>\n", qr/StoryImgMaxPages 99/, name => 'in a <Location>');
};

subtest 'wrong values of variables' => sub {
    stops('', qr/SAVE_GENERATED_IMAGES perhaps: /, env => { SAVE_GENERATED_IMAGES => 'perhaps' }, defaults => 0,
        name => 'of the environment');
    stops('', qr/IMAGE_EDIT_TIMEOUT_MS never: /, env => { IMAGE_EDIT_TIMEOUT_MS => 'never' }, name => 'a time');
    stops("StoryImgEnvFile \@ROOT\@/x.env\n", qr{StoryImgEnvFile /.*/x\.env: .*IMAGE_EDIT_TIMEOUT_MS never: }, files => [['x.env',
        "IMAGE_EDIT_TIMEOUT_MS=never\n"]],
        name => 'of the file');
    stops("StoryImgEnvFile \@ROOT\@/x.env\n", qr{StoryImgEnvFile /.*/x\.env: line 2 }, files => [['x.env', "A=1\nthis is no line\n"]],
        name => 'a line of the file');
    stops("StoryImgEnvFile \@ROOT\@/x.env\n", qr{StoryImgEnvFile /.*/x\.env: .*everybody}, files => [['x.env',
        "OPENAI_API_KEY=sk-secret-words\n", 0644]],
        name => 'a key that everybody may read');
    my (undef, $said) = check("StoryImgEnvFile \@ROOT\@/x.env\n", files => [['x.env', "OPENAI_API_KEY=sk-secret-words\n", 0644]]);
    unlike($said, qr/secret-words/, 'which is not said');
    (undef, $said) = check("StoryImgEnvFile \@ROOT\@/x.env\n", files => [['x.env', "OPENAI_API_KEY=sk-secret-words\nnonsense\n", 0600]]);
    unlike($said, qr/secret-words/, 'nor with a broken line');
};

subtest 'good values' => sub {
    my @good = ('StoryImgSave On', 'StoryImgMaxPages 12', 'StoryImgMinFree 0', 'StoryImgMinFree 2G', 'StoryImgTimeout 90',
        'StoryImgTimeout 5min', 'StoryImgTimeout 1h',
        'StoryImgFormat webp', 'StoryImgGeneratedURL https://cdn.example.com/pictures',
        'StoryImgFetchAllow *.example.com 127.0.0.1:9000 [::1]:9000',
        'StoryImgIllustrators offline/offline', 'StoryImgIndex sqlite3:storyimg-state/other.db',
        "<VirtualHost *>\nStoryImgMaxPages 5\n</VirtualHost>", "<Location /x>\nStoryImgSave off\n</Location>");
    for my $line (@good) {
        my ($status, $said) = check("$line\n");
        ok($status == 0 && $said =~ /Syntax OK/, ($line =~ /(StoryImg.*)/)[0]) or diag($said);
    }
    my ($status, $said) = check("StoryImgEnvFile \@ROOT\@/x.env\n", files => [['x.env', "SAVE_GENERATED_IMAGES=true\n", 0644]]);
    is($status, 0, 'a file without a key may be read by everybody') or diag($said);
};

my $upstream = StoryImg::Upstream->new;
my $site = "StoryImgOpenAIBaseURL @{[ $upstream->base ]}\nStoryImgIllustrators offline/offline\n";
my $file = "\xEF\xBB\xBF# the key\r\nexport OPENAI_API_KEY=\"$KEY\" # ours\r\n\r\nOPENAI_MODEL='gpt-5'\r\n"
    . "NOT_OURS=\$HOME\r\nSAVE_GENERATED_IMAGES=true\r\n";

# The writer that a server with these sources asks.
sub writer {
    my ($conf, %env) = @_;
    my $server = StoryImg::Server->new(conf => "$site$conf", env => \%env);
    $server->write_file('x.env', $file, 0600);
    $server->start;
    $upstream->clear;
    is_story($server->post_json('/api/stories/generate', order(generateIllustrations => JSON::PP::false)));
    $server->stop;
    return join ' ', map { $_->{body}{model} } $upstream->texts;
}

subtest 'directive before environment before file before default' => sub {
    my $from_file = "StoryImgEnvFile \@ROOT\@/x.env\n";
    is(writer('', OPENAI_API_KEY => $KEY), 'gpt-6-luna', 'default');
    is(writer($from_file), 'gpt-5', 'file, with its key: CRLF, quotes, export and comments');
    is(writer($from_file, OPENAI_MODEL => 'gpt-4o'), 'gpt-4o', 'environment');
    is(writer("${from_file}StoryImgWriters openai/gpt-6.1\n", OPENAI_MODEL => 'gpt-4o'), 'gpt-6.1', 'directive');
    is(writer($from_file, OPENAI_MODEL => ''), 'gpt-5', 'an empty variable is none');
};

subtest 'the key' => sub {
    my $server = StoryImg::Server->new(conf => "${site}StoryImgOpenAIKeyFile \@ROOT\@/a.key\n", env => { OPENAI_API_KEY => 'sk-other' });
    $server->write_file('a.key', "  $KEY\r\n", 0600);
    $server->start;
    is_story($server->post_json('/api/stories/generate', order(generateIllustrations => JSON::PP::false)),
        'of the file beats that of the environment');
    $server->stop;
};

done();
