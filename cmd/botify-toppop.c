/*
 * botify-toppop: counts how popular each track is in event logs. See botify-toppop(1).
 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "event/holdout.h"
#include "event/log.h"
#include "rank/tops.h"
#include "rank/tops_curve.h"
#include "render/table.h"
#include "text/day.h"
#include "text/ndjson.h"
#include "text/number.h"
#include "text/part_state.h"
#include "world/catalog.h"

struct options {
	struct tops_choice choice;
	const struct tops_format *format;
	bool for_people; /* it is safe for terminals as it is */
	const char *tracks, *output, *state, *format_name;
	bool curve;
	struct option_list arms;
	size_t limit;
	unsigned threads;
	uint32_t parts;
	bool merge;
	struct route_choice held_out;
	struct holdout *holdout; /* where it has come to */
	struct bad_lines bad_lines;
	struct options_given given;
	char **paths; /* n_paths of them, at least one */
	size_t n_paths;
};

static int set_rank_by(void *options, const struct option_row *row, const char *name, struct errmsg *e)
{
	struct options *o = options;

	(void)row;
	if (score_parse("--rank-by", name, &o->choice.by, e) < 0)
		return -1;
	score_ask(o->choice.by, &o->choice.counting);
	return 0;
}

static int set_since(void *options, const struct option_row *row, const char *text, struct errmsg *e)
{
	struct counting *c = &((struct options *)options)->choice.counting;

	(void)row;
	c->has_since = true;
	return day_parse_moment("--since", text, &c->since, e);
}

static int set_until(void *options, const struct option_row *row, const char *text, struct errmsg *e)
{
	struct counting *c = &((struct options *)options)->choice.counting;

	(void)row;
	c->has_until = true;
	return day_parse_moment("--until", text, &c->until, e);
}

static int set_half_life(void *options, const struct option_row *row, const char *text, struct errmsg *e)
{
	struct options *o = options;

	(void)row;
	return counting_parse_half_life("--half-life", text, &o->choice.counting.half_life, e);
}

static const struct option_row option_rows[] = {
	{"experiment", "NAME", "count only events that are in this experiment", OPTION_TEXT(choice.experiment)},
	{"arm", "ARM", "and only those on this arm; may be repeated", OPTION_LIST(arms)},
	{"by-arm", NULL, "a list for each arm instead of one for all", OPTION_FLAG(choice.by_arm)},
	{"recommended", NULL, "count only plays that were recommended, not first tracks of sessions",
	 OPTION_FLAG(choice.recommended)},
	{"rank-by", "SCORE", "time, plays, mean, users or wins (default: time)", OPTION_CALL(set_rank_by)},
	{"prior", "N", "plays that a mean has beside its own, of the mean of all (default: 10)",
	 OPTION_REAL(choice.prior, 0, 1e9)},
	{"liked", "TIME", "the time from which on a play wins (default: 0.8)",
	 OPTION_REAL(choice.counting.liked, 0, 1)},
	{"since", "TIME", "only events from a day, or a moment in ms, on", OPTION_CALL(set_since)},
	{"until", "TIME", "and only events before that", OPTION_CALL(set_until)},
	{"half-life", "AGE", "events count half for each 7d, or 36h, that they are old", OPTION_CALL(set_half_life)},
	{"debias", NULL, "weigh plays by 1 / the probability with which they were recommended",
	 OPTION_FLAG(choice.counting.debias)},
	{"holdout", "SEED:SHARE", "leave out the events that botify-split --holdout puts into .test",
	 COMMAND_HOLDOUT(held_out)},
	{"holdout-by", "WHAT", "event, session or user (default: user)", COMMAND_HOLDOUT_BY(held_out)},
	{"tracks", "FILE", "the catalog: adds artist and title, leaves out tracks it does not have",
	 OPTION_TEXT(tracks)},
	{"curve", NULL, "instead of tracks, the score at each rank", OPTION_FLAG(curve)},
	{"format", "FORMAT",
	 "json, ndjson or table (default: json);\n"
	 "of a curve: table, ndjson, chart or svg (default: table)",
	 OPTION_TEXT(format_name)},
	{"limit", "N", "only the first N tracks of a list", OPTION_WHOLE(limit, 1, INT64_MAX), .letter = 'n'},
	{"output", "FILE", "write to FILE, which appears whole or not at all", OPTION_TEXT(output), .letter = 'o'},
	{"threads", "N", "threads that read the logs (default: one for each processor)",
	 OPTION_WHOLE(threads, 1, LOG_THREADS_MAX)},
	{"bad-lines", "N|P%", "exit 0 though so many lines are not events (default: 0)", COMMAND_BAD_LINES(bad_lines)},
	{"partial", NULL, "write counts to be merged instead of the result", OPTION_FLAG(choice.partial)},
	{"merge", NULL, "read what --partial or --state wrote instead of logs", OPTION_FLAG(merge)},
	{"parts", "N", "with --merge: fail unless there are N parts in all", OPTION_WHOLE(parts, 1, INT32_MAX)},
	{"state", "FILE", "add the logs to FILE, which earlier runs left, and rank all", OPTION_TEXT(state)},
	{0},
};

