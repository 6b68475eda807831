/* file-write.c - the file sink: what ops leave in the file, which are refused and why, and
 * what happens when others write there too. */
#include "build.h"

#include <stdio.h>
#include <string.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../plugins/file/sink.h"
#include "file-kit.h"
#include "unit.h"

static char folder[64], path[128], groups[128], seen[65536];
static struct fil_sink_config config;
static struct mst_test *test;
static void *self;
static struct mst_error err;

static char *list_types[] = { (char *)"l=list", NULL };

static void
start(const char *end)
{
        snprintf(folder, sizeof folder, "/tmp/muster-file.XXXXXX");
        ck_assert_ptr_nonnull(mkdtemp(folder));
        snprintf(path, sizeof path, "%s/users%s", folder, end);
        snprintf(groups, sizeof groups, "%s/groups%s", folder, end);
        config = (struct fil_sink_config){
                .path = path, .groups_path = groups, .id = (char *)"id", .group_id = (char *)"name",
                .list_separator = (char *)"|", .stamp = (char *)"stamp", .disabled = (char *)"off",
                .members = (char *)"members", .lock_timeout = 300, .types = list_types,
                .base = (char *)"ou=p,dc=x", .group_base = (char *)"ou=g,dc=x",
        };
        test = mst_test_new("out");
        self = NULL;
}

static void
open_sink(void)
{
        err = (struct mst_error){ 0 };
        ck_assert_msg(fil_sink_open(&config, mst_test_host(test), &self, &err) == MST_OK, "%s", err.text);
}

static void
end(void)
{
        char command[128];

        if (self != NULL)
                fil_sink_close(self);
        mst_test_free(test);
        snprintf(command, sizeof command, "rm -rf '%s'", folder);
        ck_assert_int_eq(system(command), 0);
}

static const char *
content(const char *name)
{
        FILE *file = fopen(name, "r");
        size_t n = file != NULL ? fread(seen, 1, sizeof seen - 1, file) : 0;

        if (file != NULL)
                fclose(file);
        seen[n] = '\0';
        return file != NULL ? seen : "(none)";
}

static struct mst_op *
make_op(enum mst_verb verb, enum mst_kind kind, const char *id, const char *const *values)
{
        struct mst_op *op = mst_test_op(test, verb, kind, id);
        struct mst_record *after = mst_test_op_after(op);
        char stamp[64];

        snprintf(stamp, sizeof stamp, "hr:%s", id);
        ck_assert(mst_test_op_stamp(op, stamp));
        if (verb != MST_CREATE)
                ck_assert(mst_test_op_object(op, id, id, NULL));
        for (; values != NULL && values[0] != NULL; values += 2) {
                const char *old = values[0];
                const struct mst_value *there = mst_record_get(after, old);
                struct mst_value *value;

                if (there != NULL) {
                        value = (struct mst_value *)(uintptr_t)there;
                        value = mst_record_append(after, value);
                } else if (old[0] == 'l') {
                        value = mst_record_put(after, old);
                        mst_record_list(after, value);
                        value = mst_record_append(after, value);
                } else {
                        value = mst_record_put(after, old);
                }
                mst_record_text(after, value, values[1], strlen(values[1]));
        }
        return op;
}

/* Pushes the ops, has them applied; MST_OK or why the sink failed. */
static int
apply(struct mst_op *const *ops, size_t count, enum mst_outcome *outcomes)
{
        struct mst_feed *feed = mst_test_feed(test);
        struct mst_op *op;
        int rc;

        if (self == NULL)
                open_sink();
        err = (struct mst_error){ 0 };
        for (size_t i = 0; i < count; i++)
                ck_assert(mst_test_push(feed, ops[i]));
        mst_test_end(feed);
        rc = fil_sink_apply(self, feed, &err);
        mst_test_close(feed, rc == MST_OK ? NULL : &err);
        while ((op = mst_test_collect(feed)) != NULL)
                for (size_t i = 0; i < count; i++)
                        if (ops[i] == op)
                                outcomes[i] = mst_test_outcome(op);
        return rc;
}

static enum mst_outcome
one(struct mst_op *op)
{
        enum mst_outcome outcome = MST_UNKNOWN;

        ck_assert_msg(apply(&op, 1, &outcome) == MST_OK, "%s", err.text);
        return outcome;
}

