/*
 * botify-recommend: answers listeners' requests by a policy. See botify-recommend(1).
 */
#include <inttypes.h>
#include <malloc.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/lines.h"
#include "base/lock.h"
#include "base/now.h"
#include "base/save.h"
#include "base/stop.h"
#include "command.h"
#include "event/event.h"
#include "policy/recommender.h"
#include "text/ndjson.h"

struct options {
	const char *tracks, *policy, *experiments, *state;
	struct table_option {
		enum table_kind kind;
		const char *spec;
	} *tables; /* n_tables, in their order */
	size_t n_tables;
	uint64_t seed;
	double epsilon;
	size_t explain, max_sessions;
	bool no_latency;
	char *const *inputs;
	size_t n_inputs;
};

static int add_table(void *options, const struct option_row *row, const char *spec, struct errmsg *e)
{
	struct options *o = options;

	(void)e;
	o->tables[o->n_tables++] = (struct table_option){.kind = (enum table_kind)row->choice, .spec = spec};
	return 0;
}

#define TABLE(kind) OPTION_CALL(add_table), .choice = (kind)

enum { EXPLAIN_MAX = 10000 };

static const struct option_row option_rows[] = {
	{"tracks", "FILE", "the catalog; required; may be the table of similar tracks, too", OPTION_TEXT(tracks)},
	{"policy", "P", "the policy that answers (default: random)", OPTION_TEXT(policy)},
	{"experiments", "FILE", "experiments that split the users between policies", OPTION_TEXT(experiments)},
	{"similar", "[NAME=]FILE", "similar tracks, for similar, votes and i2i; may be repeated", TABLE(TABLE_SIMILAR)},
	{"user-tracks", "[NAME=]FILE", "tracks of each user, for collaborative; may be repeated",
	 TABLE(TABLE_USER_TRACKS)},
	{"top", "[NAME=]FILE", "popular tracks, for toppop; may be repeated", TABLE(TABLE_TOP)},
	{"session", "[NAME=]MODEL", "session model, for session; may be repeated", TABLE(TABLE_SESSION)},
	{"epsilon", "E", "answer by a uniform draw from the catalog with the probability E (default: 0)",
	 OPTION_REAL(epsilon, 0, 1)},
	{"seed", "N", "seed of all random draws (default: 0)", OPTION_WHOLE(seed, 0, INT64_MAX)},
	{"state", "FILE", "load the open sessions from FILE, and save them there at the end", OPTION_TEXT(state)},
	{"max-sessions", "N",
	 "keep at most N sessions open, and end the one that was silent for\n"
	 "longest where one more begins (default: 1000000)",
	 OPTION_WHOLE(max_sessions, 1, INT32_MAX)},
	{"explain", "N", "tell in each event of the first N candidates and their scores",
	 OPTION_WHOLE(explain, 1, EXPLAIN_MAX)},
	{"no-latency", NULL, "write 0 for the latency, so that equal input gives equal bytes", OPTION_FLAG(no_latency)},
	{0},
};

static const struct command command = {
	.name = "botify-recommend",
	.usage = "--tracks FILE [--policy P | --experiments FILE] [OPTION]... [REQUESTS]...",
	.purpose = "Answer requests for the next track: requests in, events out, a line each.",
	.options = {.rows = option_rows, .no_letters = true},
};

/* Everything that stays loaded while requests are answered. */
struct service {
	struct tables tables;
	struct experiments experiments;
	struct policy policy;
	struct recommender recommender;
	struct event_parser parser;
	bool latency; /* whether events carry the time that they took, instead of 0 */
	struct lock lock; /* on the state */
};

/* What can be said of the options together. */
static int check_options(const struct options *o, struct errmsg *e)
{
	if (!o->tracks)
		return errmsg_set(e, "no catalog given (--tracks FILE)");
	if (o->state && save_disturbs(o->state, STDOUT_FILENO))
		return errmsg_set(e, "--state %s: the state needs a file of its own", o->state);
	return 0;
}

/* Returns -1 to go on, or the exit status. */
static int parse_options(struct options *o, int argc, char **argv)
{
	struct errmsg e;
	int status = command_options(&command, argc, argv, o, NULL);

	o->inputs = argv + optind;
	o->n_inputs = (size_t)(argc - optind);
	if (status < 0 && check_options(o, &e) < 0)
		status = command_misused(&command, &e);
	return status;
}

/* Whether similar tracks are to be found in the catalog: they are wanted, and no table of them is given. */
static bool are_in_catalog(const struct service *s, const struct options *o)
{
	for (size_t i = 0; i < o->n_tables; i++)
		if (o->tables[i].kind == TABLE_SIMILAR)
			return false;
	return policy_reads(&s->policy, TABLE_SIMILAR) || experiments_read(&s->experiments, TABLE_SIMILAR);
}

