/* graph-mirror.h - what an engine would know after the pages it was told: people, groups, and
 * who is in which group.  A full round begins with nothing.  Compared with the emulator's truth. */
#ifndef UNIT_GRAPH_MIRROR_H
#define UNIT_GRAPH_MIRROR_H

#include "graph.h"

enum mirror_state { MIRROR_NONE = 0, MIRROR_LIVE, MIRROR_SOFT, MIRROR_HARD, MIRROR_OUTSIDE };

struct mirror_one {
        char id[40];
        enum mst_kind kind;
        enum mirror_state state;
        bool whole;                          /* was told whole at least once           */
        char title[80];                      /* displayName                            */
        size_t photo;                        /* bytes                                  */
};

struct mirror_tie {
        char group[40], member[40];
        enum mst_kind kind;
};

struct mirror {
        struct mirror_one *all;
        size_t count, room;
        struct mirror_tie *ties;
        size_t tie_count, tie_room;
        size_t told, members_told, photos_told;      /* of the last round              */
};

/* g->each: mirror_take with the mirror as g->each_self. */
void mirror_take(void *self, struct mst_page *page);
void mirror_empty(struct mirror *m);
void mirror_free(struct mirror *m);
const struct mirror_one *mirror_find(const struct mirror *m, const char *id);
size_t mirror_people(const struct mirror *m, enum mirror_state state);
bool mirror_has(const struct mirror *m, const char *group, const char *member);

/* A round from the cursor (NULL: full, from nothing); must end with MST_OK. */
void mirror_round(struct mirror *m, struct graph *g, const char *cursor);

/* All live groups of the emulator are there with just their members, as far as those live. */
void mirror_check_groups(const struct mirror *m, struct graph *g);
/* The id of a group, by its name. */
const char *mirror_group_id(struct graph *g, const char *name, char into[40]);

#endif
