#include "rank/trec.h"

#include <inttypes.h>
#include <math.h>

static void put_query(FILE *f, const struct query *q)
{
	fprintf(f, "%" PRIu32, q->user);
	if (q->session > 0)
		fprintf(f, ".%" PRIu32, q->session);
	if (q->step > 0)
		fprintf(f, ".%" PRIu32, q->step);
}

void trec_put_relevant(FILE *qrels, const struct query *q, bool graded)
{
	for (size_t i = 0; i < q->n; i++) {
		put_query(qrels, q);
		fprintf(qrels, " 0 %" PRIu32 " %.0f\n", q->relevant[i].track,
			graded ? fmax(1, rint(100 * q->relevant[i].gain)) : 1);
	}
}

void trec_put_ranking(FILE *run, const struct query *q, struct span ranking, const struct catalog *c, const char *name)
{
	for (size_t i = 0; i < ranking.n && i < TREC_DEPTH; i++) {
		put_query(run, q);
		fprintf(run, " Q0 %" PRIu32 " %zu %zu %s\n", c->tracks[ranking.tracks[i]].id, i + 1, TREC_DEPTH - i,
			name);
	}
}
