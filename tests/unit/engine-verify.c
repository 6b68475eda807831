/* engine-verify.c - what somebody else did in a sink is found, told apart, and put right or let
 * stay; what cannot be known is never taken for a difference, and never for an absence. */
#include "world.h"

#include <stdio.h>
#include <string.h>

#include "engine/verify.h"

#define FIN "<group name='fin'>user.department -eq \"F\"</group>"
#define TARGET "<target sink='snk'><match attribute='mail'/><groups use='*'/></target>"
#define TARGET_ALONE "<target sink='snk'><match attribute='mail'/></target>"
#define PEOPLE "w 1 displayName=Ada;mail=ada@x;mailNickname=ada;jobTitle=A;department=F\n" \
               "w 2 displayName=Bob;mail=bob@x;mailNickname=bob;jobTitle=B;department=F\n" \
               "w 3 displayName=Cy;mail=cy@x;mailNickname=cy;jobTitle=C\ncomplete c1\n"

static char found[4000];

static void
say(const struct mst_value *value, char *into, size_t size)
{
        struct mstc_buffer text = { 0 };

        if (value != NULL)
                mstc_value_say(value, &text);
        (void)snprintf(into, size, "%s", value != NULL ? mstc_buffer_cstr(&text) : "-");
        mstc_buffer_done(&text);
}

static void
take(void *self, const struct mstc_mismatch *m)
{
        size_t at = strlen(found);
        char ours[200], theirs[200];

        (void)self;
        say(m->ours, ours, sizeof ours);
        say(m->theirs, theirs, sizeof theirs);
        (void)snprintf(found + at, sizeof found - at, "%s %s", mstc_mismatch_name(m->what), m->id);
        at = strlen(found);
        if (m->attribute != NULL || m->what == MSTC_FINDS_RENAMED)
                (void)snprintf(found + at, sizeof found - at, " %s %s>%s", m->attribute != NULL ? m->attribute : "name", ours, theirs);
        at = strlen(found);
        (void)snprintf(found + at, sizeof found - at, "%s%s%s%s\n", m->text != NULL ? ": " : "", m->text == NULL ? "" : m->what == MSTC_FINDS_MEMBER_FOREIGN ? "o" : m->text,
                       m->accepted ? " (accepted)" : "", m->mends ? "" : " (stays)");
}

static struct world_object *
object(struct world *w, const char *name)
{
        for (size_t i = 0; i < w->sinks[0].count; i++) {
                struct world_object *o = &w->sinks[0].objects[i];

                for (size_t k = 0; k < o->pair_count && o->number != 0; k++)
                        if ((strcmp(o->pairs[k].name, "uid") == 0 || strcmp(o->pairs[k].name, "cn") == 0)
                            && strcmp(o->pairs[k].value, name) == 0)
                                return o;
        }
        ck_abort_msg("there is no object '%s'", name);
        return NULL;
}

static void
set(struct world_object *o, const char *name, const char *value)
{
        for (size_t i = 0; i < o->pair_count; i++)
                if (strcmp(o->pairs[i].name, name) == 0) {
                        if (*value != '\0')
                                (void)snprintf(o->pairs[i].value, sizeof o->pairs[i].value, "%s", value);
                        else
                                o->pairs[i] = o->pairs[--o->pair_count];
                        return;
                }
        ck_abort_msg("it has no '%s'", name);
}

static void
member(struct world *w, const char *name, bool joins)
{
        struct world_object *fin = object(w, "fin");
        long number = object(w, name)->number;

        if (joins) {
                fin->members = realloc(fin->members, (fin->member_count + 1) * sizeof *fin->members);
                fin->members[fin->member_count++] = number;
                return;
        }
        for (size_t i = 0; i < fin->member_count; i++)
                if (fin->members[i] == number)
                        fin->members[i--] = fin->members[--fin->member_count];
}

