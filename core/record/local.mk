# the files of core/record
