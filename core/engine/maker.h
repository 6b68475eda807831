/* maker.h - what the making of a setup shares among its files (setup*.c only). */
#ifndef MSTC_ENGINE_MAKER_H
#define MSTC_ENGINE_MAKER_H

#include "engine/setup.h"

struct mstc_maker {
        struct mstc_setup *setup;
        struct mst_arena *arena;             /* lives as long as the setup             */
        struct mstc_report *report;
        struct mstc_schema *schemas;         /* of each instance's users               */
        struct mstc_schema *group_schemas;   /* of a source's groups, for rules        */
        struct mstc_schema *map_schemas;     /* and for the maps of groups: with [name] and [title] */
        struct mstc_expr **exprs;            /* all that were compiled, to be freed    */
        size_t expr_count;
        bool failed;                         /* out of memory                          */
};

/* As mstc_walk_grow(): one more zeroed row; NULL and 'failed' when memory is out. */
void *mstc_maker_grow(struct mstc_maker *maker, void *array, size_t *count, size_t size);
const char *mstc_maker_say(struct mstc_maker *maker, const char *format, ...) MST_PRINTF(2, 3);

/* setup-compile.c */

/* The attributes of groups as rules see them, and as maps do.  False: out of memory. */
bool mstc_maker_group_schemas(struct mstc_maker *maker, const struct mst_facts *facts, struct mstc_schema *ret,
                              struct mstc_schema *ret_map);
/* What the maps of this sync's groups can read. */
const struct mstc_schema *mstc_maker_map_schema(const struct mstc_maker *maker, const struct mstc_sync *sync);
/* Has it that attribute, or could it? */
bool mstc_maker_knows(const struct mstc_schema *schema, const char *name);
const struct mstc_schema *mstc_maker_schema_of(const struct mstc_maker *maker, const struct mstc_instance *instance);
/* [name] and [title]: what a group offers to the maps of groups. */
extern const struct mstc_schema mstc_group_schema;

/* Compiles what the admin wrote; findings go to the report at their own place.  NULL
 * for no text and for a wrong one. */
const struct mstc_expr *mstc_maker_compile(struct mstc_maker *maker, enum mstc_mode mode,
                                           const struct mstc_text *text, const struct mstc_schema *schema);
/* Compiles what a plugin brought along; a fault in it is reported at 'place'. */
const struct mstc_expr *mstc_maker_compile_default(struct mstc_maker *maker, const char *text,
                                                   const struct mstc_schema *schema, const char *plugin,
                                                   struct mstc_place place);
/* A scope: its rule or its filters; NULL for none, and for a wrong one. */
const struct mstc_expr *mstc_maker_scope(struct mstc_maker *maker, const struct mstc_config_scope *scope,
                                         const struct mstc_schema *schema);
/* Compiles what was made of several texts; findings come back in '*findings'. */
const struct mstc_expr *mstc_maker_compile_text(struct mstc_maker *maker, const char *text, size_t length,
                                                const struct mstc_schema *schema, struct mstc_finding **findings);
/* Rules one by one (for their places), then all in one, ORed. */
const struct mstc_expr *mstc_maker_compile_any(struct mstc_maker *maker, const struct mstc_text *const *texts,
                                               size_t count, const struct mstc_schema *schema);

/* setup-map.c */

/* 'own' over 'shared' over the plugin's defaults of that kind, sorted by 'to'. */
struct mstc_map *mstc_maker_maps(struct mstc_maker *maker, const struct mstc_instance *sink, enum mst_kind kind,
                                 const struct mstc_schema *schema, const struct mstc_config_map *own,
                                 size_t own_count, bool defaults, struct mstc_place place, size_t *ret_count);
const struct mstc_map *mstc_maker_find_map(const struct mstc_map *maps, size_t count, const char *to);

/* setup-group.c */
void mstc_maker_groups(struct mstc_maker *maker, struct mstc_sync *sync, const struct mstc_schema *schema);
/* The rule of who is meant by the user of <include> and <exclude>, and of while the exception counts. */
struct mstc_buffer;
void mstc_maker_person(const struct mstc_schema *schema, const char *user, struct mstc_buffer *into);
void mstc_maker_exception(const struct mstc_schema *schema, const struct mstc_config_exception *exception,
                          struct mstc_buffer *into);

/* setup-family.c */

/* Does a word name groups of a family: none, one, any number of them, or so that no rule can tell?
 * The rule of who is in one of them goes into the buffer. */
enum mstc_family_fit { MSTC_FAMILY_NOT = 0, MSTC_FAMILY_ONE, MSTC_FAMILY_MANY, MSTC_FAMILY_CANNOT };
enum mstc_family_fit mstc_maker_family(struct mstc_maker *maker, const struct mstc_family *family,
                                       const struct mstc_schema *schema, const char *word, struct mstc_buffer *into);

/* setup-target.c */
void mstc_maker_target(struct mstc_maker *maker, struct mstc_sync *sync, struct mstc_target *target);

/* setup-carry.c */
void mstc_maker_carries(struct mstc_maker *maker, struct mstc_sync *sync);
/* A template with '*' in the place of what stands in braces. */
void mstc_maker_as_pattern(const char *template, char *into, size_t room);

/* setup-clash.c: groups that would have one name in a sink */
void mstc_maker_clashes(struct mstc_maker *maker, const struct mstc_sync *sync);

/* setup-wants.c */
void mstc_maker_wants(struct mstc_maker *maker);
/* setup-alarm.c: the programs that are told of trouble. */
void mstc_maker_alarms(struct mstc_maker *maker);

/* setup-print.c */
void mstc_maker_fingerprints(struct mstc_maker *maker, struct mstc_sync *sync);

/* setup-test.c */
void mstc_maker_tests(struct mstc_maker *maker, const struct mstc_sync *sync);

#endif
