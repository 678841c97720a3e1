#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# Where a key and a child must not appear: answers, headers, the log above debug, mod_info, mod_status.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use Test::More;

use StoryImg::Test;
use StoryImg::Upstream;

my $upstream = StoryImg::Upstream->new;
my $server = with_upstream($upstream, env => { OPENAI_API_KEY => '' }, illustrator => 'openai/dall-e-3', modules => [qw(info status)],
    conf => "StoryImgOpenAIKeyFile \"\@ROOT\@/private.key\"\nStoryImgTimeout 1s\n"
        . "<Location /server-info>\nSetHandler server-info\n</Location>\n"
        . "<Location /server-status>\nSetHandler server-status\n</Location>\n");
$server->write_file('private.key', "$KEY\n", 0600);
$server->start;

my %child = (character => { name => 'Xanthippe', age => 6, interests => ['quicksilver'] }, prompt => 'Walking with the zephyr');
my $private = qr/Xanthippe|quicksilver|zephyr/;
my @said;

sub ask { push @said, $server->post_json('/api/stories/generate', order(pages => 1, %child)); return $said[-1] }

is_story(ask(), 'a story');
my @faults = ({ status => 401, code => 'invalid_api_key', message => "Incorrect API key provided: $KEY." },
    { status => 400, code => 'content_policy_violation', message => 'Xanthippe walking with the zephyr is not allowed' },
    { html => 1 }, { half_json => 1 }, { reset => 'before' }, { hang => 1 });
my @rules = ({ path => '/v1/chat/', status => 500, body => "Bearer $KEY" },
    map { my $path = $_; map { { path => $path, %$_ } } @faults } '/v1/chat/', '/v1/images/');
for my $rule (@rules) {
    $upstream->rules($rule);
    ask();
}
$upstream->rules({ path => '/img/', status => 404, body => "no $KEY" });
ask();
push @said, $server->post_json('/api/stories/generate', order(%child, character => { name => 'Xanthippe "zephyr"' })),
    $server->post_json('/api/stories/generate', { %{ order(%child) }, 'Xanthippe zephyr' => 1 }),
    map { $server->get($_) } qw(/api/health /api/images/generated /api/nope);
my @pages = map { $server->get($_) } qw(/server-info /server-info?config /server-status);
is_deeply([map { $_->{status} } @pages], [200, 200, 200], 'mod_info and mod_status answer');

is_deeply([grep { $_->{wire} =~ /\Q$KEY\E|Bearer/ } @said, @pages], [], 'no answer holds the key');
is_deeply([grep { $_->{wire} =~ /\Q@{[ $server->root ]}\E/ } @said], [], 'no answer of ours holds a path of the server');
is_deeply([grep { $_->{wire} =~ $private } @pages], [], 'no page of the server knows the child');
my @errors = grep { $_->{status} >= 400 } @said;
ok(@errors > 5, 'there were problems');
is_deeply([grep { $_->{content} =~ $private } @errors], [], 'no problem tells of the child');

my @lines = split /\n/, $server->log_text;
is_deeply([grep { /\Q$KEY\E|Bearer|secret-signature/ } @lines], [], 'no line of the log holds the key, or the signature of a URL');
is_deeply([grep { !/\[\w*:(?:debug|trace\d)\]/ && $_ =~ $private } @lines], [], 'no line above debug tells of the child');
ok((grep { /\[storyimg:(?:warn|error)\]/ } @lines), 'though there are lines of ours');
my ($untagged) = grep { /\[storyimg:\w+\]/ && !/\bSI\d{4}: / } @lines;
is($untagged, undef, 'each with a tag of its own');
is_deeply([grep { ($_->{headers}{authorization} // '') =~ /\Q$KEY\E/ } $upstream->downloads], [], 'no image URL got the key');
my $index = join '', map { StoryImg::Server::slurp($_) } glob $server->root . '/storyimg-state/*';
unlike($index, qr/\Q$KEY\E/, 'nor does the index');
SKIP: {
    skip 'no /proc', 1 if !-e "/proc/$$/cmdline";
    my @lines_of = map { StoryImg::Server::slurp($_) } glob '/proc/[0-9]*/cmdline';
    is_deeply([grep { /\Q$KEY\E/ && !/prove|\.t\0/ } @lines_of], [], 'no command line shows it');
}
$server->expect_log(qr/\[storyimg:(?:warn|error)\]/);
done();
