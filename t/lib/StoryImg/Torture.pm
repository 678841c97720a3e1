# SPDX-License-Identifier: Apache-2.0
package StoryImg::Torture;

# Rounds of a bad day: stories asked for, clients that hang up and come back, an upstream that fails in every way, processes
# killed. What a round does is drawn from the seed before it begins; only who is hit at which step of its work is left to chance.

use strict;
use warnings;

use JSON::PP ();
use Time::HiRes qw(sleep time);

use StoryImg::Audit ();
use StoryImg::Client ();
use StoryImg::Test qw(order slow with_upstream);
use StoryImg::Upstream ();
use StoryImg::Victim ();

my $FIRST = 'gpt-image-2.6-flare';
my $PATIENCE = 40;    # seconds for a round to settle
my $PAGES = 3;        # of each story; 1 to 3 of them are drawn
my $API = '/api/stories';

# [weight, rule of the upstream]
my @IMAGE = (
    [16, {}], [6, { delay => 0.4 }], [4, { delay => 1.2 }], [3, { drip => { bytes => 200, every => 0.1 } }], [1, { big => 0.5 }],
    [2, { hang => 1 }], [3, { reset => 'before' }], [2, { reset => 'middle' }], [2, { cut => 1 }], [1, { half_json => 1 }],
    [1, { html => 1 }], [1, { empty => 1 }], [1, { image => 'half-png' }], [3, { nth => 1, status => 500 }],
    [2, { nth => 1, status => 429, code => 'rate_limit_exceeded', headers => { 'Retry-After' => 1 } }], [1, { status => 503 }],
    [2, { model => $FIRST, status => 401, code => 'invalid_api_key' }],
    [1, { model => $FIRST, status => 429, code => 'insufficient_quota', type => 'insufficient_quota' }],
    [2, { status => 400, code => 'moderation_blocked' }],
);
my @TEXT = (
    [30, {}], [5, { delay => 0.5 }], [2, { drip => { bytes => 300, every => 0.1 } }], [2, { nth => 1, status => 500 }],
    [1, { nth => 1, status => 429, headers => { 'Retry-After' => 1 } }], [1, { hang => 1 }], [1, { reset => 'before' }],
    [1, { cut => 1 }], [1, { half_json => 1 }], [1, { html => 1 }],
);
my @DEED = ([5, 'kill_child'], [3, 'kill_parent'], [3, 'restart_soon']);

sub one_of {
    my (@choices) = @_;
    my $sum = 0;
    $sum += $_->[0] for @choices;
    my $at = rand $sum;
    for my $choice (@choices) {
        return $choice->[1] if ($at -= $choice->[0]) < 0;
    }
    return $choices[-1][1];
}

sub likely { my ($chance) = @_; return rand() < $chance }

# Options: seed. Started at once.
sub new {
    my ($class, %options) = @_;
    my $upstream = StoryImg::Upstream->new(digest => 1, pages => $PAGES);
    my $server = with_upstream($upstream, illustrator => "openai/$FIRST openai/dall-e-3",
        conf => StoryImg::Victim->directives . "StoryImgTimeout 2s\n");
    my $self = bless { seed => $options{seed}, round => 0, upstream => $upstream, server => StoryImg::Victim->of($server),
        counts => {}, odd => [], open => [] }, $class;
    $self->{server}->start;
    $self->{audit} = StoryImg::Audit->new($server, $upstream);
    return $self;
}

