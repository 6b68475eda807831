/* launch.c - the engine, for commands that do something, and the end of it. */
#include "build.h"

#include "cli/launch.h"

#include <string.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "cli/halt.h"
#include "util/near.h"

/* Pages and ops are made in one thread and freed in another; one heap for all of them keeps
 * the process small, and the threads meet there too rarely to wait for each other.  Large
 * blocks go back to the system when they are freed, for which the limit must stay put. */
static void
keep_small(void)
{
#ifdef __GLIBC__
        mallopt(M_ARENA_MAX, 1);
        mallopt(M_MMAP_THRESHOLD, 128 * 1024);
#endif
}

int
mstc_launch_signals(struct mstc_cli *cli, struct mstc_workplace *place)
{
        struct mst_error err = { 0 };

        keep_small();
        place->stop = mstc_halt_begin();
        if (place->stop != NULL)
                return MSTC_END_DONE;
        mst_fail(&err, MST_EINTERNAL, "no descriptor or memory is left to catch signals with");
        return mstc_cli_fail(cli, &err);
}

int
mstc_launch(struct mstc_cli *cli, struct mstc_workplace *place, const struct mstc_watch *watch)
{
        static const struct mstc_watch nobody;
        struct mst_error err = { 0 };
        int code = mstc_workplace_setup(cli, place, false);

        if (code == MSTC_END_DONE)
                code = mstc_launch_signals(cli, place);
        if (code != MSTC_END_DONE)
                return code;
        if (mstc_engine_new(place->setup, watch != NULL ? watch : &nobody, place->stop, &place->engine, &err) != MST_OK)
                return mstc_cli_fail(cli, &err);
        return MSTC_END_DONE;
}

void
mstc_launch_end(struct mstc_workplace *place)
{
        mstc_engine_free(place->engine);
        place->engine = NULL;
        mstc_halt_end();
        mstc_workplace_close(place);
}

int
mstc_unknown_sync(struct mstc_cli *cli, const struct mstc_setup *setup, const char *name)
{
        const char **names = mst_arena_alloc(cli->arena, (setup->sync_count + 1) * sizeof *names);
        const char *near;

        for (size_t i = 0; names != NULL && i < setup->sync_count; i++)
                names[i] = setup->syncs[i].name;
        near = names != NULL ? mstc_near(name, names, setup->sync_count) : NULL;
        if (near != NULL)
                return mstc_cli_misused(cli, "there is no sync '%s'; did you mean '%s'?", name, near);
        return mstc_cli_misused(cli, "there is no sync '%s' in %s", name, setup->config->file);
}

int
mstc_chosen_syncs(struct mstc_cli *cli, const struct mstc_setup *setup, struct mstc_sync ***ret,
                  size_t *ret_count)
{
        struct mstc_sync **syncs = mst_arena_alloc(cli->arena, (setup->sync_count + 1) * sizeof (*syncs));
        size_t words = mstc_args_count(cli->args), count = 0;
        struct mst_error err = { 0 };

        *ret = syncs;
        if (syncs == NULL) {
                mst_fail_memory(&err, "choosing syncs");
                return mstc_cli_fail(cli, &err);
        }
        for (size_t w = 0; w < words; w++)
                if (mstc_setup_sync(setup, mstc_args_at(cli->args, w)) == NULL)
                        return mstc_unknown_sync(cli, setup, mstc_args_at(cli->args, w));
        for (size_t i = 0; i < setup->sync_count; i++) {
                bool wanted = words == 0;

                for (size_t w = 0; w < words; w++)
                        wanted |= strcmp(setup->syncs[i].name, mstc_args_at(cli->args, w)) == 0;
                if (wanted)
                        syncs[count++] = &setup->syncs[i];
        }
        *ret_count = count;
        return MSTC_END_DONE;
}