static const struct command self = {
	.name = "botify-toppop",
	.usage = "[--experiment NAME [--arm ARM]... [--by-arm]] [OPTION]... [LOG]...",
	.purpose = "Rank tracks by the time they were listened to in event logs, best first.",
	.options = {.rows = option_rows},
};

static bool is_given(const struct options *o, const char *name)
{
	return options_given_of(&o->given, (const char *const[]){name, NULL}) != NULL;
}

/* What can be said of the options of counting. */
static int check_counting(const struct options *o, struct errmsg *e)
{
	static const char *const of_weights[] = {"half-life", "debias", NULL};
	const struct counting *c = &o->choice.counting;
	const char *vain = options_given_of(&o->given, of_weights);

	if (is_given(o, "prior") && o->choice.by != SCORE_MEAN)
		return errmsg_set(e, "--prior is for --rank-by mean");
	if (is_given(o, "liked") && !c->wins)
		return errmsg_set(e, "--liked is for --rank-by wins");
	if (c->users && vain)
		return errmsg_set(e, "--%s is not for --rank-by users, where each user counts once", vain);
	if (c->has_since && c->has_until && c->since >= c->until)
		return errmsg_set(e, "--until is not after --since");
	if (is_given(o, "holdout-by") && !o->held_out.holdout)
		return errmsg_set(e, "--holdout-by has no effect without --holdout");
	if (o->held_out.holdout && o->held_out.by == ROUTE_SESSION && (o->choice.partial || o->state))
		return errmsg_set(e, "--holdout-by session is not for --%s: sessions are numbered over the whole log, "
				  "and a part does not know how many came before; hold out by event or user",
				  o->state ? "state" : "partial");
	return 0;
}

/* Looks for an option that has no effect beside the others, or not enough. */
static int check_options(const struct options *o, struct errmsg *e)
{
	static const char *const of_lists[] = {"by-arm", "tracks", "format", "limit", "prior", "curve",
					       NULL};
	static const char *const of_logs[] = {"threads", "bad-lines", "since", "until", "half-life", "debias", "liked",
					      "holdout", "holdout-by", NULL};
	const char *vain;

	if (o->choice.partial && (vain = options_given_of(&o->given, of_lists)) != NULL)
		return errmsg_set(e, "--%s has no effect on a part; give it to the run that merges", vain);
	if (o->curve && o->tracks)
		return errmsg_set(e, "--tracks has no effect on a curve");
	if (o->merge && (vain = options_given_of(&o->given, of_logs)) != NULL)
		return errmsg_set(e, "--%s has no effect with --merge", vain);
	if (o->state && (o->merge || o->choice.partial))
		return errmsg_set(e, "--state and --%s exclude each other; a state is a part, which --merge reads",
				  o->merge ? "merge" : "partial");
	if (o->parts > 0 && !o->merge)
		return errmsg_set(e, "--parts has no effect without --merge");
	if (!o->choice.experiment && (o->arms.n > 0 || o->choice.by_arm))
		return errmsg_set(e, "--arm and --by-arm want the experiment too (--experiment NAME)");
	return check_counting(o, e);
}

/* Finds the format, which is one of a list or of a curve. */
static int find_format(struct options *o, struct errmsg *e)
{
	const char *name = o->format_name ? o->format_name : o->curve ? "table" : "json";

	o->format = o->curve ? tops_curve_find(name) : tops_format_find(name);
	o->for_people = strcmp(name, "table") == 0;
	if (o->format)
		return 0;
	return errmsg_set(e, "--format takes %s, not '%s'",
			  o->curve ? "table, ndjson, chart or svg with --curve" : "json, ndjson or table", name);
}

