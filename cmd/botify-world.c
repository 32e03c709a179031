/*
 * botify-world: makes a world to simulate, an invented one or one of given tracks. See botify-world(1).
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "report/world_pictures.h"
#include "world/embeddings.h"
#include "world/world.h"
#include "world/world_plays.h"

struct options {
	struct world_options world;
	const char *embeddings, *tracks, *plays, *pictures, *directory;
	char beside[PATH_MAX]; /* the catalog that embed has written with the embeddings */
	struct options_given given;
};

static const struct option_row option_rows[] = {
	{"n-tracks", "N", "how many tracks (default: 50000)", OPTION_WHOLE(world.n_tracks, 1, INT32_MAX)},
	{"n-users", "N", "how many users (default: 10000)", OPTION_WHOLE(world.n_users, 1, INT32_MAX)},
	{"dim", "D", "dimensions of the embeddings (default: 100)", OPTION_WHOLE(world.dim, 1, 65536)},
	{"seed", "S", "the same seed gives the same world (default: 0)",
	 OPTION_WHOLE(world.seed, 0, INT64_MAX)},
	{"pictures", "FILE", "write a page of HTML with charts of the world", OPTION_TEXT(pictures)},
	{.help = "\nA world of given tracks, whose users are drawn from what people played:\n"},
	{"from-embeddings", "FILE", "the embeddings, a .npy file such as botify-train embed writes",
	 OPTION_TEXT(embeddings)},
	{"tracks", "FILE", "the catalog: whose embeddings they are\n"
			   "(default: tracks.ndjson beside them)", OPTION_TEXT(tracks)},
	{"plays", "FILE", "who played what how often: user, item, count", OPTION_TEXT(plays)},
	{.help = "\n"},
	{0},
};

static const struct command command = {
	.name = "botify-world",
	.usage = "[--n-tracks N] [--n-users N] [--dim D] [--seed S] [--pictures FILE] DIRECTORY\n"
		 "       botify-world --from-embeddings FILE --plays FILE [--tracks FILE] [--n-users N]\n"
		 "                    [--seed S] [--pictures FILE] DIRECTORY",
	.purpose = "Invent a world of the shape of a real one, or make one of real listening: "
		   "tracks.ndjson,\nusers.ndjson and tracks.npy in DIRECTORY.",
	.options = {.rows = option_rows},
};

/* Sets the catalog, where none is named, to the one that stands beside the embeddings. */
static int find_catalog(struct options *o, struct errmsg *e)
{
	const char *slash = strrchr(o->embeddings, '/');
	int n = slash ? (int)(slash + 1 - o->embeddings) : 0;

	if (o->tracks)
		return 0;
	snprintf(o->beside, sizeof(o->beside), "%.*stracks.ndjson", n, o->embeddings);
	if (access(o->beside, F_OK) < 0)
		return errmsg_set(e, "--from-embeddings: whose are they? (--tracks FILE, the catalog; there is no %s)",
				  o->beside);
	o->tracks = o->beside;
	return 0;
}

static int check_options(struct options *o, struct errmsg *e)
{
	static const char *const of_invented[] = {"n-tracks", "dim", NULL}, *const of_given[] = {"tracks", "plays",
												 NULL};
	const char *vain;

	if (!o->embeddings && (vain = options_given_of(&o->given, of_given)) != NULL)
		return errmsg_set(e, "--%s is for --from-embeddings", vain);
	if (!o->embeddings)
		return 0;
	if ((vain = options_given_of(&o->given, of_invented)) != NULL)
		return errmsg_set(e, "--%s has no effect with --from-embeddings, which are given", vain);
	if (find_catalog(o, e) < 0)
		return -1;
	if (!o->plays)
		return errmsg_set(e, "--from-embeddings: from whom shall users be drawn? (--plays FILE)");
	return command_check_output("--pictures", o->pictures,
				    (char *[]){(char *)o->embeddings, (char *)o->tracks, (char *)o->plays}, 3, e);
}

/* Returns -1 to go on, or the exit status. */
static int parse_options(struct options *o, int argc, char **argv)
{
	struct errmsg e;
	int status = command_options(&command, argc, argv, o, &o->given);

	if (status >= 0)
		return status;
	if (argc - optind != 1) {
		errmsg_set(&e, argc == optind ? "a DIRECTORY to write to is wanted" : "one DIRECTORY only is wanted");
		return command_misused(&command, &e);
	}
	o->directory = argv[optind];
	return check_options(o, &e) < 0 ? command_misused(&command, &e) : -1;
}

static int write_pictures(const struct world *w, const char *path, struct errmsg *e)
{
	struct command_result result;

	if (command_result_open(&result, path, e) < 0)
		return -1;
	return command_result_close(&result, world_pictures(w, result.file, e), e);
}

static int save(const struct world *w, const struct options *o, struct errmsg *e)
{
	if (world_save(w, o->directory, e) < 0)
		return -1;
	return o->pictures ? write_pictures(w, o->pictures, e) : 0;
}

/* What a world of given tracks is made from. */
struct given {
	struct plays plays;
	struct catalog catalog;
	struct item_tracks items;
	struct npy embeddings;
};

static int load_given(struct given *g, const struct options *o, struct errmsg *e)
{
	command_reads(&command, o->plays);
	if (plays_load(&g->plays, o->plays, e) < 0)
		return -1;
	command_reads(&command, o->tracks);
	if (item_tracks_load(&g->items, &g->catalog, o->tracks, &g->plays, e) < 0 ||
	    embeddings_load(&g->embeddings, o->embeddings, &g->catalog, e) < 0)
		return -1;
	if (g->items.unknown > 0 && g->items.unknown < g->plays.n_items)
		command_note(&command, "items of %s that are not in %s are left out: %zu, the first of them %s",
			     o->plays, o->tracks, g->items.unknown, plays_item(&g->plays, g->items.first_unknown));
	return 0;
}

static int make_given(struct world *w, const struct options *o, struct errmsg *e)
{
	struct given g = {0};
	int status = load_given(&g, o, e);

	if (status == 0)
		status = world_from_plays(w, &o->world, &g.catalog, &g.embeddings, &g.plays, &g.items, e);
	if (status == 0)
		status = save(w, o, e);
	npy_clear(&g.embeddings);
	item_tracks_clear(&g.items);
	catalog_clear(&g.catalog);
	plays_clear(&g.plays);
	return status;
}

static int make_invented(struct world *w, const struct options *o, struct errmsg *e)
{
	return world_make(w, &o->world, e) < 0 ? -1 : save(w, o, e);
}

int main(int argc, char **argv)
{
	struct options o = {.world = {.n_tracks = 50000, .n_users = 10000, .dim = 100}};
	struct world w = {0};
	struct errmsg e;
	int status;

	command_begin(&command, argv);
	status = parse_options(&o, argc, argv);
	if (status >= 0)
		return status;
	status = (o.embeddings ? make_given(&w, &o, &e) : make_invented(&w, &o, &e)) < 0 ? command_fail(&command, &e)
											    : 0;
	world_clear(&w);
	return command_finish(&command, NULL, status);
}
