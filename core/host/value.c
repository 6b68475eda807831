/* value.c - reading an option's value by the type of its row. */
#include "build.h"

#include "host/value.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "util/date.h"

static const struct {
        const char *word;
        size_t width;
} types[] = {
        [MST_OPT_TEXT] = { "text", sizeof(char *) },
        [MST_OPT_SECRET] = { "secret", sizeof(struct mst_secret *) },
        [MST_OPT_URL] = { "url", sizeof(char *) },
        [MST_OPT_INTEGER] = { "number", sizeof(int64_t) },
        [MST_OPT_BOOLEAN] = { "yes or no", sizeof(bool) },
        [MST_OPT_DURATION] = { "duration", sizeof(int64_t) },
        [MST_OPT_SIZE] = { "size", sizeof(int64_t) },
        [MST_OPT_CHOICE] = { "choice", sizeof(int64_t) },
        [MST_OPT_PATH] = { "path", sizeof(char *) },
        [MST_OPT_LIST] = { "list", sizeof(char **) },
};

size_t
mstc_value_width(uint32_t type)
{
        return type < sizeof types / sizeof *types ? types[type].width : 0;
}

const char *
mstc_value_type(uint32_t type)
{
        return mstc_value_width(type) == 0 ? "?" : types[type].word;
}

MST_PRINTF(3, 4)
static bool
refuse(struct mstc_parsed *ret, const char *remedy, const char *why, ...)
{
        va_list ap;

        va_start(ap, why);
        (void)vsnprintf(ret->why, sizeof ret->why, why, ap);
        va_end(ap);
        (void)snprintf(ret->remedy, sizeof ret->remedy, "%s", remedy);
        return false;
}

void
mstc_value_write(const struct mst_option *row, int64_t number, char *into, size_t room)
{
        static const char units[] = { 'G', 'M', 'k' };

        if (row->type == MST_OPT_DURATION) {
                mstc_duration_format(number, into, room);
                return;
        }
        for (int i = 0; row->type == MST_OPT_SIZE && i < 3; i++) {
                int64_t unit = (int64_t)1 << (30 - 10 * i);

                if (number != 0 && number % unit == 0) {
                        (void)snprintf(into, room, "%lld%c", (long long)(number / unit), units[i]);
                        return;
                }
        }
        (void)snprintf(into, room, "%lld", (long long)number);
}

void
mstc_value_range(const struct mst_option *row, char *into, size_t room)
{
        char from[40], to[40];

        into[0] = '\0';
        if (row->min == 0 && row->max == 0)
                return;
        mstc_value_write(row, row->min, from, sizeof from);
        mstc_value_write(row, row->max, to, sizeof to);
        (void)snprintf(into, room, "%s to %s", from, to);
}

static bool
in_range(const struct mst_option *row, const char *text, struct mstc_parsed *ret)
{
        char range[96], remedy[128];

        if ((row->min == 0 && row->max == 0) || (ret->number >= row->min && ret->number <= row->max))
                return true;
        mstc_value_range(row, range, sizeof range);
        (void)snprintf(remedy, sizeof remedy, "write a value from %s", range);
        return refuse(ret, remedy, "'%.100s' is too %s", text, ret->number < row->min ? "small" : "large");
}

static bool
parse_integer(const char *text, struct mstc_parsed *ret)
{
        char *end;
        size_t sign = text[0] == '-' || text[0] == '+';

        errno = 0;
        ret->number = strtoll(text, &end, 10);
        if (!isdigit((unsigned char)text[sign]) || *end != '\0')
                return refuse(ret, "write digits only, such as 10", "'%.100s' is not a whole number", text);
        if (errno == ERANGE)
                return refuse(ret, "write a smaller one", "'%.100s' is too large a number", text);
        return true;
}

static bool
parse_choice(const struct mst_option *row, const char *text, struct mstc_parsed *ret)
{
        const char *at = row->choices;
        char remedy[256];

        for (int64_t i = 0;; i++) {
                size_t length = strcspn(at, "|");

                if (strlen(text) == length && memcmp(at, text, length) == 0) {
                        ret->number = i;
                        return true;
                }
                if (at[length] == '\0')
                        break;
                at += length + 1;
        }
        (void)snprintf(remedy, sizeof remedy, "write one of %s", row->choices);
        return refuse(ret, remedy, "'%.100s' is not one of the choices", text);
}

static bool
scheme_allowed(const char *schemes, const char *text, size_t length)
{
        while (schemes != NULL && *schemes != '\0') {
                size_t one = strcspn(schemes, "|");

                if (one == length && strncasecmp(schemes, text, one) == 0)
                        return true;
                schemes += one + (schemes[one] == '|');
        }
        return schemes == NULL;
}

static bool
parse_url(const struct mst_option *row, const char *text, struct mstc_parsed *ret)
{
        const char *after = strstr(text, "://"), *at, *colon;
        size_t scheme = after == NULL ? 0 : (size_t)(after - text), authority;
        char remedy[256];

        (void)snprintf(remedy, sizeof remedy, "write it as %s://host%s",
                       row->choices == NULL ? "https" : row->choices, row->choices == NULL ? "/path" : "");
        if (scheme == 0)
                return refuse(ret, remedy, "'%.100s' is not a URL", text);
        for (const char *c = text; *c != '\0'; c++)
                if ((unsigned char)*c <= ' ' || *c == 127)
                        return refuse(ret, remedy, "a URL holds no blanks and no control characters");
        if (!scheme_allowed(row->choices, text, scheme))
                return refuse(ret, remedy, "the scheme '%.*s' is not possible here", (int)(scheme > 40 ? 40 : scheme),
                              text);
        authority = strcspn(after + 3, "/?#");
        at = memchr(after + 3, '@', authority);
        colon = at == NULL ? NULL : memchr(after + 3, ':', (size_t)(at - (after + 3)));
        if (colon != NULL)
                return refuse(ret, "give it in the option for secrets", "a URL must not hold a password");
        return true;
}

bool
mstc_value_parse(const struct mst_option *row, const char *text, struct mstc_parsed *ret)
{
        struct mst_error err = { 0 };

        *ret = (struct mstc_parsed){ 0 };
        if (row->type == MST_OPT_TEXT)
                return true;
        if (text[0] == '\0')
                return refuse(ret, "write a value, or remove the element", "there is no value");
        switch (row->type) {
        case MST_OPT_URL:
                return parse_url(row, text, ret);
        case MST_OPT_INTEGER:
                return parse_integer(text, ret) && in_range(row, text, ret);
        case MST_OPT_BOOLEAN:
                ret->number = strcmp(text, "yes") == 0;
                if (ret->number != 0 || strcmp(text, "no") == 0)
                        return true;
                return refuse(ret, "write yes or no", "'%.100s' is neither yes nor no", text);
        case MST_OPT_DURATION:
                if (mstc_duration_parse(text, &ret->number, &err) != 0)
                        return refuse(ret, "write it like 250ms, 10s, 5m, 2h or 30d", "%.200s", err.text);
                return in_range(row, text, ret);
        case MST_OPT_SIZE:
                if (mstc_size_parse(text, &ret->number, &err) != 0)
                        return refuse(ret, "write it like 4096, 16k or 4M", "%.200s", err.text);
                return in_range(row, text, ret);
        case MST_OPT_CHOICE:
                return parse_choice(row, text, ret);
        case MST_OPT_PATH:
                return text[0] == '/' || refuse(ret, "write the whole path, from /",
                                                "'%.100s' is not an absolute path", text);
        default:
                return true;
        }
}
