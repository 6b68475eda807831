# the files of core/store
core_libcore_la_SOURCES += core/store/store.c core/store/store.h core/store/schema.h \
  core/store/sql.c core/store/sql.h core/store/names.c \
  core/store/fold.c core/store/fold.h core/store/foldrefs.c core/store/foldstage.c core/store/told.c core/store/told.h \
  core/store/membership.c core/store/membership.h core/store/membershipstage.c core/store/memberof.c core/store/memberof.h core/store/entries.c core/store/entries.h \
  core/store/links.c core/store/links.h core/store/journal.c core/store/journal.h \
  core/store/holds.c core/store/holds.h core/store/retain.c core/store/retain.h core/store/past.c core/store/past.h core/store/effects.c core/store/effects.h core/store/runs.c core/store/runs.h \
  core/store/migrate.c core/store/migrate.h core/store/instances.c core/store/groups.c core/store/groups.h core/store/glinks.c \
  core/store/copy.c core/store/copy.h core/store/restored.c core/store/restored.h core/store/absent.c core/store/absent.h core/store/accepted.c core/store/accepted.h core/store/bad.c core/store/bad.h core/store/environment.c core/store/environment.h core/store/doubts.c core/store/doubts.h core/store/forget.c core/store/forget.h core/store/versions.c core/store/versions.h \
  core/store/again.c core/store/again.h core/store/declined.c core/store/declined.h core/store/drawn.c core/store/drawn.h core/store/meters.c core/store/meters.h
core_libcore_la_SOURCES += core/store/view.h core/store/view_read.h core/store/view.c \
  core/store/packset.c core/store/packset.h core/store/view_group.c core/store/view_hold.c core/store/view_declined.c core/store/view_joined.c core/store/view_record.c core/store/view_told.c core/store/view_account.c core/store/view_version.c core/store/view_person.c \
  core/store/view_read.c core/store/view_run.c core/store/asof.c core/store/asof.h
core_libcore_la_SOURCES += core/store/pauses.c core/store/pauses.h
core_libcore_la_SOURCES += core/store/rundiff.c core/store/rundiff.h
core_libcore_la_SOURCES += core/store/view_meter.c core/store/view_meter.h
core_libcore_la_SOURCES += core/store/notices.c core/store/notices.h
