#include "policy/session_table.h"

#include <stdlib.h>

#include "base/grow.h"

void session_table_clear(struct session_table *t)
{
	for (size_t i = 0; i < t->n_segments; i++)
		free(t->segments[i]);
	free(t->segments);
	for (size_t i = 0; i < SESSION_INDEX_PARTS; i++)
		idmap_clear(&t->index[i]);
	*t = (struct session_table){0};
}

/* Which table of the index has a user: by the bits of the hash that idmap does not look at. */
static size_t index_part(uint32_t user)
{
	return (user * UINT64_C(0x9E3779B97F4A7C15)) >> 56;
}

struct session *session_table_find(const struct session_table *t, uint32_t user)
{
	uint32_t place = idmap_get(&t->index[index_part(user)], user, 0);

	return place ? session_table_at(t, place) : NULL;
}

/* Makes sure that there is room for one more entry. Returns 0, or -1 where there is no memory. */
static int reserve_entry(struct session_table *t)
{
	struct session **segments;

	if (t->n < t->n_segments * SESSION_SEGMENT)
		return 0;
	segments = grow(t->segments, &t->segments_cap, t->n_segments + 1, sizeof *segments);
	if (!segments)
		return -1;
	t->segments = segments;
	segments[t->n_segments] = calloc(SESSION_SEGMENT, sizeof **segments);
	if (!segments[t->n_segments])
		return -1;
	t->n_segments++;
	return 0;
}

struct session *session_table_add(struct session_table *t, uint32_t user)
{
	struct session *session;
	uint32_t *place;

	if (reserve_entry(t) < 0)
		return NULL;
	place = idmap_at(&t->index[index_part(user)], user);
	if (!place)
		return NULL;
	*place = ++t->n;
	session = session_table_at(t, t->n);
	session->user = user;
	session->place = t->n;
	return session;
}
