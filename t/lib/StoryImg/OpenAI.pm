# SPDX-License-Identifier: Apache-2.0
package StoryImg::OpenAI;

# What an OpenAI-compatible server accepts and says: as strict as the real one, so that a request which passes here is one that
# the real server takes. Pure functions of (settings, request); no input or output.

use strict;
use warnings;

use B ();
use Exporter qw(import);
use JSON::PP ();

use StoryImg::Form qw(take_pictures);
use StoryImg::Pictures qw(media_type is_whole_picture);

our @EXPORT_OK = qw(default_settings check_key check_image check_edit check_chat check_moderation image_family chat_content
    flagged_in words_of error_body);

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
my @EDIT = qw(model prompt n size quality output_format output_compression background user input_fidelity);
my @DETAIL = qw(low high auto);
my $LARGEST = 50 * 1_048_576;
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
        moderation_models => [map({ "omni-moderation-$_" } qw(latest 2024-09-26)), map { "text-moderation-$_" } qw(latest stable)],
        azure_keys => ['azure-test-0123456789'],
        deployments => { 'my-image' => 'gpt-image-2', 'my-text' => 'gpt-6-luna' },
        descriptor => 'A child with curly brown hair, green eyes, light brown skin, a red raincoat and yellow boots.',
        flagged => ['forbidden-word'],    # a text that holds one of these is flagged
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

