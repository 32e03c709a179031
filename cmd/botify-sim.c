/*
 * botify-sim: plays the listeners. See botify-sim(1).
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/stop.h"
#include "command.h"
#include "options.h"
#include "sim/agent.h"
#include "sim/console.h"
#include "sim/driver.h"
#include "sim/recommender_link.h"
#include "sim/simulation.h"
#include "text/day.h"
#include "text/number.h"
#include "world/embeddings.h"

static const struct command command = {
	.name = "botify-sim",
	.usage = "--tracks FILE --embeddings FILE --users FILE [OPTION]... [-- COMMAND [ARG]...]",
	.purpose = "Play the listeners of a music service against a recommender, and log what they do.",
	.options =
		"  --tracks FILE           the catalog; required\n"
		"  --embeddings FILE       a vector a track (.npy); required\n"
		"  --users FILE            the listeners; required\n"
		"  --sessions N            how many sessions to play in all (default: 1000)\n"
		"  --days D                how many days to spread them over (default: 1)\n"
		"  --start DATE            the first day, YYYY-MM-DD (default: 2024-01-01)\n"
		"  --seed S                seed of all random draws (default: 0)\n"
		"  --in-flight K           sessions in flight at once (default: 256)\n"
		"  --max-tracks N          end a session after N tracks (default: 5000)\n"
		"  --timeout SECONDS       give up when a reply does not come for so long (default: 30)\n"
		"  --agent KIND            no recommender: random, oracle (the bound), or console (a person)\n"
		"  --summary table|json    how the summary is printed on standard error (default: table)\n"
		"\n"
		"COMMAND is the recommender: it reads requests and writes events. Without it (and without\n"
		"--agent) requests go to standard output and events come from standard input.\n",
};

/* How a run is answered. */
enum way { WAY_WIRED, WAY_COMMAND, WAY_RANDOM, WAY_ORACLE, WAY_CONSOLE };

struct options {
	const char *tracks, *embeddings, *users;
	struct simulation_options run;
	double timeout;
	enum way way;
	bool json;
	char **argv; /* the recommender's command */
	struct options_given given;
};

enum {
	OPT_TRACKS = 256, OPT_EMBEDDINGS, OPT_USERS, OPT_SESSIONS, OPT_DAYS, OPT_START, OPT_SEED, OPT_IN_FLIGHT, OPT_MAX_TRACKS,
	OPT_TIMEOUT, OPT_AGENT, OPT_SUMMARY
};

static const struct option long_options[] = {
	{"tracks", required_argument, NULL, OPT_TRACKS},
	{"embeddings", required_argument, NULL, OPT_EMBEDDINGS},
	{"users", required_argument, NULL, OPT_USERS},
	{"sessions", required_argument, NULL, OPT_SESSIONS},
	{"days", required_argument, NULL, OPT_DAYS},
	{"start", required_argument, NULL, OPT_START},
	{"seed", required_argument, NULL, OPT_SEED},
	{"in-flight", required_argument, NULL, OPT_IN_FLIGHT},
	{"max-tracks", required_argument, NULL, OPT_MAX_TRACKS},
	{"timeout", required_argument, NULL, OPT_TIMEOUT},
	{"agent", required_argument, NULL, OPT_AGENT},
	{"summary", required_argument, NULL, OPT_SUMMARY},
	COMMAND_OPTIONS,
};

struct world {
	struct catalog catalog;
	struct users users;
	struct npy embeddings;
};

/* One of two words; 0 or 1, or -1 with the reason. */
static int parse_word(const char *what, const char *text, const char *first, const char *second, struct errmsg *e)
{
	if (strcmp(text, first) == 0)
		return 0;
	return strcmp(text, second) == 0 ? 1 : errmsg_set(e, "%s takes %s or %s, not '%s'", what, first, second, text);
}

static int parse_u32(const char *what, const char *text, int64_t max, uint32_t *n, struct errmsg *e)
{
	int64_t value;

	if (number_parse_int(what, text, 1, max, &value, e) < 0)
		return -1;
	*n = (uint32_t)value;
	return 0;
}

