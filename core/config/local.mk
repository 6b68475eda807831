# the files of core/config
core_libcore_la_SOURCES += core/config/alarm.c core/config/carry.c core/config/config.c core/config/config.h core/config/document.c \
  core/config/document.h core/config/group.c core/config/include.c core/config/include.h core/config/instance.c \
  core/config/parts.h core/config/raw.c core/config/raw.h core/config/schema.h core/config/scope.c core/config/sync.c \
  core/config/redact.c core/config/redact.h core/config/target.c core/config/upkeep.c core/config/walk.c core/config/walk.h core/config/xml.c core/config/xml.h
# The schema is compiled in: `check` needs no file of its own, and none can be wrong.
nodist_core_libcore_la_SOURCES += core/config/schema.c
CLEANFILES += core/config/schema.c
core/config/schema.c: conf/muster.rng core/config/schema.awk
	$(AM_V_GEN)$(MKDIR_P) core/config && \
	$(AWK) -f $(top_srcdir)/core/config/schema.awk $(top_srcdir)/conf/muster.rng > $@.tmp && mv -f $@.tmp $@
EXTRA_DIST += core/config/schema.awk
