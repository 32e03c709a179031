#include "base/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/unfinished.h"

/* The process that holds a lock on a file, as the kernel lists it; 0 where that is not to be found. */
static long find_holder(const struct stat *st)
{
	FILE *f = fopen("/proc/locks", "re");
	char line[256];
	long pid = 0;

	while (f && pid == 0 && fgets(line, sizeof line, f)) {
		unsigned major, minor;
		unsigned long inode;
		long by;

		if (sscanf(line, "%*d: FLOCK %*s %*s %ld %x:%x:%lu", &by, &major, &minor, &inode) == 4 &&
		    inode == st->st_ino && major == major(st->st_dev) && minor == minor(st->st_dev))
			pid = by;
	}
	if (f)
		fclose(f);
	return pid;
}

static int in_use(const char *path, const struct stat *st, struct errmsg *e)
{
	long pid = find_holder(st);

	if (pid > 0)
		return errmsg_set(e, "%s: in use by process %ld", path, pid);
	return errmsg_set(e, "%s: in use by another process", path);
}

/* Whether the open file is still the one that the path names: the process that had locked it may have saved another. */
static bool is_still(const char *path, const struct stat *open_one)
{
	struct stat st;

	return stat(path, &st) == 0 && st.st_dev == open_one->st_dev && st.st_ino == open_one->st_ino;
}

/* Returns a descriptor, or -1 with errno. */
static int open_or_make(const char *path, bool *made)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

	*made = fd >= 0;
	return fd < 0 && errno == EEXIST ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666) : fd;
}

/* Returns 1 where it has to be tried again, 0, or -1 with the reason. */
static int try_to_take(struct lock *l, const char *path, struct errmsg *e)
{
	struct stat st;
	bool made;
	int status = 0;

	l->fd = open_or_make(path, &made);
	if (l->fd < 0 || fstat(l->fd, &st) < 0)
		return errmsg_set(e, "%s: %s", path, strerror(errno));
	if (flock(l->fd, LOCK_EX | LOCK_NB) < 0)
		status = errno == EWOULDBLOCK ? in_use(path, &st, e) : 0;
	else if (!is_still(path, &st))
		status = 1;
	if (status != 0)
		lock_release(l);
	if (status == 0 && made) {
		l->made = path;
		unfinished_note(path);
	}
	return status;
}

int lock_take(struct lock *l, const char *path, struct errmsg *e)
{
	struct stat st;
	sigset_t before;
	int status;

	*l = (struct lock){.fd = -1};
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return 0;
	unfinished_hold(&before);
	while ((status = try_to_take(l, path, e)) > 0)
		;
	unfinished_let_go(&before);
	return status;
}

void lock_take_new(struct lock *l, int fd)
{
	l->made = NULL;
	l->fd = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (l->fd >= 0 && flock(l->fd, LOCK_EX | LOCK_NB) < 0)
		lock_release(l);
}

void lock_keep(struct lock *l)
{
	if (l->made)
		unfinished_forget(l->made);
	l->made = NULL;
}

void lock_release(struct lock *l)
{
	/* as long as it is locked, nobody else has saved another one */
	if (l->made)
		unlink(l->made);
	lock_keep(l);
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
}
