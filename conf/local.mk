# example configurations, the schema, manual pages of the core
