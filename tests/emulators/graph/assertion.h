/* assertion.h - client assertions at the token endpoint: those that a registered
 * certificate's key has signed, and those of an issuer that the application trusts.
 *
 * Everything is verified with libcrypto here, by code of our own: the clients that are
 * tested bring theirs. */
#ifndef GRAPH_ASSERTION_H
#define GRAPH_ASSERTION_H
#include "trouble.h"

#include <stdbool.h>
#include <stdint.h>

struct app;
struct text;

enum { APP_CERTIFICATES = 4, APP_FEDERATIONS = 4 };

/* Both are part of struct app. */
struct certificate {
        void *x509;                     /* X509 * */
};

struct federation {
        char *issuer, *subject, *audience;
};

/* Registers the first certificate of 'pem'; false: it is none, or there are too many. */
bool assertion_register(struct app *app, const char *pem);
bool assertion_trust(struct app *app, const char *issuer, const char *subject, const char *audience);
void assertion_forget(struct app *app);         /* all of both */

/* What is wrong with it, or T_NONE. 'url' is the token endpoint as it may stand in
 * "aud"; 'about' is filled for the error's text. */
enum trouble assertion_check(const struct app *app, const char *assertion, const char *const *urls, int64_t now,
                             struct text *about);
#endif
