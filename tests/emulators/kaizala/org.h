/* org.h - the organisation: people known by their phone numbers, and the groups that they
 * are in.
 *
 * A phone number is a person (sheet, section 4): whoever is named by a number that nobody
 * has had before is a new one, with an id of his own, not registered yet.  A person is in
 * the Directory or not, in one of its two networks, tied to Entra or not, and has a value
 * or none for each attribute of the organisation (sheet, section 8).  Nothing in here knows
 * of requests. */
#ifndef KAIZALA_ORG_H
#define KAIZALA_ORG_H
#include "../rest/index.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ORG_ID = 48, ORG_ATTRIBUTES = 64 };

enum data_type { DATA_STRING, DATA_INTEGER, DATA_BOOLEAN, DATA_TIME, DATA_TYPES };
extern const char *const data_type_names[DATA_TYPES];

/* An attribute of the Directory (sheet, 8.1); number 0 is always PhoneNumber. */
struct attribute {
        char *name;
        int64_t type;
        bool mandatory, editable, visible;
};

struct person {
        uint32_t number;                /* place among the people */
        char *phone;
        char id[ORG_ID];
        bool registered;                /* has the app: isProvisioned */
        bool listed;                    /* in the Directory */
        bool employee;                  /* its network; else Others */
        bool linked;                    /* to Entra */
        char *values[ORG_ATTRIBUTES];   /* NULL: none; [0] stays NULL */
};

enum role { ROLE_MEMBER, ROLE_ADMIN, ROLE_SUBSCRIBER };
extern const char *const role_names[];

struct member {
        struct person *who;
        enum role role;
};

struct group {
        char id[ORG_ID];
        char *name, *welcome, *image;
        bool connect;                   /* ConnectGroup: broadcast */
        bool tenant;                    /* an organisation group: isMappedToTenant */
        struct member *members;         /* in no order, once somebody has left */
        size_t member_count, member_room;
        uint32_t *places;               /* of each person among them, plus 1; by his number */
        size_t place_count;
        struct group **children;
        size_t child_count, child_room;
};

struct org {
        struct attribute attributes[ORG_ATTRIBUTES];
        int attribute_count;
        struct person **people;         /* in the order in which they came */
        size_t person_count, person_room;
        struct index phones, ids;
        struct group **groups;          /* in the order in which they were made */
        size_t group_count, group_room;
        uint64_t serial;                /* of ids */
};

/* With the attributes that the portal shows (sheet, 8.1). */
void org_open(struct org *o);
void org_close(struct org *o);

/* '+' and 8 to 15 digits, the first of them not 0. */
bool phone_good(const char *phone);

struct person *org_person(struct org *o, const char *phone);            /* NULL: nobody */
struct person *org_person_id(struct org *o, const char *id);
/* Finds or makes. */
struct person *org_person_make(struct org *o, const char *phone);
/* Into the Directory; who is there stays in his network (sheet, 8.2). */
void org_list(struct person *p, bool employee);
/* Out of the Directory and of every organisation group; how many those were. */
size_t org_unlist(struct org *o, struct person *p);

/* NULL: no such attribute, -1: likewise. */
int org_attribute(const struct org *o, const char *name);
/* False when there is no room. A name that is there changes. */
bool org_attribute_set(struct org *o, const struct attribute *a);
void person_set(struct person *p, int attribute, const char *value);

struct group *org_group(struct org *o, const char *id);
struct group *org_group_make(struct org *o, const char *name, const char *welcome, bool connect);
/* For good, as from the app. */
void org_group_end(struct org *o, struct group *g);

/* NULL: not in it. */
struct member *group_find(struct group *g, const struct person *p);
/* True when he was not in it; who is in an organisation group is in the Directory. */
bool group_add(struct group *g, struct person *p, enum role role);
bool group_drop(struct group *g, const struct person *p);
size_t group_with(const struct group *g, enum role role);

/* False: it would be below itself. */
bool group_attach(struct group *g, struct group *child);
bool group_detach(struct group *g, const struct group *child);
bool group_holds(const struct group *g, const struct group *child);     /* directly */
size_t group_parents(const struct org *o, const struct group *g);
/* Places, and people: who is in several groups below counts once in 'unique'. */
struct head_count { size_t all, unique, unregistered; };
struct head_count group_count(const struct org *o, const struct group *g);
#endif
