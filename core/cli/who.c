/* who.c - who is meant by what an admin typed. */
#include "build.h"

#include "cli/who.h"

#include "cli/listing.h"
#include "cli/table.h"
#include "util/near.h"

#define MOST_LISTED 20u

static int
list_several(struct mstc_cli *cli, const char *text, const struct mstc_view_person *people, size_t count)
{
        static const struct mstc_column columns[] = {
                { "NAME", MSTC_FLEXIBLE, 10 }, { "SYNC", MSTC_FLEXIBLE, 6 }, { "UPN", MSTC_FLEXIBLE, 12 }, { "ID", 0, 0 },
        };
        struct mstc_table *table = mstc_table_new(cli->arena, columns, 4);
        struct mstc_buffer out = { 0 };
        int code = mstc_cli_misused(cli, "'%s' is more than one; say which by id, none was taken", text);

        if (cli->json != NULL) {
                mstc_json_array(cli->json, "candidates");
                for (size_t i = 0; i < count; i++) {
                        mstc_json_object(cli->json, NULL);
                        mstc_json_text(cli->json, "id", people[i].id);
                        mstc_json_text(cli->json, "sync", people[i].sync);
                        mstc_json_text(cli->json, "title", people[i].title);
                        mstc_json_text(cli->json, "upn", people[i].upn);
                        mstc_json_end(cli->json);
                }
                mstc_json_end(cli->json);
                return code;
        }
        for (size_t i = 0; i < count; i++) {
                mstc_table_cell(table, people[i].title);
                mstc_table_cell(table, people[i].sync);
                mstc_table_cell(table, people[i].upn);
                mstc_table_cell(table, people[i].id);
        }
        if (mstc_table_render(table, cli->width, false, &out))
                fputs(mstc_buffer_cstr(&out), stderr);
        mstc_buffer_done(&out);
        return code;
}

int
mstc_who_maybe(struct mstc_cli *cli, struct mstc_store *store, const char *text, struct mstc_view_person **ret,
               size_t *ret_count)
{
        struct mst_error err = { 0 };

        *ret_count = 0;
        if (mstc_view_meant(store, text, MOST_LISTED, cli->arena, ret, ret_count, &err) != MST_OK)
                return mstc_cli_fail(cli, &err);
        return *ret_count > 1 ? list_several(cli, text, *ret, *ret_count) : MSTC_END_DONE;
}

/* Whom it may have been meant for, also by name; NULL: nobody is near. */
static const char *
near_one(struct mstc_cli *cli, struct mstc_store *store, const char *text)
{
        struct mst_error ignored = { 0 };
        struct mst_arena *arena = mst_arena_new(0);
        const char *best = NULL;
        int64_t after = 0;
        bool more = arena != NULL;

        while (more) {
                struct mstc_view_person *people;
                size_t count = 0;

                if (mstc_view_people(store, NULL, true, &after, MSTC_BATCH, arena, &people, &count, &more, &ignored) != MST_OK)
                        break;
                for (size_t i = 0; i < count; i++) {
                        const char *names[5] = { best };
                        const char *const texts[] = { people[i].upn, people[i].mail, people[i].id, people[i].title };
                        size_t known = best != NULL;
                        const char *near;

                        for (size_t k = 0; k < 4; k++)
                                if (texts[k] != NULL)
                                        names[known++] = texts[k];
                        near = mstc_near(text, names, known);
                        if (near != NULL && near != best)
                                best = mst_arena_strdup(cli->arena, near);
                }
                mst_arena_reset(arena);
        }
        mst_arena_free(arena);
        return best;
}

int
mstc_who_meant(struct mstc_cli *cli, struct mstc_store *store, const char *text, struct mstc_view_person **ret)
{
        size_t count;
        int code = mstc_who_maybe(cli, store, text, ret, &count);

        if (code == MSTC_END_DONE && count == 0) {
                const char *near = near_one(cli, store, text);

                return mstc_cli_misused(cli, "nobody here has the id, UPN, mail or object '%s'%s%s%s", text,
                                        near != NULL ? "; did you mean " : "", near != NULL ? near : "", near != NULL ? "?" : "");
        }
        return code;
}

int
mstc_who_chosen(struct mstc_cli *cli, struct mstc_store *store, bool known, struct mstc_chosen **ret,
                size_t *ret_count)
{
        const char *const *users = mstc_args_values(cli->args, "user", ret_count);
        struct mstc_chosen *chosen = mst_arena_alloc(cli->arena, (*ret_count + 1) * sizeof *chosen);
        struct mst_error err = { 0 };

        *ret = chosen;
        if (chosen == NULL) {
                mst_fail_memory(&err, "reading --user");
                return mstc_cli_fail(cli, &err);
        }
        for (size_t i = 0; i < *ret_count; i++) {
                struct mstc_view_person *person = NULL;
                size_t count = 1;
                int code = known ? mstc_who_meant(cli, store, users[i], &person)
                         : mstc_who_maybe(cli, store, users[i], &person, &count);

                if (code != MSTC_END_DONE)
                        return code;
                chosen[i] = (struct mstc_chosen){ .id = count == 1 ? person->id : users[i],
                                                  .sync = count == 1 ? person->sync : NULL };
        }
        return MSTC_END_DONE;
}
