/* test.c - what <muster/test.h> promises: the program's side, made of the same parts.
 *
 * A struct mst_test keeps a list of what it has made and how each ends.  An op leaves
 * the list while a feed has it, and is back when it has been collected. */
#include "build.h"

#include <muster/test.h>

#include <string.h>

#include "sdk/facts.h"
#include "sdk/host.h"
#include "sdk/op.h"
#include "sdk/page.h"
#include "sdk/search.h"
#include "util/alloc.h"

#define FEED_ROOM 1000000u

struct thing {
        struct thing *next;
        void *what;                          /* NULL: somebody else has it              */
        void (*end)(void *what);
};

struct line {
        enum mst_level level;
        const char *text;
};

struct kept {
        struct kept *next;
        const char *name;
        const void *bytes;
        size_t size;
};

struct mst_test {
        struct mst_arena *arena;
        struct mstc_stop *stop;
        struct mst_host *host;
        struct thing *things;
        struct kept *kept;
        struct line *lines;
        size_t line_count, line_room;
};

/* What a test's op is tied to: its place in the list, and its two records. */
struct draft {
        struct thing *thing;
        struct mst_record *before, *after;
        size_t member_room;
};

/* --- the host ---------------------------------------------------------------------------- */

static void
keep_line(void *self, const char *instance, enum mst_level level, const char *text)
{
        struct mst_test *test = self;
        const char *copy = mst_arena_strdup(test->arena, text);

        (void)instance;
        if (test->line_count == test->line_room) {
                size_t room = test->line_room > 0 ? test->line_room * 2 : 16;
                struct line *lines = mstc_realloc_array(test->lines, room, sizeof *lines);

                if (lines == NULL)
                        return;
                test->lines = lines;
                test->line_room = room;
        }
        if (copy != NULL)
                test->lines[test->line_count++] = (struct line){ level, copy };
}

static struct kept *
find_kept(struct mst_test *test, const char *name)
{
        for (struct kept *k = test->kept; k != NULL; k = k->next)
                if (strcmp(k->name, name) == 0)
                        return k;
        return NULL;
}

static int
keep_bytes(void *self, const char *instance, const char *name, const void *bytes, size_t size,
           struct mst_error *err)
{
        struct mst_test *test = self;
        struct kept *k = find_kept(test, name);
        const void *copy = mst_arena_memdup(test->arena, bytes, size);

        (void)instance;
        if (k == NULL) {
                k = mst_arena_alloc(test->arena, sizeof *k);
                if (k != NULL)
                        k->name = mst_arena_strdup(test->arena, name);
                if (k == NULL || k->name == NULL)
                        return mst_fail_memory(err, "keeping a value");
                k->next = test->kept;
                test->kept = k;
        }
        if (copy == NULL)
                return mst_fail_memory(err, "keeping a value");
        k->bytes = copy;
        k->size = size;
        return MST_OK;
}

static const void *
give_bytes(void *self, const char *instance, const char *name, struct mst_arena *arena, size_t *size)
{
        struct kept *k = find_kept(self, name);
        const void *copy = k != NULL && k->size > 0 ? mst_arena_memdup(arena, k->bytes, k->size) : NULL;

        (void)instance;
        *size = copy != NULL ? k->size : 0;
        return copy;
}

struct mst_test *
mst_test_new(const char *instance)
{
        static const struct mstc_host_calls calls = {
                .log = keep_line, .keep = keep_bytes, .kept = give_bytes
        };
        struct mst_test *test = mstc_alloc(sizeof *test);

        if (test == NULL)
                return NULL;
        test->arena = mst_arena_new(0);
        test->stop = mstc_stop_new();
        test->host = mstc_host_new(instance, &calls, test, test->stop);
        if (test->arena != NULL && test->stop != NULL && test->host != NULL)
                return test;
        mst_test_free(test);
        return NULL;
}

