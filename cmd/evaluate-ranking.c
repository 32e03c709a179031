/*
 * botify-evaluate ranking: how well tables rank what listeners turned out to like. See botify-evaluate(1).
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/save.h"
#include "command.h"
#include "evaluate-ranking-options.h"
#include "event/holdout.h"
#include "event/log.h"
#include "rank/evaluation.h"
#include "rank/evaluation_part.h"
#include "rank/queries.h"
#include "rank/rankers.h"
#include "rank/trec.h"
#include "report/document.h"
#include "report/ranking_report.h"
#include "study/ranking_study.h"

/* So deep the lists of a table are looked at that could go on and on. */
static size_t depth_of(const struct evaluation_choice *c)
{
	size_t depth = 1;

	for (size_t i = 0; i < c->n_at; i++) {
		size_t k = c->at[i] == RANKING_WHOLE ? TREC_DEPTH : c->at[i];

		depth = k > depth ? k : depth;
	}
	for (size_t i = 0; i < c->n_shuffles; i++)
		depth = c->shuffles[i] > depth ? c->shuffles[i] : depth;
	return depth;
}

/* Takes an event: it judges, or it tells how popular a track is. */
struct reading {
	struct queries queries;
	struct holdout holdout;
	struct evaluation *evaluation;
};

static int add_event(void *ctx, const struct event *ev, const struct log *log, struct errmsg *e)
{
	struct reading *r = ctx;
	int held_out = holdout_has(&r->holdout, ev, log->text, e);
	bool all = !holdout_is_on(&r->holdout);

	if (held_out < 0)
		return errmsg_nomem(e);
	if ((!held_out || all) && popularity_add(&r->evaluation->popularity, ev->track, ev->time, e) < 0)
		return -1;
	return queries_add(&r->queries, ev, held_out || all, e);
}

static int read_logs(struct evaluation *v, const struct options *o, struct command_complaints *complaints,
		     struct log_count *count, struct errmsg *e)
{
	struct reading r = {.queries = {.choice = o->queries, .ask = evaluation_ask, .ctx = v}, .evaluation = v};
	const struct command_logs in = {.paths = o->paths, .n_paths = o->n_paths, .threads = o->study.threads,
					.add = add_event, .ctx = &r, .complaints = complaints, .count = count};
	int status;

	holdout_init(&r.holdout, &o->holdout);
	status = command_read_logs(&evaluate_ranking_command, &in, e);
	if (status == 0)
		status = queries_end(&r.queries, e);
	v->held_out = r.queries.held_out;
	v->liked = r.queries.liked;
	queries_clear(&r.queries);
	holdout_clear(&r.holdout);
	return status == 0 ? evaluation_end(v, e) : -1;
}

/* A holdout, or a wish, that leaves nothing to judge by. */
static int check_judged(const struct evaluation *v, const struct options *o, struct errmsg *e)
{
	if (v->held_out == 0)
		return errmsg_set(e, o->holdout.holdout ? "--holdout leaves no listen to judge by: take a larger share"
							: "there is no listen to judge by");
	if (v->with_relevant == 0)
		return errmsg_set(e, "none of %" PRIu64 " listens lasted %g or longer: nothing is relevant (--liked)",
				  v->held_out, o->queries.liked);
	return 0;
}

static int put_result(const struct evaluation *v, const struct options *o, FILE *f, struct errmsg *e)
{
	struct ranking_report report = {0};
	struct ranking_study study = {0};
	int status = ranking_study_make(&study, v, &o->study, e);

	if (status == 0)
		status = ranking_report_make(&report, &study, v, o->queries.liked, o->study.alpha, o->format->machine,
					     e);
	if (status == 0)
		status = evaluate_put_document(&report.document, o->format, f, e);
	ranking_report_clear(&report);
	ranking_study_clear(&study);
	return status;
}

static int write_result(const struct evaluation *v, const struct options *o, struct errmsg *e)
{
	struct command_result result;
	int status;

	if (command_result_open(&result, o->output, e) < 0)
		return -1;
	status = o->merging.partial ? evaluation_write_part(v, &o->queries, result.file, e)
				    : put_result(v, o, result.file, e);
	return command_result_close(&result, status, e);
}

