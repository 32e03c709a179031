#include "sim/partner.h"

#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <unistd.h>

#include "base/coprocess.h"

/* How long a recommender may take to end: one that is done, or was told to stop, may have a state to save. */
static double patience(enum exchange_status status, double timeout)
{
	return status == EXCHANGE_DONE ? timeout : status == EXCHANGE_STOPPED ? fmin(timeout, 5) : 0.1;
}

/* As exchange_run; but a pipe that has closed at its other end is told, and does not end this process. */
static enum exchange_status exchange(struct simulation *s, const struct exchange_options *x, struct errmsg *e)
{
	void (*before)(int) = signal(SIGPIPE, SIG_IGN);
	enum exchange_status status = exchange_run(s, x, e);

	signal(SIGPIPE, before);
	return status;
}

enum exchange_status partner_play_command(struct simulation *s, char *const argv[], double timeout, struct out *log,
					  const struct simulation_watch *watch, struct errmsg *e)
{
	struct exchange_options x = {.to_name = argv[0], .from_name = argv[0], .log = log, .timeout = timeout, .watch = *watch};
	struct coprocess c;
	struct errmsg ending;
	enum exchange_status status;
	bool well;

	if (coprocess_start(&c, argv, e) < 0)
		return EXCHANGE_FAILED;
	x.to = c.to;
	x.from = c.from;
	status = exchange(s, &x, e);
	well = coprocess_wait(&c, patience(status, timeout), &ending) == 0;
	if (status == EXCHANGE_ENDED)
		errmsg_set(e, "%s %s when %s", argv[0], well ? "ended" : ending.text, e->text);
	if (status != EXCHANGE_DONE || (well && !c.surplus))
		return status;
	if (well)
		errmsg_set(e, "%s: a reply that nobody asked for, after the last session", argv[0]);
	else
		errmsg_set(e, "%s %s after the last session", argv[0], ending.text);
	return EXCHANGE_FAILED;
}

enum exchange_status partner_play_wired(struct simulation *s, double timeout, const struct simulation_watch *watch,
					struct errmsg *e)
{
	struct exchange_options x = {
		.to = STDOUT_FILENO,
		.to_name = "standard output",
		.from = STDIN_FILENO,
		.from_name = "standard input",
		.timeout = timeout,
		.watch = *watch,
	};
	int in = fcntl(STDIN_FILENO, F_GETFL), out = fcntl(STDOUT_FILENO, F_GETFL);
	enum exchange_status status;

	fcntl(STDIN_FILENO, F_SETFL, in | O_NONBLOCK);
	fcntl(STDOUT_FILENO, F_SETFL, out | O_NONBLOCK);
	status = exchange(s, &x, e);
	/* other processes may hold these descriptors too */
	fcntl(STDIN_FILENO, F_SETFL, in);
	fcntl(STDOUT_FILENO, F_SETFL, out);
	if (status == EXCHANGE_ENDED)
		errmsg_set(e, "standard input ended when %s", e->text);
	return status;
}
