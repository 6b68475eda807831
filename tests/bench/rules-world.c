/* rules-world.c - see rules-world.h.
 *
 * Cardinalities are those of a large organisation; a value with a small number is more
 * frequent than one with a large number. */
#include "rules-world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

const char *const world_names[WORLD_TEXTS] = {
        "department", "jobTitle", "country", "city", "companyName", "officeLocation", "userType", "state", "costCentre",
        "extensionAttribute1", "mail", "displayName",
};
static const unsigned many[] = { 60, 400, 40, 300, 12, 200, 2, 80, 500, 50 };
#define SHARED (sizeof many / sizeof *many)             /* the others are each person's own */

static const char *const words[] = {
        "Senior", "Regional", "Northern", "Finance", "Technical", "Research", "Customer", "Network", "Quality", "Legal",
        "Junior", "Global", "Southern", "Supply", "Clinical", "Product",
};
static const char *const given[] = {
        "Ada", "Bruno", "Chiara", "Dmitri", "Eleni", "Farid", "Greta", "Hiroshi", "Ines", "Jonas", "Katja", "Lars",
        "Maren", "Nadia", "Olaf", "Paula", "Quentin", "Rosa", "Sven", "Tomas", "Uta", "Vera", "Wanda", "Xenia", "Yusuf",
};
#define PICK(table, n) ((table)[(n) % (sizeof(table) / sizeof *(table))])

static unsigned
dice(uint64_t *state, unsigned below)
{
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        return (unsigned)(*state >> 33) % below;
}

static uint64_t
seed(uint64_t number)
{
        number = (number + 1) * 0x9E3779B97F4A7C15u;
        number = (number ^ number >> 30) * 0xBF58476D1CE4E5B9u;
        return (number ^ number >> 27) | 1;
}

static unsigned
skewed(uint64_t *state, unsigned values)
{
        unsigned a = dice(state, values), b = dice(state, values);

        return a < b ? a : b;
}

static void
value(char into[64], size_t attribute, unsigned number)
{
        if (attribute == WORLD_TYPE)
                snprintf(into, 64, "%s", number == 0 ? "Member" : "Guest");
        else
                snprintf(into, 64, "%s %.4s %u", PICK(words, number * 7 + number / 16), world_names[attribute], number);
}

void
world_person(uint32_t number, struct world_person *ret)
{
        uint64_t state = seed(number);
        const char *first = PICK(given, dice(&state, 1000));

        *ret = (struct world_person){ 0 };
        snprintf(ret->id, sizeof ret->id, "%08x-0000-4000-8000-000000000000", number);
        for (size_t i = 0; i < SHARED; i++)
                if (dice(&state, 12) != 0)
                        value(ret->texts[i], i, skewed(&state, many[i]));
        snprintf(ret->texts[WORLD_MAIL], 64, "%s.n%u@d%u.contoso.example", first, number, skewed(&state, 30));
        snprintf(ret->texts[WORLD_NAME], 64, "%s von Musterhausen-%u", first, dice(&state, 20000));
        ret->tag_count = dice(&state, WORLD_TAGS_MOST + 1);
        for (unsigned i = 0; i < ret->tag_count; i++)
                snprintf(ret->tags[i], sizeof ret->tags[i], "tag-%u", skewed(&state, 100));
        ret->enabled = dice(&state, 10) != 0;
        ret->hired = WORLD_NOW - (int64_t)dice(&state, 7000) * WORLD_DAY;
}

/* Attributes that people make groups by, the finer ones more often. */
static enum world_attribute
grouped_by(uint64_t *state)
{
        static const unsigned char by[] = {
                WORLD_DEPARTMENT, WORLD_DEPARTMENT, WORLD_TITLE, WORLD_TITLE, WORLD_COUNTRY, WORLD_CITY, WORLD_CITY,
                WORLD_COMPANY, WORLD_OFFICE, WORLD_OFFICE, WORLD_STATE, WORLD_COST, WORLD_COST, WORLD_COST, WORLD_TITLE,
        };

        return PICK(by, dice(state, sizeof by));
}

static void
string_condition(uint64_t *state, struct world_condition *ret)
{
        switch (dice(state, 4)) {
        case 0:
                ret->kind = WORLD_ENDS;
                ret->attribute = WORLD_MAIL;
                snprintf(ret->texts[0], 64, "@d%u.contoso.example", skewed(state, 30));
                break;
        case 1:
                ret->kind = WORLD_CONTAINS;
                ret->attribute = dice(state, 2) == 0 ? WORLD_NAME : WORLD_TITLE;
                snprintf(ret->texts[0], 64, "%s", ret->attribute == WORLD_NAME ? PICK(given, dice(state, 1000))
                                                                               : PICK(words, dice(state, 1000)));
                break;
        default:
                ret->kind = WORLD_BEGINS;
                snprintf(ret->texts[0], 64, "%s %.3s", PICK(words, dice(state, 1000)), world_names[ret->attribute]);
                break;
        }
}

