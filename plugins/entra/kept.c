/* kept.c - rolls that outlive the process.
 *
 * A roll is kept under its name and a generation ("members-7"), before the cursor that names
 * this generation is given out, and is never written again: whichever cursor a later process
 * begins with, what it refers to is there as it was.  Under the bare name stands the list of
 * the generations that are kept; when a round begins, all but its own are forgotten.
 *
 * What is in memory may be ahead of what the engine has taken.  So it is believed only as long
 * as reading goes on from the cursor that was given out last (see read.c). */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "read.h"

enum { KEEP_MOST = 16 * 1024 * 1024, GENERATIONS = 512 };

static const struct {
        const char *name;
        bool numbers;
} rolls[ENTRA_ROLLS] = {
        [ENTRA_MEMBERS] = { "members", false },
        [ENTRA_PICTURES] = { "pictures", true },
        [ENTRA_AWAY] = { "away", false },
        [ENTRA_INNER] = { "inner", false },
};

static const char *
name_of(enum entra_which which, uint64_t generation, char into[40])
{
        snprintf(into, 40, "%s-%" PRIu64, rolls[which].name, generation);
        return into;
}

void
entra_kept_close(struct entra *entra)
{
        for (size_t i = 0; i < ENTRA_ROLLS; i++) {
                entra_roll_free(entra->kept[i].roll);
                entra->kept[i] = (struct entra_keeping){ 0 };
        }
        entra->listing = false;
}

void
entra_kept_replace(struct entra *entra, enum entra_which which, struct entra_roll *roll)
{
        if (entra->kept[which].roll != roll)
                entra_roll_free(entra->kept[which].roll);
        entra->kept[which].roll = roll;
        entra->kept[which].touched = true;
}

void
entra_kept_touch(struct entra *entra, enum entra_which which)
{
        entra->kept[which].touched = true;
}

int
entra_kept_open(struct entra *entra, enum entra_which which, uint64_t generation,
                struct entra_roll **ret, struct mst_error *err)
{
        struct entra_keeping *keeping = &entra->kept[which];
        const void *bytes;
        size_t size;
        char name[40];

        if (keeping->roll != NULL && (keeping->generation == generation || keeping->touched)) {
                *ret = keeping->roll;
                return MST_OK;
        }
        if (generation == 0) {
                *ret = entra_roll_new();
        } else {
                bytes = mst_host_kept(entra->host, name_of(which, generation, name), entra->scratch, &size);
                if (bytes == NULL)
                        return mst_fail(err, MST_ENOTFOUND, "'%s' is not kept any more", name);
                *ret = entra_roll_unpack(bytes, size);
        }
        if (*ret == NULL)
                return mst_fail_memory(err, "reading what was kept");
        entra_kept_replace(entra, which, *ret);
        keeping->generation = generation;
        keeping->touched = false;
        return MST_OK;
}

/* The generations that are kept, as eight bytes each. */
static size_t
generations(struct entra *entra, enum entra_which which, uint64_t into[GENERATIONS])
{
        size_t size = 0, count;
        const void *bytes = mst_host_kept(entra->host, rolls[which].name, entra->scratch, &size);

        count = size / sizeof *into < GENERATIONS ? size / sizeof *into : GENERATIONS;
        if (bytes == NULL)
                return 0;
        memcpy(into, bytes, count * sizeof *into);
        return count;
}

int
entra_kept_save(struct entra *entra, enum entra_which which, uint64_t *generation, struct mst_error *err)
{
        struct entra_keeping *keeping = &entra->kept[which];
        uint64_t list[GENERATIONS + 1], next = 1;
        size_t count, size;
        char name[40], *bytes;

        if (keeping->roll == NULL || !keeping->touched)
                return MST_OK;
        bytes = entra_roll_pack(keeping->roll, rolls[which].numbers, entra->scratch, &size);
        if (bytes == NULL)
                return mst_fail_memory(err, "keeping ids for the next run");
        if (size > KEEP_MOST)
                return mst_fail(err, MST_EREFUSED, "%zu ids of '%s' are too many to be kept for the next run",
                                entra_roll_count(keeping->roll), rolls[which].name);
        count = generations(entra, which, list);
        for (size_t i = 0; i < count; i++)
                next = list[i] >= next ? list[i] + 1 : next;
        /* So many in one round: the oldest can belong to no cursor that is still in use. */
        if (count == GENERATIONS) {
                mst_host_keep(entra->host, name_of(which, list[0], name), NULL, 0, err);
                memmove(list, list + 1, --count * sizeof *list);
        }
        list[count++] = next;
        if (mst_host_keep(entra->host, rolls[which].name, list, count * sizeof *list, err) != MST_OK
            || mst_host_keep(entra->host, name_of(which, next, name), bytes, size, err) != MST_OK)
                return mst_wrap(err, "keeping ids for the next run");
        keeping->generation = *generation = next;
        keeping->touched = false;
        return MST_OK;
}

void
entra_kept_forget(struct entra *entra, enum entra_which which, uint64_t generation)
{
        uint64_t list[GENERATIONS], left[1] = { generation };
        size_t count = generations(entra, which, list);
        struct mst_error ignored = { 0 };
        bool found = false;
        char name[40];

        if (count == 0 || (count == 1 && list[0] == generation))
                return;
        for (size_t i = 0; i < count; i++)
                if (list[i] == generation)
                        found = true;
                else if (mst_host_keep(entra->host, name_of(which, list[i], name), NULL, 0, &ignored) != MST_OK)
                        return;
        mst_host_keep(entra->host, rolls[which].name, left, found ? sizeof left : 0, &ignored);
}
