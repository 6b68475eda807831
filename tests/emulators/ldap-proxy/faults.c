/* faults.c - rules for what is to go wrong: read from words, matched with requests. */
#include "faults.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct {
        const char *name;
        enum action action;
        bool number;            /* written name=N */
        long least, most;
} actions[] = {
        { "code",      CODE,      true,  0, 16654 },
        { "drop",      DROP,      false, 0, 0 },
        { "lost",      LOST,      false, 0, 0 },
        { "cut",       CUT,       true,  0, 65536 },
        { "delay",     DELAY,     true,  0, 600000 },
        { "no-cookie", NO_COOKIE, false, 0, 0 },
        { "spoil",     SPOIL,     true,  1, 65536 },
        { "notice",    NOTICE,    true,  0, 255 },
        { "short",     SHORT,     true,  1, 65536 },
        { "astray",    ASTRAY,    true,  1, 65536 },
        { "silent",    SILENT,    false, 0, 0 },
        { "hold",      HOLD,      false, 0, 0 },
};

const char *
action_name(enum action action)
{
        for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
                if (actions[i].action == action)
                        return actions[i].name;
        return "forward";
}

static bool
number_read(const char *text, long least, long most, long *ret)
{
        char *end;

        *ret = strtol(text, &end, 10);
        return isdigit((unsigned char)text[0]) && *end == '\0' && *ret >= least && *ret <= most;
}

/* "name=value" with that name: the value, else NULL. */
static const char *
value_of(const char *word, const char *name)
{
        size_t n = strlen(name);

        return strncmp(word, name, n) == 0 && word[n] == '=' ? word + n + 1 : NULL;
}

static bool
take_action(struct rule *rule, const char *word, const char **why)
{
        for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
                const char *value = actions[i].number ? value_of(word, actions[i].name) : NULL;

                if (value == NULL && (actions[i].number || strcmp(word, actions[i].name) != 0))
                        continue;
                if (rule->fault.action != FORWARD) {
                        *why = "a rule has one action";
                        return false;
                }
                rule->fault.action = actions[i].action;
                if (value != NULL && !number_read(value, actions[i].least, actions[i].most, &rule->fault.number)) {
                        *why = "that number is out of range";
                        return false;
                }
                return true;
        }
        *why = "unknown word; known: dn=PART paged ranged from=N count=N part=N text=WORDS and code=N drop lost "
               "cut=BYTES delay=MS no-cookie spoil=BYTES notice=N short=N astray=N silent hold";
        return false;
}

static bool
take_word(struct rule *rule, const char *word, const char **why)
{
        const char *value;
        long n;

        if ((value = value_of(word, "dn")) != NULL) {
                snprintf(rule->dn, sizeof rule->dn, "%s", value);
                return true;
        }
        if (strcmp(word, "paged") == 0) {
                rule->paged = true;
                return true;
        }
        if (strcmp(word, "ranged") == 0) {
                rule->ranged = true;
                return true;
        }
        *why = "from and count are numbers, from 1 and 0 on";
        if ((value = value_of(word, "from")) != NULL) {
                rule->from = number_read(value, 1, 1000000000, &n) ? (unsigned long)n : 0;
                return rule->from != 0;
        }
        if ((value = value_of(word, "part")) != NULL) {
                *why = "part is a number, from 1 on";
                rule->fault.part = number_read(value, 1, 1000000000, &n) ? (unsigned long)n : 0;
                return rule->fault.part != 0;
        }
        if ((value = value_of(word, "count")) != NULL) {
                if (!number_read(value, 0, 1000000000, &n))
                        return false;
                rule->count = (unsigned long)n;
                return true;
        }
        return take_action(rule, word, why);
}

bool
faults_add(struct faults *faults, char *words, const char **why)
{
        struct rule rule = { .from = 1, .count = 1 };
        char *text = strstr(words, " text="), *rest = NULL, *word;

        if (faults->count == MOST_RULES) {
                *why = "there are too many rules";
                return false;
        }
        if (text != NULL) {                     /* the last: it goes to the end of the line */
                snprintf(rule.fault.text, sizeof rule.fault.text, "%s", text + strlen(" text="));
                *text = '\0';
        }
        word = strtok_r(words, " ", &rest);
        rule.kind = word != NULL ? kind_of_name(word) : ANY;
        if (word == NULL || (rule.kind == ANY && strcmp(word, "any") != 0)) {
                *why = "a rule begins with a kind: any bind search add modify modrdn delete compare extended";
                return false;
        }
        while ((word = strtok_r(NULL, " ", &rest)) != NULL)
                if (!take_word(&rule, word, why))
                        return false;
        if (rule.fault.action == FORWARD) {
                *why = "a rule needs an action";
                return false;
        }
        if (rule.fault.part != 0 && rule.fault.action != LOST && rule.fault.action != CUT &&
            rule.fault.action != NO_COOKIE && rule.fault.action != SPOIL) {
                *why = "part goes with lost, cut, no-cookie and spoil";
                return false;
        }
        faults->rules[faults->count++] = rule;
        return true;
}

static bool
in_dn(struct piece dn, const char *part)
{
        size_t n = strlen(part);

        for (size_t i = 0; i + n <= dn.length; i++)
                if (strncasecmp((const char *)dn.at + i, part, n) == 0)
                        return true;
        return n == 0;
}

static bool
fits(const struct rule *rule, enum kind kind, const struct message *m)
{
        /* What gets no answer is only ever lost by dropping the connection. */
        if (rule->kind == ANY ? (kind == UNBIND || kind == ABANDON) : rule->kind != kind)
                return false;
        return (!rule->paged || message_paged(m)) && (!rule->ranged || message_ranged(m)) && in_dn(message_dn(m), rule->dn);
}

struct fault
faults_for(struct faults *faults, enum kind kind, const struct message *m)
{
        struct fault found = { .action = FORWARD };

        for (size_t i = 0; i < faults->count; i++) {
                struct rule *rule = &faults->rules[i];

                if (!fits(rule, kind, m))
                        continue;
                rule->seen++;
                if (found.action != FORWARD || rule->seen < rule->from ||
                    (rule->count != 0 && rule->seen - rule->from >= rule->count))
                        continue;
                rule->acted++;
                found = rule->fault;
        }
        return found;
}

void
faults_list(const struct faults *faults, FILE *out)
{
        for (size_t i = 0; i < faults->count; i++) {
                const struct rule *rule = &faults->rules[i];

                fprintf(out, "%s %s from %lu count %lu seen %lu acted %lu\n", kind_name(rule->kind),
                        action_name(rule->fault.action), rule->from, rule->count, rule->seen, rule->acted);
        }
}