static int parse_agent(const char *text, enum way *way, struct errmsg *e)
{
	static const struct {
		const char *name;
		enum way way;
	} agents[] = {{"random", WAY_RANDOM}, {"oracle", WAY_ORACLE}, {"console", WAY_CONSOLE}};

	for (size_t i = 0; i < sizeof agents / sizeof *agents; i++)
		if (strcmp(agents[i].name, text) == 0) {
			*way = agents[i].way;
			return 0;
		}
	return errmsg_set(e, "--agent takes random, oracle or console, not '%s'", text);
}

/* Takes one option that can be wrong. */
static int parse_value(struct options *o, int c, const char *text, struct errmsg *e)
{
	int64_t n = 0;
	int status = 0;

	switch (c) {
	case OPT_SESSIONS:
		status = number_parse_int("--sessions", text, 1, INT64_C(1000000000000), &n, e);
		o->run.sessions = (uint64_t)n;
		return status;
	case OPT_SEED:
		status = number_parse_int("--seed", text, 0, INT64_MAX, &n, e);
		o->run.seed = (uint64_t)n;
		return status;
	case OPT_DAYS: return parse_u32("--days", text, 100000, &o->run.days, e);
	case OPT_IN_FLIGHT: return parse_u32("--in-flight", text, 1000000, &o->run.in_flight, e);
	case OPT_MAX_TRACKS: return parse_u32("--max-tracks", text, INT32_MAX, &o->run.max_tracks, e);
	case OPT_START: return day_parse("--start", text, &o->run.start, e);
	case OPT_TIMEOUT: return number_parse("--timeout", text, 0.001, 1e6, &o->timeout, e);
	case OPT_SUMMARY:
		status = parse_word("--summary", text, "table", "json", e);
		o->json = status == 1;
		return status;
	default: return parse_agent(text, &o->way, e);
	}
}

/* What can be said of the options together. */
static int check_options(const struct options *o, struct errmsg *e)
{
	static const char *const of_recommender[] = {"timeout", "in-flight", NULL};
	const char *vain;

	if (!o->tracks)
		return errmsg_set(e, "no catalog given (--tracks FILE)");
	if (!o->embeddings)
		return errmsg_set(e, "no embeddings given (--embeddings FILE)");
	if (!o->users)
		return errmsg_set(e, "no users given (--users FILE)");
	if (o->argv[0] && o->way != WAY_COMMAND)
		return errmsg_set(e, "--agent and a command (%s): give one of them", o->argv[0]);
	if (o->way != WAY_COMMAND && o->way != WAY_WIRED && (vain = options_given_of(&o->given, of_recommender)) != NULL)
		return errmsg_set(e, "--%s has no effect with --agent, which plays one session at a time", vain);
	return 0;
}

/* Returns -1 to go on, or the exit status. */
static int parse_options(struct options *o, int argc, char **argv)
{
	struct errmsg e;
	int c, which;

	o->given.table = long_options;
	while ((c = options_next(&command, argc, argv, "+hV", long_options, &which)) != -1) {
		options_give(&o->given, c, which);
		switch (c) {
		case OPT_TRACKS: o->tracks = optarg; break;
		case OPT_EMBEDDINGS: o->embeddings = optarg; break;
		case OPT_USERS: o->users = optarg; break;
		case 'h': case 'V': return command_info(&command, c);
		case '?': return command_bad_option(&command);
		default:
			if (parse_value(o, c, optarg, &e) < 0)
				return command_misused(&command, &e);
		}
	}
	o->argv = argv + optind;
	if (o->argv[0] && o->way == WAY_WIRED)
		o->way = WAY_COMMAND;
	return check_options(o, &e) < 0 ? command_misused(&command, &e) : -1;
}

