/* SPDX-License-Identifier: Apache-2.0 */
#include "base/multipart.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"

#define BOUNDARY_MAX 70
#define MARK_MAX (BOUNDARY_MAX + 4) /* CRLF, two dashes, the boundary */
#define HEADER_MAX 8192
#define PARTS_MAX 16
#define PREAMBLE_MAX (64 * 1024)

/* What the next byte belongs to. */
typedef enum where {
    PREAMBLE,
    AFTER_MARK, /* what stands behind a boundary decides what it is */
    AFTER_DASH, /* the second dash of the last boundary */
    MARK_LINE,  /* blanks until the line's end */
    MARK_LF,
    HEADER,
    DATA,
    EPILOGUE,
    STOPPED
} where;

struct simg_multipart {
    simg_multipart_handlers handlers;
    where at;
    const char *why;
    char mark[MARK_MAX + 1]; /* CRLF--boundary */
    size_t mark_len;
    size_t matched; /* bytes of the mark that were seen last, and not handed on */
    size_t lent;    /* of these, bytes of a line end that belongs to something else, or that was never there */
    size_t preamble;
    int parts;
    size_t header_len;
    char header[HEADER_MAX + 1];
};

static int malformed(simg_multipart *m, const char *why)
{
    m->at = STOPPED;
    m->why = why;
    return 1;
}

static int stop(simg_multipart *m)
{
    m->at = STOPPED;
    return 1;
}

static int is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static int is_boundary_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("'()+_,-./:=? ", c));
}

/** The value of a parameter `; name=value`, which may be quoted, copied to out (room bytes). 1: found, 0: not there,
 * -1: it is no good. s stands behind the value that the parameters belong to. */
static int parameter(char *out, size_t room, const char *s, const char *name)
{
    while (*s) {
        size_t n = 0;
        int wanted, quoted;

        s += strspn(s, " \t\r\n;");
        wanted = !strncasecmp(s, name, strlen(name)) && s[strlen(name)] == '=';
        s += strcspn(s, "=;");
        if (*s != '=')
            continue;
        quoted = *++s == '"';
        s += quoted;
        for (; *s && (quoted ? *s != '"' : *s != ';' && !is_blank(*s) && *s != '\r'); s++) {
            if (quoted && *s == '\\' && (s[1] == '"' || s[1] == '\\'))
                s++;
            if (wanted && n + 1 >= room)
                return -1;
            if (wanted)
                out[n++] = *s;
        }
        if (quoted && *s++ != '"')
            return -1;
        if (wanted) {
            out[n] = '\0';
            return 1;
        }
    }
    return 0;
}

static int boundary_read(char *out, const char *content_type)
{
    size_t i, len;

    if (parameter(out, BOUNDARY_MAX + 1, content_type + strcspn(content_type, ";"), "boundary") != 1)
        return 0;
    len = strlen(out);
    for (i = 0; i < len; i++)
        if (!is_boundary_char(out[i]))
            return 0;
    return len > 0 && out[len - 1] != ' ';
}

static int is_form(const char *content_type)
{
    static const char form[] = "multipart/form-data";

    return !strncasecmp(content_type, form, sizeof(form) - 1) &&
           (strchr("; \t", content_type[sizeof(form) - 1]) != NULL);
}

simg_multipart *simg_multipart_make(const char **why, const char *content_type, const simg_multipart_handlers *handlers)
{
    char boundary[BOUNDARY_MAX + 1];
    simg_multipart *m;

    *why = "the body must be multipart/form-data";
    if (!is_form(content_type))
        return NULL;
    *why = "Content-Type: multipart/form-data needs a boundary of 1 to 70 characters";
    if (!boundary_read(boundary, content_type))
        return NULL;
    *why = "out of memory";
    m = calloc(1, sizeof(*m));
    if (!m)
        return NULL;
    m->handlers = *handlers;
    m->why = "it is not whole";
    memcpy(m->mark, "\r\n--", 4);
    memcpy(m->mark + 4, boundary, strlen(boundary));
    m->mark_len = strlen(m->mark);
    m->matched = m->lent = 2; /* the first boundary needs no line before it */
    return m;
}

void simg_multipart_free(simg_multipart *m)
{
    free(m);
}

const char *simg_multipart_why(const simg_multipart *m)
{
    return m->why;
}

/** Text that is no part of a boundary after all. */
static int hand_on(simg_multipart *m, const char *data, size_t len)
{
    if (m->at == PREAMBLE) {
        m->preamble += len;
        return m->preamble > PREAMBLE_MAX ? malformed(m, "no boundary in its first 64 KB") : 0;
    }
    return len && m->handlers.on_data(m->handlers.baton, data, len) ? stop(m) : 0;
}

/** A boundary stands whole. */
static int mark_found(simg_multipart *m)
{
    int in_part = m->at == DATA;

    m->matched = m->lent = 0;
    m->at = AFTER_MARK;
    return in_part && m->handlers.on_part_end(m->handlers.baton) ? stop(m) : 0;
}

/** What was held back for a boundary and is none. Only its first byte can begin one anew, as no other is a CR. */
static int mark_lost(simg_multipart *m)
{
    size_t held = m->matched, lent = m->lent;

    m->matched = m->lent = 0;
    return held > lent ? hand_on(m, m->mark + lent, held - lent) : 0;
}

/** Where a boundary begins, or may begin if more comes; NULL if nowhere. Every other CR is left in its piece: a
 * receiver may write each to a file. */
static const char *mark_begin(const simg_multipart *m, const char *data, size_t len)
{
    const char *end = data + len, *cr = memchr(data, '\r', len);

    while (cr) {
        size_t left = (size_t)(end - cr);

        if (!memcmp(cr, m->mark, left < m->mark_len ? left : m->mark_len))
            return cr;
        cr = memchr(cr + 1, '\r', left - 1);
    }
    return NULL;
}

