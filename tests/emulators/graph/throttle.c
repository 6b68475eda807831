/* throttle.c - resource units in a bucket; see throttle.h. */
#include "throttle.h"
#include "asked.h"
#include "../rest/clock.h"

#include <stdio.h>
#include <stdlib.h>

unsigned
throttle_cost(const struct exchange *x, unsigned base)
{
        const char *top = query_value(&x->query, "$top");
        int cost = (int)base;

        cost -= query_option(&x->query, "$select") != NULL;
        cost += query_option(&x->query, "$expand") != NULL;
        cost -= top != NULL && atoi(top) > 0 && atoi(top) < 20;
        return cost < 1 ? 1 : (unsigned)cost;
}

static double
bucket_size(const struct settings *set, uint32_t people)
{
        if (set->throttle_units > 0)
                return (double)set->throttle_units;
        return people < 50 ? 3500 : people <= 500 ? 5000 : 8000;
}

static void
refuse(struct throttle *t, const struct settings *set, double size, const char *tenant, struct exchange *x)
{
        int64_t now = clock_monotonic_ms();
        double over = t->level - size * 0.5;
        int64_t wait = (int64_t)(over / size * (double)set->throttle_seconds) + 1;
        struct text scope = { 0 };
        char seconds[24];

        snprintf(seconds, sizeof seconds, "%lld", (long long)wait);
        t->until_ms = now + wait * 1000;
        exchange_trouble(x, T_THROTTLED, seconds);
        exchange_add(x, "Retry-After", seconds);
        text_fmt(&scope, "Tenant_Application/ReadWrite/%s/%s", x->own->client, tenant);
        exchange_add(x, "x-ms-throttle-scope", text_str(&scope));
        exchange_add(x, "x-ms-throttle-information", "ResourceUnitLimitExceeded");
        text_free(&scope);
}

bool
throttle_pass(struct throttle *t, const struct settings *set, uint32_t people, const char *tenant,
              struct exchange *x, unsigned units)
{
        double size = bucket_size(set, people), share;
        int64_t now = clock_monotonic_ms();
        char number[24];

        x->units = units;
        snprintf(number, sizeof number, "%u", units);
        if (!set->throttle) {
                exchange_add(x, "x-ms-resource-unit", number);
                return true;
        }
        t->level -= (double)(now - t->at_ms) / 1000.0 * size / (double)set->throttle_seconds;
        if (t->level < 0)
                t->level = 0;
        t->at_ms = now;
        t->level += units;
        if (t->level > 2 * size)
                t->level = 2 * size;
        if (now < t->until_ms && t->level < size)
                t->level = size;                /* who does not wait keeps it full */
        share = t->level / size;
        if (share > 1.8)
                share = 1.8;
        if (share > 0.8) {
                snprintf(number, sizeof number, "%.1f", share);
                exchange_add(x, "x-ms-throttle-limit-percentage", number);
        }
        if (t->level > size || now < t->until_ms) {
                refuse(t, set, size, tenant, x);
                return false;
        }
        snprintf(number, sizeof number, "%u", units);
        exchange_add(x, "x-ms-resource-unit", number);
        return true;
}
