/* SPDX-License-Identifier: Apache-2.0
 *
 * number.c - numbers like uidNumber, drawn for new entries and never twice.
 *
 *   recall    what an earlier run had reserved and not used, which is then forgotten
 *             before any of it is used: a crash loses numbers, it never doubles one
 *   reserve   128 at once, see counter.c: from an entry that counts, or above the highest
 *             that was ever reserved or is in use
 *   take      one of them for each create; it comes back only when the entry is certain
 *             not to have been made
 *   keep      what is left, for the next run
 *
 * It is kept as "HIGH NUMBER NUMBER ..." under "number ATTRIBUTE". */
#include "number.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "counter.h"
#include "sink.h"

#define QUIET_MS 5000

static bool
read_range(const char *text, int64_t *first, int64_t *last)
{
        int used = 0;

        return text != NULL && sscanf(text, "%18" SCNd64 "-%18" SCNd64 "%n", first, last, &used) == 2 &&
               text[used] == '\0' && *first > 0 && *last >= *first;
}

int
ldp_number_check(const char *prefix, const char *attribute, const char *range, const char *counter,
                 const char *counter_attribute, struct mst_error *err)
{
        char option[64];
        int64_t first, last;

        snprintf(option, sizeof option, "%snumber-attribute", prefix);
        if (attribute == NULL && (range != NULL || counter != NULL || counter_attribute != NULL))
                return mst_fail(err, MST_ECONFIG, "%snumber-range and %snumber-counter need %s", prefix, prefix, option);
        if (attribute == NULL)
                return MST_OK;
        if (ldp_check_name(option, attribute, err) != MST_OK)
                return err->code;
        if (!read_range(range, &first, &last))
                return mst_fail(err, MST_ECONFIG, "%snumber-range: '%s' is not a range of numbers like 20000-59999",
                                prefix, range != NULL ? range : "");
        if (counter == NULL && counter_attribute != NULL)
                return mst_fail(err, MST_ECONFIG, "%snumber-counter-attribute needs %snumber-counter", prefix, prefix);
        snprintf(option, sizeof option, "%snumber-counter", prefix);
        if (ldp_check_dn(option, counter, err) != MST_OK)
                return err->code;
        snprintf(option, sizeof option, "%snumber-counter-attribute", prefix);
        return ldp_check_name(option, counter_attribute, err);
}

void
ldp_number_set(struct ldp_number *number, const char *attribute, const char *range, const char *counter,
               const char *counter_attribute)
{
        *number = (struct ldp_number){ .attribute = attribute, .counter = counter,
                                       .counter_attribute = counter_attribute != NULL ? counter_attribute : attribute };
        (void)read_range(range, &number->first, &number->last);
}

/* --- from one run to the next ----------------------------------------------------- */

static bool
keep(struct ldp_sink *sink, const struct ldp_number *number, bool spares, struct mst_error *err)
{
        char name[160], text[64 + LDP_NUMBERS * 2 * 21];
        size_t used;

        snprintf(name, sizeof name, "number %.120s", number->attribute);
        used = (size_t)snprintf(text, sizeof text, "%" PRId64, number->high);
        for (size_t i = 0; spares && i < number->spare_count; i++)
                used += (size_t)snprintf(text + used, sizeof text - used, " %" PRId64, number->spare[i]);
        return mst_host_keep(sink->host, name, text, used, err) == MST_OK;
}

static bool
is_spare(const struct ldp_number *number, int64_t value)
{
        for (size_t i = 0; i < number->spare_count; i++)
                if (number->spare[i] == value)
                        return true;
        return false;
}

/* What is kept may be of another range by now. */
static void
read_kept(struct ldp_number *number, char *text)
{
        char *at = text, *end;

        number->high = strtoll(at, &end, 10);
        if (end == at || number->high < 0)
                number->high = 0;
        for (at = end; *at == ' ' && number->spare_count < LDP_NUMBERS; at = end) {
                int64_t value = strtoll(at + 1, &end, 10);

                if (end == at + 1)
                        return;
                if (value >= number->first && value <= number->last && !is_spare(number, value))
                        number->spare[number->spare_count++] = value;
        }
}

static int
recall(struct ldp_sink *sink, struct ldp_number *number, struct mst_error *err)
{
        struct mst_arena *arena = mst_arena_new(0);
        char name[160], *copy = NULL;
        const char *text = NULL;
        size_t size = 0;

        snprintf(name, sizeof name, "number %.120s", number->attribute);
        if (arena != NULL && (text = mst_host_kept(sink->host, name, arena, &size)) != NULL)
                copy = mst_arena_strndup(arena, text, size);
        if (copy != NULL)
                read_kept(number, copy);
        mst_arena_free(arena);
        if (arena == NULL || (text != NULL && copy == NULL))
                return mst_fail_memory(err, "drawing a number");
        /* From now on they are ours alone. */
        if (number->spare_count > 0 && !keep(sink, number, false, err)) {
                number->spare_count = 0;
                return err->code;
        }
        number->recalled = true;
        return MST_OK;
}

void
ldp_number_keep(struct ldp_sink *sink, struct ldp_number *number)
{
        struct mst_error err = { 0 };

        if (!number->recalled || number->spare_count == 0)
                return;
        if (!keep(sink, number, true, &err))
                mst_host_log(sink->host, MST_LOG_WARNING, "%zu numbers for %s are lost: %s", number->spare_count,
                             number->attribute, err.text);
}

/* --- one by one --------------------------------------------------------------------- */

static int
descending(const void *a, const void *b)
{
        int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

        return x < y ? 1 : x > y ? -1 : 0;
}

static int
reserve(struct ldp_sink *sink, struct ldp_number *number, struct mst_error *err)
{
        if (!number->recalled && recall(sink, number, err) != MST_OK)
                return err->code;
        while (number->spare_count == 0) {
                if (ldp_counter_reserve(sink, number, err) != MST_OK)
                        return err->code;
                /* Reserved is used, should we not come back. */
                if (!keep(sink, number, false, err)) {
                        number->spare_count = 0;
                        return err->code;
                }
        }
        qsort(number->spare, number->spare_count, sizeof *number->spare, descending);
        return MST_OK;
}

int
ldp_number_take(struct ldp_sink *sink, struct ldp_number *number, int64_t *ret, struct mst_error *err)
{
        if (number->spare_count == 0 && number->trouble.code != MST_OK &&
            mst_host_ticks_ms(sink->host) < number->quiet_until) {
                *err = number->trouble;
                return err->code;
        }
        if (number->spare_count == 0 && reserve(sink, number, err) != MST_OK) {
                number->trouble = *err;
                number->quiet_until = mst_host_ticks_ms(sink->host) + QUIET_MS;
                return err->code;
        }
        *ret = number->spare[--number->spare_count];
        return MST_OK;
}

void
ldp_number_back(struct ldp_number *number, int64_t value)
{
        if (number->spare_count < sizeof number->spare / sizeof *number->spare && !is_spare(number, value))
                number->spare[number->spare_count++] = value;
}
