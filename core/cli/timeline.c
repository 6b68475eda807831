/* timeline.c - `muster timeline`: all that happened to somebody, in order: what the source said of
 * him, what was done at each sink, by which run, and why. */
#include "build.h"

#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

#include <muster/op.h>

#include "cli/moment.h"
#include "cli/opshow.h"
#include "cli/table.h"
#include "cli/who.h"
#include "cli/workplace.h"
#include "store/entries.h"
#include "store/view.h"

#define MOST 5000u                           /* rows of one kind                       */
#define LATER INT64_MAX                      /* what is still to be done comes last    */
#define INDENT 23

struct row {
        int64_t at;
        int order;                           /* of those in the same moment            */
        const struct mstc_view_told *told;   /* one of these three                     */
        const struct mstc_view_op *op;
        const struct mstc_view_moved *moved;
};

struct timeline {
        struct mstc_cli *cli;
        struct mstc_store *store;
        struct mstc_view_person *person;
        struct row *rows;
        size_t count, room;
};

/* ---- gathering ----------------------------------------------------------------------------------- */

static bool
add(struct timeline *line, struct row row)
{
        if (line->count == line->room) {
                size_t more = line->room > 0 ? line->room * 2 : 64;
                struct row *rows = mst_arena_alloc(line->cli->arena, more * sizeof *rows);

                if (rows == NULL)
                        return false;
                if (line->count > 0)
                        memcpy(rows, line->rows, line->count * sizeof *rows);
                line->rows = rows;
                line->room = more;
        }
        row.order = (int)line->count;
        line->rows[line->count++] = row;
        return true;
}

static int
gather_ops(struct timeline *line, struct mst_error *err)
{
        struct mstc_view_which which = { .entry = line->person->number };
        int64_t after = 0;
        bool more;

        do {
                struct mstc_view_op *ops;
                size_t count = 0;

                if (mstc_view_ops(line->store, &which, &after, 500, line->cli->arena, &ops, &count, &more, err) != MST_OK)
                        return err->code;
                for (size_t i = 0; i < count; i++) {
                        bool open = ops[i].state < MSTC_OP_OPEN;

                        if (ops[i].state == MSTC_OP_SUPERSEDED && !line->cli->verbose)
                                continue;        /* it was never done                  */
                        if (!add(line, (struct row){ .at = open ? LATER : ops[i].ended, .op = &ops[i] }))
                                return mst_fail_memory(err, "reading a timeline");
                }
        } while (more);
        return MST_OK;
}

static int
gather(struct timeline *line, struct mst_error *err)
{
        struct mst_arena *arena = line->cli->arena;
        struct mstc_view_moved *moved;
        struct mstc_view_told *told;
        size_t count;

        if (mstc_view_told(line->store, line->person, MOST, arena, &told, &count, err) != MST_OK)
                return err->code;
        for (size_t i = 0; i < count; i++)
                if (!add(line, (struct row){ .at = told[i].at, .told = &told[i] }))
                        return mst_fail_memory(err, "reading a timeline");
        if (gather_ops(line, err) != MST_OK
            || mstc_view_moved(line->store, line->person->number, arena, &moved, &count, err) != MST_OK)
                return err->code;
        for (size_t i = 0; i < count; i++)
                if (!add(line, (struct row){ .at = moved[i].ended, .moved = &moved[i] }))
                        return mst_fail_memory(err, "reading a timeline");
        return MST_OK;
}

static int
by_time(const void *a, const void *b)
{
        const struct row *x = a, *y = b;

        if (x->at != y->at)
                return x->at < y->at ? -1 : 1;
        return x->order < y->order ? -1 : x->order > y->order;
}

/* ---- telling ------------------------------------------------------------------------------------- */

static const char *
told_word(const struct mstc_view_told *told)
{
        return told->first ? "new" : told->gone == MSTC_GONE_OUTSIDE ? "outside" : told->gone != 0 ? "gone"
             : told->was_gone != 0 ? "back" : "changed";
}

