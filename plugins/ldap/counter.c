/* SPDX-License-Identifier: Apache-2.0
 *
 * counter.c - where numbers come from.
 *
 * With a counter, an entry whose attribute holds the next free number, the server decides
 * between all who draw: by modify-increment (RFC 4525), whose pre-read control (RFC 4527)
 * tells the old value in the same step; or where there is no such thing by taking the old
 * value out and putting the new one in, in one modify that fails when somebody was faster.
 *
 * Without one, numbers follow the highest that was ever reserved or is in use; that is for
 * a directory in which nobody else draws numbers.
 *
 * Either way those that are in use all the same are left out. */
#include "counter.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "number.h"
#include "result.h"
#include "sink.h"

#define TRIES 20                 /* how often somebody else may be faster */

struct drawer {
        struct ldp_sink *sink;
        struct ldp_number *number;
        struct ldp_conn *conn;
        struct ldp_result result;
        int64_t value;                   /* what the counter was                       */
        bool there;                      /* it has been told                           */
        struct berval cookie;            /* of a listing; libldap's memory             */
        bool answered;                   /* the server said whether there is more      */
        bool in_use[LDP_NUMBERS];
        int64_t from;                    /* the number of in_use[0]                    */
};

static bool
read_number(const struct berval *value, int64_t *ret)
{
        char text[24], *end;

        if (value->bv_len == 0 || value->bv_len >= sizeof text)
                return false;
        memcpy(text, value->bv_val, value->bv_len);
        text[value->bv_len] = '\0';
        errno = 0;
        *ret = strtoll(text, &end, 10);
        return *end == '\0' && errno == 0;
}

/* All answers to one call. */
static int
collect(struct drawer *d, int msgid, void (*each)(struct drawer *d, LDAPMessage *message), struct mst_error *err)
{
        LDAPMessage *message = NULL;
        int type;

        do {
                if (ldp_conn_wait(d->conn, msgid, &message, err) != MST_OK)
                        return mst_wrap(err, "drawing a number for %s", d->number->attribute);
                type = ldap_msgtype(message);
                if (type != LDAP_RES_SEARCH_ENTRY && type != LDAP_RES_SEARCH_REFERENCE)
                        ldp_result_read(d->conn->ld, message, &d->result);
                each(d, message);
                ldap_msgfree(message);
        } while (type == LDAP_RES_SEARCH_ENTRY || type == LDAP_RES_SEARCH_REFERENCE);
        return MST_OK;
}

static int
failed(struct drawer *d, const char *what, struct mst_error *err)
{
        if (ldp_result_is_fatal(d->result.rc))
                return ldp_result_fatal(d->conn->uri.host, &d->result, err);
        return mst_fail(err, ldp_result_outcome(d->result.rc) == MST_RETRY ? MST_ENET : MST_EPERM, "%s: %s", what,
                        d->result.text);
}

static int
exhausted(const struct ldp_number *number, struct mst_error *err)
{
        return mst_fail(err, MST_EREFUSED, "no number is left for %s between %" PRId64 " and %" PRId64 ": extend "
                        "number-range", number->attribute, number->first, number->last);
}

/* --- those that are in use ---------------------------------------------------------- */

static void
note_highest(struct drawer *d, LDAPMessage *message)
{
        struct berval **values;
        LDAPControl **controls = NULL, *paging;
        ber_int_t estimate;
        int rc;
        int64_t value;

        if (ldap_msgtype(message) == LDAP_RES_SEARCH_ENTRY) {
                values = ldap_get_values_len(d->conn->ld, message, d->number->attribute);
                for (size_t i = 0; values != NULL && values[i] != NULL; i++)
                        if (read_number(values[i], &value) && value <= d->number->last && value > d->value)
                                d->value = value;
                ldap_value_free_len(values);
                return;
        }
        if (ldap_msgtype(message) != LDAP_RES_SEARCH_RESULT ||
            ldap_parse_result(d->conn->ld, message, &rc, NULL, NULL, NULL, &controls, 0) != LDAP_SUCCESS)
                return;
        paging = ldp_result_control(controls, LDAP_CONTROL_PAGEDRESULTS);
        if (paging != NULL)
                d->answered = ldap_parse_pageresponse_control(d->conn->ld, paging, &estimate, &d->cookie) == LDAP_SUCCESS;
        ldap_controls_free(controls);
}

