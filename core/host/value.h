/* value.h - one option's text as the value that its row asks for. */
#ifndef MSTC_OPTION_VALUE_H
#define MSTC_OPTION_VALUE_H

#include <muster/option.h>

struct mstc_parsed {
        int64_t number;                      /* integer, duration, size, index; boolean 0, 1 */
        char why[256], remedy[256];          /* when it is refused                     */
};

/* Text, URL and path are only checked.  Not for secrets and lists. */
bool mstc_value_parse(const struct mst_option *row, const char *text, struct mstc_parsed *ret);

/* Bytes of the member, and its type's word for people ("duration"). */
size_t mstc_value_width(uint32_t type);
const char *mstc_value_type(uint32_t type);
/* A number of that row as an admin writes it. */
void mstc_value_write(const struct mst_option *row, int64_t number, char *into, size_t room);
/* "1s to 1h", "at least 1", or "" when there is no range. */
void mstc_value_range(const struct mst_option *row, char *into, size_t room);

#endif
