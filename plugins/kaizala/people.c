/* SPDX-License-Identifier: Apache-2.0
 *
 * people.c - ops of people upon the book, and then all of them at once into files.
 *
 * A number is a person: one that somebody has already is a duplicate.  Who changes his
 * number comes under the new one and leaves under the old one; who leaves the Directory
 * leaves the groups first. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kaizala.h"

struct errand {
        struct mst_op *op;
        struct kzl_row *row, *old;      /* what it writes; the number that is left     */
        enum mst_outcome outcome;
        struct mst_error why;
};

int
kzl_phone(const struct kzl *k, const struct mst_value *value, char into[MST_PHONE_SIZE], struct mst_error *err)
{
        const char *text = mst_value_text(mst_value_at(value, 0), NULL);

        if (text[0] == '\0')
                return mst_fail(err, MST_EREFUSED, "there is no phone number, and Kaizala knows people by nothing else");
        return mst_phone(text, k->config->default_country, into, err);
}

/* As the portal wants values: Yes and No, instants in UTC. */
static const char *
text_of(struct kzl *k, const struct mst_value *value)
{
        const struct mst_value *v = mst_value_at(value, 0);
        time_t at;
        struct tm tm;
        char date[32];

        switch (v != NULL ? mst_value_type(v) : MST_NULL) {
        case MST_TEXT:
        case MST_REF:
                return mst_arena_strdup(k->work, mst_value_text(v, NULL));
        case MST_BOOL:
                return mst_value_bool(v) ? "Yes" : "No";
        case MST_INT:
                return mst_arena_printf(k->work, "%lld", (long long)mst_value_int(v));
        case MST_REAL:
                return mst_arena_printf(k->work, "%.15g", mst_value_real(v));
        case MST_DATE:
                at = (time_t)((mst_value_date(v) - MST_DATE_UNIX_EPOCH) / MST_DATE_SECOND);
                if (gmtime_r(&at, &tm) == NULL || strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
                        return "";
                return mst_arena_strdup(k->work, date);
        default:
                return "";
        }
}

static const char **
values_of(struct kzl *k, const struct mst_op *op)
{
        const char **values = mst_arena_alloc(k->work, k->column_count * sizeof *values);

        for (size_t c = 0; values != NULL && c < k->column_count; c++)
                if ((values[c] = text_of(k, mst_op_wanted(op, k->columns[c]))) == NULL)
                        return NULL;
        return values;
}

static enum mst_outcome
write(struct kzl *k, struct errand *e)
{
        bool creates = mst_op_verb(e->op) == MST_CREATE, moves;
        const char *object = mst_op_object(e->op), **values;
        char phone[MST_PHONE_SIZE];

        if (kzl_phone(k, mst_op_wanted(e->op, "PhoneNumber"), phone, &e->why) != MST_OK)
                return MST_REFUSED;
        e->row = kzl_row(k, phone, true);
        values = values_of(k, e->op);
        if (e->row == NULL || values == NULL) {
                mst_fail_memory(&e->why, "changing the Directory");
                return MST_RETRY;
        }
        moves = !creates && strcmp(object, phone) != 0;
        if ((creates || moves) && e->row->have != NULL) {
                mst_op_set_object(e->op, phone, phone, NULL);
                mst_fail(&e->why, MST_EREFUSED, "the phone number %s is somebody else's already, and Kaizala knows people by it alone: "
                         "correct one of the two in Entra ID", phone);
                return MST_DUPLICATE;
        }
        if (!creates && !moves && e->row->have == NULL) {
                mst_fail(&e->why, MST_ENOTFOUND, "%s is not in the Directory any more", phone);
                return MST_GONE;
        }
        mst_op_set_object(e->op, phone, phone, NULL);
        if (kzl_row_same(k, e->row->have, values))
                return MST_ALREADY;
        e->row->have = e->row->want = values;
        e->row->pending = KZL_IMPORT;
        if (moves && (e->old = kzl_row(k, object, true)) != NULL && e->old->pending != KZL_IMPORT) {
                e->old->have = e->old->want = NULL;
                e->old->pending = KZL_REMOVE;
        }
        return MST_DONE;
}

/* The removal of a number that somebody else has got in the same batch is none. */
static enum mst_outcome
leave(struct kzl *k, struct errand *e)
{
        e->row = kzl_row(k, mst_op_object(e->op), true);
        if (e->row == NULL) {
                mst_fail_memory(&e->why, "changing the Directory");
                return MST_RETRY;
        }
        if (e->row->have == NULL || e->row->pending == KZL_IMPORT)
                return MST_ALREADY;
        e->row->have = e->row->want = NULL;
        e->row->pending = KZL_REMOVE;
        return MST_DONE;
}

/* Who leaves the Directory leaves every group; the portal does that by itself. */
static int
sweep(struct kzl *k, const struct errand *errands, size_t count, struct mst_error *err)
{
        const char **phones = mst_arena_alloc(k->work, count * sizeof *phones);
        size_t n = 0;

        if (phones == NULL)
                return mst_fail_memory(err, "changing the Directory");
        for (size_t i = 0; i < count; i++)
                if (mst_op_verb(errands[i].op) == MST_DELETE)
                        phones[n++] = mst_op_object(errands[i].op);
        if (n == 0 || k->config->leavers == KZL_MANAGED || k->config->portal_url != NULL)
                return MST_OK;
        return kzl_sweep(k, phones, n, err);
}

static void
settle(struct errand *e, const struct mst_error *trouble, bool in_doubt)
{
        bool written = e->outcome == MST_DONE;
        const char *why = e->row != NULL && e->row->why != NULL ? e->row->why
                          : e->old != NULL && e->old->why != NULL ? e->old->why : NULL;

        if (written && trouble->code != MST_OK) {
                e->why = *trouble;
                e->outcome = in_doubt ? MST_UNKNOWN : MST_RETRY;
        } else if (written && why != NULL) {
                mst_fail(&e->why, MST_EREFUSED, "the portal refuses the row of %s: %s", e->row->phone, why);
                e->outcome = MST_REFUSED;
        }
        mst_op_settle(e->op, e->outcome, e->outcome == MST_DONE || e->outcome == MST_ALREADY ? NULL : &e->why);
}

static int
by_id(const void *a, const void *b)
{
        return strcmp(mst_op_id(*(struct mst_op *const *)a), mst_op_id(*(struct mst_op *const *)b));
}

/* Of two people with one number the first by id has it.  All are settled; an error speaks of
 * the sink as a whole. */
void
kzl_people_apply(struct kzl *k, struct mst_op **ops, size_t count, struct mst_error *err)
{
        struct errand *errands = calloc(count, sizeof *errands);

        if (errands == NULL)
                mst_fail_memory(err, "changing the Directory");
        qsort(ops, count, sizeof(struct mst_op *), by_id);
        for (size_t i = 0; errands != NULL && i < count; i++)
                errands[i].op = ops[i];
        if (errands != NULL && kzl_book(k, err) == MST_OK && sweep(k, errands, count, err) == MST_OK) {
                for (int leaving = 1; leaving >= 0; leaving--)
                        for (size_t i = 0; i < count; i++)
                                if ((mst_op_verb(ops[i]) == MST_DELETE) == (leaving == 1))
                                        errands[i].outcome = leaving ? leave(k, &errands[i]) : write(k, &errands[i]);
                if (k->lost > 0)
                        mst_host_log(k->host, MST_LOG_WARNING, "%zu people are not in the export as older files of the outbox should "
                                     "have brought them in: they are written once more", k->lost);
                kzl_outbox_write(k, err);
                for (size_t i = 0; i < count; i++)
                        settle(&errands[i], err, k->sent);
        } else {
                for (size_t i = 0; i < count; i++)
                        mst_op_settle(ops[i], MST_UNSENT, NULL);
        }
        free(errands);
}
