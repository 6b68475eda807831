/* faults.h - the fault script: rules that spoil chosen requests.
 *
 * A rule matches by kind (those of the service, its word for all that lies behind
 * the sign-in, "*" for all) or by the start of the path, counts
 * its matches, and acts from match number 'from' on, 'count' times (0: for
 * ever). The first rule that acts wins; the others count all the same. */
#ifndef REST_FAULTS_H
#define REST_FAULTS_H
#include "exchange.h"
#include "service.h"

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

enum { FAULTS_MAX = 128 };

struct fault {
        char *kind, *path;              /* either may be NULL */
        uint64_t from, count, seen, acted;
        int action;
        int status;
        char *code, *message, *retry_after, *property, *link, *body, *type;
        int64_t after, delay_ms, size;
        uint32_t record;
        bool nested;
};

struct faults {
        const struct service *service;
        struct fault list[FAULTS_MAX];
        int count;
};

/* Adds the rules of a JSON array (or one object); false with a sentence in
 * 'why', and nothing added. */
bool faults_load(struct faults *f, struct json_object *rules, struct text *why);
/* Whether a member of a rule is a number. */
bool faults_number(const char *name);
/* Drops the last ones, so that 'count' are left; clear drops all. */
void faults_shrink(struct faults *f, int count);
void faults_clear(struct faults *f);
void faults_json(const struct faults *f, struct text *t);

/* Counts the request; the rule that acts on it, or NULL. */
struct fault *faults_match(struct faults *f, const struct exchange *x);
const char *fault_name(const struct faults *f, const struct fault *one);
/* Before the handler; true when the reply is complete. */
bool fault_before(const struct fault *f, struct exchange *x);
/* After it: spoils the reply. */
void fault_after(const struct fault *f, struct exchange *x);
#endif
