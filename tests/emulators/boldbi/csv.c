/* csv.c - import of users from CSV, and the jobs that do it: U7 to U10.
 *
 * v5: a background job; each look at it (U9) lets it do some rows (setting job-step).
 * v4: at once, with the bad rows as CSV. [D manage-users/index; S bulk-import-result; C] */
#include "emulator.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

enum { ATTRIBUTES_MOST = 10 };
static const char template[] = "Username,Email,Fullname,Password\n";

/* The fields of one line as a JSON array; *at moves behind it. */
static struct json_object *
read_line(const char **at)
{
        struct json_object *line = json_object_new_array();
        struct text field = { 0 };
        bool quoted = false;

        for (;; (*at)++) {
                char c = **at;

                if (c == '"') {
                        quoted = !quoted;
                } else if (c == '\0' || (!quoted && (c == ',' || c == '\n'))) {
                        if (field.len > 0 && field.at[field.len - 1] == '\r')
                                field.len--;
                        json_object_array_add(line, json_object_new_string_len(field.len > 0 ? field.at : "", (int)field.len));
                        field.len = 0;
                        if (c != ',')
                                break;
                } else {
                        text_char(&field, c);
                }
        }
        *at += **at == '\n';
        text_free(&field);
        return line;
}

static const char *
cell(struct json_object *header, struct json_object *line, const char *name, const char *other)
{
        for (size_t i = 0; i < json_object_array_length(header); i++) {
                const char *have = json_object_get_string(json_object_array_get_idx(header, i));

                if (strcasecmp(have, name) == 0 || (other != NULL && strcasecmp(have, other) == 0))
                        return i < json_object_array_length(line) ? json_object_get_string(json_object_array_get_idx(line, i)) : "";
        }
        return "";
}

/* One row as the body of U2, with "Attributes" beside; the rest of more than ten is ignored. */
static struct json_object *
as_user(struct json_object *header, struct json_object *line)
{
        struct json_object *user = json_object_new_object(), *attributes = json_object_new_array();
        const char *full = cell(header, line, "Fullname", "DisplayName"), *space = strrchr(full, ' ');
        size_t first = space != NULL ? (size_t)(space - full) : strlen(full);

        json_object_object_add(user, "Username", json_object_new_string(cell(header, line, "Username", NULL)));
        json_object_object_add(user, "Email", json_object_new_string(cell(header, line, "Email", NULL)));
        json_object_object_add(user, "FirstName", json_object_new_string_len(full, (int)first));
        json_object_object_add(user, "Lastname", json_object_new_string(space != NULL ? space + 1 : ""));
        json_object_object_add(user, "Password", json_object_new_string(cell(header, line, "Password", NULL)));
        for (size_t i = 0; i < json_object_array_length(header) && i < json_object_array_length(line); i++) {
                const char *value = json_object_get_string(json_object_array_get_idx(line, i));

                if (strncasecmp(json_object_get_string(json_object_array_get_idx(header, i)), "Attribute", 9) == 0 &&
                    strchr(value, '=') != NULL && json_object_array_length(attributes) < ATTRIBUTES_MOST)
                        json_object_array_add(attributes, json_object_new_string(value));
        }
        json_object_object_add(user, "Attributes", attributes);
        return user;
}

static struct json_object *
read_csv(const char *text)
{
        const char *at = text;
        struct json_object *header = read_line(&at), *rows = json_object_new_array();

        while (*at != '\0') {
                struct json_object *line = read_line(&at);

                if (json_object_array_length(line) > 1)
                        json_object_array_add(rows, as_user(header, line));
                json_object_put(line);
        }
        json_object_put(header);
        return rows;
}

static void
failed_row(struct job *j, struct json_object *user, const char *why)
{
        struct json_object *row = json_object_new_object(), *messages = json_object_new_array();

        json_object_object_add(row, "UserName", json_object_new_string(text_of(user, "Username")));
        json_object_object_add(row, "DisplayName", json_object_new_string(text_of(user, "FirstName")));
        json_object_object_add(row, "Email", json_object_new_string(text_of(user, "Email")));
        json_object_object_add(row, "FirstName", json_object_new_string(text_of(user, "FirstName")));
        json_object_object_add(row, "LastName", json_object_new_string(text_of(user, "Lastname")));
        json_object_array_add(messages, json_object_new_string(why));
        json_object_object_add(row, "Message", messages);
        json_object_array_add(j->failed, row);
}

static void
give_attributes(struct emulator *e, const struct person *p, struct json_object *list)
{
        for (size_t i = 0; i < json_object_array_length(list); i++) {
                const char *pair = json_object_get_string(json_object_array_get_idx(list, i)), *equals = strchr(pair, '=');
                struct attribute *a;

                a = attribute_add(e, p->id, false);
                set_text(&a->name, pair);
                a->name[equals - pair] = '\0';
                set_text(&a->value, equals + 1);
        }
}

static void
work(struct emulator *e, struct job *j, size_t rows)
{
        for (; rows > 0 && j->at < json_object_array_length(j->rows); rows--, j->at++) {
                struct json_object *user = json_object_array_get_idx(j->rows, j->at);
                struct person *p = NULL;
                const char *why = "";

                if (user_make(e, user, &p, &why) == 200) {
                        give_attributes(e, p, member_of(user, "Attributes"));
                        j->imported++;
                } else {
                        failed_row(j, user, why);
                }
        }
        j->updated = e->rest.now;
}

