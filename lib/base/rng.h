/*
 * rng: random numbers by counting.
 *
 * No random stream is shared, so nothing depends on the order in which sessions happen to be served.
 * Each draw is a function of a seed and of where it is used: the user, which of their sessions, which step of it.
 *
 * The generator is Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC'11):
 * the seed is its key; use and place are its counter, whose last word counts the blocks that one place draws.
 */
#ifndef BOTIFY_RNG_H
#define BOTIFY_RNG_H

#include <stdint.h>

/* Uses of random numbers. One seed may serve two programs: no use sees the draws of another. */
enum rng_use {
	RNG_POLICY,   /* botify-recommend: user, session, step */
	RNG_ARRIVAL,  /* botify-sim: which user comes, and when: the session's number in the run */
	RNG_LISTENER, /* botify-sim: what a listener does: user, session, step */
	RNG_AGENT,    /* botify-sim --agent random: user, session, step */
	RNG_WORLD,    /* botify-world: kind of thing, number of it */
	RNG_TRAIN,    /* botify-train: purpose, and what that counts */
	RNG_SPLIT,    /* botify-split: who is held out: user, session; or a hash of the line, its length */
	RNG_BOOTSTRAP, /* how often a user is drawn: user, four replicates */
	RNG_EXPLORE,  /* botify-recommend --epsilon: user, session, step */
	RNG_EVALUATE  /* botify-evaluate policy: user, session, step; of no step: the fold of a user */
};

/*
 * Of RNG_ARRIVAL, beside step 0, which is the schedule: when a user comes back (user, session), and which tracks are a
 * day's hype (day).
 */
enum { RNG_STEP_RETURN = 1, RNG_STEP_HYPE = 2 };

struct rng {
	uint32_t key[2], counter[4];
	uint32_t block[4]; /* drawn, not yet given out: the last `left` words */
	unsigned left;
};

/* The generator of one place. */
struct rng rng_at(uint64_t seed, enum rng_use use, uint32_t user, uint32_t session, uint32_t step);

/* 32 random bits. */
uint32_t rng_u32(struct rng *r);

/* Uniform on 0 .. n-1, without bias (Lemire 2019, "Fast random integer generation in an interval"). n > 0. */
uint32_t rng_below(struct rng *r, uint32_t n);

/* Uniform on [0, 1), a multiple of 2^-53. */
double rng_uniform(struct rng *r);

/* The bare block function, for tests against the published answers. */
void rng_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t block[4]);

#endif
