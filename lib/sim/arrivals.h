/*
 * arrivals: which user comes when. A pure function of the seed and of a session's number in the run.
 */
#ifndef BOTIFY_ARRIVALS_H
#define BOTIFY_ARRIVALS_H

#include <stdint.h>

struct arrivals {
	uint64_t seed;
	uint64_t sessions; /* of the whole run */
	uint32_t days;	   /* that they are spread over evenly; at least 1, at most 2^64 / sessions */
	uint32_t users;	   /* that they are drawn from uniformly; at least 1 */
	int64_t start;	   /* of the first day, ms since the epoch */
};

struct arrival {
	uint32_t user; /* 0 .. users-1 */
	uint32_t day;  /* 0 .. days-1; the one that time lies in */
	int64_t time;  /* ms since the epoch; ascending with the session's number */
};

/* The arrival of session number `i`, 0 .. sessions-1. */
struct arrival arrivals_at(const struct arrivals *s, uint64_t i);

#endif
