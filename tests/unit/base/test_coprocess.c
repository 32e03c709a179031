#include "base/coprocess.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "unit/check.h"

/* Starts a shell that does what it is told. */
static void start(struct coprocess *c, const char *script)
{
	char *argv[] = {(char *)"sh", (char *)"-c", (char *)script, NULL};
	struct errmsg e = {0};

	CHECK(coprocess_start(c, argv, &e) == 0);
	CHECK_STR(e.text, "");
}

static void tell(const struct coprocess *c, const char *text)
{
	CHECK(write(c->to, text, strlen(text)) == (ssize_t)strlen(text));
}

/* Reads so many bytes, waiting two seconds at most. */
static void hear(const struct coprocess *c, const char *want)
{
	char got[64] = "";
	size_t n = 0;

	while (n < strlen(want)) {
		struct pollfd p = {.fd = c->from, .events = POLLIN};
		ssize_t more;

		if (poll(&p, 1, 2000) <= 0 || (more = read(c->from, got + n, strlen(want) - n)) <= 0)
			break;
		n += (size_t)more;
	}
	CHECK_STR(got, want);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int wait_for(struct coprocess *c, double seconds, struct errmsg *e)
{
	return coprocess_wait(c, (struct patience){.seconds = seconds, .stop_fd = -1}, e);
}

static void check_ending(const char *script, const char *reason)
{
	struct coprocess c;
	struct errmsg e = {0};

	start(&c, script);
	close(c.to);
	c.to = -1;
	CHECK(c.to == -1);
	CHECK(wait_for(&c, 2, &e) == (*reason ? -1 : 0));
	CHECK_STR(e.text, reason);
	CHECK(c.to == -1 && c.from == -1);
}

static void it_is_fed_and_read(void)
{
	struct coprocess c;
	struct errmsg e;

	start(&c, "while read -r x; do echo \"<$x>\"; done");
	CHECK((fcntl(c.to, F_GETFL) & O_NONBLOCK) && (fcntl(c.from, F_GETFL) & O_NONBLOCK));
	tell(&c, "one\ntwo\n");
	hear(&c, "<one>\n<two>\n");
	tell(&c, "three\n");
	hear(&c, "<three>\n");
	CHECK(wait_for(&c, 2, &e) == 0);
}

static void endings_are_told(void)
{
	check_ending("exit 0", "");
	check_ending("cat >/dev/null", "");
	check_ending("exit 3", "exited with status 3");
	check_ending("kill -9 $$", "was killed by signal 9 (Killed)");
	check_ending("kill -TERM $$", "was killed by signal 15 (Terminated)");
}

/* What it says at its end must not kill it, nor block it, though nobody will read it. */
static void last_words_are_let_be_said(void)
{
	check_ending("cat >/dev/null; sleep 0.05; echo bye", "");
	check_ending("cat >/dev/null; seq 1 100000", "");
}

static void check_surplus(const char *script, bool want)
{
	struct coprocess c;
	struct errmsg e;

	start(&c, script);
	CHECK(wait_for(&c, 2, &e) == 0);
	CHECK(c.surplus == want);
}

static void last_words_are_noticed(void)
{
	check_surplus("cat", false);
	check_surplus("cat; echo; echo ' '", false);
	check_surplus("cat; sleep 0.05; echo bye", true);
	check_surplus("cat; printf '\\0'", true);
	check_surplus("exec >&-; read -r x; exit 0", false);
}

/* A command that never stops talking is cut short, and does not end well. */
static void endless_words_are_cut(void)
{
	check_ending("exec yes", "was killed by signal 13 (Broken pipe)");
}

static void who_does_not_end_is_made_to(void)
{
	struct coprocess c;
	struct errmsg e;
	double start_time = now();

	start(&c, "exec sleep 20");
	CHECK(wait_for(&c, 0.1, &e) == -1);
	CHECK_STR(e.text, "did not end");
	CHECK(kill(c.pid, 0) < 0 && errno == ESRCH);
	start(&c, "trap '' TERM; while :; do sleep 0.05; done");
	CHECK(wait_for(&c, 0.1, &e) == -1);
	CHECK_STR(e.text, "did not end");
	CHECK(kill(c.pid, 0) < 0 && errno == ESRCH);
	CHECK(now() - start_time < 3);
}

/* Told to stop meanwhile, it waits less long; but not longer than it would have. */
static void patience_ends_when_told_to_stop(void)
{
	struct coprocess c;
	struct errmsg e;
	double start_time = now();
	int stop[2];

	CHECK(pipe(stop) == 0 && write(stop[1], "x", 1) == 1);
	start(&c, "exec sleep 20");
	CHECK(coprocess_wait(&c, (struct patience){.seconds = 20, .stop_fd = stop[0], .stopped = 0.2}, &e) == -1);
	CHECK(now() - start_time > 0.15 && now() - start_time < 3);
	start(&c, "exec sleep 20");
	CHECK(coprocess_wait(&c, (struct patience){.seconds = 0.1, .stop_fd = stop[0], .stopped = 20}, &e) == -1);
	start(&c, "cat >/dev/null; sleep 0.1");
	CHECK(coprocess_wait(&c, (struct patience){.seconds = 20, .stop_fd = stop[0], .stopped = 5}, &e) == 0);
	CHECK(now() - start_time < 5);
	close(stop[0]);
	close(stop[1]);
}

static void what_cannot_be_started_is_named(void)
{
	char *absent[] = {(char *)"botify-no-such-command", NULL}, *directory[] = {(char *)"/", NULL};
	struct coprocess c;
	struct errmsg e;
	int before = dup(0), after;

	CHECK(coprocess_start(&c, absent, &e) == -1);
	CHECK_STR(e.text, "botify-no-such-command: No such file or directory");
	CHECK(coprocess_start(&c, directory, &e) == -1);
	CHECK_STR(e.text, "/: Permission denied");
	close(before);
	after = dup(0);
	CHECK(after == before); /* no descriptor is left open */
	close(after);
}

/* It inherits neither the pipes of others nor blocked or ignored signals. */
static void it_inherits_nothing(void)
{
	struct coprocess a, b;
	struct errmsg e;
	sigset_t set, old;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, &old);
	signal(SIGPIPE, SIG_IGN);
	check_ending("kill -TERM $$", "was killed by signal 15 (Terminated)");
	check_ending("kill -PIPE $$", "was killed by signal 13 (Broken pipe)");
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &old, NULL);
	start(&a, "cat");
	start(&b, "cat");
	CHECK(wait_for(&a, 2, &e) == 0); /* b would hold its input open */
	CHECK(wait_for(&b, 2, &e) == 0);
}

int main(void)
{
	RUN(it_is_fed_and_read);
	RUN(endings_are_told);
	RUN(last_words_are_let_be_said);
	RUN(last_words_are_noticed);
	RUN(endless_words_are_cut);
	RUN(who_does_not_end_is_made_to);
	RUN(patience_ends_when_told_to_stop);
	RUN(what_cannot_be_started_is_named);
	RUN(it_inherits_nothing);
	return DONE();
}
