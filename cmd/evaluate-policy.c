/*
 * botify-evaluate policy: what a policy would have earned, by logs of another one. See botify-evaluate(1).
 */
#include <getopt.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memstream.h"
#include "command.h"
#include "evaluate.h"
#include "event/log.h"
#include "policy/experiment.h"
#include "policy/policy.h"
#include "policy/tables.h"
#include "report/document.h"
#include "report/ope_report.h"
#include "study/ope.h"
#include "study/ope_part.h"
#include "study/ope_replay.h"
#include "study/ope_team.h"
#include "text/ndjson.h"
#include "text/number.h"

struct options {
	const char *policy, *logging, *experiments, *tracks, *output;
	double epsilon, logging_epsilon;
	double clip, switch_at; /* NaN: not given */
	uint32_t horizon, draws, threads;
	uint64_t seed;
	double alpha;
	const struct document_format *format;
	struct evaluate_parts merging;
	struct bad_lines bad_lines;
	struct options_given given;
	struct given_table {
		enum table_kind kind;
		const char *spec; /* [NAME=]FILE */
	} *tables;
	size_t n_tables;
	char **paths; /* n_paths logs, or parts, perhaps none */
	size_t n_paths;
};

static int add_table(void *options, const struct option_row *row, const char *spec, struct errmsg *e)
{
	struct options *o = options;

	(void)e;
	o->tables[o->n_tables++] = (struct given_table){(enum table_kind)row->choice, spec};
	return 0;
}

static int set_threshold(void *options, const struct option_row *row, const char *text, struct errmsg *e)
{
	struct options *o = options;
	double *to = row->choice == 0 ? &o->clip : &o->switch_at;
	char name[32];

	snprintf(name, sizeof name, "--%s", row->name);
	if (number_parse(name, text, 0, 1e12, to, e) < 0)
		return -1;
	return *to > 0 ? 0 : errmsg_set(e, "%s takes a weight above 0, not '%s'", name, text);
}

static const struct option_row option_rows[] = {
	{"policy", "P", "the policy that is evaluated (see botify-policy(7))", OPTION_TEXT(policy)},
	{"tracks", "FILE", "the catalog: NDJSON with track and artist", OPTION_TEXT(tracks)},
	{"similar", "[NAME=]FILE", "a table of similar tracks; this and the next may be repeated",
	 OPTION_CALL(add_table), .choice = TABLE_SIMILAR},
	{"user-tracks", "[NAME=]FILE", "a table of users' tracks", OPTION_CALL(add_table), .choice = TABLE_USER_TRACKS},
	{"top", "[NAME=]FILE", "a popularity table", OPTION_CALL(add_table), .choice = TABLE_TOP},
	{"session", "[NAME=]MODEL", "a session model", OPTION_CALL(add_table), .choice = TABLE_SESSION},
	{"epsilon", "E", "evaluate P with so much exploration (default: 0)", OPTION_REAL(epsilon, 0, 1)},
	{"logging", "P0", "the policy that made the log: for mips, and for what the log does\n"
	 "not tell the propensity of", OPTION_TEXT(logging)},
	{"experiments", "FILE", "the experiments of the log, whose arms' policies made it",
	 OPTION_TEXT(experiments)},
	{"logging-epsilon", "E", "with how much exploration (default: 0)", OPTION_REAL(logging_epsilon, 0, 1)},
	{"horizon", "H", "a session's value is that of its first H recommended tracks (default: 5)",
	 OPTION_WHOLE(horizon, 1, OPE_HORIZON_MAX)},
	{"clip", "C", "clipped: the largest weight (default: a power of 4 near the square\n"
	 "root of the number of steps)", OPTION_CALL(set_threshold), .choice = 0},
	{"switch", "T", "switch-dr: the largest weight (default: that with the least error)",
	 OPTION_CALL(set_threshold), .choice = 1},
	{"draws", "N", "draws for a mean over a pool of more than 64 tracks (default: 8)",
	 OPTION_WHOLE(draws, 1, 10000)},
	{"seed", "N", "of these draws (default: 0)", OPTION_WHOLE(seed, 0, INT64_MAX)},
	{"alpha", "A", "intervals have confidence 1 - A (default: 0.05)", OPTION_REAL(alpha, 0, 1)},
	{"format", "FORMAT", "table, json, ndjson, csv, markdown or html (default: table)", EVALUATE_FORMAT(format)},
	{"output", "FILE", "write to FILE, which appears whole or not at all", OPTION_TEXT(output), .letter = 'o'},
	{"threads", "N", "threads that read the logs and replay them (default: one for each\n"
	 "processor)",
	 OPTION_WHOLE(threads, 1, LOG_THREADS_MAX)},
	{"bad-lines", "N|P%", "exit 0 though so many lines are not events (default: 0)", COMMAND_BAD_LINES(bad_lines)},
	{"partial", NULL, "write a part to be merged instead of the result", OPTION_FLAG(merging.partial)},
	{"merge", NULL, "read what --partial wrote instead of tables and logs", OPTION_FLAG(merging.merge)},
	{"parts", "N", "with --merge: fail unless there are N parts in all", OPTION_WHOLE(merging.parts, 1, INT32_MAX)},
	{0},
};

