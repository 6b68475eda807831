/* order.c - the command line of an emulator, and its life from start to end; see order.h. */
#include "order.h"
#include "argument.h"
#include "faultscript.h"
#include "server.h"
#include "settings.h"

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

struct order {                  /* what every emulator's command line has */
        struct rest *rest;
        uint16_t port;
        const char *ready_file;
        char *certificate, *key;
        const char *public;     /* where clients find it, when that is not here */
};

static void
usage(const struct service *s)
{
        printf("Usage: %s [OPTION VALUE]...\n\n", s->name);
        for (const struct order_option *one = s->options; one->name != NULL; one++)
                printf("  --%-18s %s\n", one->name, one->help);
        printf("  --tls-cert FILE      speak https with this certificate (PEM)\n"
               "  --tls-key FILE       and this key\n"
               "  --port P             on 127.0.0.1; 0 takes a free one [0]\n"
               "  --public URL         what its links name, where a proxy stands before it\n"
               "  --now TIME           start of the virtual clock, 2026-01-15T09:30:00Z\n"
               "  --fault RULE         a fault: \"kind=KIND nth=3 reset-after-bytes=512\"\n"
               "  --faults FILE        a file of such lines; the README beside the program has all words\n"
               "  --ready-file FILE    the JSON line of standard output, written when ready\n\n");
        settings_help(s);
}

static int
complain(const struct rest *r, const char *sentence, const char *about)
{
        fprintf(stderr, "%s: %s: %s\n", r->service->name, about, sentence);
        return -1;
}

/* All of the file, or NULL. */
static char *
read_file(const char *path)
{
        FILE *f = fopen(path, "r");
        struct text all = { 0 };
        char piece[4096];
        size_t n;

        if (f == NULL)
                return NULL;
        while ((n = fread(piece, 1, sizeof piece, f)) > 0)
                text_raw(&all, piece, n);
        fclose(f);
        return text_take(&all);
}

static const char *
take_faults(struct order *o, const char *script, struct text *why)
{
        if (script == NULL)
                return "cannot be read";
        return faultscript_load(&o->rest->faults, script, why) ? NULL : text_str(why);
}

static const char *
take_fault_file(struct order *o, const char *path, struct text *why)
{
        char *script = read_file(path);
        const char *wrong = take_faults(o, script, why);

        free(script);
        return wrong;
}

static const char *
take_own(struct order *o, const char *name, const char *value, struct text *why)
{
        for (const struct order_option *one = o->rest->service->options; one->name != NULL; one++)
                if (strncmp(one->name, name, strlen(name)) == 0 && strchr(" ", one->name[strlen(name)]) != NULL)
                        return one->take(rest_emulator(o->rest), value);
        return settings_set(o->rest, name, value, why);
}

static int
take_option(struct order *o, const char *name, const char *value)
{
        struct text why = { 0 };
        const char *wrong = NULL;
        uint64_t n = 0;
        int64_t now = 0;

        if (strcmp(name, "port") == 0)
                wrong = argument_number(value, UINT16_MAX, &n) ? NULL : "must be a port";
        else if (strcmp(name, "ready-file") == 0)
                o->ready_file = value;
        else if (strcmp(name, "public") == 0)
                wrong = strlen(value) < sizeof o->rest->base ? (o->public = value, NULL) : "is too long";
        else if (strcmp(name, "now") == 0)
                wrong = clock_moment(value, &now) ? NULL : "must be a time like 2026-01-15T09:30:00Z";
        else if (strcmp(name, "tls-cert") == 0)
                wrong = (o->certificate = read_file(value)) != NULL ? NULL : "cannot be read";
        else if (strcmp(name, "tls-key") == 0)
                wrong = (o->key = read_file(value)) != NULL ? NULL : "cannot be read";
        else if (strcmp(name, "fault") == 0)
                wrong = take_faults(o, value, &why);
        else if (strcmp(name, "faults") == 0)
                wrong = take_fault_file(o, value, &why);
        else
                wrong = take_own(o, name, value, &why);
        if (strcmp(name, "port") == 0)
                o->port = (uint16_t)n;
        if (now != 0)
                clock_set(&o->rest->clock, now);
        if (wrong != NULL)
                complain(o->rest, wrong, strcmp(name, "faults") == 0 ? value : name);
        text_free(&why);
        return wrong != NULL ? -1 : 0;
}

