#include "base/destination.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINKS_FOLLOWED = 40 };

/* Where the descriptors of this process are to be found. The second is that of the thread that looks. */
static const char *const descriptor_directories[] = {"/proc/self/fd", "/proc/thread-self/fd"};

static bool begins_with(const char *path, const char *directory)
{
	return strncmp(path, directory, strlen(directory)) == 0;
}

/* The descriptor that a path names, or -1. The path is absolute; only its last part may be a link. */
static int descriptor_of(const char *path)
{
	const char *base = strrchr(path, '/') + 1;
	int fd = -1;

	if (!*base || strlen(base) > 9 || base[strspn(base, "0123456789")] || (base[0] == '0' && base[1]))
		return -1;
	for (size_t i = 0; i < sizeof descriptor_directories / sizeof *descriptor_directories && fd < 0; i++) {
		char *directory = realpath(descriptor_directories[i], NULL);
		size_t len = directory ? strlen(directory) : 0;

		if (directory && len + 1 == (size_t)(base - path) && begins_with(path, directory))
			fd = atoi(base);
		free(directory);
	}
	return fd;
}

/* The path with all links in its directories followed, but not one at its end. New; NULL with errno. */
static char *follow_directories(const char *path)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	char *directory = slash == path ? strdup("/") : slash ? strndup(path, (size_t)(slash - path)) : strdup(".");
	char *real = directory ? realpath(directory, NULL) : NULL, *whole = NULL;

	if (real && asprintf(&whole, "%s/%s", strcmp(real, "/") == 0 ? "" : real, base) < 0)
		whole = NULL;
	free(directory);
	free(real);
	return whole;
}

/*
 * Follows one link: replaces *path, which follow_directories gave, by what it leads to. Returns 1; 0 where it is no
 * link; -1 with errno.
 */
static int follow_link(char **path)
{
	char to[PATH_MAX], *joined = NULL, *next;
	ssize_t n = readlink(*path, to, sizeof to - 1);
	int directory = (int)(strrchr(*path, '/') - *path);

	if (n < 0)
		return errno == EINVAL || errno == ENOENT ? 0 : -1;
	to[n] = 0;
	if (to[0] != '/' && asprintf(&joined, "%.*s/%s", directory, *path, to) < 0)
		return -1;
	next = follow_directories(joined ? joined : to);
	free(joined);
	if (!next)
		return -1;
	free(*path);
	*path = next;
	return 1;
}

/* What a path is at which there is no link. */
static enum destination_kind kind_of(const char *path)
{
	struct stat st;

	if (begins_with(path, "/proc/") || (begins_with(path, "/dev/") && !begins_with(path, "/dev/shm/")))
		return DESTINATION_DIRECT;
	return stat(path, &st) == 0 && !S_ISREG(st.st_mode) ? DESTINATION_DIRECT : DESTINATION_FILE;
}

int destination_find(struct destination *d, const char *path)
{
	int more = 1;

	if (!*path) {
		errno = ENOENT;
		return -1;
	}
	*d = (struct destination){.fd = -1, .path = follow_directories(path)};
	for (int links = 0; d->path && more > 0; links++) {
		d->fd = descriptor_of(d->path);
		/* what links in /proc read is not always where they lead */
		if (d->fd >= 0 || begins_with(d->path, "/proc/"))
			break;
		more = links < LINKS_FOLLOWED ? follow_link(&d->path) : (errno = ELOOP, -1);
	}
	if (!d->path || more < 0) {
		int reason = errno;

		destination_clear(d);
		errno = reason;
		return -1;
	}
	d->kind = d->fd >= 0 ? DESTINATION_DESCRIPTOR : kind_of(d->path);
	if (d->kind == DESTINATION_DESCRIPTOR) {
		free(d->path);
		d->path = NULL;
	}
	return 0;
}

void destination_clear(struct destination *d)
{
	free(d->path);
	*d = (struct destination){.fd = -1};
}
