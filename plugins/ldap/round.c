/* SPDX-License-Identifier: Apache-2.0
 *
 * round.c - reading the directory: from a mark, through passes, to the next mark.
 *
 *   begin   without a cursor everybody is read; with one, what its way of finding changes
 *           asks for.  Where the next round will begin is noted before anything is read.
 *   page    passes go on until a page is full
 *   end     complete, with the next mark
 *
 *   way                  a round of changes consists of
 *   syncrepl             the changes of users, of groups (listen.c); 389 Directory Server's every
 *                        full-every in full, as below
 *   dirsync              what DirSync notices, each looked up by its id (ad.c, fetch.c); Samba does
 *                        not tell who is deleted, so every full-every in full
 *   usn                  entries with a higher uSNChanged; such that left the filter; deleted ones
 *   modify-timestamp     entries changed since; such that left the filter.  Who is deleted is not
 *                        told: every full-every everybody is read, and who is missing is gone
 *   none                 (there are none: everybody is read each time)
 *
 * The cursor between two pages, "page NONCE.ROUND.PAGE", is good only for the instance that gave
 * it and the connection it came over; see round.h. */
#include "round.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "resolver.h"
#include "when.h"

static int
no_memory(struct mst_error *err)
{
        return mst_fail_memory(err, "reading the directory");
}

void
ldp_round_drop(struct ldp_source *source)
{
        struct ldp_round *round = source->round;
        bool under_way = false;

        if (round == NULL)
                return;
        for (size_t i = 0; i < round->count; i++) {
                under_way |= round->passes[i].msgid != 0;
                ldp_pass_done(&round->passes[i]);
        }
        for (size_t i = 0; i < round->look_count; i++)
                free(round->look[i]);
        free(round->look);
        ldp_batch_close(&round->batch);
        mst_arena_free(round->arena);
        free(round);
        source->round = NULL;
        if (under_way)
                ldp_conn_close(&source->reader);         /* answers are still on their way */
}

/* ---- single entries ------------------------------------------------------------------------- */

bool
ldp_round_look(struct ldp_round *round, const char *id)
{
        if (round->look_count == round->look_room) {
                size_t room = round->look_room != 0 ? round->look_room * 2 : 64;
                char **look = realloc(round->look, room * sizeof *look);

                if (look == NULL)
                        return false;
                round->look = look;
                round->look_room = room;
        }
        round->look[round->look_count] = strdup(id);
        return round->look[round->look_count] != NULL && ++round->look_count != 0;
}

static int
look_up(struct ldp_round *round, const struct ldp_shelf *shelf, struct mst_page *page, struct mst_error *err)
{
        int rc = MST_OK;

        for (size_t at = 0; rc == MST_OK && at < round->look_count; at += LDP_FETCH_MOST) {
                size_t count = round->look_count - at;

                rc = ldp_fetch_some(round->source, shelf, (const char *const *)round->look + at,
                                    count < LDP_FETCH_MOST ? count : LDP_FETCH_MOST, page, round, err);
        }
        return rc;
}

int
ldp_round_settle(struct ldp_round *round, const struct ldp_pass *pass, struct mst_page *page, struct mst_error *err)
{
        struct ldp_source *source = round->source;
        int rc = look_up(round, pass->shelf, page, err);

        /* a notice does not say what kind of object it is about */
        if (rc == MST_OK && pass->task == LDP_NOTICE && source->groups.base != NULL)
                rc = look_up(round, &source->groups, page, err);
        for (size_t i = 0; i < round->look_count; i++)
                free(round->look[i]);
        round->told += round->look_count;
        round->look_count = 0;
        return rc;
}

/* ---- passes -------------------------------------------------------------------------------- */

static char **
names_only(struct ldp_round *round)
{
        char **list = mst_arena_alloc(round->arena, 5 * sizeof *list);

        if (list != NULL) {
                list[0] = (char *)round->source->id_attribute;
                list[1] = (char *)"modifyTimestamp";
                list[2] = (char *)"objectClass";
        }
        return list;
}

