/* SPDX-License-Identifier: Apache-2.0 */
#include "story/pieces.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_stream.h"
#include "base/utf8.h"
#include "story/pages_line.h"

#define LONGEST_LINE (64 * 1024)
#define COPY_MAX (1024 * 1024) /* of a structured answer, its texts aside */
#define GAP_MAX 64             /* of white space that waits until a word follows */
#define FENCE "```"

/* What becomes of the rest of a line that was too long to be kept. */
typedef enum fate { FATE_OPEN, FATE_GIVE, FATE_DROP } fate;

struct simg_pieces {
    simg_pieces_fn *on_piece;
    void *baton;

    /* bytes → characters */
    char part[4];
    size_t part_len;
    int cr; /* the last character was CR: an LF belongs to it */

    /* the structured form */
    simg_json_stream *json;
    int structured; /* 0: it is plain text, as far as is known */
    int nth;        /* the page whose words come; -1: none yet */

    /* plain text */
    char line[LONGEST_LINE];
    size_t line_len;
    fate fate;
    int may_open;         /* the line being read may begin the structured form: nothing came yet, or a code fence */
    int in_scene;         /* lines belong to a description until a blank one */
    int scene_words;      /* it has some */
    int page_words;       /* so has the page */
    int page;             /* the last number of a page */
    simg_line_kind title; /* what the title was, which is no part of the story; BLANK: none yet */

    /* what is given */
    char gap[GAP_MAX];
    size_t gap_len;
    int gap_lines;   /* line feeds among it */
    int page_begins; /* no word of the page has been given */
    int given;       /* words have been given */
    char out[4096];
    size_t out_len;
};

static void flush(simg_pieces *s)
{
    if (s->out_len)
        s->on_piece(s->baton, s->out, s->out_len);
    s->out_len = 0;
}

/* A whole character, or white space: never a part of a character, as flush() may lie between two calls. */
static void out_add(simg_pieces *s, const char *text, size_t len)
{
    if (s->out_len + len > sizeof(s->out))
        flush(s);
    memcpy(s->out + s->out_len, text, len);
    s->out_len += len;
}

static void gap_clear(simg_pieces *s)
{
    s->gap_len = 0;
    s->gap_lines = s->page_begins = 0;
}

/* White space waits for the words behind it: there is none before the first, and never more than one empty line. */
static void gap_add(simg_pieces *s, char c)
{
    if (!s->given || s->page_begins || (c == '\n' && s->gap_lines == 2) || s->gap_len == GAP_MAX)
        return;
    s->gap[s->gap_len++] = c;
    s->gap_lines += c == '\n';
}

/* An empty line, whatever white space stands before or behind it. */
static void gap_page(simg_pieces *s)
{
    gap_clear(s);
    gap_add(s, '\n');
    gap_add(s, '\n');
    s->page_begins = 1;
}

/* One character of the story. */
static void give(simg_pieces *s, const char *c, size_t n)
{
    if (*c == ' ' || *c == '\t' || *c == '\n') {
        gap_add(s, *c);
        return;
    }
    out_add(s, s->gap, s->gap_len);
    gap_clear(s);
    out_add(s, c, n);
    s->given = 1;
}

static size_t size_of(char lead)
{
    unsigned char c = (unsigned char)lead;

    if (c < 0x80)
        return 1;
    return c < 0xc0 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf8 ? 4 : 0;
}

static void give_all(simg_pieces *s, const char *text, size_t len)
{
    size_t n;

    for (; len; text += n, len -= n) {
        n = size_of(*text);
        give(s, text, n);
    }
}

static void text_line(simg_pieces *s, const char *text, size_t len)
{
    s->may_open = 0;
    if (s->in_scene)
        s->scene_words = 1;
    if (s->in_scene || !len)
        return;
    give_all(s, text, len);
    give(s, "\n", 1);
    s->page_words = 1;
}

static void scene_line(simg_pieces *s, int words)
{
    s->may_open = 0;
    s->in_scene = 1;
    s->scene_words = words;
}

static void blank_line(simg_pieces *s, const simg_line *line)
{
    if (line->len >= strlen(FENCE) && !memcmp(line->text, FENCE, strlen(FENCE)))
        s->may_open = 1;
    /* A label with nothing behind it is followed by its description, if the page has its text already. */
    if (!s->in_scene)
        give(s, "\n", 1);
    else if (s->scene_words || !s->page_words)
        s->in_scene = 0;
}

/* What follows a heading is like a new line. */
static void page_line(simg_pieces *s, const simg_line *line)
{
    char heading[32];
    simg_line rest;

    s->page = line->number > 0 ? line->number : s->page + 1;
    s->in_scene = 0;
    gap_page(s);
    text_line(s, heading, (size_t)snprintf(heading, sizeof(heading), "Page %d", s->page));
    gap_page(s);
    s->page_words = 0;
    simg_line_read(&rest, line->rest, line->rest_len);
    if (rest.kind == SIMG_LINE_SCENE)
        scene_line(s, rest.rest_len > 0);
    else if (rest.kind != SIMG_LINE_BLANK)
        text_line(s, line->rest, line->rest_len);
}

/* The title stands before all else; a line of emphasis is one only if nothing better came. */
static int is_title(const simg_pieces *s, const simg_line *line)
{
    if (s->given || s->in_scene)
        return 0;
    return s->title == SIMG_LINE_BLANK || (s->title == SIMG_LINE_STRONG && line->kind == SIMG_LINE_TITLE);
}

