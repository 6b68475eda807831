# the files of core/config
