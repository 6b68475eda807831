/* rules-mirror.c - a store with the people of rules-world.h, and configurations with its rules:
 * what `muster rules diff` and a changed configuration are measured with.
 *
 *   rules-mirror store PATH PEOPLE            a store as a complete read leaves it
 *   rules-mirror config PATH RULES CHANGED    muster.xml over that store, to standard output;
 *                                             every CHANGEDth rule is another one (0: none is) */
#include "build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules-record.h"
#include "rules-world.h"
#include "sdk/page.h"
#include "store/entries.h"
#include "store/runs.h"

#define PAGE 2000u

static struct mst_error err;

#define MUST(call)                                                                      \
        do {                                                                            \
                if ((call) != MST_OK) {                                                 \
                        fprintf(stderr, "rules-mirror: %s: %s\n", #call, err.text);     \
                        exit(1);                                                        \
                }                                                                       \
        } while (0)

static void
fold_page(struct mstc_store *store, struct mstc_fold *fold, uint32_t from, uint32_t to)
{
        struct mst_page *page = mstc_page_new();

        for (uint32_t i = from; i < to; i++) {
                struct world_person p;

                world_person(i, &p);
                world_record(mst_page_whole(page, MST_USER, p.id, strlen(p.id)), i);
        }
        MUST(mst_page_complete(page, "all", &err));
        MUST(mstc_store_begin(store, &err));
        MUST(mstc_fold_page(store, fold, page, NULL, NULL, &err));
        MUST(mstc_fold_save(store, fold, &err));
        MUST(mstc_store_commit(store, &err));
        mstc_page_free(page);
}

static void
make_store(const char *path, uint32_t people)
{
        struct mst_arena *arena = mst_arena_new(0);
        struct mstc_fold fold = { .generation = 1, .full = true, .mask = 1 };
        struct mstc_store *store;
        struct mstc_sync_row sync;
        int64_t source;

        MUST(mstc_store_open(path, MSTC_WRITE, &store, &err));
        MUST(mstc_store_begin(store, &err));
        MUST(mstc_instance_id(store, MSTC_SOURCE, "hr", "file", &source, &err));
        MUST(mstc_sync_row(store, "staff", source, arena, &sync, &err));
        fold.sync = sync.id;
        MUST(mstc_run_new(store, sync.id, MSTC_RUN_FULL, 1, "none", &fold.run, &err));
        MUST(mstc_store_commit(store, &err));
        MUST(mstc_fold_open(store, &fold, &err));
        for (uint32_t at = 0; at < people; at += PAGE)
                fold_page(store, &fold, at, people - at < PAGE ? people : at + PAGE);
        MUST(mstc_store_begin(store, &err));
        for (bool more = true; more; )
                MUST(mstc_fold_settle_stage(store, &fold, 1000, &more, &err));
        MUST(mstc_fold_clean(store, sync.id, &err));
        MUST(mstc_sync_complete(store, sync.id, "all", "none", 1, &err));
        MUST(mstc_sync_count_live(store, sync.id, &err));
        MUST(mstc_store_commit(store, &err));
        MUST(mstc_store_checkpoint(store, true, &err));
        mstc_fold_close(&fold);
        mstc_store_close(store);
        mst_arena_free(arena);
}

static void
write_config(const char *path, uint32_t rules, uint32_t changed)
{
        struct world_rule rule;
        char text[2048];

        printf("<muster xmlns=\"urn:muster:config:1\">\n<store path=\"%s\"/>\n"
               "<source name=\"hr\" plugin=\"file\"><path>%s.csv</path><id>id</id></source>\n"
               "<sink name=\"out\" plugin=\"file\"><path>%s.out.csv</path><id>id</id></sink>\n"
               "<sync name=\"staff\" source=\"hr\">\n", path, path, path);
        for (uint32_t i = 0; i < rules; i++) {
                bool other = changed != 0 && i % changed == 0;

                world_rule(other ? i + 1000000 : i, &rule);
                world_write(&rule, WORLD_MUSTER, text, sizeof text);
                printf("<group name=\"g%u\">%s</group>\n", i, text);
        }
        printf("<target sink=\"out\"><map to=\"mail\">[mail]</map>"
               "<map to=\"title\">%s([jobTitle])</map><groups use=\"*\"/></target>\n</sync>\n</muster>\n",
               changed != 0 ? "ToUpper" : "ToLower");
}

int
main(int argc, char **argv)
{
        if (argc == 4 && strcmp(argv[1], "store") == 0)
                make_store(argv[2], (uint32_t)strtoul(argv[3], NULL, 10));
        else if (argc == 5 && strcmp(argv[1], "config") == 0)
                write_config(argv[2], (uint32_t)strtoul(argv[3], NULL, 10), (uint32_t)strtoul(argv[4], NULL, 10));
        else {
                fputs("rules-mirror: store PATH PEOPLE, or config PATH RULES CHANGED\n", stderr);
                return 2;
        }
        return 0;
}