static void
fails_with(int rc, int code, const char *why)
{
        ck_assert_int_eq(rc, code);
        ck_assert_msg(strstr(err.text, why) != NULL, "'%s' lacks '%s'", err.text, why);
}

#define V(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* ---- what is written ---- */

static const struct { const char *end, *want; } formats[] = {
        { ".csv", "id,stamp,off,a,l\n1,hr:1,false,\"x, \"\"y\"\"\nz\",p|q\n2,hr:2,false,=1,p\n" },
        { ".jsonl", "{\"id\":\"1\",\"stamp\":\"hr:1\",\"off\":false,\"a\":\"x, \\\"y\\\"\\u000az\",\"l\":[\"p\",\"q\"]}\n"
                    "{\"id\":\"2\",\"stamp\":\"hr:2\",\"off\":false,\"a\":\"=1\",\"l\":[\"p\"]}\n" },
        { ".ldif", "dn: id=1,ou=p,dc=x\nid: 1\nstamp: hr:1\noff: FALSE\na:: eCwgInkiCno=\nl: p\nl: q\n\n"
                   "dn: id=2,ou=p,dc=x\nid: 2\nstamp: hr:2\noff: FALSE\na: =1\nl: p\n\n" },
};

START_TEST(life)
{
        struct mst_op *ops[2];
        enum mst_outcome outcomes[2];
        struct stat st;

        start(formats[_i].end);
        config.mode = (char *)"0640";
        ops[0] = make_op(MST_CREATE, MST_USER, "1", V("a", "x, \"y\"\nz", "l", "p", "l", "q"));
        ops[1] = make_op(MST_CREATE, MST_USER, "2", V("a", "=1", "l", "p"));
        ck_assert_int_eq(apply(ops, 2, outcomes), MST_OK);
        ck_assert(outcomes[0] == MST_DONE && outcomes[1] == MST_DONE);
        ck_assert_str_eq(content(path), formats[_i].want);
        ck_assert_str_eq(content(groups), "(none)");
        ck_assert_int_eq(stat(path, &st), 0);
        ck_assert_uint_eq(st.st_mode & 0777, 0640);
        /* Another instance finds what is there. */
        fil_sink_close(self);
        self = NULL;
        ck_assert_int_eq(one(make_op(MST_DISABLE, MST_USER, "1", V("a", "w"))), MST_DONE);
        ck_assert_int_eq(one(make_op(MST_ENABLE, MST_USER, "1", NULL)), MST_DONE);
        ck_assert_int_eq(one(make_op(MST_UPDATE, MST_USER, "1", V("a", "x, \"y\"\nz"))), MST_DONE);
        ck_assert_str_eq(content(path), formats[_i].want);
        ck_assert_int_eq(one(make_op(MST_DELETE, MST_USER, "1", NULL)), MST_DONE);
        ck_assert_ptr_null(strstr(content(path), "hr:1"));
        ck_assert_ptr_nonnull(strstr(content(path), "hr:2"));
        ck_assert_int_eq(one(make_op(MST_DELETE, MST_USER, "1", NULL)), MST_GONE);
        end();
}
END_TEST

START_TEST(groups_follow)
{
        struct mst_op *op;

        start(_i == 0 ? ".csv" : ".ldif");
        for (int i = 1; i <= 3; i++) {
                char id[2] = { (char)('0' + i), '\0' };

                ck_assert_int_eq(one(make_op(MST_CREATE, MST_USER, id, NULL)), MST_DONE);
        }
        op = make_op(MST_CREATE, MST_GROUP, "g", V("title", "G"));
        ck_assert(mst_test_op_member(op, true, "1", "1") && mst_test_op_member(op, true, "2", "2"));
        ck_assert_int_eq(one(op), MST_DONE);
        op = make_op(MST_MEMBERS, MST_GROUP, "g", NULL);
        ck_assert(mst_test_op_member(op, true, "3", "3") && mst_test_op_member(op, false, "1", "1")
                  && mst_test_op_member(op, true, "9", "9"));
        ck_assert_int_eq(one(op), MST_DONE);
        ck_assert_int_eq(mst_test_member_outcome(op, 2, NULL), MST_REFUSED);
        ck_assert_ptr_nonnull(strstr(content(groups), _i == 0 ? "g,hr:g,2|3,G\n"
                                                              : "members: id=2,ou=p,dc=x\nmembers: id=3,ou=p,dc=x\n"));
        /* Who gets another id, or goes, does so in groups too. */
        op = make_op(MST_RENAME, MST_USER, "3", V("id", "7"));
        ck_assert_int_eq(one(op), MST_DONE);
        ck_assert_str_eq(mst_test_new_object(op), "7");
        ck_assert_int_eq(one(make_op(MST_DELETE, MST_USER, "2", NULL)), MST_DONE);
        ck_assert_ptr_nonnull(strstr(content(groups), _i == 0 ? "g,hr:g,7,G\n" : "members: id=7,ou=p,dc=x\ntitle"));
        ck_assert_int_eq(one(make_op(MST_DELETE, MST_GROUP, "g", NULL)), MST_DONE);
        ck_assert_str_eq(content(groups), _i == 0 ? "name,stamp,members,title\n" : "# no entries\n");
        end();
}
END_TEST

