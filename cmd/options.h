/*
 * options: getopt_long that says what may have been meant.
 */
#ifndef BOTIFY_OPTIONS_H
#define BOTIFY_OPTIONS_H

#include <getopt.h>
#include <stdint.h>

#include "command.h"

/*
 * The next option, as getopt_long returns it (with `which`, where that is not NULL; -1 of a short one), but that its messages
 * are these: an unknown long option comes with the nearest name, and an abbreviation of several is refused also where they
 * take the same kind of argument. After a mistake, which has been told, it returns '?'.
 */
int options_next(const struct command *c, int argc, char **argv, const char *shorts, const struct option *longs, int *which);

/*
 * Which options were given, by their places in the command's table: an option that has no effect beside the others is
 * refused, for whoever gave it believes that it has.
 */
struct options_given {
	const struct option *table;
	uint64_t places;
};

/* Notes an option, as options_next returned it with `which`. */
void options_give(struct options_given *g, int c, int which);

/* The first of some options that was given, by its long name; or NULL. `names` end with NULL. */
const char *options_given_of(const struct options_given *g, const char *const names[]);

#endif
