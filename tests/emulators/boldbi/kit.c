/* kit.c - the steps of the Bold BI emulator's tests; see kit.h. */
#include "kit.h"

#include <stdlib.h>

static void
sign_in(struct client *c)
{
        struct text bearer = { 0 };

        client_send(c, "POST", B "/token", "grant_type=password&username=admin%40contoso.example&password=Example1%21");
        ck_assert_int_eq(c->status, 200);
        text_fmt(&bearer, "Bearer %s", client_text(c, "access_token"));
        c->bearer = text_take(&bearer);
}

struct client *
client_open(void)
{
        struct emulator *e = room(sizeof *e);
        struct client *c;

        boldbi_service.begin(e);
        boldbi_service.open(e);
        c = client_new(&e->rest);
        sign_in(c);
        return c;
}

static void
check(struct client *c, const struct step *s, size_t number)
{
        const char *raw = text_str(&c->raw);

        ck_assert_msg(c->status == s->status, "step %zu, %s %s %s: %d %s", number, s->method, s->url,
                      s->body != NULL ? s->body : "", c->status, raw);
        if (s->has != NULL && *s->has == '\0')
                ck_assert_msg(c->raw.len == 0, "step %zu: %s", number, raw);
        if (s->has != NULL)
                ck_assert_msg(strstr(raw, s->has) != NULL, "step %zu: no %s in %s", number, s->has, raw);
        if (s->lacks != NULL)
                ck_assert_msg(strstr(raw, s->lacks) == NULL, "step %zu: %s in %s", number, s->lacks, raw);
}

void
run_with(struct client *c, const struct step *steps, size_t count)
{
        char *admin = c->bearer;

        for (size_t i = 0; i < count; i++) {
                const struct step *s = &steps[i];

                c->bearer = s->as == NULL ? admin : *s->as != '\0' ? (char *)(uintptr_t)s->as : NULL;
                client_send(c, s->method, s->url, s->body);
                check(c, s, i + 1);
        }
        c->bearer = admin;
        client_close(c);
}

void
run(const struct step *steps, size_t count)
{
        run_with(client_open(), steps, count);
}
