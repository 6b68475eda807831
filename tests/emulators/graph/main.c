/* main.c - graph-emulator: Microsoft Graph and its token endpoint on loopback,
 * holding any number of made-up people. The README beside it shows the use. */
#include "faultscript.h"
#include "names.h"
#include "server.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

static const char default_tenant[] = "9c1f0a3e-5b7d-4c2e-8f60-3a9d1e7bc0de";
static const char default_client[] = "5e0d7a42-91c3-4b8f-a6d2-0f4c8e1b7a93";
static const char default_secret[] = "emulator~secret.+&=/";
static const char default_domain[] = "contoso.example";
static const char own_domain[] = "contoso.onmicrosoft.example";

struct order {                  /* the command line */
        uint64_t people, seed, groups;
        uint16_t port;
        const char *tenant, *client, *domain, *ready_file;
        char *secret, *certificate, *key;
        int64_t now;            /* 0: the real time */
        struct settings set;
        struct faults faults;
};

static void
usage(void)
{
        printf("Usage: graph-emulator [OPTION VALUE]...\n\n"
               "  --people N           people at the start [1000]\n"
               "  --groups N           groups at the start [0]\n"
               "  --seed S             another S, other people [1]\n"
               "  --tls-cert FILE      speak https with this certificate (PEM)\n"
               "  --tls-key FILE       and this key\n"
               "  --port P             on 127.0.0.1; 0 takes a free one [0]\n"
               "  --tenant ID          directory id [%s]\n"
               "  --client-id ID       application id [%s]\n"
               "  --secret-file FILE   its secret; without it: %s\n"
               "  --domain NAME        of addresses [%s]\n"
               "  --now TIME           start of the virtual clock, 2026-01-15T09:30:00Z\n"
               "  --fault RULE         a fault: \"kind=delta page=3 reset-after-bytes=512\"\n"
               "  --faults FILE        a file of such lines; the README beside the program has all words\n"
               "  --ready-file FILE    the JSON line of standard output, written when ready\n",
               default_tenant, default_client, default_secret, default_domain);
        settings_help();
}

static int
complain(const char *sentence, const char *about)
{
        fprintf(stderr, "graph-emulator: %s: %s\n", about, sentence);
        return -1;
}

static bool
number(const char *text, uint64_t max, uint64_t *ret)
{
        char *end;
        unsigned long long n;

        errno = 0;
        n = strtoull(text, &end, 10);
        *ret = n;
        return end != text && *end == '\0' && errno == 0 && text[0] != '-' && n <= max;
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

/* The first line of the file. */
static char *
read_secret(const char *path)
{
        FILE *f = fopen(path, "r");
        char line[1024];
        char *secret = NULL;

        if (f != NULL && fgets(line, sizeof line, f) != NULL) {
                line[strcspn(line, "\r\n")] = '\0';
                secret = room_copy(line);
        }
        if (f != NULL)
                fclose(f);
        return secret;
}

static const char *
take_faults(struct order *o, const char *script, struct text *why)
{
        if (script == NULL)
                return "cannot be read";
        return faultscript_load(&o->faults, script, why) ? NULL : text_str(why);
}

static const char *
take_fault_file(struct order *o, const char *path, struct text *why)
{
        char *script = read_file(path);
        const char *wrong = take_faults(o, script, why);

        free(script);
        return wrong;
}

static int
take_option(struct order *o, const char *name, const char *value)
{
        struct text why = { 0 };
        const char *wrong = NULL;
        uint64_t n = 0;

        if (strcmp(name, "people") == 0)
                wrong = number(value, 50000000, &o->people) ? NULL : "must be a number up to 50,000,000";
        else if (strcmp(name, "groups") == 0)
                wrong = number(value, 1000000, &o->groups) ? NULL : "must be a number up to 1,000,000";
        else if (strcmp(name, "seed") == 0)
                wrong = number(value, UINT64_MAX, &o->seed) ? NULL : "must be a number";
        else if (strcmp(name, "port") == 0)
                wrong = number(value, UINT16_MAX, &n) ? NULL : "must be a port";
        else if (strcmp(name, "tenant") == 0)
                o->tenant = value;
        else if (strcmp(name, "client-id") == 0)
                o->client = value;
        else if (strcmp(name, "domain") == 0)
                o->domain = value;
        else if (strcmp(name, "ready-file") == 0)
                o->ready_file = value;
        else if (strcmp(name, "now") == 0)
                wrong = clock_moment(value, &o->now) ? NULL : "must be a time like 2026-01-15T09:30:00Z";
        else if (strcmp(name, "secret-file") == 0)
                wrong = (o->secret = read_secret(value)) != NULL ? NULL : "cannot be read";
        else if (strcmp(name, "tls-cert") == 0)
                wrong = (o->certificate = read_file(value)) != NULL ? NULL : "cannot be read";
        else if (strcmp(name, "tls-key") == 0)
                wrong = (o->key = read_file(value)) != NULL ? NULL : "cannot be read";
        else if (strcmp(name, "fault") == 0)
                wrong = take_faults(o, value, &why);
        else if (strcmp(name, "faults") == 0)
                wrong = take_fault_file(o, value, &why);
        else
                wrong = settings_set(&o->set, name, value, &why);
        if (strcmp(name, "port") == 0)
                o->port = (uint16_t)n;
        if (wrong != NULL)
                complain(wrong, strcmp(name, "faults") == 0 ? value : name);
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
                        usage();
                        return 1;
                }
                if (strncmp(name, "--", 2) != 0)
                        return complain("is no option; try --help", name);
                if (equals != NULL) {
                        *equals = '\0';
                        value = equals + 1;
                } else if (++i < argc) {
                        value = argv[i];
                }
                if (value == NULL)
                        return complain("needs a value", name);
                if (take_option(o, name + 2, value) != 0)
                        return -1;
        }
        return 0;
}

