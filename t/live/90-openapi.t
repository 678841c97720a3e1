#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# docs/openapi.yaml is true: its paths are the route table, its request members are the reader's tables, its answers are what a running
# server really says.

use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";

use JSON::PP ();
use Test::More;

use StoryImg::Conf ();
use StoryImg::Events ();
use StoryImg::Form qw(write_form);
use StoryImg::Jobs;
use StoryImg::Pictures ();
use StoryImg::Schema qw(resolve errors kind_of);
use StoryImg::Server;
use StoryImg::Test;
use StoryImg::Yaml ();

my $JSON = JSON::PP->new->utf8->canonical;

sub source {
    my ($path) = @_;
    open my $in, '<:encoding(UTF-8)', "$StoryImg::Conf::PROJECT/$path" or die "$path: $!\n";
    local $/;
    return scalar <$in>;
}

my $api = eval { StoryImg::Yaml::parse(source('docs/openapi.yaml')) };
ok($api, 'docs/openapi.yaml can be read') or BAIL_OUT($@);
my $schemas = $api->{components}{schemas};

subtest 'the reader of YAML' => sub {
    my $text = qq{a: 1\nb:\n  - x\n  - c: "y: z"\n    d:\n      e: true\n  - "1"\nf: >-\n  two\n  lines\ng: null\nh: []\n};
    my %data = (a => 1, b => ['x', { c => 'y: z', d => { e => JSON::PP::true } }, '1'], f => 'two lines', g => undef, h => []);
    is_deeply(StoryImg::Yaml::parse($text), \%data, 'reads what it should');
    for my $bad ("a: 1\na: 2\n", "a:\n", "a: [1]\n", "a: yes\n", "a: b: c\n", "a: 2026-01-01\n", "a: &x 1\n", "a: 'x'\n",
        "a: 1\n   b: 2\n", "a: \"x\n", "a:\n  - x\n   - y\n", "a: |\n  x\n", "\ta: 1\n", "a: 1 # one\n") {
        ok(!eval { StoryImg::Yaml::parse($bad); 1 }, 'refuses ' . $bad =~ s/\n/ | /gr);
    }
};

subtest 'the checker of schemas' => sub {
    my $fails = sub { my ($schema, $value) = @_; return scalar(() = errors($api, $schema, $value)) };
    my %object = (type => 'object', required => ['a'], properties => { a => { type => 'integer', minimum => 1, maximum => 3 } });
    is($fails->(\%object, { a => 2, b => 1 }), 0, 'fits');
    is($fails->({ %object, additionalProperties => JSON::PP::false }, { a => 2, b => 1 }), 1, 'one member too many');
    is(scalar(errors($api, \%object, { a => 2, b => 1 }, strict => 1)), 1, 'the same when it is strict');
    is($fails->(@$_), 1, $JSON->encode($_)) for [\%object, {}], [\%object, { a => 4 }], [\%object, { a => '2' }], [\%object, []],
        [{ type => 'string', pattern => '^x$' }, 'y'], [{ enum => ['a'] }, 'b'], [{ const => JSON::PP::true }, JSON::PP::false],
        [{ type => 'array', items => { type => 'null' } }, [undef, 1]], [{ type => 'array', maxItems => 1 }, [1, 2]],
        [{ type => 'string', minLength => 2 }, 'x'], [{ oneOf => [{ type => 'string' }, { minLength => 1 }] }, 'x'],
        [{ '$ref' => '#/components/schemas/Sha256' }, 'x'], [{ surprise => 1 }, 1];
    is($fails->({ anyOf => [{ type => 'string' }, { type => 'null' }] }, 7), 3, 'no choice of anyOf');
};

# Every reference leads somewhere.
sub references {
    my ($node) = @_;
    return map { references($_) } @$node if ref $node eq 'ARRAY';
    return if ref $node ne 'HASH';
    return map { $_ eq '$ref' && !ref $node->{$_} ? $node->{$_} : references($node->{$_}) } sort keys %$node;
}

