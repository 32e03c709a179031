#include "base/lock.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "unit/fixture.h"

/* What another process, a child of this one, is told; "" where it gets the lock. Valid until the next call. */
static const char *told_another(const char *path)
{
	static struct errmsg e;
	struct lock l;
	int ends[2];

	CHECK(pipe(ends) == 0);
	fflush(stdout);
	if (fork() == 0) {
		e.text[0] = 0;
		lock_take(&l, path, &e);
		_exit(write(ends[1], e.text, sizeof e.text) < 0);
	}
	CHECK(read(ends[0], e.text, sizeof e.text) == sizeof e.text);
	wait(NULL);
	close(ends[0]);
	close(ends[1]);
	return e.text;
}

static void one_process_has_it(void)
{
	struct lock l;
	struct errmsg e;
	char want[64];

	CHECK(lock_take(&l, "file", &e) == 0 && l.fd > 2);
	CHECK(access("file", F_OK) == 0); /* it was made */
	snprintf(want, sizeof want, "file: in use by process %ld", (long)getpid());
	CHECK_STR(told_another("file"), want);
	CHECK(symlink("file", "link") == 0);
	snprintf(want, sizeof want, "link: in use by process %ld", (long)getpid());
	CHECK_STR(told_another("link"), want);
	lock_release(&l);
	CHECK(l.fd == -1);
	CHECK_STR(told_another("file"), "");
	lock_release(&l);
	unlink("link");
}

/* Saving a file takes the lock along. */
static void a_new_file_is_locked_before_it_is_there(void)
{
	struct lock l, next;
	struct errmsg e;
	int fd;

	CHECK(lock_take(&l, "file", &e) == 0);
	fd = open("new", O_WRONLY | O_CREAT, 0666);
	lock_take_new(&next, fd);
	close(fd);
	CHECK(rename("new", "file") == 0);
	CHECK(told_another("file")[0] != 0);
	lock_release(&l);
	CHECK(told_another("file")[0] != 0);
	lock_release(&next);
	CHECK_STR(told_another("file"), "");
}

/* A child that has made a file for the lock, and is ended by a signal; whether it has said that the file is saved. */
static bool is_there_after_a_signal(bool kept)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		struct errmsg e;
		struct lock l;

		if (lock_take(&l, "made", &e) < 0 || !l.made)
			_exit(1);
		if (kept)
			lock_keep(&l);
		kill(getpid(), SIGTERM);
		_exit(2);
	}
	CHECK(waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	return access("made", F_OK) == 0;
}

static void what_was_made_for_the_lock_goes_with_it(void)
{
	struct lock l;
	struct errmsg e;

	CHECK(lock_take(&l, "made", &e) == 0 && l.made);
	lock_release(&l);
	CHECK(access("made", F_OK) < 0);
	CHECK(!is_there_after_a_signal(false));
	CHECK(is_there_after_a_signal(true));
	/* it was there */
	CHECK(lock_take(&l, "made", &e) == 0 && !l.made);
	lock_release(&l);
	CHECK(unlink("made") == 0);
}

static void what_is_no_file_is_let_pass(void)
{
	struct lock l;
	struct errmsg e;

	CHECK(mkfifo("pipe", 0600) == 0);
	CHECK(lock_take(&l, "pipe", &e) == 0 && l.fd == -1);
	CHECK(lock_take(&l, "/dev/null", &e) == 0 && l.fd == -1);
	CHECK(lock_take(&l, ".", &e) == 0 && l.fd == -1);
	CHECK(lock_take(&l, "absent/file", &e) == -1);
	CHECK_STR(e.text, "absent/file: No such file or directory");
	unlink("pipe");
}

int main(void)
{
	char directory[32];

	fixture_enter(directory);
	RUN(one_process_has_it);
	RUN(a_new_file_is_locked_before_it_is_there);
	RUN(what_was_made_for_the_lock_goes_with_it);
	RUN(what_is_no_file_is_let_pass);
	fixture_leave(directory);
	return DONE();
}
