# SPDX-License-Identifier: Apache-2.0
package StoryImg::Client;

# HTTP from a test's side: what HTTP::Tiny will not do, that is many requests at once, bodies that never end, any Host, raw bytes.

use strict;
use warnings;

use Errno qw(EAGAIN EINTR EINPROGRESS);
use Exporter qw(import);
use IO::Select;
use IO::Socket::INET;
use JSON::PP ();
use Time::HiRes qw(time);

our @EXPORT_OK = qw(request many begin await hang_up);

my $JSON = JSON::PP->new->utf8->allow_nonref;

sub head_of {
    my ($port, $want, $length) = @_;
    my %headers = (Host => $want->{host} // "127.0.0.1:$port", Connection => 'close', %{ $want->{headers} // {} });
    $headers{'Transfer-Encoding'} = 'chunked' if $want->{chunked};
    $headers{'Content-Length'} = $want->{announce} // $length if !$want->{chunked} && defined $length;
    my @lines = map { my $name = $_; map { "$name: $_" } ref $headers{$name} ? @{ $headers{$name} } : $headers{$name} }
        grep { defined $headers{$_} } sort keys %headers;
    return join "\r\n", ($want->{method} // 'GET') . " $want->{path} HTTP/1.1", @lines, '', '';
}

sub open_call {
    my ($port, $want) = @_;
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port, Timeout => 10)
        or return { done => 1, began => time, ended => time, in => '', reason => "no connection: $@" };
    $socket->blocking(0);
    my $body = $want->{body};
    my $length = ref $body || !defined $body ? undef : length $body;
    my $out = $want->{raw} // head_of($port, $want, $length) . ($want->{chunked} || !defined $length ? '' : $body);
    my $more = $want->{chunked} || ref $body ? $body : undef;
    return { socket => $socket, out => $out, more => $more, chunked => $want->{chunked}, in => '', began => time,
        head => ($want->{method} // '') eq 'HEAD', all => $want->{all}, until => time + ($want->{timeout} // 60) };
}

# The next piece of a body that a function makes, or the end of it.
sub refill {
    my ($call) = @_;
    return if $call->{out} ne '' || !$call->{more};
    my $piece = ref $call->{more} ? $call->{more}->() : delete $call->{more};
    delete $call->{more} if !defined $piece;
    $call->{out} = !$call->{chunked} ? $piece // '' : defined $piece ? sprintf("%x\r\n%s\r\n", length $piece, $piece) : "0\r\n\r\n";
    $call->{out} .= "0\r\n\r\n" if $call->{chunked} && defined $piece && !$call->{more};
    return;
}

sub finish {
    my ($call, $reason) = @_;
    close delete $call->{socket};
    @$call{qw(done ended reason)} = (1, time, $reason);
    return;
}

sub write_some {
    my ($call) = @_;
    my $sent = syswrite $call->{socket}, $call->{out}, 65_536;
    return substr $call->{out}, 0, $sent, '' if defined $sent;
    return if $! == EAGAIN || $! == EINTR;
    @$call{qw(out more)} = ('', undef);    # the server has had enough; its answer may still be there
    return;
}

# Whether all of a response is there, so that we need not wait for the end of the connection.
sub is_whole {
    my ($call) = @_;
    my $end = index $call->{in}, "\r\n\r\n";
    return 0 if $call->{all} || $end < 0 || $call->{in} =~ /\AHTTP\/1\.1 1\d\d /;
    return 1 if $call->{head} || $call->{in} =~ /\AHTTP\/1\.1 [23]04 /;
    my ($length) = substr($call->{in}, 0, $end) =~ /^Content-Length:\s*(\d+)/im;
    return defined $length && length $call->{in} >= $end + 4 + $length;
}

sub read_some {
    my ($call) = @_;
    my $got = sysread $call->{socket}, $call->{in}, 262_144, length $call->{in};
    return if !defined $got && ($! == EAGAIN || $! == EINTR);
    $call->{first} //= time;
    $call->{in} =~ s/\AHTTP\/1\.1 100 .*?\r\n\r\n//s;
    return finish($call, '') if !$got || is_whole($call);
    return;
}

sub turn {
    my (@open) = @_;
    refill($_) for @open;
    my $reading = IO::Select->new(map { $_->{socket} } @open);
    my $writing = IO::Select->new(map { $_->{socket} } grep { $_->{out} ne '' } @open);
    my ($readable, $writable) = IO::Select->select($reading, $writing, undef, 0.2);
    my %call = map { $_->{socket} => $_ } @open;
    write_some($call{$_}) for @{ $writable // [] };
    read_some($call{$_}) for @{ $readable // [] };
    finish($_, 'timeout') for grep { !$_->{done} && time > $_->{until} } @open;
    return;
}

sub dechunk {
    my ($wire) = @_;
    my $body = '';
    while ($wire =~ /\G([0-9a-fA-F]+)[^\r]*\r\n/gc) {
        my $at = pos $wire;
        $body .= substr $wire, $at, hex $1;
        last if !hex $1;
        pos($wire) = $at + hex($1) + 2;
    }
    return $body;
}

sub response_of {
    my ($call) = @_;
    my %response = (status => 599, headers => {}, content => '', reason => $call->{reason},
        seconds => $call->{ended} - $call->{began}, wire => $call->{in});
    my ($head, $body) = split /\r\n\r\n/, $call->{in}, 2;
    return \%response if !defined $head || $head !~ s/\AHTTP\/1\.[01] (\d{3}) ?([^\r\n]*)\r?\n?//;
    @response{qw(status reason)} = ($1, $2);
    for my $line (split /\r\n/, $head) {
        my ($name, $value) = $line =~ /\A([^:]+):\s*(.*)\z/ or next;
        my $old = $response{headers}{ lc $name };
        $response{headers}{ lc $name } = defined $old ? "$old, $value" : $value;
    }
    my $chunked = ($response{headers}{'transfer-encoding'} // '') eq 'chunked';
    $response{content} = $chunked ? dechunk($body) : $body // '';
    $response{json} = eval { $JSON->decode($response{content}) } if ($response{headers}{'content-type'} // '') =~ /\bjson\b/;
    return \%response;
}

# All requests at once, each {method, path, host, headers {}, body (bytes, or a function that gives pieces, undef at the
# end), chunked, announce (a Content-Length of our own), raw (all bytes), all (read to the end of the connection), timeout}.
# Responses in the same order: {status (599: none came), reason, headers (names in lower case), content, json, seconds, wire}.
sub many {
    my ($port, @wants) = @_;
    return await(map { open_call($port, $_) } @wants);
}

# The responses to calls that have begun.
sub await {
    my (@calls) = @_;
    local $SIG{PIPE} = 'IGNORE';
    while (my @open = grep { !$_->{done} } @calls) {
        turn(@open);
    }
    my @responses = map { response_of($_) } @calls;
    return @responses;
}

# A request that is sent to its end, while its answer is not waited for: await() it, or hang_up().
sub begin {
    my ($port, %want) = @_;
    local $SIG{PIPE} = 'IGNORE';
    my $call = open_call($port, \%want);
    turn($call) while !$call->{done} && ($call->{out} ne '' || $call->{more});
    return $call;
}

sub hang_up { my ($call) = @_; return $call->{done} ? undef : finish($call, 'hung up') }

sub request {
    my ($port, %want) = @_;
    my ($response) = many($port, \%want);
    return $response;
}

1;
