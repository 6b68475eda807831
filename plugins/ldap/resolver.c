/* SPDX-License-Identifier: Apache-2.0
 *
 * resolver.c - whom a DN names.
 *
 *   learn    entries that are read anyway are remembered: most members and managers are
 *            among them
 *   ask      what is not known stands in line
 *   run      one search for each of those, 32 under way; uids many in one search
 *
 * Memory is bounded: two tables, a young and an old one.  When the young one has grown
 * past HALF, the old one is forgotten and the young one takes its place; what is used is
 * carried over.  A name is compared as the server spells it: to take two names for one
 * would give one person's place to another, to miss that they are one costs a search.
 *
 * What a name means is known for one round only. */
#include "resolver.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <muster/escape.h>

#include "dn.h"
#include "result.h"

#define HALF ((size_t)48 * 1024 * 1024)
#define WINDOW 32
#define UIDS 64

struct name {
        const char *text;                /* '-' and a DN as it is spelled, or '=' and a uid */
        struct ldp_known known;
        bool done;
        struct name *next;               /* in line                                    */
        int msgid;
};

struct half {
        struct mst_arena *arena;
        struct name **slots;
        size_t count, room;
};

struct ldp_resolver {
        struct ldp_source *source;
        struct half young, old;
        struct mst_arena *scratch;
        struct name *line;               /* asked for, not known                       */
        uint64_t seed;
};

/* ---- the tables ------------------------------------------------------------------ */

static uint64_t
hash(const struct ldp_resolver *r, const char *text)
{
        uint64_t sum = UINT64_C(14695981039346656037) ^ r->seed;

        for (; *text != '\0'; text++)
                sum = (sum ^ (unsigned char)*text) * UINT64_C(1099511628211);
        return sum ^ sum >> 29;
}

static struct name **
slot_of(const struct ldp_resolver *r, const struct half *half, const char *text)
{
        size_t at = (size_t)hash(r, text) & (half->room - 1);

        while (half->slots[at] != NULL && strcmp(half->slots[at]->text, text) != 0)
                at = (at + 1) & (half->room - 1);
        return &half->slots[at];
}

static bool
grow(struct ldp_resolver *r, struct half *half)
{
        struct half bigger = { .arena = half->arena, .count = half->count,
                               .room = half->room != 0 ? half->room * 2 : 1024 };

        if (half->count * 2 < half->room)
                return true;
        bigger.slots = calloc(bigger.room, sizeof *bigger.slots);
        if (bigger.slots == NULL)
                return false;
        for (size_t i = 0; i < half->room; i++)
                if (half->slots[i] != NULL)
                        *slot_of(r, &bigger, half->slots[i]->text) = half->slots[i];
        free(half->slots);
        *half = bigger;
        return true;
}

/* The name's place in the young table, made if need be. */
static struct name *
place(struct ldp_resolver *r, const char *text)
{
        struct name **slot, *name, *before = NULL;

        if (!grow(r, &r->young))
                return NULL;
        slot = slot_of(r, &r->young, text);
        if (*slot != NULL)
                return *slot;
        if (r->old.room != 0)
                before = *slot_of(r, &r->old, text);
        name = mst_arena_alloc(r->young.arena, sizeof *name);
        if (name == NULL || (name->text = mst_arena_strdup(r->young.arena, text)) == NULL)
                return NULL;
        if (before != NULL && before->done) {
                name->done = true;
                name->known.kind = before->known.kind;
                if (before->known.id != NULL &&
                    (name->known.id = mst_arena_strdup(r->young.arena, before->known.id)) == NULL)
                        return NULL;
        }
        *slot = name;
        r->young.count++;
        return name;
}

static void
half_done(struct half *half)
{
        mst_arena_free(half->arena);
        free(half->slots);
        *half = (struct half){ 0 };
}

struct ldp_resolver *
ldp_resolver_new(struct ldp_source *source)
{
        struct ldp_resolver *r = calloc(1, sizeof *r);

        if (r == NULL)
                return NULL;
        r->source = source;
        r->seed = source->nonce;
        r->scratch = mst_arena_new(0);
        if (r->scratch != NULL && ldp_resolver_reset(r))
                return r;
        ldp_resolver_free(r);
        return NULL;
}

void
ldp_resolver_free(struct ldp_resolver *r)
{
        if (r == NULL)
                return;
        half_done(&r->young);
        half_done(&r->old);
        mst_arena_free(r->scratch);
        free(r);
}

bool
ldp_resolver_reset(struct ldp_resolver *r)
{
        half_done(&r->young);
        half_done(&r->old);
        r->line = NULL;
        r->young.arena = mst_arena_new(65536);
        return r->young.arena != NULL;
}

bool
ldp_resolver_trim(struct ldp_resolver *r)
{
        if (r->young.arena != NULL && mst_arena_used(r->young.arena) < HALF)
                return true;
        half_done(&r->old);
        r->old = r->young;
        r->young = (struct half){ .arena = mst_arena_new(65536) };
        r->line = NULL;
        return r->young.arena != NULL;
}

