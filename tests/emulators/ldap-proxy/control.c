/* control.c - the door: a line a command, and lines as its answer.  README has them all. */
#include "control.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static enum order
do_fault(struct proxy *p, char *rest, FILE *out)
{
        const char *why = NULL;

        if (faults_add(&p->faults, rest, &why))
                fputs("ok\n", out);
        else
                fprintf(out, "error: %s\n", why);
        return NOTHING;
}

static enum order
do_faults(struct proxy *p, char *rest, FILE *out)
{
        (void)rest;
        faults_list(&p->faults, out);
        fputs("ok\n", out);
        return NOTHING;
}

static enum order
do_clear(struct proxy *p, char *rest, FILE *out)
{
        (void)rest;
        p->faults.count = 0;
        fputs("ok\n", out);
        return NOTHING;
}

static enum order
do_ledger(struct proxy *p, char *rest, FILE *out)
{
        (void)rest;
        ledger_counts(&p->ledger, out);
        fprintf(out, "held %u\nok\n", p->held);
        return NOTHING;
}

static enum order
do_last(struct proxy *p, char *rest, FILE *out)
{
        ledger_last(&p->ledger, rest[0] != '\0' ? strtoul(rest, NULL, 10) : 20, out);
        fputs("ok\n", out);
        return NOTHING;
}

static enum order
do_reset(struct proxy *p, char *rest, FILE *out)
{
        (void)rest;
        ledger_clear(&p->ledger);
        fputs("ok\n", out);
        return NOTHING;
}

static enum order
do_down(struct proxy *p, char *rest, FILE *out)
{
        (void)rest;
        p->down = true;
        fputs("ok\n", out);
        return CUT_ALL;
}

static enum order
do_up(struct proxy *p, char *rest, FILE *out)
{
        (void)rest;
        p->down = false;
        fputs("ok\n", out);
        return NOTHING;
}

static enum order
do_resume(struct proxy *p, char *rest, FILE *out)
{
        (void)p;
        (void)rest;
        fputs("ok\n", out);
        return RESUME;
}

static enum order
do_slices(struct proxy *p, char *rest, FILE *out)
{
        struct slices slices = { 0 };
        char *end, *name;

        slices.most = strtoul(rest, &end, 10);
        name = end + strspn(end, " ");
        if (!isdigit((unsigned char)rest[0]) || slices.most > 1000000 || (*end != '\0' && *end != ' ') ||
            strlen(name) >= sizeof slices.attribute) {
                fputs("error: slices N [ATTRIBUTE]; N is a number\n", out);
                return NOTHING;
        }
        strcpy(slices.attribute, *name != '\0' ? name : "member");
        p->slices = slices;
        fputs("ok\n", out);
        return NOTHING;
}

static enum order
do_quit(struct proxy *p, char *rest, FILE *out)
{
        (void)p;
        (void)rest;
        fputs("ok\n", out);
        return QUIT;
}

static const struct {
        const char *name;
        enum order (*act)(struct proxy *, char *rest, FILE *out);
} commands[] = {
        { "fault", do_fault }, { "faults", do_faults }, { "clear", do_clear }, { "ledger", do_ledger },
        { "last", do_last }, { "reset", do_reset }, { "down", do_down }, { "up", do_up },
        { "resume", do_resume }, { "slices", do_slices },
        { "quit", do_quit },
};

enum order
control_line(struct proxy *p, char *line, FILE *answer)
{
        char *rest = line + strcspn(line, " \r");

        if (*rest != '\0')
                *rest++ = '\0';
        rest[strcspn(rest, "\r")] = '\0';
        for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
                if (strcmp(commands[i].name, line) == 0)
                        return commands[i].act(p, rest, answer);
        fputs("error: unknown command; known: fault faults clear ledger last reset down up resume slices quit\n", answer);
        return NOTHING;
}