subtest 'whole' => sub {
    is($api->{openapi}, '3.1.0', 'OpenAPI 3.1');
    my ($version) = source('configure.ac') =~ /AC_INIT\(\[mod_storyimg\], \[([^\]]+)\]/;
    is($api->{info}{version}, $version, 'of this version');
    my %used = map { $_ => 1 } references($api);
    ok(eval { resolve($api, $_); 1 }, $_) for sort keys %used;
    my %kinds = %{ $api->{components} };
    my @all = map { my $kind = $_; map { "#/components/$kind/$_" } sort keys %{ $kinds{$kind} } } sort keys %kinds;
    is_deeply([grep { !$used{$_} } @all], [], 'no component that nothing uses');
};

sub parameters { my ($operation) = @_; return map { $_->{'$ref'} ? resolve($api, $_->{'$ref'}) : $_ } @{ $operation->{parameters} // [] } }

subtest 'routes' => sub {
    my %flags = source('mod_storyimg/api/dispatch.c') =~ /^\s+\{ ("[A-Z]+", "[^"]+"), simg_api_\w+, ([A-Z0-9| ]+) \},$/mg;
    my @described = map { my $path = $_; map { sprintf '"%s", "%s"', uc, $path } keys %{ $api->{paths}{$path} } } keys %{ $api->{paths} };
    cmp_ok(scalar keys %flags, '>', 10, 'a table');
    is_deeply([sort @described], [sort keys %flags], 'the same as described');
    for my $path (sort keys %{ $api->{paths} }) {
        for my $method (sort keys %{ $api->{paths}{$path} }) {
            my $operation = $api->{paths}{$path}{$method};
            my $flags = $flags{ sprintf '"%s", "%s"', uc $method, $path } // '';
            my @parameters = parameters($operation);
            my @named = sort map { $_->{name} } grep { $_->{in} eq 'path' } @parameters;
            is_deeply(\@named, [sort $path =~ /\{(\w+)\}/g], "$operation->{operationId}: parameters of the path");
            ok(scalar(grep { /\A2/ } keys %{ $operation->{responses} }) && $operation->{responses}{default}, 'success and failure');
            is(scalar(grep { $_->{name} eq 'Idempotency-Key' } @parameters), $flags =~ /COSTS/ ? 1 : 0, 'a key where it costs money');
            ok($operation->{responses}{503} || $flags !~ /WAITS/, '503 where too many may wait');
        }
    }
};

# The rows of a table of members, as {name => {kind, required, low, high, members}}.
sub table {
    my ($code, $name) = @_;
    my ($rows) = $code =~ /simg_member\s+$name\[\]\s*=\s*\{(.*?)\n\};/s or die "no table $name\n";
    my %rows;
    while ($rows =~ /\{\s*"(\w+)",\s*SIMG_MEMBER_(\w+),\s*(\d),\s*(\d+),\s*(\d+),\s*AT\([^)]*\),\s*(\w+),[^}]*\}/g) {
        $rows{$1} = { kind => $2, required => $3, low => $4, high => $5, members => $6 };
    }
    my $count = () = $rows =~ /\{\s*"/g;
    die "table $name: a row that this test cannot read\n" if $count != keys %rows || !$count;
    return \%rows;
}

my %TABLE_OF = (Character => 'simg_character_members', Sister => 'sister_members');
my ($texts_max) = source('mod_storyimg/base/reader.c') =~ /^#define TEXTS_MAX (\d+)$/m;

# What a row of the table looks like in a schema.
my %text = (TEXT => 1, NAME => 1, TOKEN => 1);
sub bounds_of_row {
    my ($row) = @_;
    return { type => 'string', minLength => $row->{low}, maxLength => $row->{high} } if $text{ $row->{kind} };
    return { type => 'integer', minimum => $row->{low}, maximum => $row->{high} } if $row->{kind} eq 'INTEGER';
    return { type => 'boolean' } if $row->{kind} eq 'BOOLEAN';
    return { members => $row->{members} } if $row->{kind} eq 'OBJECT';
    return { type => 'array', maxItems => $row->{high}, items => { members => $row->{members} } } if $row->{kind} eq 'OBJECTS';
    return { type => 'array', maxItems => $texts_max, items => { type => 'string', minLength => 1, maxLength => $row->{high} } };
}

sub bounds_of_schema {
    my ($schema) = @_;
    return { members => $TABLE_OF{ $schema->{'$ref'} =~ s{.*/}{}r } } if $schema->{'$ref'};
    my %bounds = map { $_ => $schema->{$_} } grep { exists $schema->{$_} } qw(type minLength maxLength minimum maximum maxItems);
    $bounds{items} = bounds_of_schema($schema->{items}) if $schema->{items};
    return \%bounds;
}

subtest 'request members' => sub {
    my $code = join '', map { source("mod_storyimg/$_.c") } 'api/order', 'api/analysis', 'story/character';
    my ($looks) = $code =~ /^#define LOOKS\b((?:.*\\\n)+.*\n)/m;
    $looks =~ s/\\\n/\n/g;
    $code =~ s/^    LOOKS,\n/$looks/mg;
    my %tables = (%TABLE_OF, StoryOrder => 'story_members', SuggestionOrder => 'suggestion_members', SingleOrder => 'single_members',
        PortraitOrder => 'portrait_members', CharacterQuestion => 'with_traits', ImageQuestion => 'image_alone');
    for my $name (sort keys %tables) {
        my ($rows, $schema) = (table($code, $tables{$name}), $schemas->{$name});
        is_deeply({ map { $_ => bounds_of_schema($schema->{properties}{$_}) } keys %{ $schema->{properties} } },
            { map { $_ => bounds_of_row($rows->{$_}) } keys %$rows }, "$name: members and bounds");
        is_deeply([sort @{ $schema->{required} }], [sort grep { $rows->{$_}{required} } keys %$rows], "$name: what is required");
        ok(kind_of($schema->{additionalProperties}) eq 'boolean' && !$schema->{additionalProperties}, "$name: and no more");
    }
    my ($pages) = $code =~ /^#define PAGES_DEFAULT (\d+)$/m;
    is($schemas->{StoryOrder}{properties}{pages}{default}, $pages, 'pages: the default');
    my ($known) = $code =~ /known\[\] = \{ ((?:"\w+", )+)NULL \}/;
    is_deeply($schemas->{StoryOrder}{properties}{quality}{enum}, [($known // '') =~ /"(\w+)"/g], 'quality: what is known');
};

subtest 'problems' => sub {
    my @codes = source('mod_storyimg/base/problem.c') =~ /\{ "([a-z-]+)", \d{3}, /g;
    is_deeply($schemas->{ProblemCode}{enum}, \@codes, 'the list of codes');
};

sub fits {
    my ($value, $schema, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my @wrong = errors($api, $schema, $value, strict => 1);
    return ok(!@wrong, $name) || diag(join "\n", @wrong);
}

sub contents {
    my ($node, $path) = @_;
    return if ref $node ne 'HASH';
    return [$node, $path] if $node->{schema} && exists $node->{example};
    return map { contents($node->{$_}, "$path/$_") } sort keys %$node;
}

subtest 'examples' => sub {
    my @examples = map { contents(@$_) } [$api->{paths}, 'paths'], [$api->{components}{responses}, 'responses'];
    cmp_ok(scalar @examples, '>=', 6, 'there are some');
    fits($_->[0]{example}, $_->[0]{schema}, $_->[1]) for @examples;
};

my $server = StoryImg::Server->new->start;

# An answer is as the description of its operation says: status, type, members.
sub answers {
    my ($path, $response, $status, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my ($route, $method) = @$path;
    my $responses = $api->{paths}{$route}{$method}{responses};
    my $described = $responses->{$status} // $responses->{default};
    $described = resolve($api, $described->{'$ref'}) if $described->{'$ref'};
    is($response->{status}, $status, "$name: $status");
    my ($type) = ($response->{headers}{'content-type'} // '') =~ /\A([^;\s]+)/;
    return is($response->{content}, '', "$name: nothing more") if !$described->{content};
    my $content = $described->{content}{ $type // '' };
    return fail("$name: the type " . ($type // 'that is missing') . ' is not described') if !$content;
    return fits($response->{json} // $response->{content}, $content->{schema}, "$name: as described");
}

sub posting { my ($data, $path) = @_; return $server->post_json("/api$path", $data) }

my %example = map { $_ => $api->{paths}{$_}{post}{requestBody}{content}{'application/json'}{example} }
    '/stories/generate', '/stories/suggestions';
my $told;

subtest 'answers' => sub {
    answers(['/health', 'get'], $server->get('/api/health'), 200, 'health');
    answers(['/metrics', 'get'], $server->get('/api/metrics'), 200, 'metrics');
    $told = posting({ %{ $example{'/stories/generate'} }, storyId => 'first', pages => 2, size => '256x256' }, '/stories/generate');
    answers(['/stories/generate', 'post'], $told, 200, 'a story with pictures');
    is(scalar @{ $told->{json}{data}{illustrations} // [] }, 2, 'two of them');
    my %boat = (character => { name => 'Noor' }, prompt => 'A boat');
    my %drawn = (generateIllustrations => JSON::PP::true, pages => 1, size => '256x256');
    my $looks = posting({ %boat, %drawn, characterDescriptor => 'red hair' }, '/stories/generate');
    answers(['/stories/generate', 'post'], $looks, 200, 'one with a descriptor');
    answers(['/stories/generate', 'post'], posting(\%boat, '/stories/generate'), 200, 'one without pictures');
    my $ideas = posting($example{'/stories/suggestions'}, '/stories/suggestions');
    answers(['/stories/suggestions', 'post'], $ideas, 200, 'suggestions');
    answers(['/stories', 'get'], $server->get('/api/stories'), 200, 'stories');
    answers(['/stories/{id}', 'get'], $server->get('/api/stories/first'), 200, 'one story');
    answers(['/images/generated', 'get'], $server->get("/api/images/generated?$_"), 200, "images?$_")
        for '', 'limit=1', 'kind=consistent', 'q=zzz';
    my $file = ($told->{json}{data}{illustrations}[0]{localUrl} // '') =~ s{.*/}{}r;
    answers(['/images/generated/{filename}', 'get'], $server->get("/api/images/generated/$file"), 200, 'one image');
};

sub uploading {
    my ($site, @parts) = @_;
    my ($type, $body) = write_form(@parts);
    return $site->request(method => 'POST', path => '/api/upload', headers => { 'Content-Type' => $type }, body => $body);
}

my %photo = (name => 'character-image', filename => 'hero.png', type => 'image/png', bytes => StoryImg::Pictures::png(300, 200, 'hero'));

my @looking = ('/character/analyze-image', '/images/analyze-character-image');
my %single = map { $_ => "/images/$_" } 'generate-illustration', 'generate-character-consistent-illustration', 'generate-with-gpt-image-1';

subtest 'a hero with a picture' => sub {
    my $uploaded = uploading($server, \%photo, { name => 'subject', bytes => 'family-4711' });
    answers(['/upload', 'post'], $uploaded, 200, 'an upload');
    my $path = $uploaded->{json}{path} // 'none';
    answers([$_, 'post'], posting({ imageUrl => $path }, $_), 200, $_) for $looking[0], @looking;
    my %hero = (character => { name => 'Noor', imageUrl => $path }, size => '256x256', subject => 'family-4711');
    my $told = posting({ %hero, prompt => 'A boat', pages => 1, generateIllustrations => JSON::PP::true }, '/stories/generate');
    answers(['/stories/generate', 'post'], $told, 200, 'a story with the hero');
    my %scene = (%hero, sceneDescription => 'Noor waves from the boat.');
    answers([$_, 'post'], posting(\%scene, $_), $_ =~ /gpt-image/ ? 503 : 200, $_) for sort values %single;
    my $portrait = '/images/generate-character-portrait';
    answers([$portrait, 'post'], posting(\%hero, $portrait), 200, 'a portrait');
    answers(['/images/generated', 'get'], $server->get('/api/images/generated?kind=portrait'), 200, 'listed');
    my $erase = ['/subjects/{subject}', 'delete'];
    my $erased = $server->request(no_body('DELETE', '/api/subjects/family-4711'));
    answers($erase, $erased, 200, 'all of it erased');
    is_deeply([map { $erased->{json}{data}{$_} } 'uploads', 'descriptors'], [1, 1], 'the picture and its description');
    answers($erase, $server->request(no_body('DELETE', '/api/subjects/family-4711')), 200, 'once more: nothing is left');
    answers($erase, $server->request(no_body('DELETE', '/api/subjects/' . 'x' x 129)), 400, 'no subject');
    answers(['/character/analyze-image', 'post'], posting({ imageUrl => $path }, '/character/analyze-image'), 404, 'the picture is gone');
    $server->expect_log(qr/illustrator-unavailable/);
};

subtest 'drawn from the picture' => sub {
    my ($site, $upstream) = stack(illustrator => 'openai/gpt-image-2', conf => "StoryImgImageAnalysis off\n");
    my $path = uploading($site, \%photo)->{json}{path};
    my %order = (character => { name => 'Noor', imageUrl => $path }, sceneDescription => 'Noor waves.', size => '1024x1024');
    for my $route (@single{ 'generate-with-gpt-image-1', 'generate-character-consistent-illustration' }) {
        my $drawn = $site->post_json("/api$route", \%order);
        answers([$route, 'post'], $drawn, 200, $route);
        ok($drawn->{json}{data}{characterReferenced}, 'the picture itself went there');
    }
    answers([$_, 'post'], $site->post_json("/api$_", { imageUrl => $path }), 503, "$_: turned off") for @looking;
    $upstream->rules({ path => '/v1/images/', status => 400, code => 'moderation_blocked' });
    my $route = $single{'generate-with-gpt-image-1'};
    answers([$route, 'post'], $site->post_json("/api$route", \%order), 422, 'refused');
    $site->expect_log(qr/\[storyimg:(?:warn|error)\]/);
    $site->stop;
};

# The events of a stream, as their schema shows them.
sub told_live {
    my ($path, $stream, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my @events = map { { event => $_->{name}, data => $_->{data}, defined $_->{id} ? (id => 0 + $_->{id}) : () } } $stream->all;
    my %response = (status => $stream->status, headers => { 'content-type' => $stream->header('content-type') }, json => \@events);
    answers($path, \%response, 200, $name);
    return join ' ', map { $_->{event} } @events;
}

my $job = '/stories/illustrations/job/{id}';
my %live = (character => { name => 'Noor' }, prompt => 'A boat', generateIllustrations => JSON::PP::true, pages => 2, size => '256x256');

subtest 'jobs' => sub {
    my $first = $server->post_json('/api/stories/generate', { %live, async => JSON::PP::true }, 'Idempotency-Key' => 'once');
    answers(['/stories/generate', 'post'], $first, 202, 'a story whose pictures follow');
    my $id = $first->{json}{data}{metadata}{illustrationJobId} // 'none';
    is($first->{headers}{location}, job_path($id), 'and where');
    my $again = $server->post_json('/api/stories/generate', { %live, async => JSON::PP::true }, 'Idempotency-Key' => 'once');
    answers(['/stories/generate', 'post'], $again, 202, 'once more');
    is_deeply([map { $_->{headers}{'idempotency-replayed'} } $first, $again], [undef, 'true'], 'which is said');
    answers([$job, 'get'], $server->get(job_path($id)), 200, 'a job');
    like(told_live(["$job/events", 'get'], events($server, $id), 'its events'), qr/illustration.* done\z/, 'to the end');
    my $count = 0 + events($server, $id)->all;
    answers(["$job/events", 'get'], $server->get(job_path($id, '/events'), 'Last-Event-ID' => $count), 204, 'no more of them');
    wait_job($server, $id);
    answers([$job, 'get'], $server->get(job_path($id)), 200, 'a job that is over');
    answers(['/stories/illustrations/jobs', 'get'], $server->get('/api/stories/illustrations/jobs'), 200, 'the list');
    answers([$job, 'delete'], $server->request(no_body('DELETE', job_path($id))), 409, 'too late');
    answers(["$job/retry", 'post'], $server->request(no_body('POST', job_path($id, '/retry'))), 409, 'nothing is missing');
};

subtest 'a story, live' => sub {
    my $open = sub { return StoryImg::Events->open($server->port, %{ $server->posting('/api/stories/generate', @_) }) };
    like(told_live(['/stories/generate', 'post'], $open->(\%live), 'with pictures'), qr/\Atext .*story status .*illustration.* done\z/,
        'words, story, pictures');
    like(told_live(['/stories/generate', 'post'], $open->({ %live, generateIllustrations => JSON::PP::false }), 'without'),
        qr/\Atext .*story done\z/, 'words and story');
};

subtest 'what goes wrong in a job' => sub {
    my ($site, $upstream) = stack();
    $upstream->rules({ path => '/v1/images/', status => 401, code => 'invalid_api_key' });
    my (undef, $id) = tell_async($site, pages => 2);
    wait_job($site, $id);
    answers([$job, 'get'], $site->get(job_path($id)), 200, 'a job that failed');
    like(told_live(["$job/events", 'get'], events($site, $id), 'its events'), qr/problem.* done\z/, 'problems');
    $upstream->rules({ path => '/v1/images/', delay => 2 });
    my $retried = $site->request(no_body('POST', job_path($id, '/retry')));
    answers(["$job/retry", 'post'], $retried, 202, 'tried again');
    is($retried->{headers}{location}, job_path($id), 'at the same place');
    answers([$job, 'delete'], $site->request(no_body('DELETE', job_path($id))), 200, 'cancelled');
    answers([$job, 'get'], $site->get(job_path($id)), 200, 'a job that is cancelled');
    wait_job($site, $id);
    $upstream->rules({ path => '/v1/chat/', reset => 'middle' });
    my $stream = StoryImg::Events->open($site->port, %{ $site->posting('/api/stories/generate', \%live) });
    like(told_live(['/stories/generate', 'post'], $stream, 'a story that breaks off'), qr/\Atext .*problem done\z/, 'says so');
    $site->expect_log(qr/\[storyimg:(?:warn|error)\]/);
    $site->stop;
};

subtest 'lists' => sub {
    my $first = $server->get('/api/images/generated?limit=1');
    ok($first->{headers}{etag} && $first->{headers}{link}, 'ETag and Link');
    my $same = $server->get('/api/images/generated?limit=1', 'If-None-Match' => $first->{headers}{etag});
    is("$same->{status}$same->{content}", '304', '304 without a body');
    for my $path ('/images/generated', '/stories', '/stories/illustrations/jobs') {
        my ($limit) = map { $_->{schema} } grep { $_->{name} eq 'limit' } parameters($api->{paths}{$path}{get});
        my ($low, $high) = @$limit{qw(minimum maximum)};
        is($server->get("/api$path?limit=$_->[0]")->{status}, $_->[1], "$path?limit=$_->[0]")
            for [$low, 200], [$high, 200], [$low - 1, 400], [$high + 1, 400];
    }
};

subtest 'refusals' => sub {
    my $path = '/stories/generate';
    answers([$path, 'post'], posting({ prompt => 'x' }, $path), 400, 'a missing member');
    answers([$path, 'post'], posting($told->{json}{data}, $path), 400, 'unknown members');
    answers([$path, 'post'], posting({ %{ $example{$path} }, storyId => 'first' }, $path), 409, 'an id that is taken');
    answers([$path, 'post'], posting('x' x 300_000, $path), 413, 'a large body');
    answers([$path, 'post'], $server->post_json("/api$path", '{}', 'Content-Type' => 'text/plain'), 415, 'another type');
    answers(['/images/generated', 'get'], $server->get('/api/images/generated?limit=x'), 400, 'a wrong query');
    answers(['/images/generated', 'get'], $server->get('/api/images/generated?cursor=x'), 400, 'a wrong cursor');
    answers(['/images/generated/{filename}', 'get'], $server->get('/api/images/generated/none.png'), 404, 'no image');
    answers(['/stories/{id}', 'get'], $server->get('/api/stories/none'), 404, 'no story');
    answers([$job, 'get'], $server->get(job_path('none')), 404, 'no job');
    answers([$job, 'delete'], $server->request(no_body('DELETE', job_path('none'))), 404, 'no job to cancel');
    answers(["$job/events", 'get'], $server->get(job_path('none', '/events')), 404, 'no events');
    answers(["$job/retry", 'post'], $server->request(no_body('POST', job_path('none', '/retry'))), 404, 'no job to try again');
    my $key = sub { return $server->post_json("/api$path", { %{ $example{$path} }, pages => $_[1] }, 'Idempotency-Key' => $_[0]) };
    answers([$path, 'post'], $key->('not a key', 1), 400, 'a key that is none');
    answers([$path, 'post'], $key->('once', 12), 422, 'the key of another body');
    answers(['/upload', 'post'], uploading($server, { %photo, %{ $_->[1] } }), $_->[0], "an upload: $_->[0]")
        for [400, { name => 'image' }], [413, { bytes => 'x' x 6_000_000 }], [415, { bytes => StoryImg::Pictures::svg() }];
    answers([$_, 'post'], posting({ imageUrl => '/etc/passwd' }, $_), 400, "$_ of another file") for @looking;
    answers([$_, 'post'], posting({ character => { name => 'Noor' } }, $_), 400, "$_: no scene") for sort values %single;
    my $wrong = $server->request(method => 'DELETE', path => '/api/health', body => '');
    answers(['/health', 'get'], $wrong, 405, 'a wrong method');
    is($wrong->{headers}{allow}, 'GET, HEAD', 'with Allow');
};

# What the schemas allow at their very bounds, the reader takes; what they refuse, it refuses.
subtest 'the schema and the reader agree' => sub {
    my $send = sub { my (%more) = @_; return ({ character => { name => 'Mia' }, prompt => 'x', %more }) };
    for my $case ([$send->(prompt => 'x' x 4000), 1], [$send->(prompt => 'x' x 4001), 0], [$send->(pages => 13), 0],
        [$send->(size => 'auto'), 1], [$send->(size => '64x4096'), 1], [$send->(size => 'big'), 0],
        [$send->(quality => 'hd'), 1], [$send->(quality => 'best'), 0],
        [$send->(character => { name => 'x' x 100, age => 120 }), 1], [$send->(character => { name => 'Mia', age => 121 }), 0],
        [$send->(storyId => 'a.b~c:d@e+f=g,h-i_j'), 1], [$send->(storyId => 'a b'), 0], [$send->(more => 1), 0]) {
        my ($order, $good) = @$case;
        my $name = substr $JSON->encode($order), 0, 90;
        is(scalar(errors($api, $schemas->{StoryOrder}, $order)) ? 0 : 1, $good, "the schema: $name");
        is(posting($order, '/stories/generate')->{status}, $good ? 200 : 400, 'the reader too');
    }
};

done();
