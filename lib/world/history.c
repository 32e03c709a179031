#include "world/history.h"

#include <stdlib.h>
#include <string.h>

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
	h->n = h->forgotten = 0;
	idmap_reset(&h->tracks);
	idmap_reset(&h->artists);
}

/* Counts a play among those of its track and its artist. */
static int count(struct history *h, const struct catalog *c, uint32_t track)
{
	uint32_t *track_plays, *artist_plays;

	if (track == CATALOG_NONE)
		return 0;
	track_plays = idmap_at(&h->tracks, track);
	artist_plays = idmap_at(&h->artists, c->tracks[track].artist);
	if (!track_plays || !artist_plays)
		return -1;
	++*track_plays;
	++*artist_plays;
	return 0;
}

int history_add_play(struct history *h, const struct catalog *c, struct play play)
{
	struct play *plays = grow(h->plays, &h->cap, h->n + 1, sizeof *plays);

	if (!plays)
		return -1;
	h->plays = plays;
	if (count(h, c, play.track) < 0)
		return -1;
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

int history_forget(struct history *h, const struct catalog *c, size_t keep)
{
	size_t gone = h->n > keep ? h->n - keep : 0;

	if (gone == 0)
		return 0;
	memmove(h->plays, h->plays + gone, (h->n - gone) * sizeof *h->plays);
	h->n -= gone;
	h->forgotten += gone;
	idmap_reset(&h->tracks);
	idmap_reset(&h->artists);
	for (size_t i = 0; i < h->n; i++)
		if (count(h, c, h->plays[i].track) < 0)
			return -1;
	return 0;
}

int history_recall(struct history *h, const struct catalog *c, const struct play *plays, size_t n)
{
	struct play *moved = grow(h->plays, &h->cap, h->n + n, sizeof *moved);

	if (!moved)
		return -1;
	h->plays = moved;
	memmove(moved + n, moved, h->n * sizeof *moved);
	memcpy(moved, plays, n * sizeof *moved);
	h->n += n;
	h->forgotten -= n;
	for (size_t i = 0; i < n; i++)
		if (count(h, c, plays[i].track) < 0)
			return -1;
	return 0;
}