static struct job *
begin(struct emulator *e, struct json_object *rows)
{
        struct job *j;

        if (e->job_count == e->job_room) {
                e->job_room = e->job_room > 0 ? e->job_room * 2 : 8;
                e->jobs = room_grow(e->jobs, e->job_room * sizeof *j);
        }
        j = &e->jobs[e->job_count++];
        *j = (struct job){ .id = (uint32_t)e->job_count, .source = room_copy("CSV"), .created = e->rest.now,
                           .updated = e->rest.now, .rows = rows, .failed = json_object_new_array() };
        return j;
}

static void
answer_v4(struct exchange *x, const struct job *j)
{
        struct text bad = { 0 };

        text_put(&bad, "Username,Email,Error\n");
        for (size_t i = 0; i < json_object_array_length(j->failed); i++) {
                struct json_object *row = json_object_array_get_idx(j->failed, i);

                text_fmt(&bad, "%s,%s,%s\n", text_of(row, "UserName"), text_of(row, "Email"),
                         json_object_get_string(json_object_array_get_idx(member_of(row, "Message"), 0)));
        }
        text_lit(&x->reply, "{\"ApiStatus\":true,\"Status\":true,\"StatusMessage\":\"\",\"CsvErrorContent\":\"");
        if (json_object_array_length(j->failed) > 0)
                base64_write(&x->reply, bad.at, bad.len, false);
        text_lit(&x->reply, "\"}");
        text_free(&bad);
}

static void
import(struct emulator *e, struct exchange *x)
{
        const char *content = text_of(x->own->body, "CsvFileContent");
        struct text csv = { 0 };
        struct job *j;

        if (content == NULL || !base64_read(&csv, content, strlen(content))) {
                reply_refuse(x, 400, "Request body is missing or incomplete.");
                text_free(&csv);
                return;
        }
        j = begin(e, read_csv(text_str(&csv)));
        text_free(&csv);
        x->status = 200;
        x->type = type_json;
        if (x->own->version == 4) {
                work(e, j, SIZE_MAX);
                answer_v4(x, j);
                return;
        }
        text_fmt(&x->reply, "{\"ApiStatus\":true,\"Status\":true,\"JobId\":%u,\"JobStatus\":true,\"CreatedDate\":\"", j->id);
        text_time(&x->reply, j->created);
        text_fmt(&x->reply, "\",\"ImportSource\":\"%s\",\"StatusMessage\":\"\"}", j->source);
}

static void
tell_job(struct emulator *e, struct exchange *x, struct job *j)
{
        struct text *t = &x->reply;
        size_t bad, total = json_object_array_length(j->rows);

        work(e, j, (size_t)e->set.job_step);
        bad = json_object_array_length(j->failed);
        x->status = 200;
        x->type = type_json;
        text_fmt(t, "{\"ApiStatus\":true,\"Data\":{\"JobId\":%u,\"ImportSource\":\"%s\",\"Status\":%s,\"CreatedDate\":\"", j->id,
                 j->source, j->at == total ? "true" : "false");
        text_time(t, j->created);
        text_lit(t, "\",\"LastUpdatedDate\":\"");
        text_time(t, j->updated);
        text_fmt(t, "\",\"TotalUser\":%zu,\"FailedImport\":%zu,\"ImportUser\":%zu,\"YetToImport\":%zu},\"Status\":true,"
                 "\"StatusMessage\":\"\"}", total, bad, j->imported, total - j->at);
}

static void
look(struct emulator *e, struct exchange *x)
{
        uint32_t id = (uint32_t)strtoul(segment(x, 3), NULL, 10);

        if (id == 0 || id > e->job_count)
                reply_refuse(x, 417, "Failed to read the job.");
        else if (segments(x) == 4)
                tell_job(e, x, &e->jobs[id - 1]);
        else {
                x->status = 200;
                x->type = type_json;
                text_fmt(&x->reply, "{\"ApiStatus\":true,\"Data\":%s,\"Status\":true,\"StatusMessage\":\"\"}",
                         json_object_to_json_string(e->jobs[id - 1].failed));
        }
}

void
csv_answer(struct emulator *e, struct exchange *x)
{
        if (strcasecmp(segment(x, 0), "csv-users") == 0 && segments(x) == 1 && is_verb(x, "POST")) {
                import(e, x);
        } else if (strcasecmp(segment(x, 0), "csv-users") == 0 && strcasecmp(segment(x, 1), "download-template") == 0 &&
                   is_verb(x, "GET")) {
                x->status = 200;
                x->type = type_json;
                text_lit(&x->reply, "{\"ApiStatus\":true,\"Status\":true,\"StatusMessage\":\"\",\"FileContent\":\"");
                base64_write(&x->reply, template, strlen(template), false);
                text_lit(&x->reply, "\"}");
        } else if (x->own->version == 5 && strcasecmp(segment(x, 0), "user") == 0 && strcasecmp(segment(x, 1), "import") == 0 &&
                   strcasecmp(segment(x, 2), "job") == 0 &&
                   (segments(x) == 4 || (segments(x) == 5 && strcasecmp(segment(x, 4), "failed-import") == 0)) && is_verb(x, "GET")) {
                look(e, x);
        }
}
