/*
 * errmsg: the reason something failed, in storage of the caller.
 *
 * The library never prints. A function that can fail takes a struct errmsg, returns a negative number or NULL,
 * and leaves there one line that names the thing and the reason; a command prints it after its own name.
 */
#ifndef BOTIFY_ERRMSG_H
#define BOTIFY_ERRMSG_H

#include <stdbool.h>

struct errmsg {
	char text[512]; /* NUL-terminated; cut where it would not fit, between characters */
	bool no_memory; /* it is that of errmsg_nomem, with or without a prefix: nothing was wrong with the input */
};

/* Sets the text. Returns -1, so that `return errmsg_set(e, ...)` reads well. */
__attribute__((format(printf, 2, 3))) int errmsg_set(struct errmsg *e, const char *format, ...);

/* Puts "prefix: " before the text that is there. Returns -1. */
__attribute__((format(printf, 2, 3))) int errmsg_prefix(struct errmsg *e, const char *format, ...);

/* Puts more after the text that is there. Returns -1. */
__attribute__((format(printf, 2, 3))) int errmsg_append(struct errmsg *e, const char *format, ...);

/* "out of memory". Returns -1. */
int errmsg_nomem(struct errmsg *e);

#endif
