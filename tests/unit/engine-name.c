/* engine-name.c - the name that a group is to have in a sink is taken: refused, adopted, or with
 * a number behind it; and two groups of ours that want one name. */
#include "world.h"

#include <stdio.h>
#include <string.h>

#define FIN "<group name='fin' title='Finance'>user.department -eq \"F\"</group>"
#define USE(how) "<target sink='snk'><groups use='*' on-existing='" how "'/></target>"
#define ADA "w 1 mailNickname=ada;department=F\ncomplete c\n"

static const struct {
        const char *sync, *objects[4];       /* "STAMP cn=...", what lies there        */
        const char *page, *did;
        const char *guard;                   /* of the hold that there is then, or NULL */
        const char *approved;                /* what is done when it is approved       */
        const char *holds, *says;
} cases[] = {
        /* told, and left alone */
        { FIN USE("duplicate"), { "- cn=fin;description=old" }, ADA, "create 1: uid=ada\ncreate fin: cn=fin description=Finance +ada\n", NULL, NULL,
          "uid=ada\ncn=fin description=old:\n", "the name is taken" },
        { FIN USE("adopt"), { NULL }, ADA, "create 1: uid=ada\ncreate fin: cn=fin description=Finance +ada\n", NULL, NULL, NULL, NULL },
        /* adopted when somebody says yes; its letters stay, as the sink does not tell them apart */
        { FIN USE("adopt"), { "- cn=Fin;description=old" }, ADA, "create 1: uid=ada\n", "adoptions",
          "adopt fin: description=Finance\nmembers fin: +ada\n", "uid=ada\ncn=Fin description=Finance: ada\n", NULL },
        { FIN USE("adopt"), { "- cn=fin;description=Finance" }, ADA, "create 1: uid=ada\n", "adoptions",
          "adopt fin:\nmembers fin: +ada\n", "uid=ada\ncn=fin description=Finance: ada\n", NULL },
        /* another's, protected, or not to be told */
        { FIN USE("adopt"), { "other:fin cn=fin" }, ADA, "create 1: uid=ada\n", NULL, NULL, NULL, "carries another stamp" },
        { "<group name='keep'>user.department -eq \"F\"</group>" USE("adopt"), { "- cn=keep" }, ADA, "create 1: uid=ada\n", NULL, NULL, NULL, "a never-touch rule protects" },
        { FIN USE("adopt"), { "- cn=fin", "- cn=FIN" }, ADA, "create 1: uid=ada\n", NULL, NULL, NULL, "several objects have its name there" },
        /* a person of that name is none */
        { FIN USE("adopt"), { "user - uid=fin" }, ADA, "create 1: uid=ada\ncreate fin: cn=fin description=Finance +ada\n", NULL, NULL, NULL, NULL },
        /* the next number that is free */
        { FIN USE("suffix"), { NULL }, ADA, "create 1: uid=ada\ncreate fin: cn=fin description=Finance +ada\n", NULL, NULL, NULL, NULL },
        { FIN USE("suffix"), { "- cn=fin" }, ADA, "create 1: uid=ada\ncreate fin: cn=fin-2 description=Finance +ada\n", NULL, NULL,
          "uid=ada\ncn=fin:\ncn=fin-2 description=Finance: ada\n", NULL },
        { FIN USE("suffix"), { "- cn=FIN", "other:x cn=fin-2", "- cn=Fin-3" }, ADA, "create 1: uid=ada\ncreate fin: cn=fin-4 description=Finance +ada\n", NULL, NULL,
          NULL, NULL },
        { FIN "<target sink='snk'><group use='fin' as='money' on-existing='suffix'/></target>", { "- cn=money" }, ADA,
          "create 1: uid=ada\ncreate fin: cn=money-2 description=Finance +ada\n", NULL, NULL, NULL, NULL },
        { FIN "<target sink='snk'><group use='fin' on-existing='suffix'><map to='cn'>\"always\"</map></group></target>", { "- cn=always" }, ADA,
          "create 1: uid=ada\n", NULL, NULL, NULL, "does not come from [name]" },
        /* two families, a family and a group: the one that was first keeps the name */
        { "<groups for-each='department' name='x-{value}'/><groups for-each='jobTitle' name='{value}-y'/>" USE("duplicate"), { NULL },
          "w 1 mailNickname=ada;department=y\ncomplete c\n", "create 1: uid=ada\ncreate x-y: cn=x-y description=x-y +ada\n", NULL, NULL, NULL, NULL },
        { "<group name='d-F'>user.jobTitle -eq \"B\"</group><groups for-each='department' name='d-{value}'/>" USE("duplicate"), { NULL },
          "w 1 mailNickname=ada;department=F\nw 2 mailNickname=bob;jobTitle=B\ncomplete c\n",
          "create 1: uid=ada\ncreate 2: title=B uid=bob\ncreate d-F: cn=d-F description=d-F +bob\n", NULL, NULL, NULL,
          "the family 'd-{value}' would make the group 'd-F' for the value 'F', but a <group> has that name" },
};

