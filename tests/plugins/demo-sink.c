/* demo-sink.c - keeps people and groups in a text file; for tests, without a server.
 *
 * An object is a line of fields divided by tabs, in order of creation:
 *
 *      user<TAB>o1<TAB>enabled<TAB>STAMP<TAB>uid=ada<TAB>mail=ada@example.org
 *      group<TAB>o2<TAB>enabled<TAB>STAMP<TAB>cn=staff<TAB>member=o1
 *
 * The file is read before and written after each call that needs it, so a test may look
 * at it, or change it, in between.  An object's lasting id is o1, o2 ...; its name is its
 * uid or cn, which no other of its kind may have.  Values hold no tabs and no line ends.
 * Whoever is to be refused has a '!' in his name; an apply that reaches a user named
 * "lost" breaks off before that one is answered. */
#include <muster/plugin.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <strings.h>

struct demo_config { char *file;         int64_t pause;
};

struct object {
        enum mst_kind kind;
        long number;                         /* 0: deleted                             */
        bool enabled;
        char *stamp;
        char **pairs;                        /* "name=value", in order of coming       */
        size_t pair_count;
};

struct demo {
        const struct demo_config *config;
        struct mst_host *host;
        struct mst_arena *arena;             /* all of the file as it is now           */
        struct object *objects;
        size_t count, room;
        long last;
};

static const struct mst_option options[] = {
        { .name = "file", MST_PATH_OPTION(struct demo_config, file), .flags = MST_OPT_REQUIRED | MST_OPT_IDENTITY,
          .help = "the file that is the directory" },
        { .name = "pause", MST_INTEGER_OPTION(struct demo_config, pause), .def = "0", .max = 1000,
          .help = "milliseconds that it takes over each op, for who wants to watch" },
        { .name = NULL }
};

static const struct mst_attribute attributes[] = {
        { "uid", MST_TEXT, MST_ATTR_REQUIRED | MST_ATTR_NAMING, 64, NULL },
        { "description", MST_TEXT, MST_ATTR_MANY, 0, NULL },
        { "displayName", MST_TEXT, 0, 0, NULL },
        { "employeeNumber", MST_TEXT, MST_ATTR_FIXED, 0, NULL },
        { "mail", MST_TEXT, 0, 0, NULL },
        { "manager", MST_REF, 0, 0, NULL },
        { "title", MST_TEXT, 0, 0, NULL },
        { "objectNumber", MST_TEXT, MST_ATTR_READ_ONLY, 0, NULL },
        { "cn", MST_TEXT, MST_ATTR_REQUIRED | MST_ATTR_NAMING | MST_ATTR_GROUP, 0, NULL },
        { "description", MST_TEXT, MST_ATTR_GROUP, 0, NULL },
        { NULL, 0, 0, 0, NULL }
};

static const struct mst_default_map map[] = {
        { "uid", "[mailNickname]", 0 },
        { "displayName", "[displayName]", 0 },
        { "mail", "[mail]", 0 },
        { "manager", "[manager]", 0 },
        { "title", "[jobTitle]", 0 },
        { "cn", "[name]", MST_ATTR_GROUP },
        { "description", "[title]", MST_ATTR_GROUP },
        { NULL, NULL, 0 }
};

#define CAN (MST_CAN_USERS | MST_CAN_GROUPS | MST_CAN_UPDATE | MST_CAN_RENAME | MST_CAN_DISABLE | MST_CAN_DELETE | \
             MST_CAN_STAMP | MST_CAN_LIST | MST_CAN_FIND | MST_CAN_MEMBERS | MST_CAN_EMPTY_GROUP | MST_CAN_PRESENT)

/* ---- the file ---- */

static struct object *
add_object(struct demo *demo)
{
        if (demo->count == demo->room) {
                size_t room = demo->room == 0 ? 64 : demo->room * 2;
                struct object *wider = mst_arena_alloc(demo->arena, room * sizeof *wider);

                if (wider == NULL)
                        return NULL;
                if (demo->count > 0)
                        memcpy(wider, demo->objects, demo->count * sizeof *wider);
                demo->objects = wider;
                demo->room = room;
        }
        return &demo->objects[demo->count++];
}

