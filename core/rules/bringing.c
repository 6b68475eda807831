/* bringing.c - what many records bring to the rule index, attribute after attribute.
 *
 * Most values were met before: a mark tells a text, and where it is known is asked for before it is
 * needed, for all of the records.  Where an attribute has few values, what each brings is brought once
 * for all who have it. */
#include "build.h"

#include <string.h>

#include "rules/block.h"

static inline void
bring(struct mstc_block *b, const struct mstc_known *known, size_t r)
{
        uint64_t record = UINT64_C(1) << r % 64;
        size_t w = r / 64;
        const struct mstc_brought *end = known->brought + known->brought_count;

        for (const struct mstc_brought *brought = known->brought; brought < end; brought++)
                b->holds[brought->key].words[w] |= record;
}

/* The value of record 'r'. */
static struct mstc_known *
look_at_one(struct mstc_block *b, struct mstc_looking *l, size_t number, size_t r)
{
        uint32_t slot = b->index->attributes[number].whole;

        if (!mstc_look(l, number, b->values[number * MSTC_STRIDE + r]))
                return NULL;
        if (l->known->odd) {
                b->odd[slot].words[r / 64] |= UINT64_C(1) << r % 64;
                b->odd_slots |= UINT64_C(1) << slot % 64;
        }
        if (l->known->heavy) {
                b->alone.words[r / 64] |= UINT64_C(1) << r % 64;
                b->heavy = true;
        }
        return l->known;
}

/* The same, for a value that needs no bytes to be told. */
static inline struct mstc_known *
known_plainly(const struct mstc_known_table *table, const struct mst_value *value, bool presence)
{
        switch (value->type) {
        case MST_NULL: return table->null;
        case MST_LIST: return NULL;
        case MST_BOOL: return table->truth[value->as.is && !presence];
        default: return presence ? table->truth[0] : NULL;
        }
}

static inline void
share(struct mstc_block *b, struct mstc_sharers *sharers, struct mstc_known *known, size_t r)
{
        bool fresh = known->met != b->round;
        uint32_t place = fresh ? sharers->count : known->place;

        known->met = b->round;
        known->place = place;
        sharers->count += fresh;
        sharers->values[place] = known;
        sharers->records[place].words[r / 64] |= UINT64_C(1) << r % 64;
}

static void
bring_shared(struct mstc_block *b)
{
        struct mstc_sharers *sharers = &b->sharers;

        for (uint32_t i = 0; i < sharers->count; i++) {
                const struct mstc_known *known = sharers->values[i];

                for (uint32_t k = 0; k < known->brought_count; k++)
                        mstc_bits_add(&b->holds[known->brought[k].key], &sharers->records[i]);
                sharers->records[i] = (struct mstc_bits){ { 0 } };
        }
        sharers->count = 0;
}

/* A list whose elements are known instead of it. */
static bool
look_at_elements(struct mstc_block *b, struct mstc_looking *l, size_t number, size_t r)
{
        struct mstc_known_table *table = &b->scratch->tables[number];
        const struct mst_value *list = b->values[number * MSTC_STRIDE + r];

        for (uint32_t i = 0; i < list->length; i++) {
                const struct mst_value *one = &list->as.items[i];
                uint64_t mark = mstc_known_mark(one->as.text, one->length, MST_TEXT);
                const struct mstc_known *known = table->recent == NULL || mark == 0 ? NULL
                                                                                    : mstc_known_marked(table, one, mark);

                if (known == NULL && !mstc_look(l, number, one))
                        return false;
                bring(b, known != NULL ? known : l->known, r);
        }
        return true;
}

/* Texts first, whose marks tell where they are likely to be known: that is asked for, for all of
 * them, before any of it is needed. */
struct order {
        size_t text_count, other_count;
        uint16_t texts[MSTC_ROW], others[MSTC_ROW];
        uint64_t marks[MSTC_ROW];                 /* of the texts, in this order            */
};

static void
put_in_order(const struct mstc_known_table *table, const struct mst_value *const *values, size_t count,
             struct order *order)
{
        for (size_t r = 0; r < count; r++) {
                bool text = values[r]->type == MST_TEXT;

                order->texts[order->text_count] = order->others[order->other_count] = (uint16_t)r;
                order->text_count += text;
                order->other_count += !text;
        }
        for (size_t i = 0; i < order->text_count; i++) {
                const struct mst_value *text = values[order->texts[i]];

                order->marks[i] = mstc_known_mark(text->as.text, text->length, MST_TEXT);
                __builtin_prefetch(mstc_known_place(table, order->marks[i]));
        }
        for (size_t i = 0; i < order->text_count; i++)
                __builtin_prefetch(mstc_known_place(table, order->marks[i])->known);
}

