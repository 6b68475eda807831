/* manual.h - what a plugin can be told: for people, for programs, for editors.
 *
 * All of it comes from the plugin's tables; no code of the plugin runs.  Each appends
 * to 'into', which remembers when memory is out. */
#ifndef MSTC_MANUAL_H
#define MSTC_MANUAL_H

#include "host/plugins.h"
#include "util/buffer.h"

/* As text of at most 80 columns. */
void mstc_plugin_manual(const struct mst_plugin *plugin, struct mstc_buffer *into);

/* As one JSON object, without a line end. */
void mstc_plugin_json(const struct mst_plugin *plugin, struct mstc_buffer *into);

/* "users, groups, update": the words for a set of enum mst_can. */
void mstc_plugin_can(uint32_t can, struct mstc_buffer *into);

/* muster.rng with the options of all plugins that can be loaded.  Those that cannot are
 * left out; their errors are for `muster plugins`. */
void mstc_plugins_rng(struct mstc_plugins *plugins, struct mstc_buffer *into);

#endif
