/* launch.c - the engine, for commands that do something, and the end of it. */
#include "build.h"

#include "cli/launch.h"

#include <string.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "cli/caller.h"
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

/* Shows that one waits, to somebody who sees it. */
static void
on_lent(void *self, const struct mst_value *news)
{
        struct mstc_call *call = self;

        call->enough = mst_value_find_bool(news, "yours");
        if (!call->enough && isatty(STDERR_FILENO) && mst_value_find_bool(news, "waits"))
                fputs("muster: waits for the end of the service's run\n", stderr);
}

/* Between two runs of the service, which begins no other until mstc_launch_end(). */
static int
borrow(struct mstc_cli *cli, struct mstc_workplace *place)
{
        struct mstc_call *call = mst_arena_alloc(cli->arena, sizeof *call);
        struct mst_error err = { 0 };
        int code;

        if (call == NULL) {
                mst_fail_memory(&err, "asking the service");
                return mstc_cli_fail(cli, &err);
        }
        *call = (struct mstc_call){ .fd = -1, .news = on_lent, .self = call };
        place->lent = call;
        code = mstc_call_join(call, cli, place, "lend");
        return code == MSTC_END_DONE && mstc_call_is_served(call) ? mstc_call_ask(call) : code;
}

int
mstc_launch(struct mstc_cli *cli, struct mstc_workplace *place, const struct mstc_watch *watch)
{
        static const struct mstc_watch nobody;
        struct mst_error err = { 0 };
        int code = mstc_workplace_setup(cli, place, false);

        if (code == MSTC_END_DONE)
                code = mstc_launch_signals(cli, place);
        if (code == MSTC_END_DONE)
                code = borrow(cli, place);
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
        if (place->lent != NULL)
                mstc_call_end(place->lent);
        place->lent = NULL;
        mstc_halt_end();
        mstc_workplace_close(place);
}

int
mstc_unknown_sync(struct mstc_cli *cli, const struct mstc_config *config, const char *name)
{
        const char **names = mst_arena_alloc(cli->arena, (config->sync_count + 1) * sizeof *names);
        const char *near;

        for (size_t i = 0; names != NULL && i < config->sync_count; i++)
                names[i] = config->syncs[i].name;
        near = names != NULL ? mstc_near(name, names, config->sync_count) : NULL;
        if (near != NULL)
                return mstc_cli_misused(cli, "there is no sync '%s'; did you mean '%s'?", name, near);
        return mstc_cli_misused(cli, "there is no sync '%s' in %s", name, config->file);
}

bool
mstc_config_has_sync(const struct mstc_config *config, const char *name)
{
        for (size_t i = 0; i < config->sync_count; i++)
                if (strcmp(config->syncs[i].name, name) == 0)
                        return true;
        return false;
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
                        return mstc_unknown_sync(cli, setup->config, mstc_args_at(cli->args, w));
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