/* "ada title=X" sets, "ada title=" clears, "ada gone|off|on|leaves|joins", "ada stamp=X", "new STAMP a=b;c=d". */
static void
disturb(struct world *w, const char *text)
{
        char copy[600], *rest = copy, *line;

        (void)snprintf(copy, sizeof copy, "%s", text);
        while ((line = strsep(&rest, "\n")) != NULL) {
                char *what = strchr(line, ' '), *is;

                if (what == NULL)
                        continue;
                *what++ = '\0';
                is = strchr(what, '=');
                if (strcmp(line, "new") == 0) {
                        char *pairs = strchr(what, ' ');

                        *pairs++ = '\0';
                        world_object(&w->sinks[0], MST_USER, strcmp(what, "-") == 0 ? "" : what, pairs);
                } else if (strcmp(what, "gone") == 0)
                        object(w, line)->number = 0;
                else if (strcmp(what, "off") == 0 || strcmp(what, "on") == 0)
                        object(w, line)->enabled = strcmp(what, "on") == 0;
                else if (strcmp(what, "leaves") == 0 || strcmp(what, "joins") == 0)
                        member(w, line, *what == 'j');
                else if (strncmp(what, "stamp=", 6) == 0)
                        (void)snprintf(object(w, line)->stamp, sizeof object(w, line)->stamp, "%s", is + 1);
                else {
                        *is = '\0';
                        set(object(w, line), what, is + 1);
                }
        }
}

static struct world *
synced(const char *target)
{
        char sync[900];
        struct world *w;

        (void)snprintf(sync, sizeof sync, "%s%s", FIN, target);
        w = world_new("", sync);
        world_page(w, PEOPLE);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        w->did_length = 0;
        w->did[0] = '\0';
        return w;
}

static int
by_text(const void *a, const void *b)
{
        return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* They come in the order of the sink. */
static void
sort_found(void)
{
        char copy[sizeof found], *rest = copy, *lines[100], *line;
        size_t count = 0;

        memcpy(copy, found, sizeof copy);
        while ((line = strsep(&rest, "\n")) != NULL && count < UNIT_COUNT(lines))
                if (*line != '\0')
                        lines[count++] = line;
        qsort(lines, count, sizeof *lines, by_text);
        found[0] = '\0';
        for (size_t i = 0; i < count; i++)
                (void)snprintf(found + strlen(found), sizeof found - strlen(found), "%s\n", lines[i]);
}

/* Looks, and compares what was found, in order of the lines. */
static struct mstc_verified
verify(struct world *w, const struct mstc_verify_options *how, const char *expect)
{
        struct mstc_verify_options options = *how;
        struct mstc_verified result;

        options.found = take;
        found[0] = '\0';
        mstc_summary_done(&w->summary);
        ck_assert(world_open(w));
        ck_assert_msg(mstc_engine_verify(w->engine, mstc_setup_sync(w->setup, "s"), &options, &result, &w->summary,
                                         &w->err) == MST_OK, "%s", w->err.text);
        world_close(w);
        sort_found();
        if (expect != NULL)
                ck_assert_str_eq(found, expect);
        return result;
}

/* What was done, what is told of it, and what a repair sends. */
static const struct {
        const char *disturbed, *found;
        int different;
        const char *sent;                    /* NULL: what a run of its own tests      */
} cases[] = {
        /* ---- nothing ---- */
        { "", "", 0, "" },
        /* ---- values ---- */
        { "ada title=X", "changed 1 title A>X\n", 1, "update 1: title=A\n" },
        { "ada title=", "changed 1 title A>-\n", 1, "update 1: title=A\n" },
        { "ada title=a", "", 0, "" },                         /* the sink knows no case */
        { "ada title=X\nbob title=Y", "changed 1 title A>X\nchanged 2 title B>Y\n", 2, "update 1: title=A\nupdate 2: title=B\n" },
        { "ada title=X\nada mail=x@x", "changed 1 mail ada@x>x@x\nchanged 1 title A>X\n", 2, "update 1: mail=ada@x title=A\n" },
        { "ada uid=eve", "changed 1 uid ada>eve\nrenamed 1 name ada>eve\n", 2, "members fin: +ada -eve\nrename 1: uid=ada\n" },
        /* ---- objects ---- */
        { "ada gone", "missing 1\n", 1, NULL },
        { "ada stamp=", "unstamped 1: carries no stamp (stays)\n", 1, "" },
        { "ada stamp=src:3", "unstamped 1: carries the stamp 'src:3' (stays)\n", 1, "" },
        { "new src:1 uid=two", "orphan 1: a second object with this stamp; the record is tied to 'ada' (stays)\n", 1, "" },
        { "new src:77 uid=two", "orphan 77: no record of the source has this id (stays)\n", 1, "" },
        { "new other:1 uid=two\nnew - uid=three", "", 0, "" },        /* not ours */
        /* ---- state ---- */
        { "ada off", "disabled 1\n", 1, "enable 1:\n" },
        /* ---- groups ---- */
        { "ada leaves", "member lost fin: ada\n", 1, "members fin: +ada\n" },
        { "cy joins", "foreign member fin: o (stays)\n", 0, "" },
        { "fin description=X", "changed fin description fin>X\n", 1, "update fin: description=fin\n" },
        { "fin gone", "missing fin\n", 1, "create fin: cn=fin description=fin +ada +bob\n" },
};

START_TEST(told_and_mended)
{
        struct mstc_verify_options look = { 0 }, repair = { .repair = true };
        struct world *w = synced(TARGET);
        struct mstc_verified v;
        int64_t rows = world_sql(w, "SELECT count(*) FROM op"), runs = world_sql(w, "SELECT count(*) FROM run");

        disturb(w, cases[_i].disturbed);
        v = verify(w, &look, NULL);
        ck_assert_msg(strcmp(found, cases[_i].found) == 0, "%d: %s\nnot\n%s", _i, found, cases[_i].found);
        ck_assert_uint_eq(v.different, (uint64_t)cases[_i].different);
        ck_assert(v.whole);
        ck_assert_uint_eq(v.targets[0].objects, strstr(cases[_i].disturbed, "ada gone") != NULL ? 2 : 3);
        mstc_verified_done(&v);
        world_did(w, "");
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM op"), rows);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM run"), runs);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM dirty"), 0);
        v = verify(w, &repair, cases[_i].found);
        mstc_verified_done(&v);
        if (cases[_i].sent != NULL)
                world_did_members(w, cases[_i].sent);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM op WHERE open=1 AND hold IS NULL"), 0);
        if (cases[_i].sent == NULL || *cases[_i].sent == '\0') {
                world_free(w);
                return;
        }
        /* What was put right is right, and stays so. */
        ck_assert_int_eq(w->summary.outcome, MSTC_END_DONE);
        ck_assert_int_eq(w->summary.mode, MSTC_RUN_VERIFY);
        v = verify(w, &look, "");
        mstc_verified_done(&v);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, "");
        world_free(w);
}
END_TEST

