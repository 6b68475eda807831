/* truth.h - what the source says there should be, and what is there: see truth.c. */
#ifndef TRUTH_H
#define TRUTH_H

#include <ldap.h>
#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#define MOST 64

struct entry {                               /* of the directory                       */
        char *dn;                            /* normalized                             */
        char *stamp;                         /* NULL: none                             */
        LDAPMessage *message;
        bool locked, wanted;
};

struct person {
        const char *id;
        struct json_object *json;
        struct entry *entry;
        bool in_scope, excepted;
};

struct map { const char *to, *from, *or; };
struct rule { const char *group; const char *attribute[8], *value[8]; size_t count; };
struct family { const char *prefix, *attribute; };

struct truth {
        LDAP *ld;
        const char *suffix, *uid, *rdn, *stamp, *group_class, *bind;
        struct map maps[MOST]; size_t map_count;
        struct rule rules[MOST]; size_t rule_count;
        struct family families[MOST]; size_t family_count;
        const char *excepted[MOST]; size_t excepted_count;
        long foreign, least, lock_bit; bool gone_absent, idle; const char *lock;
        struct entry *entries; size_t entry_count;
        struct person *people; size_t person_count;
        LDAPMessage *groups;
        unsigned long differences;
};

/* truth-wanted.c.  Whoever cannot go on ends the program. */
__attribute__((format(printf, 2, 3))) void differs(struct truth *, const char *format, ...);
__attribute__((format(printf, 1, 2), noreturn)) void die(const char *format, ...);
void *need(void *);                          /* it, unless it is NULL                   */
char *normal(const char *dn);
void setting(struct truth *, char *text);
void read_people(struct truth *, const char *file);
struct person *person_of(const struct truth *, const char *id);
const char *text_of(const struct person *, const char *name);   /* NULL: none */
bool same(const char *, const char *);

#endif
