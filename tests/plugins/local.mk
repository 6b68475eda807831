# tests/plugins: a zoo.  Each bad plugin has one vice, told at the top of its file; zoo.c
# loads them all through the real host and knows the sentence that each must end in.
# minor0 is a plugin of ABI 1.0 that must load for ever.  demo-source and demo-sink are
# good, and small, for tests that need plugins and no servers.
ZOO_LINK = $(AM_LDFLAGS) -module -avoid-version -rpath /nowhere -export-symbols-regex '^mst_plugin_'
ZOO_CPPFLAGS = -I$(top_srcdir)/include
EXTRA_DIST += tests/plugins/vice.h

if HAVE_CHECK

check_LTLIBRARIES += tests/plugins/at-the-edge.la
tests_plugins_at_the_edge_la_SOURCES = tests/plugins/at-the-edge.c
tests_plugins_at_the_edge_la_CPPFLAGS = $(ZOO_CPPFLAGS)
tests_plugins_at_the_edge_la_LDFLAGS = $(ZOO_LINK)

check_LTLIBRARIES += tests/plugins/crooked.la
tests_plugins_crooked_la_SOURCES = tests/plugins/crooked.c
tests_plugins_crooked_la_CPPFLAGS = $(ZOO_CPPFLAGS)
tests_plugins_crooked_la_LDFLAGS = $(ZOO_LINK)

check_LTLIBRARIES += tests/plugins/demo-sink.la
tests_plugins_demo_sink_la_SOURCES = tests/plugins/demo-sink.c
tests_plugins_demo_sink_la_CPPFLAGS = $(ZOO_CPPFLAGS)
tests_plugins_demo_sink_la_LIBADD = libmuster.la
tests_plugins_demo_sink_la_LDFLAGS = $(ZOO_LINK)

check_LTLIBRARIES += tests/plugins/demo-source.la
tests_plugins_demo_source_la_SOURCES = tests/plugins/demo-source.c
tests_plugins_demo_source_la_CPPFLAGS = $(ZOO_CPPFLAGS)
tests_plugins_demo_source_la_LIBADD = libmuster.la
tests_plugins_demo_source_la_LDFLAGS = $(ZOO_LINK)

check_LTLIBRARIES += tests/plugins/long-row.la
tests_plugins_long_row_la_SOURCES = tests/plugins/long-row.c
tests_plugins_long_row_la_CPPFLAGS = $(ZOO_CPPFLAGS)
tests_plugins_long_row_la_LDFLAGS = $(ZOO_LINK)

check_LTLIBRARIES += tests/plugins/lost-map.la
tests_plugins_lost_map_la_SOURCES = tests/plugins/lost-map.c
tests_plugins_lost_map_la_CPPFLAGS = $(ZOO_CPPFLAGS)
tests_plugins_lost_map_la_LDFLAGS = $(ZOO_LINK)

check_LTLIBRARIES += tests/plugins/minor0.la
tests_plugins_minor0_la_SOURCES = tests/plugins/minor0.c
tests_plugins_minor0_la_CPPFLAGS = $(ZOO_CPPFLAGS)
tests_plugins_minor0_la_LDFLAGS = $(ZOO_LINK)

check_LTLIBRARIES += tests/plugins/newer-minor.la
tests_plugins_newer_minor_la_SOURCES = tests/plugins/newer-minor.c
tests_plugins_newer_minor_la_CPPFLAGS = $(ZOO_CPPFLAGS)
tests_plugins_newer_minor_la_LDFLAGS = $(ZOO_LINK)

check_LTLIBRARIES += tests/plugins/no-choices.la
tests_plugins_no_choices_la_SOURCES = tests/plugins/no-choices.c
tests_plugins_no_choices_la_CPPFLAGS = $(ZOO_CPPFLAGS)
tests_plugins_no_choices_la_LDFLAGS = $(ZOO_LINK)

check_LTLIBRARIES += tests/plugins/no-fetch.la
tests_plugins_no_fetch_la_SOURCES = tests/plugins/no-fetch.c
tests_plugins_no_fetch_la_CPPFLAGS = $(ZOO_CPPFLAGS)
tests_plugins_no_fetch_la_LDFLAGS = $(ZOO_LINK)

