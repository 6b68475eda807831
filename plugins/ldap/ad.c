/* SPDX-License-Identifier: Apache-2.0
 *
 * ad.c - Active Directory's ways of telling what has changed.
 *
 *   uSNChanged   each domain controller numbers what it writes, also what it gets from others; the
 *                numbers of one mean nothing to another, so the mark names whose they are
 *   DirSync      the domain controller says what has changed since a cookie.  An entry of it holds
 *                only what has changed, and none comes for who left the filter; so it is taken
 *                as a notice, and each object is looked up by its id.
 *
 * What is deleted leaves its remains below CN=Deleted Objects.  uSNChanged and DirSync show them
 * to who may read there; Samba's DirSync shows them to nobody but administrators. */
#include "round.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "result.h"

#define EVERYTHING 0                             /* as many attributes as it likes */

static int
no_memory(struct mst_error *err)
{
        return mst_fail_memory(err, "asking the domain controller");
}

/* ---- uSNChanged ------------------------------------------------------------------------------ */

static int
read_server(struct ldp_round *round, struct mst_error *err)
{
        struct ldp_source *source = round->source;
        char *wanted[] = { (char *)"invocationId", NULL };
        struct berval value = { 0 };
        struct ldp_result result;

        if (source->dsa == NULL)
                return mst_fail(err, MST_EREFUSED, "%s does not say which domain controller it is (dsServiceName)",
                                source->reader.uri.host);
        if (ldp_source_entry(source, &source->reader, source->dsa, "(objectClass=*)", NULL, wanted, round->arena,
                             &value, &result, err) != MST_OK)
                return err->code;
        if (!ldp_uuid_from_bytes(LDP_FORM_GUID, value.bv_val, value.bv_len, round->next.server))
                return mst_fail(err, MST_EPERM, "we may not read invocationId of '%s', which tells domain controllers "
                                "apart: grant it, or set changes to dirsync or none", source->dsa);
        return MST_OK;
}

static int
begin_usn(struct ldp_round *round, struct mst_error *err)
{
        struct ldp_source *source = round->source;
        char *wanted[] = { (char *)"highestCommittedUSN", NULL }, *end;
        struct berval value = { 0 };
        struct ldp_result result;

        if (ldp_source_entry(source, &source->reader, "", "(objectClass=*)", NULL, wanted, round->arena, &value, &result,
                             err) != MST_OK || read_server(round, err) != MST_OK)
                return err->code;
        if (value.bv_val == NULL)
                return mst_fail(err, MST_EREFUSED, "%s does not tell its highestCommittedUSN", source->reader.uri.host);
        round->next.usn = strtoull(value.bv_val, &end, 10);
        if (*end != '\0' || end == value.bv_val)
                return mst_fail(err, MST_EREFUSED, "%s tells a highestCommittedUSN that is no number",
                                source->reader.uri.host);
        if (!round->changes)
                return MST_OK;
        if (strcmp(round->from.server, round->next.server) != 0)
                return mst_fail(err, MST_EEXPIRED, "%s is another domain controller than the one that was read before, or "
                                "was restored: its numbers mean something else, so everybody has to be read again",
                                source->reader.uri.host);
        if (round->next.usn < round->from.usn)
                return mst_fail(err, MST_EEXPIRED, "%s has gone back in time (its highest USN is %llu, and was %llu): "
                                "everybody has to be read again", source->reader.uri.host, round->next.usn,
                                round->from.usn);
        return MST_OK;
}

/* ---- DirSync ----------------------------------------------------------------------------------- */

LDAPControl *
ldp_ad_dirsync(const struct ldp_source *source, const struct berval *cookie)
{
        LDAPControl *control = NULL;
        struct berval copy = *cookie;

        if (copy.bv_val == NULL)
                copy.bv_val = (char *)"";
        if (ldap_create_dirsync_control(source->reader.ld, (int)source->dirsync_flags, EVERYTHING, &copy,
                                        &control) != LDAP_SUCCESS)
                return NULL;
        return control;
}

static int
take_cookie(struct ldp_round *round, LDAPMessage *message, bool *more, struct mst_error *err)
{
        LDAP *ld = round->source->reader.ld;
        LDAPControl **controls = NULL, *control;
        struct berval cookie = { 0 };
        int goes_on = 0;
        char *copy = NULL;
        bool ok;

        if (ldap_parse_result(ld, message, NULL, NULL, NULL, NULL, &controls, 0) != LDAP_SUCCESS)
                return mst_fail(err, MST_ENET, "the server sent an answer that cannot be read");
        control = ldp_result_control(controls, LDAP_CONTROL_X_DIRSYNC);
        ok = control != NULL && ldap_parse_dirsync_control(ld, control, &goes_on, &cookie) == LDAP_SUCCESS &&
             cookie.bv_len > 0;
        if (ok)
                copy = mst_arena_memdup(round->arena, cookie.bv_val, cookie.bv_len);
        round->next.cookies[0] = (struct berval){ .bv_val = copy, .bv_len = copy != NULL ? cookie.bv_len : 0 };
        ber_memfree(cookie.bv_val);
        ldap_controls_free(controls);
        *more = goes_on != 0;
        if (!ok)
                return mst_fail(err, MST_EREFUSED, "the server ended DirSync without saying where it stands");
        return copy != NULL ? MST_OK : no_memory(err);
}

