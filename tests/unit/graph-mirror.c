/* graph-mirror.c - see graph-mirror.h. */
#include "build.h"

#include <check.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "graph-mirror.h"

static struct mirror_one *
one_of(struct mirror *m, const char *id, enum mst_kind kind)
{
        for (size_t i = 0; i < m->count; i++)
                if (strcmp(m->all[i].id, id) == 0)
                        return &m->all[i];
        if (m->count == m->room) {
                m->room = m->room > 0 ? m->room * 2 : 256;
                m->all = realloc(m->all, m->room * sizeof *m->all);
                ck_assert_ptr_nonnull(m->all);
        }
        m->all[m->count] = (struct mirror_one){ .kind = kind };
        snprintf(m->all[m->count].id, sizeof m->all->id, "%s", id);
        return &m->all[m->count++];
}

static size_t
tie_of(const struct mirror *m, const char *group, const char *member)
{
        size_t i = 0;

        while (i < m->tie_count
               && (strcmp(m->ties[i].member, member) != 0 || strcmp(m->ties[i].group, group) != 0))
                i++;
        return i;
}

static void
tie(struct mirror *m, const char *group, enum mst_kind kind, const char *member, bool joins)
{
        size_t at = tie_of(m, group, member);

        if (at < m->tie_count && !joins)
                m->ties[at] = m->ties[--m->tie_count];
        if (at < m->tie_count || !joins)
                return;
        if (m->tie_count == m->tie_room) {
                m->tie_room = m->tie_room > 0 ? m->tie_room * 2 : 1024;
                m->ties = realloc(m->ties, m->tie_room * sizeof *m->ties);
                ck_assert_ptr_nonnull(m->ties);
        }
        m->ties[m->tie_count] = (struct mirror_tie){ .kind = kind };
        snprintf(m->ties[m->tie_count].group, sizeof m->ties->group, "%s", group);
        snprintf(m->ties[m->tie_count++].member, sizeof m->ties->member, "%s", member);
}

static void
untie_all(struct mirror *m, const char *group)
{
        for (size_t i = 0; i < m->tie_count;)
                if (strcmp(m->ties[i].group, group) == 0)
                        m->ties[i] = m->ties[--m->tie_count];
                else
                        i++;
}

static void
take_record(struct mirror *m, const struct mst_record *record, enum mst_test_what what)
{
        struct mirror_one *one = one_of(m, mst_record_id(record), mst_record_kind(record));
        const struct mst_value *title = mst_record_get(record, "displayName"), *photo = mst_record_get(record, "photo");

        m->told++;
        switch (what) {
        case MST_TEST_GONE_SOFT: one->state = MIRROR_SOFT; return;
        case MST_TEST_GONE_HARD: one->state = MIRROR_HARD; return;
        case MST_TEST_OUTSIDE: one->state = MIRROR_OUTSIDE; return;
        default: break;
        }
        ck_assert_msg(mst_record_why_bad(record) == NULL, "%s", mst_record_why_bad(record));
        one->state = MIRROR_LIVE;
        one->whole = one->whole || what == MST_TEST_WHOLE;
        if (title != NULL)
                snprintf(one->title, sizeof one->title, "%.79s", mst_value_text(title, NULL));
        m->photos_told += photo != NULL;
        if (photo != NULL || what == MST_TEST_WHOLE) {
                one->photo = 0;
                if (mst_value_type(photo) == MST_BYTES)
                        mst_value_text(photo, &one->photo);
        }
}

void
mirror_take(void *self, struct mst_page *page)
{
        struct mirror *m = self;
        enum mst_kind kind = MST_USER;
        const char *group, *member;
        bool joins;

        for (size_t i = 0; i < mst_test_page_count(page); i++)
                take_record(m, mst_test_page_record(page, i), mst_test_page_what(page, i));
        for (size_t i = 0; (group = mst_test_page_member(page, i, &kind, &member, &joins)) != NULL; i++) {
                m->members_told++;
                if (member == NULL)
                        untie_all(m, group);
                else
                        tie(m, group, kind, member, joins);
        }
}