void
mst_test_free(struct mst_test *test)
{
        if (test == NULL)
                return;
        for (struct thing *t = test->things; t != NULL; t = t->next)
                if (t->what != NULL)
                        t->end(t->what);
        mstc_host_free(test->host);
        mstc_stop_free(test->stop);
        mstc_free(test->lines);
        mst_arena_free(test->arena);
        mstc_free(test);
}

struct mst_host *
mst_test_host(struct mst_test *test)
{
        return test->host;
}

bool
mst_test_wants(struct mst_test *test, const char *const *names, size_t count)
{
        return mstc_host_set_wants(test->host, names, count);
}

void
mst_test_stop(struct mst_test *test)
{
        mstc_stop_now(test->stop);
}

size_t
mst_test_log_count(const struct mst_test *test)
{
        return test->line_count;
}

const char *
mst_test_log_at(const struct mst_test *test, size_t index, enum mst_level *level)
{
        if (index >= test->line_count)
                return NULL;
        if (level != NULL)
                *level = test->lines[index].level;
        return test->lines[index].text;
}

/* --- things ---------------------------------------------------------------------------------- */

/* Takes 'what' into the list; ends it at once when there is no memory for that. */
static struct thing *
own(struct mst_test *test, void *what, void (*end)(void *what))
{
        struct thing *thing = what != NULL ? mst_arena_alloc(test->arena, sizeof *thing) : NULL;

        if (thing == NULL) {
                if (what != NULL)
                        end(what);
                return NULL;
        }
        thing->what = what;
        thing->end = end;
        thing->next = test->things;
        test->things = thing;
        return thing;
}

static void
end_facts(void *what)
{
        mstc_facts_free(what);
}

static void
end_page(void *what)
{
        mstc_page_free(what);
}

static void
end_search(void *what)
{
        mstc_search_free(what);
}

static void
end_feed(void *what)
{
        mstc_feed_free(what);
}

static void
end_op(void *what)
{
        mstc_op_free(what);
}

struct mst_facts *
mst_test_facts(struct mst_test *test)
{
        struct thing *thing = own(test, mstc_facts_new(), end_facts);

        return thing != NULL ? thing->what : NULL;
}

struct mst_page *
mst_test_page(struct mst_test *test)
{
        struct thing *thing = own(test, mstc_page_new(), end_page);

        return thing != NULL ? thing->what : NULL;
}

struct mst_search *
mst_test_search(struct mst_test *test)
{
        struct thing *thing = own(test, mstc_search_new(), end_search);

        return thing != NULL ? thing->what : NULL;
}

struct mst_feed *
mst_test_feed(struct mst_test *test)
{
        struct thing *thing = own(test, mstc_feed_new(FEED_ROOM), end_feed);

        return thing != NULL ? thing->what : NULL;
}

struct mst_ids *
mst_test_ids(struct mst_test *test, enum mst_kind kind, const char *const *ids, size_t count)
{
        struct mst_ids *made = mst_arena_alloc(test->arena, sizeof *made);
        enum mst_kind *kinds = mst_arena_alloc(test->arena, count * sizeof *kinds);
        const char **copies = mst_arena_alloc(test->arena, count * sizeof *copies);

        if (made == NULL || kinds == NULL || copies == NULL)
                return NULL;
        for (size_t i = 0; i < count; i++) {
                kinds[i] = kind;
                copies[i] = mst_arena_strdup(test->arena, ids[i]);
                if (copies[i] == NULL)
                        return NULL;
        }
        made->count = count;
        made->kinds = kinds;
        made->ids = copies;
        return made;
}

/* --- ops ---------------------------------------------------------------------------------------- */

