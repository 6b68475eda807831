/* muster-xml.h - a folder of its own for each test of the configuration, and ways to put
 * a muster.xml there. */
#ifndef MUSTER_XML_H
#define MUSTER_XML_H

#include <sys/types.h>

#include "config/config.h"

extern char xml_folder[], xml_file[64];

void xml_setup(void);
void xml_teardown(void);

void xml_write(const char *path, const char *bytes, size_t length, mode_t mode);
/* Writes muster.xml with mode 0644 and reads it. */
struct mstc_config *xml_read(const char *text, struct mstc_report *report);
/* All complaints, one a line; valid until the next call. */
const char *xml_complaints(struct mstc_report *report);

/* A file that is right but for 'line', which stands in line 3 (below muster), 5 (below
 * sync) or 7 (below target), or is all of it. */
enum where { TOP, SYNC, TARGET, WHOLE };
void xml_build(enum where where, const char *line, char *into, size_t room);

/* One with everything in it, and no mistake. */
extern const char xml_good[];
extern const size_t xml_good_size;               /* without the NUL */

#endif