static const struct command self = {
	.name = "botify-evaluate",
	.usage = "policy --policy P --tracks FILE [OPTION]... [LOG]...\n"
		 "       botify-evaluate policy --merge [OPTION]... [PART]...",
	.purpose = "Estimate what a policy would have earned, by logs of another one.",
	.options = {.rows = option_rows},
};

static int check_merge(const struct options *o, struct errmsg *e)
{
	static const char *const of_logs[] = {"policy", "tracks", "similar", "user-tracks", "top", "session", "epsilon",
					      "logging", "experiments", "logging-epsilon", "horizon", "clip", "switch",
					      "draws", "seed", "threads", "bad-lines", NULL};
	static const char *const of_results[] = {"alpha", "format", NULL};

	return evaluate_check_parts(&o->merging, &o->given, of_logs, of_results, e);
}

static int check_options(const struct options *o, struct errmsg *e)
{
	if (check_merge(o, e) < 0)
		return -1;
	if (!(o->alpha > 0 && o->alpha < 1))
		return errmsg_set(e, "--alpha takes a number above 0 and below 1");
	if (o->merging.merge)
		return command_check_output("-o", o->output, o->paths, o->n_paths, e);
	if (!o->policy)
		return errmsg_set(e, "no policy given (--policy P)");
	if (!o->tracks)
		return errmsg_set(e, "no catalog given (--tracks FILE)");
	if (o->logging && o->experiments)
		return errmsg_set(e,
				  "--logging and --experiments both say which policy made the log: give one of them");
	if (o->logging_epsilon > 0 && !o->logging && !o->experiments)
		return errmsg_set(e, "--logging-epsilon has no effect without --logging or --experiments");
	if (command_check_output("-o", o->output, (char *[]){(char *)o->tracks}, 1, e) < 0)
		return -1;
	for (size_t i = 0; i < o->n_tables; i++) {
		const char *equals = strchr(o->tables[i].spec, '=');
		char *path = (char *)(equals ? equals + 1 : o->tables[i].spec);

		if (command_check_output("-o", o->output, &path, 1, e) < 0)
			return -1;
	}
	return command_check_output("-o", o->output, o->paths, o->n_paths, e);
}

/* Returns -1 to go on, or the exit status. */
static int parse_options(struct options *o, int argc, char **argv)
{
	struct errmsg e;
	int status;

	o->tables = calloc((size_t)argc + 1, sizeof *o->tables);
	if (!o->tables) {
		errmsg_nomem(&e);
		return command_fail(&self, &e);
	}
	status = command_options(&self, argc, argv, o, &o->given);
	if (status >= 0)
		return status;
	o->paths = argv + optind;
	o->n_paths = (size_t)(argc - optind);
	return check_options(o, &e) < 0 ? command_misused(&self, &e) : -1;
}

struct loaded {
	struct policy target, logging;
	struct experiments experiments;
	struct tables tables;
};

static void unload(struct loaded *l)
{
	policy_clear(&l->target);
	policy_clear(&l->logging);
	experiments_clear(&l->experiments);
	tables_clear(&l->tables);
}

static bool are_in_catalog(const struct loaded *l, const struct options *o)
{
	for (size_t i = 0; i < o->n_tables; i++)
		if (o->tables[i].kind == TABLE_SIMILAR)
			return false;
	return policy_reads(&l->target, TABLE_SIMILAR) || (o->logging && policy_reads(&l->logging, TABLE_SIMILAR)) ||
	       experiments_read(&l->experiments, TABLE_SIMILAR);
}

static int load_tables(struct loaded *l, const struct options *o, struct errmsg *e)
{
	command_reads(&self, o->tracks);
	if ((are_in_catalog(l, o) ? tables_load_catalog_and_similar : tables_load_catalog)(&l->tables, o->tracks, e) <
	    0)
		return -1;
	for (size_t i = 0; i < o->n_tables; i++) {
		const char *equals = strchr(o->tables[i].spec, '=');

		command_reads(&self, equals ? equals + 1 : o->tables[i].spec);
		if (tables_load(&l->tables, o->tables[i].kind, o->tables[i].spec, e) < 0)
			return -1;
	}
	return 0;
}

