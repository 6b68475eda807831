/* engine-exactly.c - a saved plan is carried out, and nothing else: what else is open stays, and
 * what is not as it was is skipped with the reason. */
#include "world.h"

#include <stdio.h>
#include <string.h>

#include "engine/seal.h"

#define TARGET "<group name='staff'>user.department -eq \"Sales\"</group>" \
        "<target sink='snk'><match attribute='mail'/><groups use='*'/></target>"

struct saved {
        struct mstc_sealed plan;
        struct mstc_sealed_op ops[20];
        uint64_t joins;
};

static struct mstc_seen *
seen_copy(struct mst_arena *arena, const struct mstc_seen *seen, size_t count)
{
        struct mstc_seen *copy = mst_arena_alloc(arena, (count + 1) * sizeof *copy);

        for (size_t i = 0; i < count; i++)
                copy[i] = (struct mstc_seen){ mst_arena_strdup(arena, seen[i].name), seen[i].hash };
        return copy;
}

static void
take(void *self, const struct mstc_planned *op)
{
        struct saved *s = self;
        struct mst_arena *arena = s->plan.arena;
        struct mstc_sealed_op *into = &s->ops[s->plan.count++];

        ck_assert_uint_le(s->plan.count, UNIT_COUNT(s->ops));
        ck_assert_ptr_nonnull(op->seal);
        *into = (struct mstc_sealed_op){ .target = mst_arena_strdup(arena, op->target), .id = mst_arena_strdup(arena, op->id),
                                         .title = mst_arena_strdup(arena, op->title), .kind = op->kind, .verb = op->verb,
                                         .seal = *op->seal };
        into->seal.parts = seen_copy(arena, op->seal->parts, op->seal->part_count);
        into->seal.held = seen_copy(arena, op->seal->held, op->seal->held_count);
        s->joins += op->seal->join_count;
}

static void
save(struct world *w, struct saved *s)
{
        struct mstc_sync_options options = { .plan_only = true, .op = take, .self = s, .seal = true };

        *s = (struct saved){ .plan = { .sync = "s", .arena = mst_arena_new(0), .ops = s->ops } };
        world_sync(w, &options);
}

static int
apply(struct world *w, struct saved *s)
{
        struct mstc_sync_options options = { .exactly = &s->plan };

        for (size_t i = 0; i < s->plan.count; i++) {
                s->ops[i].number = 0;
                s->ops[i].fate = MSTC_SEALED_SKIPPED;
                s->ops[i].why = NULL;
        }
        return world_sync(w, &options);
}

static const struct mstc_sealed_op *
of(const struct saved *s, const char *id, enum mst_verb verb)
{
        for (size_t i = 0; i < s->plan.count; i++)
                if (strcmp(s->ops[i].id, id) == 0 && s->ops[i].verb == verb)
                        return &s->ops[i];
        ck_abort_msg("the plan has no such op of %s", id);
        return NULL;
}

static void
was(const struct saved *s, const char *id, enum mst_verb verb, enum mstc_sealed_fate fate, const char *why)
{
        const struct mstc_sealed_op *op = of(s, id, verb);

        ck_assert_msg(op->fate == fate, "%s: %d, %s", id, (int)op->fate, op->why != NULL ? op->why : "-");
        ck_assert_msg(why == NULL ? op->why == NULL : op->why != NULL && strstr(op->why, why) != NULL, "%s: %s", id,
                      op->why != NULL ? op->why : "-");
}

static void
forget(struct world *w)
{
        w->did_length = 0;
        if (w->did != NULL)
                w->did[0] = '\0';
}