static bool
add_pair(struct demo *demo, struct object *object, const char *pair)
{
        char **wider;

        if ((object->pair_count & (object->pair_count - 1)) == 0) {
                wider = mst_arena_alloc(demo->arena, (object->pair_count + 1) * 2 * sizeof *wider);
                if (wider == NULL)
                        return false;
                if (object->pair_count > 0)
                        memcpy(wider, object->pairs, object->pair_count * sizeof *wider);
                object->pairs = wider;
        }
        object->pairs[object->pair_count] = mst_arena_strdup(demo->arena, pair);
        return object->pairs[object->pair_count++] != NULL;
}

static bool
take_line(struct demo *demo, char *line)
{
        char *kind = strsep(&line, "\t"), *id = strsep(&line, "\t"), *enabled = strsep(&line, "\t"), *field;
        struct object *object;

        if (line == NULL || id[0] != 'o')
                return true;
        object = add_object(demo);
        if (object == NULL)
                return false;
        object->kind = strcmp(kind, "group") == 0 ? MST_GROUP : MST_USER;
        object->number = strtol(id + 1, NULL, 10);
        object->enabled = strcmp(enabled, "enabled") == 0;
        object->stamp = mst_arena_strdup(demo->arena, strsep(&line, "\t"));
        demo->last = object->number > demo->last ? object->number : demo->last;
        while ((field = strsep(&line, "\t")) != NULL)
                if (!add_pair(demo, object, field))
                        return false;
        return object->stamp != NULL;
}

static int
load(struct demo *demo, struct mst_error *err)
{
        FILE *in = fopen(demo->config->file, "r");
        char *line = NULL;
        size_t room = 0;
        bool ok = true;

        mst_arena_reset(demo->arena);
        demo->objects = NULL;
        demo->count = demo->room = 0;
        if (in == NULL && errno == ENOENT)
                return MST_OK;
        if (in == NULL)
                return mst_fail(err, MST_ENET, "'%s' cannot be opened: %s", demo->config->file, strerror(errno));
        while (ok && getline(&line, &room, in) >= 0) {
                line[strcspn(line, "\r\n")] = '\0';
                ok = take_line(demo, line);
        }
        free(line);
        fclose(in);
        return ok ? MST_OK : mst_fail_memory(err, "reading the objects");
}

static int
save(const struct demo *demo, struct mst_error *err)
{
        char beside[4096];
        FILE *out;
        bool ok;

        if (snprintf(beside, sizeof beside, "%s.new", demo->config->file) >= (int)sizeof beside)
                return mst_fail(err, MST_ECONFIG, "the file's name is too long");
        out = fopen(beside, "w");
        if (out == NULL)
                return mst_fail(err, MST_EPERM, "'%s' cannot be written: %s", beside, strerror(errno));
        for (size_t i = 0; i < demo->count; i++) {
                const struct object *o = &demo->objects[i];

                if (o->number == 0)
                        continue;
                fprintf(out, "%s\to%ld\t%s\t%s", o->kind == MST_GROUP ? "group" : "user", o->number,
                        o->enabled ? "enabled" : "disabled", o->stamp);
                for (size_t k = 0; k < o->pair_count; k++)
                        fprintf(out, "\t%s", o->pairs[k]);
                fputc('\n', out);
        }
        ok = ferror(out) == 0;
        ok = fclose(out) == 0 && ok;
        if (!ok || rename(beside, demo->config->file) != 0)
                return mst_fail(err, MST_EPERM, "'%s' cannot be written: %s", demo->config->file, strerror(errno));
        return MST_OK;
}

/* ---- objects ---- */

static const char *
value_of(const struct object *object, const char *name)
{
        size_t length = strlen(name);

        for (size_t i = 0; i < object->pair_count; i++)
                if (strncasecmp(object->pairs[i], name, length) == 0 && object->pairs[i][length] == '=')
                        return object->pairs[i] + length + 1;
        return NULL;
}

static const char *
name_of(const struct object *object)
{
        const char *name = value_of(object, object->kind == MST_GROUP ? "cn" : "uid");

        return name != NULL ? name : "";
}

