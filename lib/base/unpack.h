/*
 * unpack: reads what gzip or zstd has compressed as the text that it was, by a thread of its own.
 *
 * Compressed input is told by its first bytes, never by its name. Several members or frames, one after another, are
 * one text, as for zcat and zstdcat; both kinds may follow each other. Zero bytes after a member are padding. What is
 * damaged or cut off is an error, once all the text before it has been read.
 */
#ifndef BOTIFY_UNPACK_H
#define BOTIFY_UNPACK_H

#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"

enum { UNPACK_MAGIC = 4 }; /* so many first bytes suffice to tell */

/* By what a text that begins like this is compressed: "gzip" or "zstd"; or NULL. */
const char *unpack_format(const char *text, size_t len);

struct unpack;

/*
 * Starts to unpack what a descriptor has to give, of which `len` bytes at `begun` have been read already; they are
 * copied. The descriptor is borrowed until unpack_end, and may block or not. New; NULL with the reason.
 */
struct unpack *unpack_start(int fd, const char *begun, size_t len, struct errmsg *e);

/* Ends the thread, wherever it is, and frees everything. NULL is fine. */
void unpack_end(struct unpack *u);

/* A descriptor that poll(2) finds readable where unpack_read has more to say than UNPACK_WAIT. Borrowed. */
int unpack_fd(const struct unpack *u);

/* So many bytes of the compressed input have been read. */
uint64_t unpack_taken(const struct unpack *u);

enum unpack_status {
	UNPACK_TEXT,   /* there is some text */
	UNPACK_WAIT,   /* there is none yet */
	UNPACK_END,    /* all has been read */
	UNPACK_FAILED, /* the input could not be read, or there is no memory; the reason is in e */
	UNPACK_DAMAGED /* the input is not what it begins as; likewise */
};

/* Copies what there is of the text, at most `size` bytes, to buf. Does not wait. *n is set for UNPACK_TEXT. */
enum unpack_status unpack_read(struct unpack *u, char *buf, size_t size, size_t *n, struct errmsg *e);

#endif
