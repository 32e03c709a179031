#include "base/unpack.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

enum {
	INPUT = 1 << 17, /* bytes that are read at a time */
	RING = 1 << 20,	 /* bytes of text that may wait for their reader */
	WORTHWHILE = RING / 4 /* so many are worth waking the other thread for */
};

/*
 * The text that has been unpacked and not yet read stands in a ring, from `first` on, `n` bytes. The mutex guards them
 * and what stands after it; the room of the ring that is free is the thread's.
 */
struct unpack {
	int fd, quit_fd, ready_fd;
	char *input, *ring;
	size_t head, tail; /* what is left of the input: input[head .. tail) */
	uint64_t bytes;	   /* of the input, read so far; atomic */
	pthread_t thread;

	pthread_mutex_t mutex;
	pthread_cond_t room;
	size_t first, n;
	bool ready;    /* ready_fd is readable */
	bool quitting; /* nobody will read any more */
	enum unpack_status last; /* after the text in the ring; UNPACK_WAIT where there is more */
	struct errmsg reason;	 /* for `last` */
};

/* How the thread goes on after one of its steps. */
enum step { GO_ON, AT_END, BROKEN };

/* Notes, by the thread, how it ends. */
static enum step end_as(struct unpack *u, enum unpack_status last, const struct errmsg *reason)
{
	pthread_mutex_lock(&u->mutex);
	u->last = last;
	if (reason)
		u->reason = *reason;
	pthread_mutex_unlock(&u->mutex);
	return BROKEN;
}

static enum step end_without_memory(struct unpack *u)
{
	struct errmsg e;

	errmsg_nomem(&e);
	return end_as(u, UNPACK_FAILED, &e);
}

static enum step end_by_error(struct unpack *u, int error)
{
	struct errmsg e;

	errmsg_set(&e, "%s", strerror(error));
	return end_as(u, UNPACK_FAILED, &e);
}

static enum step end_damaged(struct unpack *u, const char *format, const char *why)
{
	struct errmsg e;

	errmsg_set(&e, "the %s data is damaged: %s", format, why);
	return end_as(u, UNPACK_DAMAGED, &e);
}

static enum step end_cut_off(struct unpack *u, const char *format)
{
	struct errmsg e;

	errmsg_set(&e, "the %s data is cut off: its end is missing", format);
	return end_as(u, UNPACK_DAMAGED, &e);
}

/* Makes ready_fd readable or not. The mutex is held. */
static void set_ready(struct unpack *u, bool ready)
{
	eventfd_t number;

	if (ready && !u->ready)
		eventfd_write(u->ready_fd, 1);
	else if (!ready && u->ready)
		eventfd_read(u->ready_fd, &number);
	u->ready = ready;
}

/* The reader may have what there is, however little. */
static void offer_text(struct unpack *u)
{
	pthread_mutex_lock(&u->mutex);
	if (u->n > 0)
		set_ready(u, true);
	pthread_mutex_unlock(&u->mutex);
}

/* Waits for input, or for the end of all interest in it. */
static enum step wait_for_input(struct unpack *u)
{
	struct pollfd p[2] = {{.fd = u->quit_fd, .events = POLLIN}, {.fd = u->fd, .events = POLLIN}};

	while (poll(p, 2, -1) < 0)
		if (errno != EINTR)
			return end_by_error(u, errno);
	return p[0].revents == 0 ? GO_ON : BROKEN;
}

/* Reads more input after what is left of it. */
static enum step read_input(struct unpack *u)
{
	ssize_t n;

	memmove(u->input, u->input + u->head, u->tail - u->head);
	u->tail -= u->head;
	u->head = 0;
	offer_text(u);
	do {
		if (wait_for_input(u) != GO_ON)
			return BROKEN;
		n = read(u->fd, u->input + u->tail, INPUT - u->tail);
	} while (n < 0 && (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK));
	if (n < 0)
		return end_by_error(u, errno);
	u->tail += (size_t)n;
	__atomic_fetch_add(&u->bytes, (uint64_t)n, __ATOMIC_RELAXED);
	return n > 0 ? GO_ON : AT_END;
}

