#include "base/idmap.h"

#include <stdlib.h>
#include <string.h>

void idmap_clear(struct idmap *m)
{
	free(m->slots);
	*m = (struct idmap){0};
}

static void empty_slots(struct idmap_entry *slots, size_t n)
{
	memset(slots, 0xff, n * sizeof *slots);
}

void idmap_reset(struct idmap *m)
{
	enum { SLOTS_KEPT = 512 };

	if (m->n == 0)
		return;
	if (m->mask >= SLOTS_KEPT) {
		idmap_clear(m);
		return;
	}
	empty_slots(m->slots, m->mask + 1);
	m->n = 0;
}

/* Moves all entries to the front, which is no map any more then. Without a branch, whose outcome nobody could guess. */
static void gather_entries(struct idmap *m)
{
	size_t n = 0;

	for (size_t i = 0; n < m->n; i++) {
		m->slots[n] = m->slots[i];
		n += m->slots[i].key != IDMAP_NONE;
	}
}

/* Moves the entries to n slots, a power of two that has the room. Returns 0, or -1 where there is no memory. */
static int resize_table(struct idmap *m, size_t n)
{
	struct idmap bigger = {.n = m->n, .mask = n - 1};

	if (n > SIZE_MAX / 2 / sizeof *bigger.slots)
		return -1;
	bigger.slots = malloc(n * sizeof *bigger.slots);
	if (!bigger.slots)
		return -1;
	empty_slots(bigger.slots, n);
	gather_entries(m);
	for (size_t i = 0; i < m->n; i++)
		bigger.slots[idmap_slot(&bigger, m->slots[i].key)] = m->slots[i];
	free(m->slots);
	*m = bigger;
	return 0;
}

int idmap_reserve(struct idmap *m, size_t n)
{
	size_t slots = m->slots ? m->mask + 1 : 16;

	while (n / 2 * 3 + 3 > slots)
		slots *= 2;
	return n == 0 || (m->slots && slots == m->mask + 1) ? 0 : resize_table(m, slots);
}

uint32_t *idmap_add(struct idmap *m, uint32_t key)
{
	size_t i;

	if ((!m->slots || 3 * (m->n + 1) > 2 * (m->mask + 1)) && resize_table(m, m->slots ? 2 * (m->mask + 1) : 16) < 0)
		return NULL;
	i = idmap_slot(m, key);
	m->slots[i] = (struct idmap_entry){.key = key, .value = 0};
	m->n++;
	return &m->slots[i].value;
}

struct idmap_entry *idmap_take(struct idmap *m, size_t *n)
{
	struct idmap_entry *entries = m->slots, *smaller;

	gather_entries(m);
	*n = m->n;
	smaller = *n > 0 ? realloc(entries, *n * sizeof *entries) : NULL;
	*m = (struct idmap){0};
	return smaller ? smaller : entries;
}
