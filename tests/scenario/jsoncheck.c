/* jsoncheck.c - is what a command printed one JSON object of the documented shape, and
 * does it say what it should?
 *
 *      muster status --json | jsoncheck /command=status /syncs/0/name=staff /syncs/0/last
 *
 * Reads one document from standard input: nothing before or after it, "muster" and
 * "command" in front.  Each argument is a JSON pointer that must lead somewhere, with
 * =TEXT to something that reads like that (numbers, true, false and null as in JSON), with
 * !=TEXT to something that does not; "#POINTER=N" counts an array.  `!POINTER` leads
 * nowhere.  Exits 1 with a sentence otherwise. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

static char *
read_all(FILE *from, size_t *size)
{
        char *bytes = NULL;
        size_t room = 0;

        *size = 0;
        for (;;) {
                size_t got;

                if (room - *size < 65536) {
                        room = room * 2 + 131072;
                        bytes = realloc(bytes, room);
                        if (bytes == NULL)
                                abort();
                }
                got = fread(bytes + *size, 1, 65536 - 1, from);
                if (got == 0)
                        break;
                *size += got;
        }
        bytes[*size] = '\0';
        return bytes;
}

static struct json_object *
parse(const char *bytes, size_t size)
{
        struct json_tokener *tokener = json_tokener_new();
        struct json_object *root;
        size_t end;

        json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
        root = json_tokener_parse_ex(tokener, bytes, (int)size);
        if (json_tokener_get_error(tokener) != json_tokener_success) {
                fprintf(stderr, "jsoncheck: not JSON: %s at byte %zu\n",
                        json_tokener_error_desc(json_tokener_get_error(tokener)),
                        json_tokener_get_parse_end(tokener));
                json_tokener_free(tokener);
                return NULL;
        }
        end = json_tokener_get_parse_end(tokener);
        json_tokener_free(tokener);
        if (strspn(bytes + end, " \n") != size - end) {
                fprintf(stderr, "jsoncheck: something stands behind the document\n");
                json_object_put(root);
                return NULL;
        }
        return root;
}

static const char *
as_text(struct json_object *value)
{
        return json_object_is_type(value, json_type_string) ? json_object_get_string(value)
             : json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN);
}

static int
check_one(struct json_object *root, const char *wish)
{
        char pointer[1024];
        const char *equals = strchr(wish, '='), *begin = wish + (*wish == '#' || *wish == '!');
        int differs = equals != NULL && equals > wish && equals[-1] == '!';
        size_t length = equals != NULL ? (size_t)(equals - begin) - (size_t)differs : strlen(begin);
        struct json_object *value = NULL;
        char count[32];
        const char *is;

        snprintf(pointer, sizeof pointer, "%.*s", (int)length, begin);
        if (json_pointer_get(root, pointer, &value) != 0) {
                if (*wish == '!')
                        return 0;
                fprintf(stderr, "jsoncheck: there is no %s\n", pointer);
                return 1;
        }
        if (*wish == '!') {
                fprintf(stderr, "jsoncheck: there is a %s: %s\n", pointer, as_text(value));
                return 1;
        }
        if (equals == NULL)
                return 0;
        is = as_text(value);
        if (*wish == '#') {
                if (!json_object_is_type(value, json_type_array)) {
                        fprintf(stderr, "jsoncheck: %s is no array\n", pointer);
                        return 1;
                }
                snprintf(count, sizeof count, "%zu", json_object_array_length(value));
                is = count;
        }
        if ((strcmp(is, equals + 1) == 0) != differs)
                return 0;
        fprintf(stderr, "jsoncheck: %s is '%s', not what '%s' asks for\n", pointer, is, wish);
        return 1;
}

int
main(int argc, char **argv)
{
        size_t size;
        char *bytes = read_all(stdin, &size);
        struct json_object *root = parse(bytes, size);
        int failed = root == NULL;

        if (!failed && !json_object_is_type(root, json_type_object)) {
                fprintf(stderr, "jsoncheck: not an object\n");
                failed = 1;
        }
        if (!failed)
                failed |= check_one(root, "/muster") | check_one(root, "/command");
        for (int i = 1; !failed && i < argc; i++)
                failed |= check_one(root, argv[i]);
        if (failed)
                fprintf(stderr, "%s", bytes);
        json_object_put(root);
        free(bytes);
        return failed;
}
