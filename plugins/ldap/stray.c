/* SPDX-License-Identifier: Apache-2.0
 *
 * stray.c - who was to leave under a name that he no longer has.
 *
 * 389 DS with referential integrity, slapd with refint and Active Directory move the
 * members of a group along when an entry is renamed.  Who is renamed and leaves in one
 * run is then told to us by his old name, which is not in the group any more, while he is:
 *
 *   collect   those whose removal was so already, unless the same op lets them join:
 *             "out with the old name, in with the new" is no leaving
 *   seek      where they are now, by their lasting ids, many in one search: users, and who
 *             is none of them may be a group (an old name does not say what it was of)
 *   write     whose name differs is taken out under that one (members.c)
 *
 * Active Directory's links are to entries, not names: who is told to leave by the old name and
 * to join by the new one is where he shall be, and nothing is sent for him ('pairs').
 *
 * Whose removal went through costs nothing, and who is not found is in no group. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "dn.h"
#include "id.h"
#include "request.h"

#define LINE 128                 /* members in one search */

static const struct ldp_step step_seek;

static const char *
object_of(const struct ldp_request *req, uint32_t index)
{
        return mst_op_member_object(req->op, index);
}

static int
by_object(const void *a, const void *b, void *req)
{
        return strcasecmp(object_of(req, *(const uint32_t *)a), object_of(req, *(const uint32_t *)b));
}

static bool
may_stray(const struct ldp_request *req, uint32_t index)
{
        return req->members.state[index] == MST_ALREADY && !mst_op_member_joins(req->op, index) &&
               ldp_id_is(&req->sink->dir.id, object_of(req, index));
}

/* Those that may be in the group under another name, and nobody who joins; nobody twice. */
static bool
collect(struct ldp_request *req)
{
        struct ldp_members *m = &req->members;
        uint32_t *joining = mst_arena_alloc(req->arena, (m->count + 1) * sizeof *joining);
        size_t joins = 0, kept = 0;

        m->strays = mst_arena_alloc(req->arena, (m->count + 1) * sizeof *m->strays);
        m->met = mst_arena_alloc(req->arena, m->count + 1);
        if (joining == NULL || m->strays == NULL || m->met == NULL)
                return false;
        for (uint32_t i = 0; i < m->count; i++) {
                if (mst_op_member_joins(req->op, i) && object_of(req, i) != NULL)
                        joining[joins++] = i;
                else if (may_stray(req, i))
                        m->strays[m->stray_count++] = i;
        }
        qsort_r(joining, joins, sizeof *joining, by_object, req);
        qsort_r(m->strays, m->stray_count, sizeof *m->strays, by_object, req);
        for (size_t i = 0, j = 0; i < m->stray_count; i++) {
                while (j < joins && by_object(&joining[j], &m->strays[i], req) < 0)
                        j++;
                if ((j < joins && by_object(&joining[j], &m->strays[i], req) == 0) ||
                    (kept > 0 && by_object(&m->strays[kept - 1], &m->strays[i], req) == 0))
                        continue;
                m->strays[kept++] = m->strays[i];
        }
        m->stray_count = kept;
        return true;
}

/* What stands for each is from now on said by 'values'. */
static bool
own_values(struct ldp_request *req)
{
        struct ldp_members *m = &req->members;
        const char **values;

        if (m->values != NULL)
                return true;
        values = mst_arena_alloc(req->arena, (m->count + 1) * sizeof *values);
        for (uint32_t i = 0; values != NULL && i < m->count; i++)
                values[i] = mst_op_member_name(req->op, i);
        m->values = values;
        return values != NULL;
}

bool
ldp_stray_pairs(struct ldp_request *req)
{
        struct ldp_members *m = &req->members;
        uint32_t *all = mst_arena_alloc(req->arena, (m->count + 1) * sizeof *all);
        size_t known = 0;

        if (all == NULL)
                return false;
        for (uint32_t i = 0; i < m->count; i++)
                if (m->state[i] == 0 && ldp_id_is(&req->sink->dir.id, object_of(req, i)))
                        all[known++] = i;
        qsort_r(all, known, sizeof *all, by_object, req);
        for (size_t i = 1; i < known; i++)
                if (by_object(&all[i - 1], &all[i], req) == 0 &&
                    mst_op_member_joins(req->op, all[i - 1]) != mst_op_member_joins(req->op, all[i])) {
                        ldp_member_settle(req, all[i - 1], MST_ALREADY, NULL);
                        ldp_member_settle(req, all[i], MST_ALREADY, NULL);
                        i++;
                }
        return ldp_members_order(req);
}

enum ldp_next
ldp_stray_begin(struct ldp_request *req)
{
        struct ldp_members *m = &req->members;
        bool any = false;

        m->sought = true;
        m->order_count = 0;
        for (uint32_t i = 0; i < m->count && !any; i++)
                any = may_stray(req, i);
        if (any && (!collect(req) || !own_values(req)))
                return ldp_request_no_memory(req);
        if (m->stray_count == 0)
                return ldp_members_go(req);
        m->line = LINE;
        req->step = &step_seek;
        return LDP_SEND;
}

/* --- where they are now ---------------------------------------------------------- */

static size_t
line_end(const struct ldp_request *req)
{
        const struct ldp_members *m = &req->members;

        return m->stray_count - m->strayed > m->line ? m->strayed + m->line : m->stray_count;
}

