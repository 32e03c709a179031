#include "rank/popularity_part.h"

#include <stdlib.h>

int popularity_pack(struct part_bytes *b, const struct popularity *p)
{
	struct popularity_count *counts = popularity_by_track(p);
	uint32_t before = 0;

	if (!counts)
		return -1;
	part_put(b, p->n);
	for (size_t i = 0; i < p->n; i++) {
		part_put_id(b, counts[i].track, &before);
		part_put(b, (uint64_t)counts[i].plays);
	}
	free(counts);
	return 0;
}

int popularity_unpack(struct part_numbers *in, struct popularity *p, struct errmsg *e)
{
	size_t n = part_take_length(in, 2);
	uint32_t track = 0;

	for (size_t i = 0; i < n && !in->wrong; i++) {
		struct popularity_count c = {.track = part_take_id(in, &track)};

		c.plays = (int64_t)part_take_up_to(in, INT64_MAX);
		if (!in->wrong && popularity_add_count(p, &c, e) < 0)
			return -1;
	}
	return in->wrong ? part_refuse(e) : 0;
}
