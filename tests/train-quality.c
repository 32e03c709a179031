/*
 * Trains each model on real listening and prints how well it ranks what was held out: `make train-quality`.
 *
 *   train-quality PLAYS [MODEL]...
 *
 * PLAYS has lines of user, artist and number of plays, with tabs between. A pair is for the test where
 * murmur3("user:artist", 0) mod 5 is 0. Hyperparameters are chosen on a tenth of the others. Exits 1 where a model is
 * below what it has to reach.
 */
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/murmur3.h"
#include "base/id_index.h"
#include "train/dense.h"
#include "train/model.h"
#include "train/ranking.h"
#include "train/tune.h"

/* What popularity scores pins the metric: it is exactly known. */
static const struct {
	const char *model;
	double least;
} goals[] = {{"ease", .246}, {"als", .244}, {"itemknn", .235}, {"userknn", .216}, {"bpr", 0}, {"warp", 0}};

enum { N_GOALS = sizeof goals / sizeof *goals, K = 10, TEST = 5, TUNE = 10 };

/* Pairs to learn from, those for the test, and the former parted once more to tune on. */
struct data {
	struct csr train, train_t, test, part, part_t, held;
};

struct play {
	uint32_t user, artist;
	float n;
};

struct plays {
	struct play list[1 << 20];
	size_t n;
};

static uint32_t hash_of(const struct play *p, uint32_t seed)
{
	char key[32];

	return murmur3(key, (size_t)snprintf(key, sizeof key, "%u:%u", p->user, p->artist), seed);
}

static bool read_plays(struct plays *p, const char *path)
{
	FILE *f = fopen(path, "r");
	uint32_t user, artist;
	float n;

	if (!f)
		return false;
	while (p->n < sizeof p->list / sizeof *p->list &&
	       fscanf(f, "%" SCNu32 "%" SCNu32 "%f", &user, &artist, &n) == 3)
		p->list[p->n++] = (struct play){.user = user, .artist = artist, .n = n};
	fclose(f);
	return p->n > 0;
}

/* Numbers ids in ascending order. */
static size_t number(struct plays *p, struct id_index *index, uint32_t (*id)(const struct play *))
{
	struct idmap_entry *entries;
	size_t n;

	for (size_t i = 0; i < p->n; i++)
		*id_index_at(index, id(&p->list[i])) = 1;
	entries = id_index_take(index, &n);
	for (size_t i = 0; i < n; i++)
		*id_index_at(index, entries[i].key) = (uint32_t)i + 1;
	free(entries);
	return n;
}

static uint32_t user_id(const struct play *p)
{
	return p->user;
}

static uint32_t artist_id(const struct play *p)
{
	return p->artist;
}

static void make(struct data *d, struct plays *p)
{
	struct id_index users = {0}, artists = {0};
	size_t n_users = number(p, &users, user_id), n_artists = number(p, &artists, artist_id);
	struct csr_builder b[4];

	for (size_t i = 0; i < 4; i++)
		b[i] = (struct csr_builder){.n_rows = n_users, .n_columns = n_artists};
	for (size_t i = 0; i < p->n; i++) {
		const struct play *play = &p->list[i];
		uint32_t u = *id_index_at(&users, play->user) - 1, a = *id_index_at(&artists, play->artist) - 1;
		bool test = hash_of(play, 0) % TEST == 0, held = hash_of(play, 1) % TUNE == 0;

		csr_add(&b[test ? 1 : 0], u, a, play->n);
		if (!test)
			csr_add(&b[held ? 3 : 2], u, a, play->n);
	}
	csr_make(&d->train, &b[0], CSR_SUM);
	csr_make(&d->test, &b[1], CSR_SUM);
	csr_make(&d->part, &b[2], CSR_SUM);
	csr_make(&d->held, &b[3], CSR_SUM);
	csr_dampen(&d->train);
	csr_dampen(&d->part);
	csr_transpose(&d->train_t, &d->train);
	csr_transpose(&d->part_t, &d->part);
	id_index_clear(&users);
	id_index_clear(&artists);
}

