/* SPDX-License-Identifier: Apache-2.0
 *
 * probe.c - what `muster check --online` is told of a file that is read.
 *
 * The start of each file is really read: that it can be opened, that it has the column that
 * is the id, that its first rows can be read.  Columns that rules, maps or options name and
 * the file does not have are told with those that may have been meant. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "source.h"

#define ROWS 200                             /* that are looked at                     */
#define TOLD 5                               /* bad rows that are told one by one      */
#define READS "rules or maps read"

struct looking {
        struct fil_source *source;
        const struct fil_feed *feed;
        struct mst_facts *facts;
        struct fil_names names;
        size_t rows, bad, nameless;
};

static int
look(struct looking *l, struct mst_error *err)
{
        struct fil_reader *reader;
        struct fil_row *row;
        bool room = true;
        int rc = fil_reader_open(&reader, &l->feed->layout, err);

        for (size_t i = 0; rc == MST_OK && room && i < fil_reader_columns(reader); i++)
                room = fil_names_add(&l->names, fil_reader_column(reader, i));
        while (rc == MST_OK && room && l->rows < ROWS && (rc = fil_reader_next(reader, &row, err)) == MST_OK) {
                size_t length;

                l->rows++;
                if (row->bad != NULL && l->bad++ < TOLD)
                        mst_facts_note(l->facts, true, "'%s', %s", l->feed->layout.path, row->bad);
                for (size_t i = 0; room && !row->torn && i < row->count; i++)
                        room = fil_names_add(&l->names, row->fields[i].name);
                mst_arena_reset(l->source->scratch);
                l->nameless += row->bad == NULL && fil_row_id(l->source, l->feed, row, &length) == NULL;
        }
        fil_reader_close(reader);
        if (!room)
                return mst_fail_memory(err, "looking at a file");
        return rc == MST_END ? MST_OK : rc;
}

static int
check_id(const struct looking *l, struct mst_error *err)
{
        const char *near;

        if (l->names.count == 0 || fil_names_have(&l->names, l->feed->id))
                return MST_OK;
        near = fil_names_near(&l->names, l->feed->id);
        return mst_fail(err, MST_ECONFIG, "the file '%s' has no column '%s', which is to be the id%s%s%s",
                        l->feed->layout.path, l->feed->id, near != NULL ? "; did you mean '" : "",
                        near != NULL ? near : "", near != NULL ? "'?" : "");
}

static void
miss(const struct looking *l, const char *name, const char *who)
{
        const char *near = fil_names_near(&l->names, name);

        if (fil_names_have(&l->names, name))
                return;
        /* Default maps read many an attribute that nobody misses. */
        mst_facts_note(l->facts, near != NULL || strcmp(who, READS) != 0, "%s '%s', which the file '%s' does not have%s%s%s", who, name,
                       l->feed->layout.path, near != NULL ? ": did you mean '" : "", near != NULL ? near : "",
                       near != NULL ? "'?" : "");
}

/* What the engine asks for by itself is no mistake of the admin. */
static bool
asked_anyway(const char *name)
{
        static const char *const names[] = { "accountEnabled", "displayName", "mail", "userPrincipalName", "id",
                                             "members" };

        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
                if (fil_name_equal(names[i], name))
                        return true;
        return false;
}

static void
compare(const struct looking *l)
{
        bool groups = l->feed->kind == MST_GROUP;

        for (size_t i = 0; i < mst_host_want_count(l->source->host); i++) {
                const char *name = mst_host_want(l->source->host, i);
                bool of_group = strncmp(name, "group.", 6) == 0;

                name += of_group ? 6 : 0;
                if (of_group == groups && !asked_anyway(name))
                        miss(l, name, READS);
        }
        for (size_t i = 0; !groups && i < l->source->types.count; i++)
                miss(l, l->source->types.names[i], "'types' names");
        if (l->feed->members != NULL && mst_host_wants(l->source->host, "group.members"))
                miss(l, l->feed->members, "'members' names");
        if (l->feed->member_groups != NULL)
                miss(l, l->feed->member_groups, "'member-groups' names");
}

static void
tell(const struct looking *l)
{
        uint32_t group = l->feed->kind == MST_GROUP ? (uint32_t)MST_ATTR_GROUP : 0;

        for (size_t i = 0; i < l->names.count; i++) {
                struct fil_type type = fil_types_find(&l->source->types, l->names.names[i]);
                bool many = type.many || (!type.given && l->feed->layout.format != FIL_CSV);

                mst_facts_attribute(l->facts, l->names.names[i], type.type,
                                    group | (many ? (uint32_t)MST_ATTR_MANY : 0), 0);
        }
        if (l->bad > TOLD)
                mst_facts_note(l->facts, true, "'%s': %zu of the first %zu rows cannot be read", l->feed->layout.path,
                               l->bad, l->rows);
        if (l->nameless > 0)
                mst_facts_note(l->facts, true, "'%s': %zu of the first %zu rows have no %s: they are put aside, and nobody "
                               "is taken as gone meanwhile", l->feed->layout.path, l->nameless, l->rows, l->feed->id);
        if (l->feed->layout.marker == FIL_MARK_NONE)
                mst_facts_note(l->facts, true, "complete-marker is 'none': a file '%s' that was cut off is taken for a "
                               "whole one", l->feed->layout.path);
}

static int
probe_feed(struct fil_source *source, const struct fil_feed *feed, struct mst_facts *facts, struct mst_error *err)
{
        struct looking *l = calloc(1, sizeof *l);
        struct mst_arena *arena = mst_arena_new(0);
        int rc = MST_OK;

        if (l == NULL || arena == NULL) {
                rc = mst_fail_memory(err, "looking at a file");
        } else {
                *l = (struct looking){ .source = source, .feed = feed, .facts = facts, .names.arena = arena };
                rc = look(l, err);
                if (rc == MST_OK)
                        rc = check_id(l, err);
                if (rc == MST_OK) {
                        compare(l);
                        tell(l);
                }
        }
        mst_arena_free(arena);
        free(l);
        return rc;
}

int
fil_source_probe(void *self, struct mst_facts *facts, struct mst_error *err)
{
        struct fil_source *source = self;
        bool groups = source->config->groups_path != NULL;
        char identity[8192];

        snprintf(identity, sizeof identity, "file:%s", source->config->path);
        mst_facts_identity(facts, identity);
        mst_facts_can(facts, MST_CAN_USERS | MST_CAN_FETCH | MST_CAN_INCREMENTAL
                      | (groups ? (uint32_t)MST_CAN_GROUPS : 0));
        if (probe_feed(source, &source->users, facts, err) != MST_OK)
                return err->code;
        return groups ? probe_feed(source, &source->groups, facts, err) : MST_OK;
}
