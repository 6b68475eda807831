/* SPDX-License-Identifier: Apache-2.0
 *
 * request.c - what all ops have in common: beginning, ending, and finding an entry
 * that is no longer where it was. */
#include "request.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <muster/escape.h>

#include "advice.h"
#include "dn.h"
#include "password.h"

enum ldp_next
ldp_request_settle(struct ldp_request *req, enum mst_outcome outcome, enum mst_code code, const char *format, ...)
{
        struct mst_error why = { 0 };
        char text[sizeof why.text];
        va_list ap;

        va_start(ap, format);
        vsnprintf(text, sizeof text, format, ap);
        va_end(ap);
        mst_fail(&why, code, "%s", text);
        /* What was certainly not made has used no number. */
        if (req->number != 0 && !req->wrote && outcome != MST_UNKNOWN)
                ldp_number_back(&ldp_place_of(req->sink, mst_op_kind(req->op))->number, req->number);
        req->number = 0;
        /* Half of it may be true by now: the name at least is told. */
        if (req->moved)
                mst_op_set_object(req->op, req->id, req->dn, NULL);
        ldp_members_close(req, outcome);
        ldp_password_close(req, outcome);
        mst_op_settle(req->op, outcome, &why);
        return LDP_SETTLED;
}

enum ldp_next
ldp_request_done(struct ldp_request *req, enum mst_outcome outcome)
{
        enum mst_verb verb = mst_op_verb(req->op);
        bool ended = outcome == MST_DONE || outcome == MST_ALREADY;

        if (ended && (req->moved || verb == MST_CREATE || verb == MST_ADOPT || verb == MST_RENAME))
                mst_op_set_object(req->op, req->id, req->dn, NULL);
        if (req->number != 0 && outcome == MST_UNSENT)
                ldp_number_back(&ldp_place_of(req->sink, mst_op_kind(req->op))->number, req->number);
        req->number = 0;
        req->done = ended;
        ldp_members_close(req, outcome);
        ldp_password_close(req, outcome);
        mst_op_settle(req->op, outcome, NULL);
        return LDP_SETTLED;
}

enum ldp_next
ldp_request_no_memory(struct ldp_request *req)
{
        return ldp_request_settle(req, MST_RETRY, MST_EINTERNAL, "out of memory while writing '%s'",
                                  req->dn != NULL ? req->dn : mst_op_id(req->op));
}

enum ldp_next
ldp_request_refused(struct ldp_request *req, const struct ldp_result *result, const char *doing,
                    struct mst_error *err)
{
        enum mst_outcome outcome = ldp_result_outcome(result->rc);
        const char *dn = req->dn != NULL ? req->dn : "";

        if (ldp_result_is_fatal(result->rc)) {
                ldp_result_fatal("the directory", result, err);
                ldp_request_settle(req, MST_RETRY, err->code, "%s", err->text);
                return LDP_FATAL;
        }
        req->denied = result->rc == LDAP_INSUFFICIENT_ACCESS || result->rc == LDAP_UNWILLING_TO_PERFORM;
        switch (outcome) {
        case MST_DUPLICATE:
                return ldp_request_settle(req, outcome, MST_EREFUSED, "there is already an entry '%s', or one with a value "
                                          "that it must not share: %s%s", dn, result->text,
                                          ldp_advice(result->rc, result->text));
        case MST_RETRY:
                if (result->rc != LDAP_BUSY && result->rc != LDAP_UNAVAILABLE)
                        req->number = 0;         /* who knows whether it was made */
                return ldp_request_settle(req, outcome, MST_ENET, "%s '%s': %s", doing, dn, result->text);
        default:
                return ldp_request_settle(req, MST_REFUSED, req->denied ? MST_EPERM : MST_EREFUSED, "%s '%s': %s%s",
                                          doing, dn, result->text, ldp_advice(result->rc, result->text));
        }
}

const struct mst_value *
ldp_request_change(const struct ldp_request *req, const char *name, bool *there)
{
        size_t count = mst_op_change_count(req->op);

        for (size_t i = 0; i < count; i++)
                if (strcasecmp(mst_op_change_name(req->op, i), name) == 0) {
                        if (there != NULL)
                                *there = true;
                        return mst_op_after(req->op, i);
                }
        if (there != NULL)
                *there = false;
        return NULL;
}

/* --- names -------------------------------------------------------------------- */

