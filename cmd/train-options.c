#include "train-options.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/suggest.h"
#include "event/log.h"

static const struct trainer_kind *const kinds[] = {&trainer_similar, &trainer_user_tracks};
static const char session[] = "session"; /* not a table, and with options of its own */

enum { N_KINDS = sizeof kinds / sizeof *kinds };

/* Modes with options of their own, which their names come before. */
static const struct mode {
	const char *name;
	train_mode *run;
} modes[] = {
	{"embed", train_embed},
	{"project", train_project},
};

enum { N_MODES = sizeof modes / sizeof *modes };

static const char *kind_name(size_t i)
{
	if (i < N_KINDS)
		return kinds[i]->name;
	return i == N_KINDS ? session : i - N_KINDS - 1 < N_MODES ? modes[i - N_KINDS - 1].name : NULL;
}

train_mode *train_find_mode(const char *word)
{
	for (size_t i = 0; word && i < N_MODES; i++)
		if (strcmp(modes[i].name, word) == 0)
			return modes[i].run;
	return NULL;
}

static int set_hyper(void *options, const struct option_row *row, const char *text, struct errmsg *e)
{
	struct options *o = options;

	return train_take_hyper(&o->trainer.tune.given, row, text, e);
}

#define HYPER(which) OPTION_CALL(set_hyper), .choice = (which)

static const struct option_row option_rows[] = {
	{"model", "MODEL", "what to learn: itemknn, ease or mf; als, bpr, warp, ease or userknn",
	 OPTION_TEXT(model), .letter = 'm'},
	{"limit", "N", "tracks in a list (default: 10 similar ones, 100 of a user)",
	 OPTION_WHOLE(limit, 1, INT32_MAX), .letter = 'k'},
	{.argument = "N", .help = "the same", .letter = 'n'},
	{"tracks", "FILE", "the catalog: leaves out tracks that it does not have; session needs it",
	 OPTION_TEXT(tracks)},
	{"previous", "MODEL", "session: what the logs do not tell is as in this MODEL", OPTION_TEXT(previous)},
	{"liked", "TIME", "a listen is liked where it is longer (default: 0.8)", OPTION_REAL(trainer.liked, 0, 1)},
	{"per-artist", "N",
	 "similar: at most N tracks of an artist in a list, that of the track\n"
	 "itself counted; 0: any number (default: 1)",
	 OPTION_WHOLE(trainer.per_artist, 0, INT32_MAX)},
	{"unheard", NULL, "leave out what a user has listened to", OPTION_FLAG(trainer.unheard)},
	{"output", "FILE", "write to FILE, which appears whole or not at all; of session, a directory",
	 OPTION_TEXT(output), .letter = 'o'},
	{"seed", "N", "for all that is drawn (default: 0)", OPTION_WHOLE(trainer.tune.seed, 0, INT64_MAX)},
	{"threads", "N", "threads that read and learn (default: one for each processor)",
	 OPTION_WHOLE(trainer.tune.threads, 1, LOG_THREADS_MAX)},
	{"bad-lines", "N|P%", "exit 0 though so many lines are not events (default: 0)", COMMAND_BAD_LINES(bad_lines)},
	{"holdout", "SHARE", "share of the sessions to choose by what is not given (default: 0.1)",
	 OPTION_REAL(trainer.holdout, 0, 1)},
	{"tune", NULL, "print what was tried on standard error", OPTION_FLAG(tune)},
	{"metrics", "FILE", "write a line of NDJSON for each epoch", OPTION_TEXT(metrics)},
	{"dry-run", NULL, "say how much memory and time it will take, and stop", OPTION_FLAG(dry_run)},
	{.help = "\nChosen by what was held out where they are not given:\n"},
	{"factors", "N", "als, bpr, warp, mf: length of an embedding", HYPER(HYPER_FACTORS)},
	{"epochs", "N", "als, bpr, warp, mf: passes over the data", HYPER(HYPER_EPOCHS)},
	{"regularisation", "X", "als, bpr, warp, mf, ease: how much large numbers cost",
	 HYPER(HYPER_REGULARISATION)},
	{"unobserved", "X", "als: weight of what was not listened to", HYPER(HYPER_UNOBSERVED)},
	{"rate", "X", "bpr, warp: length of the first steps", HYPER(HYPER_RATE)},
	{"shrinkage", "X", "itemknn, userknn: takes from what rests on little", HYPER(HYPER_SHRINKAGE)},
	{"neighbours", "N", "userknn: how many similar users count", HYPER(HYPER_NEIGHBOURS)},
	{.help = "\n"},
	{0},
};

const struct command train_command = {
	.name = "botify-train",
	.usage = "similar --model itemknn|ease|mf [OPTION]... [LOG]...\n"
		 "       botify-train user-tracks --model als|bpr|warp|ease|userknn [OPTION]... [LOG]...\n"
		 "       botify-train session --tracks FILE [--previous MODEL] -o MODEL [OPTION]... [LOG]...\n"
		 "       botify-train embed PLAYS -o DIRECTORY [OPTION]...\n"
		 "       botify-train project --tracks FILE -o DIRECTORY MODEL|FILE.npy",
	.purpose = "Learn tables for botify-recommend from event logs: what to play after a track, or to a user.\n"
		   "For the options of the last two: botify-train embed --help, botify-train project --help",
	.options = {.rows = option_rows},
};

