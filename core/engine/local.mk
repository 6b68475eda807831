# the files of core/engine
