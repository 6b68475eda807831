/* told.c - see told.h. */
#include "build.h"

#include "store/told.h"

#include "store/sql.h"
#include "util/alloc.h"
#include "util/buffer.h"

struct difference {
        struct mst_record *was;
        bool failed;
};

static bool
keep_old(void *self, const char *name, const struct mst_value *before, const struct mst_value *after)
{
        struct difference *d = self;
        struct mst_value null = mstc_value_null();

        (void)after;
        d->failed |= !mstc_record_share(d->was, name, before != NULL ? before : &null);
        return !d->failed;
}

int
mstc_told_note(struct mstc_store *store, const struct mstc_fold *fold, const struct mstc_known *known,
               const struct mst_record *before, const struct mst_record *after, int gone, struct mst_error *err)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer flat = { 0 };
        struct difference d = { 0 };

        /* Whoever is born in a round that is not complete does not exist yet. */
        if (before == NULL || (fold->full && known->born == fold->generation))
                return MST_OK;
        if (after != NULL) {
                d.was = mstc_record_values(fold->arena, before->kind);
                if (d.was != NULL)
                        mstc_record_compare(before, after, keep_old, &d);
                if (d.was == NULL || d.failed)
                        return mst_fail_memory(err, "keeping what the source said before");
                if (known->gone == 0 && d.was->count == 0)
                        return MST_OK;
                mstc_record_flat(d.was, &flat);
        }
        if (!mstc_buffer_ok(&flat))
                return mst_fail_memory(err, "keeping what the source said before");
        return mstc_sql_run(store, err, "INSERT INTO told(entry, run, at, gone, before, was_gone, was) "
                            "SELECT number, ?2, ?3, ?4, run, gone, ?5 FROM entry WHERE number=?1", "iiiib", known->number,
                            fold->run, mstc_now_ms(), (int64_t)gone, after != NULL ? (const void *)flat.bytes : NULL,
                            flat.length);
}
