/* parts.h - the parts of muster.xml, one function each. */
#ifndef MSTC_CONFIG_PARTS_H
#define MSTC_CONFIG_PARTS_H

#include "config/walk.h"

struct mstc_shared_maps {                    /* <maps name=>                           */
        const char *name;
        struct mstc_config_map *maps;
        size_t map_count;
        struct mstc_place place;
};

void mstc_part_instance(struct mstc_walk *walk, xmlNode *node, bool is_source);
void mstc_part_shared_maps(struct mstc_walk *walk, xmlNode *node);
/* Instances and shared maps must be there. */
void mstc_part_never(struct mstc_walk *walk, xmlNode *node);
void mstc_part_sync(struct mstc_walk *walk, xmlNode *node);
void mstc_part_scope(struct mstc_walk *walk, xmlNode *node, struct mstc_config_scope *scope);
void mstc_part_group(struct mstc_walk *walk, xmlNode *node, struct mstc_config_sync *sync);
void mstc_part_carry(struct mstc_walk *walk, xmlNode *node, struct mstc_config_sync *sync);
void mstc_part_target(struct mstc_walk *walk, xmlNode *node, struct mstc_config_sync *sync);

void mstc_part_metrics(struct mstc_walk *walk, xmlNode *node);
void mstc_part_hook(struct mstc_walk *walk, xmlNode *node);
void mstc_part_mail(struct mstc_walk *walk, xmlNode *node);
/* <freshness within=>, in ms. */
int64_t mstc_part_freshness(struct mstc_walk *walk, xmlNode *node);

/* One <map>; no two of a list have the same 'to'. */
void mstc_part_map(struct mstc_walk *walk, xmlNode *node, struct mstc_config_map **maps, size_t *count);

/* The source or sink that attribute 'name' of 'node' speaks of, or NULL, reported. */
const struct mstc_config_instance *mstc_part_find_instance(struct mstc_walk *walk, const xmlNode *node,
                                                           const char *name, bool is_source);
/* A group's name: anything printable without '*' and '?', blanks not at its ends. */
const char *mstc_part_group_name(struct mstc_walk *walk, const xmlNode *node, const char *name);

/* upkeep.c: <retention> and <log>. */
void mstc_part_retention(struct mstc_walk *walk, xmlNode *node);
void mstc_part_log(struct mstc_walk *walk, xmlNode *node);

#endif
