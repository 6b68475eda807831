/* plugins.c - from a name in muster.xml to a descriptor that was judged.
 *
 *   folders   absolute, in order, nobody else may write there
 *   names     listed from the folders' entries; nothing is opened for that
 *   get       built in? else the first folder with NAME.so: owner and mode, the
 *             system's loader with everything bound at once (it alone tells the true
 *             reason of a failure; libltdl says "file not found" whatever went wrong
 *             and binds lazily), then libltdl, which finds it loaded
 *   judge     descriptor.c
 *
 * A plugin once loaded stays: its code may have threads, exit handlers and memory of
 * its own that nobody can take back. */
#include "build.h"

#include "host/plugins.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>

#include <ltdl.h>

#include "host/descriptor.h"
#include "util/alloc.h"
#include "util/map.h"
#include "util/near.h"
#include "util/trust.h"

#ifdef MST_STATIC_PLUGINS
/* libtool makes it where plugins are linked in; the unit tests have none. */
extern const lt_dlsymlist lt__PROGRAM__LTX_preloaded_symbols[] __attribute__((weak));
#endif

struct plugin {
        const char *name, *file;
        const void *built_in;                /* the descriptor, when preloaded         */
        const struct mst_plugin *descriptor; /* once loaded                            */
};

struct mstc_plugins {
        struct mst_arena *arena;
        const char **folders;
        size_t folder_count;
        struct mstc_map *known;              /* name to struct plugin                  */
        const char **names;                  /* NULL: not listed yet                   */
        size_t name_count;
        bool ltdl;
        bool loaded;                         /* something is, and stays                */
};

static void folder_drop(DIR **d) { if (*d != NULL) closedir(*d); }
static void handle_drop(void **dl) { if (*dl != NULL) dlclose(*dl); }
static void advise_drop(lt_dladvise *a) { if (*a != NULL) lt_dladvise_destroy(a); }

/* ---- folders ---- */

static int
add_folder(struct mstc_plugins *plugins, const char *folder, size_t length, struct mst_error *err)
{
        char *copy = mst_arena_strndup(plugins->arena, folder, length);
        struct mstc_refusal no;

        if (copy == NULL)
                return mst_fail_memory(err, "looking for plugins");
        if (!mstc_trust_folder(copy, &no))
                return mst_fail(err, MST_ECONFIG, "plugins are not taken from there: %s%s%s", no.text,
                                no.remedy[0] != '\0' ? "; " : "", no.remedy);
        for (size_t i = 0; i < plugins->folder_count; i++)
                if (strcmp(plugins->folders[i], copy) == 0)
                        return 0;
        plugins->folders[plugins->folder_count++] = copy;
        return 0;
}

static size_t
count_parts(const char *list)
{
        size_t count = 1;

        for (; list != NULL && *list != '\0'; list++)
                count += *list == ':';
        return count;
}

/* The built-in folder need not exist; what somebody named must. */
static int
add_standard(struct mstc_plugins *plugins, const char *list, struct mst_error *err)
{
        struct stat st;

        if (list == NULL)
                return stat(MST_PLUGINDIR, &st) != 0 ? 0 : add_folder(plugins, MST_PLUGINDIR, strlen(MST_PLUGINDIR),
                                                                      err);
        while (*list != '\0') {
                size_t length = strcspn(list, ":");

                if (length > 0 && add_folder(plugins, list, length, err) != 0)
                        return mst_wrap(err, "MUSTER_PLUGINS");
                list += length + (list[length] == ':');
        }
        return 0;
}

/* ---- what there is ---- */

static struct plugin *
remember(struct mstc_plugins *plugins, const char *name, const char *file, const void *built_in)
{
        struct plugin *plugin = mstc_map_get(plugins->known, name);

        if (plugin != NULL)
                return plugin;
        plugin = mst_arena_alloc(plugins->arena, sizeof *plugin);
        if (plugin == NULL)
                return NULL;
        plugin->name = mst_arena_strdup(plugins->arena, name);
        plugin->file = mst_arena_strdup(plugins->arena, file);
        plugin->built_in = built_in;
        if (plugin->name == NULL || plugin->file == NULL || !mstc_map_put(plugins->known, plugin->name, plugin))
                return NULL;
        return plugin;
}

