/*
 * botify-train: learns tables for botify-recommend from event logs. See botify-train(1).
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/now.h"
#include "base/save.h"
#include "base/suggest.h"
#include "command.h"
#include "event/log.h"
#include "text/humanize.h"
#include "train.h"
#include "train/dense.h"
#include "train/listens.h"
#include "train/session.h"
#include "train/trainer.h"
#include "world/catalog.h"
#include "world/session_model.h"

struct options {
	const struct trainer_kind *kind; /* NULL: a session model */
	const char *model;
	struct trainer_options trainer;
	size_t limit; /* 0: that of the kind */
	const char *tracks, *output, *metrics, *previous;
	bool tune, dry_run;
	struct bad_lines bad_lines;
	struct options_given given;
	char **paths; /* n_paths of them, perhaps none */
	size_t n_paths;
};

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

static const struct mode *find_mode(const char *word)
{
	for (size_t i = 0; word && i < N_MODES; i++)
		if (strcmp(modes[i].name, word) == 0)
			return &modes[i];
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

static const struct command self = {
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
	if (find_mode(word))
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

/* Returns -1 to go on, or the exit status. */
static int parse_options(struct options *o, int argc, char **argv)
{
	struct errmsg e;
	int status = command_options(&self, argc, argv, o, &o->given);

	if (status >= 0)
		return status;
	if (set_kind(o, argv[optind], &e) < 0 || check_model(o, &e) < 0 || check_effects(o, &e) < 0)
		return command_misused(&self, &e);
	o->paths = argv + optind + 1;
	o->n_paths = (size_t)(argc - optind - 1);
	return check_output(o, &e) < 0 ? command_misused(&self, &e) : -1;
}

static int add_listen(void *reader, const struct event *ev, const struct log *log, struct errmsg *e)
{
	(void)log;
	return listens_add(reader, ev, e);
}

static int read_listens(struct listens *l, const struct options *o, const struct catalog *c,
			struct command_complaints *complaints, struct log_count *count, struct errmsg *e)
{
	struct listens_reader reader = {0};
	const struct command_logs in = {.paths = o->paths, .n_paths = o->n_paths, .threads = o->trainer.tune.threads,
					.add = add_listen, .ctx = &reader, .complaints = complaints, .count = count};
	int status;

	command_reads_all(&self, o->paths, o->n_paths);
	status = command_read_logs(&self, &in, e);
	if (status < 0)
		listens_reader_clear(&reader);
	return status < 0 ? -1 : listens_make(l, &reader, o->tracks ? c : NULL, e);
}

static int write_table(const struct options *o, const struct ranking *r, const struct listens *l, struct errmsg *e)
{
	struct command_result result;

	train_tell_of_interruption(false);
	if (command_result_open(&result, o->output, e) < 0)
		return -1;
	trainer_write(result.file, o->kind, r, l);
	return command_result_close(&result, 0, e);
}

static void print_estimate(const struct options *o, const struct trainer_data *d)
{
	struct trainer_estimate t;

	trainer_estimate(&t, d, &o->trainer);
	printf("%s: %zu rows, %zu tracks, %zu entries; about %.2f GiB beside the listens, "
	       "and %.0f s on one processor, in %u fits\n",
	       o->model, t.rows, t.columns, t.entries, t.bytes * 0x1p-30, t.seconds, t.fits);
}

/* Learns from listens, and writes the table. */
static int learn_table(struct options *o, const struct listens *l, struct train_display *shown, struct errmsg *e)
{
	struct trainer_data d = {0};
	struct ranking r = {0};
	struct hypers h;
	int status = o->kind->prepare(&d, l, &o->trainer, e);

	if (status == 0 && o->dry_run) {
		print_estimate(o, &d);
	} else if (status == 0) {
		status = trainer_run(&r, &h, &d, &o->trainer, e);
		if (shown->terminal)
			fputs("\r\033[K", stderr);
		if (status == 0 && o->tune) {
			fprintf(stderr, "%s: chose %s", self.name, o->model);
			train_print_hypers(stderr, o->trainer.kind, &h);
			fputc('\n', stderr);
		}
		if (status == 0)
			status = write_table(o, &r, l, e);
	}
	ranking_clear(&r);
	trainer_data_clear(&d);
	return status;
}

/* More neighbours than there are tracks are only wanted by mistake. */
static int set_limit(struct options *o, const struct listens *l, struct errmsg *e)
{
	size_t most = l->n_tracks - (o->kind->keys_are_tracks && l->n_tracks > 0);

	if (o->limit > most)
		return errmsg_set(e, "--limit %zu: there are only %zu %stracks", o->limit, most,
				  o->kind->keys_are_tracks ? "other " : "");
	o->trainer.limit = o->limit > 0 ? o->limit : o->kind->limit < most ? o->kind->limit : most;
	return 0;
}

/* Says what the log could not tell, and what was assumed. */
static void tell_of_session(const struct session_report *r, const struct session_model *m)
{
	if (r->uniform == 0)
		command_note(&self, "no listen came of a uniform draw: how hard users are to please is judged by "
				    "what was recommended, which flatters them");
	if (r->repeated < SESSION_FEW_REPEATED)
		command_note(&self, "only %zu listens were to an artist that the session had played: "
				    "gamma is taken to be %g", r->repeated, m->gamma);
}

static int learn_session(const struct options *o, const struct listens *l, const struct catalog *c,
			 struct train_display *shown, struct errmsg *e)
{
	struct session_options s = {.seed = o->trainer.tune.seed, .threads = o->trainer.tune.threads,
				    .holdout = o->trainer.holdout, .watch = {train_show_epoch, shown}};
	struct session_model previous = {0}, model = {0};
	struct session_report report;
	int status = o->previous ? session_model_load(&previous, o->previous, c, e) : 0;

	if (o->previous)
		s.previous = &previous;
	if (status == 0)
		status = session_train(&model, &report, c, l, &s, e);
	if (shown->terminal)
		fputs("\r\033[K", stderr);
	if (status == 0) {
		tell_of_session(&report, &model);
		status = session_model_save(&model, o->output, c, e);
	}
	session_model_clear(&model);
	session_model_clear(&previous);
	return status;
}

static int dry_run_session(const struct catalog *c, const struct listens *l)
{
	printf("session: %zu users, %zu sessions, %zu listens; about %.2f GiB beside the listens, "
	       "and %.0f s of processor time\n",
	       l->n_users, l->n_sessions, l->n, session_train_bytes(c, l) * 0x1p-30, session_train_seconds(c, l));
	return 0;
}

/* What a table or a model is learned by, once it is known that there is something to learn from. */
static int learn_kind(struct options *o, const struct listens *l, const struct catalog *c, struct train_display *shown,
		      struct errmsg *e)
{
	if (o->kind)
		return learn_table(o, l, shown, e);
	return o->dry_run ? dry_run_session(c, l) : learn_session(o, l, c, shown, e);
}

static int learn_and_watch(struct options *o, const struct listens *l, const struct catalog *c, struct errmsg *e)
{
	struct train_display display = {.terminal = isatty(STDERR_FILENO)};
	struct errmsg second;
	struct save metrics = {0};
	int status;

	if (l->n == 0)
		return errmsg_set(e, "there are no listens to learn from");
	if ((o->kind ? set_limit(o, l, e) : o->dry_run ? 0 : session_model_check_place(o->output, e)) < 0 ||
	    (o->metrics && save_open(&metrics, o->metrics, e) < 0))
		return -1;
	display.begun = display.fit_begun = now_seconds();
	display.metrics = o->metrics ? &metrics : NULL;
	o->trainer.tune.watch = (struct watch){train_show_epoch, &display};
	o->trainer.tune.tried = o->tune ? train_print_tried : NULL;
	o->trainer.tune.ctx = &display;
	status = learn_kind(o, l, c, &display, e);
	/* also of a run that failed, whose reason stays: that is when it is looked at */
	if (metrics.file && save_commit(&metrics, status < 0 ? &second : e) < 0)
		status = -1;
	return status;
}

/* Returns the exit status. */
static int run(struct options *o, struct listens *l, struct catalog *c)
{
	struct command_complaints complaints = {0};
	struct errmsg e;
	struct log_count count = {0};
	bool spoiled, failed;

	command_reads(&self, o->tracks);
	if (o->tracks && catalog_load(c, o->tracks, &e) < 0)
		return command_fail(&self, &e);
	o->trainer.catalog = o->tracks ? c : NULL;
	dense_single_threaded();
	train_tell_of_interruption(true);
	failed = read_listens(l, o, c, &complaints, &count, &e) < 0;
	spoiled = command_spoiled(&self, &complaints, &o->bad_lines, &count);
	if (!failed && l->unknown > 0)
		command_note(&self, "%zu listens of tracks that are not in %s are left out, the first of them track %u",
			     l->unknown, o->tracks, l->first_unknown);
	/* Where nothing could be read, that has been said. */
	if (!failed && !(spoiled && l->n == 0))
		failed = learn_and_watch(o, l, c, &e) < 0;
	if (failed)
		return command_fail(&self, &e);
	return spoiled ? EXIT_DATA : 0;
}

int main(int argc, char **argv)
{
	struct options o = {.trainer = {.per_artist = 1, .liked = .8, .holdout = .1, .tune = {.given = hypers_none()}}};
	struct catalog catalog = {0};
	struct listens listens = {0};
	const struct mode *mode = find_mode(argc > 1 ? argv[1] : NULL);
	int status;

	command_begin(&self, argv);
	if (mode) {
		argv[1] = argv[0];
		return mode->run(argc - 1, argv + 1);
	}
	status = parse_options(&o, argc, argv);
	if (status < 0)
		status = command_finish(&self, NULL, run(&o, &listens, &catalog));
	listens_clear(&listens);
	catalog_clear(&catalog);
	return status;
}