/** Bytes up to the next boundary. @return how many were taken */
static size_t take_data(simg_multipart *m, const char *data, size_t len)
{
    const char *cr;

    if (m->matched) {
        if (*data != m->mark[m->matched])
            return mark_lost(m), (size_t)0;
        m->matched++;
        if (m->matched == m->mark_len)
            mark_found(m);
        return 1;
    }
    cr = mark_begin(m, data, len);
    if (cr == data) {
        m->matched = 1;
        return 1;
    }
    len = cr ? (size_t)(cr - data) : len;
    hand_on(m, data, len);
    return len;
}

/** The value of a header in the block, or NULL. Names stand at the beginning of a line. */
static const char *header_of(const simg_multipart *m, const char *name)
{
    const char *line = m->header;

    while (line) {
        if (!strncasecmp(line, name, strlen(name)) && line[strlen(name)] == ':')
            return line + strlen(name) + 1;
        line = strstr(line, "\r\n");
        line = line ? line + 2 : NULL;
    }
    return NULL;
}

/** Valid UTF-8 without control characters, C1 included. */
static int is_clean(const char *s)
{
    size_t left = strlen(s), n;

    for (; left; s += n, left -= n) {
        uint32_t c = simg_utf8_next(s, left, &n);

        if (c == (uint32_t)-1 || c < ' ' || (c >= 0x7f && c < 0xa0))
            return 0;
    }
    return 1;
}

static int is_form_data(const char *value)
{
    static const char form[] = "form-data";

    value += strspn(value, " \t");
    return !strncasecmp(value, form, sizeof(form) - 1) && strchr("; \t\r", value[sizeof(form) - 1]);
}

/** The value of a header alone: what follows its line is not its own. */
static void one_line(char *out, const char *value)
{
    size_t len = strcspn(value, "\r\n");

    memcpy(out, value, len);
    out[len] = '\0';
}

/** The value of a header is this word and nothing else. */
static int is_token(const char *value, const char *token)
{
    size_t len = strlen(token);

    if (strncasecmp(value, token, len) != 0)
        return 0;
    value += len;
    return value[strspn(value, " \t")] == '\r';
}

static int encoding_is_plain(const simg_multipart *m)
{
    const char *value = header_of(m, "Content-Transfer-Encoding");

    if (!value)
        return 1;
    value += strspn(value, " \t");
    return is_token(value, "binary") || is_token(value, "7bit") || is_token(value, "8bit");
}

/** The header of a part has come whole. */
static int begin_part(simg_multipart *m)
{
    const char *value = header_of(m, "Content-Disposition");
    char line[HEADER_MAX + 1], name[256], filename[1024];
    int has_name, has_file;

    if (!value || !is_form_data(value))
        return malformed(m, "a part without Content-Disposition: form-data");
    one_line(line, value);
    has_name = parameter(name, sizeof(name), strchr(line, ';') ? strchr(line, ';') : "", "name");
    has_file = parameter(filename, sizeof(filename), strchr(line, ';') ? strchr(line, ';') : "", "filename");
    if (has_name != 1 || !is_clean(name))
        return malformed(m, "a part without a name");
    if (has_file < 0 || (has_file && !is_clean(filename)))
        return malformed(m, "a part with a bad filename");
    if (!encoding_is_plain(m))
        return malformed(m, "a part in another Content-Transfer-Encoding than binary");
    if (++m->parts > PARTS_MAX)
        return malformed(m, "more than 16 parts");
    m->at = DATA;
    m->matched = m->lent = 2; /* an empty part: its boundary's line end is that of the header */
    return m->handlers.on_part(m->handlers.baton, name, has_file ? filename : NULL) ? stop(m) : 0;
}

static int take_header(simg_multipart *m, char c)
{
    if (!c)
        return malformed(m, "a NUL in the header of a part");
    if (m->header_len == HEADER_MAX)
        return malformed(m, "the header of a part is longer than 8 KB");
    m->header[m->header_len++] = c;
    m->header[m->header_len] = '\0';
    if (m->header_len == 2 && !strcmp(m->header, "\r\n"))
        return malformed(m, "a part without Content-Disposition: form-data");
    if (m->header_len < 4 || strcmp(m->header + m->header_len - 4, "\r\n\r\n") != 0)
        return 0;
    return begin_part(m);
}

/** What stands behind a boundary. */
static int take_mark_end(simg_multipart *m, char c)
{
    switch (m->at) {
    case AFTER_MARK: m->at = c == '-' ? AFTER_DASH : c == '\r' ? MARK_LF : is_blank(c) ? MARK_LINE : STOPPED; break;
    case AFTER_DASH: m->at = c == '-' ? EPILOGUE : STOPPED; break;
    case MARK_LINE: m->at = c == '\r' ? MARK_LF : is_blank(c) ? MARK_LINE : STOPPED; break;
    default: m->at = c == '\n' ? HEADER : STOPPED; break;
    }
    m->header_len = 0;
    return m->at == STOPPED ? malformed(m, "a boundary that is not followed by the end of its line") : 0;
}

int simg_multipart_feed(simg_multipart *m, const char *data, size_t len)
{
    while (len && m->at != STOPPED && m->at != EPILOGUE) {
        size_t n = 1;

        if (m->at == PREAMBLE || m->at == DATA)
            n = take_data(m, data, len);
        else if (m->at == HEADER)
            take_header(m, *data);
        else
            take_mark_end(m, *data);
        data += n;
        len -= n;
    }
    return m->at == STOPPED;
}

int simg_multipart_end(simg_multipart *m)
{
    return m->at != EPILOGUE;
}
