/* http-many.c - many requests at once, and the token that they share. */
#include "build.h"

#include <stdio.h>
#include <string.h>

#include "http-kit.h"
#include "unit.h"


/* --- many ------------------------------------------------------------------------ */

struct many {
        int asked, told, want, fail_at;
        int64_t sum;
};

static int
many_next(void *self, struct mst_http_request *next, void **user, struct mst_error *why)
{
        struct many *many = self;

        (void)why;
        if (many->asked == many->want)
                return MST_END;
        mst_http_start(next, "GET", "/%d", many->asked);
        *user = (void *)(uintptr_t)(many->asked++);
        return MST_OK;
}

static int
many_done(void *self, void *user, struct mst_http_reply *got, int code, const struct mst_error *why,
          struct mst_error *fail)
{
        struct many *many = self;

        ck_assert_msg(code == MST_OK, "%s", why->text);
        ck_assert_int_eq(mst_http_status(got), 200);
        many->told++;
        many->sum += (int64_t)(uintptr_t)user;
        if (many->told == many->fail_at)
                return mst_fail(fail, MST_EREFUSED, "enough");
        return MST_OK;
}

START_TEST(http_many)
{
        static const struct server_step steps[] = {
                { .what = SERVER_STATUS, .status = 200, .delay_ms = 10 },
        };
        struct many many = { .want = 60 };
        struct mst_http_many calls = { .size = sizeof calls, .next = many_next, .done = many_done,
                                       .self = &many };

        serve(steps, 1);
        ck_assert_int_eq(mst_http_many(http, &calls, &err), MST_OK);
        ck_assert_int_eq(many.told, 60);
        ck_assert_int_eq(many.sum, 59 * 60 / 2);
        ck_assert_int_le(server.peak, 4);
        ck_assert_int_ge(server.peak, 2);
        ck_assert_uint_le(server.connections, 4);

        many = (struct many){ .want = 60, .fail_at = 5 };
        ck_assert_int_eq(mst_http_many(http, &calls, &err), MST_EREFUSED);
        ck_assert_int_eq(many.told, 5);
        many = (struct many){ .want = 0 };
        ck_assert_int_eq(mst_http_many(http, &calls, &err), MST_OK);
}
END_TEST

/* --- tokens ------------------------------------------------------------------------- */

struct giver {
        int asked;
        int64_t life;
        bool fail;
};

static int
give(void *self, struct mst_secret **ret, int64_t *life, struct mst_error *why)
{
        struct giver *giver = self;
        char text[32];

        giver->asked++;
        if (giver->fail)
                return mst_fail(why, MST_EAUTH, "no more tokens");
        snprintf(text, sizeof text, "t0ken-%d", giver->asked);
        *ret = mst_secret_new(text, strlen(text));
        *life = giver->life;
        return MST_OK;
}

static struct mst_http_token *many_token;

static int
token_next(void *self, struct mst_http_request *next, void **user, struct mst_error *why)
{
        int code = many_next(self, next, user, why);

        mst_http_bearer(next, many_token);
        return code;
}

START_TEST(http_token_shared)
{
        static const struct server_step steps[] = { OK200 };
        struct giver giver = { .life = 3600000 };
        struct many many = { .want = 30 };
        struct mst_http_many calls = { .size = sizeof calls, .next = token_next, .done = many_done,
                                       .self = &many };

        serve(steps, 1);
        many_token = mst_http_token_new(http, give, &giver);
        ck_assert_int_eq(mst_http_many(http, &calls, &err), MST_OK);
        ck_assert_int_eq(giver.asked, 1);
        ck_assert_uint_eq(mst_http_token_count(many_token), 1);
        for (size_t i = 0; i < 30; i++)
                ck_assert_ptr_nonnull(strstr(server_request(&server, i),
                                             "\r\nAuthorization: Bearer t0ken-1\r\n"));
        check_hidden("t0ken");
        mst_http_token_free(many_token);
}
END_TEST

START_TEST(http_token_refused)
{
        static const struct server_step steps[] = { STATUS(401), OK200, STATUS(401), STATUS(401), OK200 };
        struct giver giver = { .life = 3600000 };
        struct mst_http_token *token;

        serve(steps, 5);
        token = mst_http_token_new(http, give, &giver);
        mst_http_start(request, "GET", "/");
        mst_http_bearer(request, token);
        ck_assert_int_eq(mst_http_do(http, request, reply, &err), MST_OK);
        ck_assert_int_eq(mst_http_status(reply), 200);
        ck_assert_int_eq(giver.asked, 2);
        ck_assert_ptr_nonnull(strstr(server_request(&server, 1), "Bearer t0ken-2"));
        /* twice is an answer */
        ck_assert_int_eq(mst_http_do(http, request, reply, &err), MST_OK);
        ck_assert_int_eq(mst_http_status(reply), 401);
        ck_assert_int_eq(giver.asked, 3);
        mst_http_token_free(token);
}
END_TEST

/* What the 401 said is there for the next token, and only for that one. */
struct seer {
        struct mst_http_token *token;
        char seen[4][200];              /* the headers at each call, behind each other */
        int calls;
        bool fail;
};

static int
see(void *self, struct mst_secret **ret, int64_t *life, struct mst_error *why)
{
        struct seer *seer = self;
        char *into = seer->seen[seer->calls++];
        const char *header;

        into[0] = '\0';
        for (size_t i = 0; (header = mst_http_token_challenge(seer->token, i)) != NULL; i++)
                snprintf(into + strlen(into), sizeof seer->seen[0] - strlen(into), "[%s]", header);
        if (seer->fail)
                return mst_fail(why, MST_EAUTH, "no more tokens");
        *ret = mst_secret_new("t0ken", 5);
        *life = 3600000;
        return MST_OK;
}

