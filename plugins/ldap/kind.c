/* SPDX-License-Identifier: Apache-2.0
 *
 * kind.c - groups of every kind.
 *
 * groupOfNames and groupOfUniqueNames hold DNs and, by the standard's schema, at least
 * one: a placeholder stands in those that would have none.  389 DS and Active Directory
 * allow empty groups, which their schema says; then there is no placeholder.  posixGroup
 * holds the members' account names.  A group of Active Directory has a scope and a type,
 * in the bits of groupType, and an account name. */
#include "kind.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "mods.h"
#include "request.h"
#include "schema.h"

/* libldap wants lists that it could write to, though it never does. */
#define CLASSES(name) ((char *[]){ (char *)"top", (char *)name, NULL })

static const struct ldp_kind kinds[] = {
        { LDP_KIND_NAMES, CLASSES("groupOfNames"), "member", NULL },
        { LDP_KIND_UNIQUE, CLASSES("groupOfUniqueNames"), "uniqueMember", NULL },
        { LDP_KIND_POSIX, CLASSES("posixGroup"), "memberUid", "uid" },
        { LDP_KIND_AD, CLASSES("group"), "member", NULL },
        { LDP_KIND_CUSTOM, NULL, "member", NULL },
};

const struct ldp_kind *
ldp_kind_of(enum ldp_kind_name name, bool ad)
{
        if (name == LDP_KIND_AUTO)
                name = ad ? LDP_KIND_AD : LDP_KIND_NAMES;
        for (size_t i = 1; i < sizeof kinds / sizeof *kinds; i++)
                if (kinds[i].name == name)
                        return &kinds[i];
        return &kinds[0];
}

int
ldp_kind_check(const struct ldp_config *c, struct mst_error *err)
{
        const struct ldp_kind *kind = ldp_kind_of((enum ldp_kind_name)c->group_kind, false);
        const char *refers = c->member_value != NULL ? c->member_value : kind->refers;

        if (c->member_value != NULL && strcasecmp(c->member_value, "dn") != 0 &&
            ldp_check_name("member-value", c->member_value, err) != MST_OK)
                return err->code;
        if (kind->name == LDP_KIND_CUSTOM && (c->group_classes == NULL || c->member_attribute == NULL))
                return mst_fail(err, MST_ECONFIG, "group-kind custom needs group-object-classes and member-attribute");
        if (refers != NULL && strcasecmp(refers, "dn") != 0 && c->empty_member != NULL &&
            strcmp(c->empty_member, "none") != 0)
                return mst_fail(err, MST_ECONFIG, "empty-member is a DN, but the groups' members are values of '%s': "
                                "remove it", refers);
        return MST_OK;
}

/* --- the placeholder ------------------------------------------------------------- */

struct seeker {
        const char *member;
        bool required;
};

static void
seek(void *self, const char *attribute, bool must)
{
        struct seeker *s = self;

        s->required |= must && strcasecmp(attribute, s->member) == 0;
}

void
ldp_kind_settle(struct ldp_sink *sink)
{
        struct seeker s = { .member = sink->member };
        bool known = !ldp_schema_is_empty(sink->dir.schema);

        for (char **class = sink->groups.classes; known && class != NULL && *class != NULL; class++)
                known = ldp_schema_class(sink->dir.schema, *class, seek, &s);
        sink->needs_member = sink->refers == NULL && (s.required || !known);
}

const char *
ldp_kind_holder(const struct ldp_request *req)
{
        const struct ldp_config *c = req->sink->config;

        if (c->empty_member != NULL)
                return strcmp(c->empty_member, "none") != 0 ? c->empty_member : NULL;
        if (!req->sink->needs_member)
                return NULL;
        return c->access.bind_dn != NULL ? c->access.bind_dn : req->dn;
}

/* --- Active Directory ---------------------------------------------------------------- */

static const uint32_t scopes[] = { 0x2, 0x4, 0x8 };      /* in the order of group-scope's choices */

#define SECURITY UINT32_C(0x80000000)

void
ldp_kind_put(struct ldp_request *req, struct ldp_mods *mods)
{
        const struct ldp_config *c = req->sink->config;
        const struct mst_value *cn = mst_value_at(mst_op_change(req->op, "cn"), 0);
        uint32_t bits;
        char text[16];

        if (req->place->kind != MST_GROUP || req->sink->kind->name != LDP_KIND_AD)
                return;
        bits = scopes[c->group_scope] | (c->group_security ? SECURITY : 0);
        snprintf(text, sizeof text, "%" PRId32, (int32_t)bits);
        if (!ldp_mods_has(mods, "groupType")) {
                const char *copy = mst_arena_strdup(req->arena, text);

                if (copy != NULL)
                        ldp_mods_text(mods, LDAP_MOD_ADD, "groupType", copy);
                mods->failed |= copy == NULL;
        }
        if (!ldp_mods_has(mods, "sAMAccountName") && mst_value_type(cn) == MST_TEXT)
                ldp_mods_text(mods, LDAP_MOD_ADD, "sAMAccountName", mst_value_text(cn, NULL));
}