# Azure's key has a header of its own, and its server does not know the other.
sub check_azure_key {
    my ($settings, $headers) = @_;
    return refuse(401, 'Access denied due to invalid subscription key.', undef, '401')
        if defined $headers->{authorization} || !is_in($headers->{'api-key'} // '', $settings->{azure_keys});
    return;
}

sub check_key {
    my ($settings, $headers, $azure) = @_;
    return check_azure_key($settings, $headers) if $azure;
    return refuse(400, 'a key of somebody else', undef, undef) if defined $headers->{'api-key'};
    my $authorization = $headers->{authorization};
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

sub check_file {
    my ($file) = @_;
    return refuse(400, "Unknown parameter: '$file->{name}'.", $file->{name}, 'unknown_parameter') if $file->{name} ne 'image[]';
    return refuse(413, 'Image is too large.', 'image', undef) if length $file->{bytes} >= $LARGEST;
    return refuse(400, "Invalid file 'image': unsupported mimetype ('$file->{type}').", 'image', 'unsupported_file_mimetype')
        if media_type($file->{bytes}) ne $file->{type} || $file->{type} eq '';
    return refuse(400, 'Invalid image file or mode.', 'image', 'invalid_image_file') if !is_whole_picture($file->{bytes});
    return;
}

sub check_files {
    my ($files) = @_;
    return refuse(400, "Missing required parameter: 'image'.", 'image', 'missing_required_parameter') if !@$files;
    return refuse(400, "Invalid 'image': array too long.", 'image', 'array_above_max_length') if @$files > 16;
    return (grep { defined } map { check_file($_) } @$files)[0];
}

sub check_fidelity {
    my ($model, $value) = @_;
    return if !defined $value;
    return refuse(400, "The model '$model' does not support the 'input_fidelity' parameter.", 'input_fidelity', 'invalid_value')
        if $model !~ /\Agpt-image-\d/ || $model =~ /-mini/;
    return is_in($value, [qw(low high)]) ? undef : bad_value('input_fidelity', $value, [qw(low high)]);
}

# undef, or {status, message, body}: why POST /v1/images/edits is refused. Fields of the form are strings.
sub check_edit {
    my ($settings, $body, $files) = @_;
    return refuse(400, "Missing required parameter: 'model'.", 'model', 'missing_required_parameter') if !is_text($body->{model});
    return no_model($body->{model}) if !is_in($body->{model}, $settings->{image_models});
    my $name = image_family($body->{model});
    return refuse(400, "The model '$body->{model}' does not support image edits.", 'model', 'invalid_value') if $name !~ /\Agpt-image/;
    my %values = %$body;
    for my $number (grep { ($values{$_} // '') =~ /\A\d{1,9}\z/ } qw(n output_compression)) { $values{$number} += 0 }
    return check_members(\%values, \@EDIT) // check_files($files) // check_fidelity(@values{qw(model input_fidelity)})
        // check_prompt($values{prompt}, $FAMILY{$name}{limit}) // check_image_values(\%values, $name);
}

# A part of a message, or of what is moderated; a picture is what take_pictures() has put in its place.
sub check_part {
    my ($part, $where) = @_;
    my $type = ref $part eq 'HASH' ? $part->{type} // '' : '';
    return bad_value("$where.type", $type, [qw(text image_url)]) if !is_in($type, [qw(text image_url)]);
    my @more = grep { $_ ne 'type' && $_ ne $type } sort keys %$part;
    return refuse(400, "Unknown parameter: '$where.$more[0]'.", $where, 'unknown_parameter') if @more;
    return is_text($part->{text}) ? undef : refuse(400, "Invalid type for '$where.text'.", $where, 'invalid_type') if $type eq 'text';
    my $image = $part->{image_url} // { fault => 'missing' };
    return refuse(400, "Invalid '$where.image_url': $image->{fault}.", $where, 'invalid_image_url') if $image->{fault};
    return if !exists $image->{detail} || (is_text($image->{detail}) && is_in($image->{detail}, \@DETAIL));
    return bad_value("$where.image_url.detail", $image->{detail} // 'null', \@DETAIL);
}

sub check_parts {
    my ($parts, $where) = @_;
    return refuse(400, "Invalid '$where': empty array.", $where, 'empty_array') if !@$parts;
    return (grep { defined } map { check_part($_, $where) } @$parts)[0];
}

# undef, or why POST /v1/moderations is refused.
sub check_moderation {
    my ($settings, $body) = @_;
    take_pictures($body);
    my ($model, $input) = ($body->{model} // '', $body->{input});
    return no_model($model) if !is_in($model, $settings->{moderation_models});
    my $wrong = check_members($body, [qw(model input)]);
    return $wrong if $wrong || (is_text($input) && $input ne '');
    return refuse(400, "Invalid type for 'input'.", 'input', 'invalid_type') if ref $input ne 'ARRAY';
    return if @$input && !grep { !is_text($_) } @$input;
    return refuse(400, "The model '$model' takes no pictures.", 'input', 'invalid_value') if $model !~ /\Aomni/;
    return check_parts($input, 'input');
}

# The words that decide whether a text is flagged.
sub flagged_in { my ($settings, $words) = @_; return grep { index($words, $_) >= 0 } @{ $settings->{flagged} } }

sub check_messages {
    my ($list) = @_;
    return refuse(400, "Missing required parameter: 'messages'.", 'messages', 'missing_required_parameter')
        if ref $list ne 'ARRAY' || !@$list;
    for my $message (@$list) {
        return refuse(400, "Invalid 'messages'.", 'messages', 'invalid_value')
            if ref $message ne 'HASH' || !is_in($message->{role} // '', [qw(system developer user assistant)])
            || !(is_text($message->{content}) || ref $message->{content} eq 'ARRAY') || keys %$message != 2;
        next if !ref $message->{content};
        return refuse(400, "Invalid 'messages': only a user sends pictures.", 'messages', 'invalid_value')
            if $message->{role} ne 'user' && grep { ref eq 'HASH' && $_->{image_url} } @{ $message->{content} };
        my $fault = check_parts($message->{content}, 'messages.content');
        return $fault if $fault;
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
    take_pictures($body);
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

# All that is said in a request.
sub words_of {
    my ($body) = @_;
    my @said = ($body->{prompt}, map({ $_->{content} } @{ $body->{messages} // [] }), $body->{input});
    return join "\n", grep { defined } map { ref eq 'ARRAY' ? map({ ref ? $_->{text} : $_ } @$_) : $_ } @said;
}

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

sub looks_at_picture { my ($body) = @_; return grep { ref && grep { $_->{image_url} } @$_ } map { $_->{content} } @{ $body->{messages} } }

# What is seen: in JSON, if JSON with a descriptor is what was asked for.
sub seen {
    my ($settings, $body) = @_;
    return $settings->{descriptor} if words_of($body) !~ /"descriptor"/;
    return JSON::PP->new->canonical->encode({ descriptor => $settings->{descriptor}, confidence => 0.9 });
}

# What the model says.
sub chat_content {
    my ($settings, $body) = @_;
    return seen($settings, $body) if looks_at_picture($body);
    my $count = page_count($settings, $body);
    my ($format, $tag) = ($body->{response_format}, tag_of($body));
    return plain_story($settings, $count, $tag)
        if !$format || $settings->{structured} ne 'yes' || $format->{type} ne 'json_schema';
    return JSON::PP->new->canonical->encode(fill($format->{json_schema}{schema}, '', 0, $count, $tag));
}

1;
