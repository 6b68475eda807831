/* engine-fate.c - groups that nobody is in, whose rule has vanished, or that a target carries no
 * more: kept, emptied, deleted, each at its time and past the guards. */
#include "world.h"

#include <stdio.h>
#include <string.h>

#define FIN "<group name='fin'>user.department -eq \"F\"</group>"
#define HR "<group name='hr'>user.department -eq \"H\"</group>"
#define FAMILY "<groups for-each='department' name='d-{value}'/>"
#define SCOPE "<scope>user.department -ne \"x\"</scope>"      /* what is read stays the same           */
#define IN(policy) "<target sink='snk'><groups use='*'/>" policy "</target>"
#define ADA_BOB "w 1 mailNickname=ada;department=F\nw 2 mailNickname=bob;department=F\ncomplete c\n"
#define MADE "create 1: uid=ada\ncreate 2: uid=bob\ncreate fin: cn=fin description=fin +ada +bob\n"
#define DELETE_30 "do='delete' after='30d'"

/* What happens in a step: a page; "config:" another configuration, and then a run; "days:N" the
 * clock of the store goes on; "approve:" the open holds. */
static const struct {
        const char *config;
        const char *steps[9][2];
        int64_t due;                         /* waits that are noted in the end        */
        const char *holds;
} stories[] = {
        /* ---- nobody satisfies it ---- */
        /* emptied, and that is all */
        { FIN IN(""),
          { { ADA_BOB, MADE }, { "p 1 department=\np 2 department=\ncomplete c\n", "members fin: -ada -bob\n" }, { "days:400", "" } }, 0,
          "uid=ada\nuid=bob\ncn=fin description=fin:\n" },
        /* the last ones stay in, until somebody else is */
        { FIN IN("<on-empty do='keep'/>"),
          { { ADA_BOB, MADE }, { "p 1 department=\ncomplete c\n", "members fin: -ada\n" }, { "p 2 department=\ncomplete c\n", "" },
            { "days:400", "" }, { "p 1 department=F\ncomplete c\n", "members fin: -bob +ada\n" } }, 0,
          "uid=ada\nuid=bob\ncn=fin description=fin: ada\n" },
        /* deleted at once, and not made again before somebody is in it */
        { FIN IN("<on-empty do='delete'/>"),
          { { ADA_BOB, MADE }, { "p 1 department=\np 2 department=\ncomplete c\n", "delete fin:\n" }, { "days:400", "" },
            { "p 2 jobTitle=B\ncomplete c\n", "update 2: title=B\n" },
            { "p 2 department=F\ncomplete c\n", "create fin: cn=fin description=fin +bob\n" } }, 0,
          "uid=ada\ntitle=B uid=bob\ncn=fin description=fin: bob\n" },
        { FIN IN("<on-empty do='delete'/>"), { { "w 1 mailNickname=ada\ncomplete c\n", "create 1: uid=ada\n" } }, 0, "uid=ada\n" },
        /* emptied at once, deleted when it has been so for 30 days */
        { FIN IN("<on-empty " DELETE_30 "/>"),
          { { ADA_BOB, MADE }, { "p 1 department=\np 2 department=\ncomplete c\n", "members fin: -ada -bob\n" }, { "days:20", "" },
            { "days:20", "delete fin:\n" }, { "days:90", "" } }, 0, "uid=ada\nuid=bob\n" },
        /* whoever comes meanwhile begins it anew */
        { FIN IN("<on-empty " DELETE_30 "/>"),
          { { ADA_BOB, MADE }, { "p 1 department=\np 2 department=\ncomplete c\n", "members fin: -ada -bob\n" }, { "days:20", "" },
            { "p 1 department=F\ncomplete c\n", "members fin: +ada\n" }, { "days:20", "" },
            { "p 1 department=\ncomplete c\n", "members fin: -ada\n" }, { "days:20", "" }, { "days:20", "delete fin:\n" } }, 0,
          "uid=ada\nuid=bob\n" },
        { FIN IN("<on-empty " DELETE_30 "/>"),
          { { ADA_BOB, MADE }, { "p 1 department=\np 2 department=\ncomplete c\n", "members fin: -ada -bob\n" } }, 1, NULL },
        /* one group of its own, in this target only */
        { FIN HR "<target sink='snk'><group use='fin'><on-empty do='delete'/></group><groups use='*'/></target>"
          "<target sink='two'><groups use='fin'/></target>",
          { { "w 1 mailNickname=ada;department=F\nw 2 mailNickname=bob;department=H\ncomplete c\n",
              "create 1: uid=ada\ncreate 2: uid=bob\ncreate fin: cn=fin description=fin +ada\ncreate hr: cn=hr description=hr +bob\n"
              "two create 1: uid=ada\ntwo create 2: uid=bob\ntwo create fin: cn=fin description=fin +ada\n" },
            { "p 1 department=\np 2 department=\ncomplete c\n", "delete fin:\nmembers hr: -bob\ntwo members fin: -ada\n" } }, 0,
          "uid=ada\nuid=bob\ncn=hr description=hr:\n" },
        /* a value that nobody has any more */
        { FAMILY IN("<on-empty " DELETE_30 "/>"),
          { { "w 1 mailNickname=ada;department=F\nw 2 mailNickname=bob;department=F\ncomplete c\n",
              "create 1: uid=ada\ncreate 2: uid=bob\ncreate d-F: cn=d-F description=d-F +ada +bob\n" },
            { "p 1 department=H\np 2 department=H\ncomplete c\n", "create d-H: cn=d-H description=d-H +ada +bob\nmembers d-F: -ada -bob\n" },
            { "days:31", "delete d-F:\n" }, { "p 1 department=F\ncomplete c\n", "create d-F: cn=d-F description=d-F +ada\nmembers d-H: -ada\n" } },
          0, "uid=ada\nuid=bob\ncn=d-F description=d-F: ada\ncn=d-H description=d-H: bob\n" },
        /* ---- whose account is disabled ---- */
        /* leaves at once, and comes back with it; who is made disabled does not join */
        { FIN IN(""),
          { { ADA_BOB, MADE }, { "p 1 accountEnabled=false\ncomplete c\n", "disable 1:\nmembers fin: -ada\n" }, { "days:1", "" },
            { "w 3 mailNickname=cy;department=F;accountEnabled=false\ncomplete c\n", "create 3: uid=cy (off)\n" },
            { "p 1 accountEnabled=true\np 3 accountEnabled=true\ncomplete c\n", "enable 1:\nenable 3:\nmembers fin: +ada +cy\n" } }, 0,
          "uid=ada\nuid=bob\nuid=cy\ncn=fin description=fin: ada bob cy\n" },
        /* is no reason for the group to be empty */
        { FIN IN("<on-empty do='delete'/>"),
          { { ADA_BOB, MADE }, { "p 1 accountEnabled=false\np 2 accountEnabled=false\ncomplete c\n", "disable 1:\ndisable 2:\nmembers fin: -ada -bob\n" } },
          0, "uid=ada (off)\nuid=bob (off)\ncn=fin description=fin:\n" },
        /* stays where that is said, and only there */
        { FIN "<group name='all'>user.userType -ne \"x\"</group><target sink='snk'><groups use='*'/><group use='fin' disabled='stay'/></target>",
          { { ADA_BOB, MADE "create all: cn=all description=all +ada +bob\n" },
            { "p 1 accountEnabled=false\ncomplete c\n", "disable 1:\nmembers all: -ada\n" },
            { "p 1 accountEnabled=true\ncomplete c\n", "enable 1:\nmembers all: +ada\n" } }, 0, NULL },
        /* out of this target's scope: disabled there, and in its groups no more, as the rule is not all */
        { FIN "<target sink='snk'><scope>user.jobTitle -ne \"X\"</scope><groups use='*'/></target>",
          { { ADA_BOB, MADE }, { "p 1 jobTitle=X\ncomplete c\n", "disable 1:\nmembers fin: -ada\n" },
            { "p 1 jobTitle=Y\ncomplete c\n", "enable 1: title=Y\nmembers fin: +ada\n" } }, 0, NULL },
        { FIN "<target sink='snk'><scope>user.jobTitle -ne \"X\"</scope><groups use='*' disabled='stay'/></target>",
          { { ADA_BOB, MADE }, { "p 1 jobTitle=X\ncomplete c\n", "disable 1:\n" } }, 0,
          "uid=ada (off)\nuid=bob\ncn=fin description=fin: ada bob\n" },
        /* a new policy is an effect of the configuration */
        { FIN IN(""),
          { { ADA_BOB, MADE }, { "p 1 accountEnabled=false\ncomplete c\n", "disable 1:\nmembers fin: -ada\n" },
            { "config:" FIN "<target sink='snk'><groups use='*' disabled='stay'/></target>", "" }, { "approve:", "members fin: +ada\n" } }, 0, NULL },
        /* ---- no rule makes it any more ---- */
        /* touched no more */
        { FIN HR IN(""),
          { { "w 1 mailNickname=ada;department=F\nw 2 mailNickname=bob;department=F\ncomplete c\n", MADE "create hr: cn=hr description=hr\n" },
            { "config:" HR IN(""), "" }, { "p 1 department=H\np 2 mailNickname=rob\ncomplete c\n", "rename 2: uid=rob\nmembers hr: +ada\n" },
            { "days:400", "" } }, 0, "uid=ada\nuid=rob\ncn=fin description=fin: ada rob\ncn=hr description=hr: ada\n" },
        { FIN HR IN("<on-vanished do='empty' after='30d'/>"),
          { { "w 1 mailNickname=ada;department=F\nw 2 mailNickname=bob;department=F\ncomplete c\n", MADE "create hr: cn=hr description=hr\n" },
            { "config:" HR IN("<on-vanished do='empty' after='30d'/>"), "" }, { "days:20", "" }, { "days:20", "members fin: -ada -bob\n" },
            { "days:90", "" } }, 0, "uid=ada\nuid=bob\ncn=fin description=fin:\ncn=hr description=hr:\n" },
        { FIN HR IN("<on-vanished " DELETE_30 "/>"),
          { { "w 1 mailNickname=ada;department=F\nw 2 mailNickname=bob;department=F\ncomplete c\n", MADE "create hr: cn=hr description=hr\n" },
            { "config:" HR IN("<on-vanished " DELETE_30 "/>"), "" }, { "p 1 department=H\ncomplete c\n", "members hr: +ada\n" },
            { "days:31", "delete fin:\n" }, { "days:90", "" } }, 0, "uid=ada\nuid=bob\ncn=hr description=hr: ada\n" },
        /* without a wait it is the effect of a changed configuration */
        { FIN HR IN("<on-vanished do='delete'/>"),
          { { "w 1 mailNickname=ada;department=F\nw 2 mailNickname=bob;department=F\ncomplete c\n", MADE "create hr: cn=hr description=hr\n" },
            { "config:" HR IN("<on-vanished do='delete'/>"), "" }, { "approve:", "delete fin:\n" } }, 0, NULL },
        /* back in time, and back too late */
        { FIN HR IN("<on-vanished " DELETE_30 "/>"),
          { { "w 1 mailNickname=ada;department=F\nw 2 mailNickname=bob;department=F\ncomplete c\n", MADE "create hr: cn=hr description=hr\n" },
            { "config:" HR IN("<on-vanished " DELETE_30 "/>"), "" }, { "p 1 department=\ncomplete c\n", "" },
            { "config:" FIN HR IN("<on-vanished " DELETE_30 "/>"), "" }, { "approve:", "members fin: -ada\n" }, { "days:90", "" } }, 0,
          "uid=ada\nuid=bob\ncn=fin description=fin: bob\ncn=hr description=hr:\n" },
        { FIN HR IN("<on-vanished " DELETE_30 "/>"),
          { { "w 1 mailNickname=ada;department=F\nw 2 mailNickname=bob;department=F\ncomplete c\n", MADE "create hr: cn=hr description=hr\n" },
            { "config:" HR IN("<on-vanished " DELETE_30 "/>"), "" }, { "days:31", "delete fin:\n" },
            { "config:" FIN HR IN("<on-vanished " DELETE_30 "/>"), "create fin: cn=fin description=fin +ada +bob\n" } }, 0,
          "uid=ada\nuid=bob\ncn=fin description=fin: ada bob\ncn=hr description=hr:\n" },
        /* a family, and all that there is */
        { SCOPE FAMILY IN(""),
          { { "w 1 mailNickname=ada;department=F\nw 2 mailNickname=bob;department=H\ncomplete c\n",
              "create 1: uid=ada\ncreate 2: uid=bob\ncreate d-F: cn=d-F description=d-F +ada\ncreate d-H: cn=d-H description=d-H +bob\n" },
            { "config:" SCOPE "<target sink='snk'><on-vanished " DELETE_30 "/></target>", "" }, { "days:31", "delete d-F:\ndelete d-H:\n" } }, 0,
          "uid=ada\nuid=bob\n" },
        /* one family in the place of another that makes the same names */
        { FAMILY IN("<on-vanished " DELETE_30 "/>"),
          { { "w 1 mailNickname=ada;department=F\ncomplete c\n", "create 1: uid=ada\ncreate d-F: cn=d-F description=d-F +ada\n" },
            { "config:<groups for-each='department' name='{value}'/>" IN("<on-vanished " DELETE_30 "/>"), "create F: cn=F description=F +ada\n" },
            { "config:" FAMILY IN("<on-vanished " DELETE_30 "/>"), "" }, { "days:31", "delete F:\n" } }, 0, "uid=ada\ncn=d-F description=d-F: ada\n" },
        /* this target carries it no more, the other does */
        { FIN "<target sink='snk'><groups use='*'/></target><target sink='two'><groups use='fin'/></target>",
          { { "w 1 mailNickname=ada;department=F\ncomplete c\n",
              "create 1: uid=ada\ncreate fin: cn=fin description=fin +ada\ntwo create 1: uid=ada\ntwo create fin: cn=fin description=fin +ada\n" },
            { "config:" FIN "<target sink='snk'><on-vanished do='delete' after='7d'/></target><target sink='two'><groups use='fin'/></target>", "" },
            { "days:8", "delete fin:\n" }, { "p 1 department=\ncomplete c\n", "two members fin: -ada\n" } }, 0, "uid=ada\n" },
        /* carried anew by a target that was there */
        { FIN "<target sink='snk'><groups use='nobody*'/></target>",
          { { "w 1 mailNickname=ada;department=F\ncomplete c\n", "create 1: uid=ada\n" },
            { "config:" FIN "<target sink='snk'><groups use='*'/></target>", "create fin: cn=fin description=fin +ada\n" } }, 0, NULL },
};

