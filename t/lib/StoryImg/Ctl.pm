# SPDX-License-Identifier: Apache-2.0
package StoryImg::Ctl;

# storyimgctl beside a test's server: same folders, same index.

use strict;
use warnings;

use Exporter qw(import);
use File::Temp ();
use JSON::PP ();
use Test::More;

use StoryImg::Conf ();
use StoryImg::Server ();

our @EXPORT_OK = qw(ctl ctl_json ctl_ends run_ctl);

my $JSON = JSON::PP->new->utf8;

# Run it with an environment of its own: {status, out, err, signal}.
sub run_ctl {
    my ($env, @words) = @_;
    my $folder = File::Temp->newdir('storyimg-ctl-XXXXXX', TMPDIR => 1);
    my $pid = fork // die "fork: $!\n";
    if (!$pid) {
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', "$folder/out";
        open STDERR, '>', "$folder/err";
        %ENV = (PATH => $ENV{PATH}, TMPDIR => $ENV{TMPDIR} // '/tmp', ASAN_OPTIONS => 'detect_leaks=1:exitcode=99',
            UBSAN_OPTIONS => 'print_stacktrace=1:exitcode=99', %$env);
        exec "$StoryImg::Conf::BUILD/storyimgctl", @words or POSIX::_exit(127);
    }
    waitpid $pid, 0;
    my ($status, $signal) = ($? >> 8, $? & 127);
    return { status => $status, signal => $signal, map { $_ => StoryImg::Server::slurp("$folder/$_") } qw(out err) };
}

# With what the server is configured with.
sub ctl {
    my ($server, @words) = @_;
    my @place = ('--root', $server->root, '--pixel-program', StoryImg::Conf::pixel_program($server), '--min-free', '1M', '--save', 'on');
    return run_ctl({}, @place, @words);
}

# The document that it prints, which is all that it prints; its exit state is asked for.
sub ctl_json {
    my ($server, $status, @words) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $run = ctl($server, '--json', @words);
    my $json = eval { $JSON->decode($run->{out}) };
    is("$run->{status} $run->{signal}", "$status 0", "@words: exit status $status") || diag($run->{out}, $run->{err});
    is(ref $json, 'HASH', "@words: one JSON document") || diag($run->{out}, $run->{err});
    return $json // {};
}

# How it ends, and a pattern of what it says on either channel.
sub ctl_ends {
    my ($run, $status, $said, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $fine = $run->{status} == $status && !$run->{signal} && "$run->{out}$run->{err}" =~ $said
        && "$run->{out}$run->{err}" !~ /[\x00-\x09\x0b-\x1f\x7f]/;
    return ok($fine, $name // "exit status $status, $said") || diag("$run->{status}/$run->{signal}\n$run->{out}$run->{err}");
}

1;
