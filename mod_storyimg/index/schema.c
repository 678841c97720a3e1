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

const char *const simg_schema_sqlite[] = { first, second, third, NULL };
