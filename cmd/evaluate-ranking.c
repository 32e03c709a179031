/*
 * botify-evaluate ranking: how well tables rank what listeners turned out to like. See botify-evaluate(1).
 */
#include <getopt.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/save.h"
#include "command.h"
#include "evaluate.h"
#include "event/holdout.h"
#include "event/log.h"
#include "rank/evaluation.h"
#include "rank/evaluation_part.h"
#include "rank/queries.h"
#include "rank/rankers.h"
#include "rank/trec.h"
#include "report/document.h"
#include "report/ranking_report.h"
#include "stats/bootstrap.h"
#include "study/ranking_study.h"
#include "text/number.h"

struct options {
	struct rankers rankers;
	struct queries_choice queries;
	struct evaluation_choice evaluation;
	struct ranking_options study;
	struct route_choice holdout;
	const struct document_format *format;
	const char *tracks, *output, *run, *qrels;
	bool query_given;
	struct evaluate_parts merging;
	struct bad_lines bad_lines;
	struct options_given given;
	char **paths; /* n_paths logs, or parts, perhaps none */
	size_t n_paths;
};

static int set_table(void *options, const struct option_row *row, const char *spec, struct errmsg *e)
{
	struct options *o = options;

	return rankers_add(&o->rankers, (enum table_kind)row->choice, spec, e);
}

static int set_query(void *options, const struct option_row *row, const char *name, struct errmsg *e)
{
	struct options *o = options;

	o->query_given = true;
	return query_unit_by_name(&o->queries.unit, name) == 0
		       ? 0
		       : errmsg_set(e, "--%s takes user, session or listen, not '%s'", row->name, name);
}

static int set_holdout(void *options, const struct option_row *row, const char *text, struct errmsg *e)
{
	struct options *o = options;

	(void)row;
	return route_parse_holdout(&o->holdout, "--holdout", text, e);
}

static int set_holdout_by(void *options, const struct option_row *row, const char *name, struct errmsg *e)
{
	struct options *o = options;

	(void)row;
	return holdout_parse_by(&o->holdout, "--holdout-by", name, e);
}

static int set_adjust(void *options, const struct option_row *row, const char *name, struct errmsg *e)
{
	struct options *o = options;
	int method = adjust_by_name(name);

	if (method < 0)
		return errmsg_set(e, "--%s takes none, holm, bh or by, not '%s'", row->name, name);
	o->study.adjust = (enum adjust_method)method;
	return 0;
}

/* Two ways, of which the second sets what the row's place points at. */
static int set_way(const struct option_row *row, const char *name, const char *first, const char *second, bool *is,
		   struct errmsg *e)
{
	*is = strcmp(name, second) == 0;
	if (*is || strcmp(name, first) == 0)
		return 0;
	return errmsg_set(e, "--%s takes %s or %s, not '%s'", row->name, first, second, name);
}

static int set_nothing(void *options, const struct option_row *row, const char *name, struct errmsg *e)
{
	return set_way(row, name, "skip", "zero", &((struct options *)options)->evaluation.count_nothing, e);
}

static int set_missing(void *options, const struct option_row *row, const char *name, struct errmsg *e)
{
	return set_way(row, name, "zero", "skip", &((struct options *)options)->evaluation.skip_missing, e);
}

static int set_short(void *options, const struct option_row *row, const char *name, struct errmsg *e)
{
	return set_way(row, name, "k", "length", &((struct options *)options)->evaluation.rules.short_by_length, e);
}

static int set_recall(void *options, const struct option_row *row, const char *name, struct errmsg *e)
{
	return set_way(row, name, "relevant", "k", &((struct options *)options)->evaluation.rules.capped, e);
}

static int set_log_base(void *options, const struct option_row *row, const char *text, struct errmsg *e)
{
	struct options *o = options;
	char name[32];

	snprintf(name, sizeof name, "--%s", row->name);
	if (number_parse(name, text, 1, 1e6, &o->evaluation.rules.log_base, e) < 0)
		return -1;
	return o->evaluation.rules.log_base > 1 ? 0 : errmsg_set(e, "%s takes a number above 1, not '%s'", name, text);
}

/* The parts of "1,10,all", one by one: each may be taken or refused. */
static int each_of_list(struct options *o, const struct option_row *row, const char *text,
			int (*take)(struct options *o, const char *name, const char *part, struct errmsg *e),
			struct errmsg *e)
{
	char *copy = strdup(text), *rest = copy, *part, name[32];
	int status = copy ? 0 : errmsg_nomem(e);

