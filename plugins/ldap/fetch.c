/* SPDX-License-Identifier: Apache-2.0
 *
 * fetch.c - entries by their ids, many in one search.
 *
 *   within    below the base and matching the filter: a whole record
 *   outside   anywhere else in the directory where we may look
 *   gone      nowhere: for good; in Active Directory's recycle bin: not for good
 *
 * Whom nothing was found of is gone only when each search ended well and was complete.  Where
 * one did not, the engine's own questions are left unanswered; but a round, whose cursor goes on
 * behind what it was told, fails.  An id that has not the form of one is left unanswered. */
#include "round.h"

#include <string.h>

#include "resolver.h"
#include "result.h"

enum answer { OPEN = 0, SAID, ELSEWHERE, DELETED };

struct fetch {
        struct ldp_source *source;
        const struct ldp_shelf *shelf;
        const char *const *ids;
        size_t count;
        enum answer answers[LDP_FETCH_MOST];
        struct mst_page *page;
        struct ldp_batch batch;
        struct mst_arena *arena;
        struct ldp_result why;           /* how the last search ended                  */
        const char *where;
};

static int
no_memory(struct mst_error *err)
{
        return mst_fail_memory(err, "reading single entries");
}

/* (|(entryUUID=...)...) of those that are still open, NULL: out of memory. */
static const char *
ids_filter(struct fetch *f)
{
        const char *filter = mst_arena_strdup(f->arena, "(|");

        for (size_t i = 0; filter != NULL && i < f->count; i++) {
                char id[64];

                if (f->answers[i] == OPEN && ldp_uuid_filter(f->source->form, f->ids[i], id))
                        filter = mst_arena_printf(f->arena, "%s(%s=%s)", filter, f->source->id_attribute, id);
        }
        return filter != NULL ? mst_arena_printf(f->arena, "%s)", filter) : NULL;
}

static void
mark(struct fetch *f, const struct ldp_entry *entry, enum answer answer)
{
        char id[LDP_UUID_ROOM];

        if (!ldp_source_id(f->source, entry, id))
                return;
        for (size_t i = 0; i < f->count; i++)
                if (strcmp(f->ids[i], id) == 0)
                        f->answers[i] = answer;
}

static int
take_entry(struct fetch *f, LDAPMessage *message, enum answer answer, struct mst_error *err)
{
        static const struct ldp_place bare = { 0 };
        struct ldp_entry entry;
        struct ldp_item *item;

        if (answer == SAID) {
                if (ldp_batch_add(&f->batch, message, f->page, &item, err) != MST_OK)
                        return err->code;
                if (item != NULL)
                        mark(f, &item->entry, SAID);
                return MST_OK;
        }
        if (ldp_entry_read(f->source->asker.ld, message, &f->source->dir, &bare, f->arena, &entry, err) == MST_OK) {
                if (answer != DELETED || !ldp_ad_recycled(&entry))
                        mark(f, &entry, answer);
                ldp_entry_done(&entry);
        }
        ldap_msgfree(message);
        return err->code;
}

/* One search for those that are open.  '*told' is false when it cannot conclude anything. */
static int
search(struct fetch *f, const char *base, int scope, const char *filter, char **attributes, LDAPControl **controls,
       enum answer answer, bool *told, struct mst_error *err)
{
        struct ldp_conn *conn = &f->source->asker;
        struct ldp_result *result = &f->why;
        LDAPMessage *message = NULL;
        int msgid = 0, type = 0, rc;

        *result = (struct ldp_result){ .rc = LDAP_OTHER };
        f->where = base;
        rc = ldp_conn_search(conn, base, scope, filter, attributes, controls, &msgid, err);
        while (rc == MST_OK && type != LDAP_RES_SEARCH_RESULT) {
                rc = ldp_conn_wait(conn, msgid, &message, err);
                if (rc != MST_OK)
                        break;
                type = ldap_msgtype(message);
                if (type == LDAP_RES_SEARCH_ENTRY) {
                        rc = take_entry(f, message, answer, err);
                        continue;
                }
                if (type == LDAP_RES_SEARCH_RESULT)
                        ldp_result_read(conn->ld, message, result);
                ldap_msgfree(message);
        }
        if (rc != MST_OK) {
                ldp_conn_close(conn);
                return rc;
        }
        *told = result->rc == LDAP_SUCCESS;
        if (!*told)
                mst_host_log(f->source->host, MST_LOG_INFO, "a search for single entries below '%s' was not answered: %s",
                             base, result->text);
        return MST_OK;
}

static bool
any_open(const struct fetch *f)
{
        for (size_t i = 0; i < f->count; i++)
                if (f->answers[i] == OPEN)
                        return true;
        return false;
}

static char **
within_attributes(struct fetch *f)
{
        char **columns = f->shelf->columns.attributes, **members = f->source->config->member_attributes, **list;
        size_t count = 0, extra = 0;

        while (columns[count] != NULL)
                count++;
        while (members[extra] != NULL)
                extra++;
        list = mst_arena_alloc(f->arena, (count + extra + 2) * sizeof *list);
        if (list == NULL)
                return NULL;
        memcpy(list, columns, count * sizeof *list);
        list[count++] = (char *)f->source->id_attribute;
        if (f->shelf->kind == MST_GROUP && f->source->members_wanted)
                memcpy(list + count, members, extra * sizeof *list);
        return list;
}

/* Below the base, within the filter. */
static int
search_within(struct fetch *f, bool *told, struct mst_error *err)
{
        const char *ids = ids_filter(f), *filter;
        char **attributes = within_attributes(f);

        filter = ids != NULL ? mst_arena_printf(f->arena, "(&%s%s)", f->shelf->filter, ids) : NULL;
        if (filter == NULL || attributes == NULL)
                return no_memory(err);
        return search(f, f->shelf->base, f->shelf->scope, filter, attributes, NULL, SAID, told, err);
}

