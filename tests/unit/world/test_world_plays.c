#include "world/world_plays.h"

#include <stdlib.h>

#include "base/rng.h"
#include "report/world_pictures.h"
#include "unit/fixture.h"
#include "world/embeddings.h"

enum { TRACKS = 60, DIM = 5 };

/* A world of `n_users`, from a catalog and plays as texts, with random embeddings. All of it is freed by clear. */
struct made {
	struct world world;
	struct catalog catalog;
	struct plays plays;
	struct item_tracks items;
	struct npy embeddings;
};

static int make_from(struct made *m, const char *catalog, const char *plays, uint32_t n_users, uint64_t seed,
		     struct errmsg *e)
{
	const struct world_options o = {.n_users = n_users, .seed = seed};
	struct rng r = rng_at(1, RNG_WORLD, 0, 0, 0);
	float *values;

	*m = (struct made){0};
	CHECK(plays_load(&m->plays, fixture_file("file", plays), e) == 0);
	CHECK(item_tracks_load(&m->items, &m->catalog, catalog, &m->plays, e) == 0);
	values = malloc(m->catalog.n_tracks * DIM * sizeof *values);
	for (size_t i = 0; i < m->catalog.n_tracks * DIM; i++)
		values[i] = (float)rng_uniform(&r) - .4f;
	m->embeddings = (struct npy){NPY_FLOAT32, m->catalog.n_tracks, DIM, values};
	return world_from_plays(&m->world, &o, &m->catalog, &m->embeddings, &m->plays, &m->items, e);
}

static void clear(struct made *m)
{
	world_clear(&m->world);
	npy_clear(&m->embeddings);
	item_tracks_clear(&m->items);
	catalog_clear(&m->catalog);
	plays_clear(&m->plays);
}

/* Tracks 0, 10, … 590. */
static const char *plain_catalog(void)
{
	struct catalog c;

	fixture_catalog(&c, TRACKS, 12, 10);
	catalog_clear(&c);
	return "catalog";
}

static size_t count_users_with(const struct world *w, uint32_t track)
{
	size_t n = 0;

	for (uint32_t u = 0; u < w->options.n_users; u++)
		for (uint32_t i = 0; i < w->users[u].n_interests; i++)
			n += w->users[u].interests[i] == track;
	return n;
}

/*
 * One user has three quarters of the plays, so three quarters of the world's users are like that one: 30 of 40 for
 * track 10, against four tracks of the others.
 */
static void users_are_drawn_by_what_they_play(void)
{
	const uint32_t n = 20000;
	struct made m;
	struct errmsg e = {0};
	double bias = 0, sharpness = 0, above = 0;

	CHECK(make_from(&m, plain_catalog(), "a\t10\t30\nb\t20\t4\nb\t30\t3\nb\t40\t2\nb\t50\t1\n", n, 3, &e) == 0);
	CHECK_STR(e.text, "");
	CHECK_NEAR((double)count_users_with(&m.world, 1) / n, .75, .02);
	/* of three of four, drawn with weights 4, 3, 2, 1, the last is left out most often: by enumeration */
	CHECK_NEAR((double)count_users_with(&m.world, 2) / n, .25 * 0.9222, .03);
	CHECK_NEAR((double)count_users_with(&m.world, 5) / n, .25 * 0.4488, .05);
	for (uint32_t u = 0; u < n; u++) {
		const struct world_user *x = &m.world.users[u];

		CHECK(x->n_interests == (x->interests[0] == 1 ? 1 : 3));
		CHECK(x->bias >= 0 && x->bias <= 10 && x->sharpness >= .5 && x->sharpness <= 2);
		bias += x->bias / n;
		above += (x->sharpness > 1) / (double)n;
		sharpness += x->sharpness / n;
	}
	CHECK_NEAR(bias, 5, .02);
	CHECK_NEAR(above, .5, .03);
	CHECK_NEAR(sharpness, (1.5 + log(2)) / 2, .01); /* the means of U(1,2) and of one over that */
	clear(&m);
}

static void tracks_of_an_item_share_its_plays(void)
{
	struct made m;
	struct errmsg e = {0};

	fixture_file("users", "{\"track\":5,\"artist\":\"a\",\"item\":\"The Cure\"}\n{\"track\":3,\"artist\":\"a\",\"item\":\"The Cure\"}\n"
			      "{\"track\":8,\"artist\":\"b\",\"item\":7}\n{\"track\":9,\"artist\":\"b\"}\n"
			      "{\"track\":11,\"artist\":\"c\",\"item\":\"unplayed\"}\n");
	CHECK(make_from(&m, "users", "a\tThe Cure\t2\na\t7\t1\na\tlost\t50\n", 3000, 1, &e) == 0);
	CHECK(m.items.unknown == 1);
	CHECK_STR(plays_item(&m.plays, m.items.first_unknown), "lost");
	for (uint32_t t = 0; t < 5; t++)
		CHECK(count_users_with(&m.world, t) == (t < 3 ? 3000 : 0));
	clear(&m);
}