/* The highest in the range that an entry has, or one below the range. */
static int
look_up_highest(struct drawer *d, const char *base, struct mst_error *err)
{
        char *wanted[] = { (char *)d->number->attribute, NULL }, filter[160];
        LDAPControl *paging = NULL, *controls[2] = { NULL, NULL };
        int msgid = 0, rc = MST_OK;

        snprintf(filter, sizeof filter, "(%.150s=*)", d->number->attribute);
        d->value = d->number->first - 1;
        do {
                struct berval cookie = d->cookie;

                if (d->sink->dir.server.paging &&
                    ldap_create_page_control(d->conn->ld, (ber_int_t)d->sink->config->page_size, &cookie, 1, &paging) !=
                    LDAP_SUCCESS)
                        return mst_fail_memory(err, "drawing a number");
                ber_memfree(d->cookie.bv_val);
                d->cookie = (struct berval){ 0 };
                controls[0] = paging;
                d->answered = false;
                rc = ldp_conn_search(d->conn, base, LDAP_SCOPE_SUBTREE, filter, wanted, controls, &msgid, err);
                ldap_control_free(paging);
                paging = NULL;
                if (rc == MST_OK)
                        rc = collect(d, msgid, note_highest, err);
        } while (rc == MST_OK && d->result.rc == LDAP_SUCCESS && d->cookie.bv_len > 0);
        ber_memfree(d->cookie.bv_val);
        d->cookie = (struct berval){ 0 };
        if (rc == MST_OK && d->result.rc != LDAP_SUCCESS)
                return failed(d, "the numbers in use cannot be looked up", err);
        /* A listing that was cut short would give a number twice. */
        if (rc == MST_OK && d->sink->dir.server.paging && !d->answered)
                return mst_fail(err, MST_EREFUSED, "the server ended the listing of %s below '%s' without saying "
                                "whether that was all", d->number->attribute, base);
        return rc;
}

static void
note_in_use(struct drawer *d, LDAPMessage *message)
{
        struct berval **values = NULL;
        int64_t value;

        if (ldap_msgtype(message) == LDAP_RES_SEARCH_ENTRY)
                values = ldap_get_values_len(d->conn->ld, message, d->number->attribute);
        for (size_t i = 0; values != NULL && values[i] != NULL; i++)
                if (read_number(values[i], &value) && value >= d->from && value - d->from < LDP_NUMBERS)
                        d->in_use[value - d->from] = true;
        ldap_value_free_len(values);
}

/* Adds 'count' numbers from 'from' on to the spares, without those that are in use. */
static int
add_free(struct drawer *d, const char *base, int64_t from, int64_t count, struct mst_error *err)
{
        char *wanted[] = { (char *)d->number->attribute, NULL };
        size_t room = 16 + (size_t)count * (strlen(d->number->attribute) + 24);
        char *filter = malloc(room), *at = filter;
        int msgid = 0, rc;

        if (filter == NULL)
                return mst_fail_memory(err, "drawing a number");
        at = stpcpy(at, "(|");
        for (int64_t i = 0; i < count; i++)
                at += snprintf(at, room - (size_t)(at - filter), "(%s=%" PRId64 ")", d->number->attribute, from + i);
        memcpy(at, ")", 2);
        d->from = from;
        memset(d->in_use, 0, sizeof d->in_use);
        rc = ldp_conn_search(d->conn, base, LDAP_SCOPE_SUBTREE, filter, wanted, NULL, &msgid, err);
        free(filter);
        if (rc != MST_OK || collect(d, msgid, note_in_use, err) != MST_OK)
                return err->code;
        if (d->result.rc != LDAP_SUCCESS)
                return failed(d, "it cannot be looked up which numbers are in use", err);
        for (int64_t i = 0; i < count; i++)
                if (!d->in_use[i])
                        d->number->spare[d->number->spare_count++] = from + i;
        if (d->number->high < from + count - 1)
                d->number->high = from + count - 1;
        return MST_OK;
}

