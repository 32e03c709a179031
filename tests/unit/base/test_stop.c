#include "base/stop.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/unfinished.h"
#include "unit/fixture.h"

enum { EXIT_UNTOLD = 10, EXIT_TOLD, EXIT_RAISED_NOTHING };

/* Waits, at most two seconds, until it is told to stop. */
static bool told(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	while (poll(&p, 1, 2000) < 0)
		;
	return p.revents != 0;
}

/* Runs in a child of its own, which signals itself. Returns how that ended, as waitpid says it. */
static int in_child(void (*run)(int signal), int signal)
{
	int status = -1;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		run(signal);
		_exit(EXIT_RAISED_NOTHING);
	}
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
	return status;
}

static void stop_by(int number)
{
	struct errmsg e;
	int fd;

	signal(number, SIG_DFL);
	fd = stop_open(&e);
	if (fd < 0 || stop_told(fd) || stop_told(-1))
		_exit(EXIT_UNTOLD);
	kill(getpid(), number);
	if (!told(fd) || !stop_told(fd))
		_exit(EXIT_UNTOLD);
	/* it can be seen as often as one looks */
	if (!told(fd))
		_exit(EXIT_UNTOLD);
	stop_raise(fd);
}

static void signals_are_told_and_then_end_the_process(void)
{
	static const int signals[] = {SIGHUP, SIGINT, SIGTERM};

	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
		int status = in_child(stop_by, signals[i]);

		CHECK(WIFSIGNALED(status) && WTERMSIG(status) == signals[i]);
	}
}

static void *sleep_for_ever(void *barrier)
{
	/* only now that it runs are its signals those of the process */
	pthread_barrier_wait(barrier);
	for (;;)
		pause();
	return NULL;
}

static void live_on_with_a_thread(int number)
{
	struct errmsg e;
	pthread_barrier_t barrier;
	pthread_t thread;
	int fd;

	signal(number, SIG_DFL);
	pthread_barrier_init(&barrier, NULL, 2);
	if (pthread_create(&thread, NULL, sleep_for_ever, &barrier) != 0)
		_exit(EXIT_UNTOLD);
	pthread_barrier_wait(&barrier);
	fd = stop_open(&e);
	kill(getpid(), number);
	_exit(fd >= 0 && told(fd) ? EXIT_TOLD : EXIT_UNTOLD);
}

/* Libraries have threads of their own (OpenBLAS), which were there before and block nothing. */
static void threads_do_not_take_the_signal(void)
{
	int status = in_child(live_on_with_a_thread, SIGTERM);

	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == EXIT_TOLD);
	status = in_child(live_on_with_a_thread, SIGINT);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == EXIT_TOLD);
}

static void ignore(int number)
{
	struct errmsg e;
	int fd;

	signal(number, SIG_IGN);
	fd = stop_open(&e);
	kill(getpid(), number);
	_exit(fd >= 0 && poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, 50) == 0 ? EXIT_UNTOLD : EXIT_TOLD);
}

static void ignored_signals_stay_ignored(void)
{
	int status = in_child(ignore, SIGINT);

	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == EXIT_UNTOLD);
	status = in_child(ignore, SIGTERM);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == EXIT_UNTOLD);
}

static void raise_nothing(int number)
{
	struct errmsg e;
	int fd = stop_open(&e);

	(void)number;
	stop_raise(fd);
}

static void without_a_signal_there_is_nothing_to_raise(void)
{
	int status = in_child(raise_nothing, 0);

	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == EXIT_RAISED_NOTHING);
}

/* The first is what ends it, as it would have been without. */
static void twice(int number)
{
	struct errmsg e;
	int fd;

	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	fd = stop_open(&e);
	for (int i = 0; i < 10; i++)
		kill(getpid(), number);
	if (!told(fd))
		_exit(EXIT_UNTOLD);
	stop_raise(fd);
}

static void many_signals_are_as_good_as_one(void)
{
	int status = in_child(twice, SIGTERM);

	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
}

/* Does not look whether it was told. */
static void deaf(int number)
{
	struct errmsg e;

	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	stop_open(&e);
	unfinished_note("unfinished");
	kill(getpid(), SIGINT);
	usleep((STOP_AGAIN_MS + 100) * 1000);
	kill(getpid(), number);
	usleep(100000);
}

static void a_second_one_ends_it_at_once(void)
{
	int status;

	fixture_file("unfinished", "x");
	status = in_child(deaf, SIGTERM);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	CHECK(access("unfinished", F_OK) < 0);
	status = in_child(deaf, SIGINT);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
}

int main(void)
{
	char directory[32];

	fixture_enter(directory);
	RUN(signals_are_told_and_then_end_the_process);
	RUN(threads_do_not_take_the_signal);
	RUN(ignored_signals_stay_ignored);
	RUN(without_a_signal_there_is_nothing_to_raise);
	RUN(many_signals_are_as_good_as_one);
	RUN(a_second_one_ends_it_at_once);
	fixture_leave(directory);
	return DONE();
}
