/* rule.h - the one thing that goes wrong, and at which byte; README has the words. */
#ifndef TCP_PROXY_RULE_H
#define TCP_PROXY_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum way { ASKED, ANSWERED };
enum action { NO_ACTION, END, RESET, STALL, LATE, TWICE };

struct rule {
        enum action action;     /* NO_ACTION: none, or it has acted */
        enum way way;
        uint64_t at;
        int late_ms;
};

struct counts {
        uint64_t bytes[2];      /* by way */
        unsigned long connections, acted;
};

/* "asked 17 late=200".  False with a reason. */
bool rule_read(const char *text, struct rule *ret, const char **why);

/* Of 'count' bytes that come this way: how many pass before the rule acts; 'acts' says whether it
 * does so behind them.  They are counted. */
size_t rule_pass(struct rule *rule, struct counts *counts, enum way way, size_t count, bool *acts);

#endif
