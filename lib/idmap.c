#include "idmap.h"

#include <stdlib.h>
#include <string.h>

void idmap_init(struct idmap *m)
{
	*m = (struct idmap){0};
}

void idmap_clear(struct idmap *m)
{
	free(m->slots);
	idmap_init(m);
}

static void empty(struct idmap_entry *slots, size_t n)
{
	memset(slots, 0xff, n * sizeof *slots);
}

void idmap_reset(struct idmap *m)
{
	if (m->n > 0)
		empty(m->slots, m->mask + 1);
	m->n = 0;
}

/* The slot that holds `key`, or the free one where it belongs. There is always a free one. */
static size_t find(const struct idmap *m, uint32_t key)
{
	/* Fibonacci hashing: ids come in runs, and their high bits say nothing. */
	size_t i = (key * UINT64_C(0x9E3779B97F4A7C15)) >> 32 & m->mask;

	while (m->slots[i].key != key && m->slots[i].key != IDMAP_NONE)
		i = (i + 1) & m->mask;
	return i;
}

uint32_t idmap_get(const struct idmap *m, uint32_t key, uint32_t otherwise)
{
	size_t i;

	if (m->n == 0 || key == IDMAP_NONE)
		return otherwise;
	i = find(m, key);
	return m->slots[i].key == key ? m->slots[i].value : otherwise;
}

static int enlarge(struct idmap *m)
{
	size_t n = m->slots ? 2 * (m->mask + 1) : 16;
	struct idmap bigger = {.n = m->n, .mask = n - 1};

	if (n > SIZE_MAX / 2 / sizeof *bigger.slots)
		return -1;
	bigger.slots = malloc(n * sizeof *bigger.slots);
	if (!bigger.slots)
		return -1;
	empty(bigger.slots, n);
	for (size_t i = 0; m->slots && i <= m->mask; i++)
		if (m->slots[i].key != IDMAP_NONE)
			bigger.slots[find(&bigger, m->slots[i].key)] = m->slots[i];
	free(m->slots);
	*m = bigger;
	return 0;
}

uint32_t *idmap_at(struct idmap *m, uint32_t key)
{
	size_t i;

	if ((!m->slots || 3 * (m->n + 1) > 2 * (m->mask + 1)) && enlarge(m) < 0)
		return NULL;
	i = find(m, key);
	if (m->slots[i].key == IDMAP_NONE) {
		m->slots[i] = (struct idmap_entry){.key = key, .value = 0};
		m->n++;
	}
	return &m->slots[i].value;
}
