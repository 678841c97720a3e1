# SPDX-License-Identifier: Apache-2.0
# Measurements of uploads and of pictures that go along with a call, for scripts/bench.pl.
package StoryImg::Bench::Uploads;

use strict;
use warnings;

use IO::Socket::INET ();
use List::Util qw(max);
use Time::HiRes qw(sleep time);

use StoryImg::Bench;
use StoryImg::Form qw(write_form);
use StoryImg::Pictures ();

my $MEGABYTE = 1_048_576;
my $DAV = "DavLockDB \"\@ROOT\@/lock\"\n<Location \"/dav\">\nDav On\nRequire all granted\n</Location>\n"
    . "Alias \"/dav\" \"\@ROOT\@/dav\"\n";

# About five megabytes of a PNG, as a form.
sub form_of {
    my ($bytes) = @_;
    return write_form({ name => 'character-image', filename => 'hero.png', type => 'image/png', bytes => $bytes });
}

sub seconds_of {
    my ($server, $status, %request) = @_;
    my ($response) = $server->many(\%request);
    die "$request{path}: $response->{status} $response->{content}\n" if $response->{status} != $status;
    return $response->{seconds};
}

# A form that ends too early has been taken, looked at and written whole, and is not made anew: what is measured is the way
# up to that, beside a file of the same size that the same httpd takes by PUT.
sub upload {
    my $bytes = StoryImg::Pictures::big_png(4.7, 1);
    my ($type, $form) = form_of($bytes);
    my $cut = substr $form, 0, length($form) - 4;
    my $server = StoryImg::Server->new(modules => ['dav', 'dav_fs'], conf => $DAV)->start;
    mkdir $server->root . '/dav';
    chmod 0777, $server->root . '/dav';
    my (@put, @taken, @whole);
    for my $round (1 .. 15) {
        push @put, seconds_of($server, $round == 1 ? 201 : 204, method => 'PUT', path => '/dav/file.png', body => $bytes);
        my %post = (method => 'POST', path => '/api/upload', headers => { 'Content-Type' => $type });
        push @taken, seconds_of($server, 400, %post, body => $cut);
        push @whole, seconds_of($server, 200, %post, body => $form) if $round % 3 == 0;
    }
    printf "upload  %.1f MB up to its being made anew: %.1f ms, PUT of the same by mod_dav %.1f ms: rate ratio %.2f (at least 0.8); "
        . "made anew and kept %.0f ms\n", length($bytes) / $MEGABYTE, 1000 * median(@taken), 1000 * median(@put),
        median(@put) / median(@taken), 1000 * median(@whole);
    $server->stop;
    return;
}

# A request of which all but the end has been sent.
sub half_sent {
    my ($server, $type, $form) = @_;
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $server->port) or die "connect: $!\n";
    print {$socket} "POST /api/upload HTTP/1.1\r\nHost: localhost\r\nContent-Type: $type\r\nContent-Length: @{[ length $form ]}\r\n\r\n",
        substr $form, 0, length($form) - 10;
    $socket->flush;
    return $socket;
}

# Memory of one child while many uploads are half there, and while many edits are under way.
sub uploadmem {
    my ($count) = (20);
    my ($type, $form) = form_of(StoryImg::Pictures::big_png(4.7, 1));
    my $upstream = StoryImg::Bench->new(image => 4);
    my $server = site_with($upstream, one_child_of(60), illustrator => 'openai/gpt-image-2');
    my $upload = { method => 'POST', path => '/api/upload', body => $form, headers => { 'Content-Type' => $type } };
    my ($path) = map { $_->{json}{path} } $server->many(($upload) x 3);
    my ($child) = $server->children;
    $server->many(map { { path => '/api/health' } } 1 .. 200);
    my $before = private_of($child);
    my @open = map { half_sent($server, $type, $form) } 1 .. $count;
    sleep 2;
    printf "upload  $count of %.1f MB under way at once: %+.2f MB each (under 1)\n", length($form) / $MEGABYTE,
        (private_of($child) - $before) / 1024 / $count;
    close $_ for @open;
    edits($server, $child, $path, $count);
    $server->stop;
    return;
}

sub edits {
    my ($server, $child, $path, $count) = @_;
    my $order = { %{ story_order(pages => 3, async => JSON::PP::true()) }, character => { name => 'Lila', imageUrl => $path } };
    post_all($server, 202, 5, 5, $order);
    wait_until(sub { ledger_value($server, "SELECT COUNT(*) FROM job_page WHERE state IN ('pending', 'sent')") == 0 }, 60, 0.5);
    my $before = private_of($child);
    post_all($server, 202, $count, $count, $order);
    my $peak = 0;
    for (1 .. 60) { $peak = max($peak, private_of($child)); sleep 0.05 }
    printf "upload  %d edits with that picture under way at once: %+.2f MB each at most (under 1)\n", 3 * $count,
        ($peak - $before) / 1024 / (3 * $count);
    return;
}

1;
