/* planfile.c - a plan is written to a file. */
#include "build.h"

#include "cli/planfile.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cli/savefile.h"
#include "util/alloc.h"

#define VALID_MS INT64_C(86400000)

struct mstc_planfile {
        struct mstc_engine *engine;
        struct mstc_save *save;
        struct mstc_json *json;
};

static void
write_hash(struct mstc_json *json, const char *key, const uint8_t hash[16])
{
        char text[33];

        for (size_t i = 0; i < 16; i++)
                (void)snprintf(text + 2 * i, 3, "%02x", hash[i]);
        mstc_json_text(json, key, text);
}

int
mstc_planfile_open(struct mstc_engine *engine, const char *path, const char *who, struct mstc_planfile **ret,
                   struct mst_error *err)
{
        struct mstc_planfile *file;
        int64_t now = mstc_now_ms();
        char lineage[33];

        if (mstc_engine_lineage(engine, lineage, err) != MST_OK)
                return err->code;
        file = mstc_alloc(sizeof *file);
        if (file == NULL)
                return mst_fail_memory(err, "writing the plan");
        file->engine = engine;
        *ret = file;
        if (mstc_save_open(path, &file->save, err) != MST_OK)
                return err->code;
        file->json = mstc_json_new(mstc_save_file(file->save));
        if (file->json == NULL)
                return mst_fail_memory(err, "writing the plan");
        mstc_json_text(file->json, "muster", PACKAGE_VERSION);
        mstc_json_text(file->json, "command", "plan");
        mstc_json_object(file->json, "seal");
        mstc_json_number(file->json, "format", MSTC_PLAN_FORMAT);
        mstc_json_text(file->json, "lineage", lineage);
        mstc_json_time(file->json, "made", now);
        mstc_json_number(file->json, "until-ms", now + VALID_MS);
        mstc_json_time(file->json, "until", now + VALID_MS);
        mstc_json_text(file->json, "by", who);
        mstc_json_end(file->json);
        mstc_json_array(file->json, "ops");
        return MST_OK;
}

struct mstc_json *
mstc_planfile_json(struct mstc_planfile *file)
{
        return file->json;
}

static void
write_seen(struct mstc_json *json, const char *key, const struct mstc_seen *seen, size_t count)
{
        mstc_json_object(json, key);
        for (size_t i = 0; i < count; i++)
                mstc_json_number(json, seen[i].name, seen[i].hash);
        mstc_json_end(json);
}

static void
write_ids(struct mstc_json *json, const char *key, const char *const *ids, size_t count)
{
        mstc_json_array(json, key);
        for (size_t i = 0; i < count; i++)
                mstc_json_text(json, NULL, ids[i]);
        mstc_json_end(json);
}

void
mstc_planfile_op(struct mstc_planfile *file, struct mstc_secrets secrets, const struct mstc_shown_op *op,
                 const struct mstc_seal *seal)
{
        struct mstc_json *json = file->json;

        mstc_op_json_begin(json, secrets, op);
        if (op->state != MSTC_OP_PARKED && seal != NULL) {
                if (seal->joins != NULL)
                        write_ids(json, "joining", seal->joins, seal->join_count);
                if (seal->leaves != NULL)
                        write_ids(json, "leaving", seal->leaves, seal->leave_count);
                mstc_json_object(json, "seal");
                write_hash(json, "op", seal->op);
                write_hash(json, "entry", seal->entry);
                write_hash(json, "link", seal->link);
                write_seen(json, "record", seal->parts, seal->part_count);
                write_seen(json, "object", seal->held, seal->held_count);
                mstc_json_end(json);
        }
        mstc_json_end(json);
}

void
mstc_planfile_configurations(struct mstc_planfile *file, struct mstc_sync *const *syncs, size_t count)
{
        mstc_json_array(file->json, "configurations");
        for (size_t i = 0; i < count; i++) {
                mstc_json_object(file->json, NULL);
                mstc_json_text(file->json, "sync", syncs[i]->name);
                mstc_json_text(file->json, "configuration", syncs[i]->fingerprint);
                mstc_json_end(file->json);
        }
        mstc_json_end(file->json);
}

/* All that was written so far. */
static int
digest(struct mstc_planfile *file, uint8_t ret[16], struct mst_error *err)
{
        FILE *out = mstc_save_file(file->save);
        char *chunk = mstc_alloc(MSTC_PLAN_CHUNK);
        ssize_t got = 1;
        off_t at = 0;
        int rc = chunk != NULL ? MST_OK : mst_fail_memory(err, "sealing the plan");

        memset(ret, 0, 16);
        if (rc == MST_OK && fflush(out) != 0)
                rc = mst_fail(err, MST_EINTERNAL, "the plan could not be written: %s", strerror(errno));
        while (rc == MST_OK && got > 0) {
                size_t have = 0;

                while (have < MSTC_PLAN_CHUNK
                       && (got = pread(fileno(out), chunk + have, MSTC_PLAN_CHUNK - have, at + (off_t)have)) > 0)
                        have += (size_t)got;
                if (got < 0)
                        rc = mst_fail(err, MST_EINTERNAL, "the plan could not be read back: %s", strerror(errno));
                else if (have != 0 && !mstc_engine_digest(file->engine, chunk, have, ret))
                        rc = mst_fail_memory(err, "sealing the plan");
                at += (off_t)have;
        }
        mstc_free(chunk);
        return rc;
}

int
mstc_planfile_close(struct mstc_planfile *file, bool keep, struct mst_error *err)
{
        struct mst_error why = { 0 };
        uint8_t hash[16];
        bool good = file->json != NULL;

        if (good)
                mstc_json_end_all(file->json);
        if (good && keep && digest(file, hash, &why) == MST_OK)
                write_hash(file->json, "digest", hash);
        if (file->json != NULL)
                good = mstc_json_close(file->json) && why.code == MST_OK;
        if (file->save != NULL && mstc_save_close(file->save, keep && good, err) == MST_OK && keep && !good)
                mst_fail(err, why.code != MST_OK ? (enum mst_code)why.code : MST_EINTERNAL, "%s",
                         why.code != MST_OK ? why.text : "the plan could not be written: is the disk full?");
        mstc_free(file);
        return err->code;
}
