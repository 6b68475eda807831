/* finding.c - keeps what compiling finds, in order of place.
 *
 * The same place is told once: whatever is said second of a place that has an error
 * already is mostly a consequence of the first. */
#include "build.h"
#include "rules/finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "util/utf8.h"

static void MST_PRINTF(6, 0)
keep(struct mstc_findings *findings, bool warning, size_t offset, size_t length,
     const char *remedy, const char *format, va_list ap)
{
        char text[512];
        struct mstc_finding *new;

        for (const struct mstc_finding *f = findings->first; f != NULL; f = f->next)
                if (f->offset == offset && f->warning == warning)
                        return;
        if ((warning ? findings->warnings : findings->errors) >= MSTC_FINDINGS_MOST)
                return;
        new = mst_arena_alloc(findings->arena, sizeof *new);
        if (new == NULL || vsnprintf(text, sizeof text, format, ap) < 0) {
                findings->failed = true;
                return;
        }
        text[mstc_utf8_valid(text, strlen(text))] = '\0';    /* a cut character */
        *new = (struct mstc_finding){ .offset = offset, .length = length, .warning = warning,
                                      .remedy = remedy, .next = findings->first };
        new->text = mst_arena_strdup(findings->arena, text);
        if (new->text == NULL) {
                findings->failed = true;
                return;
        }
        findings->first = new;
        if (warning)
                findings->warnings++;
        else
                findings->errors++;
}

void
mstc_found_error(struct mstc_findings *findings, size_t offset, size_t length,
                 const char *remedy, const char *format, ...)
{
        va_list ap;

        va_start(ap, format);
        keep(findings, false, offset, length, remedy, format, ap);
        va_end(ap);
}

void
mstc_found_warning(struct mstc_findings *findings, size_t offset, size_t length,
                   const char *remedy, const char *format, ...)
{
        va_list ap;

        va_start(ap, format);
        keep(findings, true, offset, length, remedy, format, ap);
        va_end(ap);
}

const char *
mstc_found_place(const struct mstc_findings *findings, size_t offset)
{
        size_t line = 1, start = 0;
        const char *said;

        for (size_t i = 0; i < offset && i < findings->length; i++)
                if (findings->text[i] == '\n') {
                        line++;
                        start = i + 1;
                }
        said = mst_arena_printf(findings->arena, "line %zu, column %zu", line,
                                mstc_utf8_count(findings->text + start, offset - start) + 1);
        return said != NULL ? said : "?";
}

const char *
mstc_found_quote(const struct mstc_findings *findings, size_t offset, size_t length)
{
        const char *dots = "";
        char *copy;

        if (offset >= findings->length)
                return "";
        if (length > findings->length - offset)
                length = findings->length - offset;
        if (length > 40) {
                length = mstc_utf8_valid(findings->text + offset, 40);
                dots = "...";
        }
        copy = mst_arena_printf(findings->arena, "%.*s%s", (int)length, findings->text + offset, dots);
        if (copy == NULL)
                return "?";
        for (char *c = copy; *c != '\0'; c++)
                if ((unsigned char)*c < ' ' || *c == 0x7f)
                        *c = ' ';
        return copy;
}

/* Insertion into a sorted list: there are never more than fifty. */
void
mstc_found_sort(struct mstc_findings *findings)
{
        struct mstc_finding *sorted = NULL, *next;

        for (struct mstc_finding *f = findings->first; f != NULL; f = next) {
                struct mstc_finding **at = &sorted;

                next = f->next;
                while (*at != NULL && (*at)->offset < f->offset)
                        at = &(*at)->next;
                f->next = *at;
                *at = f;
        }
        findings->first = sorted;
}
