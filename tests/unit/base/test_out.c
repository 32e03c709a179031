#include "base/out.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/rng.h"
#include "unit/check.h"

/* A pipe whose ends do not block where asked. */
static int make_pipe(int ends[2], int flags)
{
	return pipe2(ends, flags);
}

/* Reads n bytes, or fewer where the other end was closed. */
static size_t drain(int fd, char *to, size_t n)
{
	size_t have = 0;
	ssize_t got;

	while (have < n && (got = read(fd, to + have, n - have)) > 0)
		have += (size_t)got;
	return have;
}

static void records_come_out_as_they_were_put(void)
{
	char got[64];
	struct errmsg e;
	struct out o;
	int ends[2];
	char *room;

	CHECK(make_pipe(ends, 0) == 0);
	out_init(&o, ends[1], "pipe");
	CHECK(o.buf == NULL);
	out_put(&o, "one\n", 4);
	room = out_reserve(&o, 100);
	memcpy(room, "two\n", 4);
	out_commit(&o, 4);
	CHECK(out_pending(&o) == 8 && !out_full(&o));
	CHECK(out_flush(&o, &e) == 0);
	CHECK(out_pending(&o) == 0);
	out_put(&o, "three\n", 6);
	CHECK(out_finish(&o, &e) == 0);
	CHECK(o.buf == NULL);
	CHECK(drain(ends[0], got, sizeof got) == 14);
	CHECK(memcmp(got, "one\ntwo\nthree\n", 14) == 0);
	close(ends[0]);
}

static void a_block_is_full(void)
{
	struct out o;

	out_init(&o, -1, "none");
	for (int i = 0; i < OUT_BLOCK / 16; i++) {
		CHECK(!out_full(&o));
		out_put(&o, "0123456789abcdef", 16);
	}
	CHECK(out_full(&o));
	out_clear(&o);
	CHECK(out_pending(&o) == 0);
}

/* Fills a pipe that nobody reads, drains it by and by, and wants every byte in its place. */
static void a_non_blocking_pipe_takes_what_it_can(void)
{
	enum { N = 300000 };
	char *got = malloc(4 * N);
	size_t have = 0;
	struct errmsg e;
	struct out o;
	int ends[2];

	CHECK(make_pipe(ends, O_NONBLOCK) == 0);
	out_init(&o, ends[1], "pipe");
	for (uint32_t i = 0; i < N; i++) {
		out_put(&o, &i, sizeof i);
		if (i % 50000 == 0) {
			CHECK(out_push(&o, &e) == 0);
			have += drain(ends[0], got + have, 1000);
		}
	}
	CHECK(out_push(&o, &e) == 0);
	CHECK(out_pending(&o) > 0);
	while (out_pending(&o) > 0) {
		have += drain(ends[0], got + have, 4 * N - have);
		CHECK(out_push(&o, &e) == 0);
	}
	have += drain(ends[0], got + have, 4 * N - have);
	CHECK(have == 4 * N);
	for (uint32_t i = 0; i < N; i++) {
		uint32_t x;

		memcpy(&x, got + 4 * i, sizeof x);
		CHECK(x == i);
	}
	CHECK(out_finish(&o, &e) == 0);
	close(ends[0]);
	free(got);
}

/* out_flush waits, also where the descriptor does not. A child reads the other end. */
static void flush_waits_for_a_slow_reader(void)
{
	enum { N = 200000 };
	static char bytes[N];
	struct errmsg e;
	struct out o;
	int ends[2], back[2];
	size_t count = 0;
	ssize_t n;

	CHECK(make_pipe(ends, 0) == 0 && make_pipe(back, 0) == 0);
	fflush(stdout);
	if (fork() == 0) {
		close(ends[1]);
		usleep(50000);
		while ((n = read(ends[0], bytes, sizeof bytes)) > 0)
			count += (size_t)n;
		_exit(write(back[1], &count, sizeof count) < 0);
	}
	close(ends[0]);
	CHECK(fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0);
	out_init(&o, ends[1], "pipe");
	out_put(&o, bytes, N);
	CHECK(out_flush(&o, &e) == 0);
	CHECK(out_finish(&o, &e) == 0);
	CHECK(read(back[0], &count, sizeof count) == sizeof count && count == N);
	close(back[0]);
	close(back[1]);
}

static void a_full_disk_is_told_and_sticks(void)
{
	struct errmsg e;
	struct out o;
	int fd = open("/dev/full", O_WRONLY);

	CHECK(fd >= 0);
	out_init(&o, fd, "standard output");
	out_put(&o, "x", 1);
	CHECK(out_flush(&o, &e) == -1);
	CHECK_STR(e.text, "standard output: No space left on device");
	CHECK(out_reserve(&o, 1) == NULL);
	out_put(&o, "y", 1);
	CHECK(out_push(&o, &e) == -1);
	errmsg_set(&e, "-");
	CHECK(out_finish(&o, &e) == -1);
	CHECK_STR(e.text, "standard output: No space left on device");
}

