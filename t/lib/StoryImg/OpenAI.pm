# SPDX-License-Identifier: Apache-2.0
package StoryImg::OpenAI;

# What an OpenAI-compatible server accepts and says: as strict as the real one, so that a request which passes here is one that
# the real server takes. Pure functions of (settings, request); no input or output.

use strict;
use warnings;

use B ();
use Exporter qw(import);
use JSON::PP ();

our @EXPORT_OK = qw(default_settings check_key check_image check_chat image_family chat_content error_body);

my @GPT = qw(model prompt n size quality output_format output_compression background moderation stream partial_images user);
my %FAMILY = (
    'dall-e-2' => {
        members => [qw(model prompt n size quality response_format user)],
        size => [qw(256x256 512x512 1024x1024)], quality => ['standard'], limit => 1000, most => 10,
    },
    'dall-e-3' => {
        members => [qw(model prompt n size quality response_format style user)],
        size => [qw(1024x1024 1792x1024 1024x1792)], quality => [qw(standard hd)], limit => 4000, most => 1,
    },
    'gpt-image-1' => {
        members => \@GPT, size => [qw(1024x1024 1536x1024 1024x1536 auto)],
        quality => [qw(low medium high auto)], limit => 32_000, most => 10,
    },
    'gpt-image-2' => { members => \@GPT, quality => [qw(low medium high auto)], limit => 32_000, most => 10 },
    'unknown' => { members => [qw(model prompt size n)], limit => 32_000, most => 10 },
);
my %ENUM = (
    response_format => [qw(url b64_json)], style => [qw(vivid natural)], output_format => [qw(png jpeg webp)],
    background => [qw(transparent opaque auto)], moderation => [qw(low auto)],
);
my %CHAT = map { $_ => 1 } qw(model messages stream stream_options response_format temperature top_p max_tokens
    max_completion_tokens n stop seed user metadata store reasoning_effort verbosity service_tier);
my @NOT_REASONING = qw(temperature top_p max_tokens);

sub default_settings {
    return {
        keys => ['sk-test-0123456789abcdef'],
        structured => 'yes',    # yes; refuse: 400 for response_format; ignore: plain text all the same
        form => 'pages',        # of plain text: pages, or prose
        pages => 0,             # of a story; 0: what the prompt says
        image_models => [qw(dall-e-2 dall-e-3 gpt-image-1 gpt-image-1-mini gpt-image-1.5 gpt-image-2 gpt-image-2.6-flare sd-local)],
        chat_models => [qw(gpt-6-luna gpt-6.1 gpt-5 gpt-4o local-llama)],
        reasoning => [qw(gpt-6-luna gpt-6.1 gpt-5)],
        digest => 0,            # 1: the log tells the hash of each picture that was delivered
        delay => {},            # seconds by path, e.g. {"/v1/images/generations": 5, "/img/": 0.1}
    };
}

