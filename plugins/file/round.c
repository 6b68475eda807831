/* SPDX-License-Identifier: Apache-2.0
 *
 * round.c - reading everything, page by page, and seeing that nothing is new.
 *
 *   begin     each file is opened; which one it is becomes part of the cursor
 *   page      so many rows; first the users, then the groups
 *   go on     in this process where it stopped; in another one the rows that were told are
 *             read over, and a file that is another by now makes the round begin anew
 *   complete  each file to its end, with its proof; the cursor is the hash of their contents
 *   again     from such a cursor: files with the same hash have nothing new; others are a
 *             round of changes that names everybody, for a file does not tell what changed in
 *             it.  When that round is cut off it begins anew (mst_page_all)
 *
 * Cursors:   "1 part PHASE ROWS IDENTITY IDENTITY"   in the middle of a full round
 *            "1 more PHASE ROWS IDENTITY IDENTITY"   in the middle of a round of changes
 *            "1 done HASH HASH"                      a complete one
 * where an identity is device:inode:size:seconds:nanoseconds, and the second is "-" when no
 * groups are read. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ids.h"
#include "source.h"

#define CURSOR_ROOM 512
#define STOP_EVERY 1024u                     /* rows between two looks whether to stop */

struct fil_round {
        struct fil_source *source;
        struct fil_reader *readers[2];       /* users, groups (NULL: none)             */
        struct fil_ids *ids[2];
        int phase;                           /* 0 users, 1 groups                      */
        uint64_t rows;                       /* told of this phase                     */
        bool again;                          /* a round of changes                     */
        char cursor[CURSOR_ROOM];            /* where it stands                        */
        struct fil_hash hash[2];
};

void
fil_round_free(struct fil_round *round)
{
        for (int i = 0; round != NULL && i < 2; i++) {
                fil_reader_close(round->readers[i]);
                fil_ids_free(round->ids[i]);
        }
        free(round);
}

static const struct fil_feed *
feed_of(const struct fil_source *source, int phase)
{
        return phase == 0 ? &source->users : &source->groups;
}

static int
begin(struct fil_source *source, struct fil_round **ret, struct mst_error *err)
{
        struct fil_round *round = calloc(1, sizeof *round);
        int files = fil_reads_groups(source) ? 2 : 1, rc = MST_OK;

        if (round == NULL)
                return mst_fail_memory(err, "reading a file");
        round->source = source;
        for (int i = 0; rc == MST_OK && i < files; i++) {
                rc = fil_reader_open(&round->readers[i], &feed_of(source, i)->layout, err);
                round->ids[i] = rc == MST_OK ? fil_ids_new(source->host, err) : NULL;
                if (rc == MST_OK && round->ids[i] == NULL)
                        rc = err->code;
        }
        if (rc == MST_OK)
                *ret = round;
        else
                fil_round_free(round);
        return rc;
}

/* ---- cursors ---- */

static void
write_identity(const struct fil_reader *reader, char *into, size_t room)
{
        const struct fil_identity *i = reader != NULL ? &fil_reader_input(reader)->identity : NULL;

        if (i == NULL)
                snprintf(into, room, "-");
        else
                snprintf(into, room, "%" PRIu64 ":%" PRIu64 ":%" PRIu64 ":%" PRId64 ":%" PRId64, i->device, i->inode,
                         i->size, i->seconds, i->nanoseconds);
}

static void
write_part(struct fil_round *round)
{
        char one[128], two[128];

        write_identity(round->readers[0], one, sizeof one);
        write_identity(round->readers[1], two, sizeof two);
        snprintf(round->cursor, sizeof round->cursor, "1 %s %d %" PRIu64 " %s %s", round->again ? "more" : "part",
                 round->phase, round->rows, one, two);
}

static void
write_done(const struct fil_hash hash[2], bool groups, char *into, size_t room)
{
        char two[40] = "-";

        if (groups)
                snprintf(two, sizeof two, "%016" PRIx64 "%016" PRIx64, hash[1].high, hash[1].low);
        snprintf(into, room, "1 done %016" PRIx64 "%016" PRIx64 " %s", hash[0].high, hash[0].low, two);
}

/* ---- reading ---- */

/* Rows of the phase under way; MST_END when it is over.  'page' NULL: read over. */
static int
rows(struct fil_round *round, uint64_t count, struct mst_page *page, struct mst_error *err)
{
        struct fil_source *source = round->source;
        const struct fil_feed *feed = feed_of(source, round->phase);
        struct fil_row *row;
        size_t length;
        const char *id;

        for (uint64_t i = 0; i < count; i++) {
                int rc = fil_reader_next(round->readers[round->phase], &row, err);

                if (rc != MST_OK)
                        return rc;
                round->rows++;
                if (round->rows % STOP_EVERY == 0 && mst_host_stopping(source->host))
                        return mst_fail(err, MST_EINTERNAL, "stopped");
                if (page != NULL && fil_row_tell(source, feed, row, round->ids[round->phase], page, err) != MST_OK)
                        return err->code;
                if (page != NULL)
                        continue;
                mst_arena_reset(source->scratch);
                id = fil_row_id(source, feed, row, &length);
                if (id != NULL && fil_ids_note(round->ids[round->phase], id, length, row->line) == UINT64_MAX)
                        return mst_fail_memory(err, "noting ids");
        }
        return MST_OK;
}

static int
next_phase(struct fil_round *round)
{
        round->hash[round->phase] = fil_input_hash(fil_reader_input(round->readers[round->phase]));
        if (round->phase == 1 || round->readers[1] == NULL)
                return MST_END;
        round->phase = 1;
        round->rows = 0;
        return MST_OK;
}

