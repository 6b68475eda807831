/* argument.h - values of the command line. */
#ifndef REST_ARGUMENT_H
#define REST_ARGUMENT_H
#include <stdbool.h>
#include <stdint.h>

/* A decimal number up to 'max'. */
bool argument_number(const char *text, uint64_t max, uint64_t *ret);
/* The first line of a file (a secret), or NULL; the caller's. */
char *argument_line(const char *path);
#endif
