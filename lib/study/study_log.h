/*
 * study_log: reads log files into a study, again where they turn out to be out of order.
 */
#ifndef BOTIFY_STUDY_LOG_H
#define BOTIFY_STUDY_LOG_H

#include <stddef.h>

#include "base/errmsg.h"
#include "event/log.h"
#include "study/study.h"

struct study_log {
	char *const *paths; /* n_paths; none: standard input */
	size_t n_paths;
	unsigned threads; /* that read; 0: one for each processor */
	/* called for each line and file that is passed over, once, with the reason */
	void (*complain)(void *ctx, const struct errmsg *reason);
	void *ctx;
	struct log_watch watch; /* of each reading */
};

/*
 * Reads the log into a study of STUDY_STREAM to which nothing was added. Where events are out of order and all
 * files can be read a second time, they are, into a study of STUDY_HOLD with the same wishes, which takes the place
 * of the first. Counts what was passed over in s->malformed and s->unread. study_end is the caller's. Returns 0; or
 * -1 with the reason, where memory ran out or standard input cannot be wound back.
 */
int study_log_read(struct study *s, const struct study_log *log, struct errmsg *e);

#endif
