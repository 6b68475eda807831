/* control.h - the service's socket, and those who ask on it.
 *
 * A client connects, writes one line, reads lines and leaves: no more is in the protocol.
 *
 *      {"muster":1,"verb":"pause","who":"ada","sync":"staff"}
 *      {"news":{...}}               as many as there are, while he waits
 *      {"ok":{...}}                 or {"error":{"code":-8,"text":"..."}}, and the connection ends
 *
 * Who may: the service's own user, root, and members of the socket's group.  Nobody can keep the
 * service from its work: nothing here blocks, a line has an end, whoever dawdles is sent away, and
 * there are only so many at a time.  One thread. */
#ifndef MSTC_CONTROL_H
#define MSTC_CONTROL_H

#include <muster/error.h>

struct sockaddr_un;

#define MSTC_CONTROL_VERSION 1
#define MSTC_CONTROL_LINE (64 * 1024)        /* the longest request, in bytes          */
#define MSTC_CONTROL_HEARTBEAT_MS 10000      /* who waits hears something that often   */

struct mstc_control;
struct mstc_asker;

/* Listens at 'path', mode 0660, for 'group' (NULL: the process's own).  A socket that nobody
 * listens on any more is replaced, anything else is left alone. */
int mstc_control_new(const char *path, const char *group, struct mstc_control **ret, struct mst_error *err);
/* Whoever still waits is told that the service ends.  Takes the socket away; NULL is all right. */
void mstc_control_free(struct mstc_control *control);

/* Readable when there is something to do; and in how many ms there is, whoever comes (-1: never). */
int mstc_control_fd(const struct mstc_control *control);
int mstc_control_wait_ms(const struct mstc_control *control);
/* Does what there is to do.  'ask' is called for each request and answers it, or keeps the asker and
 * answers later; the line is the callee's for the time of the call. */
void mstc_control_serve(struct mstc_control *control, void (*ask)(void *self, struct mstc_asker *asker, const char *line,
                                                                  size_t length), void *self);

/* Whether it is the service's user or root, whose word about who he is counts; and his number. */
bool mstc_asker_is_trusted(const struct mstc_asker *asker);
unsigned mstc_asker_uid(const struct mstc_asker *asker);
/* He has left: an answer reaches nobody, but must be given all the same. */
bool mstc_asker_has_left(const struct mstc_asker *asker);
/* A line of JSON; left out when he does not read what he was told. */
void mstc_asker_news(struct mstc_asker *asker, const char *line);
/* The last one; the asker is the socket's again. */
void mstc_asker_answer(struct mstc_asker *asker, const char *line);
void mstc_asker_refuse(struct mstc_asker *asker, const struct mst_error *err);

/* The address of a path of any length; '*folder' is to be closed when it is done with. */
int mstc_control_address(const char *path, struct sockaddr_un *ret, int *folder, struct mst_error *err);

#endif
