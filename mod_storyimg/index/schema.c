/* SPDX-License-Identifier: Apache-2.0 */
#include "index/schema.h"

#include <stddef.h>

/* seq is the order of arrival and breaks ties of created_at (milliseconds). tally holds what a count over a list
 * would cost too much for; generation is one number that every change raises. It begins with the time, so that an
 * index made anew does not repeat the numbers of the one it replaces. */

#define RAISE "UPDATE generation SET n = n + 1; "

#define COUNT(list, kind, by)                                                                                          \
    "INSERT INTO tally (list, kind, n) VALUES ('" list "', " kind ", " by ") "                                         \
    "ON CONFLICT (list, kind) DO UPDATE SET n = tally.n + excluded.n; "

#define TRIGGER(table, event, body)                                                                                    \
    "CREATE TRIGGER " table "_" event " AFTER " event " ON " table " FOR EACH ROW BEGIN " body RAISE "END;"

static const char first[] =
    "CREATE TABLE generation (n INTEGER NOT NULL) STRICT;"
    "INSERT INTO generation (n) VALUES (CAST(strftime('%s', 'now') AS INTEGER) * 1000000);"

    "CREATE TABLE tally ("
    " list TEXT NOT NULL,"
    " kind TEXT NOT NULL,"
    " n INTEGER NOT NULL,"
    " PRIMARY KEY (list, kind)) STRICT, WITHOUT ROWID;"

    "CREATE TABLE image ("
    " seq INTEGER PRIMARY KEY AUTOINCREMENT,"
    " filename TEXT NOT NULL UNIQUE,"
    " kind TEXT NOT NULL,"
    " page_number INTEGER NOT NULL,"
    " story_id TEXT,"
    " subject TEXT,"
    " description TEXT,"
    " model TEXT,"
    " width INTEGER NOT NULL,"
    " height INTEGER NOT NULL,"
    " size INTEGER NOT NULL,"
    " sha256 TEXT,"
    " created_at INTEGER NOT NULL,"
    " keep INTEGER NOT NULL) STRICT;"
    "CREATE INDEX image_by_time ON image (created_at, seq);"
    "CREATE INDEX image_by_kind ON image (kind, created_at, seq);"
    "CREATE INDEX image_by_model ON image (model, created_at, seq);"
    "CREATE INDEX image_by_story ON image (story_id, created_at, seq) WHERE story_id IS NOT NULL;" TRIGGER(
        "image", "INSERT", COUNT("image", "NEW.kind", "1")) TRIGGER("image", "DELETE", COUNT("image", "OLD.kind", "-1"))
        TRIGGER("image", "UPDATE", COUNT("image", "OLD.kind", "-1") COUNT("image", "NEW.kind", "1"))

            "CREATE TABLE story ("
            " seq INTEGER PRIMARY KEY AUTOINCREMENT,"
            " id TEXT NOT NULL UNIQUE,"
            " title TEXT,"
            " body TEXT,"
            " character_json TEXT,"
            " model TEXT,"
            " word_count INTEGER NOT NULL,"
            " descriptor_used INTEGER NOT NULL,"
            " subject TEXT,"
            " cost INTEGER,"
            " created_at INTEGER NOT NULL) STRICT;"
            "CREATE INDEX story_by_time ON story (created_at, seq);" TRIGGER("story", "INSERT",
                                                                             COUNT("story", "''", "1"))
                TRIGGER("story", "DELETE", COUNT("story", "''", "-1")) TRIGGER("story", "UPDATE", "")

                    "CREATE TABLE story_page ("
                    " story_id TEXT NOT NULL REFERENCES story (id) ON DELETE CASCADE,"
                    " number INTEGER NOT NULL,"
                    " scene TEXT,"
                    " wanted INTEGER NOT NULL,"
                    " filename TEXT,"
                    " url TEXT,"
                    " model TEXT,"
                    " width INTEGER NOT NULL,"
                    " height INTEGER NOT NULL,"
                    " size INTEGER NOT NULL,"
                    " sha256 TEXT,"
                    " referenced INTEGER NOT NULL,"
                    " cost INTEGER,"
                    " error_code TEXT,"
                    " error_message TEXT,"
                    " PRIMARY KEY (story_id, number)) STRICT, WITHOUT ROWID;" TRIGGER("story_page", "INSERT", "")
                        TRIGGER("story_page", "DELETE", "") TRIGGER("story_page", "UPDATE", "");

/* Jobs, the ledger of calls that cost money, and what keeps two processes out of each other's way. Times are
 * milliseconds. A call without an outcome was sent, and nobody has said yet what became of it. */
