/*
 * options: getopt_long that says what may have been meant.
 */
#ifndef BOTIFY_OPTIONS_H
#define BOTIFY_OPTIONS_H

#include <getopt.h>

#include "command.h"

/*
 * The next option, as getopt_long returns it (with `which`, where that is not NULL), but that its messages are these: an
 * unknown long option comes with the nearest name, and an abbreviation of several is refused also where they take the same
 * kind of argument. After a mistake, which has been told, it returns '?'.
 */
int options_next(const struct command *c, int argc, char **argv, const char *shorts, const struct option *longs, int *which);

#endif
