/*
 * partial: a study as a file (text/part.h), to be merged with those of other logs: a part, which --partial writes, and
 * a state, which --state writes again after each log.
 *
 * Merged parts give the numbers of the whole log to the last bit, for any order of the parts and any split by user, by
 * time, or by both: a number in a part is a count, or it belongs to one user. A user may be in several parts, where
 * these do not overlap in the time of that user. What is earlier comes first; where a session is open at its end, the
 * first session of what is later goes on with it, and an event that both have is left out once. The whole is then the
 * log of all events in that order. Where one timestamp is all that two parts have of a user, the one that is given
 * first comes first.
 *
 * A log that has been counted is noticed by its digest (event/input_logs.h), and refused.
 *
 * Two things a part knows only of itself. Whether its events were sorted because they were out of order: the whole
 * counts as sorted where every part was that had to be. And malformed lines: they are told by the run that read
 * them.
 *
 * The first line says what the part is:
 *
 *     {"partial":"botify-abtest","version":2,"events":14,"from":1000,"until":2000,…,"days":false,…,"experiments":
 *         [{"experiment":"AA","first":1000,"place":0,"arms":["C","T1"]}],"parts":1,"inputs":[{"digest":…}],"users":4,
 *         "bytes":297}
 *
 * The numbers (text/part.h) are, each list after its length: answers by experiment, arm and source; sets of arms, as
 * events name them; and "users" of them, in ascending order of ids. A user has some 40 to 60 bytes: id, moments and
 * digests of the first and the last event, what the first event did, and for each experiment the arm and the sums of
 * the sessions that have ended and of the one that has not; days and times of sessions where they are kept; and
 * where answers are, the tracks of the open session and the answers of the first one. See partial_code.c.
 */
#ifndef BOTIFY_PARTIAL_H
#define BOTIFY_PARTIAL_H

#include <stddef.h>
#include <stdio.h>

#include "base/errmsg.h"
#include "study/study.h"
#include "text/part.h"

extern const struct part_kind partial_kind;

/*
 * Cuts the next part of a file by user into pieces, cut->n files in memory that are called as it is (zeroed; to be
 * cleared): parts of their own, which merge to the part that was cut, each after later events of its users or not.
 * What a part knows only of the whole, as how many events there were and the answers of each source, goes to the first
 * piece. Returns 1; 0 where there is no more; or -1 with the reason.
 */
int partial_cut(struct part_file *file, const struct part_cut *cut, struct part_file *pieces, struct errmsg *e);

/*
 * Writes a study that has ended and is joinable (study_keep). Returns 0, or -1 where there is no memory; errors of f
 * are for ferror to tell.
 */
int partial_write(struct study *s, FILE *f, struct errmsg *e);

/* Makes such a file in memory, called `name` (borrowed) in messages. Returns 0, or -1 likewise. */
int partial_pack(struct study *s, const char *name, struct part_file *file, struct errmsg *e);

/*
 * Reads parts ("-" or no path: standard input) into a study of STUDY_STREAM to which nothing was added; study_end is
 * the caller's. Returns 0; or -1 with the reason, which names the file: it was cut or damaged, two overlap in the time
 * of a user, or a part was written in another version, with another moment (study_keep), without something that the
 * study is to keep, or for other experiments.
 */
int partial_read(struct study *s, char *const *paths, size_t n_paths, struct errmsg *e);

/*
 * The same from files that are in memory; where they are `ordered`, what a user does in one has to come after what the
 * user does in those before it.
 */
int partial_merge(struct study *s, struct part_file *files, size_t n, bool ordered, struct errmsg *e);

/*
 * Makes a study keep what a state has that is to grow by it: `head` is its first line. Returns 0; or -1 with the
 * reason, where the state has not what the study is to keep, or is of other experiments.
 */
int partial_keep_as(struct study_keep *keep, const json_t *head, char *const *wanted, size_t n_wanted,
		    struct errmsg *e);

#endif
