/*
 * symbols: strings to small integers and back.
 *
 * The names of experiments and arms come with every event and are few: each is stored once and from then on is its
 * number, 0, 1, 2 in order of first appearance. Not for ids of users or tracks; see idmap.h.
 */
#ifndef BOTIFY_SYMBOLS_H
#define BOTIFY_SYMBOLS_H

#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

#define SYMBOLS_NONE UINT32_MAX

struct symbol {
	char *text; /* NUL-terminated for convenience; NUL bytes may stand in it */
	size_t len;
};

/* Zero-initialise. */
struct symbols {
	struct symbol *list;
	size_t n, cap;
	uint32_t *slots; /* hash table of number + 1; 0: free */
	size_t mask;
};

void symbols_clear(struct symbols *symbols);

/*
 * The number of a string, which is stored where it is new. `guess` is the number it probably has (that of the event
 * before, say; any number will do): where the guess is right, nothing is hashed. SYMBOLS_NONE where there is no memory.
 */
uint32_t symbols_intern(struct symbols *symbols, struct slice s, uint32_t guess);

/* The number of a string, or SYMBOLS_NONE where it is not there. */
uint32_t symbols_find(const struct symbols *symbols, struct slice s);

/* The text of a number; valid until symbols_clear. */
static inline const char *symbols_text(const struct symbols *symbols, size_t number)
{
	return symbols->list[number].text;
}

/* Whether a stands before b (< 0), is the same (0), or stands behind it, bytewise. */
int symbols_compare(const struct symbol *a, const struct symbol *b);

/* All numbers, in bytewise order of their strings. A new array of symbols->n, or NULL where there is no memory. */
uint32_t *symbols_sorted(const struct symbols *symbols);

#endif
