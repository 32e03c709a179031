#include "base/stop.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/now.h"
#include "base/unfinished.h"

static const int signals[] = {SIGHUP, SIGINT, SIGTERM};

/*
 * Where the handler writes the number of the signal, and when it first did. A handler has nothing but statics to work
 * with. It is needed because blocking the signals in this thread would not do: a thread of a library (OpenBLAS starts
 * some before main) would take them, and the process end.
 */
static volatile sig_atomic_t told = -1;
static _Atomic int64_t first_ms;

static void note_signal(int number)
{
	int reason = errno;
	char byte = (char)number;
	int64_t now = now_ns() / 1000000 + 1, first = 0; /* never 0 */

	if (atomic_compare_exchange_strong(&first_ms, &first, now)) {
		ssize_t ignored = write(told, &byte, 1);

		(void)ignored;
	} else if (now - first >= STOP_AGAIN_MS) {
		unfinished_remove();
		signal(number, SIG_DFL);
		raise(number);
	}
	errno = reason;
}

int stop_open(struct errmsg *e)
{
	struct sigaction action = {.sa_handler = note_signal, .sa_flags = SA_RESTART}, old;
	int ends[2];

	if (pipe2(ends, O_NONBLOCK | O_CLOEXEC) < 0)
		return errmsg_set(e, "pipe: %s", strerror(errno));
	told = ends[1];
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(signals[i], &action, NULL);
	return ends[0];
}

int stop_told(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, 0) > 0;
}

void stop_raise(int fd)
{
	char number;

	if (read(fd, &number, 1) != 1)
		return;
	signal(number, SIG_DFL);
	raise(number);
}
