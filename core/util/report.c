/* report.c - complaints with their place, sorted when somebody looks.
 *
 * A report must not lose an error because memory is out: then one complaint that is
 * part of the report says so, and counts. */
#include "build.h"

#include "util/report.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"
#include "util/utf8.h"

struct entry {
        struct mstc_complaint complaint;
        size_t order;                        /* of adding; keeps the sort stable        */
};

struct mstc_report {
        struct mst_arena *arena;
        struct entry *entries;
        size_t count, room, errors;
        bool sorted, lost;
        bool fresh;                          /* the last entry is what was added last  */
};

static const struct mstc_complaint lost_complaint = {
        .text = "out of memory while checking; not everything that is wrong is listed",
};

struct mstc_report *
mstc_report_new(void)
{
        struct mstc_report *report = mstc_alloc(sizeof *report);

        if (report == NULL)
                return NULL;
        report->arena = mst_arena_new(0);
        if (report->arena == NULL) {
                mstc_free(report);
                return NULL;
        }
        return report;
}

void
mstc_report_free(struct mstc_report *report)
{
        if (report == NULL)
                return;
        mst_arena_free(report->arena);
        mstc_free(report->entries);
        mstc_free(report);
}

static int
compare_text(const char *a, const char *b)
{
        if (a == NULL || b == NULL)
                return (a != NULL) - (b != NULL);
        return strcmp(a, b);
}

static int
compare_place(const struct mstc_place *a, const struct mstc_place *b)
{
        int order = compare_text(a->file, b->file);

        if (order == 0)
                order = (a->line > b->line) - (a->line < b->line);
        if (order == 0)
                order = (a->column > b->column) - (a->column < b->column);
        return order;
}

static int
compare_entry(const void *left, const void *right)
{
        const struct entry *a = left, *b = right;
        int order = compare_place(&a->complaint.place, &b->complaint.place);

        return order != 0 ? order : (a->order > b->order) - (a->order < b->order);
}

static bool
is_there(const struct mstc_report *report, const struct mstc_complaint *wanted)
{
        for (size_t i = 0; i < report->count; i++) {
                const struct mstc_complaint *c = &report->entries[i].complaint;

                if (c->warning == wanted->warning && compare_place(&c->place, &wanted->place) == 0 &&
                    strcmp(c->text, wanted->text) == 0)
                        return true;
        }
        return false;
}

/* False when memory is out. */
static bool
keep(struct mstc_report *report, const struct mstc_complaint *c)
{
        struct entry *e;

        if (report->count == report->room) {
                size_t room = report->room > 0 ? report->room * 2 : 16;
                struct entry *entries = mstc_realloc_array(report->entries, room, sizeof *entries);

                if (entries == NULL)
                        return false;
                report->entries = entries;
                report->room = room;
        }
        e = &report->entries[report->count];
        *e = (struct entry){ .complaint = *c, .order = report->count };
        e->complaint.text = mst_arena_strdup(report->arena, c->text);
        if (c->place.file != NULL)
                e->complaint.place.file = mst_arena_strdup(report->arena, c->place.file);
        if (c->remedy != NULL)
                e->complaint.remedy = mst_arena_strdup(report->arena, c->remedy);
        if (e->complaint.text == NULL || (c->place.file != NULL && e->complaint.place.file == NULL) ||
            (c->remedy != NULL && e->complaint.remedy == NULL))
                return false;
        report->count++;
        report->errors += !c->warning;
        report->sorted = false;
        return true;
}

static void MST_PRINTF(5, 0)
add(struct mstc_report *report, struct mstc_place place, bool warning, const char *remedy,
    const char *format, va_list args)
{
        char text[2048];
        struct mstc_complaint c = { .place = place, .warning = warning, .text = text, .remedy = remedy };

        mstc_text_format(text, sizeof text, format, args);
        report->fresh = !is_there(report, &c);
        if (report->fresh && !keep(report, &c))
                report->lost = true;
}

void
mstc_report_error(struct mstc_report *report, struct mstc_place place, const char *remedy,
                  const char *format, ...)
{
        va_list args;

        va_start(args, format);
        add(report, place, false, remedy, format, args);
        va_end(args);
}

void
mstc_report_warning(struct mstc_report *report, struct mstc_place place, const char *remedy,
                    const char *format, ...)
{
        va_list args;

        va_start(args, format);
        add(report, place, true, remedy, format, args);
        va_end(args);
}

void
mstc_report_show(struct mstc_report *report, const char *text, size_t length, size_t offset, size_t span)
{
        size_t from = offset < length ? offset : length, to = from;
        struct mstc_complaint *c;

        if (!report->fresh || report->sorted || report->count == 0)
                return;
        while (from > 0 && text[from - 1] != '\n')
                from--;
        while (to < length && text[to] != '\n')
                to++;
        c = &report->entries[report->count - 1].complaint;
        c->line = mst_arena_strndup(report->arena, text + from, to - from);
        c->mark_at = (offset < length ? offset : length) - from;
        c->mark_length = span < to - from - c->mark_at ? span : to - from - c->mark_at;
}

size_t
mstc_report_errors(const struct mstc_report *report)
{
        return report->errors + report->lost;
}

size_t
mstc_report_count(const struct mstc_report *report)
{
        return report->count + report->lost;
}

const struct mstc_complaint *
mstc_report_at(struct mstc_report *report, size_t index)
{
        if (!report->sorted && report->count > 0)
                qsort(report->entries, report->count, sizeof *report->entries, compare_entry);
        report->sorted = true;
        if (index < report->count)
                return &report->entries[index].complaint;
        return index == report->count && report->lost ? &lost_complaint : NULL;
}