/* Waits for room in the ring. Returns where it begins and sets how much there is; NULL: nobody will read any more. */
static char *wait_for_room(struct unpack *u, size_t *size)
{
	size_t end;
	bool quitting;

	pthread_mutex_lock(&u->mutex);
	while (u->n == RING && !u->quitting)
		pthread_cond_wait(&u->room, &u->mutex);
	end = (u->first + u->n) % RING;
	*size = end < u->first ? u->first - end : RING - end;
	quitting = u->quitting;
	pthread_mutex_unlock(&u->mutex);
	return quitting ? NULL : u->ring + end;
}

/* So many bytes of the room have been filled. */
static void add_text(struct unpack *u, size_t n)
{
	pthread_mutex_lock(&u->mutex);
	u->n += n;
	if (u->n >= WORTHWHILE)
		set_ready(u, true);
	pthread_mutex_unlock(&u->mutex);
}

/*
 * Decoders: `begin` before a member or frame, and `decode` until AT_END, which takes some of the input and fills some
 * of the room. A step that does neither wants more input.
 */
struct decoding {
	struct unpack *u;
	z_stream gzip;
	bool gzip_begun;
	ZSTD_DCtx *zstd;
	bool stuck; /* nothing comes without more input; without it, there may still be text in the decoder */
};

static enum step begin_gzip(struct decoding *d)
{
	enum { WINDOW_BITS = 15, WITH_GZIP_HEADER = 16 };
	int status = d->gzip_begun ? inflateReset(&d->gzip) : inflateInit2(&d->gzip, WINDOW_BITS + WITH_GZIP_HEADER);

	d->gzip_begun = d->gzip_begun || status == Z_OK;
	return status == Z_OK ? GO_ON : end_without_memory(d->u);
}

static enum step decode_gzip(struct decoding *d, char *room, size_t size)
{
	struct unpack *u = d->u;
	z_stream *z = &d->gzip;
	int status;

	z->next_in = (unsigned char *)u->input + u->head;
	z->avail_in = (unsigned)(u->tail - u->head);
	z->next_out = (unsigned char *)room;
	z->avail_out = (unsigned)size;
	status = inflate(z, Z_NO_FLUSH);
	d->stuck = z->avail_in == 0 && z->avail_out > 0;
	u->head = u->tail - z->avail_in;
	add_text(u, size - z->avail_out);
	switch (status) {
	case Z_STREAM_END: return AT_END;
	case Z_OK:
	case Z_BUF_ERROR: return GO_ON;
	case Z_MEM_ERROR: return end_without_memory(u);
	default: return end_damaged(u, "gzip", z->msg ? z->msg : "it wants a dictionary");
	}
}

static enum step begin_zstd(struct decoding *d)
{
	if (!d->zstd)
		d->zstd = ZSTD_createDCtx();
	return d->zstd ? GO_ON : end_without_memory(d->u);
}

static enum step decode_zstd(struct decoding *d, char *room, size_t size)
{
	struct unpack *u = d->u;
	ZSTD_inBuffer in = {u->input + u->head, u->tail - u->head, 0};
	ZSTD_outBuffer out = {room, size, 0};
	size_t status = ZSTD_decompressStream(d->zstd, &out, &in);

	d->stuck = in.pos == in.size && out.pos < out.size;
	u->head += in.pos;
	add_text(u, out.pos);
	if (!ZSTD_isError(status))
		return status == 0 ? AT_END : GO_ON;
	if (ZSTD_getErrorCode(status) == ZSTD_error_memory_allocation)
		return end_without_memory(u);
	return end_damaged(u, "zstd", ZSTD_getErrorName(status));
}

