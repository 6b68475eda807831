# tests/unit: one Check program a noun.  A new one is a block of five lines like those
# below, in order of the names; UNIT_LIBS holds everything from [1] to [6].
UNIT_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
UNIT_LIBS = core/libcore.la libmuster.la $(CHECK_LIBS)
EXTRA_DIST += tests/unit/unit.h
WORLD = tests/unit/world.c tests/unit/world-did.c tests/unit/world-sink.c tests/unit/world.h

if HAVE_CHECK

include tests/unit/net.mk

check_PROGRAMS += tests/unit/arena
tests_unit_arena_SOURCES = tests/unit/arena.c
tests_unit_arena_CFLAGS = $(UNIT_CFLAGS)
tests_unit_arena_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/arena

check_PROGRAMS += tests/unit/config
tests_unit_config_SOURCES = tests/unit/config.c tests/unit/muster-xml.c tests/unit/muster-xml.h
tests_unit_config_CFLAGS = $(UNIT_CFLAGS)
tests_unit_config_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/config

check_PROGRAMS += tests/unit/config-files
tests_unit_config_files_SOURCES = tests/unit/config-files.c tests/unit/muster-xml.c tests/unit/muster-xml.h
tests_unit_config_files_CFLAGS = $(UNIT_CFLAGS)
tests_unit_config_files_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/config-files

check_PROGRAMS += tests/unit/date
tests_unit_date_SOURCES = tests/unit/date.c
tests_unit_date_CFLAGS = $(UNIT_CFLAGS)
tests_unit_date_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/date

check_PROGRAMS += tests/unit/engine-carry
tests_unit_engine_carry_SOURCES = tests/unit/engine-carry.c $(WORLD)
tests_unit_engine_carry_CFLAGS = $(UNIT_CFLAGS)
tests_unit_engine_carry_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/engine-carry

check_PROGRAMS += tests/unit/engine-carry-random
tests_unit_engine_carry_random_SOURCES = tests/unit/engine-carry-random.c $(WORLD)
tests_unit_engine_carry_random_CFLAGS = $(UNIT_CFLAGS)
tests_unit_engine_carry_random_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/engine-carry-random

check_PROGRAMS += tests/unit/engine-cut
tests_unit_engine_cut_SOURCES = tests/unit/engine-cut.c $(WORLD)
tests_unit_engine_cut_CFLAGS = $(UNIT_CFLAGS)
tests_unit_engine_cut_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/engine-cut

check_PROGRAMS += tests/unit/engine-fate
tests_unit_engine_fate_SOURCES = tests/unit/engine-fate.c $(WORLD)
tests_unit_engine_fate_CFLAGS = $(UNIT_CFLAGS)
tests_unit_engine_fate_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/engine-fate

check_PROGRAMS += tests/unit/engine-name
tests_unit_engine_name_SOURCES = tests/unit/engine-name.c $(WORLD)
tests_unit_engine_name_CFLAGS = $(UNIT_CFLAGS)
tests_unit_engine_name_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/engine-name

check_PROGRAMS += tests/unit/engine-groups
tests_unit_engine_groups_SOURCES = tests/unit/engine-groups.c $(WORLD)
tests_unit_engine_groups_CFLAGS = $(UNIT_CFLAGS)
tests_unit_engine_groups_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/engine-groups

check_PROGRAMS += tests/unit/engine-guards
tests_unit_engine_guards_SOURCES = tests/unit/engine-guards.c $(WORLD)
tests_unit_engine_guards_CFLAGS = $(UNIT_CFLAGS)
tests_unit_engine_guards_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/engine-guards

check_PROGRAMS += tests/unit/engine-leave
tests_unit_engine_leave_SOURCES = tests/unit/engine-leave.c $(WORLD)
tests_unit_engine_leave_CFLAGS = $(UNIT_CFLAGS)
tests_unit_engine_leave_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/engine-leave

check_PROGRAMS += tests/unit/engine-moments
tests_unit_engine_moments_SOURCES = tests/unit/engine-moments.c $(WORLD)
tests_unit_engine_moments_CFLAGS = $(UNIT_CFLAGS)
tests_unit_engine_moments_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/engine-moments

check_PROGRAMS += tests/unit/engine-chance
tests_unit_engine_chance_SOURCES = tests/unit/engine-chance.c $(WORLD)
tests_unit_engine_chance_CFLAGS = $(UNIT_CFLAGS)
tests_unit_engine_chance_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/engine-chance