/* The value that an RDN is made of: the op's, else the one that is there now. */
static const struct mst_value *
naming_value(const struct ldp_request *req, const char *name)
{
        bool there = false;
        const struct mst_value *value = ldp_request_change(req, name, &there);

        return there ? value : mst_op_wanted(req->op, name);
}

const char *
ldp_request_rdn(struct ldp_request *req, enum ldp_next *settled)
{
        struct mst_error err = { 0 };
        const char *rdn = NULL;

        for (const char **name = req->place->rdn; *name != NULL; name++) {
                struct berval value = { 0 };
                const char *safe;

                if (ldp_value_write(req->arena, mst_value_at(naming_value(req, *name), 0), &value, &err) != MST_OK) {
                        *settled = ldp_request_settle(req, MST_REFUSED, MST_EREFUSED, "attribute '%s': %s", *name,
                                                      err.text);
                        return NULL;
                }
                if (value.bv_len == 0) {
                        *settled = ldp_request_settle(req, MST_REFUSED, MST_EREFUSED, "there is no value for '%s', "
                                                      "which names the entry: map one", *name);
                        return NULL;
                }
                if (memchr(value.bv_val, '\0', value.bv_len) != NULL) {
                        *settled = ldp_request_settle(req, MST_REFUSED, MST_EREFUSED, "the value for '%s', which names the "
                                                      "entry, contains a NUL byte", *name);
                        return NULL;
                }
                safe = mst_escape_dn(req->arena, value.bv_val, value.bv_len);
                if (safe != NULL)
                        rdn = mst_arena_printf(req->arena, "%s%s%s=%s", rdn != NULL ? rdn : "",
                                               rdn != NULL ? "+" : "", *name, safe);
                if (safe == NULL || rdn == NULL) {
                        *settled = ldp_request_no_memory(req);
                        return NULL;
                }
        }
        return rdn;
}

const char *
ldp_request_parent(struct ldp_request *req, enum ldp_next *settled)
{
        const struct mst_value *value = ldp_request_change(req, "@parent", NULL);
        const char *between = mst_value_type(value) == MST_TEXT ? mst_value_text(value, NULL) : "", *parent;

        if (between[0] != '\0' && !ldp_dn_valid(between)) {
                *settled = ldp_request_settle(req, MST_REFUSED, MST_EREFUSED, "the map of @parent gives '%s', which "
                                              "is not a name relative to the base, like 'ou=Berlin,ou=DE': use DN() "
                                              "around values", between);
                return NULL;
        }
        parent = ldp_dn_join(req->arena, between, req->place->base);
        if (parent == NULL)
                *settled = ldp_request_no_memory(req);
        return parent;
}

/* --- the entry we mean ---------------------------------------------------------- */

bool
ldp_request_has_id(const struct ldp_request *req)
{
        return ldp_id_is(&req->sink->dir.id, req->id);
}

const char *
ldp_request_target(struct ldp_request *req)
{
        const char *target = NULL;

        if (req->sink->dir.id.addresses && ldp_request_has_id(req))
                target = mst_arena_printf(req->arena, "<GUID=%s>", req->id);
        return target != NULL ? target : req->dn;
}

static enum ldp_next dispatch(struct ldp_request *req, struct mst_error *err);

static int
send_locate(struct ldp_request *req, LDAP *ld, int *msgid)
{
        char *nothing[] = { (char *)LDAP_NO_ATTRS, NULL };
        const char *filter = ldp_id_filter(req->arena, &req->sink->dir.id, req->id);

        req->found = NULL;
        if (filter == NULL)
                return LDAP_NO_MEMORY;
        return ldap_search_ext(ld, req->place->base, LDAP_SCOPE_SUBTREE, filter, nothing, 0, NULL, NULL, NULL, 2,
                               msgid);
}

/* It is where we thought: the refusal meant something else. */
static enum ldp_next
not_the_place(struct ldp_request *req, struct mst_error *err)
{
        if (req->blamed.rc == LDAP_SUCCESS)
                return dispatch(req, err);       /* it was only to be made sure */
        if (req->blamed.rc == LDAP_ASSERTION_FAILED)
                return ldp_request_settle(req, mst_op_verb(req->op) == MST_ADOPT ? MST_DUPLICATE : MST_RETRY,
                                          MST_EREFUSED, "'%s' belongs to somebody else by now (its %s differs)",
                                          req->dn, req->place->stamp != NULL ? req->place->stamp
                                                                             : req->sink->dir.id.attribute);
        if (req->blamed.rc == LDAP_NO_SUCH_OBJECT && req->parent != NULL)
                return ldp_parents_missing(req, req->failed);
        return ldp_request_refused(req, &req->blamed, "changing", err);
}

