/* rules-world.h - the rules and the people that `make bench-rules` measures with.
 *
 * Everything is drawn from fixed seeds: a rule and a person depend on nothing but their
 * number, so each program sees the same ones, however many it takes of them.  A rule is
 * two to four conditions of which all must hold, or one or two of which all must hold or
 * else one or two others; it can be written as Muster takes it,
 * as SQL and as JavaScript. */
#ifndef RULES_WORLD_H
#define RULES_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WORLD_NOW INT64_C(639154368000000000)           /* 2026-06-01, in 100 ns       */
#define WORLD_DAY INT64_C(864000000000)

/* Texts of a person, then their dates. */
enum world_attribute {
        WORLD_DEPARTMENT, WORLD_TITLE, WORLD_COUNTRY, WORLD_CITY, WORLD_COMPANY, WORLD_OFFICE, WORLD_TYPE, WORLD_STATE,
        WORLD_COST, WORLD_EXTENSION, WORLD_MAIL, WORLD_NAME, WORLD_TEXTS
};
#define WORLD_TAGS_MOST 3u

struct world_person {
        char id[40];
        char texts[WORLD_TEXTS][64];         /* empty: has none                        */
        char tags[WORLD_TAGS_MOST][16];
        unsigned tag_count;
        bool enabled;
        int64_t hired;
};

enum world_kind {
        WORLD_EQUAL, WORLD_NOT_EQUAL, WORLD_IN, WORLD_ENABLED,                /* 70 %    */
        WORLD_BEGINS, WORLD_CONTAINS, WORLD_ENDS,                            /* 20 %    */
        WORLD_PATTERN, WORLD_SINCE, WORLD_ANY, WORLD_ALL                     /* 10 %    */
};

struct world_condition {
        enum world_kind kind;
        enum world_attribute attribute;
        char texts[3][64];                   /* what it compares with, as many as apply */
        unsigned days;
};

struct world_rule {
        struct world_condition conditions[4];
        unsigned first, count;               /* those from 'first' on are an alternative */
};

enum world_language { WORLD_MUSTER, WORLD_SQL, WORLD_SCRIPT, WORLD_FILTREX };

extern const char *const world_names[WORLD_TEXTS];

void world_person(uint32_t number, struct world_person *ret);
void world_rule(uint32_t number, struct world_rule *ret);
/* The rule as text of at most 'room' bytes; its length. */
size_t world_write(const struct world_rule *rule, enum world_language language, char *into, size_t room);
void world_lower(char *text);

/* Processor seconds of this process. */
double world_clock(void);
/* The most memory it had, in KiB. */
long world_memory(void);

#endif
