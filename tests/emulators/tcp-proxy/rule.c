/* rule.c - the one thing that goes wrong, and at which byte. */
#include "rule.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
action_read(const char *word, struct rule *ret)
{
        static const struct { const char *name; enum action action; } known[] = {
                { "end", END }, { "reset", RESET }, { "stall", STALL }, { "twice", TWICE },
        };
        char *end;
        long ms;

        for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
                if (strcmp(word, known[i].name) == 0) {
                        ret->action = known[i].action;
                        return true;
                }
        if (strncmp(word, "late=", 5) != 0 || word[5] < '0' || word[5] > '9')
                return false;
        ms = strtol(word + 5, &end, 10);
        if (*end != '\0' || ms <= 0 || ms > 600000)
                return false;
        ret->action = LATE;
        ret->late_ms = (int)ms;
        return true;
}

bool
rule_read(const char *text, struct rule *ret, const char **why)
{
        char way[16], action[32], rest;
        struct rule rule = { 0 };
        uint64_t at = 0;

        if (sscanf(text, "%15s %" SCNu64 " %31s %c", way, &at, action, &rest) != 3 || strchr(text, '-') != NULL) {
                *why = "at asked|answered N ACTION";
                return false;
        }
        if (strcmp(way, "asked") != 0 && strcmp(way, "answered") != 0) {
                *why = "bytes are asked or answered";
                return false;
        }
        if (!action_read(action, &rule)) {
                *why = "an action is end, reset, stall, twice or late=MS";
                return false;
        }
        rule.way = strcmp(way, "asked") == 0 ? ASKED : ANSWERED;
        rule.at = at;
        if (rule.action == TWICE && rule.way == ANSWERED) {
                *why = "only what is asked can come twice";
                return false;
        }
        *ret = rule;
        return true;
}

size_t
rule_pass(struct rule *rule, struct counts *counts, enum way way, size_t count, bool *acts)
{
        const uint64_t before = counts->bytes[way];

        *acts = rule->action != NO_ACTION && rule->way == way && before + count >= rule->at;
        if (*acts) {
                count = rule->at > before ? (size_t)(rule->at - before) : 0;
                counts->acted++;
        }
        counts->bytes[way] += count;
        return count;
}
