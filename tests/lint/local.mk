# tests/lint
TESTS += tests/lint/dist.sh tests/lint/style.sh
check_SCRIPTS += tests/lint/dist.sh tests/lint/style.sh
EXTRA_DIST += tests/lint/dist.sh tests/lint/style.sh
TESTS += tests/lint/man.sh
check_SCRIPTS += tests/lint/man.sh
EXTRA_DIST += tests/lint/man.sh
TESTS += tests/lint/man-config.sh tests/lint/man-examples.sh
EXTRA_DIST += tests/lint/man-config.sh tests/lint/man-examples.sh
TESTS += tests/lint/man-rules.sh
EXTRA_DIST += tests/lint/man-rules.sh
TESTS += tests/lint/includes.sh tests/lint/headers.sh tests/lint/symbols.sh
EXTRA_DIST += tests/lint/includes.sh tests/lint/headers.sh tests/lint/symbols.sh
TESTS += tests/lint/emulator-items.sh
EXTRA_DIST += tests/lint/emulator-items.sh
TESTS += tests/lint/faults.sh
EXTRA_DIST += tests/lint/faults.sh tests/faults.tsv
