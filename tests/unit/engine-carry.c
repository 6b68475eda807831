/* engine-carry.c - groups that the source has: their members, what rules read of them, and how
 * they stand in the sinks. */
#include "world.h"

#include <stdio.h>
#include <string.h>

#define FROM "<groups from='source' name='{mailNickname}' title='{displayName}'>group.securityEnabled -eq true</groups>"
#define USE "<target sink='snk'><groups use='*'/></target>"
#define CARRY FROM USE
#define ADA "w 1 mailNickname=ada\n"
#define BOB "w 2 mailNickname=bob\n"
#define CY "w 3 mailNickname=cy\n"
#define STAFF "gw g1 mailNickname=staff;displayName=Staff;securityEnabled=true\n"
#define BOSSES "gw g2 mailNickname=bosses;displayName=Bosses;securityEnabled=true\n"
#define MADE(id, uid) "create " id ": uid=" uid "\n"
#define IN_G1 "<scope>user.memberOf -any (group.objectId -in [\"g1\"])</scope><target sink='snk'/>"
#define RULE(what) "<group name='fin'>user." what " -any (group.objectId -eq \"g1\")</group>" USE

static const struct {
        const char *sync;
        uint32_t can, can_not;
        const char *steps[7][2];             /* page, what is done                     */
        const char *holds;
} stories[] = {
        /* as it is: made, filled, left, joined; a rename at the source is one in the sink */
        { CARRY, 0, 0,
          { { ADA BOB CY STAFF "gw g9 mailNickname=list;securityEnabled=false\nm g1 1\nm g1 2\nm g9 3\ncomplete c\n",
              MADE("1", "ada") MADE("2", "bob") MADE("3", "cy") "create g1: cn=staff description=Staff +ada +bob\n" },
            { "x g1 2\nm g1 3\ncomplete c\n", "members g1: -bob +cy\n" },
            { "gp g1 mailNickname=crew\ncomplete c\n", "rename g1: cn=crew\n" },
            { "gp g1 displayName=The crew\ncomplete c\n", "update g1: description=The crew\n" },
            { "gp g9 securityEnabled=true\ncomplete c\n", "create g9: cn=list description=list +cy\n" },
            { "x g1 1\nm g1 1\nx g1 7\ncomplete c\n", "" } },
          "uid=ada\nuid=bob\nuid=cy\ncn=crew description=The crew: ada cy\ncn=list description=list: cy\n" },
        /* a member who is gone does not count, and counts again without a word */
        { CARRY, 0, 0,
          { { ADA BOB STAFF "m g1 1\nm g1 2\ncomplete c\n",
              MADE("1", "ada") MADE("2", "bob") "create g1: cn=staff description=Staff +ada +bob\n" },
            { "s 2\ncomplete c\n", "disable 2:\nmembers g1: -bob\n" },
            { BOB "complete c\n", "enable 2:\nmembers g1: +bob\n" } },
          NULL },
        /* told before anybody knows of them, in any order, and more than once */
        { CARRY, 0, 0,
          { { "m g1 1\nm g1 3\nx g1 3\nm g1 3\nm g1 @g2\nmore p2\n", "" },
            { ADA "m g1 2\nx g1 2\ncomplete c\n", MADE("1", "ada") },
            { STAFF "complete c\n", "create g1: cn=staff description=Staff +ada\n" },
            { CY "complete c\n", MADE("3", "cy") "members g1: +cy\n" },
            { BOB BOSSES "m g2 2\ncomplete c\n", MADE("2", "bob") "create g2: cn=bosses description=Bosses +bob\nmembers g1: +bob\n" } },
          "uid=ada\nuid=bob\nuid=cy\ncn=staff description=Staff: ada bob cy\ncn=bosses description=Bosses: bob\n" },
        /* a group in a group, where the sink takes none: whoever is in it */
        { CARRY, 0, 0,
          { { ADA BOB STAFF BOSSES "m g1 1\nm g1 @g2\nm g2 2\nm g2 @g1\nm g1 @g1\ncomplete c\n",
              MADE("1", "ada") MADE("2", "bob") "create g1: cn=staff description=Staff +ada +bob\n"
              "create g2: cn=bosses description=Bosses +ada +bob\n" },
            { "x g1 @g2\ncomplete c\n", "members g1: -bob\n" },
            { "m g1 @g2\ncomplete c\n", "members g1: +bob\n" },
            { "gs g2\ncomplete c\n", "members g1: -bob\n" },
            { BOSSES "complete c\n", "members g1: +bob\n" } },
          "uid=ada\nuid=bob\ncn=staff description=Staff: ada bob\ncn=bosses description=Bosses: ada bob\n" },
        /* and where it does: the group itself, under its name */
        { CARRY, MST_CAN_NEST, 0,
          { { ADA BOB STAFF BOSSES "m g1 1\nm g1 @g2\nm g2 2\ncomplete c\n",
              MADE("1", "ada") MADE("2", "bob") "create g1: cn=staff description=Staff +ada\n"
              "create g2: cn=bosses description=Bosses +bob\nmembers g1: +@bosses\n" },
            { "gp g2 mailNickname=chiefs\ncomplete c\n", "rename g2: cn=chiefs\nmembers g1: +@chiefs -bosses\n" },
            { "m g1 2\ncomplete c\n", "members g1: +bob\n" },
            { "gs g2\ncomplete c\n", "members g1: -@chiefs\n" }, { "gw g2 mailNickname=chiefs;displayName=Bosses;securityEnabled=true\n"
              "complete c\n", "members g1: +@chiefs\n" },
            { "x g1 @g2\nx g1 2\ncomplete c\n", "members g1: -bob -@chiefs\n" } },
          "uid=ada\nuid=bob\ncn=staff description=Staff: ada\ncn=chiefs description=Bosses: bob\n" },
        /* one in between that is not carried stands for its members */
        { CARRY, MST_CAN_NEST, 0,
          { { ADA BOB CY STAFF BOSSES "gw g3 displayName=Between\nm g1 @g3\nm g3 1\nm g3 @g2\nm g2 2\ncomplete c\n",
              MADE("1", "ada") MADE("2", "bob") MADE("3", "cy") "create g1: cn=staff description=Staff +ada\n"
              "create g2: cn=bosses description=Bosses +bob\nmembers g1: +@bosses\n" },
            { "m g3 3\nx g3 @g2\ncomplete c\n", "members g1: +cy -@bosses\n" } },
          "uid=ada\nuid=bob\nuid=cy\ncn=staff description=Staff: ada cy\ncn=bosses description=Bosses: bob\n" },
        /* in a round of changes, one group as a whole */
        { CARRY, 0, 0,
          { { ADA BOB CY STAFF "m g1 1\nm g1 2\ncomplete c\n",
              MADE("1", "ada") MADE("2", "bob") MADE("3", "cy") "create g1: cn=staff description=Staff +ada +bob\n" },
            { "all g1\nm g1 3\nmore p\n", "" }, { "m g1 2\ncomplete c\n", "members g1: -ada +cy\n" },
            { "all g1\nm g1 1\nall g1\nm g1 2\nm g1 3\nx g1 3\ncomplete c\n", "members g1: -cy\n" },
            { "all g1\ncomplete c\n", "members g1: -bob\n" } },
          NULL },
        /* a group that is gone, or is no longer chosen, stays as it is; and is itself when it is back */
        { CARRY, 0, 0,
          { { ADA BOB STAFF "m g1 1\ncomplete c\n", MADE("1", "ada") MADE("2", "bob") "create g1: cn=staff description=Staff +ada\n" },
            { "gs g1\ncomplete c\n", "" }, { "m g1 2\nx g1 1\ncomplete c\n", "" },
            { STAFF "complete c\n", "members g1: -ada +bob\n" },
            { "gp g1 securityEnabled=false\nm g1 1\ncomplete c\n", "" },
            { "gp g1 securityEnabled=true\ncomplete c\n", "members g1: +ada\n" } },
          "uid=ada\nuid=bob\ncn=staff description=Staff: ada bob\n" },
        /* gone for good: its members are forgotten with it */
        { CARRY, 0, 0,
          { { ADA BOB STAFF "m g1 1\ncomplete c\n", MADE("1", "ada") MADE("2", "bob") "create g1: cn=staff description=Staff +ada\n" },
            { "gh g1\ncomplete c\n", "" }, { STAFF "m g1 2\ncomplete c\n", "members g1: -ada +bob\n" } },
          NULL },
        { "<groups from='source' name='{mailNickname}' on-gone='delete'/>" USE, 0, 0,
          { { ADA STAFF "m g1 1\ncomplete c\n", MADE("1", "ada") "create g1: cn=staff description=staff +ada\n" },
            { "gs g1\ncomplete c\n", "delete g1:\n" }, { "gs g1\ncomplete c\n", "" },
            { STAFF "complete c\n", "create g1: cn=staff description=staff +ada\n" } },
          "uid=ada\ncn=staff description=staff: ada\n" },
        /* two of one name, one without: each is told, and the others are carried */
        { CARRY, 0, 0,
          { { ADA STAFF "gw g2 mailNickname=staff;securityEnabled=true\ngw g3 securityEnabled=true\nm g2 1\nm g3 1\ncomplete c\n", NULL },
            { "gp g1 mailNickname=one\ngp g2 mailNickname=two\ncomplete c\n", NULL } },
          "uid=ada\ncn=one description=Staff:\ncn=two description=two: ada\n" },
        /* a rule's group goes before one of the source that is called the same */
        { "<group name='staff'>user.mailNickname -eq \"ada\"</group>" CARRY, 0, 0,
          { { ADA BOB STAFF "m g1 2\ncomplete c\n", MADE("1", "ada") MADE("2", "bob") "create staff: cn=staff description=staff +ada\n" },
            { "gp g1 mailNickname=crew\ncomplete c\n", "create g1: cn=crew description=Staff +bob\n" } },
          NULL },
        /* its own maps see what the source says of it */
        { "<groups from='source' name='grp-{id}'/><target sink='snk'><groups use='grp-*'><map to='description'>"
          "Append([displayName], [mail])</map></groups></target>", 0, 0,
          { { ADA "gw g1 displayName=A;mail=b\nm g1 1\ncomplete c\n", MADE("1", "ada") "create g1: cn=grp-g1 description=Ab +ada\n" },
            { "gp g1 mail=c\ncomplete c\n", "update g1: description=Ac\n" } },
          NULL },
        /* where a group must have a member, it waits for its first */
        { CARRY, 0, MST_CAN_EMPTY_GROUP,
          { { ADA STAFF "complete c\n", MADE("1", "ada") }, { "m g1 1\ncomplete c\n", "create g1: cn=staff description=Staff +ada\n" } },
          NULL },
        /* who is out of scope is in no group */
        { "<scope>user.mailNickname -ne \"bob\"</scope>" CARRY, 0, 0,
          { { ADA BOB STAFF "m g1 1\nm g1 2\ncomplete c\n", MADE("1", "ada") "create g1: cn=staff description=Staff +ada\n" } },
          NULL },
        /* rules read who is in which group: directly */
        { RULE("memberOf"), 0, 0,
          { { ADA BOB STAFF BOSSES "m g1 1\nm g2 2\nm g1 @g2\ncomplete c\n",
              MADE("1", "ada") MADE("2", "bob") "create fin: cn=fin description=fin +ada\n" },
            { "m g1 2\nx g1 1\ncomplete c\n", "members fin: -ada +bob\n" },
            { "gs g1\ncomplete c\n", "members fin: -bob\n" },
            { STAFF "complete c\n", "members fin: +bob\n" } },
          NULL },
        /* or through others */
        { RULE("transitiveMemberOf"), 0, 0,
          { { ADA BOB STAFF BOSSES "m g1 1\nm g2 2\nm g1 @g2\nm g2 @g1\ncomplete c\n",
              MADE("1", "ada") MADE("2", "bob") "create fin: cn=fin description=fin +ada +bob\n" },
            { "x g1 @g2\ncomplete c\n", "members fin: -bob\n" },
            { "m g1 @g2\ngs g2\ncomplete c\n", "" }, { BOSSES "complete c\n", "members fin: +bob\n" } },
          NULL },
        /* a scope, too: who leaves the group is out of it */
        { IN_G1, 0, 0,
          { { ADA BOB "m g1 1\ncomplete c\n", "" }, { "gw g1 displayName=x\ncomplete c\n", MADE("1", "ada") },
            { "m g1 2\nx g1 1\ncomplete c\n", MADE("2", "bob") "disable 1:\n" },
            { "m g1 1\ncomplete c\n", "enable 1:\n" } },
          NULL },
        /* and a map */
        { "<target sink='snk'><map to='title'>Join(\",\", [memberOf])</map></target>", 0, 0,
          { { ADA STAFF "m g1 1\ncomplete c\n", "create 1: title=g1 uid=ada\n" },
            { "x g1 1\ncomplete c\n", "update 1: title=(none)\n" } },
          NULL },
        /* who is outside is out of scope, not gone: here that is another end */
        { "<target sink='snk'><on-gone do='delete'/><on-out-of-scope do='disable'/></target>", 0, 0,
          { { ADA BOB "complete c\n", MADE("1", "ada") MADE("2", "bob") }, { "o 1\no 9\ncomplete c\n", "disable 1:\n" },
            { ADA "complete c\n", "enable 1:\n" }, { "s 2\ncomplete c\n", "delete 2:\n" } },
          "uid=ada\n" },
        /* where nothing is wanted of groups, nothing that is told of them does anything */
        { USE "<!-- no group -->", 0, 0,
          { { ADA STAFF "m g1 1\ncomplete c\n", MADE("1", "ada") }, { "x g1 1\ngs g1\ncomplete c\n", "" } }, NULL },
};

