# the file connector in whole runs
if BUILD_FILE
TESTS += tests/scenario/file.sh
check_SCRIPTS += tests/scenario/file.sh
endif
EXTRA_DIST += tests/scenario/file.sh
