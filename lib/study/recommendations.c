#include "study/recommendations.h"

#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "world/catalog.h"

static void free_counts(struct play_counts *heard)
{
	if (heard)
		play_counts_clear(heard);
	free(heard);
}

void recommendations_clear(struct recommendations *a)
{
	for (size_t i = 0; i < a->n_open; i++)
		free_counts(a->open[i]);
	for (size_t i = 0; i < a->n_spare; i++)
		free_counts(a->spare[i]);
	free(a->open);
	free(a->spare);
	free(a->counts);
	intern_clear(&a->sources);
	intern_clear(&a->keys);
	*a = (struct recommendations){0};
}

int recommendations_of(struct recommendations *a, const struct event *ev, struct answer *answer)
{
	*answer = (struct answer){.track = ev->track, .recommendation = ev->recommendation, .pool = ev->pool};
	if (ev->recommendation == EVENT_NO_TRACK)
		return 0;
	answer->source = intern_add(&a->sources, ev->source, 0);
	return answer->source == INTERN_NONE ? -1 : 0;
}

/* The user's link to the open session, which may be NULL. NULL where there is no memory. */
static struct play_counts **link_of(struct recommendations *a, uint32_t user)
{
	size_t need = (size_t)user + 1;
	struct play_counts **open = grow(a->open, &a->open_cap, need, sizeof *open);

	if (!open)
		return NULL;
	a->open = open;
	while (a->n_open < need)
		open[a->n_open++] = NULL;
	return &open[user];
}

/* The user's session, opened if none is. NULL where there is no memory. */
static struct play_counts *session_of(struct recommendations *a, uint32_t user)
{
	struct play_counts **link = link_of(a, user);

	if (link && !*link)
		*link = a->n_spare > 0 ? a->spare[--a->n_spare] : calloc(1, sizeof **link);
	return link ? *link : NULL;
}

/* Ends the user's session, and keeps its memory for another. */
static void end_session(struct recommendations *a, uint32_t user)
{
	struct play_counts **spare = grow(a->spare, &a->spare_cap, a->n_spare + 1, sizeof *spare);
	struct play_counts *heard = a->open[user];

	a->open[user] = NULL;
	if (!spare) {
		free_counts(heard);
		return;
	}
	a->spare = spare;
	play_counts_reset(heard);
	spare[a->n_spare++] = heard;
}

/* The number of a track's artist, or IDMAP_NONE where that is not known. */
static uint32_t artist_of(const struct catalog *c, uint32_t track)
{
	uint32_t index = c ? catalog_find(c, track) : CATALOG_NONE;

	return index == CATALOG_NONE ? IDMAP_NONE : c->tracks[index].artist;
}

static struct recommendations_count count_of(const struct play_counts *heard, const struct answer *answer,
					     const struct catalog *c)
{
	uint32_t artist = artist_of(c, answer->recommendation);

	return (struct recommendations_count){
		.recommendations = 1, .pools = answer->pool > 0, .pool = answer->pool,
		.repeated_tracks = idmap_get(&heard->tracks, answer->recommendation, 0) > 0,
		.with_artist = artist != IDMAP_NONE,
		.repeated_artists = idmap_get(&heard->artists, artist, 0) > 0,
	};
}

int recommendations_hear(struct recommendations *a, uint32_t user, const struct answer *answer, bool last,
			 const struct catalog *c, struct recommendations_count *found)
{
	struct play_counts *heard = session_of(a, user);

	*found = (struct recommendations_count){0};
	if (!heard || play_counts_add(heard, answer->track, artist_of(c, answer->track)) < 0)
		return -1;
	if (answer->recommendation != EVENT_NO_TRACK)
		*found = count_of(heard, answer, c);
	if (last)
		end_session(a, user);
	return 0;
}

const struct play_counts *recommendations_heard(const struct recommendations *a, uint32_t user)
{
	return user < a->n_open ? a->open[user] : NULL;
}

int recommendations_resume(struct recommendations *a, uint32_t user, const uint32_t *tracks, size_t n,
			   const struct catalog *c)
{
	struct play_counts *heard = session_of(a, user);

	for (size_t i = 0; heard && i < n; i++)
		if (play_counts_add(heard, tracks[i], artist_of(c, tracks[i])) < 0)
			return -1;
	return heard ? 0 : -1;
}

