# SPDX-License-Identifier: Apache-2.0
package StoryImg::Jobs;

# What tests of jobs say again and again.

use strict;
use warnings;

use Exporter qw(import);
use JSON::PP ();
use Test::More;
use Time::HiRes qw(sleep time);

use StoryImg::Client ();
use StoryImg::Conf ();
use StoryImg::Events ();
use StoryImg::Test;

our @EXPORT = qw(wait_for job_path job wait_job is_accepted tell_async events is_stream pages_of pictures_of drawn_of sent_pages ledger
    posting_story await hang_up no_body);
our $TRUE = JSON::PP::true;

my $PATIENCE = 60;
my $GENERATE = '/api/stories/generate';

sub await { return StoryImg::Client::await(@_) }
sub hang_up { return StoryImg::Client::hang_up(@_) }

# Asked again and again until it is true, or there is no hope; what it was in the end.
sub wait_for {
    my ($what, $seconds) = @_;
    my $until = time + slow($seconds // $PATIENCE);
    while (1) {
        my $found = $what->();
        return $found if $found || time > $until;
        sleep 0.05;
    }
}

sub job_path { my ($id, $more) = @_; return "/api/stories/illustrations/job/$id" . ($more // '') }
sub no_body { my ($method, $path, %headers) = @_; return (method => $method, path => $path, headers => \%headers) }

sub job {
    my ($server, $id) = @_;
    my $json = $server->get(job_path($id))->{json};
    return ref $json eq 'HASH' && ref $json->{data} eq 'HASH' ? $json->{data} : {};
}

# A job when it is over: completed, failed or cancelled, and nothing of it under way.
sub wait_job {
    my ($server, $id, $seconds) = @_;
    my $job;
    wait_for(sub {
        $job = job($server, $id);
        my $progress = $job->{progress} // {};
        my $ended = ($progress->{done} // 0) + ($progress->{failed} // 0);
        return ($job->{status} // '') =~ /\A(?:completed|failed|cancelled)\z/ && $ended == ($progress->{total} // -1);
    }, $seconds);
    return $job;
}

# 202 with a story whose pictures follow: (story, id of the job).
sub is_accepted {
    my ($response, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $json = ref $response->{json} eq 'HASH' ? $response->{json} : {};
    my $story = ref $json->{data} eq 'HASH' ? $json->{data} : {};
    my $id = ($story->{metadata} // {})->{illustrationJobId} // 'none';
    my $place = ($response->{headers}{location} // '') =~ s{\Ahttps?://[^/]+}{}r;
    my $fine = $response->{status} == 202 && $json->{success} && length($story->{story} // '') > 20
        && $story->{metadata}{illustrationsPending} && $place eq job_path($id);
    ok($fine, $name // 'accepted') || diag("$response->{status} $response->{reason}\n" . substr $response->{wire}, 0, 2000);
    return ($story, $id);
}

sub posting_story {
    my ($server, $order, %headers) = @_;
    return $server->posting($GENERATE, ref $order eq 'HASH' ? $order : order(@$order), %headers);
}

# A story whose pictures follow: (story, id of the job).
sub tell_async {
    my ($server, %order) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return is_accepted($server->post_json($GENERATE, order(async => $TRUE, size => '64x64', %order)));
}

# The live events of a job, after an id.
sub events {
    my ($server, $id, $after, %headers) = @_;
    $headers{'Last-Event-ID'} = $after if defined $after;
    return StoryImg::Events->open($server->port, path => job_path($id, '/events'), headers => \%headers);
}

# All that a job ever said, in order: ids from `first` without gap, a `done` at the end.
sub is_stream {
    my ($events, $first, $status, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my @ids = map { $_->{id} // 'none' } @$events;
    my @want = $first .. $first + $#ids;
    my $last = @$events ? $events->[-1] : {};
    my $fine = @$events && "@ids" eq "@want" && ($last->{name} // '') eq 'done' && ($last->{data}{status} // '') eq $status;
    return ok($fine, $name // "events from $first on, up to done: $status") || diag(join "\n", 'events:', map { $_->{raw} } @$events);
}

# Page numbers, sorted, of the events of a kind.
sub pages_of {
    my ($kind, @events) = @_;
    my @pages = sort { $a <=> $b } map { $_->{data}{pageNumber} } grep { $_->{name} eq $kind } @events;
    return \@pages;
}

# The illustrations with a picture, of a job or a story.
sub pictures_of {
    my ($what) = @_;
    return grep { !$_->{error} } @{ $what->{results} // $what->{illustrations} // [] };
}

# Page numbers that have a picture.
sub drawn_of { my ($what) = @_; return [sort { $a <=> $b } map { $_->{pageNumber} } pictures_of($what)] }

# The scenes that the upstream was asked for, by number, in order of the number.
sub sent_pages {
    my ($upstream) = @_;
    my @pages = sort { $a <=> $b } map { $_->{body}{prompt} =~ /Scene (\d+)/ ? $1 : 0 } $upstream->images;
    return \@pages;
}

# Rows of the server's index, each a list of its values; undef if there is no program to read them.
sub ledger {
    my ($server, $sql) = @_;
    my ($index, $query) = ($server->root . '/storyimg-state/index.sqlite3', "$StoryImg::Conf::BUILD/t/torture/query");
    my ($client) = grep { -x } map { "$_/sqlite3" } split /:/, $ENV{PATH};
    my @command = -x $query ? ($query, $index, $sql) : $client ? ($client, '-readonly', '-separator', "\t", $index, $sql) : return undef;
    CORE::open(my $out, '-|', @command) // die "$command[0]: $!\n";
    chomp(my @lines = <$out>);
    return [map { [split /\t/, $_, -1] } @lines];
}

1;