	snprintf(name, sizeof name, "--%s", row->name);
	while (status == 0 && (part = strsep(&rest, ",")) != NULL)
		status = take(o, name, part, e);
	free(copy);
	return status;
}

static int full(const char *name, struct errmsg *e)
{
	return errmsg_set(e, "%s takes at most %d numbers", name, EVALUATION_LIST_MAX - 1);
}

static int take_size(size_t *list, size_t *n, const char *name, const char *part, struct errmsg *e)
{
	int64_t size = 0;

	if (*n == EVALUATION_LIST_MAX - 1)
		return full(name, e);
	if (number_parse_int(name, part, 1, INT32_MAX, &size, e) < 0)
		return -1;
	list[(*n)++] = (size_t)size;
	return 0;
}

static int take_at(struct options *o, const char *name, const char *part, struct errmsg *e)
{
	struct evaluation_choice *c = &o->evaluation;

	if (strcmp(part, "all") != 0)
		return take_size(c->at, &c->n_at, name, part, e);
	if (c->n_at == EVALUATION_LIST_MAX - 1)
		return full(name, e);
	c->at[c->n_at++] = RANKING_WHOLE;
	return 0;
}

static int take_shuffle(struct options *o, const char *name, const char *part, struct errmsg *e)
{
	return take_size(o->evaluation.shuffles, &o->evaluation.n_shuffles, name, part, e);
}

static int take_min_time(struct options *o, const char *name, const char *part, struct errmsg *e)
{
	struct evaluation_choice *c = &o->evaluation;

	if (c->n_sweeps == EVALUATION_LIST_MAX)
		return full(name, e);
	return number_parse(name, part, 0, 1, &c->min_times[c->n_sweeps++], e);
}

static int set_at(void *options, const struct option_row *row, const char *text, struct errmsg *e)
{
	struct options *o = options;

	o->evaluation.n_at = 0;
	return each_of_list(o, row, text, take_at, e);
}

static int set_shuffle(void *options, const struct option_row *row, const char *text, struct errmsg *e)
{
	struct options *o = options;

	o->evaluation.n_shuffles = 0;
	return each_of_list(o, row, text, take_shuffle, e);
}

static int set_min_time(void *options, const struct option_row *row, const char *text, struct errmsg *e)
{
	struct options *o = options;

	o->evaluation.n_sweeps = 1;
	return each_of_list(o, row, text, take_min_time, e);
}

