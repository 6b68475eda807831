/* SPDX-License-Identifier: Apache-2.0
 *
 * parents.c - the entries between the base and a new or moved one, where create-parents
 * is on.
 *
 *   climb     add the parent; where its own parent is missing too, add that one first
 *   descend   what is there now, made by us or by another op in flight, is the place for
 *             the next one, until the parent itself is there
 *   resume    then the add or rename that had failed is sent again
 *
 * It never goes above the base, which is the admin's.  What is made here has no link, so
 * nothing in Muster ever changes or deletes it. */
#include <string.h>
#include <strings.h>

#include "dn.h"
#include "mods.h"
#include "request.h"

/* What an entry is, by the attribute that names it. */
static const struct {
        const char *attribute, *class;
} classes[] = {
        { "ou", "organizationalUnit" }, { "organizationalUnitName", "organizationalUnit" },
        { "o", "organization" }, { "organizationName", "organization" },
        { "l", "locality" }, { "localityName", "locality" },
        { "st", "locality" }, { "stateOrProvinceName", "locality" },
        { "c", "country" }, { "countryName", "country" },
        { "dc", "domain" }, { "domainComponent", "domain" },
};

static const struct ldp_step step_parent;

static const char *
class_of(const struct berval *attribute)
{
        for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
                if (attribute->bv_len == strlen(classes[i].attribute) &&
                    strncasecmp(attribute->bv_val, classes[i].attribute, attribute->bv_len) == 0)
                        return classes[i].class;
        return NULL;
}

static bool
put_value(struct mst_arena *arena, struct ldp_mods *mods, const LDAPAVA *ava)
{
        const char *name = mst_arena_strndup(arena, ava->la_attr.bv_val, ava->la_attr.bv_len);
        struct ldp_values values = { .list = mst_arena_alloc(arena, 2 * sizeof *values.list), .count = 1 };
        struct berval *value = mst_arena_alloc(arena, sizeof *value);

        if (name == NULL || values.list == NULL || value == NULL)
                return false;
        value->bv_val = mst_arena_memdup(arena, ava->la_value.bv_val, ava->la_value.bv_len);
        value->bv_len = ava->la_value.bv_len;
        values.list[0] = value;
        ldp_mods_put(mods, LDAP_MOD_ADD, name, &values);
        return value->bv_val != NULL;
}

/* The first RDN's class and values.  '*class' NULL: none is known for it. */
static bool
put_rdn(struct mst_arena *arena, struct ldp_mods *mods, const char *name, const char **class)
{
        LDAPDN dn = NULL;
        bool ok = ldap_str2dn(name, &dn, LDAP_DN_FORMAT_LDAPV3) == LDAP_SUCCESS;

        *class = NULL;
        for (LDAPAVA **ava = ok && dn != NULL && dn[0] != NULL ? dn[0] : NULL; ok && ava != NULL && *ava != NULL; ava++) {
                if (*class == NULL)
                        *class = class_of(&(*ava)->la_attr);
                ok = put_value(arena, mods, *ava);
        }
        ldap_dnfree(dn);
        return ok;
}

/* The add of 'name' is the next step. */
static enum ldp_next
make(struct ldp_request *req, const char *name)
{
        struct ldp_mods mods;
        const char *class;

        ldp_mods_begin(&mods, req->arena, 16);
        if (!put_rdn(req->arena, &mods, name, &class))
                return ldp_request_no_memory(req);
        if (class == NULL)
                return ldp_request_settle(req, MST_REFUSED, MST_EREFUSED, "'%s' does not exist, and create-parents can "
                                          "make only entries that are named by ou, o, l, st, c or dc: create it, or "
                                          "change the map of @parent", name);
        ldp_mods_text(&mods, LDAP_MOD_ADD, "objectClass", class);
        if (mods.failed)
                return ldp_request_no_memory(req);
        req->parents.making = name;
        req->parents.mods = mods.list;
        req->step = &step_parent;
        return LDP_SEND;
}

/* The one that 'upper', a part of 'req->parent', is the parent of. */
static const char *
below(const struct ldp_request *req, const char *upper)
{
        const char *at = req->parent;

        while (ldp_dn_parent(at) != upper)
                at = ldp_dn_parent(at);
        return at;
}

/* May 'name' be made: is it truly below the base? */
static bool
is_inside(struct ldp_request *req, const char *name)
{
        const char *normal = ldp_dn_normal(req->arena, name);

        return normal != NULL && ldp_dn_below(normal, req->place->base_normal) &&
               strcmp(normal, req->place->base_normal) != 0;
}

bool
ldp_parents_can(struct ldp_request *req)
{
        return req->sink->config->create_parents && req->parent != NULL && req->parents.rounds < 2 &&
               is_inside(req, req->parent);
}

enum ldp_next
ldp_parents_begin(struct ldp_request *req, const struct ldp_step *resume)
{
        req->parents.rounds++;
        req->parents.resume = resume;
        return make(req, req->parent);
}

enum ldp_next
ldp_parents_missing(struct ldp_request *req, const struct ldp_step *resume)
{
        if (ldp_parents_can(req))
                return ldp_parents_begin(req, resume);
        return ldp_request_settle(req, MST_REFUSED, MST_EREFUSED, "'%s' cannot move below '%s', which does not exist: "
                                  "create it, or change the map of @parent", req->dn, req->parent);
}

static int
send_parent(struct ldp_request *req, LDAP *ld, int *msgid)
{
        return ldap_add_ext(ld, req->parents.making, req->parents.mods, NULL, NULL, msgid);
}

static enum ldp_next
answer_parent(struct ldp_request *req, LDAP *ld, LDAPMessage *message, struct mst_error *err)
{
        const char *upper = ldp_dn_parent(req->parents.making);
        struct ldp_result result;

        ldp_result_read(ld, message, &result);
        switch (result.rc) {
        case LDAP_SUCCESS:
        case LDAP_ALREADY_EXISTS:
                if (req->parents.making != req->parent)
                        return make(req, below(req, req->parents.making));
                req->step = req->parents.resume;
                return LDP_SEND;
        case LDAP_NO_SUCH_OBJECT:
                if (is_inside(req, upper))
                        return make(req, upper);
                return ldp_request_settle(req, MST_REFUSED, MST_EREFUSED, "'%s' does not exist, or we may not see it, "
                                          "and '%s' cannot be made there", upper, req->parents.making);
        default:
                return ldp_request_refused(req, &result, "creating the parent of", err);
        }
}

/* An add that is there already does no harm: it may be sent again. */
static const struct ldp_step step_parent = { "parent", true, send_parent, answer_parent, NULL };
