/*
 * suggest: which name was meant by one with a typo.
 */
#ifndef BOTIFY_SUGGEST_H
#define BOTIFY_SUGGEST_H

#include <stddef.h>

/*
 * The name nearest to `word` by the number of letters to change, add, drop or swap with their neighbour (optimal
 * string alignment distance), the first of several; NULL where even that is further than a third of the word's
 * length, rounded up. name(i) gives the names, i = 0, 1, …, until NULL; borrowed.
 */
const char *suggest(const char *word, const char *(*name)(size_t i));

/* The same for an array of names, NULL at the end. */
const char *suggest_among(const char *word, const char *const *names);

#endif
