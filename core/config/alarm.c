/* alarm.c - how others learn how things stand: <metrics>, <on>, <mail> and <freshness>.
 *
 * What stands in a header of a mail is taken apart here, so that nothing can be put into one
 * later: addresses are plain, and have neither blanks nor controls within. */
#include "build.h"

#include <string.h>

#include "config/parts.h"
#include "util/words.h"

#define MINUTE INT64_C(60000)
#define DAY INT64_C(86400000)
#define EVENTS "failed|held|quarantined|stale|done"
#define SENDMAIL "/usr/sbin/sendmail"

void
mstc_part_metrics(struct mstc_walk *walk, xmlNode *node)
{
        static const struct mstc_shape shape = { "textfile port", "", MSTC_NO_TEXT,
                "write <metrics textfile=\"/var/lib/node_exporter/muster.prom\"/> or <metrics port=\"9464\"/>" };
        struct mstc_config_metrics *ret = &walk->config->metrics;

        (void)mstc_walk_into(walk, node, &shape);
        ret->textfile = mstc_walk_attribute(walk, node, "textfile");
        ret->port = (int)mstc_walk_integer(walk, node, "port", 1024, 65535, 0);
        ret->place = mstc_walk_place(node);
        if (ret->textfile != NULL && (ret->textfile[0] != '/' || ret->textfile[strlen(ret->textfile) - 1] == '/'))
                mstc_report_error(walk->report, mstc_walk_at(node, "textfile"), "write the whole path of a file, from /",
                                  "textfile=\"%s\" is not absolute, or no file", ret->textfile);
        if (ret->textfile == NULL && xmlHasProp(node, (const xmlChar *)"port") == NULL)
                mstc_report_error(walk->report, ret->place, shape.example, "<metrics> says nothing");
}

int64_t
mstc_part_freshness(struct mstc_walk *walk, xmlNode *node)
{
        static const struct mstc_shape shape = { "within!", "", MSTC_NO_TEXT, "write <freshness within=\"1h\"/>" };

        (void)mstc_walk_into(walk, node, &shape);
        return mstc_walk_duration(walk, node, "within", MINUTE, 366 * DAY, 0);
}

/* The program and its words, with a NULL behind them; NULL, reported, where there is none. */
static const char *const *
read_command(struct mstc_walk *walk, const xmlNode *node, const char *name)
{
        const char *line = mstc_walk_attribute(walk, node, name), *at = line, *word;
        const char **words = NULL, **slot;
        size_t count = 0, length;

        if (line == NULL)
                return NULL;
        while (mstc_words_next(&at, &word, &length) && count < 64) {
                slot = mstc_walk_grow(walk, &words, &count, sizeof *words);
                if (slot == NULL || (*slot = mst_arena_strndup(walk->arena, word, length)) == NULL) {
                        walk->failed = true;
                        return NULL;
                }
        }
        if (count == 0 || words[0][0] != '/') {
                mstc_report_error(walk->report, mstc_walk_at(node, name), "write the whole path of a program, from /, and its "
                                  "arguments behind it; there is no shell",
                                  "%s=\"%s\" names no program by its path", name, line);
                return NULL;
        }
        return mstc_walk_grow(walk, &words, &count, sizeof *words) != NULL ? words : NULL;
}

void
mstc_part_hook(struct mstc_walk *walk, xmlNode *node)
{
        static const struct mstc_shape shape = { "event! run! timeout over", "", MSTC_NO_TEXT,
                "write <on event=\"failed\" run=\"/usr/local/bin/page on-call\"/>" };
        struct mstc_config_hook *hook = mstc_walk_grow(walk, &walk->config->hooks, &walk->config->hook_count, sizeof *hook);

        (void)mstc_walk_into(walk, node, &shape);
        if (hook == NULL)
                return;
        if (walk->config->hook_count > 32)
                mstc_report_error(walk->report, mstc_walk_place(node), "let one program tell the others", "there are more than 32 <on>");
        hook->event = (enum mstc_alarm)mstc_walk_choice(walk, node, "event", EVENTS, MSTC_ALARM_FAILED);
        hook->command = read_command(walk, node, "run");
        hook->timeout_ms = mstc_walk_duration(walk, node, "timeout", 1000, 10 * MINUTE, 30000);
        hook->over = mstc_walk_yes(walk, node, "over", false);
        hook->place = mstc_walk_at(node, "run");
        if (hook->over && hook->event == MSTC_ALARM_DONE)
                mstc_report_error(walk->report, mstc_walk_at(node, "over"), "remove it",
                                  "over=\"yes\" does not go with event=\"done\": that is no state that could end");
}

/* ---- mail ---- */

