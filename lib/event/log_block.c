#include "event/log_block.h"

#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "base/lines.h"

void log_block_clear(struct log_block *b)
{
	event_parser_clear(&b->parser);
	free(b->buf);
	free(b->lines);
	*b = (struct log_block){0};
}

void log_block_reset(struct log_block *b)
{
	event_parser_reset(&b->parser);
	b->file = NULL;
	b->first = b->no_memory = false;
	b->problem = LOG_NO_PROBLEM;
	b->len = b->n = 0;
	b->n_lines = 0;
}

/* Keeps why a line is not an event; NULL where there is no memory. */
static const char *keep_reason(struct log_block *b, const struct errmsg *reason)
{
	return arena_copy(&b->parser.arena, reason->text, strlen(reason->text) + 1);
}

/* Parses the line after those that have been parsed. Returns 0, or -1 where there is no memory. */
static int parse_line(struct log_block *b, const char *text, size_t len)
{
	struct log_line *lines = grow(b->lines, &b->lines_cap, b->n + 1, sizeof *lines), *line;
	struct errmsg e;
	int status;

	if (!lines)
		return -1;
	b->lines = lines;
	line = &lines[b->n++];
	line->number = b->n_lines;
	line->text = (struct slice){text, len};
	status = len > LINES_MAX ? lines_too_long(&e) : event_parse(&b->parser, text, len, &line->event, &e);
	line->reason = status < 0 ? keep_reason(b, &e) : NULL;
	return status < 0 && (e.no_memory || !line->reason) ? -1 : 0;
}

void log_block_parse(struct log_block *b)
{
	const char *at = b->text, *end = at + b->len, *next;

	for (; at < end && !b->no_memory; at = next) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((newline ? newline : end) - at), mark = lines_mark(at, len);

		next = newline ? newline + 1 : end;
		b->n_lines++;
		at += mark;
		len -= mark;
		len -= len > 0 && at[len - 1] == '\r';
		if (!lines_is_blank(at, len))
			b->no_memory = parse_line(b, at, len) < 0;
	}
}
