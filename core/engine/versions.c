/* versions.c - what the rules say now, beside what the store has of them.
 *
 * In the transaction of the plan that a changed configuration makes, before anybody is put before
 * the rules: a text that is new is noted with the run, and so is that a rule is there no more.  A
 * store that knows of no rules yet, as one of an earlier muster, gets them with its next plan. */
#include "build.h"

#include "engine/run.h"

#include <stdio.h>
#include <string.h>

#include <xxhash.h>

#include "store/versions.h"
#include "util/alloc.h"
#include "util/buffer.h"
#include "util/map.h"

struct noting {
        struct mstc_run *run;
        struct mstc_map *now;                /* name -> text                           */
        struct mst_arena *arena;
};

static bool
put(struct noting *n, const char *name, const char *before, const struct mstc_expr *rule)
{
        const char *text = rule == NULL ? before : mst_arena_printf(n->arena, "%s%s%s", before, before[0] != '\0' ? ": " : "",
                                                                    mstc_expr_text(rule));

        return text != NULL && (mstc_map_get(n->now, name) != NULL || mstc_map_put(n->now, name, (char *)(uintptr_t)text));
}

static void
add_part(struct mstc_buffer *into, const char *word, const char *text)
{
        if (text != NULL)
                mstc_buffer_printf(into, "%s%s%s", into->length > 0 ? "; " : "", word, text);
}

/* What a group is made of, in the words of whoever wrote it: the groups that it names have
 * versions of their own, and why somebody is an exception is kept beside him. */
static const char *
say_group(struct noting *n, const struct mstc_rule_group *group)
{
        const struct mstc_config_group *config = &n->run->sync->config->groups[group->id];
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer text = { 0 };

        if (config->any_of == NULL && config->all_of == NULL && config->none_of == NULL && config->exception_count == 0)
                return mstc_expr_text(group->rule);
        add_part(&text, "", config->rule.text);
        add_part(&text, "any-of ", config->any_of);
        add_part(&text, "all-of ", config->all_of);
        add_part(&text, "none-of ", config->none_of);
        for (size_t i = 0; i < config->exception_count; i++) {
                const struct mstc_config_exception *one = &config->exceptions[i];

                add_part(&text, one->include ? "include " : "exclude ", one->user);
                if (one->until != NULL)
                        mstc_buffer_printf(&text, " until %s", one->until);
                if (one->reason != NULL || one->by != NULL)
                        mstc_buffer_printf(&text, " (%s%s%s%s)", one->reason != NULL ? one->reason : "",
                                           one->reason != NULL && one->by != NULL ? ", " : "", one->by != NULL ? "by " : "",
                                           one->by != NULL ? one->by : "");
        }
        return mstc_buffer_ok(&text) ? mst_arena_strdup(n->arena, mstc_buffer_cstr(&text)) : NULL;
}

/* What the configuration has: of two that are called the same the first, as elsewhere. */
static int
gather(struct noting *n, struct mst_error *err)
{
        const struct mstc_sync *sync = n->run->sync;
        const char *text;
        bool ok = true;

        for (size_t i = 0; i < sync->group_count; i++)
                ok = ok && (text = say_group(n, &sync->groups[i])) != NULL && put(n, sync->groups[i].name, text, NULL);
        for (size_t i = 0; i < sync->family_count; i++) {
                const char *each = mst_arena_printf(n->arena, "for each %s", sync->families[i].config->each);

                ok = ok && each != NULL && put(n, sync->families[i].config->name, each, sync->families[i].rule);
        }
        for (size_t i = 0; i < sync->carry_count; i++)
                ok = ok && put(n, sync->carries[i].config->name, "from the source", sync->carries[i].rule);
        return ok ? MST_OK : mst_fail_memory(err, "noting the rules");
}

static int
note(struct noting *n, const char *name, const char *text, struct mst_error *err)
{
        struct mstc_version version = { .name = name, .text = text };
        char fingerprint[17] = "";

        if (text != NULL)
                (void)snprintf(fingerprint, sizeof fingerprint, "%016llx",
                               (unsigned long long)XXH3_64bits(text, strlen(text)));
        version.fingerprint = fingerprint;
        return mstc_version_add(n->run->store, n->run->row.id, n->run->id, &version, err);
}

static bool
same(const char *a, const char *b)
{
        return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* Names that the store has, each with the text it has now; they are met no more then. */
static int
compare(struct noting *n, struct mst_error *err)
{
        struct mstc_version was = { .name = "" };
        int rc;

        while ((rc = mstc_version_next(n->run->store, n->run->row.id, was.name, n->arena, &was, err)) == MST_OK) {
                const char *text = mstc_map_get(n->now, was.name);

                if (!same(text, was.text) && note(n, was.name, text, err) != MST_OK)
                        return err->code;
                if (text != NULL && !mstc_map_put(n->now, was.name, NULL))
                        return mst_fail_memory(err, "noting the rules");
        }
        return rc < 0 ? rc : MST_OK;
}

static int
note_new(struct noting *n, struct mst_error *err)
{
        size_t at = 0;
        const char *name;
        void *text;

        while (mstc_map_each(n->now, &at, &name, &text))
                if (text != NULL && note(n, name, text, err) != MST_OK)
                        return err->code;
        return MST_OK;
}

int
mstc_versions_note(struct mstc_run *run, struct mst_error *err)
{
        struct noting n = { .run = run };
        bool none = false;
        int rc;

        if (same(run->row.groups_fingerprint, run->sync->groups_fingerprint)
            && (mstc_versions_none(run->store, run->row.id, &none, err) != MST_OK || !none))
                return err->code;
        n.arena = mst_arena_new(0);
        n.now = mstc_map_new();
        rc = n.arena != NULL && n.now != NULL ? gather(&n, err) : mst_fail_memory(err, "noting the rules");
        if (rc == MST_OK)
                rc = compare(&n, err);
        if (rc == MST_OK)
                rc = note_new(&n, err);
        mstc_map_free(n.now);
        mst_arena_free(n.arena);
        return rc;
}
