# the Kaizala emulator; see its README.  All but the web server is a library, so that its
# own test asks it without one.
if HAVE_MHD
noinst_LTLIBRARIES += tests/emulators/kaizala/libkaizala.la
noinst_PROGRAMS += tests/emulators/kaizala/kaizala-emulator
endif
tests_emulators_kaizala_libkaizala_la_SOURCES = \
  tests/emulators/kaizala/api.c \
  tests/emulators/kaizala/door.c \
  tests/emulators/kaizala/emulator.h \
  tests/emulators/kaizala/grant.c tests/emulators/kaizala/grant.h \
  tests/emulators/kaizala/groups.c \
  tests/emulators/kaizala/hooks.c \
  tests/emulators/kaizala/import.c tests/emulators/kaizala/import.h \
  tests/emulators/kaizala/kaizala.c \
  tests/emulators/kaizala/members.c \
  tests/emulators/kaizala/org.c tests/emulators/kaizala/org.h \
  tests/emulators/kaizala/portal.c \
  tests/emulators/kaizala/signin.c
tests_emulators_kaizala_libkaizala_la_CPPFLAGS = -D_GNU_SOURCE
tests_emulators_kaizala_libkaizala_la_CFLAGS = $(AM_CFLAGS) $(JSON_CFLAGS)
tests_emulators_kaizala_libkaizala_la_LIBADD = $(JSON_LIBS)
tests_emulators_kaizala_kaizala_emulator_SOURCES = tests/emulators/kaizala/main.c
tests_emulators_kaizala_kaizala_emulator_CPPFLAGS = -D_GNU_SOURCE
tests_emulators_kaizala_kaizala_emulator_CFLAGS = $(AM_CFLAGS) $(MHD_CFLAGS) $(JSON_CFLAGS)
tests_emulators_kaizala_kaizala_emulator_LDADD = tests/emulators/kaizala/libkaizala.la \
  tests/emulators/rest/librest.la $(MHD_LIBS) $(JSON_LIBS)
EXTRA_DIST += tests/emulators/kaizala/README

if HAVE_MHD
if HAVE_CHECK
check_PROGRAMS += tests/emulators/kaizala/test
TESTS += tests/emulators/kaizala/test
endif
endif
tests_emulators_kaizala_test_SOURCES = tests/emulators/kaizala/test.c tests/emulators/kaizala/suites.h \
  tests/emulators/rest/client.c tests/emulators/rest/client.h \
  tests/emulators/kaizala/test-groups.c tests/emulators/kaizala/test-members.c \
  tests/emulators/kaizala/test-portal.c tests/emulators/kaizala/test-signin.c
tests_emulators_kaizala_test_CPPFLAGS = -D_GNU_SOURCE
tests_emulators_kaizala_test_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) $(JSON_CFLAGS)
tests_emulators_kaizala_test_LDADD = tests/emulators/kaizala/libkaizala.la \
  tests/emulators/rest/librest.la $(CHECK_LIBS) $(JSON_LIBS) -lpthread
