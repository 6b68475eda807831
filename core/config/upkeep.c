/* upkeep.c - how long the past is kept, and what is told of the present: <retention> and <log>. */
#include "build.h"

#include <string.h>

#include "config/config.h"
#include "config/parts.h"
#include "util/date.h"

#define DAY_MS INT64_C(86400000)
#define LEAST_BYTES (INT64_C(16) * 1024 * 1024)

void
mstc_part_retention(struct mstc_walk *walk, xmlNode *node)
{
        static const struct mstc_shape shape = { "days size", "", MSTC_NO_TEXT, "write <retention days=\"365\" size=\"4G\"/>" };
        const char *size = mstc_walk_attribute(walk, node, "size");
        struct mst_error err = { 0 };

        mstc_walk_plain(walk, node, &shape);
        walk->config->keep_ms = DAY_MS * mstc_walk_integer(walk, node, "days", MSTC_KEEP_DAYS_LEAST, 36500, MSTC_KEEP_MS / DAY_MS);
        if (size == NULL)
                return;
        if (mstc_size_parse(size, &walk->config->keep_bytes, &err) != MST_OK)
                mstc_report_error(walk->report, mstc_walk_at(node, "size"), shape.example, "%s", err.text);
        else if (walk->config->keep_bytes < LEAST_BYTES)
                mstc_report_error(walk->report, mstc_walk_at(node, "size"), "write 16M or more, or leave size out",
                                  "size=\"%s\" has no room for a store", size);
}

static bool
is_level(const char *word, size_t length)
{
        static const char *const levels[] = { "error", "warning", "info", "debug" };
        const char *equals = memchr(word, '=', length);
        size_t before = equals != NULL ? (size_t)(equals - word) + 1 : 0;

        for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++)
                if (strlen(levels[i]) == length - before && memcmp(word + before, levels[i], length - before) == 0)
                        return before != 1 && before <= 64;
        return false;
}

void
mstc_part_log(struct mstc_walk *walk, xmlNode *node)
{
        static const struct mstc_shape shape = { "level form", "", MSTC_NO_TEXT,
                                                "write <log level=\"info,http=warning\" form=\"json\"/>" };
        const char *levels = mstc_walk_attribute(walk, node, "level");

        mstc_walk_plain(walk, node, &shape);
        walk->config->log_levels = levels;
        (void)mstc_walk_choice(walk, node, "form", "auto|text|json|journald", 0);
        walk->config->log_form = mstc_walk_attribute(walk, node, "form");
        for (const char *word = levels; word != NULL && *(word += strspn(word, " ,")) != '\0'; word += strcspn(word, " ,"))
                if (!is_level(word, strcspn(word, " ,")))
                        mstc_report_error(walk->report, mstc_walk_at(node, "level"), shape.example,
                                          "'%.*s' is no level: error, warning, info or debug, or COMPONENT=LEVEL",
                                          (int)strcspn(word, " ,"), word);
        if (levels != NULL && levels[strspn(levels, " ,")] == '\0')
                mstc_report_error(walk->report, mstc_walk_at(node, "level"), shape.example, "level=\"%s\" says nothing", levels);
}