struct changes {
        struct mstc_cli *cli;
        bool first;                          /* no values before: in one line          */
        struct mstc_buffer compact;
};

static const char *
say(struct mst_arena *arena, const struct mst_value *value, unsigned width)
{
        struct mstc_buffer into = { 0 };
        const char *text = "(none)";

        if (value == NULL || mst_value_type(value) == MST_NULL)
                return text;
        mstc_value_say(value, &into);
        text = mstc_fit(arena, mstc_buffer_cstr(&into), width);
        mstc_buffer_done(&into);
        return text;
}

static bool
tell_change(void *self, const char *name, const struct mst_value *before, const struct mst_value *after)
{
        struct changes *changes = self;
        struct mstc_cli *cli = changes->cli;
        unsigned half = cli->width > 60 ? (cli->width - INDENT - 23) / 2 : 15;

        if (changes->first)
                mstc_buffer_printf(&changes->compact, "%s%s=%s", changes->compact.length > 0 ? ", " : "", name,
                                   say(cli->arena, after, 0));
        else
                printf("%*s%-18s  %s \xe2\x86\x92 %s\n", INDENT, "", mstc_fit(cli->arena, name, 18), say(cli->arena, before, half),
                       say(cli->arena, after, half));
        return true;
}

static void
tell_changes(struct mstc_cli *cli, const struct mst_record *before, const struct mst_record *after, bool first)
{
        struct changes changes = { .cli = cli, .first = first };

        mstc_record_compare(before, after, tell_change, &changes);
        if (changes.compact.length > 0) {
                printf("%*s", INDENT, "");
                mstc_wrap(cli->arena, stdout, mstc_buffer_cstr(&changes.compact), INDENT, INDENT, cli->width);
        }
        mstc_buffer_done(&changes.compact);
}

static void
tell_op(struct mstc_cli *cli, const struct mstc_view_op *op)
{
        printf("%s: %s", mstc_fit(cli->arena, op->sink, 0), mst_verb_name((enum mst_verb)op->verb));
        if (op->reason != 0)
                printf(" (%s)", mstc_reason_name(op->reason));
        if (op->state != MSTC_OP_DONE)
                printf(", %s", mstc_op_state_name(op->state));
        if (op->hold != 0 && op->state < MSTC_OP_OPEN)
                printf(", held by %lld", (long long)op->hold);
        if (op->outcome != 0 && op->outcome != MST_DONE)
                printf(", %s", mstc_outcome_name(op->outcome));
        printf(", run %lld\n", (long long)op->run);
        if (op->text != NULL && op->text[0] != '\0') {
                printf("%*s", INDENT, "");
                mstc_wrap(cli->arena, stdout, op->text, INDENT, INDENT, cli->width);
        }
        tell_changes(cli, op->before, op->after, op->verb == MST_CREATE);
}

static void
tell_row(struct mstc_cli *cli, const struct row *row)
{
        struct mst_arena *arena = cli->arena;

        printf("%-21s  ", row->at == LATER ? "to be done" : row->at == 0 ? "long ago" : mstc_moment_exact(arena, row->at));
        if (row->told != NULL) {
                printf("%ssource: %s%s, run %lld\n", mstc_paint_on(cli->colour, MSTC_BOLD), told_word(row->told),
                       mstc_paint_off(cli->colour, MSTC_BOLD), (long long)row->told->run);
                tell_changes(cli, row->told->before, row->told->after, row->told->first);
        } else if (row->op != NULL)
                tell_op(cli, row->op);
        else
                printf("%s: %s the group %s, run %lld\n", mstc_fit(arena, row->moved->sink, 0),
                       row->moved->joined ? "joins" : "leaves", mstc_fit(arena, row->moved->group, 0), (long long)row->moved->run);
}