/* Files for trec_eval, which are written while the log is read. */
struct trec_files {
	struct save run, qrels;
};

static int open_trec(struct trec_files *t, struct evaluation *v, const struct options *o, struct errmsg *e)
{
	if ((o->run && save_open(&t->run, o->run, e) < 0) || (o->qrels && save_open(&t->qrels, o->qrels, e) < 0))
		return -1;
	v->run = o->run ? t->run.file : NULL;
	v->qrels = o->qrels ? t->qrels.file : NULL;
	v->graded = o->queries.graded;
	return 0;
}

static int close_trec(struct trec_files *t, const struct options *o, int status, struct errmsg *e)
{
	if (status == 0 && o->run)
		status = save_commit(&t->run, e);
	if (status == 0 && o->qrels)
		status = save_commit(&t->qrels, e);
	save_abandon(&t->run);
	save_abandon(&t->qrels);
	return status;
}

/* Returns the exit status. */
static int evaluate_logs(struct options *o)
{
	struct command_complaints complaints = {0};
	struct evaluation v = {0};
	struct trec_files trec = {0};
	struct log_count count = {0};
	struct errmsg e;
	bool spoiled;
	int status;

	command_reads(&evaluate_ranking_command, o->tracks);
	for (size_t i = 0; i < o->rankers.n && o->tracks; i++)
		command_reads(&evaluate_ranking_command, o->rankers.list[i].path);
	if (rankers_load(&o->rankers, o->tracks, depth_of(&o->evaluation), &e) < 0)
		return command_fail(&evaluate_ranking_command, &e);
	command_reads_all(&evaluate_ranking_command, o->paths, o->n_paths);
	status = evaluation_init(&v, &o->evaluation, &o->rankers, &e);
	if (status == 0)
		status = open_trec(&trec, &v, o, &e);
	if (status == 0)
		status = read_logs(&v, o, &complaints, &count, &e);
	spoiled = command_spoiled(&evaluate_ranking_command, &complaints, &o->bad_lines, &count);
	/* Where nothing could be read, that has been said. */
	if (status == 0 && !(spoiled && count.events == 0)) {
		status = o->merging.partial ? 0 : check_judged(&v, o, &e);
		status = close_trec(&trec, o, status, &e);
		if (status == 0)
			status = write_result(&v, o, &e);
	} else {
		close_trec(&trec, o, -1, &e);
	}
	evaluation_clear(&v);
	if (status < 0)
		return command_fail(&evaluate_ranking_command, &e);
	return spoiled ? EXIT_DATA : 0;
}

static int read_part(void *parts, const char *path, uint64_t *n, struct errmsg *e)
{
	struct evaluation_parts *p = parts;
	int status = evaluation_parts_read(p, path, e);

	*n = p->parts;
	return status;
}

static int merge(struct options *o, struct evaluation_parts *p, struct errmsg *e)
{
	if (evaluate_read_parts(&o->merging, o->paths, o->n_paths, read_part, p, e) < 0)
		return -1;
	o->queries = p->queries;
	return check_judged(&p->evaluation, o, e) < 0 ? -1 : write_result(&p->evaluation, o, e);
}

/* Returns the exit status. */
static int merge_parts(struct options *o)
{
	struct evaluation_parts parts = {0};
	struct errmsg e;
	int status;

	command_reads_all(&evaluate_ranking_command, o->paths, o->n_paths);
	status = merge(o, &parts, &e);
	evaluation_parts_clear(&parts);
	return status < 0 ? command_fail(&evaluate_ranking_command, &e) : 0;
}

int evaluate_ranking(int argc, char **argv)
{
	struct options o;
	int status = evaluate_ranking_options_parse(&o, argc, argv);

	if (status < 0)
		status = command_finish(&evaluate_ranking_command, NULL,
					o.merging.merge ? merge_parts(&o) : evaluate_logs(&o));
	evaluate_ranking_options_clear(&o);
	return status;
}