START_TEST(story)
{
        struct world *w = world_new("", stories[_i].sync);

        w->sinks[0].can = (w->sinks[0].can | stories[_i].can) & ~stories[_i].can_not;
        for (size_t i = 0; i < 7 && stories[_i].steps[i][0] != NULL; i++) {
                world_page(w, stories[_i].steps[i][0]);
                if (strstr(stories[_i].steps[i][0], "more") != NULL)
                        continue;            /* the next page belongs to it            */
                world_sync(w, NULL);
                if (stories[_i].steps[i][1] != NULL) {
                        char text[1000];

                        world_note(w, "step %zu\n", i);
                        (void)snprintf(text, sizeof text, "%sstep %zu\n", stories[_i].steps[i][1], i);
                        world_did_members(w, text);
                }
        }
        if (stories[_i].holds != NULL)
                world_holds(w, 0, stories[_i].holds);
        w->did_length = 0;
        if (w->did != NULL)
                w->did[0] = '\0';
        world_sync(w, NULL);
        ck_assert_str_eq(w->did != NULL ? w->did : "", "");
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM dirty"), 0);
        world_free(w);
}
END_TEST

/* ---- full rounds ---------------------------------------------------------------------- */

static struct world *
filled(const char *sync)
{
        struct world *w = world_new("", sync);

        world_page(w, ADA BOB CY STAFF BOSSES "m g1 1\nm g1 2\nm g2 3\nm g2 @g1\ncomplete c1\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        w->did_length = 0;
        w->did[0] = '\0';
        return w;
}

static const struct mstc_sync_options full = { .full = true };

/* Who was not told is no member; what was not told whole concludes nothing. */
START_TEST(full_round)
{
        struct world *w = filled(CARRY);

        world_page(w, ADA BOB CY STAFF BOSSES "m g1 2\nm g1 3\nmore p2\n");
        world_page(w, "!the line is dead\n");
        ck_assert_int_eq(world_sync(w, &full), MSTC_END_FAILED);
        world_did(w, "");
        ck_assert_int_eq(world_sql(w, "SELECT length(grps)/4 FROM memof WHERE entry=(SELECT number FROM entry WHERE id='1')"), 1);
        world_page(w, "m g2 3\ncomplete c2\n");          /* it goes on from its second page  */
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did_members(w, "members g1: -ada +cy\nmembers g2: -ada -bob\n");
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM mstage") + world_sql(w, "SELECT count(*) FROM nstage")
                         + world_sql(w, "SELECT count(*) FROM mtold") + world_sql(w, "SELECT members FROM sync"), 0);
        world_free(w);
}
END_TEST