static const struct option_row option_rows[] = {
	{"top", "[NAME=]FILE", "a popularity table; this and the next may be repeated", OPTION_CALL(set_table),
	 .choice = TABLE_TOP},
	{"user-tracks", "[NAME=]FILE", "a table of users' tracks", OPTION_CALL(set_table), .choice = TABLE_USER_TRACKS},
	{"similar", "[NAME=]FILE", "a table of similar tracks", OPTION_CALL(set_table), .choice = TABLE_SIMILAR},
	{"session", "[NAME=]MODEL", "a session model", OPTION_CALL(set_table), .choice = TABLE_SESSION},
	{"tracks", "FILE", "the catalog: for coverage, Gini and artist diversity; session needs it",
	 OPTION_TEXT(tracks)},
	{"query", "UNIT",
	 "what is asked for: user, session or listen (default: user, or\n"
	 "session where a table ranks by what was played)",
	 OPTION_CALL(set_query)},
	{"liked", "TIME", "relevant is what was listened to for so long or longer (default: 0.8)",
	 OPTION_REAL(queries.liked, 0, 1)},
	{"graded", NULL, "nDCG: the gain of a track is the time, instead of 1", OPTION_FLAG(queries.graded)},
	{"recommended", NULL, "leave out first tracks of sessions, which nobody recommended",
	 OPTION_FLAG(queries.recommended)},
	{"holdout", "SEED:SHARE", "judge by this part of the log only, as botify-split parts it",
	 OPTION_CALL(set_holdout)},
	{"holdout-by", "UNIT", "what is drawn for it: event, session or user (default: user)",
	 OPTION_CALL(set_holdout_by)},
	{"at", "LIST", "cutoffs, as 1,10,100,all (default: 10)", OPTION_CALL(set_at)},
	{"shuffle", "LIST", "also if so many first tracks were in random order, as 10,100", OPTION_CALL(set_shuffle)},
	{"min-time", "LIST", "also after listens of at least so long, as 0.5,0.65; with --query listen",
	 OPTION_CALL(set_min_time)},
	{.help = "\nWhere definitions differ (default: those of trec_eval -c):\n"},
	{"nothing-relevant", "WAY", "skip or zero: a query with nothing relevant (default: skip)",
	 OPTION_CALL(set_nothing)},
	{"missing", "WAY", "zero or skip: a query that a table has no tracks for (default: zero)",
	 OPTION_CALL(set_missing)},
	{"short-lists", "WAY", "k or length: what precision of a shorter list divides by (default: k)",
	 OPTION_CALL(set_short)},
	{"recall", "WAY",
	 "relevant or k: recall and MAP divide by all that is relevant, or by\n"
	 "k where that is less (default: relevant)",
	 OPTION_CALL(set_recall)},
	{"log-base", "B", "nDCG after Jarvelin and Kekalainen: no discount before rank B", OPTION_CALL(set_log_base)},
	{.help = "\n"},
	{"alpha", "A", "intervals have confidence 1 - A (default: 0.05)", OPTION_REAL(study.alpha, 0, 1)},
	{"adjust", "METHOD", "for many comparisons: none, holm, bh or by (default: holm)", OPTION_CALL(set_adjust)},
	{"bootstrap", "N", "replicates that make an interval (default: 1000; 0: none)",
	 OPTION_WHOLE(study.replicates, 0, BOOTSTRAP_REPLICATES_MAX)},
	{"seed", "N", "of the bootstrap (default: 0)", OPTION_WHOLE(study.seed, 0, INT64_MAX)},
	{"trec-run", "FILE", "write the rankings of the first table for trec_eval", OPTION_TEXT(run)},
	{"trec-qrels", "FILE", "and what was relevant", OPTION_TEXT(qrels)},
	{"format", "FORMAT", "table, json, ndjson, csv, markdown or html (default: table)", EVALUATE_FORMAT(format)},
	{"output", "FILE", "write to FILE, which appears whole or not at all", OPTION_TEXT(output), .letter = 'o'},
	{"threads", "N", "threads that read the logs (default: one for each processor)",
	 OPTION_WHOLE(study.threads, 1, LOG_THREADS_MAX)},
	{"bad-lines", "N|P%", "exit 0 though so many lines are not events (default: 0)", COMMAND_BAD_LINES(bad_lines)},
	{"partial", NULL, "write a part to be merged instead of the result", OPTION_FLAG(merging.partial)},
	{"merge", NULL, "read what --partial wrote instead of tables and logs", OPTION_FLAG(merging.merge)},
	{"parts", "N", "with --merge: fail unless there are N parts in all", OPTION_WHOLE(merging.parts, 1, INT32_MAX)},
	{0},
};

static const struct command self = {
	.name = "botify-evaluate",
	.usage = "ranking [OPTION]... TABLE... [LOG]...\n"
		 "       botify-evaluate ranking --merge [OPTION]... [PART]...",
	.purpose = "Say how well tables rank the tracks that listeners turned out to like.",
	.options = {.rows = option_rows},
};

/* Of the operands, tables are taken out; what is left are logs. */
static int take_tables(struct options *o, struct errmsg *e)
{
	size_t n = 0;

	for (size_t i = 0; i < o->n_paths; i++) {
		char *path = o->paths[i], *equals = strchr(path, '=');
		enum table_kind kind;

		if (rankers_guess(path, &kind, e) < 0)
			return -1;
		if (kind == TABLE_NONE && equals && access(path, F_OK) != 0 &&
		    rankers_guess(equals + 1, &kind, e) < 0)
			return -1;
		if (kind == TABLE_NONE)
			o->paths[n++] = path;
		else if (rankers_add(&o->rankers, kind, path, e) < 0)
			return -1;
	}
	o->n_paths = n;
	if (o->rankers.n == 0)
		return errmsg_set(e, "no table given: a popularity table, one of similar tracks or of users' tracks, "
				     "or a session model");
	return 0;
}

