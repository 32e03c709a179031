/*
 * summary: what a simulated day was worth: sessions, and reward and steps a session.
 *
 * Reward is the sum of the parts listened to, steps the number of tracks; neither counts the first track, which was not
 * recommended. Parts are whole hundredths, so all sums are exact integers and do not depend on the order in which
 * sessions end.
 */
#ifndef BOTIFY_SUMMARY_H
#define BOTIFY_SUMMARY_H

#include <stdint.h>
#include <stdio.h>

struct summary {
	uint64_t sessions;
	uint64_t events;
	uint64_t cut; /* sessions that --max-tracks ended */
	__int128 reward, reward_squares; /* in hundredths */
	__int128 steps, steps_squares;
};

struct summary_mean {
	double mean, error; /* standard error; NaN for less than two sessions, as the mean is for none */
};

/* Counts a session of so many steps and so many hundredths of reward. */
void summary_add(struct summary *s, uint32_t steps, uint64_t reward, int cut);

/* Adds what another one counted. */
void summary_merge(struct summary *s, const struct summary *other);

struct summary_mean summary_reward(const struct summary *s);
struct summary_mean summary_steps(const struct summary *s);

/*
 * Prints the days from `start` (ms since the epoch) on, and all of them together with the speed over `seconds`:
 * for people, or as one JSON object on a line. Returns 0, or -1 where memory ran out.
 */
int summary_print_table(FILE *f, const struct summary *days, uint32_t n_days, int64_t start, double seconds);
int summary_print_json(FILE *f, const struct summary *days, uint32_t n_days, int64_t start, double seconds);

#endif
