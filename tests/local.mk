# Tests: unit (Check), scenario (the real command against real servers), lint.
include tests/unit/local.mk
include tests/emulators/local.mk
include tests/scenario/local.mk
include tests/plugins/local.mk
include tests/lint/local.mk
include tests/bench/local.mk
include tests/fuzz/local.mk
