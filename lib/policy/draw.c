#include "policy/draw.h"

#include <stdlib.h>

/* Whether the filters let a track pass that was played so often. */
static bool allow(const struct filter_chain *s, uint32_t track_plays, uint32_t artist_plays)
{
	return filters_allow(s->filters, s->n_filters, track_plays, artist_plays);
}

static uint32_t artist_plays(const struct filter_chain *s, uint32_t track)
{
	return history_artist_plays(s->history, s->catalog->tracks[track].artist);
}

bool filter_chain_allows(const struct filter_chain *s, uint32_t track)
{
	return s->n_filters == 0 || allow(s, history_track_plays(s->history, track), artist_plays(s, track));
}

bool filter_chain_passes(const struct filter_chain *s, uint32_t track)
{
	return idmap_get(s->excluded, track, 0) == 0 && filter_chain_allows(s, track);
}

/* Only for candidates that can tell. */
static bool is_candidate(const struct filter_chain *s, const struct candidates *c, uint32_t track)
{
	if (c->artist)
		return &s->catalog->artists[s->catalog->tracks[track].artist] == c->artist;
	return (c->tracks ? c->place[track] : track) < c->n;
}

bool candidates_have(const struct candidates *c, const struct filter_chain *s, uint32_t track)
{
	uint32_t i = 0;

	if (!candidates_passes(c, s, track))
		return false;
	if (!c->tracks || c->place || c->artist)
		return is_candidate(s, c, track);
	while (i < c->n && c->tracks[i] != track)
		i++;
	return i < c->n;
}

/* How many candidates an artist has. */
static uint32_t count_of_artist(const struct filter_chain *s, const struct candidates *c, uint32_t artist)
{
	const struct artist *a = &s->catalog->artists[artist];
	uint32_t n = 0;

	if (c->pool)
		return pool_of_artist(c->pool, s->catalog, artist);
	for (uint32_t j = a->first; j < a->first + a->n; j++)
		n += is_candidate(s, c, s->catalog->by_artist[j]);
	return n;
}

/* Candidates of artists that have been played too often, whatever their tracks. */
static uint32_t count_artists(const struct filter_chain *s, const struct candidates *c)
{
	const struct idmap *artists = &s->history->counts.artists;
	uint32_t struck = 0;

	for (size_t i = 0; artists->n > 0 && i <= artists->mask; i++)
		if (artists->slots[i].key != IDMAP_NONE && !allow(s, 0, artists->slots[i].value))
			struck += count_of_artist(s, c, artists->slots[i].key);
	return struck;
}

/* Candidates that have been played too often, though others of their artist may be played. */
static uint32_t count_tracks(const struct filter_chain *s, const struct candidates *c)
{
	const struct idmap *tracks = &s->history->counts.tracks;
	uint32_t struck = 0;

	for (size_t i = 0; tracks->n > 0 && i <= tracks->mask; i++) {
		uint32_t track = tracks->slots[i].key, plays;

		if (track == IDMAP_NONE || !is_candidate(s, c, track))
			continue;
		plays = artist_plays(s, track);
		struck += allow(s, 0, plays) && !allow(s, tracks->slots[i].value, plays);
	}
	return struck;
}

/* Candidates that are excluded and that no filter has struck out. */
static uint32_t count_excluded(const struct filter_chain *s, const struct candidates *c)
{
	const struct idmap *excluded = s->excluded;
	uint32_t struck = 0;

	for (size_t i = 0; excluded->n > 0 && i <= excluded->mask; i++) {
		uint32_t track = excluded->slots[i].key;

		if (track != IDMAP_NONE && is_candidate(s, c, track))
			struck += filter_chain_allows(s, track);
	}
	return struck;
}

/* The tallies of the session, which are made where it has become a long one; NULL where there are none. */
static struct tallies *tallies_of(const struct filter_chain *s)
{
	if (!s->tallies || !s->pools || s->n_filters == 0)
		return NULL;
	if (!*s->tallies && s->history->counts.tracks.n >= TALLIES_FROM)
		*s->tallies = tallies_new(s->pools, s->history);
	return *s->tallies;
}

/* Candidates that the filters have struck out, of a list that can tell. */
static uint32_t count_struck(const struct filter_chain *s, const struct candidates *c)
{
	const struct tallies *t = c->pool ? tallies_of(s) : NULL;

	if (s->n_filters == 0)
		return 0;
	return t ? t->list[c->pool - s->pools->list].struck : count_artists(s, c) + count_tracks(s, c);
}

