#include "base/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/grow.h"
#include "base/out.h"

enum { READ_SIZE = 1 << 16 };

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
		l->patient = true;
		return 0;
	}
	lines_init(l, open(path, O_RDONLY | O_CLOEXEC | flags), path);
	if (l->fd < 0)
		return errmsg_set(e, "%s: %s", path, strerror(errno));
	l->own_fd = l->patient = true;
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
	struct pollfd p[2] = {{.fd = l->stop_fd, .events = POLLIN}, {.fd = l->fd, .events = POLLIN}};

	while (eager_poll(&l->eager, p, 2, -1) < 0)
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
	moved = grow(l->buf, &l->cap, l->tail + READ_SIZE, 1);
	if (!moved)
		return -1;
	l->buf = moved;
	return 0;
}

/* Reads one more block after what the buffer holds. LINES_LINE: there is more to look at. */
static enum lines_status fill_buffer(struct lines *l, struct errmsg *e)
{
	bool wait = l->stop_fd >= 0;
	ssize_t n;
	int flushed = l->tied && out_pending(l->tied) ? out_flush(l->tied, e) : 0;

	if (flushed != 0)
		return flushed == OUT_STOPPED ? LINES_STOP : LINES_FAILED;
	if (make_room(l) < 0)
		return fail_reading(l, ENOMEM, e);
	for (;;) {
		enum lines_status s = wait ? wait_for_input(l, e) : LINES_LINE;

		if (s != LINES_LINE)
			return s;
		n = read(l->fd, l->buf + l->tail, l->cap - l->tail);
		if (n >= 0)
			break;
		if (errno == EAGAIN || errno == EWOULDBLOCK) {
			if (!l->patient)
				return LINES_WAIT;
			wait = true;
		} else if (errno != EINTR) {
			return fail_reading(l, errno, e);
		}
	}
	l->ended = n == 0;
	l->tail += (size_t)n;
	return LINES_LINE;
}

int lines_too_long(struct errmsg *e)
{
	return errmsg_set(e, "line longer than %d bytes", LINES_MAX);
}

/* How compressed files begin, and what makes text of them. */
static const struct {
	const char *magic, *name, *tool;
} compressions[] = {
	{"\x1f\x8b\x08", "gzip", "zcat"},
	{"\x28\xb5\x2f\xfd", "zstd", "zstdcat"},
};

enum { MAGIC_MAX = 4 };

int lines_refuse_compressed(const char *text, size_t len, struct errmsg *e)
{
	for (size_t i = 0; i < sizeof compressions / sizeof *compressions; i++) {
		size_t n = strlen(compressions[i].magic);

		if (len >= n && memcmp(text, compressions[i].magic, n) == 0)
			return errmsg_set(e, "compressed by %s; give the output of %s", compressions[i].name,
					  compressions[i].tool);
	}
	return 0;
}

/*
 * Looks at the beginning of the input, once it is there. Each of its lines would be complained about, which would not
 * help.
 */
static enum lines_status check_beginning(struct lines *l, struct errmsg *e)
{
	size_t have = l->tail - l->head;

	if (l->begun || (have < MAGIC_MAX && !l->ended))
		return LINES_LINE;
	l->begun = true;
	if (have == 0 || lines_refuse_compressed(l->buf + l->head, have, e) == 0)
		return LINES_LINE;
	errmsg_prefix(e, "%s", l->name);
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
		size_t have = l->tail - l->head;
		const char *newline = NULL;
		enum lines_status s = check_beginning(l, e);

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
		if (s != LINES_LINE)
			return s;
	}
}

enum lines_status lines_next(struct lines *l, struct errmsg *e)
{
	enum lines_status s = find_text(l, 0, e);
	size_t mark;

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
