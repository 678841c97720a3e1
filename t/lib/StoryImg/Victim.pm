# SPDX-License-Identifier: Apache-2.0
package StoryImg::Victim;

# An httpd (StoryImg::Server) whose processes are killed at bad moments, and which is started again on the same folders and port.

use strict;
use warnings;

use IO::Socket::INET;
use POSIX qw(WNOHANG);
use Time::HiRes qw(sleep time);

use StoryImg::Conf ();
use StoryImg::Server ();

our @ISA = qw(StoryImg::Server);

my %THREADS = (
    event => "StartServers 3\nServerLimit 12\nThreadsPerChild 10\nMaxRequestWorkers 120\nMinSpareThreads 10\nMaxSpareThreads 60\n",
    prefork => "StartServers 6\nServerLimit 60\nMaxRequestWorkers 60\nMinSpareServers 4\nMaxSpareServers 30\n",
);
$THREADS{worker} = $THREADS{event};

# What httpd says when its processes vanish or are many, and what the module says of the upstream's faults. The rest is a complaint.
my @USUAL = (qr/exit signal Killed \(9\)/, qr/\bAH00098: pid file/, qr/\bAH0004[5-7]: child process/,
    qr/\bAH(?:00484|00485|00286|00288|03490|10159|10392|00161)\b/,
    qr/\[storyimg:warn\]/, qr/\[storyimg:error\].*\b(?:upstream-auth|insufficient-quota)\b/);

sub is_possible { return -r "/proc/$$/stat" }

# Directives of many short-lived children.
sub directives { return $THREADS{$StoryImg::Conf::MPM} . "MaxConnectionsPerChild 20\n" }

# Of a server that was made and not yet started.
sub of {
    my ($class, $server) = @_;
    return bless($server, $class)->expect_log(@USUAL);
}

# One child, chosen by a number from 0 to 1. False if there is none.
sub kill_child {
    my ($self, $which) = @_;
    my @pids = sort { $a <=> $b } $self->children or return 0;
    return kill 'KILL', $pids[$which * @pids];
}

# Wait for the whole group of a process to be gone.
sub wait_gone {
    my ($group) = @_;
    for (my $until = time + 20; time < $until; sleep 0.02) {
        my @stats = map { StoryImg::Server::slurp($_) } glob '/proc/[0-9]*/stat';
        return 1 if !grep { /\A\d+ \(.*\) [^ZX] \d+ $group /s } @stats;
    }
    die "processes of group $group do not end\n";
}

# The parent alone; its children go on without it for a while, then they are killed as well.
sub kill_parent {
    my ($self, $pause) = @_;
    my $pid = delete $self->{pid};
    kill 'KILL', $pid;
    waitpid $pid, 0;
    sleep $pause;
    kill 'KILL', -$pid;
    wait_gone($pid);
    return 1;
}

sub is_ready {
    my ($self, $from) = @_;
    return substr($self->log_text, $from) =~ /resuming normal operations/
        && IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $self->{port}, Timeout => 1);
}

# Start again after it was killed or has ended.
sub start_again {
    my ($self) = @_;
    my $from = -s $self->error_log;
    unlink "$self->{root}/run/httpd.pid";    # its number may be another's by now
    for my $try (1 .. 20) {
        $self->spawn;
        return $self if $self->is_up($from);
        last if substr($self->log_text, $from) . StoryImg::Server::slurp("$self->{root}/httpd.out") !~ /Address already in use/;
        sleep 0.5;    # another program's connection may have the port for a while
        unlink "$self->{root}/httpd.out";
    }
    die 'httpd did not start again: ' . substr($self->log_text, $from) . StoryImg::Server::slurp("$self->{root}/httpd.out");
}

sub is_up {
    my ($self, $from) = @_;
    for (my $until = time + 40; time < $until; sleep 0.02) {
        return 1 if $self->is_ready($from);
        last if waitpid($self->{pid}, WNOHANG) == $self->{pid};
    }
    return 0;
}

# A graceful restart, which is not waited for.
sub restart_soon { my ($self) = @_; return kill 'USR1', $self->{pid} }

# A graceful stop and a start.
sub cycle {
    my ($self) = @_;
    my $pid = $self->{pid};
    my $status = $self->halt('WINCH');
    wait_gone($pid);
    $self->start_again;
    return $status;
}

1;
