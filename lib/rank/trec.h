/*
 * trec: queries and rankings as the files that trec_eval and its kin read.
 *
 *     qrels    QUERY 0 TRACK RELEVANCE             1 for each relevant track; graded, its gain in hundredths
 *     run      QUERY Q0 TRACK RANK SCORE NAME      the score makes the ranks: it falls by one a place
 *
 * QUERY is the user, or USER.SESSION, or USER.SESSION.LISTEN, counted from 1.
 */
#ifndef BOTIFY_TREC_H
#define BOTIFY_TREC_H

#include <stdbool.h>
#include <stdio.h>

#include "policy/candidate_lists.h"
#include "rank/queries.h"
#include "world/catalog.h"

enum { TREC_DEPTH = 1000 }; /* places of a ranking that are written, as trec_eval takes them */

void trec_put_relevant(FILE *qrels, const struct query *q, bool graded);
void trec_put_ranking(FILE *run, const struct query *q, struct span ranking, const struct catalog *c, const char *name);

#endif
