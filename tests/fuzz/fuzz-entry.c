/* fuzz-entry.c - any entry of a directory server, as it comes over the wire, for the ldap connector.
 *
 * The input is the content of a SearchResultEntry (RFC 4511, section 4.5.2): it is put into a message
 * and sent through a socket to libldap, whose message is then read.  Either it cannot be read, with a
 * sentence, or it has a DN and fields, and each becomes a value of the type that it is read as. */
#include "build.h"

#include <ldap.h>
#include <openldap.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../plugins/ldap/conn.h"
#include "../../plugins/ldap/dn.h"
#include "../../plugins/ldap/entry.h"
#include "../../plugins/ldap/id.h"
#include "../../plugins/ldap/options.h"
#include "../../plugins/ldap/when.h"
#include "fuzz.h"
#include "record/record.h"

enum { MOST = 8000 };

/* What the files around would take along: nothing of it is called here. */
int
ldp_dir_ready(struct ldp_conn *conn, struct mst_error *err)
{
        (void)conn;
        return mst_fail(err, MST_ENET, "there is no server");
}

int
ldp_conn_search(struct ldp_conn *conn, const char *base, int scope, const char *filter, char **attributes,
                LDAPControl **controls, int *msgid, struct mst_error *err)
{
        (void)base, (void)scope, (void)filter, (void)attributes, (void)controls, (void)msgid;
        return ldp_dir_ready(conn, err);
}

int
ldp_conn_wait(struct ldp_conn *conn, int msgid, LDAPMessage **ret, struct mst_error *err)
{
        (void)msgid, (void)ret;
        return ldp_dir_ready(conn, err);
}

bool
ldp_is_attribute(const char *name)
{
        return name[0] != 0;
}

static size_t
put_head(unsigned char *into, unsigned char tag, size_t length)
{
        into[0] = tag;
        into[1] = 0x82;
        into[2] = (unsigned char)(length >> 8);
        into[3] = (unsigned char)length;
        return 4;
}

static size_t
message_make(unsigned char *into, int id, const uint8_t *bytes, size_t size)
{
        size_t at = put_head(into, 0x30, size + 4 + 6);

        into[at++] = 0x02;
        into[at++] = 4;
        for (int shift = 24; shift >= 0; shift -= 8)
                into[at++] = (unsigned char)((unsigned)id >> shift);
        at += put_head(into + at, 0x64, size);
        memcpy(into + at, bytes, size);
        return at + size;
}

static void
values(const struct ldp_field *field, struct mst_arena *arena)
{
        static const enum mst_type types[] = { MST_TEXT, MST_INT, MST_BOOL, MST_DATE, MST_BYTES, MST_REF };

        for (size_t i = 0; i < field->count && i < 50; i++)
                for (size_t k = 0; k < sizeof types / sizeof types[0]; k++) {
                        struct mst_record *record = mstc_record_values(arena, MST_USER);

                        FUZZ_CHECK(record != NULL);
                        ldp_entry_value(record, mst_record_put(record, "v"), &field->values[i], types[k]);
                        FUZZ_CHECK(mst_record_get(record, "v") != NULL);
                }
}

static void
look_at(LDAP *ld, LDAPMessage *message)
{
        struct mst_arena *arena = mst_arena_new(0);
        const struct ldp_dir dir = { .id = { .attribute = "entryUUID" } };
        const struct ldp_place place = { .kind = MST_USER, .stamp = "musterStamp", .base_normal = "dc=x" };
        struct ldp_entry entry;
        struct mst_error err = { 0 };
        char *spelt;

        FUZZ_CHECK(arena != NULL);
        if (ldp_entry_read(ld, message, &dir, &place, arena, &entry, &err) != MST_OK) {
                FUZZ_CHECK(err.text[0] != '\0' && entry.count == 0);
                mst_arena_free(arena);
                return;
        }
        FUZZ_CHECK(entry.dn != NULL);
        spelt = ldp_dn_normal(arena, entry.dn);
        FUZZ_CHECK(spelt != NULL && ldp_dn_parent(entry.dn) != NULL);
        (void)ldp_dn_below(spelt, "dc=x");
        for (size_t i = 0; i < entry.count; i++) {
                char name[64] = "";

                values(&entry.fields[i], arena);
                if (entry.fields[i].name.bv_len < sizeof name) {
                        memcpy(name, entry.fields[i].name.bv_val, entry.fields[i].name.bv_len);
                        FUZZ_CHECK(name[0] == '\0' || memchr(name, '\0', entry.fields[i].name.bv_len) != NULL ||
                                   ldp_entry_find(&entry, name, NULL) != NULL);
                }
        }
        ldp_entry_done(&entry);
        mst_arena_free(arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        unsigned char message[MOST + 100];
        struct timeval no_wait = { .tv_sec = 1 };
        LDAPMessage *got = NULL;
        LDAP *ld = NULL;
        int ends[2], id = -1;

        if (size > MOST)
                return 0;
        FUZZ_CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
        FUZZ_CHECK(ldap_init_fd(ends[0], LDAP_PROTO_TCP, NULL, &ld) == LDAP_SUCCESS);
        FUZZ_CHECK(ldap_search_ext(ld, "", LDAP_SCOPE_BASE, NULL, NULL, 0, NULL, NULL, NULL, 0, &id) == LDAP_SUCCESS);
        FUZZ_CHECK(write(ends[1], message, message_make(message, id, bytes, size)) > 0);
        FUZZ_CHECK(shutdown(ends[1], SHUT_WR) == 0);
        if (ldap_result(ld, id, LDAP_MSG_ONE, &no_wait, &got) == LDAP_RES_SEARCH_ENTRY)
                look_at(ld, got);
        ldap_msgfree(got);
        ldap_unbind_ext(ld, NULL, NULL);
        close(ends[1]);
        return 0;
}
