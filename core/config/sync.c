/* sync.c - <sync>: a source, its rules, its groups and the targets that it feeds. */
#include "build.h"

#include <string.h>

#include "config/parts.h"
#include "util/utf8.h"

#define MINUTE INT64_C(60000)
#define DAY INT64_C(86400000)

const char *
mstc_part_group_name(struct mstc_walk *walk, const xmlNode *node, const char *name)
{
        const char *value = mstc_walk_attribute(walk, node, name);
        size_t length;
        bool good;

        if (value == NULL)
                return NULL;
        length = strlen(value);
        good = length > 0 && length <= 256 && value[0] != ' ' && value[length - 1] != ' ';
        for (const char *c = value; *c != '\0'; c++)
                good = good && (unsigned char)*c >= ' ' && *c != '*' && *c != '?' && *c != 127;
        if (good)
                return value;
        mstc_report_error(walk->report, mstc_walk_at(node, name),
                          "use up to 256 characters without '*' and '?', and blanks between words only; "
                          "title=\"...\" may hold anything",
                          "%s=\"%s\" is not a group's name", name, value);
        return NULL;
}

/* "02:00": minutes after midnight; -1 when it is no time of day. */
static int
minute_of(const char *at)
{
        if (strlen(at) != 5 || at[2] != ':' || strspn(at, "0123456789:") != 5 || at[1] == ':' || at[4] == ':'
            || at[0] > '2' || at[3] > '5' || (at[0] == '2' && at[1] > '3'))
                return -1;
        return ((at[0] - '0') * 10 + at[1] - '0') * 60 + (at[3] - '0') * 10 + at[4] - '0';
}

#define EVERY_DAY 0x7fU

/* "mon-fri sun" to a bit a day; 0: not understood. */
static unsigned
days_of(const char *text)
{
        static const char names[] = "mon tue wed thu fri sat sun ";
        unsigned days = 0;

        for (const char *at = text; *at != '\0';) {
                unsigned day[2] = { 7, 7 };
                size_t parts = 0;

                do {
                        for (unsigned i = 0; i < 7; i++)
                                if (strncmp(at, names + (size_t)i * 4, 3) == 0)
                                        day[parts] = i;
                        if (day[parts] == 7)
                                return 0;
                        at += 3;
                } while (++parts < 2 && *at == '-' && *++at != '\0');
                if (*at != '\0' && *at != ' ')
                        return 0;
                at += strspn(at, " ");
                for (unsigned i = day[0];; i = (i + 1) % 7) {
                        days |= 1U << i;
                        if (parts < 2 || i == day[1])
                                break;
                }
        }
        return days;
}

static void
read_time_of_day(struct mstc_walk *walk, xmlNode *node, struct mstc_config_schedule *ret)
{
        const char *at = mstc_walk_attribute(walk, node, "at"), *days = mstc_walk_attribute(walk, node, "days");
        const char *only[] = { "days", "zone", "catch-up" };

        ret->minute = at != NULL ? minute_of(at) : -1;
        if (at != NULL && ret->minute < 0)
                mstc_report_error(walk->report, mstc_walk_at(node, "at"), "write hours and minutes, from 00:00 to 23:59",
                                  "at=\"%s\" is not a time of day", at);
        ret->days = days != NULL ? days_of(days) : EVERY_DAY;
        if (ret->days == 0)
                mstc_report_error(walk->report, mstc_walk_at(node, "days"), "write days=\"mon-fri\" or days=\"mon wed sat\"",
                                  "days=\"%s\" is not understood", days);
        for (size_t i = 0; at == NULL && i < sizeof only / sizeof only[0]; i++)
                if (xmlHasProp(node, (const xmlChar *)only[i]) != NULL)
                        mstc_report_error(walk->report, mstc_walk_at(node, only[i]), "remove it, or write at=\"02:00\"",
                                          "%s=\"...\" belongs to at=\"...\"", only[i]);
}

static void
read_schedule(struct mstc_walk *walk, xmlNode *node, struct mstc_config_sync *sync)
{
        static const struct mstc_shape shape = { "every at once days zone jitter catch-up", "", MSTC_NO_TEXT,
                "write <schedule every=\"15m\"/>, <schedule at=\"02:00\"/> or <schedule once=\"yes\"/>" };
        struct mstc_config_schedule *ret = &sync->schedule;
        int given = 0;

        (void)mstc_walk_into(walk, node, &shape);
        ret->place = mstc_walk_place(node);
        ret->every_ms = mstc_walk_duration(walk, node, "every", 10000, 366 * DAY, 0);
        ret->once = mstc_walk_yes(walk, node, "once", false);
        ret->zone = mstc_walk_attribute(walk, node, "zone");
        ret->jitter_ms = mstc_walk_duration(walk, node, "jitter", 0, DAY, 0);
        ret->catch_up = mstc_walk_yes(walk, node, "catch-up", true);
        given += xmlHasProp(node, (const xmlChar *)"every") != NULL;
        given += xmlHasProp(node, (const xmlChar *)"once") != NULL;
        given += xmlHasProp(node, (const xmlChar *)"at") != NULL;
        if (given != 1)
                mstc_report_error(walk->report, mstc_walk_place(node), shape.example,
                                  given == 0 ? "<schedule> says no time" : "<schedule> says more than one thing");
        read_time_of_day(walk, node, ret);
}