/* Even where nothing was written: the close is what failed. */
static void a_bad_descriptor_is_told_at_the_end(void)
{
	struct errmsg e;
	struct out o;
	int fd = open("/dev/null", O_WRONLY);

	close(fd);
	out_init(&o, fd, "gone");
	CHECK(out_finish(&o, &e) == -1);
	CHECK_STR(e.text, "gone: Bad file descriptor");
}

static void a_size_that_overflows_is_refused(void)
{
	struct errmsg e;
	struct out o;

	out_init(&o, -1, "none");
	out_put(&o, "x", 1);
	CHECK(out_reserve(&o, (size_t)-1) == NULL);
	CHECK(o.error == ENOMEM);
	CHECK(out_flush(&o, &e) == -1);
	CHECK_STR(e.text, "none: Cannot allocate memory");
	out_clear(&o);
}

/* A line of so many bytes. */
static void put_line(struct out *o, uint32_t bytes)
{
	char *room = out_reserve(o, bytes);

	memset(room, 'x', bytes);
	room[bytes - 1] = '\n';
	out_commit(o, bytes);
}

static bool at_a_line(const struct out *o)
{
	return o->head == 0 || o->buf[o->head - 1] == '\n';
}

/* However full the pipe is, and whatever was read of it: it has no half of a line. */
static void a_pipe_takes_whole_lines(void)
{
	static char drained[1 << 16];
	static const uint32_t longest[] = {10, 200, 4096};
	struct rng r = rng_at(1, RNG_WORLD, 0, 0, 0);

	for (size_t size = 4096; size <= 1 << 16; size *= 4)
		for (size_t i = 0; i < sizeof longest / sizeof *longest; i++) {
			struct errmsg e;
			struct out o;
			int ends[2], stuck = 0, cut = 0;

			CHECK(make_pipe(ends, O_NONBLOCK) == 0 && fcntl(ends[1], F_SETPIPE_SZ, (int)size) == (int)size);
			out_init(&o, ends[1], "pipe");
			for (int round = 0; round < 2000; round++) {
				uint64_t more = out_total(&o) + rng_below(&r, 8000);

				while (out_pending(&o) < 100000 && out_total(&o) < more)
					put_line(&o, 1 + rng_below(&r, longest[i]));
				cut += out_push(&o, &e) < 0 || !at_a_line(&o);
				stuck += out_pending(&o) > 0;
				if (rng_below(&r, 3) > 0)
					drain(ends[0], drained, 1 + rng_below(&r, 8000));
			}
			CHECK(stuck > 100 && cut == 0);
			out_clear(&o);
			close(ends[0]);
			close(ends[1]);
		}
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* A descriptor that says to stop. */
static int told_to_stop(void)
{
	int ends[2];

	CHECK(make_pipe(ends, 0) == 0 && write(ends[1], "x", 1) == 1);
	close(ends[1]);
	return ends[0];
}

/* Writes what nobody reads, to a descriptor that blocks. */
static void give_up_on(int fd)
{
	int stop = told_to_stop();
	double start = now();
	struct errmsg e;
	struct out o;

	out_init(&o, fd, "output");
	out_watch(&o, stop);
	for (int i = 0; i < 10000; i++)
		put_line(&o, 100);
	CHECK(out_flush(&o, &e) == OUT_STOPPED);
	CHECK(now() - start > OUT_PATIENCE_MS * 0.9e-3 && now() - start < 5);
	CHECK(o.written > 0 && at_a_line(&o) && o.written % 100 == 0 && out_total(&o) == 1000000);
	start = now();
	CHECK(out_flush(&o, &e) == OUT_STOPPED && out_flush(&o, &e) == OUT_STOPPED);
	CHECK(out_finish(&o, &e) == 0);
	CHECK(now() - start < OUT_PATIENCE_MS * 0.5e-3);
	close(stop);
}

static void a_reader_that_has_stalled_is_given_up(void)
{
	int ends[2], other;

	CHECK(make_pipe(ends, 0) == 0);
	other = dup(ends[1]);
	give_up_on(ends[1]);
	/* another process on the pipe is not concerned */
	CHECK((fcntl(other, F_GETFL) & O_NONBLOCK) == 0 && (fcntl(ends[0], F_GETFL) & O_NONBLOCK) == 0);
	close(other);
	close(ends[0]);
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
	give_up_on(ends[1]);
	close(ends[0]);
}

/* A reader, however slow, gets all of it. */
static void a_slow_reader_is_waited_for(void)
{
	enum { N = 150000 };
	static char bytes[N];
	int ends[2], stop = told_to_stop(), status = 0;
	struct errmsg e;
	struct out o;
	pid_t pid;

	CHECK(make_pipe(ends, 0) == 0);
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		size_t have = 0, got = 1;

		close(ends[1]);
		while (got > 0) {
			usleep(20000);
			got = drain(ends[0], bytes, 4096);
			have += got;
		}
		_exit(have != N);
	}
	close(ends[0]);
	out_init(&o, ends[1], "pipe");
	out_watch(&o, stop);
	for (int i = 0; i < N / 100; i++)
		put_line(&o, 100);
	CHECK(out_flush(&o, &e) == 0);
	CHECK(out_finish(&o, &e) == 0);
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	close(stop);
}