static const char second[] =
    "CREATE TABLE job ("
    " seq INTEGER PRIMARY KEY AUTOINCREMENT,"
    " id TEXT NOT NULL UNIQUE,"
    " site TEXT NOT NULL,"
    " story_id TEXT NOT NULL UNIQUE REFERENCES story (id) ON DELETE CASCADE,"
    " status TEXT NOT NULL,"
    " kind TEXT NOT NULL,"
    " epoch INTEGER NOT NULL,"
    " brief TEXT NOT NULL,"
    " holder TEXT,"
    " held_until INTEGER NOT NULL,"
    " last_event INTEGER NOT NULL,"
    " created_at INTEGER NOT NULL,"
    " updated_at INTEGER NOT NULL) STRICT;"
    "CREATE INDEX job_by_time ON job (created_at, seq);"
    "CREATE INDEX job_held ON job (holder) WHERE holder IS NOT NULL;" TRIGGER("job", "INSERT", COUNT("job", "''", "1"))
        TRIGGER("job", "DELETE", COUNT("job", "''", "-1")) TRIGGER("job", "UPDATE", "")

            "CREATE TABLE job_page ("
            " job_id TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,"
            " number INTEGER NOT NULL,"
            " prompt TEXT NOT NULL,"
            " state TEXT NOT NULL,"
            " link INTEGER NOT NULL,"
            " tries INTEGER NOT NULL,"
            " not_before INTEGER NOT NULL,"
            " call_id TEXT,"
            " PRIMARY KEY (job_id, number)) STRICT, WITHOUT ROWID;"
            "CREATE INDEX job_page_pending ON job_page (not_before, job_id, number) WHERE state = 'pending';"
            "CREATE INDEX job_page_open ON job_page (state) WHERE state IN ('pending', 'sent');"

            "CREATE TABLE call ("
            " id TEXT PRIMARY KEY,"
            " kind TEXT NOT NULL,"
            " request_id TEXT,"
            " job_id TEXT,"
            " page_number INTEGER,"
            " provider TEXT NOT NULL,"
            " model TEXT NOT NULL,"
            " owner TEXT NOT NULL,"
            " lease_until INTEGER NOT NULL,"
            " sent_at INTEGER NOT NULL,"
            " ended_at INTEGER,"
            " outcome TEXT,"
            " cost INTEGER) STRICT, WITHOUT ROWID;"
            "CREATE INDEX call_open ON call (owner, lease_until) WHERE outcome IS NULL;"
            "CREATE INDEX call_by_job ON call (job_id, page_number) WHERE job_id IS NOT NULL;"
            "CREATE INDEX call_by_request ON call (request_id) WHERE request_id IS NOT NULL;"

            "CREATE TABLE job_event ("
            " job_id TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,"
            " seq INTEGER NOT NULL,"
            " name TEXT NOT NULL,"
            " page_number INTEGER,"
            " code TEXT,"
            " message TEXT,"
            " PRIMARY KEY (job_id, seq)) STRICT, WITHOUT ROWID;"

            "CREATE TABLE request ("
            " id TEXT PRIMARY KEY,"
            " key_hash TEXT UNIQUE,"
            " body_hash TEXT,"
            " pages INTEGER NOT NULL,"
            " owner TEXT,"
            " lease_until INTEGER NOT NULL,"
            " story_id TEXT,"
            " status INTEGER,"
            " location TEXT,"
            " body TEXT,"
            " created_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
            "CREATE INDEX request_open ON request (owner) WHERE owner IS NOT NULL;"
            "CREATE INDEX request_by_time ON request (created_at);"

            "CREATE TABLE task ("
            " name TEXT PRIMARY KEY,"
            " owner TEXT,"
            " lease_until INTEGER NOT NULL,"
            " ran_at INTEGER NOT NULL,"
            " run TEXT,"
            " note TEXT) STRICT, WITHOUT ROWID;";

#define SORT(row) "CASE " row ".single WHEN 1 THEN 'single' ELSE '' END"

/* Pictures of heroes, what is known of their looks, and the stories and jobs that they belong to. */
static const char third[] =
    "ALTER TABLE story ADD COLUMN upload TEXT;"
    "ALTER TABLE story ADD COLUMN single INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX story_listed ON story (created_at, seq) WHERE single = 0;"
    "DROP TRIGGER story_INSERT; DROP TRIGGER story_DELETE;" TRIGGER("story", "INSERT", COUNT("story", SORT("NEW"), "1"))
        TRIGGER("story", "DELETE", COUNT("story", SORT("OLD"), "-1"))
    "CREATE INDEX story_by_upload ON story (upload) WHERE upload IS NOT NULL;"
    "CREATE INDEX story_by_subject ON story (subject) WHERE subject IS NOT NULL;"
    "CREATE INDEX image_by_subject ON image (subject) WHERE subject IS NOT NULL;"
    "ALTER TABLE request ADD COLUMN subject TEXT;"
    "CREATE INDEX request_by_subject ON request (subject) WHERE subject IS NOT NULL;"
    "CREATE INDEX request_by_story ON request (story_id) WHERE story_id IS NOT NULL;"
    "ALTER TABLE job ADD COLUMN reference TEXT;"
    "ALTER TABLE job_page ADD COLUMN edit_prompt TEXT;"

    "CREATE TABLE upload ("
    " filename TEXT PRIMARY KEY,"
    " sha256 TEXT NOT NULL,"
    " width INTEGER NOT NULL,"
    " height INTEGER NOT NULL,"
    " size INTEGER NOT NULL,"
    " subject TEXT,"
    " created_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE INDEX upload_by_time ON upload (created_at);"
    "CREATE INDEX upload_by_hash ON upload (sha256);"
    "CREATE INDEX upload_by_subject ON upload (subject) WHERE subject IS NOT NULL;"

    "CREATE TABLE descriptor ("
    " sha256 TEXT NOT NULL,"
    " model TEXT NOT NULL,"
    " traits TEXT NOT NULL,"
    " words TEXT NOT NULL,"
    " confidence INTEGER,"
    " created_at INTEGER NOT NULL,"
    " PRIMARY KEY (sha256, model, traits)) STRICT, WITHOUT ROWID;";