static inline void
keep_in_row(struct mstc_block *b, size_t number, size_t r, struct mstc_known *known)
{
        bool passes = mstc_known_passes(&b->scratch->tables[number], known);

        b->row[number * MSTC_STRIDE + r] = passes ? NULL : known;
        if (passes || !b->sharers.few)
                bring(b, known, r);
        else
                share(b, &b->sharers, known, r);
}

static bool
look_at_texts(struct mstc_block *b, struct mstc_looking *l, size_t number, const struct order *order)
{
        struct mstc_known_table *table = &b->scratch->tables[number];
        const struct mst_value *const *values = b->values + number * MSTC_STRIDE;

        for (size_t i = 0; i < order->text_count; i++) {
                size_t r = order->texts[i];
                struct mstc_known *known = order->marks[i] == 0 ? NULL
                                                                : mstc_known_marked(table, values[r], order->marks[i]);

                if ((known == NULL || known->odd || known->heavy) && (known = look_at_one(b, l, number, r)) == NULL)
                        return false;
                keep_in_row(b, number, r, known);
        }
        return true;
}

static bool
look_at_other(struct mstc_block *b, struct mstc_looking *l, size_t number, size_t r, bool presence)
{
        struct mstc_known_table *table = &b->scratch->tables[number];
        const struct mst_value *value = b->values[number * MSTC_STRIDE + r];
        struct mstc_known *known = known_plainly(table, value, presence);

        if (known == NULL && !presence && value->type == MST_LIST && mstc_known_join(table, value) != NULL) {
                b->row[number * MSTC_STRIDE + r] = NULL;
                return look_at_elements(b, l, number, r);
        }
        if ((known == NULL || known->odd || known->heavy) && (known = look_at_one(b, l, number, r)) == NULL)
                return false;
        keep_in_row(b, number, r, known);
        return true;
}

/* What the records bring with one of their attributes. */
static bool
look_at(struct mstc_block *b, struct mstc_looking *l, size_t number)
{
        struct mstc_known_table *table = &b->scratch->tables[number];
        bool presence = b->index->attributes[number].presence;
        struct order order;

        order.text_count = order.other_count = 0;
        b->sharers.few = table->count <= MSTC_ROW / 4;
        if (!presence && table->recent != NULL && !table->off) {
                put_in_order(table, b->values + number * MSTC_STRIDE, b->many, &order);
                if (!look_at_texts(b, l, number, &order))
                        return false;
        } else {
                for (size_t r = 0; r < b->many; r++)
                        order.others[order.other_count++] = (uint16_t)r;
        }
        for (size_t i = 0; i < order.other_count; i++)
                if (!look_at_other(b, l, number, order.others[i], presence))
                        return false;
        bring_shared(b);
        return true;
}

/* Records that are matched alone bring nothing, so that no step has them. */
static void
leave_out(struct mstc_block *b)
{
        for (size_t i = 0; i < b->index->key_count; i++)
                for (size_t w = 0; w < MSTC_WORDS; w++)
                        b->holds[i].words[w] &= ~b->alone.words[w];
}

bool
mstc_block_look(struct mstc_block *b, struct mst_arena *arena)
{
        struct mstc_looking looking = { .index = b->index, .scratch = b->scratch, .arena = arena };
        const struct mstc_index *index = b->index;

        memset(b->holds, 0, index->key_count * sizeof *b->holds);
        memset(b->odd, 0, index->slot_count * sizeof *b->odd);
        b->odd_slots = 0;
        b->alone = (struct mstc_bits){ { 0 } };
        b->heavy = false;
        b->round++;
        mstc_find_all(index, b->records + b->first, b->many, b->values, MSTC_STRIDE, b->rooms, &b->shared);
        for (size_t i = 0; i < index->attribute_count; i++) {
                mstc_known_settle(&b->scratch->tables[i], MSTC_ROW);
                if (!look_at(b, &looking, i))
                        return false;
        }
        if (b->heavy)
                leave_out(b);
        for (size_t r = 0; r < b->many; r++)
                b->holds[MSTC_ALWAYS].words[r / 64] |= UINT64_C(1) << r % 64;
        for (size_t w = 0; w < MSTC_WORDS; w++)
                b->holds[MSTC_ALWAYS].words[w] &= ~b->alone.words[w];
        for (size_t i = 0; i < index->absence_count; i++)
                for (size_t w = 0; w < MSTC_WORDS; w++)
                        b->holds[index->key_count + i].words[w] = ~b->holds[index->absences[i]].words[w];
        return true;
}
