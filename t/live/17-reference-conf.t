#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# conf/storyimg.conf: every directive of the code, with its default; and the file works as it is included.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use Test::More;

use StoryImg::Conf ();
use StoryImg::Server;
use StoryImg::Test;

my $project = $StoryImg::Conf::PROJECT;
my $conf = StoryImg::Server::slurp("$project/conf/storyimg.conf");
my $options = StoryImg::Server::slurp("$project/mod_storyimg/base/options.h");
my %option = map { my ($type, $name, $variable, $default) = @$_; $name => { type => $type, variable => $variable, default => $default } }
    map { [/\A(\w+), \w+, "(\w+)", "(\w*)", (?:"([^"]*)"|\w+),/] } $options =~ /^    X\((.*?\n?.*?)\)(?= *\\?$)/gm;

subtest 'every directive' => sub {
    cmp_ok(scalar keys %option, '>=', 21, 'the table is read');
    my %shown = map { $_ => 1 } $conf =~ /^\s*#?\s*(StoryImg\w+)\s/gm;
    is_deeply([sort keys %shown], [sort keys %option], 'stands in the file, and no other');
    for my $name (sort keys %option) {
        my ($value) = $conf =~ /^#$name\s+(\S+)/m;
        ok(defined $value, "$name stands there, commented out");
        my $default = $option{$name}{default};
        is($value, $default, "$name: its default") if defined $default && length $default;
        like($conf, qr/\b$option{$name}{variable}\b/, "$name: its variable") if $option{$name}{variable};
    }
};

subtest 'every commented value is a good one' => sub {
    my @lines = grep { !/EnvFile|KeyFile|Writers|Illustrators|Vision|Prices|Prompts|PixelProgram/ } $conf =~ /^#(StoryImg\w+\s+\S.*)$/gm;
    my $server = StoryImg::Server->new(defaults => 0, conf => join "\n", @lines, '');
    my ($status, $said) = $server->check;
    is($status, 0, 'all of them at once') or diag($said);
};

my $pixel = StoryImg::Conf::pixel_program({ root => '/nonexistent' });
my $server = StoryImg::Server->new(defaults => 0, conf => <<"END");
Define STORYIMG_GENERATED "\@ROOT\@/pictures"
Define STORYIMG_UPLOADS "\@ROOT\@/uploads"
Define STORYIMG_STATE "\@ROOT\@/state"
Include "$project/conf/storyimg.conf"
StoryImgPixelProgram "$pixel"
StoryImgMinFree 1M
END
$server->start;

subtest 'as it is included' => sub {
    my $story = is_story($server->post_json('/api/stories/generate', order(size => '256x256', pages => 1)));
    my $picture = $story->{illustrations}[0];
    my $file = $server->get($picture->{localUrl});
    is($file->{status}, 200, 'the picture is served');
    is($file->{headers}{'content-type'}, 'image/png', 'as what it is');
    is($file->{headers}{'x-content-type-options'}, 'nosniff', 'nosniff');
    ok(-e $server->root . '/pictures/' . substr($picture->{localUrl}, 11), 'from where it lies');
};

subtest 'what else may lie there is not served, or not run' => sub {
    $server->write_file("pictures/$_->[0]", $_->[1]) for ['.htaccess',
        "Deny from all\nOptions +ExecCGI\nAddHandler cgi-script .cgi\n"], ['x.cgi', "#!/bin/sh\necho; echo ran\n"],
        ['x.php', '<?php echo 1+1;'], ['x.html', '<script>alert(1)</script>'], ['x.shtml', '<!--#echo var="DATE_LOCAL" -->'],
        ['.hidden.png', 'x'];
    chmod 0755, $server->root . '/pictures/x.cgi';
    like($server->get('/generated/')->{status}, qr/\A40[34]\z/, 'no index');
    is($server->get("/generated/$_")->{status}, 403, $_) for '.htaccess', '.hidden.png';
    unlike($server->get('/generated/x.cgi')->{content}, qr/^ran/m, 'no CGI');
    for my $name (qw(x.html x.shtml x.php)) {
        my $file = $server->get("/generated/$name");
        ok($file->{status} != 200 || ($file->{headers}{'content-security-policy'} // '') =~ /sandbox/,
            "$name cannot run in a browser either");
    }
    $server->expect_log(qr/AH01276|AH01630|AH01797/);
};

is_deeply([grep { !/\Aindex\.sqlite3/ && !/\.lock\z/ } StoryImg::Test::files_below($server->root . '/state')], [],
    'nothing partial is left');
done();
