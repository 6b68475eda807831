# the kaizala sink against its emulator
kaizala_scenarios = tests/scenario/kaizala.sh tests/scenario/kaizala-entra.sh \
  tests/scenario/kaizala-files.sh tests/scenario/kaizala-numbers.sh \
  tests/scenario/kaizala-trouble.sh
if BUILD_KAIZALA
TESTS += $(kaizala_scenarios)
check_SCRIPTS += $(kaizala_scenarios)
endif
EXTRA_DIST += tests/scenario/kaizala-kit.sh $(kaizala_scenarios)
