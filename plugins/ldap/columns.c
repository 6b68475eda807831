/* SPDX-License-Identifier: Apache-2.0
 *
 * columns.c - from the names that rules and maps use to attributes of the directory.
 *
 *   translate   what the admin says comes first
 *   table       then Muster's own names, which are Entra's
 *   any other   is the name of an attribute itself
 *
 * An attribute of which the server's schema knows nothing is not asked for. */
#include "columns.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "options.h"
#include "schema.h"

#define ONE MST_ATTR_FIXED                   /* here: never a list, whatever the schema says */
#define MANY MST_ATTR_MANY
#define LARGE_INTEGER "1.2.840.113556.1.4.906"

struct translation {
        const char *name, *from;
        enum mst_type type;
        uint32_t flags;
};

static const struct translation people[] = {
        { "id", "@id", MST_TEXT, ONE },
        { "objectId", "@id", MST_TEXT, ONE },
        { "dn", "@dn", MST_TEXT, ONE },
        { "onPremisesDistinguishedName", "@dn", MST_TEXT, ONE },
        { "parent", "@parent", MST_TEXT, ONE },
        { "accountEnabled", "@lock", MST_BOOL, ONE },
        { "userPrincipalName", "userPrincipalName", MST_TEXT, ONE },
        { "displayName", "displayName|cn", MST_TEXT, ONE },
        { "givenName", "givenName", MST_TEXT, ONE },
        { "surname", "sn", MST_TEXT, ONE },
        { "mail", "mail", MST_TEXT, ONE },
        { "mailNickname", "mailNickname|sAMAccountName|uid", MST_TEXT, ONE },
        { "otherMails", "otherMailbox|mailAlternateAddress", MST_TEXT, MANY },
        { "proxyAddresses", "proxyAddresses", MST_TEXT, MANY },
        { "jobTitle", "title", MST_TEXT, ONE },
        { "department", "department|ou", MST_TEXT, ONE },
        { "companyName", "company|o", MST_TEXT, ONE },
        { "employeeId", "employeeID|employeeNumber", MST_TEXT, ONE },
        { "employeeType", "employeeType", MST_TEXT, ONE },
        { "officeLocation", "physicalDeliveryOfficeName|roomNumber", MST_TEXT, ONE },
        { "businessPhones", "telephoneNumber", MST_TEXT, MANY },
        { "telephoneNumber", "telephoneNumber", MST_TEXT, ONE },
        { "mobilePhone", "mobile", MST_TEXT, ONE },
        { "faxNumber", "facsimileTelephoneNumber", MST_TEXT, ONE },
        { "streetAddress", "streetAddress|street", MST_TEXT, ONE },
        { "city", "l", MST_TEXT, ONE },
        { "state", "st", MST_TEXT, ONE },
        { "postalCode", "postalCode", MST_TEXT, ONE },
        { "country", "co|c", MST_TEXT, ONE },
        { "usageLocation", "c", MST_TEXT, ONE },
        { "preferredLanguage", "preferredLanguage", MST_TEXT, ONE },
        { "onPremisesSamAccountName", "sAMAccountName", MST_TEXT, ONE },
        { "createdDateTime", "whenCreated|createTimestamp", MST_DATE, ONE },
        { "manager", "manager", MST_REF, ONE },
};

static const struct translation groups[] = {
        { "id", "@id", MST_TEXT, ONE },
        { "dn", "@dn", MST_TEXT, ONE },
        { "parent", "@parent", MST_TEXT, ONE },
        { "displayName", "displayName|cn", MST_TEXT, ONE },
        { "mailNickname", "mailNickname|sAMAccountName|cn", MST_TEXT, ONE },
        { "description", "description", MST_TEXT, ONE },
        { "mail", "mail", MST_TEXT, ONE },
        { "createdDateTime", "whenCreated|createTimestamp", MST_DATE, ONE },
};

#define TEXT(n, h) { n, MST_TEXT, 0, 0, h }
#define GROUP(n, h) { n, MST_TEXT, MST_ATTR_GROUP, 0, h }