static int check_output(const struct options *o, struct errmsg *e)
{
	char *tables[] = {(char *)o->tracks};

	if (command_check_output("--state", o->state, o->paths, o->n_paths, e) < 0 ||
	    command_check_output("--state", o->state, tables, 1, e) < 0 ||
	    command_check_output("-o", o->output, (char *[]){(char *)o->state}, 1, e) < 0)
		return -1;
	if (command_check_output("-o", o->output, o->paths, o->n_paths, e) < 0)
		return -1;
	return command_check_output("-o", o->output, tables, 1, e);
}

/* Parts of which the same is left out have to call it the same. */
static void name_holdout(struct options *o)
{
	static const char *const by[] = {[ROUTE_EVENT] = "event", [ROUTE_SESSION] = "session", [ROUTE_USER] = "user"};
	char share[NUMBER_SIZE];

	if (o->held_out.holdout)
		snprintf(o->choice.counting.holdout, COUNTING_HOLDOUT_SIZE, "%" PRIu64 ":%.*s %s", o->held_out.seed,
			 (int)number_write(share, o->held_out.share), share, by[o->held_out.by]);
}

/* Returns -1 to go on, or the exit status. */
static int parse_options(struct options *o, int argc, char **argv)
{
	struct errmsg e;
	int status = command_options(&self, argc, argv, o, &o->given);

	o->choice.arms = o->arms.list;
	o->choice.n_arms = o->arms.n;
	name_holdout(o);
	o->paths = argv + optind;
	o->n_paths = (size_t)(argc - optind);
	if (status < 0 && (find_format(o, &e) < 0 || check_options(o, &e) < 0 || check_output(o, &e) < 0))
		status = command_misused(&self, &e);
	return status;
}

/* Counts an event, or takes note of it where it is held out. */
/* Where events go. */
struct counting_run {
	struct tops *tops;
	const struct options *options;
};

static int take_event(void *ctx, const struct event *ev, const struct log *log, struct errmsg *e)
{
	const struct counting_run *run = ctx;
	int held_out = holdout_has(run->options->holdout, ev, log->text, e);

	if (held_out < 0)
		return -1;
	return held_out ? tops_pass(run->tops, ev, e) : tops_add(run->tops, ev, e);
}

static int read_paths(struct tops *t, const struct options *o, char *const *paths, size_t n, struct log_watch *watch,
		      struct command_complaints *complaints, struct log_count *count, struct errmsg *e)
{
	struct counting_run run = {t, o};
	const struct command_logs in = {paths, n, o->threads, take_event, &run, watch, complaints, count};

	return command_read_logs(&self, &in, e);
}

/* For a part the logs are read one by one, so that it knows them apart. */
static int read_watched(struct tops *t, const struct options *o, struct log_watch *watch,
			struct command_complaints *complaints, struct log_count *count, struct errmsg *e)
{
	char standard_input[] = "-", *const only[] = {standard_input}, *const *paths = o->n_paths > 0 ? o->paths : only;
	size_t n = o->n_paths > 0 ? o->n_paths : 1;
	int status = 0;

	if (!t->choice.partial)
		return read_paths(t, o, o->paths, o->n_paths, watch, complaints, count, e);
	for (size_t i = 0; status == 0 && i < n; i++) {
		if (tops_begin_log(t, ndjson_name(paths[i])) < 0)
			return errmsg_nomem(e);
		status = read_paths(t, o, &paths[i], 1, watch, complaints, count, e);
	}
	return status;
}

static int read_logs(struct tops *t, const struct options *o, struct command_complaints *complaints,
		     struct log_count *count, struct errmsg *e)
{
	struct command_progress progress;
	struct log_watch watch = {.read = command_progress_show, .ctx = &progress};
	int status;

	command_progress_begin(&progress, o->paths, o->n_paths);
	status = read_watched(t, o, &watch, complaints, count, e);
	command_progress_end();
	return status;
}

static int read_partials(struct tops *t, const struct options *o, struct errmsg *e)
{
	if (o->n_paths == 0 && tops_read_partial(t, "-", e) < 0)
		return -1;
	for (size_t i = 0; i < o->n_paths; i++)
		if (tops_read_partial(t, o->paths[i], e) < 0)
			return -1;
	if (o->parts > 0 && t->parts.logs.parts != o->parts)
		return errmsg_set(e, "%" PRIu64 " parts instead of %" PRIu32, t->parts.logs.parts, o->parts);
	return tops_join_partials(t, false, e);
}

