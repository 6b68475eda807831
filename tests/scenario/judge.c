/* judge.c - do the sinks that are not directories hold what the source says, and was nothing
 * doubled or taken away on the way?
 *
 *   judge PEOPLE [boldbi=USERS:EFFECTS] [kaizala=PEOPLE:EFFECTS] [file=CSV] [foreign=NAME]...
 *
 * A second oracle beside truth.c, as independent of the core: it reads what the Graph emulator holds
 * and what the other emulators' control doors and ledgers of effects tell, and works out by itself
 * what tests/scenario/torture.sh asks for:
 *
 *   boldbi    each one in scope has one account with his mail and his first name
 *   kaizala   each one in scope has one record under +491 and his employeeId, listed as an employee
 *   file      each one in scope has one row with his id, display name and department
 *   at rest   nobody else is there ('foreign' ones, who were there before, excepted)
 *   ledger    no effect made somebody twice without having removed him in between, and none
 *             removed somebody who is in scope now
 *
 * Every difference is printed; the exit code is 1 when there was one, 2 when it could not be told. */
#include <json-c/json.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MOST = 20000 };

struct person {
        struct json_object *json;
        char phone[64];
        bool in_scope;
        int seen;                            /* in the sink that is looked at          */
};

static struct person people[MOST];
static size_t person_count;
static const char *foreign[64];
static size_t foreign_count;
static unsigned long differences;

static void __attribute__((format(printf, 1, 2)))
differs(const char *format, ...)
{
        va_list ap;

        differences++;
        va_start(ap, format);
        vprintf(format, ap);
        va_end(ap);
        putchar('\n');
}

static void __attribute__((noreturn))
die(const char *what, const char *why)
{
        fprintf(stderr, "judge: %s: %s\n", what, why);
        exit(2);
}

static const char *
text_of(struct json_object *o, const char *name)
{
        struct json_object *v;

        return json_object_object_get_ex(o, name, &v) && v != NULL ? json_object_get_string(v) : NULL;
}

static bool
same(const char *a, const char *b)
{
        return a != NULL && b != NULL && strcasecmp(a, b) == 0;
}

static struct json_object *
list_in(const char *file, const char *name, struct json_object **ret_list)
{
        struct json_object *all = json_object_from_file(file);

        if (all == NULL || !json_object_object_get_ex(all, name, ret_list)
            || !json_object_is_type(*ret_list, json_type_array))
                die(file, "no such list in it");
        return all;
}

static void
read_people(const char *file)
{
        struct json_object *list;

        list_in(file, "value", &list);
        person_count = json_object_array_length(list);
        if (person_count > MOST)
                die(file, "too many people");
        for (size_t i = 0; i < person_count; i++) {
                struct person *p = &people[i];
                const char *number;

                p->json = json_object_array_get_idx(list, i);
                number = text_of(p->json, "employeeId");
                p->in_scope = same(text_of(p->json, "@state"), "live") && same(text_of(p->json, "userType"), "Member")
                           && text_of(p->json, "mail") != NULL;
                if (number != NULL)
                        (void)snprintf(p->phone, sizeof p->phone, "+491%s", number);
        }
}

/* Whose key that is: one in scope if there is one. */
static struct person *
person_with(const char *(*key)(const struct person *), const char *value)
{
        struct person *found = NULL;

        for (size_t i = 0; i < person_count; i++)
                if (same(key(&people[i]), value) && (found == NULL || people[i].in_scope))
                        found = &people[i];
        return found;
}

static const char *mail_key(const struct person *p) { return text_of(p->json, "mail"); }
static const char *phone_key(const struct person *p) { return p->phone[0] != '\0' ? p->phone : NULL; }
static const char *id_key(const struct person *p) { return text_of(p->json, "id"); }

static bool
is_foreign(const char *name)
{
        for (size_t i = 0; i < foreign_count; i++)
                if (same(foreign[i], name))
                        return true;
        return false;
}

/* One object of the sink: whose is it, and is it his first? */
static struct person *
meet(const char *sink, const char *(*key)(const struct person *), const char *value)
{
        struct person *p = value != NULL ? person_with(key, value) : NULL;

        if (value != NULL && is_foreign(value))
                return NULL;
        if (p == NULL || !p->in_scope) {
                differs("%s: %s is there, and should not be", sink, value != NULL ? value : "somebody without a key");
                return NULL;
        }
        if (p->seen++ != 0)
                differs("%s: %s is there twice", sink, value);
        return p;
}

static void
expect(const char *sink, const char *who, const char *what, const char *want, const char *is)
{
        if (strcmp(want != NULL ? want : "", is != NULL ? is : "") != 0)
                differs("%s: %s: %s is '%s' instead of '%s'", sink, who, what, is != NULL ? is : "", want != NULL ? want : "");
}

static void
all_met(const char *sink, const char *(*key)(const struct person *))
{
        for (size_t i = 0; i < person_count; i++) {
                if (people[i].in_scope && key(&people[i]) != NULL && people[i].seen == 0)
                        differs("%s: %s is not there", sink, key(&people[i]));
                people[i].seen = 0;
        }
}

/* ---- ledgers --------------------------------------------------------------------------- */

/* Whom an effect was about: the member is looked for in its object, whatever that is called. */
static const char *
about(struct json_object *line, const char *member)
{
        struct json_object *object;

        return json_object_object_get_ex(line, "object", &object) ? text_of(object, member) : NULL;
}

