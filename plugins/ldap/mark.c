/* SPDX-License-Identifier: Apache-2.0
 *
 * mark.c - the place marker as text: a word for the way changes are found, and what that
 * way needs to know.
 *
 *      sync COOKIE COOKIE DATE      of users and of groups; "-" for none; when everybody was read
 *      dirsync all|seen COOKIE DATE   with replication rights, or only what we may read
 *      usn SERVER NUMBER DATE       the server's invocation id
 *      time WHEN DATE               generalized time
 *
 * Cookies are bytes of the server's, written as hex digits. */
#include "mark.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "when.h"

static const char *
hex_write(struct mst_arena *arena, const struct berval *bytes)
{
        static const char digits[] = "0123456789abcdef";
        char *text;

        if (bytes->bv_len == 0)
                return "-";
        text = mst_arena_alloc(arena, bytes->bv_len * 2 + 1);
        for (size_t i = 0; text != NULL && i < bytes->bv_len; i++) {
                text[i * 2] = digits[(unsigned char)bytes->bv_val[i] >> 4];
                text[i * 2 + 1] = digits[bytes->bv_val[i] & 15];
        }
        return text;
}

static int
hex(char c)
{
        return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
hex_read(struct mst_arena *arena, const char *text, struct berval *ret)
{
        size_t length = strlen(text);

        *ret = (struct berval){ 0 };
        if (strcmp(text, "-") == 0)
                return true;
        if (length == 0 || length % 2 != 0)
                return false;
        ret->bv_val = mst_arena_alloc(arena, length / 2 + 1);
        ret->bv_len = length / 2;
        for (size_t i = 0; ret->bv_val != NULL && i < length; i += 2) {
                if (hex(text[i]) < 0 || hex(text[i + 1]) < 0)
                        return false;
                ret->bv_val[i / 2] = (char)(hex(text[i]) * 16 + hex(text[i + 1]));
        }
        return ret->bv_val != NULL;
}

const char *
ldp_mark_write(struct mst_arena *arena, const struct ldp_mark *mark)
{
        const char *first = hex_write(arena, &mark->cookies[0]), *second = hex_write(arena, &mark->cookies[1]);
        char when[32];

        if (first == NULL || second == NULL)
                return NULL;
        switch (mark->mode) {
        case LDP_BY_SYNC:
                return mst_arena_printf(arena, "sync %s %s %" PRId64, first, second, mark->all_at);
        case LDP_BY_DIRSYNC:
                return mst_arena_printf(arena, "dirsync %s %s %" PRId64, mark->as_we_may ? "seen" : "all", first,
                                        mark->all_at);
        case LDP_BY_USN:
                return mst_arena_printf(arena, "usn %s %llu %" PRId64, mark->server, mark->usn, mark->all_at);
        default:
                ldp_when_write(mark->since, when);
                return mst_arena_printf(arena, "time %s %" PRId64, when, mark->all_at);
        }
}

static bool
number(const char *text, unsigned long long *ret)
{
        char *end;

        *ret = strtoull(text, &end, 10);
        return text[0] >= '0' && text[0] <= '9' && *end == '\0';
}

bool
ldp_mark_parse(struct mst_arena *arena, const char *text, struct ldp_mark *ret)
{
        char *copy = mst_arena_strdup(arena, text), *words[4] = { NULL }, *rest = NULL;
        unsigned long long date = 0;
        size_t count = 0;

        *ret = (struct ldp_mark){ .mode = LDP_BY_AUTO };
        for (char *word = copy != NULL ? strtok_r(copy, " ", &rest) : NULL; word != NULL && count < 4;
             word = strtok_r(NULL, " ", &rest))
                words[count++] = word;
        if (count == 4 && strcmp(words[0], "sync") == 0 && number(words[3], &date)) {
                ret->mode = LDP_BY_SYNC;
                ret->all_at = (int64_t)date;
                return hex_read(arena, words[1], &ret->cookies[0]) && hex_read(arena, words[2], &ret->cookies[1]);
        }
        if (count == 4 && strcmp(words[0], "dirsync") == 0 && number(words[3], &date)) {
                ret->mode = LDP_BY_DIRSYNC;
                ret->all_at = (int64_t)date;
                ret->as_we_may = strcmp(words[1], "seen") == 0;
                return (ret->as_we_may || strcmp(words[1], "all") == 0) &&
                       hex_read(arena, words[2], &ret->cookies[0]) && ret->cookies[0].bv_len > 0;
        }
        if (count == 4 && strcmp(words[0], "usn") == 0 && strlen(words[1]) < sizeof ret->server &&
            number(words[2], &ret->usn) && number(words[3], &date)) {
                ret->mode = LDP_BY_USN;
                ret->all_at = (int64_t)date;
                snprintf(ret->server, sizeof ret->server, "%s", words[1]);
                return true;
        }
        if (count == 3 && strcmp(words[0], "time") == 0 && number(words[2], &date)) {
                ret->mode = LDP_BY_TIME;
                ret->all_at = (int64_t)date;
                return ldp_when_parse(words[1], strlen(words[1]), &ret->since);
        }
        return false;
}
