/* casefile.h - a file of cases in memory: for cases.c, which reads it, and caserun.c. */
#ifndef MSTC_CASEFILE_H
#define MSTC_CASEFILE_H

#include <json-c/json.h>

#include "engine/cases.h"
#include "util/buffer.h"

struct mstc_cases {
        struct mst_arena *arena;
        struct json_object *file;
        const struct mstc_sync *sync;
        struct mstc_schema schema;
        const struct mstc_schema *known;     /* &schema, or NULL                       */
        struct mst_record **users; size_t user_count;
        int64_t now;
        struct json_object **items; enum mstc_case_kind *kinds; size_t count;
        struct mstc_buffer text;             /* of the file, while it is read          */
};

/* NULL: there is none; also of what is no object, and for text of what is no text. */
struct json_object *mstc_case_member(struct json_object *json, const char *name);
const char *mstc_case_text(struct json_object *json, const char *name);
/* The group of that name, or NULL. */
const struct mstc_rule_group *mstc_case_group(const struct mstc_sync *sync, const char *name);
/* Its id, or "membership 3"; NULL: out of memory. */
const char *mstc_case_name(struct mstc_cases *cases, size_t index);

#endif