START_TEST(http_token_challenge)
{
        static const struct server_step steps[] = {
                { SERVER_STATUS, 401, "WWW-Authenticate: Bearer a=\"1\"\r\nX: y\r\nwww-authenticate:  Basic b\r\n", "", 0, 0 },
                OK200, STATUS(401), OK200,
                { SERVER_STATUS, 401, "WWW-Authenticate: Bearer c\r\n", "", 0, 0 }, OK200,
        };
        struct seer seer = { 0 };

        serve(steps, 6);
        seer.token = mst_http_token_new(http, see, &seer);
        mst_http_start(request, "GET", "/");
        mst_http_bearer(request, seer.token);
        ck_assert_int_eq(mst_http_do(http, request, reply, &err), MST_OK);
        ck_assert_int_eq(seer.calls, 2);
        ck_assert_str_eq(seer.seen[0], "");
        ck_assert_str_eq(seer.seen[1], "[Bearer a=\"1\"][Basic b]");
        ck_assert_ptr_null(mst_http_token_challenge(seer.token, 0));
        ck_assert_int_eq(mst_http_do(http, request, reply, &err), MST_OK);
        ck_assert_str_eq(seer.seen[2], "");
        /* it is kept until a token was given */
        seer.fail = true;
        ck_assert_int_eq(mst_http_do(http, request, reply, &err), MST_EAUTH);
        ck_assert_str_eq(seer.seen[3], "[Bearer c]");
        ck_assert_str_eq(mst_http_token_challenge(seer.token, 0), "Bearer c");
        ck_assert_ptr_null(mst_http_token_challenge(seer.token, 1));
        mst_http_token_free(seer.token);
}
END_TEST

/* Headers that come several times, in any case. */
START_TEST(http_headers_at)
{
        static const struct server_step steps[] = {
                { SERVER_STATUS, 200, "Link: a\r\nLINK:b\r\nLinked: c\r\nlink:\t d\r\n", "", 0, 0 },
        };

        serve(steps, 1);
        mst_http_start(request, "GET", "/");
        ck_assert_int_eq(mst_http_do(http, request, reply, &err), MST_OK);
        ck_assert_str_eq(mst_http_reply_header(reply, "link"), "a");
        ck_assert_str_eq(mst_http_reply_header_at(reply, "link", 0), "a");
        ck_assert_str_eq(mst_http_reply_header_at(reply, "Link", 1), "b");
        ck_assert_str_eq(mst_http_reply_header_at(reply, "Link", 2), "d");
        ck_assert_ptr_null(mst_http_reply_header_at(reply, "Link", 3));
        ck_assert_ptr_null(mst_http_reply_header_at(reply, "Lin", 0));
        ck_assert_ptr_null(mst_http_reply_header_at(NULL, "Link", 0));
}
END_TEST

static void
sleep_ms(int ms)
{
        mst_host_sleep(mst_test_host(test), (uint32_t)ms);
}

START_TEST(http_token_life)
{
        static const struct server_step steps[] = { OK200 };
        struct giver giver = { .life = 1000 };
        struct mst_http_token *token;
        const struct mst_secret *secret = NULL;

        serve(steps, 1);
        token = mst_http_token_new(http, give, &giver);
        ck_assert_int_eq(mst_http_token_use(token, &secret, &err), MST_OK);
        ck_assert_int_eq(mst_http_token_use(token, &secret, &err), MST_OK);
        ck_assert_int_eq(giver.asked, 1);
        sleep_ms(930);                                   /* past nine tenths of its life */
        giver.life = 400;
        ck_assert_int_eq(mst_http_token_use(token, &secret, &err), MST_OK);
        ck_assert_int_eq(giver.asked, 2);
        giver.fail = true;
        sleep_ms(370);                                   /* it still lives: used, and not asked for twice */
        ck_assert_int_eq(mst_http_token_use(token, &secret, &err), MST_OK);
        ck_assert_int_eq(giver.asked, 3);
        ck_assert_str_eq(mst_secret_reveal(secret), "t0ken-2");
        ck_assert(logged("could not be renewed"));
        sleep_ms(60);
        ck_assert_int_eq(mst_http_token_use(token, &secret, &err), MST_EAUTH);
        ck_assert_ptr_nonnull(strstr(err.text, "no more tokens"));
        ck_assert_int_eq(giver.asked, 3);                /* the failure is remembered a moment */
        giver.fail = false;
        mst_http_token_drop(token);
        ck_assert_int_eq(mst_http_token_use(token, &secret, &err), MST_OK);
        mst_http_token_free(token);
}
END_TEST

START_TEST(http_token_fails)
{
        static const struct server_step steps[] = { OK200 };
        struct giver giver = { .fail = true };
        struct mst_http_token *token;

        serve(steps, 1);
        token = mst_http_token_new(http, give, &giver);
        mst_http_start(request, "GET", "/");
        mst_http_bearer(request, token);
        ck_assert_int_eq(mst_http_do(http, request, reply, &err), MST_EAUTH);
        ck_assert_ptr_nonnull(strstr(err.text, "no more tokens"));
        ck_assert_uint_eq(server_count(&server), 0);
        mst_http_token_free(token);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("http-many");
        TCase *c = tcase_create("all");

        tcase_add_checked_fixture(c, begin, end);
        tcase_add_test(c, http_many);
        tcase_add_test(c, http_token_shared);
        tcase_add_test(c, http_token_refused);
        tcase_add_test(c, http_token_challenge);
        tcase_add_test(c, http_headers_at);
        tcase_add_test(c, http_token_life);
        tcase_add_test(c, http_token_fails);
        suite_add_tcase(s, c);
        return s;
}

UNIT_MAIN(suite)