static void title_line(simg_pieces *s, const simg_line *line)
{
    if (is_title(s, line)) {
        s->title = line->kind;
        s->may_open = 0;
    } else if (line->kind == SIMG_LINE_STRONG) {
        text_line(s, line->text, line->len);
    } else {
        text_line(s, line->rest, line->rest_len);
    }
}

static void line_read(simg_pieces *s)
{
    simg_line line;

    simg_line_read(&line, s->line, s->line_len);
    switch (line.kind) {
    case SIMG_LINE_BLANK: blank_line(s, &line); break;
    case SIMG_LINE_PAGE: page_line(s, &line); break;
    case SIMG_LINE_SCENE: scene_line(s, line.rest_len > 0); break;
    case SIMG_LINE_TITLE:
    case SIMG_LINE_STRONG: title_line(s, &line); break;
    default: text_line(s, line.rest, line.rest_len); break;
    }
}

/* The line is longer than there is room for: what it begins with tells what becomes of all of it. */
static void line_cut(simg_pieces *s)
{
    simg_line line;

    if (s->fate == FATE_OPEN) {
        simg_line_read(&line, s->line, s->line_len);
        if (line.kind == SIMG_LINE_SCENE)
            scene_line(s, 1);
        s->fate = s->in_scene || line.kind == SIMG_LINE_BLANK ? FATE_DROP : FATE_GIVE;
        s->may_open = 0;
        s->page_words |= s->fate == FATE_GIVE;
    }
    if (s->fate == FATE_GIVE)
        give_all(s, s->line, s->line_len);
    s->line_len = 0;
}

static void line_end(simg_pieces *s)
{
    if (s->fate == FATE_OPEN)
        line_read(s);
    else
        line_cut(s);
    if (s->fate == FATE_GIVE)
        give(s, "\n", 1);
    s->line_len = 0;
    s->fate = FATE_OPEN;
}

/* Does an object that starts here, in the line so far, begin the structured form? */
static int is_opening(const simg_pieces *s)
{
    size_t i = 0;

    while (i < s->line_len && strchr(" \t[", s->line[i]))
        i++;
    return s->may_open && i == s->line_len;
}

static void line_char(simg_pieces *s, const char *c, size_t n)
{
    if (*c == '\n') {
        line_end(s);
    } else if (*c == '{' && is_opening(s)) {
        s->structured = 1;
        simg_json_stream_feed(s->json, c, 1);
    } else {
        if (s->line_len + n > sizeof(s->line))
            line_cut(s);
        memcpy(s->line + s->line_len, c, n);
        s->line_len += n;
    }
}

/* A character is clean when the cutting of pages (story/pages.h) would leave it alone too. */
static void char_take(simg_pieces *s, uint32_t c, size_t n)
{
    const char *text = s->part;
    int after_cr = s->cr;

    s->cr = c == '\r';
    if (c == (uint32_t)-1 || c == 0xfeff || c == 0x200b || (c == '\n' && after_cr))
        return;
    if (c == '\r' || c == 0x2028 || c == 0x2029)
        text = "\n";
    else if (!simg_utf8_is_text(c) || c == 0xa0 || c == 0x2007 || c == 0x202f)
        text = " ";
    if (text != s->part)
        n = 1;
    if (s->structured)
        give(s, text, n);
    else
        line_char(s, text, n);
}

static void byte_take(simg_pieces *s, char byte)
{
    size_t size, n;

    if (s->part_len && ((unsigned char)byte & 0xc0) != 0x80)
        s->part_len = 0;
    s->part[s->part_len++] = byte;
    size = size_of(s->part[0]);
    if (s->part_len < size)
        return;
    s->part_len = 0;
    char_take(s, simg_utf8_next(s->part, size, &n), size);
}

static int on_text(void *baton, int nth, const char *text, size_t len)
{
    simg_pieces *s = baton;
    size_t i;

    if (nth != s->nth)
        gap_page(s);
    s->nth = nth;
    for (i = 0; i < len; i++)
        byte_take(s, text[i]);
    if (!len)
        s->part_len = 0;
    return 0;
}

/* Models write JSON by hand: raw line feeds inside strings. As blanks they do no harm, there or elsewhere. */
static void json_feed(simg_pieces *s, const char *data, size_t len)
{
    char clean[1024];
    size_t n, i;

    for (; len; data += n, len -= n) {
        n = len < sizeof(clean) ? len : sizeof(clean);
        for (i = 0; i < n; i++)
            clean[i] = (unsigned char)data[i] < 0x20 ? ' ' : data[i];
        if (simg_json_stream_feed(s->json, clean, n))
            return;
    }
}

simg_pieces *simg_pieces_make(simg_pieces_fn *on_piece, void *baton)
{
    simg_pieces *s = calloc(1, sizeof(*s));

    if (!s)
        return NULL;
    s->json = simg_json_stream_make("text", COPY_MAX, on_text, s);
    if (!s->json) {
        free(s);
        return NULL;
    }
    s->on_piece = on_piece;
    s->baton = baton;
    s->nth = -1;
    s->may_open = 1;
    return s;
}

void simg_pieces_feed(simg_pieces *s, const char *data, size_t len)
{
    size_t i;

    for (i = 0; i < len && !s->structured; i++)
        byte_take(s, data[i]);
    if (i < len)
        json_feed(s, data + i, len - i);
    flush(s);
}

void simg_pieces_end(simg_pieces *s)
{
    if (!s->structured && s->line_len)
        line_end(s);
    flush(s);
}

void simg_pieces_free(simg_pieces *s)
{
    if (!s)
        return;
    simg_json_stream_free(s->json);
    free(s);
}