static void
check_effects(const char *sink, const char *file, const char *made, const char *removed, const char *member,
              const char *(*key)(const struct person *))
{
        struct json_object *lines;
        const char *there[MOST];
        size_t count = 0;

        list_in(file, "lines", &lines);
        for (size_t i = 0; i < json_object_array_length(lines); i++) {
                struct json_object *line = json_object_array_get_idx(lines, i);
                const char *what = text_of(line, "effect"), *who = about(line, member);
                size_t at = 0;

                if (!same(what, made) && !same(what, removed))
                        continue;
                if (who == NULL)
                        die(file, "an effect does not say on whom");
                while (at < count && !same(there[at], who))
                        at++;
                if (same(what, made)) {
                        if (at < count)
                                differs("%s: %s was made twice (effect %s)", sink, who, text_of(line, "number"));
                        else if (count < MOST)
                                there[count++] = who;
                        continue;
                }
                if (person_with(key, who) != NULL && person_with(key, who)->in_scope)
                        differs("%s: %s was removed, and is in scope (effect %s)", sink, who, text_of(line, "number"));
                if (at < count)
                        there[at] = there[--count];
        }
}

/* ---- the sinks -------------------------------------------------------------------------- */

static void
boldbi(const char *users, const char *effects)
{
        struct json_object *list;

        list_in(users, "value", &list);
        for (size_t i = 0; i < json_object_array_length(list); i++) {
                struct json_object *o = json_object_array_get_idx(list, i);
                struct person *p = meet("boldbi", mail_key, text_of(o, "Email"));

                if (p != NULL)
                        expect("boldbi", text_of(o, "Email"), "FirstName", text_of(p->json, "givenName"), text_of(o, "FirstName"));
        }
        all_met("boldbi", mail_key);
        check_effects("boldbi", effects, "user created", "user deleted", "Email", mail_key);
}

static void
kaizala(const char *directory, const char *effects)
{
        struct json_object *list;

        list_in(directory, "people", &list);
        for (size_t i = 0; i < json_object_array_length(list); i++) {
                struct json_object *o = json_object_array_get_idx(list, i);
                struct person *p;

                if (!same(text_of(o, "@listed"), "true"))
                        continue;
                p = meet("kaizala", phone_key, text_of(o, "PhoneNumber"));
                if (p != NULL)
                        expect("kaizala", p->phone, "First Name", text_of(p->json, "givenName"), text_of(o, "First Name"));
        }
        all_met("kaizala", phone_key);
        check_effects("kaizala", effects, "person added", "person removed", "phone", phone_key);
}

/* The next cell of a row of CSV, as it is meant; the rest is left in '*at'. */
static char *
cell(char **at)
{
        char *from = *at, *to = *at, *start = *at;
        bool quoted = *from == '"';

        from += quoted;
        while (*from != '\0' && (quoted || (*from != ',' && *from != '\n' && *from != '\r'))) {
                if (quoted && from[0] == '"' && from[1] != '"')
                        break;
                from += quoted && from[0] == '"';
                *to++ = *from++;
        }
        while (*from != '\0' && *from != ',' && *from != '\n')
                from++;
        *at = *from == ',' ? from + 1 : from;
        *to = '\0';
        return start;
}

static void
csv(const char *file)
{
        FILE *in = fopen(file, "r");
        char line[8192];
        bool first = true;

        if (in == NULL)
                die(file, "cannot be read");
        while (fgets(line, sizeof line, in) != NULL) {
                char *at = line, *id, *name, *department;
                struct person *p;

                if (strchr(line, '\n') == NULL)
                        differs("file: its last line has no end");
                if (first && strncmp(line, "id,displayName,department", 25) != 0)
                        die(file, "other columns");
                if (first) {
                        first = false;
                        continue;
                }
                id = cell(&at);
                name = cell(&at);
                department = cell(&at);
                p = meet("file", id_key, id);
                if (p == NULL)
                        continue;
                expect("file", id, "displayName", text_of(p->json, "displayName"), name);
                expect("file", id, "department", text_of(p->json, "department"), department);
        }
        fclose(in);
        all_met("file", id_key);
}

int
main(int argc, char **argv)
{
        if (argc < 3)
                die("PEOPLE SINK=FILES...", "say them");
        read_people(argv[1]);
        for (int i = 2; i < argc; i++)
                if (strncmp(argv[i], "foreign=", 8) == 0 && foreign_count < 64)
                        foreign[foreign_count++] = argv[i] + 8;
        for (int i = 2; i < argc; i++) {
                char *value = strchr(argv[i], '='), *second;

                if (value == NULL)
                        die(argv[i], "what is that?");
                *value++ = '\0';
                second = strchr(value, ':');
                if (second != NULL)
                        *second++ = '\0';
                if (strcmp(argv[i], "boldbi") == 0 && second != NULL)
                        boldbi(value, second);
                else if (strcmp(argv[i], "kaizala") == 0 && second != NULL)
                        kaizala(value, second);
                else if (strcmp(argv[i], "file") == 0)
                        csv(value);
                else if (strcmp(argv[i], "foreign") != 0)
                        die(argv[i], "what is that?");
        }
        if (differences != 0)
                printf("%lu differences\n", differences);
        return differences != 0;
}