/* What becomes of a file with this text to which a line is added; a descriptor with these flags stands at `at`. */
static void check_added(const char *text, int flags, off_t at, const char *want)
{
	char path[] = "/tmp/botify-test-XXXXXX", got[64] = "";
	int fd = mkstemp(path);
	struct errmsg e;
	struct out o;

	CHECK(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
	fd = open(path, flags);
	CHECK(fd >= 0 && lseek(fd, at, SEEK_SET) == at);
	out_init(&o, fd, path);
	out_end_cut_line(&o);
	out_put(&o, "new\n", 4);
	CHECK(out_finish(&o, &e) == 0);
	fd = open(path, O_RDONLY);
	CHECK(drain(fd, got, sizeof got - 1) == strlen(want));
	CHECK_STR(got, want);
	close(fd);
	unlink(path);
}

static void a_line_that_was_cut_is_ended_first(void)
{
	check_added("one\ntw", O_WRONLY | O_APPEND, 0, "one\ntw\nnew\n");
	check_added("one\ntw", O_RDWR | O_APPEND, 0, "one\ntw\nnew\n");
	check_added("one\ntwo\n", O_WRONLY | O_APPEND, 0, "one\ntwo\nnew\n");
	check_added("", O_WRONLY | O_APPEND, 0, "new\n");
	/* written after what another command wrote to the same descriptor, or over what was there */
	check_added("one\ntw", O_WRONLY, 6, "one\ntw\nnew\n");
	check_added("one\ntwo\n", O_WRONLY, 8, "one\ntwo\nnew\n");
	check_added("abcdef", O_WRONLY, 0, "new\nef");
	check_added("abc\nef", O_WRONLY, 4, "abc\nnew\n");
	check_added("abc", O_WRONLY | O_TRUNC, 0, "new\n");
}

static void other_descriptors_have_no_line_to_end(void)
{
	char got[16] = "";
	struct errmsg e;
	struct out o;
	int ends[2];

	CHECK(pipe(ends) == 0 && write(ends[1], "half", 4) == 4);
	out_init(&o, ends[1], "pipe");
	out_end_cut_line(&o);
	out_put(&o, "new\n", 4);
	CHECK(out_finish(&o, &e) == 0 && drain(ends[0], got, sizeof got - 1) == 8);
	CHECK_STR(got, "halfnew\n");
	close(ends[0]);
	out_init(&o, open("/dev/null", O_WRONLY | O_APPEND), "null");
	out_end_cut_line(&o);
	CHECK(out_pending(&o) == 0 && out_finish(&o, &e) == 0);
	out_init(&o, -1, "none");
	out_end_cut_line(&o);
	CHECK(out_pending(&o) == 0 && o.error == 0);
}

static void memory_of_a_long_record_is_given_back(void)
{
	struct out o;
	struct errmsg e;
	char *room;

	out_init(&o, open("/dev/null", O_WRONLY), "null");
	room = out_reserve(&o, 40 << 20);
	CHECK(room != NULL && o.cap >= 40 << 20);
	out_commit(&o, 1);
	CHECK(out_flush(&o, &e) == 0);
	out_put(&o, "short\n", 6);
	CHECK(o.cap <= 1 << 20 && out_pending(&o) == 6);
	CHECK(out_finish(&o, &e) == 0);
}

int main(void)
{
	RUN(records_come_out_as_they_were_put);
	RUN(a_block_is_full);
	RUN(a_non_blocking_pipe_takes_what_it_can);
	RUN(flush_waits_for_a_slow_reader);
	RUN(a_full_disk_is_told_and_sticks);
	RUN(a_bad_descriptor_is_told_at_the_end);
	RUN(a_size_that_overflows_is_refused);
	RUN(a_pipe_takes_whole_lines);
	RUN(a_reader_that_has_stalled_is_given_up);
	RUN(a_slow_reader_is_waited_for);
	RUN(a_line_that_was_cut_is_ended_first);
	RUN(other_descriptors_have_no_line_to_end);
	RUN(memory_of_a_long_record_is_given_back);
	return DONE();
}