int
ldp_ad_end(struct ldp_round *round, struct ldp_pass *pass, LDAPMessage *message, struct mst_error *err)
{
        bool more;

        if (take_cookie(round, message, &more, err) != MST_OK)
                return err->code;
        pass->ended = !more;
        return MST_OK;
}

/* The cookie of now: asked for with a filter that only the domain itself matches. */
static int
ask_cookie(struct ldp_round *round, struct ldp_result *result, struct mst_error *err)
{
        struct ldp_source *source = round->source;
        char *wanted[] = { (char *)"objectGUID", NULL };
        LDAPControl *controls[2] = { NULL, NULL };
        bool more = true;
        int rc = MST_OK;

        round->next.cookies[0] = (struct berval){ 0 };
        while (rc == MST_OK && more) {
                LDAPMessage *message = NULL;
                int msgid = 0, type = 0;

                controls[0] = ldp_ad_dirsync(source, &round->next.cookies[0]);
                if (controls[0] == NULL)
                        return no_memory(err);
                rc = ldp_conn_search(&source->reader, source->domain, LDAP_SCOPE_SUBTREE, "(objectClass=domainDNS)", wanted,
                                     controls, &msgid, err);
                ldap_control_free(controls[0]);
                while (rc == MST_OK && type != LDAP_RES_SEARCH_RESULT) {
                        rc = ldp_conn_wait(&source->reader, msgid, &message, err);
                        if (rc != MST_OK)
                                return rc;
                        type = ldap_msgtype(message);
                        if (type == LDAP_RES_SEARCH_RESULT) {
                                ldp_result_read(source->reader.ld, message, result);
                                if (result->rc == LDAP_SUCCESS)
                                        rc = take_cookie(round, message, &more, err);
                                more &= result->rc == LDAP_SUCCESS;
                        }
                        ldap_msgfree(message);
                }
        }
        return rc;
}

/* Replication rights show everything; without them what we may read anyway is shown. */
static int
begin_dirsync(struct ldp_round *round, struct mst_error *err)
{
        struct ldp_source *source = round->source;
        struct ldp_result result = { 0 };

        source->dirsync_flags = LDAP_CONTROL_X_DIRSYNC_INCREMENTAL_VALUES;
        if (round->changes) {
                if (round->from.as_we_may)
                        source->dirsync_flags |= LDAP_CONTROL_X_DIRSYNC_OBJECT_SECURITY;
                return MST_OK;
        }
        if (ask_cookie(round, &result, err) != MST_OK)
                return err->code;
        if (result.rc == LDAP_INSUFFICIENT_ACCESS) {
                source->dirsync_flags |= LDAP_CONTROL_X_DIRSYNC_OBJECT_SECURITY;
                round->next.as_we_may = true;
                if (ask_cookie(round, &result, err) != MST_OK)
                        return err->code;
        }
        if (result.rc == LDAP_SUCCESS)
                return MST_OK;
        if (source->config->changes == LDP_BY_DIRSYNC)
                return mst_fail(err, MST_EPERM, "%s does not grant DirSync for '%s': %s: give our login the right "
                                "\"Replicating Directory Changes\" there, or set changes to usn",
                                source->reader.uri.host, source->domain, result.text);
        mst_host_log(source->host, MST_LOG_INFO, "%s does not grant DirSync (%s): changes are found by uSNChanged",
                     source->reader.uri.host, result.text);
        round->mode = round->next.mode = LDP_BY_USN;
        return begin_usn(round, err);
}

int
ldp_ad_begin(struct ldp_round *round, struct mst_error *err)
{
        if (round->source->family != LDP_FAMILY_AD || round->source->domain == NULL)
                return mst_fail(err, MST_ECONFIG, "%s is no Active Directory domain controller: set changes to auto",
                                round->source->reader.uri.host);
        return round->mode == LDP_BY_DIRSYNC ? begin_dirsync(round, err) : begin_usn(round, err);
}

/* ---- entries ------------------------------------------------------------------------------------- */

static bool
is_true(const struct ldp_entry *entry, const char *attribute)
{
        const struct ldp_field *field = ldp_entry_field(entry, attribute);

        return field != NULL && field->count == 1 && field->values[0].bv_len == 4 &&
               strncasecmp(field->values[0].bv_val, "TRUE", 4) == 0;
}

/* Without the recycle bin every deletion is for good at once. */
bool
ldp_ad_recycled(const struct ldp_entry *entry)
{
        return is_true(entry, "isRecycled");
}

/* The remains of one object, or a notice about one.  Of what kind it was is not told in a notice: who
 * is not known as that costs nothing. */
int
ldp_ad_removed(struct ldp_round *round, const struct ldp_entry *entry, struct mst_page *page, struct mst_error *err)
{
        enum mst_gone how = ldp_ad_recycled(entry) ? MST_GONE_HARD : MST_GONE_SOFT;
        char id[LDP_UUID_ROOM];

        if (!ldp_source_id(round->source, entry, id))
                return MST_OK;                   /* not one of those that we know by that attribute */
        if (is_true(entry, "isDeleted")) {
                mst_page_gone(page, MST_USER, id, strlen(id), how);
                if (round->source->groups.base != NULL)
                        mst_page_gone(page, MST_GROUP, id, strlen(id), how);
                round->told++;
                return MST_OK;
        }
        return ldp_round_look(round, id) ? MST_OK : no_memory(err);
}