static void
put(struct world *w, const char *text)
{
        char copy[200], *rest = copy, *stamp;
        bool user;

        (void)snprintf(copy, sizeof copy, "%s", text);
        stamp = strsep(&rest, " ");
        user = strcmp(stamp, "user") == 0;
        if (user)
                stamp = strsep(&rest, " ");
        world_object(&w->sinks[0], user ? MST_USER : MST_GROUP, strcmp(stamp, "-") == 0 ? "" : stamp, rest);
}

START_TEST(name)
{
        struct world *w = world_new("<never-touch sink='snk'>[cn] -eq \"keep\"</never-touch>", cases[_i].sync);

        for (size_t i = 0; i < 4 && cases[_i].objects[i] != NULL; i++)
                put(w, cases[_i].objects[i]);
        world_page(w, cases[_i].page);
        world_sync(w, NULL);
        world_did_members(w, cases[_i].did);
        if (cases[_i].says != NULL)
                ck_assert_msg(world_logged(w, cases[_i].says), "%s", w->log);
        if (cases[_i].guard != NULL) {
                char sql[120];

                (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM hold WHERE guard='%s' AND state=0", cases[_i].guard);
                ck_assert_int_eq(world_sql(w, sql), 1);
                world_sync(w, NULL);
                world_did(w, "");
                ck_assert_uint_eq(world_approve(w, 1), 1);
                ck_assert_msg(world_sync(w, NULL) == MSTC_END_DONE, "%s", w->log);
                world_did_members(w, cases[_i].approved);
        }
        if (cases[_i].holds != NULL)
                world_holds(w, 0, cases[_i].holds);
        memset(w->sinks[0].verbs, 0, sizeof w->sinks[0].verbs);
        world_sync(w, NULL);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_MEMBERS] + w->sinks[0].verbs[MST_ADOPT], 0);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM gdirty"), 0);
        world_free(w);
}
END_TEST

/* Two groups of ours whose names the sink does not tell apart: never one object, whatever the
 * policy, in one plan or in two. */
START_TEST(two_of_ours)
{
        static const char *const hows[] = { "duplicate", "adopt", "suffix" };

        for (size_t i = 0; i < 6; i++) {
                char sync[300];
                struct world *w;

                (void)snprintf(sync, sizeof sync, "<groups for-each='department' name='d-{value}'/>"
                               "<target sink='snk'><groups use='*' on-existing='%s'/></target>", hows[i / 2]);
                w = world_new("", sync);
                world_page(w, i % 2 == 0 ? "w 1 mailNickname=ada;department=Sales\nw 2 mailNickname=bob;department=sales\ncomplete c\n"
                           : "w 1 mailNickname=ada;department=Sales\ncomplete c\n");
                world_sync(w, NULL);
                if (i % 2 == 1) {
                        world_page(w, "w 2 mailNickname=bob;department=sales\ncomplete c\n");
                        world_sync(w, NULL);
                        ck_assert_msg(world_logged(w, "the group 'd-Sales' has that name there: rename one of them"), "%s", w->log);
                        world_holds(w, 0, "uid=ada\nuid=bob\ncn=d-Sales description=d-Sales: ada\n");
                }
                ck_assert(world_logged(w, "has that name there: rename one of them"));
                ck_assert_int_eq(w->summary.outcome, MSTC_END_SOME_FAILED);
                ck_assert_uint_eq(w->sinks[0].verbs[MST_CREATE], 3);
                ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM op WHERE open=1 AND state=4 AND kind=2"), 1);
                world_free(w);
        }
}
END_TEST

