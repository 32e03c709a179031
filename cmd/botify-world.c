/*
 * botify-world: invents a world to simulate. See botify-world(1).
 */
#include <unistd.h>

#include "command.h"
#include "world/world.h"

struct options {
	struct world_options world;
};

static const struct option_row option_rows[] = {
	{"n-tracks", "N", "how many tracks (default: 50000)", OPTION_WHOLE(world.n_tracks, 1, INT32_MAX)},
	{"n-users", "N", "how many users (default: 10000)", OPTION_WHOLE(world.n_users, 1, INT32_MAX)},
	{"dim", "D", "dimensions of the embeddings (default: 100)", OPTION_WHOLE(world.dim, 1, 65536)},
	{"seed", "S", "the same seed gives the same world (default: 0)",
	 OPTION_WHOLE(world.seed, 0, INT64_MAX)},
	{0},
};

static const struct command command = {
	.name = "botify-world",
	.usage = "[--n-tracks N] [--n-users N] [--dim D] [--seed S] DIRECTORY",
	.purpose = "Invent a world of the shape of a real one: "
		   "tracks.ndjson, users.ndjson and tracks.npy in DIRECTORY.",
	.options = {.rows = option_rows},
};

int main(int argc, char **argv)
{
	struct options o = {{.n_tracks = 50000, .n_users = 10000, .dim = 100}};
	struct world w;
	struct errmsg e;
	int status;

	command_begin(&command, argv);
	status = command_options(&command, argc, argv, &o, NULL);
	if (status >= 0)
		return status;
	if (argc - optind != 1) {
		errmsg_set(&e, argc == optind ? "a DIRECTORY to write to is wanted" : "one DIRECTORY only is wanted");
		return command_misused(&command, &e);
	}
	status = 0;
	if (world_make(&w, &o.world, &e) < 0 || world_save(&w, argv[optind], &e) < 0)
		status = command_fail(&command, &e);
	world_clear(&w);
	return command_finish(&command, NULL, status);
}
