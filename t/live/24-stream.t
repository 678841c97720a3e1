#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# POST /stories/generate with Accept: text/event-stream: the words as they are written, the pictures as they are saved.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use JSON::PP ();
use MIME::Base64 qw(decode_base64);
use Test::More;

use StoryImg::Events;
use StoryImg::Jobs;
use StoryImg::Pictures qw(sniff);
use StoryImg::Server;
use StoryImg::Test;

my ($on, $off) = (JSON::PP::true, JSON::PP::false);
my $generate = '/api/stories/generate';
my ($server, $upstream) = stack(upstream => { pages => 3 }, modules => ['filter', 'deflate', 'proxy', 'proxy_http'], conf => <<'END');
StoryImgTimeout 8s
ProxyPass "/front/api" "http://127.0.0.1:@PORT@/api"
<Location "/packed">
    SetHandler storyimg
    SetOutputFilter DEFLATE
</Location>
END

sub live {
    my ($order, %more) = @_;
    my $posting = $server->posting($more{path} // $generate, order(size => '64x64', %$order), Accept => 'text/event-stream',
        %{ $more{headers} // {} });
    return StoryImg::Events->open(($more{server} // $server)->port, %$posting);
}

sub named { my ($name, @events) = @_; return grep { $_->{name} eq $name } @events }
sub names { my @names = map { $_->{name} } @_; return join(' ', @names) =~ s/\btext(?: text)*\b/text/r }
sub words { return join '', map { $_->{data}{text} // '(none)' } named('text', @_) }
# The texts of the pages alone.
sub squeezed { return $_[0] =~ s/^Page \d+$//gmr =~ s/\s+/ /gr =~ s/\A | \z//gr }

# A whole story, told live; returns it as it is remembered.
sub is_told {
    my ($events, $pages, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return subtest $name => sub {
        like(names(@$events), qr/\Atext story status(?: status)* (?:illustration (?:status )*){$pages}(?:status )*done\z/,
            'words, the story, its pictures, the end');
        my ($story) = map { $_->{data} } named('story', @$events);
        is(squeezed(words(@$events)), squeezed($story->{story}), 'the pieces are the story');
        is_deeply([$story->{illustrations}, $story->{metadata}{illustrationsPending} ? 1 : 0], [[], 1], 'its pictures follow');
        is(scalar(grep { defined $_->{id} } named('text', @$events), named('story', @$events)), 0, 'what comes before the job has no id');
        my $id = $story->{metadata}{illustrationJobId} // 'none';
        is_stream([grep { $_->{name} !~ /\A(?:text|story)\z/ } @$events], 1, 'completed', 'then the job\'s events, all of them');
        my $job = wait_job($server, $id);
        my @drawn = sort { $a->{pageNumber} <=> $b->{pageNumber} } map { $_->{data} } named('illustration', @$events);
        is_deeply(\@drawn, $job->{results}, 'the pictures are the job\'s');
        is_saved($server, $_) for @drawn;
        is_deeply($server->get("/api/stories/$story->{id}")->{json}{data}{illustrations}, $job->{results}, 'and so it is remembered');
    };
}

subtest 'a story' => sub {
    my $stream = live({});
    my @events = $stream->all;
    is_deeply([$stream->status, $stream->header('content-type')], [200, 'text/event-stream'], 'a stream of events');
    ok($stream->ended, 'that ends');
    is_told(\@events, 3, 'told live');
    my ($text) = $upstream->texts;
    ok($text->{body}{stream}, 'the writer was asked for a stream');
    is_deeply([scalar(() = $upstream->texts), sent_pages($upstream)], [1, [1, 2, 3]], 'and everything was paid for once');
};

subtest 'as it is written' => sub {
    my %way = (plain => sub { live({}) }, 'through a reverse proxy' => sub { live({}, path => "/front$generate") },
        compressed => sub { live({}, path => '/packed/stories/generate', headers => { 'Accept-Encoding' => 'gzip' }) });
    $upstream->rules({ path => '/v1/chat/', pace => 0.15 });
    my %stream = map { $_ => $way{$_}->() } sort keys %way;
    my %first = map { $_ => $stream{$_}->next } sort keys %stream;
    is(scalar(grep { $_->{path} =~ /chat/ } $upstream->answers), 0, 'the writer still writes');
    is($first{$_} && $first{$_}{name}, 'text', "$_: while the first words have come") for sort keys %first;
    is_told([$first{$_}, $stream{$_}->all], 3, $_) for sort keys %stream;
    is($stream{compressed}->header('content-encoding'), 'gzip', 'compressed indeed');
};

subtest 'plain text, and a writer that does not stream' => sub {
    for my $form ('pages', 'prose') {
        $upstream->set(structured => 'ignore', form => $form);
        $upstream->rules({ path => '/v1/chat/', pace => 0.02 });
        is_told([live({})->all], 3, $form);
    }
    $upstream->set(structured => 'yes');
    my $page = { text => 'Once upon a time there was a very small boat, and it was brave.', scene => 'A boat' };
    my $quoted = JSON::PP->new->allow_nonref->encode(JSON::PP->new->encode({ title => 'T', pages => [$page] }));
    $upstream->rules({ path => '/v1/chat/', body => qq({"model":"m","choices":[{"message":{"content":$quoted}}]}) });
    my @events = live({ pages => 1 })->all;
    is(squeezed(words(@events)), $page->{text}, 'an answer in one piece is told all the same');
    is_told(\@events, 1, 'whole');
    my $own = StoryImg::Server->new->start;
    @events = live({ pages => 1, size => '256x256' }, server => $own)->all;
    my ($story) = map { $_->{data} } named('story', @events);
    is_deeply([squeezed(words(@events)), $events[-1]{name}], [squeezed($story->{story}), 'done'], 'so is one of our own');
    $own->stop;
};

subtest 'without pictures, and a page that fails' => sub {
    $upstream->rules({ path => '/v1/images/', word => 'Scene 2', status => 400, code => 'content_policy_violation' });
    my @events = live({ generateIllustrations => $off })->all;
    is(names(@events), 'text story done', 'words alone');
    is_deeply([$events[-1]{data}{status}, $events[-2]{data}{metadata}{illustrationJobId}], ['completed', undef], 'without a job');
    @events = live({})->all;
    is_deeply([pages_of('illustration', @events), pages_of('problem', @events)], [[1, 3], [2]], 'a page that failed says so');
    my ($problem) = named('problem', @events);
    is($problem->{data}{error}{code}, 'content_policy', 'and why');
    is($events[-1]{data}{status}, 'completed', 'the others come');
    $upstream->rules({ path => '/v1/images/', status => 401 });
    is([live({ pages => 1 })->all]->[-1]{data}{status}, 'failed', 'without any picture the job has failed');
};

subtest 'a failure before the first word is an ordinary answer' => sub {
    my $problem = sub {
        my ($status, $code, $order) = @_;
        my $response = $server->request(%{ $server->posting($generate, $order // order(), Accept => 'text/event-stream') });
        is_problem($response, $status, $code);
    };
    $upstream->rules({ path => '/v1/chat/', status => 401, code => 'invalid_api_key' });
    $problem->(502, 'upstream-auth');
    $upstream->rules({ path => '/v1/chat/', refusal => 'I cannot help with that.' });
    $problem->(422, 'content-policy');
    $upstream->rules({ path => '/v1/chat/', reset => 'before' });
    $problem->(502, 'outcome-unknown');
    is(scalar $upstream->texts, 1, 'asked once');
    $upstream->rules;
    $problem->(400, 'invalid-body', order(pages => 'many'));
    is(scalar $upstream->log, 0, 'nothing was sent');
};

subtest 'a failure in the middle of the words' => sub {
    for my $case ({ reset => 'middle' }, { cut => 1 }) {
        $upstream->rules({ path => '/v1/chat/', %$case });
        my @events = live({})->all;
        my ($what) = %$case;
        is($events[0]{name}, 'text', "$what: some words came");
        is(scalar named('story', @events), 0, 'no story');
        my ($problem) = named('problem', @events);
        is($problem->{data}{error}{code}, 'outcome-unknown', 'it says what happened');
        ok(length $problem->{data}{error}{message} && !exists $problem->{data}{pageNumber}, 'in a sentence, and of no page');
        is_deeply([$events[-1]{name}, $events[-1]{data}{status}], ['done', 'failed'], 'and ends');
        is_deeply([scalar(() = $upstream->texts), scalar(() = $upstream->images)], [1, 0], 'nothing was sent again');
    }
};

subtest 'who is asked next' => sub {
    my $pair = with_upstream($upstream, writer => 'openai/gpt-4o openai/gpt-6.1')->start;
    $upstream->rules({ path => '/v1/chat/', model => 'gpt-4o', status => 404, code => 'model_not_found' });
    my @events = live({ pages => 1 }, server => $pair)->all;
    my ($story) = map { $_->{data} } named('story', @events);
    is(squeezed(words(@events)), squeezed($story->{story}), 'the second writes');
    like($story->{metadata}{model}, qr/gpt-6\.1/, 'under its name');
    $pair->expect_log(qr/\[storyimg:warn\]/);
    $pair->stop;
};

subtest 'a client that hangs up' => sub {
    my $listed = sub { return map { $_->{id} } @{ $server->get('/api/stories')->{json}{data} } };
    for my $case (['in the middle of the words', { path => '/v1/chat/', pace => 0.15 }, 'text'],
        ['between two pictures', { path => '/v1/images/', nth => [2, 3], delay => 2 }, 'illustration']) {
        my ($when, $rule, $event) = @$case;
        my %before = map { $_ => 1 } $listed->();
        $upstream->rules($rule);
        my $stream = live({});
        $stream->until($event);
        $stream->close;
        my ($new) = wait_for(sub { (grep { !$before{$_} } $listed->())[0] });
        my $story = $server->get("/api/stories/$new")->{json}{data};
        is_deeply(drawn_of(wait_job($server, $story->{metadata}{illustrationJobId})), [1, 2, 3], "$when: the job goes on and ends");
        is_deeply([scalar(() = $upstream->texts), sent_pages($upstream)], [1, [1, 2, 3]], 'nothing is bought twice');
    }
};

subtest 'with saving off' => sub {
    my $site = with_upstream($upstream, conf => "StoryImgSave off\n")->start;
    $upstream->rules({ path => '/v1/images/', word => 'Scene 2', status => 400, code => 'content_policy_violation' },
        { path => '/v1/images/', word => 'Scene 3', delay => 2 });
    my $stream = live({}, server => $site);
    my @events = $stream->until('illustration');
    cmp_ok(scalar(grep { $_->{path} =~ /images/ && $_->{status} == 200 } $upstream->answers), '<', 2, 'the third is still being drawn');
    push @events, $stream->all;
    is_deeply([pages_of('illustration', @events), pages_of('problem', @events)], [[1, 3], [2]], 'the pictures come one by one');
    is(scalar(grep { sniff(decode_base64($_->{data}{b64_json} // '')) eq 'png' } named('illustration', @events)), 2,
        'in the events themselves');
    is_deeply([$events[-1]{name}, $events[-1]{data}{status}], ['done', 'completed'], 'to the end');
    $site->expect_log(qr/\[storyimg:warn\]/);
    $site->stop;
};

subtest 'who wants both' => sub {
    $upstream->rules;
    my $get = sub { return $server->request(%{ $server->posting($generate, order(generateIllustrations => $off), Accept => $_[0]) }) };
    is_story($get->($_), "Accept: $_: JSON") for '*/*', 'text/*', 'text/event-streams', 'application/json';
    like($get->('Text/Event-Stream; charset=utf-8')->{headers}{'content-type'}, qr{\Atext/event-stream}, 'a stream, however it is spelt');
};

is_deeply([map { $_->{refused} } $upstream->refused], [], 'no request was one that the API refuses');
is_tidy($server);
$server->expect_log(qr/\[storyimg:(?:warn|error)\]/);
done();
