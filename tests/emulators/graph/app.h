/* app.h - the registered applications, and the access tokens they get.
 *
 * A token is a JWT in shape (clients decode its roles for a diagnostic line)
 * and sealed with our own key, so that nothing about it need be kept. */
#ifndef GRAPH_APP_H
#define GRAPH_APP_H
#include "assertion.h"
#include "../rest/text.h"
#include "trouble.h"

#include <stdbool.h>
#include <stdint.h>

enum { APPS_MAX = 16 };

struct app {
        char *id, *secret;
        int64_t secret_ends;            /* 0: never */
        bool disabled;
        char *roles;                    /* separated by spaces */
        struct certificate certificates[APP_CERTIFICATES];
        struct federation federations[APP_FEDERATIONS];
};

struct apps {
        struct app list[APPS_MAX];
        int count;
};

/* Adds one, or finds it; NULL when there are too many. */
struct app *apps_make(struct apps *a, const char *id);
struct app *apps_find(struct apps *a, const char *id);
void app_set(char **to, const char *value);
void apps_close(struct apps *a);
bool roles_have(const char *roles, const char *const *one_of);

struct claims {
        char app[64], audience[128], roles[512];
        int64_t issued, ends;
        bool challenged;                /* it was asked for with the claims of a challenge */
        bool capable;                   /* its client can answer one (cp1) */
};
/* What a challenge asks for. */
extern const char claims_wanted[];

/* Writes the token for 'c'. */
void claims_write(const struct claims *c, uint64_t key, const char *tenant, struct text *t);
bool claims_read(struct claims *c, uint64_t key, const char *token);
#endif
