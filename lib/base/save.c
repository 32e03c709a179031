#include "base/save.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/destination.h"
#include "base/unfinished.h"

enum { NAMES_TRIED = 100, DESCRIPTOR_PATH = 32, STACK_BYTES = 1 << 16 };

static int fail_saving(const struct save *s, struct errmsg *e)
{
	return errmsg_set(e, "%s: %s", s->name, strerror(errno ? errno : EIO));
}

/* The ith name beside a path. New; NULL where there is no memory. */
static char *name_beside(const char *path, int i)
{
	char *name;

	return asprintf(&name, "%s.%ld-%d.tmp", path, (long)getpid(), i) < 0 ? NULL : name;
}

/* Opens the directory of a path, which is absolute. Returns a descriptor, or -1 with errno. */
static int open_directory(const char *path, int flags, mode_t mode)
{
	const char *slash = strrchr(path, '/');
	char *directory = slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
	int fd = directory ? open(directory, flags | O_CLOEXEC, mode) : -1;

	free(directory);
	return fd;
}

static void path_of_descriptor(char path[DESCRIPTOR_PATH], int fd)
{
	snprintf(path, DESCRIPTOR_PATH, "/proc/self/fd/%d", fd);
}

/*
 * Creates a file without a name, to which one can be given. Returns its descriptor, or -1 where there is no such thing.
 */
static int create_unnamed(const char *path, mode_t mode)
{
	int fd = open_directory(path, O_TMPFILE | O_WRONLY, mode);
	char own[DESCRIPTOR_PATH];

	path_of_descriptor(own, fd);
	if (fd < 0 || access(own, F_OK) == 0)
		return fd;
	close(fd);
	return -1;
}