static void
later(struct world *w, int days)
{
        char sql[160];

        (void)snprintf(sql, sizeof sql, "UPDATE glink SET since=since-%d*86400000, due=due-%d*86400000, touched=touched-%d*86400000",
                       days, days, days);
        world_change(w, sql);
}

static void
approve_all(struct world *w)
{
        int64_t hold;

        while ((hold = world_sql(w, "SELECT min(number) FROM hold WHERE state=0 AND decided IS NULL")) > 0)
                world_approve(w, hold);
}

START_TEST(story)
{
        struct world *w = world_new("", stories[_i].config);
        char want[1200], is[40];

        for (size_t i = 0; i < 9 && stories[_i].steps[i][0] != NULL; i++) {
                const char *what = stories[_i].steps[i][0];

                if (strncmp(what, "config:", 7) == 0)
                        world_configure(w, "", what + 7);
                else if (strncmp(what, "days:", 5) == 0)
                        later(w, atoi(what + 5));
                else if (strncmp(what, "approve:", 8) == 0)
                        approve_all(w);
                else
                        world_page(w, what);
                world_sync(w, NULL);
                (void)snprintf(is, sizeof is, "step %zu\n", i);
                (void)snprintf(want, sizeof want, "%s%s", stories[_i].steps[i][1], is);
                world_note(w, "%s", is);
                world_did_members(w, want);
        }
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM glink WHERE due IS NOT NULL"), stories[_i].due);
        if (stories[_i].holds != NULL)
                world_holds(w, 0, stories[_i].holds);
        world_sync(w, NULL);                 /* and nothing more                       */
        world_did(w, "");
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM gdirty"), 0);
        world_free(w);
}
END_TEST