/* --- the counter -------------------------------------------------------------------- */

static void
note_counter(struct drawer *d, LDAPMessage *message)
{
        struct berval **values;

        if (ldap_msgtype(message) != LDAP_RES_SEARCH_ENTRY)
                return;
        values = ldap_get_values_len(d->conn->ld, message, d->number->counter_attribute);
        d->there = values != NULL && values[0] != NULL && read_number(values[0], &d->value);
        ldap_value_free_len(values);
}

static int
read_counter(struct drawer *d, struct mst_error *err)
{
        const struct ldp_number *number = d->number;
        char *wanted[] = { (char *)number->counter_attribute, NULL };
        int msgid = 0;

        d->there = false;
        if (ldp_conn_search(d->conn, number->counter, LDAP_SCOPE_BASE, "(objectClass=*)", wanted, NULL, &msgid, err) !=
            MST_OK || collect(d, msgid, note_counter, err) != MST_OK)
                return err->code;
        if (d->result.rc != LDAP_SUCCESS && d->result.rc != LDAP_NO_SUCH_OBJECT)
                return failed(d, "the counter cannot be read", err);
        if (!d->there)
                return mst_fail(err, MST_ECONFIG, "number-counter '%s' does not exist, has no number in %s, or we may "
                                "not read it", number->counter, number->counter_attribute);
        return MST_OK;
}

/* The old value, from the pre-read control: an entry in BER with one attribute. */
static void
note_before(struct drawer *d, LDAPMessage *message)
{
        LDAPControl **controls = NULL, *control;
        BerElement *ber = NULL;
        struct berval dn, name, *values = NULL;
        int rc;

        if (ldap_parse_result(d->conn->ld, message, &rc, NULL, NULL, NULL, &controls, 0) != LDAP_SUCCESS)
                return;
        control = ldp_result_control(controls, LDAP_CONTROL_PRE_READ);
        if (control != NULL && (ber = ber_init(&control->ldctl_value)) != NULL &&
            ber_scanf(ber, "{m{{m[W]", &dn, &name, &values) != LBER_ERROR && values != NULL && values[0].bv_val != NULL)
                d->there = read_number(&values[0], &d->value);
        ber_bvarray_free(values);
        if (ber != NULL)
                ber_free(ber, 1);
        ldap_controls_free(controls);
}

static int
modify(struct drawer *d, LDAPMod **mods, LDAPControl **controls, struct mst_error *err)
{
        int msgid = 0, rc = ldap_modify_ext(d->conn->ld, d->number->counter, mods, controls, NULL, &msgid);

        if (rc != LDAP_SUCCESS)
                return ldp_conn_lost(d->conn, rc, err);
        return collect(d, msgid, note_before, err);
}

static int
increment(struct drawer *d, int64_t by, struct mst_error *err)
{
        char text[24];
        char *values[] = { text, NULL };
        LDAPMod mod = { .mod_op = LDAP_MOD_INCREMENT, .mod_type = (char *)d->number->counter_attribute,
                        .mod_values = values };
        LDAPMod *mods[] = { &mod, NULL };
        LDAPControl control = { .ldctl_oid = (char *)LDAP_CONTROL_PRE_READ, .ldctl_iscritical = 1 };
        LDAPControl *controls[] = { &control, NULL };
        BerElement *ber = ber_alloc_t(LBER_USE_DER);
        int rc;

        snprintf(text, sizeof text, "%" PRId64, by);
        if (ber == NULL || ber_printf(ber, "{s}", mod.mod_type) == -1 || ber_flatten2(ber, &control.ldctl_value, 0) == -1) {
                if (ber != NULL)
                        ber_free(ber, 1);
                return mst_fail_memory(err, "drawing a number");
        }
        d->there = false;
        rc = modify(d, mods, controls, err);
        ber_free(ber, 1);
        if (rc == MST_OK && d->result.rc != LDAP_SUCCESS)
                return failed(d, "the counter cannot be incremented", err);
        if (rc == MST_OK && !d->there)
                return mst_fail(err, MST_EPERM, "number-counter '%s' was incremented, but its old value is not told",
                                d->number->counter);
        return rc;
}