/* How members and frames begin; a mask tells which bits count. The last is a frame with something else than text. */
static const struct format {
	unsigned char magic[UNPACK_MAGIC], mask[UNPACK_MAGIC];
	size_t len;
	const char *name;
	enum step (*begin)(struct decoding *d);
	enum step (*decode)(struct decoding *d, char *room, size_t size);
} formats[] = {
	{{0x1f, 0x8b, 8}, {0xff, 0xff, 0xff}, 3, "gzip", begin_gzip, decode_gzip},
	{{0x28, 0xb5, 0x2f, 0xfd}, {0xff, 0xff, 0xff, 0xff}, 4, "zstd", begin_zstd, decode_zstd},
	{{0x50, 0x2a, 0x4d, 0x18}, {0xf0, 0xff, 0xff, 0xff}, 4, "zstd", begin_zstd, decode_zstd},
};

static bool begins_as(const struct format *f, const char *text)
{
	for (size_t i = 0; i < f->len; i++)
		if (((unsigned char)text[i] & f->mask[i]) != f->magic[i])
			return false;
	return true;
}

static const struct format *find_format(const char *text, size_t len)
{
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (len >= formats[i].len && begins_as(&formats[i], text))
			return &formats[i];
	return NULL;
}

const char *unpack_format(const char *text, size_t len)
{
	const struct format *f = find_format(text, len);

	return f ? f->name : NULL;
}

/* Unpacks one member or frame. */
static enum step unpack_member(struct decoding *d, const struct format *f)
{
	struct unpack *u = d->u;
	enum step step = f->begin(d);

	d->stuck = u->head == u->tail;
	while (step == GO_ON) {
		size_t size;
		char *room;

		if (d->stuck) {
			step = read_input(u);
			if (step == AT_END)
				return end_cut_off(u, f->name);
			if (step != GO_ON)
				return step;
		}
		room = wait_for_room(u, &size);
		step = room ? f->decode(d, room, size) : BROKEN;
	}
	return step == AT_END ? GO_ON : step;
}

/* Passes over the zero bytes that may follow a member. */
static enum step skip_padding(struct unpack *u)
{
	enum step step = GO_ON;

	while (step == GO_ON) {
		while (u->head < u->tail && u->input[u->head] == 0)
			u->head++;
		if (u->head < u->tail)
			return GO_ON;
		step = read_input(u);
	}
	return step;
}

/* Finds out what comes next: GO_ON with its format, or AT_END. */
static enum step find_member(struct unpack *u, const struct format **f)
{
	const char *before = *f ? (*f)->name : NULL;
	enum step step = before ? skip_padding(u) : GO_ON;
	struct errmsg e;

	while (step == GO_ON && u->tail - u->head < UNPACK_MAGIC && !find_format(u->input + u->head, u->tail - u->head))
		step = read_input(u);
	if (step == BROKEN || u->head == u->tail)
		return step;
	*f = find_format(u->input + u->head, u->tail - u->head);
	if (*f)
		return GO_ON;
	errmsg_set(&e, "what follows the %s data is not compressed", before);
	return end_as(u, UNPACK_DAMAGED, &e);
}

static void *work(void *arg)
{
	struct unpack *u = arg;
	struct decoding d = {.u = u};
	const struct format *f = NULL;
	enum step step;

	while ((step = find_member(u, &f)) == GO_ON && (step = unpack_member(&d, f)) == GO_ON)
		;
	if (d.gzip_begun)
		inflateEnd(&d.gzip);
	ZSTD_freeDCtx(d.zstd);
	if (step == AT_END)
		end_as(u, UNPACK_END, NULL);
	pthread_mutex_lock(&u->mutex);
	set_ready(u, true);
	pthread_mutex_unlock(&u->mutex);
	return NULL;
}