START_TEST(formulas_are_defused)
{
        struct kit k;

        start(".csv");
        config.defuse = true;
        ck_assert_int_eq(one(make_op(MST_CREATE, MST_USER, "1", V("a", "=x", "b", "'=x", "c", "'x", "d", "-1"))), MST_DONE);
        ck_assert_str_eq(content(path), "id,stamp,off,a,b,c,d\n1,hr:1,false,'=x,''=x,'x,'-1\n");
        ck_assert_int_eq(one(make_op(MST_UPDATE, MST_USER, "1", V("d", "+\t"))), MST_DONE);
        ck_assert_str_eq(content(path), "id,stamp,off,a,b,c,d\n1,hr:1,false,'=x,''=x,'x,'+\t\n");
        /* A source undoes it. */
        kit_start(&k, V("a", "b", "c"));
        k.config.path = path;
        k.config.defused = true;
        ck_assert_int_eq(kit_round(&k, NULL), MST_OK);
        ck_assert_str_eq(mstc_buffer_cstr(&k.said), "1 {\"a\":\"=x\",\"b\":\"'=x\",\"c\":\"'x\"}\n");
        kit_end(&k);
        end();
}
END_TEST

/* ---- what is refused ---- */

static const struct {
        const char *name, *value, *second;
        const char *why;
} refused[] = {
        { "l", "a|b", NULL, "holds the list-separator" },
        { "stamp", "x", NULL, "fills itself" },
        { "off", "x", NULL, "fills itself" },
        { "id", "", NULL, "cannot be emptied" },
};

START_TEST(op_refused)
{
        struct mst_op *op;
        char before[4096];

        start(".csv");
        ck_assert_int_eq(one(make_op(MST_CREATE, MST_USER, "1", V("a", "x"))), MST_DONE);
        snprintf(before, sizeof before, "%s", content(path));
        op = make_op(MST_UPDATE, MST_USER, "1", V("a", "new", refused[_i].name, refused[_i].value));
        if (refused[_i].value[0] == '\0')
                mst_record_text(mst_test_op_before(op), mst_record_put(mst_test_op_before(op), "id"), "1", 1);
        ck_assert_int_eq(one(op), MST_REFUSED);
        ck_assert_msg(strstr(mst_test_why(op)->text, refused[_i].why) != NULL, "%s", mst_test_why(op)->text);
        ck_assert_str_eq(content(path), before);
        end();
}
END_TEST

START_TEST(duplicates)
{
        struct mst_op *op, *again;

        start(".csv");
        kit_text(path, "id,stamp,note\n1,,mine\n");
        op = make_op(MST_CREATE, MST_USER, "1", V("a", "x"));
        ck_assert_int_eq(one(op), MST_DUPLICATE);
        ck_assert_ptr_nonnull(strstr(mst_test_why(op)->text, "'1' is the id of another row already"));
        ck_assert_str_eq(content(path), "id,stamp,note\n1,,mine\n");
        /* Adopted, it keeps what it had; and our own create is known again. */
        ck_assert_int_eq(one(make_op(MST_ADOPT, MST_USER, "1", V("a", "x"))), MST_DONE);
        ck_assert_str_eq(content(path), "id,stamp,off,note,a\n1,hr:1,,mine,x\n");
        again = make_op(MST_CREATE, MST_USER, "1", V("a", "y"));
        mst_test_op_retried(again, true);
        ck_assert_int_eq(one(again), MST_DONE);
        ck_assert_str_eq(content(path), "id,stamp,off,note,a\n1,hr:1,false,mine,y\n");
        ck_assert_int_eq(one(make_op(MST_CREATE, MST_USER, "2", NULL)), MST_DONE);
        ck_assert_int_eq(one(make_op(MST_RENAME, MST_USER, "2", V("id", "1"))), MST_DUPLICATE);
        end();
}
END_TEST

