/*
 * assignment: which arm of an experiment a user falls on.
 *
 * A pure function of the experiment's name and the user's id, so that replicas, reruns and old logs agree: with m the
 * 32-bit MurmurHash3, arm index = m(decimal user id, seed m(name, 0)) mod number of arms.
 */
#ifndef BOTIFY_ASSIGNMENT_H
#define BOTIFY_ASSIGNMENT_H

#include <stddef.h>
#include <stdint.h>

struct assignment {
	uint32_t seed;
	size_t n_arms;
};

/* That of the experiment `name` with n_arms > 0 arms. */
struct assignment assignment_of(const char *name, size_t n_arms);

/* The index of the arm that a user falls on. */
size_t assignment_arm(const struct assignment *a, uint32_t user);

#endif
