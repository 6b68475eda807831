/* caseplaces.h - where things stand in a file of cases.
 *
 * json-c keeps no places, and nobody needs them until there is something to complain of: then
 * the text is read once more, beside the tree that was made of it. */
#ifndef MSTC_CASEPLACES_H
#define MSTC_CASEPLACES_H

#include <stddef.h>

#include "util/report.h"

struct json_object;
struct mstc_caseplaces;

/* 'text' and 'root' are borrowed.  NULL: out of memory. */
struct mstc_caseplaces *mstc_caseplaces_new(const char *path, const char *text, size_t length, struct json_object *root);
void mstc_caseplaces_free(struct mstc_caseplaces *places);

/* Of a member of an object, and of an element of a list; what is not there, or too deep, is
 * the file's beginning. */
struct mstc_place mstc_caseplace_member(const struct mstc_caseplaces *places, const struct json_object *owner,
                                        const char *name);
struct mstc_place mstc_caseplace_element(const struct mstc_caseplaces *places, const struct json_object *owner,
                                         size_t index);

#endif