/* Gone from the sink: made again, past the guard for it. */
START_TEST(missing_is_guarded)
{
        struct mstc_verify_options repair = { .repair = true };
        struct world *w = world_new("", TARGET_ALONE);
        struct mstc_verified v;

        world_people(w, 1, 40, "", "complete c");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        w->did_length = 0;
        for (size_t i = 0; i < 3; i++)
                w->sinks[0].objects[i].number = 0;
        v = verify(w, &repair, NULL);
        ck_assert_uint_eq(v.targets[0].counts[MSTC_FINDS_MISSING], 3);
        mstc_verified_done(&v);
        ck_assert_int_eq(w->summary.outcome, MSTC_END_DONE);
        ck_assert_uint_eq(world_count(w, MSTC_N_CREATED), 3);
        for (size_t i = 0; i < 5; i++)
                w->sinks[0].objects[10 + i].number = 0;
        w->did_length = 0;
        w->did[0] = '\0';
        v = verify(w, &repair, NULL);
        ck_assert_uint_eq(v.targets[0].counts[MSTC_FINDS_MISSING], 5);
        mstc_verified_done(&v);
        ck_assert_int_eq(w->summary.outcome, MSTC_END_HELD);
        world_did(w, "");
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM op WHERE open=1 AND hold=(SELECT number FROM hold WHERE guard='gone')"), 5);
        world_approve(w, world_sql(w, "SELECT number FROM hold WHERE guard='gone'"));
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_uint_eq(world_count(w, MSTC_N_CREATED), 5);
        world_free(w);
}
END_TEST