/* Eight groups, five of which would go on one day. */
START_TEST(mass_deletion)
{
        struct world *w = world_new("", FAMILY IN("<on-empty " DELETE_30 "/>"));
        char text[1000] = "", leave[1000] = "";
        size_t used = 0, left = 0;

        for (int i = 1; i <= 8; i++)
                used += (size_t)snprintf(text + used, sizeof text - used, "w %d mailNickname=p%d;department=D%d\n", i, i, i);
        (void)snprintf(text + used, sizeof text - used, "complete c\n");
        world_page(w, text);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        for (int i = 1; i <= 5; i++)
                left += (size_t)snprintf(leave + left, sizeof leave - left, "p %d department=\n", i);
        (void)snprintf(leave + left, sizeof leave - left, "complete c\n");
        world_page(w, leave);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        later(w, 31);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_HELD);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_DELETE], 0);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM hold WHERE guard='group-deletes' AND state=0"), 1);
        ck_assert(world_logged(w, "5 groups would be deleted and 0 were in the last 24 hours, of 8 (62.5 %)"));
        /* whose value is back is not deleted when the rest is approved */
        world_page(w, "p 1 department=D1\ncomplete c\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_HELD);
        ck_assert_uint_eq(world_approve(w, 1), 4);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_DELETE], 4);
        ck_assert_uint_eq(world_count(w, MSTC_N_GROUPS_DELETED), 4);
        world_free(w);
}
END_TEST

