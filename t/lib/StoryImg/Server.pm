# SPDX-License-Identifier: Apache-2.0
package StoryImg::Server;

# A private httpd for one test: own folder, own port, own configuration; gone when the test is, however that ends.
#
#   STORYIMG_MPM    event (default), worker, prefork
#   STORYIMG_BUILD  build folder; default: build/ of the project
#   STORYIMG_SAN    1: the build is one with ASan and UBSan; any report fails the test

use strict;
use warnings;

use Cwd qw(abs_path);
use File::Temp ();
use IO::Socket::INET;
use JSON::PP ();
use POSIX qw(WNOHANG);
use Scalar::Util qw(weaken);
use Test::More ();
use Time::HiRes qw(sleep time);

use StoryImg::Client ();
use StoryImg::Conf qw(httpd user conf_text);

my $JSON = JSON::PP->new->utf8->canonical;
my @all;

sub free_port {
    my $socket = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 0, Listen => 1) or die "no free port: $@\n";
    return $socket->sockport;
}

# Options
#   conf     directives of the server           vhosts   [{name, conf}], each a site with a folder of its own, ROOT/NAME
#   api      mount point, default /api          modules  more of httpd's own modules, by name
#   module   0: without mod_storyimg            defaults 0: no directives but what httpd needs and conf
#   env      more environment                   root_owned 1: the folder belongs to root, as ServerRoot does in life
# In conf @ROOT@, @PORT@ and @PROJECT@ stand for what only we know.
sub new {
    my ($class, %options) = @_;
    my $self = bless { api => '/api', module => 1, defaults => 1, conf => '', vhosts => [], modules => [], env => {}, %options,
        expected => [], owner => $$ }, $class;
    $self->{folder} = File::Temp->newdir('storyimg-server-XXXXXX', TMPDIR => 1);
    $self->{root} = abs_path("$self->{folder}");
    $self->{port} = free_port();
    $self->make_folders;
    $self->write_conf;
    push @all, $self;
    weaken $all[-1];
    return $self;
}

sub root { return $_[0]{root} }
sub port { return $_[0]{port} }
sub pid { return $_[0]{pid} }
sub error_log { return "$_[0]{root}/error.log" }
sub url { my ($self, $path) = @_; return "http://127.0.0.1:$self->{port}$path" }

sub make_folders {
    my ($self) = @_;
    mkdir "$self->{root}/$_" or die "$self->{root}/$_: $!\n" for qw(htdocs run san), map { $_->{name} } @{ $self->{vhosts} };
    chmod 0777, "$self->{root}/san";
    chmod 0755, $self->{root};
    my $user = user() // return;
    my ($uid, $gid) = (getpwnam $user)[2, 3];
    chown $uid, $gid, map({ "$self->{root}/$_->{name}" } @{ $self->{vhosts} }), $self->{root_owned} ? () : $self->{root};
    return;
}

sub write_file {
    my ($self, $name, $content, $mode) = @_;
    open my $out, '>:raw', "$self->{root}/$name" or die "$self->{root}/$name: $!\n";
    print {$out} $content;
    close $out or die "$self->{root}/$name: $!\n";
    chmod $mode // 0644, "$self->{root}/$name";
    return "$self->{root}/$name";
}

sub write_conf { my ($self) = @_; return $self->write_file('httpd.conf', conf_text($self)) }

sub sanitizer_env {
    my ($self) = @_;
    my $asan = qx(gcc -print-file-name=libasan.so);
    chomp $asan;
    $asan = abs_path($asan);
    return (
        LD_PRELOAD => "$asan $StoryImg::Conf::BUILD/t/nodlclose.so",
        ASAN_OPTIONS => "detect_leaks=1:exitcode=99:log_path=$self->{root}/san/report:detect_stack_use_after_return=1"
            . ':fast_unwind_on_malloc=0',    # httpd has no frame pointers: without this lsan.supp could not name its functions
        UBSAN_OPTIONS => "print_stacktrace=1:log_path=$self->{root}/san/report",
        LSAN_OPTIONS => "suppressions=$StoryImg::Conf::PROJECT/t/lib/lsan.supp:print_suppressions=0",
    );
}