check_PROGRAMS += tests/unit/engine-exactly
tests_unit_engine_exactly_SOURCES = tests/unit/engine-exactly.c $(WORLD)
tests_unit_engine_exactly_CFLAGS = $(UNIT_CFLAGS)
tests_unit_engine_exactly_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/engine-exactly

check_PROGRAMS += tests/unit/engine-retry
tests_unit_engine_retry_SOURCES = tests/unit/engine-retry.c $(WORLD)
tests_unit_engine_retry_CFLAGS = $(UNIT_CFLAGS)
tests_unit_engine_retry_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/engine-retry
check_PROGRAMS += tests/unit/engine-people
tests_unit_engine_people_SOURCES = tests/unit/engine-people.c $(WORLD)
tests_unit_engine_people_CFLAGS = $(UNIT_CFLAGS)
tests_unit_engine_people_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/engine-people

check_PROGRAMS += tests/unit/engine-plan
tests_unit_engine_plan_SOURCES = tests/unit/engine-plan.c $(WORLD)
tests_unit_engine_plan_CFLAGS = $(UNIT_CFLAGS)
tests_unit_engine_plan_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/engine-plan

check_PROGRAMS += tests/unit/engine-rulesdiff
tests_unit_engine_rulesdiff_SOURCES = tests/unit/engine-rulesdiff.c $(WORLD)
tests_unit_engine_rulesdiff_CFLAGS = $(UNIT_CFLAGS)
tests_unit_engine_rulesdiff_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/engine-rulesdiff

check_PROGRAMS += tests/unit/engine-rules
tests_unit_engine_rules_SOURCES = tests/unit/engine-rules.c $(WORLD)
tests_unit_engine_rules_CFLAGS = $(UNIT_CFLAGS)
tests_unit_engine_rules_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/engine-rules

check_PROGRAMS += tests/unit/engine-torture
tests_unit_engine_torture_SOURCES = tests/unit/engine-torture.c $(WORLD)
tests_unit_engine_torture_CFLAGS = $(UNIT_CFLAGS)
tests_unit_engine_torture_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/engine-torture

check_PROGRAMS += tests/unit/engine-doubt
tests_unit_engine_doubt_SOURCES = tests/unit/engine-doubt.c $(WORLD)
tests_unit_engine_doubt_CFLAGS = $(UNIT_CFLAGS)
tests_unit_engine_doubt_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/engine-doubt
check_PROGRAMS += tests/unit/engine-pace
tests_unit_engine_pace_SOURCES = tests/unit/engine-pace.c $(WORLD)
tests_unit_engine_pace_CFLAGS = $(UNIT_CFLAGS)
tests_unit_engine_pace_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/engine-pace
check_PROGRAMS += tests/unit/engine-trouble
tests_unit_engine_trouble_SOURCES = tests/unit/engine-trouble.c $(WORLD)
tests_unit_engine_trouble_CFLAGS = $(UNIT_CFLAGS)
tests_unit_engine_trouble_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/engine-trouble

check_PROGRAMS += tests/unit/engine-verify
tests_unit_engine_verify_SOURCES = tests/unit/engine-verify.c $(WORLD)
tests_unit_engine_verify_CFLAGS = $(UNIT_CFLAGS)
tests_unit_engine_verify_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/engine-verify

check_PROGRAMS += tests/unit/error
tests_unit_error_SOURCES = tests/unit/error.c
tests_unit_error_CFLAGS = $(UNIT_CFLAGS)
tests_unit_error_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/error

check_PROGRAMS += tests/unit/escape
tests_unit_escape_SOURCES = tests/unit/escape.c
tests_unit_escape_CFLAGS = $(UNIT_CFLAGS)
tests_unit_escape_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/escape

check_PROGRAMS += tests/unit/facts
tests_unit_facts_SOURCES = tests/unit/facts.c
tests_unit_facts_CFLAGS = $(UNIT_CFLAGS)
tests_unit_facts_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/facts

check_PROGRAMS += tests/unit/feed
tests_unit_feed_SOURCES = tests/unit/feed.c
tests_unit_feed_CFLAGS = $(UNIT_CFLAGS)
tests_unit_feed_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/feed

if BUILD_FILE
include tests/unit/file.mk
include tests/unit/ldap.mk
endif

check_PROGRAMS += tests/unit/fill
tests_unit_fill_SOURCES = tests/unit/fill.c
tests_unit_fill_CFLAGS = $(UNIT_CFLAGS)
tests_unit_fill_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/fill

check_PROGRAMS += tests/unit/flat
tests_unit_flat_SOURCES = tests/unit/flat.c
tests_unit_flat_CFLAGS = $(UNIT_CFLAGS)
tests_unit_flat_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/flat

