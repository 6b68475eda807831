/* SPDX-License-Identifier: Apache-2.0
 *
 * pass.c - one search of a round, page by page.
 *
 *   send     the search, with the cookie of the page before
 *   take     an entry goes to the batch, or is told at once where only its id matters
 *   end      success, with the word on whether there is more; anything else ends the round
 *
 * A pass is over when the server has said so in the control that we sent.  An answer that
 * a limit has cut short, or that ends without that control, is none: it is never taken for
 * the end.  So is a pass of which a part lies on another server. */
#include "round.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "result.h"
#include "schema.h"
#include "when.h"

static int
no_memory(struct mst_error *err)
{
        return mst_fail_memory(err, "reading the directory");
}

void
ldp_pass_done(struct ldp_pass *pass)
{
        ber_memfree(pass->cookie.bv_val);
        pass->cookie = (struct berval){ 0 };
}

static const char *
kind_word(const struct ldp_pass *pass)
{
        return pass->shelf->kind == MST_GROUP ? "group" : "user";
}

/* ---- sending ---------------------------------------------------------------------------- */

static bool
is_paged(const struct ldp_round *round, const struct ldp_pass *pass)
{
        return round->source->dir.server.paging && pass->task != LDP_LISTEN && pass->task != LDP_NOTICE;
}

/* A control without a value, critical or not. */
static LDAPControl *
plain_control(const char *oid, bool critical)
{
        LDAPControl *control = NULL;

        return ldap_control_create(oid, critical, NULL, 0, &control) == LDAP_SUCCESS ? control : NULL;
}

static bool
add_control(LDAPControl **list, size_t *count, LDAPControl *control)
{
        if (control == NULL)
                return false;
        list[(*count)++] = control;
        return true;
}

static bool
make_controls(const struct ldp_round *round, const struct ldp_pass *pass, LDAPControl **list)
{
        const struct ldp_source *source = round->source;
        LDAPControl *paging = NULL;
        size_t count = 0;
        bool ok = true;

        if (is_paged(round, pass)) {
                if (ldap_create_page_control(source->reader.ld, (ber_int_t)source->config->page_size,
                                             pass->pages > 0 ? (struct berval *)&pass->cookie : NULL, 1,
                                             &paging) != LDAP_SUCCESS)
                        return false;
                ok = add_control(list, &count, paging);
        }
        if (pass->task == LDP_LISTEN)
                ok = ok && add_control(list, &count,
                                       ldp_listen_control(&round->from.cookies[pass->shelf->kind == MST_GROUP]));
        if (pass->task == LDP_NOTICE)
                ok = ok && add_control(list, &count, ldp_ad_dirsync(source, &round->next.cookies[0]));
        if (pass->task == LDP_DELETED)
                ok = ok && add_control(list, &count, plain_control(LDAP_CONTROL_X_SHOW_DELETED, true));
        /* no pointers to other domains, which would say that a part is missing */
        if (source->family == LDP_FAMILY_AD && pass->task != LDP_NOTICE)
                ok = ok && add_control(list, &count, plain_control(LDAP_CONTROL_X_DOMAIN_SCOPE, false));
        return ok;
}

static int
send_search(struct ldp_round *round, struct ldp_pass *pass, struct mst_error *err)
{
        LDAPControl *controls[5] = { NULL };
        int rc = MST_OK;

        if (!make_controls(round, pass, controls))
                rc = no_memory(err);
        if (rc == MST_OK)
                rc = ldp_conn_search(&round->source->reader, pass->base, pass->scope, pass->filter, pass->attributes,
                                     controls[0] != NULL ? controls : NULL, &pass->msgid, err);
        for (size_t i = 0; controls[i] != NULL; i++)
                ldap_control_free(controls[i]);
        return rc;
}

/* ---- entries ------------------------------------------------------------------------------ */

/* The server's clock was not behind this entry's time when it told it, so when the round began it
 * was not behind that by more than what has passed since. */
static void
note_time(struct ldp_round *round, const struct ldp_entry *entry)
{
        const struct ldp_field *field = ldp_entry_field(entry, "modifyTimestamp");
        int64_t date, passed = mst_host_ticks_ms(round->source->host) - round->began;

        if (field == NULL || field->count == 0 ||
            !ldp_when_parse(field->values[0].bv_val, field->values[0].bv_len, &date))
                return;
        date -= (passed + 999) / 1000 * MST_DATE_SECOND;
        if (date > round->next.since)
                round->next.since = date;
}

