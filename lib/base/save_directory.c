#include "base/save_directory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/unfinished.h"

static size_t count_names(const struct directory_kind *k)
{
	size_t n = 0;

	while (k->names[n])
		n++;
	return n;
}

/* dir/name. New; NULL where there is no memory. */
static char *join_path(const char *dir, const char *name)
{
	char *path;

	return asprintf(&path, "%s/%s", dir, name) < 0 ? NULL : path;
}

static int fail_file(const char *path, struct errmsg *e)
{
	return errmsg_set(e, "%s: %s", path, strerror(errno ? errno : EIO));
}

/* Checks, syncs and closes. */
static int finish_file(FILE *f, const char *path, struct errmsg *e)
{
	int status;

	errno = 0;
	status = fflush(f) != 0 || ferror(f) || fsync(fileno(f)) < 0 ? fail_file(path, e) : 0;
	if (fclose(f) != 0 && status == 0)
		status = fail_file(path, e);
	return status;
}

struct writer {
	int (*write)(FILE *f, size_t which, void *ctx, struct errmsg *e);
	void *ctx;
};

static int save_file(const char *path, const struct writer *w, size_t which, struct errmsg *e)
{
	FILE *f;

	errno = 0;
	f = fopen(path, "wxe");
	if (!f)
		return fail_file(path, e);
	if (w->write(f, which, w->ctx, e) < 0) {
		fclose(f);
		return -1;
	}
	return finish_file(f, path, e);
}

static int save_all(const struct directory_kind *k, const char *dir, const struct writer *w, struct errmsg *e)
{
	int status = 0;

	for (size_t i = 0; status == 0 && k->names[i]; i++) {
		char *path = join_path(dir, k->names[i]);

		status = path ? save_file(path, w, i, e) : errmsg_nomem(e);
		free(path);
	}
	return status;
}

/* Removes the files of this kind from a directory, and then the directory, if nothing else is in it. */
static void remove_directory(const struct directory_kind *k, const char *dir)
{
	/* on the stack: this also cleans up where there is no memory */
	char path[PATH_MAX];

	for (size_t i = 0; k->names[i]; i++)
		if (snprintf(path, sizeof path, "%s/%s", dir, k->names[i]) < (int)sizeof path)
			unlink(path);
	rmdir(dir);
}

static int sync_directory(const char *path, struct errmsg *e)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int status = fd < 0 || fsync(fd) < 0 ? fail_file(path, e) : 0;

	if (fd >= 0)
		close(fd);
	return status;
}

static bool is_our_file(const struct directory_kind *k, const char *name)
{
	for (size_t i = 0; k->names[i]; i++)
		if (strcmp(name, k->names[i]) == 0)
			return true;
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

int save_directory_check(const struct directory_kind *k, const char *path, struct errmsg *e)
{
	DIR *dir;
	const struct dirent *entry;
	int status = 0;

	errno = 0;
	dir = opendir(path);
	if (!dir)
		return errno == ENOENT ? 0 : fail_file(path, e);
	while (status == 0 && (entry = readdir(dir)))
		if (!is_our_file(k, entry->d_name))
			status = errmsg_set(e, "%s: it holds %.100s, which is not of %s; it is not replaced", path,
					    entry->d_name, k->of);
	closedir(dir);
	return status;
}

/* Puts the directory `fresh` at `path`, and removes what stood there. */
static int exchange_directory(const struct directory_kind *k, const char *fresh, const char *path, struct errmsg *e)
{
	if (renameat2(AT_FDCWD, fresh, AT_FDCWD, path, RENAME_EXCHANGE) == 0) {
		remove_directory(k, fresh);
		return 0;
	}
	/*
	 * nothing stands there, or it is empty, or the file system cannot exchange: then there is a moment
	 * without a directory
	 */
	if (rename(fresh, path) == 0)
		return 0;
	if (errno != ENOTEMPTY && errno != EEXIST)
		return fail_file(path, e);
	remove_directory(k, path);
	return rename(fresh, path) == 0 ? 0 : fail_file(path, e);
}

/* Syncs the directory above, so that the new name survives a power cut. */
static int sync_parent(const char *path, struct errmsg *e)
{
	const char *slash = strrchr(path, '/');
	char *parent = slash == path ? strdup("/") : slash ? strndup(path, (size_t)(slash - path)) : strdup(".");
	int status = parent ? sync_directory(parent, e) : errmsg_nomem(e);

	free(parent);
	return status;
}

/* What a signal is to remove: the files, and after them the directory. */
static void note_unfinished(const struct directory_kind *k, const char *dir, char *files[DIRECTORY_FILES_MAX + 1])
{
	size_t n = count_names(k);

	for (size_t i = 0; i <= n; i++) {
		files[i] = i < n ? join_path(dir, k->names[i]) : strdup(dir);
		if (files[i])
			unfinished_note(files[i]);
	}
}

static void forget_unfinished(const struct directory_kind *k, char *files[DIRECTORY_FILES_MAX + 1])
{
	for (size_t i = 0; i <= count_names(k); i++) {
		if (files[i])
			unfinished_forget(files[i]);
		free(files[i]);
	}
}

/* Makes the new directory `fresh`, and puts it in its place. */
static int save_fresh(const struct directory_kind *k, const char *fresh, const char *place, const struct writer *w,
		      struct errmsg *e)
{
	char *files[DIRECTORY_FILES_MAX + 1];
	int status = -1;

	note_unfinished(k, fresh, files);
	errno = 0;
	if (mkdir(fresh, 0777) < 0)
		fail_file(fresh, e);
	else if (save_all(k, fresh, w, e) == 0 && sync_directory(fresh, e) == 0)
		status = exchange_directory(k, fresh, place, e);
	if (status < 0)
		remove_directory(k, fresh);
	forget_unfinished(k, files);
	return status < 0 ? -1 : sync_parent(place, e);
}

int save_directory(const struct directory_kind *k, const char *path,
		   int (*write)(FILE *f, size_t which, void *ctx, struct errmsg *e), void *ctx, struct errmsg *e)
{
	const struct writer w = {write, ctx};
	size_t len = strlen(path);
	char *fresh = NULL, *place;
	int status = -1;

	while (len > 1 && path[len - 1] == '/')
		len--;
	place = strndup(path, len);
	if (!place || asprintf(&fresh, "%s.%ld.tmp", place, (long)getpid()) < 0) {
		fresh = NULL;
		errmsg_nomem(e);
	} else if (save_directory_check(k, place, e) == 0) {
		status = save_fresh(k, fresh, place, &w, e);
	}
	free(fresh);
	free(place);
	return status;
}
