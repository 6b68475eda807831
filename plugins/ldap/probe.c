/* SPDX-License-Identifier: Apache-2.0
 *
 * probe.c - what this directory is and what may be written there.
 *
 * The facts come from the server itself: the root DSE, the base entries, and the
 * schema of the configured object classes.  Whether writes are allowed cannot be
 * asked of an LDAP server without writing; what can be seen of it is noted. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "dn.h"
#include "entry.h"
#include "gss.h"
#include "login.h"
#include "password.h"
#include "plugin.h"
#include "result.h"
#include "schema.h"
#include "sink.h"

struct prober {
        struct ldp_sink *sink;
        struct ldp_conn *conn;
        struct mst_facts *facts;
        struct mst_arena *arena;
        const struct ldp_place *place;
        bool *allowed;                   /* by number of the attribute, for 'place' */
        bool *required;
        bool anything;                   /* extensibleObject */
        bool sure;                       /* the entries have these classes and no others */
        bool needs_member;               /* the classes want a group to have one */
};

static int
no_memory(struct mst_error *err)
{
        return mst_fail_memory(err, "probing the directory");
}

/* The lasting id of an entry; '*ret' NULL: it is not there, or not shown. */
static int
read_id(struct prober *p, const char *dn, const char **ret, struct ldp_result *result, struct mst_error *err)
{
        char *wanted[] = { (char *)p->sink->dir.id.attribute, NULL };
        LDAPMessage *message = NULL;
        struct ldp_entry entry;
        int msgid = 0, type, rc = MST_OK;

        *ret = NULL;
        if (ldp_conn_search(p->conn, dn, LDAP_SCOPE_BASE, "(objectClass=*)", wanted, NULL, &msgid, err) != MST_OK)
                return err->code;
        do {
                if (ldp_conn_wait(p->conn, msgid, &message, err) != MST_OK)
                        return err->code;
                type = ldap_msgtype(message);
                if (type == LDAP_RES_SEARCH_ENTRY) {
                        rc = ldp_entry_read(p->conn->ld, message, &p->sink->dir, &p->sink->users, p->arena, &entry, err);
                        if (rc == MST_OK && entry.id != NULL)
                                *ret = entry.id;
                        ldp_entry_done(&entry);
                } else if (type == LDAP_RES_SEARCH_RESULT) {
                        ldp_result_read(p->conn->ld, message, result);
                }
                ldap_msgfree(message);
        } while (type != LDAP_RES_SEARCH_RESULT);
        return rc;
}

static int
check_base(struct prober *p, const char *option, const char *base, const char **id, struct mst_error *err)
{
        struct ldp_result result = { 0 };

        *id = NULL;
        if (base == NULL)
                return MST_OK;
        if (read_id(p, base, id, &result, err) != MST_OK)
                return err->code;
        if (result.rc == LDAP_NO_SUCH_OBJECT)
                return mst_fail(err, MST_ECONFIG, "%s '%s' does not exist, or we may not see it: create it or "
                                "correct the option", option, base);
        if (result.rc == LDAP_REFERRAL)
                return mst_fail(err, MST_ECONFIG, "%s '%s' lies on another server (%s): name that one as uri",
                                option, base, result.text);
        if (ldp_result_is_fatal(result.rc))
                return ldp_result_fatal(p->conn->uri.host, &result, err);
        if (result.rc != LDAP_SUCCESS)
                return mst_fail(err, MST_EPERM, "%s '%s' cannot be read: %s: grant the login the right to read and search it",
                                option, base, result.text);
        if (*id == NULL && p->sink->dir.server.looks != NULL && p->sink->dir.server.looks != p->sink->dir.dialect &&
            p->sink->dir.server.looks->name != LDP_OTHER)
                return mst_fail(err, MST_ECONFIG, "%s '%s' has no %s: dialect says %s, but the server is %s: correct "
                                "dialect, or leave it out", option, base, p->sink->dir.id.attribute,
                                p->sink->dir.dialect->title, p->sink->dir.server.looks->title);
        if (*id == NULL)
                return mst_fail(err, MST_EPERM, "%s '%s' shows us no %s: grant bind-dn the right to read and search "
                                "it, also for operational attributes", option, base, p->sink->dir.id.attribute);
        return MST_OK;
}