/* One that is given up leaves nothing behind: a later one that does not tell has none of it. */
START_TEST(full_round_given_up)
{
        struct world *w = filled(CARRY);

        world_page(w, ADA BOB CY "w 4 mailNickname=dan\n" STAFF BOSSES "m g1 4\nm g1 77\nmore p2\n");
        world_page(w, "!the line is dead\n");
        ck_assert_int_eq(world_sync(w, &full), MSTC_END_FAILED);
        world_page(w, ADA BOB CY STAFF BOSSES "m g1 1\nm g1 2\nm g2 3\nm g2 @g1\ncomplete c2\n");
        ck_assert_int_eq(world_sync(w, &full), MSTC_END_DONE);
        world_did(w, "");
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM entry WHERE id IN ('4','77')"), 0);
        world_free(w);
}
END_TEST

/* Something could not be told: joins count, and nobody is taken out. */
START_TEST(full_round_with_a_bad_member)
{
        struct world *w = filled(CARRY);

        world_page(w, ADA BOB CY STAFF BOSSES "m g1 1\nm g1 3\nbad member\ncomplete c2\n");
        ck_assert_int_eq(world_sync(w, &full), MSTC_END_SOME_FAILED);
        world_did_members(w, "members g1: +cy\n");
        ck_assert(world_logged(w, "nobody is taken out of a group"));
        world_free(w);
}
END_TEST

