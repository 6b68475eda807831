/* planread.c - a plan is read from a file, and believed only when all of it agrees.
 *
 * The digest comes first, over the bytes as they are, so that nothing is looked at that somebody
 * has altered since; then which store, which configurations, and how old. */
#include "build.h"

#include "cli/planfile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <muster/json.h>

#include "util/alloc.h"

#define MOST (INT64_C(1) << 30)

struct reading {
        struct mst_json *json;
        struct mst_arena *arena;
        struct mstc_planread *plan;
        struct mstc_sealed_op *ops; size_t count, room;
        const char **op_syncs;               /* of each op                             */
        bool bad;
        struct mst_error *err;
};

/* ---- the bytes ----------------------------------------------------------------------------- */

static int
load(const char *path, char **ret, size_t *size, struct mst_error *err)
{
        struct stat st;
        int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        size_t have = 0;
        ssize_t got = 1;

        if (fd < 0 || fstat(fd, &st) != 0) {
                mst_fail(err, MST_ECONFIG, "the plan %s cannot be read: %s", path, strerror(errno));
        } else if (!S_ISREG(st.st_mode)) {
                mst_fail(err, MST_ECONFIG, "%s is no file", path);
        } else if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
                mst_fail(err, MST_ECONFIG, "the plan %s can be written by others (mode %04o); chmod 600 it, and look at it "
                         "again", path, (unsigned)st.st_mode & 07777);
        } else if (st.st_size > MOST) {
                mst_fail(err, MST_ECONFIG, "the plan %s is too large: more than 1 GiB; plan fewer syncs at a time", path);
        } else if ((*ret = mstc_alloc((size_t)st.st_size + 1)) == NULL) {
                mst_fail_memory(err, "reading the plan");
        } else {
                while (have < (size_t)st.st_size && (got = read(fd, *ret + have, (size_t)st.st_size - have)) > 0)
                        have += (size_t)got;
                if (got < 0)
                        mst_fail(err, MST_ECONFIG, "the plan %s cannot be read: %s", path, strerror(errno));
        }
        if (fd >= 0)
                close(fd);
        *size = have;
        return err->code;
}

/* Only for the sentence: of such bytes nothing else is believed. */
static bool
of_another_store(struct mstc_engine *engine, const char *bytes, size_t size)
{
        static const char key[] = "\"lineage\":\"";
        const char *at = memmem(bytes, size, key, sizeof key - 1);
        struct mst_error ignored = { 0 };
        char lineage[33];

        return at != NULL && (size_t)(bytes + size - at) > sizeof key + 32
            && mstc_engine_lineage(engine, lineage, &ignored) == MST_OK && memcmp(at + sizeof key - 1, lineage, 32) != 0;
}

/* The last member, exactly as it was written, over all that stands before it. */
static int
check_digest(struct mstc_engine *engine, const char *path, const char *bytes, size_t size, struct mst_error *err)
{
        char end[sizeof MSTC_PLAN_DIGEST + 40];
        size_t length = strlen(MSTC_PLAN_DIGEST) + 32 + strlen("\"}\n");
        uint8_t digest[16] = { 0 };
        size_t body = size > length ? size - length : 0;

        if (body == 0 || memcmp(bytes + body, MSTC_PLAN_DIGEST, strlen(MSTC_PLAN_DIGEST)) != 0)
                return mst_fail(err, MST_EREFUSED, "%s is not a plan as `muster plan -o` writes it, or it was cut off or "
                                "altered; make a new one", path);
        for (size_t at = 0; at < body; at += MSTC_PLAN_CHUNK)
                if (!mstc_engine_digest(engine, bytes + at, body - at < MSTC_PLAN_CHUNK ? body - at : MSTC_PLAN_CHUNK, digest))
                        return mst_fail_memory(err, "reading the plan");
        (void)snprintf(end, sizeof end, "%s", MSTC_PLAN_DIGEST);
        for (size_t i = 0; i < 16; i++)
                (void)snprintf(end + strlen(end), 3, "%02x", digest[i]);
        (void)snprintf(end + strlen(end), 4, "\"}\n");
        if (memcmp(bytes + body, end, length) == 0)
                return MST_OK;
        return of_another_store(engine, bytes, body)
             ? mst_fail(err, MST_EREFUSED, "the plan %s was made with another store; make a new one with this one", path)
             : mst_fail(err, MST_EREFUSED, "the plan %s was altered after it was made; make a new one", path);
}

/* ---- its parts ----------------------------------------------------------------------------- */

static bool
unhex(const char *text, uint8_t ret[16])
{
        for (size_t i = 0; text != NULL && i < 16; i++) {
                unsigned byte;
                int used = 0;

                if (sscanf(text + 2 * i, "%2x%n", &byte, &used) != 1 || used != 2)
                        return false;
                ret[i] = (uint8_t)byte;
        }
        return text != NULL && text[32] == '\0';
}

