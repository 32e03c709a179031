#include "world.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "names.h"
#include "npy.h"
#include "number.h"
#include "rng.h"
#include "save.h"

/* The numbers of the model; the header says what they are. */
enum { GENRES = 24 };
#define MEAN_TRACKS 4.37
#define GENRE_SQUARE 0.5
#define ARTIST_SQUARE 0.6
#define TRACK_SQUARE 0.004
#define MAINSTREAM 0.4
#define STRETCH 0.3

/* What is drawn. Of what has several, the thing's number comes with it. */
enum kind { ORDER, DIRECTION, ARTIST, ARTIST_NAME, ARTIST_DIRECTION, APPEAL, TRACK_DIRECTION, TITLE, USER, SAMPLE };

static struct rng place(const struct world *w, enum kind kind, size_t number)
{
	return rng_at(w->options.seed, RNG_WORLD, kind, (uint32_t)number, 0);
}

/*
 * Nearly a standard normal variate: the sum of four uniform ones. By way of the inverse of the distribution, its last bit
 * would be a matter of the library's log.
 */
static double bell(struct rng *r)
{
	const int64_t mean = INT64_C(2) * UINT32_MAX;
	int64_t sum = 0;

	for (int i = 0; i < 4; i++)
		sum += rng_u32(r);
	return (double)(sum - mean) * (1.7320508075688772 * 0x1p-32);
}

static double product(const double *a, const double *b, size_t dim)
{
	double sum = 0;

	for (size_t i = 0; i < dim; i++)
		sum += a[i] * b[i];
	return sum;
}

static void add(double *sum, double weight, const double *v, size_t dim)
{
	for (size_t i = 0; i < dim; i++)
		sum[i] += weight * v[i];
}

static void normalise(double *v, size_t dim)
{
	double length = sqrt(product(v, v, dim));

	for (size_t i = 0; i < dim && length > 0; i++)
		v[i] /= length;
}

/* A vector of length 1 in a random direction. */
static void draw_direction(struct rng *r, double *v, size_t dim)
{
	for (size_t i = 0; i < dim; i++)
		v[i] = bell(r);
	normalise(v, dim);
}

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

	for (int g = 0; g < GENRES; g++)
		total += genre_share(g);
	x = rng_uniform(r) * total;
	while (genre < GENRES - 1 && (x -= genre_share(genre)) >= 0)
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
		struct rng r = place(w, ARTIST, i), name = place(w, ARTIST_NAME, i);
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
	struct rng r = place(w, ORDER, 0);
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

/*
 * The directions of the genres and, behind them, that of the mainstream, made orthogonal in turn (Gram and Schmidt). By
 * chance two of the large genres would else be akin or averse, and no two worlds alike.
 */
static void make_directions(const struct world *w, double *directions)
{
	size_t dim = w->options.dim;

	for (size_t i = 0; i <= GENRES; i++) {
		struct rng r = place(w, DIRECTION, i);
		double *v = directions + i * dim;

		draw_direction(&r, v, dim);
		for (size_t k = 0; i < dim && k < i; k++)
			add(v, -product(v, directions + k * dim, dim), directions + k * dim, dim);
		normalise(v, dim);
	}
}

/* What all tracks of each artist have in common. */
static void make_artist_vectors(const struct world *w, const double *directions, double *vectors, double *own)
{
	size_t dim = w->options.dim;

	for (size_t i = 0; i < w->n_artists; i++) {
		const struct world_artist *a = &w->artists[i];
		struct rng r = place(w, ARTIST_DIRECTION, i);
		double *v = vectors + i * dim;

		draw_direction(&r, own, dim);
		add(v, sqrt(ARTIST_SQUARE), own, dim);
		add(v, sqrt(GENRE_SQUARE), directions + a->genre * dim, dim);
		add(v, MAINSTREAM * a->fame, directions + GENRES * dim, dim);
	}
}

