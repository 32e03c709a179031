/*
 * intern: strings to small integers and back.
 *
 * The names of experiments and arms come with every event and are few: each is stored once and from then on is its
 * number, 0, 1, 2 in order of first appearance. Not for ids of users or tracks; see idmap.h.
 */
#ifndef BOTIFY_INTERN_H
#define BOTIFY_INTERN_H

#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

#define INTERN_NONE UINT32_MAX

struct interned {
	char *text; /* NUL-terminated for convenience; NUL bytes may stand in it */
	size_t len;
};

/* Zero-initialise. */
struct intern {
	struct interned *list;
	size_t n, cap;
	uint32_t *slots; /* hash table of number + 1; 0: free */
	size_t mask;
};

void intern_clear(struct intern *symbols);

/*
 * The number of a string, which is stored where it is new. `guess` is the number it probably has (that of the event
 * before, say; any number will do): where the guess is right, nothing is hashed. INTERN_NONE where there is no memory.
 */
uint32_t intern_add(struct intern *symbols, struct slice s, uint32_t guess);

/* The number of a string, or INTERN_NONE where it is not there. */
uint32_t intern_find(const struct intern *symbols, struct slice s);

/* The text of a number; valid until intern_clear. */
static inline const char *intern_text(const struct intern *symbols, size_t number)
{
	return symbols->list[number].text;
}

/* Whether a stands before b (< 0), is the same (0), or stands after it, bytewise. */
int intern_compare(const struct interned *a, const struct interned *b);

/* All numbers, in bytewise order of their strings. A new array of symbols->n, or NULL where there is no memory. */
uint32_t *intern_sorted(const struct intern *symbols);

/*
 * The other way round: by number, the place of its string in that order. A new array of symbols->n, or NULL likewise.
 */
uint32_t *intern_places(const struct intern *symbols);

#endif