const struct mst_attribute ldp_reading_attributes[] = {
        { "id", MST_TEXT, MST_ATTR_REQUIRED | MST_ATTR_FIXED | MST_ATTR_EXACT, 0, "entryUUID or what takes its place" },
        { "objectId", MST_TEXT, MST_ATTR_FIXED | MST_ATTR_EXACT, 0, "the same" },
        TEXT("dn", "the entry's DN"),
        TEXT("onPremisesDistinguishedName", "the same"),
        TEXT("parent", "the RDNs between the entry and user-base: \"ou=Berlin\""),
        { "accountEnabled", MST_BOOL, 0, 0, "no: the account is disabled (disabled-attribute)" },
        TEXT("userPrincipalName", NULL),
        TEXT("displayName", "displayName, or cn"),
        TEXT("givenName", NULL),
        TEXT("surname", "sn"),
        TEXT("mail", "the first, where there are several"),
        TEXT("mailNickname", "mailNickname, sAMAccountName or uid"),
        { "otherMails", MST_TEXT, MST_ATTR_MANY, 0, "otherMailbox or mailAlternateAddress" },
        { "proxyAddresses", MST_TEXT, MST_ATTR_MANY, 0, NULL },
        TEXT("jobTitle", "title"),
        TEXT("department", "department, or ou"),
        TEXT("companyName", "company, or o"),
        TEXT("employeeId", "employeeID, or employeeNumber"),
        TEXT("employeeType", NULL),
        TEXT("officeLocation", "physicalDeliveryOfficeName, or roomNumber"),
        { "businessPhones", MST_TEXT, MST_ATTR_MANY, 0, "telephoneNumber" },
        TEXT("telephoneNumber", "the first of it"),
        TEXT("mobilePhone", "mobile"),
        TEXT("faxNumber", "facsimileTelephoneNumber"),
        TEXT("streetAddress", "streetAddress, or street"),
        TEXT("city", "l"),
        TEXT("state", "st"),
        TEXT("postalCode", NULL),
        TEXT("country", "co, or c"),
        TEXT("usageLocation", "c"),
        TEXT("preferredLanguage", NULL),
        TEXT("onPremisesSamAccountName", "sAMAccountName"),
        { "createdDateTime", MST_DATE, 0, 0, "whenCreated, or createTimestamp" },
        { "manager", MST_REF, 0, 0, "whom the DN names" },
        { "*", MST_TEXT, MST_ATTR_MANY, 0, "any attribute of the directory; its type is the schema's" },
        { "id", MST_TEXT, MST_ATTR_REQUIRED | MST_ATTR_FIXED | MST_ATTR_EXACT | MST_ATTR_GROUP, 0, NULL },
        GROUP("dn", NULL),
        GROUP("parent", "the RDNs between the entry and group-base"),
        GROUP("displayName", "displayName, or cn"),
        GROUP("mailNickname", "mailNickname, sAMAccountName or cn"),
        GROUP("description", NULL),
        GROUP("mail", NULL),
        { "createdDateTime", MST_DATE, MST_ATTR_GROUP, 0, NULL },
        { "*", MST_TEXT, MST_ATTR_MANY | MST_ATTR_GROUP, 0, "any attribute of the directory" },
        { NULL, 0, 0, 0, NULL }
};

struct maker {
        struct mst_arena *arena;
        const struct ldp_reading *config;
        const struct ldp_schema *schema;
        bool ad, group;
        struct ldp_columns *into;
        size_t asked;
};

static int
no_memory(struct mst_error *err)
{
        return mst_fail_memory(err, "planning what to read");
}

/* What follows NAME= in the admin's words, or NULL. */
static const char *
said(char *const *words, const char *name)
{
        size_t length = strlen(name);

        for (size_t i = 0; words != NULL && words[i] != NULL; i++)
                if (strncasecmp(words[i], name, length) == 0 && words[i][length] == '=')
                        return words[i] + length + 1;
        return NULL;
}

static const struct translation *
known(const struct maker *m, const char *name)
{
        const struct translation *table = m->group ? groups : people;
        size_t count = m->group ? sizeof groups / sizeof *groups : sizeof people / sizeof *people;

        for (size_t i = 0; i < count; i++)
                if (strcasecmp(table[i].name, name) == 0)
                        return &table[i];
        return NULL;
}

static bool
exists(const struct maker *m, const char *attribute)
{
        return ldp_schema_is_empty(m->schema) || ldp_schema_type(m->schema, attribute, strlen(attribute)) != NULL;
}

static bool
ask_for(struct maker *m, char *attribute)
{
        for (size_t i = 0; i < m->asked; i++)
                if (strcasecmp(m->into->attributes[i], attribute) == 0)
                        return true;
        if (m->asked % 64 == 0) {
                char **more = mst_arena_alloc(m->arena, (m->asked + 65) * sizeof *more);

                if (more == NULL)
                        return false;
                if (m->asked > 0)
                        memcpy(more, m->into->attributes, m->asked * sizeof *more);
                m->into->attributes = more;
        }
        m->into->attributes[m->asked++] = attribute;
        m->into->attributes[m->asked] = NULL;
        return true;
}

/* "a|b|c" as a list, less what the schema does not know. */
static bool
split(struct maker *m, const char *text, struct ldp_column *column)
{
        size_t count = 1, used = 0;

        for (const char *at = text; *at != '\0'; at++)
                count += *at == '|';
        column->from = mst_arena_alloc(m->arena, (count + 1) * sizeof *column->from);
        for (size_t i = 0; column->from != NULL && i < count; i++) {
                size_t length = strcspn(text, "|");
                char *name = mst_arena_strndup(m->arena, text, length);

                if (name == NULL)
                        return false;
                if (exists(m, name)) {
                        column->from[used++] = name;
                        if (!ask_for(m, name))
                                return false;
                }
                text += length + (text[length] == '|');
        }
        return column->from != NULL;
}

