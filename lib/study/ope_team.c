#include "study/ope_team.h"

#include <stdlib.h>

#include "base/grow.h"
#include "base/murmur3.h"
#include "base/parallel.h"

/* Another than those by which session models keep what they know of users. */
enum { SHARD_SEED = 0x6f7065 };

struct ope_shard {
	struct ope_replay replay;
	struct ope_sums sums;
	struct event *events; /* n that were gathered */
	size_t n, cap;
	bool no_memory;
};

int ope_team_init(struct ope_team *t, const struct ope_question *q, const struct ope_choice *choice, unsigned threads,
		  size_t block)
{
	threads = parallel_threads(threads);
	*t = (struct ope_team){.block = block, .shards = calloc(threads, sizeof *t->shards)};
	if (!t->shards)
		return -1;
	for (; t->n < threads; t->n++) {
		struct ope_shard *s = &t->shards[t->n];
		struct ope_question question = *q;

		question.worker = t->n;
		ope_sums_init(&s->sums, choice);
		ope_replay_init(&s->replay, &question, &s->sums);
	}
	return 0;
}

void ope_team_clear(struct ope_team *t)
{
	for (unsigned i = 0; i < t->n; i++) {
		ope_replay_clear(&t->shards[i].replay);
		ope_sums_clear(&t->shards[i].sums);
		free(t->shards[i].events);
	}
	free(t->shards);
	arena_clear(&t->excluded);
	*t = (struct ope_team){0};
}

static void replay_shard(void *team, size_t begin, size_t end, unsigned thread)
{
	struct ope_team *t = team;
	struct ope_shard *s = &t->shards[begin];
	struct errmsg e;

	(void)end, (void)thread;
	for (size_t i = 0; i < s->n && !s->no_memory; i++)
		s->no_memory = ope_replay_add(&s->replay, &s->events[i], &e) < 0;
	s->n = 0;
}

/* Replays what was gathered. */
static int replay_block(struct ope_team *t, struct errmsg *e)
{
	parallel_for(t->n, 1, t->n, replay_shard, t);
	t->gathered = 0;
	arena_reset(&t->excluded);
	for (unsigned i = 0; i < t->n; i++)
		if (t->shards[i].no_memory)
			return errmsg_nomem(e);
	return 0;
}

/* A copy of an event, with what of it a replay looks at. Returns 0, or -1 where there is no memory. */
static int copy_event(struct ope_team *t, struct event *to, const struct event *ev)
{
	*to = *ev;
	to->source = (struct slice){0};
	to->candidates = NULL;
	to->arms = NULL;
	to->n_candidates = to->n_arms = 0;
	if (ev->n_exclude > 0) {
		to->exclude = arena_copy(&t->excluded, ev->exclude, ev->n_exclude * sizeof *ev->exclude);
		if (!to->exclude)
			return -1;
	}
	return 0;
}

static int gather(struct ope_team *t, struct ope_shard *s, const struct event *ev)
{
	struct event *events = grow(s->events, &s->cap, s->n + 1, sizeof *events);

	if (!events)
		return -1;
	s->events = events;
	return copy_event(t, &events[s->n++], ev);
}

int ope_team_add(struct ope_team *t, const struct event *ev, struct errmsg *e)
{
	if (t->n == 1)
		return ope_replay_add(&t->shards[0].replay, ev, e);
	if (gather(t, &t->shards[murmur3(&ev->user, sizeof ev->user, SHARD_SEED) % t->n], ev) < 0)
		return errmsg_nomem(e);
	return ++t->gathered < t->block ? 0 : replay_block(t, e);
}

int ope_team_end(struct ope_team *t, struct ope_sums *sums, struct errmsg *e)
{
	if (t->gathered > 0 && replay_block(t, e) < 0)
		return -1;
	for (unsigned i = 0; i < t->n; i++) {
		struct ope_shard *s = &t->shards[i];

		ope_replay_end(&s->replay);
		ope_replay_clear(&s->replay);
		if (ope_sums_join(sums, &s->sums) < 0)
			return errmsg_nomem(e);
	}
	ope_sums_sort(sums);
	return 0;
}