check_PROGRAMS += tests/unit/host
tests_unit_host_SOURCES = tests/unit/host.c
tests_unit_host_CFLAGS = $(UNIT_CFLAGS)
tests_unit_host_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/host

check_PROGRAMS += tests/unit/map
tests_unit_map_SOURCES = tests/unit/map.c
tests_unit_map_CFLAGS = $(UNIT_CFLAGS)
tests_unit_map_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/map

check_PROGRAMS += tests/unit/options
tests_unit_options_SOURCES = tests/unit/options.c
tests_unit_options_CFLAGS = $(UNIT_CFLAGS)
tests_unit_options_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/options

check_PROGRAMS += tests/unit/page
tests_unit_page_SOURCES = tests/unit/page.c
tests_unit_page_CFLAGS = $(UNIT_CFLAGS)
tests_unit_page_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/page

check_PROGRAMS += tests/unit/progress
tests_unit_progress_SOURCES = tests/unit/progress.c core/cli/progress.c core/cli/table.c
tests_unit_progress_CFLAGS = $(UNIT_CFLAGS)
tests_unit_progress_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/progress

check_PROGRAMS += tests/unit/record
tests_unit_record_SOURCES = tests/unit/record.c
tests_unit_record_CFLAGS = $(UNIT_CFLAGS)
tests_unit_record_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/record

check_PROGRAMS += tests/unit/report
tests_unit_report_SOURCES = tests/unit/report.c
tests_unit_report_CFLAGS = $(UNIT_CFLAGS)
tests_unit_report_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/report

check_PROGRAMS += tests/unit/rule-cases
tests_unit_rule_cases_SOURCES = tests/unit/rule-cases.c
tests_unit_rule_cases_CFLAGS = $(UNIT_CFLAGS) $(JSON_CFLAGS)
tests_unit_rule_cases_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/rule-cases
EXTRA_DIST += tests/cases/rules-public.json tests/cases/rules-decisions.json tests/cases/README.md

check_PROGRAMS += tests/unit/rules-compile
tests_unit_rules_compile_SOURCES = tests/unit/rules-compile.c
tests_unit_rules_compile_CFLAGS = $(UNIT_CFLAGS)
tests_unit_rules_compile_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/rules-compile

check_PROGRAMS += tests/unit/rules-eval
tests_unit_rules_eval_SOURCES = tests/unit/rules-eval.c
tests_unit_rules_eval_CFLAGS = $(UNIT_CFLAGS)
tests_unit_rules_eval_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/rules-eval

check_PROGRAMS += tests/unit/rules-work
tests_unit_rules_work_SOURCES = tests/unit/rules-work.c
tests_unit_rules_work_CFLAGS = $(UNIT_CFLAGS)
tests_unit_rules_work_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/rules-work
check_PROGRAMS += tests/unit/rules-marks
tests_unit_rules_marks_SOURCES = tests/unit/rules-marks.c
tests_unit_rules_marks_CFLAGS = $(UNIT_CFLAGS)
tests_unit_rules_marks_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/rules-marks

check_PROGRAMS += tests/unit/rules-explain
tests_unit_rules_explain_SOURCES = tests/unit/rules-explain.c
tests_unit_rules_explain_CFLAGS = $(UNIT_CFLAGS)
tests_unit_rules_explain_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/rules-explain

check_PROGRAMS += tests/unit/rules-index
tests_unit_rules_index_SOURCES = tests/unit/rules-index.c
tests_unit_rules_index_CFLAGS = $(UNIT_CFLAGS)
tests_unit_rules_index_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/rules-index

check_PROGRAMS += tests/unit/outbox
tests_unit_outbox_SOURCES = tests/unit/outbox.c
tests_unit_outbox_CFLAGS = $(UNIT_CFLAGS)
tests_unit_outbox_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/outbox

check_PROGRAMS += tests/unit/roster
tests_unit_roster_SOURCES = tests/unit/roster.c
tests_unit_roster_CFLAGS = $(UNIT_CFLAGS)
tests_unit_roster_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/roster

check_PROGRAMS += tests/unit/phone
tests_unit_phone_SOURCES = tests/unit/phone.c
tests_unit_phone_CFLAGS = $(UNIT_CFLAGS)
tests_unit_phone_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/phone

check_PROGRAMS += tests/unit/password
tests_unit_password_SOURCES = tests/unit/password.c
tests_unit_password_CFLAGS = $(UNIT_CFLAGS)
tests_unit_password_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/password

