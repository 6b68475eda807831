/* SPDX-License-Identifier: Apache-2.0
 *
 * schema.c - the server's subschema entry, read once.
 *
 * Attribute types become a table sorted by name without regard to case, one row a
 * name, with what they inherit filled in.  Object classes are kept as text and taken
 * apart when asked for: only a probe asks, and for a few. */
#include "schema.h"

#include <ldap_schema.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "conn.h"
#include "directory.h"
#include "result.h"

struct ldp_schema {
        struct mst_arena *arena;
        struct ldp_type *types;
        size_t count, room;
        const char **classes, **rules;       /* rules: what classes may have besides (dITContentRules) */
        size_t class_count, rule_count;
        bool failed;
};

#define SYNTAX "1.3.6.1.4.1.1466.115.121.1."

static const struct {
        const char *oid;
        enum mst_type type;
} syntaxes[] = {
        { SYNTAX "5", MST_BYTES },       /* binary            */
        { SYNTAX "7", MST_BOOL },
        { SYNTAX "8", MST_BYTES },       /* certificate       */
        { SYNTAX "9", MST_BYTES },       /* certificate list  */
        { SYNTAX "10", MST_BYTES },      /* certificate pair  */
        { SYNTAX "12", MST_REF },        /* DN                */
        { SYNTAX "23", MST_BYTES },      /* fax               */
        { SYNTAX "24", MST_DATE },       /* generalized time  */
        { SYNTAX "27", MST_INT },
        { SYNTAX "28", MST_BYTES },      /* JPEG              */
        { SYNTAX "40", MST_BYTES },      /* octet string      */
};

static const struct {
        const char *name;
        enum ldp_rule rule;
} rules[] = {
        { "caseIgnoreMatch", LDP_RULE_FOLD },
        { "2.5.13.2", LDP_RULE_FOLD },
        { "caseIgnoreIA5Match", LDP_RULE_FOLD },
        { "1.3.6.1.4.1.1466.109.114.2", LDP_RULE_FOLD },
        { "caseExactMatch", LDP_RULE_EXACT },
        { "2.5.13.5", LDP_RULE_EXACT },
        { "caseExactIA5Match", LDP_RULE_EXACT },
        { "1.3.6.1.4.1.1466.109.114.1", LDP_RULE_EXACT },
        { "octetStringMatch", LDP_RULE_BYTES },
        { "2.5.13.17", LDP_RULE_BYTES },
        { "UUIDMatch", LDP_RULE_FOLD },
        { "1.3.6.1.1.16.2", LDP_RULE_FOLD },
};

static int
by_name(const void *a, const void *b)
{
        return strcasecmp(((const struct ldp_type *)a)->name, ((const struct ldp_type *)b)->name);
}

