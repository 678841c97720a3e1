# SPDX-License-Identifier: Apache-2.0
package StoryImg::Faults;

# An httpd whose Nth file call fails: t/lib/faults.c, preloaded, and what tells it which.

use strict;
use warnings;

use StoryImg::Conf ();
use StoryImg::Server ();

my $serial = 0;

# Of a server that was made and not yet started. Folders are below its root; index 1: files of the index count as well.
sub new {
    my ($class, $server, %options) = @_;
    my $library = "$StoryImg::Conf::BUILD/t/faults.so";
    die "no $library: make tests\n" if !-e $library;
    my $root = $server->root;
    my $before = $StoryImg::Conf::SAN ? { $server->sanitizer_env }->{LD_PRELOAD} . ' ' : '';
    my $self = bless { server => $server, file => "$root/fault" }, $class;
    $server->write_file($_, '', 0666) for 'fault', 'fault.seen';
    $server->{env} = { %{ $server->{env} }, LD_PRELOAD => "$before$library", STORYIMG_FAULT_FILE => $self->{file},
        STORYIMG_FAULT_DIR => join(':', map { "$root/$_" } @{ $options{folders} }),
        STORYIMG_FAULT_INDEX => $options{index} ? 1 : 0 };
    return $self;
}

# From now on the Nth call fails in this way: ENOSPC, EIO, EINTR, short. 0: none does, they are only counted.
sub arm {
    my ($self, $nth, $kind) = @_;
    $serial++;
    return $self->{server}->write_file('fault', "$serial $nth $kind\n", 0666);
}

sub disarm { my ($self) = @_; return $self->{server}->write_file('fault', '', 0666) }

# The name of the call that failed since it was armed; undef: none did.
sub seen {
    my ($self) = @_;
    my ($id, $count, $fired) = split ' ', StoryImg::Server::slurp("$self->{file}.seen");
    return ($id // 0) == $serial && $fired ne '-' ? $fired : undef;
}

1;
