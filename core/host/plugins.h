/* plugins.h - finding, checking and opening plugins.
 *
 * Folders are absolute, and neither they nor the files in them may be writable by
 * anybody but root and the user that runs us; the current folder, LTDL_LIBRARY_PATH
 * and LD_LIBRARY_PATH-like wishes are never looked at for plugins, .la files never
 * read.  A plugin linked into the program (dlpreopen) is found first.  Everything
 * is loaded before the first thread starts; the table lives to the end of the
 * process.  A descriptor is copied into our own build's size, row by row, so that
 * nobody above needs to know how old a plugin is, and checked: ABI, name, tables,
 * calls.  One thread. */
#ifndef MSTC_PLUGINS_H
#define MSTC_PLUGINS_H

#include <muster/error.h>
#include <muster/plugin.h>

struct mstc_plugins;

/* 'folders' (may be NULL) come before the built-in one (which MUSTER_PLUGINS, a list
 * separated by ':', replaces in an uninstalled tree; refused when we run set-id).
 * Nothing is opened yet. */
int mstc_plugins_new(const char *const *folders, size_t count, struct mstc_plugins **ret,
                     struct mst_error *err);
void mstc_plugins_free(struct mstc_plugins *plugins);

/* Loads on first use.  The error tells the true reason, and for an unknown name the
 * near ones and the folders searched. */
const struct mst_plugin *mstc_plugins_get(struct mstc_plugins *plugins, const char *name,
                                          struct mst_error *err);

/* All names that there are (files and preloaded), sorted; those that cannot be loaded
 * too.  Valid until free. */
const char *const *mstc_plugins_names(struct mstc_plugins *plugins, size_t *count);
/* The file it came or would come from, "(built in)" for a preloaded one. */
const char *mstc_plugins_file(struct mstc_plugins *plugins, const char *name);

#endif
