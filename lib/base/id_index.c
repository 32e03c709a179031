#include "base/places.h"

#include <stdlib.h>
#include <string.h>

/* Ids below this are close, where there are n in all. */
static size_t reach(size_t n)
{
	return 2 * (n + 256);
}

void places_clear(struct places *p)
{
	free(p->close);
	idmap_clear(&p->far);
	*p = (struct places){0};
}

/* Moves what is no longer far. Returns 0, or -1 where there is no memory and nothing has changed. */
static int bring_near(struct places *p, uint32_t *close, size_t n_close)
{
	struct idmap far = {0};

	for (size_t i = 0; p->far.n > 0 && i <= p->far.mask; i++) {
		const struct idmap_entry *entry = &p->far.slots[i];
		uint32_t *place = entry->key == IDMAP_NONE ? NULL : entry->key < n_close ? &close[entry->key] : idmap_at(&far, entry->key);

		if (place) {
			*place = entry->value;
		} else if (entry->key != IDMAP_NONE) {
			idmap_clear(&far);
			return -1;
		}
	}
	idmap_clear(&p->far);
	p->far = far;
	return 0;
}

/* Makes an id close. Where there is no memory it stays far. */
static void extend(struct places *p, uint32_t id)
{
	size_t n_close = p->n_close > 0 ? p->n_close : 256;
	uint32_t *close;

	while (n_close <= id)
		n_close *= 2;
	close = calloc(n_close, sizeof *close);
	if (!close)
		return;
	if (p->n_close > 0)
		memcpy(close, p->close, p->n_close * sizeof *close);
	if (bring_near(p, close, n_close) < 0) {
		free(close);
		return;
	}
	free(p->close);
	p->close = close;
	p->n_close = n_close;
}

uint32_t *places_find(struct places *p, uint32_t id)
{
	uint32_t *place;

	if (id >= p->n_close && id < reach(p->n))
		extend(p, id);
	place = id < p->n_close ? &p->close[id] : idmap_at(&p->far, id);
	if (place)
		p->n += *place == 0;
	return place;
}

static int by_id(const void *a, const void *b)
{
	uint32_t x = ((const struct idmap_entry *)a)->key, y = ((const struct idmap_entry *)b)->key;

	return (x > y) - (x < y);
}

struct idmap_entry *places_take(struct places *p, size_t *n)
{
	struct idmap_entry *all = malloc((p->n + 1) * sizeof *all), *far;
	size_t n_far;

	if (!all)
		return NULL;
	*n = 0;
	for (size_t id = 0; id < p->n_close; id++)
		if (p->close[id] != 0)
			all[(*n)++] = (struct idmap_entry){.key = (uint32_t)id, .value = p->close[id]};
	far = idmap_take(&p->far, &n_far);
	if (n_far > 0) {
		memcpy(all + *n, far, n_far * sizeof *far);
		qsort(all + *n, n_far, sizeof *far, by_id);
	}
	*n += n_far;
	free(far);
	places_clear(p);
	return all;
}
