/* engine-torture.c - memory runs out, once, at any point of a run: it ends with a sentence, and
 * the next run makes good what is missing. */
#include "world.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "util/alloc.h"

#define SYNC "<scope>user.department -ne \"X\"</scope><group name='fin'>user.department -eq \"F\"</group>" \
             "<group name='via'>user.transitiveMemberOf -any (group.objectId -eq \"g1\")</group>" \
             "<groups for-each='department' name='d-{value}'/><groups from='source' name='{id}' title='{displayName}'/>" \
             "<target sink='snk'><match attribute='mail' on-existing='adopt'/><groups use='*'/>" \
             "<on-gone do='disable' delete-after='30d'/></target>"

static const struct world_answer answers[] = {
        { "-", "w 1 displayName=Ada;mail=ada@x;mailNickname=ada;department=F\n"
               "w 2 displayName=Bob;mail=bob@x;mailNickname=bob;department=F;manager=1\n"
               "w 3 displayName=Cy;mail=cy@x;mailNickname=cy;department=I;manager=2;otherMails=a@x|b@x\n"
               "gw g1 displayName=Staff\nm g1 1\nm g1 @g2\nm g1 99\nmore p2\n" },
        { "p2", "w 4 displayName=Dan;mail=dan@x;mailNickname=dan;department=I;manager=5\n"
                "w 5 displayName=Eve;mail=eve@x;mailNickname=eve;department=F;manager=4\n"
                "gw g2 displayName=Dans\nm g2 4\ncomplete c1\n" },
        { NULL, NULL }                       /* the first run knows no more            */
}, more[] = {
        { "-", "!everything again\n" },
        { "c1", "p 1 mailNickname=king\np 2 department=I\ns 3\np 4 accountEnabled=false\nw 5 mailNickname=eve\n"
                "w 6 displayName=Fay;mail=fay@x;mailNickname=fay;department=F;manager=1\n"
                "gp g1 displayName=Crew\nx g1 1\nall g2\nm g2 2\nm g2 4\ncomplete c2\n" },
        { NULL, NULL }
};


static const char *const holds[2] = {
        "displayName=Ada mail=ada@x uid=ada\ndisplayName=Bob mail=bob@x manager=ada uid=bob\n"
        "displayName=Cy mail=cy@x manager=bob uid=cy\ndisplayName=Dan mail=dan@x manager=eve uid=dan\n"
        "displayName=Eve mail=eve@x manager=dan uid=eve\ncn=fin description=fin: ada bob eve\n"
        "cn=d-F description=d-F: ada bob eve\ncn=d-I description=d-I: cy dan\n"
        "cn=via description=via: ada dan\ncn=g1 description=Staff: ada dan\ncn=g2 description=Dans: dan\n",
        "displayName=Ada mail=ada@x uid=king\ndisplayName=Bob mail=bob@x manager=king uid=bob\n"
        "displayName=Cy mail=cy@x manager=bob uid=cy (off)\ndisplayName=Dan mail=dan@x manager=eve uid=dan (off)\n"
        "uid=eve\ndisplayName=Fay mail=fay@x manager=king uid=fay\n"
        "cn=fin description=fin: fay king\ncn=d-F description=d-F: fay king\ncn=d-I description=d-I: bob\n"
        "cn=via description=via: bob\ncn=g1 description=Crew: bob\ncn=g2 description=Dans: bob\n",
};

struct base { struct world_object *objects; size_t count; long last; };

static void
copy_file(const char *from, const char *to)
{
        char command[400];

        (void)snprintf(command, sizeof command, "rm -f '%s' '%s-wal' '%s-shm'; [ ! -e '%s' ] || cp -p '%s' '%s'", to, to, to, from, from, to);
        ck_assert_int_eq(system(command), 0);
}

static void
keep(struct base *base, const struct world_sink *sink)
{
        base->objects = calloc(sink->count + 1, sizeof *base->objects);
        base->count = sink->count;
        base->last = sink->last;
        if (sink->count != 0)
                memcpy(base->objects, sink->objects, sink->count * sizeof *base->objects);
        for (size_t i = 0; i < base->count; i++) {
                struct world_object *o = &base->objects[i];
                long *members = calloc(o->member_count + 1, sizeof *members);

                if (o->member_count != 0)
                        memcpy(members, o->members, o->member_count * sizeof *members);
                o->members = members;
        }
}

static void
drop(struct base *base)
{
        for (size_t i = 0; i < base->count; i++)
                free(base->objects[i].members);
        free(base->objects);
}

static void
restore(struct world *w, const struct base *base)
{
        struct world_sink *s = &w->sinks[0], kept = { .objects = base->objects, .count = base->count, .last = base->last };
        struct base copy, old = { s->objects, s->count, 0 };

        drop(&old);
        keep(&copy, &kept);
        s->objects = copy.objects;
        s->count = copy.count;
        s->room = copy.count + 1;
        s->last = copy.last;
        w->did_length = 0;
}

static void
torture(int which, long step)
{
        struct world *w = world_new("", SYNC);
        char kept[200], mark[200];
        struct base base;
        long n;

        w->answers = answers;
        if (which == 1)
                ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        w->answers = which == 1 ? more : answers;
        (void)snprintf(kept, sizeof kept, "%s/kept", w->folder);
        copy_file(w->store_file, kept);
        (void)snprintf(mark, sizeof mark, "%s.mark", w->store_file);
        keep(&base, &w->sinks[0]);
        for (n = 1; ; n += step) {
                int outcome = MSTC_END_FAILED;
                bool failed, opened;

                copy_file(kept, w->store_file);
                (void)unlink(mark);          /* that there was a later one is not to be known */
                restore(w, &base);
                mstc_alloc_fail_at(n);
                opened = world_open(w);
                if (opened)
                        outcome = world_run(w, NULL);
                failed = mstc_alloc_failed();
                mstc_alloc_fail_at(0);
                world_close(w);
                if (!failed)
                        break;
                if (!opened)
                        ck_assert_msg(w->err.text[0] != '\0', "n=%ld: no sentence", n);
                else if (outcome == MSTC_END_FAILED)
                        ck_assert_msg(w->summary.text[0] != '\0', "n=%ld: no sentence", n);
                if (outcome == MSTC_END_HELD)
                        ck_abort_msg("n=%ld: held: %s", n, w->log);
                outcome = world_sync(w, NULL);
                ck_assert_msg(outcome == MSTC_END_DONE, "n=%ld: %d %s\n%s", n, outcome, w->summary.text, w->log);
                world_holds(w, 0, holds[which]);
        }
        ck_assert_int_gt(n, 150);
        drop(&base);
        world_free(w);
}

/* Every point when it is asked for, a sample otherwise. */
static long
step_of(void)
{
        return getenv("MUSTER_TORTURE") != NULL ? 1 : UNIT_SANITIZED ? 23 : 7;
}

START_TEST(first_run)
{
        torture(0, step_of());
}
END_TEST

START_TEST(second_run)
{
        torture(1, step_of());
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("engine-torture");
        TCase *t = tcase_create("all");

        tcase_set_timeout(t, 3600);
        tcase_add_test(t, first_run);
        tcase_add_test(t, second_run);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
