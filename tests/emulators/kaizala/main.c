/* main.c - kaizala-emulator: Microsoft Kaizala's group API, its tokens, and a door to the
 * Directory on loopback.  The README beside it shows the use. */
#include "emulator.h"

#include "../rest/order.h"

int
main(int argc, char **argv)
{
        static struct emulator e;

        return order_main(&kaizala_service, &e, argc, argv);
}