#define WORDS "similar, user-tracks, session, embed or project"

/* The first word says what is to be learned; the others are logs. */
static int set_kind(struct options *o, const char *word, struct errmsg *e)
{
	const char *meant;

	if (!word)
		return errmsg_set(e, "the first word is " WORDS ": what is to be done");
	if (strcmp(word, session) == 0)
		return 0;
	for (size_t i = 0; i < N_KINDS; i++)
		if (strcmp(kinds[i]->name, word) == 0) {
			o->kind = kinds[i];
			return 0;
		}
	meant = suggest(word, kind_name);
	if (train_find_mode(word))
		return errmsg_set(e, "%s comes before its options: botify-train %s ...", word, word);
	errmsg_set(e, "the first word is " WORDS ", not '%s'", word);
	return meant ? errmsg_append(e, " (did you mean %s?)", meant) : -1;
}

/* A session model chooses all by itself. */
static int check_session(const struct options *o, struct errmsg *e)
{
	if (!o->tracks)
		return errmsg_set(e, "session: no catalog given (--tracks FILE)");
	if (!o->output && !o->dry_run)
		return errmsg_set(e, "session: where shall the model go? (--output MODEL)");
	if (o->model || o->limit > 0 || o->trainer.unheard || o->tune)
		return errmsg_set(e, "--%s is not for session",
				  o->model ? "model" : o->limit > 0 ? "limit" : o->tune ? "tune" : "unheard");
	for (int i = 0; i < N_HYPER; i++)
		if (!isnan(o->trainer.tune.given.value[i]))
			return errmsg_set(e, "--%s is not for session", hyper_kinds[i].name);
	return 0;
}

/* Looks for an option that has no effect beside the others. */
static int check_effects(const struct options *o, struct errmsg *e)
{
	static const char *const of_tables[] = {"per-artist", "liked", NULL};
	static const char *const of_artists[] = {"per-artist", NULL}, *const of_choice[] = {"holdout", NULL};
	const char *vain;

	if (!o->kind && (vain = options_given_of(&o->given, of_tables)) != NULL)
		return errmsg_set(e, "--%s is not for session", vain);
	if (o->kind && options_given_of(&o->given, of_artists) && (o->kind != &trainer_similar || !o->tracks))
		return errmsg_set(e, "--per-artist is for similar, with --tracks, which tells artists");
	if (o->kind && options_given_of(&o->given, of_choice) &&
	    !tune_is_needed(o->trainer.kind, &o->trainer.tune.given))
		return errmsg_set(e, "--holdout has no effect where nothing is left to choose");
	return 0;
}

static int check_model(struct options *o, struct errmsg *e)
{
	const struct model_kind *k = o->model ? model_find(o->model) : NULL;

	if (!o->kind)
		return check_session(o, e);
	if (o->previous)
		return errmsg_set(e, "--previous is for session");
	if (!o->model)
		return errmsg_set(e, "which model? (--model %s)", o->kind->models);
	if (!k || !o->kind->has_model(o->model))
		return errmsg_set(e, "%s: --model takes %s, not '%s'", o->kind->name, o->kind->models, o->model);
	if (o->trainer.unheard && o->kind != &trainer_user_tracks)
		return errmsg_set(e, "--unheard is for user-tracks");
	for (int i = 0; i < N_HYPER; i++) {
		bool has = isnan(o->trainer.tune.given.value[i]);

		for (size_t j = 0; j < k->n_hypers; j++)
			has = has || k->hypers[j].which == (enum hyper)i;
		if (!has)
			return errmsg_set(e, "--%s is not for %s", hyper_kinds[i].name, k->name);
	}
	o->trainer.kind = k;
	return 0;
}

/* A table, or the metrics, must not replace what is learned from. A model is a directory, and looked at by itself. */
static int check_output(const struct options *o, struct errmsg *e)
{
	const char *table = o->kind ? o->output : NULL;
	char *other[] = {(char *)o->tracks};

	if (command_check_output("-o", table, o->paths, o->n_paths, e) < 0 ||
	    command_check_output("-o", table, other, 1, e) < 0)
		return -1;
	if (command_check_output("--metrics", o->metrics, o->paths, o->n_paths, e) < 0)
		return -1;
	return command_check_output("--metrics", o->metrics, other, 1, e);
}

int train_options_parse(struct options *o, int argc, char **argv)
{
	struct errmsg e;
	int status;

	*o = (struct options){
		.trainer = {.per_artist = 1, .liked = .8, .holdout = .1, .tune = {.given = hypers_none()}}};
	status = command_options(&train_command, argc, argv, o, &o->given);
	if (status >= 0)
		return status;
	if (set_kind(o, argv[optind], &e) < 0 || check_model(o, &e) < 0 || check_effects(o, &e) < 0)
		return command_misused(&train_command, &e);
	o->paths = argv + optind + 1;
	o->n_paths = (size_t)(argc - optind - 1);
	return check_output(o, &e) < 0 ? command_misused(&train_command, &e) : -1;
}
