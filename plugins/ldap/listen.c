/* SPDX-License-Identifier: Apache-2.0
 *
 * listen.c - content synchronization (RFC 4533), refreshOnly.
 *
 * The first time there is no cookie, and all entries come.  Later the server says in one of two
 * ways what has happened since the cookie:
 *
 *   deletes   entries that are new or changed, and the ids of those that left the content
 *   presents  entries that are new or changed, and the ids of all others that are still
 *             there: whom it does not name has left
 *
 * "Left the content" is deleted, moved away, or not matching the filter any more.  What it was
 * is found out by looking for the id, so a server's word alone removes nobody.
 *
 * 389 Directory Server always uses deletes, but its last word says presents.  So presents are
 * believed of others only, and where nobody at all was named as present, everybody's id is read
 * once to be sure. */
#include "round.h"

#include <stdlib.h>
#include <string.h>

#include "resolver.h"
#include "result.h"

static int
no_memory(struct mst_error *err)
{
        return mst_fail_memory(err, "reading the directory");
}

static int
broken(const char *what, struct mst_error *err)
{
        return mst_fail(err, MST_ENET, "the server sent %s that cannot be read", what);
}

LDAPControl *
ldp_listen_control(const struct berval *cookie)
{
        BerElement *ber = ber_alloc_t(LBER_USE_DER);
        struct berval value = { 0 };
        LDAPControl *control = NULL;
        int rc;

        if (ber == NULL)
                return NULL;
        rc = cookie->bv_len > 0 ? ber_printf(ber, "{eO}", LDAP_SYNC_REFRESH_ONLY, cookie)
                                : ber_printf(ber, "{e}", LDAP_SYNC_REFRESH_ONLY);
        if (rc == -1 || ber_flatten2(ber, &value, 0) == -1 ||
            ldap_control_create(LDAP_CONTROL_SYNC, 1, &value, 1, &control) != LDAP_SUCCESS)
                control = NULL;
        ber_free(ber, 1);
        return control;
}

/* ---- entries --------------------------------------------------------------------------- */

struct state {
        int what;                        /* LDAP_SYNC_ADD ...                          */
        char id[LDP_UUID_ROOM];
};

static bool
parse_state(const struct ldp_source *source, const struct berval *value, struct state *ret)
{
        struct berval copy = *value, uuid = { 0 };
        BerElement *ber = ber_init(&copy);
        ber_int_t what = -1;
        bool ok = ber != NULL && ber_scanf(ber, "{em", &what, &uuid) != LBER_ERROR &&
                  ldp_uuid_from_bytes(source->form, uuid.bv_val, uuid.bv_len, ret->id);

        ret->what = (int)what;
        if (ber != NULL)
                ber_free(ber, 1);
        return ok && what >= LDAP_SYNC_PRESENT && what <= LDAP_SYNC_DELETE;
}

static int
read_state(struct ldp_round *round, LDAPMessage *message, struct state *ret, struct mst_error *err)
{
        LDAPControl **controls = NULL, *control;
        bool ok;

        if (ldap_get_entry_controls(round->source->reader.ld, message, &controls) != LDAP_SUCCESS)
                return broken("an entry", err);
        control = ldp_result_control(controls, LDAP_CONTROL_SYNC_STATE);
        ok = control != NULL && parse_state(round->source, &control->ldctl_value, ret);
        ldap_controls_free(controls);
        if (!ok)
                return mst_fail(err, MST_EREFUSED, "the server sent an entry without its state, or with one that cannot "
                                "be read: set changes to modify-timestamp, and report this with the server's version");
        return MST_OK;
}

static void
tell_present(struct ldp_round *round, struct ldp_pass *pass, const char *id, struct mst_page *page)
{
        pass->present_told = true;
        round->told++;
        mst_page_present(page, pass->shelf->kind, id, strlen(id));
}

int
ldp_listen_entry(struct ldp_round *round, struct ldp_pass *pass, LDAPMessage *message, struct mst_page *page,
                 struct mst_error *err)
{
        struct state state;
        bool ok = true;

