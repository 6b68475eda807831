/* group.h - the groups: few, therefore kept whole, and their members, who may be
 * many.
 *
 * A member is a number: the index of a person, of a group with IS_GROUP set, or
 * something else with IS_OTHER.
 * The array of members has holes where somebody left, so that positions last
 * while pages are read; a hash finds a member in it. Groups have a log of their
 * own, in which joining and leaving are entries. */
#ifndef GRAPH_GROUP_H
#define GRAPH_GROUP_H
#include "deltalog.h"
#include "directory.h"
#include "trouble.h"

#include <stdbool.h>
#include <stdint.h>

#define IS_GROUP UINT32_C(0x80000000)
#define IS_OTHER UINT32_C(0x40000000)    /* a device (even) or a contact (odd): nothing but an id */

enum group_property_id {
        GROUP_ID, GROUP_NAME, GROUP_DESCRIPTION, GROUP_MAIL, GROUP_MAIL_ENABLED, GROUP_MAIL_NICKNAME,
        GROUP_SECURITY_ENABLED, GROUP_TYPES, GROUP_VISIBILITY, GROUP_CREATED, GROUP_DELETED, GROUP_RULE,
        GROUP_RULE_STATE, GROUP_ROLE, GROUP_PROXY, GROUP_CLASSIFICATION, GROUP_LANGUAGE, GROUP_SYNC_ENABLED,
        GROUP_UNIQUE, GROUP_EXPIRES, GROUP_RENEWED, GROUP_SAM, GROUP_DOMAIN, GROUP_NETBIOS, GROUP_SID, GROUP_SYNCED,
        GROUP_FIFTEEN, GROUP_CLOUD_SID, GROUP_LICENSES, GROUP_LABELS, GROUP_LOCATION, GROUP_THEME, GROUP_MEMBERS, GROUP_OWNERS, GROUP_PROPERTIES
};
extern const char *const group_names[GROUP_PROPERTIES];
bool group_is_list(unsigned property);
bool group_is_relation(unsigned property);
int group_property(const char *name, size_t len);

struct group {
        char *values[GROUP_PROPERTIES];         /* JSON, NULL: never set */
        uint32_t *members;                      /* NOBODY: a hole */
        uint32_t count, room, live;             /* positions; members that are no hole */
        uint32_t *slots;                        /* position + 1 by member */
        uint32_t slot_room;
        uint32_t last_entry;
        int64_t deleted_at;
        uint8_t life;
};

struct groups {
        struct group *list;
        uint32_t count, room;
        uint64_t realm;
        struct deltalog log;
};

void groups_open(struct groups *g, uint64_t seed);
void groups_close(struct groups *g);
/* 'n' believable ones with members among the people; nothing is logged. */
void groups_generate(struct groups *g, const struct directory *d, uint32_t n);
uint32_t groups_make(struct groups *g);
void groups_arrive(struct groups *g, uint32_t index);
/* By id or display name, whatever its life; NOBODY. */
uint32_t groups_find(const struct groups *g, const char *name);
void groups_set(struct groups *g, uint32_t index, unsigned property, const char *json);
void groups_changed(struct groups *g, uint32_t index, const struct props *touched);
/* False if that is how it is already; 'logged' as a rule. */
bool groups_join(struct groups *g, uint32_t index, uint32_t member, bool logged);
/* The entry of a member who joined unlogged. */
void groups_told(struct groups *g, uint32_t index, uint32_t member);
bool groups_leave(struct groups *g, uint32_t index, uint32_t member);
bool groups_has(const struct groups *g, uint32_t index, uint32_t member);
bool groups_end(struct groups *g, uint32_t index, enum life life, int64_t now);
bool groups_restore(struct groups *g, uint32_t index);
/* Whether a member can be seen now. */
bool groups_seen(const struct groups *g, const struct directory *d, uint32_t member);
void groups_member_id(const struct groups *g, const struct directory *d, uint32_t member, struct text *t);

/* One as Graph sends it, without the closing brace; 'delta': unset is absent. */
void group_write(const struct groups *g, uint32_t index, const struct props *select, bool delta, struct text *t);
/* From $select, or NULL: all. False after an error reply. */
bool group_select(struct props *ret, const char *text, bool delta, struct exchange *x);
#endif
