/* main.c - boldbi-emulator: Bold BI's site and UMS APIs on loopback. The README beside it
 * shows the use. */
#include "../rest/order.h"
#include "emulator.h"

int
main(int argc, char **argv)
{
        static struct emulator e;

        return order_main(&boldbi_service, &e, argc, argv);
}
