#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# GET /metrics and the page of mod_status: exact whatever processes come and go, and nobody's secrets.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use JSON::PP ();
use List::Util qw(sum0);
use Test::More;

use StoryImg::Conf ();
use StoryImg::Form qw(write_form);
use StoryImg::Jobs;
use StoryImg::Metrics qw(parse complaints);
use StoryImg::Pictures ();
use StoryImg::Server;
use StoryImg::Test;
use StoryImg::Upstream ();

my ($on, $off) = (JSON::PP::true, JSON::PP::false);
my ($generate, $health, $metrics) = ('/api/stories/generate', '/api/health', '/api/metrics');
my $crowd = $StoryImg::Conf::MPM eq 'prefork' ? '' : "StartServers 2\nMinSpareThreads 31\n";
my $status = qq{<Location "/server-status">\nSetHandler server-status\nRequire all granted\n</Location>\nExtendedStatus Off\n};
my ($server, $upstream) = stack(illustrator => 'openai/gpt-image-2', modules => ['status'],
    conf => qq{$crowd${status}LogFormat "%P" pid\nCustomLog "\@ROOT\@/pids.log" pid\n});

# The numbers of a site: {'storyimg_pages{state="sent"}' => 1}. They are well-formed each time.
sub numbers {
    my ($site, %want) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $response = $site->request(path => $metrics, %want);
    my ($wrong, $families) = parse($response->{content});
    ok($response->{status} == 200 && !@$wrong, 'metrics that can be read') || diag(join "\n", $response->{status}, @$wrong);
    return { map { $_->{name} . ($_->{text} eq '' ? '' : "{$_->{text}}") => $_->{value} } map { @{ $_->{samples} } } @$families };
}

sub requests {
    my ($now, $route, $method, $status) = @_;
    return $now->{qq{storyimg_requests_total{route="$route",method="$method",status="$status"}}} // 0;
}

sub total { my ($now, $name) = @_; return 0 + sum0(map { $now->{$_} } grep { /\A\Q$name\E(?:\{|\z)/ } keys %$now) }

# Every request is in the histogram of its route, and nowhere else.
sub histograms_agree {
    my ($now, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my (%count, %told);
    for (keys %$now) {
        $count{$1} += $now->{$_} if /\Astoryimg_requests_total\{route="([^"]+)"/;
        $told{$1} = $now->{$_} if /\Astoryimg_request_duration_seconds_count\{route="([^"]+)"/;
    }
    return is_deeply(\%told, \%count, $name);
}