static bool
set_lock(struct maker *m, struct ldp_column *column)
{
        const struct ldp_reading *c = m->config;

        column->how = LDP_FROM_LOCK;
        if (c->disabled_attribute != NULL)
                return split(m, c->disabled_attribute, column);
        return split(m, m->ad ? "userAccountControl" : "nsAccountLock|pwdAccountLockedTime", column);
}

static bool
make_column(struct maker *m, const char *name)
{
        const struct translation *table = known(m, name);
        const char *from = said(m->group ? m->config->group_translate : m->config->translate, name);
        struct ldp_column *column = &m->into->list[m->into->count++];

        *column = (struct ldp_column){ .name = name, .how = LDP_FROM_ATTRIBUTES };
        if (table != NULL) {
                column->many = (table->flags & MANY) != 0;
                column->one = (table->flags & ONE) != 0;
                column->type = table->type;
        }
        if (from == NULL)
                from = table != NULL ? table->from : name;
        m->into->references |= column->type == MST_REF;
        if (from[0] != '@')
                return split(m, from, column);
        if (strcmp(from, "@lock") == 0)
                return set_lock(m, column);
        column->how = strcmp(from, "@id") == 0 ? LDP_FROM_ID : strcmp(from, "@dn") == 0 ? LDP_FROM_DN : LDP_FROM_PARENT;
        return true;
}

static bool
is_reference(const struct ldp_reading *config, const char *attribute)
{
        for (size_t i = 0; config->references != NULL && config->references[i] != NULL; i++)
                if (strcasecmp(config->references[i], attribute) == 0)
                        return true;
        return false;
}

enum mst_type
ldp_column_type(const struct ldp_column *column, const char *attribute, const struct ldp_reading *config,
                const struct ldp_schema *schema)
{
        const struct ldp_type *type = ldp_schema_type(schema, attribute, strlen(attribute));

        if (column->type != MST_NULL)
                return column->type;
        if (is_reference(config, attribute))
                return MST_REF;
        if (type == NULL)
                return MST_TEXT;
        if (type->syntax != NULL && strcmp(type->syntax, LARGE_INTEGER) == 0)
                return MST_INT;
        return type->type == MST_REF ? MST_TEXT : type->type;
}

int
ldp_columns_make(struct mst_arena *arena, const struct ldp_reading *config, bool ad, const struct ldp_schema *schema,
                 const struct mst_host *host, enum mst_kind kind, struct ldp_columns *ret, struct mst_error *err)
{
        struct maker m = { .arena = arena, .config = config, .schema = schema, .ad = ad, .group = kind == MST_GROUP,
                           .into = ret };
        size_t count = mst_host_want_count(host);

        *ret = (struct ldp_columns){ .list = mst_arena_alloc(arena, (count + 1) * sizeof *ret->list) };
        ret->attributes = mst_arena_alloc(arena, sizeof *ret->attributes);
        if (ret->list == NULL || ret->attributes == NULL)
                return no_memory(err);
        for (size_t i = 0; i < count; i++) {
                const char *name = mst_host_want(host, i);
                bool of_group = strncmp(name, "group.", 6) == 0;

                if (of_group != m.group || strcmp(name, "group.members") == 0 || strcmp(name, "memberOf") == 0)
                        continue;
                if (of_group)
                        name += 6;
                if (!make_column(&m, name))
                        return no_memory(err);
                for (char **from = ret->list[ret->count - 1].from; from != NULL && *from != NULL; from++)
                        ret->references |= ldp_column_type(&ret->list[ret->count - 1], *from, config, schema) == MST_REF;
        }
        return MST_OK;
}

static bool
is_source(const char *text)
{
        char name[256];

        if (strcmp(text, "@id") == 0 || strcmp(text, "@dn") == 0 || strcmp(text, "@parent") == 0)
                return true;
        for (;;) {
                size_t length = strcspn(text, "|");

                if (length >= sizeof name)
                        return false;
                memcpy(name, text, length);
                name[length] = '\0';
                if (!ldp_is_attribute(name))
                        return false;
                if (text[length] == '\0')
                        return true;
                text += length + 1;
        }
}

int
ldp_columns_check(const char *option, char *const *words, struct mst_error *err)
{
        for (size_t i = 0; words != NULL && words[i] != NULL; i++) {
                const char *equal = strchr(words[i], '=');

                if (equal == NULL || equal == words[i] || !is_source(equal + 1))
                        return mst_fail(err, MST_ECONFIG, "%s: '%s' is not NAME=ATTRIBUTE, or "
                                        "NAME=ATTRIBUTE|ATTRIBUTE, where @dn, @parent and @id stand for the entry's "
                                        "DN, the RDNs above it and its id", option, words[i]);
        }
        return MST_OK;
}