/* An entry of which only the id counts. */
static int
take_name(struct ldp_round *round, struct ldp_pass *pass, LDAPMessage *message, struct mst_page *page,
          struct mst_error *err)
{
        static const struct ldp_place bare = { 0 };
        struct ldp_source *source = round->source;
        struct ldp_entry entry;
        char id[LDP_UUID_ROOM];
        int rc = ldp_entry_read(source->reader.ld, message, &source->dir, &bare, round->batch.arena, &entry, err);

        if (rc == MST_OK && (pass->task == LDP_DELETED || pass->task == LDP_NOTICE)) {
                rc = ldp_ad_removed(round, &entry, page, err);
        } else if (rc == MST_OK) {
                if (!ldp_source_id(source, &entry, id))
                        mst_page_bad(page, "'%.300s' has no %s that we may read", entry.dn, source->id_attribute);
                else if (pass->task == LDP_LEFT)
                        mst_page_outside(page, pass->shelf->kind, id, strlen(id));
                else
                        mst_page_present(page, pass->shelf->kind, id, strlen(id));
                note_time(round, &entry);
                round->told++;
        }
        ldp_entry_done(&entry);
        ldap_msgfree(message);
        return rc;
}

static int
take_entry(struct ldp_round *round, struct ldp_pass *pass, LDAPMessage *message, struct mst_page *page,
           struct mst_error *err)
{
        struct ldp_item *item;

        pass->entries++;
        if (pass->task == LDP_LISTEN)
                return ldp_listen_entry(round, pass, message, page, err);
        if (pass->task == LDP_COUNT) {
                ldap_msgfree(message);
                round->told++;
                return MST_OK;
        }
        if (pass->task != LDP_READ)
                return take_name(round, pass, message, page, err);
        if (ldp_batch_add(&round->batch, message, page, &item, err) != MST_OK)
                return err->code;
        if (item != NULL && round->mode == LDP_BY_TIME)
                note_time(round, &item->entry);
        return MST_OK;
}

/* ---- the end of an answer ------------------------------------------------------------------- */

static int
refused(const struct ldp_round *round, const struct ldp_pass *pass, const struct ldp_result *result,
        struct mst_error *err)
{
        const char *host = round->source->reader.uri.host;

        if (ldp_result_is_short(result->rc))
                return mst_fail(err, MST_EPERM, "%s stops reading below '%s' after %llu entries: %s: raise the limits "
                                "of our login; nothing is concluded from a part", host, pass->base,
                                (unsigned long long)pass->entries, result->text);
        if (result->rc == LDAP_NO_SUCH_OBJECT)
                return mst_fail(err, MST_ECONFIG, "%s-base '%s' does not exist, or we may not see it", kind_word(pass),
                                pass->base);
        if (result->rc == LDAP_REFERRAL)
                return mst_fail(err, MST_ECONFIG, "%s-base '%s' lies on another server (%s): name that one as uri",
                                kind_word(pass), pass->base, result->text);
        /* slapd is unwilling to go on from a cookie that is newer than itself: it was put back from a copy */
        if (result->rc == LDAP_SYNC_REFRESH_REQUIRED ||
            (pass->task == LDP_LISTEN && round->changes && result->rc == LDAP_UNWILLING_TO_PERFORM))
                return mst_fail(err, MST_EEXPIRED, "%s does not know any more what has changed since the last sync: %s",
                                host, result->text);
        if (ldp_result_is_fatal(result->rc))
                return ldp_result_fatal(host, result, err);
        if (result->rc == LDAP_INSUFFICIENT_ACCESS)
                return mst_fail(err, MST_EPERM, "we may not search below '%s': %s", pass->base, result->text);
        if (result->rc == LDAP_UNAVAILABLE_CRITICAL_EXTENSION)
                return mst_fail(err, MST_EREFUSED, "%s cannot be read in this way: %s", host, result->text);
        if (ldp_result_outcome(result->rc) == MST_RETRY)
                return mst_fail(err, MST_ENET, "%s could not go on reading below '%s': %s", host, pass->base,
                                result->text);
        return mst_fail(err, MST_EREFUSED, "%s does not answer a search below '%s': %s", host, pass->base,
                        result->text);
}

