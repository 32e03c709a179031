#include "partner.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "coprocess.h"

#define PATIENCE_WITH_FAILURES 0.1 /* s until a command that failed is made to end */

enum exchange_status partner_play_command(struct simulation *s, char *const argv[], double timeout, struct out *log,
					  const struct simulation_watch *watch, struct errmsg *e)
{
	struct exchange_options x = {.to_name = argv[0], .from_name = argv[0], .log = log, .timeout = timeout, .watch = *watch};
	struct coprocess c;
	struct errmsg ending;
	enum exchange_status status;
	void (*before)(int);
	size_t unread;

	if (coprocess_start(&c, argv, e) < 0)
		return EXCHANGE_FAILED;
	before = signal(SIGPIPE, SIG_IGN);
	x.to = c.to;
	x.from = c.from;
	status = exchange_run(s, &x, e);
	signal(SIGPIPE, before);
	if (coprocess_end(&c, status == EXCHANGE_DONE ? timeout : PATIENCE_WITH_FAILURES, &unread, &ending) == 0)
		errmsg_set(&ending, "ended");
	else if (status == EXCHANGE_DONE)
		return errmsg_set(e, "%s %s after the last session", argv[0], ending.text), EXCHANGE_FAILED;
	if (status == EXCHANGE_DONE && unread > 0)
		return errmsg_set(e, "%s wrote more after its last reply", argv[0]), EXCHANGE_FAILED;
	if (status == EXCHANGE_ENDED)
		errmsg_set(e, "%s %s when %s", argv[0], ending.text, e->text);
	return status;
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
	status = exchange_run(s, &x, e);
	/* other processes may hold these descriptors too */
	fcntl(STDIN_FILENO, F_SETFL, in);
	fcntl(STDOUT_FILENO, F_SETFL, out);
	if (status == EXCHANGE_ENDED)
		errmsg_prefix(e, "standard input ended when");
	return status;
}
