/* fixture.c - see fixture.h.  Whatever goes wrong here fails the test. */
#include "fixture.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static const char *
path_of(const char *server, const char *file)
{
        static char path[1024];
        const char *work = getenv("LDAP_SOURCE_WORK");

        ck_assert_ptr_nonnull(work);
        snprintf(path, sizeof path, "%s/%s/%s", work, server, file);
        return path;
}

const char *
fx_read(const char *server, const char *file)
{
        static char texts[8][1024];
        static size_t next;
        char *text = texts[next++ % 8];
        FILE *from = fopen(path_of(server, file), "r");

        ck_assert_msg(from != NULL, "%s of %s is missing", file, server);
        text[fread(text, 1, 1023, from)] = '\0';
        fclose(from);
        text[strcspn(text, "\n")] = '\0';
        return text;
}

static bool
is_389(const char *server)
{
        return strncmp(server, "ds389", 5) == 0;
}

void
fx_begin(struct fixture *fx, const char *server)
{
        static char *members[] = { (char *)"member", (char *)"uniqueMember", (char *)"memberUid", NULL };
        static char *references[] = { (char *)"manager", (char *)"secretary", (char *)"owner", NULL };
        const char *secret = fx_read(server, "muster.secret");

        memset(fx, 0, sizeof *fx);
        fx->server = server;
        fx->test = mst_test_new("staff");
        ck_assert_ptr_nonnull(fx->test);
        fx->uris[0] = strdup(fx_read(server, "uri"));
        fx->config = (struct ldp_reading){
                .access = { .uris = fx->uris, .bind_dn = (char *)LOGIN,
                            .password = mst_secret_new(secret, strlen(secret)),
                            .timeout = 20000, .connect_timeout = 10000 },
                .user_base = (char *)PEOPLE, .group_base = (char *)GROUPS,
                .member_attributes = members, .references = references,
                .page_size = 10, .full_every = 86400000, .overlap = 0,
        };
        ck_assert_ptr_nonnull(fx->config.access.password);
}

void
fx_wants(struct fixture *fx, const char *const *names, size_t count)
{
        ck_assert(mst_test_wants(fx->test, names, count));
}

int
fx_open(struct fixture *fx, struct mst_error *err)
{
        return mst_plugin_ldap.source->open(&fx->config, mst_test_host(fx->test), &fx->self, err);
}

void
fx_start(struct fixture *fx, const char *server)
{
        static const char *const wants[] = { "accountEnabled", "businessPhones", "department", "displayName", "dn",
                                             "group.displayName", "group.members", "id", "mail", "manager", "parent",
                                             "surname" };
        struct mst_error err = { 0 };

        fx_begin(fx, server);
        fx_empty(fx);
        fx_wants(fx, wants, sizeof wants / sizeof *wants);
        ck_assert_msg(fx_open(fx, &err) == MST_OK, "%s", err.text);
}

void
fx_again(struct fixture *fx)
{
        struct mst_error err = { 0 };

        mst_plugin_ldap.source->close(fx->self);
        ck_assert_msg(fx_open(fx, &err) == MST_OK, "%s", err.text);
}

void
fx_close(struct fixture *fx)
{
        if (fx->self != NULL)
                mst_plugin_ldap.source->close(fx->self);
        mst_test_free(fx->test);
        mst_secret_free(fx->config.access.password);
        free(fx->uris[0]);
        memset(fx, 0, sizeof *fx);
}

int
fx_try(struct fixture *fx, bool full, struct mst_error *err)
{
        const char *cursor = full ? NULL : fx->cursor;

        ck_assert(full || fx->has_cursor);
        fx->page_count = 0;
        for (;;) {
                struct mst_page *page = mst_test_page(fx->test);
                int rc;

                ck_assert_ptr_nonnull(page);
                ck_assert_uint_lt(fx->page_count, PAGES);
                rc = mst_plugin_ldap.source->read(fx->self, cursor, page, err);
                if (rc != MST_OK)
                        return rc;
                fx->pages[fx->page_count++] = page;
                ck_assert(mst_test_page_ended(page));
                ck_assert_ptr_null(mst_test_page_bad(page, 0));
                cursor = mst_test_page_cursor(page);
                if (mst_test_page_is_complete(page))
                        break;
        }
        fx->has_cursor = cursor != NULL;
        snprintf(fx->cursor, sizeof fx->cursor, "%s", cursor != NULL ? cursor : "");
        return MST_OK;
}

void
fx_round(struct fixture *fx, bool full)
{
        struct mst_error err = { 0 };

        ck_assert_msg(fx_try(fx, full, &err) == MST_OK, "%s", err.text);
}

/* ---- what was told --------------------------------------------------------------------------- */

size_t
fx_count(const struct fixture *fx, enum mst_test_what what, enum mst_kind kind)
{
        size_t count = 0;

        for (size_t p = 0; p < fx->page_count; p++)
                for (size_t i = 0; i < mst_test_page_count(fx->pages[p]); i++)
                        count += mst_test_page_what(fx->pages[p], i) == what &&
                                 mst_record_kind(mst_test_page_record(fx->pages[p], i)) == kind;
        return count;
}

bool
fx_told(const struct fixture *fx, enum mst_test_what what, const char *id)
{
        for (size_t p = 0; p < fx->page_count; p++)
                for (size_t i = 0; i < mst_test_page_count(fx->pages[p]); i++)
                        if (mst_test_page_what(fx->pages[p], i) == what &&
                            strcmp(mst_record_id(mst_test_page_record(fx->pages[p], i)), id) == 0)
                                return true;
        return false;
}

bool
fx_all(const struct fixture *fx, enum mst_kind kind)
{
        for (size_t p = 0; p < fx->page_count; p++)
                if (mst_test_page_all(fx->pages[p], kind))
                        return true;
        return false;
}

