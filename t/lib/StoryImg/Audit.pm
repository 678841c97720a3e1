# SPDX-License-Identifier: Apache-2.0
package StoryImg::Audit;

# The promises about money and pictures, checked: what the upstream saw, what the ledger says, what lies on disk and what
# is listed must agree. Stories are known by the word tag-XXXX of their prompt (StoryImg::OpenAI), pictures by their hash
# (its setting digest).

use strict;
use warnings;

use Digest::SHA ();
use JSON::PP ();

use StoryImg::Conf ();
use StoryImg::Server ();
use StoryImg::Test ();

my $JSON = JSON::PP->new->utf8;
my $FREE = qr/\A(?:nothing|unfit)\z/;    # outcomes after which a page may be sent again
my $NAME = qr/\A(?:story|consistent)-\d{13}-p\d+\.(?:png|jpg|webp)\z/;
my $OVER = qr/\A(?:completed|failed|cancelled)\z/;

sub new {
    my ($class, $server, $upstream) = @_;
    my $program = "$StoryImg::Conf::BUILD/t/torture/query";
    die "no $program: make tests\n" if !-x $program;
    return bless { server => $server, upstream => $upstream, program => $program, at => 0, calls => {}, images => {},
        texts => {}, retried => {}, checked => {}, odd => [] }, $class;
}

# Rows of a SELECT on the index, each an array; NULL is undef.
sub query {
    my ($self, $sql) = @_;
    my $db = $self->{server}->root . '/storyimg-state/index.sqlite3';
    open my $rows, '-|', $self->{program}, $db, $sql or die "$self->{program}: $!\n";
    my %mark = ('\\\\' => '\\', '\\t' => "\t", '\\n' => "\n");
    my @found = map { chomp; [map { $_ eq '\\N' ? undef : s/(\\.)/$mark{$1}/gr } split /\t/, $_, -1] } <$rows>;
    close $rows or die "query failed: $sql\n";
    return @found;
}

sub count { my ($self, $sql) = @_; return ($self->query("SELECT count(*) FROM $sql"))[0][0] }

