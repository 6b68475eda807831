# the files of core/sdk
