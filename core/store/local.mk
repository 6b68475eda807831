# the files of core/store
