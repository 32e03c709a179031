#include "evaluate.h"

#include <inttypes.h>

#include "command.h"

int evaluate_take_format(void *options, const struct option_row *row, const char *name, struct errmsg *e)
{
	const struct document_format **format = (const struct document_format **)((char *)options + row->offset);

	*format = document_format_find(name);
	if (!*format)
		return errmsg_set(e, "--%s takes table, json, ndjson, csv, markdown or html, not '%s'", row->name,
				  name);
	return 0;
}

int evaluate_check_parts(const struct evaluate_parts *p, const struct options_given *given, const char *const of_logs[],
			 const char *const of_results[], struct errmsg *e)
{
	const char *vain;

	if (p->merge && p->partial)
		return errmsg_set(e, "--merge and --partial exclude each other");
	if (p->merge && (vain = options_given_of(given, of_logs)) != NULL)
		return errmsg_set(e, "--%s has no effect with --merge", vain);
	if (p->partial && (vain = options_given_of(given, of_results)) != NULL)
		return errmsg_set(e, "--%s has no effect on a part; give it to the run that merges", vain);
	if (p->parts > 0 && !p->merge)
		return errmsg_set(e, "--parts has no effect without --merge");
	return 0;
}

int evaluate_read_parts(const struct evaluate_parts *p, char *const *paths, size_t n,
			int (*read)(void *ctx, const char *path, uint64_t *parts, struct errmsg *e), void *ctx,
			struct errmsg *e)
{
	uint64_t parts = 0;

	if (n == 0 && read(ctx, "-", &parts, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (read(ctx, paths[i], &parts, e) < 0)
			return -1;
	if (p->parts > 0 && parts != p->parts)
		return errmsg_set(e, "%" PRIu64 " parts instead of %" PRIu32, parts, p->parts);
	return 0;
}

int evaluate_put_document(const struct document *d, const struct document_format *format, FILE *f, struct errmsg *e)
{
	const struct document_style style = document_style_of(f);
	struct command_screen screen;
	FILE *to;
	int status;

	if (!format->machine)
		return format->write(d, &style, f, e);
	to = command_screen_open(&screen, f, e);
	if (!to)
		return -1;
	status = format->write(d, &style, to, e);
	return command_screen_close(&screen, e) < 0 ? -1 : status;
}
