/* notify.h - what the service manager is told (sd_notify(3)); nothing without one. */
#ifndef MSTC_NOTIFY_H
#define MSTC_NOTIFY_H

#include <stdint.h>

#include <muster/error.h>

/* Lines as "READY=1\nSTATUS=...".  What cannot be sent is lost: the service does not depend on it. */
void mstc_notify(const char *format, ...) MST_PRINTF(1, 2);
/* "WATCHDOG=1", four times in the interval that the manager has set and no more often. */
void mstc_notify_alive(void);
/* How often that is to be, in ms; 0: there is no watchdog. */
int64_t mstc_notify_every_ms(void);

#endif
