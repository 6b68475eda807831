/* rest.h - the state that every emulator has, and the way of a request through it. */
#ifndef REST_REST_H
#define REST_REST_H
#include "clock.h"
#include "effects.h"
#include "exchange.h"
#include "faults.h"
#include "ledger.h"
#include "service.h"

struct waiting;                 /* what the control door asked for and the delay keeps back */

struct rest {
        const struct service *service;
        struct settings *set;
        struct clock clock;
        int64_t now;                    /* virtual, of the request at hand */
        struct faults faults;
        struct ledger ledger;
        struct effects effects;
        struct waiting *waiting;        /* by due time */
        char base[64];                  /* http://127.0.0.1:PORT, or https */
        bool stop;
};

/* 'set' belongs to the emulator and gets the usual values. */
void rest_open(struct rest *r, const struct service *service, struct settings *set);
void rest_close(struct rest *r);
/* The emulator whose first member 'r' is. */
struct emulator *rest_emulator(struct rest *r);
struct rest *rest_of(struct emulator *e);

/* Takes a request to its handler and fills in the reply, faults included. */
void rest_answer(struct rest *r, struct exchange *x);

/* The control door (control.c). */
void control_answer(struct rest *r, struct exchange *x);
/* Lets happen what is due. */
void control_tick(struct rest *r);
void control_close(struct rest *r);
int control_waiting(const struct rest *r);
/* A refusal of the control door. */
void control_refuse(struct exchange *x, int status, const char *why);
/* A member of a control call as text, or 'def'. */
const char *control_word(struct json_object *ask, const char *name, const char *def);
/* "?name=N" of a control call, or 'def'. */
uint64_t control_number(const struct exchange *x, const char *name, uint64_t def);
#endif