/* What to ask for: the columns' attributes, id, members, and the time where it is needed. */
static char **
all_attributes(struct ldp_round *round, const struct ldp_shelf *shelf)
{
        char **members = round->source->config->member_attributes, **list;
        size_t count = 0, extra = 0;

        while (shelf->columns.attributes[count] != NULL)
                count++;
        while (members[extra] != NULL)
                extra++;
        list = mst_arena_alloc(round->arena, (count + extra + 3) * sizeof *list);
        if (list == NULL)
                return NULL;
        memcpy(list, shelf->columns.attributes, count * sizeof *list);
        list[count++] = (char *)round->source->id_attribute;
        if (round->mode == LDP_BY_TIME)
                list[count++] = (char *)"modifyTimestamp";
        if (shelf->kind == MST_GROUP && round->source->members_wanted)
                memcpy(list + count, members, extra * sizeof *list);
        return list;
}

/* 'more' is a further filter, or NULL; both must hold, or with LDP_LEFT the shelf's must not. */
static int
add_pass(struct ldp_round *round, enum ldp_task task, const struct ldp_shelf *shelf, const char *more,
         struct mst_error *err)
{
        struct ldp_pass *pass = &round->passes[round->count];

        if (shelf->base == NULL)
                return MST_OK;
        *pass = (struct ldp_pass){ .task = task, .shelf = shelf, .base = shelf->base, .scope = shelf->scope };
        pass->filter = shelf->filter;
        if (more != NULL)
                pass->filter = mst_arena_printf(round->arena, task == LDP_LEFT ? "(&(!%s)%s)" : "(&%s%s)",
                                                shelf->filter, more);
        pass->attributes = task == LDP_LEFT || task == LDP_NAME ? names_only(round) : all_attributes(round, shelf);
        if (pass->filter == NULL || pass->attributes == NULL)
                return no_memory(err);
        round->count++;
        return MST_OK;
}

static int
add_both(struct ldp_round *round, enum ldp_task task, const char *more, struct mst_error *err)
{
        if (add_pass(round, task, &round->source->users, more, err) != MST_OK)
                return err->code;
        return add_pass(round, task, &round->source->groups, more, err);
}

/* The remains of what was deleted since, below the domain. */
static int
add_deleted(struct ldp_round *round, const char *more, struct mst_error *err)
{
        struct ldp_pass *pass = &round->passes[round->count];

        if (add_pass(round, LDP_DELETED, &round->source->users, NULL, err) != MST_OK)
                return err->code;
        pass->base = round->source->domain;
        pass->scope = LDAP_SCOPE_SUBTREE;
        pass->filter = mst_arena_printf(round->arena, "(&(isDeleted=TRUE)%s)", more);
        pass->attributes = names_only(round);
        if (pass->filter == NULL || pass->attributes == NULL)
                return no_memory(err);
        pass->attributes[1] = (char *)"isRecycled";
        pass->attributes[3] = (char *)"isDeleted";
        return MST_OK;
}

static int
add_notice(struct ldp_round *round, struct mst_error *err)
{
        struct ldp_pass *pass = &round->passes[round->count];

        if (add_pass(round, LDP_NOTICE, &round->source->users, NULL, err) != MST_OK)
                return err->code;
        pass->base = round->source->domain;
        pass->scope = LDAP_SCOPE_SUBTREE;
        pass->filter = "(objectClass=*)";
        pass->attributes = NULL;                 /* whatever has changed */
        return MST_OK;
}

/* ---- beginning ------------------------------------------------------------------------------- */

/* Whether everybody is to be read, because it is a while ago and not everything is told. */
static bool
all_due(const struct ldp_round *round)
{
        int64_t now = mst_host_now(round->source->host), every = round->source->config->full_every;
        bool sure = round->mode == LDP_BY_SYNC && round->source->family != LDP_FAMILY_389;

        if (every == 0 || sure)
                return false;
        return now < round->from.all_at || now - round->from.all_at >= every * (MST_DATE_SECOND / 1000);
}

enum ldp_changes
ldp_round_choose(const struct ldp_source *source)
{
        enum ldp_changes asked = (enum ldp_changes)source->config->changes;

        if (asked != LDP_BY_AUTO)
                return asked;
        if (source->family == LDP_FAMILY_AD)
                return source->dirsync_offered ? LDP_BY_DIRSYNC : LDP_BY_USN;
        /* whether its changelog was told to keep the ids, without which it tells of no change at all,
         * 389 Directory Server does not say */
        if (source->family == LDP_FAMILY_389)
                return LDP_BY_TIME;
        return source->sync_offered ? LDP_BY_SYNC : LDP_BY_TIME;
}

