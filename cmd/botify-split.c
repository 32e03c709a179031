/*
 * botify-split: cuts logs into shards, files or the input of commands, in one pass. See botify-split(1).
 */
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/stop.h"
#include "command.h"
#include "event/bad_lines.h"
#include "event/split.h"
#include "rank/tops.h"
#include "study/partial.h"
#include "text/part.h"

struct options {
	struct route_choice choice;
	const char *prefix;
	struct bad_lines bad_lines;
	struct options_given given;
	char **command; /* with its arguments, NULL at the end; or NULL */
	char **paths;	/* n_paths of them, perhaps none */
	size_t n_paths;
	bool parts; /* they are parts, not logs */
};

static int set_by(void *options, const struct option_row *row, const char *name, struct errmsg *e)
{
	struct options *o = options;

	if (route_by_name(&o->choice.by, name) == 0)
		return 0;
	return errmsg_set(e, "--%s takes user, day, hour or lines; event, session or user with --holdout; not '%s'",
			  row->name, name);
}

static const struct option_row option_rows[] = {
	{"number", "N", "how many shards; by day or hour: as many as there are", OPTION_WHOLE(choice.n, 1, ROUTE_MAX),
	 .letter = 'n'},
	{"by", "WHAT", "what stays together: user, day, hour or lines (default: user)", OPTION_CALL(set_by)},
	{"holdout", "SEED:SHARE",
	 "two shards, train and test, which gets this share\n"
	 "by event, session or user",
	 COMMAND_HOLDOUT(choice)},
	{"output", "PREFIX", "write to files of this name and a number, a day, or train and test",
	 OPTION_TEXT(prefix), .letter = 'o'},
	{"bad-lines", "N|P%", "exit 0 though so many lines are left out (default: 0)", COMMAND_BAD_LINES(bad_lines)},
	{0},
};

static const struct command self = {
	.name = "botify-split",
	.usage = "-n N [--by user|day|hour|lines] -o PREFIX [LOG]...\n"
		 "       botify-split -n N [--by user|day|hour|lines] [LOG]... -- COMMAND [ARG]...\n"
		 "       botify-split --holdout SEED:SHARE [--by event|session|user] -o PREFIX [LOG]...",
	.purpose = "Cut event logs into shards in one pass, in their order and with their bytes.",
	.options = {.rows = option_rows},
};

static bool fits_holdout(enum route_by by)
{
	return by == ROUTE_USER || by == ROUTE_EVENT || by == ROUTE_SESSION;
}

static int check_options(const struct options *o, struct errmsg *e)
{
	const struct route_choice *c = &o->choice;
	bool spans = c->by == ROUTE_DAY || c->by == ROUTE_HOUR;

	if (!o->prefix == !o->command)
		return errmsg_set(e, "where shall the shards go? (-o PREFIX, or -- COMMAND)");
	if (c->holdout && c->n > 0)
		return errmsg_set(e, "--holdout makes two shards, and -n is not for it");
	if (c->holdout && !fits_holdout(c->by))
		return errmsg_set(e, "--holdout goes by event, session or user");
	if (!c->holdout && (c->by == ROUTE_EVENT || c->by == ROUTE_SESSION))
		return errmsg_set(e, "--by event and session are for --holdout");
	if (!c->holdout && c->n == 0 && (!spans || o->command))
		return errmsg_set(e, "how many shards? (-n N)");
	return 0;
}

/* A shard must not replace a log. */
static int check_shard(const struct options *o, const char *name, struct errmsg *e)
{
	char *path;
	int status;

	if (asprintf(&path, "%s%s", o->prefix, name) < 0)
		return errmsg_nomem(e);
	status = command_check_output("-o", path, o->paths, o->n_paths, e);
	free(path);
	return status;
}

static int check_shards(const struct options *o, struct errmsg *e)
{
	struct route route;
	int status = 0;

	route_init(&route, &o->choice);
	for (size_t i = 0; o->prefix && i < route_shards(&route) && status == 0; i++) {
		char name[ROUTE_NAME_SIZE];

		status = check_shard(o, route_name(&route, i, name), e);
	}
	route_clear(&route);
	return status;
}

/* How many words follow the first "--"; 0 where there is none. */
static int words_after_dashes(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--") == 0)
			return argc - i - 1;
	return 0;
}

/* Looks whether parts are given, which have no lines to be cut by. */
static int check_parts(struct options *o, struct errmsg *e)
{
	static const char *const of_logs[] = {"bad-lines", NULL};

	for (size_t i = 0; i < o->n_paths; i++) {
		bool is = part_is(o->paths[i]);

		if (i > 0 && is != o->parts)
			return errmsg_set(e, "%s: what --partial and --state write is cut without logs",
					  o->paths[is ? i : i - 1]);
		o->parts = is;
	}
	if (o->parts && o->choice.by != ROUTE_USER)
		return errmsg_set(e, "%s: what --partial and --state write can be cut by user only: it has sums over "
				  "time, and no events", o->paths[0]);
	if (o->parts && options_given_of(&o->given, of_logs))
		return errmsg_set(e, "--bad-lines has no effect on what --partial and --state write");
	return 0;
}

