# the files of core/cli: one a subcommand, and what they share
muster_SOURCES += core/cli/approve.c core/cli/args.c core/cli/args.h core/cli/bundle.c core/cli/bundle.h core/cli/scrub.c core/cli/scrub.h core/cli/tar.c core/cli/tar.h core/cli/check.c \
  core/cli/cli.h core/cli/commands.c core/cli/counts.c core/cli/counts.h core/cli/declined.c core/cli/declined.h core/cli/duplicates.c core/cli/eval.c core/cli/excerpt.c core/cli/excerpt.h core/cli/explain.c core/cli/explain.h \
  core/cli/explaingroup.c core/cli/explainrule.c core/cli/explainvalue.c \
  core/cli/grouphistory.c core/cli/grouphistory.h core/cli/groups.c core/cli/guise.c core/cli/guise.h core/cli/halt.c core/cli/halt.h \
  core/cli/help.c core/cli/helpevent.c core/cli/helpevent.h core/cli/history.c core/cli/holds.c core/cli/json.c core/cli/json.h \
  core/cli/launch.c core/cli/launch.h core/cli/listing.c core/cli/listing.h core/cli/log.c core/cli/logset.c core/cli/logline.c core/cli/logline.h \
  core/cli/main.c core/cli/moment.c core/cli/moment.h core/cli/notify.c core/cli/notify.h core/cli/opshow.c core/cli/opshow.h \
  core/cli/plan.c core/cli/plugins.c core/cli/probe.c core/cli/probe.h core/cli/progress.c \
  core/cli/progress.h core/cli/reset.c core/cli/retry.c core/cli/rules.c core/cli/run.c core/cli/service.c core/cli/service.h core/cli/savefile.c core/cli/savefile.h core/cli/state.c core/cli/status.c \
  core/cli/summary.c core/cli/summary.h core/cli/sync.c core/cli/table.c core/cli/table.h core/cli/test.c core/cli/timeline.c core/cli/changes.c core/cli/when.c core/cli/when.h \
  core/cli/undo.c core/cli/users.c core/cli/verify.c core/cli/version.c core/cli/who.c core/cli/who.h core/cli/workplace.c \
  core/cli/workplace.h
muster_SOURCES += core/cli/alarms.c core/cli/alarms.h core/cli/fresh.c core/cli/fresh.h core/cli/letter.c core/cli/letter.h core/cli/measure.c core/cli/measure.h core/cli/metrics.c \
  core/cli/openmetrics.c core/cli/openmetrics.h core/cli/outlook.c core/cli/outlook.h core/cli/program.c core/cli/program.h \
  core/cli/scrape.c core/cli/scrape.h core/cli/teller.c core/cli/teller.h
muster_SOURCES += core/cli/apply.c core/cli/planfile.c core/cli/planfile.h core/cli/planread.c
muster_SOURCES += core/cli/asof.c core/cli/asof.h core/cli/groupmembers.c core/cli/groupmembers.h core/cli/rundiff.c core/cli/rundiff.h core/cli/traits.c core/cli/traits.h core/cli/typed.c core/cli/typed.h \
  core/cli/usercard.c core/cli/usercard.h
muster_SOURCES += core/cli/caller.c core/cli/caller.h core/cli/control.c core/cli/control.h core/cli/requests.c core/cli/serving.h \
  core/cli/pause.c core/cli/pause.h core/cli/servicestate.c core/cli/servicestate.h core/cli/verbs.c core/cli/wire.c core/cli/wire.h
muster_SOURCES += core/cli/ask.c core/cli/ask.h core/cli/draft.c core/cli/draft.h core/cli/draftxml.c \
  core/cli/init.c core/cli/interview.c core/cli/interview.h core/cli/laying.c core/cli/laying.h
muster_SOURCES += core/cli/doctor.c core/cli/doctor.h core/cli/doctor-here.c core/cli/doctor-kept.c \
  core/cli/doctor-there.c
muster_SOURCES += core/cli/complete.c
