/* order.h - the command line of an emulator, and its life from start to end.
 *
 * Every emulator has --port, --tls-cert, --tls-key, --now, --fault, --faults, --ready-file,
 * --help and its settings; its own options stand in the service's table, whose names may be
 * followed by a space and a word for the value ("people N").  When it is ready, one line of
 * JSON goes to standard output and to the ready file: control, port, pid and what
 * service->announce() adds.  SIGTERM, SIGINT and the control door's quit end it. */
#ifndef REST_ORDER_H
#define REST_ORDER_H
#include "rest.h"

/* begin(), options, open(), serves, close(); returns what main() returns. */
int order_main(const struct service *s, struct emulator *e, int argc, char **argv);
#endif
