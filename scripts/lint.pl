# SPDX-License-Identifier: Apache-2.0
# The rules of the house that a person would have to remember: layers, sizes, style, and tables against documents.
# lint.pl FOLDER: prints what is wrong, one line each; exit status 1 if there is anything.
use strict;
use warnings;
use File::Find;

my $root = shift // '.';
chdir $root or die "$root: $!\n";
my $wrong = 0;

# Folders of one row never include each other; each may include those of the rows below it.
my @rows = (['httpd', 'ctl'], ['api'], ['work'], ['provider', 'store', 'queue', 'index'], ['story'], ['base']);
my $file_limit = 400;
my $function_limit = 60;

sub complain { print "$_[0]\n"; $wrong++ }

sub slurp {
    open my $f, '<:encoding(UTF-8)', $_[0] or do { complain("$_[0]: cannot be read"); return '' };
    local $/;
    return scalar <$f> // '';
}

sub files {
    my ($pattern, @folders) = @_;
    my @found;
    find({ no_chdir => 1, wanted => sub { push @found, $_ if -f && /$pattern/ } }, grep { -d } @folders);
    return sort @found;
}

sub row_of {
    my ($folder) = @_;
    for my $i (0 .. $#rows) { return $i if grep { $_ eq $folder } @{ $rows[$i] } }
    return;
}

sub check_layers {
    my ($file, $text) = @_;
    my ($folder) = $file =~ m{^mod_storyimg/([^/]+)/};
    for my $header ($text =~ /^\s*#\s*include\s*[<"]([^>"]+)[>"]/mg) {
        complain("$file: includes $header, which only httpd/ may")
            if $folder ne 'httpd' && $header =~ m{^(httpd|http_\w+|ap_\w+|util_\w+|mod_\w+|mpm_common|scoreboard|unixd)\.h$};
        my ($other) = $header =~ m{^([^/]+)/} or next;
        my ($from, $to) = (row_of($folder), row_of($other));
        next if !defined $to || $other eq $folder;
        complain("$file: pixel/ stands alone, but includes $header") if !defined $from && $folder eq 'pixel' && $other ne 'base';
        complain("$file: includes $header, which is not below it") if defined $from && $to <= $from;
        complain("$file: includes $header, but nobody includes httpd/") if $other eq 'httpd';
    }
}

sub check_sizes {
    my ($file, $text) = @_;
    my @lines = split /\n/, $text, -1;
    complain("$file: $#lines lines, more than $file_limit") if $#lines > $file_limit;
    my ($start, $previous);
    for my $i (0 .. $#lines) {
        if ($lines[$i] eq '{') {
            $start = $i;
            $start-- while $start > 0 && $lines[$start - 1] =~ /\S/ && $lines[$start - 1] !~ m!\*/\s*$|^[#}]!;
        }
        next unless $lines[$i] eq '}' && defined $start;
        my $length = $i - $start + 1;
        complain("$file:" . ($start + 1) . ": a function of $length lines, more than $function_limit") if $length > $function_limit;
        undef $start;
    }
}

sub check_style {
    my ($file, $text) = @_;
    complain("$file: a tab") if $text =~ /\t/;
    complain("$file: white space at the end of a line") if $text =~ /[ \t]+$/m;
    complain("$file: no SPDX line") unless $text =~ /\A(#![^\n]*\n)?[^\n]*SPDX-License-Identifier: Apache-2\.0/;
    complain("$file: a mark for later") if $text =~ /\b(T[O]DO|F[I]XME|X[X]X|H[A]CK)\b/;
    complain("$file: no line feed at its end") unless $text =~ /\n\z/;
    complain("$file: a line of over 140 characters") if $text =~ /^.{141,}$/m;
}

sub check_banned {
    my ($file, $text) = @_;
    $text =~ s{/\*.*?\*/}{}gs;
    for my $name (qw(strcpy strcat sprintf vsprintf gets atoi atol strtok system popen tmpnam mktemp)) {
        complain("$file: calls $name") if $text =~ /(?<![\w>.])$name\s*\(/;
    }
}

# Each log tag stands in one place.
sub check_tags {
    my (%sources) = @_;
    my %seen;
    for my $file (sort keys %sources) {
        push @{ $seen{$_} }, $file for $sources{$file} =~ /SIMGLOG\((\d+)\)/g;
    }
    complain("log tag SI$_ stands in @{ $seen{$_} }") for grep { @{ $seen{$_} } > 1 } sort keys %seen;
}

sub check_documents {
    my $options = slurp('mod_storyimg/base/options.h');
    my (%directive, %variable);
    while ($options =~ /"(StoryImg\w+)",\s*"(\w*)"/g) { $directive{$1} = 1; $variable{$2} = 1 if $2 }
    @variable{qw(OPENAI_API_KEY AZURE_OPENAI_API_KEY)} = (1, 1);
    complain('base/options.h: no directive found') unless %directive;
    for (['conf/storyimg.conf', \%directive], ['conf/storyimg.conf', \%variable], ['docs/directives.md', \%directive],
        ['docs/directives.md', \%variable], ['.env.template', \%variable]) {
        my ($file, $names) = @$_;
        my $text = slurp($file);
        complain("$file: $_ is missing") for grep { $text !~ /\b\Q$_\E\b/ } sort keys %$names;
        complain("$file: $_ is no directive of base/options.h") for grep { !$directive{$_} } $text =~ /\b(StoryImg[A-Z]\w+)/g;
    }
    my $problems = slurp('docs/problems.md');
    my @codes = slurp('mod_storyimg/base/problem.c') =~ /\{ "([a-z-]+)", \d{3}, /g;
    complain('base/problem.c: no problem found') unless @codes;
    complain("docs/problems.md: no section $_") for grep { $problems !~ /^#+ \Q$_\E$/m } @codes;
    my %code = map { $_ => 1 } @codes;
    complain("docs/problems.md: $_ is no problem of base/problem.c") for grep { !$code{$_} } $problems =~ /^### ([a-z-]+)$/mg;
}

# Every relative link of a document leads somewhere.
sub check_links {
    my ($file, $text) = @_;
    my ($folder) = $file =~ m{^(.*/)};
    $text =~ s/^```.*?^```//gms;
    for my $link ($text =~ /\]\(([^)#\s]+)[^)]*\)/g) {
        next if $link =~ /^[a-z]+:/;
        complain("$file: link to $link, which is not there") unless -e (($folder // '') . $link);
    }
}

sub check_build {
    my $make = slurp('Makefile.am');
    complain("Makefile.am: $_ is not in it") for grep { $make !~ /\Q$_\E\b/ } (files(qr/\.[ch]$/, 'mod_storyimg'), files(qr/\.h$/, 't'));
    my $unit = join ' ', map { m{([^/]+)\.c$} ? $1 : () } files(qr/\.c$/, 't/unit', 't/contract');
    complain("Makefile.am: no test program $_") for grep { $make !~ m{t/(unit|contract)/\Q$_\E\b} } split ' ', $unit;
}

my %sources;
for my $file (files(qr/\.[ch]$/, 'mod_storyimg', 't')) {
    my $text = slurp($file);
    check_style($file, $text);
    check_sizes($file, $text);
    next unless $file =~ /^mod_storyimg/;
    check_banned($file, $text);
    check_layers($file, $text);
    $sources{$file} = $text;
}
check_style($_, slurp($_)) for files(qr/\.(pl|pm|t|sh)$/, 'scripts', 't');
check_tags(%sources);
check_documents();
check_build();
check_links($_, slurp($_)) for files(qr/\.md$/, 'docs'), grep { -f } glob '*.md';
print $wrong ? "lint: $wrong complaints\n" : "lint: fine\n";
exit($wrong ? 1 : 0);
