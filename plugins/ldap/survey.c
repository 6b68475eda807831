/* SPDX-License-Identifier: Apache-2.0
 *
 * survey.c - what this directory is and what can be read there: the probe of the source.
 *
 * Reading is proven by reading: the bases, the first pages of a listing, the way in which changes
 * will be found. */
#include <string.h>

#include "dn.h"
#include "gss.h"
#include "result.h"
#include "round.h"
#include "schema.h"

#define TRIAL 2001                               /* entries: one more than the usual limits */

struct survey {
        struct ldp_source *source;
        struct mst_facts *facts;
        struct mst_arena *arena;
        struct ldp_round trial;
};

static int
no_memory(struct mst_error *err)
{
        return mst_fail_memory(err, "probing the directory");
}

/* The id of an entry, NULL: not shown. */
static int
read_id(struct survey *s, const char *dn, const char **ret, struct ldp_result *result, struct mst_error *err)
{
        struct ldp_source *source = s->source;
        char *wanted[] = { (char *)source->id_attribute, NULL };
        struct berval value = { 0 };
        char id[LDP_UUID_ROOM];

        *ret = NULL;
        if (ldp_source_entry(source, &source->reader, dn, "(objectClass=*)", NULL, wanted, s->arena, &value, result,
                             err) != MST_OK)
                return err->code;
        if (value.bv_val == NULL || !ldp_uuid_read(source->form, &value, id))
                return MST_OK;
        *ret = mst_arena_strdup(s->arena, id);
        return *ret != NULL ? MST_OK : no_memory(err);
}

static int
check_base(struct survey *s, const char *option, const char *base, const char **id, struct mst_error *err)
{
        struct ldp_result result;

        *id = NULL;
        if (base == NULL)
                return MST_OK;
        if (read_id(s, base, id, &result, err) != MST_OK)
                return err->code;
        if (result.rc == LDAP_NO_SUCH_OBJECT)
                return mst_fail(err, MST_ECONFIG, "%s '%s' does not exist, or we may not see it: correct the option, or "
                                "grant our login the right to read it", option, base);
        if (result.rc == LDAP_REFERRAL)
                return mst_fail(err, MST_ECONFIG, "%s '%s' lies on another server (%s): name that one as uri", option,
                                base, result.text);
        if (ldp_result_is_fatal(result.rc))
                return ldp_result_fatal(s->source->reader.uri.host, &result, err);
        if (result.rc != LDAP_SUCCESS)
                return mst_fail(err, MST_EPERM, "%s '%s' cannot be read: %s", option, base, result.text);
        if (*id == NULL)
                return mst_fail(err, MST_EPERM, "%s '%s' shows us no %s: grant our login the right to read it, also where "
                                "it is an operational attribute", option, base, s->source->id_attribute);
        return MST_OK;
}

static int
identify(struct survey *s, struct mst_error *err)
{
        const struct ldp_source *source = s->source;
        const char *suffix = NULL, *users, *groups, *identity;
        struct ldp_result result;

        if (check_base(s, "user-base", source->users.base, &users, err) != MST_OK ||
            check_base(s, "group-base", source->config->group_base, &groups, err) != MST_OK ||
            read_id(s, source->users.context, &suffix, &result, err) != MST_OK)
                return err->code;
        identity = mst_arena_printf(s->arena, "ldap %s users %s %s", suffix != NULL ? suffix : users, users,
                                    source->users.base_normal);
        if (identity != NULL && groups != NULL)
                identity = mst_arena_printf(s->arena, "%s groups %s", identity, groups);
        if (identity == NULL)
                return no_memory(err);
        mst_facts_identity(s->facts, identity);
        return MST_OK;
}

/* ---- what changes are found by ------------------------------------------------------------------ */

/* One entry by content synchronization: whether it is offered just here. */
static int
try_sync(struct survey *s, struct ldp_result *result, struct mst_error *err)
{
        struct ldp_source *source = s->source;
        char *wanted[] = { (char *)source->id_attribute, NULL };
        const struct berval none = { 0 };
        LDAPControl *controls[2] = { ldp_listen_control(&none), NULL };
        struct berval value;
        int rc;

        if (controls[0] == NULL)
                return no_memory(err);
        rc = ldp_source_entry(source, &source->reader, source->users.base, "(objectClass=*)", controls, wanted, s->arena,
                              &value, result, err);
        ldap_control_free(controls[0]);
        return rc;
}

