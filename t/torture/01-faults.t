#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# One picture is saved while the Nth file call fails, for every N: an answer comes, nothing is half there, nothing is
# bought twice, and after the next start files, records and ledger agree. STORYIMG_FAULT_INDEX=1: calls on the files of
# the index fail as well, which takes minutes.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use Digest::SHA ();
use Test::More;
use Time::HiRes qw(sleep time);

use StoryImg::Audit;
use StoryImg::Faults;
use StoryImg::Pictures qw(sniff);
use StoryImg::Server;
use StoryImg::Test;
use StoryImg::Upstream;

my $INDEX = $ENV{STORYIMG_FAULT_INDEX} ? 1 : 0;
my $MOST = $INDEX ? 3000 : 100;    # file calls of one save
my $CALM = $INDEX ? 5 : 1;         # stories without a fault until all calls have had theirs; an index has its own pace
my $PATIENCE = $INDEX ? 90 : 20;   # seconds; a call that could not be ended is so when its lease has run out

my $upstream = StoryImg::Upstream->new(digest => 1);
$upstream->rules({ path => '/v1/images/', big => 0.03 });    # some pieces, hence some calls of write
my $server = with_upstream($upstream, conf => "StoryImgTimeout 20s\n");
my $faults = StoryImg::Faults->new($server, index => $INDEX,
    folders => ['generated', $INDEX ? 'storyimg-state' : 'storyimg-state/incoming']);
$server->start;
my $audit = StoryImg::Audit->new($server, $upstream);
my $orders = 0;

# What is wrong with an answer: neither a picture that is there, nor an error of the page, nor a problem of ours.
sub odd_answer {
    my ($response) = @_;
    return () if $response->{status} =~ /\A5\d\d\z/ && ref $response->{json} eq 'HASH' && $response->{json}{code};
    my $data = $response->{json}{data};
    return "status $response->{status} $response->{content}" if $response->{status} != 200 || ref $data ne 'HASH';
    my @drawn = @{ $data->{illustrations} };
    return 'pictures: ' . @drawn if @drawn != 1;
    my ($picture) = @drawn;
    return () if ref $picture->{error} eq 'HASH' && $picture->{error}{code} && !grep { exists $picture->{$_} } qw(url localUrl);
    my ($name) = ($picture->{localUrl} // '') =~ m{([^/]+)\z};
    my $bytes = StoryImg::Server::slurp($server->root . '/generated/' . ($name // 'none'));
    my $whole = sniff($bytes) && Digest::SHA::sha256_hex($bytes) eq ($picture->{sha256} // '');
    return $whole ? () : 'the picture is not whole';
}

# A story while the Nth call fails: which call that was (undef: there were fewer), what was said, and what was odd.
sub save_with {
    my ($nth, $kind) = @_;
    my $tag = sprintf 'tag-%s%03d', lc $kind, ++$orders;
    my $order = order(prompt => "About $tag", pages => 1, size => '64x64');
    $faults->arm($nth, $kind);
    my $response = $server->post_json('/api/stories/generate', $order);
    my $fired = $faults->seen;
    $faults->disarm;
    $audit->read_log;
    my @odd = (odd_answer($response), $audit->check_files(0));
    push @odd, 'asked for twice' if @{ $audit->{images}{"$tag/1"} // [] } > 1;
    my $said = $response->{json}{code} // $response->{json}{data}{illustrations}[0]{error}{code} // 'a picture';
    return { fired => $fired, odd => \@odd, said => "$response->{status}, $said" };
}

# The next start puts in order what is left, beside serving.
sub is_in_order_after_start {
    my ($kind) = @_;
    $server->stop("the server stops after $kind, its log clean");
    $server->start;
    my @odd;
    for (my $until = time + slow($PATIENCE); time < $until; sleep 0.1) {
        @odd = ($audit->unsettled, $audit->complaints(1)) or last;
    }
    return is_deeply(\@odd, [], 'after the next start all agrees, and nothing was bought again');
}

for my $kind (qw(ENOSPC EIO EINTR short)) {
    subtest $kind => sub {
        my ($calm, %hit) = (0);
        for my $nth (1 .. $MOST) {
            my $was = save_with($nth, $kind);
            is_deeply($was->{odd}, [], "$kind at call $nth: " . ($was->{fired} // 'none left') . ": $was->{said}");
            is($was->{said}, '200, a picture', 'the picture comes') if !$was->{fired} || $kind eq 'short';
            last if !$was->{fired} && ++$calm == $CALM;
            $hit{ $was->{fired} }++ if $was->{fired};
        }
        my @hit = map { "$_ $hit{$_}" } sort keys %hit;
        cmp_ok(scalar @hit, '>=', $kind eq 'short' ? 1 : 5, "calls that failed: @hit");
        $server->expect_log(qr/\[storyimg:(?:warn|error)\]/);
        is_in_order_after_start($kind);
    };
}

done();
