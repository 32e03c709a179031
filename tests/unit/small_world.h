/*
 * small_world: a small world for the tests of what plays in one.
 */
#ifndef SMALL_WORLD_H
#define SMALL_WORLD_H

#include "base/rng.h"
#include "sim/simulation.h"
#include "unit/fixture.h"
#include "world/embeddings.h"

struct world {
	struct catalog catalog;
	struct users users;
	struct npy embeddings;
};

enum { WORLD_TRACKS = 40, WORLD_ARTISTS = 8, WORLD_STEP = 3, WORLD_COLUMNS = 6 };

/*
 * Tracks with the ids 0, 3, 6 …; user i has the id 5 i and three interests, and the further keys `more` (",…", or
 * ""). The embeddings are random, of about the size of consume_bias.
 */
static inline void world_make(struct world *w, uint32_t n_users, const char *more)
{
	struct rng r = rng_at(1, RNG_WORLD, 0, 0, 0);
	float *values = malloc(WORLD_TRACKS * WORLD_COLUMNS * sizeof *values);
	FILE *f = fopen("users", "w");
	struct errmsg e = {0};

	fixture_catalog(&w->catalog, WORLD_TRACKS, WORLD_ARTISTS, WORLD_STEP);
	for (uint32_t i = 0; f && i < n_users; i++)
		fprintf(f, "{\"user\":%u,\"interests\":[%u,%u,%u]%s}\n", 5 * i, i % WORLD_TRACKS * WORLD_STEP,
			(i + 1) % WORLD_TRACKS * WORLD_STEP, (i + 11) % WORLD_TRACKS * WORLD_STEP, more);
	CHECK(f && fclose(f) == 0);
	CHECK(users_load(&w->users, "users", &w->catalog, &e) == 0);
	CHECK_STR(e.text, "");
	for (int i = 0; i < WORLD_TRACKS * WORLD_COLUMNS; i++)
		values[i] = (float)(4 * rng_uniform(&r) - 1);
	w->embeddings = (struct npy){
		.type = NPY_FLOAT32, .rows = WORLD_TRACKS, .columns = WORLD_COLUMNS, .data = values};
}

/* Makes all affinities the same, and with them the time of all tracks but for their artists. */
static inline void world_flatten(struct world *w, float affinity)
{
	float *values = w->embeddings.data;

	for (int i = 0; i < WORLD_TRACKS * WORLD_COLUMNS; i++)
		values[i] = i % WORLD_COLUMNS == 0 ? sqrtf(affinity) : 0;
}

static inline void world_clear(struct world *w)
{
	catalog_clear(&w->catalog);
	users_clear(&w->users);
	npy_clear(&w->embeddings);
}

static inline struct simulation_options world_options(uint64_t sessions, uint32_t in_flight)
{
	return (struct simulation_options){
		.sessions = sessions, .seed = 7, .days = 2, .in_flight = in_flight, .max_tracks = 100,
		.start = 1000000,
	};
}

static inline void world_simulate(struct simulation *s, const struct world *w, struct simulation_options options)
{
	struct errmsg e = {0};

	CHECK(simulation_init(s, &w->catalog, &w->users, &w->embeddings, &options, &e) == 0);
	CHECK_STR(e.text, "");
}

#endif