/* Files that would not survive being written anew are left alone. */
static const struct { const char *end, *content, *why; } precious[] = {
        { ".csv", "id,a\n1,\"x\n", "ends within a quoted field" },
        { ".csv", "id,a\n1,x,y\n", "line 2: the row has 3 columns" },
        { ".csv", "id,a\n1,x\n1,y\n", "line 3: its id is there twice" },
        { ".csv", "id,a\n1,\xff\n", "not UTF-8" },
        { ".csv", "id,a\n1,x", "ends in the middle of line 2" },
        { ".jsonl", "{\"id\":\"1\",\"o\":{}}\n", "line 1: a member holds an object" },
        { ".jsonl", "{\"id\":\"1\",\"o\":[[]]}\n", "line 1: a list holds a list" },
        { ".jsonl", "nonsense\n", "line 1: the line is not a JSON object" },
        { ".ldif", "dn: id=1,ou=elsewhere\nid: 1\n", "DN is not made of its id" },
        { ".ldif", "dn: id=1,ou=p,dc=x\nid: 1\nphoto:: /9g=\n", "a value is not text" },
        { ".ldif", "dn: cn=1,ou=p,dc=x\ncn: 1\n", "the entry has no id" },
        { ".ldif", "dn: id=1,ou=p,dc=x\nchangetype: delete\n", "tells changes" },
};

START_TEST(left_alone)
{
        struct mst_op *op;
        enum mst_outcome outcome = MST_DONE;

        start(precious[_i].end);
        kit_text(path, precious[_i].content);
        op = make_op(MST_CREATE, MST_USER, "7", V("a", "x"));
        ck_assert_int_ne(apply(&op, 1, &outcome), MST_OK);
        ck_assert_msg(strstr(err.text, precious[_i].why) != NULL, "%s", err.text);
        ck_assert_int_eq(outcome, MST_UNSENT);
        ck_assert_str_eq(content(path), precious[_i].content);
        end();
}
END_TEST

/* ---- others ---- */

START_TEST(somebody_else_writes)
{
        start(".csv");
        ck_assert_int_eq(one(make_op(MST_CREATE, MST_USER, "1", V("a", "x"))), MST_DONE);
        /* Between two batches: what he wrote stays. */
        kit_text(path, "id,stamp,off,a,phone\n1,hr:1,false,x,+49\n5,,,,\n");
        ck_assert_int_eq(one(make_op(MST_UPDATE, MST_USER, "1", V("a", "y"))), MST_DONE);
        ck_assert_str_eq(content(path), "id,stamp,off,a,phone\n1,hr:1,false,y,+49\n5,,,,\n");
        /* Who has removed the row has removed it. */
        kit_text(path, "id,stamp,off,a\n");
        ck_assert_int_eq(one(make_op(MST_UPDATE, MST_USER, "1", V("a", "y"))), MST_GONE);
        end();
}
END_TEST

START_TEST(locked_out)
{
        struct mst_op *op;
        enum mst_outcome outcome = MST_DONE;
        char lock[160];
        int fd;

        start(".csv");
        snprintf(lock, sizeof lock, "%s/.users.csv.lock", folder);
        fd = open(lock, O_RDWR | O_CREAT, 0600);
        ck_assert(fd >= 0 && flock(fd, LOCK_EX) == 0);
        op = make_op(MST_CREATE, MST_USER, "1", NULL);
        ck_assert_int_eq(apply(&op, 1, &outcome), MST_ENET);
        ck_assert_ptr_nonnull(strstr(err.text, "is held by somebody else"));
        ck_assert_int_eq(outcome, MST_UNSENT);
        ck_assert_str_eq(content(path), "(none)");
        close(fd);
        ck_assert_int_eq(one(make_op(MST_CREATE, MST_USER, "1", NULL)), MST_DONE);
        end();
}
END_TEST

