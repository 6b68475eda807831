/* SPDX-License-Identifier: Apache-2.0
 *
 * list.c - everything below a base, page by page (RFC 2696).
 *
 * The cookie is the server's and ends with its connection, so it stays in the
 * instance and the cursor is only the number of the page.  A listing is complete
 * when the server says so with an empty cookie and without an error; every other
 * end is an error, as the engine concludes from absence. */
#include "list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "entry.h"
#include "plugin.h"
#include "result.h"
#include "schema.h"
#include "sink.h"

struct lister {
        struct ldp_sink *sink;
        struct ldp_place *place;
        struct ldp_conn *conn;
        struct mst_arena *arena, *scratch;
        struct mst_page *page;
        size_t entries;
        bool elsewhere, answered;        /* answered: the server sent the paging control */
        struct berval next;              /* its cookie */
};

void
ldp_list_forget(struct ldp_sink *sink)
{
        ber_memfree(sink->listing.cookie.bv_val);
        sink->listing = (struct ldp_listing){ 0 };
}

static int
no_memory(struct mst_error *err)
{
        return mst_fail_memory(err, "listing entries");
}

static int
lost(struct lister *l, struct mst_error *err)
{
        ldp_list_forget(l->sink);
        return mst_fail(err, MST_ENET, "the listing of '%s' was interrupted; it must begin again", l->place->base);
}

static int
take_entry(struct lister *l, LDAPMessage *message, struct mst_error *err)
{
        struct ldp_entry entry;
        struct mst_record *record;

        mst_arena_reset(l->scratch);
        if (ldp_entry_read(l->conn->ld, message, &l->sink->dir, l->place, l->scratch, &entry, err) != MST_OK)
                return err->code;
        l->entries++;
        if (entry.id == NULL) {
                ldp_entry_done(&entry);
                return mst_fail(err, MST_ECONFIG, "'%s' has no %s that we may read, which Muster needs to know "
                                "entries by", entry.dn, l->sink->dir.id.attribute);
        }
        record = mst_page_object(l->page, l->place->kind, entry.id, entry.dn, entry.stamp, NULL);
        ldp_entry_fill(&entry, l->sink, l->place, l->scratch, record);
        ldp_entry_done(&entry);
        return MST_OK;
}

static int
take_end(struct lister *l, LDAPMessage *message, struct mst_error *err)
{
        struct ldp_result result;
        LDAPControl **controls = NULL, *paging;
        ber_int_t estimate;
        int rc = LDAP_SUCCESS;

        ldp_result_read(l->conn->ld, message, &result);
        if (ldp_result_is_short(result.rc))
                return mst_fail(err, MST_EREFUSED, "the server cut the listing of '%s' short after %zu entries of "
                                "page %llu: %s: raise its limits for bind-dn (slapd: 'limits dn.exact=... "
                                "size.prtotal=unlimited size=unlimited')", l->place->base, l->entries,
                                (unsigned long long)l->sink->listing.page + 1, result.text);
        if (result.rc == LDAP_NO_SUCH_OBJECT)
                return mst_fail(err, MST_ECONFIG, "'%s' does not exist, or we may not see it", l->place->base);
        if (result.rc == LDAP_UNWILLING_TO_PERFORM && l->sink->listing.page > 0)
                return lost(l, err);             /* what slapd says to a cookie it has forgotten */
        if (ldp_result_is_fatal(result.rc) && result.rc != LDAP_REFERRAL)
                return ldp_result_fatal(l->conn->uri.host, &result, err);
        if (result.rc != LDAP_SUCCESS)
                return mst_fail(err, ldp_result_outcome(result.rc) == MST_RETRY ? MST_ENET : MST_EREFUSED,
                                "the listing of '%s' failed: %s", l->place->base, result.text);
        if (ldap_parse_result(l->conn->ld, message, &rc, NULL, NULL, NULL, &controls, 0) != LDAP_SUCCESS)
                return no_memory(err);
        paging = ldp_result_control(controls, LDAP_CONTROL_PAGEDRESULTS);
        if (paging != NULL)
                l->answered = ldap_parse_pageresponse_control(l->conn->ld, paging, &estimate, &l->next) == LDAP_SUCCESS;
        ldap_controls_free(controls);
        return MST_OK;
}

