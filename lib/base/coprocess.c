#include "base/coprocess.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/now.h"
#include "base/spawn.h"
#include "base/stop.h"

enum { STEP_MS = 2, DROPPED_MAX = 1 << 20 };

static void close_pipe(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

int coprocess_start(struct coprocess *c, char *const argv[], struct errmsg *e)
{
	int in[2] = {-1, -1}, out[2] = {-1, -1}, error = 0;

	*c = (struct coprocess){.pid = -1, .to = -1, .from = -1};
	if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0)
		error = errno;
	if (!error)
		error = spawn(&c->pid, &(struct spawn){.argv = argv, .in = in[0], .out = out[1]});
	close_pipe(&in[0]);
	close_pipe(&out[1]);
	if (error) {
		close_pipe(&in[1]);
		close_pipe(&out[0]);
		c->pid = -1;
		return errmsg_set(e, "%s: %s", argv[0], strerror(error));
	}
	fcntl(in[1], F_SETFL, O_NONBLOCK);
	fcntl(out[0], F_SETFL, O_NONBLOCK);
	c->to = in[1];
	c->from = out[0];
	return 0;
}

/* Reads what it says and drops it. After too much of that, its output is closed. */
static void drop_output(struct coprocess *c)
{
	char text[4096];

	while (c->from >= 0) {
		ssize_t n = read(c->from, text, sizeof text);

		if (n < 0 && errno != EINTR)
			return;
		for (ssize_t i = 0; i < n; i++)
			c->surplus = c->surplus || !isspace((unsigned char)text[i]);
		c->dropped += n > 0 ? (size_t)n : 0;
		if (n == 0 || c->dropped > DROPPED_MAX)
			close_pipe(&c->from);
	}
}

/* Waits for the end in small steps. Returns whether it came. */
static bool ended_within(struct coprocess *c, struct patience patience, int *status)
{
	double end = now_seconds() + patience.seconds;

	for (;;) {
		pid_t pid = waitpid(c->pid, status, WNOHANG);
		struct pollfd p = {.fd = c->from, .events = POLLIN};

		drop_output(c); /* after it has ended too: what it said last is still there */
		if (pid == c->pid)
			return true;
		if (stop_told(patience.stop_fd)) {
			end = fmin(end, now_seconds() + patience.stopped);
			patience.stop_fd = -1;
		}
		if (now_seconds() >= end)
			return false;
		poll(&p, 1, STEP_MS);
	}
}

int coprocess_wait(struct coprocess *c, struct patience patience, struct errmsg *e)
{
	int status;
	bool ended;

	close_pipe(&c->to);
	ended = ended_within(c, patience, &status);
	if (!ended) {
		kill(c->pid, SIGTERM);
		if (!ended_within(c, (struct patience){.seconds = 0.5, .stop_fd = -1}, &status)) {
			kill(c->pid, SIGKILL);
			waitpid(c->pid, &status, 0);
		}
	}
	close_pipe(&c->from);
	if (!ended)
		return errmsg_set(e, "did not end");
	if (WIFSIGNALED(status))
		return errmsg_set(e, "was killed by signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
	if (WEXITSTATUS(status) != 0)
		return errmsg_set(e, "exited with status %d", WEXITSTATUS(status));
	return 0;
}
