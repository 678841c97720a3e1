# SPDX-License-Identifier: Apache-2.0
package StoryImg::Schema;

# A small checker of JSON Schema: the keywords that docs/openapi.yaml uses. One that it does not know is an error, never passed over.

use strict;
use warnings;

use B ();
use Exporter qw(import);
use JSON::PP ();

our @EXPORT_OK = qw(resolve errors kind_of);

my $JSON = JSON::PP->new->canonical->allow_nonref;
my %NOTE = map { $_ => 1 } qw(description default example title);
my %CHECK = (
    type => \&check_type, enum => \&check_enum, const => \&check_const, required => \&check_required, properties => \&check_properties,
    additionalProperties => sub { }, items => \&check_items, minItems => \&check_items_number, maxItems => \&check_items_number,
    minLength => \&check_length, maxLength => \&check_length, pattern => \&check_pattern, minimum => \&check_range,
    maximum => \&check_range, oneOf => \&check_one_of, anyOf => \&check_any_of, '$ref' => \&check_ref,
);

# The JSON type of a decoded value.
sub kind_of {
    my ($value) = @_;
    return 'null' if !defined $value;
    return 'boolean' if JSON::PP::is_bool($value);
    return { HASH => 'object', ARRAY => 'array' }->{ ref $value } // 'unknown' if ref $value;
    return 'string' if B::svref_2object(\$value)->FLAGS & B::SVf_POK;
    return $value == int $value ? 'integer' : 'number';
}

# What "#/components/…" stands for.
sub resolve {
    my ($root, $ref) = @_;
    my $at = $root;
    for my $step (split m{/}, $ref =~ s{\A#/}{}r) {
        $step =~ s{~1}{/}g;
        $at = ref $at eq 'HASH' ? $at->{$step} : undef;
        die "$ref leads nowhere\n" if !defined $at;
    }
    return $at;
}

sub same { my ($x, $y) = @_; return $JSON->encode([$x]) eq $JSON->encode([$y]) }

sub check_type {
    my ($c, $value, $schema, $path) = @_;
    my $kind = kind_of($value);
    my @types = ref $schema->{type} ? @{ $schema->{type} } : ($schema->{type});
    return if grep { $_ eq $kind || ($_ eq 'number' && $kind eq 'integer') } @types;
    return "$path: is $kind, not " . join ' or ', @types;
}

sub check_enum {
    my ($c, $value, $schema, $path) = @_;
    return if grep { same($_, $value) } @{ $schema->{enum} };
    return "$path: " . $JSON->encode($value) . ' is not in the list';
}

sub check_const {
    my ($c, $value, $schema, $path) = @_;
    return same($schema->{const}, $value) ? () : "$path: " . $JSON->encode($value) . ' is not ' . $JSON->encode($schema->{const});
}

sub check_required {
    my ($c, $value, $schema, $path) = @_;
    return if ref $value ne 'HASH';
    return map { "$path.$_: is missing" } grep { !exists $value->{$_} } @{ $schema->{required} };
}

sub check_properties {
    my ($c, $value, $schema, $path) = @_;
    return if ref $value ne 'HASH';
    my $known = $schema->{properties};
    my $closed = $c->{strict} || (exists $schema->{additionalProperties} && !$schema->{additionalProperties});
    my @wrong = $closed ? map { "$path.$_: is not described" } grep { !exists $known->{$_} } sort keys %$value : ();
    return @wrong, map { check($c, $value->{$_}, $known->{$_}, "$path.$_") } grep { exists $value->{$_} } sort keys %$known;
}

sub check_items {
    my ($c, $value, $schema, $path) = @_;
    return if ref $value ne 'ARRAY';
    return map { check($c, $value->[$_], $schema->{items}, "$path\[$_]") } 0 .. $#$value;
}

sub bounds {
    my ($n, $low, $high, $path, $what) = @_;
    return "$path: $n $what, fewer than $low" if defined $low && $n < $low;
    return "$path: $n $what, more than $high" if defined $high && $n > $high;
    return;
}

sub check_items_number {
    my ($c, $value, $schema, $path) = @_;
    return ref $value eq 'ARRAY' ? bounds(scalar @$value, @$schema{qw(minItems maxItems)}, $path, 'items') : ();
}

sub check_length {
    my ($c, $value, $schema, $path) = @_;
    return kind_of($value) eq 'string' ? bounds(length $value, @$schema{qw(minLength maxLength)}, $path, 'characters') : ();
}

sub check_range {
    my ($c, $value, $schema, $path) = @_;
    return kind_of($value) =~ /\A(?:integer|number)\z/ ? bounds($value, @$schema{qw(minimum maximum)}, $path, 'as a number') : ();
}

sub check_pattern {
    my ($c, $value, $schema, $path) = @_;
    return if kind_of($value) ne 'string' || $value =~ /$schema->{pattern}/;
    return "$path: " . $JSON->encode($value) . " is not like $schema->{pattern}";
}

sub check_one_of {
    my ($c, $value, $schema, $path) = @_;
    my @tries = map { [check($c, $value, $_, $path)] } @{ $schema->{oneOf} };
    my $fit = grep { !@$_ } @tries;
    return if $fit == 1;
    return "$path: fits $fit of the choices of oneOf", $fit ? () : map { @$_ } @tries;
}

sub check_any_of {
    my ($c, $value, $schema, $path) = @_;
    my @tries = map { [check($c, $value, $_, $path)] } @{ $schema->{anyOf} };
    return grep({ !@$_ } @tries) ? () : ("$path: fits no choice of anyOf", map { @$_ } @tries);
}

sub check_ref {
    my ($c, $value, $schema, $path) = @_;
    return check($c, $value, resolve($c->{root}, $schema->{'$ref'}), $path);
}

sub check {
    my ($c, $value, $schema, $path) = @_;
    my %done;    # two keywords may have one rule
    my @keywords = grep { !$NOTE{$_} } sort keys %$schema;
    my @wrong = map { "$path: the schema has the unknown keyword $_" } grep { !$CHECK{$_} } @keywords;
    my @rules = grep { $_ && !$done{$_}++ } map { $CHECK{$_} } @keywords;
    return @wrong, map { $_->($c, $value, $schema, $path) } @rules;
}

# All that is wrong with a decoded value, one sentence each. strict: members that the schema does not describe are wrong everywhere.
sub errors {
    my ($root, $schema, $value, %options) = @_;
    return check({ root => $root, strict => $options{strict} }, $value, $schema, 'it');
}

1;
