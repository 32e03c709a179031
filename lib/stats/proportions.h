/*
 * proportions: does something happen to the same share of users in each arm? Where it does not, and users are left out
 * because of it, those who are compared are no longer alike.
 *
 * Fisher's exact test (Fisher 1935) of each arm against all others together: given to how many of all users it
 * happened, how many of them are in this arm is hypergeometric if arms do not matter. p is twice the smaller tail,
 * and of more than two arms the least of these times their number (Bonferroni). So it is never too small, also for
 * few users and for rare things, where the chi-square test of the same table finds too much: of ten arms with five
 * hits in all, at 0.001, nearly five times too often. What is counted are users, which are independent of each
 * other, never their sessions or events.
 */
#ifndef BOTIFY_PROPORTIONS_H
#define BOTIFY_PROPORTIONS_H

#include <stddef.h>
#include <stdint.h>

struct proportions {
	double p;   /* NaN where fewer than two arms have users */
	size_t arm; /* the arm that stands out; of two, the one with the larger share; 0 where p is NaN */
};

/* hits[i] of the users[i] of arm i. All users together are below 2^32. */
struct proportions proportions_test(const uint64_t *hits, const uint64_t *users, size_t arms);

/*
 * The same question asked every night: the larger of that p and of the always-valid one of the confidence sequence
 * (sequential_arm), likewise times the number of arms. Tuned as the intervals of the effects are.
 */
struct proportions proportions_sequential(const uint64_t *hits, const uint64_t *users, size_t arms, double tune,
					  double alpha);

#endif
