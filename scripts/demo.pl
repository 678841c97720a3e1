# SPDX-License-Identifier: Apache-2.0
# Tells one story through the API of a running server and prints it as a person would like to read it.
use strict;
use warnings;
use HTTP::Tiny;
use JSON::PP;

my ($base, $generated) = @ARGV;
binmode STDOUT, ':encoding(UTF-8)';
$| = 1;

my $order = {
    character => {
        name => 'Lila', age => 7,
        personality => ['brave', 'curious'], interests => ['space', 'dancing'],
    },
    prompt => 'A cosmic garden adventure with a small dragon who is afraid of the dark',
    generateIllustrations => JSON::PP::true,
    pages => 3,
};
my $body = JSON::PP->new->utf8->canonical->pretty->encode($order);

print "POST $base/api/stories/generate\n$body\n";
my $answer = HTTP::Tiny->new(timeout => 400)->post("$base/api/stories/generate",
    { headers => { 'Content-Type' => 'application/json' }, content => $body });
my $json = eval { JSON::PP->new->utf8->decode($answer->{content}) };
die "$answer->{status}: " . ($json ? $json->{detail} : $answer->{content}) . "\n" if $answer->{status} != 200;

my $story = $json->{data};
print "=" x 78, "\n  $story->{title}\n", "=" x 78, "\n\n$story->{story}\n\n";
print "-" x 78, "\n  told by $story->{metadata}{model}, $story->{metadata}{wordCount} words\n\n";
my $failed = 0;
for my $picture (@{ $story->{illustrations} }) {
    print "page $picture->{pageNumber}: $picture->{description}\n";
    if ($picture->{error}) {
        $failed = 1;
        print "    no picture: $picture->{error}{message}\n\n";
        next;
    }
    my ($name) = $picture->{localUrl} =~ m{([^/]+)$};
    print "    drawn by $picture->{model}, $picture->{width}x$picture->{height}, $picture->{size} bytes\n";
    print "    file     $generated/$name\n    URL      $base$picture->{localUrl}\n\n";
}
exit $failed;
