/* effects.c - what clients have really done to the service; see effects.h. */
#include "effects.h"

#include "clock.h"

#include <stdlib.h>

enum { KINDS = 32 };

void
effects_note(struct effects *s, uint64_t request, const char *what, const char *object)
{
        struct effect *one;

        if (s->lines == NULL)
                s->lines = room(EFFECTS_LINES * sizeof *s->lines);
        one = &s->lines[s->count % EFFECTS_LINES];
        free(one->object);
        *one = (struct effect){ .what = what, .number = ++s->count, .request = request + 1,
                                .at_us = clock_monotonic_us(), .object = room_copy(object) };
}

void
effects_clear(struct effects *s)
{
        s->from = s->count;
}

void
effects_close(struct effects *s)
{
        for (uint64_t i = 0; s->lines != NULL && i < EFFECTS_LINES; i++)
                free(s->lines[i].object);
        free(s->lines);
        *s = (struct effects){ 0 };
}

/* The first line that is still there and wanted, less 1. */
static uint64_t
start(const struct effects *s, uint64_t after)
{
        uint64_t oldest = s->count > EFFECTS_LINES ? s->count - EFFECTS_LINES : 0;

        if (after < s->from)
                after = s->from;
        return after < oldest ? oldest : after;
}

struct kind {
        const char *what;
        uint64_t count;
        int64_t first_us, last_us;
};

/* How many kinds there are. */
static int
tally(const struct effects *s, struct kind kinds[KINDS])
{
        int n = 0;

        for (uint64_t at = start(s, 0); at < s->count; at++) {
                const struct effect *one = &s->lines[at % EFFECTS_LINES];
                int i = 0;

                while (i < n && strcmp(kinds[i].what, one->what) != 0)
                        i++;
                if (i == KINDS)
                        continue;
                if (i == n)
                        kinds[n++] = (struct kind){ .what = one->what, .first_us = one->at_us };
                kinds[i].count++;
                kinds[i].last_us = one->at_us;
        }
        return n;
}

static void
counts_json(const struct effects *s, struct text *t)
{
        struct kind kinds[KINDS];
        int n = tally(s, kinds);

        for (int i = 0; i < n; i++)
                text_fmt(t, "%s\"%s\":%llu", i > 0 ? "," : "", kinds[i].what, (unsigned long long)kinds[i].count);
}

void
effects_pace(const struct effects *s, struct text *t)
{
        struct kind kinds[KINDS];
        int n = tally(s, kinds);

        text_char(t, '{');
        for (int i = 0; i < n; i++)
                text_fmt(t, "%s\"%s\":{\"count\":%llu,\"ms\":%.3f}", i > 0 ? "," : "", kinds[i].what,
                         (unsigned long long)kinds[i].count, (double)(kinds[i].last_us - kinds[i].first_us) / 1000);
        text_char(t, '}');
}

void
effects_json(const struct effects *s, uint64_t after, uint64_t limit, struct text *t)
{
        bool first = true;

        text_fmt(t, "{\"count\":%llu,\"counts\":{", (unsigned long long)(s->count - start(s, 0)));
        counts_json(s, t);
        text_lit(t, "},\"lines\":[");
        for (uint64_t n = start(s, after); n < s->count && limit > 0; n++, limit--) {
                const struct effect *one = &s->lines[n % EFFECTS_LINES];

                text_fmt(t, "%s{\"number\":%llu,\"request\":%llu,\"effect\":\"%s\",\"object\":%s}", first ? "" : ",\n",
                         (unsigned long long)one->number, (unsigned long long)one->request, one->what, one->object);
                first = false;
        }
        text_lit(t, "]}");
}
