# the entra connector
