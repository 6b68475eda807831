/* ldap-seal.c - the layer between libldap and the wire after a login with Kerberos: pieces that
 * come as they like, and those that are not to be believed.  Kerberos itself is a toy here: a
 * wrapped piece is 'W' and each byte turned over. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <ldap.h>
#include <openldap.h>

#include <muster/test.h>

#include "../../plugins/ldap/gss.h"
#include "../../plugins/ldap/seal.h"
#include "unit.h"

#define TURN(c) ((char)~(c))

struct ldp_gss {
        size_t most, wrapped;            /* how many pieces */
        char in[LDP_GSS_MOST], out[LDP_GSS_MOST];
};

size_t
ldp_gss_most(const struct ldp_gss *gss)
{
        return gss->most;
}

int
ldp_gss_wrap(struct ldp_gss *gss, const struct berval *in, struct berval *out, struct mst_error *err)
{
        if (in->bv_len > gss->most)
                return mst_fail(err, MST_EINTERNAL, "more than was agreed on");
        gss->wrapped++;
        gss->out[0] = 'W';
        for (size_t i = 0; i < in->bv_len; i++)
                gss->out[i + 1] = TURN(in->bv_val[i]);
        *out = (struct berval){ .bv_val = gss->out, .bv_len = in->bv_len + 1 };
        return MST_OK;
}

int
ldp_gss_unwrap(struct ldp_gss *gss, const struct berval *in, struct berval *out, struct mst_error *err)
{
        if (in->bv_val[0] != 'W')
                return mst_fail(err, MST_EAUTH, "it is not what the server has sent");
        for (size_t i = 1; i < in->bv_len; i++)
                gss->in[i - 1] = TURN(in->bv_val[i]);
        *out = (struct berval){ .bv_val = gss->in, .bv_len = in->bv_len - 1 };
        return MST_OK;
}

struct world {
        struct mst_test *test;
        struct ldp_gss *gss;
        struct ldp_seal *seal;
        LDAP *ld;
        Sockbuf *sockbuf;
        BerElement *ber;
        int peer;
};

