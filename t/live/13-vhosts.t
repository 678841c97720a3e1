#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# Two sites in one server: two folders, two indexes, two keys; nothing of one in the other.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use Test::More;

use StoryImg::Server;
use StoryImg::Test;
use StoryImg::Upstream;

my %key = map { $_ => "sk-key-of-$_-0123456789" } qw(one two);
my %upstream = map { $_ => StoryImg::Upstream->new(keys => [$key{$_}]) } sort keys %key;
my %model = (one => 'gpt-image-2.6-flare', two => 'dall-e-3');

my $server = StoryImg::Server->new(defaults => 1, api => '/api', vhosts => [map { {
    name => $_, conf => $upstream{$_}->directives(illustrator => "openai/$model{$_}") . "StoryImgOpenAIKeyFile \"\@ROOT\@/$_.key\"\n",
} } qw(one two)]);
$server->write_file("$_.key", "$key{$_}\n", 0600) for sort keys %key;
$server->start;

sub on { my ($site, $path) = @_; return $server->request(path => $path, host => $site) }

my %story;
for my $site (qw(one two)) {
    my $order = $server->posting('/api/stories/generate', order(pages => 2, storyId => 'same-id', size => '1024x1024'));
    $story{$site} = is_story($server->request(%$order, host => $site), "$site tells");
}

for my $site (qw(one two)) {
    my ($other) = grep { $_ ne $site } qw(one two);
    my @pictures = @{ $story{$site}{illustrations} };
    is_deeply([map { $_->{model} } @pictures], [($model{$site}) x 2], "$site: its own model");
    my %seen = map { ($_->{headers}{authorization} // 'none') => 1 } $upstream{$site}->texts, $upstream{$site}->images;
    is_deeply([keys %seen], ["Bearer $key{$site}"], "$site: its own key, and no other");
    is_deeply([map { $_->{refused} } $upstream{$site}->refused], [], "$site: nothing that the API refuses");
    is_deeply([saved_files($server, $site)], [sort map { substr $_->{localUrl}, 11 } @pictures], "$site: its own folder");
    ok(-e $server->root . "/$site/storyimg-state/index.sqlite3", "$site: its own index");
    is_deeply([sort map { $_->{filename} } @{ on($site, '/api/images/generated')->{json}{data} }], [saved_files($server, $site)],
        "$site: its own list");
    is(on($site, '/api/stories/same-id')->{json}{data}{title}, $story{$site}{title}, "$site: its own story of one id");
    for my $picture (@pictures) {
        is(on($site, $picture->{localUrl})->{status}, 200, "$site serves its picture");
        my $file = substr $picture->{localUrl}, 11;
        next if grep { $_ eq $file } saved_files($server, $other);    # two sites may well give one name
        is(on($other, $picture->{localUrl})->{status}, 404, "$other does not");
        is_problem(on($other, "/api/images/generated/$file"), 404, 'image-not-found', undef, "nor know it");
    }
    is_tidy($server, "$site: nothing partial is left", $site);
}

is_deeply([saved_files($server)], [], 'nothing lies in the main server\'s folder');

# Debian's own site has no directive of ours: it is the main server's then.
my $plain = StoryImg::Server->new(conf => "<VirtualHost 127.0.0.1:\@PORT\@>\nServerName plain\n</VirtualHost>\n")->start;
is($plain->request(path => '/api/health', host => 'plain')->{json}{status}, 'OK', 'a site without a directive of ours tells too');
is_story($plain->request(%{ $plain->posting('/api/stories/generate', order(pages => 1, size => '256x256')) }, host => 'plain'));
is(scalar(saved_files($plain)), 1, 'with the main server\'s folder');
done();
