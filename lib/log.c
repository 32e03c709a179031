#include "log.h"

#include <string.h>

static char standard_input[] = "-";
static char *const only_standard_input[] = {standard_input};

void log_init(struct log *log, char *const *paths, size_t n_paths)
{
	*log = (struct log){.paths = n_paths > 0 ? paths : only_standard_input, .n_paths = n_paths > 0 ? n_paths : 1};
}

void log_clear(struct log *log)
{
	if (log->open)
		lines_clear(&log->lines);
	event_parser_clear(&log->parser);
}

/* Opens the next file. LOG_EVENT: there is one. */
static enum log_status open_next(struct log *log, struct errmsg *e)
{
	if (log->n_paths == 0)
		return LOG_END;
	log->n_paths--;
	if (lines_open(&log->lines, *log->paths++, e) < 0) {
		log->failed++;
		return LOG_FAILED;
	}
	log->open = 1;
	return LOG_EVENT;
}

static void close_this(struct log *log)
{
	lines_clear(&log->lines);
	log->open = 0;
}

enum log_status log_next(struct log *log, struct event *ev, struct errmsg *e)
{
	for (;;) {
		enum log_status opened = log->open ? LOG_EVENT : open_next(log, e);

		if (opened != LOG_EVENT)
			return opened;
		switch (lines_next(&log->lines, e)) {
		case LINES_LINE:
			if (lines_blank(&log->lines))
				break;
			event_parser_reset(&log->parser);
			if (event_parse(&log->parser, log->lines.text, log->lines.len, ev, e) == 0)
				return LOG_EVENT;
			log->bad++;
			errmsg_prefix(e, "%s:%lu", log->lines.name, log->lines.number);
			return LOG_BAD;
		case LINES_BAD:
			log->bad++;
			return LOG_BAD;
		case LINES_END:
			close_this(log);
			break;
		default:
			log->failed++;
			close_this(log);
			return LOG_FAILED;
		}
	}
}
