# the Bold BI emulator; see its README.  All but the web server is a library, so that its
# own test asks it without one.
if HAVE_MHD
noinst_LTLIBRARIES += tests/emulators/boldbi/libboldbi.la
noinst_PROGRAMS += tests/emulators/boldbi/boldbi-emulator
endif
tests_emulators_boldbi_libboldbi_la_SOURCES = tests/emulators/boldbi/emulator.h \
  tests/emulators/boldbi/attribute.c tests/emulators/boldbi/azure.c tests/emulators/boldbi/csv.c \
  tests/emulators/boldbi/door.c tests/emulators/boldbi/group.c tests/emulators/boldbi/model.c \
  tests/emulators/boldbi/reply.c tests/emulators/boldbi/service.c tests/emulators/boldbi/token.c \
  tests/emulators/boldbi/ums.c tests/emulators/boldbi/user.c
tests_emulators_boldbi_libboldbi_la_CPPFLAGS = -D_GNU_SOURCE
tests_emulators_boldbi_libboldbi_la_CFLAGS = $(AM_CFLAGS) $(JSON_CFLAGS)
tests_emulators_boldbi_libboldbi_la_LIBADD = $(JSON_LIBS)
tests_emulators_boldbi_boldbi_emulator_SOURCES = tests/emulators/boldbi/main.c
tests_emulators_boldbi_boldbi_emulator_CPPFLAGS = -D_GNU_SOURCE
tests_emulators_boldbi_boldbi_emulator_CFLAGS = $(AM_CFLAGS) $(MHD_CFLAGS) $(JSON_CFLAGS)
tests_emulators_boldbi_boldbi_emulator_LDADD = tests/emulators/boldbi/libboldbi.la \
  tests/emulators/rest/librest.la $(MHD_LIBS) $(JSON_LIBS)
EXTRA_DIST += tests/emulators/boldbi/README

if HAVE_MHD
if HAVE_CHECK
check_PROGRAMS += tests/emulators/boldbi/test
TESTS += tests/emulators/boldbi/test
endif
endif
tests_emulators_boldbi_test_SOURCES = tests/emulators/boldbi/test.c tests/emulators/boldbi/test-site.c \
  tests/emulators/boldbi/test-groups.c tests/emulators/boldbi/test-rest.c tests/emulators/boldbi/kit.h \
  tests/emulators/boldbi/kit.c tests/emulators/rest/client.c tests/emulators/rest/client.h
tests_emulators_boldbi_test_CPPFLAGS = -D_GNU_SOURCE
tests_emulators_boldbi_test_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) $(JSON_CFLAGS)
tests_emulators_boldbi_test_LDADD = tests/emulators/boldbi/libboldbi.la \
  tests/emulators/rest/librest.la $(CHECK_LIBS) $(JSON_LIBS)