static struct slice bytes_of(const struct recommendations_key *key)
{
	return (struct slice){.text = (const char *)key, .len = sizeof *key};
}

struct recommendations_key recommendations_key_of(const struct recommendations *a, size_t i)
{
	struct recommendations_key key;

	memcpy(&key, a->keys.list[i].text, sizeof key);
	return key;
}

void recommendations_sum(struct recommendations_count *sum, const struct recommendations_count *count)
{
	sum->recommendations += count->recommendations;
	sum->pools += count->pools;
	sum->pool += count->pool;
	sum->repeated_tracks += count->repeated_tracks;
	sum->with_artist += count->with_artist;
	sum->repeated_artists += count->repeated_artists;
}

int recommendations_add(struct recommendations *a, uint32_t experiment, uint32_t arm, uint32_t source,
			const struct recommendations_count *count)
{
	struct recommendations_key key = {experiment, arm, source};
	struct recommendations_count *counts = grow(a->counts, &a->counts_cap, a->keys.n + 1, sizeof *counts);
	size_t known = a->keys.n;
	uint32_t number;

	if (!counts)
		return -1;
	a->counts = counts;
	number = intern_add(&a->keys, bytes_of(&key), a->last);
	if (number == INTERN_NONE)
		return -1;
	if (a->keys.n > known)
		counts[number] = (struct recommendations_count){0};
	recommendations_sum(&counts[number], count);
	a->last = number;
	return 0;
}

struct recommendations_count recommendations_find(const struct recommendations *a, uint32_t experiment, uint32_t arm,
						  uint32_t source)
{
	struct recommendations_key key = {experiment, arm, source};
	const struct recommendations_count none = {0};
	uint32_t number = intern_find(&a->keys, bytes_of(&key));

	return number == INTERN_NONE ? none : a->counts[number];
}

static int by_arm(const struct recommendations_row *x, uint32_t experiment, uint32_t arm)
{
	if (x->experiment != experiment)
		return x->experiment < experiment ? -1 : 1;
	return (x->arm > arm) - (x->arm < arm);
}

static int by_arm_and_place(const void *a, const void *b)
{
	const struct recommendations_row *x = a, *y = b;
	int order = by_arm(x, y->experiment, y->arm);

	return order != 0 ? order : (x->place > y->place) - (x->place < y->place);
}

struct recommendations_row *recommendations_sorted(const struct recommendations *a)
{
	struct recommendations_row *rows = malloc((a->keys.n + 1) * sizeof *rows);
	uint32_t *places = intern_places(&a->sources);

	if (!rows || !places) {
		free(rows);
		free(places);
		return NULL;
	}
	for (size_t i = 0; i < a->keys.n; i++) {
		struct recommendations_key key = recommendations_key_of(a, i);

		rows[i] = (struct recommendations_row){
			key.experiment, key.arm, key.source, places[key.source], &a->counts[i],
		};
	}
	free(places);
	qsort(rows, a->keys.n, sizeof *rows, by_arm_and_place);
	return rows;
}

const struct recommendations_row *recommendations_of_arm(const struct recommendations *a,
							 const struct recommendations_row *rows, uint32_t experiment,
							 uint32_t arm, size_t *n)
{
	size_t low = 0, high = a->keys.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (by_arm(&rows[middle], experiment, arm) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (*n = 0; low + *n < a->keys.n && by_arm(&rows[low + *n], experiment, arm) == 0;)
		++*n;
	return rows + low;
}

int recommendations_renumber(struct recommendations *a, const uint32_t *to)
{
	struct intern keys = {0};

	for (size_t i = 0; i < a->keys.n; i++) {
		struct recommendations_key key = recommendations_key_of(a, i);

		key.experiment = to[key.experiment];
		if (intern_add(&keys, bytes_of(&key), INTERN_NONE) == INTERN_NONE) {
			intern_clear(&keys);
			return -1;
		}
	}
	intern_clear(&a->keys);
	a->keys = keys;
	return 0;
}