static void
read_family(struct mstc_walk *walk, xmlNode *node, struct mstc_config_sync *sync)
{
        static const struct mstc_shape shape = { "for-each! name! title most", "", MSTC_MAY_TEXT,
                "write <groups for-each=\"department\" name=\"dept-{value}\"/>" };
        struct mstc_config_family *family;
        const char *name = mstc_part_group_name(walk, node, "name");
        const char *each = mstc_walk_attribute(walk, node, "for-each");

        (void)mstc_walk_into(walk, node, &shape);
        if (name != NULL && strstr(name, "{value}") == NULL)
                mstc_report_error(walk->report, mstc_walk_at(node, "name"), "write it like name=\"dept-{value}\"",
                                  "name=\"%s\" would be the same for every group: it lacks {value}", name);
        if (each != NULL && each[strspn(each, " ")] == '\0')
                mstc_report_error(walk->report, mstc_walk_at(node, "for-each"), shape.example,
                                  "for-each=\"\" names no attribute");
        for (size_t i = 0; name != NULL && i < sync->family_count; i++)
                if (sync->families[i].name != NULL && strcmp(sync->families[i].name, name) == 0)
                        mstc_walk_twice(walk, mstc_walk_at(node, "name"), "family of groups", name,
                                        sync->families[i].place);
        family = mstc_walk_grow(walk, &sync->families, &sync->family_count, sizeof *family);
        if (family == NULL)
                return;
        family->each = each;
        family->name = name;
        family->title = mstc_walk_attribute(walk, node, "title");
        family->most = mstc_walk_integer(walk, node, "most", 1, 1000000, 1000);
        family->rule = mstc_walk_text(walk, node);
        family->place = mstc_walk_at(node, "for-each");
}

static void
read_test(struct mstc_walk *walk, xmlNode *node, struct mstc_config_sync *sync)
{
        static const struct mstc_shape shape = { "user! in not-in scope", "", MSTC_NO_TEXT,
                "write <test user='{\"department\":\"Finance\"}' in=\"names of groups\"/>" };
        struct mstc_config_test *test = mstc_walk_grow(walk, &sync->tests, &sync->test_count, sizeof *test);
        static const char *const places[] = { NULL, "in", "out" };

        (void)mstc_walk_into(walk, node, &shape);
        if (test == NULL)
                return;
        test->user = mstc_walk_attribute(walk, node, "user");
        test->in = mstc_walk_attribute(walk, node, "in");
        test->not_in = mstc_walk_attribute(walk, node, "not-in");
        test->scope = places[mstc_walk_choice(walk, node, "scope", "in|out", -1) + 1];
        test->place = mstc_walk_place(node);
        test->user_place = mstc_walk_at(node, "user");
        test->in_place = mstc_walk_at(node, "in");
        test->not_in_place = mstc_walk_at(node, "not-in");
        if (test->in == NULL && test->not_in == NULL && !xmlHasProp(node, (const xmlChar *)"scope"))
                mstc_report_error(walk->report, test->place, "add in=\"...\", not-in=\"...\" or scope=\"in\"",
                                  "<test> expects nothing");
}

static void
read_child(struct mstc_walk *walk, xmlNode *child, struct mstc_config_sync *sync)
{
        if (mstc_walk_is(child, "schedule")) {
                read_schedule(walk, child, sync);
        } else if (mstc_walk_is(child, "freshness")) {
                sync->fresh_ms = mstc_part_freshness(walk, child);
        } else if (mstc_walk_is(child, "scope")) {
                mstc_part_scope(walk, child, &sync->scope);
        } else if (mstc_walk_is(child, "group")) {
                mstc_part_group(walk, child, sync);
        } else if (mstc_walk_is(child, "groups") && xmlHasProp(child, (const xmlChar *)"from") != NULL) {
                mstc_part_carry(walk, child, sync);
        } else if (mstc_walk_is(child, "groups")) {
                read_family(walk, child, sync);
        } else if (mstc_walk_is(child, "target")) {
                mstc_part_target(walk, child, sync);
        } else if (mstc_walk_is(child, "test")) {
                read_test(walk, child, sync);
        }
}

/* How often everybody is read, though the source tells what has changed. */
static int64_t
read_all(struct mstc_walk *walk, const xmlNode *node)
{
        const char *value = mstc_walk_attribute(walk, node, "read-all");

        if (value != NULL && strcmp(value, "never") == 0)
                return INT64_MAX;
        return mstc_walk_duration(walk, node, "read-all", 3600000, 366 * DAY, 7 * DAY);
}

void
mstc_part_sync(struct mstc_walk *walk, xmlNode *node)
{
        static const struct mstc_shape shape = { "name! source! was on-expired read-all",
                "include* schedule? freshness? scope? group* groups* target* test*", MSTC_NO_TEXT,
                "write <sync name=\"...\" source=\"name of a source\">" };
        struct mstc_nodes children = mstc_walk_into(walk, node, &shape);
        const char *name = mstc_walk_name(walk, node, "name");
        struct mstc_config_sync *sync;

        for (size_t i = 0; name != NULL && i < walk->config->sync_count; i++)
                if (walk->config->syncs[i].name != NULL && strcmp(walk->config->syncs[i].name, name) == 0)
                        mstc_walk_twice(walk, mstc_walk_at(node, "name"), "sync", name, walk->config->syncs[i].place);
        sync = mstc_walk_grow(walk, &walk->config->syncs, &walk->config->sync_count, sizeof *sync);
        if (sync == NULL)
                return;
        sync->name = name;
        sync->was = mstc_walk_name(walk, node, "was");
        sync->source = mstc_part_find_instance(walk, node, "source", true);
        sync->expired_stop = mstc_walk_choice(walk, node, "on-expired", "reread|stop", 0) == 1;
        sync->read_all_ms = read_all(walk, node);
        sync->schedule.minute = -1;
        sync->place = mstc_walk_place(node);
        for (size_t i = 0; i < children.count; i++)
                read_child(walk, children.at[i], sync);
        if (sync->target_count == 0)
                mstc_report_error(walk->report, sync->place, "add <target sink=\"name of a sink\">",
                                  "sync '%s' has no target", name != NULL ? name : "");
}
