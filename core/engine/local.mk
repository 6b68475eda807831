# the files of core/engine
core_libcore_la_SOURCES += core/engine/maker.h core/engine/setup.c core/engine/setup.h \
  core/engine/setup-alarm.c core/engine/setup-carry.c core/engine/setup-family.c core/engine/setup-clash.c core/engine/setup-compile.c core/engine/setup-group.c core/engine/setup-map.c core/engine/setup-print.c \
  core/engine/setup-target.c core/engine/setup-test.c core/engine/setup-try.c \
  core/engine/setup-wants.c core/engine/jsonrecord.c core/engine/jsonrecord.h core/engine/headcount.c core/engine/headcount.h \
  core/engine/cases.c core/engine/cases.h core/engine/casefile.h core/engine/caseplaces.c core/engine/caseplaces.h core/engine/caserun.c core/engine/rulesdiff.c core/engine/rulesdiff.h \
  core/engine/rulesdiffing.h core/engine/rulesides.c core/engine/ruleaccounts.c core/engine/rulescarried.c
core_libcore_la_SOURCES += core/engine/engine.h core/engine/run.h core/engine/engine.c \
  core/engine/schedule.c core/engine/schedule.h core/engine/zone.c core/engine/zone.h \
  core/engine/queue.c core/engine/queue.h core/engine/courier.c core/engine/courier.h \
  core/engine/mail.c core/engine/mail.h core/engine/log.c core/engine/retention.c core/engine/event.c core/engine/event.h core/engine/meter.c core/engine/meter.h \
  core/engine/pull.c core/engine/pull.h core/engine/complete.c core/engine/found.c core/engine/unique.c core/engine/users.c core/engine/values.c core/engine/listing.c core/engine/match.c core/engine/plan.c \
  core/engine/decide.c core/engine/decide.h core/engine/judge.c core/engine/members.c \
  core/engine/members.h core/engine/memberrules.c core/engine/moments.c core/engine/versions.c core/engine/carry.c core/engine/groupplan.c core/engine/groupcase.h core/engine/groupabsent.c core/engine/groupfind.c core/engine/groupname.c core/engine/groupparts.c core/engine/groupparts.h core/engine/vanished.c core/engine/refetch.c core/engine/doubt.c \
  core/engine/claim.c core/engine/apply.c \
  core/engine/settle.c core/engine/groupsettle.c core/engine/resolve.c core/engine/resolving.h core/engine/quarantine.c core/engine/quarantine.h core/engine/recheck.c core/engine/rounds.c core/engine/strangers.c core/engine/strangers.h core/engine/sync.c \
  core/engine/decisions.c core/engine/leaders.c core/engine/waits.c core/engine/waits.h
core_libcore_la_SOURCES += core/engine/approval.c core/engine/decline.c core/engine/decline.h core/engine/drawing.c core/engine/drawing.h core/engine/retry.c core/engine/show.c
core_libcore_la_SOURCES += core/engine/verify.c core/engine/verify.h core/engine/verifying.h core/engine/verifymembers.c \
  core/engine/verifymend.c core/engine/verifyobject.c core/engine/verifystray.c core/engine/verifytell.c
core_libcore_la_SOURCES += core/engine/undo.c core/engine/undo.h core/engine/undogroup.c core/engine/undouser.c core/engine/undovalues.c
core_libcore_la_SOURCES += core/engine/exactly.c core/engine/exactly.h core/engine/seal.c core/engine/seal.h
core_libcore_la_SOURCES += core/engine/bygone.c core/engine/effects.c core/engine/limits.c core/engine/limits.h core/engine/nevertouch.c
