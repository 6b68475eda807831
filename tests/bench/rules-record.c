/* rules-record.c - see rules-record.h. */
#include "build.h"

#include "rules-record.h"

#include <muster/record.h>
#include <string.h>

#include "rules-world.h"

static void
put(struct mst_record *record, const char *name, const char *text)
{
        mst_record_text(record, mst_record_put(record, name), text, strlen(text));
}

void
world_record(struct mst_record *into, uint32_t number)
{
        struct world_person p;

        world_person(number, &p);
        for (size_t i = 0; i < WORLD_TEXTS; i++)
                if (p.texts[i][0] != '\0')
                        put(into, world_names[i], p.texts[i]);
        if (p.tag_count > 0) {
                struct mst_value *list = mst_record_put(into, "tags");

                mst_record_list(into, list);
                for (unsigned i = 0; i < p.tag_count; i++)
                        mst_record_text(into, mst_record_append(into, list), p.tags[i], strlen(p.tags[i]));
        }
        mst_record_bool(into, mst_record_put(into, "accountEnabled"), p.enabled);
        mst_record_date(into, mst_record_put(into, "employeeHireDate"), p.hired);
}