/* ---- names ------------------------------------------------------------------------ */

/* A value of uniqueMember may end in a bit string: #'0101'B. */
static size_t
dn_length(const struct berval *value)
{
        size_t length = value->bv_len;

        if (length < 4 || value->bv_val[length - 1] != 'B' || value->bv_val[length - 2] != '\'')
                return length;
        for (size_t at = length - 2; at-- > 1;) {
                if (value->bv_val[at] == '\'')
                        return value->bv_val[at - 1] == '#' ? at - 1 : length;
                if (value->bv_val[at] != '0' && value->bv_val[at] != '1')
                        return length;
        }
        return length;
}

static const char *
spell(struct ldp_resolver *r, const struct berval *value, bool uid)
{
        char *text;

        mst_arena_reset(r->scratch);
        text = mst_arena_strndup(r->scratch, value->bv_val, uid ? value->bv_len : dn_length(value));
        if (text != NULL && !uid)
                text = ldp_dn_spell(r->scratch, text, false);
        for (char *c = text; uid && c != NULL && *c != '\0'; c++)
                if (*c >= 'A' && *c <= 'Z')
                        *c = (char)(*c - 'A' + 'a');
        return text != NULL ? mst_arena_printf(r->scratch, "%c%s", uid ? '=' : '-', text) : NULL;
}

bool
ldp_resolver_learn(struct ldp_resolver *r, const char *dn, const char *id, enum mst_kind kind)
{
        const struct berval value = { .bv_val = (char *)dn, .bv_len = strlen(dn) };
        const char *text = spell(r, &value, false);
        struct name *name = text != NULL ? place(r, text) : NULL;

        if (name == NULL)
                return false;
        if (name->known.id == NULL || strcmp(name->known.id, id) != 0)
                name->known.id = mst_arena_strdup(r->young.arena, id);
        name->known.kind = kind;
        name->done = name->known.id != NULL;
        return name->done;
}

bool
ldp_resolver_ask(struct ldp_resolver *r, const struct berval *value, bool uid)
{
        const char *text = spell(r, value, uid);
        struct name *name = text != NULL ? place(r, text) : NULL;

        if (name == NULL)
                return false;
        if (!name->done && name->msgid == 0) {
                name->msgid = -1;                /* stands in line */
                name->next = r->line;
                r->line = name;
        }
        return true;
}

const struct ldp_known *
ldp_resolver_find(struct ldp_resolver *r, const struct berval *value, bool uid)
{
        const char *text = spell(r, value, uid);
        struct name *name = text != NULL ? place(r, text) : NULL;

        return name != NULL && name->done ? &name->known : NULL;
}

/* ---- looking up -------------------------------------------------------------------- */

static bool
is_group(const struct ldp_entry *entry)
{
        static const char *const classes[] = { "groupOfNames", "groupOfUniqueNames", "posixGroup", "group",
                                               "groupOfMembers", "groupOfEntries" };
        const struct ldp_field *field = ldp_entry_field(entry, "objectClass");

        for (size_t i = 0; field != NULL && i < field->count; i++)
                for (size_t k = 0; k < sizeof classes / sizeof *classes; k++)
                        if (field->values[i].bv_len == strlen(classes[k]) &&
                            strncasecmp(field->values[i].bv_val, classes[k], field->values[i].bv_len) == 0)
                                return true;
        return false;
}

/* Whom the answer is about becomes known. */
static int
note(struct ldp_resolver *r, struct name *name, const struct ldp_entry *entry, struct mst_error *err)
{
        const struct ldp_field *field = ldp_entry_field(entry, r->source->id_attribute);
        char id[LDP_UUID_ROOM];

        if (field == NULL || field->count == 0 || !ldp_uuid_read(r->source->form, &field->values[0], id))
                return MST_OK;
        name->known.kind = is_group(entry) ? MST_GROUP : MST_USER;
        name->known.id = mst_arena_strdup(r->young.arena, id);
        return name->known.id != NULL ? MST_OK : mst_fail_memory(err, "looking up names");
}

struct look {                                    /* a run() under way */
        struct ldp_resolver *r;
        struct name *flights[WINDOW];            /* the first of each search */
        size_t flying;
};

static char **
wanted(struct ldp_resolver *r)
{
        char **list = mst_arena_alloc(r->scratch, 4 * sizeof *list);

        if (list != NULL) {
                list[0] = (char *)r->source->id_attribute;
                list[1] = (char *)"objectClass";
                list[2] = (char *)"uid";
        }
        return list;
}

/* Takes uids off the line, chained by 'next', and writes the filter that finds them. */
static const char *
uid_filter(struct ldp_resolver *r, struct name **chain)
{
        const char *filter = mst_arena_printf(r->scratch, "(&%s(|", r->source->users.filter);
        size_t count = 0;

        *chain = NULL;
        while (filter != NULL && r->line != NULL && r->line->text[0] == '=' && count++ < UIDS) {
                struct name *name = r->line;
                const char *safe = mst_escape_filter(r->scratch, name->text + 1, strlen(name->text + 1));

                r->line = name->next;
                name->next = *chain;
                *chain = name;
                filter = safe != NULL ? mst_arena_printf(r->scratch, "%s(uid=%s)", filter, safe) : NULL;
        }
        return filter != NULL ? mst_arena_printf(r->scratch, "%s))", filter) : NULL;
}

