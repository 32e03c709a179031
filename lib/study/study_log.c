#include "study/study_log.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "event/log.h"
#include "study/partial.h"
#include "text/ndjson.h"

/* One reading of the logs. */
struct pass {
	struct study *study;
	const struct study_log *in;
	bool give_up;	     /* it is to end with an event that does not come after those before it */
	unsigned long *said; /* complaints that were passed on, so far */
	unsigned long seen;  /* and those of this reading */
	uint64_t bytes;	     /* of files that were read to the end */
	bool in_vain;	     /* it has ended so */
};

/* Looks at what was just counted. An event without a time says nothing of its place among those of a state. */
static void check_event(struct pass *p, const struct event *ev)
{
	const struct study *s = p->study;

	if (p->give_up && (s->out_of_order > 0 || (s->resumed && ev->timestamp == EVENT_NO_TIMESTAMP)))
		p->in_vain = true;
}

/* What the study knows of the user of the n-th event from here; NULL where that is not known. */
static inline const struct study_user *user_ahead(const struct study *s, const struct log *log, size_t n)
{
	const struct event *ev = log_ahead(log, n);
	uint32_t place = ev ? id_index_get(&s->index, ev->user) : 0;

	return place != 0 ? &s->users[place - 1] : NULL;
}

/*
 * Fetches what will be needed soon of users, who lie anywhere in memory: where they are few, it is in the cache anyway.
 * Always inline, or gcc may take it for a function without effect and leave its calls out.
 */
static inline __attribute__((always_inline)) void look_ahead(const struct study *s, const struct log *log)
{
	enum { FEW = 10000, NEAR = 3, MIDDLE = 6, FAR = 9 };
	const struct event *ev;
	const struct study_user *u;

	if (s->n_users < FEW)
		return;
	ev = log_ahead(log, FAR);
	if (ev)
		id_index_fetch(&s->index, ev->user);
	u = user_ahead(s, log, MIDDLE);
	if (u)
		__builtin_prefetch(u);
	u = user_ahead(s, log, NEAR);
	if (u && u->participant != 0)
		__builtin_prefetch(&s->participants[u->participant - 1].experiment);
}

/* Reads n of the files, one after another. */
static int read_paths(struct pass *p, char *const *paths, size_t n, struct errmsg *e)
{
	struct study *s = p->study;
	struct log_watch watch = p->in->watch;
	struct log log;
	const struct event *ev;
	enum log_status got;
	int status = 0;

	if (log_open(&log, paths, n, p->in->threads, e) < 0)
		return -1;
	watch.before = p->bytes;
	log_watch(&log, &watch);
	while (status == 0 && !p->in_vain && (got = log_next(&log, &ev, e)) != LOG_END) {
		if (got == LOG_EVENT) {
			look_ahead(s, &log);
			status = study_add(s, ev, e);
			check_event(p, ev);
		} else if (got == LOG_NO_MEMORY) {
			status = -1;
		} else if (++p->seen > *p->said) {
			p->in->complain(p->in->ctx, e);
			++*p->said;
		}
	}
	s->malformed += log.bad;
	s->unread += log.failed;
	p->bytes += log_bytes(&log);
	log_close(&log);
	return status;
}

/* The same, noting which log each event is of. */
static int read_apart(struct pass *p, struct errmsg *e)
{
	char standard_input[] = "-", *const only[] = {standard_input};
	char *const *paths = p->in->n_paths > 0 ? p->in->paths : only;
	size_t n = p->in->n_paths > 0 ? p->in->n_paths : 1;
	int status = 0;

	p->study->logs.parts++;
	for (size_t i = 0; status == 0 && i < n && !p->in_vain; i++) {
		if (input_logs_begin(&p->study->logs, ndjson_name(paths[i])) < 0)
			return errmsg_nomem(e);
		status = read_paths(p, &paths[i], 1, e);
	}
	return status;
}

/*
 * Reads the logs once; complaints after the first `said` of them are passed on. Returns 0; 1 where it gave up; or -1
 * with the reason.
 */
static int read_once(struct study *s, const struct study_log *in, bool give_up, unsigned long *said, struct errmsg *e)
{
	struct pass p = {.study = s, .in = in, .give_up = give_up, .said = said};
	int status = s->keep.joinable ? read_apart(&p, e) : read_paths(&p, in->paths, in->n_paths, e);

	return status == 0 && p.in_vain ? 1 : status;
}

/* Whether the logs can be read a second time. Where standard input can, *start is where it stands now, or else -1. */
static bool are_files(const struct study_log *in, off_t *start)
{
	bool standard_input = in->n_paths == 0;
	struct stat st;

	*start = -1;
	for (size_t i = 0; i < in->n_paths; i++) {
		if (strcmp(in->paths[i], "-") == 0)
			standard_input = true;
		else if (stat(in->paths[i], &st) == 0 && !S_ISREG(st.st_mode))
			return false;
	}
	if (!standard_input)
		return true;
	if (fstat(STDIN_FILENO, &st) < 0 || !S_ISREG(st.st_mode))
		return false;
	*start = lseek(STDIN_FILENO, 0, SEEK_CUR);
	return *start >= 0;
}

/* Makes an empty study with the same wishes, and winds standard input back to `start` where that is not -1. */
static int begin_again(struct study *s, enum study_order order, off_t start, struct errmsg *e)
{
	struct study_keep keep = s->keep;
	char *const *wanted = s->wanted;
	size_t n_wanted = s->n_wanted;

	study_clear(s);
	study_init(s, order, wanted, n_wanted);
	study_keep(s, &keep);
	if (start >= 0 && lseek(STDIN_FILENO, start, SEEK_SET) < 0)
		return errmsg_set(e, "standard input: cannot be read again");
	return 0;
}

/*
 * Reads the state, and the logs on top of it, which is what reading all logs at once would do. Returns 0; 1 where they
 * cannot be counted so; or -1 with the reason.
 */
static int read_onto_state(struct study *s, const struct study_log *in, unsigned long *said, struct errmsg *e)
{
	struct part_file state = *in->state;
	int status;

	if (partial_merge(s, &state, 1, true, e) < 0)
		return -1;
	s->resumed = true;
	s->base = (struct study_base){s->events, s->malformed, s->unread, s->logs.n};
	if (s->apart || s->out_of_order > 0)
		return 1;
	status = read_once(s, in, true, said, e);
	/* what was given before is for the caller to refuse */
	return status == 0 && input_logs_repeat(&s->logs, s->base.n_logs) ? 1 : status;
}

int study_log_read(struct study *s, const struct study_log *log, struct errmsg *e)
{
	unsigned long said = 0;
	off_t start;
	bool again = are_files(log, &start);
	int status = again && log->state ? read_onto_state(s, log, &said, e) : 2;

	if (status <= 0)
		return status;
	if (status == 1 && begin_again(s, STUDY_STREAM, start, e) < 0)
		return -1;
	status = read_once(s, log, again, &said, e);
	if (status <= 0)
		return status;
	if (begin_again(s, STUDY_HOLD, start, e) < 0)
		return -1;
	return read_once(s, log, false, &said, e);
}