static int load_world(struct world *w, const struct options *o, struct errmsg *e)
{
	command_reads(&command, o->tracks);
	command_reads(&command, o->users);
	if (catalog_load(&w->catalog, o->tracks, e) < 0 ||
	    users_load(&w->users, o->users, &w->catalog, e) < 0)
		return -1;
	return embeddings_load(&w->embeddings, o->embeddings, &w->catalog, e);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void show_progress(void *ctx, const struct simulation *s)
{
	double seconds = now() - *(const double *)ctx;
	uint64_t ended = s->ended, all = s->options.sessions;

	fprintf(stderr, "\r%" PRIu64 " of %" PRIu64 " sessions, %.0f sessions/s ", ended, all, (double)ended / seconds);
	fflush(stderr);
}

static enum simulation_outcome play_console(struct simulation *s, const struct simulation_watch *watch, struct out *log,
					    struct errmsg *e)
{
	struct lines in;
	struct console c = {.in = &in, .dialogue = stderr, .log = isatty(STDOUT_FILENO) ? NULL : log};
	enum simulation_outcome outcome;

	lines_init(&in, STDIN_FILENO, "standard input");
	lines_watch(&in, watch->stop_fd);
	outcome = console_play(s, &c, e);
	lines_clear(&in);
	return outcome;
}

static enum simulation_outcome play(struct simulation *s, const struct options *o, const struct simulation_watch *watch,
				    struct out *log, struct errmsg *e)
{
	switch (o->way) {
	case WAY_COMMAND: return recommender_link_play_command(s, o->argv, o->timeout, log, watch, e);
	case WAY_WIRED:
		if (isatty(STDIN_FILENO))
			command_note(&command, "no recommender was given: requests are on standard output, "
					       "and events are awaited from the terminal");
		return recommender_link_play_wired(s, o->timeout, watch, e);
	case WAY_CONSOLE: return play_console(s, watch, log, e);
	case WAY_ORACLE: return agent_play(s, AGENT_ORACLE, o->run.seed, log, watch, e);
	default: return agent_play(s, AGENT_RANDOM, o->run.seed, log, watch, e);
	}
}

/* Returns 0, or -1 where there is no memory. */
static int print_summary(const struct simulation *s, const struct options *o, double seconds)
{
	return (o->json ? summary_print_json : summary_print_table)(stderr, s->days, o->run.days, o->run.start, seconds);
}

static int run(const struct world *w, const struct options *o)
{
	struct simulation s = {0};
	double start = now();
	struct simulation_watch watch = {.stop_fd = -1, .ctx = &start};
	struct errmsg e;
	struct out log;
	enum simulation_outcome ended;
	int status = 0;

	out_init(&log, STDOUT_FILENO, "standard output");
	/* signals end this process as ever until there is something to finish */
	if (simulation_init(&s, &w->catalog, &w->users, &w->embeddings, &o->run, &e) < 0 || (watch.stop_fd = stop_open(&e)) < 0) {
		status = command_fail(&command, &e);
		goto out;
	}
	out_watch(&log, watch.stop_fd);
	if (isatty(STDERR_FILENO) && o->way != WAY_CONSOLE)
		watch.progress = show_progress;
	if (o->way != WAY_WIRED)
		out_end_cut_line(&log);
	start = now();
	ended = play(&s, o, &watch, &log, &e);
	if (watch.progress)
		fputs("\r\033[K", stderr);
	if ((ended == SIMULATION_FAILED || ended == SIMULATION_CUT_OFF) && !log.error)
		status = command_fail(&command, &e);
	status = command_finish(&command, &log, status);
	if ((status == 0 || s.ended > 0) && print_summary(&s, o, now() - start) < 0) {
		errmsg_nomem(&e);
		status = command_fail(&command, &e);
	}
	status = command_said(status);
	if (ended == SIMULATION_STOPPED)
		stop_raise(watch.stop_fd);
out:
	simulation_clear(&s);
	return status;
}

int main(int argc, char **argv)
{
	struct options options = {
		.run = {.sessions = 1000, .days = 1, .in_flight = 256, .max_tracks = 5000, .start = INT64_C(1704067200000)},
		.timeout = 30,
	};
	struct world world = {0};
	struct errmsg e;
	int status;

	command_begin(&command, argv);
	status = parse_options(&options, argc, argv);
	if (status >= 0)
		return status;
	status = load_world(&world, &options, &e) < 0 ? command_fail(&command, &e) : run(&world, &options);
	catalog_clear(&world.catalog);
	users_clear(&world.users);
	npy_clear(&world.embeddings);
	return status;
}
