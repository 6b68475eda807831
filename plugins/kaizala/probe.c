/* SPDX-License-Identifier: Apache-2.0
 *
 * probe.c - what `muster check --online` tells. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kaizala.h"

static void
tell_attribute(struct mst_facts *facts, const struct mst_value *attribute)
{
        const char *name = mst_value_find_text(attribute, "name"), *type = mst_value_find_text(attribute, "dataType");

        if (name[0] != '\0' && strcmp(name, "PhoneNumber") != 0)
                mst_facts_attribute(facts, name, strcmp(type, "Integer") == 0 ? MST_INT : strcmp(type, "Boolean") == 0 ? MST_BOOL
                                    : strcmp(type, "DateTime") == 0 ? MST_DATE : MST_TEXT,
                                    mst_value_find_bool(attribute, "isMandatory") ? (uint32_t)MST_ATTR_REQUIRED : 0, 0);
}

/* The portal's attributes: their types, and whether each column is one. */
static int
tell_attributes(struct kzl *k, struct mst_facts *facts, struct mst_error *err)
{
        const struct mst_value *answer, *all;

        if (mst_rest_get(k->rest, &answer, err, "%s/attributes", k->config->portal_url) != MST_OK)
                return mst_wrap(err, "portal-url");
        all = mst_value_find(answer, "attributes");
        for (size_t i = 0; i < mst_value_count(all); i++)
                tell_attribute(facts, mst_value_at(all, i));
        for (size_t c = 0; c < k->layout.column_count; c++) {
                const char *column = k->layout.columns[c];
                bool known = false;

                for (size_t i = 0; i < mst_value_count(all); i++)
                        known = known || strcmp(mst_value_find_text(mst_value_at(all, i), "name"), column) == 0;
                if (!known)
                        mst_facts_doubt(facts, MST_USER, column, "the Directory has no attribute '%s': add it in the portal under "
                                        "Directory > More, or the import is refused", column);
        }
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
        if (kzl_directory(k, err) != MST_OK)
                return err->code;
        mst_facts_note(facts, false, "files for the Directory are put into '%s': import them in the portal in the order of their numbers, "
                       "under Directory > Employee > Import Users", c->outbox);
        if (c->export_path == NULL || stat(c->export_path, &st) != 0)
                mst_facts_note(facts, true, "there is no export of the Directory%s%s: who is in it already cannot be seen, and what an "
                               "import did not take cannot be written once more", c->export_path != NULL ? " at " : "",
                               c->export_path != NULL ? c->export_path : " (export-path)");
        if (mst_roster_lost(k->roster) > 0)
                mst_facts_note(facts, true, "%zu people are not in the export as files should have brought them in; they are written once "
                               "more with the next change", mst_roster_lost(k->roster));
        return MST_OK;
}

int
kzl_probe(void *self, struct mst_facts *facts, struct mst_error *err)
{
        struct kzl *k = self;
        char identity[1024];

        kzl_begin(k);
        if (kzl_groups(k, err) != MST_OK || tell_directory(k, facts, err) != MST_OK)
                return err->code;
        snprintf(identity, sizeof identity, "kaizala:%s:%s", k->config->http.url, k->config->application_id);
        mst_facts_identity(facts, identity);
        mst_facts_note(facts, true, "Microsoft ended Kaizala on 31 August 2023: this sink is for endpoints that speak its protocol");
        return MST_OK;
}
