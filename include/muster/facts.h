/* SPDX-License-Identifier: Apache-2.0
 *
 * <muster/facts.h> - what this instance of a connector can do, told by probe().
 *
 * The descriptor says what a connector can have at most; the facts say what this
 * server, with these rights and options, really offers.  The engine goes by the
 * facts and keeps them in the store.  All text is copied.  One thread.
 */
#ifndef MUSTER_FACTS_H
#define MUSTER_FACTS_H

#include <muster/error.h>
#include <muster/record.h>

MST_BEGIN

struct mst_facts;

/* Capabilities; also in the descriptor, there as "at most". */
enum mst_can {
        MST_CAN_USERS = 1 << 0,       /* reads or writes users                          */
        MST_CAN_GROUPS = 1 << 1,      /* reads or writes groups                         */
        MST_CAN_UPDATE = 1 << 2,
        MST_CAN_RENAME = 1 << 3,      /* naming attributes can change, same object      */
        MST_CAN_DISABLE = 1 << 4,     /* and enable                                     */
        MST_CAN_DELETE = 1 << 5,
        MST_CAN_STAMP = 1 << 6,       /* keeps our mark in the object                   */
        MST_CAN_LIST = 1 << 7,        /* has list()                                     */
        MST_CAN_FIND = 1 << 8,        /* has find()                                     */
        MST_CAN_MEMBERS = 1 << 9,     /* takes member changes one by one or in chunks   */
        MST_CAN_EMPTY_GROUP = 1 << 10,/* a group may have no member                     */
        MST_CAN_NEST = 1 << 11,       /* groups may be members of groups                */
        MST_CAN_PHOTO = 1 << 12,
        MST_CAN_INCREMENTAL = 1 << 13,/* source: has cursors                            */
        MST_CAN_FETCH = 1 << 14,      /* source: has fetch()                            */
        MST_CAN_PRESENT = 1 << 15,    /* find and list give the objects' values         */
        MST_CAN_MEMBER_IDS = 1 << 16  /* groups know their members by the objects' lasting
                                       * ids: a rename of a member concerns no group    */
};

/* What the endpoint is: two instances with the same identity hold the same
 * objects.  A copy, a test system or a moved base has another (LDAP: the
 * suffix entry's entryUUID and the bases; Entra: the tenant's id).  Required. */
MST_API void mst_facts_identity(struct mst_facts *facts, const char *identity);

/* The capabilities present, of enum mst_can; replaces what was set. */
MST_API void mst_facts_can(struct mst_facts *facts, uint32_t can);

enum mst_limit {
        MST_LIMIT_MEMBERS = 1,        /* members in one op; 0: no limit                 */
        MST_LIMIT_IN_FLIGHT = 2,      /* ops the connector takes at once                */
        MST_LIMIT_FIND = 3            /* queries in one find()                          */
};
MST_API void mst_facts_limit(struct mst_facts *facts, enum mst_limit what, uint32_t value);

enum mst_attribute_flags {
        MST_ATTR_MANY = 1 << 0,       /* more than one value                            */
        MST_ATTR_REQUIRED = 1 << 1,   /* an object cannot be without                    */
        MST_ATTR_FIXED = 1 << 2,      /* set at creation, never changed                 */
        MST_ATTR_EXACT = 1 << 3,      /* compared with regard to case                   */
        MST_ATTR_NAMING = 1 << 4,     /* part of the object's name: a change is a rename */
        MST_ATTR_READ_ONLY = 1 << 5,  /* can be matched and shown, not written          */
        MST_ATTR_SECRET = 1 << 6,     /* value is never shown or kept                   */
        MST_ATTR_GROUP = 1 << 7       /* of groups; without: of users                   */
};

/* An attribute that this instance has.  'type' is what the engine turns values
 * into before it hands them over (MST_TEXT when in doubt; MST_REF: the object's
 * name, e.g. the manager's DN); 'longest' in characters, 0: no limit.  Told
 * again, the later call counts.  The name "*" stands for every other name, and one that
 * ends in * for every other name that begins like it. */
MST_API void mst_facts_attribute(struct mst_facts *facts, const char *name, enum mst_type type,
                                 uint32_t flags, uint32_t longest);

/* A sentence for `muster check --online`: 'bad' things stop nothing by
 * themselves but are shown as warnings ("no index on employeeNumber: finding
 * people by it will be slow"). */
MST_API void mst_facts_note(struct mst_facts *facts, bool bad, const char *format, ...)
        MST_PRINTF(3, 4);

/* A warning about an attribute of 'kind' that mst_host_want() lists: it is shown with file
 * and line of each map to it, and not at all where no map writes it.  'kind' 0: of either
 * kind, and shown as a note where no map writes it. */
MST_API void mst_facts_doubt(struct mst_facts *facts, int kind, const char *attribute, const char *format, ...)
        MST_PRINTF(4, 5);

/* A mistake that the system itself shows for sure: told as an error, and `check --online` ends with
 * 2.  Of an attribute it is shown as a doubt is.  'attribute' NULL: of the options, shown at the
 * sink or source; with MST_GROUP at each target that carries groups, and not at all where none
 * does.  (That nothing is mapped to what is MST_ATTR_REQUIRED is a mistake by itself.) */
MST_API void mst_facts_mistake(struct mst_facts *facts, int kind, const char *attribute, const char *format, ...)
        MST_PRINTF(4, 5);

/* A warning that nothing is mapped to an attribute of 'kind': shown at each target where that
 * is so. */
MST_API void mst_facts_lack(struct mst_facts *facts, int kind, const char *attribute, const char *format, ...)
        MST_PRINTF(4, 5);

MST_END_C
#endif