/* Many one after the other within a day are no less than many at once. */
START_TEST(trickle)
{
        struct world *w = world_new("", FAMILY IN("<on-empty do='delete'/>"));
        char text[1000] = "";
        size_t used = 0;

        for (int i = 1; i <= 8; i++)
                used += (size_t)snprintf(text + used, sizeof text - used, "w %d mailNickname=p%d;department=D%d\n", i, i, i);
        (void)snprintf(text + used, sizeof text - used, "complete c\n");
        world_page(w, text);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        for (int i = 1; i <= 4; i++) {
                (void)snprintf(text, sizeof text, "p %d department=\ncomplete c\n", i);
                world_page(w, text);
                ck_assert_int_eq(world_sync(w, NULL), i <= 3 ? MSTC_END_DONE : MSTC_END_HELD);
        }
        ck_assert_uint_eq(w->sinks[0].verbs[MST_DELETE], 3);
        world_free(w);
}
END_TEST

/* A group with many members is held alone; who says no says so until it has another reason. */
START_TEST(rejected)
{
        struct world *w = world_new("", FIN HR IN("<on-vanished do='delete' after='30d'/>"));

        w->quiet = true;
        world_people(w, 1, 12, "department=F", "complete c");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_configure(w, "", HR IN("<on-vanished do='delete' after='30d'/>"));
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        later(w, 31);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_HELD);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM hold WHERE guard='group-members:fin' AND state=0"), 1);
        ck_assert_uint_eq(world_reject(w, 1), 1);
        world_change(w, "INSERT INTO gdirty SELECT sync, id FROM grp");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_DELETE], 0);
        world_configure(w, "", FIN HR IN("<on-vanished do='delete' after='30d'/>"));
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_configure(w, "", HR IN("<on-vanished do='delete' after='30d'/>"));
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        later(w, 31);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_HELD);
        ck_assert_uint_eq(world_approve(w, 2), 1);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_DELETE], 1);
        world_free(w);
}
END_TEST

