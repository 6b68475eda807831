/* SPDX-License-Identifier: Apache-2.0
 *
 * source.c - an instance of the source: made from the options, and what it learns of the server
 * when it is first there.
 *
 *   open    options are checked, nobody is asked
 *   plan    which family of servers it is, its schema, and so which attributes to read */
#include "source.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "dn.h"
#include "resolver.h"
#include "result.h"
#include "round.h"
#include "schema.h"

int
ldp_source_open(const void *config, struct mst_host *host, void **self, struct mst_error *err)
{
        const struct ldp_reading *c = config;
        struct ldp_source *source;

        if (ldp_reading_check(c, err) != MST_OK)
                return err->code;
        source = calloc(1, sizeof *source);
        if (source == NULL)
                return mst_fail_memory(err, "opening the source");
        source->config = c;
        source->host = host;
        source->arena = mst_arena_new(0);
        source->dir = (struct ldp_dir){ .access = &c->access, .host = host, .arena = source->arena };
        source->reader = source->asker = (struct ldp_conn){ .dir = &source->dir, .fd = -1 };
        if (mst_host_random(host, &source->nonce, sizeof source->nonce, err) != MST_OK) {
                ldp_source_close(source);
                return err->code;
        }
        source->resolver = ldp_resolver_new(source);
        if (source->arena == NULL || source->resolver == NULL) {
                ldp_source_close(source);
                return mst_fail_memory(err, "opening the source");
        }
        *self = source;
        return MST_OK;
}

void
ldp_source_close(void *self)
{
        struct ldp_source *source = self;

        if (source == NULL)
                return;
        ldp_round_drop(source);
        ldp_conn_close(&source->reader);
        ldp_conn_close(&source->asker);
        ldp_resolver_free(source->resolver);
        ldp_absences_done(&source->absences);
        ldp_schema_free(source->dir.schema);
        mst_arena_free(source->arena);
        free(source);
}

int
ldp_source_asker(struct ldp_source *source, struct mst_error *err)
{
        return ldp_dir_ready(&source->asker, err);
}

/* ---- one entry ------------------------------------------------------------------------------ */

static bool
copy_first(LDAP *ld, LDAPMessage *message, char **attributes, struct mst_arena *arena, struct berval *values)
{
        bool ok = true;

        for (size_t i = 0; attributes[i] != NULL && ok; i++) {
                struct berval **list = ldap_get_values_len(ld, message, attributes[i]);

                if (list != NULL && list[0] != NULL) {
                        values[i].bv_len = list[0]->bv_len;
                        values[i].bv_val = mst_arena_memdup(arena, list[0]->bv_val, list[0]->bv_len);
                        ok = values[i].bv_val != NULL;
                }
                ldap_value_free_len(list);
        }
        return ok;
}

int
ldp_source_entry(struct ldp_source *source, struct ldp_conn *conn, const char *dn, const char *filter,
                 LDAPControl **controls, char **attributes, struct mst_arena *arena, struct berval *values,
                 struct ldp_result *result, struct mst_error *err)
{
        LDAPMessage *message = NULL;
        int msgid = 0, type;
        bool ok = true;

        (void)source;
        *result = (struct ldp_result){ .rc = LDAP_OTHER };
        for (size_t i = 0; attributes[i] != NULL; i++)
                values[i] = (struct berval){ 0 };
        if (ldp_conn_search(conn, dn, LDAP_SCOPE_BASE, filter, attributes, controls, &msgid, err) != MST_OK)
                return err->code;
        do {
                if (ldp_conn_wait(conn, msgid, &message, err) != MST_OK)
                        return mst_wrap(err, "reading '%.200s'", dn);
                type = ldap_msgtype(message);
                if (type == LDAP_RES_SEARCH_ENTRY)
                        ok = ok && copy_first(conn->ld, message, attributes, arena, values);
                else if (type == LDAP_RES_SEARCH_RESULT)
                        ldp_result_read(conn->ld, message, result);
                ldap_msgfree(message);
        } while (type != LDAP_RES_SEARCH_RESULT);
        return ok ? MST_OK : mst_fail_memory(err, "reading an entry");
}

/* ---- what the server is ------------------------------------------------------------------------ */

/* Whether one of the values of a root DSE attribute is 'text'. */
static bool
says(LDAP *ld, LDAPMessage *entry, const char *attribute, const char *text)
{
        struct berval **values = ldap_get_values_len(ld, entry, attribute);
        bool found = false;

        for (size_t i = 0; values != NULL && values[i] != NULL; i++)
                found |= strcmp(values[i]->bv_val, text) == 0;
        ldap_value_free_len(values);
        return found;
}

static const char *
text_of(struct ldp_source *source, LDAPMessage *entry, const char *attribute)
{
        struct berval **values = ldap_get_values_len(source->reader.ld, entry, attribute);
        const char *text = values != NULL && values[0] != NULL ? mst_arena_strdup(source->arena, values[0]->bv_val) : NULL;

        ldap_value_free_len(values);
        return text;
}

static void
note_server(struct ldp_source *source, LDAPMessage *entry)
{
        LDAP *ld = source->reader.ld;

        source->sync_offered = says(ld, entry, "supportedControl", LDAP_CONTROL_SYNC);
        source->dirsync_offered = says(ld, entry, "supportedControl", LDAP_CONTROL_X_DIRSYNC);
        source->domain = text_of(source, entry, "defaultNamingContext");
        source->dsa = text_of(source, entry, "dsServiceName");
}

