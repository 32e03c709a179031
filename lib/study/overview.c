#include "study/overview.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "world/history.h"

enum { HOUR_MS = 3600000 };

const char *const overview_places[OVERVIEW_PLACES] = {"1",    "2",     "3",	"4",	  "5",
						      "6-10", "11-20", "21-50", "51-100", "101+"};

struct overview_user {
	uint32_t step;	 /* plays of the open session; 0: none is open */
	uint32_t waits;	 /* the track that was recommended last in it, or EVENT_NO_TRACK */
	uint32_t source; /* by which */
	int64_t last;	 /* timestamp */
	struct play_counts *heard; /* in the open session: tracks by their ids, artists of the catalog */
};

void overview_init(struct overview *o, const struct overview_choice *choice)
{
	*o = (struct overview){.choice = *choice, .with_catalog = choice->catalog, .from = EVENT_NO_TIMESTAMP,
			       .until = EVENT_NO_TIMESTAMP};
}

static void free_heard(struct play_counts *heard)
{
	if (heard)
		play_counts_clear(heard);
	free(heard);
}

void overview_clear(struct overview *o)
{
	for (size_t i = 0; i < o->n_users; i++)
		free_heard(o->users[i].heard);
	for (size_t i = 0; i < o->n_spare; i++)
		free_heard(o->spare[i]);
	free(o->users);
	free(o->ids);
	free(o->spare);
	free(o->by_source);
	free(o->answers);
	id_index_clear(&o->index);
	intern_clear(&o->sources);
	popularity_clear(&o->tracks);
	popularity_clear(&o->spans);
	*o = (struct overview){0};
}

static struct overview_user *find_user(struct overview *o, uint32_t user)
{
	uint32_t *place = id_index_at(&o->index, user);
	struct overview_user *users;
	uint32_t *ids;

	if (!place)
		return NULL;
	if (*place > 0)
		return &o->users[*place - 1];
	users = grow(o->users, &o->users_cap, o->n_users + 1, sizeof *users);
	if (!users)
		return NULL;
	o->users = users;
	ids = grow(o->ids, &o->ids_cap, o->n_users + 1, sizeof *ids);
	if (!ids)
		return NULL;
	o->ids = ids;
	ids[o->n_users] = user;
	users[o->n_users] = (struct overview_user){.waits = EVENT_NO_TRACK, .last = EVENT_NO_TIMESTAMP};
	*place = (uint32_t)++o->n_users;
	return &users[*place - 1];
}

int overview_add_user(struct overview *o, uint32_t id)
{
	size_t before = o->n_users;

	return find_user(o, id) ? o->n_users > before : -1;
}

uint32_t overview_source(struct overview *o, struct slice name, uint32_t guess)
{
	size_t before = o->sources.n;
	struct overview_plays *plays = grow(o->by_source, &o->by_source_cap, before + 1, sizeof *plays);
	uint64_t *answers = grow(o->answers, &o->answers_cap, before + 1, sizeof *answers);
	uint32_t number;

	o->by_source = plays ? plays : o->by_source;
	o->answers = answers ? answers : o->answers;
	if (!plays || !answers)
		return INTERN_NONE;
	number = intern_add(&o->sources, name, guess);
	if (number == before) {
		plays[number] = (struct overview_plays){0};
		answers[number] = 0;
	}
	return number;
}

/* What the session that begins has heard: nothing. NULL where there is no memory. */
static struct play_counts *begin_heard(struct overview *o)
{
	if (o->n_spare > 0)
		return o->spare[--o->n_spare];
	return calloc(1, sizeof(struct play_counts));
}

static void end_heard(struct overview *o, struct overview_user *u)
{
	struct play_counts **spare = grow(o->spare, &o->spare_cap, o->n_spare + 1, sizeof *spare);

	if (spare) {
		o->spare = spare;
		play_counts_reset(u->heard);
		spare[o->n_spare++] = u->heard;
	} else {
		free_heard(u->heard);
	}
	u->heard = NULL;
}

static void count_play(const struct overview *o, struct overview_plays *p, double time)
{
	p->plays++;
	p->skipped += time < o->choice.skipped;
	p->liked += time >= o->choice.liked;
	p->billionths += popularity_billionths(time);
}

static size_t place_of(uint32_t step)
{
	static const uint32_t ends[OVERVIEW_PLACES] = {1, 2, 3, 4, 5, 10, 20, 50, 100, UINT32_MAX};
	size_t i = 0;

	while (step > ends[i])
		i++;
	return i;
}

static int64_t hour_of(int64_t timestamp)
{
	return timestamp / HOUR_MS - (timestamp % HOUR_MS < 0);
}

