/*
 * names: strings to small integers and back.
 *
 * The names of experiments and arms come with every event and are few: each is stored once and from then on is its
 * number, 0, 1, 2 in order of first appearance. Not for ids of users or tracks; see idmap.h.
 */
#ifndef BOTIFY_NAMES_H
#define BOTIFY_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "errmsg.h"
#include "event.h"

#define NAMES_NONE UINT32_MAX

struct name {
	char *text; /* NUL-terminated for convenience; NUL bytes may stand in it */
	size_t len;
};

/* Zero-initialise. */
struct names {
	struct name *list;
	size_t n, cap;
	uint32_t *slots; /* hash table of number + 1; 0: free */
	size_t mask;
};

void names_clear(struct names *names);

/*
 * The number of a string, which is stored where it is new. `guess` is the number it probably has (that of the event
 * before, say; any number will do): where the guess is right, nothing is hashed. NAMES_NONE where there is no memory.
 */
uint32_t names_intern(struct names *names, struct slice s, uint32_t guess);

/* The number of a string, or NAMES_NONE where it is not there. */
uint32_t names_find(const struct names *names, struct slice s);

/* The text of a number; valid until names_clear. */
static inline const char *names_text(const struct names *names, size_t number)
{
	return names->list[number].text;
}

/* "there are A, B, C", as much of it as fits, for the error about a name that is not there. */
void names_list(const struct names *names, struct errmsg *e);

#endif
