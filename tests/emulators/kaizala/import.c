/* import.c - loading files of the Directory, and giving it away as one; see import.h. */
#include "import.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

const char *const import_status_names[] = { "Processing", "Completed", "Failed" };

struct job *
import_add(struct imports *i, const char *name, const char *body, size_t length, int64_t now)
{
        struct job *job = room(sizeof *job);

        if (i->count == i->have) {
                i->have = i->have == 0 ? 16 : i->have * 2;
                i->list = room_grow(i->list, i->have * sizeof(struct job *));
        }
        i->list[i->count++] = job;
        job->name = room_copy(name);
        job->at = now;
        text_raw(&job->body, body, length);
        return job;
}

void
imports_close(struct imports *i)
{
        for (size_t n = 0; n < i->count; n++) {
                free(i->list[n]->name);
                text_free(&i->list[n]->body);
                text_free(&i->list[n]->log);
                free(i->list[n]);
        }
        free(i->list);
}

/* ---- CSV ---- */

/* A field that begins with a quotation mark: cut in place, the mark behind it passed. */
static char *
quoted(char **at, char *const end)
{
        char *from = *at + 1, *to = from, *start = from;

        while (from < end) {
                if (*from == '"' && from + 1 < end && from[1] == '"')
                        from++;
                else if (*from == '"')
                        break;
                *to++ = *from++;
        }
        if (from == end)
                return NULL;
        *at = from + 1;
        *to = '\0';                             /* at most on the mark itself */
        return start;
}

int
csv_row(char **at, char *const end, char **fields, int most)
{
        int n = 0;
        char after;

        if (*at >= end)
                return 0;
        do {
                char *field = *at;

                if (n == most)
                        return -1;
                if (field < end && *field == '"' && (field = quoted(at, end)) == NULL)
                        return -1;
                if (field == *at)
                        while (*at < end && **at != ',' && **at != '\r' && **at != '\n')
                                ++*at;
                after = *at < end ? **at : '\0';
                if (after != ',' && after != '\r' && after != '\n' && *at < end)
                        return -1;
                **at = '\0';                    /* the text ends in NUL, so there is room */
                fields[n++] = field;
                if (*at < end)
                        ++*at;
        } while (after == ',');
        if (after == '\r' && *at < end && **at == '\n')
                ++*at;
        return n;
}

void
csv_field(struct text *t, const char *value)
{
        if (strpbrk(value, "\",\r\n") == NULL) {
                text_put(t, value);
                return;
        }
        text_char(t, '"');
        for (; *value != '\0'; value++) {
                if (*value == '"')
                        text_char(t, '"');
                text_char(t, *value);
        }
        text_char(t, '"');
}

void
export_csv(const struct org *o, const char *network, struct text *t)
{
        text_lit(t, "\xef\xbb\xbf");
        for (int a = 0; a < o->attribute_count; a++) {
                text_put(t, a == 0 ? "" : ",");
                csv_field(t, o->attributes[a].name);
        }
        text_lit(t, "\r\n");
        for (size_t i = 0; i < o->person_count; i++) {
                const struct person *p = o->people[i];

                if (!p->listed || (network != NULL && strcasecmp(network, p->employee ? "Employee" : "Others") != 0))
                        continue;
                csv_field(t, p->phone);
                for (int a = 1; a < o->attribute_count; a++) {
                        text_char(t, ',');
                        csv_field(t, p->values[a] != NULL ? p->values[a] : "");
                }
                text_lit(t, "\r\n");
        }
}

/* ---- loading ---- */

struct load {
        struct job *job;
        struct org *org;
        const struct import_rules *rules;
        int columns[ORG_ATTRIBUTES];    /* the attribute of each */
        int column_count, phone;        /* its column */
        size_t row;
};

static void
complain(struct load *l, const char *phone, const char *format, const char *about)
{
        struct text *log = &l->job->log;
        struct text message = { 0 };

        text_fmt(log, "%s{\"row\":%zu,\"phoneNumber\":", log->len > 0 ? "," : "", l->row);
        text_json(log, phone);
        for (const char *c = format; *c != '\0'; c++)
                if (*c == '%')
                        text_put(&message, about);
                else
                        text_char(&message, *c);
        text_lit(log, ",\"message\":");
        text_json(log, text_str(&message));
        text_char(log, '}');
        text_free(&message);
        l->job->failed++;
}

static size_t
characters(const char *text)
{
        size_t n = 0;

        for (; *text != '\0'; text++)
                n += (*text & 0xc0) != 0x80;
        return n;
}