/* Whether a log is one that the state has already. */
static int check_new(const struct tops *t, const json_t *head, const struct options *o, struct errmsg *e)
{
	struct input_logs had = {0};
	const struct input_log *log, *other;
	int status = input_logs_read(&had, head, o->state, e);

	log = status == 0 ? input_logs_common(&t->parts.logs, &had, &other) : NULL;
	if (log)
		status = errmsg_set(e, "%s: was given before: its %" PRIu64 " events are in %s already", log->file,
				    log->events, o->state);
	input_logs_clear(&had);
	return status;
}

/* Joins the counts of the new logs to the state. */
static int join_state(struct tops *t, struct part_state *state, const struct options *o, struct errmsg *e)
{
	struct part_file new = {0};
	struct tops_choice choice = t->choice;
	const char *name = o->n_paths == 1 ? ndjson_name(o->paths[0]) : "the logs";
	int status = tops_pack_partial(t, name, &new, e);

	tops_clear(t);
	tops_init(t, &choice);
	if (status == 0 && (tops_merge(t, &state->file, e) < 0 || tops_merge(t, &new, e) < 0))
		status = -1;
	part_file_clear(&new);
	return status < 0 ? -1 : tops_join_partials(t, true, e);
}

/* Opens the state, whose first line is *head, which is NULL where it is new. */
static int open_state(struct part_state *state, const struct options *o, json_t **head, struct errmsg *e)
{
	if (part_state_open(state, o->state, e) < 0)
		return -1;
	if (state->was_empty)
		command_note(&self, "%s is empty, as a run leaves it that was killed before it saved any: begun anew",
			     o->state);
	if (part_state_is_new(state))
		return 0;
	*head = part_state_head(state, &tops_part_kind, e);
	if (!*head)
		return -1;
	return tops_check_state(&o->choice, *head, e) < 0 ? errmsg_prefix(e, "%s", o->state) : 0;
}

/* Reads the logs, and joins them to the state. */
static int read_state(struct tops *t, struct part_state *state, const struct options *o,
		      struct command_complaints *complaints, struct log_count *count, struct errmsg *e)
{
	json_t *head = NULL;
	int status = open_state(state, o, &head, e);

	if (status == 0)
		status = read_logs(t, o, complaints, count, e);
	if (status == 0 && command_is_spoiled(complaints, &o->bad_lines, count))
		status = errmsg_set(e, "%s: left as it was, as not all of the logs could be read", o->state);
	if (status == 0 && head)
		status = check_new(t, head, o, e) < 0 ? -1 : join_state(t, state, o, e);
	json_decref(head);
	return status;
}

/* A part, or a list for machines. */
static int print_plain(struct tops *t, const struct options *o, struct tops_output *out, FILE *f, struct errmsg *e)
{
	struct command_screen screen;
	FILE *between = command_screen_open(&screen, f, e);
	int status;

	if (!between)
		return -1;
	status = o->choice.partial ? tops_write_partial(t, between, e) : o->format->write(t, out, between, e);
	return command_screen_close(&screen, e) < 0 ? -1 : status;
}

/* Says which events do not count. */
static void tell_left_out(const struct tops *t)
{
	const struct tops_left *left = &t->left;

	if (left->outside > 0)
		command_note(&self, "%" PRId64 " events are held out, or not between --since and --until",
			     left->outside);
	if (left->undated > 0)
		command_note(&self, "%" PRId64 " events without a timestamp are left out", left->undated);
	if (t->choice.counting.debias && left->unrecommended + left->unweighed > 0)
		command_note(&self, "%" PRId64 " plays of tracks that were not recommended are left out, and %" PRId64
			     " that were, with a probability that is not known",
			     left->unrecommended, left->unweighed);
	if (t->outside > 0)
		command_note(&self, "%" PRId64 " of %" PRId64 " events are not in experiment '%s'", t->outside,
			     t->events, t->choice.experiment);
}