/* The file appears complete or not at all. */
static int
write_ready(const char *path, struct text *line)
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
                complain(strerror(errno), path);
        text_free(&part);
        return good ? 0 : -1;
}

static int
announce(const struct order *o, const struct emulator *e, uint16_t port)
{
        struct text line = { 0 };
        int rc = 0;

        text_fmt(&line, "{\"login\":\"%s\",\"graph\":\"%s/v1.0\",\"token\":\"%s/%s/oauth2/v2.0/token\","
                 "\"control\":\"%s/_control\",\"port\":%u,\"pid\":%ld,\"tenant\":\"%s\",\"clientId\":\"%s\","
                 "\"domain\":\"%s\",\"people\":%u,\"groups\":%u,\"seed\":%llu}\n",
                 e->base, e->base, e->base, o->tenant, e->base, port, (long)getpid(), o->tenant, o->client, o->domain, e->people.count, e->groups.count,
                 (unsigned long long)o->seed);
        if (o->ready_file != NULL)
                rc = write_ready(o->ready_file, &line);
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
serve(const struct order *o, struct emulator *e)
{
        int wake = catch_signals(), rc = 1;
        struct server *s = wake >= 0 ? server_open(e, o->port, o->certificate, o->key) : NULL;

        if (s != NULL) {
                snprintf(e->base, sizeof e->base, "http%s://127.0.0.1:%u", o->certificate != NULL ? "s" : "",
                         server_port(s));
                rc = announce(o, e, server_port(s)) == 0 ? 0 : 1;
                if (rc == 0)
                        server_run(s, wake);
                server_close(s);
        }
        if (wake >= 0)
                close(wake);
        return rc;
}

static void
forget(struct order *o)
{
        free(o->secret);
        free(o->certificate);
        free(o->key);
}

int
main(int argc, char **argv)
{
        struct order o = { .people = 1000, .seed = 1, .tenant = default_tenant, .client = default_client,
                           .domain = default_domain };
        static struct emulator e;       /* too large for comfort on the stack */
        const char *clash = names_check();
        struct app *app;
        int rc;

        settings_init(&o.set);
        rc = read_order(&o, argc, argv);
        if (rc == 0 && clash != NULL)
                rc = complain(clash, "names.c");
        if (rc == 0 && (o.certificate == NULL) != (o.key == NULL))
                rc = complain("go together", "tls-cert and tls-key");
        if (rc != 0) {
                faults_clear(&o.faults);
                forget(&o);
                return rc < 0 ? 2 : 0;
        }
        /* Replies are large and short-lived: keep their memory. */
        mallopt(M_MMAP_THRESHOLD, 256 << 20);
        mallopt(M_TRIM_THRESHOLD, 512 << 20);
        e = (struct emulator){ .set = o.set, .tenant = o.tenant, .domain = o.domain, .faults = o.faults,
                               .link_key = mix(o.seed ^ 0x6c696e6b), .token_key = mix(o.seed ^ 0x746f6b656e) };
        if (o.now != 0)
                clock_set(&e.clock, o.now);
        directory_open(&e.people, o.seed, (uint32_t)o.people, o.domain, own_domain);
        groups_open(&e.groups, o.seed);
        groups_generate(&e.groups, &e.people, (uint32_t)o.groups);
        app = apps_make(&e.apps, o.client);
        app_set(&app->secret, o.secret != NULL ? o.secret : default_secret);
        rc = serve(&o, &e);
        emulator_close(&e);
        forget(&o);
        return rc;
}
