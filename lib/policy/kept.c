#include "policy/kept.h"

#include "policy/vote_count.h"

void kept_drop(struct kept *k)
{
	tallies_free(k->tallies);
	vote_count_free(k->votes);
	*k = (struct kept){0};
}

void kept_add(struct kept *k, const struct history *h)
{
	if (k->tallies && tallies_add(k->tallies, h) < 0)
		kept_drop(k);
}
