/* main.c - graph-emulator: Microsoft Graph and its token endpoint on loopback,
 * holding any number of made-up people. The README beside it shows the use. */
#include "../rest/order.h"
#include "emulator.h"

int
main(int argc, char **argv)
{
        static struct emulator e;       /* too large for comfort on the stack */

        return order_main(&graph_service, &e, argc, argv);
}