sub server { return $_[0]{server} }
sub audit { return $_[0]{audit} }
sub note { my ($self, $what, $by) = @_; $self->{counts}{$what} += $by // 1; return }
sub odd { my ($self, @words) = @_; push @{ $self->{odd} }, @words; return }

sub plan_order {
    my ($self, $n) = @_;
    my $async = likely(0.75);
    return {
        tag => sprintf('tag-%04d%02d', $self->{round}, $n), at => rand 2, pages => 1 + int rand $PAGES, async => $async,
        key => likely(0.75), hangup => likely(0.15) ? 0.02 + rand 0.6 : undef, cancel => $async && likely(0.1) ? rand 1 : undef,
        text => one_of(@TEXT), images => [map { one_of(@IMAGE) } 1 .. $PAGES],
    };
}

# Everything that chance decides, in one order, so that a round can be had again.
sub plan {
    my ($self) = @_;
    srand $self->{seed} * 10_000 + $self->{round};
    my @orders = map { $self->plan_order($_) } 1 .. 7 + int rand 6;
    my @deeds = map { { at => 0.1 + rand 3, verb => one_of(@DEED), with => rand } } 1 .. 1 + int rand 3;
    return { orders => \@orders, deeds => \@deeds, last => likely(0.5) ? 'cycle' : 'kill_parent' };
}

sub rules_of {
    my ($order) = @_;
    my $page = 0;
    return ({ path => '/v1/chat/', word => $order->{tag}, %{ $order->{text} } },
        map { $page++; { path => '/v1/images/', word => "$order->{tag} page $page", %$_ } } @{ $order->{images} });
}

sub send_off {
    my ($self, $want, $then) = @_;
    my $call = StoryImg::Client::open_call($self->{server}->port, $want);
    $call->{then} = $then;
    push @{ $self->{open} }, $call;
    return;
}

sub ask {
    my ($self, $order, $timeout) = @_;
    my $body = order(prompt => "A story of $order->{tag}", pages => $order->{pages}, size => '64x64',
        $order->{async} ? (async => JSON::PP::true) : ());
    my %headers = $order->{key} ? ('Idempotency-Key' => "key-$order->{tag}") : ();
    my $want = { %{ $self->{server}->posting("$API/generate", $body, %headers) }, timeout => $timeout };
    return $self->send_off($want, sub { $self->heard($order, @_) });
}

# An answer to an order. 599: none came. Who asks again with the key must hear of the same job.
sub heard {
    my ($self, $order, $response) = @_;
    my ($status, $data) = ($response->{status}, $response->{json}{data});
    $self->note("answered $status");
    return if $status == 599 || $status == 503;
    my $job = ref $data eq 'HASH' ? $data->{metadata}{illustrationJobId} : undef;
    $self->odd("$order->{tag}: an odd answer: $status $response->{content}") if $status =~ /\A4/ && $status != 429;
    $self->odd("$order->{tag}: 202 without a job") if $status == 202 && (!$job || !$response->{headers}{location});
    $self->odd("$order->{tag}: now job " . ($job // 'none') . ", before it was $order->{job}")
        if $order->{job} && ($job // '') ne $order->{job};
    $self->odd("$order->{tag}: $status, before it was $order->{status}")
        if ($order->{status} // 500) < 300 && $order->{status} != $status;
    @$order{qw(status job)} = ($status, $job);
    return;
}

sub cancel {
    my ($self, $order) = @_;
    return if !$order->{job};
    return $self->send_off({ method => 'DELETE', path => "$API/illustrations/job/$order->{job}" }, sub {
        my ($response) = @_;
        $self->note("cancel: $response->{status}");
        $self->odd("$order->{tag}: cancel: $response->{status}") if $response->{status} !~ /\A(?:2\d\d|409|5\d\d)\z/;
    });
}

sub do_deed {
    my ($self, $deed) = @_;
    my ($verb, $server) = ($deed->{verb}, $self->{server});
    $self->note($verb);
    $server->$verb($verb eq 'kill_parent' ? $deed->{with} * 0.3 : $deed->{with});
    $server->start_again if $verb eq 'kill_parent';
    return;
}

# Do all that is due, [seconds, what], and wait for every answer.
sub drive {
    my ($self, @todo) = @_;
    local $SIG{PIPE} = 'IGNORE';
    my $began = time;
    @todo = sort { $a->[0] <=> $b->[0] } @todo;
    while (@todo || @{ $self->{open} }) {
        (shift @todo)->[1]->() while @todo && time - $began >= $todo[0][0];
        my @busy = grep { !$_->{done} } @{ $self->{open} };
        @busy ? StoryImg::Client::turn(@busy) : sleep 0.02;
        my @done = grep { $_->{done} } @{ $self->{open} };
        @{ $self->{open} } = grep { !$_->{done} } @{ $self->{open} };
        $_->{then}->(StoryImg::Client::response_of($_)) for @done;
    }
    return;
}

# The load and the deeds, with a few readers that make children come to their end (MaxConnectionsPerChild).
sub attack {
    my ($self, $plan) = @_;
    my @todo = map { my $deed = $_; [$deed->{at}, sub { $self->do_deed($deed) }] } @{ $plan->{deeds} };
    for my $order (@{ $plan->{orders} }) {
        $self->note('orders');
        $self->note('hang-ups') if $order->{hangup};
        push @todo, [$order->{at}, sub { $self->ask($order, $order->{hangup} // slow(60)) }];
        push @todo, [$order->{at} + $order->{cancel}, sub { $self->cancel($order) }] if defined $order->{cancel};
    }
    push @todo, map { [$_ / 15, sub { $self->send_off({ path => "$API?limit=3", timeout => 20 }, sub { }) }] } 1 .. 30;
    return $self->drive(@todo);
}

# Clients that have no answer ask again until they have one; some ask again though they have.
sub ask_again {
    my ($self, $plan) = @_;
    my @keyed = grep { $_->{key} } @{ $plan->{orders} };
    my @again = ((grep { !$_->{status} } @keyed), (grep { $_->{status} } @keyed)[0 .. 1]);
    for (my $until = time + slow($PATIENCE); time < $until; sleep 0.2) {
        @again = grep { defined } @again;
        $self->note('asked again', scalar @again);
        $self->drive(map { my $order = $_; [0, sub { $self->ask($order, slow(30)) }] } @again);
        @again = grep { !$_->{status} } @again or return;
    }
    $self->odd(map { "$_->{tag}: no answer, however often it is asked for" } @again);
    return;
}

# Wait until all that was accepted has ended.
sub settle {
    my ($self) = @_;
    my ($began, @left) = (time);
    while (@left = $self->{audit}->unsettled) {
        last if time - $began > slow($PATIENCE);
        sleep 0.1;
    }
    $self->odd(@left);
    my $took = time - $began;
    $self->{longest} = $took if $took > ($self->{longest} // 0);
    return !@left;
}

# On demand, with an upstream that is well again, what is missing is drawn.
sub retry {
    my ($self, $plan) = @_;
    my @again;
    $self->{upstream}->control({ rules => [] });
    for my $order (grep { $_->{job} && defined $_->{status} } @{ $plan->{orders} }) {
        my @missing = map { $_->[0] } $self->{audit}->query("SELECT number FROM job_page WHERE job_id = '$order->{job}'"
            . " AND state IN ('unknown', 'failed', 'cancelled')");
        next if !@missing || @again == 2;
        $self->{audit}{retried}{"$order->{tag}/$_"}++ for @missing;
        $self->note('retried pages', scalar @missing);
        my $answer = $self->{server}->request(method => 'POST', path => "$API/illustrations/job/$order->{job}/retry");
        $self->odd("$order->{tag}: retry: $answer->{status} $answer->{content}") if $answer->{status} !~ /\A20[0-9]\z/;
        delete $self->{audit}{checked}{ $order->{job} };
        push @again, $order;
    }
    return if !@again || !$self->settle;
    for my $order (@again) {
        my $lost = $self->{audit}->count("job_page WHERE job_id = '$order->{job}' AND state NOT IN ('saved', 'refused')");
        $self->odd("$order->{tag}: $lost pages are missing after a retry") if $lost;
    }
    return;
}

# A start more, after which nothing may be left over: complaints.
sub restart {
    my ($self, $plan) = @_;
    if ($plan->{last} eq 'cycle') {
        my $status = $self->{server}->cycle;
        $self->odd("httpd ended with status $status") if $status;
    } else {
        $self->{server}->kill_parent(0);
        $self->{server}->start_again;
    }
    my @odd;
    for (my $until = time + slow($PATIENCE); time < $until; sleep 0.2) {
        @odd = $self->{audit}->complaints(1) or return;
    }
    return $self->odd(@odd);
}

# One round; returns complaints.
sub round {
    my ($self) = @_;
    $self->{round}++;
    my $plan = $self->plan;
    $self->{upstream}->control({ rules => [map { rules_of($_) } @{ $plan->{orders} }] });
    $self->attack($plan);
    $self->ask_again($plan);
    if ($self->settle) {
        $self->odd($self->{audit}->complaints(0));
        $self->retry($plan);
        $self->restart($plan);
    }
    $self->note('rounds');
    return splice @{ $self->{odd} };
}

# Figures so far: lines.
sub summary {
    my ($self) = @_;
    my $counts = $self->{counts};
    return (join(', ', map { "$_: $counts->{$_}" } sort keys %$counts), $self->{audit}->summary,
        sprintf 'longest wait for a round to settle: %.1f s', $self->{longest} // 0);
}

sub stop { my ($self) = @_; $self->{upstream}->control({ rules => [] }); return $self->{server}->stop }

1;