check_LTLIBRARIES += tests/plugins/no-find.la
tests_plugins_no_find_la_SOURCES = tests/plugins/no-find.c
tests_plugins_no_find_la_CPPFLAGS = $(ZOO_CPPFLAGS)
tests_plugins_no_find_la_LDFLAGS = $(ZOO_LINK)

check_LTLIBRARIES += tests/plugins/no-help.la
tests_plugins_no_help_la_SOURCES = tests/plugins/no-help.c
tests_plugins_no_help_la_CPPFLAGS = $(ZOO_CPPFLAGS)
tests_plugins_no_help_la_LDFLAGS = $(ZOO_LINK)

check_LTLIBRARIES += tests/plugins/no-read.la
tests_plugins_no_read_la_SOURCES = tests/plugins/no-read.c
tests_plugins_no_read_la_CPPFLAGS = $(ZOO_CPPFLAGS)
tests_plugins_no_read_la_LDFLAGS = $(ZOO_LINK)

check_LTLIBRARIES += tests/plugins/no-summary.la
tests_plugins_no_summary_la_SOURCES = tests/plugins/no-summary.c
tests_plugins_no_summary_la_CPPFLAGS = $(ZOO_CPPFLAGS)
tests_plugins_no_summary_la_LDFLAGS = $(ZOO_LINK)

check_LTLIBRARIES += tests/plugins/no-symbol.la
tests_plugins_no_symbol_la_SOURCES = tests/plugins/no-symbol.c
tests_plugins_no_symbol_la_CPPFLAGS = $(ZOO_CPPFLAGS)
tests_plugins_no_symbol_la_LDFLAGS = $(ZOO_LINK)

check_LTLIBRARIES += tests/plugins/nobody.la
tests_plugins_nobody_la_SOURCES = tests/plugins/nobody.c
tests_plugins_nobody_la_CPPFLAGS = $(ZOO_CPPFLAGS)
tests_plugins_nobody_la_LDFLAGS = $(ZOO_LINK)

check_LTLIBRARIES += tests/plugins/odd-attribute.la
tests_plugins_odd_attribute_la_SOURCES = tests/plugins/odd-attribute.c
tests_plugins_odd_attribute_la_CPPFLAGS = $(ZOO_CPPFLAGS)
tests_plugins_odd_attribute_la_LDFLAGS = $(ZOO_LINK)

check_LTLIBRARIES += tests/plugins/odd-default.la
tests_plugins_odd_default_la_SOURCES = tests/plugins/odd-default.c
tests_plugins_odd_default_la_CPPFLAGS = $(ZOO_CPPFLAGS)
tests_plugins_odd_default_la_LDFLAGS = $(ZOO_LINK)

check_LTLIBRARIES += tests/plugins/odd-name.la
tests_plugins_odd_name_la_SOURCES = tests/plugins/odd-name.c
tests_plugins_odd_name_la_CPPFLAGS = $(ZOO_CPPFLAGS)
tests_plugins_odd_name_la_LDFLAGS = $(ZOO_LINK)

check_LTLIBRARIES += tests/plugins/odd-type.la
tests_plugins_odd_type_la_SOURCES = tests/plugins/odd-type.c
tests_plugins_odd_type_la_CPPFLAGS = $(ZOO_CPPFLAGS)
tests_plugins_odd_type_la_LDFLAGS = $(ZOO_LINK)

check_LTLIBRARIES += tests/plugins/open-table.la
tests_plugins_open_table_la_SOURCES = tests/plugins/open-table.c
tests_plugins_open_table_la_CPPFLAGS = $(ZOO_CPPFLAGS)
tests_plugins_open_table_la_LDFLAGS = $(ZOO_LINK)

check_LTLIBRARIES += tests/plugins/other-name.la
tests_plugins_other_name_la_SOURCES = tests/plugins/other-name.c
tests_plugins_other_name_la_CPPFLAGS = $(ZOO_CPPFLAGS)
tests_plugins_other_name_la_LDFLAGS = $(ZOO_LINK)

check_LTLIBRARIES += tests/plugins/outside.la
tests_plugins_outside_la_SOURCES = tests/plugins/outside.c
tests_plugins_outside_la_CPPFLAGS = $(ZOO_CPPFLAGS)
tests_plugins_outside_la_LDFLAGS = $(ZOO_LINK)