static enum mst_verb
verb_named(const char *name)
{
        for (int v = MST_CREATE; name != NULL && v <= MST_MEMBERS; v++)
                if (strcmp(mst_verb_name((enum mst_verb)v), name) == 0)
                        return (enum mst_verb)v;
        return (enum mst_verb)0;
}

static bool
read_seen(struct reading *r, struct mstc_seen **ret, size_t *count)
{
        size_t room = 16, length;
        const char *name;
        int64_t number;

        *ret = mst_arena_alloc(r->arena, room * sizeof **ret);
        if (*ret == NULL || !mst_json_enter_object(r->json))
                return false;
        while (mst_json_member(r->json, &name, &length)) {
                if (*count == room) {
                        struct mstc_seen *more = mst_arena_alloc(r->arena, 2 * room * sizeof *more);

                        if (more == NULL)
                                return false;
                        memcpy(more, *ret, room * sizeof *more);
                        *ret = more;
                        room *= 2;
                }
                (*ret)[*count].name = mst_arena_strndup(r->arena, name, length);
                if ((*ret)[*count].name == NULL || mst_json_int(r->json, &number) != MST_JSON_OK)
                        return false;
                (*ret)[(*count)++].hash = (uint32_t)number;
        }
        return true;
}

static bool
is_name(const char *name, size_t length, const char *what)
{
        return strlen(what) == length && memcmp(name, what, length) == 0;
}

static bool
text_of(struct reading *r, const char **ret)
{
        const char *text;
        size_t length;

        if (mst_json_text(r->json, r->arena, &text, &length) != MST_JSON_OK)
                return false;
        *ret = mst_arena_strndup(r->arena, text, length);
        return *ret != NULL;
}

static bool
read_seal(struct reading *r, struct mstc_seal *seal)
{
        const char *name, *op = NULL, *entry = NULL, *link = NULL;
        size_t length;

        if (!mst_json_enter_object(r->json))
                return false;
        while (mst_json_member(r->json, &name, &length)) {
                bool good = is_name(name, length, "op") ? text_of(r, &op) : is_name(name, length, "entry") ? text_of(r, &entry)
                          : is_name(name, length, "link") ? text_of(r, &link)
                          : is_name(name, length, "record") ? read_seen(r, &seal->parts, &seal->part_count)
                          : is_name(name, length, "object") ? read_seen(r, &seal->held, &seal->held_count) : true;

                if (!good)
                        return false;
        }
        return unhex(op, seal->op) && unhex(entry, seal->entry) && unhex(link, seal->link);
}

/* Ops without a seal were put aside when the plan was made: there is nothing to be done. */
static bool
read_op(struct reading *r)
{
        struct mstc_sealed_op op = { .target = NULL };
        const char *name, *verb = NULL, *kind = NULL, *sync = NULL;
        bool sealed = false;
        size_t length;

        if (!mst_json_enter_object(r->json))
                return false;
        while (mst_json_member(r->json, &name, &length)) {
                bool good = is_name(name, length, "sync") ? text_of(r, &sync) : is_name(name, length, "target") ? text_of(r, &op.target)
                          : is_name(name, length, "verb") ? text_of(r, &verb) : is_name(name, length, "kind") ? text_of(r, &kind)
                          : is_name(name, length, "id") ? text_of(r, &op.id) : is_name(name, length, "title") ? text_of(r, &op.title)
                          : is_name(name, length, "seal") ? (sealed = read_seal(r, &op.seal)) : true;

                if (!good)
                        return false;
        }
        if (!sealed)
                return !mst_json_is_broken(r->json);
        op.verb = verb_named(verb);
        op.kind = kind != NULL && strcmp(kind, "group") == 0 ? MST_GROUP : MST_USER;
        if (op.verb == 0 || sync == NULL || op.target == NULL || op.id == NULL)
                return false;
        if (op.title == NULL)
                op.title = op.id;
        if (r->count == r->room) {
                size_t room = r->room != 0 ? r->room * 2 : 256;
                struct mstc_sealed_op *more = mst_arena_alloc(r->arena, room * sizeof *more);
                const char **syncs = mst_arena_alloc(r->arena, room * sizeof *syncs);

                if (more == NULL || syncs == NULL)
                        return false;
                if (r->count != 0) {
                        memcpy(more, r->ops, r->count * sizeof *more);
                        memcpy(syncs, r->op_syncs, r->count * sizeof *syncs);
                }
                r->ops = more;
                r->op_syncs = syncs;
                r->room = room;
        }
        r->op_syncs[r->count] = sync;
        r->ops[r->count++] = op;
        return true;
}

