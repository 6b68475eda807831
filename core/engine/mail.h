/* mail.h - what the instances' threads ask of the conductor.
 *
 * A plugin may log from any thread, and keep a value that must be durable before it goes
 * on; only the conductor touches the log and the store.  Lines are left in the box; who
 * keeps a value waits until the conductor has written it. */
#ifndef MSTC_MAIL_H
#define MSTC_MAIL_H

#include <muster/host.h>

struct mstc_mail;

struct mstc_letter {
        enum { MSTC_LETTER_LINE, MSTC_LETTER_KEEP, MSTC_LETTER_KEPT } what;
        char instance[128];
        bool is_source;
        enum mst_level level;
        char *text;                          /* line: text; keep, kept: name           */
        const void *bytes; size_t size;      /* keep                                   */
        struct mst_arena *arena;             /* kept: where the copy goes              */
        const void *ret; size_t ret_size;
        int result; struct mst_error *err;
        bool done;
        struct mstc_letter *next;
};

struct mstc_mail *mstc_mail_new(void);
void mstc_mail_free(struct mstc_mail *mail);
int mstc_mail_fd(const struct mstc_mail *mail);          /* readable while there is some */

/* From any thread. */
void mstc_mail_line(struct mstc_mail *mail, const char *instance, enum mst_level level, const char *text);
/* Waits for the answer; 'letter' is the caller's. */
void mstc_mail_ask(struct mstc_mail *mail, struct mstc_letter *letter);

/* The conductor's: the next letter, or NULL.  A line is freed with mstc_letter_free(), the
 * others are answered. */
struct mstc_letter *mstc_mail_next(struct mstc_mail *mail);
void mstc_letter_free(struct mstc_letter *letter);
void mstc_mail_answer(struct mstc_mail *mail, struct mstc_letter *letter);

#endif
