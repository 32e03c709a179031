/*
 * assignment: which arm of an experiment a user falls on.
 *
 * A pure function of the experiment's name, its weights and the user's id, so that replicas, reruns and old logs agree.
 * With m the 32-bit MurmurHash3 and h = m(decimal user id, seed m(name, 0)): where all arms are equal, the index of the
 * arm is h mod number of arms. Where they are not, h mod 10000 is one of 10,000 slots, which the arms divide among
 * themselves in their order: arm i ends before the slot 10000 * (weight 0 + … + weight i) / (all weights), rounded to
 * the nearest whole number, halves up.
 */
#ifndef BOTIFY_ASSIGNMENT_H
#define BOTIFY_ASSIGNMENT_H

#include <stddef.h>
#include <stdint.h>

enum { ASSIGNMENT_SLOTS = 10000 };

struct assignment {
	uint32_t seed;
	size_t n_arms;
	uint16_t *ends; /* the slot before which each arm ends; NULL where all are equal */
};

enum assignment_status {
	ASSIGNMENT_WEIGHED,
	ASSIGNMENT_ALL_ZERO,  /* no arm has a weight above 0 */
	ASSIGNMENT_TOO_SMALL, /* an arm has a weight above 0 but not one slot */
	ASSIGNMENT_NO_MEMORY
};

/* That of the experiment `name` with n_arms > 0 equal arms. */
struct assignment assignment_of(const char *name, size_t n_arms);

/*
 * Gives its arms weights, n_arms of them, finite and 0 or above; an arm of weight 0 gets nobody. *at_fault is the arm
 * that is too small. After a failure the arms are as they were. Free with assignment_clear.
 */
enum assignment_status assignment_weigh(struct assignment *a, const double *weights, size_t *at_fault);
void assignment_clear(struct assignment *a);

/* The index of the arm that a user falls on. */
size_t assignment_arm(const struct assignment *a, uint32_t user);

#endif