static void
rare_condition(uint64_t *state, struct world_condition *ret)
{
        switch (dice(state, 4)) {
        case 0:
                ret->kind = WORLD_PATTERN;
                ret->attribute = WORLD_TITLE;
                snprintf(ret->texts[0], 64, "^%s.*[%u-9]$", PICK(words, dice(state, 1000)), dice(state, 9));
                break;
        case 1:
                ret->kind = WORLD_SINCE;
                ret->days = 1 + dice(state, 2000);
                break;
        default:
                ret->kind = dice(state, 3) == 0 ? WORLD_ALL : WORLD_ANY;
                snprintf(ret->texts[0], 64, "tag-%u", skewed(state, 100));
                break;
        }
}

/* The first equality of a rule narrows; further ones also say who is meant at all: whose
 * account is enabled, members, everywhere but in one country. */
static void
equality(uint64_t *state, bool narrow, struct world_condition *ret)
{
        unsigned kind = dice(state, narrow ? 6 : 12);

        ret->kind = kind == 0 ? WORLD_IN : kind < 6 ? WORLD_EQUAL : kind < 9 ? WORLD_ENABLED :
                    kind < 11 ? WORLD_NOT_EQUAL : WORLD_EQUAL;
        if (kind == 11)
                ret->attribute = WORLD_TYPE;
        for (unsigned i = 0; i < 3; i++)
                value(ret->texts[i], ret->attribute, dice(state, many[ret->attribute]));
}

void
world_rule(uint32_t number, struct world_rule *ret)
{
        uint64_t state = seed(number + UINT64_C(0x100000000));
        bool narrow = false, loose = dice(&state, 12) == 0;

        *ret = (struct world_rule){ .count = 2 + dice(&state, 5) / 2 };
        ret->first = ret->count;
        if (dice(&state, 4) == 0) {
                ret->first = 2;
                ret->count = 3 + dice(&state, 2);
                loose = false;
        }
        for (unsigned i = 0; i < ret->count; i++) {
                struct world_condition *condition = &ret->conditions[i];
                unsigned kind = dice(&state, 20);

                if (i == ret->first)
                        narrow = false;
                condition->attribute = grouped_by(&state);
                /* What stands alone is an equality, and most others have one. */
                if (kind < 14 || (!narrow && !loose && (i == 1 || i + 1 == ret->first || i + 1 == ret->count)))
                        equality(&state, !narrow, condition);
                else if (kind < 18)
                        string_condition(&state, condition);
                else
                        rare_condition(&state, condition);
                narrow = narrow || condition->kind == WORLD_EQUAL || condition->kind == WORLD_IN;
        }
}

/* --- as text ------------------------------------------------------------------------- */

struct out { char *into; size_t room, length; };

