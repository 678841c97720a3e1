#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# A body that never ends by never coming: the request is given up in time, and nobody else waits for it.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use Test::More;

use StoryImg::Test;

my ($server, $upstream) = stack(conf => "RequestReadTimeout header=3-4,MinRate=500 body=2,MinRate=500\nTimeout 3\n");
my %post = (method => 'POST', path => '/api/stories/generate', headers => { 'Content-Type' => 'application/json' });
my $chunked = "POST /api/stories/generate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
my %health = (path => '/api/health');

my @responses = $server->many((map { { %post, announce => 1000, body => '{"prompt":"', timeout => 15 } } 1 .. 3),
    { %post, raw => $chunked . "5\r\n{\"pro\r\n",
    timeout => 15 }, \%health);
my $health = pop @responses;

is($health->{status}, 200, 'others are served meanwhile');
cmp_ok($health->{seconds}, '<', slow(1), 'at once');
for my $response (@responses) {
    cmp_ok($response->{seconds}, '<', slow(8), 'given up in time');
    like($response->{status}, qr/\A(?:400|408|599)\z/, "with $response->{status}");
}

my $broken = $server->request(%post, raw => $chunked . "zz\r\n{}\r\n", timeout => 10);
like($broken->{status}, qr/\A400\z/, 'chunks that are none');
is_untouched($server, $upstream);
$server->expect_log(qr/AH013[89]\d|AH0158\d|AH00535|AH02609/);    # what httpd and mod_reqtimeout say of such clients
done();