sub environment {
    my ($self) = @_;
    return (PATH => $ENV{PATH}, LANG => 'C.UTF-8', TMPDIR => $ENV{TMPDIR} // '/tmp', $StoryImg::Conf::SAN ? $self->sanitizer_env : (),
        %{ $self->{env} });
}

# What `httpd -t` says of a configuration: (exit status, words).
sub check {
    my ($self) = @_;
    my $pid = open(my $out, '-|') // die "fork: $!\n";
    if (!$pid) {
        open STDERR, '>&', \*STDOUT;
        %ENV = $self->environment;
        exec httpd(), '-t', '-f', "$self->{root}/httpd.conf" or POSIX::_exit(127);
    }
    my $words = join '', <$out>;
    close $out;
    return ($? >> 8, $words);
}

# A process that ends httpd and removes its folder when this one has gone without doing so.
sub start_watcher {
    my ($self) = @_;
    return if $self->{watcher};
    open my $watcher, '|-', $^X, '-e', <<'END', $self->{root} or die "watcher: $!\n";
use File::Path;
$SIG{$_} = 'IGNORE' for qw(INT TERM HUP QUIT);
my $pid = 0;
while (my $line = <STDIN>) { exit 0 if $line =~ /done/; $pid = int $line }
exit 0 if !-d $ARGV[0];
kill 'TERM', $pid if $pid;
for (1 .. 50) { last if !$pid || !kill 0, -$pid; select undef, undef, undef, 0.1 }
kill 'KILL', -$pid if $pid;
File::Path::remove_tree($ARGV[0], { safe => 0, error => \my $ignored });
END
    $watcher->autoflush(1);
    return $self->{watcher} = $watcher;
}

sub spawn {
    my ($self) = @_;
    my $pid = fork // die "fork: $!\n";
    if (!$pid) {
        POSIX::setsid();    # a group of its own: prefork signals its whole group when it ends
        open STDIN, '<', '/dev/null';
        open STDOUT, '>>', "$self->{root}/httpd.out";
        open STDERR, '>&', \*STDOUT;
        %ENV = $self->environment;
        exec httpd(), '-DFOREGROUND', '-f', "$self->{root}/httpd.conf" or POSIX::_exit(127);
    }
    print { $self->{watcher} } "$pid\n";
    return $self->{pid} = $pid;
}

sub slurp {
    my ($path) = @_;
    open my $in, '<:raw', $path or return '';
    local $/;
    return scalar(<$in>) // '';
}

sub log_text { return slurp($_[0]->error_log) }

# Wait for it to be ready; false if it ended instead.
sub wait_ready {
    my ($self) = @_;
    for (my $until = time + 40; time < $until; sleep 0.02) {
        return 0 if waitpid($self->{pid}, WNOHANG) == $self->{pid};
        return 1 if $self->log_text =~ /resuming normal operations/
            && IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $self->{port}, Timeout => 1);
    }
    $self->kill_all;
    return 0;
}

sub start {
    my ($self) = @_;
    die "no $StoryImg::Conf::BUILD/.libs/mod_storyimg.so: run ./dev build\n" if $self->{module}
        && !-e "$StoryImg::Conf::BUILD/.libs/mod_storyimg.so";
    $self->start_watcher;
    for my $try (1 .. 5) {
        $self->spawn;
        return $self if $self->wait_ready;
        delete $self->{pid};
        last if (slurp("$self->{root}/httpd.out") . $self->log_text) !~ /Address already in use/;
        $self->{port} = free_port();
        $self->write_conf;
    }
    die 'httpd did not start: ' . slurp("$self->{root}/httpd.out") . $self->log_text;
}

# A start that must fail: what it said on the terminal and in its log; undef if it runs.
sub start_fails {
    my ($self) = @_;
    return undef if eval { $self->start };
    $self->{expect_failure} = 1;
    return $@;
}

sub kill_all {
    my ($self) = @_;
    kill 'KILL', -$self->{pid}, $self->{pid};
    waitpid $self->{pid}, 0;
    return;
}

# The processes that serve.
sub children {
    my ($self) = @_;
    my @stats = map { slurp($_) } glob '/proc/[0-9]*/stat';
    return map { /\A(\d+) \(.*\) [^ZX] $self->{pid} / ? $1 : () } @stats;
}

