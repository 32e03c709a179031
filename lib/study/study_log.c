#include "study/study_log.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "event/log.h"
#include "text/ndjson.h"

/* One reading of the logs. */
struct pass {
	struct study *study;
	const struct study_log *in;
	bool give_up;	     /* it is to end with an event out of order */
	unsigned long *said; /* complaints that were passed on, so far */
	unsigned long seen;  /* and those of this reading */
};

/* Reads n of the files, one after another. */
static int read_paths(struct pass *p, char *const *paths, size_t n, struct errmsg *e)
{
	struct study *s = p->study;
	struct log log;
	const struct event *ev;
	enum log_status got;
	int status = 0;

	if (log_open(&log, paths, n, p->in->threads, e) < 0)
		return -1;
	log_watch(&log, &p->in->watch);
	while (status == 0 && !(p->give_up && s->out_of_order > 0) && (got = log_next(&log, &ev, e)) != LOG_END) {
		if (got == LOG_EVENT)
			status = study_add(s, ev, e);
		else if (got == LOG_NO_MEMORY)
			status = -1;
		else if (++p->seen > *p->said) {
			p->in->complain(p->in->ctx, e);
			++*p->said;
		}
	}
	s->malformed += log.bad;
	s->unread += log.failed;
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

	p->study->logs.parts = 1;
	for (size_t i = 0; status == 0 && i < n && !(p->give_up && p->study->out_of_order > 0); i++) {
		if (input_logs_begin(&p->study->logs, ndjson_name(paths[i])) < 0)
			return errmsg_nomem(e);
		status = read_paths(p, &paths[i], 1, e);
	}
	return status;
}

/* Reads the logs once; complaints after the first `said` of them are passed on. */
static int read_once(struct study *s, const struct study_log *in, bool give_up, unsigned long *said, struct errmsg *e)
{
	struct pass p = {.study = s, .in = in, .give_up = give_up, .said = said};

	s->malformed = s->unread = 0;
	return s->keep.joinable ? read_apart(&p, e) : read_paths(&p, in->paths, in->n_paths, e);
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

/* Makes an empty study with the same wishes, that holds its events. */
static void begin_held(struct study *s)
{
	struct study_keep keep = s->keep;
	char *const *wanted = s->wanted;
	size_t n_wanted = s->n_wanted;

	study_clear(s);
	study_init(s, STUDY_HOLD, wanted, n_wanted);
	study_keep(s, &keep);
}

int study_log_read(struct study *s, const struct study_log *log, struct errmsg *e)
{
	unsigned long said = 0;
	off_t start;
	bool again = are_files(log, &start);

	if (read_once(s, log, again, &said, e) < 0)
		return -1;
	if (s->out_of_order == 0 || !again)
		return 0;
	begin_held(s);
	if (start >= 0 && lseek(STDIN_FILENO, start, SEEK_SET) < 0)
		return errmsg_set(e, "standard input: cannot be read again");
	return read_once(s, log, false, &said, e);
}
