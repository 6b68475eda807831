/* fresh.c - is what <freshness> asks for the case? */
#include "build.h"

#include "cli/fresh.h"

#include <string.h>

static const struct mstc_meter_sync *
sync_of(const struct mstc_view_meters *meters, const char *name)
{
        for (size_t i = 0; i < meters->sync_count; i++)
                if (strcmp(meters->syncs[i].name, name) == 0)
                        return &meters->syncs[i];
        return NULL;
}

static int64_t
success_of(const struct mstc_view_meters *meters, const char *sync, const char *name)
{
        for (size_t i = 0; i < meters->target_count; i++)
                if (strcmp(meters->targets[i].sync, sync) == 0 && strcmp(meters->targets[i].name, name) == 0)
                        return meters->targets[i].succeeded;
        return 0;
}

static struct mstc_fresh
judge(const struct mstc_view_meters *meters, const char *sync, const char *target, int64_t within, int64_t now)
{
        const struct mstc_meter_sync *row = sync_of(meters, sync);
        struct mstc_fresh fresh = { .sync = sync, .target = target, .within_ms = within };

        if (row == NULL)
                return fresh;
        fresh.succeeded = target == NULL ? row->succeeded : success_of(meters, sync, target);
        fresh.since = fresh.succeeded != 0 ? fresh.succeeded : row->first;
        fresh.missed = fresh.since != 0 && now - fresh.since > within;
        return fresh;
}

struct mstc_fresh *
mstc_fresh_list(const struct mstc_config *config, const struct mstc_view_meters *meters, int64_t now,
                struct mst_arena *arena, size_t *count)
{
        struct mstc_fresh *list;
        size_t most = 0;

        *count = 0;
        for (size_t i = 0; i < config->sync_count; i++)
                most += 1 + config->syncs[i].target_count;
        list = mst_arena_alloc(arena, (most + 1) * sizeof *list);
        for (size_t i = 0; list != NULL && i < config->sync_count; i++) {
                const struct mstc_config_sync *sync = &config->syncs[i];

                if (sync->fresh_ms != 0)
                        list[(*count)++] = judge(meters, sync->name, NULL, sync->fresh_ms, now);
                for (size_t k = 0; k < sync->target_count; k++)
                        if (sync->targets[k].fresh_ms != 0)
                                list[(*count)++] = judge(meters, sync->name, sync->targets[k].name, sync->targets[k].fresh_ms, now);
        }
        return list;
}
