/* engine-groups.c - dynamic groups in a sink: made, filled, emptied, renamed, lost, refused. */
#include "world.h"

#include <stdio.h>
#include <string.h>

#define GROUP "<group name='fin' title='Finance'>user.department -eq \"F\"</group>"
#define ALL GROUP "<target sink='snk'><groups use='*'/></target>"

static const struct {
        const char *sync;
        uint32_t can_not, most;
        const char *steps[5][2];             /* page, what is done                     */
        const char *holds;
} stories[] = {
        { ALL, 0, 0,
          { { "w 1 mailNickname=ada;department=F\nw 2 mailNickname=bob;department=F\nw 3 mailNickname=cy\ncomplete c\n",
              "create 1: uid=ada\ncreate 2: uid=bob\ncreate 3: uid=cy\ncreate fin: cn=fin description=Finance +ada +bob\n" },
            { "p 3 department=F\ncomplete c\n", "members fin: +cy\n" },
            { "p 1 department=I\ncomplete c\n", "members fin: -ada\n" },
            { "p 1 department=F\np 2 department=\ncomplete c\n", "members fin: -bob +ada\n" },
            { "s 3\ncomplete c\n", "disable 3:\nmembers fin: -cy\n" } },
          "uid=ada\nuid=bob\nuid=cy (off)\ncn=fin description=Finance: ada\n" },
        /* a rename of a member: out with the old name, in with the new */
        { ALL, 0, 0,
          { { "w 1 mailNickname=ada;department=F\ncomplete c\n", "create 1: uid=ada\ncreate fin: cn=fin description=Finance +ada\n" },
            { "p 1 mailNickname=king\ncomplete c\n", "rename 1: uid=king\nmembers fin: +king -ada\n" } },
          NULL },
        /* a group without members waits for its first where it may not be empty */
        { ALL, MST_CAN_EMPTY_GROUP, 0,
          { { "w 1 mailNickname=ada\ncomplete c\n", "create 1: uid=ada\n" },
            { "p 1 department=F\ncomplete c\n", "create fin: cn=fin description=Finance +ada\n" } },
          "uid=ada\ncn=fin description=Finance: ada\n" },
        { ALL, 0, 0, { { "w 1 mailNickname=ada\ncomplete c\n", "create 1: uid=ada\ncreate fin: cn=fin description=Finance\n" } }, NULL },
        /* in portions */
        { ALL, 0, 2,
          { { "w 1 mailNickname=a;department=F\ncomplete c\n", "create 1: uid=a\ncreate fin: cn=fin description=Finance +a\n" },
            { "p 1 mailNickname=a2\ncomplete c\n", "rename 1: uid=a2\nmembers fin: +a2 -a\n" } },
          "uid=a2\ncn=fin description=Finance: a2\n" },
        /* families */
        { "<groups for-each='department' name='d-{value}' title='D {value}'/><target sink='snk'><groups use='d-*'/></target>", 0, 0,
          { { "w 1 mailNickname=ada;department=F\nw 2 mailNickname=bob;department=I\ncomplete c\n",
              "create 1: uid=ada\ncreate 2: uid=bob\ncreate d-F: cn=d-F description=D F +ada\ncreate d-I: cn=d-I description=D I +bob\n" },
            { "p 1 department=I\ncomplete c\n", "members d-F: -ada\nmembers d-I: +ada\n" },
            { "p 1 department=\ncomplete c\n", "members d-I: -ada\n" } },
          "uid=ada\nuid=bob\ncn=d-F description=D F:\ncn=d-I description=D I: bob\n" },
        /* names with blanks, of a group and of one of a family */
        { "<group name='Human Resources' title='HR'>user.department -eq \"H R\"</group>"
          "<group name='both' any-of=\"'Human Resources' 'd-H R'\"/>"
          "<groups for-each='department' name='d-{value}' title='D {value}'/><target sink='snk'>"
          "<group use='Human Resources' as='hr'/><group use='d-H R' as='dhr'/><groups use='both'/></target>", 0, 0,
          { { "w 1 mailNickname=ada;department=H R\nw 2 mailNickname=bob;department=I\ncomplete c\n",
              "create 1: uid=ada\ncreate 2: uid=bob\ncreate Human Resources: cn=hr description=HR +ada\n"
              "create both: cn=both description=both +ada\ncreate d-H R: cn=dhr description=D H R +ada\n" } },
          "uid=ada\nuid=bob\ncn=hr description=HR: ada\ncn=both description=both: ada\ncn=dhr description=D H R: ada\n" },
        /* one who is refused leaves the others alone */
        { ALL, 0, 0,
          { { "w 1 mailNickname=ada;department=F\nw 2 mailNickname=b!;department=F\ncomplete c\n",
              "create 1: uid=ada\ncreate 2: uid=b!\ncreate fin: cn=fin description=Finance +ada +b!\n" },
            { "w 3 mailNickname=cy;department=F\ncomplete c\n", "create 3: uid=cy\nmembers fin: +cy\n" },
            { "p 2 mailNickname=bob\ncomplete c\n", "rename 2: uid=bob\nmembers fin: +bob\n" } },
          "uid=ada\nuid=bob\nuid=cy\ncn=fin description=Finance: ada bob cy\n" },
        /* and is asked for again when he has left and come back */
        { ALL, 0, 0,
          { { "w 1 mailNickname=b!;department=F\nw 2 mailNickname=ada;department=F\ncomplete c\n",
              "create 1: uid=b!\ncreate 2: uid=ada\ncreate fin: cn=fin description=Finance +ada +b!\n" },
            { "p 1 department=I\ncomplete c\n", "" }, { "p 1 department=F\ncomplete c\n", "members fin: +b!\n" } },
          NULL },
};

