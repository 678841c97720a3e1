# SPDX-License-Identifier: Apache-2.0
package StoryImg::Bench;

# What measurements say again and again; and an upstream that takes no processor time from what is measured (t/bench/upstream.c).

use strict;
use warnings;

use Exporter qw(import);
use File::Temp ();
use IPC::Open2 qw(open2);
use JSON::PP ();
use List::Util qw(sum);
use MIME::Base64 qw(encode_base64);
use Time::HiRes qw(sleep time);

use StoryImg::Conf ();
use StoryImg::OpenAI qw(default_settings chat_content);
use StoryImg::Pictures ();
use StoryImg::Server ();
use StoryImg::Upstream ();

our @EXPORT = qw(median private_kb private_of wrk site_with one_child_of static_site static_files threads_of compare_static story_order
    post_all wait_until ledger_value);

my $JSON = JSON::PP->new->utf8->canonical;

sub median { my @s = sort { $a <=> $b } @_; return @s % 2 ? $s[$#s / 2] : ($s[@s / 2 - 1] + $s[@s / 2]) / 2 }

# Private memory of a process, in KB.
sub private_of {
    my ($pid) = @_;
    open my $in, '<', "/proc/$pid/smaps_rollup" or return 0;
    return sum(0, map { /^Private_(?:Clean|Dirty):\s+(\d+)/ ? $1 : () } <$in>);
}

# The same of the children of a server: the median.
sub private_kb { my ($server) = @_; return median(map { private_of($_) || () } $server->children) }

# Requests per second.
sub wrk {
    my ($url, $clients, $seconds) = @_;
    my $threads = $clients > 1 ? 2 : 1;
    my $out = qx(wrk -t$threads -c$clients -d${seconds}s '$url');
    die "wrk: $out\n" if $out =~ /Non-2xx/ || $out !~ m{Requests/sec:\s*([\d.]+)};
    return $1;
}

sub story_order {
    my (%more) = @_;
    return { character => { name => 'Lila', age => 7 }, prompt => 'A cosmic garden adventure',
        generateIllustrations => JSON::PP::true, pages => 3, %more };
}

sub write_file {
    my ($path, $content) = @_;
    open my $out, '>:raw', $path or die "$path: $!\n";
    print {$out} $content;
    close $out or die "$path: $!\n";
    return $path;
}

# Options: text, image: seconds; picture: the bytes (a small PNG).
sub new {
    my ($class, %options) = @_;
    my $folder = File::Temp->newdir('storyimg-upstream-XXXXXX', TMPDIR => 1);
    my %message = (role => 'assistant', content => chat_content(default_settings(), { messages => [] }));
    my $text = { id => 'chatcmpl-1', object => 'chat.completion', created => 1, model => 'gpt-6-luna',
        choices => [{ index => 0, message => \%message, finish_reason => 'stop' }] };
    my $image = { created => 1, data => [{ b64_json => encode_base64($options{picture} // StoryImg::Pictures::png(64, 64, 1), '') }] };
    my @files = (write_file("$folder/text", $JSON->encode($text)), write_file("$folder/image", $JSON->encode($image)));
    my $pid = open2(my $out, my $in, "$StoryImg::Conf::BUILD/t/bench/upstream", "$folder/log", $options{text} // 0, $files[0],
        $options{image} // 0, $files[1]);
    my $port = <$out> // die "t/bench/upstream did not start\n";
    chomp $port;
    return bless { folder => $folder, pid => $pid, in => $in, out => $out, port => $port }, $class;
}

sub pid { return $_[0]{pid} }
sub base { return "http://127.0.0.1:$_[0]{port}/v1" }
sub directives { my ($self, @more) = @_; return StoryImg::Upstream::directives($self, @more) }

# What it answered, in order: [when the request had come, when all of the answer was written].
sub answers {
    my ($self, $kind) = @_;
    open my $in, '<', "$self->{folder}/log" or return;
    return map { /\A\Q$kind\E (\S+) (\S+)/ ? [$1, $2] : () } <$in>;
}

# Processor seconds used so far.
sub cpu {
    my ($self) = @_;
    return cpu_of($self->{pid});
}

sub stop {
    my ($self) = @_;
    return if !$self->{in};
    close delete $self->{in};
    waitpid $self->{pid}, 0;
    return;
}

sub DESTROY { local ($?, $@, $!); $_[0]->stop; return }

# An httpd, started, whose pictures come from this upstream.
sub site_with {
    my ($upstream, $conf, %options) = @_;
    my $illustrator = delete $options{illustrator} // 'openai/gpt-image-2.6-flare';
    return StoryImg::Server->new(%options, conf => $upstream->directives(illustrator => $illustrator) . $conf,
        env => { OPENAI_API_KEY => $StoryImg::Upstream::KEY })->start;
}

my %PICTURE = ('10 KB' => ['story-1-p1.png', 10_240], '1.5 MB' => ['story-2-p1.png', 1_500_000]);

# Two pictures to be served, in a server that runs.
sub static_files {
    my ($server) = @_;
    mkdir $server->root . '/generated';
    $server->write_file("generated/$_->[0]", 'x' x $_->[1]) for values %PICTURE;
    return $server;
}

# An httpd, started, with pictures to be served; module 0: by httpd alone.
sub static_site {
    my (%options) = @_;
    my $conf = "Alias \"/generated/\" \"\@ROOT\@/generated/\"\n<Directory \"\@ROOT\@/generated\">\nRequire all granted\nOptions None\n"
        . "AllowOverride None\nSetHandler default-handler\nHeader always set X-Content-Type-Options nosniff\n</Directory>\n";
    my $more = delete $options{conf} // '';
    return static_files(StoryImg::Server->new(%options, conf => $options{module} ? $more : $conf . $more)->start);
}

# Processor seconds that processes have used so far.
sub cpu_of {
    my (@pids) = @_;
    my @fields = map { [split ' ', StoryImg::Server::slurp("/proc/$_/stat") =~ s/.*\) //sr] } @pids;
    return sum(0, map { @$_ ? ($_->[11] + $_->[12]) / 100 : () } @fields);
}

# How fast both serve the same files; and, since the rest of the machine hardly matters to it, for how much processor time.
sub compare_static {
    my ($part, $with, $without, %files) = @_;
    %files = map { $_ => $PICTURE{$_}[0] } keys %PICTURE if !%files;
    for my $size (sort keys %files) {
        my (@ratio, @rate, %served, %used);
        for my $round (1 .. 9) {
            my @pair = $round % 2 ? ($with, $without) : ($without, $with);
            my %rate;
            for my $server (@pair) {
                my $before = cpu_of($server->children);
                my $rate = $rate{ $server->port } = wrk($server->url("/generated/$files{$size}"), 16, 2);
                $served{ $server->port } += 2 * $rate;
                $used{ $server->port } += cpu_of($server->children) - $before;
            }
            push @rate, $rate{ $with->port };
            push @ratio, $rate{ $with->port } / $rate{ $without->port };
        }
        my ($costs, $plain) = map { $used{ $_->port } / $served{ $_->port } } $with, $without;
        printf "%-11s %s: %.0f requests/s, ratio to the same Apache without the module %.3f (at least 0.98); requests per second of "
            . "processor time %.3f\n", $part, $size, median(@rate), median(@ratio), $plain / $costs;
    }
    return;
}

# Directives: one child with that many threads.
sub threads_of {
    my ($threads) = @_;
    return "ThreadLimit $threads\nServerLimit 1\nStartServers 1\nThreadsPerChild $threads\nMaxRequestWorkers $threads\n"
        . "MaxSpareThreads $threads\nListenBacklog 1000\n";
}

# The same, and all of them may wait.
sub one_child_of {
    my ($threads) = @_;
    return threads_of($threads) . "StoryImgMaxWaiting $threads\nStoryImgConcurrency 1000\n";
}

# That many stories asked for at once, in waves; each must be answered with that status.
sub post_all {
    my ($server, $status, $count, $wave, $order) = @_;
    my @responses;
    while (@responses < $count) {
        my $n = $count - @responses < $wave ? $count - @responses : $wave;
        push @responses, $server->many(map { $server->posting('/api/stories/generate', $order) } 1 .. $n);
    }
    my ($odd) = grep { $_->{status} != $status } @responses;
    die "answer $odd->{status} $odd->{reason}: $odd->{content}\n" if $odd;
    return @responses;
}

# Asked again and again until it is true.
sub wait_until {
    my ($what, $seconds, $pause) = @_;
    my $until = time + $seconds;
    while (time < $until) {
        return 1 if $what->();
        sleep($pause // 0.1);
    }
    die "not within $seconds s\n";
}

# One value of the server's index.
sub ledger_value {
    my ($server, $sql) = @_;
    open my $out, '-|', "$StoryImg::Conf::BUILD/t/torture/query", $server->root . '/storyimg-state/index.sqlite3', $sql
        or die "t/torture/query: $!\n";
    my $line = <$out> // '';
    chomp $line;
    return $line;
}

1;
