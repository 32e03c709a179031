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

int history_add_play(struct history *h, const struct catalog *c, struct play play)
{
	struct play *plays = grow(h->plays, &h->cap, h->n + 1, sizeof *plays);
	uint32_t *track_plays, *artist_plays;

	if (!plays)
		return -1;
	h->plays = plays;
	if (play.track != CATALOG_NONE) {
		track_plays = idmap_at(&h->tracks, play.track);
		artist_plays = idmap_at(&h->artists, c->tracks[play.track].artist);
		if (!track_plays || !artist_plays)
			return -1;
		++*track_plays;
		++*artist_plays;
	}
	plays[h->n++] = play;
	return 0;
}

int history_add(struct history *h, const struct catalog *c, uint32_t track, double time)
{
	uint32_t id = track == CATALOG_NONE ? HISTORY_NO_ID : c->tracks[track].id;

	return history_add_play(h, c, (struct play){.track = track, .id = id, .time = time});
}

void history_undo(struct history *h, const struct catalog *c)
{
	uint32_t track = h->plays[--h->n].track;

	if (track == CATALOG_NONE)
		return;
	--*idmap_at(&h->tracks, track);
	--*idmap_at(&h->artists, c->tracks[track].artist);
}