/* Whose storage counts, and once: of the rows of a site (AND what else) that share it, the one at hand is the only one. */
#define ALONE(row, and)                                                                                                \
    "NOT EXISTS (SELECT 1 FROM image o WHERE o.site = " row ".site AND o.storage = " row ".storage AND o.seq <> " row  \
    ".seq" and ")"
#define SIGNED(sign, row, condition) sign " * CASE WHEN " condition " THEN " row ".size ELSE 0 END"
#define FREE " AND o.keep = 0"

/* What a row adds to the tallies of its site: pictures and bytes that retention counts, and bytes of all of them. */
#define USAGE(row, sign)                                                                                               \
    COUNT("free", row ".site", sign " * (" row ".keep = 0)")                                                           \
    COUNT("free bytes", row ".site", SIGNED(sign, row, row ".keep = 0 AND " ALONE(row, FREE)))                         \
    COUNT("held", row ".site", sign)                                                                                   \
    COUNT("held bytes", row ".site", SIGNED(sign, row, ALONE(row, "")))

#define WORDS_ADD(row) "INSERT INTO image_words (rowid, description) VALUES (" row ".seq, " row ".description); "
#define WORDS_DROP(row)                                                                                                \
    "INSERT INTO image_words (image_words, rowid, description) VALUES ('delete', " row ".seq, " row ".description); "

#define ON(name, event, body) "CREATE TRIGGER " name " AFTER " event " FOR EACH ROW BEGIN " body "END;"

/* What a library needs that looks after itself. Rows with the same storage are names of one file. A picture that is to
 * go leaves its table and is doomed until its files are gone. */
static const char fourth[] =
    "ALTER TABLE story ADD COLUMN site TEXT NOT NULL DEFAULT '';"
    "UPDATE story SET site = COALESCE((SELECT j.site FROM job j WHERE j.story_id = story.id), '');"
    "CREATE INDEX story_by_site ON story (site, created_at);"
    "ALTER TABLE story_page ADD COLUMN reused INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX story_page_by_file ON story_page (filename) WHERE filename IS NOT NULL;"
    "CREATE INDEX call_free ON call (ended_at) WHERE job_id IS NULL AND outcome IS NOT NULL;"

    "ALTER TABLE image ADD COLUMN site TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE image ADD COLUMN storage TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE image ADD COLUMN recipe TEXT;"
    "UPDATE image SET storage = filename, "
    "site = COALESCE((SELECT j.site FROM job j WHERE j.story_id = image.story_id), '');"
    "CREATE INDEX image_by_age ON image (site, created_at, seq) WHERE keep = 0;"
    "CREATE INDEX image_by_storage ON image (site, storage, keep);"
    "CREATE INDEX image_by_hash ON image (sha256, seq) WHERE sha256 IS NOT NULL;"
    "CREATE INDEX image_by_recipe ON image (recipe, seq) WHERE recipe IS NOT NULL;"
    "INSERT INTO tally (list, kind, n) SELECT 'free', site, SUM(keep = 0) FROM image GROUP BY site;"
    "INSERT INTO tally (list, kind, n) SELECT 'free bytes', site, SUM((keep = 0) * size) FROM image GROUP BY site;"
    "INSERT INTO tally (list, kind, n) SELECT 'held', site, COUNT(*) FROM image GROUP BY site;"
    "INSERT INTO tally (list, kind, n) SELECT 'held bytes', site, SUM(size) FROM image GROUP BY site;"
    ON("image_usage_INSERT", "INSERT ON image", USAGE("NEW", "1"))
    ON("image_usage_DELETE", "DELETE ON image", USAGE("OLD", "-1"))
    ON("image_usage_UPDATE", "UPDATE OF site, storage, size, keep ON image", USAGE("OLD", "-1") USAGE("NEW", "1"))

    "CREATE VIRTUAL TABLE image_words USING fts5 (description, content = 'image', content_rowid = 'seq', "
    "tokenize = 'porter unicode61 remove_diacritics 2');"
    "INSERT INTO image_words (image_words) VALUES ('rebuild');"
    ON("image_words_INSERT", "INSERT ON image", WORDS_ADD("NEW"))
    ON("image_words_DELETE", "DELETE ON image", WORDS_DROP("OLD"))
    ON("image_words_UPDATE", "UPDATE OF description ON image", WORDS_DROP("OLD") WORDS_ADD("NEW"))

    "CREATE TABLE doomed ("
    " filename TEXT PRIMARY KEY,"
    " site TEXT NOT NULL,"
    " marked_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;";

const char *const simg_schema_sqlite[] = { first, second, third, fourth, NULL };
