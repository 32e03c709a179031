#include "policy/tally.h"

#include <stdbool.h>
#include <stdlib.h>

/* Whether the filters let a track pass for its own plays; and for those of its artist. */
static bool allows_track(const struct pools *p, uint32_t plays)
{
	return filters_allow(p->filters, p->n_filters, plays, 0);
}

static bool allows_artist(const struct pools *p, uint32_t plays)
{
	return filters_allow(p->filters, p->n_filters, 0, plays);
}

/* A track is struck out that its artist's other plays leave in. */
static void strike_track(const struct pool *pool, uint32_t track, uint16_t *left)
{
	left[pool_place(pool, track) >> pool->shift]--;
}

static void take_row(const struct pool *pool, uint32_t row, uint16_t *left)
{
	const uint16_t *counts = pool->counts + (row - 1) * pool->n_blocks;

	for (size_t i = 0; i < pool->n_blocks; i++)
		left[i] -= counts[i];
}

/* Puts those back of an artist that had been struck out one by one, and were taken with the artist again. */
static void put_back(const struct pools *p, const struct pool *pool, const struct history *h, uint32_t artist,
		     uint16_t *left)
{
	const struct idmap *tracks = &h->counts.tracks;

	for (size_t i = 0; i <= tracks->mask; i++) {
		uint32_t track = tracks->slots[i].key;

		if (track != IDMAP_NONE && p->catalog->tracks[track].artist == artist &&
		    pool_place(pool, track) < pool->n && !allows_track(p, tracks->slots[i].value))
			left[pool_place(pool, track) >> pool->shift]++;
	}
}

/* Strikes out all of an artist but the `gone` that have been struck out one by one. */
static void strike_artist(const struct pools *p, const struct pool *pool, const struct history *h, uint32_t artist,
			  uint32_t gone, uint16_t *left)
{
	const struct artist *a = &p->catalog->artists[artist];
	uint32_t row = idmap_get(&pool->rows, artist, 0);

	if (row) {
		take_row(pool, row, left);
		if (gone > 0)
			put_back(p, pool, h, artist, left);
		return;
	}
	if (pool_of_artist(pool, p->catalog, artist) == gone)
		return;
	for (uint32_t j = a->first; j < a->first + a->n; j++) {
		uint32_t track = p->catalog->by_artist[j];

		if (pool_place(pool, track) < pool->n &&
		    (gone == 0 || allows_track(p, history_track_plays(h, track))))
			strike_track(pool, track, left);
	}
}

uint16_t *tally_blocks(const struct pools *p, const struct pool *pool, const struct history *h)
{
	const struct idmap *tracks = &h->counts.tracks, *artists = &h->counts.artists;
	uint16_t *left = malloc(pool->n_blocks * sizeof *left);

	if (!left)
		return NULL;
	for (size_t i = 0; i < pool->n_blocks; i++)
		left[i] = (uint16_t)(1 << pool->shift);
	left[pool->n_blocks - 1] = (uint16_t)(pool->n - ((pool->n_blocks - 1) << pool->shift));
	for (size_t i = 0; tracks->n > 0 && i <= tracks->mask; i++) {
		uint32_t track = tracks->slots[i].key;

		if (track != IDMAP_NONE && pool_place(pool, track) < pool->n &&
		    !allows_track(p, tracks->slots[i].value) &&
		    allows_artist(p, history_artist_plays(h, p->catalog->tracks[track].artist)))
			strike_track(pool, track, left);
	}
	for (size_t i = 0; artists->n > 0 && i <= artists->mask; i++)
		if (artists->slots[i].key != IDMAP_NONE && !allows_artist(p, artists->slots[i].value))
			strike_artist(p, pool, h, artists->slots[i].key, 0, left);
	return left;
}

/* Notes that a track has been struck out for its own plays. Returns 0, or -1 where there is no memory. */
static int count_track(const struct pools *p, const struct pool *pool, struct tally *t, uint32_t track, bool artist_in)
{
	uint32_t *struck_of;

	if (pool_place(pool, track) >= pool->n)
		return 0;
	struck_of = idmap_at(&t->struck_of, p->catalog->tracks[track].artist);
	if (!struck_of)
		return -1;
	++*struck_of;
	t->struck += artist_in;
	if (artist_in && t->left)
		strike_track(pool, track, t->left);
	return 0;
}

static int count_tracks(const struct pools *p, const struct pool *pool, struct tally *t, const struct history *h)
{
	const struct idmap *tracks = &h->counts.tracks;

	for (size_t i = 0; tracks->n > 0 && i <= tracks->mask; i++) {
		uint32_t track = tracks->slots[i].key;

		if (track == IDMAP_NONE || allows_track(p, tracks->slots[i].value))
			continue;
		if (count_track(p, pool, t, track,
				allows_artist(p, history_artist_plays(h, p->catalog->tracks[track].artist))) < 0)
			return -1;
	}
	return 0;
}

static void count_artists(const struct pools *p, const struct pool *pool, struct tally *t, const struct history *h)
{
	const struct idmap *artists = &h->counts.artists;

	for (size_t i = 0; artists->n > 0 && i <= artists->mask; i++)
		if (artists->slots[i].key != IDMAP_NONE && !allows_artist(p, artists->slots[i].value))
			t->struck += pool_of_artist(pool, p->catalog, artists->slots[i].key);
}

struct tallies *tallies_new(const struct pools *p, const struct history *h)
{
	struct tallies *t = calloc(1, sizeof *t + p->n * sizeof *t->list);

	if (!t)
		return NULL;
	t->pools = p;
	t->n = p->n;
	for (size_t i = 0; i < p->n; i++) {
		if (count_tracks(p, &p->list[i], &t->list[i], h) < 0) {
			tallies_free(t);
			return NULL;
		}
		count_artists(p, &p->list[i], &t->list[i], h);
	}
	return t;
}

void tallies_free(struct tallies *t)
{
	for (size_t i = 0; t && i < t->n; i++) {
		idmap_clear(&t->list[i].struck_of);
		free(t->list[i].left);
	}
	free(t);
}

int tallies_add(struct tallies *t, const struct history *h)
{
	const struct pools *p = t->pools;
	uint32_t track = h->plays[h->n - 1].track, artist, plays, artist_plays;
	bool artist_in, track_out, artist_out;

	if (track == CATALOG_NONE)
		return 0;
	artist = p->catalog->tracks[track].artist;
	plays = history_track_plays(h, track);
	artist_plays = history_artist_plays(h, artist);
	artist_in = allows_artist(p, artist_plays - 1);
	track_out = allows_track(p, plays - 1) && !allows_track(p, plays);
	artist_out = artist_in && !allows_artist(p, artist_plays);
	for (size_t i = 0; i < t->n && (track_out || artist_out); i++) {
		const struct pool *pool = &p->list[i];
		struct tally *tally = &t->list[i];
		uint32_t gone;

		if (track_out && count_track(p, pool, tally, track, artist_in) < 0)
			return -1;
		if (!artist_out)
			continue;
		gone = idmap_get(&tally->struck_of, artist, 0);
		tally->struck += pool_of_artist(pool, p->catalog, artist) - gone;
		if (tally->left)
			strike_artist(p, pool, h, artist, gone, tally->left);
	}
	return 0;
}
