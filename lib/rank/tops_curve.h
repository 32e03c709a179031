/*
 * tops_curve: how fast popularity falls: the score of the track at each rank, for each list. A few tracks that have
 * nearly all of it, or many that share it, are seen at a glance; and so is an arm that spreads it more evenly.
 */
#ifndef BOTIFY_TOPS_CURVE_H
#define BOTIFY_TOPS_CURVE_H

#include "rank/tops.h"

/*
 * table: ranks 1, 2, 5, 10 and so on, and the last, a column for each list. ndjson: each rank of each list. chart: a
 * chart of characters (text_chart.h). svg: a file of its own. They go to out->limit; a catalog has no effect. Write as
 * those of tops_format do, after tops_end.
 */
const struct tops_format *tops_curve_find(const char *name);

#endif
