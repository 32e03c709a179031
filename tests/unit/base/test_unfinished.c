#include "base/unfinished.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit/fixture.h"

/* Notes two files, forgets one, and ends by a signal. */
static int end_by(int number, void (*before)(int))
{
	int status = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		signal(number, before);
		unfinished_note(fixture_file("first", "x"));
		unfinished_note(fixture_file("second", "x"));
		unfinished_forget("first");
		kill(getpid(), number);
		unfinished_forget("second");
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	return status;
}

static void signals_remove_what_is_noted(void)
{
	static const int signals[] = {SIGHUP, SIGINT, SIGTERM, SIGPIPE, SIGXFSZ};

	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
		int status = end_by(signals[i], SIG_DFL);

		CHECK(WIFSIGNALED(status) && WTERMSIG(status) == signals[i]);
		CHECK(access("first", F_OK) == 0 && access("second", F_OK) < 0);
		unlink("first");
	}
}

static void ignored_signals_stay_ignored(void)
{
	int status = end_by(SIGHUP, SIG_IGN);

	CHECK(WIFEXITED(status) && access("first", F_OK) == 0 && access("second", F_OK) == 0);
	unlink("first");
	unlink("second");
}

static void there_is_room_for_some(void)
{
	int n = 0;

	while (n < 1000 && unfinished_note("file") == 0)
		n++;
	CHECK(n > 1 && n < 1000);
	unfinished_forget("file");
	CHECK(unfinished_note("other") == 0);
	unfinished_forget("other");
}

int main(void)
{
	char directory[32];

	fixture_enter(directory);
	RUN(signals_remove_what_is_noted);
	RUN(ignored_signals_stay_ignored);
	RUN(there_is_room_for_some);
	fixture_leave(directory);
	return DONE();
}
