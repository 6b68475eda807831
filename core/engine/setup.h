/* setup.h - a configuration brought to life: plugins loaded, options filled,
 * expressions compiled against the attributes that source and sink have.
 *
 * What `check` checks, and what a run runs with.  Everything that is wrong goes to
 * the report at once.  Read-only once made; lives until mstc_setup_free(). */
#ifndef MSTC_SETUP_H
#define MSTC_SETUP_H

#include "config/config.h"
#include "host/options.h"
#include "host/plugins.h"
#include "rules/expr.h"
#include "rules/index.h"
#include "sdk/facts.h"

struct mstc_instance {
        const struct mstc_config_instance *config;
        const struct mst_plugin *plugin;
        struct mstc_filled *filled;
        char identity_options[33];           /* hash of the options that decide what is read */
        struct mst_facts *promised;          /* from the descriptor                    */
        const struct mstc_expr *never_touch; /* sinks: all rules ORed, or NULL         */
        const char **wants; size_t want_count;   /* source: read by rules and maps; sink: written, matched */
};

struct mstc_map {
        const char *to;                      /* as the sink spells it                  */
        const struct mstc_expr *expression;
        enum mstc_when when;
        bool keep_null, own_values, from_default;
        const struct mstc_config_map *config;    /* NULL: from the default map         */
};

struct mstc_rule_group {
        uint32_t id;                         /* index in the sync's groups             */
        const char *name, *title;
        const struct mstc_expr *rule;
};

struct mstc_family {
        const struct mstc_config_family *config;
        const struct mstc_expr *rule;        /* NULL: everybody                        */
};

struct mstc_carry {                          /* groups of the source, carried as they are */
        const struct mstc_config_carry *config;
        const struct mstc_expr *rule;        /* NULL: all                              */
};

struct mstc_group_use {
        const char *pattern, *as;
        struct mstc_map *maps; size_t map_count;    /* the sink's default group map and the use's own */
        const struct mstc_config_use *config;
};

struct mstc_target {
        const struct mstc_config_target *config;
        struct mstc_instance *sink;
        const char *name;
        uint32_t bit;                        /* place among the sync's targets, 0 to 31 */
        const struct mstc_expr *scope;       /* or NULL                                */
        struct mstc_map *maps; size_t map_count;    /* users; sorted by 'to'           */
        struct mstc_map *group_maps; size_t group_map_count;   /* the default group map, where a use needs it */
        struct mstc_group_use *uses; size_t use_count;
        char fingerprint[33];                /* scope, maps, matches, leaver policy    */
};

struct mstc_sync {
        const struct mstc_config_sync *config;
        struct mstc_instance *source;
        const char *name;
        const struct mstc_expr *scope;       /* or NULL                                */
        struct mstc_rule_group *groups; size_t group_count;
        struct mstc_family *families; size_t family_count;
        struct mstc_carry *carries; size_t carry_count;
        struct mstc_target *targets; size_t target_count;
        bool wants_groups, wants_members;    /* its source is asked for groups, for who is in them */
        bool reads_members;                  /* a scope, rule or map reads memberOf    */
        bool placed_by_members;              /* a scope or map does                    */
        char reads[33];                      /* hash of wants and identity options: a change starts a new generation */
        char fingerprint[33];                /* all targets, scope and groups          */
        char groups_fingerprint[33];         /* all group rules                        */
};

struct mstc_setup {
        const struct mstc_config *config;
        struct mstc_plugins *plugins;
        struct mstc_instance *instances; size_t instance_count;
        struct mstc_sync *syncs; size_t sync_count;
};

/* Takes the config over (freed with the setup, also on failure).  NULL when there
 * are errors; the report says which. */
struct mstc_setup *mstc_setup_new(struct mstc_config *config, struct mstc_report *report);
void mstc_setup_free(struct mstc_setup *setup);

/* Opens each connector and closes it again, which asks nobody (<muster/source.h>), for
 * the mistakes in options that only the connector can see.  False when there are any. */
bool mstc_setup_try(const struct mstc_setup *setup, struct mstc_report *report);

/* The attributes of users as the rules see them; the facts must outlive it.  False: out of
 * memory. */
bool mstc_setup_schema(const struct mst_facts *facts, struct mst_arena *arena, struct mstc_schema *ret);

struct mstc_sync *mstc_setup_sync(const struct mstc_setup *setup, const char *name);

#endif
