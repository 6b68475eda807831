/* SPDX-License-Identifier: Apache-2.0
 *
 * directory.c - the Directory: as far as it is known, and the files that change it.
 *
 *   import-000001.csv     people to add or change     (layout: protocol sheet, 9.3 [C])
 *   removals-000002.csv   people to take out
 *
 * An admin imports them in the order of their numbers, or the portal door takes them at once
 * and says what became of each row.  Who leaves the Directory leaves the groups first. */
#include <inttypes.h>
#include <string.h>

#include "kaizala.h"

enum { POLL_MS = 1000, POLL_MOST_MS = 900000 };

int
kzl_phone(const struct kzl *k, const struct mst_value *value, char into[MST_PHONE_SIZE], struct mst_error *err)
{
        const char *text = mst_value_text(mst_value_at(value, 0), NULL);

        if (text[0] == '\0')
                return mst_fail(err, MST_EREFUSED, "there is no phone number, and Kaizala knows people by nothing else");
        return mst_phone(text, k->config->default_country, into, err);
}

static int
key(void *self, const struct mst_op *op, char into[MST_ROSTER_KEY], struct mst_error *err)
{
        return kzl_phone(self, mst_op_wanted(op, "PhoneNumber"), into, err);
}

/* The portal knows who is there; else the admin's export, and the files. */
int
kzl_directory(struct kzl *k, struct mst_error *err)
{
        const struct kzl_config *c = k->config;
        size_t size;
        char *csv;
        int code;

        if (k->roster != NULL)
                return MST_OK;
        k->roster = mst_roster_new(&k->layout, k->host);
        if (k->roster == NULL)
                return mst_fail_memory(err, "reading the Directory");
        if (c->portal_url == NULL)
                code = mst_roster_read(k->roster, c->export_path, err);
        else if ((code = mst_rest_load(k->rest, mst_rest_start(k->rest, "GET", "%s/directory", c->portal_url), &csv, &size, err)) == MST_OK
                 && (code = mst_roster_told(k->roster, csv, size, err)) != MST_OK)
                mst_wrap(err, "the portal's export of the Directory");
        if (code != MST_OK) {
                mst_roster_free(k->roster);
                k->roster = NULL;
        }
        return code;
}

/* What the portal says of a file's rows: {"row":3,"phoneNumber":"+...","message":"..."}.  What concerns
 * no row of ours is told of the whole. */
static const char *
take_errors(struct kzl *k, const struct mst_value *errors)
{
        const char *whole = NULL;

        for (size_t i = 0; i < mst_value_count(errors); i++) {
                const char *phone = mst_value_find_text(mst_value_at(errors, i), "phoneNumber");
                const char *message = mst_value_find_text(mst_value_at(errors, i), "message"), *why;

                if (message[0] == '\0')
                        message = "no reason is told";
                why = mst_arena_printf(mst_rest_arena(k->rest), "the portal refuses the row of %s: %s", phone, message);
                if (!mst_roster_refuse(k->roster, phone, why != NULL ? why : message) && whole == NULL)
                        whole = message;
        }
        return whole;
}

static int
upload(void *self, const char *name, uint64_t number, const char *bytes, size_t size, bool *doubt, struct mst_error *err)
{
        struct kzl *k = self;
        const char *network = strcmp(name, k->layout.puts) == 0 ? "network=Employee&" : "";
        const char *url = k->config->portal_url, *status, *whole;
        const struct mst_rest_job job = {
                .job = "job", .status = "status", .busy = "Processing", .every_ms = POLL_MS, .most_ms = POLL_MOST_MS,
                .path = mst_arena_printf(mst_rest_arena(k->rest), "%s/directory/import/%%s", url),
        };
        struct mst_http_request *request = mst_rest_start(k->rest, "POST", "%s/directory/%s?%ssource=entra&name=%s-%06" PRIu64 ".csv",
                                                          url, name, network, name, number);
        const struct mst_value *answer;
        int code;

        mst_http_body(request, "text/csv", bytes, size);
        code = mst_rest_job(k->rest, &job, request, &answer, err);
        *doubt = mst_rest_in_doubt(k->rest);
        if (code != MST_OK)
                return mst_wrap(err, "%s-%06" PRIu64 ".csv", name, number);
        status = mst_value_find_text(answer, "status");
        whole = take_errors(k, mst_value_find(answer, "errors"));
        if (whole == NULL && mst_text_among("Completed Failed", status))
                return MST_OK;
        return mst_fail(err, MST_ECONFIG, "the portal refuses %s-%06" PRIu64 ".csv: %s", name, number, whole != NULL ? whole : status);
}

int
kzl_people_apply(struct kzl *k, struct mst_op **ops, size_t count, struct mst_error *err)
{
        const struct mst_roster_ways ways = {
                .size = sizeof ways, .self = k, .key = key, .carry = k->config->portal_url != NULL ? upload : NULL,
        };

        /* Who leaves the Directory leaves every group; the portal does that by itself. */
        bool sweep = k->config->leavers == KZL_EVERYWHERE && k->config->portal_url == NULL;

        if (kzl_directory(k, err) == MST_OK && (!sweep || kzl_sweep(k, ops, count, err) == MST_OK))
                return mst_roster_apply(k->roster, ops, count, &ways, err);
        for (size_t i = 0; i < count; i++)
                mst_op_settle(ops[i], MST_UNSENT, NULL);
        return err->code;
}