static void make_track_vectors(const struct world *w, const double *vectors, double *own)
{
	size_t dim = w->options.dim;
	double weight = sqrt(TRACK_SQUARE * (double)dim);

	for (size_t t = 0; t < w->options.n_tracks; t++) {
		const double *artist = vectors + w->artist_of[t] * dim;
		double length = 1 + STRETCH * w->artists[w->artist_of[t]].fame;
		struct rng r = place(w, TRACK_DIRECTION, t);

		draw_direction(&r, own, dim);
		for (size_t i = 0; i < dim; i++)
			w->embeddings[t * dim + i] = (float)(length * (artist[i] + weight * own[i]));
	}
}

static int make_embeddings(struct world *w)
{
	size_t dim = w->options.dim;
	double *directions = calloc((GENRES + 1) * dim, sizeof *directions), *own = calloc(dim, sizeof *own);
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

/* The first of n ascending sums that is greater than x; the last one, should none be. */
static uint32_t find(const double *sums, uint32_t n, double x)
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
	for (size_t n = 0; n < w->n_interests;) {
		uint32_t track = find(sums, w->options.n_tracks, rng_uniform(r) * sums[w->options.n_tracks - 1]);
		bool known = false;

		for (size_t i = 0; i < n; i++)
			known = known || u->interests[i] == track;
		if (!known)
			u->interests[n++] = track;
	}
}

static int make_users(struct world *w)
{
	uint32_t n = w->options.n_tracks;
	double *sums = calloc(n, sizeof *sums), sum = 0;

	w->n_interests = n < WORLD_INTERESTS ? n : WORLD_INTERESTS;
	w->users = calloc(w->options.n_users, sizeof *w->users);
	if (!sums || !w->users) {
		free(sums);
		return -1;
	}
	for (uint32_t t = 0; t < n; t++) {
		struct rng r = place(w, APPEAL, t);

		sum += w->artists[w->artist_of[t]].fame / (rng_uniform(&r) + 0.1);
		sums[t] = sum;
	}
	for (uint32_t i = 0; i < w->options.n_users; i++) {
		struct rng r = place(w, USER, i);

		draw_user(w, &r, sums, &w->users[i]);
	}
	free(sums);
	return 0;
}

/*
 * Sessions to judge a world by: every user with each interest in turn, up to a number that makes their mean sure to 0.02,
 * and for each the inner products of the interest with some random tracks.
 */
enum { SESSIONS = 10000, LISTENS = 100 };

struct sample {
	const struct world *world;
	size_t n_sessions;
	float *products; /* n_sessions x LISTENS */
};

static int take_sample(struct sample *s, const struct world *w)
{
	size_t n_users = w->options.n_users, dim = w->options.dim, n = n_users * w->n_interests;

	*s = (struct sample){.world = w, .n_sessions = n < SESSIONS ? n : SESSIONS};
	s->products = calloc(s->n_sessions, LISTENS * sizeof *s->products);
	if (!s->products)
		return -1;
	for (size_t i = 0; i < s->n_sessions; i++) {
		const float *interest = w->embeddings + w->users[i % n_users].interests[i / n_users] * dim;
		struct rng r = place(w, SAMPLE, i);

		for (size_t k = 0; k < LISTENS; k++) {
			const float *track = w->embeddings + rng_below(&r, w->options.n_tracks) * dim;
			double sum = 0;

			for (size_t j = 0; j < dim; j++)
				sum += (double)interest[j] * track[j];
			s->products[i * LISTENS + k] = (float)sum;
		}
	}
	return 0;
}

/*
 * The expected reward of random tracks where all inner products are `factor` times what they are. A listener who hears the
 * part t of a track on average leaves after 5 / (1 - t) tracks, the budget of 5 being used up at a rate of 1 - t, and has
 * heard 5 t / (1 - t) by then. That neglects repeats and the discount for artists, which are rare in random tracks.
 */