static int
ask_root(struct ldp_source *source, struct mst_error *err)
{
        char *wanted[] = { (char *)"supportedControl", (char *)"defaultNamingContext", (char *)"dsServiceName", NULL };
        LDAPMessage *message = NULL;
        int msgid = 0, type;

        if (ldp_conn_search(&source->reader, "", LDAP_SCOPE_BASE, "(objectClass=*)", wanted, NULL, &msgid, err) != MST_OK)
                return err->code;
        do {
                if (ldp_conn_wait(&source->reader, msgid, &message, err) != MST_OK)
                        return mst_wrap(err, "reading the root DSE");
                type = ldap_msgtype(message);
                if (type == LDAP_RES_SEARCH_ENTRY)
                        note_server(source, message);
                ldap_msgfree(message);
        } while (type != LDAP_RES_SEARCH_RESULT);
        return MST_OK;
}

/* ---- the plan ------------------------------------------------------------------------------------ */

/* The naming context that the base lies in, or the base itself. */
static const char *
context_of(struct ldp_source *source, const char *base, const char *base_normal)
{
        const char *best = base;
        size_t longest = 0;

        for (const char **context = source->dir.server.contexts; context != NULL && *context != NULL; context++) {
                const char *there = ldp_dn_normal(source->arena, *context);

                if (there != NULL && strlen(there) > longest && ldp_dn_below(base_normal, there)) {
                        best = *context;
                        longest = strlen(there);
                }
        }
        return best;
}

static int
set_shelf(struct ldp_source *source, struct ldp_shelf *shelf, enum mst_kind kind, const char *base, const char *filter,
          int64_t scope, struct mst_error *err)
{
        *shelf = (struct ldp_shelf){ .kind = kind, .base = base, .filter = filter,
                                     .scope = scope == 1 ? LDAP_SCOPE_ONELEVEL : LDAP_SCOPE_SUBTREE };
        if (base == NULL)
                return MST_OK;
        shelf->base_normal = ldp_dn_normal(source->arena, base);
        if (shelf->base_normal == NULL)
                return mst_fail_memory(err, "planning what to read");
        shelf->context = context_of(source, base, shelf->base_normal);
        return ldp_columns_make(source->arena, source->config, source->family == LDP_FAMILY_AD, source->dir.schema,
                                source->host, kind, &shelf->columns, err);
}

/* The dialect, as the admin or the root DSE says it, and the id that goes with it. */
static void
set_family(struct ldp_source *source)
{
        const char *name = source->dir.id.attribute;

        source->family = source->dir.dialect->name == LDP_AD ? LDP_FAMILY_AD
                         : source->dir.dialect->name == LDP_389DS ? LDP_FAMILY_389 : LDP_FAMILY_OTHER;
        source->id_attribute = name;
        source->form = strcasecmp(name, "objectGUID") == 0 ? LDP_FORM_GUID
                       : strcasecmp(name, "nsUniqueId") == 0 ? LDP_FORM_UNIQUE : LDP_FORM_UUID;
        /* the ids of a synchronization are those of one attribute */
        if (strcasecmp(name, source->family == LDP_FAMILY_389 ? "nsUniqueId" : "entryUUID") != 0)
                source->sync_offered = false;
}

static int
check_way(struct ldp_source *source, struct mst_error *err)
{
        if (source->config->changes == LDP_BY_SYNC && !source->sync_offered)
                return mst_fail(err, MST_ECONFIG, "%s does not offer content synchronization (RFC 4533) with the id %s: "
                                "load its overlay or plugin for it, or set changes to auto", source->reader.uri.host,
                                source->id_attribute);
        if (source->config->changes == LDP_BY_DIRSYNC && !source->dirsync_offered)
                return mst_fail(err, MST_ECONFIG, "%s does not offer DirSync, which is Active Directory's: set changes to "
                                "auto", source->reader.uri.host);
        return MST_OK;
}

int
ldp_source_plan(struct ldp_source *source, struct mst_error *err)
{
        const struct ldp_reading *c = source->config;
        const char *users = c->user_filter, *groups = c->group_filter, *group_base = NULL;
        bool ad;

        if (ldp_dir_ready(&source->reader, err) != MST_OK)
                return err->code;
        if (source->planned)
                return MST_OK;
        if (ask_root(source, err) != MST_OK || ldp_schema_need(&source->reader, err) != MST_OK)
                return err->code;
        set_family(source);
        if (check_way(source, err) != MST_OK)
                return err->code;
        ad = source->family == LDP_FAMILY_AD;
        if (users == NULL)
                users = ad ? "(&(objectCategory=person)(objectClass=user))" : "(objectClass=person)";
        if (groups == NULL)
                groups = ad ? "(objectClass=group)"
                            : "(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=posixGroup))";
        if (mst_host_wants(source->host, "group.*"))
                group_base = c->group_base;
        source->members_wanted = mst_host_wants(source->host, "group.members");
        if (set_shelf(source, &source->users, MST_USER, c->user_base, users, c->user_scope, err) != MST_OK ||
            set_shelf(source, &source->groups, MST_GROUP, group_base, groups, c->group_scope, err) != MST_OK)
                return err->code;
        source->planned = true;
        return MST_OK;
}
