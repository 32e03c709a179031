#include "base/shard.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/spawn.h"

extern char **environ;

enum { STEP_MS = 2 }; /* between two looks at whether a command has ended */

/* Frees everything but what save.h keeps. */
static void clear(struct shard *s)
{
	if (s->pid > 0 && s->fd >= 0)
		close(s->fd);
	free(s->name);
	free(s->buf);
	*s = (struct shard){.fd = -1};
}

static int begin(struct shard *s, const char *name, struct errmsg *e)
{
	*s = (struct shard){.name = strdup(name), .fd = -1, .stop_fd = -1, .buf = malloc(SHARD_BLOCK)};
	if (s->name && s->buf)
		return 0;
	clear(s);
	return errmsg_nomem(e);
}

int shard_open_file(struct shard *s, const char *prefix, const char *name, struct errmsg *e)
{
	char *path;
	int status;

	if (begin(s, name, e) < 0)
		return -1;
	if (asprintf(&path, "%s%s", prefix, name) < 0)
		path = NULL;
	status = path ? save_open(&s->save, path, e) : errmsg_nomem(e);
	free(path);
	if (status < 0) {
		clear(s);
		return -1;
	}
	s->to_file = true;
	s->fd = fileno(s->save.file);
	return 0;
}

/* The environment of this process, with the shard's name in it. New: free it and its first string. */
static char **environment_with(const char *name)
{
	static const char variable[] = SHARD_VARIABLE "=";
	size_t n = 0, kept = 1;
	char **list;

	while (environ[n])
		n++;
	list = calloc(n + 2, sizeof *list);
	if (!list || asprintf(&list[0], "%s%s", variable, name) < 0) {
		free(list);
		return NULL;
	}
	for (size_t i = 0; i < n; i++)
		if (strncmp(environ[i], variable, sizeof variable - 1) != 0)
			list[kept++] = environ[i];
	return list;
}

int shard_open_command(struct shard *s, char *const argv[], const char *name, int stop_fd, struct errmsg *e)
{
	enum { PIPE_BYTES = 1 << 18 };
	int ends[2] = {-1, -1}, error;
	char **env;
	pid_t pid = 0;

	if (begin(s, name, e) < 0)
		return -1;
	env = environment_with(name);
	error = !env ? ENOMEM : pipe2(ends, O_CLOEXEC) < 0 ? errno : 0;
	if (!error)
		error = spawn(&pid, &(struct spawn){argv, env, ends[0], -1, .own_group = true});
	if (env)
		free(env[0]);
	free(env);
	if (ends[0] >= 0)
		close(ends[0]);
	if (error) {
		if (ends[1] >= 0)
			close(ends[1]);
		clear(s);
		return errmsg_set(e, "%s: %s", argv[0], strerror(error));
	}
	fcntl(ends[1], F_SETPIPE_SZ, PIPE_BYTES); /* where it may be */
	fcntl(ends[1], F_SETFL, O_NONBLOCK);
	s->fd = ends[1];
	s->pid = pid;
	s->stop_fd = stop_fd;
	return 0;
}

/* What is wrong with this shard. Returns -1. */
static int fail(struct shard *s, int error, struct errmsg *e)
{
	s->failed = true;
	if (s->to_file)
		return errmsg_set(e, "%s: %s", s->save.name, strerror(error));
	return errmsg_set(e, "shard %s: the command %s", s->name,
			  error == EPIPE ? "closed its input before the end" : strerror(error));
}

/* Waits until the command takes more, or it is time to stop. */
static int wait_for_room(struct shard *s)
{
	struct pollfd p[2] = {{.fd = s->stop_fd, .events = POLLIN}, {.fd = s->fd, .events = POLLOUT}};

	while (poll(p, 2, -1) < 0)
		if (errno != EINTR)
			return -1;
	return p[0].revents ? SHARD_STOPPED : 0;
}

static int write_all(struct shard *s, const char *bytes, size_t n, struct errmsg *e)
{
	while (n > 0) {
		ssize_t done = write(s->fd, bytes, n);
		int status = 0;

		if (done >= 0) {
			bytes += done;
			n -= (size_t)done;
		} else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			status = wait_for_room(s);
		} else if (errno != EINTR) {
			status = -1;
		}
		if (status != 0)
			return status < 0 ? fail(s, errno, e) : status;
	}
	return 0;
}

static int write_gathered(struct shard *s, struct errmsg *e)
{
	size_t n = s->n;

	s->n = 0;
	return write_all(s, s->buf, n, e);
}

static int put_bytes(struct shard *s, const char *bytes, size_t n, struct errmsg *e)
{
	if (n > SHARD_BLOCK - s->n) {
		int status = write_gathered(s, e);

		if (status != 0)
			return status;
	}
	if (n >= SHARD_BLOCK)
		return write_all(s, bytes, n, e);
	memcpy(s->buf + s->n, bytes, n);
	s->n += n;
	return 0;
}

int shard_put(struct shard *s, const char *lines, size_t n, struct errmsg *e)
{
	int status = 0;

	if (s->failed || n == 0)
		return 0;
	if (s->cut)
		status = put_bytes(s, "\n", 1, e);
	s->cut = lines[n - 1] != '\n';
	return status != 0 ? status : put_bytes(s, lines, n, e);
}

int shard_end(struct shard *s, struct errmsg *e)
{
	int status = s->failed ? 0 : write_gathered(s, e);

	if (status != SHARD_STOPPED && s->pid > 0 && s->fd >= 0) {
		close(s->fd);
		s->fd = -1;
	}
	return status;
}

/* Waits for the end of the command. Returns 0; -1 with how it ended; or SHARD_STOPPED. */
static int await_end(const struct shard *s, struct errmsg *e)
{
	struct pollfd told = {.fd = s->stop_fd, .events = POLLIN};
	int status;
	pid_t ended;

	while ((ended = waitpid(s->pid, &status, WNOHANG)) != s->pid) {
		if (ended < 0 && errno != EINTR)
			return errmsg_set(e, "shard %s: %s", s->name, strerror(errno));
		if (poll(&told, 1, STEP_MS) > 0)
			return SHARD_STOPPED;
	}
	if (WIFSIGNALED(status))
		return errmsg_set(e, "shard %s: the command was killed by signal %d (%s)", s->name, WTERMSIG(status),
				  strsignal(WTERMSIG(status)));
	if (WEXITSTATUS(status) != 0)
		return errmsg_set(e, "shard %s: the command exited with status %d", s->name, WEXITSTATUS(status));
	return 0;
}

int shard_close(struct shard *s, struct errmsg *e)
{
	struct errmsg ending;
	int status = shard_end(s, e), ended = 0;

	if (s->pid > 0 && status != SHARD_STOPPED)
		ended = await_end(s, &ending);
	if (status == SHARD_STOPPED || ended == SHARD_STOPPED) {
		shard_abandon(s);
		return SHARD_STOPPED;
	}
	/* how a command ended says more than that it reads no longer */
	if (s->pid > 0 && ended < 0) {
		*e = ending;
		status = -1;
	} else if (s->to_file && !s->failed) {
		status = save_commit(&s->save, e);
	}
	save_abandon(&s->save);
	clear(s);
	return status;
}

void shard_abandon(struct shard *s)
{
	if (s->pid > 0) {
		kill(-s->pid, SIGTERM); /* what it has started as well */
		if (s->fd >= 0)
			close(s->fd);
		s->fd = -1;
		while (waitpid(s->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	if (s->to_file)
		save_abandon(&s->save);
	clear(s);
}