static int
survey_sync(struct survey *s, struct mst_error *err)
{
        struct ldp_result result;

        if (try_sync(s, &result, err) != MST_OK)
                return err->code;
        if (result.rc == LDAP_SUCCESS) {
                mst_facts_note(s->facts, false, "changes are found by content synchronization (RFC 4533)");
                if (s->source->family == LDP_FAMILY_389)
                        mst_facts_note(s->facts, true, "389 Directory Server tells of changes only when its Retro Changelog "
                                       "plugin has nsslapd-attribute: nsuniqueid:targetUniqueId, and does not say "
                                       "whether it has: make sure of it");
                return MST_OK;
        }
        if (s->source->config->changes == LDP_BY_SYNC)
                return mst_fail(err, MST_ECONFIG, "'%s' cannot be read by content synchronization: %s: set it up at the "
                                "server, or set changes to auto", s->source->users.base, result.text);
        s->trial.mode = LDP_BY_TIME;
        mst_facts_note(s->facts, true, "the server offers content synchronization, but not for '%s' (%s): changes are "
                       "found by modifyTimestamp", s->source->users.base, result.text);
        return MST_OK;
}

static int
survey_ad(struct survey *s, struct mst_error *err)
{
        struct ldp_source *source = s->source;
        char *wanted[] = { (char *)"objectClass", NULL };
        LDAPControl *controls[2] = { NULL, NULL };
        struct ldp_result result;
        struct berval value;
        const char *deleted;
        int rc;

        if (ldp_ad_begin(&s->trial, err) != MST_OK)
                return err->code;
        mst_facts_note(s->facts, false, "changes are found by %s", s->trial.mode == LDP_BY_DIRSYNC ? "DirSync" : "uSNChanged");
        deleted = mst_arena_printf(s->arena, "CN=Deleted Objects,%s", source->domain);
        if (deleted == NULL || ldap_control_create(LDAP_CONTROL_X_SHOW_DELETED, 1, NULL, 0, &controls[0]) != LDAP_SUCCESS)
                return no_memory(err);
        rc = ldp_source_entry(source, &source->reader, deleted, "(objectClass=*)", controls, wanted, s->arena, &value,
                              &result, err);
        ldap_control_free(controls[0]);
        /* Samba shows the name also to those to whom it shows nothing below it */
        if (rc == MST_OK && (result.rc != LDAP_SUCCESS || value.bv_val == NULL))
                mst_facts_note(s->facts, true, "we may not read '%s'%s%s%s: who is deleted is noticed only when everybody "
                               "is read (full-every)", deleted, result.rc != LDAP_SUCCESS ? " (" : "", result.text,
                               result.rc != LDAP_SUCCESS ? ")" : "");
        return rc;
}

static int
survey_changes(struct survey *s, struct mst_error *err)
{
        s->trial.mode = ldp_round_choose(s->source);
        if (s->trial.mode == LDP_BY_SYNC && survey_sync(s, err) != MST_OK)
                return err->code;
        if ((s->trial.mode == LDP_BY_DIRSYNC || s->trial.mode == LDP_BY_USN) && survey_ad(s, err) != MST_OK)
                return err->code;
        if (s->trial.mode == LDP_BY_TIME)
                mst_facts_note(s->facts, false, "changes are found by modifyTimestamp; who is deleted is noticed when "
                               "everybody is read, every %lld minutes (full-every)",
                               (long long)(s->source->config->full_every / 60000));
        if (s->trial.mode == LDP_BY_TIME && s->source->config->full_every == 0)
                mst_facts_note(s->facts, true, "full-every is 0s: it is never noticed who is deleted");
        if (s->trial.mode == LDP_BY_NONE)
                mst_facts_note(s->facts, false, "everybody is read each time");
        return MST_OK;
}

/* ---- a trial of reading ------------------------------------------------------------------------------ */

