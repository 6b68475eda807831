/* letter.h - what is told of a state: as JSON to a hook, as text in a mail. */
#ifndef MSTC_LETTER_H
#define MSTC_LETTER_H

#include <muster/arena.h>

#include "config/config.h"
#include "util/buffer.h"

/* A state that has come about, or is over.  'what': the sync, the hold's number, the sink, or
 * SYNC or SYNC/TARGET. */
struct mstc_tiding {
        enum mstc_alarm alarm;
        bool over;
        const char *what, *text;
        int64_t since;                       /* ms                                     */
        int64_t run;                         /* 0: not known, or none                  */
};

extern const char *const mstc_alarm_names[MSTC_ALARMS];

/* "sync staff failed", for a line or a subject. */
const char *mstc_tiding_say(struct mst_arena *arena, const struct mstc_tiding *tiding);
void mstc_tiding_json(struct mst_arena *arena, const struct mstc_tiding *tiding, const char *config_file, int64_t now,
                      struct mstc_buffer *into);
/* The whole mail, headers and all, as sendmail -t -i takes it. */
void mstc_tidings_mail(struct mst_arena *arena, const struct mstc_tiding *tidings, size_t count,
                       const struct mstc_config_mail *mail, const char *config_file, struct mstc_buffer *into);

#endif
