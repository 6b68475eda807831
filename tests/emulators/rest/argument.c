/* argument.c - values of the command line; see argument.h. */
#include "argument.h"
#include "text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

bool
argument_number(const char *text, uint64_t max, uint64_t *ret)
{
        char *end;
        unsigned long long n;

        errno = 0;
        n = strtoull(text, &end, 10);
        *ret = n;
        return end != text && *end == '\0' && errno == 0 && text[0] != '-' && n <= max;
}

char *
argument_line(const char *path)
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
