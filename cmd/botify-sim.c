/*
 * botify-sim: plays the listeners. See botify-sim(1).
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/now.h"
#include "base/stop.h"
#include "command.h"
#include "sim/agent.h"
#include "sim/console.h"
#include "sim/driver.h"
#include "sim/recommender_link.h"
#include "sim/simulation.h"
#include "text/day.h"
#include "world/embeddings.h"

/* How a run is answered. */
enum way { WAY_WIRED, WAY_COMMAND, WAY_RANDOM, WAY_ORACLE, WAY_CONSOLE };

/* What all users have in common, whatever their lines say; NaN or 0: what they say. */
struct constants {
	double gamma;
	uint32_t budget, neighbours;
};

struct options {
	const char *tracks, *embeddings, *users;
	struct constants constants;
	struct simulation_options run;
	double timeout;
	enum way way;
	bool json;
	char **argv; /* the recommender's command */
	struct option_list rivals;
	struct rival *rival; /* the same, parted; rivals.n of them */
	struct options_given given;
};

struct world {
	struct catalog catalog;
	struct users users;
	struct npy embeddings;
};

static int set_start(void *options, const struct option_row *row, const char *text, struct errmsg *e)
{
	struct options *o = options;

	(void)row;
	return day_parse("--start", text, &o->run.start, e);
}

static int set_agent(void *options, const struct option_row *row, const char *text, struct errmsg *e)
{
	static const struct {
		const char *name;
		enum way way;
	} agents[] = {{"random", WAY_RANDOM}, {"oracle", WAY_ORACLE}, {"console", WAY_CONSOLE}};
	struct options *o = options;

	for (size_t i = 0; i < sizeof agents / sizeof *agents; i++)
		if (strcmp(agents[i].name, text) == 0) {
			o->way = agents[i].way;
			return 0;
		}
	return errmsg_set(e, "--%s takes random, oracle or console, not '%s'", row->name, text);
}

static int set_summary(void *options, const struct option_row *row, const char *text, struct errmsg *e)
{
	struct options *o = options;

	o->json = strcmp(text, "json") == 0;
	if (o->json || strcmp(text, "table") == 0)
		return 0;
	return errmsg_set(e, "--%s takes table or json, not '%s'", row->name, text);
}

static const struct option_row option_rows[] = {
	{"tracks", "FILE", "the catalog; required", OPTION_TEXT(tracks)},
	{"embeddings", "FILE", "a vector a track (.npy); required", OPTION_TEXT(embeddings)},
	{"users", "FILE", "the listeners; required", OPTION_TEXT(users)},
	{"sessions", "N", "how many sessions to play in all (default: 1000)",
	 OPTION_WHOLE(run.sessions, 1, INT64_C(1000000000000))},
	{"days", "D", "how many days to spread them over (default: 1)", OPTION_WHOLE(run.days, 1, 100000)},
	{"start", "DATE", "the first day, YYYY-MM-DD (default: 2024-01-01)", OPTION_CALL(set_start)},
	{"seed", "S", "seed of all random draws (default: 0)", OPTION_WHOLE(run.seed, 0, INT64_MAX)},
	{"in-flight", "K", "sessions in flight at once (default: 256)", OPTION_WHOLE(run.in_flight, 1, 1000000)},
	{"return", "DAYS",
	 "users come back by themselves, after so many days on average: sooner\n"
	 "after good sessions; instead of --sessions, until the days are over",
	 OPTION_REAL(run.returns.days, 0.001, 1e6)},
	{"churn", "P", "with --return: leave for good with up to this probability (default: 0)",
	 OPTION_REAL(run.returns.churn, 0, 1)},
	{"hype", "N", "tracks of the day, which everybody likes better (default: 0)",
	 OPTION_WHOLE(run.hype, 0, 100000)},
	{"hype-boost", "X", "how much better: added to e . q (default: 2)", OPTION_REAL(run.hype_boost, -1e9, 1e9)},
	{"gamma", "G", "artist_discount_gamma of all users, whatever their lines say",
	 OPTION_REAL(constants.gamma, 0, 1)},
	{"budget", "N", "likewise session_budget", OPTION_WHOLE(constants.budget, 1, INT32_MAX)},
	{"interest-neighbours", "N", "likewise interest_neighbours", OPTION_WHOLE(constants.neighbours, 1, INT32_MAX)},
	{"max-tracks", "N", "end a session after N tracks (default: 5000)",
	 OPTION_WHOLE(run.max_tracks, 1, INT32_MAX)},
	{"timeout", "SECONDS", "give up when a reply does not come for so long (default: 30)",
	 OPTION_REAL(timeout, 0.001, 1e6)},
	{"agent", "KIND", "no recommender: random, oracle (the bound), or console (a person)", OPTION_CALL(set_agent)},
	{"rival", "NAME=COMMAND",
	 "with --agent console: play each session again by this recommender, and\n"
	 "tell what came of it; may be repeated",
	 OPTION_LIST(rivals)},
	{"summary", "table|json", "how the summary is printed on standard error (default: table)",
	 OPTION_CALL(set_summary)},
	{.help = "\n"
		 "COMMAND is the recommender: it reads requests and writes events. Without it (and without\n"
		 "--agent) requests go to standard output and events come from standard input.\n"},
	{0},
};