START_TEST(story)
{
        struct world *w = world_new("", stories[_i].sync);

        w->sinks[0].can &= ~stories[_i].can_not;
        w->sinks[0].members_most = stories[_i].most;
        for (size_t i = 0; i < 5 && stories[_i].steps[i][0] != NULL; i++) {
                world_page(w, stories[_i].steps[i][0]);
                world_sync(w, NULL);
                world_note(w, "step %zu\n", i);
                if (w->did != NULL) {
                        char text[1000];

                        (void)snprintf(text, sizeof text, "%sstep %zu\n", stories[_i].steps[i][1], i);
                        world_did_members(w, text);
                }
        }
        if (stories[_i].holds != NULL)
                world_holds(w, 0, stories[_i].holds);
        w->did_length = 0;
        world_sync(w, NULL);
        world_did(w, "");
        world_free(w);
}
END_TEST

static struct world *
grouped(int people, uint32_t most)
{
        struct world *w = world_new("", ALL);

        w->quiet = true;
        w->sinks[0].members_most = most;
        world_people(w, 1, people, "department=F", "complete c");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_uint_eq(w->sinks[0].objects[people].member_count, (unsigned)people);
        return w;
}

/* Never more members in one op than the sink takes, with those who leave under old names. */
START_TEST(portions)
{
        struct world *w = grouped(25, 10);
        char text[3000] = "";
        size_t used = 0;

        ck_assert_uint_le(w->sinks[0].largest, 10);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_MEMBERS], 2);
        for (int i = 1; i <= 25; i++)
                used += (size_t)snprintf(text + used, sizeof text - used, "p %d mailNickname=n%d\n", i, i);
        (void)snprintf(text + used, sizeof text - used, "complete c\n");
        world_page(w, text);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_HELD);        /* names change en masse */
        ck_assert_uint_eq(world_approve(w, 1), 25);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_uint_le(w->sinks[0].largest, 10);
        ck_assert_uint_eq(w->sinks[0].objects[25].member_count, 25);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM gchange"), 0);
        world_free(w);
}
END_TEST

/* A chunk that is refused as a whole is halved until the one to blame stands alone. */
START_TEST(halved)
{
        struct world *w = grouped(3, 0);

        world_people(w, 10, 40, "department=F", "complete c");
        w->sinks[0].refuses_with = "p23";
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_SOME_FAILED);
        ck_assert_uint_eq(w->sinks[0].objects[3].member_count, 33);
        ck_assert_uint_eq(world_count(w, MSTC_N_MEMBERS_FAILED), 1);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM gbad"), 1);
        memset(w->sinks[0].verbs, 0, sizeof w->sinks[0].verbs);
        world_sync(w, NULL);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_MEMBERS], 0);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM op WHERE open=1 AND state<>4"), 0);
        world_free(w);
}
END_TEST

/* A group that is gone is made again, with all. */
START_TEST(gone_group)
{
        struct world *w = grouped(3, 0);

        w->sinks[0].objects[3].number = 0;
        world_page(w, "w 4 mailNickname=dan;department=F\ncomplete c\n");
        world_sync(w, NULL);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_CREATE], 6);
        ck_assert_uint_eq(w->sinks[0].objects[5].member_count, 4);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_free(w);
}
END_TEST

