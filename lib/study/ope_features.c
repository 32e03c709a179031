#include "study/ope_features.h"

#include <math.h>

double ope_round(double x)
{
	return nearbyint(x * OPE_UNIT) / OPE_UNIT;
}

struct ope_tables ope_tables_of(const struct tables *t)
{
	struct ope_tables of = {.catalog = &t->catalog};

	for (size_t i = t->n; i-- > 0;) {
		const struct table *table = &t->list[i];

		if (table->kind == TABLE_SIMILAR)
			of.similar = table;
		else if (table->kind == TABLE_USER_TRACKS)
			of.users = table;
		else if (table->kind == TABLE_TOP)
			of.top = table;
	}
	return of;
}

static bool lists(const struct table *t, uint32_t key, uint32_t track)
{
	struct span list = t ? candidate_lists_get(&t->lists, key) : (struct span){0};

	for (size_t i = 0; i < list.n; i++)
		if (list.tracks[i] == track)
			return true;
	return false;
}

void ope_features(const struct ope_context *c, uint32_t track, double x[OPE_FEATURES])
{
	const struct ope_tables *t = c->tables;
	const struct policy_request *q = c->request;
	const struct track *tracks = t->catalog->tracks;
	bool known = q->track != CATALOG_NONE;
	bool similar = known && lists(t->similar, q->track, track);
	double plays = history_artist_plays(q->history, tracks[track].artist);

	x[0] = 1;
	x[1] = ope_round(q->time);
	x[2] = ope_round((c->user_sum + .5) / (c->user_n + 1));
	x[3] = known && tracks[track].artist == tracks[q->track].artist;
	x[4] = history_track_plays(q->history, track) > 0;
	x[5] = ope_round(plays / (plays + 1));
	x[6] = similar;
	x[7] = similar ? x[1] : 0;
	x[8] = lists(t->users, q->user, track);
	x[9] = t->top && t->top->top.place[track] < OPE_TOP;
}
