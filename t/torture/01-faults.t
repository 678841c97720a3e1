#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# One picture is saved while the Nth file call fails, for every N: an answer comes, nothing is half there, nothing is bought twice,
# and after the next start files and records agree. STORYIMG_FAULT_INDEX=1: calls on the files of the index fail as well (minutes).

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use Digest::SHA ();
use JSON::PP ();
use Test::More;
use Time::HiRes qw(sleep time);

use StoryImg::Conf ();
use StoryImg::Faults;
use StoryImg::Pictures qw(sniff);
use StoryImg::Server;
use StoryImg::Test;
use StoryImg::Upstream;

my $INDEX = $ENV{STORYIMG_FAULT_INDEX} ? 1 : 0;
my $MOST = $INDEX ? 3000 : 200;    # file calls of one save
my $CALM = $INDEX ? 5 : 1;         # stories without a fault until all calls have had theirs; an index is not called so evenly
my $GOOD = qr/\A(?:story|consistent)-\d{13}-p\d+\.(?:png|jpg|webp)\z/;

my $upstream = StoryImg::Upstream->new(digest => 1);
my $server = with_upstream($upstream, conf => "StoryImgTimeout 20s\n");
my $faults = StoryImg::Faults->new($server, index => $INDEX,
    folders => ['generated', $INDEX ? 'storyimg-state' : 'storyimg-state/incoming']);
$server->start;
$upstream->rules({ path => '/v1/images/', big => 0.1 });    # some pieces, hence some calls of write
my $orders = 0;
my %seen;    # hashes of files

# What the server lists: records by file name.
sub records {
    my $answer = $server->get('/api/images/generated?limit=1000');
    is($answer->{status}, 200, 'the list is there') if $answer->{status} != 200;
    return map { $_->{filename} => $_ } @{ $answer->{json}{data} // [] };
}

# What is wrong with the files: half a picture, a record that does not fit. Strictly, also one without the other, and those
# that were fine before are looked at again.
sub odd_files {
    my ($strict) = @_;
    my %record = records();
    my @odd;
    %seen = () if $strict;
    my %given = map { defined $_->{sha256} ? ($_->{sha256} => 1) : () } $upstream->answers;
    for my $name (saved_files($server)) {
        my $hash = $seen{$name} //= Digest::SHA::sha256_hex(StoryImg::Server::slurp($server->root . "/generated/$name"));
        my $record = delete $record{$name};
        push @odd, "$name: odd name" if $name !~ $GOOD;
        push @odd, "$name: not the whole picture" if !$given{$hash};
        push @odd, "$name: not what its record says" if $record && $record->{sha256} ne $hash;
        push @odd, "$name: no record" if $strict && !$record;
    }
    push @odd, map { "$_: listed, not there" } sort keys %record;
    my $folder = $server->root . '/storyimg-state/incoming';
    my @left = $strict ? grep { -s "$folder/$_" } StoryImg::Test::files_below($folder) : ();    # an empty one: a test of the folder
    return (@odd, map { "$_: temporary" } @left);
}

# What is wrong with an answer: neither a picture that is there, nor an error of the page, nor a problem of the server's.
sub odd_answer {
    my ($response) = @_;
    return () if $response->{status} =~ /\A5\d\d\z/ && ref $response->{json} eq 'HASH' && $response->{json}{code};
    my $data = $response->{json}{data};
    return "status $response->{status} $response->{content}" if $response->{status} != 200 || ref $data ne 'HASH';
    my @drawn = @{ $data->{illustrations} };
    return 'pictures: ' . @drawn if @drawn != 1;
    return () if ref $drawn[0]{error} eq 'HASH' && $drawn[0]{error}{code} && !grep { exists $drawn[0]{$_} } qw(url localUrl);
    my ($name) = ($drawn[0]{localUrl} // '') =~ m{([^/]+)\z};
    my $bytes = StoryImg::Server::slurp($server->root . '/generated/' . ($name // 'none'));
    return "picture $name is not whole" if Digest::SHA::sha256_hex($bytes) ne ($drawn[0]{sha256} // '') || !sniff($bytes);
    return ();
}

# Pages that the upstream delivered, and was asked for again.
sub bought_twice {
    my (%calls, %delivered);
    push @{ $calls{ $_->{body}{prompt} =~ /(tag-\w+)/ ? $1 : '' } }, $_->{call} for $upstream->images;
    $delivered{ $_->{answered} } = 1 for $upstream->answers;
    return grep { my $tag = $_; @{ $calls{$tag} } > 1 && grep { $delivered{$_} } @{ $calls{$tag} } } sort keys %calls;
}

# A story while the Nth call fails: which call that was (undef: there were fewer), what was said, and what was odd.
sub save_with {
    my ($nth, $kind) = @_;
    my $tag = sprintf 'tag-%s%03d', lc $kind, ++$orders;
    $faults->arm($nth, $kind);
    my $response = $server->post_json('/api/stories/generate', order(prompt => "About $tag", pages => 1, size => '64x64'));
    my $fired = $faults->seen;
    $faults->disarm;
    my @odd = (odd_answer($response), odd_files(0), bought_twice());
    my $said = $response->{json}{code} // $response->{json}{data}{illustrations}[0]{error}{code} // 'a picture';
    return { fired => $fired, odd => \@odd, said => "$response->{status}, $said" };
}

# The next start puts in order what is left, beside serving.
sub is_in_order_after_start {
    $server->stop(undef, 'WINCH');
    $server->start;
    my @odd;
    for (my $until = time + slow(20); time < $until; sleep 0.1) {
        @odd = odd_files(1) or last;
    }
    return is_deeply([@odd, bought_twice()], [], 'after the next start files and records agree, and nothing was bought again');
}

for my $kind (qw(ENOSPC EIO EINTR short)) {
    subtest $kind => sub {
        $server->expect_log(qr/\[storyimg:(?:warn|error)\]/);
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
        is_in_order_after_start();
    };
}

done();