/* Over half and more than ten: this group only. */
START_TEST(guard)
{
        struct world *w = grouped(20, 0);
        char text[3000] = "";
        size_t used = 0;

        for (int i = 1; i <= 10; i++)
                used += (size_t)snprintf(text + used, sizeof text - used, "p %d department=\n", i);
        (void)snprintf(text + used, sizeof text - used, "complete c\n");
        world_page(w, text);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_uint_eq(w->sinks[0].objects[20].member_count, 10);
        world_free(w);
        w = grouped(20, 0);
        (void)snprintf(text + used, sizeof text - used, "p 11 department=\np 12 jobTitle=B\ncomplete c\n");
        world_page(w, text);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_HELD);
        ck_assert_uint_eq(w->sinks[0].objects[20].member_count, 20);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_UPDATE], 1);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM hold WHERE guard='group-members:fin' AND state=0"), 1);
        ck_assert_uint_eq(world_approve(w, 1), 1);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_uint_eq(w->sinks[0].objects[20].member_count, 9);
        world_free(w);
}
END_TEST

/* Refused when it was to be made; whoever came meanwhile is in it when it is made at last. */
START_TEST(made_at_last)
{
        struct world *w = world_new("", ALL);

        world_rule(&w->sinks[0], MST_CREATE, "fin", MST_REFUSED, 1, false);
        w->sinks[0].members_most = 2;
        world_people(w, 1, 5, "department=F", "complete c");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_SOME_FAILED);
        world_sync(w, NULL);
        ck_assert_uint_eq(w->sinks[0].count, 6);
        ck_assert_uint_eq(w->sinks[0].objects[5].member_count, 5);
        world_free(w);
}
END_TEST

/* The sink could not say who is there: the groups wait for the people whom the next run makes. */
START_TEST(unanswered)
{
        struct world *w = world_new("", ALL);

        w->sinks[0].can &= ~(uint32_t)MST_CAN_LIST;
        w->sinks[0].find_fails = "not now";
        world_people(w, 1, 3, "department=F", "complete c");
        world_sync(w, NULL);
        ck_assert_msg(w->summary.outcome == MSTC_END_FAILED, "%d %s %s %s", (int)w->summary.outcome, w->summary.text, w->log, w->did);
        w->sinks[0].find_fails = NULL;
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_uint_eq(w->sinks[0].count, 4);
        ck_assert_uint_eq(w->sinks[0].objects[3].member_count, 3);
        world_free(w);
}
END_TEST

/* A new group in the configuration is new: its members do not wait for a yes. */
START_TEST(new_group)
{
        struct world *w = grouped(25, 10);

        world_configure(w, "", GROUP "<group name='more'>user.department -eq \"F\"</group><target sink='snk'><groups use='*'/></target>");
        ck_assert_msg(world_sync(w, NULL) == MSTC_END_DONE, "%s", w->log);
        ck_assert_uint_eq(w->sinks[0].objects[26].member_count, 25);
        world_free(w);
}
END_TEST

/* A rule that vanishes leaves its group as it is, whatever its members become. */
START_TEST(vanished_rule)
{
        struct world *w = grouped(25, 10);

        world_configure(w, "", "<group name='more'>user.department -eq \"F\"</group><target sink='snk'><groups use='*'/></target>");
        ck_assert_msg(world_sync(w, NULL) == MSTC_END_DONE, "%s", w->log);
        world_page(w, "p 1 department=I\ncomplete c\n");
        ck_assert_msg(world_sync(w, NULL) == MSTC_END_DONE, "%s", w->log);
        ck_assert_uint_eq(w->sinks[0].objects[25].member_count, 25);
        ck_assert_uint_eq(w->sinks[0].objects[26].member_count, 24);
        world_free(w);
}
END_TEST

/* A family whose rule turns by itself: whoever it concerns is woken at that instant. */
START_TEST(family_in_time)
{
        struct world *w = world_new("", "<groups for-each='mailNickname' name='n-{value}'>user.department -le system.now</groups>"
                                    "<target sink='snk'><groups use='*'/></target>");

        world_page(w, "w 1 mailNickname=ada;department=2100-01-01\nw 2 mailNickname=bob;department=2000-01-01\ncomplete c\n");
        ck_assert_msg(world_sync(w, NULL) == MSTC_END_DONE, "%s", w->log);
        world_did(w, "create 1: uid=ada\ncreate 2: uid=bob\ncreate n-bob: cn=n-bob description=n-bob +bob\n");
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM wake"), 1);
        ck_assert_int_eq(world_sql(w, "SELECT at/1000 FROM wake"), 4102444800);
        world_free(w);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("engine-groups");
        TCase *t = tcase_create("all");

        tcase_set_timeout(t, 300);
        tcase_add_loop_test(t, story, 0, UNIT_COUNT(stories));
        tcase_add_test(t, unanswered);
        tcase_add_test(t, new_group);
        tcase_add_test(t, family_in_time);
        tcase_add_test(t, vanished_rule);
        tcase_add_test(t, portions);
        tcase_add_test(t, halved);
        tcase_add_test(t, gone_group);
        tcase_add_test(t, guard);
        tcase_add_test(t, made_at_last);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