static void free_all(struct unpack *u)
{
	if (u->quit_fd >= 0)
		close(u->quit_fd);
	if (u->ready_fd >= 0)
		close(u->ready_fd);
	free(u->input);
	free(u->ring);
	pthread_cond_destroy(&u->room);
	pthread_mutex_destroy(&u->mutex);
	free(u);
}

/* The thread gets no signals: those are for the threads that have been there before. */
static int start_thread(struct unpack *u)
{
	sigset_t all, before;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&u->thread, NULL, work, u);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return error;
}

struct unpack *unpack_start(int fd, const char *begun, size_t len, struct errmsg *e)
{
	struct unpack *u = calloc(1, sizeof *u);
	int error;

	if (!u) {
		errmsg_nomem(e);
		return NULL;
	}
	pthread_mutex_init(&u->mutex, NULL);
	pthread_cond_init(&u->room, NULL);
	u->fd = fd;
	u->last = UNPACK_WAIT;
	u->quit_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	u->ready_fd = u->quit_fd < 0 ? -1 : eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	error = u->ready_fd < 0 ? errno : 0;
	/* all that has been read already has to fit, whatever it was read for */
	u->input = malloc(len > INPUT ? len : INPUT);
	u->ring = malloc(RING);
	if (error == 0 && (!u->input || !u->ring)) {
		error = ENOMEM;
	} else if (error == 0) {
		memcpy(u->input, begun, len);
		u->tail = len;
		u->bytes = len;
		error = start_thread(u);
	}
	if (error == 0)
		return u;
	free_all(u);
	if (error == ENOMEM)
		errmsg_nomem(e);
	else
		errmsg_set(e, "cannot be unpacked: %s", strerror(error));
	return NULL;
}

void unpack_end(struct unpack *u)
{
	if (!u)
		return;
	pthread_mutex_lock(&u->mutex);
	u->quitting = true;
	pthread_cond_signal(&u->room);
	pthread_mutex_unlock(&u->mutex);
	eventfd_write(u->quit_fd, 1);
	pthread_join(u->thread, NULL);
	free_all(u);
}

int unpack_fd(const struct unpack *u)
{
	return u->ready_fd;
}

uint64_t unpack_taken(const struct unpack *u)
{
	return __atomic_load_n(&u->bytes, __ATOMIC_RELAXED);
}

/* Copies the first n bytes of the text, which may go on at the beginning of the ring. */
static void copy_text(const struct unpack *u, char *buf, size_t n)
{
	size_t piece = RING - u->first < n ? RING - u->first : n;

	memcpy(buf, u->ring + u->first, piece);
	memcpy(buf + piece, u->ring, n - piece);
}

/* Gives the place of n bytes back. The mutex is held. */
static void give_room(struct unpack *u, size_t n)
{
	bool was_scarce = RING - u->n < WORTHWHILE;

	u->first = (u->first + n) % RING;
	u->n -= n;
	if (was_scarce && RING - u->n >= WORTHWHILE)
		pthread_cond_signal(&u->room);
	set_ready(u, u->n > 0 || u->last != UNPACK_WAIT);
}

enum unpack_status unpack_read(struct unpack *u, char *buf, size_t size, size_t *n, struct errmsg *e)
{
	enum unpack_status status;

	pthread_mutex_lock(&u->mutex);
	*n = u->n < size ? u->n : size;
	status = *n > 0 ? UNPACK_TEXT : u->last;
	if (status == UNPACK_FAILED || status == UNPACK_DAMAGED)
		*e = u->reason;
	if (status == UNPACK_WAIT)
		set_ready(u, false);
	pthread_mutex_unlock(&u->mutex);
	if (status != UNPACK_TEXT)
		return status;
	/* the thread does not touch what stands there, until it is given the room */
	copy_text(u, buf, *n);
	pthread_mutex_lock(&u->mutex);
	give_room(u, *n);
	pthread_mutex_unlock(&u->mutex);
	return UNPACK_TEXT;
}
