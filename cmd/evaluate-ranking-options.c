#include "evaluate-ranking-options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "event/log.h"
#include "stats/bootstrap.h"
#include "text/number.h"

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
	 COMMAND_HOLDOUT(holdout)},
	{"holdout-by", "UNIT", "what is drawn for it: event, session or user (default: user)",
	 COMMAND_HOLDOUT_BY(holdout)},
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

const struct command evaluate_ranking_command = {
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

int evaluate_ranking_options_parse(struct options *o, int argc, char **argv)
{
	struct errmsg e;
	int status;

	*o = (struct options){
		.queries = {.liked = .8},
		.evaluation = {.at = {10}, .n_at = 1, .n_sweeps = 1},
		.study = ranking_defaults(),
		.holdout = {.by = ROUTE_USER},
		.format = document_format_find("table"),
	};
	status = command_options(&evaluate_ranking_command, argc, argv, o, &o->given);
	if (status >= 0)
		return status;
	o->paths = argv + optind;
	o->n_paths = (size_t)(argc - optind);
	if (check_merge(o, &e) < 0 || (!o->merging.merge && (take_tables(o, &e) < 0 || check_queries(o, &e) < 0)) ||
	    check_output(o, &e) < 0)
		return command_misused(&evaluate_ranking_command, &e);
	return -1;
}

void evaluate_ranking_options_clear(struct options *o)
{
	rankers_clear(&o->rankers);
}