/* The first pages of a listing of ids, as reading will ask for them: shows a limit that is met soon. */
static int
try_listing(struct survey *s, const struct ldp_shelf *shelf, struct mst_error *err)
{
        char *wanted[] = { (char *)s->source->id_attribute, NULL };
        struct ldp_pass pass = { .task = LDP_COUNT, .shelf = shelf, .base = shelf->base, .filter = shelf->filter,
                                 .scope = shelf->scope, .attributes = wanted };
        int rc;

        if (shelf->base == NULL)
                return MST_OK;
        rc = ldp_dir_ready(&s->source->reader, err);     /* the trial before may have ended it */
        while (rc == MST_OK && pass.entries < TRIAL && !pass.ended) {
                s->trial.told = 0;
                rc = ldp_pass_run(&s->trial, &pass, NULL, err);
        }
        ldp_pass_done(&pass);
        if (pass.msgid != 0)
                ldp_conn_close(&s->source->reader);      /* the rest is still on its way */
        if (rc == MST_OK && pass.entries == 0)
                mst_facts_note(s->facts, true, "nothing below '%s' matches %s", shelf->base, shelf->filter);
        return rc;
}

/* ---- attributes ----------------------------------------------------------------------------------------- */

static void
tell_attributes(struct survey *s, const struct ldp_shelf *shelf)
{
        const struct ldp_source *source = s->source;
        uint32_t group = shelf->kind == MST_GROUP ? (uint32_t)MST_ATTR_GROUP : 0;

        for (size_t i = 0; i < shelf->columns.count; i++) {
                const struct ldp_column *column = &shelf->columns.list[i];
                const char *from = column->from != NULL ? column->from[0] : NULL;

                if (column->how == LDP_FROM_ATTRIBUTES && from == NULL)
                        mst_facts_note(s->facts, true, "the directory's schema has no attribute for '%s%s': it never has a "
                                       "value; see translate", group != 0 ? "group." : "", column->name);
                if (column->how == LDP_FROM_ATTRIBUTES && from != NULL && column->type == MST_NULL)
                        mst_facts_attribute(s->facts, column->name,
                                            ldp_column_type(column, from, source->config, source->dir.schema),
                                            MST_ATTR_MANY | group, 0);
        }
}

static int
survey(struct survey *s, struct mst_error *err)
{
        struct ldp_source *source = s->source;
        uint32_t can = MST_CAN_USERS | MST_CAN_FETCH;

        s->arena = mst_arena_new(0);
        ldp_round_drop(source);
        if (s->arena == NULL)
                return no_memory(err);
        if (ldp_source_plan(source, err) != MST_OK || identify(s, err) != MST_OK)
                return err->code;
        s->trial = (struct ldp_round){ .source = source, .arena = s->arena };
        if (!ldp_batch_open(&s->trial.batch, source, &source->reader))
                return no_memory(err);
        if (survey_changes(s, err) != MST_OK || try_listing(s, &source->users, err) != MST_OK ||
            try_listing(s, &source->groups, err) != MST_OK)
                return err->code;
        if (source->config->group_base != NULL)
                can |= MST_CAN_GROUPS;
        if (s->trial.mode != LDP_BY_NONE)
                can |= MST_CAN_INCREMENTAL;
        mst_facts_can(s->facts, can);
        for (const struct mst_attribute *a = ldp_reading_attributes; a->name != NULL; a++)
                mst_facts_attribute(s->facts, a->name, (enum mst_type)a->type, a->flags, a->longest);
        tell_attributes(s, &source->users);
        tell_attributes(s, &source->groups);
        if (!source->dir.server.paging)
                mst_facts_note(s->facts, true, "the server offers no paged results: more entries than its size limit "
                               "cannot be read");
        if (source->reader.uri.scheme == LDP_LDAP && !source->config->access.start_tls &&
            !ldp_gss_seals(source->reader.gss))
                mst_facts_note(s->facts, false, "the connection is not encrypted; it does not leave this machine");
        return MST_OK;
}

int
ldp_source_probe(void *self, struct mst_facts *facts, struct mst_error *err)
{
        struct survey s = { .source = self, .facts = facts };
        int rc = survey(&s, err);

        ldp_batch_close(&s.trial.batch);
        mst_arena_free(s.arena);
        return rc;
}
