#include "base/idmap.h"

#include <stdlib.h>
#include <string.h>

void idmap_init(struct idmap *m)
{
	*m = (struct idmap){0};
}

void idmap_clear(struct idmap *m)
{
	free(m->slots);
	free(m->packed);
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
			bigger.slots[idmap_slot(&bigger, m->slots[i].key)] = m->slots[i];
	free(m->slots);
	*m = bigger;
	return 0;
}

uint32_t *idmap_add(struct idmap *m, uint32_t key)
{
	size_t i;

	if ((!m->slots || 3 * (m->n + 1) > 2 * (m->mask + 1)) && enlarge(m) < 0)
		return NULL;
	i = idmap_slot(m, key);
	m->slots[i] = (struct idmap_entry){.key = key, .value = 0};
	m->n++;
	return &m->slots[i].value;
}

/* Whether the map can be packed: the largest key is not much larger than the number of keys. */
static bool is_dense(const struct idmap *m, size_t *size)
{
	uint32_t largest = 0;

	for (size_t i = 0; m->n > 0 && i <= m->mask; i++) {
		if (m->slots[i].key == IDMAP_NONE)
			continue;
		if (m->slots[i].value == IDMAP_NONE)
			return false;
		if (m->slots[i].key > largest)
			largest = m->slots[i].key;
	}
	*size = (size_t)largest + 1;
	return m->n > 0 && largest / 4 <= m->n;
}

void idmap_pack(struct idmap *m)
{
	size_t size;

	if (m->packed || !is_dense(m, &size))
		return;
	m->packed = malloc(size * sizeof *m->packed);
	if (!m->packed)
		return;
	m->n_packed = size;
	memset(m->packed, 0xff, size * sizeof *m->packed);
	for (size_t i = 0; i <= m->mask; i++)
		if (m->slots[i].key != IDMAP_NONE)
			m->packed[m->slots[i].key] = m->slots[i].value;
	free(m->slots);
	m->slots = NULL;
	m->mask = 0;
}

struct idmap_entry *idmap_take(struct idmap *m, size_t *n)
{
	struct idmap_entry *entries = m->slots, *smaller;

	*n = 0;
	for (size_t i = 0; entries && i <= m->mask; i++)
		if (entries[i].key != IDMAP_NONE)
			entries[(*n)++] = entries[i];
	smaller = *n > 0 ? realloc(entries, *n * sizeof *entries) : NULL;
	idmap_init(m);
	return smaller ? smaller : entries;
}
