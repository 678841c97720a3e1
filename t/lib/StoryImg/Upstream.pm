# SPDX-License-Identifier: Apache-2.0
package StoryImg::Upstream;

# The scripted upstream of a test: t/upstream as a process that cannot outlive us (it ends when its standard input does).

use strict;
use warnings;

use File::Basename qw(dirname);
use File::Temp ();
use IPC::Open2 qw(open2);
use JSON::PP ();

use StoryImg::Client qw(request);

our $KEY = 'sk-test-0123456789abcdef';
our $AZURE_KEY = 'azure-test-0123456789';
my $PROGRAM = dirname(__FILE__) . '/../../upstream';
my $JSON = JSON::PP->new->utf8;

# Options: settings of StoryImg::OpenAI, and rules => [...] of StoryImg::Script.
sub new {
    my ($class, %options) = @_;
    my $folder = File::Temp->newdir('storyimg-upstream-XXXXXX', TMPDIR => 1);
    my $pid = open2(my $out, my $in, $^X, $PROGRAM, "$folder/log");
    my $port = <$out> // die "$PROGRAM did not start\n";
    chomp $port;
    my $self = bless { folder => $folder, pid => $pid, in => $in, out => $out, port => $port }, $class;
    my $rules = delete $options{rules};
    $self->control({ $rules ? (rules => $rules) : (), set => \%options });
    return $self;
}

sub port { return $_[0]{port} }
sub pid { return $_[0]{pid} }
sub origin { return "http://127.0.0.1:$_[0]{port}" }
sub base { return $_[0]->origin . '/v1' }

# The directives that make a site use this upstream.
sub directives {
    my ($self, %choice) = @_;
    my $writer = $choice{writer} // 'openai/gpt-6-luna';
    my $illustrator = $choice{illustrator} // 'openai/gpt-image-2.6-flare';
    return <<"END";
StoryImgOpenAIBaseURL @{[ $self->base ]}
StoryImgFetchAllow 127.0.0.1:$self->{port}
StoryImgWriters $writer
StoryImgIllustrators $illustrator
END
}

sub control {
    my ($self, $order) = @_;
    my $response = request($self->{port}, method => 'POST', path => '/control', body => $JSON->encode($order));
    die "upstream: control failed: $response->{status} $response->{reason}\n" if $response->{status} != 204;
    return $self;
}

# New rules in place of the old ones, an empty log, counters at 0.
sub rules { my ($self, @rules) = @_; return $self->control({ rules => \@rules, clear => 1 }) }
sub set { my ($self, %settings) = @_; return $self->control({ set => \%settings }) }
sub clear { return $_[0]->control({ clear => 1 }) }

sub entries {
    my ($self) = @_;
    open my $in, '<:raw', "$self->{folder}/log" or die "upstream: log: $!\n";
    return map { $JSON->decode($_) } <$in>;
}

# All requests since the last clear: {call, time, method, path, query, headers, body, refused, inflight}; of a form the body is
# its fields, and files [{name, filename, type, size, sha256}]; a picture in JSON is an image_url {type, size, sha256} there. But
# the list of models, which costs nothing and is asked for at each start, only if its path is given.
sub log {
    my ($self, $path) = @_;
    my @entries = grep { $_->{call} } $self->entries;
    return grep { defined $path ? index($_->{path}, $path) == 0 : $_->{path} ne '/v1/models' } @entries;
}

# The calls of the API or of Azure's for that.
sub calls { my ($self, $what) = @_; return grep { $_->{path} =~ m{\A(?:/v1|/openai/deployments/[^/]+)/$what} } $self->log }

sub images { return $_[0]->calls('images/') }    # of both kinds:
sub drawings { return $_[0]->calls('images/generations\z') }
sub edits { return $_[0]->calls('images/edits\z') }
sub texts { return $_[0]->calls('chat/') }
sub moderations { return $_[0]->calls('moderations\z') }
sub downloads { return $_[0]->log('/img/') }

# Answers that were written whole: {answered (number of the call), time, path, status, serial and sha256 of a picture (setting digest)}.
sub answers { return grep { $_->{answered} } $_[0]->entries }

# What the real API would have refused.
sub refused { return grep { defined $_->{refused} } $_[0]->log }

sub stop {
    my ($self) = @_;
    return if !$self->{in};
    close delete $self->{in};
    waitpid $self->{pid}, 0;
    return;
}

sub DESTROY { local ($?, $@, $!); $_[0]->stop; return }

1;
