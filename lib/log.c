#include "log.h"

#include "log_team.h"

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
	lines_clear(&log->lines);
	log->open = false;
}

/* Adds the next line of the file that is open to a block. Returns 0, or -1 where there is no memory. */
static int add_line(struct log *log, struct log_block *b)
{
	struct lines *l = &log->lines;
	struct errmsg e;

	switch (lines_next(l, &e)) {
	case LINES_LINE:
		return lines_blank(l) ? 0 : log_block_add(b, l->text, l->len, l->number, l->name);
	case LINES_BAD:
		return log_block_add_problem(b, &e, false);
	case LINES_END:
		close_file(log);
		return 0;
	default:
		close_file(log);
		return log_block_add_problem(b, &e, true);
	}
}

/* Fills a block. Returns 1; 0 where there is no more to read; -1 where there is no memory. */
static int fill(struct log *log, struct log_block *b)
{
	while (b->text_len < BLOCK_BYTES) {
		struct errmsg e;
		int opened = log->open ? 1 : open_next(log, &e), status = 0;

		if (opened == 0)
			return 0;
		status = opened < 0 ? log_block_add_problem(b, &e, true) : add_line(log, b);
		if (status < 0)
			return -1;
	}
	return 1;
}

/* Keeps all threads busy. Returns 0, or -1 where there is no memory. */
static int read_ahead(struct log *log)
{
	struct log_block *b;

	while (!log->ended && (b = log_team_empty(log->team)) != NULL) {
		int more = fill(log, b);

		log->ended = more <= 0;
		log_team_submit(log->team);
		if (more < 0)
			return -1;
	}
	return 0;
}

static enum log_status hand_out(struct log *log, const struct log_line *line, struct event *ev, struct errmsg *e)
{
	if (!line->reason) {
		*ev = line->event;
		return LOG_EVENT;
	}
	errmsg_set(e, "%s", line->reason);
	if (line->file_failed)
		log->failed++;
	else
		log->bad++;
	return line->file_failed ? LOG_FAILED : LOG_BAD;
}

enum log_status log_next(struct log *log, struct event *ev, struct errmsg *e)
{
	while (!log->current || log->next_line == log->current->n) {
		if (log->current)
			log_team_recycle(log->team);
		log->current = NULL;
		if (read_ahead(log) < 0) {
			errmsg_nomem(e);
			log->failed++;
			return LOG_FAILED;
		}
		log->current = log_team_take(log->team);
		log->next_line = 0;
		if (!log->current)
			return LOG_END;
	}
	return hand_out(log, &log->current->lines[log->next_line++], ev, e);
}