static int count_moment(struct overview *o, struct overview_user *u, const struct event *ev, struct errmsg *e)
{
	int64_t hour;

	if (ev->timestamp == EVENT_NO_TIMESTAMP) {
		o->counts[OVERVIEW_NO_TIMESTAMP]++;
		return 0;
	}
	if (u->last != EVENT_NO_TIMESTAMP && ev->timestamp < u->last)
		o->counts[OVERVIEW_BACKWARDS]++;
	u->last = ev->timestamp;
	if (o->from == EVENT_NO_TIMESTAMP || ev->timestamp < o->from)
		o->from = ev->timestamp;
	if (o->until == EVENT_NO_TIMESTAMP || ev->timestamp > o->until)
		o->until = ev->timestamp;
	hour = hour_of(ev->timestamp);
	count_play(o, &o->hours[(hour % OVERVIEW_HOURS + OVERVIEW_HOURS) % OVERVIEW_HOURS], ev->time);
	/* hours that an id can be: all of a clock that runs right */
	if (hour < 0 || hour > INT32_MAX)
		return 0;
	return popularity_add(&o->spans, (uint32_t)hour, ev->time, e);
}

/* Whether it was heard, and whether it was recommended. */
static int count_track(struct overview *o, struct overview_user *u, const struct event *ev, struct errmsg *e)
{
	const struct catalog *c = o->choice.catalog;
	uint32_t track = c ? catalog_find(c, ev->track) : CATALOG_NONE;
	uint32_t artist = track == CATALOG_NONE ? IDMAP_NONE : c->tracks[track].artist;

	if (!u->heard && !(u->heard = begin_heard(o)))
		return errmsg_nomem(e);
	o->counts[OVERVIEW_UNKNOWN] += c && track == CATALOG_NONE;
	o->counts[OVERVIEW_REPEATED_TRACKS] += idmap_get(&u->heard->tracks, ev->track, 0) > 0;
	if (u->step > 1 && track != CATALOG_NONE) {
		o->counts[OVERVIEW_KNOWN]++;
		o->counts[OVERVIEW_REPEATED_ARTISTS] += idmap_get(&u->heard->artists, artist, 0) > 0;
	}
	if (play_counts_add(u->heard, ev->track, artist) < 0)
		return errmsg_nomem(e);
	if (u->step > 1 && u->waits != EVENT_NO_TRACK) {
		bool followed = u->waits == ev->track;

		o->counts[followed ? OVERVIEW_FOLLOWED : OVERVIEW_NOT_FOLLOWED]++;
		if (followed)
			count_play(o, &o->by_source[u->source], ev->time);
	}
	return 0;
}

static int count_answer(struct overview *o, struct overview_user *u, const struct event *ev, struct errmsg *e)
{
	u->waits = ev->recommendation;
	if (ev->recommendation == EVENT_NO_TRACK)
		return 0;
	u->source = overview_source(o, ev->source, u->source);
	if (u->source == INTERN_NONE)
		return errmsg_nomem(e);
	o->answers[u->source]++;
	o->counts[OVERVIEW_ANSWERS]++;
	o->counts[OVERVIEW_NO_SOURCE] += ev->source.len == 0;
	o->counts[OVERVIEW_NO_PROPENSITY] += ev->pool == 0 && isnan(ev->propensity);
	o->counts[OVERVIEW_NO_LATENCY] += isnan(ev->latency);
	return 0;
}

int overview_add(struct overview *o, const struct event *ev, struct errmsg *e)
{
	struct overview_user *u = find_user(o, ev->user);

	if (!u)
		return errmsg_nomem(e);
	u->step += u->step < UINT32_MAX;
	o->counts[OVERVIEW_EVENTS]++;
	o->counts[OVERVIEW_NO_EXPERIMENTS] += ev->n_arms == 0;
	count_play(o, &o->all, ev->time);
	count_play(o, &o->places[place_of(u->step)], ev->time);
	if (u->step == 1)
		count_play(o, &o->first, ev->time);
	if (count_moment(o, u, ev, e) < 0 || count_track(o, u, ev, e) < 0 || count_answer(o, u, ev, e) < 0 ||
	    popularity_add(&o->tracks, ev->track, ev->time, e) < 0)
		return -1;
	if (ev->message == EVENT_LAST) {
		o->counts[OVERVIEW_SESSIONS]++;
		u->step = 0;
		end_heard(o, u);
	}
	return 0;
}

void overview_end(struct overview *o)
{
	for (size_t i = 0; i < o->n_users; i++)
		o->counts[OVERVIEW_OPEN] += o->users[i].step > 0;
}

int64_t overview_longest_gap(const struct overview *o, int64_t *from)
{
	struct popularity_count *hours = popularity_by_track(&o->spans);
	int64_t longest = 0;

	*from = EVENT_NO_TIMESTAMP;
	for (size_t i = 1; hours && i < o->spans.n; i++) {
		int64_t gap = (int64_t)hours[i].track - hours[i - 1].track - 1;

		if (gap > longest) {
			longest = gap;
			*from = ((int64_t)hours[i - 1].track + 1) * HOUR_MS;
		}
	}
	free(hours);
	return longest;
}
