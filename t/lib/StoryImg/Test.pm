# SPDX-License-Identifier: Apache-2.0
package StoryImg::Test;

# What live tests say again and again.

use strict;
use warnings;

use Digest::SHA ();
use Exporter qw(import);
use File::Find ();
use JSON::PP ();
use Test::More;

use StoryImg::Conf ();
use StoryImg::Server ();
use StoryImg::Upstream ();

our @EXPORT = qw(order is_problem is_story saved_files is_tidy is_untouched is_saved page_error with_upstream stack slow done $KEY);
our $KEY = $StoryImg::Upstream::KEY;

my $NAME = qr/(?:story|consistent|gptimg|portrait)-\d{13}-p\d+\.(?:png|jpg|webp)/;
my $STATE = qr/\Aindex\.sqlite3(?:-wal|-shm|-journal)?\z|\.lock\z|\Apseudonym\.key\z|\Aworkers\//;
my @PROBLEM_MEMBERS = qw(code detail error status success title type);

# Seconds, made longer where a sanitizer slows everything down.
sub slow { return $_[0] * ($StoryImg::Conf::SAN ? 4 : 1) }

# The body of an order for a story.
sub order {
    my (%more) = @_;
    return {
        character => { name => 'Miriella', age => 7, personality => ['brave', 'curious'], interests => ['lighthouses'] },
        prompt => 'A lantern festival on the frozen lake', generateIllustrations => JSON::PP::true, %more,
    };
}

# An httpd whose sites use the upstream, which it has the key for.
sub with_upstream {
    my ($upstream, %options) = @_;
    my %choice = map { $_ => delete $options{$_} } grep { $options{$_} } qw(writer illustrator);
    my $conf = $upstream->directives(%choice) . ($options{conf} // '');
    return StoryImg::Server->new(%options, env => { OPENAI_API_KEY => $KEY, %{ $options{env} // {} } }, conf => $conf);
}

# Both, started: (server, upstream).
sub stack {
    my (%options) = @_;
    my $upstream = StoryImg::Upstream->new(%{ delete $options{upstream} // {} });
    return (with_upstream($upstream, %options)->start, $upstream);
}

sub is_problem {
    my ($response, $status, $code, $detail, $name) = @_;
    $name //= "$status $code";
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $json = ref $response->{json} eq 'HASH' ? $response->{json} : {};
    my @wrong;
    push @wrong, "status is $response->{status} ($response->{reason})" if $response->{status} != $status;
    push @wrong, 'type is ' . ($response->{headers}{'content-type'} // 'missing')
        if ($response->{headers}{'content-type'} // '') !~ m{\Aapplication/problem\+json\b};
    push @wrong, "members are @{[ sort keys %$json ]}" if "@{[ sort keys %$json ]}" ne "@PROBLEM_MEMBERS";
    push @wrong, 'code is ' . ($json->{code} // 'missing') if ($json->{code} // '') ne $code;
    push @wrong, 'status member' if ($json->{status} // 0) != $status;
    push @wrong, 'error is not the detail' if ($json->{error} // '') ne ($json->{detail} // ' ');
    push @wrong, 'success is not false' if !JSON::PP::is_bool($json->{success}) || $json->{success};
    push @wrong, 'type ' . ($json->{type} // '') if ($json->{type} // '') !~ m{/docs/problems\.md#\Q$code\E\z};
    push @wrong, 'detail is ' . ($json->{detail} // 'missing') if $detail && ($json->{detail} // '') !~ $detail;
    return ok(!@wrong, $name) || diag(join "\n", @wrong, substr $response->{wire}, 0, 2000);
}

# A story has come; returns it.
sub is_story {
    my ($response, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $json = ref $response->{json} eq 'HASH' ? $response->{json} : {};
    my $story = ref $json->{data} eq 'HASH' ? $json->{data} : {};
    my $fine = $response->{status} == 200 && $json->{success} && length($story->{story} // '') > 20
        && ref $story->{illustrations} eq 'ARRAY';
    ok($fine, $name // 'a story comes') || diag("$response->{status} $response->{reason}\n" . substr $response->{wire}, 0, 2000);
    $story->{illustrations} = [] if ref $story->{illustrations} ne 'ARRAY';
    return $story;
}

# A page ended with this error and has no picture.
sub page_error {
    my ($story, $page, $code, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my ($drawn) = grep { ($_->{pageNumber} // 0) == $page } @{ $story->{illustrations} };
    my $error = ref $drawn eq 'HASH' && ref $drawn->{error} eq 'HASH' ? $drawn->{error} : {};
    my $fine = ($error->{code} // '') =~ /\A$code\z/ && ($error->{message} // '') ne ''
        && !grep { exists $drawn->{$_} } qw(url localUrl b64_json sha256);
    return ok($fine, $name // "page $page ends as $code") || diag(JSON::PP->new->canonical->allow_nonref->encode($drawn));
}

sub files_below {
    my ($folder) = @_;
    my @found;
    File::Find::find({ no_chdir => 1, wanted => sub { push @found, substr $_, 1 + length $folder if -f } }, $folder) if -d $folder;
    my @sorted = sort @found;
    return @sorted;
}

# Everything that lies in the folder of saved images.
sub saved_files { my ($server, $site) = @_; return files_below(join '/', $server->root, $site // (), 'generated') }

# Nothing partial, temporary or ill-named was left anywhere.
sub is_tidy {
    my ($server, $name, $site) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my @odd = grep { !/\A$NAME\z/ } saved_files($server, $site);
    push @odd, grep { $_ !~ $STATE } files_below(join '/', $server->root, $site // (), 'storyimg-state');
    return is_deeply(\@odd, [], $name // 'nothing partial is left');
}

# A saved image is what its record says; returns its bytes.
sub is_saved {
    my ($server, $record, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $file = ($record->{localUrl} // $record->{url}) =~ m{\A/generated/($NAME)\z} ? $1 : 'none';
    my $bytes = StoryImg::Server::slurp($server->root . "/generated/$file");
    my $mode = ((stat $server->root . "/generated/$file")[2] // 0) & 07777;
    my $is = sprintf '%s %d %s %04o', $file, length $bytes, Digest::SHA::sha256_hex($bytes), $mode;
    is($is, "$file $record->{size} $record->{sha256} 0644", $name // "$file is as recorded");
    return $bytes;
}

# A refused order left no trace: no file, no row, no call upstream.
sub is_untouched {
    my ($server, $upstream, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my @totals = map { $server->get("/api$_")->{json}{meta}{total} // 'none' } '/images/generated', '/stories';
    my @calls = $upstream ? $upstream->log : ();
    my @files = saved_files($server);
    return is_deeply([@totals, scalar @calls, @files], [0, 0, 0], $name // 'nothing written, nothing spent')
        && is_tidy($server, 'and nothing partial');
}

# The end of a test file.
sub done {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    StoryImg::Server::stop_all();
    return done_testing();
}

1;
