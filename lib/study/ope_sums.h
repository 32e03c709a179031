/*
 * ope_sums: what off-policy estimates (ope.h) need of a log, by user: sums over the steps that count, in the order of
 * the user's events. They do not grow with the events; and sums of users add up to those of the log in the order of the
 * users' ids, whichever way the log was parted by user.
 *
 * Steps are kept apart by the size of their weight w, so that the threshold of a clipped or switched estimate can be
 * chosen at the end: bin 0 is w = 0, bin i is thresholds[i-2] < w <= thresholds[i-1], the last one all above.
 */
#ifndef BOTIFY_OPE_SUMS_H
#define BOTIFY_OPE_SUMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "base/id_index.h"
#include "study/ope_model.h"

enum { OPE_THRESHOLDS_MAX = 12, OPE_HORIZON_MAX = 100 };

/* How sums are made; those of another choice do not merge. */
struct ope_choice {
	double thresholds[OPE_THRESHOLDS_MAX]; /* n_thresholds, ascending: 1, 4, 16 … 4^8, and those asked for */
	size_t n_thresholds;
	double clip, switch_at; /* as asked for; NaN: to be chosen */
	uint32_t horizon;	/* 1 .. OPE_HORIZON_MAX */
};

/* The thresholds that there always are, and the two that are asked for or NaN. */
struct ope_choice ope_choice_of(double clip, double switch_at, uint32_t horizon);

/* A recommendation that was followed by its listen. */
struct ope_step {
	double w;	 /* probability under the policy / propensity in the log */
	double r;	 /* time */
	double x[OPE_FEATURES], mean_x[OPE_FEATURES]; /* of the track, and the mean over what the policy gives */
	double artist_w; /* the same of the track's artist; NaN where not known */
};

struct ope_bin {
	uint32_t bin;
	uint64_t n;
	double w, r, wr, wx[OPE_FEATURES];
};

struct ope_user {
	uint32_t id;
	uint64_t n;		     /* steps */
	double w2, mean_x[OPE_FEATURES]; /* sums of w^2 and of mean_x */
	uint64_t artist_n;
	double artist_w, artist_wr;
	uint64_t sessions;	     /* that ended and count */
	double reward;		     /* of them, up to the horizon */
	/* by step of the session, 0 .. horizon-1: the weights so far; then these times r */
	double *ahead;
	struct ope_bin *bins;	     /* n_bins that are not empty */
	size_t n_bins, bins_cap;
};

/* What did not count, and why: steps but where it says sessions. */
struct ope_left_out {
	uint64_t no_propensity, impossible, unknown, other_track, open, sessions, open_sessions;
	uint64_t told_otherwise; /* these do count: the log tells another propensity than the logging policy has */
};

struct ope_sums {
	struct ope_choice choice;
	struct ope_user *users; /* n, as they came; by ascending id after ope_sums_sort */
	size_t n, cap;
	struct ope_fold folds[OPE_FOLDS];
	struct ope_left_out left_out;
	uint64_t events;

	/* private */
	struct id_index index;
};

void ope_sums_init(struct ope_sums *s, const struct ope_choice *choice);
void ope_sums_clear(struct ope_sums *s);

/* The place of a user, who is new perhaps; SIZE_MAX where there is no memory. */
size_t ope_sums_user(struct ope_sums *s, uint32_t id);

/* Adds a step of a user. Returns 0, or -1 where there is no memory. */
int ope_sums_step(struct ope_sums *s, size_t user, const struct ope_step *step);

/*
 * Adds a session of n steps, of which the first `horizon` are looked at: w[t] is the product of the weights of its
 * steps 0 .. t, r[t] the time of step t. After its end a session goes on with the weight that it had and no time, so
 * that all steps ahead weigh all sessions. Returns 0, or -1 where there is no memory.
 */
int ope_sums_session(struct ope_sums *s, size_t user, const double *w, const double *r, size_t n);

/* The bin of a weight. There are n_thresholds + 2. */
uint32_t ope_bin_of(const struct ope_choice *c, double w);

/* The user's bin, new perhaps; NULL where there is no memory. */
struct ope_bin *ope_user_bin(struct ope_user *u, uint32_t bin);

/* Makes room for the user's sessions. Returns 0, or -1 where there is no memory. */
int ope_user_sessions(struct ope_user *u, uint32_t horizon);

/*
 * Adds what `other` has, whose choice is the same and whose users are others, and leaves it cleared. No user of either
 * may be looked up any more. Returns 0, or -1 where there is no memory, and then nothing has changed.
 */
int ope_sums_join(struct ope_sums *s, struct ope_sums *other);

/* Puts users, and the bins of each, in ascending order. No user may be looked up any more. */
void ope_sums_sort(struct ope_sums *s);

#endif
