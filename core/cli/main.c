/* main.c - the muster command. */
#include "build.h"

#include <stdio.h>

int
main(void)
{
        puts("muster " PACKAGE_VERSION);
        return 0;
}
