# SPDX-License-Identifier: Apache-2.0
package StoryImg::Script;

# How the scripted upstream answers: rules of a test on top of what an OpenAI-compatible server says by itself.
#
# A rule is a JSON object. It matches by
#   path    beginning of the path             method  GET, POST
#   model   the model asked for, or deployed  word    words in the prompt, in a message or in what is moderated
#   nth     number or list: which of the calls that match so far, from 1
# and the first that matches acts:
#   delay N       seconds before anything is said
#   hang 1        nothing is ever said        reset "before"|"middle"  the connection is reset
#   cut 1         closed in the middle        drip {bytes, every}      slowly, in pieces
#   pace N        seconds between the events of a stream, each written by itself; with cut or reset "middle" half of them
#   chunked 1     no Content-Length           close 1                  closed after the answer
#   status N      with body (text or JSON), headers {}, or code and message of an OpenAI error
#   redirect URL  html 1   half_json 1   empty 1 (no images)
#   image KIND    png jpeg webp gif html svg half-png broken-base64 no-bytes; width, height: of a PNG; big N: a PNG of N megabytes
#   give url|b64  url URL: an image elsewhere
#   text "..."    what the model says         finish "..." refusal "..."
#   filter 1      Azure's content filter refuses     flag [...]  a moderation names these categories

use strict;
use warnings;

use Digest::SHA ();
use Exporter qw(import);
use JSON::PP ();
use MIME::Base64 qw(encode_base64);

use StoryImg::OpenAI qw(error_body image_family chat_content flagged_in words_of);
use StoryImg::Pictures ();

our @EXPORT_OK = qw(rule_for steps_for);

my $JSON = JSON::PP->new->utf8->canonical;
my %REASON = (200 => 'OK', 302 => 'Found', 400 => 'Bad Request', 401 => 'Unauthorized', 403 => 'Forbidden',
    404 => 'Not Found', 429 => 'Too Many Requests', 500 => 'Internal Server Error', 503 => 'Service Unavailable');
my %TYPE = (png => 'image/png', jpg => 'image/jpeg', webp => 'image/webp');
my $GONE_SOON = '2026-12-01';
my @CATEGORIES = qw(hate hate/threatening harassment harassment/threatening illicit illicit/violent self-harm self-harm/intent
    self-harm/instructions sexual sexual/minors violence violence/graphic);
my $serial = 0;