# kill -9 of those that serve now; the parent makes others.
sub kill_children {
    my ($self) = @_;
    my @children = $self->children;
    kill 'KILL', @children;
    for (my $until = time + 10; time < $until && grep({ kill 0, $_ } @children); sleep 0.02) { }
    $self->expect_log(qr/exit signal Killed/);
    return @children;
}

# kill -9 of all of it. start() it again.
sub crash {
    my ($self) = @_;
    $self->kill_all;
    for (my $until = time + 10; time < $until && kill 0, -$self->{pid}; sleep 0.02) { }
    delete $self->{pid};
    unlink "$self->{root}/run/httpd.pid";    # its number may be another's by then
    return $self;
}

# Graceful restart, done when the new generation serves.
sub restart {
    my ($self) = @_;
    my $count = () = $self->log_text =~ /resuming normal operations/g;
    kill 'USR1', $self->{pid};
    for (my $until = time + 30; time < $until; sleep 0.02) {
        my $now = () = $self->log_text =~ /resuming normal operations/g;
        return $self if $now > $count;
    }
    die "no graceful restart within 30 s\n";
}

sub halt {
    my ($self, $signal) = @_;
    my $pid = $self->{pid};
    kill $signal, $pid;
    for (my $until = time + 30; time < $until; sleep 0.02) {
        next if waitpid($pid, WNOHANG) != $pid;
        my $status = $?;
        for (my $end = time + 10; time < $end && kill 0, -$pid; sleep 0.02) { }    # children may outlive it a little
        return $status;
    }
    $self->kill_all;
    return -1;
}

# Allow log lines that match, of any level.
sub expect_log { my ($self, @patterns) = @_; push @{ $self->{expected} }, @patterns; return $self }

# What an MPM says of its own threads depends on how busy the machine is.
my $SPARE_THREADS = qr/AH10159: server is within MinSpareThreads/;

sub is_bad_line {
    my ($self, $line) = @_;
    return 0 if grep { $line =~ $_ } @{ $self->{expected} }, $SPARE_THREADS;
    return 1 if $line =~ /exit signal|AddressSanitizer|runtime error/;
    return $line =~ /\A\[[^\]]*\] \[[\w-]*:(?:warn|error|crit|alert|emerg)\]/ || $line !~ /\A\[/;
}

sub complaints {
    my ($self) = @_;
    my @bad = grep { $_ ne '' && $self->is_bad_line($_) } split /\n/, $self->log_text;
    my @reports = map { slurp($_) } glob "$self->{root}/san/report*";
    return (@bad, @reports);
}

# Gracefully, unless another signal is named: children finish what they do, and under a sanitizer look for leaks.
sub stop {
    my ($self, $name, $signal) = @_;
    return if !$self->{pid};
    local $?;
    my $status = $self->halt($signal // 'WINCH');
    delete $self->{pid};
    print { $self->{watcher} } "0\n";
    my @complaints = $self->complaints;
    Test::More::ok($status == 0 && !@complaints, $name // 'the server stops, its log clean')
        or Test::More::diag(join "\n", "exit status $status", @complaints);
    return;
}

# The end of every server that is still there.
sub stop_all { $_->stop for grep { defined } @all; return }

sub DESTROY {
    my ($self) = @_;
    return if $self->{owner} != $$;
    local ($?, $@, $!);
    $self->kill_all if $self->{pid};
    undef $self->{folder};
    print { $self->{watcher} } "done\n" if $self->{watcher};
    close delete $self->{watcher} if $self->{watcher};
    return;
}

sub many { my ($self, @wants) = @_; return StoryImg::Client::many($self->{port}, @wants) }
sub request { my ($self, %want) = @_; return ($self->many(\%want))[0] }
sub begin { my ($self, %want) = @_; return StoryImg::Client::begin($self->{port}, %want) }
sub get { my ($self, $path, %headers) = @_; return $self->request(path => $path, headers => \%headers) }

# A request that posts JSON: data, or bytes as they are.
sub posting {
    my ($self, $path, $data, %headers) = @_;
    my $body = ref $data ? $JSON->encode($data) : $data;
    return { method => 'POST', path => $path, body => $body, headers => { 'Content-Type' => 'application/json', %headers } };
}

sub post_json { my ($self, @rest) = @_; return $self->request(%{ $self->posting(@rest) }) }

1;