static bool
add_built_in(struct mstc_plugins *plugins)
{
#ifdef MST_STATIC_PLUGINS
        const lt_dlsymlist *symbol = lt__PROGRAM__LTX_preloaded_symbols;

        if (symbol == NULL)
                return true;
        lt_dlpreload_default(symbol);
        for (; symbol->name != NULL; symbol++) {
                const struct mst_plugin *raw = symbol->address;
                struct mstc_image image;

                if (strncmp(symbol->name, "mst_plugin_", 11) != 0 || raw == NULL || !mstc_image_of(raw, &image)
                    || !mstc_image_has(&image, raw, sizeof *raw) || !mstc_image_text(&image, raw->name, 64))
                        continue;
                if (remember(plugins, raw->name, "(built in)", raw) == NULL)
                        return false;
        }
#else
        (void)plugins;
#endif
        return true;
}

static bool
scan_folder(struct mstc_plugins *plugins, const char *folder)
{
        MSTC_CLEANUP(folder_drop) DIR *dir = opendir(folder);
        struct dirent *entry;

        while (dir != NULL && (entry = readdir(dir)) != NULL) {
                size_t length = strlen(entry->d_name);
                char name[NAME_MAX + 1], file[PATH_MAX];

                if (length < 4 || strcmp(entry->d_name + length - 3, ".so") != 0)
                        continue;
                (void)snprintf(name, sizeof name, "%.*s", (int)(length - 3), entry->d_name);
                if (!mstc_descriptor_name(name)
                    || snprintf(file, sizeof file, "%s/%s", folder, entry->d_name) >= (int)sizeof file)
                        continue;
                if (remember(plugins, name, file, NULL) == NULL)
                        return false;
        }
        return true;
}

