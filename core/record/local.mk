# the files of core/record
libmuster_la_SOURCES += core/record/fill.c core/record/flat.c core/record/found.c core/record/json.c \
  core/record/merge.c core/record/record.c core/record/record.h core/record/value.c core/record/tree.c
