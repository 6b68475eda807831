# example configurations, the schema, manual pages of the core
dist_pkgdata_DATA += conf/muster.rng
