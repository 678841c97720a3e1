#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# Money: room before it is spent, what things cost, what may be sent again and what not, and the ledger of it all.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use JSON::PP ();
use Test::More;

use StoryImg::Jobs;
use StoryImg::Server;
use StoryImg::Test;
use StoryImg::Upstream;

my ($on, $off) = (JSON::PP::true, JSON::PP::false);
my $generate = '/api/stories/generate';
my $room = 4 * 1_048_576;    # that is promised to a picture
my $upstream = StoryImg::Upstream->new(pages => 3);

# Free bytes of a folder's disk.
sub free {
    my ($folder) = @_;
    my ($line) = grep { m{\s/} } reverse qx(df -Pk "$folder");
    return 1024 * ((split ' ', $line)[3] // die "df says nothing\n");
}

# What must agree: calls that the upstream saw, and rows of the ledger.
sub is_booked {
    my ($server, $want, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $rows = ledger($server, q{SELECT kind || ' ' || coalesce(outcome, 'none'), count(*) FROM call GROUP BY 1 ORDER BY 1});
    return ok(1, "$name # skip no program reads the index") if !$rows;
    return is_deeply({ map { $_->[0] => $_->[1] } @$rows }, $want, $name);
}

subtest 'room that others were promised' => sub {
    plan skip_all => 'only root can mount' if $>;
    my $server = with_upstream($upstream, conf => "StoryImgGeneratedDir \@ROOT\@/small\nStoryImgMaxPages 12\nStoryImgMinFree 1M\n");
    my $folder = $server->root . '/small';
    mkdir $folder;
    plan skip_all => 'no tmpfs here' if system "mount -t tmpfs -o size=64m,mode=0777 tmpfs $folder 2>/dev/null";
    my $result = eval {
        # room for five pictures, and a little
        $server->{conf} =~ s/StoryImgMinFree 1M/'StoryImgMinFree ' . (free($folder) - 5 * $room - 1_048_576)/e;
        $server->write_conf;
        $server->start;
        $upstream->rules({ path => '/v1/images/', delay => slow(2) });
        is_problem($server->post_json($generate, order(pages => 6)), 507, 'storage-full', undef, 'six are too many: 507');
        is(scalar $upstream->log, 0, 'and nothing was sent');
        my (undef, $id) = tell_async($server, pages => 3);
        is_problem($server->post_json($generate, order(pages => 3)), 507, 'storage-full', undef, 'three are promised, three too many');
        is_problem($server->post_json($generate, order(pages => 3, async => $on)), 507, 'storage-full', undef,
            'in the background likewise');
        is(scalar(() = $upstream->texts), 1, 'and nothing was sent');
        my $two = $server->begin(%{ posting_story($server, [pages => 2, size => '64x64']) });
        wait_for(sub { 2 == (() = $upstream->texts) });
        is_problem($server->post_json($generate, order(pages => 1)), 507, 'storage-full', undef, 'two more fit, then all is promised');
        is_story((await($two))[0], 'the two come');
        is(wait_job($server, $id)->{status}, 'completed', 'so do the three');
        is_story($server->post_json($generate, order(pages => 3, size => '64x64')), 'then there is room again');
        $upstream->rules({ path => '/v1/chat/', status => 401 });
        is_problem($server->post_json($generate, order(pages => 5)), 502, 'upstream-auth') for 1 .. 2;
        $upstream->rules;
        is_story($server->post_json($generate, order(pages => 5, size => '64x64')), 'a request that failed gives back all of its own');
        is_deeply([map { $_->{code} } @{ $server->get('/api/health')->{json}{degraded} // [] }], [], 'and all is well');
        $server->expect_log(qr/\[storyimg:(?:warn|error)\].*(?:storage-full|upstream-auth)/);
        $server->stop;
        1;
    };
    diag($@) if !$result;
    undef $server if !$result;
    system 'umount', '-l', $folder;
    ok($result, 'no exception');
};

subtest 'less room than StoryImgMinFree, by df' => sub {
    my $server = with_upstream($upstream);
    $server->{conf} .= 'StoryImgMinFree ' . (free($server->root) + 1_000_000_000) . "\n";
    $server->write_conf;
    $server->start;
    $upstream->rules;
    is_problem($server->post_json($generate, order(async => $_)), 507, 'storage-full') for $on, $off;
    is_untouched($server, $upstream);
    $server->expect_log(qr/\[storyimg:error\].*storage-full/);
    $server->stop;
};

subtest 'prices' => sub {
    my $chain = 'openai/gpt-image-1.5 openai/dall-e-3 openai/sd-local';
    my $server = with_upstream($upstream, illustrator => $chain, writer => 'openai/gpt-4o openai/local-llama',
        conf => "StoryImgPrices \@ROOT\@/prices.json\n");
    $server->write_file('prices.json', <<'END');
{"currency": "USD", "models": {
  "gpt-4o": {"per_million_tokens": {"input": 10, "output": 20}},
  "gpt-image-1.5": {"per_million_tokens": {"input": 100, "output": 1000}, "image": 9},
  "dall-e-3": {"image": {"1024x1024": {"standard": 0.04, "hd": 0.08}, "1792x1024": 0.1}}}}
END
    $server->start;
    my $text = (200 * 10 + 300 * 20) / 1e6;
    my $gpt = (50 * 100 + 272 * 1000) / 1e6;
    my $costs = sub {
        my ($what, $words, $pictures, @order) = @_;
        my $sum = 0;
        for my $cost ($words, @$pictures) { $sum = defined $sum && defined $cost ? $sum + $cost : undef }
        for my $async ($off, $on) {
            my $name = $async ? "$what, async" : $what;
            my $answer = $server->post_json($generate, order(pages => scalar @$pictures || 1, async => $async,
                generateIllustrations => @$pictures ? $on : $off, @order));
            my $story = $answer->{json}{data} // {};
            unlike($answer->{content}, qr/"costUsd":[\d.]{11}/, "$name: in plain numbers");
            wait_job($server, $story->{metadata}{illustrationJobId}) if $answer->{status} == 202;
            my $told = $server->get("/api/stories/$story->{id}")->{json}{data};
            is_deeply([map { $_->{costUsd} } @{ $told->{illustrations} }], $pictures, "$name: each picture");
            my $shown = $told->{metadata}{costUsd};
            is(defined $shown ? sprintf('%.6f', $shown) : undef, defined $sum ? sprintf('%.6f', $sum) : undef, "$name: the story");
            is_deeply($story->{metadata}{costUsd}, $shown, "$name: as it was answered") if $answer->{status} == 200;
        }
    };
    my $gone = sub { return map { { model => $_, status => 404, code => 'model_not_found' } } @_ };
    $upstream->rules;
    $costs->('by tokens', $text, [$gpt, $gpt], size => '1024x1024');
    $costs->('words alone', $text, []);
    $upstream->rules($gone->('gpt-image-1.5'));
    $costs->('by picture', $text, [0.04], size => '1024x1024');
    $costs->('by size', $text, [0.1], size => '1792x1024');
    $upstream->rules($gone->('gpt-image-1.5', 'dall-e-3'));
    $costs->('a model without a price', $text, [undef], size => '64x64');
    $upstream->rules($gone->('gpt-4o'));
    $costs->('a writer without a price', undef, [$gpt], size => '1024x1024');
    $upstream->rules({ path => '/v1/images/', word => 'Scene 1', status => 400, code => 'content_policy_violation' });
    my $story = is_story($server->post_json($generate, order(pages => 2, size => '1024x1024')));
    is(sprintf('%.6f', $story->{metadata}{costUsd} // -1), sprintf('%.6f', $text + $gpt), 'what was not made costs nothing');
    $server->expect_log(qr/\[storyimg:warn\]/);
    $server->stop;

    my $own = StoryImg::Server->new->start;
    $story = is_story($own->post_json($generate, order(pages => 1, size => '256x256')));
    is_deeply([$story->{metadata}{costUsd}, map { $_->{costUsd} } @{ $story->{illustrations} }], [0, 0], 'our own are free');
    $own->stop;
};

subtest 'a table that is wrong stops the server' => sub {
    for my $case (['none.json', undef, qr/StoryImgPrices \S+none\.json: /], ['bad.json', '{', qr/StoryImgPrices \S+bad\.json: /],
        ['euro.json', '{"currency": "EUR", "models": {}}', qr/StoryImgPrices .*currency/],
        ['words.json', '{"models": {"x": {"image": "free"}}}', qr/StoryImgPrices .*models\.x\.image/]) {
        my ($name, $content, $words) = @$case;
        my $server = StoryImg::Server->new(conf => "StoryImgPrices \@ROOT\@/$name\n");
        $server->write_file($name, $content) if defined $content;
        my ($status, $said) = $server->check;
        ok($status && $said =~ $words, $name) || diag("exit $status\n$said");
    }
};

subtest 'what may be sent again, and what not' => sub {
    my $server = with_upstream($upstream, illustrator => 'openai/gpt-image-1.5 openai/dall-e-3', conf => "StoryImgTimeout 6s\n")->start;
    my $first = 'gpt-image-1.5';
    # [what, rules of the first, calls of the first, of the second, what becomes of the page, least seconds]
    my @cases = (
        ['rate limit, then fine', [{ nth => 1, status => 429, headers => { 'Retry-After' => 2 } }], 2, 0, $first, 2],
        ['rate limit three times', [{ status => 429, headers => { 'Retry-After' => 0 } }], 3, 1, 'dall-e-3', 2],
        ['rate limit for an hour', [{ status => 429, headers => { 'Retry-After' => 3600 } }], 1, 1, 'dall-e-3', 0],
        ['500, then fine', [{ nth => 1, status => 500 }], 2, 0, $first, 0.7],
        ['500 three times', [{ status => 500 }], 3, 1, 'dall-e-3', 2],
        ['quota used up', [{ status => 429, code => 'insufficient_quota' }], 1, 1, 'dall-e-3', 0],
        ['our key refused', [{ status => 401, code => 'invalid_api_key' }], 1, 1, 'dall-e-3', 0],
        ['content policy', [{ status => 400, code => 'moderation_blocked' }], 1, 0, 'content_policy', 0],
        ['reset', [{ reset => 'before' }], 1, 0, 'outcome-unknown', 0],
        ['reset in the middle', [{ reset => 'middle' }], 1, 0, 'outcome-unknown', 0],
        ['no answer', [{ hang => 1 }], 1, 0, 'outcome-unknown', 0],
        ['garbage', [{ half_json => 1 }], 1, 0, 'outcome-unknown|bad-upstream-answer', 0],
    );
    my (@rules, @wants);
    for my $n (0 .. $#cases) {
        for my $async (0, 1) {    # in the request's own thread, and in the background
            my $word = "tag-m${n}x$async";
            push @rules, map { { path => '/v1/images/', model => $first, word => $word, %$_ } } @{ $cases[$n][1] };
            push @wants, posting_story($server, [pages => 1, size => '1024x1024', prompt => "About $word", async => $async ? $on : $off]);
        }
    }
    $upstream->rules(@rules);
    my @answers = $server->many(@wants);
    my %sent;
    my @jobs = map { my $id = $_->{json}{data}{metadata}{illustrationJobId} // 'none'; wait_job($server, $id) } @answers;
    for my $entry ($upstream->images) {
        my ($case) = $entry->{body}{prompt} =~ /\btag-(m\d+x[01])/;
        push @{ $sent{ $case // 'none' }{ $entry->{body}{model} } }, $entry->{time};
    }
    for my $n (0 .. $#cases) {
        my ($what, undef, $calls, $next, $end, $least) = @{ $cases[$n] };
        for my $async (0, 1) {
            my $name = $what . ($async ? ', async' : '');
            my ($result) = @{ $jobs[2 * $n + $async]{results} // [] };
            like($result->{error} ? $result->{error}{code} : $result->{model}, qr/\A(?:$end)\z/, "$name: $end");
            my @times = @{ $sent{"m${n}x$async"}{$first} // [] };
            is(@times . ' ' . @{ $sent{"m${n}x$async"}{'dall-e-3'} // [] }, "$calls $next", "$name: sent so often");
            cmp_ok($times[-1] - $times[0], '>=', $least, "$name: not too soon") if @times > 1;
        }
    }
    my $made = 2 * grep { $_->[4] =~ /gpt|dall/ } @cases;
    my %booked = ('text made' => 2 * @cases, 'image made' => $made, 'image nothing' => 2 * (1 + 3 + 1 + 1 + 3),
        'image unfit' => 2 * 2, 'image refused' => 2, 'image unknown' => 2 * 4);
    is_booked($server, \%booked, 'the ledger says the same');
    my $open = ledger($server, 'SELECT count(*) FROM call WHERE outcome IS NULL OR ended_at IS NULL') // [[0]];
    is($open->[0][0], 0, 'nothing is left open');
    is_tidy($server);
    $server->expect_log(qr/\[storyimg:(?:warn|error)\]/);
    $server->stop;
};

is_deeply([map { $_->{refused} } $upstream->refused], [], 'no request was one that the API refuses');
done();