/* Who is removed but may return is not told, and yet a member when he does; so is a group. */
START_TEST(full_round_without_the_removed)
{
        struct world *w = filled(CARRY);

        world_page(w, "s 1\ngs g2\ncomplete c2\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did_members(w, "disable 1:\nmembers g1: -ada\n");
        world_page(w, BOB CY STAFF "m g1 2\ncomplete c3\n");
        ck_assert_int_eq(world_sync(w, &full), MSTC_END_DONE);
        world_page(w, ADA BOSSES "complete c4\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did_members(w, "enable 1:\nmembers g1: +ada\n");
        world_holds(w, 0, "uid=ada\nuid=bob\nuid=cy\ncn=staff description=Staff: ada bob\ncn=bosses description=Bosses: ada bob cy\n");
        world_free(w);
}
END_TEST

/* Of whom it is said that he is no member, he is none when he is back, told whole or not. */
START_TEST(no_member_while_removed)
{
        struct world *w = filled(CARRY);

        world_page(w, "s 1\ncomplete c2\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_page(w, "all g1\nm g1 2\nm g1 1\nx g1 1\ncomplete c3\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_page(w, ADA "complete c4\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_holds(w, 0, "uid=ada\nuid=bob\nuid=cy\ncn=staff description=Staff: bob\ncn=bosses description=Bosses: bob cy\n");
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM mstage"), 0);
        world_free(w);
}
END_TEST

/* A source that names none of its groups any more is not believed at once. */
START_TEST(groups_shrink)
{
        struct world *w = filled(CARRY);

        world_page(w, ADA BOB CY "complete c2\n");
        ck_assert_int_eq(world_sync(w, &full), MSTC_END_HELD);
        ck_assert_msg(strstr(w->summary.text, "0 groups where 2 are known") != NULL, "%s", w->summary.text);
        world_did(w, "");
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM entry WHERE kind=2 AND gone=0"), 2);
        world_page(w, ADA BOB CY STAFF BOSSES "m g1 1\nm g1 2\nm g2 3\nm g2 @g1\ncomplete c2\n");
        ck_assert_int_eq(world_sync(w, &full), MSTC_END_DONE);
        world_did(w, "");
        world_free(w);
}
END_TEST

/* What is not asked for any more is not taken for gone. */
START_TEST(groups_not_wanted_any_more)
{
        struct world *w = filled(CARRY);

        world_configure(w, "", "<target sink='snk'/>");
        world_page(w, ADA BOB CY "complete c2\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, "");
        ck_assert_str_eq(w->fetched, "");
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM entry WHERE kind=2 AND gone=0"), 2);
        world_free(w);
}
END_TEST

/* ---- guards ------------------------------------------------------------------------------ */

static struct world *
crowd(const char *sync, int people)
{
        struct world *w = world_new("", sync);
        char text[20000];
        size_t used;

        w->quiet = true;
        world_people(w, 1, people, "", "more p2");
        used = (size_t)snprintf(text, sizeof text, STAFF);
        for (int i = 1; i <= people; i++)
                used += (size_t)snprintf(text + used, sizeof text - used, "m g1 %d\n", i);
        (void)snprintf(text + used, sizeof text - used, "complete c1\n");
        world_page(w, text);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_uint_eq(w->sinks[0].objects[people].member_count, (unsigned)people);
        return w;
}

START_TEST(half_a_group_leaves)
{
        struct world *w = crowd(CARRY, 40);

        world_page(w, "all g1\nm g1 1\ncomplete c2\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_HELD);
        ck_assert_uint_eq(w->sinks[0].objects[40].member_count, 40);
        ck_assert(world_logged(w, "the group 'staff' would lose 39 of its 40 members"));
        world_page(w, "gp g1 mailNickname=crew\ncomplete c3\n");         /* the hold is its, whatever it is called */
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_HELD);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM hold WHERE state=0"), 1);
        ck_assert_uint_ge(world_approve(w, world_sql(w, "SELECT number FROM hold WHERE state=0")), 1);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_uint_eq(w->sinks[0].objects[40].member_count, 1);
        world_free(w);
}
END_TEST

START_TEST(a_large_group_is_deleted)
{
        struct world *w = crowd("<groups from='source' name='{mailNickname}' on-gone='delete'/>" USE, 40);

        world_page(w, "gs g1\ncomplete c2\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_HELD);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_DELETE], 0);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_HELD);
        ck_assert_uint_ge(world_approve(w, world_sql(w, "SELECT number FROM hold WHERE state=0")), 1);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_DELETE], 1);
        ck_assert_int_eq(w->sinks[0].objects[40].number, 0);
        world_free(w);
}
END_TEST

/* ---- what comes apart ---------------------------------------------------------------------- */

/* The store fails somewhere: the next run makes of it what it would have been. */
static const char *const failures[] = {
        "BEFORE INSERT ON mset", "BEFORE INSERT ON nset", "BEFORE INSERT ON mstage", "BEFORE INSERT ON nstage",
        "BEFORE INSERT ON mtold", "BEFORE DELETE ON mtold", "BEFORE DELETE ON mstage", "BEFORE INSERT ON memof",
        "BEFORE UPDATE ON sync WHEN NEW.members<>OLD.members", "BEFORE UPDATE ON sync WHEN NEW.members=0 AND OLD.members<>0",
        "BEFORE INSERT ON grp", "BEFORE INSERT ON glink", "BEFORE INSERT ON gset", "BEFORE INSERT ON pset",
        "BEFORE INSERT ON gdirty", "BEFORE DELETE ON gdirty", "BEFORE INSERT ON entry WHEN NEW.gone=4",
        "BEFORE UPDATE ON entry WHEN OLD.gone=4",
};

START_TEST(store_fails)
{
        static const struct world_answer answers[] = {
                { "-", "m g1 @g2\nm g2 3\n" ADA BOB STAFF "m g1 1\nmore p2\n" },
                { "p2", CY BOSSES "m g2 2\ncomplete c1\n" }, { "c1", "complete c1\n" }, { NULL, NULL }
        };
        struct world *w = world_new("", CARRY);
        char sql[200];

        w->answers = answers;
        ck_assert(world_open(w));
        world_close(w);
        (void)snprintf(sql, sizeof sql, "CREATE TRIGGER broken %s BEGIN SELECT RAISE(ABORT, 'broken'); END", failures[_i]);
        world_change(w, sql);
        ck_assert_msg(world_sync(w, NULL) == MSTC_END_FAILED, "%s: %s", failures[_i], w->log);
        ck_assert_msg(strstr(w->summary.text, "broken") != NULL, "%s: %s", failures[_i], w->summary.text);
        world_change(w, "DROP TRIGGER broken");
        ck_assert_msg(world_sync(w, NULL) == MSTC_END_DONE, "%s: %s %s", failures[_i], w->summary.text, w->log);
        world_holds(w, 0, "uid=ada\nuid=bob\nuid=cy\ncn=staff description=Staff: ada bob cy\ncn=bosses description=Bosses: bob cy\n");
        w->did_length = 0;
        w->did[0] = '\0';
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did_so(w, "");
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM dirty"), 0);
        world_free(w);
}
END_TEST

/* A new store finds the groups again by the source's ids, whatever they are called there. */
START_TEST(store_is_lost)
{
        struct world *w = filled(CARRY);
        char command[200];

        (void)snprintf(command, sizeof command, "rm '%s'*", w->store_file);
        ck_assert_int_eq(system(command), 0);
        world_page(w, ADA BOB CY "gw g1 mailNickname=crew;displayName=Staff;securityEnabled=true\n" BOSSES
                   "m g1 1\nm g1 2\nm g2 3\nm g2 @g1\ncomplete c1\n");
        world_sync(w, NULL);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_CREATE], 5);     /* those of the first life */
        ck_assert_uint_eq(w->sinks[0].count, 5);
        world_free(w);
}
END_TEST

/* The group's create was done, and its answer lost: it is found by its mark or name. */
START_TEST(unanswered)
{
        struct world *w = world_new("", CARRY);

        world_rule(&w->sinks[0], MST_CREATE, "g1", MST_UNKNOWN, 1, true);
        world_page(w, ADA STAFF "m g1 1\ncomplete c1\n");
        world_sync(w, NULL);
        world_no_rules(&w->sinks[0]);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_uint_eq(w->sinks[0].count, 2);
        world_holds(w, 0, "uid=ada\ncn=staff description=Staff: ada\n");
        world_free(w);
}
END_TEST

/* Clashes are told each time, and make the run one in which something failed. */
START_TEST(clash_is_told)
{
        struct world *w = world_new("", CARRY);

        world_page(w, ADA STAFF "gw g2 mailNickname=staff;securityEnabled=true\nm g1 1\ncomplete c1\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_SOME_FAILED);
        ck_assert(world_logged(w, "cannot be carried: another group is called 'staff'"));
        ck_assert_uint_eq(w->sinks[0].count, 2);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_SOME_FAILED);
        world_page(w, "gp g1 mailNickname=old\ngp g2 mailNickname=new\ncomplete c2\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_uint_eq(w->sinks[0].count, 3);
        world_page(w, "gw g3 securityEnabled=true\ncomplete c3\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_SOME_FAILED);
        ck_assert(world_logged(w, "the group g3 of the source cannot be carried: it has no mailNickname"));
        world_free(w);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("engine-carry");
        TCase *t = tcase_create("all");

        tcase_set_timeout(t, 300);
        tcase_add_loop_test(t, story, 0, UNIT_COUNT(stories));
        tcase_add_test(t, full_round);
        tcase_add_test(t, full_round_given_up);
        tcase_add_test(t, full_round_with_a_bad_member);
        tcase_add_test(t, full_round_without_the_removed);
        tcase_add_test(t, no_member_while_removed);
        tcase_add_test(t, groups_shrink);
        tcase_add_test(t, groups_not_wanted_any_more);
        tcase_add_test(t, half_a_group_leaves);
        tcase_add_test(t, a_large_group_is_deleted);
        tcase_add_loop_test(t, store_fails, 0, UNIT_COUNT(failures));
        tcase_add_test(t, store_is_lost);
        tcase_add_test(t, unanswered);
        tcase_add_test(t, clash_is_told);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
