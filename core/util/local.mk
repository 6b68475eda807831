# the files of core/util
libmuster_la_SOURCES += core/util/error.c
