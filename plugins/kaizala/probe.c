/* SPDX-License-Identifier: Apache-2.0
 *
 * probe.c - what `muster check --online` tells. */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kaizala.h"

struct telling {
        struct kzl *k;
        struct mst_facts *facts;
        bool *known;                    /* of each column */
};

static void
tell_attribute(void *self)
{
        struct telling *t = self;
        const char *name = NULL, *type = "";
        bool required = false;
        const struct mst_json_field fields[] = {
                { .name = "name", .text = &name }, { .name = "dataType", .text = &type }, { .name = "isMandatory", .flag = &required },
                { .name = NULL }
        };

        if (!mst_json_fields(t->k->json, t->k->work, fields, sizeof *fields) || name == NULL)
                return;
        for (size_t c = 0; c < t->k->column_count; c++)
                t->known[c] = t->known[c] || strcmp(t->k->columns[c], name) == 0;
        if (strcmp(name, "PhoneNumber") != 0)
                mst_facts_attribute(t->facts, name, strcmp(type, "Integer") == 0 ? MST_INT : strcmp(type, "Boolean") == 0 ? MST_BOOL
                                    : strcmp(type, "DateTime") == 0 ? MST_DATE : MST_TEXT, required ? (uint32_t)MST_ATTR_REQUIRED : 0, 0);
}

/* The portal's attributes: their types, and whether each column is one. */
static int
tell_attributes(struct kzl *k, struct mst_facts *facts, struct mst_error *err)
{
        struct telling t = { k, facts, mst_arena_alloc(k->work, k->column_count * sizeof *t.known) };
        const struct mst_json_field fields[] = { { .name = "attributes", .each = tell_attribute, .self = &t }, { .name = NULL } };

        if (t.known == NULL)
                return mst_fail_memory(err, "reading attributes");
        memset(t.known, 0, k->column_count * sizeof *t.known);
        if (kzl_portal(k, "GET", NULL, 0, err, "/attributes") != MST_OK)
                return mst_wrap(err, "portal-url");
        kzl_read(k, k->reply, fields);
        for (size_t c = 0; c < k->column_count; c++)
                if (!t.known[c])
                        mst_facts_doubt(facts, MST_USER, k->columns[c], "the Directory has no attribute '%s': add it in the portal under "
                                        "Directory > More, or the import is refused", k->columns[c]);
        return MST_OK;
}

static int
tell_directory(struct kzl *k, struct mst_facts *facts, struct mst_error *err)
{
        const struct kzl_config *c = k->config;
        struct stat st;

        if (access(c->outbox, R_OK | W_OK | X_OK) != 0)
                return mst_fail(err, MST_ECONFIG, "the outbox '%s' cannot be written to: make the folder, for the user who runs Muster",
                                c->outbox);
        if (c->portal_url != NULL)
                return tell_attributes(k, facts, err);
        if (kzl_book(k, err) != MST_OK)
                return err->code;
        mst_facts_note(facts, false, "files for the Directory are put into '%s': import them in the portal in the order of their numbers, "
                       "under Directory > Employee > Import Users", c->outbox);
        if (c->export_path == NULL || stat(c->export_path, &st) != 0)
                mst_facts_note(facts, true, "there is no export of the Directory%s%s: who is in it already cannot be seen, and what an "
                               "import did not take cannot be written once more", c->export_path != NULL ? " at " : "",
                               c->export_path != NULL ? c->export_path : " (export-path)");
        if (k->lost > 0)
                mst_facts_note(facts, true, "%zu people are not in the export as files should have brought them in; they are written once "
                               "more with the next change", k->lost);
        return MST_OK;
}

int
kzl_probe(void *self, struct mst_facts *facts, struct mst_error *err)
{
        struct kzl *k = self;
        const char *identity;

        kzl_begin(k);
        if (kzl_groups(k, err) != MST_OK || tell_directory(k, facts, err) != MST_OK)
                return err->code;
        identity = mst_arena_printf(k->work, "kaizala:%s:%s", k->config->http.url, k->config->application_id);
        if (identity == NULL)
                return mst_fail_memory(err, "probing");
        mst_facts_identity(facts, identity);
        mst_facts_can(facts, MST_CAN_USERS | MST_CAN_GROUPS | MST_CAN_UPDATE | MST_CAN_RENAME | MST_CAN_DELETE | MST_CAN_LIST
                      | MST_CAN_FIND | MST_CAN_MEMBERS | MST_CAN_EMPTY_GROUP | MST_CAN_NEST | MST_CAN_PRESENT);
        mst_facts_note(facts, true, "Microsoft ended Kaizala on 31 August 2023: this sink is for endpoints that speak its protocol");
        return MST_OK;
}