sub is_meant {
    my ($rule, $request) = @_;
    return 0 if defined $rule->{path} && index($request->{path}, $rule->{path}) != 0;
    return 0 if defined $rule->{method} && $rule->{method} ne $request->{method};
    my $body = $request->{body} // {};    # of a request that the API does not refuse
    return 0 if defined $rule->{model} && !grep { $_ eq $rule->{model} } map { $_ // '' } $body->{model}, $request->{deployed};
    return !defined $rule->{word} || index(words_of($body), $rule->{word}) >= 0;
}

# The rule that acts on this request; every rule that matches counts the call.
sub rule_for {
    my ($rules, $request) = @_;
    my $found;
    for my $rule (grep { is_meant($_, $request) } @$rules) {
        my $call = ++$rule->{seen};
        my @nth = !defined $rule->{nth} ? ($call) : ref $rule->{nth} ? @{ $rule->{nth} } : $rule->{nth};
        $found //= $rule if grep { $_ == $call } @nth;
    }
    return $found // {};
}

sub image_bytes {
    my ($rule, $body) = @_;
    my $kind = $rule->{image} // $body->{output_format} // 'png';
    return StoryImg::Pictures::big_png($rule->{big}, ++$serial) if $rule->{big};
    return StoryImg::Pictures::jpeg(++$serial) if $kind eq 'jpeg';
    return '' if $kind eq 'no-bytes';
    return StoryImg::Pictures->can($kind)->() if $kind =~ /\A(?:webp|gif|html|svg)\z/;
    my ($width, $height) = ($body->{size} // '') =~ /\A(\d+)x(\d+)\z/ ? ($1, $2) : (1024, 1024);
    my $png = StoryImg::Pictures::png($rule->{width} // $width, $rule->{height} // $height, ++$serial);
    return $kind eq 'half-png' ? substr($png, 0, length($png) / 2) : $png;
}

sub hosted {
    my ($world, $bytes) = @_;
    my $ext = StoryImg::Pictures::sniff($bytes) || 'png';
    my $path = '/img/' . ++$serial . ".$ext";
    $world->{hosted}{$path} = { bytes => $bytes, type => $TYPE{$ext} };
    return "$world->{origin}$path?sig=secret-signature";
}

sub gives_url {
    my ($rule, $body, $family) = @_;
    return $rule->{give} eq 'url' if $rule->{give};
    return ($body->{response_format} // 'url') eq 'url' if $family =~ /\Adall-e/;
    return 0;
}

# The bytes of a picture, and, if they are one, what is told of it when it was delivered.
sub picture {
    my ($world, $rule, $body) = @_;
    my $bytes = image_bytes($rule, $body);
    my $fit = StoryImg::Pictures::sniff($bytes) && ($rule->{image} // '') ne 'half-png';
    $world->{picture} = { serial => $serial, sha256 => Digest::SHA::sha256_hex($bytes) } if $fit && $world->{settings}{digest};
    return $bytes;
}

sub image_answer {
    my ($world, $rule, $body) = @_;
    my $family = image_family($body->{model});
    my %image = $family eq 'dall-e-3' ? (revised_prompt => 'A scene, revised') : ();
    if (defined $rule->{url}) {
        $image{url} = $rule->{url};
    } elsif (($rule->{image} // '') eq 'broken-base64') {
        $image{b64_json} = 'iVBORw0KGgo' . '*!*' x 400;
    } elsif (gives_url($rule, $body, $family)) {
        $image{url} = hosted($world, picture($world, $rule, $body));
    } else {
        $image{b64_json} = encode_base64(picture($world, $rule, $body), '');
    }
    my %answer = (created => time, data => $rule->{empty} ? [] : [\%image], x_unknown => { nested => [1, { deep => undef }] });
    $answer{usage} = { input_tokens => 50, output_tokens => 272, total_tokens => 322 } if $family =~ /\Agpt/;
    return \%answer;
}

sub chat_answer {
    my ($world, $rule, $body) = @_;
    my $content = $rule->{text} // chat_content($world->{settings}, $body);
    my %message = (role => 'assistant', content => $rule->{refusal} ? undef : $content, refusal => $rule->{refusal});
    return {
        id => 'chatcmpl-' . ++$serial, object => 'chat.completion', created => time, model => "$body->{model}-2026-08-01",
        choices => [{ index => 0, message => \%message, finish_reason => $rule->{finish} // 'stop', logprobs => undef }],
        usage => { prompt_tokens => 200, completion_tokens => 300, total_tokens => 500 },
    };
}

sub chat_stream {
    my ($answer) = @_;
    my %head = (%$answer{qw(id created model)}, object => 'chat.completion.chunk');
    my $message = $answer->{choices}[0]{message};
    my @deltas = map { { content => $_ } } ($message->{content} // '') =~ /(.{1,40})/gs;
    push @deltas, { refusal => $message->{refusal} } if $message->{refusal};
    my @events = map { { %head, choices => [{ index => 0, delta => $_, finish_reason => undef }] } } @deltas;
    push @events, { %head, choices => [{ index => 0, delta => {}, finish_reason => $answer->{choices}[0]{finish_reason} }] };
    return join '', (map { 'data: ' . $JSON->encode($_) . "\n\n" } @events), "data: [DONE]\n\n";
}

# Of one text, or of a list of parts.
sub verdict {
    my ($world, $rule, $input) = @_;
    my @found = (@{ $rule->{flag} // [] }, flagged_in($world->{settings}, words_of({ input => $input })) ? 'violence' : ());
    my %found = map { $_ => 1 } @found;
    my @kinds = ref $input ? map { $_->{type} =~ s/_url//r } @$input : 'text';
    return {
        flagged => @found ? JSON::PP::true : JSON::PP::false,
        categories => { map { $_ => $found{$_} ? JSON::PP::true : JSON::PP::false } @CATEGORIES, @found },
        category_scores => { map { $_ => $found{$_} ? 0.97 : 0.00001 } @CATEGORIES, @found },
        category_applied_input_types => { map { $_ => $found{$_} ? \@kinds : [] } @CATEGORIES, @found },
    };
}

# A list of texts is several questions.
sub moderation_answer {
    my ($world, $rule, $body) = @_;
    my $input = $body->{input};
    my @asked = ref $input && !ref $input->[0] ? @$input : $input;
    return { id => 'modr-' . ++$serial, model => $body->{model}, results => [map { verdict($world, $rule, $_) } @asked] };
}

sub models_answer {
    my ($world) = @_;
    my @names = map { @{ $world->{settings}{$_} } } qw(chat_models image_models);
    return { object => 'list', data => [map { {
        id => $_, object => 'model', created => 1, owned_by => 'test', shutdown_date => $_ eq 'gpt-image-1-mini' ? $GONE_SOON : undef,
    } } @names] };
}

sub default_answer {
    my ($world, $rule, $request) = @_;
    my ($path, $body) = @$request{qw(path body)};
    if (my $file = $world->{hosted}{$path}) {
        return (403, 'application/xml', '<Error><Code>AuthenticationFailed</Code></Error>')
            if grep { defined $request->{headers}{$_} } qw(authorization api-key);
        return (200, $file->{type}, $rule->{image} || $rule->{big} ? image_bytes($rule, {}) : $file->{bytes});
    }
    return (404, 'text/plain', "gone\n") if $path =~ m{\A/img/};
    return (200, 'image/png', image_bytes($rule, { size => '64x64' })) if $path =~ m{\A/elsewhere/};
    return (200, 'application/json', $JSON->encode(models_answer($world))) if $path eq '/v1/models';
    my $api = $request->{api} // $path;
    return (200, 'application/json', $JSON->encode(image_answer($world, $rule, $body))) if $api =~ m{\A/v1/images/};
    return (200, 'application/json', $JSON->encode(moderation_answer($world, $rule, $body))) if $api eq '/v1/moderations';
    my $answer = chat_answer($world, $rule, $body);
    return (200, 'text/event-stream', chat_stream($answer)) if $body->{stream};
    return (200, 'application/json', $JSON->encode($answer));
}

sub error_answer {
    my ($rule) = @_;
    my $body = $rule->{body};
    return ($rule->{status}, 'application/json', $JSON->encode($body)) if ref $body;
    return ($rule->{status}, 'text/plain', $body) if defined $body;
    my $error = error_body($rule->{message} // 'scripted', $rule->{param}, $rule->{code}, $rule->{type} // 'server_error');
    return ($rule->{status}, 'application/json', $JSON->encode($error));
}

# What Azure says when its content filter refuses a prompt.
sub filter_answer {
    my ($rule) = @_;
    my %found = map { $_ => { filtered => JSON::PP::false, severity => 'safe' } } qw(hate self_harm sexual);
    $found{violence} = { filtered => JSON::PP::true, severity => 'medium' };
    my $message = "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. "
        . 'Please modify your prompt and retry.';
    return (400, 'application/json', $JSON->encode({ error => { code => $rule->{code} // 'content_filter', message => $message,
        param => 'prompt', type => undef, status => 400,
        innererror => { code => 'ResponsibleAIPolicyViolation', content_filter_result => \%found } } }));
}

sub answer_for {
    my ($world, $rule, $request) = @_;
    return (302, 'text/plain', "moved\n", Location => $rule->{redirect}) if $rule->{redirect};
    return ($rule->{status} // 200, 'text/html', StoryImg::Pictures::html()) if $rule->{html};
    return filter_answer($rule) if $rule->{filter};
    return error_answer($rule) if $rule->{status};
    return (200, 'application/json', $rule->{body}) if defined $rule->{body};
    my ($status, $type, $body) = default_answer($world, $rule, $request);
    return ($status, $type, $rule->{half_json} ? substr($body, 0, length($body) / 2) : $body);
}

sub head_of {
    my ($status, $headers) = @_;
    my $reason = $REASON{$status} // 'Status';
    return join "\r\n", "HTTP/1.1 $status $reason", (map { "$_: $headers->{$_}" } sort keys %$headers), '', '';
}

sub in_chunks { return join '', map { sprintf("%x\r\n%s\r\n", length, $_) } unpack '(a8000)*', $_[0] }

# The body as it goes over the wire: in one part, or an event each.
sub wire_parts {
    my ($rule, $type, $body) = @_;
    my @parts = $rule->{pace} && $type eq 'text/event-stream' ? $body =~ /(.+?\n\n|.+)/gs : $body;
    return @parts if !$rule->{chunked};
    @parts = map { in_chunks($_) } @parts;
    $parts[-1] .= "0\r\n\r\n";
    return @parts;
}

sub half_of {
    my (@parts) = @_;
    return @parts > 1 ? @parts[0 .. @parts / 2 - 1] : substr $parts[0], 0, length($parts[0]) / 2;
}

sub written {
    my ($pause, @pieces) = @_;
    return map { (['write', $_], $pause ? ['wait', $pause] : ()) } @pieces;
}

sub body_steps {
    my ($rule, $told, @parts) = @_;
    my $pause = @parts > 1 ? $rule->{pace} : 0;
    return (written($pause, half_of(@parts)), ['wait', 0.05], ['reset']) if ($rule->{reset} // '') eq 'middle';
    return (written($pause, half_of(@parts)), ['close']) if $rule->{cut};
    my @end = (['told', $told], [$rule->{close} ? 'close' : 'done']);
    ($pause, @parts) = ($rule->{drip}{every}, unpack "(a$rule->{drip}{bytes})*", join '', @parts) if $rule->{drip};
    my $last = pop @parts // '';    # no pause after it: who has it may close the connection at once
    return (written($pause, @parts), ['write', $last], @end);
}

sub usual_delay {
    my ($settings, $path) = @_;
    my ($found) = grep { index($path, $_) == 0 } sort { length $b <=> length $a } keys %{ $settings->{delay} };
    return defined $found ? $settings->{delay}{$found} : 0;
}

# What to do, in order: [wait s], [drew {serial, sha256}] (a picture begins), [write bytes], [hang], [reset],
# [told {status, serial, sha256}] (all of it was written), [close], [done].
# world: {settings, origin, hosted {path => {bytes, type}}, picture (of the answer being made)}
sub steps_for {
    my ($world, $rule, $request) = @_;
    my $delay = $rule->{delay} // usual_delay($world->{settings}, $request->{path});
    my @steps = $delay ? ['wait', $delay] : ();
    return (@steps, ['hang']) if $rule->{hang};
    return (@steps, ['reset']) if ($rule->{reset} // '') eq 'before';
    delete $world->{picture};
    my ($status, $type, $body, %more) = answer_for($world, $rule, $request);
    my %headers = ('Content-Type' => $type, %more, %{ $rule->{headers} // {} });
    $headers{Connection} = 'close' if $rule->{close};
    $headers{ $rule->{chunked} ? 'Transfer-Encoding' : 'Content-Length' } = $rule->{chunked} ? 'chunked' : length $body;
    push @steps, ['drew', $world->{picture}] if $world->{picture};
    my %told = (status => $status, $rule->{half_json} || $rule->{empty} ? () : %{ $world->{picture} // {} });
    my @parts = $request->{method} eq 'HEAD' ? '' : wire_parts($rule, $type, $body);
    return (@steps, ['write', head_of($status, \%headers)], body_steps($rule, \%told, @parts));
}

1;