void
mirror_empty(struct mirror *m)
{
        m->count = m->tie_count = 0;
}

void
mirror_free(struct mirror *m)
{
        free(m->all);
        free(m->ties);
        *m = (struct mirror){ 0 };
}

const struct mirror_one *
mirror_find(const struct mirror *m, const char *id)
{
        for (size_t i = 0; i < m->count; i++)
                if (strcmp(m->all[i].id, id) == 0)
                        return &m->all[i];
        return NULL;
}

size_t
mirror_people(const struct mirror *m, enum mirror_state state)
{
        size_t count = 0;

        for (size_t i = 0; i < m->count; i++)
                count += m->all[i].kind == MST_USER && m->all[i].state == state;
        return count;
}

bool
mirror_has(const struct mirror *m, const char *group, const char *member)
{
        return tie_of(m, group, member) < m->tie_count;
}

void
mirror_round(struct mirror *m, struct graph *g, const char *cursor)
{
        if (cursor == NULL)
                mirror_empty(m);
        m->told = m->members_told = m->photos_told = 0;
        g->each = mirror_take;
        g->each_self = m;
        ck_assert_msg(graph_round(g, cursor) == MST_OK, "%s", g->err.text);
        ck_assert_uint_eq(g->bad, 0);
}

static const char *
text_of(struct json_object *o, const char *name)
{
        struct json_object *v = NULL;

        return json_object_object_get_ex(o, name, &v) && v != NULL ? json_object_get_string(v) : "";
}

const char *
mirror_group_id(struct graph *g, const char *name, char into[40])
{
        char path[200];
        struct json_object *group;

        snprintf(path, sizeof path, "group/%s", name);
        group = json_tokener_parse(graph_look(g, path));
        ck_assert_ptr_nonnull(group);
        snprintf(into, 40, "%s", text_of(group, "id"));
        json_object_put(group);
        return into;
}

static void
check_one(const struct mirror *m, struct graph *g, const char *id)
{
        char path[80];
        struct json_object *group, *members = NULL;
        size_t mine = 0;

        snprintf(path, sizeof path, "group/%s", id);
        group = json_tokener_parse(graph_look(g, path));
        ck_assert(group != NULL && json_object_object_get_ex(group, "members", &members));
        for (size_t i = 0; i < json_object_array_length(members); i++) {
                const char *who = json_object_get_string(json_object_array_get_idx(members, i));

                ck_assert_msg(mirror_has(m, id, who), "%s is missing in %s", who, text_of(group, "displayName"));
        }
        for (size_t i = 0; i < m->tie_count; i++) {
                const struct mirror_one *member = mirror_find(m, m->ties[i].member);

                mine += strcmp(m->ties[i].group, id) == 0 && member != NULL && member->state == MIRROR_LIVE;
        }
        ck_assert_msg(mine == json_object_array_length(members), "%s has %zu members, not %zu",
                      text_of(group, "displayName"), json_object_array_length(members), mine);
        json_object_put(group);
}

void
mirror_check_groups(const struct mirror *m, struct graph *g)
{
        struct json_object *all = json_tokener_parse(graph_look(g, "groups")), *value = NULL;

        ck_assert(all != NULL && json_object_object_get_ex(all, "value", &value));
        for (size_t i = 0; i < json_object_array_length(value); i++) {
                struct json_object *group = json_object_array_get_idx(value, i);
                const char *state = text_of(group, "@state");
                const struct mirror_one *one = mirror_find(m, text_of(group, "id"));

                if (strcmp(state, "live") != 0) {
                        ck_assert(one == NULL || one->state == (strcmp(state, "deleted") == 0 ? MIRROR_SOFT : MIRROR_HARD)
                                  || one->state == MIRROR_SOFT);
                        continue;
                }
                ck_assert_msg(one != NULL && one->state == MIRROR_LIVE, "group %s", text_of(group, "displayName"));
                ck_assert_int_eq(one->kind, MST_GROUP);
                check_one(m, g, one->id);
        }
        json_object_put(all);
}
