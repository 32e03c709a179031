/*
 * options: the command line of a command, from one table: what getopt_long accepts, what --help says, what is set.
 *
 * --help and --version are known beside the options of the table. The messages are those of getopt_long, and an unknown
 * long option comes with the nearest name.
 */
#ifndef BOTIFY_OPTIONS_H
#define BOTIFY_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"

/* How an option sets a value; see the macros. */
enum option_kind {
	OPTION_IS_CALL,
	OPTION_IS_FLAG, /* set to true */
	OPTION_IS_TEXT, /* borrowed from argv */
	OPTION_IS_LIST,
	OPTION_IS_INT64,
	OPTION_IS_UINT64,
	OPTION_IS_UINT32,
	OPTION_IS_DOUBLE
};

/*
 * An option; or, without a name, another letter for the one before it; or, without a letter too, text that --help shows
 * as it is.
 */
struct option_row {
	const char *name;     /* without dashes */
	const char *argument; /* what --help calls it; NULL: the option takes none */
	const char *help;     /* a line, or several */
	enum option_kind kind;
	size_t offset; /* of the value in the command's struct options */
	int64_t min, max;
	double least, most;
	/* `options` is the command's struct, `argument` borrowed from argv. Returns 0, or -1 with the reason. */
	int (*call)(void *options, const struct option_row *row, const char *argument, struct errmsg *e);
	int choice;  /* for `call` */
	char letter; /* of the short form; 0: none */
};

/* The arguments of an option that may be repeated, borrowed from argv. The command brings room for argc of them. */
struct option_list {
	char **list; /* n of them */
	size_t n;
};

/*
 * What an option sets: a field of the command's own `struct options`, where one of another type does not compile; or
 * whatever a function does. It follows the help in a row; a letter may follow it.
 */
#define OPTION_FLAG(field) .kind = OPTION_IS_FLAG, .offset = OPTION_OFFSET(field, bool)
#define OPTION_TEXT(field) .kind = OPTION_IS_TEXT, .offset = OPTION_OFFSET(field, const char *)
#define OPTION_LIST(field) .kind = OPTION_IS_LIST, .offset = OPTION_OFFSET(field, struct option_list)
#define OPTION_REAL(field, from, to) \
	.kind = OPTION_IS_DOUBLE, .offset = OPTION_OFFSET(field, double), .least = (from), .most = (to)
#define OPTION_WHOLE(field, from, to) \
	.kind = _Generic(((struct options *)0)->field, int64_t: OPTION_IS_INT64, uint64_t: OPTION_IS_UINT64, \
			 uint32_t: OPTION_IS_UINT32), \
	.offset = offsetof(struct options, field), .min = (from), .max = (to)
#define OPTION_CALL(function) .call = (function)

#define OPTION_OFFSET(field, type) _Generic(((struct options *)0)->field, type: offsetof(struct options, field))

enum { OPTIONS_MAX = 62 }; /* rows of a table */

struct option_table {
	const struct option_row *rows; /* a zeroed one ends them */
	bool no_letters;	       /* so that --help has no room for them */
	bool before_operands;	       /* the first operand ends them, as it begins another command line */
};

/* Which options were given: one that has no effect beside the others is to be refused. */
struct options_given {
	const struct option_row *rows;
	uint64_t places;
};

/*
 * Reads a command line. Operands are argv[optind ..] then. Returns 0; or 'h' or 'V', where help or the version is asked
 * for; or -1 with the reason. `given` may be NULL.
 */
int options_read(const struct option_table *t, int argc, char **argv, void *options, struct options_given *given,
		 struct errmsg *e);

/* The first of some options that was given, by its long name; or NULL. `names` end with NULL. */
const char *options_given_of(const struct options_given *g, const char *const names[]);

/* Prints what --help says of the options. */
void options_print(const struct option_table *t);

#endif
