# the Graph emulator
