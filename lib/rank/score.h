/*
 * score: by what tracks are ranked.
 *
 * | name  | score of a track, of the listens i of it with weight w_i and time t_i |
 * | time  | sum of w_i t_i                                                        |
 * | plays | sum of w_i                                                            |
 * | mean  | (sum of w_i t_i + N m) / (sum of w_i + N)                             |
 * | users | how many different users                                              |
 * | wins  | sum of w_i over the listens that were liked                           |
 *
 * Of a mean, m is that of all tracks of the list (sum of all w t over the sum of all w), and N the weight of plays that
 * are made up with it, so that one lucky play does not lead: the mean of the posterior of a normal mean with that much
 * prior (Gelman et al., "Bayesian Data Analysis", 3rd ed., section 2.5). Weights are 1, or see decayed.h.
 */
#ifndef BOTIFY_SCORE_H
#define BOTIFY_SCORE_H

#include "base/errmsg.h"
#include "rank/counting.h"

enum score_by { SCORE_TIME, SCORE_PLAYS, SCORE_MEAN, SCORE_USERS, SCORE_WINS };

/* What there is of a track, or of all of them. */
struct score_sums {
	double weight, time, wins, users;
};

/* Parses a name. Returns 0, or -1 with the reason, which begins with `what`. */
int score_parse(const char *what, const char *name, enum score_by *by, struct errmsg *e);

/* Makes it count what the score needs. */
void score_ask(enum score_by by, struct counting *c);

/* Whether what was counted so can be ranked by it. Returns 0, or -1 with the reason. */
int score_check(enum score_by by, const struct counting *c, struct errmsg *e);

/* The score of a track; `prior` is N, `mean` m. 0 where there is nothing of it. */
double score_of(enum score_by by, const struct score_sums *track, double prior, double mean);

#endif