static int
begin_all(struct ldp_round *round, struct mst_error *err)
{
        round->next.all_at = mst_host_now(round->source->host);
        if (round->changes)
                round->everybody = true;
        memset(round->from.cookies, 0, sizeof round->from.cookies);
        return add_both(round, round->mode == LDP_BY_SYNC ? LDP_LISTEN : LDP_READ, NULL, err);
}

static int
begin_time(struct ldp_round *round, struct mst_error *err)
{
        int64_t from = round->from.since - round->source->config->overlap * (MST_DATE_SECOND / 1000);
        char when[32], more[64];

        ldp_when_write(from > 0 ? from - from % MST_DATE_SECOND : 0, when);
        snprintf(more, sizeof more, "(modifyTimestamp>=%s)", when);
        if (add_both(round, LDP_READ, more, err) != MST_OK)
                return err->code;
        return add_both(round, LDP_LEFT, more, err);
}

static int
begin_usn(struct ldp_round *round, struct mst_error *err)
{
        char more[48];

        snprintf(more, sizeof more, "(uSNChanged>=%llu)", round->from.usn + 1);
        if (add_both(round, LDP_READ, more, err) != MST_OK || add_both(round, LDP_LEFT, more, err) != MST_OK)
                return err->code;
        return add_deleted(round, more, err);
}

static int
begin_passes(struct ldp_round *round, struct mst_error *err)
{
        bool ad = round->mode == LDP_BY_DIRSYNC || round->mode == LDP_BY_USN;

        round->next.mode = round->mode;
        if (ad && ldp_ad_begin(round, err) != MST_OK)
                return err->code;
        if (!round->changes || all_due(round))
                return begin_all(round, err);
        switch (round->mode) {
        case LDP_BY_SYNC:
                return add_both(round, LDP_LISTEN, NULL, err);
        case LDP_BY_DIRSYNC:
                return add_notice(round, err);
        case LDP_BY_USN:
                return begin_usn(round, err);
        default:
                return begin_time(round, err);
        }
}

static int
set_mode(struct ldp_round *round, const char *cursor, struct mst_error *err)
{
        round->mode = ldp_round_choose(round->source);
        if (cursor == NULL)
                return MST_OK;
        round->changes = true;
        if (!ldp_mark_parse(round->arena, cursor, &round->from))
                return mst_fail(err, MST_EEXPIRED, "the place where the last sync ended is not in a form that this "
                                "version of the connector knows; everybody has to be read again");
        if (round->source->config->changes != LDP_BY_AUTO && round->from.mode != round->mode)
                return mst_fail(err, MST_EEXPIRED, "changes are found in another way than before; everybody has to be "
                                "read again");
        round->mode = round->from.mode;
        round->next = round->from;
        return MST_OK;
}

static int
begin(struct ldp_source *source, const char *cursor, struct mst_error *err)
{
        struct ldp_round *round;

        ldp_round_drop(source);
        if (ldp_source_plan(source, err) != MST_OK)
                return err->code;
        if (!ldp_resolver_reset(source->resolver) || (round = calloc(1, sizeof *round)) == NULL)
                return no_memory(err);
        source->round = round;
        round->source = source;
        round->number = ++source->rounds;
        round->connection = source->reader.serial;
        round->began = mst_host_ticks_ms(source->host);
        round->arena = mst_arena_new(0);
        if (round->arena == NULL || !ldp_batch_open(&round->batch, source, &source->reader))
                return no_memory(err);
        if (set_mode(round, cursor, err) != MST_OK)
                return err->code;
        if (begin_passes(round, err) != MST_OK)
                return err->code;
        return ldp_absences_begin(source, round->everybody ? NULL : cursor, err);
}

static void
write_place(const struct ldp_round *round, char into[96])
{
        snprintf(into, 96, "page %" PRIx64 ".%" PRIu64 ".%" PRIu64, round->source->nonce, round->number, round->page);
}

static int
resume(struct ldp_source *source, const char *cursor, struct mst_error *err)
{
        struct ldp_round *round = source->round;
        char place[96];

        if (round != NULL) {
                write_place(round, place);
                if (strcmp(cursor, place) == 0 && source->reader.state == LDP_READY &&
                    source->reader.serial == round->connection)
                        return MST_OK;
        }
        ldp_round_drop(source);
        return mst_fail(err, MST_EEXPIRED, "the place in the listing ended with its connection to the directory; the "
                        "listing has to start again");
}

/* ---- pages -------------------------------------------------------------------------------------- */

/* A server that offers syncrepl in general but not here is read by time, when the admin left
 * the choice to us and nothing was told yet. */