static bool
fits(int64_t type, const char *value)
{
        size_t n = strlen(value);

        switch (type) {
        case DATA_INTEGER:
                return strspn(value + (value[0] == '-'), "0123456789") == n - (value[0] == '-') && n > (value[0] == '-');
        case DATA_BOOLEAN:
                return strcasecmp(value, "Yes") == 0 || strcasecmp(value, "No") == 0;
        case DATA_TIME:
                return n >= 10 && value[4] == '-' && value[7] == '-' && (n == 10 || value[n - 1] == 'Z');
        default:
                return true;
        }
}

/* Why the row cannot be loaded is in the log then. */
static bool
row_good(struct load *l, char **fields, int count)
{
        const char *phone = l->phone < count ? fields[l->phone] : "";

        if (count != l->column_count) {
                complain(l, phone, "The row has not as many values as there are columns.", "");
                return false;
        }
        if (!l->rules->usable(l->rules->self, phone)) {
                complain(l, phone, "The phone number is not valid.", "");
                return false;
        }
        for (int c = 0; !l->job->removes && c < count; c++) {
                const struct attribute *a = &l->org->attributes[l->columns[c]];

                if (fields[c][0] == '\0' ? a->mandatory : !fits(a->type, fields[c])) {
                        complain(l, phone, fields[c][0] == '\0' ? "% is mandatory." : "The value of % is not of its type.", a->name);
                        return false;
                }
                if (characters(fields[c]) > l->rules->value_length) {
                        complain(l, phone, "The value of % is too long.", a->name);
                        return false;
                }
        }
        return true;
}

static void
load_row(struct load *l, char **fields)
{
        struct person *p = org_person_make(l->org, fields[l->phone]);
        bool fresh = !p->listed;

        org_list(p, l->job->employee);
        if (l->job->employee)
                p->employee = true;
        p->linked = p->linked || l->job->linked;
        for (int c = 0; c < l->column_count; c++)
                person_set(p, l->columns[c], fields[c]);
        l->job->loaded++;
        l->rules->done(l->rules->self, p, fresh ? "person added" : "person updated");
}

static void
remove_row(struct load *l, char **fields)
{
        struct person *p = org_person(l->org, fields[l->phone]);

        if (p == NULL || !p->listed) {
                complain(l, fields[l->phone], "There is no such person in the Directory.", "");
        } else if (p->linked && !l->job->linked) {
                complain(l, p->phone, "The person is linked to Azure AD and cannot be deleted here.", "");
        } else {
                l->rules->done(l->rules->self, p, "person removed");
                org_unlist(l->org, p);
                l->job->loaded++;
        }
}

static bool
read_header(struct load *l, char **fields, int count)
{
        l->phone = -1;
        for (int c = 0; c < count; c++) {
                l->columns[c] = org_attribute(l->org, fields[c]);
                if (l->columns[c] < 0 && !l->job->removes) {
                        complain(l, "", "There is no attribute %.", fields[c]);
                        return false;
                }
                if (l->columns[c] == 0)
                        l->phone = c;
        }
        l->column_count = count;
        if (l->phone < 0)
                complain(l, "", "There is no column PhoneNumber.", "");
        return l->phone >= 0;
}

void
import_run(struct job *job, struct org *o, const struct import_rules *rules)
{
        struct load l = { .job = job, .org = o, .rules = rules, .row = 1 };
        char *fields[ORG_ATTRIBUTES], *at = (char *)text_str(&job->body), *end = at + job->body.len;
        int n;

        job->status = IMPORT_FAILED;
        if (job->body.len > IMPORT_BYTES) {
                complain(&l, "", "The file is larger than 1 MB.", "");
                return;
        }
        if (strncmp(at, "\xef\xbb\xbf", 3) == 0)
                at += 3;
        n = csv_row(&at, end, fields, ORG_ATTRIBUTES);
        if (n <= 0 || !read_header(&l, fields, n)) {
                if (job->failed == 0)
                        complain(&l, "", "The file is no CSV.", "");
                return;
        }
        while ((n = csv_row(&at, end, fields, ORG_ATTRIBUTES)) != 0) {
                l.row++;
                if (n < 0) {
                        complain(&l, "", "The row is no CSV; the rest of the file was not read.", "");
                        break;
                }
                if (row_good(&l, fields, n)) {
                        if (job->removes)
                                remove_row(&l, fields);
                        else
                                load_row(&l, fields);
                }
        }
        if (job->loaded > 0)
                job->status = IMPORT_COMPLETED;
}