static int load_experiments(struct loaded *l, const struct options *o, struct errmsg *e)
{
	if (!o->experiments)
		return 0;
	command_reads(&self, o->experiments);
	if (experiments_load(&l->experiments, o->experiments, e) < 0)
		return -1;
	if (!experiments_serving(&l->experiments))
		return errmsg_set(e, "%s: no experiment has policies; give the one that made the log (--logging P0)",
				  ndjson_name(o->experiments));
	return 0;
}

/* Returns 0, or the exit status with the reason. */
static int load(struct loaded *l, const struct options *o, struct errmsg *e)
{
	if (policy_parse(&l->target, o->policy, e) < 0 ||
	    (o->logging && policy_parse(&l->logging, o->logging, e) < 0))
		return EXIT_USAGE;
	if (load_experiments(l, o, e) < 0 || load_tables(l, o, e) < 0)
		return EXIT_DATA;
	if (tables_workers(&l->tables, parallel_threads(o->threads)) < 0)
		return errmsg_nomem(e), EXIT_DATA;
	if (policy_bind(&l->target, &l->tables, e) < 0)
		return errmsg_prefix(e, "--policy"), EXIT_USAGE;
	if (o->logging && policy_bind(&l->logging, &l->tables, e) < 0)
		return errmsg_prefix(e, "--logging"), EXIT_USAGE;
	if (experiments_bind(&l->experiments, &l->tables, e) < 0)
		return errmsg_prefix(e, "%s", ndjson_name(o->experiments)), EXIT_DATA;
	return 0;
}

static struct ope_question question_of(const struct loaded *l, const struct options *o)
{
	return (struct ope_question){
		.tables = &l->tables,
		.target = {&l->target, o->epsilon},
		.logging = {o->logging ? &l->logging : NULL, o->logging_epsilon},
		.experiment = o->experiments ? experiments_serving(&l->experiments) : NULL,
		.draws = o->draws,
		.seed = o->seed,
	};
}

/* What parts have to agree in beside the policy: new, or NULL where there is no memory. */
static char *describe(const struct loaded *l, const struct options *o)
{
	static const char *const kinds[] = {[TABLE_SIMILAR] = "similar", [TABLE_USER_TRACKS] = "user-tracks",
					    [TABLE_TOP] = "top", [TABLE_SESSION] = "session"};
	struct memstream m;
	FILE *f = memstream_open(&m);

	if (!f)
		return NULL;
	fprintf(f, "epsilon %.17g, logging %s %.17g, experiment %s, draws %" PRIu32 ", seed %" PRIu64 ", tracks %zu",
		o->epsilon, o->logging ? o->logging : "-", o->logging_epsilon,
		o->experiments ? experiments_serving(&l->experiments)->name : "-", o->draws, o->seed,
		l->tables.catalog.n_tracks);
	for (size_t i = 0; i < l->tables.n; i++)
		fprintf(f, ", %s %s", kinds[l->tables.list[i].kind], l->tables.list[i].name);
	return memstream_close(&m);
}

static int add_event(void *team, const struct event *ev, const struct log *log, struct errmsg *e)
{
	(void)log;
	return ope_team_add(team, ev, e);
}

static int read_logs(struct ope_team *team, struct ope_sums *sums, const struct options *o,
		     struct command_complaints *complaints, struct log_count *count, struct errmsg *e)
{
	const struct command_logs in = {.paths = o->paths, .n_paths = o->n_paths, .threads = o->threads,
					.add = add_event, .ctx = team, .complaints = complaints, .count = count};

	return command_read_logs(&self, &in, e) < 0 ? -1 : ope_team_end(team, sums, e);
}

/* A log that has no step to tell anything of the policy by. */
static int check_steps(const struct ope_sums *s, struct errmsg *e)
{
	const struct ope_left_out *out = &s->left_out;

	for (size_t i = 0; i < s->n; i++)
		if (s->users[i].n > 0)
			return 0;
	if (out->no_propensity > 0)
		return errmsg_set(e,
				  "no event tells the propensity of its recommendation (`pool` or `propensity`): log "
				  "with botify-recommend --epsilon, or say which policy made the log (--logging P0)");
	if (out->impossible > 0)
		return errmsg_set(e,
				  "the logging policy would not have recommended any track of the log: it is another "
				  "policy's log, or the tables are others");
	if (out->unknown > 0)
		return errmsg_set(e,
				  "the catalog has none of the tracks that are recommended in the log: it is another "
				  "one's (--tracks)");
	if (out->other_track > 0)
		return errmsg_set(e, "no recommendation is what its user listens to next: is the log in order?");
	return errmsg_set(e, "there is no event with a recommendation that was listened to");
}

