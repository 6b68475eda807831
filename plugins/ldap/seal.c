/* SPDX-License-Identifier: Apache-2.0
 *
 * seal.c - what is said and heard after a login with Kerberos that agreed on a layer.
 *
 *   write   what libldap hands over is wrapped, piece by piece, as large as the server takes
 *           them, and leaves whole: 4 bytes of length, then that many
 *   read    length and wrapped bytes are gathered, as they come, without a wait; a piece that is
 *           complete is unwrapped and handed out as asked for
 *
 * A piece that is longer than we said we take, or that was changed on its way, ends the
 * connection: nothing of it is believed. */
#include "seal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gss.h"

struct ldp_seal {
        struct ldp_gss *gss;
        struct mst_host *host;
        unsigned char head[4];           /* of the piece that is coming in             */
        size_t head_got;
        char *piece;                     /* LDP_GSS_MOST bytes                         */
        size_t length, got;
        struct berval plain;             /* gss's: the last piece, unwrapped           */
        size_t taken;
        bool broken;
};

static int
setup(Sockbuf_IO_Desc *layer, void *seal)
{
        layer->sbiod_pvt = seal;
        return 0;
}

static int
detach(Sockbuf_IO_Desc *layer)
{
        layer->sbiod_pvt = NULL;
        return 0;
}

static int
control(Sockbuf_IO_Desc *layer, int option, void *argument)
{
        const struct ldp_seal *seal = layer->sbiod_pvt;

        if (option == LBER_SB_OPT_DATA_READY && seal->taken < seal->plain.bv_len)
                return 1;
        return LBER_SBIOD_CTRL_NEXT(layer, option, argument);
}

/* The connection is of no use any more. */
static ber_slen_t
break_off(struct ldp_seal *seal, const char *why)
{
        if (!seal->broken)
                mst_host_log(seal->host, MST_LOG_WARNING, "what came over a connection that Kerberos protects is not "
                             "believed, and the connection is given up: %s", why);
        seal->broken = true;
        errno = EBADMSG;
        return -1;
}

/* Fills 'into' up to 'length': 1: it is full; 0: the end has come; -1: see errno. */
static ber_slen_t
gather(Sockbuf_IO_Desc *layer, void *into, size_t length, size_t *got)
{
        while (*got < length) {
                ber_slen_t some = LBER_SBIOD_READ_NEXT(layer, (char *)into + *got, length - *got);

                if (some <= 0)
                        return some;
                *got += (size_t)some;
        }
        return 1;
}

/* The next piece, unwrapped; as gather(). */
static ber_slen_t
next_piece(Sockbuf_IO_Desc *layer, struct ldp_seal *seal)
{
        const unsigned char *head = seal->head;
        struct mst_error err = { 0 };
        ber_slen_t rc = gather(layer, seal->head, sizeof seal->head, &seal->head_got);
        struct berval wrapped;

        if (rc <= 0)
                return rc;
        seal->length = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
        if (seal->length == 0 || seal->length > LDP_GSS_MOST)
                return break_off(seal, "a piece of a length that was not agreed on");
        rc = gather(layer, seal->piece, seal->length, &seal->got);
        if (rc <= 0)
                return rc;
        wrapped = (struct berval){ .bv_val = seal->piece, .bv_len = seal->length };
        seal->head_got = seal->got = seal->taken = 0;
        seal->plain.bv_len = 0;
        if (ldp_gss_unwrap(seal->gss, &wrapped, &seal->plain, &err) != MST_OK)
                return break_off(seal, err.text);
        return 1;
}

static ber_slen_t
take(Sockbuf_IO_Desc *layer, void *into, ber_len_t length)
{
        struct ldp_seal *seal = layer->sbiod_pvt;
        ber_len_t given = 0;

        while (given < length) {
                size_t there = seal->plain.bv_len - seal->taken;

                if (seal->broken) {
                        errno = EBADMSG;
                        return -1;
                }
                if (there == 0) {
                        ber_slen_t rc = next_piece(layer, seal);

                        if (rc <= 0)             /* told with the next call, when something was given */
                                return given > 0 && !seal->broken ? (ber_slen_t)given : rc;
                        continue;
                }
                if (there > length - given)
                        there = length - given;
                memcpy((char *)into + given, seal->plain.bv_val + seal->taken, there);
                seal->taken += there;
                given += there;
        }
        return (ber_slen_t)given;
}

/* The layers below wait for room themselves: see wire.c. */
static bool
send_all(Sockbuf_IO_Desc *layer, char *bytes, size_t length)
{
        while (length > 0) {
                ber_slen_t sent = LBER_SBIOD_WRITE_NEXT(layer, bytes, length);

                if (sent <= 0)
                        return false;
                bytes += sent;
                length -= (size_t)sent;
        }
        return true;
}

static ber_slen_t
put(Sockbuf_IO_Desc *layer, void *bytes, ber_len_t length)
{
        struct ldp_seal *seal = layer->sbiod_pvt;
        size_t most = ldp_gss_most(seal->gss);
        struct mst_error err = { 0 };
        struct berval plain = { .bv_val = bytes, .bv_len = length < most ? length : most }, wrapped;
        char head[4];

        if (seal->broken || length == 0) {
                errno = EBADMSG;
                return length == 0 ? 0 : -1;
        }
        if (ldp_gss_wrap(seal->gss, &plain, &wrapped, &err) != MST_OK)
                return break_off(seal, err.text);
        for (int i = 0; i < 4; i++)
                head[i] = (char)(wrapped.bv_len >> (24 - 8 * i) & 0xff);
        if (!send_all(layer, head, sizeof head) || !send_all(layer, wrapped.bv_val, wrapped.bv_len)) {
                seal->broken = true;             /* half a piece has left, perhaps */
                errno = ETIMEDOUT;
                return -1;
        }
        return (ber_slen_t)plain.bv_len;
}

static int
end(Sockbuf_IO_Desc *layer)
{
        (void)layer;
        return 0;
}

static Sockbuf_IO seal_layer = {
        .sbi_setup = setup,
        .sbi_remove = detach,
        .sbi_ctrl = control,
        .sbi_read = take,
        .sbi_write = put,
        .sbi_close = end,
};

struct ldp_seal *
ldp_seal_attach(struct ldp_gss *gss, LDAP *ld, struct mst_host *host)
{
        struct ldp_seal *seal = calloc(1, sizeof *seal);
        Sockbuf *sockbuf = NULL;

        if (seal == NULL || (seal->piece = malloc(LDP_GSS_MOST)) == NULL) {
                ldp_seal_free(seal);
                return NULL;
        }
        seal->gss = gss;
        seal->host = host;
        if (ldap_get_option(ld, LDAP_OPT_SOCKBUF, &sockbuf) != LDAP_OPT_SUCCESS || sockbuf == NULL ||
            ber_sockbuf_add_io(sockbuf, &seal_layer, LBER_SBIOD_LEVEL_APPLICATION, seal) != 0) {
                ldp_seal_free(seal);
                return NULL;
        }
        return seal;
}

void
ldp_seal_free(struct ldp_seal *seal)
{
        if (seal == NULL)
                return;
        free(seal->piece);
        free(seal);
}
