/*
 * botify-train embed: embeddings and a catalog from plays. See botify-train(1).
 */
#include <getopt.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "event/log.h"
#include "train.h"
#include "train/dense.h"
#include "train/embed.h"

/* More memory than this is told; more than the machine has is refused. */
#define TOLD_BYTES 0x1p30

struct options {
	struct embed_options embed;
	const char *names, *output, *path;
	bool tune, dry_run;
	struct options_given given;
};

static int set_hyper(void *options, const struct option_row *row, const char *text, struct errmsg *e)
{
	struct options *o = options;

	return train_take_hyper(&o->embed.tune.given, row, text, e);
}

#define HYPER(which) OPTION_CALL(set_hyper), .choice = (which)

static const struct option_row option_rows[] = {
	{"output", "DIR", "write tracks.ndjson and tracks.npy into DIR, which appears whole or not at all",
	 OPTION_TEXT(output), .letter = 'o'},
	{"names", "FILE", "names of the items: item and name, separated by a tab or a comma", OPTION_TEXT(names)},
	{"tracks-per-item", "N", "tracks of an item, as where items are artists (default: 1)",
	 OPTION_WHOLE(embed.tracks_per_item, 1, 1000000)},
	{"noise", "X", "how far such tracks differ, in lengths of the item's vector (default: 0.8)",
	 OPTION_REAL(embed.noise, 0, 1000)},
	{"lengths", "P", "give a vector of length x the length x^P (default: 0.25)", OPTION_REAL(embed.lengths, 0, 1)},
	{"seed", "N", "for all that is drawn (default: 0)", OPTION_WHOLE(embed.tune.seed, 0, INT64_MAX)},
	{"threads", "N", "threads that learn (default: one for each processor)",
	 OPTION_WHOLE(embed.tune.threads, 1, LOG_THREADS_MAX)},
	{"holdout", "SHARE", "share of the plays to choose by what is not given (default: 0.1)",
	 OPTION_REAL(embed.holdout, 0, 1)},
	{"tune", NULL, "print what was tried on standard error", OPTION_FLAG(tune)},
	{"dry-run", NULL, "say what is in PLAYS and how much memory it will take, and stop", OPTION_FLAG(dry_run)},
	{.help = "\nChosen by what was held out where they are not given:\n"},
	{"factors", "N", "length of an embedding (default: 64)", HYPER(HYPER_FACTORS)},
	{"epochs", "N", "passes over the data", HYPER(HYPER_EPOCHS)},
	{"regularisation", "X", "how much large numbers cost", HYPER(HYPER_REGULARISATION)},
	{"unobserved", "X", "weight of what was not played", HYPER(HYPER_UNOBSERVED)},
	{.help = "\n"},
	{0},
};

static const struct command self = {
	.name = "botify-train",
	.usage = "embed PLAYS -o DIRECTORY [OPTION]...",
	.purpose = "Learn embeddings, and make a catalog, from who played what how often: user, item, count.",
	.options = {.rows = option_rows},
};

static int check_options(const struct options *o, struct errmsg *e)
{
	static const char *const of_several[] = {"noise", NULL}, *const of_choice[] = {"holdout", NULL};

	if (!o->output && !o->dry_run)
		return errmsg_set(e, "embed: where shall the embeddings go? (--output DIRECTORY)");
	if (o->names && strcmp(o->names, "-") == 0 && strcmp(o->path, "-") == 0)
		return errmsg_set(e, "the plays and the names cannot both be standard input");
	if (options_given_of(&o->given, of_several) && o->embed.tracks_per_item == 1)
		return errmsg_set(e, "--noise has no effect where an item is one track");
	if (options_given_of(&o->given, of_choice) && !tune_is_needed(model_find("als"), &o->embed.tune.given))
		return errmsg_set(e, "--holdout has no effect where nothing is left to choose");
	return 0;
}

/* Returns -1 to go on, or the exit status. */
static int parse_options(struct options *o, int argc, char **argv)
{
	struct errmsg e;
	int status = command_options(&self, argc, argv, o, &o->given);

	if (status >= 0)
		return status;
	if (argc - optind != 1) {
		errmsg_set(&e, argc == optind ? "embed: which plays? (a file of user, item and count)"
					      : "embed: one file of plays only is wanted");
		return command_misused(&self, &e);
	}
	o->path = argv[optind];
	return check_options(o, &e) < 0 ? command_misused(&self, &e) : -1;
}