static int
complete(struct fil_round *round, struct mst_page *page, struct mst_error *err)
{
        char cursor[CURSOR_ROOM];

        /* The users' file must still be the one that was read before the groups were. */
        for (int i = 0; i < 2; i++)
                if (round->readers[i] != NULL && fil_input_same(fil_reader_input(round->readers[i]), err) != MST_OK)
                        return err->code;
        write_done(round->hash, round->readers[1] != NULL, cursor, sizeof cursor);
        return mst_page_complete(page, cursor, err);
}

static int
read_page(struct fil_round *round, struct mst_page *page, struct mst_error *err)
{
        uint64_t most = (uint64_t)round->source->config->page_size;
        int rc = rows(round, most, page, err);

        if (rc == MST_END && next_phase(round) == MST_END)
                return complete(round, page, err);
        if (rc != MST_OK && rc != MST_END)
                return rc;
        for (int i = 0; i < 2; i++)
                if (round->readers[i] != NULL && fil_input_same(fil_reader_input(round->readers[i]), err) != MST_OK)
                        return err->code;
        write_part(round);
        return mst_page_more(page, round->cursor, err);
}

/* The round names everybody; and a group's members are all that it has. */
static int
name_all(struct fil_round *round, struct mst_page *page, struct mst_error *err)
{
        int rc = mst_page_all(page, MST_USER);

        if (rc == MST_OK && round->readers[1] != NULL)
                rc = mst_page_all(page, MST_GROUP);
        return rc == MST_OK ? MST_OK : mst_fail_memory(err, "reading a file");
}

/* ---- going on in another process ---- */

static int
go_on(struct fil_source *source, const char *cursor, struct fil_round **ret, struct mst_error *err)
{
        struct fil_round *round;
        uint64_t told;
        int phase, rc;

        if (strncmp(cursor, "1 more ", 7) == 0)
                return mst_fail(err, MST_EEXPIRED, "the reading of '%s' was cut off: it begins anew",
                                source->config->path);
        if (sscanf(cursor, "1 part %d %" SCNu64, &phase, &told) != 2 || phase < 0 || phase > 1)
                return mst_fail(err, MST_EEXPIRED, "the place marker is not one of this connector");
        rc = begin(source, &round, err);
        if (rc != MST_OK)
                return rc;
        round->phase = phase;
        round->rows = told;
        write_part(round);
        if (strcmp(round->cursor, cursor) != 0) {
                fil_round_free(round);
                return mst_fail(err, MST_EEXPIRED, "the file '%s' is not the one any more in whose middle the reading "
                                "was cut off: it is read from its start", source->config->path);
        }
        round->phase = 0;
        round->rows = 0;
        if (phase == 1) {
                rc = rows(round, UINT64_MAX, NULL, err);
                if (rc == MST_END && next_phase(round) == MST_OK)
                        rc = MST_OK;
        }
        if (rc == MST_OK)
                rc = rows(round, told, NULL, err);
        if (rc == MST_END)
                rc = mst_fail(err, MST_EEXPIRED, "the file '%s' has fewer rows than were read before: it is read from "
                              "its start", source->config->path);
        if (rc == MST_OK)
                *ret = round;
        else
                fil_round_free(round);
        return rc;
}

/* ---- nothing new? ---- */

static int
hash_of(const struct fil_source *source, const char *path, struct fil_hash *ret, struct mst_error *err)
{
        struct fil_input in;
        uint64_t lines = 0;
        int rc = fil_input_open(&in, path, err), c;

        if (rc != MST_OK)
                return rc;
        while (rc == MST_OK && (c = fil_input_get(&in)) != FIL_END)
                if (c == '\n' && ++lines % STOP_EVERY == 0 && mst_host_stopping(source->host))
                        rc = mst_fail(err, MST_EINTERNAL, "stopped");
        if (rc == MST_OK && in.failed != 0)
                rc = fil_input_fail(&in, err);
        if (rc == MST_OK)
                rc = fil_input_same(&in, err);
        *ret = fil_input_hash(&in);
        fil_input_close(&in);
        return rc;
}

/* MST_OK: the page is complete; MST_END: the files are to be read. */
static int
compare(const struct fil_source *source, const char *cursor, struct mst_page *page, struct mst_error *err)
{
        struct fil_hash hash[2] = { { 0 } };
        bool groups = fil_reads_groups(source);
        char now[CURSOR_ROOM];

        if (hash_of(source, source->config->path, &hash[0], err) != MST_OK
            || (groups && hash_of(source, source->config->groups_path, &hash[1], err) != MST_OK))
                return err->code;
        write_done(hash, groups, now, sizeof now);
        if (strcmp(now, cursor) == 0)
                return mst_page_complete(page, cursor, err);
        return MST_END;
}

int
fil_source_read(void *self, const char *cursor, struct mst_page *page, struct mst_error *err)
{
        struct fil_source *source = self;
        struct fil_round *round = source->round;
        bool again = cursor != NULL && strncmp(cursor, "1 done ", 7) == 0;
        int rc;

        if (again && (rc = compare(source, cursor, page, err)) != MST_END)
                return rc;
        if (cursor == NULL || again || round == NULL || strcmp(round->cursor, cursor) != 0) {
                fil_round_free(round);
                source->round = round = NULL;
                rc = cursor == NULL || again ? begin(source, &round, err) : go_on(source, cursor, &round, err);
                if (rc != MST_OK)
                        return rc;
                source->round = round;
                round->again = again;
        }
        rc = again ? name_all(round, page, err) : MST_OK;
        if (rc == MST_OK)
                rc = read_page(round, page, err);
        if (rc != MST_OK || strcmp(round->cursor, cursor != NULL ? cursor : "") == 0) {
                fil_round_free(round);
                source->round = NULL;
        }
        return rc;
}
