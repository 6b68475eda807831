/* explaingroup.c - why somebody is in a group or not, in the rule and in the sinks. */
#include "build.h"

#include "cli/explain.h"

#include <string.h>
#include <strings.h>

#include "cli/moment.h"
#include "engine/groupparts.h"
#include "util/alloc.h"
#include "util/near.h"
#include "util/utf8.h"

/* What the configuration says of a group, and what the store knows of it. */
struct found {
        const char *name;
        const struct mstc_rule_group *group; /* or                                     */
        const struct mstc_family *family;    /* that makes it, or:                     */
        const char *source_id;               /* of the source's group that is carried  */
        bool known;                          /* to the store: 'row'                    */
        struct mstc_view_group row;
};

static int
look_in_store(struct mstc_explained *x, struct found *found)
{
        struct mstc_view_group *rows;
        struct mst_error err = { 0 };
        int64_t after = 0;
        bool more = true;
        size_t count;

        while (more && !found->known) {
                if (mstc_view_groups(x->place.store, found->name, &after, 200, x->cli->arena, &rows, &count, &more,
                                     &err) != MST_OK)
                        return mstc_cli_fail(x->cli, &err);
                for (size_t i = 0; i < count && !found->known; i++)
                        if (strcmp(rows[i].name, found->name) == 0 && strcmp(rows[i].sync, x->sync->name) == 0) {
                                found->row = rows[i];
                                found->source_id = rows[i].gone ? NULL : rows[i].source_id;
                                found->known = true;
                        }
        }
        return MSTC_END_DONE;
}

static int
not_there(struct mstc_explained *x, const char *name)
{
        const char **names = mst_arena_alloc(x->cli->arena, (x->sync->group_count + 1) * sizeof *names);
        const char *near;

        for (size_t i = 0; names != NULL && i < x->sync->group_count; i++)
                names[i] = x->sync->groups[i].name;
        near = names != NULL ? mstc_near(name, names, x->sync->group_count) : NULL;
        return mstc_cli_misused(x->cli, "the sync '%s' has no group '%s'%s%s%s", x->sync->name, name,
                                near != NULL ? "; did you mean '" : "", near != NULL ? near : "", near != NULL ? "'?" : "");
}

/* The value of the family's attribute that makes a group of that name, or NULL. */
static const char *
family_value(struct mstc_explained *x, const struct mstc_family *family, const char *name)
{
        const char *hole = strstr(family->config->name, "{value}");
        size_t before = hole != NULL ? (size_t)(hole - family->config->name) : 0, after, length = strlen(name);

        if (hole == NULL)
                return NULL;
        after = strlen(hole + 7);
        if (length <= before + after || strncmp(family->config->name, name, before) != 0
            || strcmp(name + length - after, hole + 7) != 0)
                return NULL;
        return mst_arena_strndup(x->cli->arena, name + before, length - before - after);
}

static const struct mst_value *
attribute_of(const struct mst_record *record, const char *name)
{
        for (size_t i = 0; i < mst_record_count(record); i++)
                if (strcasecmp(mst_record_name_at(record, i), name) == 0)
                        return mst_record_at(record, i);
        return NULL;
}

static bool
has_text(struct mstc_explained *x, const struct mst_value *value, const char *text)
{
        for (size_t i = 0; i < mst_value_count(value); i++) {
                const char *one = mstc_value_render(mst_value_at(value, i), x->cli->arena, NULL);

                if (one != NULL && strcmp(one, text) == 0)
                        return true;
        }
        return false;
}

static bool
satisfies(struct mstc_explained *x, const struct found *found)
{
        struct mstc_eval eval = mstc_explain_eval(x);
        const char *value;

        if (x->person.gone != 0 || !mstc_explain_scope(x, x->sync->scope))
                return false;
        if (found->source_id != NULL)
                return has_text(x, attribute_of(x->person.record, "transitiveMemberOf"), found->source_id);
        if (found->group != NULL)
                return mstc_expr_test(found->group->rule, x->person.record, &eval);
        value = family_value(x, found->family, found->name);
        return value != NULL && has_text(x, attribute_of(x->person.record, found->family->config->each), value)
               && (found->family->rule == NULL || mstc_expr_test(found->family->rule, x->person.record, &eval));
}

/* ---- in the sinks ---- */

