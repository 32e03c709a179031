#include "base/save.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAMES_TRIED = 100 };

static int fail(const char *path, struct errmsg *e)
{
	return errmsg_set(e, "%s: %s", path, strerror(errno ? errno : EIO));
}

/* Creates a new file beside s->path, with a name that is not taken. Returns its descriptor, or -1 with errno. */
static int create_beside(struct save *s, mode_t mode)
{
	int fd = -1;

	for (int i = 0; i < NAMES_TRIED && fd < 0; i++) {
		if (asprintf(&s->temporary, "%s.%ld-%d.tmp", s->path, (long)getpid(), i) < 0) {
			s->temporary = NULL;
			return -1;
		}
		fd = open(s->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
		if (fd < 0) {
			int reason = errno;

			free(s->temporary);
			s->temporary = NULL;
			errno = reason;
			if (reason != EEXIST)
				return -1;
		}
	}
	return fd;
}

/*
 * Opens the descriptor to write to, and sets path and temporary. What is replaced passes its permissions on (a
 * private file stays private), and a symbolic link goes on pointing at it.
 */
static int open_descriptor(struct save *s, const char *path)
{
	struct stat old, link;
	int fd, exists = stat(path, &old) == 0;
	int linked = exists && lstat(path, &link) == 0 && S_ISLNK(link.st_mode);

	if (exists && !S_ISREG(old.st_mode)) {
		s->path = strdup(path);
		return s->path ? open(path, O_WRONLY | O_CLOEXEC) : -1;
	}
	s->path = linked ? realpath(path, NULL) : strdup(path);
	if (!s->path || (exists && access(s->path, W_OK) < 0))
		return -1;
	fd = create_beside(s, exists ? old.st_mode & 0777 : 0666);
	if (fd >= 0 && exists && fchmod(fd, old.st_mode & 0777) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

int save_open(struct save *s, const char *path, struct errmsg *e)
{
	int fd;

	*s = (struct save){0};
	if (strcmp(path, "-") == 0) {
		s->path = strdup("standard output");
		s->file = s->path ? stdout : NULL;
		return s->path ? 0 : errmsg_nomem(e);
	}
	errno = 0;
	fd = open_descriptor(s, path);
	if (fd >= 0) {
		s->file = fdopen(fd, "w");
		if (s->file)
			return 0;
	}
	fail(path, e);
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

/* The file must be on the disk before it gets the name: a crash would else leave a whole name and half a file. */
static int finish(struct save *s)
{
	errno = 0;
	if (fflush(s->file) != 0 || ferror(s->file))
		return -1;
	if (s->temporary && fsync(fileno(s->file)) < 0)
		return -1;
	if (close_file(s) != 0)
		return -1;
	return s->temporary ? rename(s->temporary, s->path) : 0;
}

int save_commit(struct save *s, struct errmsg *e)
{
	int status = finish(s);

	if (status < 0) {
		status = fail(s->path, e);
	} else {
		free(s->temporary);
		s->temporary = NULL;
	}
	save_abandon(s);
	return status;
}

void save_abandon(struct save *s)
{
	if (s->file)
		close_file(s);
	if (s->temporary)
		unlink(s->temporary);
	free(s->temporary);
	free(s->path);
	*s = (struct save){0};
}