struct mst_op *
mst_test_op(struct mst_test *test, enum mst_verb verb, enum mst_kind kind, const char *id)
{
        struct thing *thing = own(test, mstc_op_new(), end_op);
        struct mst_op *op = thing != NULL ? thing->what : NULL;
        struct draft *draft = op != NULL ? mst_arena_alloc(op->arena, sizeof *draft) : NULL;

        if (draft == NULL)
                return NULL;
        op->engine = draft;
        op->verb = verb;
        op->kind = kind;
        op->enabled = true;
        op->id = mst_arena_strdup(op->arena, id);
        op->key = mst_arena_printf(op->arena, "test-%s-%s", mst_verb_name(verb), id);
        draft->thing = thing;
        draft->before = mstc_record_new(op->arena, kind, id, strlen(id));
        draft->after = mstc_record_new(op->arena, kind, id, strlen(id));
        if (op->id == NULL || op->key == NULL || draft->before == NULL || draft->after == NULL)
                return NULL;
        return op;
}

static struct draft *
draft_of(const struct mst_op *op)
{
        return op->engine;
}

struct mst_record *
mst_test_op_before(struct mst_op *op)
{
        return draft_of(op)->before;
}

struct mst_record *
mst_test_op_after(struct mst_op *op)
{
        return draft_of(op)->after;
}

bool
mst_test_op_object(struct mst_op *op, const char *object, const char *name, const char *version)
{
        op->object = mst_arena_strdup(op->arena, object);
        op->name = mst_arena_strdup(op->arena, name);
        op->version = version != NULL ? mst_arena_strdup(op->arena, version) : NULL;
        return op->object != NULL && op->name != NULL && (version == NULL || op->version != NULL);
}

bool
mst_test_op_stamp(struct mst_op *op, const char *stamp)
{
        op->stamp = mst_arena_strdup(op->arena, stamp);
        return op->stamp != NULL;
}

void
mst_test_op_enabled(struct mst_op *op, bool enabled)
{
        op->enabled = enabled;
}

void
mst_test_op_retried(struct mst_op *op, bool retried)
{
        op->retried = retried;
}

bool
mst_test_op_member(struct mst_op *op, bool joins, const char *object, const char *name)
{
        struct draft *draft = draft_of(op);
        struct mstc_op_member *m;

        if (op->member_count == draft->member_room) {
                size_t room = draft->member_room > 0 ? draft->member_room * 2 : 8;

                m = mst_arena_alloc(op->arena, room * sizeof *m);
                if (m == NULL)
                        return false;
                if (op->member_count > 0)
                        memcpy(m, op->members, op->member_count * sizeof *m);
                op->members = m;
                draft->member_room = room;
        }
        m = &op->members[op->member_count];
        *m = (struct mstc_op_member){ .joins = joins };
        m->object = mst_arena_strdup(op->arena, object);
        m->name = mst_arena_strdup(op->arena, name);
        if (m->object == NULL || m->name == NULL)
                return false;
        op->member_count++;
        return true;
}

static bool
add_change(void *self, const char *name, const struct mst_value *before, const struct mst_value *after)
{
        struct mst_op *op = self;

        op->changes[op->change_count++] = (struct mstc_change){ name, before, after };
        return true;
}

bool
mst_test_push(struct mst_feed *feed, struct mst_op *op)
{
        struct draft *draft = draft_of(op);
        size_t most = draft->before->count + (size_t)draft->after->count;

        if (draft->before->bad != NULL || draft->after->bad != NULL)
                return false;
        op->change_count = 0;
        op->changes = mst_arena_alloc(op->arena, most * sizeof *op->changes);
        if (op->changes == NULL)
                return false;
        mstc_record_compare(draft->before, draft->after, add_change, op);
        op->wanted = draft->after;
        draft->thing->what = NULL;           /* the feed's now */
        mstc_feed_push(feed, op);
        return true;
}

void
mst_test_end(struct mst_feed *feed)
{
        mstc_feed_end(feed);
}

void
mst_test_halt(struct mst_feed *feed)
{
        mstc_feed_halt(feed);
}

void
mst_test_close(struct mst_feed *feed, const struct mst_error *err)
{
        mstc_feed_close(feed, err);
}

struct mst_op *
mst_test_collect(struct mst_feed *feed)
{
        struct mst_op *op = NULL;

        if (mstc_feed_collect(feed, &op, 1, 0) == 1)
                draft_of(op)->thing->what = op;
        return op;
}
