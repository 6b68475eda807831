/* engine-carry-random.c - random changes to people, groups and members, told in rounds of
 * changes and in full ones, some of which break off: whoever should be in a group of the source
 * is in it in the sink, directly or, where groups stand in groups, through them. */
#include "world.h"

#include <stdio.h>
#include <string.h>

#define USERS 9                              /* so few that no guard minds             */
#define GROUPS 6
#define ROUNDS 60
#define SYNC "<groups from='source' name='g{id}'/><target sink='snk'><groups use='*'/>" \
             "<limit of='removals' above='1000' and-percent='100' never-above='1000' until='2999-12-31' reason='a test'/></target>"

struct model {
        bool user[USERS], group[GROUPS];     /* the source has it                      */
        bool in[GROUPS][USERS], nested[GROUPS][GROUPS];
        bool all;                            /* a group was told as a whole in this round */
        unsigned seed;
};

static unsigned
dice(struct model *m, unsigned sides)
{
        m->seed = m->seed * 1103515245u + 12345u;
        return (m->seed >> 16) % sides;
}

static void
tell_user(FILE *out, int u)
{
        fprintf(out, "w u%d mailNickname=u%d\n", u, u);
}

static void
tell_group(FILE *out, int g)
{
        fprintf(out, "gw %d displayName=G %d\n", g, g);
}

/* One change, made and told. */
static void
change(struct model *m, FILE *out)
{
        int u = (int)dice(m, USERS), g = (int)dice(m, GROUPS), h = (int)dice(m, GROUPS);

        switch (dice(m, 10)) {
        case 0:
                if (m->all)                  /* what counts for a whole is who is there at the end */
                        break;
                m->user[u] = !m->user[u];
                if (m->user[u])
                        tell_user(out, u);
                else
                        fprintf(out, "%s u%d\n", dice(m, 2) != 0 ? "s" : "o", u);
                break;
        case 1:
                m->group[g] = !m->group[g];
                if (m->group[g])
                        tell_group(out, g);
                else
                        fprintf(out, "%s %d\n", dice(m, 2) != 0 ? "gs" : "go", g);
                break;
        case 2:
        case 3:
                m->nested[g][h] = g != h && !m->nested[g][h];
                fprintf(out, "%c %d @%d\n", m->nested[g][h] ? 'm' : 'x', g, h);
                break;
        case 4:                              /* all of one group, said twice           */
                m->all = true;
                fprintf(out, "all %d\nm %d u%d\nall %d\n", g, g, u, g);
                for (int i = 0; i < USERS; i++) {
                        /* Whoever is removed but may return is not told, and stays. */
                        if (m->user[i])
                                m->in[g][i] = dice(m, 2) != 0;
                        if (m->user[i] && m->in[g][i])
                                fprintf(out, "m %d u%d\n", g, i);
                }
                for (int i = 0; i < GROUPS; i++)
                        if (m->nested[g][i])
                                fprintf(out, "m %d @%d\n", g, i);
                break;
        default:
                m->in[g][u] = !m->in[g][u];
                fprintf(out, "%c %d u%d\n", m->in[g][u] ? 'm' : 'x', g, u);
                break;
        }
}

/* Everything as it is, in two pages; members before and after those whom they are about. */
static void
tell_all(struct model *m, struct world *w, bool breaks)
{
        char *text = NULL;
        size_t size;
        FILE *out = open_memstream(&text, &size);

        for (int g = 0; g < GROUPS; g++)
                for (int u = 0; u < USERS && m->group[g]; u++)
                        if (m->in[g][u] && m->user[u] && u % 2 == 0)
                                fprintf(out, "m %d u%d\n", g, u);
        for (int u = 0; u < USERS; u++)
                if (m->user[u])
                        tell_user(out, u);
        fputs(breaks ? "more half\n" : "", out);
        if (breaks) {
                fclose(out);
                world_page(w, text);
                free(text);
                world_page(w, "!the line is dead\n");
                return;
        }
        for (int g = 0; g < GROUPS; g++) {
                if (!m->group[g])
                        continue;
                tell_group(out, g);
                for (int u = 1; u < USERS; u += 2)
                        if (m->in[g][u] && m->user[u])
                                fprintf(out, "m %d u%d\n", g, u);
                for (int h = 0; h < GROUPS; h++)
                        if (m->nested[g][h] && m->group[h])
                                fprintf(out, "m %d @%d\n", g, h);
        }
        fputs("complete c\n", out);
        fclose(out);
        world_page(w, text);
        free(text);
}

/* ---- what should be, and what is -------------------------------------------------------- */

