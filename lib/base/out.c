#include "base/out.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/grow.h"

enum { KEPT = 1 << 20 };

void out_init(struct out *o, int fd, const char *name)
{
	int pipe_size = fcntl(fd, F_GETPIPE_SZ);

	*o = (struct out){.fd = fd, .name = name, .stop_fd = -1, .pipe_size = pipe_size > 0 ? (size_t)pipe_size : 0};
}

/*
 * Makes writes to a pipe or a terminal return instead of wait. To set O_NONBLOCK would do so for all that share the
 * descriptor, so it is replaced by one of our own. Returns whether writes may still wait.
 */
static bool may_block(int fd)
{
	struct stat st;
	int flags = fcntl(fd, F_GETFL), own;
	char path[32];

	if (flags < 0 || (flags & O_NONBLOCK) || fstat(fd, &st) < 0)
		return false;
	if (S_ISSOCK(st.st_mode))
		return true;
	if (!S_ISFIFO(st.st_mode) && !isatty(fd))
		return false;
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	own = open(path, (flags & O_ACCMODE) | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (own < 0)
		return true;
	dup2(own, fd);
	close(own);
	return false;
}

void out_watch(struct out *o, int stop_fd)
{
	o->stop_fd = stop_fd;
	o->blocks = may_block(o->fd);
}

/* Reads a byte of a file that is open, perhaps for writing only. Returns whether it could. */
static bool read_byte(int fd, off_t at, char *byte)
{
	char path[64];
	bool got = pread(fd, byte, 1, at) == 1;

	if (got)
		return true;
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	got = pread(fd, byte, 1, at) == 1;
	close(fd);
	return got;
}

void out_end_cut_line(struct out *o)
{
	struct stat st;
	off_t at;
	char last;

	if (fstat(o->fd, &st) < 0 || !S_ISREG(st.st_mode))
		return;
	at = (fcntl(o->fd, F_GETFL) & O_APPEND) ? st.st_size : lseek(o->fd, 0, SEEK_CUR);
	if (at > 0 && read_byte(o->fd, at - 1, &last) && last != '\n')
		out_put(o, "\n", 1);
}

void out_clear(struct out *o)
{
	free(o->buf);
	o->buf = NULL;
	o->head = o->len = o->cap = 0;
}

char *out_reserve(struct out *o, size_t n)
{
	char *moved;

	if (o->error)
		return NULL;
	if (o->head == o->len)
		o->head = o->len = 0;
	/* a long record, or a reader that was slow, has made it as long for all that follow */
	if (o->len == 0 && o->buf && n <= o->cap)
		o->buf = grow_less(o->buf, &o->cap, n, KEPT, 1);
	if (n > o->cap - o->len && o->head > 0) {
		memmove(o->buf, o->buf + o->head, o->len - o->head);
		o->len -= o->head;
		o->head = 0;
	}
	moved = n <= (size_t)-1 - o->len ? grow(o->buf, &o->cap, o->len + n, 1) : NULL;
	if (!moved) {
		o->error = ENOMEM;
		return NULL;
	}
	o->buf = moved;
	return o->buf + o->len;
}

void out_put(struct out *o, const void *bytes, size_t n)
{
	char *room = out_reserve(o, n);

	if (room) {
		memcpy(room, bytes, n);
		out_commit(o, n);
	}
}

static int explain_error(const struct out *o, struct errmsg *e)
{
	return errmsg_set(e, "%s: %s", o->name, strerror(o->error));
}

/*
 * How many bytes a pipe takes for sure. What it holds is spread over pages; two of them in a row hold more than one
 * would, but the first may have been read almost to its end.
 */
static size_t room_in_pipe(const struct out *o)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), used, room;
	int queued;

	if (ioctl(o->fd, FIONREAD, &queued) < 0)
		return PIPE_BUF;
	used = 2 * ((size_t)queued + page);
	room = used < o->pipe_size ? (o->pipe_size - used) / page * page : 0;
	return room > PIPE_BUF ? room : PIPE_BUF;
}

/* How much is written at once: whole lines, as many as fit. */
static size_t next_portion(const struct out *o)
{
	const char *from = o->buf + o->head, *end;
	size_t n = o->len - o->head, room = n;

	if (n <= PIPE_BUF)
		return n;
	if (o->pipe_size > 0)
		room = room_in_pipe(o);
	else if (o->blocks)
		room = PIPE_BUF;
	if (n <= room)
		return n;
	end = memrchr(from, '\n', room);
	return end ? (size_t)(end - from) + 1 : room;
}

/* Writes once. Returns whether the descriptor took something. */
static bool push_portion(struct out *o)
{
	ssize_t n = write(o->fd, o->buf + o->head, next_portion(o));

	if (n >= 0) {
		o->head += (size_t)n;
		o->written += (uint64_t)n;
	} else if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
		o->error = errno;
	}
	return n >= 0 || errno == EINTR;
}

int out_push(struct out *o, struct errmsg *e)
{
	while (!o->error && o->head < o->len && push_portion(o))
		;
	return o->error ? explain_error(o, e) : 0;
}

/* Waits until something can be written, or failed. Returns whether it came to that before it was time to give up. */
static bool wait_for_room(struct out *o)
{
	struct pollfd p[] = {{.fd = o->fd, .events = POLLOUT}, {.fd = o->stop_fd, .events = POLLIN}};
	int ready;

	while (!o->gave_up && poll(p, 2, -1) < 0 && errno == EINTR)
		;
	if (p[0].revents || (!o->gave_up && !p[1].revents))
		return true;
	while ((ready = poll(p, 1, o->gave_up ? 0 : OUT_PATIENCE_MS)) < 0 && errno == EINTR)
		;
	o->gave_up = ready == 0;
	return ready != 0;
}

int out_flush(struct out *o, struct errmsg *e)
{
	while (!o->error && o->head < o->len) {
		if (o->blocks && !wait_for_room(o))
			return OUT_STOPPED;
		if (!push_portion(o) && !o->error && !wait_for_room(o))
			return OUT_STOPPED;
	}
	return o->error ? explain_error(o, e) : 0;
}

int out_finish(struct out *o, struct errmsg *e)
{
	out_flush(o, e);
	if (close(o->fd) < 0 && !o->error)
		o->error = errno;
	o->fd = -1;
	out_clear(o);
	return o->error ? explain_error(o, e) : 0;
}
