#include <math.h>
#include <stdlib.h>

#include "world/world_steps.h"

/*
 * Sessions to judge a world by: every user with each interest in turn, up to a number that makes their mean sure to
 * 0.02, and for each the inner products of the interest with some random tracks.
 */
enum { SESSIONS = 10000, LISTENS = 100 };

struct sample {
	const struct world *world;
	size_t n_sessions;
	float *products; /* n_sessions x LISTENS */
};

static int take_sample(struct sample *s, const struct world *w)
{
	size_t n_users = w->options.n_users, dim = w->options.dim;
	size_t n_tracks = w->options.n_tracks, n = n_users * (n_tracks < WORLD_INTERESTS ? n_tracks : WORLD_INTERESTS);

	*s = (struct sample){.world = w, .n_sessions = n < SESSIONS ? n : SESSIONS};
	s->products = calloc(s->n_sessions, LISTENS * sizeof *s->products);
	if (!s->products)
		return -1;
	for (size_t i = 0; i < s->n_sessions; i++) {
		const struct world_user *u = &w->users[i % n_users];
		const float *interest = w->embeddings + u->interests[i / n_users % u->n_interests] * dim;
		struct rng r = world_draw(w, WORLD_SAMPLE, i);

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
 * The expected reward of random tracks where all inner products are `factor` times what they are. A listener who
 * hears the part t of a track on average leaves after 5 / (1 - t) tracks, the budget of 5 being used up at a rate
 * of 1 - t, and has heard 5 t / (1 - t) by then. That neglects repeats and the discount for artists, which are rare
 * in random tracks.
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
 * Stretches the embeddings until random tracks are worth WORLD_REWARD, and a little for what expected_reward
 * neglects. The factor is a multiple of 1/1024, found by halving, so that it does not hang on the last bit of
 * anything.
 */
int world_stretch(struct world *w, double *reward)
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
	if (reward)
		*reward = expected_reward(&s, low / 1024.0) - neglected;
	factor = sqrt(low / 1024.0);
	for (size_t i = 0; i < (size_t)w->options.n_tracks * w->options.dim; i++)
		w->embeddings[i] = (float)(w->embeddings[i] * factor);
	free(s.products);
	return 0;
}