/* Says what was made of the file that its owner may not expect. */
static void tell_of_plays(const struct plays *p, const char *path)
{
	if (p->repeated > 0)
		command_note(&self, "%s: %zu line%s of a user and an item that were there before; the counts are added",
			     path, p->repeated, p->repeated == 1 ? " is" : "s are");
	if (!p->has_ids)
		command_note(&self, "%s: items are text; tracks are numbered from 0, as items first appear", path);
}

static void tell_of_names(const struct item_names *n, const char *path)
{
	if (n->unnamed > 0)
		command_note(&self, "%s: %zu item%s no name there", path, n->unnamed,
			     n->unnamed == 1 ? " has" : "s have");
}

/* A million items are more often a mistake than not. */
static int check_memory(const struct plays *p, const struct options *o, struct errmsg *e)
{
	double bytes = embed_bytes(p, &o->embed),
	       has = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGE_SIZE);

	if (bytes > has && has > 0)
		return errmsg_set(e, "%zu users and %zu items would take about %.1f GiB, and this machine has %.1f; "
				     "--factors makes it less", p->n_users, p->n_items, bytes * 0x1p-30, has * 0x1p-30);
	if (bytes > TOLD_BYTES)
		command_note(&self, "%zu users and %zu items: this takes about %.1f GiB of memory", p->n_users,
			     p->n_items, bytes * 0x1p-30);
	return 0;
}

static int learn(struct options *o, const struct plays *p, const struct item_names *names, struct errmsg *e)
{
	struct train_display display = {.terminal = isatty(STDERR_FILENO)};
	struct embedding m = {0};
	int status;

	o->embed.tune.watch = (struct watch){train_show_epoch, &display};
	o->embed.tune.tried = o->tune ? train_print_tried : NULL;
	o->embed.tune.ctx = &display;
	train_tell_of_interruption(true);
	status = embed_make(&m, p, &o->embed, e);
	if (display.terminal)
		fputs("\r\033[K", stderr);
	if (status == 0 && o->tune) {
		fprintf(stderr, "%s: chose als", self.name);
		train_print_hypers(stderr, model_find("als"), &m.hypers);
		fputc('\n', stderr);
	}
	train_tell_of_interruption(false);
	if (status == 0)
		status = embed_save(&m, p, names, o->output, e);
	embed_clear(&m);
	return status;
}

static void print_estimate(const struct options *o, const struct plays *p)
{
	printf("embed: %zu users, %zu items, %zu plays; %zu tracks; about %.2f GiB beside the plays\n", p->n_users,
	       p->n_items, p->n, p->n_items * o->embed.tracks_per_item, embed_bytes(p, &o->embed) * 0x1p-30);
}

static int run(struct options *o, struct plays *p, struct item_names *names, struct errmsg *e)
{
	dense_single_threaded();
	if (!o->dry_run && embed_check_place(o->output, e) < 0)
		return -1;
	command_reads(&self, o->path);
	if (plays_load(p, o->path, e) < 0)
		return -1;
	tell_of_plays(p, o->path);
	if (embed_check(p, &o->embed, e) < 0)
		return errmsg_prefix(e, "%s", o->path);
	command_reads(&self, o->names);
	if (o->names && item_names_load(names, o->names, p, e) < 0)
		return -1;
	if (o->names)
		tell_of_names(names, o->names);
	if (o->dry_run) {
		print_estimate(o, p);
		return 0;
	}
	return check_memory(p, o, e) < 0 ? -1 : learn(o, p, o->names ? names : NULL, e);
}

int train_embed(int argc, char **argv)
{
	struct options o = {.embed = {.tune = {.given = hypers_none()},
				      .holdout = .1,
				      .tracks_per_item = 1,
				      .noise = .8,
				      .lengths = .25}};
	struct plays plays = {0};
	struct item_names names = {0};
	struct errmsg e;
	int status = parse_options(&o, argc, argv);

	if (status >= 0)
		return status;
	status = run(&o, &plays, &names, &e) < 0 ? command_fail(&self, &e) : 0;
	item_names_clear(&names);
	plays_clear(&plays);
	return command_finish(&self, NULL, status);
}
