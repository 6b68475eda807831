# the kaizala sink against its emulator
if BUILD_KAIZALA
TESTS += tests/scenario/kaizala.sh
check_SCRIPTS += tests/scenario/kaizala.sh
endif
EXTRA_DIST += tests/scenario/kaizala-kit.sh tests/scenario/kaizala.sh