static int
identify(struct prober *p, struct mst_error *err)
{
        const struct ldp_sink *sink = p->sink;
        struct ldp_result result = { 0 };
        const char *suffix = NULL, *users = NULL, *groups = NULL, *identity;

        if (check_base(p, "user-base", sink->users.base, &users, err) != MST_OK ||
            check_base(p, "group-base", sink->groups.base, &groups, err) != MST_OK ||
            read_id(p, ldp_dir_context(&p->sink->dir, p->arena, sink->users.base), &suffix, &result, err) != MST_OK)
                return err->code;
        identity = mst_arena_printf(p->arena, "ldap %s users %s %s%s%s%s%s", suffix != NULL ? suffix : users,
                                    users, sink->users.base_normal, groups != NULL ? " groups " : "",
                                    groups != NULL ? groups : "", groups != NULL ? " " : "",
                                    groups != NULL ? sink->groups.base_normal : "");
        if (identity == NULL)
                return no_memory(err);
        mst_facts_identity(p->facts, identity);
        return MST_OK;
}

static uint32_t
can(const struct prober *p)
{
        const struct ldp_config *c = p->sink->config;
        uint32_t can = MST_CAN_USERS | MST_CAN_UPDATE | MST_CAN_RENAME | MST_CAN_DELETE | MST_CAN_LIST |
                       MST_CAN_FIND | MST_CAN_PRESENT;

        if (c->group_base != NULL)
                can |= MST_CAN_GROUPS | MST_CAN_MEMBERS;
        if (c->group_base != NULL && p->sink->refers == NULL)
                can |= MST_CAN_NEST;             /* a DN may be anybody's */
        if (c->group_base != NULL &&
            (!p->needs_member || c->empty_member == NULL || strcmp(c->empty_member, "none") != 0))
                can |= MST_CAN_EMPTY_GROUP;      /* by a placeholder where the schema wants a member */
        if (p->sink->lock.attribute != NULL)
                can |= MST_CAN_DISABLE;
        if (c->user_stamp != NULL)
                can |= MST_CAN_STAMP;
        return can;
}

static void
note_can(struct prober *p)
{
        const struct ldp_config *c = p->sink->config;

        mst_facts_can(p->facts, can(p));
        mst_facts_limit(p->facts, MST_LIMIT_IN_FLIGHT, (uint32_t)(c->connections * c->window));
        mst_facts_limit(p->facts, MST_LIMIT_MEMBERS, 0);
        if (c->access.dialect == LDP_AUTO)
                mst_facts_note(p->facts, false, "it is taken for %s", p->sink->dir.dialect->title);
        else if (p->sink->dir.server.looks != NULL && p->sink->dir.server.looks != p->sink->dir.dialect &&
                 p->sink->dir.server.looks->name != LDP_OTHER)
                mst_facts_note(p->facts, true, "dialect says %s, but the root DSE looks like that of %s",
                               p->sink->dir.dialect->title, p->sink->dir.server.looks->title);
        if (!p->sink->dir.server.paging)
                mst_facts_note(p->facts, true, "the server offers no paged results: listings of more entries than "
                               "its size limit will fail");
        if (!p->sink->dir.server.post_read && p->sink->dir.server.dn_attribute == NULL)
                mst_facts_note(p->facts, false, "the server offers no post-read control: each new entry costs one "
                               "more call");
        if (p->sink->lock.bit != 0 && ldp_password_attribute(p->sink) == NULL)
                mst_facts_note(p->facts, false, "new accounts stay disabled, as they have no password: see "
                               "initial-password");
        if (p->sink->dir.dialect->name == LDP_OPENLDAP && ldp_password_attribute(p->sink) != NULL)
                mst_facts_note(p->facts, false, "slapd keeps first passwords as they are sent unless its ppolicy overlay "
                               "says ppolicy_hash_cleartext");
        if (c->user_stamp == NULL)
                mst_facts_note(p->facts, true, "without stamp-attribute, people whose creation was interrupted are "
                               "found again by the match values only: set it to an attribute that nobody else uses, such as "
                               "%s", p->sink->dir.dialect->stamp_hint);
        if (c->group_base == NULL)
                mst_facts_mistake(p->facts, MST_GROUP, NULL, "groups cannot be written: set group-base to the DN below which "
                                  "they are, or take the groups out of the target");
        if (p->sink->dir.self == NULL && ldp_bind_of(&c->access) != LDP_BIND_ANONYMOUS)
                mst_facts_note(p->facts, false, "the server does not say which entry is our own: put it on the "
                               "never-touch list if it lies below user-base");
        else if (p->sink->dir.self != NULL && ldp_bind_of(&c->access) != LDP_BIND_SIMPLE)
                mst_facts_note(p->facts, false, "we are logged in as '%s'", p->sink->dir.self);
        if (p->conn->uri.scheme == LDP_LDAP && !c->access.start_tls && !ldp_gss_seals(p->conn->gss))
                mst_facts_note(p->facts, false, "the connection is not encrypted; it does not leave this machine");
}