/* Creates a new file beside s->path, with a name that is not taken. Returns its descriptor, or -1 with errno. */
static int create_beside(struct save *s, mode_t mode)
{
	int fd = -1;

	for (int i = 0; i < NAMES_TRIED && fd < 0; i++) {
		s->temporary = name_beside(s->path, i);
		if (!s->temporary)
			return -1;
		unfinished_note(s->temporary);
		fd = open(s->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
		if (fd < 0) {
			int reason = errno;

			unfinished_forget(s->temporary);
			free(s->temporary);
			s->temporary = NULL;
			errno = reason;
			if (reason != EEXIST)
				return -1;
		}
	}
	return fd;
}

/* Opens what is to replace s->path. What is replaced passes its permissions on: a private file stays private. */
static int open_replacement(struct save *s)
{
	struct stat old;
	bool exists = stat(s->path, &old) == 0;
	mode_t mode = exists ? old.st_mode & 0777 : 0666;
	int fd;

	if (exists && access(s->path, W_OK) < 0)
		return -1;
	fd = create_unnamed(s->path, mode);
	if (fd < 0)
		fd = create_beside(s, mode);
	if (fd >= 0 && exists && fchmod(fd, mode) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* One that this process has been given: where it stands in its file, and whether it appends, is not ours to change. */
static int share_descriptor(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0)
		return -1;
	if ((flags & O_PATH) || (flags & O_ACCMODE) == O_RDONLY) {
		errno = EBADF;
		return -1;
	}
	return fd == STDOUT_FILENO ? fd : fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
}

/* Opens what is to be written to. Returns the descriptor, or -1 with errno. */
static int open_destination(struct save *s, const char *path)
{
	struct destination d;
	int fd;

	if (strcmp(path, "-") == 0)
		return STDOUT_FILENO;
	if (destination_find(&d, path) < 0)
		return -1;
	if (d.kind == DESTINATION_DESCRIPTOR)
		return share_descriptor(d.fd);
	if (d.kind == DESTINATION_DIRECT) {
		fd = open(d.path, O_WRONLY | O_TRUNC | O_CLOEXEC);
		destination_clear(&d);
		return fd;
	}
	s->path = d.path;
	return open_replacement(s);
}

int save_open(struct save *s, const char *path, struct errmsg *e)
{
	int fd;

	*s = (struct save){.name = strdup(strcmp(path, "-") == 0 ? "standard output" : path)};
	if (!s->name)
		return errmsg_nomem(e);
	errno = 0;
	fd = open_destination(s, path);
	if (fd >= 0) {
		s->file = fd == STDOUT_FILENO ? stdout : fdopen(fd, "w");
		if (s->file)
			return 0;
	}
	fail_saving(s, e);
	if (fd >= 0)
		close(fd);
	save_abandon(s);
	return -1;
}

/* Standard output stays open: closing it, with a check, is the last act of the command. */
static int close_file(struct save *s)
{
	int status = s->file == stdout ? 0 : fclose(s->file);

	s->file = NULL;
	return status;
}

struct naming {
	const char *unnamed, *beside, *path;
	int error; /* an error number */
};

/* Puts an unnamed file in the place of another. */
static void replace_file(struct naming *n)
{
	n->error = 0;
	if (linkat(AT_FDCWD, n->unnamed, AT_FDCWD, n->beside, AT_SYMLINK_FOLLOW) < 0) {
		n->error = errno;
	} else if (rename(n->beside, n->path) < 0) {
		n->error = errno;
		unlink(n->beside);
	}
}

static int replace_apart(void *naming)
{
	struct naming *n = naming;

	setsid();
	replace_file(n);
	return n->error;
}

/*
 * A file without a name can be given one, but not one that is taken: it has to be given another first and to be
 * renamed. A process that was killed between the two would leave it there. So a child does both, in a session of its
 * own: whatever kills this process, or its group, does not reach it. It borrows the memory of this process, which
 * waits; no handler of a signal shall run on that.
 */
static void replace_in_child(struct naming *n)
{
	char stack[STACK_BYTES] __attribute__((aligned(16)));
	sigset_t all, before;
	int status = 0;
	pid_t child, ended = -1;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	child = clone(replace_apart, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, n);
	if (child < 0) /* there may be too many processes */
		replace_file(n);
	while (child > 0 && (ended = waitpid(child, &status, 0)) < 0 && errno == EINTR)
		;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (ended >= 0 && !WIFEXITED(status))
		n->error = EINTR;
}

/* Gives an unnamed file a path that may be taken. Returns 0, or -1 with errno. */
static int put_in_place(int fd, const char *path)
{
	char own[DESCRIPTOR_PATH];
	struct naming n = {.unnamed = own, .path = path, .error = EEXIST};

	path_of_descriptor(own, fd);
	if (linkat(AT_FDCWD, own, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0)
		return 0;
	if (errno != EEXIST)
		return -1;
	for (int i = 0; i < NAMES_TRIED && n.error == EEXIST; i++) {
		char *beside = name_beside(path, i);

		n.beside = beside;
		n.error = ENOMEM;
		if (beside)
			replace_in_child(&n);
		free(beside);
	}
	errno = n.error;
	return n.error ? -1 : 0;
}

/*
 * So that the new name survives a power cut. Some file systems cannot do that for a directory, and some may not be
 * read.
 */
static int sync_directory(const char *path)
{
	int fd = open_directory(path, O_RDONLY | O_DIRECTORY, 0);
	int status = fd < 0 ? 0 : fsync(fd), reason = errno;

	if (fd >= 0)
		close(fd);
	errno = reason;
	return status < 0 && errno == EINVAL ? 0 : status;
}

/* Gives the file, which is written and synced, its name. */
static int close_and_name(struct save *s)
{
	int fd = s->temporary ? -1 : fcntl(fileno(s->file), F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	int status = s->temporary || fd >= 0 ? 0 : -1;

	if (close_file(s) != 0)
		status = -1;
	if (status == 0)
		status = s->temporary ? rename(s->temporary, s->path) : put_in_place(fd, s->path);
	if (fd >= 0)
		close(fd);
	return status;
}

void save_flush(struct save *s)
{
	if (fflush(s->file) != 0 && s->error == 0)
		s->error = errno;
}

/* The file must be on the disk before it gets the name: a crash would else leave a whole name and half a file. */
static int finish_file(struct save *s)
{
	errno = s->error;
	if (s->error != 0 || fflush(s->file) != 0 || ferror(s->file))
		return -1;
	if (!s->path)
		return close_file(s);
	if (fsync(fileno(s->file)) < 0 || close_and_name(s) < 0)
		return -1;
	if (s->temporary)
		unfinished_forget(s->temporary);
	free(s->temporary);
	s->temporary = NULL;
	return sync_directory(s->path);
}

int save_commit(struct save *s, struct errmsg *e)
{
	int status = finish_file(s);

	if (status < 0)
		status = fail_saving(s, e);
	save_abandon(s);
	return status;
}

void save_abandon(struct save *s)
{
	if (s->file)
		close_file(s);
	if (s->temporary) {
		unlink(s->temporary);
		unfinished_forget(s->temporary);
	}
	free(s->temporary);
	free(s->name);
	free(s->path);
	*s = (struct save){0};
}

/* What the file is that saving to a path would replace. Returns whether there is one. */
static bool replaced_file(const char *path, struct stat *st)
{
	struct destination d;
	bool is = strcmp(path, "-") != 0 && destination_find(&d, path) == 0;

	if (!is)
		return false;
	is = d.kind == DESTINATION_FILE && stat(d.path, st) == 0;
	destination_clear(&d);
	return is;
}

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

bool save_replaces(const char *path, const char *other)
{
	struct stat replaced, st;

	if ((strcmp(other, "-") == 0 ? fstat(STDIN_FILENO, &st) : stat(other, &st)) < 0)
		return false;
	return replaced_file(path, &replaced) && same_file(&replaced, &st);
}

bool save_disturbs(const char *path, int fd)
{
	struct stat replaced, st;
	struct destination d;
	bool itself = strcmp(path, "-") == 0 && fd == STDOUT_FILENO;

	if (!itself && destination_find(&d, path) == 0) {
		itself = d.kind == DESTINATION_DESCRIPTOR && d.fd == fd;
		destination_clear(&d);
	}
	return itself || (replaced_file(path, &replaced) && fstat(fd, &st) == 0 && same_file(&replaced, &st));
}