/* A leftover of a crash, and a trap: neither is followed nor kept. */
START_TEST(leftovers)
{
        char new[160], trap[160];

        start(".csv");
        snprintf(new, sizeof new, "%s/.users.csv.new", folder);
        snprintf(trap, sizeof trap, "%s/trap", folder);
        kit_text(trap, "precious");
        ck_assert_int_eq(symlink(trap, new), 0);
        ck_assert_int_eq(one(make_op(MST_CREATE, MST_USER, "1", NULL)), MST_DONE);
        ck_assert_str_eq(content(trap), "precious");
        ck_assert_str_eq(content(new), "(none)");
        ck_assert_str_eq(content(path), "id,stamp,off\n1,hr:1,false\n");
        end();
}
END_TEST

START_TEST(no_folder)
{
        struct mst_op *op;
        enum mst_outcome outcome = MST_DONE;
        char missing[160];

        start(".csv");
        snprintf(missing, sizeof missing, "%s/nowhere/users.csv", folder);
        config.path = missing;
        op = make_op(MST_CREATE, MST_USER, "1", NULL);
        ck_assert_int_eq(apply(&op, 1, &outcome), MST_ENET);
        ck_assert_int_eq(outcome, MST_UNSENT);
        ck_assert_int_eq(fil_sink_probe(self, mst_test_facts(test), &err), MST_ECONFIG);
        ck_assert_ptr_nonnull(strstr(err.text, "there is no folder"));
        end();
}
END_TEST

/* A disk that is full in the middle of the new file: the old one stays, nothing is left. */
START_TEST(disk_is_full)
{
        struct rlimit before, small = { 4096, 4096 };
        struct mst_op *ops[100];
        enum mst_outcome outcomes[100];
        char id[32], kept[4096], new[160];
        int rc;

        start(".csv");
        ck_assert_int_eq(one(make_op(MST_CREATE, MST_USER, "1", V("a", "x"))), MST_DONE);
        snprintf(kept, sizeof kept, "%s", content(path));
        for (int i = 0; i < 100; i++) {
                snprintf(id, sizeof id, "more%d", i);
                ops[i] = make_op(MST_CREATE, MST_USER, id, V("a", "a text that takes some room", "b", "and so does this one"));
        }
        ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
        small.rlim_max = before.rlim_max;
        signal(SIGXFSZ, SIG_IGN);
        ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
        rc = apply(ops, 100, outcomes);
        ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
        fails_with(rc, MST_ENET, "cannot be written: File too large");
        for (int i = 0; i < 100; i++)
                ck_assert_int_eq(outcomes[i], MST_UNSENT);
        ck_assert_str_eq(content(path), kept);
        snprintf(new, sizeof new, "%s/.users.csv.new", folder);
        ck_assert_str_eq(content(new), "(none)");
        /* The next try has them all. */
        ck_assert_int_eq(one(make_op(MST_CREATE, MST_USER, "2", NULL)), MST_DONE);
        ck_assert_str_eq(content(path), "id,stamp,off,a\n1,hr:1,false,x\n2,hr:2,false,\n");
        end();
}
END_TEST

/* Somebody who does not lock writes between our reading and our writing. */
START_TEST(overtaken)
{
        struct fil_sink *sink;

        start(".csv");
        ck_assert_int_eq(one(make_op(MST_CREATE, MST_USER, "1", NULL)), MST_DONE);
        sink = self;
        ck_assert_int_eq(fil_book_fresh(&sink->users, &err), MST_OK);
        kit_text(path, "id,stamp,off\n9,,\n");
        sink->users.changed = true;
        ck_assert_int_eq(fil_book_save(sink, &sink->users, &err), FIL_OVERTAKEN);
        ck_assert_str_eq(content(path), "id,stamp,off\n9,,\n");
        ck_assert_int_eq(fil_book_fresh(&sink->users, &err), MST_OK);
        ck_assert_ptr_nonnull(fil_table_by_id(sink->users.table, "9"));
        ck_assert_ptr_null(fil_table_by_id(sink->users.table, "1"));
        end();
}
END_TEST

