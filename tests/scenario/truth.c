/* truth.c - is the directory what the source says it should be?
 *
 *   truth PEOPLE URI SUFFIX SETTING...
 *
 * An oracle: it reads what the Graph emulator holds (PEOPLE, the answer of its control
 * door) and what slapd holds, and works out by itself, sharing nothing with the core, what
 * the scenarios' configuration asks for:
 *
 *   person   each one in scope (live, Member, with a mail) has exactly one entry, in its
 *            place, with the mapped values, the manager's entry as manager, locked if and
 *            only if he is blocked; whoever else has our stamp is locked
 *   group    holds the entries of exactly those in scope who satisfy its rule, not locked
 *
 * Every difference is printed; the exit code is 1 when there was one, 2 when it could not
 * be told.  SETTING, any number, in any order:
 *
 *   map=LDAP:SOURCE[|SOURCE]   a plain map, the second for when the first is null
 *   uid=SOURCE                 the naming attribute, in lower case
 *   rule=GROUP:SOURCE=VALUE[,SOURCE=VALUE]
 *   family=PREFIX:SOURCE       a group PREFIXvalue for each value
 *   except=ID                  this person is not looked at (and nobody's manager or member)
 *   foreign=COUNT              entries below ou=people without a stamp (default 0)
 *   gone=absent                who has left has no entry any more
 *   lock=ATTRIBUTE[&BIT]       whoever has it, with that bit, is locked (default pwdAccountLockedTime)
 *   idle=yes                   who may log in may be locked all the same: he has no password yet
 *   rdn=ATTRIBUTE              what names people in the directory (default uid)
 *   stamp=ATTRIBUTE            (default musterStamp)
 *   class=NAME                 of groups (default groupOfNames)
 *   bind=DN:FILE               who looks, and the file with the password (default: anybody)
 *   least=COUNT                so many entries at least have our stamp (default 0)
 *
 * How many have it is said at the end. */
#include "truth.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* With the sanitizers: it lives for one comparison, so what it leaves is no leak. */
__attribute__((visibility("default"))) const char *__asan_default_options(void);
const char *__asan_default_options(void) { return "detect_leaks=0"; }

/* ---- the directory -------------------------------------------------------------------------- */

static char *
first_value(LDAP *ld, LDAPMessage *message, const char *name)
{
        struct berval **values = ldap_get_values_len(ld, message, name);
        char *ret = values != NULL && values[0] != NULL ? need(strndup(values[0]->bv_val, values[0]->bv_len)) : NULL;

        ldap_value_free_len(values);
        return ret;
}

static LDAPMessage *
search(struct truth *t, const char *below, const char *filter, char **attributes)
{
        LDAPMessage *ret = NULL;
        char base[512];
        int rc;

        snprintf(base, sizeof base, "%s,%s", below, t->suffix);
        rc = ldap_search_ext_s(t->ld, base, LDAP_SCOPE_ONELEVEL, filter, attributes, 0, NULL, NULL, NULL, 0, &ret);
        if (rc != LDAP_SUCCESS)
                die("%s: %s", base, ldap_err2string(rc));
        return ret;
}

static void
read_entries(struct truth *t)
{
        char all[] = "*", *attributes[] = { all, (char *)(uintptr_t)t->lock, NULL };
        LDAPMessage *found = search(t, "ou=people", "(objectClass=*)", attributes);
        long foreign = 0, stamped = 0;
        size_t n = 0;

        t->entries = need(calloc((size_t)ldap_count_entries(t->ld, found) + 1, sizeof *t->entries));
        for (LDAPMessage *m = ldap_first_entry(t->ld, found); m != NULL; m = ldap_next_entry(t->ld, m)) {
                struct entry *e = &t->entries[n++];
                char *dn = ldap_get_dn(t->ld, m), *locked = first_value(t->ld, m, t->lock);

                e->message = m;
                e->dn = normal(dn);
                e->stamp = first_value(t->ld, m, t->stamp);
                e->locked = locked != NULL && (t->lock_bit == 0 || (strtol(locked, NULL, 10) & t->lock_bit) != 0);
                stamped += e->stamp != NULL;
                foreign += e->stamp == NULL;
                ldap_memfree(dn);
                free(locked);
        }
        t->entry_count = n;
        if (foreign != t->foreign)
                differs(t, "%ld entries without a stamp, not %ld", foreign, t->foreign);
        if (stamped < t->least)
                differs(t, "only %ld entries have our stamp, not %ld", stamped, t->least);
        printf("%ld entries are ours\n", stamped);
}

