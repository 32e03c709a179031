#include "sim/oracle.h"

#include <math.h>
#include <stdlib.h>

void oracle_clear(struct oracle *o)
{
	free(o->heap);
	*o = (struct oracle){0};
}

static bool is_better(const struct oracle_track *a, const struct oracle_track *b)
{
	return a->worth != b->worth ? a->worth > b->worth : a->track < b->track;
}

/* Moves the track at place i down to where it belongs. */
static void sink_track(struct oracle *o, size_t i)
{
	struct oracle_track moving = o->heap[i];

	for (size_t child; (child = 2 * i + 1) < o->n; i = child) {
		if (child + 1 < o->n && is_better(&o->heap[child + 1], &o->heap[child]))
			child++;
		if (!is_better(&o->heap[child], &moving))
			break;
		o->heap[i] = o->heap[child];
	}
	o->heap[i] = moving;
}

static uint32_t artist_plays(const struct simulation *s, const struct sim_session *session, uint32_t track)
{
	return history_artist_plays(&session->history, s->catalog->tracks[track].artist);
}

/* log(gamma^plays); nothing is 0 times the logarithm of 0. */
static double log_discount(const struct user *u, uint32_t plays)
{
	return plays > 0 ? plays * log(u->artist_discount_gamma) : 0;
}

/* log(sigmoid(x)), exact where the sigmoid itself is 0 or 1. */
static double log_sigmoid(double x)
{
	return x < 0 ? x - log1p(exp(x)) : -log1p(exp(-x));
}

int oracle_begin(struct oracle *o, const struct simulation *s, const struct sim_session *session)
{
	const struct user *u = &s->users->list[session->user];
	size_t n = s->catalog->n_tracks;

	if (!o->heap)
		o->heap = malloc(n * sizeof *o->heap);
	if (!o->heap)
		return -1;
	o->n = 0;
	for (uint32_t track = 0; track < n; track++) {
		double affinity = simulation_affinity(s, session, track);
		uint32_t plays = artist_plays(s, session, track);

		o->heap[o->n++] = (struct oracle_track){
			.worth = log_sigmoid((affinity - u->consume_bias) * u->consume_sharpness) +
				 log_discount(u, plays),
			.track = track, .artist_plays = plays,
		};
	}
	for (size_t i = o->n / 2; i-- > 0;)
		sink_track(o, i);
	return 0;
}

/* Artists lose with every play, so a track may be worth less than when it was weighed, but never more. */
uint32_t oracle_next(struct oracle *o, const struct simulation *s, const struct sim_session *session)
{
	const struct user *u = &s->users->list[session->user];

	while (o->n > 0) {
		struct oracle_track *top = &o->heap[0];
		uint32_t plays = artist_plays(s, session, top->track);

		if (history_track_plays(&session->history, top->track) > 0) {
			*top = o->heap[--o->n];
		} else if (plays > top->artist_plays) {
			top->worth += log_discount(u, plays - top->artist_plays);
			top->artist_plays = plays;
		} else {
			return top->track;
		}
		sink_track(o, 0);
	}
	return 0;
}