static const char *
say_presence(struct mst_arena *arena, bool wanted, bool present, const struct mstc_view_link *link)
{
        const char *text;

        if (wanted && present)
                return "a member there";
        if (link != NULL && link->state == MSTC_LINK_DISABLED && !present) {
                text = mst_arena_printf(arena, "not there: his account is disabled%s%s", link->reason != 0 ? ", " : "",
                                        link->reason != 0 ? mstc_reason_name(link->reason) : "");
                return text != NULL ? text : "not there: his account is disabled";
        }
        if (wanted && (link == NULL || link->state != MSTC_LINK_LIVE))
                return "waiting: no object of his is there";
        if (wanted)
                return "to join with the next run";
        return present ? "still a member there: to leave with the next run, or held" : "not there";
}

/* The rule as it was when a run made him a member, or took him out: in the document, or in '*say'. */
static int
tell_version(struct mstc_explained *x, const struct found *found, int64_t run, const char **say)
{
        const char *name = found->row.family != NULL ? found->row.family : found->name;
        struct mstc_cli *cli = x->cli;
        struct mstc_view_version then, now;
        struct mst_error err = { 0 };
        int rc = run == 0 ? MST_END : mstc_view_version(x->place.store, x->sync->name, name, run, cli->arena, &then, &err);

        if (rc == MST_OK)
                rc = mstc_view_version(x->place.store, x->sync->name, name, INT64_MAX, cli->arena, &now, &err);
        if (rc < 0)
                return mstc_cli_fail(cli, &err);
        if (rc != MST_OK)
                return MSTC_END_DONE;
        if (cli->json != NULL) {
                mstc_json_object(cli->json, "rule_version");
                mstc_json_number(cli->json, "version", then.number);
                mstc_json_number(cli->json, "run", then.run);
                mstc_json_time(cli->json, "at", then.at);
                mstc_json_bool(cli->json, "latest", then.number == now.number);
                mstc_json_end(cli->json);
        } else
                *say = mst_arena_printf(cli->arena, ", by version %lld of the rule (run %lld, %s%s)", (long long)then.number,
                                        (long long)then.run, mstc_moment(cli->arena, then.at),
                                        then.number == now.number ? "" : "; it says other things now");
        return MSTC_END_DONE;
}

static int
tell_sink(struct mstc_explained *x, const struct found *found, const struct mstc_view_glink *glink)
{
        struct mstc_cli *cli = x->cli;
        const struct mstc_view_link *link = NULL;
        struct mstc_view_joined last = { 0 };
        struct mst_error err = { 0 };
        const char *when = "", *version = "";
        bool wanted, present;
        int rc, code;

        for (size_t i = 0; i < x->person.link_count; i++)
                if (x->person.links[i].sink != NULL && glink->sink != NULL && strcmp(x->person.links[i].sink, glink->sink) == 0)
                        link = &x->person.links[i];
        if (mstc_view_membership(x->place.store, found->row.number, glink->number, x->person.number, &wanted, &present,
                                 &err) != MST_OK)
                return mstc_cli_fail(cli, &err);
        rc = glink->target == NULL ? MST_END
           : mstc_view_joined(x->place.store, found->row.number, glink->target, x->person.number, &last, &err);
        if (rc < 0)
                return mstc_cli_fail(cli, &err);
        if (cli->json != NULL) {
                mstc_json_object(cli->json, NULL);
                mstc_json_text(cli->json, "target", glink->target);
                mstc_json_bool(cli->json, "wanted", wanted);
                mstc_json_bool(cli->json, "present", present);
                mstc_json_number(cli->json, "run", last.run);
                mstc_json_text(cli->json, "change", rc == MST_OK ? last.joined ? "joined" : "left" : NULL);
                mstc_json_time(cli->json, "at", last.ended);
                code = tell_version(x, found, last.run, &version);
                mstc_json_end(cli->json);
                return code;
        }
        if (rc == MST_OK)
                when = mst_arena_printf(cli->arena, "; %s by run %lld, %s", last.joined ? "joined" : "left",
                                        (long long)last.run, mstc_moment(cli->arena, last.ended));
        code = tell_version(x, found, last.run, &version);
        if (code == MSTC_END_DONE)
                mstc_explain_line(x, glink->target != NULL ? mstc_fit(cli->arena, glink->target, 0) : "?",
                                  mst_arena_printf(cli->arena, "%s%s%s", say_presence(cli->arena, wanted, present, link),
                                                   when != NULL ? when : "", version != NULL ? version : ""));
        return code;
}