static const struct command command = {
	.name = "botify-sim",
	.usage = "--tracks FILE --embeddings FILE --users FILE [OPTION]... [-- COMMAND [ARG]...]",
	.purpose = "Play the listeners of a music service against a recommender, and log what they do.",
	.options = {.rows = option_rows, .no_letters = true, .before_operands = true},
};

/* What can be said of the options together. */
static int check_options(const struct options *o, struct errmsg *e)
{
	static const char *const of_recommender[] = {"timeout", "in-flight", NULL};
	static const char *const of_returns[] = {"churn", NULL}, *const of_hype[] = {"hype-boost", NULL};
	static const char *const of_schedule[] = {"sessions", NULL}, *const of_console[] = {"rival", NULL};
	const char *vain;

	if (o->run.returns.days > 0 && options_given_of(&o->given, of_schedule))
		return errmsg_set(e, "--return and --sessions exclude each other: there are as many as come of it");
	if (o->run.returns.days == 0 && options_given_of(&o->given, of_returns))
		return errmsg_set(e, "--churn has no effect without --return");
	if (o->run.hype == 0 && options_given_of(&o->given, of_hype))
		return errmsg_set(e, "--hype-boost has no effect without --hype");
	if (!o->tracks)
		return errmsg_set(e, "no catalog given (--tracks FILE)");
	if (!o->embeddings)
		return errmsg_set(e, "no embeddings given (--embeddings FILE)");
	if (!o->users)
		return errmsg_set(e, "no users given (--users FILE)");
	if (o->argv[0] && o->way != WAY_COMMAND)
		return errmsg_set(e, "--agent and a command (%s): give one of them", o->argv[0]);
	if (o->way != WAY_CONSOLE && options_given_of(&o->given, of_console))
		return errmsg_set(e, "--rival is for --agent console");
	if (o->way != WAY_COMMAND && o->way != WAY_WIRED &&
	    (vain = options_given_of(&o->given, of_recommender)) != NULL)
		return errmsg_set(e, "--%s has no effect with --agent, which plays one session at a time", vain);
	return 0;
}

/* Parts NAME=COMMAND. The names stay where they are, and are ended there. */
static int part_rivals(struct options *o, struct errmsg *e)
{
	for (size_t i = 0; i < o->rivals.n; i++) {
		char *text = o->rivals.list[i], *equals = strchr(text, '=');

		if (!equals || equals == text || !equals[1])
			return errmsg_set(e, "--rival takes NAME=COMMAND, not '%s'", text);
		*equals = 0;
		o->rival[i] = (struct rival){.name = text, .command = equals + 1};
	}
	return 0;
}

