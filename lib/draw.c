#include "draw.h"

static bool passes(const struct sieve *s, uint32_t track)
{
	if (idmap_get(s->excluded, track, 0))
		return false;
	for (size_t i = 0; i < s->n_filters; i++)
		if (!filter_allows(&s->filters[i], s->catalog, s->history, track))
			return false;
	return true;
}

static uint32_t candidate(struct span candidates, uint32_t i)
{
	return candidates.tracks ? candidates.tracks[i] : i;
}

static uint32_t count_struck_of_artist(const struct sieve *s, const struct artist *a, uint32_t n_candidates)
{
	uint32_t struck = 0;

	for (uint32_t i = a->first; i < a->first + a->n; i++) {
		uint32_t track = s->catalog->by_artist[i];

		struck += track < n_candidates && !passes(s, track);
	}
	return struck;
}

/* How many of the tracks 0 .. n-1 do not pass: some of artists that were heard (see filter.h), and what is excluded. */
static uint32_t count_struck(const struct sieve *s, uint32_t n)
{
	const struct idmap *artists = &s->history->artists, *excluded = s->excluded;
	uint32_t struck = 0;

	for (size_t i = 0; s->n_filters > 0 && artists->n > 0 && i <= artists->mask; i++)
		if (artists->slots[i].key != IDMAP_NONE)
			struck += count_struck_of_artist(s, &s->catalog->artists[artists->slots[i].key], n);
	for (size_t i = 0; excluded->n > 0 && i <= excluded->mask; i++) {
		uint32_t track = excluded->slots[i].key;

		if (track == IDMAP_NONE || track >= n)
			continue;
		/* those of artists that were heard have been counted */
		if (s->n_filters == 0 || history_artist_plays(s->history, s->catalog->tracks[track].artist) == 0)
			struck++;
	}
	return struck;
}

static uint32_t count_passing(const struct sieve *s, struct span candidates)
{
	uint32_t n = 0;

	if (!candidates.tracks)
		return (uint32_t)candidates.n - count_struck(s, (uint32_t)candidates.n);
	for (size_t i = 0; i < candidates.n; i++)
		n += passes(s, candidates.tracks[i]);
	return n;
}

/* The kth that passes, from 0. There are more than k. */
static uint32_t kth_passing(const struct sieve *s, struct span candidates, uint32_t k)
{
	for (uint32_t i = 0;; i++) {
		uint32_t track = candidate(candidates, i);

		if (passes(s, track) && k-- == 0)
			return track;
	}
}

uint32_t draw(const struct sieve *s, struct span candidates, struct rng *r, uint32_t *track)
{
	uint32_t n = (uint32_t)candidates.n, passing = n;

	if (s->n_filters > 0 || s->excluded->n > 0)
		passing = count_passing(s, candidates);
	if (passing == 0)
		return 0;
	if (passing < n / 8) {
		*track = kth_passing(s, candidates, rng_below(r, passing));
		return passing;
	}
	/* Most pass, or a good part: draw until one does. */
	do
		*track = candidate(candidates, rng_below(r, n));
	while (passing < n && !passes(s, *track));
	return passing;
}
