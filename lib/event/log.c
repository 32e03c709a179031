#include "event/log.h"

#include "event/log_team.h"

enum { BLOCK_BYTES = 1 << 17 };

static char standard_input[] = "-";
static char *const only_standard_input[] = {standard_input};

int log_open(struct log *log, char *const *paths, size_t n_paths, unsigned threads, struct errmsg *e)
{
	*log = (struct log){
		.paths = n_paths > 0 ? paths : only_standard_input,
		.n_paths = n_paths > 0 ? n_paths : 1,
		.team = log_team_new(threads),
	};
	return log->team ? 0 : errmsg_nomem(e);
}

void log_watch(struct log *log, const struct log_watch *watch)
{
	log->watch = *watch;
}

uint64_t log_bytes(const struct log *log)
{
	return log->closed_bytes + (log->open ? lines_bytes(&log->lines) : 0);
}

void log_close(struct log *log)
{
	if (log->open)
		lines_clear(&log->lines);
	log_team_free(log->team);
	*log = (struct log){0};
}

/* Opens the next file. Returns 1; 0 where there is none; -1 with the reason. */
static int open_next(struct log *log, struct errmsg *e)
{
	if (log->n_paths == 0)
		return 0;
	log->n_paths--;
	if (lines_open(&log->lines, *log->paths++, e) < 0)
		return -1;
	log->open = true;
	return 1;
}

static void close_file(struct log *log)
{
	log->closed_bytes += lines_bytes(&log->lines);
	lines_clear(&log->lines);
	log->open = false;
}

/* Fills a block with what comes next in the file that is open. */
static void fill_from_file(struct log *log, struct log_block *b)
{
	struct lines *l = &log->lines;

	switch (lines_next_many(l, BLOCK_BYTES, &b->buf, &b->buf_cap, &b->reason)) {
	case LINES_LINE:
		b->text = l->text;
		b->len = l->len;
		return;
	case LINES_BAD:
		b->problem = LOG_LONG_LINE;
		return;
	case LINES_END:
		break;
	default:
		b->problem = l->damaged ? LOG_FILE_DAMAGED : LOG_FILE_FAILED;
		b->no_memory = b->reason.no_memory;
	}
	close_file(log);
}

/* Fills a block from one file. Returns whether there was one. */
static bool fill_block(struct log *log, struct log_block *b)
{
	bool first = !log->open;
	int opened = first ? open_next(log, &b->reason) : 1;

	if (opened == 0)
		return false;
	b->file = log->lines.name;
	b->first = first;
	if (opened < 0)
		b->problem = LOG_FILE_FAILED;
	else
		fill_from_file(log, b);
	return true;
}

/* Keeps all threads busy. */
static void read_ahead(struct log *log)
{
	struct log_block *b;

	while (!log->ended && (b = log_team_empty(log->team)) != NULL) {
		log->ended = !fill_block(log, b);
		if (!log->ended)
			log_team_submit(log->team);
	}
}

/* Goes to the next block. Returns 1; 0 where there is none; -1 where there is no memory. */
static int next_block(struct log *log)
{
	if (log->current) {
		log->before += log->current->n_lines + (log->current->problem == LOG_LONG_LINE);
		log_team_recycle(log->team);
		log->current = NULL;
	}
	read_ahead(log);
	if (log->watch.read)
		log->watch.read(log->watch.ctx, log->watch.before + log_bytes(log));
	log->current = log_team_take(log->team);
	log->next_line = 0;
	if (!log->current)
		return 0;
	if (log->current->first)
		log->before = 0;
	return log->current->no_memory ? -1 : 1;
}

static enum log_status bad_line(struct log *log, unsigned long number, const char *reason, struct errmsg *e)
{
	log->bad++;
	errmsg_set(e, "%s:%lu: %s", log->current->file, log->before + number, reason);
	return LOG_BAD;
}

/* Tells, once, what became of the file after the lines of the block. LOG_END: nothing to tell. */
static enum log_status hand_out_problem(struct log *log, struct errmsg *e)
{
	const struct log_block *b = log->current;

	if (!b || log->next_line > b->n)
		return LOG_END;
	log->next_line = b->n + 1;
	switch (b->problem) {
	case LOG_NO_PROBLEM: return LOG_END;
	case LOG_LONG_LINE: return bad_line(log, b->n_lines + 1, b->reason.text, e);
	case LOG_FILE_DAMAGED:
	case LOG_FILE_FAILED: break;
	}
	log->failed++;
	*e = b->reason;
	if (b->problem == LOG_FILE_DAMAGED)
		errmsg_prefix(e, "%s:%lu", b->file, log->before + b->n_lines + 1);
	return LOG_FAILED;
}

enum log_status log_next(struct log *log, const struct event **ev, struct errmsg *e)
{
	const struct log_line *line;

	while (!log->current || log->next_line >= log->current->n) {
		enum log_status s = hand_out_problem(log, e);
		int more;

		if (s != LOG_END)
			return s;
		more = next_block(log);
		if (more == 0)
			return LOG_END;
		if (more < 0) {
			errmsg_nomem(e);
			errmsg_prefix(e, "%s", log->current->file);
			return LOG_NO_MEMORY;
		}
	}
	line = &log->current->lines[log->next_line++];
	if (line->reason)
		return bad_line(log, line->number, line->reason, e);
	log->events++;
	log->text = line->text;
	*ev = &line->event;
	return LOG_EVENT;
}

const struct event *log_ahead(const struct log *log, size_t n)
{
	const struct log_block *b = log->current;

	if (!b || log->next_line + n > b->n || b->lines[log->next_line + n - 1].reason)
		return NULL;
	return &b->lines[log->next_line + n - 1].event;
}
