/*
 * botify-toppop: counts how popular each track is in event logs. See botify-toppop(1).
 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "event/holdout.h"
#include "event/log.h"
#include "rank/tops.h"
#include "render/table.h"
#include "text/ndjson.h"
#include "text/part_state.h"
#include "toppop-options.h"
#include "world/catalog.h"

/* Where events go. */
struct counting_run {
	struct tops *tops;
	struct holdout holdout;
};

static int take_event(void *ctx, const struct event *ev, const struct log *log, struct errmsg *e)
{
	struct counting_run *run = ctx;
	int held_out = holdout_has(&run->holdout, ev, log->text, e);

	if (held_out < 0)
		return -1;
	return held_out ? tops_pass(run->tops, ev, e) : tops_add(run->tops, ev, e);
}

static int read_paths(struct counting_run *run, const struct options *o, char *const *paths, size_t n,
		      struct log_watch *watch, struct command_complaints *complaints, struct log_count *count,
		      struct errmsg *e)
{
	const struct command_logs in = {paths, n, o->threads, take_event, run, watch, complaints, count};

	return command_read_logs(&toppop_command, &in, e);
}

/* For a part the logs are read one by one, so that it knows them apart. */
static int read_watched(struct counting_run *run, const struct options *o, struct log_watch *watch,
			struct command_complaints *complaints, struct log_count *count, struct errmsg *e)
{
	char standard_input[] = "-", *const only[] = {standard_input}, *const *paths = o->n_paths > 0 ? o->paths : only;
	size_t n = o->n_paths > 0 ? o->n_paths : 1;
	int status = 0;

	if (!run->tops->choice.partial)
		return read_paths(run, o, o->paths, o->n_paths, watch, complaints, count, e);
	for (size_t i = 0; status == 0 && i < n; i++) {
		if (tops_begin_log(run->tops, ndjson_name(paths[i])) < 0)
			return errmsg_nomem(e);
		status = read_paths(run, o, &paths[i], 1, watch, complaints, count, e);
	}
	return status;
}

static int read_logs(struct tops *t, const struct options *o, struct command_complaints *complaints,
		     struct log_count *count, struct errmsg *e)
{
	struct command_progress progress;
	struct log_watch watch = {.read = command_progress_show, .ctx = &progress};
	struct counting_run run = {.tops = t};
	int status;

	holdout_init(&run.holdout, &o->held_out);
	command_progress_begin(&progress, o->paths, o->n_paths);
	status = read_watched(&run, o, &watch, complaints, count, e);
	command_progress_end();
	holdout_clear(&run.holdout);
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
		command_note(&toppop_command,
			     "%s is empty, as a run leaves it that was killed before it saved any: begun anew",
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
		command_note(&toppop_command, "%" PRId64 " events are held out, or not between --since and --until",
			     left->outside);
	if (left->undated > 0)
		command_note(&toppop_command, "%" PRId64 " events without a timestamp are left out", left->undated);
	if (t->choice.counting.debias && left->unrecommended + left->unweighed > 0)
		command_note(&toppop_command,
			     "%" PRId64 " plays of tracks that were not recommended are left out, and %" PRId64
			     " that were, with a probability that is not known",
			     left->unrecommended, left->unweighed);
	if (t->outside > 0)
		command_note(&toppop_command, "%" PRId64 " of %" PRId64 " events are not in experiment '%s'",
			     t->outside, t->events, t->choice.experiment);
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
		command_note(&toppop_command,
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
		command_note(&toppop_command, "no list yet: %s", e->text);
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

	command_reads(&toppop_command, o->tracks);
	if (o->tracks && catalog_load(c, o->tracks, &e) < 0)
		return command_fail(&toppop_command, &e);
	choice.partial = choice.partial || o->state;
	tops_init(t, &choice);
	command_reads_all(&toppop_command, o->paths, o->n_paths);
	failed = read_all(t, o, state, &complaints, &count, &e) < 0;
	spoiled = command_spoiled(&toppop_command, &complaints, &o->bad_lines, &count);
	/* Where nothing could be read there is no result, and no file is replaced by an empty one. */
	if (!failed && !(spoiled && t->events == 0))
		failed = (o->state ? print_and_save(t, o, c, state, &e) : write_result(t, o, c, &e)) < 0;
	if (failed)
		return command_fail(&toppop_command, &e);
	return spoiled ? EXIT_DATA : 0;
}

int main(int argc, char **argv)
{
	struct options o;
	struct catalog catalog = {0};
	struct tops tops = {0};
	struct part_state state = {.lock = {.fd = -1}};
	int status;

	command_begin(&toppop_command, argv);
	status = toppop_options_parse(&o, argc, argv);
	if (status < 0)
		status = command_finish(&toppop_command, NULL, count_plays(&tops, &o, &catalog, &state));
	tops_clear(&tops);
	part_state_close(&state);
	catalog_clear(&catalog);
	toppop_options_clear(&o);
	return status;
}
