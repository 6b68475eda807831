/* opshow.c - ops for people and for the document.
 *
 *   corporate: create 2 users
 *     Ada Lovelace  uid=ada, cn=Ada Lovelace, mail=ada@x.org
 *   corporate: update 1 user
 *     Bob Hope
 *       mail  bob@old.org -> bob@x.org */
#include "build.h"

#include "cli/opshow.h"

#include <string.h>

#include "cli/table.h"
#include "engine/engine.h"
#include "util/alloc.h"

#define ARROW " \xe2\x86\x92 "

struct group {
        char *target, *sink;
        int verb, kind;
        uint64_t count, held, parked;
        FILE *spool;
        struct group *next;
};

struct mstc_opshow {
        struct mstc_cli *cli;
        struct mstc_secrets secrets;
        size_t most;
        struct group *groups;
        uint64_t count;
        struct mst_arena *scratch;
        bool failed;
};

static bool
is_secret(struct mstc_secrets secrets, const char *sink, int kind, const char *name)
{
        for (size_t i = 0; secrets.setup != NULL && i < secrets.setup->instance_count; i++) {
                const struct mstc_instance *instance = &secrets.setup->instances[i];
                const struct mstc_fact_attribute *attribute;

                if (instance->config->is_source || sink == NULL || strcmp(instance->config->name, sink) != 0)
                        continue;
                attribute = instance->promised != NULL
                          ? mstc_facts_find(instance->promised, (enum mst_kind)kind, name) : NULL;
                return attribute != NULL && (attribute->flags & MST_ATTR_SECRET) != 0;
        }
        return false;
}

struct mstc_shown_op
mstc_shown_of_planned(const struct mstc_planned *p, const char *sync)
{
        return (struct mstc_shown_op){
                .number = p->number, .hold = p->hold, .sync = sync, .target = p->target, .sink = p->sink,
                .verb = (int)p->verb, .kind = (int)p->kind, .reason = p->reason, .state = p->state, .id = p->id,
                .title = p->title, .object_name = p->object_name, .before = p->before, .after = p->after,
                .joins = p->joins, .leaves = p->leaves, .text = p->text,
        };
}

struct mstc_shown_op
mstc_shown_of_view(const struct mstc_view_op *op)
{
        return (struct mstc_shown_op){
                .number = op->number, .run = op->run, .hold = op->hold, .target = op->target, .sink = op->sink,
                .verb = op->verb, .kind = op->kind, .reason = op->reason, .state = op->state,
                .outcome = op->outcome, .id = op->id, .title = op->title, .before = op->before,
                .after = op->after, .members = (uint64_t)op->members, .text = op->text, .ended = op->ended,
        };
}

/* ---- the document ------------------------------------------------------------------ */

struct changes {
        struct mstc_json *json;
        struct mstc_secrets secrets;
        const struct mstc_shown_op *op;
};

static bool
write_change(void *self, const char *name, const struct mst_value *before, const struct mst_value *after)
{
        struct changes *changes = self;

        mstc_json_object(changes->json, NULL);
        mstc_json_text(changes->json, "attribute", name);
        if (is_secret(changes->secrets, changes->op->sink, changes->op->kind, name))
                mstc_json_bool(changes->json, "secret", true);
        else {
                mstc_json_value(changes->json, "before", before);
                mstc_json_value(changes->json, "after", after);
        }
        mstc_json_end(changes->json);
        return true;
}

void
mstc_op_json(struct mstc_json *json, struct mstc_secrets secrets, const struct mstc_shown_op *op)
{
        mstc_op_json_begin(json, secrets, op);
        mstc_json_end(json);
}

void
mstc_op_json_begin(struct mstc_json *json, struct mstc_secrets secrets, const struct mstc_shown_op *op)
{
        struct changes changes = { json, secrets, op };

        mstc_json_object(json, NULL);
        mstc_json_number(json, "op", op->number);
        if (op->run != 0)
                mstc_json_number(json, "run", op->run);
        if (op->sync != NULL)
                mstc_json_text(json, "sync", op->sync);
        mstc_json_text(json, "target", op->target);
        mstc_json_text(json, "sink", op->sink);
        mstc_json_text(json, "verb", mst_verb_name((enum mst_verb)op->verb));
        mstc_json_text(json, "kind", op->kind == MST_GROUP ? "group" : "user");
        mstc_json_text(json, "id", op->id);
        mstc_json_text(json, "title", op->title);
        mstc_json_text(json, "object", op->object_name);
        mstc_json_text(json, "state", mstc_op_state_name(op->state));
        if (op->outcome != 0)
                mstc_json_text(json, "outcome", mstc_outcome_name(op->outcome));
        mstc_json_text(json, "reason", op->reason != 0 ? mstc_reason_name(op->reason) : NULL);
        if (op->hold != 0)
                mstc_json_number(json, "hold", op->hold);
        else
                mstc_json_null(json, "hold");
        mstc_json_text(json, "text", op->text);
        if (op->ended != 0)
                mstc_json_time(json, "ended", op->ended);
        if (op->verb == MST_MEMBERS && op->members == 0) {
                mstc_json_number(json, "joins", (int64_t)op->joins);
                mstc_json_number(json, "leaves", (int64_t)op->leaves);
        } else if (op->verb == MST_MEMBERS)
                mstc_json_number(json, "members", (int64_t)op->members);
        mstc_json_array(json, "changes");
        mstc_record_compare(op->before, op->after, write_change, &changes);
        mstc_json_end(json);
}