static unsigned
should(const struct model *m, int g, unsigned *met)
{
        unsigned users = 0;

        if (!m->group[g] || (*met & (1u << g)) != 0)
                return 0;
        *met |= 1u << g;
        for (int u = 0; u < USERS; u++)
                users |= m->in[g][u] && m->user[u] ? 1u << u : 0;
        for (int h = 0; h < GROUPS; h++)
                users |= m->nested[g][h] ? should(m, h, met) : 0;
        return users;
}

static const char *
name_of(const struct world_object *o)
{
        for (size_t i = 0; i < o->pair_count; i++)
                if (strcmp(o->pairs[i].name, o->kind == MST_USER ? "uid" : "cn") == 0)
                        return o->pairs[i].value;
        return "?";
}

static unsigned
holds(const struct world_sink *s, const struct world_object *o, unsigned *met)
{
        unsigned users = 0;

        for (size_t i = 0; i < o->member_count; i++) {
                const struct world_object *member = &s->objects[o->members[i] - 1];
                int number = member->number != 0 ? atoi(name_of(member) + 1) : -1;

                ck_assert_msg(number >= 0, "a member that is not there");
                if (member->kind == MST_USER) {
                        users |= 1u << number;
                } else if ((*met & (1u << number)) == 0) {
                        *met |= 1u << number;
                        users |= holds(s, member, met);
                }
        }
        return users;
}

static void
compare(struct world *w, const struct model *m, int round)
{
        for (int g = 0; g < GROUPS; g++) {
                unsigned met = 0, here = 1u << g, is = 0, want = should(m, g, &met);
                char name[16];

                if (!m->group[g])
                        continue;            /* it stays as it was                     */
                (void)snprintf(name, sizeof name, "g%d", g);
                for (size_t i = 0; i < w->sinks[0].count; i++) {
                        const struct world_object *o = &w->sinks[0].objects[i];

                        if (o->number != 0 && o->kind == MST_GROUP && strcmp(name_of(o), name) == 0)
                                is = holds(&w->sinks[0], o, &here);
                }
                ck_assert_msg(is == want, "seed %d, round %d: group %d holds %#x, not %#x\n%s", round / 1000, round % 1000,
                              g, is, want, w->log);
        }
}

static void
one_round(struct world *w, struct model *m, int round)
{
        static const struct mstc_sync_options full = { .full = true };
        bool whole = dice(m, 5) == 0;
        char *text = NULL;
        size_t size;
        FILE *out;

        if (whole && dice(m, 2) != 0) {      /* one that breaks off changes nothing    */
                tell_all(m, w, true);
                ck_assert_int_eq(world_sync(w, &full), MSTC_END_FAILED);
        }
        if (whole) {
                tell_all(m, w, false);
                ck_assert_msg(world_sync(w, &full) == MSTC_END_DONE, "round %d: %s\n%s", round, w->summary.text, w->log);
                compare(w, m, round);
                return;
        }
        m->all = false;
        out = open_memstream(&text, &size);
        for (unsigned i = dice(m, 6); i <= 6; i++) {
                change(m, out);
                if (dice(m, 8) != 0)
                        continue;
                fputs("more p\n", out);
                fclose(out);
                world_page(w, text);
                free(text);
                out = open_memstream(&text, &size);
        }
        fputs("complete c\n", out);
        fclose(out);
        world_page(w, text);
        free(text);
        ck_assert_msg(world_sync(w, NULL) == MSTC_END_DONE, "round %d: %s\n%s", round, w->summary.text, w->log);
        compare(w, m, round);
}

/* Even seeds: a sink that takes groups in groups. */
START_TEST(rounds)
{
        struct world *w = world_new("", SYNC);
        struct model m = { .seed = (unsigned)_i + 1 };

        w->quiet = true;
        if (_i % 2 == 0)
                w->sinks[0].can |= MST_CAN_NEST;
        for (int u = 0; u < USERS; u++)
                m.user[u] = true;            /* of whom it never had, it tells nothing in a full round */
        for (int g = 0; g < GROUPS; g++)
                m.group[g] = true;
        for (int i = 0; i < 20; i++)
                m.in[dice(&m, GROUPS)][dice(&m, USERS)] = true;
        tell_all(&m, w, false);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        compare(w, &m, 0);
        for (int i = 1; i <= ROUNDS; i++) {
                for (size_t k = 0; k < w->page_count; k++)
                        free(w->pages[k]);
                w->page_count = w->page_at = 0;
                one_round(w, &m, _i * 1000 + i);
        }
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM dirty"), 0);
        world_free(w);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("engine-carry-random");
        TCase *t = tcase_create("all");

        tcase_set_timeout(t, 300);
        tcase_add_loop_test(t, rounds, 0, 24);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