const struct ldp_type *
ldp_schema_type(const struct ldp_schema *schema, const char *name, size_t length)
{
        size_t low = 0, high = schema != NULL ? schema->count : 0;
        const char *option = memchr(name, ';', length);

        if (option != NULL)
                length = (size_t)(option - name);
        while (low < high) {
                size_t middle = (low + high) / 2;
                const char *there = schema->types[middle].name;
                int order = strncasecmp(there, name, length);

                if (order == 0 && there[length] != '\0')
                        order = 1;
                if (order == 0)
                        return &schema->types[middle];
                if (order < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return NULL;
}

static bool
add_row(struct ldp_schema *schema, const struct ldp_type *row, const char *name)
{
        if (schema->count == schema->room) {
                size_t room = schema->room != 0 ? schema->room * 2 : 1024;
                struct ldp_type *types = mst_arena_alloc(schema->arena, room * sizeof *types);

                if (types == NULL)
                        return false;
                if (schema->count > 0)
                        memcpy(types, schema->types, schema->count * sizeof *types);
                schema->types = types;
                schema->room = room;
        }
        schema->types[schema->count] = *row;
        schema->types[schema->count].name = mst_arena_strdup(schema->arena, name);
        return schema->types[schema->count++].name != NULL;
}

/* One value of attributeTypes; one that cannot be read is left out. */
static bool
add_type(struct ldp_schema *schema, const char *text)
{
        const char *at;
        int code = 0;
        LDAPAttributeType *type = ldap_str2attributetype(text, &code, &at, LDAP_SCHEMA_ALLOW_ALL);
        struct ldp_type row = { .type = MST_NULL };
        bool ok = true;

        if (type == NULL)
                return true;
        row.flags = (type->at_single_value ? 0 : (uint32_t)MST_ATTR_MANY) |
                    (type->at_no_user_mod ? (uint32_t)MST_ATTR_READ_ONLY : 0);
        row.operational = type->at_usage != LDAP_SCHEMA_USER_APPLICATIONS;
        row.longest = type->at_syntax_len > 0 ? (uint32_t)type->at_syntax_len : 0;
        if (type->at_sup_oid != NULL)
                ok = (row.sup = mst_arena_strdup(schema->arena, type->at_sup_oid)) != NULL;
        if (ok && type->at_syntax_oid != NULL)
                ok = (row.syntax = mst_arena_strdup(schema->arena, type->at_syntax_oid)) != NULL;
        if (ok && type->at_equality_oid != NULL)
                ok = (row.equality = mst_arena_strdup(schema->arena, type->at_equality_oid)) != NULL;
        if (ok && type->at_names != NULL && type->at_names[0] != NULL)
                ok = (row.main = mst_arena_strdup(schema->arena, type->at_names[0])) != NULL;
        for (char **name = type->at_names; ok && name != NULL && *name != NULL; name++)
                ok = add_row(schema, &row, *name);
        if (ok && type->at_oid != NULL) {
                if (row.main == NULL)
                        row.main = mst_arena_strdup(schema->arena, type->at_oid);
                ok = row.main != NULL && add_row(schema, &row, type->at_oid);
        }
        ldap_attributetype_free(type);
        return ok;
}

/* Syntax and matching rule as inherited, turned into our words. */
static void
settle_type(struct ldp_schema *schema, struct ldp_type *type, bool ad)
{
        const struct ldp_type *from = type;
        const char *syntax = NULL, *equality = NULL;

        for (int deep = 0; from != NULL && deep < 16; deep++) {
                if (syntax == NULL && (syntax = from->syntax) != NULL && type->longest == 0)
                        type->longest = from->longest;
                if (equality == NULL)
                        equality = from->equality;
                from = from->sup != NULL ? ldp_schema_type(schema, from->sup, strlen(from->sup)) : NULL;
        }
        type->type = MST_TEXT;
        for (size_t i = 0; syntax != NULL && i < sizeof syntaxes / sizeof *syntaxes; i++)
                if (strcmp(syntaxes[i].oid, syntax) == 0)
                        type->type = syntaxes[i].type;
        type->rule = LDP_RULE_OTHER;
        for (size_t i = 0; equality != NULL && i < sizeof rules / sizeof *rules; i++)
                if (strcasecmp(rules[i].name, equality) == 0)
                        type->rule = rules[i].rule;
        /* Active Directory names no rules: its syntaxes have them. */
        if (equality == NULL && ad && syntax != NULL && strcmp(syntax, SYNTAX "15") == 0)
                type->rule = LDP_RULE_FOLD;
        if (equality == NULL && ad && syntax != NULL && strcmp(syntax, SYNTAX "40") == 0)
                type->rule = LDP_RULE_BYTES;
        if (type->rule == LDP_RULE_EXACT || type->rule == LDP_RULE_BYTES)
                type->flags |= MST_ATTR_EXACT;
        if (strcasecmp(type->main, "userPassword") == 0 || strcasecmp(type->main, "unicodePwd") == 0) {
                type->flags |= MST_ATTR_SECRET;
                if (type->type == MST_BYTES && strcasecmp(type->main, "userPassword") == 0)
                        type->type = MST_TEXT;
        }
}

/* Values to be taken apart later. */
static bool
keep(struct ldp_schema *schema, LDAP *ld, LDAPMessage *entry, const char *attribute, const char ***list, size_t *used)
{
        struct berval **values = ldap_get_values_len(ld, entry, attribute);
        size_t count = values != NULL ? (size_t)ldap_count_values_len(values) : 0;
        bool ok = true;

        if (count > 0) {
                *list = mst_arena_alloc(schema->arena, (count + 1) * sizeof **list);
                *used = 0;
                ok = *list != NULL;
        }
        for (size_t i = 0; ok && i < count; i++)
                ok = ((*list)[(*used)++] = mst_arena_strdup(schema->arena, values[i]->bv_val)) != NULL;
        ldap_value_free_len(values);
        return ok;
}

static bool
add_values(struct ldp_schema *schema, LDAP *ld, LDAPMessage *entry)
{
        struct berval **values = ldap_get_values_len(ld, entry, "attributeTypes");
        bool ok = true;

        for (size_t i = 0; ok && values != NULL && values[i] != NULL; i++)
                ok = add_type(schema, values[i]->bv_val);
        ldap_value_free_len(values);
        return ok && keep(schema, ld, entry, "objectClasses", &schema->classes, &schema->class_count) &&
               keep(schema, ld, entry, "dITContentRules", &schema->rules, &schema->rule_count);
}

static int
read_schema(struct ldp_conn *conn, struct ldp_schema *schema, struct mst_error *err)
{
        char *wanted[] = { (char *)"attributeTypes", (char *)"objectClasses", (char *)"dITContentRules", NULL };
        LDAPMessage *message = NULL;
        bool ok = true;
        int msgid = 0, type;

        if (ldp_conn_search(conn, conn->dir->server.subschema, LDAP_SCOPE_BASE, "(objectClass=subschema)", wanted,
                            NULL, &msgid, err) != MST_OK)
                return err->code;
        do {
                if (ldp_conn_wait(conn, msgid, &message, err) != MST_OK)
                        return mst_wrap(err, "reading the schema");
                type = ldap_msgtype(message);
                if (type == LDAP_RES_SEARCH_ENTRY && ok)
                        ok = add_values(schema, conn->ld, message);
                ldap_msgfree(message);
        } while (type != LDAP_RES_SEARCH_RESULT);
        if (!ok)
                return mst_fail_memory(err, "reading the schema");
        if (schema->count > 0)
                qsort(schema->types, schema->count, sizeof *schema->types, by_name);
        for (size_t i = 0; i < schema->count; i++)
                settle_type(schema, &schema->types[i], conn->dir->dialect->name == LDP_AD);
        return MST_OK;
}

int
ldp_schema_need(struct ldp_conn *conn, struct mst_error *err)
{
        struct ldp_dir *dir = conn->dir;
        struct ldp_schema *schema;

        if (dir->schema != NULL)
                return MST_OK;
        if (ldp_dir_ready(conn, err) != MST_OK)
                return err->code;
        schema = calloc(1, sizeof *schema);
        if (schema == NULL || (schema->arena = mst_arena_new(65536)) == NULL) {
                free(schema);
                return mst_fail_memory(err, "reading the schema");
        }
        if (dir->server.subschema != NULL && read_schema(conn, schema, err) != MST_OK) {
                ldp_schema_free(schema);
                return err->code;
        }
        dir->schema = schema;
        return MST_OK;
}

void
ldp_schema_free(struct ldp_schema *schema)
{
        if (schema == NULL)
                return;
        mst_arena_free(schema->arena);
        free(schema);
}

bool
ldp_schema_is_empty(const struct ldp_schema *schema)
{
        return schema == NULL || schema->count == 0;
}

size_t
ldp_schema_count(const struct ldp_schema *schema)
{
        return schema->count;
}

const struct ldp_type *
ldp_schema_at(const struct ldp_schema *schema, size_t index)
{
        return &schema->types[index];
}

static LDAPObjectClass *
find_class(const struct ldp_schema *schema, const char *name)
{
        for (size_t i = 0; i < schema->class_count; i++) {
                const char *at;
                int code = 0;
                LDAPObjectClass *class = ldap_str2objectclass(schema->classes[i], &code, &at,
                                                              LDAP_SCHEMA_ALLOW_ALL);

                if (class == NULL)
                        continue;
                if (class->oc_oid != NULL && strcmp(class->oc_oid, name) == 0)
                        return class;
                for (char **alias = class->oc_names; alias != NULL && *alias != NULL; alias++)
                        if (strcasecmp(*alias, name) == 0)
                                return class;
                ldap_objectclass_free(class);
        }
        return NULL;
}

static bool walk_class(const struct ldp_schema *schema, const char *name, int deep,
                       void (*each)(void *self, const char *attribute, bool must), void *self);

/* What a content rule adds to the class: auxiliary classes, attributes. */
static void
walk_rule(const struct ldp_schema *schema, const LDAPObjectClass *class, int deep,
          void (*each)(void *self, const char *attribute, bool must), void *self)
{
        for (size_t i = 0; i < schema->rule_count && class->oc_oid != NULL; i++) {
                size_t length = strlen(class->oc_oid), from = strspn(schema->rules[i], "( ");
                const char *at;
                int code = 0;
                LDAPContentRule *rule;

                if (strncmp(schema->rules[i] + from, class->oc_oid, length) != 0 ||
                    schema->rules[i][from + length] != ' ' ||
                    (rule = ldap_str2contentrule(schema->rules[i], &code, &at, LDAP_SCHEMA_ALLOW_ALL)) == NULL)
                        continue;
                for (char **must = rule->cr_at_oids_must; must != NULL && *must != NULL; must++)
                        each(self, *must, true);
                for (char **may = rule->cr_at_oids_may; may != NULL && *may != NULL; may++)
                        each(self, *may, false);
                for (char **aux = rule->cr_oc_oids_aux; deep < 16 && aux != NULL && *aux != NULL; aux++)
                        (void)walk_class(schema, *aux, deep + 1, each, self);
                ldap_contentrule_free(rule);
        }
}

static bool
walk_class(const struct ldp_schema *schema, const char *name, int deep,
           void (*each)(void *self, const char *attribute, bool must), void *self)
{
        LDAPObjectClass *class = find_class(schema, name);

        if (class == NULL)
                return false;
        for (char **must = class->oc_at_oids_must; must != NULL && *must != NULL; must++)
                each(self, *must, true);
        for (char **may = class->oc_at_oids_may; may != NULL && *may != NULL; may++)
                each(self, *may, false);
        for (char **sup = class->oc_sup_oids; deep < 16 && sup != NULL && *sup != NULL; sup++)
                (void)walk_class(schema, *sup, deep + 1, each, self);
        walk_rule(schema, class, deep, each, self);
        ldap_objectclass_free(class);
        return true;
}

bool
ldp_schema_class(const struct ldp_schema *schema, const char *name,
                 void (*each)(void *self, const char *attribute, bool must), void *self)
{
        return schema != NULL && walk_class(schema, name, 0, each, self);
}