sub error_body {
    my ($message, $param, $code, $type) = @_;
    return { error => { message => $message, type => $type // 'invalid_request_error', param => $param, code => $code } };
}

sub refuse {
    my ($status, $message, $param, $code) = @_;
    return { status => $status, message => $message, body => error_body($message, $param, $code) };
}

sub is_in { my ($value, $list) = @_; return scalar grep { $_ eq $value } @$list }

sub is_text {
    my ($value) = @_;
    return defined $value && !ref $value && (B::svref_2object(\$value)->FLAGS & B::SVf_POK);
}

sub is_whole { my ($value) = @_; return defined $value && !ref $value && !is_text($value) && $value == int $value }

sub check_key {
    my ($settings, $authorization) = @_;
    return refuse(401, 'You didn\'t provide an API key.', undef, undef) if !defined $authorization;
    my ($key) = $authorization =~ /\ABearer (\S+)\z/;
    return if defined $key && is_in($key, $settings->{keys});
    return refuse(401, "Incorrect API key provided: $authorization.", undef, 'invalid_api_key');
}

sub no_model {
    my ($model) = @_;
    return refuse(404, "The model `$model` does not exist or you do not have access to it.", 'model', 'model_not_found');
}

sub image_family {
    my ($model) = @_;
    return $model if exists $FAMILY{$model} && $model ne 'unknown';
    return $1 >= 2 ? 'gpt-image-2' : 'gpt-image-1' if $model =~ /\Agpt-image-(\d+)/;
    return 'gpt-image-1' if $model =~ /\Achatgpt-image/;
    return 'unknown';
}

sub size_fits {
    my ($name, $size) = @_;
    my $list = $FAMILY{$name}{size};
    return is_in($size, $list) if $list;
    return 1 if $size eq 'auto' && $name eq 'gpt-image-2';
    my ($w, $h) = $size =~ /\A([1-9]\d{1,3})x([1-9]\d{1,3})\z/ or return 0;
    return 1 if $name eq 'unknown';
    my ($long, $short) = $w > $h ? ($w, $h) : ($h, $w);
    return $w % 16 == 0 && $h % 16 == 0 && $long <= 3 * $short && $long <= 3840 && $short <= 2160;
}

sub bad_value {
    my ($param, $value, $allowed) = @_;
    return refuse(400, "Invalid value: '$value'. Supported values are: @$allowed.", $param, 'invalid_value');
}

sub check_members {
    my ($body, $allowed) = @_;
    for my $name (sort keys %$body) {
        return refuse(400, "Unknown parameter: '$name'.", $name, 'unknown_parameter') if !is_in($name, $allowed);
    }
    return;
}

sub check_prompt {
    my ($prompt, $limit) = @_;
    return refuse(400, "Missing required parameter: 'prompt'.", 'prompt', 'missing_required_parameter')
        if !is_text($prompt) || $prompt eq '';
    return refuse(400, "Invalid 'prompt': string too long. Maximum length $limit.", 'prompt', 'string_above_max_length')
        if length $prompt > $limit;
    return;
}

sub check_image_values {
    my ($body, $name) = @_;
    my $family = $FAMILY{$name};
    if (exists $body->{n}) {
        return refuse(400, "Invalid 'n'.", 'n', 'invalid_type') if !is_whole($body->{n});
        return refuse(400, "Invalid 'n': integer out of range.", 'n', 'invalid_value')
            if $body->{n} < 1 || $body->{n} > $family->{most};
    }
    return bad_value('size', $body->{size}, $family->{size} // ['WIDTHxHEIGHT'])
        if exists $body->{size} && (!is_text($body->{size}) || !size_fits($name, $body->{size}));
    for my $param (grep { exists $body->{$_} } 'quality', sort keys %ENUM) {
        my $allowed = $param eq 'quality' ? $family->{quality} : $ENUM{$param};
        return bad_value($param, $body->{$param} // 'null', $allowed)
            if !is_text($body->{$param}) || !is_in($body->{$param}, $allowed);
    }
    return check_compression($body);
}

sub check_compression {
    my ($body) = @_;
    return if !exists $body->{output_compression};
    my $value = $body->{output_compression};
    return refuse(400, "Invalid 'output_compression'.", 'output_compression', 'invalid_value')
        if !is_whole($value) || $value < 0 || $value > 100 || ($value < 100 && ($body->{output_format} // 'png') eq 'png');
    return;
}

# undef, or {status, message, body}: why POST /v1/images/generations is refused.
sub check_image {
    my ($settings, $body) = @_;
    return refuse(400, "Invalid type for 'model'.", 'model', 'invalid_type') if !is_text($body->{model});
    return no_model($body->{model}) if !is_in($body->{model}, $settings->{image_models});
    my $name = image_family($body->{model});
    return check_members($body, $FAMILY{$name}{members}) // check_prompt($body->{prompt}, $FAMILY{$name}{limit})
        // check_image_values($body, $name);
}

sub check_messages {
    my ($list) = @_;
    return refuse(400, "Missing required parameter: 'messages'.", 'messages', 'missing_required_parameter')
        if ref $list ne 'ARRAY' || !@$list;
    for my $message (@$list) {
        return refuse(400, "Invalid 'messages'.", 'messages', 'invalid_value')
            if ref $message ne 'HASH' || !is_in($message->{role} // '', [qw(system developer user assistant)])
            || !(is_text($message->{content}) || ref $message->{content} eq 'ARRAY') || keys %$message != 2;
    }
    return;
}

# Strict schemas: every object closed, every property required, the root an object.
sub schema_fault {
    my ($schema, $root) = @_;
    return 'not an object' if ref $schema ne 'HASH';
    my $type = $schema->{type} // '';
    return 'the root must be an object' if $root && $type ne 'object';
    return schema_fault($schema->{items}) if $type eq 'array';
    return if $type ne 'object';
    my $closed = exists $schema->{additionalProperties} && !$schema->{additionalProperties};
    return "'additionalProperties' is required to be supplied and to be false" if !$closed;
    for my $name (sort keys %{ $schema->{properties} // {} }) {
        return "'required' must include '$name'" if !is_in($name, $schema->{required} // []);
        my $fault = schema_fault($schema->{properties}{$name});
        return $fault if $fault;
    }
    return;
}

sub check_format {
    my ($settings, $format) = @_;
    return refuse(400, "Unsupported parameter: 'response_format' is not supported with this model.", 'response_format',
        'unsupported_parameter') if $settings->{structured} eq 'refuse';
    my $type = ref $format eq 'HASH' ? $format->{type} // '' : '';
    return bad_value('response_format.type', $type, [qw(text json_object json_schema)])
        if !is_in($type, [qw(text json_object json_schema)]);
    return if $type ne 'json_schema';
    my $inner = $format->{json_schema};
    return refuse(400, "Missing required parameter: 'response_format.json_schema.name'.", 'response_format',
        'missing_required_parameter') if ref $inner ne 'HASH' || ($inner->{name} // '') !~ /\A[\w-]{1,64}\z/;
    my $fault = schema_fault($inner->{schema}, 1) or return;
    return refuse(400, "Invalid schema for response_format '$inner->{name}': $fault.", 'response_format', undef);
}

# undef, or {status, message, body}: why POST /v1/chat/completions is refused.
sub check_chat {
    my ($settings, $body) = @_;
    return refuse(400, 'you must provide a model parameter', 'model', undef) if !is_text($body->{model});
    return no_model($body->{model}) if !is_in($body->{model}, $settings->{chat_models});
    my $wrong = check_members($body, [keys %CHAT]) // check_messages($body->{messages});
    return $wrong if $wrong;
    for my $param (is_in($body->{model}, $settings->{reasoning}) ? @NOT_REASONING : ()) {
        return refuse(400, "Unsupported parameter: '$param' is not supported with this model.", $param, 'unsupported_parameter')
            if exists $body->{$param};
    }
    return refuse(400, "Invalid type for 'stream'.", 'stream', 'invalid_type')
        if exists $body->{stream} && !JSON::PP::is_bool($body->{stream});
    return exists $body->{response_format} ? check_format($settings, $body->{response_format}) : undef;
}

my @THINGS = qw(lantern boat garden bridge kite owl well tower comet harvest island orchard);

sub page_text { my ($n) = @_; return "On page $n the $THINGS[$n % @THINGS] began to glow, and everybody laughed." }

# A story asked for with a word tag-XXXX in its prompt has it in each scene, so that the call for a picture tells its story and page.
sub page_scene {
    my ($n, $tag) = @_;
    return "Scene $n: a $THINGS[$n % @THINGS] glowing at dusk" . ($tag ? ", $tag page $n" : '');
}

sub words_of { my ($body) = @_; return join ' ', map { ref $_->{content} ? '' : $_->{content} } @{ $body->{messages} } }
sub tag_of { my ($body) = @_; return words_of($body) =~ /\b(tag-\w+)/ ? $1 : undef }

sub page_count {
    my ($settings, $body) = @_;
    return $settings->{pages} if $settings->{pages};
    return words_of($body) =~ /\b(\d{1,2})[ -]pages?\b/ ? $1 : 3;
}

# Something that a schema describes; what the names of its properties promise, where they are known.
sub fill {
    my ($schema, $name, $n, $count, $tag) = @_;
    my $type = $schema->{type} // 'string';
    return { map { $_ => fill($schema->{properties}{$_}, $_, $n, $count, $tag) } keys %{ $schema->{properties} } } if $type eq 'object';
    return [map { fill($schema->{items}, $name, $_, $count, $tag) } 1 .. ($name eq 'pages' ? $count : 5)] if $type eq 'array';
    return $n || 1 if $type eq 'integer' || $type eq 'number';
    return JSON::PP::true if $type eq 'boolean';
    return $name eq 'text' ? page_text($n) : $name eq 'scene' ? page_scene($n, $tag) : $n ? "The $name number $n" : 'The Glowing Night';
}

sub plain_story {
    my ($settings, $count, $tag) = @_;
    return join "\n\n", map { page_text($_) . ' ' . page_text($_ + 1) } 1 .. $count if $settings->{form} eq 'prose';
    return join "\n\n", '# The Glowing Night',
        map { "Page $_\n" . page_text($_) . "\n\n*Illustration Description*: " . page_scene($_, $tag) } 1 .. $count;
}

# What the model says.
sub chat_content {
    my ($settings, $body) = @_;
    my $count = page_count($settings, $body);
    my ($format, $tag) = ($body->{response_format}, tag_of($body));
    return plain_story($settings, $count, $tag)
        if !$format || $settings->{structured} ne 'yes' || $format->{type} ne 'json_schema';
    return JSON::PP->new->canonical->encode(fill($format->{json_schema}{schema}, '', 0, $count, $tag));
}

1;