/* ---- for people -------------------------------------------------------------------- */

struct mstc_opshow *
mstc_opshow_new(struct mstc_cli *cli, struct mstc_secrets secrets, size_t most)
{
        struct mstc_opshow *show = mstc_alloc(sizeof *show);

        if (show == NULL)
                return NULL;
        *show = (struct mstc_opshow){ .cli = cli, .secrets = secrets, .most = most };
        show->scratch = mst_arena_new(0);
        if (show->scratch == NULL) {
                mstc_free(show);
                return NULL;
        }
        return show;
}

void
mstc_opshow_free(struct mstc_opshow *show)
{
        if (show == NULL)
                return;
        for (struct group *group = show->groups, *next; group != NULL; group = next) {
                next = group->next;
                if (group->spool != NULL)
                        fclose(group->spool);
                mstc_free(group->target);
                mstc_free(group->sink);
                mstc_free(group);
        }
        mst_arena_free(show->scratch);
        mstc_free(show);
}

uint64_t
mstc_opshow_count(const struct mstc_opshow *show)
{
        return show->count;
}

/* Groups stay in the order in which their first op came, but a target's stand together. */
static struct group *
find_group(struct mstc_opshow *show, const struct mstc_shown_op *op)
{
        const char *target = op->target != NULL ? op->target : "-";
        struct group **place = &show->groups, **behind = NULL, *group;

        for (; *place != NULL; place = &(*place)->next) {
                if (strcmp((*place)->target, target) != 0)
                        continue;
                if ((*place)->verb == op->verb && (*place)->kind == op->kind)
                        return *place;
                behind = &(*place)->next;
        }
        group = mstc_alloc(sizeof *group);
        if (group == NULL)
                return NULL;
        *group = (struct group){ .target = mstc_strdup(target), .verb = op->verb, .kind = op->kind };
        group->sink = op->sink != NULL ? mstc_strdup(op->sink) : NULL;
        group->spool = tmpfile();
        if (behind == NULL)
                behind = place;
        group->next = *behind;
        *behind = group;
        return group->target != NULL && group->spool != NULL ? group : NULL;
}

static const char *
say_value(struct mstc_opshow *show, const struct mst_value *value, unsigned width)
{
        struct mstc_buffer say = { 0 };
        const char *text;

        if (value == NULL || mst_value_type(value) == MST_NULL)
                return "(none)";
        mstc_value_say(value, &say);
        text = mstc_fit_end(show->scratch, mstc_buffer_cstr(&say), width);
        mstc_buffer_done(&say);
        return text;
}

struct lines {
        struct mstc_opshow *show;
        struct group *group;
        const struct mstc_shown_op *op;
        struct mstc_buffer compact;          /* a create's values in one line          */
};

static bool
tell_change(void *self, const char *name, const struct mst_value *before, const struct mst_value *after)
{
        struct lines *lines = self;
        struct mstc_opshow *show = lines->show;
        const char *called = mstc_fit(show->scratch, name, show->cli->width >= 60 ? 24 : 12);
        bool secret = is_secret(show->secrets, lines->op->sink, lines->op->kind, name);
        int room = show->cli->width >= 60 ? 20 : 12;     /* of the name          */
        unsigned half = (show->cli->width - (unsigned)room - 12) / 2;

        if (lines->op->verb == MST_CREATE && !show->cli->verbose) {
                mstc_buffer_printf(&lines->compact, "%s%s=%s", lines->compact.length > 0 ? ", " : "", called,
                                   secret ? "(secret)" : say_value(show, after, 60));
                return true;
        }
        if (secret)
                fprintf(lines->group->spool, "      %-*s  (secret)\n", room, called);
        else if (lines->op->verb == MST_CREATE)
                fprintf(lines->group->spool, "      %-*s  %s\n", room, called, say_value(show, after, half * 2));
        else
                fprintf(lines->group->spool, "      %-*s  %s" ARROW "%s\n", room, called, say_value(show, before, half),
                        say_value(show, after, half));
        return true;
}