static bool
may_come(const struct fetch *f)
{
        return ldp_result_outcome(f->why.rc) == MST_RETRY;
}

/* Anywhere in the naming context; where that is closed to us, anywhere below the base. */
static int
search_anywhere(struct fetch *f, bool *told, struct mst_error *err)
{
        char *wanted[] = { (char *)f->source->id_attribute, NULL };
        const char *filter = ids_filter(f);

        if (filter == NULL)
                return no_memory(err);
        if (search(f, f->shelf->context, LDAP_SCOPE_SUBTREE, filter, wanted, NULL, ELSEWHERE, told, err) != MST_OK ||
            *told || may_come(f))
                return err->code;
        return search(f, f->shelf->base, LDAP_SCOPE_SUBTREE, filter, wanted, NULL, ELSEWHERE, told, err);
}

/* Who may not see what is deleted takes it as gone for good. */
static int
search_deleted(struct fetch *f, bool *told, struct mst_error *err)
{
        char *wanted[] = { (char *)f->source->id_attribute, (char *)"isRecycled", NULL };
        LDAPControl *controls[2] = { NULL, NULL };
        const char *filter = ids_filter(f);
        int rc;

        if (f->source->domain == NULL)
                return MST_OK;
        if (filter == NULL || ldap_control_create(LDAP_CONTROL_X_SHOW_DELETED, 1, NULL, 0, &controls[0]) != LDAP_SUCCESS)
                return no_memory(err);
        rc = search(f, f->source->domain, LDAP_SCOPE_SUBTREE, filter, wanted, controls, DELETED, told, err);
        ldap_control_free(controls[0]);
        *told |= !may_come(f);
        return rc;
}

static int
unanswered(const struct fetch *f, struct mst_error *err)
{
        return mst_fail(err, may_come(f) ? MST_ENET : MST_EPERM, "what became of single entries could not be looked up "
                        "below '%s': %s", f->where, f->why.text);
}

static int
find_all(struct fetch *f, bool must, struct mst_error *err)
{
        bool told = true, any = false;
        char id[64];

        for (size_t i = 0; i < f->count; i++)
                any |= ldp_uuid_filter(f->source->form, f->ids[i], id);
        if (!any)
                return MST_OK;
        if (f->shelf->base != NULL && search_within(f, &told, err) != MST_OK)
                return err->code;
        if (told && any_open(f) && search_anywhere(f, &told, err) != MST_OK)
                return err->code;
        if (told && any_open(f) && f->source->family == LDP_FAMILY_AD && search_deleted(f, &told, err) != MST_OK)
                return err->code;
        if (!told && must)
                return unanswered(f, err);
        for (size_t i = 0; i < f->count; i++) {
                enum mst_gone how = f->answers[i] == DELETED ? MST_GONE_SOFT : MST_GONE_HARD;

                if (!told || f->answers[i] == SAID || !ldp_uuid_filter(f->source->form, f->ids[i], id))
                        continue;
                if (f->answers[i] == ELSEWHERE)
                        mst_page_outside(f->page, f->shelf->kind, f->ids[i], strlen(f->ids[i]));
                else
                        mst_page_gone(f->page, f->shelf->kind, f->ids[i], strlen(f->ids[i]), how);
        }
        return MST_OK;
}

int
ldp_fetch_some(struct ldp_source *source, const struct ldp_shelf *shelf, const char *const *ids, size_t count,
               struct mst_page *page, const struct ldp_round *round, struct mst_error *err)
{
        struct fetch f = { .source = source, .shelf = shelf, .ids = ids, .count = count, .page = page,
                           .arena = mst_arena_new(0) };
        int rc = MST_OK;

        if (f.arena == NULL || !ldp_batch_open(&f.batch, source, &source->asker))
                rc = no_memory(err);
        f.batch.shelf = shelf;
        if (rc == MST_OK)
                rc = ldp_source_asker(source, err);
        if (rc == MST_OK)
                rc = find_all(&f, round != NULL, err);
        if (rc == MST_OK)
                rc = ldp_batch_tell(&f.batch, page, round == NULL || round->changes, err);
        ldp_batch_close(&f.batch);
        mst_arena_free(f.arena);
        return rc;
}

/* The ids of one kind, in portions. */
static int
fetch_kind(struct ldp_source *source, const struct mst_ids *ids, enum mst_kind kind, struct mst_page *page,
           struct mst_error *err)
{
        const char *some[LDP_FETCH_MOST];
        const struct ldp_shelf *shelf = ldp_shelf_of(source, kind);
        size_t count = 0;

        for (size_t i = 0; shelf->base != NULL && i < mst_ids_count(ids); i++) {
                if (mst_ids_kind_at(ids, i) == kind)
                        some[count++] = mst_ids_at(ids, i);
                if (count == LDP_FETCH_MOST) {
                        if (ldp_fetch_some(source, shelf, some, count, page, NULL, err) != MST_OK)
                                return err->code;
                        count = 0;
                }
        }
        return count == 0 ? MST_OK : ldp_fetch_some(source, shelf, some, count, page, NULL, err);
}

int
ldp_source_fetch(void *self, const struct mst_ids *ids, struct mst_page *page, struct mst_error *err)
{
        struct ldp_source *source = self;

        if (ldp_source_plan(source, err) != MST_OK)
                return err->code;
        if (source->round == NULL && !ldp_resolver_reset(source->resolver))
                return no_memory(err);
        if (fetch_kind(source, ids, MST_USER, page, err) != MST_OK ||
            fetch_kind(source, ids, MST_GROUP, page, err) != MST_OK)
                return err->code;
        return mst_page_complete(page, NULL, err);
}