static struct world *
begun(void)
{
        struct world *w = world_new("", TARGET);

        world_page(w, "w 1 mail=a@x;mailNickname=ada;department=Sales\nw 2 mail=b@x;mailNickname=bob;department=Sales\n"
                   "w 3 mail=c@x;mailNickname=cid\ncomplete c1\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        forget(w);
        return w;
}

/* All of it, once; what follows comes with the next sync. */
START_TEST(all_of_it)
{
        struct world *w = begun();
        struct saved s;

        world_page(w, "p 1 displayName=Ada\nw 4 mail=d@x;mailNickname=dan;department=Sales\np 3 department=Sales\ncomplete c2\n");
        save(w, &s);
        ck_assert_uint_ge(s.joins, 1);
        world_did(w, "");
        apply(w, &s);
        was(&s, "4", MST_CREATE, MSTC_SEALED_DONE, NULL);
        was(&s, "staff", MST_MEMBERS, MSTC_SEALED_DONE, NULL);
        forget(w);
        ck_assert_int_eq(apply(w, &s), MSTC_END_DONE);
        world_did(w, "");
        was(&s, "4", MST_CREATE, MSTC_SEALED_BEFORE, "done already, in run");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_int_eq(world_sql(w, "SELECT count FROM glink"), 4);
        mst_arena_free(s.plan.arena);
        world_free(w);
}
END_TEST

/* What changed since, who changed since, and what else there is to do are left alone. */
START_TEST(nothing_else)
{
        struct world *w = begun();
        struct saved s;

        /* 5 was refused and would be tried again; 3 has news that the plan does not know. */
        world_rule(&w->sinks[0], MST_CREATE, "5", MST_RETRY, 1, false);
        world_page(w, "w 5 mail=e@x;mailNickname=eve\ncomplete c2\n");
        world_sync(w, NULL);
        world_page(w, "p 1 mailNickname=ann\np 2 mailNickname=rob\nw 4 mail=d@x;mailNickname=dan\ncomplete c3\n");
        save(w, &s);
        for (size_t i = 0; i < s.plan.count; i++)        /* 5 is open and shown; here it is left out */
                if (strcmp(s.ops[i].id, "5") == 0)
                        s.ops[i--] = s.ops[--s.plan.count];
        world_change(w, "UPDATE op SET due=NULL WHERE state=3");
        forget(w);
        world_page(w, "p 2 jobTitle=Clerk\np 3 mailNickname=sid\ns 4\ncomplete c4\n");
        apply(w, &s);
        world_did(w, "rename 1: uid=ann\n");
        was(&s, "1", MST_RENAME, MSTC_SEALED_DONE, NULL);
        was(&s, "2", MST_RENAME, MSTC_SEALED_SKIPPED, "changed since: jobTitle");
        was(&s, "4", MST_CREATE, MSTC_SEALED_SKIPPED, "changed since: whether he is there");
        forget(w);
        world_sync(w, NULL);
        ck_assert_ptr_nonnull(strstr(w->did, "create 5"));
        ck_assert_ptr_nonnull(strstr(w->did, "rename 2"));
        ck_assert_ptr_nonnull(strstr(w->did, "rename 3"));
        mst_arena_free(s.plan.arena);
        world_free(w);
}
END_TEST

/* The object is not as it was; the sink cannot be asked; the sink refuses; a group's members are
 * others than those that were shown. */
START_TEST(not_so)
{
        struct world *w = begun();
        struct saved s;

        world_page(w, "p 1 mailNickname=ann\np 2 mailNickname=rob\np 3 department=Sales\ncomplete c2\n");
        save(w, &s);
        w->sinks[0].probe_fails = "it is down";
        apply(w, &s);
        world_did(w, "");
        was(&s, "1", MST_RENAME, MSTC_SEALED_SKIPPED, "it is down");
        w->sinks[0].probe_fails = NULL;
        world_change(w, "UPDATE link SET name='elsewhere' WHERE entry=(SELECT number FROM entry WHERE id='1')");
        world_rule(&w->sinks[0], MST_RENAME, "2", MST_REFUSED, -1, false);
        world_page(w, "w 6 mail=f@x;mailNickname=fay;department=Sales\np 1 department=\ncomplete c3\n");
        apply(w, &s);
        was(&s, "1", MST_RENAME, MSTC_SEALED_SKIPPED, "changed since:");
        was(&s, "2", MST_RENAME, MSTC_SEALED_OPEN, "parked:");
        was(&s, "staff", MST_MEMBERS, MSTC_SEALED_SKIPPED, "what would be written has changed");
        mst_arena_free(s.plan.arena);
        world_free(w);
}
END_TEST

/* A dry run tells the same and does nothing; what a guard holds is told, and not done. */
START_TEST(dry_and_held)
{
        struct world *w = world_new("", "<target sink='snk'><match attribute='mail'/>"
                                    "<limit of='identity' above='0' and-percent='0'/></target>");
        struct saved s;
        struct mstc_sync_options dry = { .plan_only = true };

        world_page(w, "w 1 mail=a@x;mailNickname=ada\nw 2 mail=b@x;mailNickname=bob\ncomplete c1\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        forget(w);
        world_page(w, "p 1 mailNickname=ann\np 2 displayName=B\nw 3 mail=c@x;mailNickname=cid\ncomplete c2\n");
        save(w, &s);
        dry.exactly = &s.plan;
        world_sync(w, &dry);
        world_did(w, "");
        was(&s, "3", MST_CREATE, MSTC_SEALED_WOULD, NULL);
        was(&s, "1", MST_RENAME, MSTC_SEALED_HELD, NULL);
        ck_assert_int_eq(apply(w, &s), MSTC_END_HELD);
        was(&s, "3", MST_CREATE, MSTC_SEALED_DONE, NULL);
        was(&s, "1", MST_RENAME, MSTC_SEALED_HELD, "muster holds 1");
        forget(w);
        ck_assert_uint_eq(world_approve(w, 1), 1);
        ck_assert_int_eq(apply(w, &s), MSTC_END_DONE);
        world_did(w, "rename 1: uid=ann\n");
        was(&s, "1", MST_RENAME, MSTC_SEALED_DONE, NULL);
        was(&s, "3", MST_CREATE, MSTC_SEALED_BEFORE, "done already");
        mst_arena_free(s.plan.arena);
        world_free(w);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("engine-exactly");
        TCase *t = tcase_create("all");

        tcase_set_timeout(t, 60);
        tcase_add_test(t, all_of_it);
        tcase_add_test(t, nothing_else);
        tcase_add_test(t, not_so);
        tcase_add_test(t, dry_and_held);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
