#include "base/lock.h"

#include <fcntl.h>
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
	RUN(what_is_no_file_is_let_pass);
	fixture_leave(directory);
	return DONE();
}
