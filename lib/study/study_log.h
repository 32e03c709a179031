/*
 * study_log: reads log files into a study, again where they turn out to be out of order.
 */
#ifndef BOTIFY_STUDY_LOG_H
#define BOTIFY_STUDY_LOG_H

#include <stddef.h>

#include "base/errmsg.h"
#include "event/log.h"
#include "study/study.h"
#include "text/part.h"

struct study_log {
	char *const *paths; /* n_paths; none: standard input */
	size_t n_paths;
	unsigned threads; /* that read; 0: one for each processor */
	/* called for each line and file that is passed over, once, with the reason */
	void (*complain)(void *ctx, const struct errmsg *reason);
	void *ctx;
	struct log_watch watch; /* of each reading */
	/* a state that the logs go on with (partial.h), of the same wishes, for a joinable study; or NULL. Borrowed. */
	const struct part_file *state;
};

/*
 * Reads the log into a study of STUDY_STREAM to which nothing was added. Where events are out of order and all
 * files can be read a second time, they are, into a study of STUDY_HOLD with the same wishes, which takes the place
 * of the first. Counts what was passed over in s->malformed and s->unread. study_end is the caller's.
 *
 * Where the logs are files, and all they have comes after what a state has, they are counted on top of it: the study is
 * that of both, and `resumed`. Else it is that of the logs, and to join it to the state, or to say why that cannot be,
 * is for partial_merge.
 *
 * Returns 0; or -1 with the reason, where memory ran out, the state is not right, or standard input cannot be wound
 * back.
 */
int study_log_read(struct study *s, const struct study_log *log, struct errmsg *e);

#endif
