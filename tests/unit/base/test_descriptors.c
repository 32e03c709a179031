#include "base/descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit/check.h"

/* Closes those whose bits are set, fills them, and looks at all. In a child of its own, which says nothing. */
static int fill_in_child(int closed)
{
	char byte = 'x';
	int other;

	for (int fd = 0; fd <= 2; fd++)
		if (closed & 1 << fd)
			close(fd);
	if (descriptors_fill() < 0)
		return 1;
	other = open("/dev/null", O_RDONLY);
	if (other <= 2)
		return 2;
	for (int fd = 0; fd <= 2; fd++) {
		if (!(closed & 1 << fd))
			continue;
		if (read(fd, &byte, 1) != -1 || errno != EBADF || write(fd, &byte, 1) != -1 || errno != EBADF)
			return 3;
		if (isatty(fd) || close(fd) < 0)
			return 4;
	}
	return 0;
}

static void all_combinations_are_filled(void)
{
	for (int closed = 0; closed < 8; closed++) {
		int status = -1;
		pid_t pid;

		fflush(stdout);
		pid = fork();
		if (pid == 0)
			_exit(fill_in_child(closed));
		CHECK(waitpid(pid, &status, 0) == pid);
		CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
}

static void what_is_open_stays(void)
{
	int before = dup(1), after;

	close(before);
	CHECK(descriptors_fill() == 0);
	after = dup(1);
	CHECK(after == before);
	close(after);
}

int main(void)
{
	RUN(all_combinations_are_filled);
	RUN(what_is_open_stays);
	return DONE();
}
