#include "rank/score.h"

#include <string.h>

static const char *const names[] = {"time", "plays", "mean", "users", "wins"}; /* by enum score_by */

int score_parse(const char *what, const char *name, enum score_by *by, struct errmsg *e)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(names[i], name) == 0) {
			*by = (enum score_by)i;
			return 0;
		}
	return errmsg_set(e, "%s takes time, plays, mean, users or wins, not '%s'", what, name);
}

void score_ask(enum score_by by, struct counting *c)
{
	c->users = by == SCORE_USERS;
	c->wins = by == SCORE_WINS;
}

int score_check(enum score_by by, const struct counting *c, struct errmsg *e)
{
	bool of_time = by == SCORE_TIME || by == SCORE_MEAN;

	if ((by == SCORE_USERS && !c->users) || (by == SCORE_WINS && !c->wins))
		return errmsg_set(e, "counted without --rank-by %s, which cannot be made up for here", names[by]);
	if (of_time && c->wins && counting_weighs(c))
		return errmsg_set(e, "counted with --rank-by wins and weights, which has no %s", names[by]);
	return 0;
}

double score_of(enum score_by by, const struct score_sums *track, double prior, double mean)
{
	switch (by) {
	case SCORE_TIME:
		return track->time;
	case SCORE_PLAYS:
		return track->weight;
	case SCORE_MEAN:
		return track->weight + prior > 0 ? (track->time + prior * mean) / (track->weight + prior) : 0;
	case SCORE_USERS:
		return track->users;
	case SCORE_WINS:
		return track->wins;
	}
	return 0;
}