/* Many members are neither slow to read nor lost. */
START_TEST(large_group)
{
        struct mst_op *op;
        char id[32];
        FILE *file;

        start(_i == 0 ? ".csv" : _i == 1 ? ".jsonl" : ".ldif");
        config.id = (char *)"uid";
        ck_assert_int_eq(one(make_op(MST_CREATE, MST_USER, "1", NULL)), MST_DONE);
        op = make_op(MST_CREATE, MST_GROUP, "g", NULL);
        ck_assert_int_eq(one(op), MST_DONE);
        fil_sink_close(self);
        self = NULL;
        file = fopen(path, "w");
        ck_assert_ptr_nonnull(file);
        if (_i == 0)
                fprintf(file, "uid\n");
        for (int i = 0; i < 30000; i++)
                fprintf(file, _i == 0 ? "m%d\n" : _i == 1 ? "{\"uid\":\"m%d\"}\n" : "dn: uid=m%d,ou=p,dc=x\nuid: m%d\n\n", i, i);
        fclose(file);
        for (int round = 0; round < 3; round++) {
                op = make_op(MST_MEMBERS, MST_GROUP, "g", NULL);
                for (int i = round * 10000; i < round * 10000 + 10000; i++) {
                        snprintf(id, sizeof id, "m%d", i);
                        ck_assert(mst_test_op_member(op, true, id, id));
                }
                ck_assert_int_eq(one(op), MST_DONE);
                fil_sink_close(self);
                self = NULL;
        }
        op = make_op(MST_MEMBERS, MST_GROUP, "g", NULL);
        for (int i = 0; i < 29999; i++) {
                snprintf(id, sizeof id, "m%d", i);
                ck_assert(mst_test_op_member(op, false, id, id));
        }
        ck_assert_int_eq(one(op), MST_DONE);
        ck_assert_ptr_nonnull(strstr(content(groups), "m29999"));
        ck_assert_ptr_null(strstr(content(groups), "m29998"));
        end();
}
END_TEST

/* ---- looking ---- */

START_TEST(found)
{
        struct mst_search *search;
        struct mst_query *query;

        start(_i == 0 ? ".csv" : _i == 1 ? ".jsonl" : ".ldif");
        ck_assert_int_eq(one(make_op(MST_CREATE, MST_USER, "1", V("a", "X@y", "l", "p", "l", "q"))), MST_DONE);
        ck_assert_int_eq(one(make_op(MST_CREATE, MST_USER, "2", V("a", "x@Y"))), MST_DONE);
        search = mst_test_search(test);
        ck_assert(mst_test_ask_text(search, MST_USER, "a", "x@y") && mst_test_ask_stamp(search, MST_USER, "hr:2")
                  && mst_test_ask_object(search, MST_USER, "1") && mst_test_ask_object(search, MST_USER, "3")
                  && mst_test_ask_text(search, MST_USER, "l", "Q") && mst_test_ask_stamp(search, MST_GROUP, "hr:1"));
        ck_assert_int_eq(fil_sink_find(self, search, &err), MST_OK);
        static const size_t counts[] = { 2, 1, 1, 0, 1, 0 };
        for (size_t i = 0; i < 6; i++) {
                query = mst_search_at(search, i);
                ck_assert(mst_query_is_done(query));
                ck_assert_uint_eq(mst_query_found_count(query), counts[i]);
        }
        query = mst_search_at(search, 2);
        ck_assert_str_eq(mst_test_found_stamp(query, 0), "hr:1");
        ck_assert_str_eq(mst_test_found_name(query, 0), _i == 2 ? "id=1,ou=p,dc=x" : "1");
        ck_assert_uint_eq(mst_value_count(mst_record_get(mst_test_found(query, 0), "l")), 2);
        end();
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("file-write");
        TCase *c = tcase_create("sink");

        tcase_add_loop_test(c, life, 0, UNIT_COUNT(formats));
        tcase_add_loop_test(c, groups_follow, 0, 2);
        tcase_add_test(c, formulas_are_defused);
        tcase_add_loop_test(c, op_refused, 0, UNIT_COUNT(refused));
        tcase_add_test(c, duplicates);
        tcase_add_loop_test(c, left_alone, 0, UNIT_COUNT(precious));
        tcase_add_test(c, somebody_else_writes);
        tcase_add_test(c, locked_out);
        tcase_add_test(c, leftovers);
        tcase_add_test(c, no_folder);
        tcase_add_test(c, disk_is_full);
        tcase_add_test(c, overtaken);
        tcase_add_loop_test(c, large_group, 0, 3);
        tcase_add_loop_test(c, found, 0, 3);
        suite_add_tcase(s, c);
        return s;
}

UNIT_MAIN(suite)