/* "--name value" and "--name=value"; -1 after a sentence, 1: nothing to do. */
static int
read_order(struct order *o, int argc, char **argv)
{
        for (int i = 1; i < argc; i++) {
                char *name = argv[i], *equals = strchr(name, '='), *value = NULL;

                if (strcmp(name, "--help") == 0) {
                        usage(o->rest->service);
                        return 1;
                }
                if (strncmp(name, "--", 2) != 0)
                        return complain(o->rest, "is no option; try --help", name);
                if (equals != NULL) {
                        *equals = '\0';
                        value = equals + 1;
                } else if (++i < argc) {
                        value = argv[i];
                }
                if (value == NULL)
                        return complain(o->rest, "needs a value", name);
                if (take_option(o, name + 2, value) != 0)
                        return -1;
        }
        if ((o->certificate == NULL) != (o->key == NULL))
                return complain(o->rest, "go together", "tls-cert and tls-key");
        return 0;
}

/* The file appears complete or not at all. */
static int
write_ready(const struct rest *r, const char *path, struct text *line)
{
        struct text part = { 0 };
        FILE *f;
        bool good;

        text_fmt(&part, "%s.%ld.part", path, (long)getpid());
        f = fopen(text_str(&part), "w");
        good = f != NULL && fwrite(line->at, 1, line->len, f) == line->len;
        if (f != NULL)
                good = fclose(f) == 0 && good;
        good = good && rename(part.at, path) == 0;
        if (!good)
                complain(r, strerror(errno), path);
        text_free(&part);
        return good ? 0 : -1;
}

static int
announce(const struct order *o, uint16_t port)
{
        struct rest *r = o->rest;
        struct text line = { 0 };
        int rc = 0;

        text_fmt(&line, "{\"control\":\"http%s://127.0.0.1:%u/_control\",\"port\":%u,\"pid\":%ld", o->certificate != NULL ? "s" : "",
                 port, port, (long)getpid());
        r->service->announce(rest_emulator(r), &line);
        text_lit(&line, "}\n");
        if (o->ready_file != NULL)
                rc = write_ready(r, o->ready_file, &line);
        fwrite(line.at, 1, line.len, stdout);
        fflush(stdout);
        text_free(&line);
        return rc;
}

static int
catch_signals(void)
{
        sigset_t set;

        signal(SIGPIPE, SIG_IGN);
        sigemptyset(&set);
        sigaddset(&set, SIGTERM);
        sigaddset(&set, SIGINT);
        sigprocmask(SIG_BLOCK, &set, NULL);
        return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int
serve(const struct order *o)
{
        struct rest *r = o->rest;
        int wake = catch_signals(), rc = 1;
        struct server *s = wake >= 0 ? server_open(r, o->port, o->certificate, o->key) : NULL;

        if (s != NULL) {
                snprintf(r->base, sizeof r->base, "http%s://127.0.0.1:%u", o->certificate != NULL ? "s" : "",
                         server_port(s));
                if (o->public != NULL)
                        snprintf(r->base, sizeof r->base, "%s", o->public);
                rc = announce(o, server_port(s)) == 0 ? 0 : 1;
                if (rc == 0)
                        server_run(s, wake);
                server_close(s);
        }
        if (wake >= 0)
                close(wake);
        return rc;
}

int
order_main(const struct service *s, struct emulator *e, int argc, char **argv)
{
        struct rest *r = rest_of(e);
        struct order o = { .rest = r };
        int rc;

        s->begin(e);
        rc = read_order(&o, argc, argv);
        if (rc == 0) {
                /* Replies are large and short-lived: keep their memory. */
                mallopt(M_MMAP_THRESHOLD, 256 << 20);
                mallopt(M_TRIM_THRESHOLD, 512 << 20);
                r->now = clock_now(&r->clock);
                s->open(e);
                rc = serve(&o);
        } else {
                rc = rc < 0 ? 2 : 0;
        }
        s->close(e);
        free(o.certificate);
        free(o.key);
        return rc;
}
