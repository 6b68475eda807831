# the file connector
FILE_KIT = tests/unit/file-kit.c tests/unit/file-kit.h $(plugins_file_la_SOURCES)
FILE_CPPFLAGS = $(AM_CPPFLAGS) $(XXHASH_CFLAGS) -D_GNU_SOURCE -DFIL_VERSION='"$(PACKAGE_VERSION)"'

check_PROGRAMS += tests/unit/file-read
tests_unit_file_read_SOURCES = tests/unit/file-read.c $(FILE_KIT)
tests_unit_file_read_CPPFLAGS = $(FILE_CPPFLAGS)
tests_unit_file_read_CFLAGS = $(UNIT_CFLAGS)
tests_unit_file_read_LDADD = $(UNIT_LIBS) $(XXHASH_LIBS)
TESTS += tests/unit/file-read

check_PROGRAMS += tests/unit/file-write
tests_unit_file_write_SOURCES = tests/unit/file-write.c $(FILE_KIT)
tests_unit_file_write_CPPFLAGS = $(FILE_CPPFLAGS)
tests_unit_file_write_CFLAGS = $(UNIT_CFLAGS)
tests_unit_file_write_LDADD = $(UNIT_LIBS) $(XXHASH_LIBS)
TESTS += tests/unit/file-write

check_PROGRAMS += tests/unit/file-round
tests_unit_file_round_SOURCES = tests/unit/file-round.c $(FILE_KIT)
tests_unit_file_round_CPPFLAGS = $(FILE_CPPFLAGS)
tests_unit_file_round_CFLAGS = $(UNIT_CFLAGS)
tests_unit_file_round_LDADD = $(UNIT_LIBS) $(XXHASH_LIBS)
TESTS += tests/unit/file-round

check_PROGRAMS += tests/unit/file-turn
tests_unit_file_turn_SOURCES = tests/unit/file-turn.c $(FILE_KIT)
tests_unit_file_turn_CPPFLAGS = $(FILE_CPPFLAGS)
tests_unit_file_turn_CFLAGS = $(UNIT_CFLAGS)
tests_unit_file_turn_LDADD = $(UNIT_LIBS) $(XXHASH_LIBS)
TESTS += tests/unit/file-turn