static bool
read_configuration(struct reading *r)
{
        struct mstc_sealed *more = mst_arena_alloc(r->arena, (r->plan->sync_count + 1) * sizeof *more);
        struct mst_json_field fields[] = {
                { .name = "sync" }, { .name = "configuration" }, { .name = NULL }
        };

        if (more == NULL)
                return false;
        if (r->plan->sync_count != 0)
                memcpy(more, r->plan->syncs, r->plan->sync_count * sizeof *more);
        r->plan->syncs = more;
        more += r->plan->sync_count++;
        *more = (struct mstc_sealed){ .arena = r->arena };
        fields[0].text = &more->sync;
        fields[1].text = &more->configuration;
        return mst_json_fields(r->json, r->arena, fields, sizeof fields[0]) && more->sync != NULL
            && more->configuration != NULL;
}

static bool
each(struct reading *r, bool (*take)(struct reading *))
{
        bool good = mst_json_enter_array(r->json);

        while (good && mst_json_element(r->json))
                good = take(r);
        return good;
}

static int
read_all(struct reading *r, const char *lineage, struct mst_error *err)
{
        const char *of = NULL, *name;
        int64_t format = 0, until = 0;
        const struct mst_json_field seal[] = {
                { .name = "format", .number = &format }, { .name = "lineage", .text = &of },
                { .name = "until-ms", .number = &until }, { .name = "made", .text = &r->plan->made },
                { .name = "until", .text = &r->plan->until }, { .name = "by", .text = &r->plan->by }, { .name = NULL }
        };
        bool good = mst_json_enter_object(r->json);
        size_t length;

        while (good && mst_json_member(r->json, &name, &length))
                good = is_name(name, length, "seal") ? mst_json_fields(r->json, r->arena, seal, sizeof seal[0])
                     : is_name(name, length, "ops") ? each(r, read_op)
                     : is_name(name, length, "configurations") ? each(r, read_configuration) : true;
        if (!good || !mst_json_finish(r->json) || of == NULL)
                return mst_fail(err, MST_EREFUSED, "this is not a plan as `muster plan -o` writes it (memory may have been out)");
        if (format != MSTC_PLAN_FORMAT)
                return mst_fail(err, MST_EREFUSED, "the plan is of another muster (format %lld); make a new one",
                                (long long)format);
        if (strcmp(of, lineage) != 0)
                return mst_fail(err, MST_EREFUSED, "the plan was made with another store; make a new one with this one");
        if (mstc_now_ms() > until)
                return mst_fail(err, MST_EREFUSED, "the plan was made at %s and could be applied until %s; make a new one",
                                r->plan->made != NULL ? r->plan->made : "?", r->plan->until != NULL ? r->plan->until : "?");
        return MST_OK;
}

/* Each sync gets its ops; and is still what it was. */
static int
give_out(struct reading *r, const struct mstc_setup *setup, struct mst_error *err)
{
        for (size_t i = 0; i < r->plan->sync_count; i++) {
                struct mstc_sealed *s = &r->plan->syncs[i];
                const struct mstc_sync *now = mstc_setup_sync(setup, s->sync);

                if (now == NULL)
                        return mst_fail(err, MST_EREFUSED, "the plan is of the sync '%s', which is not in the configuration",
                                        s->sync);
                if (strcmp(now->fingerprint, s->configuration) != 0)
                        return mst_fail(err, MST_EREFUSED, "the configuration of sync '%s' has changed since the plan was made; "
                                        "make a new one", s->sync);
                s->ops = mst_arena_alloc(r->arena, (r->count + 1) * sizeof *s->ops);
                if (s->ops == NULL)
                        return mst_fail_memory(err, "reading the plan");
                for (size_t k = 0; k < r->count; k++)
                        if (strcmp(r->op_syncs[k], s->sync) == 0)
                                s->ops[s->count++] = r->ops[k];
        }
        return MST_OK;
}

int
mstc_planfile_read(struct mstc_engine *engine, const struct mstc_setup *setup, const char *path, struct mst_arena *arena,
                   struct mstc_planread *ret, struct mst_error *err)
{
        struct reading r = { .arena = arena, .plan = ret, .json = mst_json_new() };
        char *bytes = NULL, lineage[33];
        size_t size = 0;
        int rc = r.json != NULL ? mstc_engine_lineage(engine, lineage, err) : mst_fail_memory(err, "reading the plan");

        *ret = (struct mstc_planread){ .made = NULL };
        if (rc == MST_OK)
                rc = load(path, &bytes, &size, err);
        if (rc == MST_OK)
                rc = check_digest(engine, path, bytes, size, err);
        if (rc == MST_OK) {
                mst_json_start(r.json, bytes, size);
                rc = read_all(&r, lineage, err);
                if (rc == MST_OK)
                        rc = give_out(&r, setup, err);
        }
        mst_json_free(r.json);
        mstc_free(bytes);
        return rc;
}
