/* engine-chance.c - what a map draws by chance for somebody stays his until he is made. */
#include "world.h"

#include <stdio.h>
#include <string.h>

#define MAPS "<target sink='snk'><match attribute='mail'/>" \
        "<map to='title' when='create'>Append([mailNickname], RandomString(12, 3, 3, 3, 0))</map>" \
        "<limit of='creates' above='0' and-percent='0'/></target>"

struct seen { char title[2][64]; int count; };

static void
look(void *self, const struct mstc_planned *op)
{
        struct seen *seen = self;
        const struct mst_value *v = op->after != NULL ? mst_record_get(op->after, "title") : NULL;

        ck_assert(v != NULL && seen->count < 2);
        (void)snprintf(seen->title[strcmp(op->id, "2") == 0], sizeof seen->title[0], "%s", mst_value_text(v, NULL));
        seen->count++;
}

static struct seen
planned(struct world *w, bool offline)
{
        struct seen seen = { .count = 0 };
        struct mstc_sync_options options = { .plan_only = true, .offline = offline, .op = look, .self = &seen };

        world_sync(w, &options);
        return seen;
}

/* The title of an object, by the stamp of his record. */
static const char *
title_of(const struct world *w, const char *stamp)
{
        for (size_t i = 0; i < w->sinks[0].count; i++) {
                const struct world_object *o = &w->sinks[0].objects[i];

                for (size_t k = 0; o->number != 0 && strcmp(o->stamp, stamp) == 0 && k < o->pair_count; k++)
                        if (strcmp(o->pairs[k].name, "title") == 0)
                                return o->pairs[k].value;
        }
        return "";
}

/* Planned, planned offline, and made: the same; and nothing is kept of it afterwards. */
START_TEST(plan_is_sync)
{
        struct world *w = world_new("", MAPS);
        struct seen first, second, third;

        world_page(w, "w 1 mail=a@x;mailNickname=ada\nw 2 mail=b@x;mailNickname=bob\ncomplete c1\n");
        first = planned(w, false);
        second = planned(w, false);
        third = planned(w, true);
        ck_assert_int_eq(first.count, 2);
        ck_assert_uint_eq(strlen(first.title[0]), 15);
        ck_assert_str_ne(first.title[0] + 3, first.title[1] + 3);
        ck_assert_str_eq(first.title[0], second.title[0]);
        ck_assert_str_eq(first.title[1], second.title[1]);
        ck_assert_str_eq(first.title[1], third.title[1]);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM drawn"), 2);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_str_eq(title_of(w, "src:1"), first.title[0]);
        ck_assert_str_eq(title_of(w, "src:2"), first.title[1]);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM drawn"), 0);
        world_free(w);
}
END_TEST

/* Held, approved, planned again because of something that makes no difference: still approved,
 * and made as it was shown.  Where it does make one, what was drawn is the same. */
START_TEST(stays_approved)
{
        struct world *w = world_new("", MAPS);
        struct seen seen;
        char was[64];

        world_page(w, "w 1 mail=a@x;mailNickname=ada\ncomplete c1\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_page(w, "w 2 mail=b@x;mailNickname=bob\ncomplete c2\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_HELD);
        seen = planned(w, true);
        world_page(w, "p 2 mailNickname=rob\ncomplete c3\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_HELD);
        world_page(w, "p 2 department=Sales\ncomplete c4\n");
        seen = planned(w, false);
        (void)snprintf(was, sizeof was, "%s", seen.title[1]);
        ck_assert(strncmp(was, "rob", 3) == 0);
        ck_assert_uint_eq(world_approve(w, 1), 1);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_str_eq(title_of(w, "src:2"), was);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM op WHERE verb=1 AND entry=(SELECT number FROM entry WHERE id='2') AND state=16"), 1);
        world_free(w);
}
END_TEST

/* Who leaves and comes back is made with something new; who was never made is forgotten in time,
 * but not while he is only held or declined. */
START_TEST(forgotten)
{
        struct world *w = world_new("", MAPS);
        char was[64];

        world_page(w, "w 1 mail=a@x;mailNickname=ada\ncomplete c1\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        (void)snprintf(was, sizeof was, "%s", title_of(w, "src:1"));
        for (size_t i = 0; i < w->sinks[0].count; i++)
                w->sinks[0].objects[i].number = 0;
        world_page(w, "p 1 displayName=Ada\ncomplete c2\n");
        world_sync(w, NULL);
        world_sync(w, NULL);
        world_page(w, "w 2 mail=b@x;mailNickname=bob\nw 3 mail=c@x;mailNickname=cid\ncomplete c3\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_HELD);
        if (title_of(w, "src:1")[0] != '\0')
                ck_assert_str_ne(title_of(w, "src:1"), was);
        world_change(w, "UPDATE drawn SET at=1");
        world_sync(w, NULL);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM drawn WHERE entry IN (SELECT number FROM entry WHERE id IN ('2', '3'))"), 2);
        world_page(w, "s 3\ncomplete c4\n");
        world_sync(w, NULL);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM drawn WHERE entry=(SELECT number FROM entry WHERE id='2')"), 1);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM drawn WHERE entry=(SELECT number FROM entry WHERE id='3')"), 0);
        world_free(w);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("engine-chance");
        TCase *t = tcase_create("all");

        tcase_set_timeout(t, 60);
        tcase_add_test(t, plan_is_sync);
        tcase_add_test(t, stays_approved);
        tcase_add_test(t, forgotten);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