/* All messages of one search. */
static int
collect(struct lister *l, int msgid, struct mst_error *err)
{
        LDAPMessage *message = NULL;
        int type = 0, rc = MST_OK;

        while (rc == MST_OK && type != LDAP_RES_SEARCH_RESULT) {
                rc = ldp_conn_wait(l->conn, msgid, &message, err);
                if (rc != MST_OK)
                        return rc;
                type = ldap_msgtype(message);
                if (type == LDAP_RES_SEARCH_ENTRY)
                        rc = take_entry(l, message, err);
                else if (type == LDAP_RES_SEARCH_REFERENCE)
                        l->elsewhere = true;
                else if (type == LDAP_RES_SEARCH_RESULT)
                        rc = take_end(l, message, err);
                ldap_msgfree(message);
        }
        if (rc != MST_OK && type != LDAP_RES_SEARCH_RESULT)
                ldp_conn_close(l->conn);         /* the rest is still on its way */
        return rc;
}

static int
search(struct lister *l, struct mst_error *err)
{
        struct ldp_listing *listing = &l->sink->listing;
        LDAPControl *controls[2] = { NULL, NULL };
        char **wanted = ldp_entry_wanted(l->sink, l->place, l->arena);
        int msgid = 0, rc;

        if (wanted == NULL)
                return no_memory(err);
        if (l->sink->dir.server.paging &&
            ldap_create_page_control(l->conn->ld, (ber_int_t)l->sink->config->page_size,
                                     listing->page > 0 ? &listing->cookie : NULL, 1, &controls[0]) != LDAP_SUCCESS)
                return no_memory(err);
        rc = ldp_conn_search(l->conn, l->place->base, LDAP_SCOPE_SUBTREE, l->place->filter, wanted,
                             controls[0] != NULL ? controls : NULL, &msgid, err);
        if (controls[0] != NULL)
                ldap_control_free(controls[0]);
        return rc == MST_OK ? collect(l, msgid, err) : rc;
}

/* How the page ends. */
static int
finish(struct lister *l, struct mst_error *err)
{
        struct ldp_listing *listing = &l->sink->listing;
        uint64_t page = listing->page + 1;
        char cursor[32];

        if (l->elsewhere)
                return mst_fail(err, MST_EREFUSED, "a part of the tree below '%s' lies on another server (a "
                                "referral), so it cannot be listed completely", l->place->base);
        if (!l->sink->dir.server.paging || (l->answered && l->next.bv_len == 0)) {
                ldp_list_forget(l->sink);
                return mst_page_complete(l->page, NULL, err);
        }
        if (!l->answered)
                return mst_fail(err, MST_EREFUSED, "the server ended the listing of '%s' after page %llu without "
                                "saying whether that was all", l->place->base, (unsigned long long)page);
        ber_memfree(listing->cookie.bv_val);
        *listing = (struct ldp_listing){ .kind = l->place->kind, .page = page, .cookie = l->next,
                                         .connection = l->conn->serial };
        l->next = (struct berval){ 0 };
        snprintf(cursor, sizeof cursor, "page %llu", (unsigned long long)page);
        return mst_page_more(l->page, cursor, err);
}

/* A cursor is of use only for the page that comes next, on the same connection. */
static int
resume(struct lister *l, const char *cursor, struct mst_error *err)
{
        struct ldp_listing *listing = &l->sink->listing;
        char expected[32];

        if (cursor == NULL) {
                ldp_list_forget(l->sink);
                return ldp_sink_first(l->sink, &l->conn, err);
        }
        snprintf(expected, sizeof expected, "page %llu", (unsigned long long)listing->page);
        l->conn = &l->sink->conns[0];
        if (listing->page == 0 || listing->kind != l->place->kind || strcmp(cursor, expected) != 0 ||
            !ldp_conn_alive(l->conn) || l->conn->serial != listing->connection)
                return lost(l, err);
        return MST_OK;
}

static int
list_page(struct lister *l, const char *cursor, struct mst_error *err)
{
        l->arena = mst_arena_new(0);
        l->scratch = mst_arena_new(16384);
        if (l->arena == NULL || l->scratch == NULL)
                return no_memory(err);
        if (l->place->base == NULL)
                return mst_page_complete(l->page, NULL, err);
        if (resume(l, cursor, err) != MST_OK || ldp_schema_need(l->conn, err) != MST_OK || search(l, err) != MST_OK)
                return err->code;
        return finish(l, err);
}

int
ldp_list(void *self, enum mst_kind kind, const char *cursor, struct mst_page *page, struct mst_error *err)
{
        struct lister l = { .sink = self, .place = ldp_place_of(self, kind), .page = page };
        int rc = list_page(&l, cursor, err);

        if (rc != MST_OK)
                ldp_list_forget(l.sink);
        ber_memfree(l.next.bv_val);
        mst_arena_free(l.arena);
        mst_arena_free(l.scratch);
        return rc;
}