/* Returns -1 to go on, or the exit status. */
static int parse_options(struct options *o, int argc, char **argv)
{
	struct errmsg e;
	int after = words_after_dashes(argc, argv);
	int status = command_options(&self, argc, argv, o, &o->given);

	if (status >= 0)
		return status;
	o->paths = argv + optind;
	o->n_paths = (size_t)(argc - optind);
	/* with -o there is no command, and what follows "--" are files, as everywhere */
	if (!o->prefix && after > 0) {
		o->command = argv + argc - after;
		o->n_paths -= (size_t)after;
	}
	return check_options(o, &e) < 0 || check_parts(o, &e) < 0 || check_shards(o, &e) < 0
		       ? command_misused(&self, &e) : -1;
}

struct run {
	const struct options *o;
	int stop_fd;
	struct command_complaints complaints;
};

static int open_shard(void *ctx, struct shard *s, const char *name, struct errmsg *e)
{
	const struct run *r = ctx;

	if (r->o->command)
		return shard_open_command(s, r->o->command, name, r->stop_fd, e);
	return check_shard(r->o, name, e) < 0 ? -1 : shard_open_file(s, r->o->prefix, name, e);
}

static void complain(void *ctx, const struct errmsg *reason)
{
	struct run *r = ctx;

	command_complain(&self, &r->complaints, reason);
}

static size_t piece_of(void *route, uint32_t user)
{
	return route_user(route, user);
}

static bool is_stopped(const struct split *s)
{
	struct pollfd p = {.fd = s->stop_fd, .events = POLLIN};

	return poll(&p, 1, 0) > 0;
}

/* Puts the pieces of a part into their shards, and clears them. */
static int put_pieces(struct split *s, struct part_file *pieces, size_t n, struct errmsg *e)
{
	int status = 0;

	for (size_t i = 0; i < n; i++) {
		if (status == 0)
			status = is_stopped(s) ? SPLIT_STOPPED
					       : split_put(s, i, (const char *)pieces[i].bytes, pieces[i].n, e);
		part_file_clear(&pieces[i]);
	}
	return status;
}

/* Cuts all parts of a file, which are of the command that wrote the first. */
static int cut_file(struct split *s, struct part_file *file, struct part_file *pieces, struct errmsg *e)
{
	const struct part_cut cut = {.piece_of = piece_of, .ctx = s->route, .n = route_shards(s->route)};
	bool tops = part_file_is(file, &tops_part_kind);
	int got, status = 0;

	while (status == 0 && (got = (tops ? tops_cut : partial_cut)(file, &cut, pieces, e)) != 0) {
		if (got < 0)
			return -1;
		status = put_pieces(s, pieces, cut.n, e);
		s->count.events++;
	}
	return status;
}

static int deal_parts(struct split *s, const char *path, struct errmsg *e)
{
	size_t n = route_shards(s->route);
	struct part_file file = {0}, *pieces = calloc(n, sizeof *pieces);
	int status = pieces ? part_file_load(&file, path, e) : errmsg_nomem(e);

	if (status == 0)
		status = cut_file(s, &file, pieces, e);
	for (size_t i = 0; pieces && i < n; i++)
		part_file_clear(&pieces[i]);
	free(pieces);
	part_file_clear(&file);
	return status;
}

/* Returns the exit status. */
static int split_logs(const struct options *o)
{
	struct run r = {.o = o};
	struct command_progress progress;
	struct route route;
	struct split s = {.route = &route, .open = open_shard, .complain = complain, .ctx = &r,
			  .watch = {.read = command_progress_show, .ctx = &progress},
			  .deal = o->parts ? deal_parts : NULL};
	struct errmsg e;
	int status;
	bool spoiled;

	s.stop_fd = r.stop_fd = stop_open(&e);
	if (r.stop_fd < 0)
		return command_fail(&self, &e);
	if (o->command)
		signal(SIGPIPE, SIG_IGN);
	route_init(&route, &o->choice);
	command_reads_all(&self, o->paths, o->n_paths);
	command_progress_begin(&progress, o->paths, o->n_paths);
	status = split_run(&s, o->paths, o->n_paths, &e);
	command_progress_end();
	route_clear(&route);
	if (status == SPLIT_STOPPED)
		stop_raise(r.stop_fd);
	spoiled = command_spoiled(&self, &r.complaints, &o->bad_lines, &s.count);
	if (status != 0)
		return status < 0 ? command_fail(&self, &e) : EXIT_DATA;
	return spoiled || s.failed > 0 ? EXIT_DATA : 0;
}

int main(int argc, char **argv)
{
	struct options o = {.choice = {.by = ROUTE_USER}};
	int status;

	command_begin(&self, argv);
	status = parse_options(&o, argc, argv);
	return status < 0 ? command_finish(&self, NULL, split_logs(&o)) : status;
}