/* Who looks: DN:FILE. */
static int
log_in(struct truth *t)
{
        char dn[512], password[256];
        const char *file = strrchr(t->bind, ':');
        struct berval secret = { .bv_val = password };
        FILE *from = file != NULL ? fopen(file + 1, "r") : NULL;

        if (from == NULL)
                die("bind=DN:FILE");
        secret.bv_len = fread(password, 1, sizeof password, from);
        fclose(from);
        snprintf(dn, sizeof dn, "%.*s", (int)(file - t->bind), t->bind);
        return ldap_sasl_bind_s(t->ld, dn, LDAP_SASL_SIMPLE, &secret, NULL, NULL, NULL);
}

static void
open_directory(struct truth *t, const char *uri)
{
        int version = LDAP_VERSION3, rc = ldap_initialize(&t->ld, uri);
        char filter[128];

        if (rc == LDAP_SUCCESS)
                rc = ldap_set_option(t->ld, LDAP_OPT_PROTOCOL_VERSION, &version);
        if (rc == LDAP_SUCCESS && t->bind != NULL)
                rc = log_in(t);
        if (rc != LDAP_SUCCESS)
                die("%s: %s", uri, ldap_err2string(rc));
        read_entries(t);
        snprintf(filter, sizeof filter, "(objectClass=%s)", t->group_class);
        t->groups = search(t, "ou=groups", filter, NULL);
}

/* ---- values ----------------------------------------------------------------------------------- */

struct values { char *list[256]; size_t count; };

static void
add(struct values *v, char *text)
{
        if (v->count == sizeof v->list / sizeof v->list[0])
                die("too many values");
        v->list[v->count++] = need(text);
}

static void
done(struct values *v)
{
        for (size_t i = 0; i < v->count; i++)
                free(v->list[i]);
}

static void
source_values(const struct person *p, const struct map *m, struct values *ret)
{
        struct json_object *v = NULL;

        ret->count = 0;
        json_object_object_get_ex(p->json, m->from, &v);
        if (v == NULL && m->or != NULL)
                json_object_object_get_ex(p->json, m->or, &v);
        if (v != NULL && json_object_is_type(v, json_type_array))
                for (size_t i = 0; i < json_object_array_length(v); i++)
                        add(ret, strdup(json_object_get_string(json_object_array_get_idx(v, i))));
        else if (v != NULL)
                add(ret, strdup(json_object_get_string(v)));
}

static void
entry_values(struct truth *t, const struct entry *e, const char *name, bool dns, struct values *ret)
{
        struct berval **values = ldap_get_values_len(t->ld, e->message, name);

        ret->count = 0;
        for (size_t i = 0; values != NULL && values[i] != NULL; i++) {
                char *text = need(strndup(values[i]->bv_val, values[i]->bv_len));

                add(ret, dns ? normal(text) : strdup(text));
                free(text);
        }
        ldap_value_free_len(values);
}

static bool
has(const struct values *v, const char *text)
{
        for (size_t i = 0; i < v->count; i++)
                if (strcmp(v->list[i], text) == 0)
                        return true;
        return false;
}

static void
compare(struct truth *t, const char *what, const char *name, struct values *want, struct values *is)
{
        for (size_t i = 0; i < want->count; i++)
                if (!has(is, want->list[i]))
                        differs(t, "%s: %s has no '%s'", what, name, want->list[i]);
        for (size_t i = 0; i < is->count; i++)
                if (!has(want, is->list[i]))
                        differs(t, "%s: %s is '%s', which the source does not say", what, name, is->list[i]);
        done(want);
        done(is);
}