static int
tell_family(struct mstc_explained *x, const struct found *found)
{
        const char *each = found->family->config->each, *value = family_value(x, found->family, found->name);
        const struct mst_value *has = attribute_of(x->person.record, each);
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer say = { 0 };
        bool holds = value != NULL && has_text(x, has, value);

        mstc_value_json(has, &say);
        if (x->cli->json != NULL) {
                mstc_json_object(x->cli->json, "family");
                mstc_json_text(x->cli->json, "attribute", each);
                mstc_json_text(x->cli->json, "value", value);
                mstc_json_bool(x->cli->json, "holds", holds);
                mstc_json_end(x->cli->json);
        } else
                mstc_explain_line(x, holds ? "yes" : "no", mst_arena_printf(x->cli->arena, "%s is to be \"%s\", and is %s", each,
                                  value, has == NULL ? "nothing" : mstc_buffer_cstr(&say)));
        if (!holds && x->change_count < sizeof x->changes / sizeof x->changes[0])
                x->changes[x->change_count++] = mst_arena_printf(x->cli->arena, "%s must become \"%s\"", each, value);
        return mstc_explain_rule(x, "the family's rule", "rule", found->family->rule);
}

/* A group of the source: he is in it there, or in a group that is. */
static int
tell_source(struct mstc_explained *x, const struct found *found)
{
        bool direct = has_text(x, attribute_of(x->person.record, "memberOf"), found->source_id);
        bool at_all = has_text(x, attribute_of(x->person.record, "transitiveMemberOf"), found->source_id);

        if (x->cli->json != NULL) {
                mstc_json_object(x->cli->json, "source");
                mstc_json_text(x->cli->json, "id", found->source_id);
                mstc_json_bool(x->cli->json, "direct", direct);
                mstc_json_bool(x->cli->json, "holds", at_all);
                mstc_json_end(x->cli->json);
        } else
                mstc_explain_line(x, at_all ? "yes" : "no", direct ? "the source says that he is in it"
                                  : at_all ? "the source says that he is in a group that is in it"
                                           : "the source does not say that he is in it");
        x->hopeless |= !at_all;              /* his record cannot change that          */
        return MSTC_END_DONE;
}

/* Which of the groups that it is made of decide, or who wrote his name: "" where neither does. */
static const char *
say_because(struct mstc_explained *x, const struct mstc_conditions *all, bool in)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer say = { 0 };
        const char *text;

        for (size_t i = 0; i < all->count; i++) {
                const struct mstc_condition *row = &all->rows[i];
                bool group = row->role != NULL && strcmp(row->role, "group") == 0;

                if (!row->decides || row->depth > 1 || row->role == NULL)
                        continue;
                if (!group && row->line != 0 && row->holds)
                        mstc_buffer_printf(&say, ", %s", row->text);
                else if (group && row->depth == 1 && in && row->holds)
                        mstc_buffer_printf(&say, "%s %s", say.length == 0 ? ", being in" : ",", row->name);
                else if (group && row->depth == 1 && !in)
                        mstc_buffer_printf(&say, "%s %s", say.length == 0 ? row->holds ? ", being in" : ", not being in" : ",",
                                           row->name);
        }
        text = mst_arena_strdup(x->cli->arena, mstc_buffer_cstr(&say));
        return text != NULL ? text : "";
}

static int
tell_rule(struct mstc_explained *x, const struct found *found, bool in)
{
        struct mstc_cli *cli = x->cli;
        struct mstc_conditions all = { .arena = cli->arena };
        struct mstc_eval eval = mstc_explain_eval(x);
        const char *because = "";
        int code;

        if (found->group != NULL) {
                mstc_group_conditions(x->sync, found->group, x->person.record, &eval, &all);
                mstc_conditions_mark(&all, 0);
                if (!all.failed && all.rows[0].holds == in)
                        because = say_because(x, &all, in);
        }
        if (cli->json != NULL) {
                mstc_json_text(cli->json, "group", found->name);
                mstc_json_bool(cli->json, "in", in);
                mstc_json_text(cli->json, "because", *because != '\0' ? because + 2 : NULL);
        } else {
                putchar('\n');
                mstc_head(cli->arena, cli->colour, cli->width, found->name,
                          mst_arena_printf(cli->arena, ": %s%s", in ? "in" : x->person.gone != 0
                                           ? "out: gone from the source" : "out", x->person.gone != 0 ? "" : because));
        }
        code = mstc_explain_rule(x, "the sync's scope", "scope", x->sync->scope);
        if (code == MSTC_END_DONE)
                code = found->source_id != NULL ? tell_source(x, found)
                     : found->group != NULL ? mstc_explain_conditions(x, "the group's rule", "rule", &all) : tell_family(x, found);
        mstc_explain_changes(x, in);
        return code;
}

