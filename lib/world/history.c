#include "world/history.h"

#include <stdlib.h>
#include <string.h>

#include "base/grow.h"

void play_counts_clear(struct play_counts *p)
{
	idmap_clear(&p->tracks);
	idmap_clear(&p->artists);
}

void play_counts_reset(struct play_counts *p)
{
	idmap_reset(&p->tracks);
	idmap_reset(&p->artists);
}

int play_counts_add(struct play_counts *p, uint32_t track, uint32_t artist)
{
	uint32_t *track_plays = idmap_at(&p->tracks, track);
	uint32_t *artist_plays = artist != IDMAP_NONE ? idmap_at(&p->artists, artist) : NULL;

	if (!track_plays || (!artist_plays && artist != IDMAP_NONE))
		return -1;
	++*track_plays;
	if (artist_plays)
		++*artist_plays;
	return 0;
}

void history_clear(struct history *h)
{
	free(h->plays);
	play_counts_clear(&h->counts);
	*h = (struct history){0};
}

void history_reset(struct history *h)
{
	enum { PLAYS_KEPT = 256 };

	if (h->cap > PLAYS_KEPT) {
		history_clear(h);
		return;
	}
	h->n = h->forgotten = 0;
	play_counts_reset(&h->counts);
}

/* Counts a play, where the catalog has the track. */
static int count_play(struct history *h, const struct catalog *c, uint32_t track)
{
	return track == CATALOG_NONE ? 0 : play_counts_add(&h->counts, track, c->tracks[track].artist);
}

int history_add_play(struct history *h, const struct catalog *c, struct play play)
{
	struct play *plays = grow(h->plays, &h->cap, h->n + 1, sizeof *plays);

	if (!plays)
		return -1;
	h->plays = plays;
	if (count_play(h, c, play.track) < 0)
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
	--*idmap_at(&h->counts.tracks, track);
	--*idmap_at(&h->counts.artists, c->tracks[track].artist);
}

int history_forget(struct history *h, const struct catalog *c, size_t keep)
{
	size_t gone = h->n > keep ? h->n - keep : 0;

	if (gone == 0)
		return 0;
	memmove(h->plays, h->plays + gone, (h->n - gone) * sizeof *h->plays);
	h->n -= gone;
	h->forgotten += gone;
	play_counts_reset(&h->counts);
	for (size_t i = 0; i < h->n; i++)
		if (count_play(h, c, h->plays[i].track) < 0)
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
		if (count_play(h, c, plays[i].track) < 0)
			return -1;
	return 0;
}