static int
send_seek(struct ldp_request *req, LDAP *ld, int *msgid)
{
        struct ldp_members *m = &req->members;
        const char *base = m->among_groups ? req->sink->groups.base : req->sink->users.base;
        char *wanted[] = { (char *)req->sink->dir.id.attribute, (char *)req->sink->refers, NULL };
        size_t end = line_end(req);
        char *whole, *at;

        mst_arena_reset(m->scratch);
        whole = at = mst_arena_alloc(m->scratch, LINE * 128 + 8);
        if (whole == NULL)
                return LDAP_NO_MEMORY;
        at = stpcpy(at, "(|");
        for (size_t i = m->strayed; i < end; i++) {
                const char *filter = ldp_id_filter(m->scratch, &req->sink->dir.id, object_of(req, m->strays[i]));

                if (filter == NULL || strlen(filter) >= 128)
                        return LDAP_NO_MEMORY;
                at = stpcpy(at, filter);
        }
        memcpy(at, ")", 2);
        return ldap_search_ext(ld, base, LDAP_SCOPE_SUBTREE, whole, wanted, 0, NULL, NULL, NULL, LDAP_NO_LIMIT, msgid);
}

/* What stands for the found one in a group: the DN, or the value that it is referred by. */
static bool
read_value(struct ldp_request *req, LDAP *ld, LDAPMessage *message, const char **ret)
{
        struct berval **values;
        char *dn;
        bool there;

        *ret = NULL;
        if (req->sink->refers == NULL) {
                dn = ldap_get_dn(ld, message);
                *ret = dn != NULL ? mst_arena_strdup(req->arena, dn) : NULL;
                ldap_memfree(dn);
                return *ret != NULL;
        }
        values = ldap_get_values_len(ld, message, req->sink->refers);
        there = values != NULL && values[0] != NULL;
        if (there)
                *ret = mst_arena_strndup(req->arena, values[0]->bv_val, values[0]->bv_len);
        ldap_value_free_len(values);
        return !there || *ret != NULL;
}

/* Takes him out under the name that he has, where that is not the one which was sent. */
static bool
take_value(struct ldp_request *req, uint32_t index, const char *value)
{
        struct ldp_members *m = &req->members;
        const char *was = m->values[index] != NULL ? m->values[index] : "", *now = value;

        if (req->sink->refers == NULL) {
                was = ldp_dn_normal(req->arena, was);
                now = ldp_dn_normal(req->arena, value);
                if (was == NULL || now == NULL)
                        return false;
        }
        if (m->state[index] == 0 || strcmp(was, now) == 0)   /* told twice, or so already */
                return true;
        m->values[index] = value;
        m->state[index] = 0;
        m->order[m->order_count++] = index;
        return true;
}

static bool
take_entry(struct ldp_request *req, LDAP *ld, LDAPMessage *message)
{
        struct ldp_members *m = &req->members;
        struct berval **ids = ldap_get_values_len(ld, message, req->sink->dir.id.attribute);
        const char *id = ids != NULL && ids[0] != NULL ? ldp_id_text(m->scratch, &req->sink->dir.id, ids[0]) : NULL;
        const char *value = NULL;
        size_t end = line_end(req);
        bool ok = read_value(req, ld, message, &value);

        for (size_t i = m->strayed; ok && id != NULL && value != NULL && i < end; i++)
                if (strcasecmp(object_of(req, m->strays[i]), id) == 0) {
                        m->met[m->strays[i]] = true;
                        ok = take_value(req, m->strays[i], value);
                }
        ldap_value_free_len(ids);
        return ok;
}

/* Who was not met among the users is looked for among the groups. */
static bool
turn_to_groups(struct ldp_request *req)
{
        struct ldp_members *m = &req->members;
        size_t kept = 0;

        if (m->among_groups || req->sink->refers != NULL)
                return false;
        for (size_t i = 0; i < m->stray_count; i++)
                if (!m->met[m->strays[i]])
                        m->strays[kept++] = m->strays[i];
        m->stray_count = kept;
        m->strayed = 0;
        m->among_groups = true;
        return kept > 0;
}

static enum ldp_next
answer_seek(struct ldp_request *req, LDAP *ld, LDAPMessage *message, struct mst_error *err)
{
        struct ldp_members *m = &req->members;
        struct ldp_result result;

        if (ldap_msgtype(message) == LDAP_RES_SEARCH_ENTRY)
                return take_entry(req, ld, message) ? LDP_MORE : ldp_request_no_memory(req);
        if (ldap_msgtype(message) != LDAP_RES_SEARCH_RESULT)
                return LDP_MORE;
        ldp_result_read(ld, message, &result);
        if (ldp_result_is_short(result.rc) && m->line > 1) {
                m->line /= 2;
                return LDP_SEND;
        }
        if (result.rc != LDAP_SUCCESS)
                return ldp_request_refused(req, &result, "looking up who is to leave", err);
        m->strayed = line_end(req);
        if (m->strayed < m->stray_count || turn_to_groups(req))
                return LDP_SEND;
        m->reread = false;
        return ldp_members_cut(req, 0) ? ldp_members_go(req) : ldp_request_no_memory(req);
}

static const struct ldp_step step_seek = { "seek", true, send_seek, answer_seek, NULL };
