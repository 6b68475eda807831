# the ldap connector