int
mstc_explain_group(struct mstc_explained *x, const char *name, const struct mstc_target *only)
{
        struct mstc_cli *cli = x->cli;
        struct found found = { .name = name };
        int code = look_in_store(x, &found);

        for (size_t i = 0; i < x->sync->group_count; i++)
                if (strcmp(x->sync->groups[i].name, name) == 0)
                        found.group = &x->sync->groups[i];
        for (size_t i = 0; i < x->sync->family_count && found.group == NULL && found.family == NULL; i++)
                if (family_value(x, &x->sync->families[i], name) != NULL)
                        found.family = &x->sync->families[i];
        if (code != MSTC_END_DONE)
                return code;
        if (found.group != NULL || found.family != NULL)
                found.source_id = NULL;      /* a rule's goes before one of the source */
        else if (found.source_id == NULL)
                return not_there(x, name);
        code = tell_rule(x, &found, satisfies(x, &found));
        if (cli->json != NULL)
                mstc_json_array(cli->json, "sinks");
        for (size_t i = 0; found.known && i < found.row.link_count && code == MSTC_END_DONE; i++)
                if (only == NULL || (found.row.links[i].target != NULL && strcmp(only->name, found.row.links[i].target) == 0))
                        code = tell_sink(x, &found, &found.row.links[i]);
        if (cli->json != NULL)
                mstc_json_end(cli->json);
        else if (code == MSTC_END_DONE && (!found.known || found.row.link_count == 0))
                puts("  in no sink yet");
        return code;
}

/* ---- all groups ---- */

static void
name_group(struct mstc_explained *x, const char *name, unsigned *column)
{
        if (x->cli->json != NULL)
                mstc_json_text(x->cli->json, NULL, name);
        else {
                const char *fit = mstc_fit(x->cli->arena, name, 0);
                unsigned length = (unsigned)mstc_utf8_columns(fit, strlen(fit));

                if (*column == 0)
                        *column = (unsigned)printf("\nin the groups ") - 1;
                else if (*column + 3 + length > x->cli->width)
                        *column = (unsigned)printf(",\n  ") - 2;
                else
                        *column += (unsigned)printf(", ");
                *column += length;
                fputs(fit, stdout);
        }
}

static const char *
family_name(struct mst_arena *arena, const char *pattern, const char *value)
{
        const char *hole = strstr(pattern, "{value}");

        return hole == NULL ? NULL : mst_arena_printf(arena, "%.*s%s%s", (int)(hole - pattern), pattern, value, hole + 7);
}

/* Groups of the source that are carried. */
static int
name_carried(struct mstc_explained *x, unsigned *column)
{
        const struct mst_value *in = attribute_of(x->person.record, "transitiveMemberOf");
        struct mst_error err = { 0 };
        int64_t after = 0;
        bool more = in != NULL && x->sync->carry_count != 0;

        while (more) {
                struct mstc_view_group *rows;
                size_t count;

                if (mstc_view_groups(x->place.store, NULL, &after, 200, x->cli->arena, &rows, &count, &more,
                                     &err) != MST_OK)
                        return mstc_cli_fail(x->cli, &err);
                for (size_t i = 0; i < count; i++) {
                        struct found found = { .name = rows[i].name, .source_id = rows[i].source_id };

                        if (!rows[i].gone && found.source_id != NULL && strcmp(rows[i].sync, x->sync->name) == 0
                            && satisfies(x, &found))
                                name_group(x, found.name, column);
                }
        }
        return MSTC_END_DONE;
}

int
mstc_explain_groups(struct mstc_explained *x)
{
        unsigned column = 0;                 /* where the next name begins; 0: none did */
        int code;

        if (x->cli->json != NULL)
                mstc_json_array(x->cli->json, "groups");
        for (size_t i = 0; i < x->sync->group_count; i++) {
                struct found found = { .name = x->sync->groups[i].name, .group = &x->sync->groups[i] };

                if (satisfies(x, &found))
                        name_group(x, found.name, &column);
        }
        for (size_t i = 0; i < x->sync->family_count; i++) {
                const struct mstc_family *family = &x->sync->families[i];
                const struct mst_value *values = attribute_of(x->person.record, family->config->each);

                for (size_t k = 0; k < mst_value_count(values); k++) {
                        const char *value = mstc_value_render(mst_value_at(values, k), x->cli->arena, NULL);
                        struct found found = { .family = family };

                        found.name = value != NULL && *value != '\0'
                                   ? family_name(x->cli->arena, family->config->name, value) : NULL;
                        if (found.name != NULL && satisfies(x, &found))
                                name_group(x, found.name, &column);
                }
        }
        code = name_carried(x, &column);
        if (x->cli->json != NULL)
                mstc_json_end(x->cli->json);
        else
                puts(column == 0 ? "\nin no group" : "");
        return code;
}