static int print_result(struct tops *t, const struct options *o, const struct catalog *c, FILE *f, struct errmsg *e)
{
	struct tops_output out = {.catalog = o->tracks ? c : NULL, .limit = o->limit, .colour = table_wants_colour(f)};

	if (o->choice.partial)
		return print_plain(t, o, &out, f, e);
	if (tops_end(t, e) < 0 || (o->for_people ? o->format->write(t, &out, f, e) : print_plain(t, o, &out, f, e)) < 0)
		return -1;
	tell_left_out(t);
	if (out.unknown_plays > 0)
		command_note(&self,
			     "%" PRId64 " plays of tracks that are not in %s are left out, the first of them track %u",
			     out.unknown_plays, o->tracks, out.unknown);
	return 0;
}

static int write_result(struct tops *t, const struct options *o, const struct catalog *c, struct errmsg *e)
{
	struct command_result result;

	if (command_result_open(&result, o->output, e) < 0)
		return -1;
	return command_result_close(&result, print_result(t, o, c, result.file, e), e);
}

static int write_state(void *file, FILE *f, struct errmsg *e)
{
	const struct part_file *state = file;

	(void)e;
	fwrite(state->bytes, 1, state->n, f);
	return 0;
}

/*
 * Prints the result, and then saves the state, which is packed before as the result has less: where that could not be
 * written, the logs may be given again.
 */
static int print_and_save(struct tops *t, const struct options *o, const struct catalog *c, struct part_state *state,
			  struct errmsg *e)
{
	struct part_file new = {0};
	int status = tops_pack_partial(t, o->state, &new, e);

	/* what is asked for may be still to come, as in one shard of a log */
	if (status == 0 && tops_check_names(t, e) < 0)
		command_note(&self, "no list yet: %s", e->text);
	else if (status == 0)
		status = write_result(t, o, c, e);
	if (status == 0 && fflush(stdout) != 0)
		status = errmsg_set(e, "standard output: %s", strerror(errno));
	if (status == 0)
		status = part_state_save(state, write_state, &new, e);
	part_file_clear(&new);
	return status;
}

/* Reads what there is to be counted. */
static int read_all(struct tops *t, const struct options *o, struct part_state *state,
		    struct command_complaints *complaints, struct log_count *count, struct errmsg *e)
{
	if (o->state)
		return read_state(t, state, o, complaints, count, e);
	return o->merge ? read_partials(t, o, e) : read_logs(t, o, complaints, count, e);
}

/* Returns the exit status. */
static int count_plays(struct tops *t, const struct options *o, struct catalog *c, struct part_state *state)
{
	struct command_complaints complaints = {0};
	struct tops_choice choice = o->choice;
	struct errmsg e;
	struct log_count count = {0};
	bool spoiled, failed;

	command_reads(&self, o->tracks);
	if (o->tracks && catalog_load(c, o->tracks, &e) < 0)
		return command_fail(&self, &e);
	choice.partial = choice.partial || o->state;
	tops_init(t, &choice);
	command_reads_all(&self, o->paths, o->n_paths);
	failed = read_all(t, o, state, &complaints, &count, &e) < 0;
	spoiled = command_spoiled(&self, &complaints, &o->bad_lines, &count);
	/* Where nothing could be read there is no result, and no file is replaced by an empty one. */
	if (!failed && !(spoiled && t->events == 0))
		failed = (o->state ? print_and_save(t, o, c, state, &e) : write_result(t, o, c, &e)) < 0;
	if (failed)
		return command_fail(&self, &e);
	return spoiled ? EXIT_DATA : 0;
}

int main(int argc, char **argv)
{
	struct holdout holdout = {0};
	struct options o = {
		.limit = SIZE_MAX,
		.choice = {.prior = 10, .counting = {.liked = .8}},
		.holdout = &holdout,
	};
	struct catalog catalog = {0};
	struct tops tops = {0};
	struct part_state state = {.lock = {.fd = -1}};
	struct errmsg e;
	int status;

	command_begin(&self, argv);
	o.arms.list = calloc((size_t)argc, sizeof *o.arms.list);
	if (!o.arms.list) {
		errmsg_nomem(&e);
		return command_fail(&self, &e);
	}
	status = parse_options(&o, argc, argv);
	holdout_init(&holdout, &o.held_out);
	if (status < 0)
		status = command_finish(&self, NULL, count_plays(&tops, &o, &catalog, &state));
	holdout_clear(&holdout);
	tops_clear(&tops);
	part_state_close(&state);
	catalog_clear(&catalog);
	free(o.arms.list);
	return status;
}
