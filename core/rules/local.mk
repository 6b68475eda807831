# the files of core/rules
core_libcore_la_SOURCES += core/rules/expr.c