static int
launch(struct look *look, struct mst_error *err)
{
        struct ldp_resolver *r = look->r;
        struct name *name = r->line, **flight = look->flights;
        const char *base, *filter = "(objectClass=*)";
        int scope = LDAP_SCOPE_BASE;
        char **attributes;

        mst_arena_reset(r->scratch);
        while (*flight != NULL)
                flight++;
        if (name->text[0] == '=') {
                filter = uid_filter(r, &name);
                base = r->source->users.base;
                scope = r->source->users.scope;
        } else {
                r->line = name->next;
                name->next = NULL;
                base = name->text + 1;
        }
        attributes = wanted(r);
        if (filter == NULL || attributes == NULL)
                return mst_fail_memory(err, "looking up names");
        if (ldp_conn_search(&r->source->asker, base, scope, filter, attributes, NULL, &name->msgid, err) != MST_OK)
                return err->code;
        *flight = name;
        look->flying++;
        return MST_OK;
}

/* Two people with one uid are nobody: which of them is meant, only the admin knows. */
static int
note_uid(struct ldp_resolver *r, struct name *chain, const struct ldp_entry *entry, struct mst_error *err)
{
        const struct ldp_field *field = ldp_entry_field(entry, "uid");

        for (; chain != NULL; chain = chain->next)
                for (size_t i = 0; field != NULL && i < field->count; i++) {
                        if (field->values[i].bv_len != strlen(chain->text + 1) ||
                            strncasecmp(field->values[i].bv_val, chain->text + 1, field->values[i].bv_len) != 0)
                                continue;
                        if (chain->known.id != NULL) {
                                mst_host_log(r->source->host, MST_LOG_WARNING, "several people have the uid '%.80s': "
                                             "none of them counts as a member by it", chain->text + 1);
                                chain->known.id = NULL;
                                chain->done = true;
                        } else if (!chain->done && note(r, chain, entry, err) != MST_OK) {
                                return err->code;
                        }
                }
        return MST_OK;
}

static int
take_end(struct look *look, struct name **flight, LDAPMessage *message, struct mst_error *err)
{
        struct name *name = *flight;
        struct ldp_result result;

        ldp_result_read(look->r->source->asker.ld, message, &result);
        switch (result.rc) {
        case LDAP_SUCCESS:
        case LDAP_NO_SUCH_OBJECT:
        case LDAP_INVALID_DN_SYNTAX:
        case LDAP_INSUFFICIENT_ACCESS:
        case LDAP_REFERRAL:
                break;
        default:
                return mst_fail(err, MST_ENET, "'%.200s' could not be looked up: %s", name->text + 1, result.text);
        }
        for (; name != NULL; name = name->next)
                name->done = true;
        *flight = NULL;
        look->flying--;
        return MST_OK;
}

static int
take(struct look *look, LDAPMessage *message, struct mst_error *err)
{
        struct ldp_resolver *r = look->r;
        static const struct ldp_place bare = { 0 };
        struct ldp_entry entry;
        size_t at = 0;
        int rc;

        while (at < WINDOW && (look->flights[at] == NULL || look->flights[at]->msgid != ldap_msgid(message)))
                at++;
        if (at == WINDOW)
                return MST_OK;
        if (ldap_msgtype(message) == LDAP_RES_SEARCH_RESULT)
                return take_end(look, &look->flights[at], message, err);
        if (ldap_msgtype(message) != LDAP_RES_SEARCH_ENTRY)
                return MST_OK;
        mst_arena_reset(r->scratch);
        rc = ldp_entry_read(r->source->asker.ld, message, &r->source->dir, &bare, r->scratch, &entry, err);
        if (rc == MST_OK && look->flights[at]->text[0] == '=')
                rc = note_uid(r, look->flights[at], &entry, err);
        else if (rc == MST_OK)
                rc = note(r, look->flights[at], &entry, err);
        ldp_entry_done(&entry);
        return rc;
}

int
ldp_resolver_run(struct ldp_resolver *r, struct mst_error *err)
{
        struct look look = { .r = r };
        int rc = r->line != NULL ? ldp_source_asker(r->source, err) : MST_OK;

        while (rc == MST_OK && (r->line != NULL || look.flying > 0)) {
                LDAPMessage *message = NULL;

                while (rc == MST_OK && r->line != NULL && look.flying < WINDOW)
                        rc = launch(&look, err);
                if (rc == MST_OK)
                        rc = ldp_conn_wait(&r->source->asker, LDAP_RES_ANY, &message, err);
                if (rc == MST_OK) {
                        rc = take(&look, message, err);
                        ldap_msgfree(message);
                }
        }
        if (rc != MST_OK)
                ldp_conn_close(&r->source->asker);       /* answers may still be on their way */
        return rc;
}
