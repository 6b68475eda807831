# the files of core/rules
core_libcore_la_SOURCES += core/rules/access.c core/rules/block.c core/rules/block.h core/rules/bringing.c core/rules/chance.c core/rules/check.c core/rules/choice.c \
  core/rules/clause.c core/rules/compare.c core/rules/conditions.c \
  core/rules/dateform.c core/rules/dates.c core/rules/encode.c core/rules/eval.c \
  core/rules/explain.c core/rules/explain.h core/rules/expr.c core/rules/filter.c core/rules/finding.c core/rules/fold.c core/rules/folds.c \
  core/rules/foreign.c core/rules/foreign.h \
  core/rules/functions.c core/rules/index.c core/rules/keys.c core/rules/known.c core/rules/known.h core/rules/letters.c core/rules/lex.c \
  core/rules/lists.c core/rules/logic.c core/rules/looking.c core/rules/matching.c core/rules/matching.h core/rules/negative.c core/rules/parse.c core/rules/parser.c core/rules/primary.c core/rules/program.c core/rules/regex.c \
  core/rules/replace.c core/rules/strings.c core/rules/text.c core/rules/value.c \
  core/rules/wake.c core/rules/warn.c
core_libcore_la_SOURCES += core/rules/dateform.h core/rules/eval.h core/rules/expr.h \
  core/rules/filter.h core/rules/finding.h core/rules/fold.h core/rules/function.h \
  core/rules/index.h core/rules/indexing.h core/rules/lex.h core/rules/node.h core/rules/parser.h core/rules/regex.h