static struct object *
by_id(struct demo *demo, const char *id)
{
        long number = id != NULL && id[0] == 'o' ? strtol(id + 1, NULL, 10) : 0;

        for (size_t i = 0; number != 0 && i < demo->count; i++)
                if (demo->objects[i].number == number)
                        return &demo->objects[i];
        return NULL;
}

static struct object *
by_name(struct demo *demo, enum mst_kind kind, const char *name, const struct object *but)
{
        for (size_t i = 0; i < demo->count; i++) {
                struct object *o = &demo->objects[i];

                if (o->number != 0 && o != but && o->kind == kind && strcasecmp(name_of(o), name) == 0)
                        return o;
        }
        return NULL;
}

static void
remove_values(struct object *object, const char *name, const char *value)
{
        size_t length = strlen(name), kept = 0;

        for (size_t i = 0; i < object->pair_count; i++) {
                char *pair = object->pairs[i];
                bool is = strncasecmp(pair, name, length) == 0 && pair[length] == '='
                          && (value == NULL || strcmp(pair + length + 1, value) == 0);

                if (!is)
                        object->pairs[kept++] = pair;
        }
        object->pair_count = kept;
}

static bool
set_values(struct demo *demo, struct object *object, const char *name, const struct mst_value *values)
{
        remove_values(object, name, NULL);
        for (size_t i = 0; i < mst_value_count(values); i++) {
                const struct mst_value *value = mst_value_at(values, i);
                const char *text = mst_value_type(value) == MST_BOOL ? (mst_value_bool(value) ? "true" : "false")
                                                                     : mst_value_text(value, NULL);
                char *pair = mst_value_type(value) == MST_INT
                                     ? mst_arena_printf(demo->arena, "%s=%lld", name, (long long)mst_value_int(value))
                                     : mst_arena_printf(demo->arena, "%s=%s", name, text);

                if (pair == NULL || !add_pair(demo, object, pair))
                        return false;
        }
        return true;
}

/* ---- apply ---- */

static enum mst_outcome
refuse(struct mst_error *why, enum mst_outcome outcome, const char *format, const char *name)
{
        char text[400];

        (void)snprintf(text, sizeof text, "%s '%s'", format, name);
        mst_fail(why, MST_EREFUSED, "%s", text);
        return outcome;
}

static enum mst_outcome
change(struct demo *demo, struct mst_op *op, struct object *object, struct mst_error *why)
{
        const char *naming = object->kind == MST_GROUP ? "cn" : "uid";
        const struct mst_value *name = mst_op_change(op, naming);
        char id[32];

        if (name != NULL && strchr(mst_value_text(name, NULL), '!') != NULL)
                return refuse(why, MST_REFUSED, "no exclamation is allowed in the name", mst_value_text(name, NULL));
        if (name != NULL && by_name(demo, object->kind, mst_value_text(name, NULL), object) != NULL)
                return refuse(why, MST_DUPLICATE, "there is already somebody named", mst_value_text(name, NULL));
        for (size_t i = 0; i < mst_op_change_count(op); i++)
                if (!set_values(demo, object, mst_op_change_name(op, i), mst_op_after(op, i))) {
                        mst_fail_memory(why, "changing an object");
                        return MST_RETRY;
                }
        (void)snprintf(id, sizeof id, "o%ld", object->number);
        mst_op_set_object(op, id, name_of(object), NULL);
        return MST_DONE;
}

static enum mst_outcome
create(struct demo *demo, struct mst_op *op, struct mst_error *why)
{
        struct object *object = add_object(demo);
        enum mst_outcome outcome;

        if (object == NULL || (object->stamp = mst_arena_strdup(demo->arena, mst_op_stamp(op))) == NULL) {
                mst_fail_memory(why, "making an object");
                return MST_RETRY;
        }
        object->kind = mst_op_kind(op);
        object->number = ++demo->last;
        object->enabled = mst_op_enabled(op);
        outcome = change(demo, op, object, why);
        if (outcome != MST_DONE)
                demo->count--;
        return outcome;
}