/* The estimate that the factor is found by is held against the mean over all tracks and all users. */
static void random_tracks_are_worth_what_they_should_be(void)
{
	struct made m;
	struct errmsg e = {0};
	struct npy scaled;
	double reward = 0;

	CHECK(make_from(&m, plain_catalog(), "a\t10\t3\nb\t20\t4\nb\t30\t3\nc\t40\t2\nc\t50\t1\n", 5000, 3, &e) == 0);
	scaled = (struct npy){NPY_FLOAT32, TRACKS, DIM, m.world.embeddings};
	for (uint32_t u = 0; u < 5000; u++) {
		const struct world_user *x = &m.world.users[u];

		for (uint32_t i = 0; i < x->n_interests; i++) {
			double time = 0;

			for (size_t t = 0; t < TRACKS; t++)
				time += 1 / (1 + exp(x->sharpness * (x->bias - embeddings_dot(&scaled, x->interests[i], t))));
			time /= TRACKS;
			reward += 5 * time / (1 - time) / x->n_interests / 5000;
		}
	}
	CHECK_NEAR(reward, WORLD_REWARD + .02, .05);
	/* one factor for all */
	for (size_t i = 1; i < (size_t)TRACKS * DIM; i++)
		CHECK_NEAR(m.world.embeddings[i] * ((float *)m.embeddings.data)[0],
			   m.world.embeddings[0] * ((float *)m.embeddings.data)[i], 1e-4);
	clear(&m);
}

static void the_seed_decides(void)
{
	struct made a, b;
	struct errmsg e = {0};
	const char *plays = "a\t10\t30\nb\t20\t4\nb\t30\t3\nb\t40\t2\nb\t50\t1\n";

	CHECK(make_from(&a, plain_catalog(), plays, 50, 3, &e) == 0 && make_from(&b, "catalog", plays, 50, 3, &e) == 0);
	CHECK(memcmp(a.world.users, b.world.users, 50 * sizeof *a.world.users) == 0);
	CHECK(memcmp(a.world.embeddings, b.world.embeddings, TRACKS * DIM * sizeof(float)) == 0);
	clear(&b);
	CHECK(make_from(&b, "catalog", plays, 50, 4, &e) == 0);
	CHECK(memcmp(a.world.users, b.world.users, 50 * sizeof *a.world.users) != 0);
	clear(&b);
	clear(&a);
}

static void what_makes_no_world_is_refused(void)
{
	struct made m;
	struct errmsg e = {0};

	CHECK(make_from(&m, plain_catalog(), "a\t11\t30\n", 50, 3, &e) < 0);
	CHECK_STR(e.text, "nobody played a track of the catalog");
	clear(&m);
	CHECK(make_from(&m, plain_catalog(), "a\t10\t30\n", 50, 3, &e) == 0);
	world_clear(&m.world);
	memset(m.embeddings.data, 0, TRACKS * DIM * sizeof(float));
	CHECK(world_from_plays(&m.world, &(struct world_options){.n_users = 5}, &m.catalog, &m.embeddings, &m.plays, &m.items,
			       &e) < 0);
	CHECK_STR(e.text, "the embeddings are all 0");
	world_clear(&m.world);
	/* every track is far from the interest: the larger the factor, the less it is worth */
	for (size_t i = 0; i < TRACKS; i++)
		((float *)m.embeddings.data)[i * DIM] = i == 1 ? -1 : 1;
	CHECK(world_from_plays(&m.world, &(struct world_options){.n_users = 50}, &m.catalog, &m.embeddings, &m.plays, &m.items,
			       &e) < 0);
	CHECK(strncmp(e.text, "no factor of the embeddings makes random tracks worth 1.1 ", 58) == 0);
	clear(&m);
}

static void pictures_are_drawn(void)
{
	static char page[1 << 20];
	struct made m;
	struct errmsg e = {0};
	FILE *f = fmemopen(page, sizeof page, "w");
	size_t lines = 0;

	CHECK(make_from(&m, plain_catalog(), "a\t10\t30\nb\t20\t4\n", 50, 3, &e) == 0);
	CHECK(f && world_pictures(&m.world, f, &e) == 0 && fclose(f) == 0);
	for (const char *at = page; (at = strstr(at, "<path class=\"line\"")); at++)
		lines++;
	CHECK(lines == 30 + 30 + 2 + 2); /* two of them are in the legend */
	CHECK(strstr(page, "60 tracks of 12 artists, embeddings of 5 dimensions, 50 users") != NULL);
	CHECK(strstr(page, "thin lines") == NULL && strstr(page, "nan") == NULL);
	clear(&m);
}

int main(void)
{
	char directory[32];

	fixture_enter(directory);
	RUN(users_are_drawn_by_what_they_play);
	RUN(tracks_of_an_item_share_its_plays);
	RUN(random_tracks_are_worth_what_they_should_be);
	RUN(the_seed_decides);
	RUN(what_makes_no_world_is_refused);
	RUN(pictures_are_drawn);
	fixture_leave(directory);
	return DONE();
}