static double expected_reward(const struct sample *s, double factor)
{
	double sum = 0;

	for (size_t i = 0; i < s->n_sessions; i++) {
		const struct world_user *u = &s->world->users[i % s->world->options.n_users];
		double time = 0;

		for (size_t k = 0; k < LISTENS; k++)
			time += 1 / (1 + exp(u->sharpness * (u->bias - factor * s->products[i * LISTENS + k])));
		time /= LISTENS;
		sum += 5 * time / (1 - time);
	}
	return sum / (double)s->n_sessions;
}

/*
 * Stretches the embeddings until random tracks are worth WORLD_REWARD, and a little for what expected_reward neglects. The
 * factor is a multiple of 1/1024, found by halving, so that it does not hang on the last bit of anything.
 */
static int stretch(struct world *w)
{
	const double neglected = 0.02; /* as measured */
	uint32_t low = 1, high = 1 << 20;
	struct sample s;
	double factor;

	if (take_sample(&s, w) < 0)
		return -1;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (expected_reward(&s, middle / 1024.0) > WORLD_REWARD + neglected)
			high = middle;
		else
			low = middle + 1;
	}
	factor = sqrt(low / 1024.0);
	for (size_t i = 0; i < (size_t)w->options.n_tracks * w->options.dim; i++)
		w->embeddings[i] = (float)(w->embeddings[i] * factor);
	free(s.products);
	return 0;
}

int world_make(struct world *w, const struct world_options *o, struct errmsg *e)
{
	*w = (struct world){.options = *o};
	if (make_artists(w) < 0 || describe_artists(w) < 0 || deal_tracks(w) < 0 || make_embeddings(w) < 0 ||
	    make_users(w) < 0 || stretch(w) < 0)
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

/* Names need no escape in JSON; see names.h. */
static void write_tracks(FILE *f, const struct world *w)
{
	for (uint32_t t = 0; t < w->options.n_tracks; t++) {
		struct rng r = place(w, TITLE, t);
		char title[NAMES_SIZE];

		names_title(&r, title);
		fprintf(f, "{\"track\":%" PRIu32 ",\"artist\":\"%s\",\"title\":\"%s\"}\n", t,
			w->artists[w->artist_of[t]].name, title);
	}
}

static void write_users(FILE *f, const struct world *w)
{
	for (uint32_t i = 0; i < w->options.n_users; i++) {
		const struct world_user *u = &w->users[i];
		char bias[NUMBER_SIZE], sharpness[NUMBER_SIZE];
		int n_bias = (int)number_write(bias, u->bias), n_sharpness = (int)number_write(sharpness, u->sharpness);

		fprintf(f, "{\"user\":%" PRIu32 ",\"interests\":[", i);
		for (size_t k = 0; k < w->n_interests; k++)
			fprintf(f, "%s%" PRIu32, k > 0 ? "," : "", u->interests[k]);
		fprintf(f, "],\"consume_bias\":%.*s,\"consume_sharpness\":%.*s}\n", n_bias, bias, n_sharpness, sharpness);
	}
}

static void write_embeddings(FILE *f, const struct world *w)
{
	const struct npy m = {
		.type = NPY_FLOAT32, .rows = w->options.n_tracks, .columns = w->options.dim, .data = w->embeddings};

	npy_write(f, &m);
}

static const struct {
	const char *name;
	void (*write)(FILE *f, const struct world *w);
} files[] = {
	{"tracks.ndjson", write_tracks},
	{"users.ndjson", write_users},
	{"tracks.npy", write_embeddings},
};

int world_save(const struct world *w, const char *directory, struct errmsg *e)
{
	int status = 0;

	if (mkdir(directory, 0777) < 0 && errno != EEXIST)
		return errmsg_set(e, "%s: %s", directory, strerror(errno));
	for (size_t i = 0; i < sizeof files / sizeof *files && status == 0; i++) {
		struct save s;
		char *path;

		if (asprintf(&path, "%s/%s", directory, files[i].name) < 0)
			return errmsg_nomem(e);
		status = save_open(&s, path, e);
		if (status == 0) {
			files[i].write(s.file, w);
			status = save_commit(&s, e);
		}
		free(path);
	}
	return status;
}