/* The same, of all tracks of an artist. */
static uint32_t count_struck_of_artist(const struct filter_chain *s, const struct candidates *c)
{
	uint32_t artist = (uint32_t)(c->artist - s->catalog->artists);
	const struct tallies *t;

	if (s->n_filters == 0)
		return 0;
	if (!allow(s, 0, history_artist_plays(s->history, artist)))
		return (uint32_t)c->n;
	t = tallies_of(s);
	return t ? idmap_get(&t->list[0].struck_of, artist, 0) : count_tracks(s, c);
}

static uint32_t count_passing(const struct filter_chain *s, const struct candidates *c)
{
	uint32_t n = 0;

	if (c->artist)
		return (uint32_t)c->n - count_struck_of_artist(s, c) - count_excluded(s, c) -
		       (c->without && filter_chain_passes(s, *c->without));
	if (!c->tracks || c->place)
		return (uint32_t)c->n - count_struck(s, c) - count_excluded(s, c);
	for (uint32_t i = 0; i < c->n; i++)
		n += candidates_passes(c, s, c->tracks[i]);
	return n;
}

/* The kth that passes of those from place i on, from 0. There are more than k. */
static uint32_t walk_to(const struct filter_chain *s, const struct candidates *c, uint32_t i, uint32_t k)
{
	for (;; i++) {
		uint32_t track = candidates_nth(c, i);

		if (candidates_passes(c, s, track) && k-- == 0)
			return track;
	}
}

/* Takes what is excluded out of the blocks, or puts it back. */
static void exclude(const struct filter_chain *s, const struct pool *pool, uint16_t *left, bool out)
{
	const struct idmap *excluded = s->excluded;

	for (size_t i = 0; excluded->n > 0 && i <= excluded->mask; i++) {
		uint32_t track = excluded->slots[i].key, place;

		if (track == IDMAP_NONE || (place = pool_place(pool, track)) >= pool->n ||
		    !filter_chain_allows(s, track))
			continue;
		if (out)
			left[place >> pool->shift]--;
		else
			left[place >> pool->shift]++;
	}
}

enum { STRIDE = 16 };

static uint32_t sum_blocks(const uint16_t *left)
{
	uint32_t sum = 0;

	for (int i = 0; i < STRIDE; i++)
		sum += left[i];
	return sum;
}

/* The same as walk_to from the first place, by how many are left in each block. */
static uint32_t find_in_blocks(const struct filter_chain *s, const struct candidates *c, uint16_t *left, uint32_t k)
{
	size_t block = 0, n_blocks = c->pool->n_blocks;
	uint32_t sum;

	exclude(s, c->pool, left, true);
	for (; block + STRIDE <= n_blocks && k >= (sum = sum_blocks(left + block)); block += STRIDE)
		k -= sum;
	while (k >= left[block])
		k -= left[block++];
	exclude(s, c->pool, left, false);
	return walk_to(s, c, (uint32_t)block << c->pool->shift, k);
}

static uint32_t kth_passing(const struct filter_chain *s, const struct candidates *c, uint32_t k)
{
	struct tallies *t = c->pool ? tallies_of(s) : NULL;
	struct tally *tally = t ? &t->list[c->pool - s->pools->list] : NULL;
	uint16_t *left;
	uint32_t track;

	if (!c->pool || c->pool->n_blocks == 0)
		return walk_to(s, c, 0, k);
	left = tally && tally->left ? tally->left : tally_blocks(s->pools, c->pool, s->history);
	if (!left)
		return walk_to(s, c, 0, k);
	track = find_in_blocks(s, c, left, k);
	if (tally)
		tally->left = left;
	else
		free(left);
	return track;
}

uint32_t draw(const struct filter_chain *s, struct candidates c, struct rng *r, uint32_t *track)
{
	uint32_t n = (uint32_t)c.n, passing = n;

	if (s->n_filters > 0 || s->excluded->n > 0 || c.without)
		passing = count_passing(s, &c);
	if (passing == 0)
		return 0;
	if (passing < n / 8) {
		*track = kth_passing(s, &c, rng_below(r, passing));
		return passing;
	}
	/* Most pass, or a good part: draw until one does. */
	do
		*track = candidates_nth(&c, rng_below(r, n));
	while (passing < n && !candidates_passes(&c, s, *track));
	return passing;
}
