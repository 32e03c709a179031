#include "base/out.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/grow.h"

void out_init(struct out *o, int fd, const char *name)
{
	*o = (struct out){.fd = fd, .name = name};
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

static int failed(const struct out *o, struct errmsg *e)
{
	return errmsg_set(e, "%s: %s", o->name, strerror(o->error));
}

int out_push(struct out *o, struct errmsg *e)
{
	while (!o->error && o->head < o->len) {
		ssize_t n = write(o->fd, o->buf + o->head, o->len - o->head);

		if (n >= 0)
			o->head += (size_t)n;
		else if (errno == EAGAIN || errno == EWOULDBLOCK)
			return 0;
		else if (errno != EINTR)
			o->error = errno;
	}
	return o->error ? failed(o, e) : 0;
}

int out_flush(struct out *o, struct errmsg *e)
{
	for (;;) {
		struct pollfd p = {.fd = o->fd, .events = POLLOUT};

		if (out_push(o, e) < 0)
			return -1;
		if (o->head == o->len)
			return 0;
		/* Somebody made the descriptor non-blocking: wait for it. */
		poll(&p, 1, -1);
	}
}

int out_finish(struct out *o, struct errmsg *e)
{
	out_flush(o, e);
	if (close(o->fd) < 0 && !o->error)
		o->error = errno;
	o->fd = -1;
	out_clear(o);
	return o->error ? failed(o, e) : 0;
}
