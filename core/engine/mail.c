/* mail.c - what the instances' threads ask of the conductor. */
#include "build.h"

#include "engine/mail.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "util/alloc.h"

struct mstc_mail {
        pthread_mutex_t lock;
        pthread_cond_t answered;
        struct mstc_letter *first, **last;
        int fd;
};

struct mstc_mail *
mstc_mail_new(void)
{
        struct mstc_mail *mail = mstc_alloc(sizeof *mail);

        if (mail == NULL)
                return NULL;
        mail->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (mail->fd < 0) {
                mstc_free(mail);
                return NULL;
        }
        mail->last = &mail->first;
        pthread_mutex_init(&mail->lock, NULL);
        pthread_cond_init(&mail->answered, NULL);
        return mail;
}

void
mstc_mail_free(struct mstc_mail *mail)
{
        struct mstc_letter *letter;

        if (mail == NULL)
                return;
        while ((letter = mstc_mail_next(mail)) != NULL)
                if (letter->what == MSTC_LETTER_LINE)
                        mstc_letter_free(letter);
        pthread_cond_destroy(&mail->answered);
        pthread_mutex_destroy(&mail->lock);
        close(mail->fd);
        mstc_free(mail);
}

int
mstc_mail_fd(const struct mstc_mail *mail)
{
        return mail->fd;
}

static void
post(struct mstc_mail *mail, struct mstc_letter *letter)
{
        const uint64_t one = 1;

        letter->next = NULL;
        *mail->last = letter;
        mail->last = &letter->next;
        if (write(mail->fd, &one, sizeof one) < 0)
                errno = 0;                   /* full is readable, too                  */
}

void
mstc_mail_line(struct mstc_mail *mail, const char *instance, enum mst_level level, const char *text)
{
        struct mstc_letter *letter = mstc_alloc(sizeof *letter);

        if (letter == NULL || (letter->text = mstc_strdup(text)) == NULL) {
                mstc_free(letter);
                return;
        }
        letter->what = MSTC_LETTER_LINE;
        letter->level = level;
        snprintf(letter->instance, sizeof letter->instance, "%s", instance);
        pthread_mutex_lock(&mail->lock);
        post(mail, letter);
        pthread_mutex_unlock(&mail->lock);
}

void
mstc_mail_ask(struct mstc_mail *mail, struct mstc_letter *letter)
{
        letter->done = false;
        pthread_mutex_lock(&mail->lock);
        post(mail, letter);
        while (!letter->done)
                pthread_cond_wait(&mail->answered, &mail->lock);
        pthread_mutex_unlock(&mail->lock);
}

struct mstc_letter *
mstc_mail_next(struct mstc_mail *mail)
{
        struct mstc_letter *letter;
        uint64_t count;

        pthread_mutex_lock(&mail->lock);
        letter = mail->first;
        if (letter != NULL) {
                mail->first = letter->next;
                if (mail->first == NULL)
                        mail->last = &mail->first;
        } else if (read(mail->fd, &count, sizeof count) < 0) {
                errno = 0;
        }
        pthread_mutex_unlock(&mail->lock);
        return letter;
}

void
mstc_letter_free(struct mstc_letter *letter)
{
        mstc_free(letter->text);
        mstc_free(letter);
}

void
mstc_mail_answer(struct mstc_mail *mail, struct mstc_letter *letter)
{
        pthread_mutex_lock(&mail->lock);
        letter->done = true;
        pthread_cond_broadcast(&mail->answered);
        pthread_mutex_unlock(&mail->lock);
}
