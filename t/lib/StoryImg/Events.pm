# SPDX-License-Identifier: Apache-2.0
package StoryImg::Events;

# Server-Sent Events as a client sees them: one by one, as they come, over a socket or from the output of a program.

use strict;
use warnings;

use Compress::Raw::Zlib qw(WANT_GZIP_OR_ZLIB Z_OK Z_STREAM_END Z_BUF_ERROR);
use IO::Select;
use JSON::PP ();
use Time::HiRes qw(time);

use StoryImg::Client ();

my $JSON = JSON::PP->new->utf8->allow_nonref;
my $PATIENCE = 60;

sub make {
    my ($class, $handle, %more) = @_;
    return bless { handle => $handle, wire => '', body => '', text => '', events => [], comments => [], status => 0, headers => {},
        %more }, $class;
}

# A request as StoryImg::Client has it: {method, path, headers, body, host}.
sub open {
    my ($class, $port, %want) = @_;
    my $call = StoryImg::Client::begin($port, %want, headers => { Accept => 'text/event-stream', %{ $want{headers} // {} } });
    return $class->make($call->{socket}, wire => $call->{in}, ended => $call->{done});
}

# What curl says; the arguments are those behind the ones that make it write its answer, head and all, as it comes.
sub curl {
    my ($class, @arguments) = @_;
    my $pid = CORE::open(my $out, '-|', 'curl', '-sS', '-N', '-i', '--max-time', 60, @arguments) // die "curl: $!\n";
    return $class->make($out, pid => $pid, unchunked => 1);
}

sub status { return $_[0]{status} }
sub header { return $_[0]{headers}{ $_[1] } }
sub ended { return $_[0]{ended} }
sub comments { return @{ $_[0]{comments} } }

sub take_head {
    my ($self) = @_;
    return 0 if $self->{wire} !~ s/\A(.*?)\r\n\r\n//s;
    my ($first, @lines) = split /\r\n/, $1;
    ($self->{status}) = $first =~ m{\AHTTP/[\d.]+ (\d+)};
    $self->{headers} = { map { /\A([^:]+):\s*(.*)\z/ ? (lc $1, $2) : () } @lines };
    $self->{chunked} = !$self->{unchunked} && ($self->header('transfer-encoding') // '') eq 'chunked';
    $self->{inflate} = Compress::Raw::Zlib::Inflate->new(-WindowBits => WANT_GZIP_OR_ZLIB, -AppendOutput => 1)
        if ($self->header('content-encoding') // '') eq 'gzip';
    return 1;
}

# What of a chunked body has come.
sub take_chunks {
    my ($self) = @_;
    while ($self->{wire} ne '') {
        if (!$self->{chunk}) {
            return if $self->{wire} !~ s/\A(?:\r\n)?([0-9a-fA-F]+)[^\r\n]*\r\n//;
            $self->{chunk} = hex $1;
            return $self->{ended} = 1 if !$self->{chunk};
        }
        my $piece = substr $self->{wire}, 0, $self->{chunk}, '';
        $self->{chunk} -= length $piece;
        $self->{body} .= $piece;
    }
    return;
}

sub take_body {
    my ($self) = @_;
    if ($self->{chunked}) { $self->take_chunks }
    else { $self->{body} .= $self->{wire}; $self->{wire} = '' }
    $self->{text} .= $self->{body} if !$self->{inflate};
    my $state = $self->{inflate} && $self->{body} ne '' ? $self->{inflate}->inflate($self->{body}, $self->{text}) : Z_OK;
    die "the compressed stream is broken: $state\n" if $state != Z_OK && $state != Z_STREAM_END && $state != Z_BUF_ERROR;
    $self->{body} = '';
    return;
}

sub take_events {
    my ($self) = @_;
    while ($self->{text} =~ s/\A(.*?)\n\n//s) {
        my %event = (at => time, raw => $1);
        for my $line (split /\n/, $1) {
            push @{ $self->{comments} }, { at => time, text => $1 } if $line =~ /\A:(.*)/;
            $event{$1} = defined $event{$1} ? "$event{$1}\n$2" : $2 if $line =~ /\A(id|event|data): ?(.*)\z/;
        }
        next if !defined $event{data};
        $event{name} = delete $event{event} // 'message';
        $event{data} = eval { $JSON->decode($event{data}) };
        push @{ $self->{events} }, \%event;
    }
    return;
}

sub end {
    my ($self) = @_;
    $self->{ended} = 1;
    return;
}

# Whatever comes until then.
sub pump {
    my ($self, $until) = @_;
    my $wait = $until - time;
    return if !IO::Select->new($self->{handle})->can_read($wait > 0 ? $wait : 0);
    my $got = sysread $self->{handle}, $self->{wire}, 65_536, length $self->{wire};
    return $self->end if defined $got && !$got;
    return;
}

sub digest {
    my ($self) = @_;
    return if !$self->{status} && !$self->take_head;
    $self->take_body;
    return $self->take_events;
}

# The next event: {id, name, data (decoded), at, raw}; undef at the end (then ended() is true), or if none comes in time.
sub next {
    my ($self, $seconds) = @_;
    my $until = time + ($seconds // $PATIENCE);
    $self->digest;
    while (!@{ $self->{events} } && !$self->{ended} && time < $until) {
        $self->pump($until);
        $self->digest;
    }
    return shift @{ $self->{events} };
}

# All events up to one of this name, or to the end.
sub until {
    my ($self, $name, $seconds) = @_;
    my ($until, @events) = (time + ($seconds // $PATIENCE));
    while (my $event = $self->next($until - time)) {
        push @events, $event;
        last if defined $name && $event->{name} eq $name;
    }
    return @events;
}

# All events up to the end of the stream.
sub all { my ($self, $seconds) = @_; return $self->until(undef, $seconds) }

# The status, once the head has come.
sub head {
    my ($self, $seconds) = @_;
    my $until = time + ($seconds // $PATIENCE);
    while (!$self->{status} && !$self->{ended} && time < $until) {
        $self->pump($until);
        $self->digest;
    }
    return $self->{status};
}

# What came that is no event: the body of a problem.
sub rest { my ($self) = @_; $self->all; return $self->{text} }

sub close {
    my ($self) = @_;
    kill 'TERM', $self->{pid} if $self->{pid};
    CORE::close(delete $self->{handle}) if $self->{handle};
    $self->{ended} = 1;
    return;
}

sub DESTROY { local ($?, $@, $!); $_[0]->close; return }

1;
