/* settings.c - how the emulator behaves; see settings.h. */
#include "settings.h"
#include "clock.h"

#include <stdio.h>
#include <strings.h>

enum { DAY = 86400 };
enum sort { SORT_NUMBER, SORT_COUNT, SORT_SPAN, SORT_SWITCH, SORT_EXPIRY };

const char *const expiry_names[EXPIRY_FORMS] = {
        "thirty-days", "syncStateNotFound", "gone", "SyncStateNotFound", "nested", "resyncRequired", "lenient",
};

static const struct row {
        const char *name, *def;
        size_t offset;
        enum sort sort;
        const char *help;
} rows[] = {
#define AT(f) offsetof(struct settings, f)
        { "page-size", "200", AT(page_size), SORT_COUNT, "objects on a delta page" },
        { "list-page-size", "100", AT(list_page_size), SORT_COUNT, "objects on a page of a list without $top" },
        { "member-slice", "500", AT(member_slice), SORT_COUNT, "members of a group on a delta page" },
        { "token-life", "3599", AT(token_life), SORT_SPAN, "life of an access token" },
        { "link-length", "0", AT(link_length), SORT_NUMBER, "least length of the token in a link" },
        { "link-age", "7d", AT(link_age), SORT_SPAN, "promised life of a link" },
        { "link-age-hard", "30d", AT(link_age_hard), SORT_SPAN, "life of a link with expiry 'lenient'" },
        { "expiry", "lenient", AT(expiry), SORT_EXPIRY, "how an old link is refused" },
        { "shuffle", "no", AT(shuffle), SORT_SWITCH, "send objects in another order" },
        { "repeat-every", "0", AT(repeat_every), SORT_NUMBER, "every n-th object comes twice, first with an old value" },
        { "replay", "no", AT(replay), SORT_SWITCH, "a round repeats the items of the one before" },
        { "empty-first", "no", AT(empty_first), SORT_SWITCH, "the first page of a round is empty" },
        { "empty-every", "0", AT(empty_every), SORT_NUMBER, "every n-th page is empty" },
        { "ghosts", "no", AT(ghosts), SORT_SWITCH, "an initial round also tells of who is gone" },
        { "hidden-refused", "no", AT(hidden_refused), SORT_SWITCH, "hidden members are 403 instead of none" },
        { "b2c", "no", AT(b2c), SORT_SWITCH, "a tenant without change tracking" },
        { "extras", "no", AT(extras), SORT_SWITCH, "unknown members and annotations in every object" },
        { "delay", "0", AT(delay), SORT_SPAN, "virtual time until a change is seen" },
        { "read-delay", "0", AT(read_delay), SORT_SPAN, "virtual time that a new id answers 404" },
        { "max-request", "0", AT(max_request), SORT_NUMBER, "bytes of URL and headers before 'Request Too Long'" },
        { "max-request-html", "no", AT(max_request_html), SORT_SWITCH, "say so in bare HTML" },
        { "throttle", "no", AT(throttle), SORT_SWITCH, "count resource units and refuse what is over" },
        { "throttle-units", "0", AT(throttle_units), SORT_NUMBER, "units in the bucket, 0: by tenant size" },
        { "throttle-seconds", "10", AT(throttle_seconds), SORT_COUNT, "time in which the bucket refills" },
        { "date-skew", "0", AT(date_skew), SORT_SPAN, "how far ahead the Date header is" },
        { "challenge", "no", AT(capabilities), SORT_SWITCH, "claims challenge for tokens without claims" },
        { "revoked", "no", AT(revoked), SORT_SWITCH, "claims challenge for every token" },
};
enum { ROWS = sizeof rows / sizeof rows[0] };

static bool
switch_value(const char *value, bool *ret)
{
        *ret = strcasecmp(value, "yes") == 0 || strcasecmp(value, "true") == 0 || strcmp(value, "1") == 0;
        return *ret || strcasecmp(value, "no") == 0 || strcasecmp(value, "false") == 0 || strcmp(value, "0") == 0;
}

static bool
take(struct settings *s, const struct row *r, const char *value)
{
        void *to = (char *)s + r->offset;
        int64_t n = 0;
        bool on = false;

        switch (r->sort) {
        case SORT_SWITCH:
                if (!switch_value(value, &on))
                        return false;
                memcpy(to, &on, sizeof on);
                return true;
        case SORT_EXPIRY:
                while (n < EXPIRY_FORMS && strcmp(value, expiry_names[n]) != 0)
                        n++;
                if (n == EXPIRY_FORMS)
                        return false;
                break;
        case SORT_COUNT:
                if (!clock_span(value, &n) || n < 1 || n > 100000)
                        return false;
                break;
        case SORT_NUMBER:
        case SORT_SPAN:
                if (!clock_span(value, &n))
                        return false;
                break;
        }
        memcpy(to, &n, sizeof n);
        return true;
}

void
settings_init(struct settings *s)
{
        *s = (struct settings){ 0 };
        for (size_t i = 0; i < ROWS; i++)
                take(s, &rows[i], rows[i].def);
}

const char *
settings_set(struct settings *s, const char *name, const char *value, struct text *why)
{
        for (size_t i = 0; i < ROWS; i++) {
                if (strcmp(rows[i].name, name) != 0)
                        continue;
                if (take(s, &rows[i], value))
                        return NULL;
                text_fmt(why, "setting '%s' cannot be '%s' (%s)", name, value, rows[i].help);
                return text_str(why);
        }
        text_fmt(why, "there is no setting '%s'", name);
        return text_str(why);
}

void
settings_json(const struct settings *s, struct text *t)
{
        for (size_t i = 0; i < ROWS; i++) {
                const void *from = (const char *)s + rows[i].offset;
                int64_t n = 0;
                bool on = false;

                text_char(t, i == 0 ? '{' : ',');
                text_json(t, rows[i].name);
                text_char(t, ':');
                if (rows[i].sort == SORT_SWITCH) {
                        memcpy(&on, from, sizeof on);
                        text_put(t, on ? "true" : "false");
                        continue;
                }
                memcpy(&n, from, sizeof n);
                if (rows[i].sort == SORT_EXPIRY)
                        text_json(t, expiry_names[n]);
                else
                        text_int(t, n);
        }
        text_char(t, '}');
}

void
settings_help(void)
{
        for (size_t i = 0; i < ROWS; i++)
                printf("  --%-18s %s [%s]\n", rows[i].name, rows[i].help, rows[i].def);
}
