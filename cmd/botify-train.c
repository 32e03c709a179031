/*
 * botify-train: learns tables for botify-recommend from event logs. See botify-train(1).
 */
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "base/now.h"
#include "base/save.h"
#include "command.h"
#include "train-options.h"
#include "train/dense.h"
#include "train/listens.h"
#include "train/session.h"
#include "world/catalog.h"
#include "world/session_model.h"

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

	command_reads_all(&train_command, o->paths, o->n_paths);
	status = command_read_logs(&train_command, &in, e);
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
			fprintf(stderr, "%s: chose %s", train_command.name, o->model);
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
		command_note(&train_command,
			     "no listen came of a uniform draw: how hard users are to please is judged by what was "
			     "recommended, which flatters them");
	if (r->repeated < SESSION_FEW_REPEATED)
		command_note(&train_command,
			     "only %zu listens were to an artist that the session had played: gamma is taken to be %g",
			     r->repeated, m->gamma);
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

	command_reads(&train_command, o->tracks);
	if (o->tracks && catalog_load(c, o->tracks, &e) < 0)
		return command_fail(&train_command, &e);
	o->trainer.catalog = o->tracks ? c : NULL;
	dense_single_threaded();
	train_tell_of_interruption(true);
	failed = read_listens(l, o, c, &complaints, &count, &e) < 0;
	spoiled = command_spoiled(&train_command, &complaints, &o->bad_lines, &count);
	if (!failed && l->unknown > 0)
		command_note(&train_command,
			     "%zu listens of tracks that are not in %s are left out, the first of them track %u",
			     l->unknown, o->tracks, l->first_unknown);
	/* Where nothing could be read, that has been said. */
	if (!failed && !(spoiled && l->n == 0))
		failed = learn_and_watch(o, l, c, &e) < 0;
	if (failed)
		return command_fail(&train_command, &e);
	return spoiled ? EXIT_DATA : 0;
}

int main(int argc, char **argv)
{
	struct options o;
	struct catalog catalog = {0};
	struct listens listens = {0};
	train_mode *mode = train_find_mode(argc > 1 ? argv[1] : NULL);
	int status;

	command_begin(&train_command, argv);
	if (mode) {
		argv[1] = argv[0];
		return mode(argc - 1, argv + 1);
	}
	status = train_options_parse(&o, argc, argv);
	if (status < 0)
		status = command_finish(&train_command, NULL, run(&o, &listens, &catalog));
	listens_clear(&listens);
	catalog_clear(&catalog);
	return status;
}