/* Only what needs no quoting (RFC 5321 dot-string, a domain): letters beyond ASCII are not for
 * a header. */
static bool
plain_address(const char *text, size_t length)
{
        static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.!#$%&'*+/=?^_`{|}~-";
        const char *sign = memchr(text, '@', length);
        size_t local = sign != NULL ? (size_t)(sign - text) : 0;

        if (local == 0 || local > 64 || length > 254 || local + 1 >= length || text[0] == '-' || text[0] == '.'
            || text[local - 1] == '.' || text[local + 1] == '.' || text[local + 1] == '-' || text[length - 1] == '.')
                return false;
        for (size_t i = 0; i < length; i++)
                if (i != local && (strchr(good, text[i]) == NULL
                                   || (i > local && strchr("!#$%&'*+/=?^_`{|}~", text[i]) != NULL)))
                        return false;
        return true;
}

/* "a@x b@y", also with commas, as "a@x, b@y". */
static const char *
read_addresses(struct mstc_walk *walk, const xmlNode *node, const char *name, size_t most)
{
        const char *value = mstc_walk_attribute(walk, node, name), *joined = NULL;
        size_t count = 0;

        if (value == NULL)
                return NULL;
        for (const char *at = value + strspn(value, " ,"); *at != '\0'; at += strspn(at, " ,")) {
                size_t length = strcspn(at, " ,");
                const char *one = mst_arena_strndup(walk->arena, at, length);

                if (one == NULL || !plain_address(one, length) || count == most) {
                        mstc_report_error(walk->report, mstc_walk_at(node, name),
                                          most == 1 ? "write one address, like muster@example.org"
                                                    : "write addresses like oncall@example.org, with blanks between them",
                                          count == most ? "%s=\"%s\" has too many addresses" :
                                          "%s=\"%s\" is no mail address, or one that would need quoting", name, value);
                        return NULL;
                }
                joined = count++ == 0 ? one : mst_arena_printf(walk->arena, "%s,\n %s", joined, one);
                walk->failed |= joined == NULL;
                at += length;
        }
        if (count == 0)
                mstc_report_error(walk->report, mstc_walk_at(node, name), "write an address, like oncall@example.org",
                                  "%s=\"%s\" has no address", name, value);
        return joined;
}

static unsigned
read_events(struct mstc_walk *walk, const xmlNode *node)
{
        static const char *const names[] = { "failed", "held", "quarantined", "stale" };
        const char *value = mstc_walk_attribute(walk, node, "on"), *at = value, *word;
        unsigned events = 0;
        size_t length;

        if (value == NULL)
                return 1U << MSTC_ALARM_FAILED | 1U << MSTC_ALARM_HELD | 1U << MSTC_ALARM_QUARANTINED | 1U << MSTC_ALARM_STALE;
        while (mstc_words_next(&at, &word, &length)) {
                size_t i = 0;

                while (i < sizeof names / sizeof names[0] && (strlen(names[i]) != length || memcmp(names[i], word, length) != 0))
                        i++;
                if (i == sizeof names / sizeof names[0]) {
                        events = 0;
                        break;
                }
                events |= 1U << i;
        }
        if (events == 0)
                mstc_report_error(walk->report, mstc_walk_at(node, "on"), "write some of: failed held quarantined stale",
                                  "on=\"%s\" is not understood", value);
        return events;
}

void
mstc_part_mail(struct mstc_walk *walk, xmlNode *node)
{
        static const struct mstc_shape shape = { "to! from! on sendmail", "", MSTC_NO_TEXT,
                "write <mail to=\"oncall@example.org\" from=\"muster@example.org\"/>" };
        struct mstc_config_mail *mail = mstc_walk_grow(walk, &walk->config->mails, &walk->config->mail_count, sizeof *mail);

        (void)mstc_walk_into(walk, node, &shape);
        if (mail == NULL)
                return;
        if (walk->config->mail_count > 16)
                mstc_report_error(walk->report, mstc_walk_place(node), "put several addresses into to=\"...\"",
                                  "there are more than 16 <mail>");
        mail->to = read_addresses(walk, node, "to", 50);
        mail->from = read_addresses(walk, node, "from", 1);
        mail->events = read_events(walk, node);
        mail->sendmail = mstc_walk_attribute(walk, node, "sendmail");
        mail->place = mail->sendmail != NULL ? mstc_walk_at(node, "sendmail") : mstc_walk_place(node);
        if (mail->sendmail == NULL)
                mail->sendmail = SENDMAIL;
        else if (mail->sendmail[0] != '/')
                mstc_report_error(walk->report, mail->place, "write the whole path, from /; it is called with -t -i",
                                  "sendmail=\"%s\" is not absolute", mail->sendmail);
}
