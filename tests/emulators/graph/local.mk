# the Graph emulator; see its README.  All but the web server is a library, so that its
# own test asks it without one.
if HAVE_MHD
noinst_LTLIBRARIES += tests/emulators/graph/libgraph.la
noinst_PROGRAMS += tests/emulators/graph/graph-emulator
endif
tests_emulators_graph_libgraph_la_SOURCES = \
  tests/emulators/graph/account.c \
  tests/emulators/graph/app.c tests/emulators/graph/app.h \
  tests/emulators/graph/asked.h \
  tests/emulators/graph/assertion.c tests/emulators/graph/assertion.h \
  tests/emulators/graph/batch.c \
  tests/emulators/graph/bulk.c \
  tests/emulators/graph/change.c tests/emulators/graph/change.h \
  tests/emulators/graph/delta.c \
  tests/emulators/graph/deltalog.c tests/emulators/graph/deltalog.h \
  tests/emulators/graph/discovery.c \
  tests/emulators/graph/door.c \
  tests/emulators/graph/directory.c tests/emulators/graph/directory.h \
  tests/emulators/graph/emulator.c tests/emulators/graph/emulator.h \
  tests/emulators/graph/filter.c tests/emulators/graph/filter.h \
  tests/emulators/graph/finder.c tests/emulators/graph/finder.h \
  tests/emulators/graph/gchange.c tests/emulators/graph/gchange.h \
  tests/emulators/graph/gdelta.c \
  tests/emulators/graph/glist.c \
  tests/emulators/graph/group.c tests/emulators/graph/group.h \
  tests/emulators/graph/identity.c \
  tests/emulators/graph/link.c tests/emulators/graph/link.h \
  tests/emulators/graph/list.c \
  tests/emulators/graph/names.c tests/emulators/graph/names.h \
  tests/emulators/graph/object.c tests/emulators/graph/object.h \
  tests/emulators/graph/person.c tests/emulators/graph/person.h \
  tests/emulators/graph/photo.c tests/emulators/graph/photo.h \
  tests/emulators/graph/places.c tests/emulators/graph/places.h \
  tests/emulators/graph/property.c tests/emulators/graph/property.h \
  tests/emulators/graph/round.c tests/emulators/graph/round.h \
  tests/emulators/graph/service.c \
  tests/emulators/graph/settings.c tests/emulators/graph/settings.h \
  tests/emulators/graph/spoil.c tests/emulators/graph/spoil.h \
  tests/emulators/graph/throttle.c tests/emulators/graph/throttle.h \
  tests/emulators/graph/token.c \
  tests/emulators/graph/trouble.c tests/emulators/graph/trouble.h \
  tests/emulators/graph/user.c \
  tests/emulators/graph/values.c tests/emulators/graph/values.h
tests_emulators_graph_libgraph_la_CPPFLAGS = -D_GNU_SOURCE
tests_emulators_graph_libgraph_la_CFLAGS = $(AM_CFLAGS) $(JSON_CFLAGS) $(CRYPTO_CFLAGS)
tests_emulators_graph_libgraph_la_LIBADD = $(JSON_LIBS) $(CRYPTO_LIBS)
tests_emulators_graph_graph_emulator_SOURCES = tests/emulators/graph/main.c
tests_emulators_graph_graph_emulator_CPPFLAGS = -D_GNU_SOURCE
tests_emulators_graph_graph_emulator_CFLAGS = $(AM_CFLAGS) $(MHD_CFLAGS) $(JSON_CFLAGS)
tests_emulators_graph_graph_emulator_LDADD = tests/emulators/graph/libgraph.la \
  tests/emulators/rest/librest.la $(MHD_LIBS) $(JSON_LIBS)
EXTRA_DIST += tests/emulators/graph/README

if HAVE_MHD
if HAVE_CHECK
check_PROGRAMS += tests/emulators/graph/test
TESTS += tests/emulators/graph/test
endif
endif
tests_emulators_graph_test_SOURCES = tests/emulators/graph/test.c tests/emulators/graph/suites.h \
  tests/emulators/rest/client.c tests/emulators/rest/client.h \
  tests/emulators/graph/client.c tests/emulators/graph/client.h \
  tests/emulators/graph/forge.c tests/emulators/graph/forge.h \
  tests/emulators/graph/shape.c tests/emulators/graph/shape.h \
  tests/emulators/graph/test-batch.c tests/emulators/graph/test-control.c \
  tests/emulators/graph/test-delta.c tests/emulators/graph/test-faults.c tests/emulators/graph/test-faultscript.c \
  tests/emulators/graph/test-glist.c tests/emulators/graph/test-groups.c tests/emulators/graph/test-links.c \
  tests/emulators/graph/test-list.c tests/emulators/graph/test-people.c tests/emulators/graph/test-photo.c \
  tests/emulators/graph/test-shape.c tests/emulators/graph/test-signin.c tests/emulators/graph/test-token.c
tests_emulators_graph_test_CPPFLAGS = -D_GNU_SOURCE
tests_emulators_graph_test_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) $(JSON_CFLAGS) $(CRYPTO_CFLAGS)
tests_emulators_graph_test_LDADD = tests/emulators/graph/libgraph.la \
  tests/emulators/rest/librest.la $(CHECK_LIBS) $(JSON_LIBS) $(CRYPTO_LIBS)
