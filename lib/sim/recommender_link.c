#include "sim/recommender_link.h"

#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <unistd.h>

#include "base/coprocess.h"
#include "base/stop.h"

enum { STOP_SECONDS = 5 }; /* that a recommender has to end, once told to stop */

/*
 * How long a recommender may take to end: one that is done, or was told to stop, may have a state to save. `left` is
 * what a told one has left.
 */
static struct patience patience_after(enum simulation_outcome status, double timeout, double left, int stop_fd)
{
	if (status == SIMULATION_DONE)
		return (struct patience){.seconds = timeout, .stop_fd = stop_fd, .stopped = left};
	return (struct patience){.seconds = status == SIMULATION_STOPPED ? left : 0.1, .stop_fd = -1};
}

/* As driver_run; but a pipe that has closed at its other end is told, and does not end this process. */
static enum simulation_outcome run_driver(struct simulation *s, const struct driver_options *x, struct errmsg *e)
{
	void (*before)(int) = signal(SIGPIPE, SIG_IGN);
	enum simulation_outcome status = driver_run(s, x, e);

	signal(SIGPIPE, before);
	return status;
}

enum simulation_outcome recommender_link_play_command(struct simulation *s, char *const argv[], double timeout,
						      struct out *log, const struct simulation_watch *watch,
						      struct errmsg *e)
{
	struct driver_options x = {.to_name = argv[0], .from_name = argv[0], .log = log, .timeout = timeout,
				   .watch = *watch};
	struct coprocess c;
	struct driver_rest rest = {.to = &c.to, .seconds = fmin(timeout, STOP_SECONDS)};
	struct errmsg ending;
	enum simulation_outcome status;
	bool well;

	if (coprocess_start(&c, argv, e) < 0)
		return SIMULATION_FAILED;
	x.to = c.to;
	x.from = c.from;
	x.rest = &rest;
	status = run_driver(s, &x, e);
	well = coprocess_wait(&c, patience_after(status, timeout, rest.seconds, watch->stop_fd), &ending) == 0;
	if (status == SIMULATION_CUT_OFF)
		errmsg_set(e, "%s %s when %s", argv[0], well ? "ended" : ending.text, e->text);
	if (status != SIMULATION_DONE || (well && !c.surplus))
		return status;
	if (!well && stop_told(watch->stop_fd))
		return SIMULATION_STOPPED;
	if (well)
		errmsg_set(e, "%s: a reply that nobody asked for, after the last session", argv[0]);
	else
		errmsg_set(e, "%s %s after the last session", argv[0], ending.text);
	return SIMULATION_FAILED;
}

enum simulation_outcome recommender_link_play_wired(struct simulation *s, double timeout,
						    const struct simulation_watch *watch, struct errmsg *e)
{
	struct driver_options x = {
		.to = STDOUT_FILENO,
		.to_name = "standard output",
		.from = STDIN_FILENO,
		.from_name = "standard input",
		.timeout = timeout,
		.watch = *watch,
	};
	int in = fcntl(STDIN_FILENO, F_GETFL), out = fcntl(STDOUT_FILENO, F_GETFL);
	enum simulation_outcome status;

	fcntl(STDIN_FILENO, F_SETFL, in | O_NONBLOCK);
	fcntl(STDOUT_FILENO, F_SETFL, out | O_NONBLOCK);
	status = run_driver(s, &x, e);
	/* other processes may hold these descriptors too */
	fcntl(STDIN_FILENO, F_SETFL, in);
	fcntl(STDOUT_FILENO, F_SETFL, out);
	if (status == SIMULATION_CUT_OFF)
		errmsg_set(e, "standard input ended when %s", e->text);
	return status;
}
