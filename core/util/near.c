/* near.c - the nearest name, by edit distance.
 *
 * A third of the letters may be wrong, at least one, at most three: "departmnet"
 * is department, but "mail" is not "name". */
#include "build.h"

#include "util/near.h"

#include <string.h>

#include "util/utf8.h"

const char *
mstc_near(const char *wrong, const char *const *names, size_t count)
{
        size_t most = strlen(wrong) / 3;
        const char *best = NULL;

        if (most < 1)
                most = 1;
        if (most > 3)
                most = 3;
        for (size_t i = 0; i < count; i++) {
                size_t distance = mstc_text_distance(wrong, names[i], most);

                if (distance > most)
                        continue;
                best = names[i];
                if (distance == 0)
                        break;
                most = distance - 1;            /* only a nearer one from here on */
        }
        return best;
}
