/* rest.c - the way of a request through an emulator; see rest.h.
 *
 *   read      the address is taken apart; one that cannot be read is answered as such
 *   control   what is below /_control goes to the control door, never to a fault
 *   route     the emulator says which kind of request it is
 *   fault     a rule of the script may answer instead, or note what it will do
 *   answer    the emulator answers
 *   spoil     the rule spoils the reply
 *   note      the ledger keeps a line */
#include "rest.h"
#include "settings.h"

#include <stdlib.h>

struct emulator *
rest_emulator(struct rest *r)
{
        return (struct emulator *)(void *)r;
}

struct rest *
rest_of(struct emulator *e)
{
        return (struct rest *)(void *)e;
}

void
rest_open(struct rest *r, const struct service *service, struct settings *set)
{
        *r = (struct rest){ .service = service, .set = set };
        r->faults.service = service;
        r->ledger.service = service;
        settings_init(r);
}

void
rest_close(struct rest *r)
{
        control_close(r);
        faults_clear(&r->faults);
        ledger_close(&r->ledger);
        effects_close(&r->effects);
}

static void
answer_with_faults(struct rest *r, struct exchange *x, bool readable)
{
        struct emulator *e = rest_emulator(r);
        struct fault *f;

        if (readable)
                r->service->route(e, x);
        f = readable ? faults_match(&r->faults, x) : NULL;
        if (f == NULL || !fault_before(f, x)) {
                if (readable)
                        r->service->answer(e, x);
                else
                        r->service->refuse(x, 400, "BadRequest", "The request address could not be read.", false);
        }
        if (f != NULL)
                fault_after(f, x);
        if (r->service->finish != NULL)
                r->service->finish(e, x);
        ledger_note(&r->ledger, x, f != NULL ? fault_name(&r->faults, f) : "");
}

void
rest_answer(struct rest *r, struct exchange *x)
{
        bool readable = query_read(&x->query, x->url);

        exchange_open(x, r);
        r->now = clock_now(&r->clock);
        x->kind = "other";
        x->code = "";
        x->now = r->now;
        x->authorized = exchange_header(x, "Authorization") != NULL;
        control_tick(r);
        if (readable && x->query.segment_count > 0 && strcmp(x->query.segments[0], "_control") == 0)
                control_answer(r, x);
        else
                answer_with_faults(r, x, readable);
}
