/* kit.h - what the Bold BI emulator's own tests have beside ../rest/client.h: an item of the
 * protocol sheet's checklist is a list of steps, each a request and what is answered. */
#ifndef BOLDBI_KIT_H
#define BOLDBI_KIT_H
#include "../rest/client.h"
#include "emulator.h"

#include <check.h>

#define B "/bi/api/site/site1"          /* the site's base */
#define M "/api"                        /* that of the UMS */
#define U(n) "{\"Username\":\"user" #n "\",\"Email\":\"user" #n "@contoso.example\",\"FirstName\":\"U\",\"Password\":\"Example1!\"}"

struct step {
        const char *as;                 /* Authorization; NULL: the administrator, "": none */
        const char *method, *url, *body;
        int status;
        const char *has, *lacks;        /* in the answer, or NULL */
};

/* The steps in order; body "" is none, and a reply that is to be empty has "" in 'has'. */
#define RUN(steps) run(steps, sizeof (steps) / sizeof (steps)[0])
void run(const struct step *steps, size_t count);
/* The same with an emulator that has been prepared, which is closed. */
void run_with(struct client *c, const struct step *steps, size_t count);
/* With the administrator's token, taken by password. */
struct client *client_open(void);

Suite *suite_site(void);
Suite *suite_groups(void);
Suite *suite_rest(void);
#endif
