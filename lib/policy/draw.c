#include "policy/draw.h"

/* Whether the filters let a track pass that was played so often. */
static bool filters_allow(const struct filter_chain *s, uint32_t track_plays, uint32_t artist_plays)
{
	for (size_t i = 0; i < s->n_filters; i++)
		if (!filter_allows(&s->filters[i], track_plays, artist_plays))
			return false;
	return true;
}

static uint32_t artist_plays(const struct filter_chain *s, uint32_t track)
{
	return history_artist_plays(s->history, s->catalog->tracks[track].artist);
}

bool filter_chain_passes(const struct filter_chain *s, uint32_t track)
{
	if (idmap_get(s->excluded, track, 0))
		return false;
	return s->n_filters == 0 || filters_allow(s, history_track_plays(s->history, track), artist_plays(s, track));
}

/* Only for candidates that can tell. */
static bool is_candidate(struct candidates c, uint32_t track)
{
	return (c.tracks ? c.place[track] : track) < c.n;
}

/* Candidates of artists that have been played too often, whatever their tracks. */
static uint32_t count_artists(const struct filter_chain *s, struct candidates c)
{
	const struct idmap *artists = &s->history->counts.artists;
	uint32_t struck = 0;

	for (size_t i = 0; artists->n > 0 && i <= artists->mask; i++) {
		const struct artist *a;

		if (artists->slots[i].key == IDMAP_NONE || filters_allow(s, 0, artists->slots[i].value))
			continue;
		a = &s->catalog->artists[artists->slots[i].key];
		for (uint32_t j = a->first; j < a->first + a->n; j++)
			struck += is_candidate(c, s->catalog->by_artist[j]);
	}
	return struck;
}

/* Candidates that have been played too often, though others of their artist may be played. */
static uint32_t count_tracks(const struct filter_chain *s, struct candidates c)
{
	const struct idmap *tracks = &s->history->counts.tracks;
	uint32_t struck = 0;

	for (size_t i = 0; tracks->n > 0 && i <= tracks->mask; i++) {
		uint32_t track = tracks->slots[i].key, plays;

		if (track == IDMAP_NONE || !is_candidate(c, track))
			continue;
		plays = artist_plays(s, track);
		struck += filters_allow(s, 0, plays) && !filters_allow(s, tracks->slots[i].value, plays);
	}
	return struck;
}

/* Candidates that are excluded and that no filter has struck out. */
static uint32_t count_excluded(const struct filter_chain *s, struct candidates c)
{
	const struct idmap *excluded = s->excluded;
	uint32_t struck = 0;

	for (size_t i = 0; excluded->n > 0 && i <= excluded->mask; i++) {
		uint32_t track = excluded->slots[i].key;

		if (track != IDMAP_NONE && is_candidate(c, track))
			struck += filters_allow(s, history_track_plays(s->history, track), artist_plays(s, track));
	}
	return struck;
}

static uint32_t count_passing(const struct filter_chain *s, struct candidates c)
{
	uint32_t n = 0;

	if (!c.tracks || c.place) {
		n = (uint32_t)c.n - count_excluded(s, c);
		return s->n_filters == 0 ? n : n - count_artists(s, c) - count_tracks(s, c);
	}
	for (uint32_t i = 0; i < c.n; i++)
		n += candidates_passes(&c, s, c.tracks[i]);
	return n;
}

/* The kth that passes, from 0. There are more than k. */
static uint32_t kth_passing(const struct filter_chain *s, struct candidates c, uint32_t k)
{
	for (uint32_t i = 0;; i++) {
		uint32_t track = candidates_nth(&c, i);

		if (candidates_passes(&c, s, track) && k-- == 0)
			return track;
	}
}

uint32_t draw(const struct filter_chain *s, struct candidates c, struct rng *r, uint32_t *track)
{
	uint32_t n = (uint32_t)c.n, passing = n;

	if (s->n_filters > 0 || s->excluded->n > 0 || c.without)
		passing = count_passing(s, c);
	if (passing == 0)
		return 0;
	if (passing < n / 8) {
		*track = kth_passing(s, c, rng_below(r, passing));
		return passing;
	}
	/* Most pass, or a good part: draw until one does. */
	do
		*track = candidates_nth(&c, rng_below(r, n));
	while (passing < n && !candidates_passes(&c, s, *track));
	return passing;
}