/* The number stays, whatever becomes of the one that was in the way. */
START_TEST(number_stays)
{
        struct world *w = world_new("", FIN USE("suffix"));

        put(w, "- cn=fin");
        world_page(w, ADA);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        w->sinks[0].objects[0].number = 0;
        world_page(w, "p 1 jobTitle=B\ncomplete c\n");
        world_sync(w, NULL);
        world_configure(w, "", "<group name='fin' title='Money'>user.department -eq \"F\"</group>" USE("suffix"));
        world_sync(w, NULL);
        world_approve(w, 1);
        world_sync(w, NULL);
        world_holds(w, 0, "title=B uid=ada\ncn=fin-2 description=Money: ada\n");
        world_free(w);
}
END_TEST

/* Taken between the look and the creation: looked at again in the same run. */
START_TEST(taken_meanwhile)
{
        static const struct { const char *how, *holds; } hows[] = {
                { "suffix", "uid=ada\ncn=fin-2 description=Finance: ada\ncn=fin:\n" }, { "adopt", "uid=ada\ncn=fin:\n" },
        };

        for (size_t i = 0; i < 2; i++) {
                char sync[300];
                struct world *w;

                (void)snprintf(sync, sizeof sync, FIN "<target sink='snk'><groups use='*' on-existing='%s'/></target>", hows[i].how);
                w = world_new("", sync);
                w->sinks[0].comes_with = "fin";
                world_page(w, ADA);
                world_sync(w, NULL);
                world_holds(w, 0, hows[i].holds);
                ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM hold WHERE guard='adoptions' AND state=0"), (int64_t)i);
                world_free(w);
        }
}
END_TEST

/* It cannot be looked up: nothing is made by guess. */
START_TEST(not_known)
{
        struct world *w = world_new("", FIN USE("suffix"));

        world_page(w, "w 1 mailNickname=ada\ncomplete c\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        w->sinks[0].objects[1].number = 0;   /* not made: CAN_EMPTY_GROUP              */
        world_change(w, "UPDATE glink SET state=4");
        world_page(w, "p 1 department=F\ncomplete c\n");
        w->sinks[0].find_fails = "not now";
        world_sync(w, NULL);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_CREATE], 2);
        w->sinks[0].find_fails = NULL;
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_CREATE], 3);
        world_free(w);
}
END_TEST

/* Who says no says it until something else is there. */
START_TEST(not_adopted)
{
        struct world *w = world_new("", FIN USE("adopt"));

        put(w, "- cn=fin");
        world_page(w, ADA);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_HELD);
        ck_assert_uint_eq(world_reject(w, 1), 1);
        world_change(w, "INSERT INTO gdirty SELECT sync, id FROM grp");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_ADOPT] + w->sinks[0].verbs[MST_CREATE], 1);
        world_free(w);
}
END_TEST

/* The answer to the adoption was lost; it carries our stamp by then. */
START_TEST(answer_lost)
{
        struct world *w = world_new("", FIN USE("adopt"));

        put(w, "- cn=fin");
        world_page(w, ADA);
        world_sync(w, NULL);
        world_approve(w, 1);
        world_rule(&w->sinks[0], MST_ADOPT, "fin", MST_UNKNOWN, 1, true);
        world_sync(w, NULL);
        world_sync(w, NULL);
        world_holds(w, 0, "uid=ada\ncn=fin description=Finance: ada\n");
        ck_assert_int_eq(world_sql(w, "SELECT made FROM glink"), MSTC_MADE_ADOPTED);
        world_free(w);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("engine-name");
        TCase *t = tcase_create("all");

        tcase_set_timeout(t, 300);
        tcase_add_loop_test(t, name, 0, UNIT_COUNT(cases));
        tcase_add_test(t, two_of_ours);
        tcase_add_test(t, number_stays);
        tcase_add_test(t, taken_meanwhile);
        tcase_add_test(t, not_known);
        tcase_add_test(t, not_adopted);
        tcase_add_test(t, answer_lost);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