check_LTLIBRARIES += tests/plugins/overlap.la
tests_plugins_overlap_la_SOURCES = tests/plugins/overlap.c
tests_plugins_overlap_la_CPPFLAGS = $(ZOO_CPPFLAGS)
tests_plugins_overlap_la_LDFLAGS = $(ZOO_LINK)

check_LTLIBRARIES += tests/plugins/refuses.la
tests_plugins_refuses_la_SOURCES = tests/plugins/refuses.c
tests_plugins_refuses_la_CPPFLAGS = $(ZOO_CPPFLAGS)
tests_plugins_refuses_la_LIBADD = libmuster.la
tests_plugins_refuses_la_LDFLAGS = $(ZOO_LINK)

check_LTLIBRARIES += tests/plugins/required-default.la
tests_plugins_required_default_la_SOURCES = tests/plugins/required-default.c
tests_plugins_required_default_la_CPPFLAGS = $(ZOO_CPPFLAGS)
tests_plugins_required_default_la_LDFLAGS = $(ZOO_LINK)

check_LTLIBRARIES += tests/plugins/same-attribute.la
tests_plugins_same_attribute_la_SOURCES = tests/plugins/same-attribute.c
tests_plugins_same_attribute_la_CPPFLAGS = $(ZOO_CPPFLAGS)
tests_plugins_same_attribute_la_LDFLAGS = $(ZOO_LINK)

check_LTLIBRARIES += tests/plugins/short-head.la
tests_plugins_short_head_la_SOURCES = tests/plugins/short-head.c
tests_plugins_short_head_la_CPPFLAGS = $(ZOO_CPPFLAGS)
tests_plugins_short_head_la_LDFLAGS = $(ZOO_LINK)

check_LTLIBRARIES += tests/plugins/twice.la
tests_plugins_twice_la_SOURCES = tests/plugins/twice.c
tests_plugins_twice_la_CPPFLAGS = $(ZOO_CPPFLAGS)
tests_plugins_twice_la_LDFLAGS = $(ZOO_LINK)

check_LTLIBRARIES += tests/plugins/two-lines.la
tests_plugins_two_lines_la_SOURCES = tests/plugins/two-lines.c
tests_plugins_two_lines_la_CPPFLAGS = $(ZOO_CPPFLAGS)
tests_plugins_two_lines_la_LDFLAGS = $(ZOO_LINK)

check_LTLIBRARIES += tests/plugins/unresolved.la
tests_plugins_unresolved_la_SOURCES = tests/plugins/unresolved.c
tests_plugins_unresolved_la_CPPFLAGS = $(ZOO_CPPFLAGS)
tests_plugins_unresolved_la_LDFLAGS = $(ZOO_LINK)

check_LTLIBRARIES += tests/plugins/wild-calls.la
tests_plugins_wild_calls_la_SOURCES = tests/plugins/wild-calls.c
tests_plugins_wild_calls_la_CPPFLAGS = $(ZOO_CPPFLAGS)
tests_plugins_wild_calls_la_LDFLAGS = $(ZOO_LINK)

check_LTLIBRARIES += tests/plugins/wild-table.la
tests_plugins_wild_table_la_SOURCES = tests/plugins/wild-table.c
tests_plugins_wild_table_la_CPPFLAGS = $(ZOO_CPPFLAGS)
tests_plugins_wild_table_la_LDFLAGS = $(ZOO_LINK)

check_LTLIBRARIES += tests/plugins/wrong-major.la
tests_plugins_wrong_major_la_SOURCES = tests/plugins/wrong-major.c
tests_plugins_wrong_major_la_CPPFLAGS = $(ZOO_CPPFLAGS)
tests_plugins_wrong_major_la_LDFLAGS = $(ZOO_LINK)

check_PROGRAMS += tests/plugins/zoo
tests_plugins_zoo_SOURCES = tests/plugins/zoo.c
tests_plugins_zoo_CFLAGS = $(UNIT_CFLAGS) -I$(top_srcdir)/tests/unit
tests_plugins_zoo_LDADD = $(UNIT_LIBS)
TESTS += tests/plugins/zoo

endif