static enum mst_outcome
members(struct demo *demo, struct mst_op *op, struct object *group, struct mst_error *why)
{
        for (size_t i = 0; i < mst_op_member_count(op); i++) {
                const char *member = mst_op_member_object(op, i);
                char *pair = mst_arena_printf(demo->arena, "member=%s", member);

                if (by_id(demo, member) == NULL) {
                        mst_op_member_settle(op, i, MST_REFUSED, "there is no such object");
                        continue;
                }
                remove_values(group, "member", member);
                if (pair == NULL || (mst_op_member_joins(op, i) && !add_pair(demo, group, pair))) {
                        mst_fail_memory(why, "changing members");
                        return MST_RETRY;
                }
        }
        return MST_DONE;
}

static enum mst_outcome
carry_out(struct demo *demo, struct mst_op *op, struct mst_error *why)
{
        struct object *object = mst_op_verb(op) == MST_CREATE ? NULL : by_id(demo, mst_op_object(op));
        enum mst_outcome outcome;

        if (mst_op_verb(op) == MST_CREATE) {
                outcome = create(demo, op, why);
                object = outcome == MST_DONE ? &demo->objects[demo->count - 1] : NULL;
                return object != NULL && mst_op_member_count(op) > 0 ? members(demo, op, object, why) : outcome;
        }
        if (object == NULL)
                return refuse(why, MST_GONE, "there is no object", mst_op_object(op));
        switch (mst_op_verb(op)) {
        case MST_DELETE:
                object->number = 0;
                for (size_t i = 0; i < demo->count; i++)
                        remove_values(&demo->objects[i], "member", mst_op_object(op));
                return MST_DONE;
        case MST_MEMBERS:
                return members(demo, op, object, why);
        case MST_ADOPT:
                object->stamp = mst_arena_strdup(demo->arena, mst_op_stamp(op));
                return object->stamp != NULL ? change(demo, op, object, why) : MST_RETRY;
        case MST_DISABLE:
        case MST_ENABLE:
                object->enabled = mst_op_verb(op) == MST_ENABLE;
                return change(demo, op, object, why);
        default:
                return change(demo, op, object, why);
        }
}

static int
demo_apply(void *self, struct mst_feed *feed, struct mst_error *err)
{
        struct demo *demo = self;
        struct mst_op *op;

        while ((op = mst_feed_wait(feed)) != NULL) {
                struct mst_error why = { 0 };
                const struct mst_value *name = mst_op_change(op, "uid");
                enum mst_outcome outcome;

                if (demo->config->pause > 0)
                        nanosleep(&(struct timespec){ .tv_nsec = (long)demo->config->pause * 1000000 - 1 }, NULL);
                if (load(demo, err) != MST_OK)
                        return err->code;
                outcome = carry_out(demo, op, &why);
                if (save(demo, err) != MST_OK)
                        return err->code;
                if (name != NULL && strcmp(mst_value_text(name, NULL), "lost") == 0)
                        return mst_fail(err, MST_ENET, "the connection was lost (on purpose)");
                mst_op_settle(op, outcome, outcome == MST_DONE ? NULL : &why);
        }
        return MST_OK;
}

/* ---- looking ---- */

static void
put_members(struct mst_record *record, const struct object *object)
{
        struct mst_value *members = mst_record_put(record, MST_OBJECT_MEMBERS);

        mst_record_list(record, members);
        for (size_t i = 0; i < object->pair_count; i++)
                if (strncmp(object->pairs[i], "member=", 7) == 0)
                        mst_record_text(record, mst_record_append(record, members), object->pairs[i] + 7,
                                        strlen(object->pairs[i] + 7));
}

static void
fill(const struct demo *demo, struct mst_record *record, const struct object *object)
{
        if (object->kind == MST_USER && mst_host_wants(demo->host, MST_OBJECT_ENABLED))
                mst_record_bool(record, mst_record_put(record, MST_OBJECT_ENABLED), object->enabled);
        if (object->kind == MST_GROUP && mst_host_wants(demo->host, MST_OBJECT_MEMBERS))
                put_members(record, object);
        for (size_t i = 0; i < object->pair_count; i++) {
                const char *pair = object->pairs[i], *is = strchr(pair, '=');
                const struct mst_value *there;
                struct mst_value *value;
                char name[128];

                if (is == NULL || strncmp(pair, "member=", 7) == 0)
                        continue;
                (void)snprintf(name, sizeof name, "%.*s", (int)(is - pair), pair);
                there = mst_record_get(record, name);
                if (there != NULL && mst_value_type(there) == MST_LIST) {
                        mst_record_text(record, mst_record_append(record, (struct mst_value *)(uintptr_t)there), is + 1, strlen(is + 1));
                        continue;
                }
                value = mst_record_put(record, name);
                if (strcasecmp(name, "description") == 0 && object->kind == MST_USER) {
                        mst_record_list(record, value);
                        value = mst_record_append(record, value);
                }
                mst_record_text(record, value, is + 1, strlen(is + 1));
        }
}