static int put_result(const struct ope_sums *s, const char *policy, const struct options *o, FILE *f, struct errmsg *e)
{
	struct ope_report report = {0};
	struct ope ope;
	int status = ope_estimate(&ope, s, o->alpha, e);

	if (status == 0)
		status = ope_report_make(&report, &ope, s, policy, o->format->machine, e);
	if (status == 0)
		status = evaluate_put_document(&report.document, o->format, f, e);
	ope_report_clear(&report);
	return status;
}

/* `asked` is needed for a part only. */
static int write_result(const struct ope_sums *s, const char *policy, const char *asked, const struct options *o,
			struct errmsg *e)
{
	struct command_result result;
	int status;

	if (command_result_open(&result, o->output, e) < 0)
		return -1;
	status = o->merging.partial ? ope_part_write(s, policy, asked, result.file, e)
				    : put_result(s, policy, o, result.file, e);
	return command_result_close(&result, status, e);
}

/* Reads the logs and writes what comes of them. Returns the exit status. */
static int evaluate(const struct loaded *l, const struct options *o)
{
	const struct ope_question question = question_of(l, o);
	const struct ope_choice choice = ope_choice_of(o->clip, o->switch_at, o->horizon);
	struct command_complaints complaints = {0};
	struct log_count count = {0};
	struct ope_sums sums;
	struct ope_team team;
	struct errmsg e;
	char *asked = describe(l, o);
	bool spoiled;
	int status = ope_team_init(&team, &question, &choice, o->threads, OPE_BLOCK);

	if (status < 0 || !asked)
		status = errmsg_nomem(&e);
	ope_sums_init(&sums, &choice);
	command_reads_all(&self, o->paths, o->n_paths);
	if (status == 0)
		status = read_logs(&team, &sums, o, &complaints, &count, &e);
	spoiled = command_spoiled(&self, &complaints, &o->bad_lines, &count);
	/* Where nothing could be read, that has been said. */
	if (status == 0 && !(spoiled && count.events == 0)) {
		status = o->merging.partial ? 0 : check_steps(&sums, &e);
		if (status == 0)
			status = write_result(&sums, o->policy, asked, o, &e);
	}
	ope_team_clear(&team);
	ope_sums_clear(&sums);
	free(asked);
	if (status < 0)
		return command_fail(&self, &e);
	return spoiled ? EXIT_DATA : 0;
}

/* Returns the exit status. */
static int evaluate_logs(const struct options *o)
{
	struct loaded l = {0};
	struct errmsg e;
	int status = load(&l, o, &e);

	if (status == EXIT_USAGE)
		status = command_misused(&self, &e);
	else if (status == EXIT_DATA)
		status = command_fail(&self, &e);
	else
		status = evaluate(&l, o);
	unload(&l);
	return status;
}

static int read_part(void *parts, const char *path, uint64_t *n, struct errmsg *e)
{
	struct ope_parts *p = parts;
	int status = ope_parts_read(p, path, e);

	*n = p->parts;
	return status;
}

static int merge(const struct options *o, struct ope_parts *p, struct errmsg *e)
{
	if (evaluate_read_parts(&o->merging, o->paths, o->n_paths, read_part, p, e) < 0)
		return -1;
	ope_sums_sort(&p->sums);
	return check_steps(&p->sums, e) < 0 ? -1 : write_result(&p->sums, p->policy, NULL, o, e);
}

/* Returns the exit status. */
static int merge_parts(const struct options *o)
{
	struct ope_parts parts = {0};
	struct errmsg e;
	int status;

	command_reads_all(&self, o->paths, o->n_paths);
	status = merge(o, &parts, &e);
	ope_parts_clear(&parts);
	return status < 0 ? command_fail(&self, &e) : 0;
}

int evaluate_policy(int argc, char **argv)
{
	struct options o = {.clip = NAN, .switch_at = NAN, .horizon = 5, .draws = 8, .alpha = .05,
			    .format = document_format_find("table")};
	int status = parse_options(&o, argc, argv);

	if (status < 0)
		status = command_finish(&self, NULL, o.merging.merge ? merge_parts(&o) : evaluate_logs(&o));
	free(o.tables);
	return status;
}