# Calls and their costs, as the ledger has them and as they are told.
sub is_ledger {
    my ($now, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my (%calls, %unknown, $cost);
    for my $row (@{ ledger($server, 'SELECT provider, model, kind, outcome, COUNT(*), SUM(COALESCE(cost, 0)), SUM(cost IS NULL) '
        . 'FROM call WHERE outcome IS NOT NULL AND outcome <> \'reused\' GROUP BY 1, 2, 3, 4') // [] }) {
        my ($provider, $model, $kind, $outcome, $n, $dollars, $nobody_knows) = @$row;
        $calls{qq{{provider="$provider",model="$model",operation="$kind",outcome="$outcome"}}} = $n;
        $cost += $dollars;
        $unknown{qq{{provider="$provider",model="$model"}}} += $nobody_knows if $outcome =~ /made|unknown/ && $nobody_knows;
    }
    my $told = sub { my ($what) = @_; return { map { /\A\Q$what\E(\{.*)/ ? ($1 => $now->{$_}) : () } keys %$now } };
    is_deeply($told->('storyimg_upstream_calls_total'), \%calls, "$name: calls");
    is_deeply($told->('storyimg_upstream_cost_unknown_total'), \%unknown, "$name: calls of unknown cost");
    is(sprintf('%.6f', total($now, 'storyimg_upstream_cost_dollars_total')), sprintf('%.6f', ($cost // 0) / 1e6), "$name: cost");
    return is(total($now, 'storyimg_upstream_call_duration_seconds_count'), sum0(values %calls), "$name: durations");
}

subtest 'the reader' => sub {
    my $head = "# HELP a_total x\n# TYPE a_total counter\n";
    my $bars = "# HELP h x\n# TYPE h histogram\n";
    is_deeply([complaints(qq{${head}a_total{b="c\\"\\\\,d=\\n"} 1\na_total 2\n})], [], 'takes what is right');
    is_deeply([complaints(qq{${bars}h_bucket{le="1"} 1\nh_bucket{le="+Inf"} 1\nh_sum 0.5\nh_count 1\n})], [], 'and a histogram');
    ok(scalar(complaints($_)), 'complains of ' . s/\n/ | /gr) for "a_total 1\n", "${head}a_total 1", "${head}a_total x\n", $head,
        "${head}b_total 1\n", "${head}a_total 1\na_total 1\n", "${head}a_total -1\n", qq{${head}a_total{b="c"d="e"} 1\n},
        qq{${head}a_total{b="c",b="d"} 1\n}, qq{${head}a_total{b="\\x"} 1\n}, "# TYPE a_total counter\n# HELP a_total x\na_total 1\n",
        "${head}a_total 1\n${head}a_total 2\n", "# HELP b x\n# TYPE b gauge\nb 1\n${head}a_total 1\n",
        "# HELP a x\n# TYPE a counter\na 1\n",
        qq{${bars}h_bucket{le="1"} 2\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n}, qq{${bars}h_bucket{le="1"} 1\nh_sum 1\nh_count 1\n},
        qq{${bars}h_bucket{le="+Inf"} 1\nh_sum 1\nh_count 2\n}, qq{${bars}h_bucket{le="+Inf"} 1\nh_count 1\n};
};

subtest 'requests' => sub {
    my @wants = map { { path => $health } } 1 .. 50;
    is(scalar(grep { $_->{status} == 200 } map { $server->many(@wants) } 1 .. 4), 200, '200 of them');
    my %pids = map { $_ => 1 } split /\n/, StoryImg::Server::slurp($server->root . '/pids.log');
    cmp_ok(scalar keys %pids, '>', 1, 'answered by several processes');
    my $now = numbers($server);
    is(requests($now, '/health', 'GET', 200), 200, 'are counted, exactly');
    ok(!requests($now, '/metrics', 'GET', 200), 'one that is under way is not');
    $server->request(no_body('HEAD', $health));
    $server->get("/api/$_") for 'none', 'stories/../../x', "%FF", 'stories/Miriella', 'images/generated/story-1-p1.png', 'stories?limit=0';
    $server->request(no_body('DELETE', $health));
    $server->request(no_body('BREW', '/api/stories/some-id'));
    $server->post_json($generate, { prompt => 'A lantern festival' });
    $now = numbers($server);
    is(requests($now, @{$_}[0 .. 2]), $_->[3], "$_->[1] $_->[0]: $_->[2]") for ['/health', 'GET', 200, 200], ['/health', 'HEAD', 200, 1],
        ['other', 'GET', 404, 1], ['other', 'GET', 400, 1], ['/stories/{id}', 'GET', 404, 1], ['/stories', 'GET', 400, 1],
        ['/images/generated/{filename}', 'GET', 404, 1], ['/health', 'DELETE', 405, 1], ['/stories/{id}', 'other', 405, 1],
        ['/stories/generate', 'POST', 400, 1], ['/metrics', 'GET', 200, 1];
    histograms_agree($now, 'durations, as many as requests');
    is($now->{storyimg_index_up} . $now->{storyimg_requests_waiting}, '10', 'nobody waits');
    my ($version) = StoryImg::Server::slurp("$StoryImg::Conf::PROJECT/configure.ac") =~ /AC_INIT\(\[mod_storyimg\], \[([^\]]+)\]/;
    is($now->{qq{storyimg_build_info{version="$version"}}}, 1, 'the version');
    cmp_ok($now->{storyimg_disk_free_bytes}, '>', 1_000_000, 'room on the disk');
};

subtest 'as an answer' => sub {
    my $got = $server->get($metrics);
    is($got->{headers}{'content-type'}, 'text/plain; version=0.0.4; charset=utf-8', 'its type');
    is($got->{headers}{'cache-control'}, 'no-store', 'not to be cached');
    is($got->{headers}{'content-length'}, length $got->{content}, 'its length');
    my $head = $server->request(no_body('HEAD', $metrics));
    is_deeply([@$head{qw(status content)}, $head->{headers}{'content-type'}], [200, '', $got->{headers}{'content-type'}], 'HEAD');
    cmp_ok(abs($head->{headers}{'content-length'} - length $got->{content}), '<', 200, 'with the length, about the same');
    is_problem($server->request(no_body('POST', $metrics)), 405, 'method-not-allowed');
};

my %photo = (name => 'character-image', filename => 'hero.png', type => 'image/png', bytes => StoryImg::Pictures::png(120, 90, 'hero'));

subtest 'what was asked of models' => sub {
    is_story($server->post_json($generate, order(pages => 2, size => '1024x1024')), 'a story');
    my $now = numbers($server);
    is_ledger($now, 'a story');
    is(total($now, 'storyimg_upstream_calls_total'), scalar(() = ($upstream->texts, $upstream->images)), 'as many as were heard of');
    cmp_ok(total($now, 'storyimg_upstream_cost_dollars_total'), '>', 0, 'which cost something');
    is($now->{'storyimg_images_saved_total{kind="story"}'}, 2, 'pictures saved');
    is("$now->{storyimg_images} $now->{storyimg_stories} $now->{storyimg_jobs_open}", '2 1 0', 'pictures and stories, and no job');
    is($now->{storyimg_images_bytes}, sum0(map { -s $server->root . "/generated/$_" } saved_files($server)), 'bytes');

    my %image = (path => '/v1/images/');
    $upstream->rules({ path => '/v1/chat/', nth => 1, status => 500 }, { %image, nth => [1, 2], status => 503 },
        { %image, nth => 3, reset => 'middle' }, { %image, nth => 4, status => 400, code => 'moderation_blocked' });
    is_story($server->post_json($generate, order(pages => 3, size => '1024x1024')), 'one that does not go well');
    $upstream->rules({ path => '/v1/images/', status => 401, code => 'invalid_api_key' });
    is_story($server->post_json($generate, order(pages => 1, size => '1024x1024')), 'nor this one');
    $upstream->clear->rules;
    my ($type, $body) = write_form(\%photo);
    my %form = (method => 'POST', path => '/api/upload', headers => { 'Content-Type' => $type }, body => $body);
    my $path = $server->request(%form)->{json}{path};
    is($server->post_json('/api/character/analyze-image', { imageUrl => $path })->{status}, 200, 'a picture is looked at');
    my %hero = (character => { name => 'Miriella', imageUrl => $path }, sceneDescription => 'At sea');
    is($server->post_json('/api/images/generate-illustration', \%hero)->{status}, 200, 'and drawn from');
    my @before = $upstream->images;
    $server->post_json('/api/images/generate-with-gpt-image-1', \%hero);
    $now = numbers($server);
    is_ledger($now, 'all kinds of ends');
    my %outcome;
    /operation="(\w+)",outcome="(\w+)"/ and $outcome{"$1 $2"} += $now->{$_} for grep { /upstream_calls_total/ } keys %$now;
    is_deeply([grep { !$outcome{$_} } 'text made', 'text nothing', 'image made', 'image nothing', 'image unknown', 'image refused',
        'image unfit', 'vision made', 'edit made'], [], 'they are all there') || diag(explain(\%outcome));
    is(total($now, 'storyimg_images_saved_total'), $now->{storyimg_images}, 'saved are as many as there are');
    histograms_agree($now, 'durations, as many as requests');
    $server->expect_log(qr/\[storyimg:(?:warn|error)\]/);
};

subtest 'what waits' => sub {
    $upstream->rules({ path => '/v1/images/', delay => slow(2) });
    my $call = $server->begin(%{ posting_story($server, [pages => 2, size => '64x64']) });
    wait_for(sub { 2 == (() = $upstream->images) });
    my $now = numbers($server);
    is($now->{qq{storyimg_pages{state="$_->[0]"}}}, $_->[1], "$_->[1] $_->[0]") for ['sent', 2], ['pending', 0];
    is($now->{storyimg_jobs_open} . $now->{storyimg_requests_waiting} . $now->{storyimg_queue_oldest_seconds}, '110', 'one waits');
    $server->restart;
    is((await($call))[0]{status}, 200, 'it is answered after a graceful restart, by its old process');
    my $then = numbers($server);
    is(requests($then, '/stories/generate', 'POST', 200), 1 + requests($now, '/stories/generate', 'POST', 200), 'and counted');
    is(requests($then, '/health', 'GET', 200), 200, 'nothing goes back');
    is_ledger($then, 'over a restart');
    my ($slowest) = grep { /upstream_call_duration_seconds_bucket\{provider="openai",operation="image",le="1"/ } keys %$then;
    is($then->{$slowest} + 2, $then->{'storyimg_upstream_call_duration_seconds_count{provider="openai",operation="image"}'},
        'two calls took longer than a second');
    $upstream->clear->rules;
};

subtest 'killed processes' => sub {
    $server->many(map { { path => $health } } 1 .. 20);
    $server->kill_children;
    wait_for(sub { $server->get($health)->{status} == 200 });
    my $now = numbers($server);
    cmp_ok(requests($now, '/health', 'GET', 200), '>', 220, 'what they counted stays');
    $upstream->rules({ path => '/v1/images/', hang => 1 });
    my $call = $server->begin(%{ posting_story($server, [pages => 1, size => '64x64']) });
    wait_for(sub { 1 == (() = $upstream->images) });
    $server->kill_children;
    hang_up($call);
    my $label = '{provider="openai",model="gpt-image-2",operation="image",outcome="unknown"}';
    my $before = $now->{"storyimg_upstream_calls_total$label"};
    ok(wait_for(sub { (numbers($server)->{"storyimg_upstream_calls_total$label"} // 0) == $before + 1 }, 30),
        'the call of a process that was killed ends as unknown');
    $upstream->clear->rules;
    $server->expect_log(qr/recovery/, qr/AH10392/);    # httpd does not like it, either
};

subtest 'the same bytes, the same order' => sub {
    my $twice = with_upstream($upstream, illustrator => 'openai/gpt-image-2', conf => "StoryImgReuse on\n")->start;
    $upstream->rules({ path => '/v1/images/', image => 'webp' });
    my %scene = (character => { name => 'Miriella' }, pageNumber => 1, storyTitle => 'Wind');
    for my $scene ('A kite', 'A kite', 'A boat') {
        is($twice->post_json('/api/images/generate-illustration', { %scene, sceneDescription => $scene })->{status}, 200, $scene);
    }
    my $now = numbers($twice);
    is($now->{storyimg_images_reused_total}, 1, 'one was not drawn again');
    is($now->{storyimg_images_deduplicated_total}, 2, 'two are duplicates');
    is(total($now, 'storyimg_upstream_calls_total'), 2, 'two calls');
    is($now->{storyimg_images_bytes} * 3, sum0(map { -s $twice->root . "/generated/$_" } saved_files($twice)), 'bytes are counted once');
    $upstream->clear->rules;
};

subtest 'two sites' => sub {
    my %conf = (one => "StoryImgSave off\nStoryImgModeration on\n", two => '');
    my $both = with_upstream($upstream, illustrator => 'openai/gpt-image-2', modules => ['status'], conf => $status,
        vhosts => [map { { name => $_, conf => $conf{$_} } } sort keys %conf])->start;
    my $on_site = sub { my ($site, %want) = @_; return $both->request(%want, host => $site) };
    $on_site->('one', path => $health) for 1 .. 3;
    is_story($on_site->('one', %{ posting_story($both, [pages => 1, size => '1024x1024']) }), 'one tells');
    my ($one, $two) = map { numbers($both, host => $_) } qw(one two);
    is(requests($one, '/health', 'GET', 200), 3, 'one knows of its requests');
    is(requests($two, '/health', 'GET', 200), 0, 'two does not');
    is_deeply([map { $_ } grep { /calls_total|generate/ } keys %$two], [], 'two has asked nobody');
    is(total($two, 'storyimg_images_saved_total') + total($one, 'storyimg_images_saved_total'), 0, 'nothing is saved');
    my $judged = qr/operation="moderation",outcome="made"/;
    is(sum0(map { $one->{$_} } grep { /calls_total.*$judged/ } keys %$one), scalar(() = $upstream->moderations), 'judgements are calls');
    is($one->{'storyimg_upstream_calls_total{provider="openai",model="gpt-image-2",operation="image",outcome="made"}'}, 1,
        'so is a picture that is not kept');
    is_deeply([grep { /cost_unknown.*moderation/ } keys %$one], [], 'judgements cost nothing');
    my $auto = $both->request(path => '/server-status?auto', host => 'one')->{content};
    is(scalar(() = $auto =~ /^StoryImg\[\d+\]Site: \S+$/mg), 3, 'the status page tells of all sites');
};

subtest 'an index that is gone' => sub {
    my $index = $server->root . '/storyimg-state/index.sqlite3';
    rename $index, "$index.aside";
    mkdir $index;
    my $now = numbers($server);
    is($now->{storyimg_index_up}, 0, 'is told');
    cmp_ok(requests($now, '/health', 'GET', 200), '>', 220, 'and all that was counted');
    is_deeply([grep { /storyimg_(?:images|stories|jobs_open|pages|images_bytes)(?:\{|\z)/ } keys %$now], [], 'but not what only it knows');
    like($server->get('/server-status?auto')->{content}, qr/^StoryImg\[0\]ImagesSaved: \d+$/m, 'the status page is there');
    like($server->get('/server-status')->{content}, qr/<td>\?<\/td>/, 'and says what is not known');
    rmdir $index;
    rename "$index.aside", $index;
    ok(wait_for(sub { numbers($server)->{storyimg_index_up} }, 10), 'back again');
    $server->expect_log(qr/\[storyimg:(?:warn|error)\]/);
};

subtest 'server-status' => sub {
    my $now = numbers($server);
    my %auto = $server->get('/server-status?auto')->{content} =~ /^(StoryImg[\w\[\]]*): (.*)$/mg;
    is($auto{'StoryImg[0]Site'}, '127.0.0.1', 'the site');
    is($auto{StoryImgRequestsWaiting}, 0, 'who waits');
    is($auto{"StoryImg[0]Images$_->[0]"}, total($now, $_->[1]), $_->[0]) for ['Saved', 'storyimg_images_saved_total'];
    is($auto{'StoryImg[0]PagesSent'} . $auto{'StoryImg[0]PagesPending'}, '00', 'pages');
    my %made;
    /outcome="(\w+)"/ and $made{ ucfirst $1 } += $now->{$_} for grep { /upstream_calls_total/ } keys %$now;
    my %want = map { $_ => $made{$_} // 0 } qw(Made Nothing Unfit Refused Unknown);
    is_deeply({ map { /Calls(\w+)/ ? ($1 => $auto{$_}) : () } keys %auto }, \%want, 'calls by outcome');
    is($auto{'StoryImg[0]CostDollars'} + 0, sprintf('%.6f', total($now, 'storyimg_upstream_cost_dollars_total')) + 0, 'cost');
    my $html = $server->get('/server-status')->{content};
    my $row = join '', map { "<td>$_</td>" } '127.0.0.1', 0, 0, $auto{'StoryImg[0]ImagesSaved'};
    like($html, qr{<h2>Illustrated stories</h2>.*<tr>\Q$row\E}s, 'as HTML');
    like($server->get('/server-status?notable')->{content}, qr{<dt>127\.0\.0\.1</dt>\n<dd>Pages being drawn: 0</dd>}, 'without a table');
};

subtest 'nothing private' => sub {
    my ($text, @pages) = map { $server->get($_)->{content} } $metrics, '/server-status', '/server-status?auto';
    unlike($_, qr/Miriella|lantern|festival|\Q$KEY\E|some-id|character-image-|\d{13}/i, 'no name, prompt, id, file or key') for $text,
        map { s/.*?(?=StoryImg|Illustrated)//sr } @pages;
    unlike($text, qr/\Q@{[ $server->root ]}\E/, 'no folder');
};
done();
