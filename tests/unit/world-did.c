/* world-did.c - what was done to groups in a small world, whatever the order of members. */
#include "world.h"

#include <stdio.h>
#include <string.h>

/* Members come in the order of their numbers, which are those of hashes. */
static void
sort_members(char *did)
{
        for (char *line = did; line != NULL && *line != '\0'; line = strchr(line, '\n') != NULL ? strchr(line, '\n') + 1 : NULL) {
                char *end = strchr(line, '\n'), *first = NULL, words[8][64];
                size_t count = 0;

                for (char *c = line; c < end; c++)
                        if (c[0] == ' ' && (c[1] == '+' || c[1] == '-') && first == NULL)
                                first = c + 1;
                if (first == NULL)
                        continue;
                for (char *c = first; c < end && count < 8; count++) {
                        size_t length = strcspn(c, " \n");

                        (void)snprintf(words[count], sizeof words[0], "%.*s", (int)length, c);
                        c += length + 1;
                }
                qsort(words, count, sizeof words[0], (int (*)(const void *, const void *))strcmp);
                for (size_t i = 0; i < count; i++) {
                        size_t length = strlen(words[i]);

                        memcpy(first, words[i], length);
                        first += length;
                        *first++ = i + 1 < count ? ' ' : '\n';
                }
        }
}

void
world_did_members(struct world *w, const char *text)
{
        char *want = strdup(text);

        sort_members(want);
        sort_members(w->did);
        world_did(w, want);
        free(want);
}
