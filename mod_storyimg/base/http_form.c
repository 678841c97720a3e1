/* SPDX-License-Identifier: Apache-2.0 */
#include "base/http_form.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_strings.h>

/* By malloc, and closed by libcurl's own call: the form may be freed while its pool is on its way out. */
typedef struct form_file {
    int fd;
    curl_off_t at, size;
} form_file;

static size_t file_read(char *buffer, size_t size, size_t n, void *data)
{
    form_file *f = data;
    size_t room = size * n;
    ssize_t got;

    if ((curl_off_t)room > f->size - f->at)
        room = (size_t)(f->size - f->at);
    if (!room)
        return 0;
    do {
        got = pread(f->fd, buffer, room, f->at);
    } while (got < 0 && errno == EINTR);
    /* Its length has been promised: if the file has become shorter, there is no good end. */
    if (got <= 0)
        return CURL_READFUNC_ABORT;
    f->at += got;
    return (size_t)got;
}

static int file_seek(void *data, curl_off_t offset, int origin)
{
    form_file *f = data;

    if (origin != SEEK_SET || offset < 0 || offset > f->size)
        return CURL_SEEKFUNC_CANTSEEK;
    f->at = offset;
    return CURL_SEEKFUNC_OK;
}

static void file_free(void *data)
{
    form_file *f = data;

    close(f->fd);
    free(f);
}

/* NULL: errno says why, EINVAL that it is no regular file. Neither a FIFO nor a device may hold us up. */
static form_file *file_open(const char *path)
{
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC), e;
    form_file *f = NULL;
    struct stat st;

    if (fd < 0)
        return NULL;
    if (fstat(fd, &st) == 0 && !S_ISREG(st.st_mode))
        errno = EINVAL;
    else if (fstat(fd, &st) == 0)
        f = malloc(sizeof(*f));
    if (f) {
        *f = (form_file){ fd, 0, st.st_size };
        return f;
    }
    e = errno;
    close(fd);
    errno = e;
    return NULL;
}

static apr_status_t add_file(curl_mimepart *m, const simg_http_part *part, const char **cause, apr_pool_t *p)
{
    form_file *f = file_open(part->path);
    char buf[120];
    int e = errno;

    if (!f) {
        /* its path is for nobody: whoever knows the name may have the file */
        *cause =
            apr_psprintf(p, "%s: %s", part->name, e == EINVAL ? "no regular file" : apr_strerror(e, buf, sizeof(buf)));
        return e == ELOOP || e == ENXIO || e == ENOTDIR || e == EINVAL ? APR_ENOENT : e;
    }
    if (curl_mime_data_cb(m, f->size, file_read, file_seek, file_free, f)) {
        file_free(f);
        return APR_ENOMEM;
    }
    return curl_mime_filename(m, part->filename) || curl_mime_type(m, part->type) ? APR_ENOMEM : APR_SUCCESS;
}

static apr_status_t add_part(curl_mime *form, const simg_http_part *part, const char **cause, apr_pool_t *p)
{
    curl_mimepart *m = curl_mime_addpart(form);

    if (!m || curl_mime_name(m, part->name))
        return APR_ENOMEM;
    if (!part->text)
        return add_file(m, part, cause, p);
    return curl_mime_data(m, part->text, CURL_ZERO_TERMINATED) ? APR_ENOMEM : APR_SUCCESS;
}

apr_status_t simg_http_form_make(curl_mime **out, CURL *easy, const apr_array_header_t *parts, const char **cause,
                                 apr_pool_t *p)
{
    curl_mime *form = curl_mime_init(easy);
    apr_status_t rv = form ? APR_SUCCESS : APR_ENOMEM;
    int i;

    *cause = "no memory for a form";
    for (i = 0; i < parts->nelts && rv == APR_SUCCESS; i++)
        rv = add_part(form, &APR_ARRAY_IDX(parts, i, simg_http_part), cause, p);
    if (rv != APR_SUCCESS) {
        curl_mime_free(form);
        form = NULL;
    }
    *out = form;
    return rv;
}