static void
mark(void *self, const char *attribute, bool must)
{
        struct prober *p = self;
        const struct ldp_type *type = ldp_schema_type(p->sink->dir.schema, attribute, strlen(attribute));

        if (type == NULL)
                return;
        /* every name of it may be written */
        for (size_t i = 0; i < ldp_schema_count(p->sink->dir.schema); i++) {
                const struct ldp_type *other = ldp_schema_at(p->sink->dir.schema, i);

                if (other->main != type->main)
                        continue;
                p->allowed[i] = true;
                p->required[i] |= must;
        }
}

static bool
is_naming(const struct ldp_place *place, const struct ldp_type *type)
{
        for (const char **name = place->rdn; *name != NULL; name++)
                if (strcasecmp(*name, type->name) == 0 || strcasecmp(*name, type->main) == 0)
                        return true;
        return false;
}

/* What Active Directory demands and puts in itself. */
static bool
ad_gives(const char *name)
{
        static const char *const gives[] = { "instanceType", "nTSecurityDescriptor", "objectCategory", "objectSid",
                                             "groupType", "sAMAccountName" };

        for (size_t i = 0; i < sizeof gives / sizeof *gives; i++)
                if (strcasecmp(gives[i], name) == 0)
                        return true;
        return false;
}

/* Of the names that an attribute has (uid, userid): is it the one that maps use, or else the first? */
static bool
is_the_name(const struct prober *p, const struct ldp_type *type)
{
        const char *used = NULL;
        size_t count = mst_host_want_count(p->sink->host);

        for (size_t i = 0; i < count; i++) {
                const char *want = mst_host_want(p->sink->host, i);
                const struct ldp_type *other = ldp_schema_type(p->sink->dir.schema, want, strlen(want));

                if (other != NULL && other->main == type->main && (used == NULL || strcmp(other->name, type->main) == 0))
                        used = other->name;
        }
        return strcmp(type->name, used != NULL ? used : type->main) == 0;
}

static void
note_attribute(struct prober *p, const struct ldp_type *type, bool required)
{
        const char *lock = p->sink->lock.attribute;
        uint32_t flags = type->flags | (p->place->kind == MST_GROUP ? (uint32_t)MST_ATTR_GROUP : 0);
        bool ours = strcasecmp(type->name, "objectClass") == 0 ||
                    (p->place->stamp != NULL && strcasecmp(type->name, p->place->stamp) == 0) ||
                    (p->place->number.attribute != NULL && strcasecmp(type->name, p->place->number.attribute) == 0) ||
                    (p->place->kind == MST_GROUP && strcasecmp(type->name, p->sink->member) == 0) ||
                    (p->place->kind == MST_USER && lock != NULL && strcasecmp(type->name, lock) == 0);

        if (isdigit((unsigned char)type->name[0]))
                return;                          /* an OID: nobody maps to it */
        if (ours && required && p->place->kind == MST_GROUP)
                p->needs_member |= strcasecmp(type->name, p->sink->member) == 0;
        if (ours)
                flags |= MST_ATTR_READ_ONLY;     /* not for maps: Muster writes it itself */
        else if (required && p->sure && is_the_name(p, type) && !(p->sink->dir.dialect->name == LDP_AD && ad_gives(type->name)))
                flags |= MST_ATTR_REQUIRED;
        if (is_naming(p->place, type))
                flags |= MST_ATTR_NAMING | (is_the_name(p, type) ? (uint32_t)MST_ATTR_REQUIRED : 0);
        mst_facts_attribute(p->facts, type->name, type->type, flags,
                            p->sink->dir.dialect->name == LDP_AD && p->place->kind == MST_USER &&
                            strcasecmp(type->name, "sAMAccountName") == 0 ? 20 : type->longest);
}