sub note_call {
    my ($self, $entry) = @_;
    return if $entry->{path} !~ m{\A/v1/(?:images|chat)/};
    my $is_text = $entry->{path} =~ /chat/;
    my $words = join ' ', $entry->{body}{prompt} // '', map { $_->{content} } @{ $entry->{body}{messages} // [] };
    my ($tag, $page) = $words =~ /\b(tag-\w+)(?: page (\d+))?/;
    push @{ $self->{odd} }, "upstream call $entry->{call} belongs to no story" if !$tag || (!$is_text && !$page);
    my $call = $self->{calls}{ $entry->{call} } = { number => $entry->{call} };
    my ($list, $key) = $is_text ? ('texts', $tag // '') : ('images', join '/', $tag // '', $page // 0);
    push @{ $self->{$list}{$key} }, $call;
    return;
}

# What the upstream has written down since last time.
sub read_log {
    my ($self) = @_;
    open my $in, '<:raw', "$self->{upstream}{folder}/log" or die "upstream: log: $!\n";
    seek $in, $self->{at}, 0;
    while (my $line = <$in>) {
        last if $line !~ /\n\z/;
        $self->{at} = tell $in;
        my $entry = $JSON->decode($line);
        my $call = $self->{calls}{ $entry->{answered} // $entry->{drawn} // 0 };
        $call->{status} = $entry->{status} if $call && $entry->{answered};
        $call->{sha256} = $entry->{sha256} if $call && $entry->{drawn};
        note_call($self, $entry) if $entry->{call};
    }
    return;
}

# Work that goes on: jobs, pages, calls, requests. Nothing if all is settled.
sub unsettled {
    my ($self) = @_;
    my %waits = (jobs => "job WHERE status IN ('queued', 'processing')",
        pages => "job_page WHERE state IN ('pending', 'sent')", calls => 'call WHERE outcome IS NULL',
        requests => 'request WHERE owner IS NOT NULL');
    my ($row) = $self->query('SELECT ' . join ', ', map { "(SELECT count(*) FROM $waits{$_})" } sort keys %waits);
    my @names = sort keys %waits;
    return map { $row->[$_] ? "$row->[$_] $names[$_] have no end" : () } 0 .. $#names;
}

# Calls of the upstream after which it cannot be said that nothing was made: no whole answer, or one that was no error.
sub weighty { my ($calls) = @_; return scalar grep { !defined $_->{status} || $_->{status} < 400 } @$calls }

# "tag/page" that begins the words of a scene's prompt; undef: they are odd.
sub key_of { my ($words) = @_; return ($words // '') =~ /\A(tag-\w+) page (\d+)/ ? "$1/$2" : undef }

# Outcomes in the ledger of image calls, by "tag/page".
sub ledger {
    my ($self) = @_;
    my (%rows, @odd);
    for my $row ($self->query(<<'END')) {
SELECT c.id, c.outcome, substr(p.prompt, instr(p.prompt, 'tag-'), 60)
FROM call c LEFT JOIN job_page p ON p.job_id = c.job_id AND p.number = c.page_number WHERE c.kind = 'image'
END
        my ($id, $outcome, $words) = @$row;
        my $key = key_of($words);
        push @odd, "ledger row $id belongs to no page" if !defined $key;
        push @{ $rows{$key} }, $outcome // 'none' if defined $key;
    }
    return (\%rows, @odd);
}

# Pages of jobs, by "tag/page": {state, story, filename, sha256, error, listed (how often)}.
sub pages {
    my ($self) = @_;
    my (%pages, @odd);
    for my $row ($self->query(<<'END')) {
SELECT substr(p.prompt, instr(p.prompt, 'tag-'), 60), p.number, p.state, j.story_id, s.filename, s.sha256, s.error_code,
    (SELECT count(*) FROM image i WHERE i.story_id = j.story_id AND i.page_number = p.number)
FROM job_page p JOIN job j ON j.id = p.job_id LEFT JOIN story_page s ON s.story_id = j.story_id AND s.number = p.number
END
        my ($words, $number, @rest) = @$row;
        my $key = key_of($words);
        push @odd, "page $number of $rest[1] has odd words" if !defined $key || $key !~ m{/$number\z};
        next if !defined $key;
        push @odd, "$key stands in two jobs" if $pages{$key};
        @{ $pages{$key} }{qw(state story filename sha256 error listed)} = @rest;
    }
    return (\%pages, @odd);
}

# Nothing is sent twice, and nothing without having been written down before.
sub check_sent {
    my ($self, $key, $rows, $calls) = @_;
    my ($allowed, @odd) = (1 + ($self->{retried}{$key} // 0));
    my @weighty = grep { $_ !~ $FREE } @$rows;
    my $made = grep { $_ eq 'made' } @$rows;
    push @odd, 'sent ' . @$calls . ' times, of which the ledger knows ' . @$rows if @$calls > @$rows;
    push @odd, "sent again after @weighty" if @weighty > $allowed;
    push @odd, weighty($calls) . ' calls may have made something' if weighty($calls) > $allowed;
    push @odd, "made $made times" if $made > 1;
    push @odd, "made, but never drawn by the upstream" if $made && !grep { defined $_->{sha256} } @$calls;
    push @odd, 'refused, though nobody was asked' if !@$calls && grep { $_ eq 'refused' } @$rows;
    return map { "$key: $_" } @odd;
}

# A page has a picture that the upstream drew, or an error; what the ledger marks made is there, whole, listed once.
sub check_page {
    my ($self, $key, $page, $rows, $calls) = @_;
    my $made = grep { $_ eq 'made' } @$rows;
    my @odd;
    push @odd, "is still $page->{state}" if $page->{state} =~ /pending|sent/;
    push @odd, "the ledger says @{$rows}, the page $page->{state}" if ($made ? 1 : 0) != ($page->{state} eq 'saved' ? 1 : 0);
    push @odd, "$page->{state} without a word why" if $page->{state} =~ /refused|unknown|failed/ && !defined $page->{error};
    push @odd, "listed $page->{listed} times, $page->{state}" if $page->{listed} != ($page->{state} eq 'saved' ? 1 : 0);
    return map { "$key: $_" } @odd if $page->{state} ne 'saved';
    push @odd, 'saved without a file' if !defined $page->{filename};
    push @odd, 'saved with an error' if defined $page->{error};
    my $given = grep { ($_->{sha256} // '') eq ($page->{sha256} // ' ') } @$calls;
    push @odd, 'not the picture that the upstream drew' if $given != 1;
    return map { "$key: $_" } @odd;
}

sub check_texts {
    my ($self) = @_;
    my $sent = 0;
    $sent += @$_ for values %{ $self->{texts} };
    my $rows = $self->count("call WHERE kind = 'text'");
    my @odd = map { "$_: its text was paid for twice" }
        grep { weighty($self->{texts}{$_}) > 1 } sort keys %{ $self->{texts} };
    push @odd, "$sent texts were asked for, the ledger knows $rows" if $sent > $rows;
    my %stories;
    for my $row ($self->query("SELECT story_id, substr(scene, instr(scene, 'tag-'), 60) FROM story_page")) {
        my ($tag) = $row->[1] =~ /\A(tag-\w+)/ or next;
        $stories{$tag}{ $row->[0] } = 1;
    }
    push @odd, map { "$_: told in @{[ sort keys %{ $stories{$_} } ]}" }
        grep { keys %{ $stories{$_} } > 1 } sort keys %stories;
    return @odd;
}

# Files and records. Strictly: as it must be after a start.
sub check_files {
    my ($self, $strict) = @_;
    my $root = $self->{server}->root;
    my %file = map { $_ => 1 } StoryImg::Test::saved_files($self->{server});
    my %record = map { $_->[0] => $_ } $self->query('SELECT filename, sha256, size FROM image');
    my %given = map { $_->{sha256} ? ($_->{sha256} => 1) : () } values %{ $self->{calls} };
    my @odd;
    for my $name (sort keys %file) {
        push @odd, "$name: a file of an odd name" if $name !~ $NAME;
        push @odd, "$name: a file without a record" if $strict && !$record{$name};
        my $bytes = StoryImg::Server::slurp("$root/generated/$name");
        my $hash = Digest::SHA::sha256_hex($bytes);
        push @odd, "$name: not a whole picture of the upstream's" if !$given{$hash};
        my $said = $record{$name} ? "@{ $record{$name} }" : "$name $hash @{[ length $bytes ]}";
        push @odd, "$name: not what its record says" if $said ne "$name $hash @{[ length $bytes ]}";
    }
    push @odd, map { "$_: a record without a file" } grep { !$file{$_} } sort keys %record;
    return (@odd, $strict ? $self->check_parts : ());
}

# Temporary files of calls. Empty ones of no call are tests of the folder, which need not be removed at once.
sub check_parts {
    my ($self) = @_;
    my $folder = $self->{server}->root . '/storyimg-state/incoming';
    my %call = map { $_->[0] => 1 } $self->query('SELECT id FROM call');
    my @left = grep { -s "$folder/$_" || $call{ s/\.\w+\z//r } } StoryImg::Test::files_below($folder);
    return map { "$_: a temporary file is left" } @left;
}

# All entries of a list, page by page.
sub listed {
    my ($self, $path) = @_;
    my ($cursor, @found, $total);
    do {
        my $answer = $self->{server}->get("$path?limit=1000" . (defined $cursor ? "&cursor=$cursor" : ''));
        die "GET $path: $answer->{status} $answer->{content}\n" if $answer->{status} != 200;
        push @found, @{ $answer->{json}{data} };
        ($total, $cursor) = @{ $answer->{json}{meta} }{qw(total nextCursor)};
    } while (defined $cursor);
    return ($total, @found);
}

sub check_list {
    my ($self, $path, $member, @wanted) = @_;
    my ($total, @found) = eval { $self->listed($path) };
    return $@ if $@;
    my (@odd, %seen);
    $seen{ $_->{$member} }++ for @found;
    push @odd, "$path: $_ is listed $seen{$_} times" for grep { $seen{$_} > 1 } sort keys %seen;
    push @odd, "$path: $_ is not listed" for grep { !$seen{$_} } @wanted;
    push @odd, "$path: total is $total, listed are " . @found . ', rows are ' . @wanted
        if $total != @found || @found != @wanted;
    return @odd;
}

# What a client sees of a job: it is over, and each page has a picture or an error.
sub check_job {
    my ($self, $id) = @_;
    my $answer = $self->{server}->get("/api/stories/illustrations/job/$id");
    return "job $id: $answer->{status} $answer->{content}" if $answer->{status} != 200;
    my $job = $answer->{json}{data};
    my ($done, $failed, $total) = @{ $job->{progress} }{qw(done failed total)};
    my $ended = grep { defined $_->{url} || ref $_->{error} eq 'HASH' } @{ $job->{results} };
    my @odd;
    push @odd, "status $job->{status}" if $job->{status} !~ $OVER;
    push @odd, "progress $done + $failed of $total, $ended results"
        if $job->{status} ne 'cancelled' && ($done + $failed != $total || $ended != $total);
    push @odd, "completed without a picture" if $job->{status} eq 'completed' && !$done;
    push @odd, "failed with a picture" if $job->{status} eq 'failed' && $done;
    return map { "job $id: $_" } @odd;
}

sub check_jobs {
    my ($self) = @_;
    my @ids = map { $_->[0] } $self->query('SELECT id FROM job');
    my @odd = $self->check_list('/api/stories/illustrations/jobs', 'id', @ids);
    for my $id (grep { !$self->{checked}{$_} } @ids) {
        my @wrong = $self->check_job($id);
        $self->{checked}{$id} = !@wrong;
        push @odd, @wrong;
    }
    return @odd;
}

# Everything, once it is settled: complaints. strict: as it must be after a start.
sub complaints {
    my ($self, $strict) = @_;
    $self->read_log;
    my ($rows, @odd) = $self->ledger;
    my ($pages, @more) = $self->pages;
    push @odd, @more, @{ $self->{odd} };
    my %all = (%$rows, %{ $self->{images} });
    push @odd, $self->check_sent($_, $rows->{$_} // [], $self->{images}{$_} // []) for sort keys %all;
    push @odd, $self->check_page($_, $pages->{$_}, $rows->{$_} // [], $self->{images}{$_} // []) for sort keys %$pages;
    push @odd, $self->check_texts, $self->check_files($strict), $self->check_jobs;
    push @odd, $self->check_list('/api/images/generated', 'filename', map { $_->[0] } $self->query('SELECT filename FROM image'));
    return @odd;
}

# How much of everything there is, as words.
sub summary {
    my ($self) = @_;
    my %by = (jobs => ['status', 'job'], pages => ['state', 'job_page'],
        map { ("$_ calls" => ["coalesce(outcome, 'open')", "call WHERE kind = '$_'"]) } qw(image text));
    my @said;
    for my $what (sort keys %by) {
        my ($column, $from) = @{ $by{$what} };
        my @rows = $self->query("SELECT $column, count(*) FROM $from GROUP BY 1 ORDER BY 1");
        push @said, "$what: " . (join(', ', map { "$_->[1] $_->[0]" } @rows) || 'none');
    }
    $self->read_log;
    my $images = 0;
    $images += @$_ for values %{ $self->{images} };
    my @texts = map { @$_ } values %{ $self->{texts} };
    return (@said, "reached the upstream: $images calls for images, " . @texts . ' for texts');
}

1;
