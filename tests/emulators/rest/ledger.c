/* ledger.c - which requests came, and what became of them; see ledger.h. */
#include "ledger.h"
#include "seal.h"

#include <stdlib.h>
#include <strings.h>

void
ledger_redact(const struct service *s, const char *url, struct text *t)
{
        while (*url != '\0') {
                size_t skip = 0;

                for (const char *const *one = s->secrets; skip == 0 && *one != NULL; one++)
                        if (strncasecmp(url, *one, strlen(*one)) == 0)
                                skip = strlen(*one);
                if (skip > 0) {
                        size_t len = strcspn(url + skip, "&");

                        text_raw(t, url, skip);
                        text_fmt(t, "#%016llx", (unsigned long long)seal(1, url + skip, len));
                        url += skip + len;
                } else {
                        text_char(t, *url++);
                }
        }
}

static struct ledger_count *
count_of(struct ledger *l, const char *kind)
{
        int i = 0;

        while (i < l->kind_count && strcmp(l->kinds[i].kind, kind) != 0)
                i++;
        if (i == l->kind_count && l->kind_count < LEDGER_KINDS)
                l->kinds[l->kind_count++].kind = kind;
        return &l->kinds[i < LEDGER_KINDS ? i : LEDGER_KINDS - 1];
}

static void
drop(struct ledger_line *line)
{
        free(line->text);
        for (int i = 0; i < NOTED_MAX; i++)
                free(line->noted[i]);
        *line = (struct ledger_line){ 0 };
}

void
ledger_note(struct ledger *l, const struct exchange *x, const char *fault)
{
        struct ledger_line *line;
        struct ledger_count *count = count_of(l, x->kind);
        struct text address = { 0 };

        if (l->lines == NULL)
                l->lines = room(LEDGER_LINES * sizeof *l->lines);
        line = &l->lines[l->count % LEDGER_LINES];
        drop(line);
        text_put(&address, x->method);
        text_char(&address, ' ');
        ledger_redact(l->service, x->url, &address);
        *line = (struct ledger_line){
                .number = ++l->count, .at = x->now, .text = text_take(&address),
                .kind = x->kind, .code = x->code, .fault = fault, .status = x->status,
                .bytes = x->reply.len, .authorized = x->authorized,
        };
        for (int i = 0; i < NOTED_MAX && l->service->noted[i].name != NULL; i++) {
                const char *value = exchange_header(x, l->service->noted[i].header);

                line->noted[i] = room_copy(value != NULL ? value : "");
        }
        count->requests++;
        count->errors += x->status >= 400 || x->ending != ENDING_WELL;
        count->bytes += x->reply.len;
        count->units += x->units;
        count->objects += x->objects;
        count->batched += x->batched;
}

void
ledger_clear(struct ledger *l)
{
        l->from = l->count;
        memset(l->kinds, 0, sizeof l->kinds);
        l->kind_count = 0;
}

void
ledger_close(struct ledger *l)
{
        for (uint64_t i = 0; l->lines != NULL && i < LEDGER_LINES; i++)
                drop(&l->lines[i]);
        free(l->lines);
        *l = (struct ledger){ .service = l->service };
}

static void
line_json(const struct service *s, const struct ledger_line *line, struct text *t)
{
        text_fmt(t, "{\"number\":%llu,\"time\":\"", (unsigned long long)line->number);
        text_time(t, line->at);
        text_fmt(t, "\",\"kind\":\"%s\",\"request\":", line->kind);
        text_json(t, line->text);
        text_fmt(t, ",\"status\":%d,\"code\":", line->status);
        text_json(t, line->code);
        text_fmt(t, ",\"bytes\":%llu,\"authorization\":%s", (unsigned long long)line->bytes,
                 line->authorized ? "true" : "false");
        for (int i = 0; i < NOTED_MAX && line->noted[i] != NULL; i++) {
                text_fmt(t, ",\"%s\":", s->noted[i].name);
                text_json(t, line->noted[i]);
        }
        text_lit(t, ",\"fault\":");
        text_json(t, line->fault);
        text_char(t, '}');
}

static void
cost_json(const struct ledger_count *c, struct text *t)
{
        text_fmt(t, "{\"calls\":%llu,\"requests\":%llu,\"errors\":%llu,\"units\":%llu,\"objects\":%llu",
                 (unsigned long long)(c->requests - c->batched), (unsigned long long)c->requests,
                 (unsigned long long)c->errors, (unsigned long long)c->units, (unsigned long long)c->objects);
        if (c->objects > 0)
                text_fmt(t, ",\"callsPerObject\":%.4f", (double)(c->requests - c->batched) / (double)c->objects);
        else
                text_lit(t, ",\"callsPerObject\":null");
}

void
ledger_cost(const struct ledger *l, struct text *t)
{
        struct ledger_count all = { .kind = "all" };

        for (int i = 0; i < l->kind_count; i++) {
                all.requests += l->kinds[i].requests;
                all.errors += l->kinds[i].errors;
                all.units += l->kinds[i].units;
                all.objects += l->kinds[i].objects;
                all.batched += l->kinds[i].batched;
        }
        cost_json(&all, t);
        text_lit(t, ",\"kinds\":{");
        for (int i = 0; i < l->kind_count; i++) {
                text_fmt(t, "%s\"%s\":", i > 0 ? "," : "", l->kinds[i].kind);
                cost_json(&l->kinds[i], t);
                text_char(t, '}');
        }
        text_lit(t, "}}");
}

void
ledger_json(const struct ledger *l, uint64_t after, uint64_t limit, struct text *t)
{
        uint64_t oldest = l->count > LEDGER_LINES ? l->count - LEDGER_LINES : 0;
        bool first = true;

        if (after < l->from)
                after = l->from;
        if (after < oldest)
                after = oldest;
        text_lit(t, "{\"counts\":{");
        for (int i = 0; i < l->kind_count; i++)
                text_fmt(t, "%s\"%s\":{\"requests\":%llu,\"errors\":%llu,\"bytes\":%llu}", i > 0 ? "," : "",
                         l->kinds[i].kind, (unsigned long long)l->kinds[i].requests,
                         (unsigned long long)l->kinds[i].errors, (unsigned long long)l->kinds[i].bytes);
        text_lit(t, "},\"lines\":[");
        for (uint64_t n = after; n < l->count && limit > 0; n++, limit--) {
                if (!first)
                        text_lit(t, ",\n");
                line_json(l->service, &l->lines[n % LEDGER_LINES], t);
                first = false;
        }
        text_lit(t, "]}");
}
