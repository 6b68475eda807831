/* progress.c - the lines that a watched run draws over: how far, how fast, how long still. */
#include <string.h>

#include "unit.h"

#include "cli/progress.h"

static const struct {
        const char *sync;
        enum mstc_phase phase;
        uint64_t done, total;
        int64_t spent_ms;
        const char *line;
} cases[] = {
        { "staff", MSTC_PHASE_START, 0, 0, 0, "staff: starting" },
        { "staff", MSTC_PHASE_PULL, 0, 0, 9000, "staff: reading the source" },
        /* no rate from the first moments: it would be a guess */
        { "staff", MSTC_PHASE_PULL, 500, 0, 499, "staff: reading the source  500 records" },
        { "staff", MSTC_PHASE_PULL, 12000, 0, 4000, "staff: reading the source  12,000 records  3,000/s" },
        { "staff", MSTC_PHASE_APPLY, 250, 1000, 1000, "staff: writing  250 of 1,000 ops  25 %  250/s  4 s left" },
        { "staff", MSTC_PHASE_APPLY, 1000, 1000, 2000, "staff: writing  1,000 of 1,000 ops  100 %  500/s" },
        { "staff", MSTC_PHASE_APPLY, 0, 1000, 5000, "staff: writing  0 of 1,000 ops  0 %" },
        /* slower than one a second: no rate, but the time that it will take */
        { "staff", MSTC_PHASE_MATCH, 1, 3, 3000, "staff: looking into the sinks  1 of 3 objects  33 %  7 s left" },
        /* more than was said there would be: a total that is wrong is not shown */
        { "staff", MSTC_PHASE_APPLY, 7, 5, 0, "staff: writing  7 ops" },
        { "staff", MSTC_PHASE_APPLY, UINT64_MAX, UINT64_MAX, 0,
          "staff: writing  18,446,744,073,709,551,615 of 18,446,744,073,709,551,615 ops  100 %" },
        /* a clock that goes backwards, a phase of a newer engine, a hostile name */
        { "staff", MSTC_PHASE_PLAN, 5, 10, -1000, "staff: planning  5 of 10 people  50 %" },
        { "staff", (enum mstc_phase)99, 0, 0, 0, "staff: working" },
        { "a\033[2Jb", MSTC_PHASE_JUDGE, 0, 0, 0, "a\\x1b[2Jb: judging the plan" },
        { "a name that is longer than anybody would give", MSTC_PHASE_CLOSE, 0, 0, 0,
          "a name that i\xe2\x80\xa6" "d give: closing" },
};

START_TEST(say)
{
        struct mstc_progress progress = { .phase = cases[_i].phase, .done = cases[_i].done,
                                          .total = cases[_i].total, .started_ms = 1000000 };
        struct mstc_buffer line = { 0 };

        mstc_progress_say(cases[_i].sync, &progress, 1000000 + cases[_i].spent_ms, &line);
        ck_assert_str_eq(mstc_buffer_cstr(&line), cases[_i].line);
        mstc_buffer_done(&line);
}
END_TEST

static const struct {
        unsigned width;
        struct mstc_progress_part parts[3];
        size_t count;
        const char *lines;
} blocks[] = {
        /* names and numbers stand below each other; who is done says so */
        { 79, { { "corporate", 250, 1000, false }, { "\xe6\x9d\x8e", 5, 5, true }, { "x", 0, 20, false } }, 3,
          "staff: writing  255 of 1,025 ops  24 %  255/s  4 s left\n"
          "  corporate    250 of 1,000   25 %  250/s  4 s left\n"
          "  \xe6\x9d\x8e             5 of     5  done\n"
          "  x              0 of    20    0 %\n" },
        { 40, { { "corporate", 250, 1000, false }, { "badge", 1, 2, false } }, 2,
          "staff: writing  255 of 1,025 ops  24 % \xe2\x80\xa6\n"
          "  corporate    250 of 1,000   25 %  250\xe2\x80\xa6\n"
          "  badge          1 of     2   50 %  1/s\xe2\x80\xa6\n" },
        /* one sink is what the first line tells of */
        { 79, { { "corporate", 255, 1025, false } }, 1, "staff: writing  255 of 1,025 ops  24 %  255/s  4 s left\n" },
        { 79, { { "a\033[2J", 0, 0, false }, { NULL, 7, 5, true } }, 2,
          "staff: writing  255 of 1,025 ops  24 %  255/s  4 s left\n  a\\x1b[2J  0 of 0    0 %\n  ?         7 of 7  done\n" },
};

START_TEST(lines)
{
        struct mstc_progress progress = { .phase = MSTC_PHASE_APPLY, .done = 255, .total = 1025, .started_ms = 1000,
                                          .parts = blocks[_i].parts, .part_count = blocks[_i].count };
        struct mstc_buffer out = { 0 };

        mstc_progress_lines("staff", &progress, 2000, blocks[_i].width, &out);
        ck_assert_str_eq(mstc_buffer_cstr(&out), blocks[_i].lines);
        mstc_buffer_done(&out);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("progress");
        TCase *t = tcase_create("progress");

        tcase_add_loop_test(t, say, 0, UNIT_COUNT(cases));
        tcase_add_loop_test(t, lines, 0, UNIT_COUNT(blocks));
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