/* ---- people -------------------------------------------------------------------------------------- */

static const char *
name_of(const struct person *p)
{
        const char *upn = text_of(p, "userPrincipalName");

        return upn != NULL ? upn : p->id;
}

/* Whose entry is whose; what has our stamp and should not be usable. */
static void
tie(struct truth *t)
{
        for (size_t i = 0; i < t->entry_count; i++) {
                struct entry *e = &t->entries[i];
                struct person *p = e->stamp != NULL ? person_of(t, e->stamp) : NULL;

                if (e->stamp == NULL || (p != NULL && p->excepted))
                        continue;
                if (p == NULL && !e->locked)
                        differs(t, "%s: stamped '%s', whom the source does not know, and not locked", e->dn, e->stamp);
                if (p == NULL)
                        continue;
                if (p->entry != NULL)
                        differs(t, "%s: two entries, %s and %s", name_of(p), p->entry->dn, e->dn);
                p->entry = e;
                if (!p->in_scope && (t->gone_absent || !e->locked))
                        differs(t, "%s: has left, and %s is %s", name_of(p), e->dn,
                                t->gone_absent ? "still there" : "not locked");
        }
}

static void
check_place(struct truth *t, const struct person *p)
{
        const char *uid = text_of(p, t->uid);
        char dn[1024];
        char *want;

        snprintf(dn, sizeof dn, "%s=%s,ou=people,%s", t->rdn, uid != NULL ? uid : "", t->suffix);
        want = normal(dn);
        if (strcmp(want, p->entry->dn) != 0)
                differs(t, "%s: is %s, not %s", name_of(p), p->entry->dn, want);
        ldap_memfree(want);
}

static void
check_manager(struct truth *t, const struct person *p)
{
        const char *id = text_of(p, "manager");
        const struct person *manager = id != NULL ? person_of(t, id) : NULL;
        struct values want = { 0 }, is;

        if (manager != NULL && manager->excepted)
                return;
        if (manager != NULL && manager->entry != NULL)
                add(&want, strdup(manager->entry->dn));
        entry_values(t, p->entry, "manager", true, &is);
        compare(t, name_of(p), "manager", &want, &is);
}

static bool
is_blocked(const struct person *p)
{
        struct json_object *enabled = NULL;

        return json_object_object_get_ex(p->json, "accountEnabled", &enabled) && enabled != NULL &&
               !json_object_get_boolean(enabled);
}

static void
check_person(struct truth *t, const struct person *p)
{
        struct values want, is;
        bool blocked;

        if (p->excepted || !p->in_scope)
                return;
        if (p->entry == NULL) {
                differs(t, "%s: has no entry", name_of(p));
                return;
        }
        check_place(t, p);
        for (size_t i = 0; i < t->map_count; i++) {
                source_values(p, &t->maps[i], &want);
                entry_values(t, p->entry, t->maps[i].to, false, &is);
                compare(t, name_of(p), t->maps[i].to, &want, &is);
        }
        check_manager(t, p);
        blocked = is_blocked(p);
        if (blocked != p->entry->locked && (blocked || !t->idle))
                differs(t, "%s: %s", name_of(p), blocked ? "is blocked, but not locked" : "is locked, and should not be");
}

/* ---- groups ---------------------------------------------------------------------------------------- */

static bool
satisfies(const struct person *p, const struct rule *r)
{
        for (size_t i = 0; i < r->count; i++)
                if (!same(text_of(p, r->attribute[i]), r->value[i]))
                        return false;
        return p->in_scope && !p->excepted;
}

static struct entry *
entry_named(struct truth *t, const char *dn)
{
        for (size_t i = 0; i < t->entry_count; i++)
                if (strcmp(t->entries[i].dn, dn) == 0)
                        return &t->entries[i];
        return NULL;
}

static bool
is_excepted(const struct truth *t, const struct entry *e)
{
        const struct person *p = e != NULL && e->stamp != NULL ? person_of(t, e->stamp) : NULL;

        return p != NULL && p->excepted;
}

