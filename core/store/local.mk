# the files of core/store
core_libcore_la_SOURCES += core/store/store.c core/store/store.h core/store/schema.h \
  core/store/sql.c core/store/sql.h core/store/names.c
