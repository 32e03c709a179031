#include <stdlib.h>

#include "rank/tops.h"

/* Ranks the tracks of a list. */
struct ranking {
	const struct tops *tops;
	const struct tops_list *list;
	double mean; /* of all tracks */
};

/* The moment at which weights are those of now. */
static int64_t moment_of(const struct tops *t)
{
	return t->choice.counting.has_until ? t->choice.counting.until : t->newest;
}

static struct score_sums sums_of(const struct ranking *r, const struct popularity_count *count)
{
	const struct counting *c = &r->tops->choice.counting;
	struct score_sums sums = {.weight = (double)count->plays, .time = popularity_time(count)};
	size_t first;

	if (counting_sums(c)) {
		struct decayed_total total = decayed_total(decayed_of(&r->list->decayed, count->track),
							   moment_of(r->tops), c->half_life);

		if (counting_weighs(c))
			sums.weight = total.weight;
		if (c->wins)
			sums.wins = total.value;
		else
			sums.time = total.value;
	}
	if (c->users)
		sums.users = (double)track_users_of(&r->list->users, count->track, &first);
	return sums;
}

/* In the order of the ids, so that it is the same however the counts came together. */
static double mean_of_all(const struct ranking *r, const struct tops_row *rows)
{
	struct score_sums all = {0};

	for (size_t i = 0; i < r->list->popularity.n; i++) {
		struct score_sums sums = sums_of(r, &rows[i].count);

		all.weight += sums.weight;
		all.time += sums.time;
	}
	return score_of(SCORE_MEAN, &all, 0, 0);
}

static int best_first(const void *a, const void *b)
{
	const struct tops_row *x = a, *y = b;

	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	return (x->count.track > y->count.track) - (x->count.track < y->count.track);
}

struct tops_row *tops_ranked(const struct tops *t, const struct tops_list *list)
{
	bool exact = t->choice.by == SCORE_TIME && !counting_weighs(&t->choice.counting);
	struct ranking r = {.tops = t, .list = list};
	size_t n = list->popularity.n;
	struct popularity_count *counts = (exact ? popularity_ranked : popularity_by_track)(&list->popularity);
	struct tops_row *rows = counts ? malloc((n + 1) * sizeof *rows) : NULL;

	for (size_t i = 0; rows && i < n; i++)
		rows[i] = (struct tops_row){.count = counts[i]};
	free(counts);
	if (rows && t->choice.by == SCORE_MEAN)
		r.mean = mean_of_all(&r, rows);
	for (size_t i = 0; rows && i < n; i++) {
		struct score_sums sums = sums_of(&r, &rows[i].count);

		rows[i].score = score_of(t->choice.by, &sums, t->choice.prior, r.mean);
	}
	/* doubles cannot tell all sums of billionths apart */
	if (rows && n > 0 && !exact)
		qsort(rows, n, sizeof *rows, best_first);
	return rows;
}
