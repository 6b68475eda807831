/* SPDX-License-Identifier: Apache-2.0
 *
 * directory.c - what the server's root DSE says. */
#include "directory.h"

#include <string.h>
#include <strings.h>

#include "conn.h"
#include "dn.h"

/* The values of one attribute of the root DSE, copied. */
static const char **
texts(struct ldp_dir *dir, LDAP *ld, LDAPMessage *entry, const char *attribute)
{
        struct berval **values = ldap_get_values_len(ld, entry, attribute);
        size_t count = values != NULL ? (size_t)ldap_count_values_len(values) : 0;
        const char **list = mst_arena_alloc(dir->arena, (count + 1) * sizeof *list);

        for (size_t i = 0; list != NULL && i < count; i++)
                if ((list[i] = mst_arena_strdup(dir->arena, values[i]->bv_val)) == NULL)
                        list = NULL;
        ldap_value_free_len(values);
        return list;
}

static bool
holds(const char *const *list, const char *text)
{
        for (; *list != NULL; list++)
                if (strcmp(*list, text) == 0)
                        return true;
        return false;
}

static int
note_root(struct ldp_dir *dir, LDAP *ld, LDAPMessage *entry, struct mst_error *err)
{
        struct ldp_server *server = &dir->server;
        const char **controls = texts(dir, ld, entry, "supportedControl");
        const char **schema = texts(dir, ld, entry, "subschemaSubentry");
        const char **vendor = texts(dir, ld, entry, "vendorName");
        const char **classes = texts(dir, ld, entry, "objectClass");
        const char **extensions = texts(dir, ld, entry, "supportedExtension");
        const char **features = texts(dir, ld, entry, "supportedFeatures");
        const char **capabilities = texts(dir, ld, entry, "supportedCapabilities");

        server->contexts = texts(dir, ld, entry, "namingContexts");
        server->mechanisms = texts(dir, ld, entry, "supportedSASLMechanisms");
        if (controls == NULL || schema == NULL || vendor == NULL || classes == NULL || capabilities == NULL ||
            features == NULL || extensions == NULL || server->contexts == NULL || server->mechanisms == NULL)
                return mst_fail_memory(err, "reading the root DSE");
        server->post_read = holds(controls, LDAP_CONTROL_POST_READ);
        server->who_am_i = holds(extensions, LDAP_EXOP_WHO_AM_I);
        server->assertion = holds(controls, LDAP_CONTROL_ASSERT);
        server->paging = holds(controls, LDAP_CONTROL_PAGEDRESULTS);
        server->pre_read = holds(controls, LDAP_CONTROL_PRE_READ);
        server->increment = holds(features, LDAP_FEATURE_MODIFY_INCREMENT);
        server->permissive = holds(controls, LDAP_CONTROL_X_PERMISSIVE_MODIFY);
        server->subschema = schema[0];
        server->vendor = vendor[0];
        server->looks = ldp_dialect_guess(capabilities, classes, vendor[0]);
        server->dn_attribute = server->looks->name == LDP_OPENLDAP ? "entryDN"
                             : server->looks->name == LDP_AD ? "distinguishedName" : NULL;
        return MST_OK;
}

static int
read_root(struct ldp_conn *conn, struct mst_error *err)
{
        char *wanted[] = { (char *)"objectClass", (char *)"supportedControl", (char *)"subschemaSubentry",
                           (char *)"namingContexts", (char *)"vendorName", (char *)"supportedCapabilities",
                           (char *)"supportedFeatures", (char *)"supportedSASLMechanisms",
                           (char *)"supportedExtension", NULL };
        LDAPMessage *message = NULL;
        int msgid = 0, type, rc = MST_OK;
        bool found = false;

        if (ldp_conn_search(conn, "", LDAP_SCOPE_BASE, "(objectClass=*)", wanted, NULL, &msgid, err) != MST_OK)
                return err->code;
        do {
                if (ldp_conn_wait(conn, msgid, &message, err) != MST_OK)
                        return mst_wrap(err, "reading the root DSE");
                type = ldap_msgtype(message);
                if (type == LDAP_RES_SEARCH_ENTRY && !found) {
                        rc = note_root(conn->dir, conn->ld, message, err);
                        found = true;
                }
                ldap_msgfree(message);
        } while (type != LDAP_RES_SEARCH_RESULT);
        /* A server that hides its root DSE is used without anything special. */
        conn->dir->server.known = rc == MST_OK;
        return rc;
}

/* The admin's word, else what the root DSE looks like. */
static void
settle(struct ldp_dir *dir)
{
        const struct ldp_access *access = dir->access;

        dir->dialect = ldp_dialect_of((enum ldp_dialect_name)access->dialect);
        if (dir->dialect == NULL)
                dir->dialect = dir->server.looks != NULL ? dir->server.looks : ldp_dialect_of(LDP_OTHER);
        dir->id = (struct ldp_id){ .attribute = access->id_attribute != NULL ? access->id_attribute : dir->dialect->id };
        dir->id.guid = strcasecmp(dir->id.attribute, "objectGUID") == 0;
        dir->id.addresses = dir->dialect->id_addresses && dir->id.guid;
}

int
ldp_dir_ready(struct ldp_conn *conn, struct mst_error *err)
{
        if (ldp_conn_open(conn, err) != MST_OK)
                return err->code;
        if (!conn->dir->server.known && read_root(conn, err) != MST_OK)
                return err->code;
        if (conn->dir->dialect == NULL)
                settle(conn->dir);
        return MST_OK;
}

const char *
ldp_dir_context(const struct ldp_dir *dir, struct mst_arena *arena, const char *dn)
{
        const char *best = dn, *normal = ldp_dn_normal(arena, dn);
        size_t longest = 0;

        for (const char **context = dir->server.contexts; context != NULL && *context != NULL; context++) {
                const char *there = ldp_dn_normal(arena, *context);

                if (normal != NULL && there != NULL && strlen(there) > longest && ldp_dn_below(normal, there)) {
                        best = *context;
                        longest = strlen(there);
                }
        }
        return best;
}