check_PROGRAMS += tests/unit/secret
tests_unit_secret_SOURCES = tests/unit/secret.c
tests_unit_secret_CFLAGS = $(UNIT_CFLAGS)
tests_unit_secret_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/secret

check_PROGRAMS += tests/unit/set
tests_unit_set_SOURCES = tests/unit/set.c
tests_unit_set_CFLAGS = $(UNIT_CFLAGS)
tests_unit_set_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/set

check_PROGRAMS += tests/unit/schedule
tests_unit_schedule_SOURCES = tests/unit/schedule.c
tests_unit_schedule_CFLAGS = $(UNIT_CFLAGS)
tests_unit_schedule_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/schedule
check_PROGRAMS += tests/unit/setup
tests_unit_setup_SOURCES = tests/unit/setup.c
tests_unit_setup_CFLAGS = $(UNIT_CFLAGS)
tests_unit_setup_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/setup

check_PROGRAMS += tests/unit/groups-many
tests_unit_groups_many_SOURCES = tests/unit/groups-many.c
tests_unit_groups_many_CFLAGS = $(UNIT_CFLAGS)
tests_unit_groups_many_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/groups-many

check_PROGRAMS += tests/unit/store-fold
tests_unit_store_fold_SOURCES = tests/unit/store-fold.c $(WORLD)
tests_unit_store_fold_CFLAGS = $(UNIT_CFLAGS) $(SQLITE_CFLAGS)
tests_unit_store_fold_LDADD = $(UNIT_LIBS) $(SQLITE_LIBS)
TESTS += tests/unit/store-fold

check_PROGRAMS += tests/unit/store-journal
tests_unit_store_journal_SOURCES = tests/unit/store-journal.c
tests_unit_store_journal_CFLAGS = $(UNIT_CFLAGS) $(SQLITE_CFLAGS)
tests_unit_store_journal_LDADD = $(UNIT_LIBS) $(SQLITE_LIBS)
TESTS += tests/unit/store-journal

check_PROGRAMS += tests/unit/store-copy
tests_unit_store_copy_SOURCES = tests/unit/store-copy.c
tests_unit_store_copy_CFLAGS = $(UNIT_CFLAGS) $(SQLITE_CFLAGS)
tests_unit_store_copy_LDADD = $(UNIT_LIBS) $(SQLITE_LIBS)
TESTS += tests/unit/store-copy

check_PROGRAMS += tests/unit/store-open
tests_unit_store_open_SOURCES = tests/unit/store-open.c
tests_unit_store_open_CFLAGS = $(UNIT_CFLAGS) $(SQLITE_CFLAGS)
tests_unit_store_open_LDADD = $(UNIT_LIBS) $(SQLITE_LIBS)
TESTS += tests/unit/store-open

check_PROGRAMS += tests/unit/table
tests_unit_table_SOURCES = tests/unit/table.c core/cli/table.c
tests_unit_table_CFLAGS = $(UNIT_CFLAGS)
tests_unit_table_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/table
check_PROGRAMS += tests/unit/logline
tests_unit_logline_SOURCES = tests/unit/logline.c core/cli/logline.c core/cli/moment.c core/cli/table.c
tests_unit_logline_CFLAGS = $(UNIT_CFLAGS)
tests_unit_logline_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/logline

check_PROGRAMS += tests/unit/testkit
tests_unit_testkit_SOURCES = tests/unit/testkit.c
tests_unit_testkit_CFLAGS = $(UNIT_CFLAGS)
tests_unit_testkit_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/testkit

check_PROGRAMS += tests/unit/utf8
tests_unit_utf8_SOURCES = tests/unit/utf8.c
tests_unit_utf8_CFLAGS = $(UNIT_CFLAGS)
tests_unit_utf8_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/utf8

check_PROGRAMS += tests/unit/words
tests_unit_words_SOURCES = tests/unit/words.c
tests_unit_words_CFLAGS = $(UNIT_CFLAGS)
tests_unit_words_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/words

check_PROGRAMS += tests/unit/engine-undo
tests_unit_engine_undo_SOURCES = tests/unit/engine-undo.c $(WORLD)
tests_unit_engine_undo_CFLAGS = $(UNIT_CFLAGS)
tests_unit_engine_undo_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/engine-undo

check_PROGRAMS += tests/unit/engine-limits
tests_unit_engine_limits_SOURCES = tests/unit/engine-limits.c $(WORLD)
tests_unit_engine_limits_CFLAGS = $(UNIT_CFLAGS)
tests_unit_engine_limits_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/engine-limits

endif