static int load_tables(struct service *s, const struct options *o, struct errmsg *e)
{
	struct tables *t = &s->tables;

	command_reads(&command, o->tracks);
	if ((are_in_catalog(s, o) ? tables_load_catalog_and_similar : tables_load_catalog)(t, o->tracks, e) < 0)
		return -1;
	for (size_t i = 0; i < o->n_tables; i++) {
		const char *equals = strchr(o->tables[i].spec, '=');

		command_reads(&command, equals ? equals + 1 : o->tables[i].spec);
		if (tables_load(t, o->tables[i].kind, o->tables[i].spec, e) < 0)
			return -1;
	}
	return 0;
}

/* The policy comes first: it is on the command line, and a mistake there need not wait for the tables. */
static int load_policy(struct service *s, const struct options *o, struct errmsg *e)
{
	if (policy_parse(&s->policy, o->policy ? o->policy : "random", e) < 0)
		return EXIT_USAGE;
	command_reads(&command, o->experiments);
	if (o->experiments && experiments_load(&s->experiments, o->experiments, e) < 0)
		return EXIT_DATA;
	if (o->policy && experiments_serving(&s->experiments)) {
		errmsg_set(e, "--policy and the policies of %s: give one of them", ndjson_name(o->experiments));
		return EXIT_USAGE;
	}
	return 0;
}

/* It is saved at once too: a place that cannot be written is found before the first request, not after the last. */
static int load_state(struct service *s, const struct options *o, struct errmsg *e)
{
	struct sessions *sessions = &s->recommender.sessions;

	if (lock_take(&s->lock, o->state, e) < 0 || sessions_load(sessions, o->state, &s->tables.catalog, e) < 0)
		return -1;
	return sessions_save(sessions, o->state, &s->lock, e);
}

static int load_service(struct service *s, const struct options *o, struct errmsg *e)
{
	int status = load_policy(s, o, e);

	if (status != 0)
		return status;
	if (load_tables(s, o, e) < 0)
		return EXIT_DATA;
	if (policy_bind(&s->policy, &s->tables, e) < 0)
		return EXIT_USAGE;
	if (experiments_bind(&s->experiments, &s->tables, e) < 0) {
		errmsg_prefix(e, "%s", ndjson_name(o->experiments));
		return EXIT_DATA;
	}
	if (recommender_init(&s->recommender, &s->tables, &s->experiments, &s->policy, o->seed) < 0) {
		errmsg_nomem(e);
		return EXIT_DATA;
	}
	s->latency = !o->no_latency;
	recommender_explore(&s->recommender, o->epsilon);
	recommender_explain(&s->recommender, o->explain);
	s->recommender.sessions.max_open = o->max_sessions;
	return o->state && load_state(s, o, e) < 0 ? EXIT_DATA : 0;
}

static void unload_service(struct service *s)
{
	lock_release(&s->lock);
	event_parser_clear(&s->parser);
	recommender_clear(&s->recommender);
	experiments_clear(&s->experiments);
	policy_clear(&s->policy);
	tables_clear(&s->tables);
}

/* Answers a request by an event. Returns 0; or -1 with the reason, and nothing is written. */
static int answer_request(struct service *s, const struct lines *l, struct out *out, struct errmsg *e)
{
	int64_t start = s->latency ? now_ns() : 0;
	struct recommender *r = &s->recommender;
	struct event ev;

	if (out_pending(out) == 0 && !out->error)
		sessions_delivered(&r->sessions);
	event_parser_reset(&s->parser);
	if (event_parse(&s->parser, l->text, l->len, &ev, e) < 0 || recommender_answer(r, &ev, e) < 0)
		return -1;
	ev.latency = s->latency ? (double)(now_ns() - start) / 1e9 : 0;
	event_write(out, &ev, true);
	if (!out->error)
		sessions_written(&r->sessions, out_total(out));
	return 0;
}

/* Writes the answer to a line, good or bad. Returns 0; or -1 with the reason why it is not an event. */
static int answer_line(struct service *s, enum lines_status status, const struct lines *l, struct out *out,
		       struct errmsg *e)
{
	if (status == LINES_LINE && (lines_blank(l) || answer_request(s, l, out, e) == 0))
		return 0;
	event_write_error(out, e->text, l->number);
	return status == LINES_BAD ? -1 : errmsg_prefix(e, "%s:%lu", l->name, l->number);
}

/* Whether a descriptor is the file that standard output is, too: what is written there would be read without end. */
static bool is_output(int fd)
{
	struct stat in, out;

	if (fstat(fd, &in) < 0 || fstat(STDOUT_FILENO, &out) < 0)
		return false;
	return S_ISREG(in.st_mode) && in.st_dev == out.st_dev && in.st_ino == out.st_ino;
}

/* Opens one input. */
static int open_input(struct lines *l, const char *path, int stop, struct errmsg *e)
{
	if (lines_open_watched(l, path, stop, e) < 0)
		return -1;
	if (!is_output(l->fd))
		return 0;
	errmsg_set(e, "%s: it is the output, too", l->name);
	lines_clear(l);
	return -1;
}