/* Returns -1 to go on, or the exit status. */
static int parse_options(struct options *o, int argc, char **argv)
{
	struct errmsg e;
	int status = command_options(&command, argc, argv, o, &o->given);

	o->argv = argv + optind;
	if (o->argv[0] && o->way == WAY_WIRED)
		o->way = WAY_COMMAND;
	if (status < 0 && (check_options(o, &e) < 0 || part_rivals(o, &e) < 0))
		status = command_misused(&command, &e);
	return status;
}

static void set_constants(struct users *users, const struct constants *c, size_t n_tracks)
{
	for (size_t i = 0; i < users->n; i++) {
		struct user *u = &users->list[i];

		if (!isnan(c->gamma))
			u->artist_discount_gamma = c->gamma;
		if (c->budget > 0)
			u->session_budget = c->budget;
		if (c->neighbours > 0)
			u->interest_neighbours = c->neighbours < n_tracks ? c->neighbours : (uint32_t)n_tracks;
	}
}

static int load_world(struct world *w, const struct options *o, struct errmsg *e)
{
	command_reads(&command, o->tracks);
	command_reads(&command, o->users);
	if (catalog_load(&w->catalog, o->tracks, e) < 0 ||
	    users_load(&w->users, o->users, &w->catalog, e) < 0)
		return -1;
	set_constants(&w->users, &o->constants, w->catalog.n_tracks);
	return embeddings_load(&w->embeddings, o->embeddings, &w->catalog, e);
}

static void show_progress(void *ctx, const struct simulation *s)
{
	double seconds = now_seconds() - *(const double *)ctx;
	uint64_t ended = s->ended, all = s->options.sessions;

	if (s->options.returns.days > 0)
		fprintf(stderr, "\r%" PRIu64 " sessions, %.0f sessions/s ", ended, (double)ended / seconds);
	else
		fprintf(stderr, "\r%" PRIu64 " of %" PRIu64 " sessions, %.0f sessions/s ", ended, all,
			(double)ended / seconds);
	fflush(stderr);
}

/* How far the search for the tracks near the interests has come, after its first second. */
struct search_progress {
	double next; /* when it is shown again */
	bool stands; /* in the last line of the terminal */
};

static void show_search(void *ctx, size_t done, size_t n)
{
	const double between = 0.2; /* seconds */
	struct search_progress *p = ctx;
	double now = now_seconds();

	if (now < p->next)
		return;
	p->next = now + between;
	p->stands = true;
	fprintf(stderr, "\rtracks near %zu of %zu interests found ", done, n);
	fflush(stderr);
}

/* Sets the simulation up, which may take a minute in a large world. Returns 0, or -1 with the reason. */
static int begin_simulation(struct simulation *s, const struct world *w, const struct options *o, struct errmsg *e)
{
	struct search_progress progress = {.next = now_seconds() + 1};
	struct neighbours_watch watch = {.show = show_search, .ctx = &progress};
	struct simulation_options run = o->run;
	int status;

	run.search = isatty(STDERR_FILENO) ? &watch : NULL;
	status = simulation_init(s, &w->catalog, &w->users, &w->embeddings, &run, e);
	s->options.search = NULL;
	if (progress.stands)
		fputs("\r\033[K", stderr);
	return status;
}

static enum simulation_outcome play_console(struct simulation *s, const struct options *o,
					    const struct simulation_watch *watch, struct out *log, struct errmsg *e)
{
	struct lines in;
	struct console c = {.in = &in,
			    .dialogue = stderr,
			    .terminal = isatty(STDIN_FILENO) && isatty(STDERR_FILENO),
			    .stop_fd = watch->stop_fd,
			    .log = isatty(STDOUT_FILENO) ? NULL : log,
			    .rivals = {.list = o->rival, .n = o->rivals.n, .timeout = o->timeout}};
	enum simulation_outcome outcome;

	lines_init(&in, STDIN_FILENO, "standard input");
	lines_watch(&in, watch->stop_fd);
	outcome = console_play(s, &c, e);
	lines_clear(&in);
	return outcome;
}