static int
by_name(const void *a, const void *b)
{
        return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *const *
mstc_plugins_names(struct mstc_plugins *plugins, size_t *count)
{
        const char *name;
        void *plugin;
        size_t at = 0;

        *count = 0;
        if (plugins->names == NULL) {
                for (size_t i = 0; i < plugins->folder_count; i++)
                        if (!scan_folder(plugins, plugins->folders[i]))
                                return NULL;
                plugins->names = mst_arena_alloc(plugins->arena,
                                                 (mstc_map_count(plugins->known) + 1) * sizeof *plugins->names);
                if (plugins->names == NULL)
                        return NULL;
                while (mstc_map_each(plugins->known, &at, &name, &plugin))
                        plugins->names[plugins->name_count++] = ((struct plugin *)plugin)->name;
                if (plugins->name_count > 1)
                        qsort(plugins->names, plugins->name_count, sizeof *plugins->names, by_name);
        }
        *count = plugins->name_count;
        return plugins->names;
}

/* By a look for NAME.so in each folder, so that a run with two plugins lists nothing. */
static struct plugin *
find(struct mstc_plugins *plugins, const char *name)
{
        struct plugin *plugin = mstc_map_get(plugins->known, name);
        char file[PATH_MAX];
        struct stat st;

        for (size_t i = 0; plugin == NULL && i < plugins->folder_count; i++)
                if (snprintf(file, sizeof file, "%s/%s.so", plugins->folders[i], name) < (int)sizeof file
                    && stat(file, &st) == 0)
                        plugin = remember(plugins, name, file, NULL);
        return plugin;
}

const char *
mstc_plugins_file(struct mstc_plugins *plugins, const char *name)
{
        struct plugin *plugin = mstc_descriptor_name(name) ? find(plugins, name) : NULL;

        return plugin == NULL ? NULL : plugin->file;
}

/* ---- loading ---- */

static int
not_found(struct mstc_plugins *plugins, const char *name, struct mst_error *err)
{
        size_t count = 0, used = 0;
        const char *const *names = mstc_plugins_names(plugins, &count);
        const char *near = names == NULL ? NULL : mstc_near(name, names, count);
        char where[600] = "there is no folder " MST_PLUGINDIR;

        for (size_t i = 0; i < plugins->folder_count && used < sizeof where; i++) {
                int n = snprintf(where + used, sizeof where - used, "%s%s", i == 0 ? "searched: " : ", ",
                                 plugins->folders[i]);

                used += n < 0 ? 0 : (size_t)n;
        }
        if (near != NULL)
                return mst_fail(err, MST_ENOTFOUND, "there is no plugin '%s': did you mean '%s'? (%s)", name, near,
                                where);
        return mst_fail(err, MST_ENOTFOUND, "there is no plugin '%s' (%s)", name, where);
}

/* Once opened by the system's loader, libltdl's own lazy opening finds it bound. */
static int
open_file(struct mstc_plugins *plugins, const struct plugin *plugin, lt_dlhandle *ret, struct mst_error *err)
{
        MSTC_CLEANUP(handle_drop) void *dl = NULL;
        MSTC_CLEANUP(advise_drop) lt_dladvise advise = NULL;
        struct mstc_refusal no;

        if (!mstc_trust_plugin(plugin->file, &no))
                return mst_fail(err, MST_ECONFIG, "plugin '%s': %s%s%s", plugin->name, no.text,
                                no.remedy[0] != '\0' ? "; " : "", no.remedy);
        dl = dlopen(plugin->file, RTLD_NOW | RTLD_LOCAL);
        if (dl == NULL)
                return mst_fail(err, MST_ECONFIG, "plugin '%s' cannot be loaded: %s", plugin->name, dlerror());
        if (lt_dladvise_init(&advise) != 0 || lt_dladvise_local(&advise) != 0)
                return mst_fail_memory(err, "loading a plugin");
        *ret = lt_dlopenadvise(plugin->file, advise);
        if (*ret == NULL)
                return mst_fail(err, MST_ECONFIG, "plugin '%s' in %s: refused by libltdl: %s", plugin->name,
                                plugin->file,
                                lt_dlerror());
        (void)lt_dlmakeresident(*ret);
        plugins->loaded = true;
        return 0;
}

static const void *
open_descriptor(struct mstc_plugins *plugins, const struct plugin *plugin, struct mst_error *err)
{
        char symbol[96];
        const void *raw;
        lt_dlhandle handle = NULL;

        if (plugin->built_in != NULL)
                return plugin->built_in;
        if (open_file(plugins, plugin, &handle, err) != 0)
                return NULL;
        (void)snprintf(symbol, sizeof symbol, "mst_plugin_%s", plugin->name);
        for (char *c = symbol; *c != '\0'; c++)
                if (*c == '-')
                        *c = '_';
        raw = lt_dlsym(handle, symbol);
        if (raw == NULL)
                mst_fail(err, MST_ECONFIG,
                         "plugin '%s': %s has no symbol %s: it is not a plugin of muster, or was renamed",
                         plugin->name, plugin->file, symbol);
        return raw;
}

const struct mst_plugin *
mstc_plugins_get(struct mstc_plugins *plugins, const char *name, struct mst_error *err)
{
        struct plugin *plugin;
        const void *raw;

        if (!mstc_descriptor_name(name)) {
                mst_fail(err, MST_ECONFIG, "'%.80s' is not a plugin's name: small letters, digits and '-'", name);
                return NULL;
        }
        plugin = find(plugins, name);
        if (plugin == NULL) {
                not_found(plugins, name, err);
                return NULL;
        }
        if (plugin->descriptor != NULL)
                return plugin->descriptor;
        raw = open_descriptor(plugins, plugin, err);
        if (raw == NULL)
                return NULL;
        plugin->descriptor = mstc_descriptor_take(raw, name, plugins->arena, err);
        if (plugin->descriptor == NULL)
                mst_wrap(err, "plugin '%s' in %s", name, plugin->file);
        return plugin->descriptor;
}

/* ---- life ---- */

int
mstc_plugins_new(const char *const *folders, size_t count, struct mstc_plugins **ret, struct mst_error *err)
{
        struct mstc_plugins *plugins = mstc_alloc(sizeof *plugins);
        const char *list = getauxval(AT_SECURE) != 0 ? NULL : getenv("MUSTER_PLUGINS");
        int rc = 0;

        if (plugins == NULL)
                return mst_fail_memory(err, "looking for plugins");
        plugins->arena = mst_arena_new(0);
        plugins->known = mstc_map_new();
        if (plugins->arena != NULL)
                plugins->folders = mst_arena_alloc(plugins->arena,
                                                   (count + count_parts(list)) * sizeof *plugins->folders);
        plugins->ltdl = plugins->folders != NULL && plugins->known != NULL && lt_dlinit() == 0;
        if (!plugins->ltdl || !add_built_in(plugins))
                rc = mst_fail_memory(err, "looking for plugins");
        for (size_t i = 0; rc == 0 && i < count; i++)
                rc = add_folder(plugins, folders[i], strlen(folders[i]), err);
        if (rc == 0)
                rc = add_standard(plugins, list, err);
        if (rc != 0) {
                mstc_plugins_free(plugins);
                return rc;
        }
        *ret = plugins;
        return 0;
}

void
mstc_plugins_free(struct mstc_plugins *plugins)
{
        if (plugins == NULL)
                return;
        /* lt_dlexit() would forget the handles of what stays loaded, and so leak them. */
        if (plugins->ltdl && !plugins->loaded)
                lt_dlexit();
        mstc_map_free(plugins->known);
        mst_arena_free(plugins->arena);
        mstc_free(plugins);
}
