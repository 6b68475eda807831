/* deltalog.c - what changed, in order; see deltalog.h. */
#include "deltalog.h"

#include <stdlib.h>

struct log_entry *
deltalog_add(struct deltalog *log, uint32_t object, uint32_t before, enum happening what)
{
        struct log_entry *e;

        if (log->count == log->room) {
                log->room = log->room > 0 ? log->room * 2 : 1024;
                log->entries = room_grow(log->entries, (size_t)log->room * sizeof *log->entries);
        }
        e = &log->entries[log->count++];
        *e = (struct log_entry){ .object = object, .before = before, .other = NOBODY, .what = (uint8_t)what };
        if (before != 0)
                log->entries[before - 1].after = log->count;
        return e;
}

bool
deltalog_last(const struct deltalog *log, uint32_t number, uint32_t to)
{
        uint32_t after = deltalog_at(log, number)->after;

        return after == 0 || after > to;
}

void
deltalog_span(const struct deltalog *log, uint32_t number, uint32_t from, struct span *ret)
{
        *ret = (struct span){ .old_boss = NOBODY };
        for (; number > from; number = deltalog_at(log, number)->before) {
                const struct log_entry *e = deltalog_at(log, number);

                props_join(&ret->touched, &e->touched);
                if (props_has(&e->touched, PROP_MANAGER))
                        ret->old_boss = e->other;
                if (e->what == HAPPENED_HIRE || e->what == HAPPENED_RESTORE)
                        ret->came = true;
        }
}

void
deltalog_free(struct deltalog *log)
{
        free(log->entries);
        *log = (struct deltalog){ 0 };
}