static int
take_paging(struct ldp_round *round, struct ldp_pass *pass, LDAPMessage *message, struct mst_error *err)
{
        LDAP *ld = round->source->reader.ld;
        LDAPControl **controls = NULL, *paging;
        struct berval next = { 0 };
        ber_int_t estimate;
        bool answered;

        if (!is_paged(round, pass)) {
                pass->ended = true;
                return MST_OK;
        }
        if (ldap_parse_result(ld, message, NULL, NULL, NULL, NULL, &controls, 0) != LDAP_SUCCESS)
                return mst_fail(err, MST_ENET, "the server sent an answer that cannot be read");
        paging = ldp_result_control(controls, LDAP_CONTROL_PAGEDRESULTS);
        answered = paging != NULL && ldap_parse_pageresponse_control(ld, paging, &estimate, &next) == LDAP_SUCCESS;
        ldap_controls_free(controls);
        pass->pages++;
        ldp_pass_done(pass);
        if (!answered)
                return mst_fail(err, MST_EREFUSED, "the server ended the listing of '%s' after page %llu without saying "
                                "whether that was all", pass->base, (unsigned long long)pass->pages);
        pass->cookie = next;
        pass->ended = next.bv_len == 0;
        return MST_OK;
}

static int
take_end(struct ldp_round *round, struct ldp_pass *pass, LDAPMessage *message, struct mst_page *page,
         struct mst_error *err)
{
        struct ldp_source *source = round->source;
        struct ldp_result result;
        int rc;

        pass->msgid = 0;
        ldp_result_read(source->reader.ld, message, &result);
        if (result.rc != LDAP_SUCCESS)
                rc = refused(round, pass, &result, err);
        else if (pass->task == LDP_LISTEN)
                rc = ldp_listen_end(round, pass, message, page, err);
        else if (pass->task == LDP_NOTICE)
                rc = ldp_ad_end(round, pass, message, err);
        else
                rc = take_paging(round, pass, message, err);
        ldap_msgfree(message);
        return rc;
}

/* ---- running --------------------------------------------------------------------------------- */

static int
take(struct ldp_round *round, struct ldp_pass *pass, LDAPMessage *message, struct mst_page *page,
     struct mst_error *err)
{
        int rc;

        switch (ldap_msgtype(message)) {
        case LDAP_RES_SEARCH_ENTRY:
                return take_entry(round, pass, message, page, err);
        case LDAP_RES_SEARCH_RESULT:
                return take_end(round, pass, message, page, err);
        case LDAP_RES_INTERMEDIATE:
                rc = pass->task == LDP_LISTEN ? ldp_listen_info(round, pass, message, page, err) : MST_OK;
                ldap_msgfree(message);
                return rc;
        case LDAP_RES_SEARCH_REFERENCE:
                ldap_msgfree(message);
                if (round->source->family == LDP_FAMILY_AD)
                        return MST_OK;           /* to the forest's other parts: not below a base of ours */
                return mst_fail(err, MST_EREFUSED, "a part of the tree below '%s' lies on another server (a referral), "
                                "so it cannot be read completely", pass->base);
        default:
                ldap_msgfree(message);
                return MST_OK;
        }
}

static bool
is_full(const struct ldp_round *round)
{
        return ldp_batch_full(&round->batch) || round->told >= (size_t)round->source->config->page_size ||
               round->look_count >= (size_t)round->source->config->page_size;
}

int
ldp_pass_run(struct ldp_round *round, struct ldp_pass *pass, struct mst_page *page, struct mst_error *err)
{
        struct ldp_source *source = round->source;
        LDAPMessage *message = NULL;
        int rc = MST_OK;

        round->batch.shelf = pass->shelf;
        while (rc == MST_OK && !pass->ended && !is_full(round)) {
                if (pass->msgid == 0)
                        rc = send_search(round, pass, err);
                if (rc == MST_OK)
                        rc = ldp_conn_wait(&source->reader, pass->msgid, &message, err);
                if (rc == MST_OK)
                        rc = take(round, pass, message, page, err);
        }
        if (rc != MST_OK)
                return rc;
        round->told += round->batch.count;
        if (ldp_batch_tell(&round->batch, page, round->changes, err) != MST_OK)
                return err->code;
        return round->look_count > 0 ? ldp_round_settle(round, pass, page, err) : MST_OK;
}
