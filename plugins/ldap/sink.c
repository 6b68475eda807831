/* SPDX-License-Identifier: Apache-2.0
 *
 * sink.c - an instance, made from the options. */
#include "sink.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "dn.h"
#include "list.h"
#include "plugin.h"
#include "schema.h"
#include "self.h"

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

/* The post-read control's value (RFC 4527): the attributes to be told, here the id. */
static bool
set_post_read(struct ldp_sink *sink)
{
        BerElement *ber = ber_alloc_t(LBER_USE_DER);
        struct berval value = { 0 };
        bool ok;

        ok = ber != NULL && ber_printf(ber, "{s}", sink->dir.id.attribute) != -1 && ber_flatten2(ber, &value, 0) != -1;
        sink->post_read.ldctl_oid = (char *)LDAP_CONTROL_POST_READ;
        sink->post_read.ldctl_iscritical = 0;
        if (ok)
                sink->post_read.ldctl_value.bv_val = mst_arena_memdup(sink->arena, value.bv_val, value.bv_len);
        sink->post_read.ldctl_value.bv_len = value.bv_len;
        if (ber != NULL)
                ber_free(ber, 1);
        return ok && sink->post_read.ldctl_value.bv_val != NULL;
}

/* What disables accounts. */
static void
set_lock(struct ldp_sink *sink)
{
        const struct ldp_config *c = sink->config;
        const struct ldp_dialect *d = sink->dir.dialect;

        if (c->disabled_attribute != NULL) {
                sink->lock = (struct ldp_lock){ .attribute = c->disabled_attribute, .on = c->disabled_value,
                                                .off = c->enabled_value };
                return;
        }
        sink->lock = (struct ldp_lock){ .attribute = d->lock, .on = d->locked, .bit = d->lock_bit };
        /* slapd without the ppolicy overlay */
        if (d->lock != NULL && !ldp_schema_is_empty(sink->dir.schema) &&
            ldp_schema_type(sink->dir.schema, d->lock, strlen(d->lock)) == NULL)
                sink->lock.attribute = NULL;
}

/* The admin's word, else the kind's. */
static bool
set_kind(struct ldp_sink *sink)
{
        const struct ldp_config *c = sink->config;
        const struct ldp_kind *kind = sink->kind;
        const char *refers = c->member_value != NULL ? c->member_value : kind->refers;

        sink->refers = refers != NULL && strcasecmp(refers, "dn") != 0 ? refers : NULL;
        sink->member = mst_arena_strdup(sink->arena, c->member_attribute != NULL ? c->member_attribute : kind->member);
        ldp_kind_settle(sink);
        return sink->member != NULL;
}

/* The admin's word, else the dialect's. */
static bool
settle(struct ldp_sink *sink)
{
        const struct ldp_config *c = sink->config;
        const struct ldp_dialect *d = sink->dir.dialect;

        sink->kind = ldp_kind_of((enum ldp_kind_name)c->group_kind, d->name == LDP_AD);
        if (!set_post_read(sink) ||
            !set_place(sink, &sink->users, MST_USER, c->user_base, c->user_rdn != NULL ? c->user_rdn : d->user_rdn,
                       c->user_classes != NULL ? c->user_classes : d->user_classes, c->user_stamp,
                       c->user_filter != NULL ? c->user_filter : d->user_filter) ||
            !set_place(sink, &sink->groups, MST_GROUP, c->group_base, c->group_rdn != NULL ? c->group_rdn : d->group_rdn,
                       c->group_classes != NULL ? c->group_classes : sink->kind->classes, c->group_stamp, c->group_filter))
                return false;
        ldp_number_set(&sink->users.number, c->number_attribute, c->number_range, c->number_counter,
                       c->number_counter_attribute);
        ldp_number_set(&sink->groups.number, c->group_number_attribute, c->group_number_range,
                       c->group_number_counter, c->group_number_counter_attribute);
        set_lock(sink);
        return set_kind(sink);
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
        sink->dir = (struct ldp_dir){ .access = &c->access, .host = host, .arena = sink->arena };
        sink->conns = calloc((size_t)c->connections, sizeof *sink->conns);
        sink->users = (struct ldp_place){ .kind = MST_USER, .base = c->user_base };
        sink->groups = (struct ldp_place){ .kind = MST_GROUP, .base = c->group_base };
        if (sink->arena == NULL || sink->conns == NULL) {
                ldp_sink_close(sink);
                return mst_fail_memory(err, "opening the sink");
        }
        sink->conn_count = (size_t)c->connections;
        sink->side = (struct ldp_conn){ .dir = &sink->dir, .fd = -1 };
        for (size_t i = 0; i < sink->conn_count; i++)
                sink->conns[i] = (struct ldp_conn){ .dir = &sink->dir, .fd = -1 };
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
        if (sink->side.dir != NULL)
                ldp_conn_close(&sink->side);
        ldp_number_keep(sink, &sink->users.number);
        ldp_number_keep(sink, &sink->groups.number);
        free(sink->conns);
        ldp_list_forget(sink);
        ldp_schema_free(sink->dir.schema);
        mst_arena_free(sink->arena);
        free(sink);
}

int
ldp_sink_first(struct ldp_sink *sink, struct ldp_conn **ret, struct mst_error *err)
{
        *ret = &sink->conns[0];
        if (ldp_dir_ready(*ret, err) != MST_OK)
                return err->code;
        if (sink->member == NULL && !settle(sink))
                return mst_fail_memory(err, "reading the root DSE");
        return MST_OK;
}

int
ldp_sink_schema(struct ldp_sink *sink, struct ldp_conn **ret, struct mst_error *err)
{
        if (ldp_sink_first(sink, ret, err) != MST_OK || ldp_schema_need(*ret, err) != MST_OK ||
            ldp_self_ask(*ret, err) != MST_OK)
                return err->code;
        set_lock(sink);
        ldp_kind_settle(sink);
        return MST_OK;
}
