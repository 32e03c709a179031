#include "toppop-options.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "event/log.h"
#include "rank/tops_curve.h"
#include "text/day.h"
#include "text/number.h"

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

const struct command toppop_command = {
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
	return command_check_outputs(o->state, o->output, o->paths, o->n_paths, (char *[]){(char *)o->tracks}, 1, e);
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

int toppop_options_parse(struct options *o, int argc, char **argv)
{
	struct errmsg e;
	int status;

	*o = (struct options){.limit = SIZE_MAX, .choice = {.prior = 10, .counting = {.liked = .8}}};
	o->arms.list = calloc((size_t)argc, sizeof *o->arms.list);
	if (!o->arms.list) {
		errmsg_nomem(&e);
		return command_fail(&toppop_command, &e);
	}
	status = command_options(&toppop_command, argc, argv, o, &o->given);
	o->choice.arms = o->arms.list;
	o->choice.n_arms = o->arms.n;
	name_holdout(o);
	o->paths = argv + optind;
	o->n_paths = (size_t)(argc - optind);
	if (status < 0 && (find_format(o, &e) < 0 || check_options(o, &e) < 0 || check_output(o, &e) < 0))
		status = command_misused(&toppop_command, &e);
	return status;
}

void toppop_options_clear(struct options *o)
{
	free(o->arms.list);
}
