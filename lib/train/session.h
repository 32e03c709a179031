/*
 * session: learns a session model (world/session_model.h) from listens.
 *
 * Nothing is told to it but the listens and the artists of the catalog. The users' s and b come first, from uniform
 * draws (a tobit model for each, with a spread over users that is learned too); they also give the scale of q.e. From
 * a small start that grows, the vectors are then fitted by turns, first with a row for each first track, then with the
 * interests that each user's first tracks fall into. The spreads and the noise are tried out against the likelihood of
 * listens that were held out; what is left of a time after plays of its artist, against that of such listens. At last
 * nothing is held out any more.
 *
 * A policy plays the same to a user again and again. What of a time the vectors do not tell is much the same each time,
 * so such listens together say little more than one (how much more, the log tells); and where one is learned from,
 * another that is held out proves nothing.
 *
 * Each model is learned from nothing. Vectors that were learned the day before have heard most of what is held out
 * today: to them, constants are best by which they remember it, and each day's go too far where those of the day before
 * did not, and back.
 *
 * A log that is large is not needed for all of that: it begins with a part, and goes on with the whole.
 */
#ifndef BOTIFY_TRAIN_SESSION_H
#define BOTIFY_TRAIN_SESSION_H

#include <stdint.h>

#include "base/errmsg.h"
#include "train/listens.h"
#include "train/watch.h"
#include "world/catalog.h"
#include "world/session_model.h"

enum { SESSION_FEW_REPEATED = 50 }; /* so few listens whose artist had been played do not tell gamma */

struct session_options {
	uint64_t seed;
	unsigned threads;
	double holdout;			      /* share of the sessions */
	/* about so many sessions of a log half as large again are begun with; 0: 120000 */
	size_t part;
	const struct session_model *previous; /* whose factors stand where the log tells none, or NULL; borrowed */
	struct watch watch;
};

/* What could be learned, and what could not. */
struct session_report {
	double log_likelihood; /* of a held-out listen, in nats */
	double interests;      /* a user, in the mean */
	size_t uniform;	       /* uniform draws; where there are none, users are judged by what was recommended */
	size_t repeated;       /* listens whose artist had been played; few: gamma is assumed */
};

/* Returns 0, or -1 with the reason. Free with session_model_clear in either case. */
int session_train(struct session_model *m, struct session_report *r, const struct catalog *c, const struct listens *l,
		  const struct session_options *o, struct errmsg *e);

/* Bytes that are taken beside the listens, and seconds of processor time, about. */
double session_train_bytes(const struct catalog *c, const struct listens *l);
double session_train_seconds(const struct catalog *c, const struct listens *l);

#endif
