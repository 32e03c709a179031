#include <math.h>
#include <stdlib.h>

#include "world/world_steps.h"

/* The numbers of the model; world.h says what they are. */
#define GENRE_SQUARE 0.5
#define ARTIST_SQUARE 0.6
#define TRACK_SQUARE 0.004
#define MAINSTREAM 0.4
#define STRETCH 0.3

/*
 * Nearly a standard normal variate: the sum of four uniform ones. By way of the inverse of the distribution, its
 * last bit would be a matter of the library's log.
 */
static double draw_bell(struct rng *r)
{
	const int64_t mean = INT64_C(2) * UINT32_MAX;
	int64_t sum = 0;

	for (int i = 0; i < 4; i++)
		sum += rng_u32(r);
	return (double)(sum - mean) * (1.7320508075688772 * 0x1p-32);
}

static double inner_product(const double *a, const double *b, size_t dim)
{
	double sum = 0;

	for (size_t i = 0; i < dim; i++)
		sum += a[i] * b[i];
	return sum;
}

static void add_scaled(double *sum, double weight, const double *v, size_t dim)
{
	for (size_t i = 0; i < dim; i++)
		sum[i] += weight * v[i];
}

static void normalise(double *v, size_t dim)
{
	double length = sqrt(inner_product(v, v, dim));

	for (size_t i = 0; i < dim && length > 0; i++)
		v[i] /= length;
}

/* A vector of length 1 in a random direction. */
static void draw_direction(struct rng *r, double *v, size_t dim)
{
	for (size_t i = 0; i < dim; i++)
		v[i] = draw_bell(r);
	normalise(v, dim);
}

/*
 * The directions of the genres and, after them, that of the mainstream, made orthogonal in turn (Gram and Schmidt). By
 * chance two of the large genres would else be akin or averse, and no two worlds alike.
 */
static void make_directions(const struct world *w, double *directions)
{
	size_t dim = w->options.dim;

	for (size_t i = 0; i <= WORLD_GENRES; i++) {
		struct rng r = world_draw(w, WORLD_DIRECTION, i);
		double *v = directions + i * dim;

		draw_direction(&r, v, dim);
		for (size_t k = 0; i < dim && k < i; k++)
			add_scaled(v, -inner_product(v, directions + k * dim, dim), directions + k * dim, dim);
		normalise(v, dim);
	}
}

/* What all tracks of each artist have in common. */
static void make_artist_vectors(const struct world *w, const double *directions, double *vectors, double *own)
{
	size_t dim = w->options.dim;

	for (size_t i = 0; i < w->n_artists; i++) {
		const struct world_artist *a = &w->artists[i];
		struct rng r = world_draw(w, WORLD_ARTIST_DIRECTION, i);
		double *v = vectors + i * dim;

		draw_direction(&r, own, dim);
		add_scaled(v, sqrt(ARTIST_SQUARE), own, dim);
		add_scaled(v, sqrt(GENRE_SQUARE), directions + a->genre * dim, dim);
		add_scaled(v, MAINSTREAM * a->fame, directions + WORLD_GENRES * dim, dim);
	}
}

static void make_track_vectors(const struct world *w, const double *vectors, double *own)
{
	size_t dim = w->options.dim;
	double weight = sqrt(TRACK_SQUARE * (double)dim);

	for (size_t t = 0; t < w->options.n_tracks; t++) {
		const double *artist = vectors + w->artist_of[t] * dim;
		double length = 1 + STRETCH * w->artists[w->artist_of[t]].fame;
		struct rng r = world_draw(w, WORLD_TRACK_DIRECTION, t);

		draw_direction(&r, own, dim);
		for (size_t i = 0; i < dim; i++)
			w->embeddings[t * dim + i] = (float)(length * (artist[i] + weight * own[i]));
	}
}

int world_embed(struct world *w)
{
	size_t dim = w->options.dim;
	double *directions = calloc((WORLD_GENRES + 1) * dim, sizeof *directions), *own = calloc(dim, sizeof *own);
	double *vectors = calloc(w->n_artists, dim * sizeof *vectors);
	int status = -1;

	w->embeddings = calloc(w->options.n_tracks, dim * sizeof *w->embeddings);
	if (directions && own && vectors && w->embeddings) {
		make_directions(w, directions);
		make_artist_vectors(w, directions, vectors, own);
		make_track_vectors(w, vectors, own);
		status = 0;
	}
	free(directions);
	free(own);
	free(vectors);
	return status;
}