static int check_merge(const struct options *o, struct errmsg *e)
{
	static const char *const of_logs[] = {
		"top", "user-tracks", "similar", "session", "tracks", "query", "liked", "graded", "recommended",
		"holdout", "holdout-by", "at", "shuffle", "min-time", "nothing-relevant", "missing", "short-lists",
		"recall", "log-base", "trec-run", "trec-qrels", "bad-lines", NULL};
	static const char *const of_results[] = {"alpha", "adjust", "bootstrap", "seed", "format", NULL};

	return evaluate_check_parts(&o->merging, &o->given, of_logs, of_results, e);
}

static int check_queries(struct options *o, struct errmsg *e)
{
	static const char *const by[] = {"holdout-by", NULL};

	if (!o->query_given && rankers_follow(&o->rankers))
		o->queries.unit = QUERY_SESSION;
	if (rankers_check(&o->rankers, o->queries.unit, e) < 0)
		return -1;
	if (o->evaluation.n_sweeps > 1 && o->queries.unit != QUERY_LISTEN)
		return errmsg_set(e, "--min-time is about the listen before: give --query listen");
	if (options_given_of(&o->given, by) && !o->holdout.holdout)
		return errmsg_set(e, "--holdout-by has no effect without --holdout");
	/* what ranks by the track before has nothing to say of a first one */
	o->queries.recommended = o->queries.recommended ||
				 (o->queries.unit == QUERY_LISTEN && rankers_follow(&o->rankers));
	o->evaluation.unit = o->queries.unit;
	o->evaluation.artists = o->tracks;
	return 0;
}

static int check_output(const struct options *o, struct errmsg *e)
{
	const char *const outputs[] = {o->output, o->run, o->qrels}, *const names[] = {"-o", "--trec-run",
										       "--trec-qrels"};

	for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++) {
		if (command_check_output(names[i], outputs[i], o->paths, o->n_paths, e) < 0 ||
		    command_check_output(names[i], outputs[i], (char *[]){(char *)o->tracks}, 1, e) < 0)
			return -1;
		for (size_t k = 0; k < o->rankers.n; k++)
			if (command_check_output(names[i], outputs[i], (char *[]){(char *)o->rankers.list[k].path}, 1,
						 e) < 0)
				return -1;
	}
	return 0;
}

/* Returns -1 to go on, or the exit status. */
static int parse_options(struct options *o, int argc, char **argv)
{
	struct errmsg e;
	int status = command_options(&self, argc, argv, o, &o->given);

	if (status >= 0)
		return status;
	o->paths = argv + optind;
	o->n_paths = (size_t)(argc - optind);
	if (check_merge(o, &e) < 0 || (!o->merging.merge && (take_tables(o, &e) < 0 || check_queries(o, &e) < 0)) ||
	    check_output(o, &e) < 0)
		return command_misused(&self, &e);
	return -1;
}

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
	status = command_read_logs(&self, &in, e);
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

	command_reads(&self, o->tracks);
	for (size_t i = 0; i < o->rankers.n && o->tracks; i++)
		command_reads(&self, o->rankers.list[i].path);
	if (rankers_load(&o->rankers, o->tracks, depth_of(&o->evaluation), &e) < 0)
		return command_fail(&self, &e);
	command_reads_all(&self, o->paths, o->n_paths);
	status = evaluation_init(&v, &o->evaluation, &o->rankers, &e);
	if (status == 0)
		status = open_trec(&trec, &v, o, &e);
	if (status == 0)
		status = read_logs(&v, o, &complaints, &count, &e);
	spoiled = command_spoiled(&self, &complaints, &o->bad_lines, &count);
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
		return command_fail(&self, &e);
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

	command_reads_all(&self, o->paths, o->n_paths);
	status = merge(o, &parts, &e);
	evaluation_parts_clear(&parts);
	return status < 0 ? command_fail(&self, &e) : 0;
}

int evaluate_ranking(int argc, char **argv)
{
	struct options o = {.queries = {.liked = .8},
			    .evaluation = {.at = {10}, .n_at = 1, .n_sweeps = 1},
			    .study = ranking_defaults(),
			    .holdout = {.by = ROUTE_USER},
			    .format = document_format_find("table")};
	int status = parse_options(&o, argc, argv);

	if (status < 0)
		status = command_finish(&self, NULL, o.merging.merge ? merge_parts(&o) : evaluate_logs(&o));
	rankers_clear(&o.rankers);
	return status;
}
