/* SPDX-License-Identifier: Apache-2.0
 *
 * sink.c - an instance: made from the options, with its first connection and what
 * the server's root DSE says. */
#include "sink.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "dn.h"
#include "list.h"
#include "plugin.h"
#include "schema.h"

static const char **
split_rdn(struct mst_arena *arena, const char *text)
{
        size_t count = 1;
        const char **names;

        for (const char *at = text; *at != '\0'; at++)
                count += *at == '+';
        names = mst_arena_alloc(arena, (count + 1) * sizeof *names);
        for (size_t i = 0; names != NULL && i < count; i++) {
                size_t length = strcspn(text, "+");

                names[i] = mst_arena_strndup(arena, text, length);
                if (names[i] == NULL)
                        return NULL;
                text += length + 1;
        }
        return names;
}

static bool
set_place(struct ldp_sink *sink, struct ldp_place *place, enum mst_kind kind, const char *base, const char *rdn,
          char **classes, const char *stamp, const char *filter)
{
        const char *class = classes[0];

        for (size_t i = 0; classes[i] != NULL; i++)
                if (strcasecmp(classes[i], "top") != 0) {
                        class = classes[i];
                        break;
                }
        *place = (struct ldp_place){ .kind = kind, .base = base, .classes = classes, .stamp = stamp };
        place->rdn = split_rdn(sink->arena, rdn);
        place->filter = filter != NULL ? filter : mst_arena_printf(sink->arena, "(objectClass=%s)", class);
        if (base != NULL)
                place->base_normal = ldp_dn_normal(sink->arena, base);
        return place->rdn != NULL && place->filter != NULL && (base == NULL || place->base_normal != NULL);
}

/* The post-read control's value (RFC 4527): the attributes to be told, here entryUUID. */
static bool
set_post_read(struct ldp_sink *sink)
{
        BerElement *ber = ber_alloc_t(LBER_USE_DER);
        struct berval value = { 0 };
        bool ok;

        ok = ber != NULL && ber_printf(ber, "{s}", LDP_ID) != -1 && ber_flatten2(ber, &value, 0) != -1;
        sink->post_read.ldctl_oid = (char *)LDAP_CONTROL_POST_READ;
        sink->post_read.ldctl_iscritical = 0;
        if (ok)
                sink->post_read.ldctl_value.bv_val = mst_arena_memdup(sink->arena, value.bv_val, value.bv_len);
        sink->post_read.ldctl_value.bv_len = value.bv_len;
        if (ber != NULL)
                ber_free(ber, 1);
        return ok && sink->post_read.ldctl_value.bv_val != NULL;
}

int
ldp_sink_open(const void *config, struct mst_host *host, void **self, struct mst_error *err)
{
        const struct ldp_config *c = config;
        struct ldp_sink *sink;

        if (ldp_options_check(c, err) != MST_OK)
                return err->code;
        sink = calloc(1, sizeof *sink);
        if (sink == NULL)
                return mst_fail_memory(err, "opening the sink");
        sink->config = c;
        sink->host = host;
        sink->arena = mst_arena_new(0);
        sink->conns = calloc((size_t)c->connections, sizeof *sink->conns);
        if (sink->arena == NULL || sink->conns == NULL ||
            !set_place(sink, &sink->users, MST_USER, c->user_base, c->user_rdn, c->user_classes, c->user_stamp,
                       c->user_filter) ||
            !set_place(sink, &sink->groups, MST_GROUP, c->group_base, c->group_rdn, c->group_classes,
                       c->group_stamp, c->group_filter) ||
            !set_post_read(sink)) {
                ldp_sink_close(sink);
                return mst_fail_memory(err, "opening the sink");
        }
        sink->conn_count = (size_t)c->connections;
        for (size_t i = 0; i < sink->conn_count; i++)
                sink->conns[i] = (struct ldp_conn){ .sink = sink, .fd = -1 };
        *self = sink;
        return MST_OK;
}

void
ldp_sink_close(void *self)
{
        struct ldp_sink *sink = self;

        if (sink == NULL)
                return;
        for (size_t i = 0; i < sink->conn_count; i++)
                ldp_conn_close(&sink->conns[i]);
        free(sink->conns);
        ldp_list_forget(sink);
        ldp_schema_free(sink->schema);
        mst_arena_free(sink->arena);
        free(sink);
}

/* The values of one attribute of the root DSE, copied. */
static const char **
texts(struct ldp_sink *sink, LDAP *ld, LDAPMessage *entry, const char *attribute)
{
        struct berval **values = ldap_get_values_len(ld, entry, attribute);
        size_t count = values != NULL ? (size_t)ldap_count_values_len(values) : 0;
        const char **list = mst_arena_alloc(sink->arena, (count + 1) * sizeof *list);

        for (size_t i = 0; list != NULL && i < count; i++)
                if ((list[i] = mst_arena_strdup(sink->arena, values[i]->bv_val)) == NULL)
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
note_root(struct ldp_sink *sink, LDAP *ld, LDAPMessage *entry, struct mst_error *err)
{
        struct ldp_server *server = &sink->server;
        const char **controls = texts(sink, ld, entry, "supportedControl");
        const char **schema = texts(sink, ld, entry, "subschemaSubentry");
        const char **vendor = texts(sink, ld, entry, "vendorName");
        const char **classes = texts(sink, ld, entry, "objectClass");

        server->contexts = texts(sink, ld, entry, "namingContexts");
        if (controls == NULL || schema == NULL || vendor == NULL || classes == NULL ||
            server->contexts == NULL)
                return mst_fail_memory(err, "reading the root DSE");
        server->post_read = holds(controls, LDAP_CONTROL_POST_READ);
        server->assertion = holds(controls, LDAP_CONTROL_ASSERT);
        server->paging = holds(controls, LDAP_CONTROL_PAGEDRESULTS);
        server->entry_dn = holds(classes, "OpenLDAProotDSE");
        server->subschema = schema[0];
        server->vendor = vendor[0];
        return MST_OK;
}

static int
read_root(struct ldp_sink *sink, struct ldp_conn *conn, struct mst_error *err)
{
        char *wanted[] = { (char *)"objectClass", (char *)"supportedControl", (char *)"subschemaSubentry",
                           (char *)"namingContexts", (char *)"vendorName", NULL };
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
                        rc = note_root(sink, conn->ld, message, err);
                        found = true;
                }
                ldap_msgfree(message);
        } while (type != LDAP_RES_SEARCH_RESULT);
        /* A server that hides its root DSE is used without anything special. */
        sink->server.known = rc == MST_OK;
        return rc;
}

int
ldp_sink_first(struct ldp_sink *sink, struct ldp_conn **ret, struct mst_error *err)
{
        struct ldp_conn *conn = &sink->conns[0];

        if (ldp_conn_open(conn, err) != MST_OK)
                return err->code;
        if (!sink->server.known && read_root(sink, conn, err) != MST_OK)
                return err->code;
        *ret = conn;
        return MST_OK;
}
