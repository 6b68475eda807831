/* signin.h - signing in: what the files that know credentials share.
 *
 *   credential.c   which credential is configured, and the environment's part in it
 *   certificate.c  the certificate and its key, as files give them
 *   assertion.c    the assertion that the key signs
 *   federation.c   the token file of a workload identity
 *   identity.c     managed identity: the services that Azure puts beside a program
 *   challenge.c    what a 401 asks of the next token (claims)
 *   answer.c       what a sign-in service answers, taken apart
 *   token.c        the token endpoint, and what its refusals mean
 *   base64.c       both alphabets
 */
#ifndef ENTRA_SIGNIN_H
#define ENTRA_SIGNIN_H

#include "entra.h"

/* A kind of credential.  Exactly one must be configured. */
struct entra_credential {
        const char *name;                    /* of the option that chooses it          */
        bool (*given)(const struct entra_config *config);
        bool from_environment;               /* what is not configured, see credential.c */
        /* When the connector is opened: is it whole? */
        int (*check)(struct entra *entra, struct mst_error *err);
        /* Puts it into the form for the token endpoint ... */
        int (*fill)(struct entra *entra, struct mst_http_request *request, struct mst_error *err);
        /* ... or gets the token by itself: see mst_http_token_get. */
        int (*get)(struct entra *entra, struct mst_secret **ret, int64_t *life_ms,
                   struct mst_error *err);
        /* What an admin should know beside the facts, or NULL. */
        void (*note)(struct entra *entra, struct mst_facts *facts);
};

/* credential.c: sets entra->credential, and entra->tenant, client_id and token_file,
 * which may come from the environment. */
int entra_credential_choose(struct entra *entra, struct mst_error *err);
/* Is it whole?  After the addresses are known. */
int entra_credential_check(struct entra *entra, struct mst_error *err);
void entra_credential_note(struct entra *entra, struct mst_facts *facts);

/* assertion.c: makes and signs a new one; it lies in entra->scratch and must be wiped.
 * 'aud' is the token endpoint's address. */
int entra_assertion_check(struct entra *entra, struct mst_error *err);
int entra_assertion_make(struct entra *entra, const char *aud, char **ret, struct mst_error *err);
/* Puts an assertion, ours or a federated one, into the form. */
void entra_assertion_put(struct mst_http_request *request, const char *assertion, size_t length);
void entra_assertion_note(struct entra *entra, struct mst_facts *facts);

/* federation.c: the token file, read each time. */
int entra_federation_check(struct entra *entra, struct mst_error *err);
int entra_federation_fill(struct entra *entra, struct mst_http_request *request, struct mst_error *err);
/* What the token in the file says of itself, safe for a terminal; NULL where it says
 * nothing.  False when there is nothing to tell. */
struct entra_claims {
        const char *sub, *iss, *aud;
};
bool entra_federation_claims(struct entra *entra, struct entra_claims *ret);

/* identity.c: sets entra->identity. */
int entra_identity_check(struct entra *entra, struct mst_error *err);
int entra_identity_get(struct entra *entra, struct mst_secret **ret, int64_t *life_ms,
                       struct mst_error *err);
void entra_identity_free(struct entra_identity *identity);       /* takes NULL */

/* challenge.c: one WWW-Authenticate header; true when it asks for claims, which stay
 * in base64.  The claims of the token's last refusal as JSON, or NULL.  Does a reply
 * carry such a challenge? */
bool entra_challenge_read(const char *header, const char **claims, size_t *length);
const char *entra_challenge_claims(struct entra *entra, size_t *size);
bool entra_challenged(const struct mst_http_reply *reply);

/* answer.c: the body of a sign-in service.  Texts lie in entra->scratch, cut and safe for
 * a terminal, but for the token. */
struct entra_answer {
        const char *token;
        size_t token_length;
        int64_t life;                        /* seconds from now on, or -1             */
        const char *error, *description, *correlation, *trace, *time;
        long number;                         /* first of error_codes                   */
};
bool entra_answer_read(struct entra *entra, const struct mst_http_reply *reply,
                       struct entra_answer *ret);
/* Takes the token out of the answer and wipes it there. */
int entra_answer_take(struct entra *entra, const struct entra_answer *answer, const char *where,
                      struct mst_secret **ret, int64_t *life_ms, struct mst_error *err);

/* base64.c: the URL alphabet without padding; and either alphabet with or without it.
 * In 'arena'; NULL: memory is out or, reading, it is no base64. */
char *entra_base64_write(struct mst_arena *arena, const void *bytes, size_t size);
char *entra_base64_read(struct mst_arena *arena, const char *text, size_t length, size_t *size);

#endif
