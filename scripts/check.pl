# SPDX-License-Identifier: Apache-2.0
# All tests in one run of prove: unit and contract programs, plain and sanitized; live tests for each build and MPM;
# torture in its short form. check.pl SRC BUILD [NAME...]: with names only the tests whose path has one of them.
use strict;
use warnings;
use File::Path qw(make_path remove_tree);

my ($src, $build, @only) = @ARGV;
my $list = "$build/check";
remove_tree($list);
make_path($list);

# What does not depend on how httpd serves is tried once in each build.
my %once = map { $_ => 1 } qw(08-families 09-pages 14-config 16-secrets 17-reference-conf 30-pixel 35-prompts 38-keepsake
    44-ctl-verify 90-openapi);

# Under the sanitizers a second MPM is for what processes do to each other.
my $processes = qr/\A(?:02|20|23|25|27|34|40|41|42)-/;

my @variants = (
    { name => 'plain', build => $build, mpms => ['event', 'prefork', 'worker'], torture => ['event'] },
    { name => 'sanitized', build => "$build/asan", mpms => ['event', 'prefork'], torture => [], san => 1 },
);

sub quoted { (my $s = shift) =~ s/(['\\])/\\$1/g; return "'$s'" }

# prove cannot give each test an environment of its own: a small file for each does.
sub wrapper {
    my ($path, $env, $run) = @_;
    my $text = join '', "chdir " . quoted($src) . ";\n", map { "\$ENV{$_} = " . quoted($env->{$_}) . ";\n" } sort keys %$env;
    open my $f, '>', $path or die "$path: $!\n";
    print $f "$text$run\n";
    close $f or die "$path: $!\n";
    return $path;
}

my @tests;
for my $v (@variants) {
    my %env = (STORYIMG_SRCDIR => $src, STORYIMG_BUILD => $v->{build}, STORYIMG_SAN => $v->{san} ? 1 : 0,
        ASAN_OPTIONS => 'detect_leaks=1:abort_on_error=0', UBSAN_OPTIONS => 'print_stacktrace=1');
    for my $kind (qw(unit contract)) {
        for my $program (map { m{/(\w+)\.c$} ? $1 : () } glob "$src/t/$kind/*.c") {
            push @tests, wrapper("$list/$kind-$program-$v->{name}.t", \%env, 'exec ' . quoted("$v->{build}/t/$kind/$program") . ';');
        }
    }
    for my $run (map({ [live => $_] } @{ $v->{mpms} }), map { [torture => $_] } @{ $v->{torture} }) {
        my ($kind, $mpm) = @$run;
        for my $test (glob "$src/t/$kind/*.t") {
            my ($name) = $test =~ m{([^/]+)\.t$};
            next if $once{$name} && $mpm ne 'event';
            next if $v->{san} && $mpm ne 'event' && $name !~ /$processes/;
            push @tests, wrapper("$list/$kind-$name-$mpm-$v->{name}.t", { %env, STORYIMG_MPM => $mpm },
                "exec \$^X, '-I', " . quoted("$src/t/lib") . ', ' . quoted($test) . ';');
        }
    }
}
@tests = grep { my $t = $_; grep { index($t, $_) >= 0 } @only } @tests if @only;
print "$_\n" for "prove: " . @tests . " tests";
my $status = system 'prove', '-j4', '--timer', @tests;
remove_tree($list);
exit($status == 0 ? 0 : 1);