        if (read_state(round, message, &state, err) != MST_OK) {
                ldap_msgfree(message);
                return err->code;
        }
        /* in a round of changes 389 leaves out operational attributes, so there it is only a notice */
        if (state.what == LDAP_SYNC_DELETE || (round->changes && round->source->family == LDP_FAMILY_389))
                ok = ldp_round_look(round, state.id);
        else if (state.what == LDAP_SYNC_ADD || state.what == LDAP_SYNC_MODIFY)
                return ldp_batch_add(&round->batch, message, page, NULL, err);
        else
                tell_present(round, pass, state.id, page);
        ldap_msgfree(message);
        return ok ? MST_OK : no_memory(err);
}

/* ---- information between entries ----------------------------------------------------------- */

static int
keep_cookie(struct ldp_round *round, const struct ldp_pass *pass, const struct berval *cookie, struct mst_error *err)
{
        struct berval *into = &round->next.cookies[pass->shelf->kind == MST_GROUP];
        char *copy;

        if (cookie->bv_len == 0)
                return MST_OK;
        copy = mst_arena_memdup(round->arena, cookie->bv_val, cookie->bv_len);
        if (copy == NULL)
                return no_memory(err);
        *into = (struct berval){ .bv_val = copy, .bv_len = cookie->bv_len };
        return MST_OK;
}

/* What was read is all there is: a sequence that breaks off looks like one that is over. */
static bool
at_end(BerElement *ber)
{
        ber_len_t rest = 0;

        return ber_get_option(ber, LBER_OPT_BER_REMAINING_BYTES, &rest) == LBER_OPT_SUCCESS && rest == 0;
}

/* One id of a set.  One that is none (a defect of old 389 servers cuts them at a zero byte) was
 * about somebody: everybody is counted then. */
static int
take_id(struct ldp_round *round, struct ldp_pass *pass, const struct berval *bytes, bool deletes,
        struct mst_page *page, struct mst_error *err)
{
        char id[LDP_UUID_ROOM];

        if (!ldp_uuid_from_bytes(round->source->form, bytes->bv_val, bytes->bv_len, id)) {
                round->recount[pass->shelf->kind == MST_GROUP] = true;
                return MST_OK;
        }
        if (!deletes)
                tell_present(round, pass, id, page);
        else if (!ldp_round_look(round, id))
                return no_memory(err);
        return MST_OK;
}

static int
take_set(struct ldp_round *round, struct ldp_pass *pass, BerElement *ber, struct mst_page *page, struct mst_error *err)
{
        struct berval cookie = { 0 }, uuid;
        ber_int_t deletes = 0;
        ber_len_t length;
        ber_tag_t tag;
        char *last;

        if (ber_scanf(ber, "{") == LBER_ERROR)
                return broken("a set of ids", err);
        tag = ber_peek_tag(ber, &length);
        if (tag == LDAP_TAG_SYNC_COOKIE) {
                if (ber_scanf(ber, "m", &cookie) == LBER_ERROR || keep_cookie(round, pass, &cookie, err) != MST_OK)
                        return broken("a set of ids", err);
                tag = ber_peek_tag(ber, &length);
        }
        if (tag == LBER_BOOLEAN && ber_scanf(ber, "b", &deletes) == LBER_ERROR)
                return broken("a set of ids", err);
        for (tag = ber_first_element(ber, &length, &last); tag != LBER_DEFAULT; tag = ber_next_element(ber, &length, last)) {
                if (ber_scanf(ber, "m", &uuid) == LBER_ERROR)
                        return broken("a set of ids", err);
                if (take_id(round, pass, &uuid, deletes != 0, page, err) != MST_OK)
                        return err->code;
        }
        return at_end(ber) ? MST_OK : broken("a set of ids", err);
}

/* The end of a phase; the cookie in it is of use when the round is. */
static int
take_phase(struct ldp_round *round, struct ldp_pass *pass, BerElement *ber, bool present, struct mst_error *err)
{
        struct berval cookie = { 0 };
        ber_len_t length;

        if (ber_scanf(ber, "{") == LBER_ERROR)
                return broken("the end of a phase", err);
        if (ber_peek_tag(ber, &length) == LDAP_TAG_SYNC_COOKIE &&
            (ber_scanf(ber, "m", &cookie) == LBER_ERROR || keep_cookie(round, pass, &cookie, err) != MST_OK))
                return broken("the end of a phase", err);
        pass->presents |= present;
        return MST_OK;
}

static int
take_info(struct ldp_round *round, struct ldp_pass *pass, const struct berval *value, struct mst_page *page,
          struct mst_error *err)
{
        struct berval copy = *value, cookie = { 0 };
        BerElement *ber = ber_init(&copy);
        ber_len_t length;
        ber_tag_t tag;
        int rc;