static void
note_wants(struct prober *p)
{
        size_t count = mst_host_want_count(p->sink->host);

        for (size_t i = 0; i < count; i++) {
                const char *name = mst_host_want(p->sink->host, i);

                if (ldp_is_attribute(name) && ldp_schema_type(p->sink->dir.schema, name, strlen(name)) == NULL)
                        mst_facts_mistake(p->facts, 0, name, "the directory's schema has no attribute '%s': correct the "
                                        "map, or add the schema to the server", name);
        }
}

static bool
is_allowed(const struct prober *p, const struct ldp_type *type)
{
        for (size_t i = 0; i < ldp_schema_count(p->sink->dir.schema); i++)
                if (p->allowed[i] && ldp_schema_at(p->sink->dir.schema, i)->main == type->main)
                        return true;
        return p->anything || type->operational;
}

/* What maps write there and the classes do not allow: the server would refuse each entry. */
static void
doubt_wants(struct prober *p)
{
        const char *which = p->place->kind == MST_GROUP ? "group" : "user";
        size_t count = mst_host_want_count(p->sink->host);

        for (size_t i = 0; i < count; i++) {
                const char *name = mst_host_want(p->sink->host, i);
                const struct ldp_type *type = !ldp_is_attribute(name) ? NULL :
                                              ldp_schema_type(p->sink->dir.schema, name, strlen(name));

                if ((p->place->stamp != NULL && strcasecmp(name, p->place->stamp) == 0) ||
                    (p->place->number.attribute != NULL && strcasecmp(name, p->place->number.attribute) == 0))
                        mst_facts_mistake(p->facts, (int)p->place->kind, name, "Muster writes '%s' of %ss itself: remove the "
                                        "map, or give the option another attribute", name, which);
                else if (type != NULL && !is_allowed(p, type))
                        (p->sure ? mst_facts_mistake : mst_facts_doubt)(
                                p->facts, (int)p->place->kind, name, "none of the %s-object-classes allows '%s': name a class "
                                "that does, or remove the map", which, name);
        }
}

/* An attribute that an option names, which the classes must allow; 'remedy': besides a class. */
static void
check_allowed(struct prober *p, const char *option, const char *name, const char *remedy)
{
        const struct ldp_type *type = ldp_schema_type(p->sink->dir.schema, name, strlen(name));
        int kind = (int)p->place->kind;

        if (type == NULL)
                mst_facts_mistake(p->facts, kind, NULL, "%s: the directory's schema has no attribute '%s': correct it%s%s",
                                  option, name, remedy[0] != '\0' ? ", or take " : "", remedy);
        else if (!is_allowed(p, type))
                mst_facts_mistake(p->facts, kind, NULL, "%s: none of the %s-object-classes allows '%s': add a class that "
                                  "does%s%s", option, kind == MST_GROUP ? "group" : "user", name,
                                  remedy[0] != '\0' ? ", or take " : "", remedy);
}

/* Do maps write the classes themselves? */
static bool
maps_classes(const struct prober *p)
{
        size_t count = mst_host_want_count(p->sink->host);

        for (size_t i = 0; i < count; i++)
                if (strcasecmp(mst_host_want(p->sink->host, i), "objectClass") == 0)
                        return true;
        return false;
}

