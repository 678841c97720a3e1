# SPDX-License-Identifier: Apache-2.0
package StoryImg::Yaml;

# The YAML of docs/openapi.yaml, and no more of it: block mappings and lists indented by two, comments on lines of their own, plain and
# "double quoted" scalars on one line, the empty list [], and folded text (>-). Anything else is refused with its line, so that the
# file stays plain.

use strict;
use warnings;

use Exporter qw(import);
use JSON::PP ();

our @EXPORT_OK = qw(parse);

my $JSON = JSON::PP->new->allow_nonref;
# Plain text that YAML takes for something else: a sign of its own, a word of an older version, a number, a date, a time.
my $MISREAD = qr/\A[\[\]{}&*!|>%\@`'?,#]|\A[-:](?:\s|\z)|:\ |\ \#|:\z|\A(?:yes|no|on|off|y|n|~|true|false|null)\z
    |\A[-+]?(?:0[xob])?[\d.][\d_]*(?:\.\d*)?(?:e[-+]?\d+)?\z|\A\d{4}-\d\d-\d\d|\A\d+:\d\d/xi;
my %WORD = (true => JSON::PP::true, false => JSON::PP::false, null => undef);

sub refuse { my ($line, $why) = @_; die "line $line->{number}: $why: $line->{text}\n" }

sub lines_of {
    my ($text) = @_;
    my ($number, @lines) = (0);
    for my $raw (split /\n/, $text) {
        $number++;
        my ($space, $rest) = $raw =~ /\A( *)(.*?)\s*\z/;
        my $line = { number => $number, indent => length $space, text => $rest };
        refuse($line, 'a tab') if $raw =~ /\t/;
        push @lines, $line if $rest ne '' && $rest !~ /\A#/;
    }
    return \@lines;
}

sub scalar_of {
    my ($line, $text) = @_;
    if ($text =~ /\A"/) {
        my $value = eval { $JSON->decode($text) };
        return $value if defined $value;
        refuse($line, 'a quoted string that does not end, or has more behind it');
    }
    return $WORD{$text} if exists $WORD{$text};
    return [] if $text eq '[]';
    return 0 + $text if $text =~ /\A-?(?:0|[1-9]\d*)(?:\.\d+)?\z/;
    refuse($line, 'would be read otherwise by others: quote it') if $text =~ $MISREAD;
    return $text;
}

# Folded text: the lines that stand deeper, joined by spaces.
sub folded {
    my ($lines, $indent) = @_;
    my @words;
    push @words, (shift @$lines)->{text} while @$lines && $lines->[0]{indent} > $indent;
    return join ' ', @words;
}

# What belongs to a key or a dash that stands at this indent.
sub value_of {
    my ($lines, $line, $text, $indent) = @_;
    return folded($lines, $indent) if $text eq '>-';
    return scalar_of($line, $text) if $text ne '';
    refuse($line, 'a key without a value') if !@$lines || $lines->[0]{indent} <= $indent;
    return block($lines, $lines->[0]{indent});
}

sub list {
    my ($lines, $indent) = @_;
    my @list;
    while (@$lines && $lines->[0]{indent} == $indent && $lines->[0]{text} =~ /\A-(?: |\z)/) {
        my $line = $lines->[0];
        if ($line->{text} =~ /\A- ([^"\s:]+:(?: .*)?)\z/) {    # the first key of a mapping stands behind the dash
            @$line{qw(indent text)} = ($indent + 2, $1);
            push @list, block($lines, $indent + 2);
            next;
        }
        shift @$lines;
        push @list, value_of($lines, $line, substr($line->{text}, 1) =~ s/\A +//r, $indent);
    }
    return \@list;
}

sub mapping {
    my ($lines, $indent) = @_;
    my %map;
    while (@$lines && $lines->[0]{indent} == $indent) {
        my $line = shift @$lines;
        my ($key, $text) = $line->{text} =~ /\A("[^"\\]*"|[^"\s:]+):(?: +(.*))?\z/ or refuse($line, 'not a key');
        $key =~ s/\A"|"\z//g;
        refuse($line, 'a key that stands twice') if exists $map{$key};
        $map{$key} = value_of($lines, $line, $text // '', $indent);
    }
    return \%map;
}

sub block {
    my ($lines, $indent) = @_;
    my $value = $lines->[0]{text} =~ /\A-(?: |\z)/ ? list($lines, $indent) : mapping($lines, $indent);
    refuse($lines->[0], 'an indent that fits nothing') if @$lines && $lines->[0]{indent} > $indent;
    return $value;
}

# Text (characters) to data: hashes, arrays, strings, numbers, JSON::PP booleans, undef. Dies with the line that cannot be read.
sub parse {
    my ($text) = @_;
    my $lines = lines_of($text);
    die "nothing in it\n" if !@$lines;
    my $value = block($lines, 0);
    refuse($lines->[0], 'an indent that fits nothing') if @$lines;
    return $value;
}

1;