/* What is in the group must be wanted; what is wanted was marked before. */
static void
check_members(struct truth *t, const char *name, LDAPMessage *group)
{
        struct berval **values = group != NULL ? ldap_get_values_len(t->ld, group, "member") : NULL;

        for (size_t i = 0; values != NULL && values[i] != NULL; i++) {
                char *dn = normal(values[i]->bv_val);
                struct entry *e = entry_named(t, dn);

                if (e != NULL && e->wanted)
                        e->wanted = false;
                else if (strncmp(dn, "cn=muster,ou=services,", 22) != 0 && !is_excepted(t, e))
                        differs(t, "group '%s': %s is in it, and should not be%s", name, dn,
                                e == NULL ? " (there is no such entry)" : "");
                ldap_memfree(dn);
        }
        ldap_value_free_len(values);
        for (size_t i = 0; i < t->entry_count; i++) {
                if (t->entries[i].wanted)
                        differs(t, "group '%s': %s is not in it", name, t->entries[i].dn);
                t->entries[i].wanted = false;
        }
}

static LDAPMessage *
group_named(struct truth *t, const char *name)
{
        for (LDAPMessage *m = ldap_first_entry(t->ld, t->groups); m != NULL; m = ldap_next_entry(t->ld, m)) {
                char *cn = first_value(t->ld, m, "cn");
                bool found = same(cn, name);

                free(cn);
                if (found)
                        return m;
        }
        return NULL;
}

static void
check_rule(struct truth *t, const struct rule *r)
{
        for (size_t i = 0; i < t->person_count; i++) {
                const struct person *p = &t->people[i];

                /* who is locked for want of a password has not left */
                if (p->entry != NULL && satisfies(p, r) && (!p->entry->locked || (t->idle && !is_blocked(p))))
                        p->entry->wanted = true;
        }
        check_members(t, r->group, group_named(t, r->group));
}

static bool
had_before(const struct truth *t, size_t person, const char *attribute)
{
        for (size_t i = 0; i < person; i++)
                if (same(text_of(&t->people[i], attribute), text_of(&t->people[person], attribute)))
                        return true;
        return false;
}

/* Every value that somebody has, and every group of that family that is there. */
static void
check_family(struct truth *t, const struct family *f)
{
        char name[512];

        for (size_t i = 0; i < t->person_count; i++) {
                const char *value = text_of(&t->people[i], f->attribute);
                struct rule r = { .group = name, .attribute = { f->attribute }, .value = { value }, .count = 1 };

                if (value == NULL || had_before(t, i, f->attribute))
                        continue;
                snprintf(name, sizeof name, "%s%s", f->prefix, value);
                check_rule(t, &r);
        }
        for (LDAPMessage *m = ldap_first_entry(t->ld, t->groups); m != NULL; m = ldap_next_entry(t->ld, m)) {
                char *cn = first_value(t->ld, m, "cn");
                size_t length = strlen(f->prefix);

                if (cn != NULL && strncmp(cn, f->prefix, length) == 0) {
                        struct rule r = { .group = cn, .attribute = { f->attribute }, .value = { cn + length },
                                          .count = 1 };

                        check_rule(t, &r);
                }
                free(cn);
        }
}

int
main(int argc, char **argv)
{
        struct truth t = { .uid = "mailNickname", .lock = "pwdAccountLockedTime", .rdn = "uid", .stamp = "musterStamp",
                           .group_class = "groupOfNames" };

        if (argc < 4)
                die("PEOPLE URI SUFFIX SETTING...");
        t.suffix = argv[3];
        for (int i = 4; i < argc; i++)
                setting(&t, argv[i]);
        read_people(&t, argv[1]);
        open_directory(&t, argv[2]);
        tie(&t);
        for (size_t i = 0; i < t.person_count; i++)
                check_person(&t, &t.people[i]);
        for (size_t i = 0; i < t.rule_count; i++)
                check_rule(&t, &t.rules[i]);
        for (size_t i = 0; i < t.family_count; i++)
                check_family(&t, &t.families[i]);
        if (t.differences != 0)
                printf("%lu differences\n", t.differences);
        return t.differences != 0;
}
