#include "base/id_index.h"

#include <stdlib.h>
#include <string.h>

#include "base/radix.h"

/* Ids below this are close, where there are n in all. */
static size_t close_below(size_t n)
{
	return 2 * (n + 256);
}

void id_index_clear(struct id_index *x)
{
	free(x->close);
	idmap_clear(&x->far);
	*x = (struct id_index){0};
}

/*
 * Moves what is no longer far. The table of the rest gets its room beforehand: filled in the order of a larger table,
 * a small one that grows would have all its entries in one run. Returns 0, or -1 where there is no memory and nothing
 * has changed.
 */
static int bring_near(struct id_index *x, uint32_t *close, size_t n_close)
{
	struct idmap far = {0};

	if (idmap_reserve(&far, x->far.n) < 0)
		return -1;
	for (size_t i = 0; x->far.n > 0 && i <= x->far.mask; i++) {
		const struct idmap_entry *entry = &x->far.slots[i];

		if (entry->key < n_close)
			close[entry->key] = entry->value;
		else if (entry->key != IDMAP_NONE)
			*idmap_at(&far, entry->key) = entry->value;
	}
	idmap_clear(&x->far);
	x->far = far;
	return 0;
}

/* Makes an id close. Where there is no memory it stays far. */
static void make_close(struct id_index *x, uint32_t id)
{
	size_t n_close = x->n_close > 0 ? x->n_close : 256;
	uint32_t *close;

	while (n_close <= id)
		n_close *= 2;
	close = calloc(n_close, sizeof *close);
	if (!close)
		return;
	if (x->n_close > 0)
		memcpy(close, x->close, x->n_close * sizeof *close);
	if (bring_near(x, close, n_close) < 0) {
		free(close);
		return;
	}
	free(x->close);
	x->close = close;
	x->n_close = n_close;
}

uint32_t *id_index_find(struct id_index *x, uint32_t id)
{
	uint32_t *place;

	if (id >= x->n_close && id < close_below(x->n))
		make_close(x, id);
	place = id < x->n_close ? &x->close[id] : idmap_at(&x->far, id);
	if (place)
		x->n += *place == 0;
	return place;
}

/* Puts n entries in `sorted`, in ascending order of their ids. Both arrays are room for sorting. */
static void sort_entries(struct idmap_entry *entries, struct idmap_entry *sorted, size_t n)
{
	uint64_t *items = (uint64_t *)entries;

	_Static_assert(sizeof *items == sizeof *entries, "an item takes the room of an entry");
	for (size_t i = 0; i < n; i++) {
		struct idmap_entry entry = entries[i];

		items[i] = radix_item(entry.key, entry.value);
	}
	radix_sort(items, (uint64_t *)sorted, n);
	for (size_t i = 0; i < n; i++)
		sorted[i] = (struct idmap_entry){.key = radix_key(items[i]), .value = radix_place(items[i])};
}

struct idmap_entry *id_index_take(struct id_index *x, size_t *n)
{
	struct idmap_entry *all = malloc((x->n + 1) * sizeof *all), *far;
	size_t n_far;

	if (!all)
		return NULL;
	*n = 0;
	for (size_t id = 0; id < x->n_close; id++)
		if (x->close[id] != 0)
			all[(*n)++] = (struct idmap_entry){.key = (uint32_t)id, .value = x->close[id]};
	far = idmap_take(&x->far, &n_far);
	if (n_far > 0)
		sort_entries(far, all + *n, n_far);
	*n += n_far;
	free(far);
	id_index_clear(x);
	return all;
}