static void say(struct out *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void
say(struct out *out, const char *format, ...)
{
        va_list ap;
        int n;

        va_start(ap, format);
        n = vsnprintf(out->into + out->length, out->room - out->length, format, ap);
        va_end(ap);
        if (n < 0 || (size_t)n >= out->room - out->length) {
                fprintf(stderr, "a rule is too long\n");
                exit(1);
        }
        out->length += (size_t)n;
}

static void
muster(struct out *out, const struct world_condition *c)
{
        const char *name = world_names[c->attribute], *text = c->texts[0];

        switch (c->kind) {
        case WORLD_EQUAL: say(out, "user.%s -eq \"%s\"", name, text); break;
        case WORLD_NOT_EQUAL: say(out, "user.%s -ne \"%s\"", name, text); break;
        case WORLD_IN: say(out, "user.%s -in [\"%s\", \"%s\", \"%s\"]", name, text, c->texts[1], c->texts[2]); break;
        case WORLD_ENABLED: say(out, "user.accountEnabled -eq true"); break;
        case WORLD_BEGINS: say(out, "user.%s -startsWith \"%s\"", name, text); break;
        case WORLD_CONTAINS: say(out, "user.%s -contains \"%s\"", name, text); break;
        case WORLD_ENDS: say(out, "user.%s -endsWith \"%s\"", name, text); break;
        case WORLD_PATTERN: say(out, "user.%s -match \"%s\"", name, text); break;
        case WORLD_SINCE: say(out, "user.employeeHireDate -ge system.now -minus p%ud", c->days); break;
        case WORLD_ANY: say(out, "user.tags -any (_ -eq \"%s\")", text); break;
        case WORLD_ALL: say(out, "user.tags -all (_ -ne \"%s\")", text); break;
        }
}

static void
sql(struct out *out, const struct world_condition *c)
{
        const char *name = world_names[c->attribute], *text = c->texts[0];

        switch (c->kind) {
        case WORLD_EQUAL: say(out, "%s = '%s'", name, text); break;
        case WORLD_NOT_EQUAL: say(out, "%s IS NOT '%s'", name, text); break;
        case WORLD_IN: say(out, "%s IN ('%s', '%s', '%s')", name, text, c->texts[1], c->texts[2]); break;
        case WORLD_ENABLED: say(out, "accountEnabled = 1"); break;
        case WORLD_BEGINS: say(out, "%s LIKE '%s%%'", name, text); break;
        case WORLD_CONTAINS: say(out, "%s LIKE '%%%s%%'", name, text); break;
        case WORLD_ENDS: say(out, "%s LIKE '%%%s'", name, text); break;
        case WORLD_PATTERN: say(out, "%s REGEXP '%s'", name, text); break;
        case WORLD_SINCE: say(out, "hired >= %lld", (long long)(WORLD_NOW - c->days * WORLD_DAY)); break;
        case WORLD_ANY:
        case WORLD_ALL: say(out, "%sEXISTS (SELECT 1 FROM tag WHERE tag.person = person.number AND tag.tag = '%s')",
                            c->kind == WORLD_ALL ? "NOT " : "", text); break;
        }
}

/* People's texts and those of the rules are in lower case there already. */
static void
script(struct out *out, const struct world_condition *c)
{
        const char *name = world_names[c->attribute], *text = c->texts[0];

        switch (c->kind) {
        case WORLD_EQUAL: say(out, "p.%s === \"%s\"", name, text); break;
        case WORLD_NOT_EQUAL: say(out, "p.%s !== \"%s\"", name, text); break;
        case WORLD_IN: say(out, "(p.%s === \"%s\" || p.%s === \"%s\" || p.%s === \"%s\")", name, text, name,
                           c->texts[1], name, c->texts[2]); break;
        case WORLD_ENABLED: say(out, "p.accountEnabled === 1"); break;
        case WORLD_BEGINS: say(out, "p.%s.startsWith(\"%s\")", name, text); break;
        case WORLD_CONTAINS: say(out, "p.%s.includes(\"%s\")", name, text); break;
        case WORLD_ENDS: say(out, "p.%s.endsWith(\"%s\")", name, text); break;
        case WORLD_PATTERN: say(out, "/%s/.test(p.%s)", text, name); break;
        case WORLD_SINCE: say(out, "p.hired >= %lld", (long long)(WORLD_NOW / WORLD_DAY - c->days)); break;
        case WORLD_ANY: say(out, "p.tags.includes(\"%s\")", text); break;
        case WORLD_ALL: say(out, "!p.tags.includes(\"%s\")", text); break;
        }
}

/* What the language of filtrex lacks are functions that rules-node.js brings. */
static void
filtrex(struct out *out, const struct world_condition *c)
{
        const char *name = world_names[c->attribute], *text = c->texts[0];

        switch (c->kind) {
        case WORLD_EQUAL: say(out, "%s == \"%s\"", name, text); break;
        case WORLD_NOT_EQUAL: say(out, "%s != \"%s\"", name, text); break;
        case WORLD_IN: say(out, "%s in (\"%s\", \"%s\", \"%s\")", name, text, c->texts[1], c->texts[2]); break;
        case WORLD_ENABLED: say(out, "accountEnabled == 1"); break;
        case WORLD_BEGINS: say(out, "begins(%s, \"%s\")", name, text); break;
        case WORLD_CONTAINS: say(out, "contains(%s, \"%s\")", name, text); break;
        case WORLD_ENDS: say(out, "ends(%s, \"%s\")", name, text); break;
        case WORLD_PATTERN: say(out, "%s ~= \"%s\"", name, text); break;
        case WORLD_SINCE: say(out, "hired >= %lld", (long long)(WORLD_NOW / WORLD_DAY - c->days)); break;
        case WORLD_ANY: say(out, "contains(tags, \"%s\")", text); break;
        case WORLD_ALL: say(out, "not contains(tags, \"%s\")", text); break;
        }
}

size_t
world_write(const struct world_rule *rule, enum world_language language, char *into, size_t room)
{
        static void (*const write[])(struct out *, const struct world_condition *) = { muster, sql, script, filtrex };
        static const char *const conjunctions[] = { " -and ", " AND ", " && ", " and " };
        static const char *const alternatives[] = { " -or ", " OR ", " || ", " or " };
        struct out out = { into, room, 0 };

        for (unsigned i = 0; i < rule->count; i++) {
                struct world_condition condition = rule->conditions[i];
                bool either = rule->first < rule->count;

                for (unsigned k = 0; k < 3 && language >= WORLD_SCRIPT; k++)
                        world_lower(condition.texts[k]);
                say(&out, "%s%s", i == rule->first ? alternatives[language] : i == 0 ? "" : conjunctions[language],
                    either && (i == 0 || i == rule->first) ? "(" : "");
                write[language](&out, &condition);
                say(&out, "%s", either && (i + 1 == rule->first || i + 1 == rule->count) ? ")" : "");
        }
        return out.length;
}

void
world_lower(char *text)
{
        for (; *text != '\0'; text++)
                if (*text >= 'A' && *text <= 'Z')
                        *text = (char)(*text - 'A' + 'a');
}

double
world_clock(void)
{
        struct timespec at;

        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
        return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

long
world_memory(void)
{
        struct rusage usage;

        getrusage(RUSAGE_SELF, &usage);
        return usage.ru_maxrss;
}