/* '*won' false: somebody was faster. */
static int
exchange(struct drawer *d, int64_t after, bool *won, struct mst_error *err)
{
        char old[24], new[24];
        char *out[] = { old, NULL }, *in[] = { new, NULL };
        LDAPMod mods[] = { { .mod_op = LDAP_MOD_DELETE, .mod_type = (char *)d->number->counter_attribute,
                             .mod_values = out },
                           { .mod_op = LDAP_MOD_ADD, .mod_type = (char *)d->number->counter_attribute,
                             .mod_values = in } };
        LDAPMod *list[] = { &mods[0], &mods[1], NULL };

        snprintf(old, sizeof old, "%" PRId64, d->value);
        snprintf(new, sizeof new, "%" PRId64, after);
        if (modify(d, list, NULL, err) != MST_OK)
                return err->code;
        *won = d->result.rc == LDAP_SUCCESS;
        if (!*won && d->result.rc != LDAP_NO_SUCH_ATTRIBUTE && d->result.rc != LDAP_TYPE_OR_VALUE_EXISTS)
                return failed(d, "the counter cannot be changed", err);
        return MST_OK;
}

static int
from_counter(struct drawer *d, const char *base, struct mst_error *err)
{
        const struct ldp_number *number = d->number;
        const struct ldp_server *server = &d->sink->dir.server;

        for (int try = 0; try < TRIES; try++) {
                int64_t from, count;
                bool won = true;

                if (read_counter(d, err) != MST_OK)
                        return err->code;
                from = d->value < number->first ? number->first : d->value;
                if (from > number->last)
                        return exhausted(number, err);
                count = number->last - from + 1 < LDP_NUMBERS ? number->last - from + 1 : LDP_NUMBERS;
                if (server->increment && server->pre_read && from == d->value) {
                        if (increment(d, count, err) != MST_OK)
                                return err->code;
                        from = d->value;         /* which others may have moved meanwhile */
                        if (from > number->last)
                                return exhausted(number, err);
                        if (count > number->last - from + 1)
                                count = number->last - from + 1;
                } else if (exchange(d, from + count, &won, err) != MST_OK) {
                        return err->code;
                }
                if (won)
                        return add_free(d, base, from, count, err);
        }
        return mst_fail(err, MST_ENET, "number-counter '%s' is always changed by somebody else just before we do",
                        number->counter);
}

static int
from_those_in_use(struct drawer *d, const char *base, struct mst_error *err)
{
        struct ldp_number *number = d->number;
        int64_t from, count;

        if (number->high < number->first || number->high > number->last) {
                if (look_up_highest(d, base, err) != MST_OK)
                        return err->code;
                number->high = d->value;         /* what was kept was of another range */
        }
        from = number->high + 1;
        if (from > number->last)
                return exhausted(number, err);
        count = number->last - from + 1 < LDP_NUMBERS ? number->last - from + 1 : LDP_NUMBERS;
        return add_free(d, base, from, count, err);
}

int
ldp_counter_reserve(struct ldp_sink *sink, struct ldp_number *number, struct mst_error *err)
{
        struct drawer d = { .sink = sink, .number = number, .conn = &sink->side };
        struct mst_arena *arena = mst_arena_new(0);
        const char *base;
        int rc;

        if (arena == NULL)
                return mst_fail_memory(err, "drawing a number");
        base = ldp_dir_context(&sink->dir, arena, sink->users.base);
        (void)ldp_conn_alive(&sink->side);
        rc = ldp_dir_ready(&sink->side, err);
        if (rc == MST_OK)
                rc = number->counter != NULL ? from_counter(&d, base, err) : from_those_in_use(&d, base, err);
        mst_arena_free(arena);
        return rc;
}