/* Answers one input. Returns how it ended: LINES_END, LINES_STOP or LINES_FAILED. */
static enum lines_status answer_input(struct service *service, const char *path, int stop, struct out *out,
				      struct command_complaints *complaints)
{
	struct lines l;
	struct errmsg e;
	enum lines_status s;
	int flushed = 0;

	command_reads(&command, path);
	if (open_input(&l, path, stop, &e) < 0) {
		command_complain(&command, complaints, &e);
		return LINES_END;
	}
	lines_tie(&l, out);
	while ((s = lines_next(&l, &e)) == LINES_LINE || s == LINES_BAD) {
		if (answer_line(service, s, &l, out, &e) < 0)
			command_complain(&command, complaints, &e);
		/* where an answer got lost its asker would wait for it, and this for the next request */
		if (out->error || (out_full(out) && (flushed = out_flush(out, &e)) != 0))
			break;
	}
	/* a failure of the output is told by command_finish */
	if (s == LINES_FAILED && !out->error)
		command_complain(&command, complaints, &e);
	lines_clear(&l);
	return out->error ? LINES_FAILED : flushed == OUT_STOPPED ? LINES_STOP : s;
}

/* Says how many users were taken for gone. */
static void tell_dropped(const struct sessions *s)
{
	if (s->dropped > 0)
		command_note(&command, "%" PRIu64 " session%s ended for others to begin: "
				       "more than %zu %s open at a time (--max-sessions)",
			     s->dropped, s->dropped == 1 ? " was" : "s were", s->max_open,
			     s->max_open == 1 ? "was" : "were");
}

/* Answers all inputs. Returns how that ended. */
static enum lines_status answer_inputs(struct service *s, const struct options *o, int stop, struct out *out,
				       struct command_complaints *complaints)
{
	static char *const standard_input[] = {(char *)"-"};
	char *const *inputs = o->n_inputs > 0 ? o->inputs : standard_input;
	size_t n = o->n_inputs > 0 ? o->n_inputs : 1;
	enum lines_status ended = LINES_END;
	struct errmsg ignored;

	for (size_t i = 0; i < n && ended != LINES_STOP && !out->error; i++)
		ended = answer_input(s, inputs[i], stop, out, complaints);
	out_flush(out, &ignored); /* command_finish tells of errors */
	return ended;
}

/* Saves the state of what was delivered, and no more. */
static int save_state(struct service *s, const struct options *o, const struct out *out)
{
	struct sessions *sessions = &s->recommender.sessions;
	struct errmsg e;

	sessions_undo(sessions, &s->tables.catalog, out->written);
	return sessions_save(sessions, o->state, &s->lock, &e) < 0 ? command_fail(&command, &e) : 0;
}

static int serve_requests(struct service *s, const struct options *o)
{
	struct command_complaints complaints = {0};
	enum lines_status ended;
	struct errmsg e;
	struct out out;
	/* what has gone wrong with the output is to be seen, and the state to be saved all the same */
	void (*before)(int) = signal(SIGPIPE, SIG_IGN);
	int status = 0, stop = stop_open(&e);

	signal(SIGXFSZ, SIG_IGN);
	if (stop < 0)
		return command_fail(&command, &e);
	out_init(&out, STDOUT_FILENO, "standard output");
	out_watch(&out, stop);
	out_end_cut_line(&out);
	ended = answer_inputs(s, o, stop, &out, &complaints);
	if (o->state)
		status = save_state(s, o, &out);
	if (command_complained(&command, &complaints))
		status = EXIT_DATA;
	signal(SIGPIPE, before);
	tell_dropped(&s->recommender.sessions);
	status = command_finish(&command, &out, status);
	if (ended == LINES_STOP)
		stop_raise(stop);
	return status;
}

/*
 * What sessions no longer need serves others: up to 8 MiB stay free at the end of the heap, or an answer would wait for
 * the kernel whenever long sessions end. The largest table of a session (10,000 plays: 256 KiB) is from the heap, too.
 */
static void keep_memory_ready(void)
{
#ifdef M_TOP_PAD
	enum { LARGEST_TABLE = 1 << 18, FREE = 1 << 23 };

	mallopt(M_MMAP_THRESHOLD, 2 * LARGEST_TABLE);
	mallopt(M_TOP_PAD, FREE);
	mallopt(M_TRIM_THRESHOLD, FREE + LARGEST_TABLE);
#endif
}

int main(int argc, char **argv)
{
	struct options options = {.max_sessions = 1000000, .tables = calloc((size_t)argc, sizeof *options.tables)};
	struct service service = {.lock = {.fd = -1}};
	struct errmsg e;
	int status;

	keep_memory_ready();
	command_begin(&command, argv);
	if (!options.tables) {
		errmsg_nomem(&e);
		return command_fail(&command, &e);
	}
	status = parse_options(&options, argc, argv);
	if (status >= 0)
		goto out;
	status = load_service(&service, &options, &e);
	if (status == EXIT_USAGE)
		status = command_misused(&command, &e);
	else if (status != 0)
		command_fail(&command, &e);
	else
		status = serve_requests(&service, &options);
out:
	unload_service(&service);
	free(options.tables);
	return status;
}
