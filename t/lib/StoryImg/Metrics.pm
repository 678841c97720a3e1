# SPDX-License-Identifier: Apache-2.0
package StoryImg::Metrics;

# A strict reader of Prometheus' text format 0.0.4: what it does not like, it says.

use strict;
use warnings;

use Exporter qw(import);

our @EXPORT_OK = qw(parse complaints);

my $NAME = qr/[a-zA-Z_:][a-zA-Z0-9_:]*/;
my $LABEL = qr/([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"/;
my $NUMBER = qr/-?\d+(?:\.\d+)?/;
my %SUFFIXES = (counter => [''], gauge => [''], histogram => ['_bucket', '_sum', '_count']);
my %ESCAPED = (n => "\n", '\\' => '\\', '"' => '"');

sub labels_of {
    my ($text, $wrong, $line) = @_;
    my %labels;
    while ($text =~ /\G$LABEL(?:,(?=[a-zA-Z_])|\z)/gc) {
        my ($name, $value) = ($1, $2);
        push @$wrong, "label $name twice: $line" if exists $labels{$name};
        $labels{$name} = $value =~ s/\\(.)/$ESCAPED{$1}/gr;
    }
    push @$wrong, "labels: $line" if (pos($text) // 0) != length $text;
    return \%labels;
}

sub read_sample {
    my ($family, $line, $seen, $wrong) = @_;
    my ($name, $labels, $value) = $line =~ /\A($NAME)(?:\{([^\n]+)\})? ($NUMBER)\z/ or return push @$wrong, "no sample: $line";
    return push @$wrong, "a sample before its TYPE: $line" if !$family || !$family->{type};
    push @$wrong, "not of $family->{name}: $line" if !grep { $name eq $family->{name} . $_ } @{ $SUFFIXES{ $family->{type} } };
    push @$wrong, "twice: $line" if $seen->{ $name . '{' . ($labels // '') }++;
    push @$wrong, "below 0: $line" if $value < 0;
    push @{ $family->{samples} },
        { name => $name, labels => labels_of($labels // '', $wrong, $line), text => $labels // '', value => $value };
    return;
}

# Of one series, in order: buckets that grow, up to +Inf; their sum; their count.
sub check_histogram {
    my ($family, @samples) = @_;
    my @wrong;
    my ($bound, $count) = (-1, 0);
    my @buckets = grep { $_->{name} =~ /_bucket\z/ } @samples;
    for my $bucket (@buckets) {
        my $le = $bucket->{labels}{le} // return "$family->{name}: a bucket without le";
        push @wrong, "$family->{name}: le=$le is out of order" if $le eq '+Inf' ? $bucket != $buckets[-1] : $le <= $bound;
        push @wrong, "$family->{name}: le=$le has less than the one before" if $bucket->{value} < $count;
        ($bound, $count) = ($le eq '+Inf' ? $bound : $le, $bucket->{value});
    }
    my %of = map { $_->{name} => $_->{value} } @samples;
    push @wrong, "$family->{name}: no +Inf" if !@buckets || $buckets[-1]{labels}{le} ne '+Inf';
    push @wrong, "$family->{name}: +Inf is not the count" if ($of{"$family->{name}_count"} // -1) != $count;
    push @wrong, "$family->{name}: no sum" if !defined $of{"$family->{name}_sum"};
    return @wrong;
}

sub check_family {
    my ($family) = @_;
    my @samples = @{ $family->{samples} } or return "$family->{name}: no samples";
    return "$family->{name}: a counter not called _total" if $family->{type} eq 'counter' && $family->{name} !~ /_total\z/;
    return if $family->{type} ne 'histogram';
    my (%series, @order);
    for my $sample (@samples) {
        my $key = join ',', map { "$_=$sample->{labels}{$_}" } grep { $_ ne 'le' } sort keys %{ $sample->{labels} };
        push @order, $key if !$series{$key};
        push @{ $series{$key} }, $sample;
    }
    return map { check_histogram($family, @{ $series{$_} }) } @order;
}

# What is wrong with a text, and its families: ([...], [{name, help, type, samples => [{name, labels, text, value}]}]).
sub parse {
    my ($text) = @_;
    my (@wrong, @families, %seen);
    push @wrong, 'no line feed at the end' if $text !~ /\n\z/;
    for my $line (split /\n/, $text) {
        if ($line =~ /\A# HELP ($NAME) (\S.*)\z/) {
            push @wrong, "HELP twice: $line" if grep { $_->{name} eq $1 } @families;
            push @wrong, "not sorted: $line" if @families && $families[-1]{name} ge $1;
            push @families, { name => $1, help => $2, samples => [] };
        } elsif ($line =~ /\A# TYPE ($NAME) (\w+)\z/) {
            my $family = $families[-1] // {};
            push @wrong, "TYPE not after its HELP: $line" if ($family->{name} // '') ne $1 || $family->{type} || !$SUFFIXES{$2};
            $family->{type} = $2;
        } else {
            read_sample($families[-1], $line, \%seen, \@wrong);
        }
    }
    push @wrong, map { check_family($_) } grep { $_->{type} } @families;
    push @wrong, map { "$_->{name}: no TYPE" } grep { !$_->{type} } @families;
    return (\@wrong, \@families);
}

sub complaints { my ($text) = @_; my ($wrong) = parse($text); return @$wrong }

1;
