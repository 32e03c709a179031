#include "command.h"
#include "options.h"

#include <stdio.h>

#include "text/number.h"
#include "world/world.h"

static const struct command command = {
	.name = "botify-world",
	.usage = "[--n-tracks N] [--n-users N] [--dim D] [--seed S] DIRECTORY",
	.purpose = "Invent a world of the shape of a real one: tracks.ndjson, users.ndjson and tracks.npy in DIRECTORY.",
	.options = "      --n-tracks N        how many tracks (default: 50000)\n"
		   "      --n-users N         how many users (default: 10000)\n"
		   "      --dim D             dimensions of the embeddings (default: 100)\n"
		   "      --seed S            the same seed gives the same world (default: 0)\n",
};

enum { OPTION_TRACKS = 256, OPTION_USERS, OPTION_DIM, OPTION_SEED };

static const struct option options[] = {
	{"n-tracks", required_argument, NULL, OPTION_TRACKS},
	{"n-users", required_argument, NULL, OPTION_USERS},
	{"dim", required_argument, NULL, OPTION_DIM},
	{"seed", required_argument, NULL, OPTION_SEED},
	COMMAND_OPTIONS,
};

static int parse_option(int which, struct world_options *o, struct errmsg *e)
{
	enum { MOST_DIMENSIONS = 65536 };
	const char *name = options[which - OPTION_TRACKS].name;
	int64_t max = which == OPTION_DIM ? MOST_DIMENSIONS : which == OPTION_SEED ? INT64_MAX : INT32_MAX;
	int64_t n;
	char what[32];

	snprintf(what, sizeof what, "--%s", name);
	if (number_parse_int(what, optarg, which == OPTION_SEED ? 0 : 1, max, &n, e) < 0)
		return -1;
	if (which == OPTION_TRACKS)
		o->n_tracks = (uint32_t)n;
	else if (which == OPTION_USERS)
		o->n_users = (uint32_t)n;
	else if (which == OPTION_DIM)
		o->dim = (uint32_t)n;
	else
		o->seed = (uint64_t)n;
	return 0;
}

int main(int argc, char **argv)
{
	struct world_options o = {.n_tracks = 50000, .n_users = 10000, .dim = 100};
	struct world w;
	struct errmsg e;
	int c, status = 0;

	command_begin(&command, argv);
	while ((c = options_next(&command, argc, argv, "hV", options, NULL)) != -1) {
		if (c == 'h' || c == 'V')
			return command_info(&command, c);
		if (c == '?')
			return command_bad_option(&command);
		if (parse_option(c, &o, &e) < 0)
			return command_misused(&command, &e);
	}
	if (argc - optind != 1) {
		errmsg_set(&e, argc == optind ? "a DIRECTORY to write to is wanted" : "one DIRECTORY only is wanted");
		return command_misused(&command, &e);
	}
	if (world_make(&w, &o, &e) < 0 || world_save(&w, argv[optind], &e) < 0)
		status = command_fail(&command, &e);
	world_clear(&w);
	return command_finish(&command, NULL, status);
}
