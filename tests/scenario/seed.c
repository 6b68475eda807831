/* seed.c - makes a store as a few runs leave it, for the scenarios of the commands that
 * read: through the store's own calls, so that it cannot be other than a real one.
 *
 *      seed PATH [PEOPLE]
 *
 * People 1 to PEOPLE (default 40) of sync 'staff', each third in department Finance; each
 * with a link in 'corporate' but every tenth; one with hostile text, one who is bad, one who
 * is gone, two with the same mail.  Three runs, one of them not ended; a group; a hold with
 * three ops; a parked op; two duplicates. */
#include "build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/engine.h"
#include "store/entries.h"
#include "store/groups.h"
#include "store/journal.h"
#include "store/links.h"
#include "store/runs.h"
#include "util/set.h"

static struct mst_error err;

#define MUST(call)                                                                      \
        do {                                                                            \
                if ((call) != MST_OK) {                                                 \
                        fprintf(stderr, "seed: %s: %s\n", #call, err.text);             \
                        exit(1);                                                        \
                }                                                                       \
        } while (0)

struct seed {
        struct mstc_store *store;
        struct mst_arena *arena;
        int64_t source, sink, sync, target, run;
        unsigned people;
        struct mstc_set *live, *finance;
};

static void
put(struct mst_record *record, const char *name, const char *text)
{
        mst_record_text(record, mst_record_put(record, name), text, strlen(text));
}

static void
add_person(struct mst_page *page, unsigned i)
{
        char id[32], text[128];
        struct mst_record *record;

        snprintf(id, sizeof id, "id-%05u", i);
        record = mst_page_whole(page, MST_USER, id, strlen(id));
        snprintf(text, sizeof text, "Person %u", i);
        put(record, "displayName", i == 7 ? "Eve \033]0;owned\007\n\xe2\x80\xae" "evil" : i == 8 ? "\xc3\x84nne \xe6\x9d\x8e" : text);
        snprintf(text, sizeof text, "person%u@contoso.example", i);
        put(record, "userPrincipalName", text);
        put(record, "mail", i == 11 || i == 12 ? "twins@contoso.example" : text);
        put(record, "department", i % 3 == 0 ? "Finance" : "Sales");
        if (i == 9)
                mst_record_bad(record, "department is a number where text is promised");
}

static void
fold(struct seed *seed, bool full)
{
        struct mstc_fold fold = { .sync = seed->sync, .run = seed->run, .generation = 1, .full = full, .mask = 1 };
        struct mst_page *page = mstc_page_new();

        if (full)
                for (unsigned i = 1; i <= seed->people; i++)
                        add_person(page, i);
        else
                mst_page_gone(page, MST_USER, "id-00010", 8, MST_GONE_SOFT);
        MUST(mst_page_complete(page, "cursor", &err));
        MUST(mstc_fold_open(seed->store, &fold, &err));
        MUST(mstc_store_begin(seed->store, &err));
        MUST(mstc_fold_page(seed->store, &fold, page, NULL, NULL, &err));
        MUST(mstc_fold_save(seed->store, &fold, &err));
        for (bool more = full; more; )
                MUST(mstc_fold_settle_stage(seed->store, &fold, 1000, &more, &err));
        MUST(mstc_sync_complete(seed->store, seed->sync, "cursor", "reads", 1, &err));
        MUST(mstc_sync_count_live(seed->store, seed->sync, &err));
        MUST(mstc_store_commit(seed->store, &err));
        mstc_fold_close(&fold);
        mstc_page_free(page);
}

static void
add_links(struct seed *seed)
{
        MUST(mstc_store_begin(seed->store, &err));
        for (unsigned i = 1; i <= seed->people; i++) {
                struct mst_record *applied = mstc_record_new(seed->arena, MST_USER, "x", 1);
                char id[32], object[64], name[96];
                struct mstc_link link = { .sink = seed->sink, .target = seed->target, .object = object, .name = name,
                                          .made = MSTC_MADE_CREATED, .state = MSTC_LINK_LIVE, .applied = applied };
                int64_t number = 0;

                snprintf(id, sizeof id, "id-%05u", i);
                MUST(mstc_entry_find(seed->store, seed->sync, MST_USER, id, &number, &err));
                if (number == 0)
                        continue;
                if (i % 3 == 0)
                        mstc_set_add(seed->finance, (uint32_t)number);
                if (i % 10 == 0)
                        continue;
                snprintf(object, sizeof object, "uuid-%05u", i);
                snprintf(name, sizeof name, "uid=person%u,ou=people,dc=contoso,dc=example", i);
                snprintf(id, sizeof id, "person%u", i);
                put(applied, "uid", id);
                link.entry = number;
                if (i == 5) {
                        link.state = MSTC_LINK_DISABLED;
                        link.reason = MSTC_WHY_SCOPE;
                        link.since = 1700000000000;
                }
                MUST(mstc_link_put(seed->store, &link, &err));
                mstc_set_add(seed->live, (uint32_t)number);
                if (i <= 2)
                        MUST(mstc_duplicate_put(seed->store, seed->sink, number, "uuid-other", "uid=other\033[31m,dc=x",
                                                "mail", "other@contoso.example", seed->run, &err));
        }
        MUST(mstc_target_tally(seed->store, seed->target, (int64_t)mstc_set_count(seed->live), 1, &err));
        MUST(mstc_store_commit(seed->store, &err));
}

static void
add_group(struct seed *seed)
{
        struct mstc_grp grp = { 0 };
        struct mstc_glink glink = { .sink = seed->sink, .target = seed->target, .object = "uuid-fin",
                                    .name = "cn=fin,ou=groups", .made = MSTC_MADE_CREATED, .state = MSTC_LINK_LIVE };
        bool fresh;

        MUST(mstc_store_begin(seed->store, &err));
        MUST(mstc_grp_get(seed->store, seed->sync, "fin", "Finance: all", "fp", NULL, seed->arena, &grp, &fresh, &err));
        grp.count = (int64_t)mstc_set_count(seed->finance);
        MUST(mstc_grp_update(seed->store, &grp, &err));
        MUST(mstc_set_save(seed->store, MSTC_GSET, grp.id, seed->finance, &err));
        mstc_set_intersect(seed->live, seed->finance);
        glink.grp = grp.id;
        glink.count = (int64_t)mstc_set_count(seed->live);
        glink.waiting = grp.count - glink.count;
        glink.run = 1;
        glink.came = 3;
        glink.went = 2;
        MUST(mstc_glink_put(seed->store, &glink, &err));
        MUST(mstc_set_save(seed->store, MSTC_PSET, glink.id, seed->live, &err));
        MUST(mstc_store_commit(seed->store, &err));
}

static int64_t
add_op(struct seed *seed, unsigned i, enum mst_verb verb, int state, const char *text)
{
        struct mst_record *before = mstc_record_new(seed->arena, MST_USER, "x", 1);
        struct mst_record *after = mstc_record_new(seed->arena, MST_USER, "x", 1);
        struct mstc_buffer from = { 0 }, to = { 0 };
        struct mstc_entry_op op = { .run = seed->run, .target = seed->target, .sink = seed->sink, .kind = MST_USER,
                                    .verb = verb, .state = state, .rank = MSTC_RANK_USERS, .text = text };
        char id[32], title[32];

        snprintf(id, sizeof id, "id-%05u", i);
        snprintf(title, sizeof title, "Person %u", i);
        MUST(mstc_entry_find(seed->store, seed->sync, MST_USER, id, &op.entry, &err));
        op.name = title;
        put(before, "mail", "old@contoso.example");
        put(after, "mail", "new\033[2J@contoso.example");
        mstc_record_flat(before, &from);
        mstc_record_flat(after, &to);
        op.before = verb == MST_CREATE ? NULL : from.bytes;
        op.before_size = verb == MST_CREATE ? 0 : from.length;
        op.after = verb == MST_DELETE ? NULL : to.bytes;
        op.after_size = verb == MST_DELETE ? 0 : to.length;
        MUST(mstc_op_add(seed->store, &op, &err));
        mstc_buffer_done(&from);
        mstc_buffer_done(&to);
        return op.number;
}

static void
add_ops(struct seed *seed)
{
        int64_t hold = 0;

        MUST(mstc_store_begin(seed->store, &err));
        MUST(mstc_hold_add(seed->store, seed->run, seed->sync, seed->target, "removals",
                           "3 of 36 would be disabled, more than 5 % and more than 2", &hold, &err));
        for (unsigned i = 1; i <= 3; i++)
                MUST(mstc_op_hold(seed->store, add_op(seed, i, MST_DISABLE, MSTC_OP_PLANNED, NULL), hold, &err));
        MUST(mstc_op_end(seed->store, add_op(seed, 4, MST_UPDATE, MSTC_OP_PLANNED, NULL), MSTC_OP_DONE, MST_DONE,
                         seed->run, NULL, &err));
        add_op(seed, 6, MST_CREATE, MSTC_OP_PARKED, "the server refuses mail: constraint violation");
        MUST(mstc_store_commit(seed->store, &err));
}

static void
add_run(struct seed *seed, int mode, int outcome, const char *text)
{
        uint64_t counts[MSTC_N_COUNTS] = { [MSTC_N_READ] = 1000000, [MSTC_N_UPDATED] = 1, [MSTC_N_HELD] = 3 };

        MUST(mstc_store_begin(seed->store, &err));
        MUST(mstc_run_log(seed->store, seed->run, 1, 1013, MST_LOG_INFO, "begins", &err));
        MUST(mstc_run_log(seed->store, seed->run, 2, 1902, MST_LOG_WARNING, "slow \033[2J server", &err));
        MUST(mstc_run_log(seed->store, seed->run, 3, 1904, MST_LOG_DEBUG, "for those who look", &err));
        MUST(mstc_run_end(seed->store, seed->run, outcome, text, counts, &err));
        MUST(mstc_run_new(seed->store, seed->sync, mode, 1, "fp", &seed->run, &err));
        MUST(mstc_store_commit(seed->store, &err));
}

static void
make_rows(struct seed *seed)
{
        struct mstc_sync_row sync;
        struct mstc_target_row target;

        MUST(mstc_store_begin(seed->store, &err));
        MUST(mstc_instance_id(seed->store, MSTC_SOURCE, "contoso", "entra", &seed->source, &err));
        MUST(mstc_instance_id(seed->store, MSTC_SINK, "corporate", "ldap", &seed->sink, &err));
        MUST(mstc_sync_row(seed->store, "staff", seed->source, seed->arena, &sync, &err));
        seed->sync = sync.id;
        MUST(mstc_target_row(seed->store, seed->sync, "corporate", seed->sink, 0, seed->arena, &target, &err));
        seed->target = target.id;
        MUST(mstc_run_new(seed->store, seed->sync, MSTC_RUN_FULL, 1, "fp", &seed->run, &err));
        MUST(mstc_store_commit(seed->store, &err));
}

int
main(int argc, char **argv)
{
        struct seed seed = { .people = argc > 2 ? (unsigned)atoi(argv[2]) : 40 };

        if (argc < 2)
                return 2;
        seed.arena = mst_arena_new(0);
        seed.live = mstc_set_new();
        seed.finance = mstc_set_new();
        MUST(mstc_store_open(argv[1], MSTC_WRITE, &seed.store, &err));
        make_rows(&seed);
        fold(&seed, true);
        add_links(&seed);
        add_group(&seed);
        add_run(&seed, MSTC_RUN_DELTA, MSTC_END_DONE, NULL);
        fold(&seed, false);
        add_ops(&seed);
        add_run(&seed, MSTC_RUN_DELTA, MSTC_END_HELD, "3 ops are held");
        MUST(mstc_instance_aside(seed.store, seed.sink, "cannot \033[1m connect", &err));
        mstc_store_close(seed.store);
        mstc_set_free(seed.live);
        mstc_set_free(seed.finance);
        mst_arena_free(seed.arena);
        return 0;
}