static bool
answers(const struct object *object, const struct mst_query *query)
{
        char id[32];
        const char *wanted, *has;

        if (object->number == 0 || object->kind != mst_query_kind(query))
                return false;
        if (mst_query_stamp(query) != NULL)
                return strcmp(object->stamp, mst_query_stamp(query)) == 0;
        (void)snprintf(id, sizeof id, "o%ld", object->number);
        if (mst_query_object(query) != NULL)
                return strcmp(id, mst_query_object(query)) == 0;
        wanted = mst_value_text(mst_query_value(query), NULL);
        has = strcasecmp(mst_query_attribute(query), "objectNumber") == 0 ? id : value_of(object, mst_query_attribute(query));
        return has != NULL && strcasecmp(has, wanted) == 0;
}

static int
demo_find(void *self, struct mst_search *search, struct mst_error *err)
{
        struct demo *demo = self;

        if (load(demo, err) != MST_OK)
                return err->code;
        for (size_t i = 0; i < mst_search_count(search); i++) {
                struct mst_query *query = mst_search_at(search, i);

                for (size_t k = 0; k < demo->count; k++) {
                        const struct object *o = &demo->objects[k];
                        char id[32];

                        if (!answers(o, query))
                                continue;
                        (void)snprintf(id, sizeof id, "o%ld", o->number);
                        fill(demo, mst_query_found(query, id, name_of(o), o->stamp[0] != '\0' ? o->stamp : NULL, NULL), o);
                }
                mst_query_done(query);
        }
        return MST_OK;
}

static int
demo_list(void *self, enum mst_kind kind, const char *cursor, struct mst_page *page, struct mst_error *err)
{
        struct demo *demo = self;

        (void)cursor;
        if (load(demo, err) != MST_OK)
                return err->code;
        for (size_t i = 0; i < demo->count; i++) {
                const struct object *o = &demo->objects[i];
                char id[32];

                if (o->number == 0 || o->kind != kind)
                        continue;
                (void)snprintf(id, sizeof id, "o%ld", o->number);
                fill(demo, mst_page_object(page, kind, id, name_of(o), o->stamp[0] != '\0' ? o->stamp : NULL, NULL), o);
        }
        return mst_page_complete(page, NULL, err);
}

static int
demo_open(const void *config, struct mst_host *host, void **self, struct mst_error *err)
{
        struct demo *demo = calloc(1, sizeof *demo);

        if (demo == NULL || (demo->arena = mst_arena_new(0)) == NULL) {
                free(demo);
                return mst_fail_memory(err, "opening the file");
        }
        demo->config = config;
        demo->host = host;
        *self = demo;
        return MST_OK;
}

static int
demo_probe(void *self, struct mst_facts *facts, struct mst_error *err)
{
        struct demo *demo = self;

        mst_facts_identity(facts, demo->config->file);
        return load(demo, err);
}

static void
demo_close(void *self)
{
        struct demo *demo = self;

        mst_arena_free(demo->arena);
        free(demo);
}

static const struct mst_sink_calls calls = {
        .size = sizeof calls, .config_size = sizeof(struct demo_config),
        .open = demo_open, .probe = demo_probe, .find = demo_find, .apply = demo_apply, .list = demo_list, .close = demo_close,
};

MST_PLUGIN(demo_sink) = {
        MST_PLUGIN_HEAD,
        .name = "demo-sink",
        .version = "1.0",
        .summary = "keeps people and groups in a text file",
        .sink = &calls,
        .sink_options = options,
        .sink_attributes = attributes,
        .sink_map = map,
        .sink_can = CAN,
        .sink_in_flight = 1,
};
