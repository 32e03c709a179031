/*
 * ope_team: reads a log again (ope_replay.h) with several threads.
 *
 * Users are parted among shards by a hash of their ids, as many shards as threads, and each shard has a replay and sums
 * of its own. Events are gathered, block after block, and then the shards are replayed at once, each in the order of
 * the log. As sums are by user, or exact, they are the same for any number of threads and any size of the blocks.
 */
#ifndef BOTIFY_OPE_TEAM_H
#define BOTIFY_OPE_TEAM_H

#include <stddef.h>

#include "base/arena.h"
#include "base/errmsg.h"
#include "event/event.h"
#include "study/ope_replay.h"
#include "study/ope_sums.h"

enum { OPE_BLOCK = 1 << 15 }; /* events of a block: some ms of work for each of several threads */

struct ope_shard; /* private */

struct ope_team {
	struct ope_shard *shards; /* n */
	unsigned n;
	size_t block, gathered;
	struct arena excluded; /* what the events that were gathered exclude */
};

/*
 * Begins: `threads` as in parallel_threads, which the tables of the question have been told of (tables_workers), and
 * how many events are gathered, 1 or more. What the question points at is borrowed. Returns 0, or -1 where there is no
 * memory; clear in either case.
 */
int ope_team_init(struct ope_team *t, const struct ope_question *q, const struct ope_choice *choice, unsigned threads,
		  size_t block);
void ope_team_clear(struct ope_team *t);

/* Takes the next event. Returns 0, or -1 with the reason. */
int ope_team_add(struct ope_team *t, const struct event *ev, struct errmsg *e);

/*
 * Ends the log: what is still open is counted, and the sums of all, sorted, are added to *sums, to which nothing was
 * added. Returns 0, or -1 with the reason.
 */
int ope_team_end(struct ope_team *t, struct ope_sums *sums, struct errmsg *e);

#endif