static void
begin(struct world *w)
{
        int fds[2];

        signal(SIGPIPE, SIG_IGN);                /* which the wire of ours does not raise */
        *w = (struct world){ .test = mst_test_new("sink"), .gss = calloc(1, sizeof *w->gss) };
        ck_assert(w->test != NULL && w->gss != NULL);
        w->gss->most = 1000;
        ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
        ck_assert_int_eq(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
        w->peer = fds[1];
        ck_assert_int_eq(ldap_init_fd(fds[0], LDAP_PROTO_TCP, "ldap://x", &w->ld), LDAP_SUCCESS);
        w->seal = ldp_seal_attach(w->gss, w->ld, mst_test_host(w->test));
        ck_assert_ptr_nonnull(w->seal);
        ck_assert_int_eq(ldap_get_option(w->ld, LDAP_OPT_SOCKBUF, &w->sockbuf), LDAP_OPT_SUCCESS);
        w->ber = ber_alloc_t(LBER_USE_DER);
        ck_assert_ptr_nonnull(w->ber);
}

static void
done(struct world *w)
{
        ber_free(w->ber, 1);
        ldap_unbind_ext(w->ld, NULL, NULL);
        ldp_seal_free(w->seal);
        if (w->peer >= 0)
                close(w->peer);
        free(w->gss);
        mst_test_free(w->test);
}

static void
say(struct world *w, const void *bytes, size_t length)
{
        ck_assert_int_eq(write(w->peer, bytes, length), (ssize_t)length);
}

/* 'length' bytes of BER: a sequence with an octet string in it. */
static void
message(char *into, size_t length)
{
        memset(into, 'x', length);
        memcpy(into, (char[]){ 0x30, (char)0x82, (char)((length - 4) >> 8), (char)(length - 4), 0x04, (char)0x82,
                               (char)((length - 8) >> 8), (char)(length - 8) }, 8);
}

/* A piece as the server would send it. */
static size_t
piece(char *into, const char *plain, size_t length)
{
        memcpy(into, (char[]){ 0, (char)((length + 1) >> 16), (char)((length + 1) >> 8), (char)(length + 1), 'W' }, 5);
        for (size_t i = 0; i < length; i++)
                into[5 + i] = TURN(plain[i]);
        return length + 5;
}

/* What libldap has read: a whole message, or LBER_DEFAULT. */
static ber_tag_t
hear(struct world *w, ber_len_t *length)
{
        errno = 0;
        return ber_get_next(w->sockbuf, length, w->ber);
}

/* However the message is cut into pieces, and the pieces into what the wire brings. */
static const struct { size_t pieces, writes; } cuts[] = {
        { 1200, 100000 }, { 1200, 1 }, { 1, 100000 }, { 7, 3 }, { 600, 599 }, { 2, 5 },
};

START_TEST(read_cut)
{
        static char plain[1200], wire[20000];
        size_t length = 0, sent = 0;
        ber_len_t got = 0;
        ber_tag_t tag = LBER_DEFAULT;
        struct world w;

        begin(&w);
        message(plain, sizeof plain);
        for (size_t at = 0; at < sizeof plain; at += cuts[_i].pieces) {
                size_t left = sizeof plain - at;

                length += piece(wire + length, plain + at, left < cuts[_i].pieces ? left : cuts[_i].pieces);
        }
        while (sent < length) {
                size_t some = length - sent < cuts[_i].writes ? length - sent : cuts[_i].writes;

                ck_assert_uint_eq(tag, LBER_DEFAULT);
                say(&w, wire + sent, some);
                sent += some;
                for (int tries = 0; tries < 4000 && tag == LBER_DEFAULT; tries++) {
                        tag = hear(&w, &got);
                        ck_assert(tag != LBER_DEFAULT || errno == EAGAIN || errno == EWOULDBLOCK || errno == 0);
                        if (tag == LBER_DEFAULT && errno != 0)
                                break;
                }
        }
        ck_assert_uint_eq(tag, 0x30);
        ck_assert_uint_eq(got, sizeof plain - 4);
        done(&w);
}
END_TEST

/* Two messages in one piece: the second is there without anything more to come. */
START_TEST(read_two)
{
        static char plain[600], wire[1000];
        ber_len_t got;
        struct world w;

        begin(&w);
        message(plain, 300);
        message(plain + 300, 300);
        say(&w, wire, piece(wire, plain, sizeof plain));
        ck_assert_uint_eq(hear(&w, &got), 0x30);
        ck_assert_int_eq(ber_sockbuf_ctrl(w.sockbuf, LBER_SB_OPT_DATA_READY, NULL), 1);
        ber_free(w.ber, 1);
        w.ber = ber_alloc_t(LBER_USE_DER);
        ck_assert_uint_eq(hear(&w, &got), 0x30);
        ck_assert_int_le(ber_sockbuf_ctrl(w.sockbuf, LBER_SB_OPT_DATA_READY, NULL), 0);
        done(&w);
}
END_TEST

/* What must not be believed: nothing comes of it, and of all that follows neither. */
static const struct {
        const char *bytes;
        size_t length;
        bool ends;
        const char *says;
} bad[] = {
        { "\0\0\0\0", 4, false, "length" },
        { "\0\4\0\1W", 5, false, "length" },
        { "\377\377\377\377", 4, false, "length" },
        { "\0\0\0\3Xab", 7, false, "not what the server has sent" },
        { "\0\0\0\5Wab", 7, true, NULL },
        { "\0\0", 2, true, NULL },
        { "\x30\x0c\x02\x01\x01\x61\x07", 7, false, "length" },  /* LDAP in clear: never taken */
};

START_TEST(read_bad)
{
        static char plain[300], wire[400];
        ber_len_t got;
        struct world w;

        begin(&w);
        say(&w, bad[_i].bytes, bad[_i].length);
        if (bad[_i].ends) {
                close(w.peer);
                w.peer = -1;
        } else {
                message(plain, sizeof plain);
                say(&w, wire, piece(wire, plain, sizeof plain));
        }
        for (int tries = 0; tries < 20; tries++)
                ck_assert_uint_eq(hear(&w, &got), LBER_DEFAULT);
        ck_assert(errno != EAGAIN && errno != EWOULDBLOCK);
        ck_assert_uint_eq(mst_test_log_count(w.test), bad[_i].says != NULL);
        if (bad[_i].says != NULL)
                ck_assert_ptr_nonnull(strstr(mst_test_log_at(w.test, 0, NULL), bad[_i].says));
        done(&w);
}
END_TEST

/* What is said leaves in pieces as large as agreed on, whole and in its order. */
START_TEST(write_cut)
{
        static char plain[5400], heard[8000], back[8000];
        size_t got = 0, used = 0, pieces = 0;
        BerElement *ber = ber_alloc_t(LBER_USE_DER);
        struct world w;

        begin(&w);
        message(plain, sizeof plain);
        ck_assert_int_eq(ber_write(ber, plain, sizeof plain, 0), (int)sizeof plain);
        ck_assert_int_eq(ber_flush2(w.sockbuf, ber, LBER_FLUSH_FREE_ALWAYS), 0);
        ck_assert_int_eq(fcntl(w.peer, F_SETFL, O_NONBLOCK), 0);
        for (ssize_t some; (some = read(w.peer, heard + got, sizeof heard - got)) > 0;)
                got += (size_t)some;
        for (size_t at = 0; at < got; pieces++) {
                const unsigned char *head = (unsigned char *)heard + at;
                size_t length = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];

                ck_assert_uint_le(length, 1001);
                ck_assert_int_eq(heard[at + 4], 'W');
                for (size_t i = 1; i < length; i++)
                        back[used++] = TURN(heard[at + 4 + i]);
                at += 4 + length;
                ck_assert_uint_le(at, got);
        }
        ck_assert_uint_eq(used, sizeof plain);
        ck_assert_mem_eq(back, plain, sizeof plain);
        ck_assert_uint_eq(pieces, 6);
        done(&w);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("ldap-seal");
        TCase *tests = tcase_create("seal");

        tcase_add_loop_test(tests, read_cut, 0, UNIT_COUNT(cuts));
        tcase_add_test(tests, read_two);
        tcase_add_loop_test(tests, read_bad, 0, UNIT_COUNT(bad));
        tcase_add_test(tests, write_cut);
        suite_add_tcase(s, tests);
        return s;
}

UNIT_MAIN(suite)