/* A listing that does not end well, or a sink that does not answer, proves nobody absent. */
START_TEST(not_known_is_not_missing)
{
        struct mstc_verify_options repair = { .repair = true };
        struct world *w = synced(TARGET);
        struct mstc_verified v;

        disturb(w, "ada gone\nbob title=X");
        w->sinks[0].list_fails = "the server went away";
        v = verify(w, &repair, NULL);
        ck_assert(!v.whole);
        ck_assert_uint_eq(v.targets[0].counts[MSTC_FINDS_MISSING], 0);
        ck_assert_msg(strstr(v.targets[0].reason, "the server went away") != NULL, "%s", v.targets[0].reason);
        mstc_verified_done(&v);
        w->sinks[0].list_fails = NULL;
        w->sinks[0].find_fails = "no search today";
        v = verify(w, &repair, NULL);
        ck_assert(!v.whole);
        ck_assert_uint_eq(v.targets[0].counts[MSTC_FINDS_MISSING], 0);
        mstc_verified_done(&v);
        w->sinks[0].find_fails = NULL;
        w->sinks[0].find_open = 1;
        v = verify(w, &repair, NULL);
        ck_assert_uint_eq(v.targets[0].counts[MSTC_FINDS_MISSING], 0);
        ck_assert_uint_eq(v.targets[0].counts[MSTC_FINDS_UNSURE], 1);
        mstc_verified_done(&v);
        w->sinks[0].find_open = 0;
        w->sinks[0].probe_fails = "away";
        v = verify(w, &repair, "");
        ck_assert(!v.whole);
        mstc_verified_done(&v);
        w->sinks[0].probe_fails = NULL;
        (void)snprintf(w->sinks[0].identity, sizeof w->sinks[0].identity, "a copy");
        v = verify(w, &repair, "");
        ck_assert(!v.whole);
        ck_assert_msg(strstr(v.targets[0].reason, "is not the system its links were made with") != NULL, "%s", v.targets[0].reason);
        mstc_verified_done(&v);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM link WHERE state=4"), 0);
        world_free(w);
}
END_TEST

/* Somebody else's value may stay, as long as it is that one and we want the same as then. */
START_TEST(accepted)
{
        struct mstc_verify_options look = { 0 }, accept = { .accept = true, .who = "root", .note = "his wish" },
                                   again = { .again = true }, repair = { .repair = true, .again = true };
        struct world *w = synced(TARGET);
        struct mstc_verified v;

        disturb(w, "ada title=X\nada off\ncy gone");
        v = verify(w, &accept, NULL);
        ck_assert_uint_eq(v.mended, 2);      /* who is missing cannot be accepted      */
        mstc_verified_done(&v);
        world_did(w, "");
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM accepted WHERE who='root' AND note='his wish'"), 2);
        v = verify(w, &look, NULL);
        ck_assert_uint_eq(v.different, 1);
        ck_assert_uint_eq(v.targets[0].accepted, 2);
        ck_assert_ptr_nonnull(strstr(found, "changed 1 title A>X (accepted)\n"));
        mstc_verified_done(&v);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, "");
        disturb(w, "ada title=Z");           /* another value                          */
        v = verify(w, &look, NULL);
        ck_assert_uint_eq(v.different, 2);
        mstc_verified_done(&v);
        disturb(w, "ada title=X");
        v = verify(w, &again, NULL);
        ck_assert_uint_eq(v.different, 3);
        mstc_verified_done(&v);
        world_page(w, "p 1 jobTitle=N\ncomplete c2\n");        /* another wanted value */
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, "update 1: title=N\n");
        disturb(w, "ada title=X");
        v = verify(w, &look, NULL);
        ck_assert_uint_eq(v.different, 2);
        mstc_verified_done(&v);
        v = verify(w, &repair, NULL);
        mstc_verified_done(&v);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM accepted"), 0);
        ck_assert(object(w, "ada")->enabled);
        world_free(w);
}
END_TEST