static void
tell_remarks(struct mstc_opshow *show, FILE *to, const struct mstc_shown_op *op)
{
        bool colour = show->cli->colour;

        if (op->reason != 0)
                fprintf(to, "  (%s)", mstc_reason_name(op->reason));
        if (op->hold != 0)
                fprintf(to, "  %sheld by %lld%s", mstc_paint_on(colour, MSTC_CARE), (long long)op->hold,
                        mstc_paint_off(colour, MSTC_CARE));
        if (op->state != MSTC_OP_PLANNED && op->state != MSTC_OP_DONE)
                fprintf(to, "  %s%s%s", mstc_paint_on(colour, MSTC_CARE), mstc_op_state_name(op->state),
                        mstc_paint_off(colour, MSTC_CARE));
        if (op->outcome != 0 && op->outcome != MST_DONE)
                fprintf(to, "  %s", mstc_outcome_name(op->outcome));
        if (op->text != NULL && *op->text != '\0')
                fprintf(to, ": %s", mstc_fit(show->scratch, op->text, 0));
}

static void
tell_op(struct mstc_opshow *show, struct group *group, const struct mstc_shown_op *op)
{
        struct lines lines = { .show = show, .group = group, .op = op };
        const char *title = op->title != NULL && *op->title != '\0' ? op->title : op->id;

        fprintf(group->spool, "    %s", mstc_fit(show->scratch, title != NULL ? title : "?", show->cli->width < 46 ? show->cli->width - 6 : 40));
        if (op->verb == MST_MEMBERS && op->members == 0)
                fprintf(group->spool, "  +%s -%s", mstc_thousands(show->scratch, op->joins),
                        mstc_thousands(show->scratch, op->leaves));
        else if (op->verb == MST_MEMBERS)
                fprintf(group->spool, "  %s changes", mstc_thousands(show->scratch, op->members));
        tell_remarks(show, group->spool, op);
        if (op->verb == MST_CREATE && !show->cli->verbose) {
                mstc_record_compare(op->before, op->after, tell_change, &lines);
                if (lines.compact.length > 0)
                        fprintf(group->spool, "\n      %s", mstc_fit_end(show->scratch, mstc_buffer_cstr(&lines.compact),
                                                                     show->cli->width - 6));
                fputc('\n', group->spool);
        } else {
                fputc('\n', group->spool);
                mstc_record_compare(op->before, op->after, tell_change, &lines);
        }
        mstc_buffer_done(&lines.compact);
}

void
mstc_opshow_add(struct mstc_opshow *show, const struct mstc_shown_op *op)
{
        struct group *group = find_group(show, op);

        if (group == NULL || group->target == NULL) {
                show->failed = true;
                return;
        }
        show->count++;
        group->held += op->hold != 0;
        group->parked += op->state == MSTC_OP_PARKED;
        if (group->count++ < show->most)
                tell_op(show, group, op);
        mst_arena_reset(show->scratch);
}

static bool
copy_out(FILE *from)
{
        char bytes[16384];
        size_t got;

        rewind(from);
        while ((got = fread(bytes, 1, sizeof bytes, from)) > 0)
                if (fwrite(bytes, 1, got, stdout) != got)
                        return false;
        return !ferror(from);
}

bool
mstc_opshow_print(struct mstc_opshow *show)
{
        bool colour = show->cli->colour, good = !show->failed;

        for (struct group *group = show->groups; group != NULL && good; group = group->next) {
                const char *noun = group->kind == MST_GROUP ? "group" : "user";

                if (group->count == 0)
                        continue;
                printf("  %s%s: %s%s %s %s%s", mstc_paint_on(colour, MSTC_BOLD),
                       mstc_fit(show->scratch, group->target, 0), mst_verb_name((enum mst_verb)group->verb),
                       group->verb == MST_MEMBERS ? " of" : "", mstc_thousands(show->scratch, group->count), noun,
                       group->count == 1 ? "" : "s");
                printf("%s", mstc_paint_off(colour, MSTC_BOLD));
                if (group->held > 0)
                        printf(", %s held", mstc_thousands(show->scratch, group->held));
                if (group->parked > 0)
                        printf(", %s parked", mstc_thousands(show->scratch, group->parked));
                putchar('\n');
                good = !ferror(group->spool) && copy_out(group->spool);
                if (group->count > show->most)
                        printf("    ... and %s more (--all shows them)\n",
                               mstc_thousands(show->scratch, group->count - show->most));
                mst_arena_reset(show->scratch);
        }
        return good;
}
