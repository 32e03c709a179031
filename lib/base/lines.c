#include "base/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/grow.h"
#include "base/out.h"
#include "base/unpack.h"

enum { READ_SIZE = 1 << 16, KEPT = 16 * READ_SIZE };

void lines_init(struct lines *l, int fd, const char *name)
{
	*l = (struct lines){.fd = fd, .name = name, .stop_fd = -1};
}

/* Opens a file with these flags beside those that are needed. */
static int open_with(struct lines *l, const char *path, int flags, struct errmsg *e)
{
	struct stat st;

	if (strcmp(path, "-") == 0) {
		lines_init(l, STDIN_FILENO, "standard input");
		l->opened = true;
		return 0;
	}
	lines_init(l, open(path, O_RDONLY | O_CLOEXEC | flags), path);
	if (l->fd < 0)
		return errmsg_set(e, "%s: %s", path, strerror(errno));
	l->own_fd = l->opened = true;
	if (fstat(l->fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		lines_clear(l);
		return errmsg_set(e, "%s: %s", path, strerror(EISDIR));
	}
	return 0;
}

int lines_open(struct lines *l, const char *path, struct errmsg *e)
{
	return open_with(l, path, 0, e);
}

int lines_open_watched(struct lines *l, const char *path, int stop_fd, struct errmsg *e)
{
	if (open_with(l, path, O_NONBLOCK, e) < 0)
		return -1;
	lines_watch(l, stop_fd);
	return 0;
}

void lines_clear(struct lines *l)
{
	unpack_end(l->unpack);
	if (l->own_fd)
		close(l->fd);
	free(l->buf);
	lines_init(l, -1, l->name);
}

void lines_tie(struct lines *l, struct out *tied)
{
	l->tied = tied;
}

void lines_watch(struct lines *l, int stop_fd)
{
	l->stop_fd = stop_fd;
}

static enum lines_status fail_reading(const struct lines *l, int error, struct errmsg *e)
{
	if (error == ENOMEM) {
		errmsg_nomem(e);
		errmsg_prefix(e, "%s", l->name);
	} else {
		errmsg_set(e, "%s: %s", l->name, strerror(error));
	}
	return LINES_FAILED;
}

/* Waits until there is input or a reason to stop. */
static enum lines_status wait_for_input(struct lines *l, struct errmsg *e)
{
	int fd = l->unpack ? unpack_fd(l->unpack) : l->fd;
	struct pollfd p[2] = {{.fd = l->stop_fd, .events = POLLIN}, {.fd = fd, .events = POLLIN}};

	/* the thread that unpacks wants the processor that being eager takes */
	while ((l->unpack ? poll(p, 2, -1) : eager_poll(&l->eager, p, 2, -1)) < 0)
		if (errno != EINTR)
			return fail_reading(l, errno, e);
	return p[0].revents ? LINES_STOP : LINES_LINE;
}

/* Moves what is left of the buffer to its start, and makes room for a block after it. */
static int make_room(struct lines *l)
{
	char *moved;

	if (l->head > 0) {
		memmove(l->buf, l->buf + l->head, l->tail - l->head);
		l->tail -= l->head;
		l->head = 0;
	}
	/* a long line has made it as long for all that follow */
	if (l->buf)
		l->buf = grow_less(l->buf, &l->cap, l->tail + READ_SIZE, KEPT, 1);
	moved = grow(l->buf, &l->cap, l->tail + READ_SIZE, 1);
	if (!moved)
		return -1;
	l->buf = moved;
	return 0;
}

/* Reads what there is. LINES_WAIT: nothing; LINES_LINE: *n bytes, 0 at the end. */
static enum lines_status read_input(struct lines *l, char *buf, size_t size, size_t *n, struct errmsg *e)
{
	ssize_t got;

	do
		got = read(l->fd, buf, size);
	while (got < 0 && errno == EINTR);
	if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return LINES_WAIT;
	if (got < 0) {
		l->failed = errno;
		return fail_reading(l, errno, e);
	}
	*n = (size_t)got;
	l->bytes += *n;
	return LINES_LINE;
}

/* The same of input that is compressed. Where that is damaged, the name is left to the caller, with the line. */
static enum lines_status read_unpacked(struct lines *l, char *buf, size_t size, size_t *n, struct errmsg *e)
{
	switch (unpack_read(l->unpack, buf, size, n, e)) {
	case UNPACK_TEXT:
	case UNPACK_END: return LINES_LINE;
	case UNPACK_WAIT: return LINES_WAIT;
	case UNPACK_DAMAGED: l->damaged = true; return LINES_FAILED;
	case UNPACK_FAILED: break;
	}
	errmsg_prefix(e, "%s", l->name);
	return LINES_FAILED;
}

/* Reads one more block after what the buffer holds. LINES_LINE: there is more to look at. */
static enum lines_status fill_buffer(struct lines *l, struct errmsg *e)
{
	bool wait = l->stop_fd >= 0;
	size_t n = 0;
	int flushed = l->tied && out_pending(l->tied) ? out_flush(l->tied, e) : 0;

	if (flushed != 0)
		return flushed == OUT_STOPPED ? LINES_STOP : LINES_FAILED;
	if (make_room(l) < 0)
		return fail_reading(l, ENOMEM, e);
	for (;;) {
		enum lines_status s = wait ? wait_for_input(l, e) : LINES_LINE;

		if (s == LINES_LINE)
			s = (l->unpack ? read_unpacked : read_input)(l, l->buf + l->tail, l->cap - l->tail, &n, e);
		if (s == LINES_LINE)
			break;
		if (s != LINES_WAIT || !l->opened)
			return s;
		wait = true;
	}
	l->ended = n == 0;
	l->tail += n;
	return LINES_LINE;
}

int lines_too_long(struct errmsg *e)
{
	return errmsg_set(e, "line longer than %d bytes", LINES_MAX);
}

int lines_refuse_compressed(const char *text, size_t len, struct errmsg *e)
{
	const char *format = unpack_format(text, len);

	if (!format)
		return 0;
	return errmsg_set(e, "compressed by %s; give the output of %s", format,
			  strcmp(format, "gzip") == 0 ? "zcat" : "zstdcat");
}

/* From now on the input is what was compressed as that of which the buffer has the beginning. */
static enum lines_status begin_unpacking(struct lines *l, struct errmsg *e)
{
	l->unpack = unpack_start(l->fd, l->buf + l->head, l->tail - l->head, e);
	if (!l->unpack) {
		errmsg_prefix(e, "%s", l->name);
		return LINES_FAILED;
	}
	l->head = l->tail = l->searched = 0;
	l->begun = l->ended = false;
	return LINES_LINE;
}

/*
 * Looks at the beginning of the input, once it is there. What is compressed is unpacked, once; where that is not
 * possible, each of its lines would be complained about, which would not help.
 */
static enum lines_status check_beginning(struct lines *l, struct errmsg *e)
{
	size_t have = l->tail - l->head;

	if (l->begun || (have < UNPACK_MAGIC && !l->ended))
		return LINES_LINE;
	l->begun = true;
	if (have == 0 || !unpack_format(l->buf + l->head, have))
		return LINES_LINE;
	if (l->opened && !l->unpack)
		return begin_unpacking(l, e);
	lines_refuse_compressed(l->buf + l->head, have, e);
	errmsg_prefix(e, l->unpack ? "%s: compressed twice" : "%s", l->name);
	return LINES_FAILED;
}

size_t lines_mark(const char *text, size_t len)
{
	static const char mark[] = {'\xef', '\xbb', '\xbf'};

	return len >= sizeof mark && memcmp(text, mark, sizeof mark) == 0 ? sizeof mark : 0;
}

/* Hands out the `len` bytes at head, which `used` bytes of the buffer held. */
static enum lines_status take_line(struct lines *l, size_t len, size_t used, struct errmsg *e)
{
	bool long_one = l->skipping || len > LINES_MAX;

	l->text = l->buf + l->head;
	l->len = len;
	l->head += used;
	l->searched = 0;
	l->begun = true;
	l->skipping = false;
	if (!long_one)
		return LINES_LINE;
	lines_too_long(e);
	return LINES_BAD;
}

/* As far as `used`, which is after a newline or at the end of the input. */
static enum lines_status take_all(struct lines *l, size_t used)
{
	l->text = l->buf + l->head;
	l->len = used;
	l->head += used;
	l->searched = 0;
	l->begun = true;
	return LINES_LINE;
}

/* The next line, or, where `many` and none is being skipped, all up to the last newline once there are `many` bytes. */
static enum lines_status find_text(struct lines *l, size_t many, struct errmsg *e)
{
	for (;;) {
		bool all = many > 0 && !l->skipping;
		const char *newline = NULL;
		enum lines_status s = l->failed ? fail_reading(l, l->failed, e) : check_beginning(l, e);
		size_t have = l->tail - l->head;

		if (s != LINES_LINE)
			return s;
		if (have > l->searched && (have >= many || l->ended))
			newline = (all ? memrchr : memchr)(l->buf + l->head + l->searched, '\n', have - l->searched);
		if (newline || (l->ended && (have > 0 || l->skipping))) {
			size_t used = newline ? (size_t)(newline - (l->buf + l->head)) + 1 : have;

			return all ? take_all(l, used) : take_line(l, newline ? used - 1 : used, used, e);
		}
		if (l->ended)
			return LINES_END;
		if (have >= many)
			l->searched = have;
		if (have > LINES_MAX) {
			/* Forget what there is of it; its end is still to come. */
			l->skipping = true;
			l->head = l->tail = l->searched = 0;
		}
		s = fill_buffer(l, e);
		/* what could not be read or unpacked fails again in the next call */
		if (s == LINES_FAILED && all && (l->unpack || l->failed))
			newline = memrchr(l->buf + l->head, '\n', l->tail - l->head);
		if (newline)
			return take_all(l, (size_t)(newline - (l->buf + l->head)) + 1);
		if (s != LINES_LINE)
			return s;
	}
}

enum lines_status lines_next(struct lines *l, struct errmsg *e)
{
	enum lines_status s = find_text(l, 0, e);
	size_t mark;

	if (s == LINES_FAILED && l->damaged)
		errmsg_prefix(e, "%s:%lu", l->name, l->number + 1);
	if (s != LINES_LINE && s != LINES_BAD)
		return s;
	l->number++;
	mark = lines_mark(l->text, l->len);
	l->text += mark;
	l->len -= mark;
	l->len -= l->len > 0 && l->text[l->len - 1] == '\r';
	if (s == LINES_BAD)
		errmsg_prefix(e, "%s:%lu", l->name, l->number);
	return s;
}

/* Gives the buffer away, with the text in it, for another one, which gets what follows the text. */
static int swap_buffer(struct lines *l, char **buf, size_t *cap)
{
	size_t rest = l->tail - l->head;
	char *with = l->buf, *other = grow(*buf, cap, rest + READ_SIZE, 1);
	size_t with_cap = l->cap;

	if (!other)
		return -1;
	memcpy(other, l->buf + l->head, rest);
	l->buf = other;
	l->cap = *cap;
	l->head = 0;
	l->tail = rest;
	*buf = with;
	*cap = with_cap;
	return 0;
}

enum lines_status lines_next_many(struct lines *l, size_t bytes, char **buf, size_t *cap, struct errmsg *e)
{
	enum lines_status s = find_text(l, bytes, e);

	return s == LINES_LINE && swap_buffer(l, buf, cap) < 0 ? fail_reading(l, ENOMEM, e) : s;
}

bool lines_cut(const struct lines *l)
{
	/* lines with a newline have all been handed out when the end is found */
	return l->ended;
}

uint64_t lines_bytes(const struct lines *l)
{
	return l->unpack ? unpack_taken(l->unpack) : l->bytes;
}

bool lines_ready(const struct lines *l)
{
	return l->tail > l->head && memchr(l->buf + l->head, '\n', l->tail - l->head) != NULL;
}

bool lines_is_blank(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] != ' ' && text[i] != '\t')
			return false;
	return true;
}

bool lines_blank(const struct lines *l)
{
	return lines_is_blank(l->text, l->len);
}
