include tests/emulators/graph/local.mk