static bool
write_change(void *self, const char *name, const struct mst_value *before, const struct mst_value *after)
{
        struct mstc_json *json = self;

        mstc_json_object(json, NULL);
        mstc_json_text(json, "attribute", name);
        mstc_json_value(json, "before", before);
        mstc_json_value(json, "after", after);
        mstc_json_end(json);
        return true;
}

static void
write_row(struct mstc_json *json, const struct row *row)
{
        if (row->op != NULL) {
                struct mstc_shown_op op = mstc_shown_of_view(row->op);

                mstc_op_json_begin(json, (struct mstc_secrets){ 0 }, &op);
                mstc_json_text(json, "what", "op");
                mstc_json_time(json, "at", row->at == LATER ? 0 : row->at);
                mstc_json_end(json);
                return;
        }
        mstc_json_object(json, NULL);
        mstc_json_text(json, "what", row->told != NULL ? told_word(row->told) : row->moved->joined ? "joins" : "leaves");
        mstc_json_time(json, "at", row->at);
        mstc_json_number(json, "run", row->told != NULL ? row->told->run : row->moved->run);
        if (row->told != NULL) {
                mstc_json_array(json, "changes");
                mstc_record_compare(row->told->before, row->told->after, write_change, json);
                mstc_json_end(json);
        } else {
                mstc_json_text(json, "group", row->moved->group);
                mstc_json_text(json, "target", row->moved->target);
                mstc_json_text(json, "sink", row->moved->sink);
        }
        mstc_json_end(json);
}

static void
tell(struct timeline *line)
{
        struct mstc_cli *cli = line->cli;
        const struct mstc_view_person *person = line->person;

        if (cli->json != NULL) {
                mstc_json_object(cli->json, "user");
                mstc_json_text(cli->json, "id", person->id);
                mstc_json_text(cli->json, "sync", person->sync);
                mstc_json_text(cli->json, "title", person->title);
                mstc_json_bool(cli->json, "gone", person->gone != 0);
                mstc_json_end(cli->json);
                mstc_json_array(cli->json, "events");
                for (size_t i = 0; i < line->count; i++)
                        write_row(cli->json, &line->rows[i]);
                mstc_json_end(cli->json);
                return;
        }
        printf("%s%s%s  %s  %s%s\n", mstc_paint_on(cli->colour, MSTC_BOLD), mstc_fit(cli->arena, person->title, 0),
               mstc_paint_off(cli->colour, MSTC_BOLD), mstc_fit(cli->arena, person->id, 0),
               mstc_fit(cli->arena, person->sync, 0), person->gone != 0 ? "  (gone)" : "");
        for (size_t i = 0; i < line->count; i++)
                tell_row(cli, &line->rows[i]);
}

static int
run(struct mstc_cli *cli)
{
        struct mstc_workplace place = { 0 };
        struct timeline line = { .cli = cli };
        struct mst_error err = { 0 };
        int code = mstc_workplace_store(cli, &place, "events");

        line.store = place.store;
        if (place.store != NULL)
                code = mstc_who_meant(cli, place.store, mstc_args_at(cli->args, 0), &line.person);
        if (place.store != NULL && code == MSTC_END_DONE) {
                if (mstc_view_person(place.store, line.person->number, cli->arena, line.person, &err) < 0
                    || gather(&line, &err) != MST_OK)
                        code = mstc_cli_fail(cli, &err);
                else {
                        qsort(line.rows, line.count, sizeof *line.rows, by_time);
                        tell(&line);
                }
        }
        mstc_workplace_close(&place);
        return code;
}

const struct mstc_command mstc_command_timeline = {
        .name = "timeline", .arguments = "USER", .least = 1, .most = 1,
        .summary = "tell all that happened to somebody, in order",
        .about =
        "What the source said of a person, and when; what was done because of it at each sink,\n"
        "by which run and why; the groups that he joined and left; and what is still to be done.\n"
        "Also of people who are gone.  With --verbose also what was planned and given up again.",
        .example =
        "  muster timeline ada@example.org\n",
        .run = run,
};
