#include "world/history.h"

#include <stdlib.h>

#include "base/grow.h"

void history_clear(struct history *h)
{
	free(h->plays);
	idmap_clear(&h->tracks);
	idmap_clear(&h->artists);
	*h = (struct history){0};
}

void history_reset(struct history *h)
{
	h->n = 0;
	idmap_reset(&h->tracks);
	idmap_reset(&h->artists);
}

int history_add(struct history *h, const struct catalog *c, uint32_t track, double time)
{
	struct play *plays = grow(h->plays, &h->cap, h->n + 1, sizeof *plays);
	uint32_t *track_plays, *artist_plays;

	if (!plays)
		return -1;
	h->plays = plays;
	if (track != CATALOG_NONE) {
		track_plays = idmap_at(&h->tracks, track);
		artist_plays = idmap_at(&h->artists, c->tracks[track].artist);
		if (!track_plays || !artist_plays)
			return -1;
		++*track_plays;
		++*artist_plays;
	}
	plays[h->n++] = (struct play){.track = track, .time = time};
	return 0;
}
