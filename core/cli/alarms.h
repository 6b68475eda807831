/* alarms.h - states that somebody is told of: once when they come about, and once when they are over. */
#ifndef MSTC_ALARMS_H
#define MSTC_ALARMS_H

#include "config/config.h"
#include "engine/event.h"

struct mstc_alarms;

struct mstc_alarms *mstc_alarms_new(void (*log)(void *self, enum mstc_event event, const char *text), void *self);
/* Looks at the store and tells what is new.  'patient': waits for one who works with the store. */
void mstc_alarms_look(struct mstc_alarms *alarms, const struct mstc_config *config, bool patient);
/* Waits until everybody has been told, or the descriptor becomes readable, and notes it. */
void mstc_alarms_finish(struct mstc_alarms *alarms, const struct mstc_config *config, int stop_fd);
void mstc_alarms_free(struct mstc_alarms *alarms);       /* NULL is all right            */

#endif
