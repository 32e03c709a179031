/*
 * counting: which events of a log are counted for the popularity of tracks, and how much each counts. It does not ask
 * for an experiment, and a zeroed struct counts every event as one play of its time.
 */
#ifndef BOTIFY_COUNTING_H
#define BOTIFY_COUNTING_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/errmsg.h"

#define COUNTING_HALF_LIFE_MIN INT64_C(3600000) /* ms: memory grows with the half-lives that a log spans */

enum { COUNTING_HOLDOUT_SIZE = 64 };

struct counting {
	bool has_since, has_until;
	int64_t since, until;	/* ms: events from since on, and before until */
	int64_t half_life;	/* ms; 0: events do not age */
	bool debias;		/* weigh a listen by 1 / the probability of its recommendation */
	bool wins;		/* the value of a listen is whether it was liked, instead of its time */
	double liked;		/* what is listened to for this part or more is */
	bool users;		/* count different users, too */
	char holdout[COUNTING_HOLDOUT_SIZE]; /* which part of the log is left out, as "7:0.1 user"; "": none */
};

/* Whether some listens count for more than others. */
static inline bool counting_weighs(const struct counting *c)
{
	return c->half_life > 0 || c->debias;
}

/* Whether sums of weights and values are kept (see decayed.h), or whether plays and their time are enough. */
static inline bool counting_sums(const struct counting *c)
{
	return counting_weighs(c) || c->wins;
}

/* Where an event is in time. */
enum counting_when { COUNTING_INSIDE, COUNTING_OUTSIDE, COUNTING_UNDATED /* which cannot be told */ };
enum counting_when counting_when(const struct counting *c, int64_t timestamp);

/* Parses how long it takes for a weight to fall by half: 7d, or 36h, from 1h on. Returns 0, or -1 with the reason. */
int counting_parse_half_life(const char *what, const char *text, int64_t *ms, struct errmsg *e);

/* Writes {"since":null,…}, and reads it. counting_read returns 0, or -1 with the reason. */
void counting_write(const struct counting *c, FILE *f);
int counting_read(struct counting *c, const json_t *object, struct errmsg *e);

/* Whether both count alike. */
bool counting_same(const struct counting *a, const struct counting *b);

#endif
