#include "world/world.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "world/names.h"
#include "world/world_steps.h"

#define MEAN_TRACKS 4.37 /* of an artist; see the header */

/* How many tracks the artist of rank i has, of n artists that have their size by this formula. */
static uint32_t artist_size(size_t i, size_t n)
{
	double size = round(80 * exp(-6.2 * sqrt(((double)i + 0.5) / (double)n)));

	return size < 1 ? 1 : (uint32_t)size;
}

/* The largest artists first, until every track has one. Tracks that are left over go to artists with one track each. */
static int make_artists(struct world *w)
{
	size_t left = w->options.n_tracks, shaped = (size_t)((double)left / MEAN_TRACKS + 0.5);

	w->artists = calloc(left, sizeof *w->artists);
	if (!w->artists)
		return -1;
	while (left > 0) {
		uint32_t n = w->n_artists < shaped ? artist_size(w->n_artists, shaped) : 1;

		if (n > left)
			n = (uint32_t)left;
		w->artists[w->n_artists++].n_tracks = n;
		left -= n;
	}
	return 0;
}

static double genre_share(int genre)
{
	return 1 / (genre + 1.5);
}

static uint32_t draw_genre(struct rng *r)
{
	double total = 0, x;
	int genre = 0;

	for (int g = 0; g < WORLD_GENRES; g++)
		total += genre_share(g);
	x = rng_uniform(r) * total;
	while (genre < WORLD_GENRES - 1 && (x -= genre_share(genre)) >= 0)
		genre++;
	return (uint32_t)genre;
}

/* Genre, fame and name of each artist. */
static int describe_artists(struct world *w)
{
	struct names names = {0};
	int status = 0;

	for (size_t i = 0; i < w->n_artists && status == 0; i++) {
		struct world_artist *a = &w->artists[i];
		struct rng r = world_draw(w, WORLD_ARTIST, i), name = world_draw(w, WORLD_ARTIST_NAME, i);
		char text[NAMES_SIZE];

		a->genre = draw_genre(&r);
		a->fame = 1 / (1 + 10 * (0.75 * rng_uniform(&r) + 0.25 * (double)i / (double)w->n_artists));
		status = names_artist(&names, &name, text);
		a->name = status == 0 ? strdup(text) : NULL;
		if (!a->name)
			status = -1;
	}
	names_clear(&names);
	return status;
}

/* Deals the tracks out to the artists, shuffled (Fisher and Yates). */
static int deal_tracks(struct world *w)
{
	struct rng r = world_draw(w, WORLD_ORDER, 0);
	uint32_t n = 0;

	w->artist_of = calloc(w->options.n_tracks, sizeof *w->artist_of);
	if (!w->artist_of)
		return -1;
	for (size_t i = 0; i < w->n_artists; i++)
		for (uint32_t k = 0; k < w->artists[i].n_tracks; k++)
			w->artist_of[n++] = (uint32_t)i;
	for (; n > 1; n--) {
		uint32_t i = rng_below(&r, n), last = w->artist_of[n - 1];

		w->artist_of[n - 1] = w->artist_of[i];
		w->artist_of[i] = last;
	}
	return 0;
}

uint32_t world_find_sum(const double *sums, uint32_t n, double x)
{
	uint32_t low = 0, high = n - 1;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (sums[middle] > x)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static void draw_user(const struct world *w, struct rng *r, const double *sums, struct world_user *u)
{
	u->bias = nearbyint(10 * rng_uniform(r) * 1e4) / 1e4;
	u->sharpness = nearbyint(0.5 * exp(2 * M_LN2 * rng_uniform(r)) * 1e4) / 1e4;
	while (u->n_interests < WORLD_INTERESTS && u->n_interests < w->options.n_tracks) {
		uint32_t track = world_find_sum(sums, w->options.n_tracks,
						rng_uniform(r) * sums[w->options.n_tracks - 1]);
		bool known = false;

		for (uint32_t i = 0; i < u->n_interests; i++)
			known = known || u->interests[i] == track;
		if (!known)
			u->interests[u->n_interests++] = track;
	}
}

static int make_users(struct world *w)
{
	uint32_t n = w->options.n_tracks;
	double *sums = calloc(n, sizeof *sums), sum = 0;

	w->users = calloc(w->options.n_users, sizeof *w->users);
	if (!sums || !w->users) {
		free(sums);
		return -1;
	}
	for (uint32_t t = 0; t < n; t++) {
		struct rng r = world_draw(w, WORLD_APPEAL, t);

		sum += w->artists[w->artist_of[t]].fame / (rng_uniform(&r) + 0.1);
		sums[t] = sum;
	}
	for (uint32_t i = 0; i < w->options.n_users; i++) {
		struct rng r = world_draw(w, WORLD_USER, i);

		draw_user(w, &r, sums, &w->users[i]);
	}
	free(sums);
	return 0;
}

int world_make(struct world *w, const struct world_options *o, struct errmsg *e)
{
	*w = (struct world){.options = *o};
	if (make_artists(w) < 0 || describe_artists(w) < 0 || deal_tracks(w) < 0 || world_embed(w) < 0 ||
	    make_users(w) < 0 || world_stretch(w, NULL) < 0)
		return errmsg_nomem(e);
	return 0;
}

void world_clear(struct world *w)
{
	for (size_t i = 0; i < w->n_artists; i++)
		free(w->artists[i].name);
	free(w->artists);
	free(w->artist_of);
	free(w->embeddings);
	free(w->users);
	*w = (struct world){0};
}
