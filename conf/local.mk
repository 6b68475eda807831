# example configurations, the schema, manual pages of the core
dist_pkgdata_DATA += conf/muster.rng
EXTRA_DIST += conf/demo.xml.in