static int
note_place(struct prober *p, const struct ldp_place *place, struct mst_error *err)
{
        const struct ldp_schema *schema = p->sink->dir.schema;
        const char *prefix = place->kind == MST_GROUP ? "group" : "user";
        uint32_t group = place->kind == MST_GROUP ? (uint32_t)MST_ATTR_GROUP : 0;
        size_t count = ldp_schema_count(schema);

        p->place = place;
        p->allowed = mst_arena_alloc(p->arena, (count + 1) * sizeof *p->allowed);
        p->required = mst_arena_alloc(p->arena, (count + 1) * sizeof *p->required);
        if (p->allowed == NULL || p->required == NULL)
                return no_memory(err);
        p->anything = false;
        p->sure = !maps_classes(p);
        for (char **class = place->classes; *class != NULL; class++) {
                p->anything |= strcasecmp(*class, "extensibleObject") == 0;
                if (!ldp_schema_class(schema, *class, mark, p))
                        mst_facts_mistake(p->facts, (int)place->kind, NULL, "%s-object-classes: the directory's schema has "
                                          "no class '%s': correct it, or add its schema to the server", prefix, *class);
        }
        for (size_t i = 0; i < count; i++)
                if (p->allowed[i] || p->anything)
                        note_attribute(p, ldp_schema_at(schema, i), p->required[i]);
        doubt_wants(p);
        mst_facts_attribute(p->facts, "@parent", MST_TEXT, MST_ATTR_NAMING | group, 0);
        mst_facts_attribute(p->facts, p->sink->dir.id.attribute, MST_TEXT, MST_ATTR_READ_ONLY | group, 0);
        for (const char **name = place->rdn; *name != NULL; name++)
                check_allowed(p, place->kind == MST_GROUP ? "group-rdn" : "user-rdn", *name, "");
        if (place->stamp != NULL)
                check_allowed(p, place->kind == MST_GROUP ? "group-stamp-attribute" : "stamp-attribute", place->stamp,
                              place->kind == MST_GROUP ? "" : p->sink->dir.dialect->stamp_hint);
        if (place->number.attribute != NULL)
                check_allowed(p, place->kind == MST_GROUP ? "group-number-attribute" : "number-attribute",
                              place->number.attribute, "");
        if (place->kind == MST_GROUP)
                check_allowed(p, "member-attribute", p->sink->member, "");
        else if (p->sink->lock.attribute != NULL)
                check_allowed(p, "disabled-attribute", p->sink->lock.attribute, "");
        if (place->kind == MST_USER && p->sink->dir.dialect->name == LDP_AD)
                mst_facts_lack(p->facts, MST_USER, "sAMAccountName", "nothing is mapped to 'sAMAccountName': the server then "
                               "invents account names like $K41000-3B2VKE4QH5L1: map one of 20 characters at most");
        return MST_OK;
}

static int
probe(struct prober *p, struct mst_error *err)
{
        struct ldp_sink *sink = p->sink;

        p->arena = mst_arena_new(0);
        if (p->arena == NULL)
                return no_memory(err);
        if (ldp_sink_schema(sink, &p->conn, err) != MST_OK ||
            identify(p, err) != MST_OK)
                return err->code;
        p->needs_member = true;
        note_can(p);
        if (ldp_schema_is_empty(sink->dir.schema)) {
                mst_facts_note(p->facts, true, "the server does not show us its schema: attributes and classes "
                               "cannot be checked, and people are looked up one by one");
                mst_facts_attribute(p->facts, "*", MST_TEXT, MST_ATTR_MANY, 0);
                mst_facts_attribute(p->facts, "*", MST_TEXT, MST_ATTR_MANY | MST_ATTR_GROUP, 0);
                return MST_OK;
        }
        p->needs_member = false;
        note_wants(p);
        if (note_place(p, &sink->users, err) != MST_OK ||
            (sink->groups.base != NULL && note_place(p, &sink->groups, err) != MST_OK))
                return err->code;
        mst_facts_can(p->facts, can(p));
        return MST_OK;
}

int
ldp_probe(void *self, struct mst_facts *facts, struct mst_error *err)
{
        struct prober p = { .sink = self, .facts = facts };
        int rc = probe(&p, err);

        mst_arena_free(p.arena);
        return rc;
}
