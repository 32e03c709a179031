/*
 * partial: a study as NDJSON, so that the parts of a log that was split by user can be read one by one, and merged.
 *
 * Merged parts give the numbers of the whole log to the last bit, for any split by user and any order of the parts:
 * a number in a part is either a count or belongs to one user, and it is written so that it reads back the same.
 * Two things a part knows only of itself. Whether its events were sorted because they were out of order: the whole
 * counts as sorted where every part was that had to be. And malformed lines: they are told by the run that read
 * them.
 *
 * A file is a line that says what the part is, where recommendations were kept a line for each of their sources in each
 * arm, and a line for each user, in ascending order of ids:
 *
 *     {"partial":"botify-abtest","version":1,"events":14,…,"experiments":[{"experiment":"AA","first":1000,"place":0,
 *         "arms":["C","T1"]}],"rows":4}
 *     {"source":"similar","experiment":"AA","arm":"C","answers":3,"pools":3,"pool":30,…}
 *     {"user":1,"open":true,"experiments":{"AA":{"arm":"C","sessions":1,"time":1.5,"tracks":2,"latency":0.003,
 *         "latencies":2,"open":true}}}
 *
 * "open" is whether a session has not ended; "latency" is null where the sum is infinite; "arm" is null for a user
 * seen in two; "arms" is null for an experiment that was not asked for. Files may be concatenated, and their lines
 * be sorted as text.
 */
#ifndef BOTIFY_PARTIAL_H
#define BOTIFY_PARTIAL_H

#include <stddef.h>
#include <stdio.h>

#include "base/errmsg.h"
#include "study/study.h"

/* Writes a study that has ended. Returns 0, or -1 where there is no memory; errors of f are for ferror to tell. */
int partial_write(const struct study *s, FILE *f, struct errmsg *e);

/*
 * Reads parts ("-" or no path: standard input) into a study of STUDY_STREAM to which nothing was added; study_end is
 * the caller's. Returns 0; or -1 with file, line and reason: a file was cut (it has fewer rows than it says), a user is
 * in two files (both are named), or a part was written with another moment (study_keep), without something that the
 * study is to keep, or for other experiments.
 */
int partial_read(struct study *s, char *const *paths, size_t n_paths, struct errmsg *e);

#endif