static enum simulation_outcome play_simulation(struct simulation *s, const struct options *o,
					       const struct simulation_watch *watch, struct out *log, struct errmsg *e)
{
	switch (o->way) {
	case WAY_COMMAND: return recommender_link_play_command(s, o->argv, o->timeout, log, watch, e);
	case WAY_WIRED:
		if (isatty(STDIN_FILENO))
			command_note(&command, "no recommender was given: requests are on standard output, "
					       "and events are awaited from the terminal");
		return recommender_link_play_wired(s, o->timeout, watch, e);
	case WAY_CONSOLE: return play_console(s, o, watch, log, e);
	case WAY_ORACLE: return agent_play(s, AGENT_ORACLE, o->run.seed, log, watch, e);
	default: return agent_play(s, AGENT_RANDOM, o->run.seed, log, watch, e);
	}
}

/* Returns 0, or -1 where there is no memory. */
static int print_summary(const struct simulation *s, const struct options *o, double seconds)
{
	if (o->json)
		return summary_print_json(stderr, s->days, o->run.days, o->run.start, seconds);
	return summary_print_table(stderr, s->days, o->run.days, o->run.start, seconds);
}

static int run_simulation(const struct world *w, const struct options *o)
{
	struct simulation s = {0};
	double start = now_seconds();
	struct simulation_watch watch = {.stop_fd = -1, .ctx = &start};
	struct errmsg e;
	struct out log;
	enum simulation_outcome ended;
	int status = 0;

	out_init(&log, STDOUT_FILENO, "standard output");
	/* until there is something to finish, signals end this process as they always do */
	if (begin_simulation(&s, w, o, &e) < 0 ||
	    (watch.stop_fd = stop_open(&e)) < 0) {
		status = command_fail(&command, &e);
		goto out;
	}
	out_watch(&log, watch.stop_fd);
	if (isatty(STDERR_FILENO) && o->way != WAY_CONSOLE)
		watch.progress = show_progress;
	if (o->way != WAY_WIRED)
		out_end_cut_line(&log);
	start = now_seconds();
	ended = play_simulation(&s, o, &watch, &log, &e);
	if (watch.progress)
		fputs("\r\033[K", stderr);
	if ((ended == SIMULATION_FAILED || ended == SIMULATION_CUT_OFF) && !log.error)
		status = command_fail(&command, &e);
	status = command_finish(&command, &log, status);
	if ((status == 0 || s.ended > 0) && print_summary(&s, o, now_seconds() - start) < 0) {
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
		.run = {.sessions = 1000, .days = 1, .in_flight = 256, .max_tracks = 5000,
			.start = INT64_C(1704067200000), .hype_boost = 2},
		.timeout = 30,
		.constants = {.gamma = NAN},
	};
	struct world world = {0};
	struct errmsg e;
	int status;

	command_begin(&command, argv);
	options.rivals.list = calloc((size_t)argc, sizeof *options.rivals.list);
	options.rival = calloc((size_t)argc, sizeof *options.rival);
	if (!options.rivals.list || !options.rival) {
		errmsg_nomem(&e);
		return command_fail(&command, &e);
	}
	status = parse_options(&options, argc, argv);
	if (status < 0)
		status = load_world(&world, &options, &e) < 0 ? command_fail(&command, &e)
							      : run_simulation(&world, &options);
	catalog_clear(&world.catalog);
	users_clear(&world.users);
	npy_clear(&world.embeddings);
	free(options.rivals.list);
	free(options.rival);
	return status;
}
