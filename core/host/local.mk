# the files of core/host
