/* outlook.h - what others see of how things stand: the textfile, the port, hooks and mail. */
#ifndef MSTC_OUTLOOK_H
#define MSTC_OUTLOOK_H

#include "config/config.h"
#include "engine/event.h"

struct mstc_outlook;

/* 'log' is told what goes wrong, in the caller's thread.  'serve': the port, too.  NULL: no memory. */
struct mstc_outlook *mstc_outlook_new(const struct mstc_config *config, bool serve,
                                      void (*log)(void *self, enum mstc_event event, const char *text), void *self);
/* The configuration is another one; the old one is not looked at any more. */
void mstc_outlook_renew(struct mstc_outlook *outlook, const struct mstc_config *config);
/* A run has ended, and the engine has let go of the store.  'patient': nobody else does what is
 * left to be done, so it waits for a store that is busy. */
void mstc_outlook_after_run(struct mstc_outlook *outlook, bool patient);
/* Waits until everybody has been told, or the descriptor becomes readable. */
void mstc_outlook_finish(struct mstc_outlook *outlook, int stop_fd);
/* Between runs, as often as one likes. */
void mstc_outlook_between(struct mstc_outlook *outlook);
/* NULL is all right. */
void mstc_outlook_free(struct mstc_outlook *outlook);

#endif