        if (ber == NULL)
                return no_memory(err);
        tag = ber_peek_tag(ber, &length);
        if (tag == LDAP_TAG_SYNC_NEW_COOKIE)
                rc = ber_scanf(ber, "m", &cookie) != LBER_ERROR ? keep_cookie(round, pass, &cookie, err)
                                                                 : broken("a cookie", err);
        else if (tag == LDAP_TAG_SYNC_ID_SET)
                rc = take_set(round, pass, ber, page, err);
        else if (tag == LDAP_TAG_SYNC_REFRESH_DELETE || tag == LDAP_TAG_SYNC_REFRESH_PRESENT)
                rc = take_phase(round, pass, ber, tag == LDAP_TAG_SYNC_REFRESH_PRESENT, err);
        else
                rc = broken("information", err);
        ber_free(ber, 1);
        return rc;
}

int
ldp_listen_info(struct ldp_round *round, struct ldp_pass *pass, LDAPMessage *message, struct mst_page *page,
                struct mst_error *err)
{
        struct berval *value = NULL;
        char *oid = NULL;
        int rc = MST_OK;

        if (ldap_parse_intermediate(round->source->reader.ld, message, &oid, &value, NULL, 0) != LDAP_SUCCESS)
                return broken("information", err);
        if (oid != NULL && strcmp(oid, LDAP_SYNC_INFO) == 0)
                rc = value != NULL && value->bv_val != NULL ? take_info(round, pass, value, page, err) : broken("information", err);
        ldap_memfree(oid);
        ber_bvfree(value);
        return rc;
}

/* ---- the end ------------------------------------------------------------------------------------ */

static int
parse_done(struct ldp_round *round, const struct ldp_pass *pass, const struct berval *value, bool *deletes,
           struct mst_error *err)
{
        struct berval copy = *value, cookie = { 0 };
        BerElement *ber = ber_init(&copy);
        ber_int_t flag = 0;
        ber_len_t length;
        bool ok = ber != NULL && ber_scanf(ber, "{") != LBER_ERROR;
        int rc = MST_OK;

        if (ok && ber_peek_tag(ber, &length) == LDAP_TAG_SYNC_COOKIE) {
                ok = ber_scanf(ber, "m", &cookie) != LBER_ERROR;
                if (ok)
                        rc = keep_cookie(round, pass, &cookie, err);
        }
        if (ok && rc == MST_OK && ber_peek_tag(ber, &length) == LBER_BOOLEAN)
                ok = ber_scanf(ber, "b", &flag) != LBER_ERROR;
        ok = ok && at_end(ber);
        *deletes = flag != 0;
        if (ber != NULL)
                ber_free(ber, 1);
        return ok ? rc : broken("the end of the synchronization", err);
}

int
ldp_listen_end(struct ldp_round *round, struct ldp_pass *pass, LDAPMessage *message, struct mst_page *page,
               struct mst_error *err)
{
        const struct berval *begun = &round->from.cookies[pass->shelf->kind == MST_GROUP];
        bool group = pass->shelf->kind == MST_GROUP, deletes = false;
        LDAPControl **controls = NULL, *control;
        int rc;

        if (ldap_parse_result(round->source->reader.ld, message, NULL, NULL, NULL, NULL, &controls, 0) != LDAP_SUCCESS)
                return broken("an answer", err);
        control = ldp_result_control(controls, LDAP_CONTROL_SYNC_DONE);
        rc = control != NULL ? parse_done(round, pass, &control->ldctl_value, &deletes, err)
                             : mst_fail(err, MST_EREFUSED, "the server ended the synchronization of '%s' without saying so",
                                        pass->base);
        ldap_controls_free(controls);
        if (rc != MST_OK)
                return rc;
        if (round->next.cookies[group].bv_len == 0)
                return mst_fail(err, MST_EREFUSED, "the server gave no cookie for what it synchronized: set changes to "
                                "modify-timestamp");
        pass->ended = true;
        if (!round->changes || begun->bv_len == 0)
                return MST_OK;
        if (round->source->family != LDP_FAMILY_389)
                pass->presents |= !deletes;
        if (pass->presents && pass->present_told && !round->recount[group])
                mst_page_all(page, pass->shelf->kind);
        else if (pass->presents)
                round->recount[group] = true;
        return MST_OK;
}