static bool
fall_back(struct ldp_round *round, struct mst_error *err)
{
        const struct ldp_source *source = round->source;

        if (source->config->changes != LDP_BY_AUTO || round->changes || round->mode != LDP_BY_SYNC || round->at > 0 ||
            round->passes[0].entries > 0 || round->page > 0 || source->reader.state != LDP_READY ||
            (err->code != MST_EREFUSED && err->code != MST_EPERM))
                return false;
        mst_host_log(source->host, MST_LOG_INFO, "content synchronization is not offered for '%s' (%s): changes are "
                     "found by modifyTimestamp", source->users.base, err->text);
        for (size_t i = 0; i < round->count; i++)
                ldp_pass_done(&round->passes[i]);
        round->count = 0;
        round->mode = LDP_BY_TIME;
        *err = (struct mst_error){ 0 };
        return true;
}

static int
finish(struct ldp_round *round, struct mst_page *page, struct mst_error *err)
{
        const char *cursor = NULL;

        if (round->everybody) {
                mst_page_all(page, MST_USER);
                if (round->source->groups.base != NULL)
                        mst_page_all(page, MST_GROUP);
        }
        if (ldp_absences_keep(round->source, err) != MST_OK)
                return err->code;
        if (round->mode != LDP_BY_NONE && (cursor = ldp_mark_write(round->arena, &round->next)) == NULL)
                return no_memory(err);
        return mst_page_complete(page, cursor, err);
}

/* The pass is over; what it has left to be done comes as a pass of its own. */
static int
next_pass(struct ldp_round *round, struct mst_page *page, struct mst_error *err)
{
        struct ldp_pass *pass = &round->passes[round->at];
        bool group = pass->shelf->kind == MST_GROUP;

        if (pass->task == LDP_NAME)
                mst_page_all(page, pass->shelf->kind);
        if (pass->task == LDP_LISTEN && round->recount[group] && add_pass(round, LDP_NAME, pass->shelf, NULL, err) != MST_OK)
                return err->code;
        round->at++;
        return MST_OK;
}

static bool
is_over(const struct ldp_round *round)
{
        return round->at == round->count && !ldp_absences_left(round->source);
}

/* Whoever named somebody who was not there and is now. */
static int
read_again(struct ldp_round *round, struct mst_page *page, size_t most, struct mst_error *err)
{
        struct ldp_source *source = round->source;
        const char *ids[LDP_FETCH_MOST];
        enum mst_kind kind = MST_USER;
        size_t count;

        if (!round->due_known && !ldp_absences_due(source))
                return no_memory(err);
        round->due_known = true;
        while (round->told < most && ldp_absences_take(source, LDP_FETCH_MOST, &kind, ids, &count)) {
                if (ldp_shelf_of(source, kind)->base != NULL &&
                    ldp_fetch_some(source, ldp_shelf_of(source, kind), ids, count, page, round, err) != MST_OK)
                        return err->code;
                round->told += count;
        }
        return MST_OK;
}

static int
read_page(struct ldp_round *round, struct mst_page *page, struct mst_error *err)
{
        size_t most = (size_t)round->source->config->page_size;
        char place[96];

        round->told = 0;
        while (round->at < round->count && round->told < most) {
                struct ldp_pass *pass = &round->passes[round->at];

                if (ldp_pass_run(round, pass, page, err) != MST_OK) {
                        if (!fall_back(round, err))
                                return err->code;
                        if (begin_passes(round, err) != MST_OK)
                                return err->code;
                        continue;
                }
                if (!pass->ended)
                        break;
                if (next_pass(round, page, err) != MST_OK)
                        return err->code;
        }
        if (round->at == round->count && read_again(round, page, most, err) != MST_OK)
                return err->code;
        if (is_over(round))
                return finish(round, page, err);
        round->page++;
        write_place(round, place);
        return mst_page_more(page, place, err);
}

int
ldp_source_read(void *self, const char *cursor, struct mst_page *page, struct mst_error *err)
{
        struct ldp_source *source = self;
        bool goes_on = cursor != NULL && strncmp(cursor, "page ", 5) == 0;
        int rc = goes_on ? resume(source, cursor, err) : begin(source, cursor, err);

        if (rc == MST_OK)
                rc = read_page(source->round, page, err);
        if (rc != MST_OK || is_over(source->round))
                ldp_round_drop(source);
        return rc;
}