/* The sink cannot be reached on the day: then it is done when it can. */
START_TEST(sink_away)
{
        struct world *w = world_new("", FIN IN("<on-empty " DELETE_30 "/>"));

        world_page(w, ADA_BOB);
        world_sync(w, NULL);
        world_page(w, "p 1 department=\np 2 department=\ncomplete c\n");
        world_sync(w, NULL);
        later(w, 31);
        w->sinks[0].probe_fails = "not now";
        world_sync(w, NULL);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_DELETE], 0);
        w->sinks[0].probe_fails = NULL;
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_DELETE], 1);
        world_free(w);
}
END_TEST

/* A plan shows it and leaves everything as it was; a target that is forgotten deletes nothing. */
static void
see_delete(void *self, const struct mstc_planned *op)
{
        *(int *)self += op->kind == MST_GROUP && op->verb == MST_DELETE && op->reason == MSTC_WHY_VANISHED;
}

START_TEST(shown)
{
        struct world *w = world_new("", FIN HR IN("<on-vanished " DELETE_30 "/>"));
        int seen = 0;
        struct mstc_sync_options options = { .plan_only = true, .op = see_delete, .self = &seen };

        world_page(w, ADA_BOB);
        world_sync(w, NULL);
        world_configure(w, "", HR IN("<on-vanished " DELETE_30 "/>"));
        world_sync(w, NULL);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM grp WHERE name='fin' AND gone=1 AND since>0"), 1);
        ck_assert_int_eq(world_sql(w, "SELECT reason FROM glink WHERE name='fin'"), MSTC_WHY_VANISHED);
        later(w, 31);
        world_sync(w, &options);
        ck_assert_int_eq(seen, 1);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_DELETE], 0);
        ck_assert(world_open(w));
        ck_assert_int_eq(mstc_engine_forget(w->engine, "snk", &w->err), MST_OK);
        world_close(w);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM glink"), 0);
        world_sync(w, NULL);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_DELETE], 0);
        world_free(w);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("engine-fate");
        TCase *t = tcase_create("all");

        tcase_set_timeout(t, 300);
        tcase_add_loop_test(t, story, 0, UNIT_COUNT(stories));
        tcase_add_test(t, mass_deletion);
        tcase_add_test(t, trickle);
        tcase_add_test(t, rejected);
        tcase_add_test(t, sink_away);
        tcase_add_test(t, shown);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
