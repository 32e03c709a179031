#include "base/grow.h"

#include <stdint.h>
#include <stdlib.h>

void *grow(void *items, size_t *cap, size_t need, size_t size)
{
	size_t want = *cap;
	void *moved;

	if (items && need <= want)
		return items;
	if (need > SIZE_MAX / 2 / size)
		return NULL;
	if (want < 8)
		want = 8;
	while (want < need)
		want *= 2;
	moved = realloc(items, want * size);
	if (moved)
		*cap = want;
	return moved;
}

void *grow_less(void *items, size_t *cap, size_t need, size_t kept, size_t size)
{
	size_t want = 2 * need > kept ? 2 * need : kept;
	void *moved;

	if (*cap <= kept || need > *cap / 4)
		return items;
	moved = realloc(items, want * size);
	if (!moved)
		return items;
	*cap = want;
	return moved;
}
