/*
 * botify-evaluate policy: what a policy would have earned, by logs of another one. See botify-evaluate(1).
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memstream.h"
#include "command.h"
#include "evaluate-policy-options.h"
#include "event/log.h"
#include "policy/experiment.h"
#include "policy/policy.h"
#include "report/ope_report.h"
#include "study/ope.h"
#include "study/ope_part.h"
#include "study/ope_replay.h"
#include "study/ope_team.h"
#include "text/ndjson.h"

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
	command_reads(&evaluate_policy_command, o->tracks);
	if ((are_in_catalog(l, o) ? tables_load_catalog_and_similar : tables_load_catalog)(&l->tables, o->tracks, e) <
	    0)
		return -1;
	for (size_t i = 0; i < o->n_tables; i++) {
		const char *equals = strchr(o->tables[i].spec, '=');

		command_reads(&evaluate_policy_command, equals ? equals + 1 : o->tables[i].spec);
		if (tables_load(&l->tables, o->tables[i].kind, o->tables[i].spec, e) < 0)
			return -1;
	}
	return 0;
}

static int load_experiments(struct loaded *l, const struct options *o, struct errmsg *e)
{
	if (!o->experiments)
		return 0;
	command_reads(&evaluate_policy_command, o->experiments);
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

	return command_read_logs(&evaluate_policy_command, &in, e) < 0 ? -1 : ope_team_end(team, sums, e);
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
	command_reads_all(&evaluate_policy_command, o->paths, o->n_paths);
	if (status == 0)
		status = read_logs(&team, &sums, o, &complaints, &count, &e);
	spoiled = command_spoiled(&evaluate_policy_command, &complaints, &o->bad_lines, &count);
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
		return command_fail(&evaluate_policy_command, &e);
	return spoiled ? EXIT_DATA : 0;
}

/* Returns the exit status. */
static int evaluate_logs(const struct options *o)
{
	struct loaded l = {0};
	struct errmsg e;
	int status = load(&l, o, &e);

	if (status == EXIT_USAGE)
		status = command_misused(&evaluate_policy_command, &e);
	else if (status == EXIT_DATA)
		status = command_fail(&evaluate_policy_command, &e);
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

	command_reads_all(&evaluate_policy_command, o->paths, o->n_paths);
	status = merge(o, &parts, &e);
	ope_parts_clear(&parts);
	return status < 0 ? command_fail(&evaluate_policy_command, &e) : 0;
}

int evaluate_policy(int argc, char **argv)
{
	struct options o;
	int status = evaluate_policy_options_parse(&o, argc, argv);

	if (status < 0)
		status = command_finish(&evaluate_policy_command, NULL,
					o.merging.merge ? merge_parts(&o) : evaluate_logs(&o));
	evaluate_policy_options_clear(&o);
	return status;
}
