/* SPDX-License-Identifier: Apache-2.0
 *
 * probe.c - what this site is, and what we may do there. */
#include "boldbi.h"


/* Two writers that do not know of each other undo each other's work. */
static int
tell_schedule(struct bbi_sink *sink, struct mst_facts *facts, struct mst_error *err)
{
        const struct mst_value *answer = NULL;

        if (sink->config->version == BBI_V4) {
                mst_facts_note(facts, false, "whether Bold BI's own Azure AD schedule is on can be asked with version 5.0 only");
                return MST_OK;
        }
        if (mst_rest_get(sink->rest, &answer, err, "/settings/schedule-synchronization/azure-active-directory") != MST_OK
            && err->code != MST_ENOTFOUND)
                return err->code;
        if (mst_value_find_bool(answer, "EnableSchedule"))
                mst_facts_note(facts, true, "Bold BI's own Azure AD synchronization schedule is on: two writers would undo each "
                               "other's work; switch it off in Settings > User Directories > Azure Active Directory");
        return MST_OK;
}

int
bbi_probe(void *self, struct mst_facts *facts, struct mst_error *err)
{
        struct bbi_sink *sink = self;
        const char *page = sink->config->version == BBI_V4 ? "" : "?page=1&page_size=1";

        mst_rest_begin(sink->rest);
        mst_rest_identity(sink->rest, facts);
        if (mst_rest_get(sink->rest, NULL, err, "/users%s", page) != MST_OK || tell_schedule(sink, facts, err) != MST_OK)
                return err->code;
        if (sink->config->initial_password == BBI_RANDOM && sink->config->password_file == NULL)
                mst_facts_note(facts, false, "new users get a random password that nobody learns: they sign in by your identity "
                               "provider, matched on the e-mail, or set one by \"Forgot password\"; see password-file");
        return MST_OK;
}