const struct mst_record *
fx_record(const struct fixture *fx, const char *id)
{
        for (size_t p = 0; p < fx->page_count; p++) {
                const struct mst_record *record = mst_test_page_find(fx->pages[p], id);

                if (record != NULL)
                        return record;
        }
        return NULL;
}

const char *
fx_text(const struct fixture *fx, const char *id, const char *attribute)
{
        const struct mst_record *record = fx_record(fx, id);

        ck_assert_msg(record != NULL, "%s was not told", id);
        ck_assert_msg(mst_record_why_bad(record) == NULL, "%s", mst_record_why_bad(record));
        return mst_value_text(mst_record_get(record, attribute), NULL);
}

/* What was said last counts. */
bool
fx_member(const struct fixture *fx, const char *group, enum mst_kind kind, const char *member)
{
        bool is = false;

        for (size_t p = 0; p < fx->page_count; p++) {
                const char *in, *who;
                enum mst_kind of;
                bool joins;

                for (size_t i = 0; (in = mst_test_page_member(fx->pages[p], i, &of, &who, &joins)) != NULL; i++)
                        if (strcmp(in, group) == 0 && (who == NULL || (of == kind && strcmp(who, member) == 0)))
                                is = who != NULL && joins;
        }
        return is;
}

size_t
fx_members(const struct fixture *fx, const char *group)
{
        size_t count = 0;

        for (size_t p = 0; p < fx->page_count; p++) {
                const char *in, *who;
                enum mst_kind of;
                bool joins;

                for (size_t i = 0; (in = mst_test_page_member(fx->pages[p], i, &of, &who, &joins)) != NULL; i++)
                        if (strcmp(in, group) == 0)
                                count = who != NULL ? count + 1 : 0;
        }
        return count;
}

/* ---- the proxy -------------------------------------------------------------------------------- */

void
fx_through(struct fixture *fx)
{
        free(fx->uris[0]);
        fx->uris[0] = strdup(fx_read(fx->server, "proxy-uri"));
        fx_fault(fx, "");
}

void
fx_fault(const struct fixture *fx, const char *rule)
{
        char command[4096], folder[1024];

        snprintf(folder, sizeof folder, "%s", path_of(fx->server, ""));
        snprintf(command, sizeof command, "bash -c '. \"$srcdir/tests/scenario/ldap-proxy.sh\"; proxy %s clear%s%s%s%s' "
                 ">/dev/null", folder, rule[0] != '\0' ? " && proxy " : "", rule[0] != '\0' ? folder : "",
                 rule[0] != '\0' ? " fault " : "", rule);
        ck_assert_msg(system(command) == 0, "%s", rule);
}

/* ---- the directory ------------------------------------------------------------------------------ */

static const char *
login(const struct fixture *fx)
{
        static char words[2048];
        const char *uri = fx_read(fx->server, "uri");

        snprintf(words, sizeof words, "-x -H '%s' -D '%s' -y '%s'", uri,
                 is_389(fx->server) ? "cn=Directory Manager" : "cn=admin," SUFFIX, path_of(fx->server, "admin.secret"));
        return words;
}

void
fx_ldif(const struct fixture *fx, const char *format, ...)
{
        char command[4096];
        va_list args;
        FILE *to;

        snprintf(command, sizeof command, "ldapmodify %s >/dev/null", login(fx));
        to = popen(command, "w");
        ck_assert_ptr_nonnull(to);
        va_start(args, format);
        vfprintf(to, format, args);
        va_end(args);
        ck_assert_int_eq(pclose(to), 0);
}

const char *
fx_id(const struct fixture *fx, const char *dn)
{
        static char ids[64][64];
        static size_t next;
        char command[4096], line[512], *id = ids[next++ % 64];
        const char *attribute = is_389(fx->server) ? "nsUniqueId" : "entryUUID";
        FILE *from;

        snprintf(command, sizeof command, "ldapsearch -LLL -o ldif-wrap=no %s -b '%s' -s base '(objectClass=*)' %s",
                 login(fx), dn, attribute);
        from = popen(command, "r");
        ck_assert_ptr_nonnull(from);
        id[0] = '\0';
        while (fgets(line, sizeof line, from) != NULL)
                if (strncasecmp(line, attribute, strlen(attribute)) == 0)
                        sscanf(line + strlen(attribute) + 1, " %60s", id);
        ck_assert_int_eq(pclose(from), 0);
        ck_assert_msg(id[0] != '\0', "%s has no %s", dn, attribute);
        return id;
}

const char *
fx_person(const struct fixture *fx, const char *uid, const char *more)
{
        char dn[512];

        fx_ldif(fx, "dn: uid=%s," PEOPLE "\nchangetype: add\nobjectClass: inetOrgPerson\nuid: %s\ncn: %s\nsn: %s\n%s\n",
                uid, uid, uid, uid, more);
        snprintf(dn, sizeof dn, "uid=%s," PEOPLE, uid);
        return fx_id(fx, dn);
}

void
fx_empty(const struct fixture *fx)
{
        static const char *const bases[] = { GROUPS, PEOPLE };
        char command[8192];

        for (size_t i = 0; i < 2; i++) {
                snprintf(command, sizeof command, "ldapsearch -LLL -o ldif-wrap=no %s -b '%s' '(objectClass=*)' 1.1 |"
                         " sed -n 's/^dn: //p' | grep -v '^ou=people,%s$' | grep -v '^ou=groups,%s$' |"
                         " awk '{ print length($0), $0 }' | sort -rn | cut -d' ' -f2- | ldapdelete -c %s",
                         login(fx), bases[i], SUFFIX, SUFFIX, login(fx));
                ck_assert_int_eq(system(command), 0);
        }
}