static enum ldp_next
answer_locate(struct ldp_request *req, LDAP *ld, LDAPMessage *message, struct mst_error *err)
{
        struct ldp_result result;
        const char *there, *was;
        char *dn;

        if (ldap_msgtype(message) == LDAP_RES_SEARCH_ENTRY) {
                dn = ldap_get_dn(ld, message);
                if (dn != NULL)
                        req->found = mst_arena_strdup(req->arena, dn);
                ldap_memfree(dn);
                return LDP_MORE;
        }
        if (ldap_msgtype(message) != LDAP_RES_SEARCH_RESULT)
                return LDP_MORE;
        ldp_result_read(ld, message, &result);
        if (result.rc == LDAP_NO_SUCH_OBJECT)
                return ldp_request_settle(req, MST_REFUSED, MST_ECONFIG, "'%s' does not exist, or we may not see it",
                                          req->place->base);
        if (result.rc != LDAP_SUCCESS)
                return ldp_request_refused(req, &result, "looking for", err);
        if (req->found == NULL)
                return ldp_request_settle(req, MST_GONE, MST_ENOTFOUND, "'%s' is not there any more",
                                          req->dn != NULL ? req->dn : req->id);
        there = ldp_dn_normal(req->arena, req->found);
        was = ldp_dn_normal(req->arena, req->dn != NULL ? req->dn : "");
        if (there == NULL || was == NULL)
                return ldp_request_no_memory(req);
        if (strcmp(there, was) == 0)
                return not_the_place(req, err);
        req->dn = req->found;
        req->moved = true;
        req->looked = false;
        if (req->resume == NULL)
                return dispatch(req, err);       /* a name that differs may need no rename any more */
        req->step = req->resume;
        return LDP_SEND;
}

static const struct ldp_step step_locate = { "locate", true, send_locate, answer_locate, NULL };

enum ldp_next
ldp_request_locate(struct ldp_request *req, const struct ldp_step *resume, const struct ldp_result *why,
                   struct mst_error *err)
{
        if (!ldp_request_has_id(req) || req->located) {
                if (why->rc == LDAP_NO_SUCH_OBJECT && req->parent == NULL)
                        return ldp_request_settle(req, MST_GONE, MST_ENOTFOUND, "'%s' is not there any more", req->dn);
                return ldp_request_refused(req, why, "changing", err);
        }
        req->located = true;
        req->failed = req->step;
        req->blamed = *why;
        req->resume = resume;
        req->step = &step_locate;
        return LDP_SEND;
}

/* --- beginning ------------------------------------------------------------------- */

static enum ldp_next
dispatch(struct ldp_request *req, struct mst_error *err)
{
        struct ldp_result nowhere = { .rc = LDAP_NO_SUCH_OBJECT };
        enum mst_verb verb = mst_op_verb(req->op);

        if (verb == MST_CREATE)
                return ldp_create_begin(req);
        if (req->dn == NULL && !ldp_request_has_id(req))
                return ldp_request_settle(req, MST_REFUSED, MST_EINTERNAL, "an op names neither DN nor %s",
                                          req->sink->dir.id.attribute);
        if (req->dn == NULL)
                return ldp_request_locate(req, NULL, &nowhere, err);
        if (verb == MST_DELETE)
                return ldp_delete_begin(req);
        return verb == MST_MEMBERS ? ldp_members_begin(req) : ldp_change_begin(req);
}

enum ldp_next
ldp_request_begin(struct ldp_request *req, struct mst_op *op, struct mst_error *err)
{
        struct mst_arena *arena = req->arena, *scratch = req->members.scratch;
        struct ldp_sink *sink = req->sink;

        mst_arena_reset(arena);
        *req = (struct ldp_request){ .sink = sink, .op = op, .arena = arena, .members = { .scratch = scratch },
                                     .place = ldp_place_of(sink, mst_op_kind(op)),
                                     .dn = mst_op_name(op), .id = mst_op_object(op) };
        if (req->place->base == NULL)
                return ldp_request_settle(req, MST_REFUSED, MST_ECONFIG, "groups cannot be written: set group-base");
        return dispatch(req, err);
}