/* Leavers: enabled again by somebody, deleted by us and back. */
START_TEST(leavers)
{
        struct mstc_verify_options repair = { .repair = true };
        struct world *w = synced("<target sink='snk'><match attribute='mail'/><on-gone do='disable'/></target>");
        struct mstc_verified v;

        world_page(w, "s 1\ncomplete c2\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, "disable 1:\n");
        disturb(w, "ada on");
        v = verify(w, &repair, "enabled 1\n");
        mstc_verified_done(&v);
        world_did(w, "disable 1:\n");
        disturb(w, "ada gone");              /* made again for nobody                  */
        v = verify(w, &repair, "missing 1\n");
        mstc_verified_done(&v);
        world_did(w, "");
        v = verify(w, &repair, "");
        mstc_verified_done(&v);
        disturb(w, "new src:1 uid=ada;title=A");
        v = verify(w, &repair, "orphan 1: is tied to nobody\n");
        mstc_verified_done(&v);
        world_did(w, "");
        ck_assert(object(w, "ada")->enabled);            /* an orphan is never touched */
        world_free(w);
}
END_TEST

/* An orphan whose record has no object is tied to it again. */
START_TEST(orphan_is_tied_again)
{
        struct mstc_verify_options repair = { .repair = true };
        struct world *w = synced(TARGET);
        struct mstc_verified v;

        world_change(w, "UPDATE link SET state=4 WHERE entry=(SELECT number FROM entry WHERE id='1')");
        world_change(w, "DELETE FROM tset");
        v = verify(w, &repair, "foreign member fin: o (stays)\norphan 1: is tied to nobody\n");
        mstc_verified_done(&v);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM link WHERE state=1"), 3);
        ck_assert_uint_eq(world_count(w, MSTC_N_LINKED), 1);
        ck_assert_uint_eq(world_count(w, MSTC_N_CREATED), 0);
        world_free(w);
}
END_TEST

/* Chosen people, a sink without a listing, one without stamps: asked for one by one, found by id. */
START_TEST(other_ways_to_look)
{
        const char *const users[] = { "ada@x" };
        struct mstc_verify_options look = { 0 }, chosen = { .users = users, .user_count = 1 };
        struct world *w = synced(TARGET);
        struct mstc_verified v;

        disturb(w, "ada title=X\nbob title=X\ncy gone");
        w->sinks[0].lists = 0;
        v = verify(w, &chosen, "changed 1 title A>X\n");
        ck_assert_uint_eq(v.targets[0].objects, 1);
        mstc_verified_done(&v);
        ck_assert_uint_eq(w->sinks[0].lists, 0);
        w->sinks[0].can &= ~(uint32_t)MST_CAN_LIST;
        v = verify(w, &look, NULL);
        ck_assert_uint_eq(v.different, 3);
        ck_assert_uint_eq(v.targets[0].counts[MSTC_FINDS_MISSING], 1);
        mstc_verified_done(&v);
        w->sinks[0].can |= MST_CAN_LIST;
        w->sinks[0].can &= ~(uint32_t)MST_CAN_STAMP;
        v = verify(w, &look, NULL);
        ck_assert_uint_eq(v.different, 3);
        mstc_verified_done(&v);
        world_free(w);
}
END_TEST

/* Never shown by the sink: not taken for cleared. */
START_TEST(untold)
{
        struct mstc_verify_options look = { 0 };
        struct world *w = synced(TARGET);
        struct mstc_verified v;

        w->sinks[0].can &= ~(uint32_t)MST_CAN_PRESENT;
        disturb(w, "ada title=\nbob title=\ncy title=");
        v = verify(w, &look, "");
        ck_assert_str_eq(v.targets[0].untold, "title");
        mstc_verified_done(&v);
        w->sinks[0].can |= MST_CAN_PRESENT;  /* it shows what there is: three were cleared */
        v = verify(w, &look, NULL);
        ck_assert_uint_eq(v.different, 3);
        mstc_verified_done(&v);
        world_free(w);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("engine-verify");
        TCase *t = tcase_create("all");

        tcase_set_timeout(t, 60);
        tcase_add_loop_test(t, told_and_mended, 0, UNIT_COUNT(cases));
        tcase_add_test(t, missing_is_guarded);
        tcase_add_test(t, not_known_is_not_missing);
        tcase_add_test(t, accepted);
        tcase_add_test(t, leavers);
        tcase_add_test(t, orphan_is_tied_again);
        tcase_add_test(t, other_ways_to_look);
        tcase_add_test(t, untold);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
