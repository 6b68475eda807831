/* reading.h - what an admin can say about a directory that is read. */
#ifndef LDP_READING_H
#define LDP_READING_H

#include <muster/error.h>
#include <muster/option.h>

#include "directory.h"

/* How changes are found; the order is that of the option's choices. */
enum ldp_changes { LDP_BY_AUTO = 0, LDP_BY_SYNC, LDP_BY_DIRSYNC, LDP_BY_USN, LDP_BY_TIME, LDP_BY_NONE };

struct ldp_reading {
        struct ldp_access access;
        char *user_base, *user_filter;
        char *group_base, *group_filter;
        int64_t user_scope, group_scope;         /* 0: the whole subtree, 1: one level */
        char **member_attributes;
        char **translate, **group_translate, **references;
        char *disabled_attribute, *disabled_value;
        int64_t changes;                         /* enum ldp_changes                   */
        int64_t page_size;
        int64_t full_every, overlap;             /* ms                                 */
};

extern const struct mst_option ldp_reading_options[];

/* What no single row can check. */
int ldp_reading_check(const struct ldp_reading *config, struct mst_error *err);

#endif