/* Users who have listened to an artist: one row for all users, by way of a model with one factor. */
static double popularity(const struct data *d)
{
	struct ranking_options o = {.k = K, .without = &d->train, .rows = &d->test};
	struct model m = {.x = &d->train, .d = 1};
	struct ranking r;
	double metric;

	m.rows = malloc(d->train.n_rows * sizeof *m.rows);
	m.columns = malloc(d->train.n_columns * sizeof *m.columns);
	for (size_t u = 0; u < d->train.n_rows; u++)
		m.rows[u] = 1;
	for (size_t a = 0; a < d->train.n_columns; a++)
		m.columns[a] = (float)csr_row_length(&d->train_t, a);
	ranking_make(&r, &m, &o);
	metric = ranking_ndcg(&r, &d->test);
	ranking_clear(&r);
	free(m.rows);
	free(m.columns);
	return metric;
}

static void show(void *ctx, const struct model_kind *k, const struct hypers *h, double metric)
{
	(void)ctx;
	if (!getenv("VERBOSE"))
		return;
	printf("# %s", k->name);
	for (size_t i = 0; i < k->n_hypers; i++)
		printf(" %s=%g", hyper_kinds[k->hypers[i].which].name, h->value[k->hypers[i].which]);
	printf(": %.4f\n", metric);
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Tunes, trains, and returns the metric on the test; NaN where that failed. */
static double quality(const struct data *d, const char *name, struct hypers *h)
{
	struct tune_data data = {.x = &d->part, .xt = &d->part_t, .held = &d->held, .without = &d->part, .k = K};
	struct tune t = {.given = hypers_none(), .seed = 1, .tried = show};
	struct fit f = {.x = &d->train, .xt = &d->train_t, .seed = 1, .stage = "fit"};
	struct ranking_options o = {.k = K, .without = &d->train, .rows = &d->test};
	const struct model_kind *kind = model_find(name);
	struct model m = {0};
	struct ranking r = {0};
	struct errmsg e;
	double metric = NAN;

	if (tune_find(h, kind, &data, &t, &e) < 0) {
		printf("# %s\n", e.text);
		return NAN;
	}
	f.hypers = *h;
	if (model_fit(&m, kind, &f, &e) == 0 && ranking_make(&r, &m, &o) == 0)
		metric = ranking_ndcg(&r, &d->test);
	ranking_clear(&r);
	model_clear(&m);
	return metric;
}

static void print_row(const char *name, double metric, double least, double took, const struct hypers *h)
{
	char goal[16] = "-";

	if (least > 0)
		snprintf(goal, sizeof goal, "%.4f", least);
	printf("%-10s  %7.4f  %6s  %7.1f ", name, metric, goal, took);
	for (size_t i = 0; h && i < N_HYPER; i++)
		if (!isnan(h->value[i]))
			printf(" %s %.3g", hyper_kinds[i].name, h->value[i]);
	printf("\n");
	fflush(stdout);
}

static bool is_named(const char *name, char **names, int n)
{
	for (int i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return n == 0;
}

int main(int argc, char **argv)
{
	static struct plays plays;
	static struct data d;
	double metric;
	bool missed;

	if (argc < 2 || !read_plays(&plays, argv[1])) {
		fprintf(stderr, "train-quality: no plays to read\n");
		return 2;
	}
	dense_single_threaded();
	make(&d, &plays);
	printf("%-10s  %7s  %6s  %7s\n", "model", "nDCG@10", "goal", "seconds");
	metric = popularity(&d);
	missed = fabs(metric - .0864) > .00005;
	print_row("popularity", metric, .0864, 0, NULL);
	for (size_t i = 0; i < N_GOALS; i++) {
		struct hypers h;
		double begun = seconds();

		if (!is_named(goals[i].model, argv + 2, argc - 2))
			continue;
		metric = quality(&d, goals[i].model, &h);
		missed |= !(metric >= goals[i].least);
		print_row(goals[i].model, metric, goals[i].least, seconds() - begun, &h);
	}
	return missed;
}
