/*
 * ope_features: what the reward model of off-policy estimates knows of a track that may be recommended: numbers that
 * depend on the request, the session's history, the user's earlier listens in this log and the tables that were given.
 * So they can be told in one pass over the log, and are the same however the log is split by user.
 *
 *     0  1
 *     1  the time of the finished track
 *     2  the user's mean time of tracks recommended so far, (sum + 1/2) / (n + 1)
 *     3  whether the track is by the artist of the finished track
 *     4  whether the session has played the track
 *     5  p / (p + 1), where the session has played p tracks of its artist
 *     6  whether the first table of similar tracks lists it for the finished track
 *     7  the time of the finished track, where that is so
 *     8  whether the first table of users' tracks lists it for the user
 *     9  whether it is one of the first 100 of the first top table
 *
 * The numbers are multiples of 2^-16, so that sums of their products are exact (ope_model.h).
 */
#ifndef BOTIFY_OPE_FEATURES_H
#define BOTIFY_OPE_FEATURES_H

#include "policy/source.h"
#include "policy/tables.h"

enum { OPE_FEATURES = 10, OPE_TOP = 100 };

#define OPE_UNIT 65536.0 /* features and times are multiples of 1 / OPE_UNIT */

/* The nearest multiple. */
double ope_round(double x);

/* The tables that features look at; NULL where none of the kind was given. */
struct ope_tables {
	const struct catalog *catalog;
	const struct table *similar, *users, *top;
};

struct ope_tables ope_tables_of(const struct tables *t);

/* What a recommendation is made on. */
struct ope_context {
	const struct ope_tables *tables;
	const struct policy_request *request;
	double user_sum; /* times of the tracks that were recommended to the user before, n of them */
	double user_n;
};

void ope_features(const struct ope_context *c, uint32_t track, double x[OPE_FEATURES]);

#endif
