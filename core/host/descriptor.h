/* descriptor.h - a plugin's descriptor, judged and brought to our own build's size. */
#ifndef MSTC_DESCRIPTOR_H
#define MSTC_DESCRIPTOR_H

#include <muster/arena.h>
#include <muster/error.h>
#include <muster/plugin.h>

#include "host/image.h"

/* 'raw' is what the symbol points to; 'name' what it must be called.  The copy lies in
 * 'arena' and borrows texts from the plugin, which stays loaded.  NULL with a sentence
 * for whoever wrote the plugin. */
const struct mst_plugin *mstc_descriptor_take(const void *raw, const char *name,
                                              struct mst_arena *arena, struct mst_error *err);

/* [a-z][a-z0-9-]*, at most 64. */
bool mstc_descriptor_name(const char *name);

/* tables.c: each copies one table row by row, checked; false with the sentence.
 * 'what' is "source" or "sink". */
struct mstc_tables {
        const struct mstc_image *image;
        struct mst_arena *arena;
        struct mst_error *err;
        const char *what;
};
bool mstc_tables_options(struct mstc_tables *t, const struct mst_option **table, size_t row,
                         size_t config_size);
bool mstc_tables_attributes(struct mstc_tables *t, const struct mst_attribute **table, size_t row);
bool mstc_tables_map(struct mstc_tables *t, const struct mst_default_map **table, size_t row,
                     const struct mst_attribute *attributes);

#endif
