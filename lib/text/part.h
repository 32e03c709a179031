/*
 * part: the file that --partial and --state write: what was made of some logs, to be merged with others of its kind. A
 * state is a part that grows. Here is its outer form; what stands in it is of study/partial.h and rank/tops_partial.h.
 *
 *     {"partial":"botify-abtest","version":2,…,"bytes":1234}     a line of JSON, which says what the part is
 *     1234 bytes                                                 its numbers, packed
 *     0123456789abcdef                                           a line: the checksum of all bytes before it
 *
 * So `head -n 1` shows what a part is. Files may be joined with cat, and be compressed (base/unpack.h).
 *
 * Numbers are packed as LEB128, seven bits a byte, the lowest first; the same on every machine.
 */
#ifndef BOTIFY_PART_H
#define BOTIFY_PART_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/errmsg.h"

/* Numbers that are being packed. Zero-initialise; free with part_bytes_clear. */
struct part_bytes {
	unsigned char *bytes; /* n of them */
	size_t n, cap;
	bool no_memory; /* something could not be put: to be asked once, at the end */
};

void part_bytes_clear(struct part_bytes *b);

void part_put(struct part_bytes *b, uint64_t number);
void part_put_signed(struct part_bytes *b, int64_t number); /* small ones of either sign are short */
void part_put_word(struct part_bytes *b, uint64_t word);    /* eight bytes: for digests, of which none is small */
/* One of 0 or above, that is often a multiple of `unit`: shorter where it is. */
void part_put_multiple(struct part_bytes *b, int64_t number, uint32_t unit);
/* The next of a list of ids that ascend, by how much it is above *before, which it becomes; 0 at the beginning. */
void part_put_id(struct part_bytes *b, uint32_t id, uint32_t *before);
void part_put_real(struct part_bytes *b, double x); /* bit by bit */

/*
 * Numbers that are being unpacked. Where there is none left, or none that fits, they are 0 and `wrong` is set: to be
 * asked after each record, and before anything is allocated that a number asks for.
 */
struct part_numbers {
	const unsigned char *at, *end;
	bool wrong;
};

uint64_t part_take(struct part_numbers *n);
int64_t part_take_signed(struct part_numbers *n);
uint64_t part_take_word(struct part_numbers *n);
int64_t part_take_multiple(struct part_numbers *n, uint32_t unit);

/* Whatever its bits say: NaN, or infinite. */
double part_take_real(struct part_numbers *n);

/* One that is at most `max`. */
uint64_t part_take_up_to(struct part_numbers *n, uint64_t max);

/* The next of a list of ids, which are at most INT32_MAX and do not descend. */
uint32_t part_take_id(struct part_numbers *n, uint32_t *before);

/* How many follow, each of at least `size` bytes: no more than there is room for in what is left. */
size_t part_take_length(struct part_numbers *n, size_t size);

/* What writes a part, and in which version. */
struct part_kind {
	const char *of; /* "botify-abtest" */
	int version;
};

/*
 * Writes a part. `head` is its first line up to, and without, the key "bytes" and what follows it: "{…,\"rows\":2".
 * Returns 0, or -1 where there is, or for a number was, no memory; errors of f are for ferror to tell.
 */
int part_write(const char *head, size_t len, const struct part_bytes *numbers, FILE *f);

/* A file of parts, all of it in memory. Zero-initialise; free with part_file_clear. */
struct part_file {
	const char *name; /* for messages; borrowed */
	unsigned char *bytes; /* n of them */
	size_t n, at;
	size_t checked; /* so many of them agree with their checksums, and need not be looked at again */
};

/* One of its parts: valid until part_file_clear. */
struct part {
	json_t *head; /* of the file: freed by part_clear */
	struct part_numbers numbers;
};

/* Whether a text begins as every part does. */
bool part_begins(const char *text, size_t len);

/* Whether a regular file, perhaps a compressed one, begins as a part. */
bool part_is(const char *path);

/* Reads a file; "-" is standard input. Returns 0, or -1 with the reason. */
int part_file_load(struct part_file *f, const char *path, struct errmsg *e);

/* Whether its first part is of this command, in whatever version. */
bool part_file_is(const struct part_file *f, const struct part_kind *kind);

/* Makes one of the part that part_write would write, in memory. Returns 0, or -1 where there is no memory. */
int part_file_pack(struct part_file *f, const char *name, const char *head, size_t len,
		   const struct part_bytes *numbers);
void part_file_clear(struct part_file *f);

/*
 * The next part of the file. Returns 1; 0 where there is no more; or -1 with the file and the reason: it is not a part,
 * or one of another command or version, it was cut, or it was damaged. A file of none is an error of the first call.
 */
int part_next(struct part_file *f, const struct part_kind *kind, struct part *p, struct errmsg *e);
void part_clear(struct part *p);

/*
 * Hands what is left of a file to `add`, part by part. Returns 0, or -1 with the file and the reason, as the first call
 * of `add` that returns -1 says it.
 */
typedef int part_add(void *ctx, const struct part_file *f, struct part *p, struct errmsg *e);
int part_file_each(struct part_file *f, const struct part_kind *kind, part_add *add, void *ctx, struct errmsg *e);

/* The same for a file that is not loaded yet. */
int part_file_read(const char *path, const struct part_kind *kind, part_add *add, void *ctx, struct errmsg *e);

/* Which of several pieces a user goes to, where a part is cut by user. */
struct part_cut {
	size_t (*piece_of)(void *ctx, uint32_t user); /* below n */
	void *ctx;
	size_t n;
};

/* Sets the reason why numbers are wrong though the checksum is right: no part of ours is. Returns -1. */
int part_refuse(struct errmsg *e);

/* Sets the reason why a user of two parts is not to be added up. Returns -1. */
int part_refuse_user(uint32_t user, struct errmsg *e);

#endif
