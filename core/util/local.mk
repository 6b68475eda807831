# the files of core/util
libmuster_la_SOURCES += core/util/alloc.c core/util/alloc.h core/util/arena.c \
  core/util/buffer.c core/util/buffer.h core/util/date.c core/util/date.h \
  core/util/duration.c core/util/error.c core/util/escape.c core/util/json.c core/util/json.h \
  core/util/json-fields.c core/util/json-out.c core/util/json-scan.c core/util/map.c core/util/map.h core/util/names.h \
  core/util/report.c core/util/report.h core/util/secret.c core/util/set.c core/util/set.h \
  core/util/utf8.c core/util/utf8.h
# only the program's side needs these
core_libcore_la_SOURCES += core/util/given.h core/util/near.c core/util/near.h core/util/numbers.c core/util/numbers.h \
  core/util/trust.c core/util/trust.h core/util/wild.c core/util/wild.h core/util/words.c core/util/words.h
