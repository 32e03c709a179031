#include "base/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <termios.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/out.h"
#include "unit/check.h"
#include "unit/compress.h"

/* A descriptor from which `text` can be read, of at most a pipe's capacity. */
static int pipe_with(const char *text, size_t len)
{
	int ends[2];

	if (pipe(ends) < 0 || write(ends[1], text, len) != (ssize_t)len)
		return -1;
	close(ends[1]);
	return ends[0];
}

/* Whether the next line is `want`. */
static int next_is(struct lines *l, const char *want)
{
	struct errmsg e;

	return lines_next(l, &e) == LINES_LINE && l->len == strlen(want) && memcmp(l->text, want, l->len) == 0;
}

static void lines_end_as_they_like(void)
{
	static const char text[] = "one\ntwo\r\n\n \t\r\n\r\nr\rr\r\r\nlast";
	struct errmsg e;
	struct lines l;

	lines_init(&l, pipe_with(text, sizeof text - 1), "text");
	CHECK(next_is(&l, "one") && l.number == 1 && !lines_blank(&l));
	CHECK(next_is(&l, "two") && l.number == 2);
	CHECK(next_is(&l, "") && lines_blank(&l));
	CHECK(next_is(&l, " \t") && lines_blank(&l));
	CHECK(next_is(&l, "") && lines_blank(&l));
	CHECK(next_is(&l, "r\rr\r") && l.number == 6);
	CHECK(next_is(&l, "last") && l.number == 7);
	CHECK(lines_next(&l, &e) == LINES_END);
	CHECK(lines_next(&l, &e) == LINES_END);
	close(l.fd);
	lines_clear(&l);
}

static void an_empty_file_has_no_line(void)
{
	struct errmsg e;
	struct lines l;

	CHECK(lines_open(&l, "/dev/null", &e) == 0);
	CHECK(lines_next(&l, &e) == LINES_END && l.number == 0);
	lines_clear(&l);
	lines_init(&l, pipe_with("\n", 1), "text");
	CHECK(next_is(&l, "") && lines_next(&l, &e) == LINES_END);
	close(l.fd);
	lines_clear(&l);
	lines_init(&l, pipe_with("x\r", 2), "text");
	CHECK(next_is(&l, "x") && lines_next(&l, &e) == LINES_END);
	close(l.fd);
	lines_clear(&l);
}

static void nul_bytes_are_the_callers_to_judge(void)
{
	struct errmsg e;
	struct lines l;

	lines_init(&l, pipe_with("a\0b\nc\n", 6), "text");
	CHECK(lines_next(&l, &e) == LINES_LINE && l.len == 3 && memcmp(l.text, "a\0b", 3) == 0);
	CHECK(next_is(&l, "c"));
	close(l.fd);
	lines_clear(&l);
}

static void what_cannot_be_opened_is_named(void)
{
	struct errmsg e;
	struct lines l;

	CHECK(lines_open(&l, "/nonexistent/log", &e) == -1);
	CHECK_STR(e.text, "/nonexistent/log: No such file or directory");
	CHECK(lines_open(&l, "/", &e) == -1);
	CHECK_STR(e.text, "/: Is a directory");
	lines_init(&l, -1, "nothing");
	CHECK(lines_next(&l, &e) == LINES_FAILED);
	CHECK_STR(e.text, "nothing: Bad file descriptor");
	lines_clear(&l);
}

/* Writes n bytes of 'x' to fd. */
static void put_x(int fd, size_t n)
{
	static char x[1 << 16];

	memset(x, 'x', sizeof x);
	while (n > 0) {
		ssize_t done = write(fd, x, n < sizeof x ? n : sizeof x);

		if (done < 0)
			_exit(1);
		n -= (size_t)done;
	}
}

static void lines_too_long_are_skipped_with_their_neighbours_kept(void)
{
	char path[] = "/tmp/botify-test-XXXXXX", reason[64];
	int fd = mkstemp(path);
	struct errmsg e;
	struct lines l;

	CHECK(write(fd, "before\n", 7) == 7);
	put_x(fd, LINES_MAX);
	CHECK(write(fd, "\n", 1) == 1);
	put_x(fd, LINES_MAX + 1);
	CHECK(write(fd, "\nbetween\n", 9) == 9);
	put_x(fd, 2 * (size_t)LINES_MAX + 12345);
	CHECK(write(fd, "\nafter\n", 7) == 7);
	put_x(fd, LINES_MAX + 1);

	CHECK(lines_open(&l, path, &e) == 0);
	CHECK(next_is(&l, "before"));
	CHECK(lines_next(&l, &e) == LINES_LINE && l.len == LINES_MAX && l.text[LINES_MAX - 1] == 'x');
	CHECK(lines_next(&l, &e) == LINES_BAD && l.number == 3);
	snprintf(reason, sizeof reason, "%s:3: line longer than 16777216 bytes", path);
	CHECK_STR(e.text, reason);
	CHECK(next_is(&l, "between") && l.number == 4);
	CHECK(lines_next(&l, &e) == LINES_BAD && l.number == 5);
	CHECK(next_is(&l, "after") && l.number == 6);
	CHECK(lines_next(&l, &e) == LINES_BAD && l.number == 7);
	CHECK(lines_next(&l, &e) == LINES_END);
	CHECK(l.cap <= 3 * (size_t)LINES_MAX);
	lines_clear(&l);
	close(fd);
	unlink(path);
}

static void a_reader_that_shall_not_wait_says_so(void)
{
	struct errmsg e;
	struct lines l;
	int ends[2];

	CHECK(pipe2(ends, O_NONBLOCK) == 0);
	lines_init(&l, ends[0], "pipe");
	CHECK(lines_next(&l, &e) == LINES_WAIT);
	CHECK(write(ends[1], "one\ntw", 6) == 6);
	CHECK(next_is(&l, "one"));
	CHECK(lines_next(&l, &e) == LINES_WAIT);
	CHECK(lines_next(&l, &e) == LINES_WAIT);
	CHECK(write(ends[1], "o\n", 2) == 2);
	CHECK(next_is(&l, "two") && l.number == 2);
	close(ends[1]);
	CHECK(lines_next(&l, &e) == LINES_END);
	close(ends[0]);
	lines_clear(&l);
}

/* What this process's parent may have done to standard input is not the reader's fault. */
static void an_opened_file_is_waited_for_though_it_does_not_block(void)
{
	struct errmsg e;
	struct lines l;
	int ends[2], saved = dup(STDIN_FILENO);

	CHECK(pipe2(ends, O_NONBLOCK) == 0);
	fflush(stdout);
	if (fork() == 0) {
		usleep(50000);
		_exit(write(ends[1], "late\n", 5) != 5);
	}
	close(ends[1]);
	dup2(ends[0], STDIN_FILENO);
	CHECK(lines_open(&l, "-", &e) == 0);
	CHECK_STR(l.name, "standard input");
	CHECK(next_is(&l, "late"));
	CHECK(lines_next(&l, &e) == LINES_END);
	lines_clear(&l);
	dup2(saved, STDIN_FILENO);
	close(saved);
	close(ends[0]);
	wait(NULL);
}

static void the_stop_descriptor_ends_the_wait(void)
{
	struct errmsg e;
	struct lines l;
	int ends[2], stop[2];

	CHECK(pipe(ends) == 0 && pipe(stop) == 0);
	CHECK(write(ends[1], "one\ntwo\nthr", 11) == 11);
	lines_init(&l, ends[0], "pipe");
	lines_watch(&l, stop[0]);
	CHECK(next_is(&l, "one"));
	CHECK(write(stop[1], "", 1) == 1);
	CHECK(next_is(&l, "two")); /* was read before */
	CHECK(lines_next(&l, &e) == LINES_STOP);
	CHECK(write(ends[1], "ee\n", 3) == 3);
	CHECK(lines_next(&l, &e) == LINES_STOP); /* though there is more */
	close(ends[0]);
	close(ends[1]);
	close(stop[0]);
	close(stop[1]);
	lines_clear(&l);
}

/* A FIFO that nobody has opened for writing: it is waited for, and that ends when told. */
static void a_fifo_is_waited_for_until_told_to_stop(void)
{
	struct errmsg e;
	struct lines l;
	char directory[] = "/tmp/test_lines.XXXXXX", path[64];
	int stop[2], writer;

	CHECK(mkdtemp(directory) && pipe(stop) == 0);
	snprintf(path, sizeof path, "%s/fifo", directory);
	CHECK(mkfifo(path, 0600) == 0);
	CHECK(lines_open_watched(&l, path, stop[0], &e) == 0);
	fflush(stdout);
	if (fork() == 0) {
		usleep(50000);
		writer = open(path, O_WRONLY);
		_exit(write(writer, "one\ntwo", 7) != 7);
	}
	CHECK(next_is(&l, "one") && next_is(&l, "two"));
	CHECK(lines_next(&l, &e) == LINES_END);
	wait(NULL);
	lines_clear(&l);
	CHECK(lines_open_watched(&l, path, stop[0], &e) == 0);
	if (fork() == 0) {
		usleep(50000);
		_exit(write(stop[1], "x", 1) != 1);
	}
	CHECK(lines_next(&l, &e) == LINES_STOP);
	wait(NULL);
	lines_clear(&l);
	CHECK(lines_open_watched(&l, directory, stop[0], &e) == -1);
	unlink(path);
	rmdir(directory);
	close(stop[0]);
	close(stop[1]);
}

/* An answer is on its way before the reader waits for the next request, and not earlier. */
static void the_tied_writer_is_flushed_before_a_wait_only(void)
{
	char got[16];
	struct errmsg e;
	struct lines l;
	struct out o;
	int ends[2], back[2];

	CHECK(pipe2(ends, O_NONBLOCK) == 0 && pipe2(back, O_NONBLOCK) == 0);
	out_init(&o, back[1], "back");
	lines_init(&l, ends[0], "pipe");
	lines_tie(&l, &o);
	CHECK(write(ends[1], "a\nb\n", 4) == 4);
	CHECK(next_is(&l, "a"));
	out_put(&o, "A\n", 2);
	CHECK(next_is(&l, "b"));
	CHECK(read(back[0], got, sizeof got) == -1 && errno == EAGAIN);
	out_put(&o, "B\n", 2);
	CHECK(lines_next(&l, &e) == LINES_WAIT);
	CHECK(read(back[0], got, sizeof got) == 4 && memcmp(got, "A\nB\n", 4) == 0);
	lines_tie(&l, NULL);
	out_put(&o, "C\n", 2);
	CHECK(lines_next(&l, &e) == LINES_WAIT);
	CHECK(read(back[0], got, sizeof got) == -1);
	CHECK(out_finish(&o, &e) == 0);
	close(back[0]);
	close(ends[0]);
	close(ends[1]);
	lines_clear(&l);
}

static void a_tied_writer_that_fails_ends_the_reading(void)
{
	struct errmsg e;
	struct lines l;
	struct out o;
	int fd = pipe_with("a\n", 2), full = open("/dev/full", O_WRONLY);

	out_init(&o, full, "output");
	lines_init(&l, fd, "pipe");
	lines_tie(&l, &o);
	CHECK(next_is(&l, "a"));
	out_put(&o, "A\n", 2);
	CHECK(lines_next(&l, &e) == LINES_FAILED);
	CHECK_STR(e.text, "output: No space left on device");
	out_clear(&o);
	lines_clear(&l);
	close(full);
	close(fd);
}

static void bytes_may_come_one_by_one(void)
{
	enum { N = 2000 };
	struct errmsg e;
	struct lines l;
	int ends[2];

	CHECK(pipe2(ends, O_NONBLOCK) == 0);
	lines_init(&l, ends[0], "pipe");
	for (int i = 0; i < N; i++) {
		char text[32];
		size_t len = (size_t)sprintf(text, "line %d\r\n", i);

		for (size_t j = 0; j < len; j++) {
			CHECK(lines_next(&l, &e) == LINES_WAIT);
			CHECK(write(ends[1], text + j, 1) == 1);
		}
		text[len - 2] = 0;
		CHECK(next_is(&l, text));
	}
	CHECK(l.number == N);
	close(ends[0]);
	close(ends[1]);
	lines_clear(&l);
}

/* A line that grows by and by is searched once, not from its start each time. */
static void memory_of_a_long_line_is_given_back(void)
{
	char path[] = "/tmp/botify-test-long.XXXXXX";
	FILE *f = fdopen(mkstemp(path), "w");
	struct lines l;
	struct errmsg e;

	fprintf(f, "%*d\n", 12 << 20, 1);
	for (int i = 0; i < 1000000; i++)
		fprintf(f, "line %d\n", i);
	fclose(f);
	CHECK(lines_open(&l, path, &e) == 0);
	CHECK(lines_next(&l, &e) == LINES_LINE && l.len == 12 << 20 && l.cap >= 12 << 20);
	for (int i = 0; i < 1000000; i++)
		CHECK(lines_next(&l, &e) == LINES_LINE && strtol(l.text + 5, NULL, 10) == i);
	CHECK(l.cap <= 2 << 20);
	lines_clear(&l);
	unlink(path);
}

static void a_long_line_in_small_pieces_takes_linear_time(void)
{
	enum { PIECE = 128, N = (8 << 20) / PIECE };
	static char piece[PIECE];
	clock_t start = clock();
	struct errmsg e;
	struct lines l;
	int ends[2];

	memset(piece, 'x', sizeof piece);
	CHECK(pipe2(ends, O_NONBLOCK) == 0);
	lines_init(&l, ends[0], "pipe");
	for (int i = 0; i < N; i++) {
		CHECK(write(ends[1], piece, PIECE) == PIECE);
		CHECK(lines_next(&l, &e) == LINES_WAIT);
	}
	CHECK(write(ends[1], "\n", 1) == 1);
	CHECK(lines_next(&l, &e) == LINES_LINE && l.len == (size_t)N * PIECE);
	CHECK(clock() - start < 3 * CLOCKS_PER_SEC);
	close(ends[0]);
	close(ends[1]);
	lines_clear(&l);
}

/* Whatever is asked for at a time, it is whole lines, and all of them together are the input. */
static void many_lines_can_be_had_at_once(void)
{
	static const char text[] = "a\n\r\n\nbb\nccc ccc ccc\n\ndddd";

	for (size_t bytes = 1; bytes <= sizeof text + 1; bytes++) {
		char together[sizeof text] = "", *buf = NULL;
		size_t cap = 0, len = 0;
		enum lines_status status;
		struct errmsg e;
		struct lines l;
		int fd = pipe_with(text, sizeof text - 1);

		lines_init(&l, fd, "pipe");
		while ((status = lines_next_many(&l, bytes, &buf, &cap, &e)) == LINES_LINE) {
			CHECK(l.len > 0 && l.text >= buf && l.text + l.len <= buf + cap && len + l.len < sizeof text);
			/* but for the line that is cut by so many bytes, the longest of which has 12 */
			CHECK(l.len + 12 > bytes || len + l.len == sizeof text - 1);
			memcpy(together + len, l.text, l.len);
			len += l.len;
			CHECK(together[len - 1] == '\n' || len == sizeof text - 1);
		}
		CHECK(status == LINES_END);
		CHECK_STR(together, text);
		free(buf);
		lines_clear(&l);
		close(fd);
	}
}

#define MARK "\xef\xbb\xbf"

/* A byte-order mark is none of the text: of a file, nor of those that were joined to one. */
static void a_byte_order_mark_is_passed_over(void)
{
	static const char text[] = MARK "one\n" MARK "\r\n" MARK MARK "two\n\xef\xbb" "three\nx" MARK "\n" MARK;
	struct errmsg e;
	struct lines l;

	lines_init(&l, pipe_with(text, sizeof text - 1), "text");
	CHECK(next_is(&l, "one") && l.number == 1);
	CHECK(next_is(&l, "") && lines_blank(&l));
	CHECK(next_is(&l, MARK "two"));
	CHECK(next_is(&l, "\xef\xbb" "three"));
	CHECK(next_is(&l, "x" MARK));
	CHECK(next_is(&l, "") && l.number == 6);
	CHECK(lines_next(&l, &e) == LINES_END);
	close(l.fd);
	lines_clear(&l);
}

/* The caller may poll its descriptor, which would not tell of the text in it; so it is told what it has got. */
static void a_callers_descriptor_is_not_unpacked(void)
{
	static const struct {
		const char *text;
		size_t len;
		const char *reason;
	} known[] = {
		{"\x1f\x8b\x08\n\n\n\nx\n", 9, "file: compressed by gzip; give the output of zcat"},
		{"\x28\xb5\x2f\xfd\n\n", 6, "file: compressed by zstd; give the output of zstdcat"},
	};
	char *buf = NULL;
	size_t cap = 0;
	struct errmsg e;
	struct lines l;
	int ends[2];

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		lines_init(&l, pipe_with(known[i].text, known[i].len), "file");
		CHECK(lines_next(&l, &e) == LINES_FAILED);
		CHECK_STR(e.text, known[i].reason);
		close(l.fd);
		lines_clear(&l);
		lines_init(&l, pipe_with(known[i].text, known[i].len), "file");
		CHECK(lines_next_many(&l, 100, &buf, &cap, &e) == LINES_FAILED);
		CHECK_STR(e.text, known[i].reason);
		close(l.fd);
		lines_clear(&l);
		CHECK(pipe2(ends, O_NONBLOCK) == 0);
		lines_init(&l, ends[0], "file");
		for (size_t k = 0; k < 4; k++) {
			CHECK(lines_next(&l, &e) == LINES_WAIT);
			CHECK(write(ends[1], known[i].text + k, 1) == 1);
		}
		CHECK(lines_next(&l, &e) == LINES_FAILED);
		CHECK_STR(e.text, known[i].reason);
		close(ends[0]);
		close(ends[1]);
		lines_clear(&l);
	}
	free(buf);
	/* too short to be compressed, or later than at the beginning */
	lines_init(&l, pipe_with("\x1f\x8b", 2), "file");
	CHECK(next_is(&l, "\x1f\x8b"));
	close(l.fd);
	lines_clear(&l);
	lines_init(&l, pipe_with("x\n\x1f\x8b\x08 ", 6), "file");
	CHECK(next_is(&l, "x") && next_is(&l, "\x1f\x8b\x08 "));
	close(l.fd);
	lines_clear(&l);
	CHECK(pipe(ends) == 0 && write(ends[1], "x\n", 2) == 2);
	lines_init(&l, ends[0], "file");
	CHECK(next_is(&l, "x") && write(ends[1], "\x1f\x8b\x08 \n", 5) == 5 && next_is(&l, "\x1f\x8b\x08 "));
	close(ends[0]);
	close(ends[1]);
	lines_clear(&l);
}

static char packed_path[64];

/* Makes a file at packed_path. */
static void make_packed(const char *bytes, size_t n)
{
	int fd = open(packed_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	CHECK(write(fd, bytes, n) == (ssize_t)n);
	close(fd);
}

static void what_is_opened_is_unpacked(void)
{
	static const char text[] = MARK "one\r\n\ntwo\nlast";
	char bytes[256], *buf = NULL;
	size_t cap = 0;
	struct errmsg e;
	struct lines l;
	int stop[2];

	CHECK(pipe(stop) == 0);
	for (int i = 0; i < COMPRESSORS; i++) {
		make_packed(bytes, compressors[i](bytes, sizeof bytes, text, sizeof text - 1));
		CHECK(lines_open(&l, packed_path, &e) == 0);
		CHECK(next_is(&l, "one") && next_is(&l, "") && next_is(&l, "two") && next_is(&l, "last"));
		CHECK(l.number == 4 && lines_next(&l, &e) == LINES_END && !l.damaged);
		lines_clear(&l);
		CHECK(lines_open(&l, packed_path, &e) == 0);
		CHECK(lines_next_many(&l, 100, &buf, &cap, &e) == LINES_LINE && l.len == sizeof text - 5);
		CHECK(lines_next_many(&l, 100, &buf, &cap, &e) == LINES_LINE && l.len == 4);
		CHECK(lines_next_many(&l, 100, &buf, &cap, &e) == LINES_END);
		lines_clear(&l);
		CHECK(lines_open_watched(&l, packed_path, stop[0], &e) == 0);
		CHECK(next_is(&l, "one") && next_is(&l, "") && next_is(&l, "two") && next_is(&l, "last"));
		lines_clear(&l);
	}
	CHECK(lines_open_watched(&l, packed_path, stop[0], &e) == 0);
	CHECK(write(stop[1], "x", 1) == 1);
	CHECK(lines_next(&l, &e) == LINES_STOP);
	lines_clear(&l);
	close(stop[0]);
	close(stop[1]);
	free(buf);
	unlink(packed_path);
}

/* The lines before are handed out, and what there is of the line that is cut is not. */
static void damage_is_told_with_the_line(void)
{
	char bytes[256], *buf = NULL;
	size_t cap = 0, n = compress_zstd(bytes, sizeof bytes, "one\ntwo\nth", 10);
	struct errmsg e;
	struct lines l;

	n += compress_zstd(bytes + n, sizeof bytes - n, "ree\n", 4) - 6;
	make_packed(bytes, n);
	CHECK(lines_open(&l, packed_path, &e) == 0);
	CHECK(next_is(&l, "one") && next_is(&l, "two"));
	for (int i = 0; i < 2; i++) {
		CHECK(lines_next(&l, &e) == LINES_FAILED && l.damaged);
		CHECK(strncmp(e.text, packed_path, strlen(packed_path)) == 0);
		CHECK_STR(e.text + strlen(packed_path), ":3: the zstd data is cut off: its end is missing");
	}
	lines_clear(&l);
	CHECK(lines_open(&l, packed_path, &e) == 0);
	CHECK(lines_next_many(&l, 100, &buf, &cap, &e) == LINES_LINE && l.len == 8 && memcmp(l.text, "one\ntwo\n", 8) == 0);
	CHECK(lines_next_many(&l, 100, &buf, &cap, &e) == LINES_FAILED && l.damaged);
	CHECK_STR(e.text, "the zstd data is cut off: its end is missing");
	lines_clear(&l);
	free(buf);
	unlink(packed_path);
}

/* A terminal of which the other end has gone: what was written there can be read, and then reading fails. */
static int make_failing(const char *text)
{
	struct termios raw;
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave;

	CHECK(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	CHECK(slave >= 0 && tcgetattr(slave, &raw) == 0);
	cfmakeraw(&raw);
	CHECK(tcsetattr(slave, TCSANOW, &raw) == 0);
	CHECK(write(slave, text, strlen(text)) == (ssize_t)strlen(text));
	close(slave);
	return master;
}

/* As where what is compressed is damaged: nothing that was good is lost, and no line is half a one. */
static void whole_lines_before_a_failure_are_handed_out(void)
{
	int was = dup(STDIN_FILENO), failing = make_failing("one\ntwo\nth");
	char *buf = NULL;
	size_t cap = 0;
	struct errmsg e;
	struct lines l;

	dup2(failing, STDIN_FILENO);
	CHECK(lines_open(&l, "-", &e) == 0);
	CHECK(lines_next_many(&l, 100, &buf, &cap, &e) == LINES_LINE && l.len == 8 && memcmp(l.text, "one\ntwo\n", 8) == 0);
	for (int i = 0; i < 2; i++) {
		CHECK(lines_next_many(&l, 100, &buf, &cap, &e) == LINES_FAILED && !l.damaged);
		CHECK_STR(e.text, "standard input: Input/output error");
	}
	lines_clear(&l);
	close(failing);
	failing = make_failing("one\ntwo\nth");
	dup2(failing, STDIN_FILENO);
	CHECK(lines_open(&l, "-", &e) == 0);
	CHECK(next_is(&l, "one") && next_is(&l, "two"));
	CHECK(lines_next(&l, &e) == LINES_FAILED);
	lines_clear(&l);
	close(failing);
	free(buf);
	dup2(was, STDIN_FILENO);
	close(was);
}

static void what_is_compressed_twice_is_told_as_such(void)
{
	char once[256], twice[256];
	size_t n = compress_zstd(once, sizeof once, "text\n", 5);
	struct errmsg e;
	struct lines l;

	make_packed(twice, compress_gzip(twice, sizeof twice, once, n));
	CHECK(lines_open(&l, packed_path, &e) == 0);
	CHECK(lines_next(&l, &e) == LINES_FAILED);
	CHECK_STR(e.text + strlen(packed_path), ": compressed twice: compressed by zstd; give the output of zstdcat");
	lines_clear(&l);
	unlink(packed_path);
}

int main(void)
{
	sprintf(packed_path, "/tmp/botify-test-lines.%ld", (long)getpid());
	RUN(lines_end_as_they_like);
	RUN(an_empty_file_has_no_line);
	RUN(nul_bytes_are_the_callers_to_judge);
	RUN(what_cannot_be_opened_is_named);
	RUN(lines_too_long_are_skipped_with_their_neighbours_kept);
	RUN(a_reader_that_shall_not_wait_says_so);
	RUN(an_opened_file_is_waited_for_though_it_does_not_block);
	RUN(the_stop_descriptor_ends_the_wait);
	RUN(a_fifo_is_waited_for_until_told_to_stop);
	RUN(the_tied_writer_is_flushed_before_a_wait_only);
	RUN(a_tied_writer_that_fails_ends_the_reading);
	RUN(bytes_may_come_one_by_one);
	RUN(memory_of_a_long_line_is_given_back);
	RUN(a_long_line_in_small_pieces_takes_linear_time);
	RUN(many_lines_can_be_had_at_once);
	RUN(a_byte_order_mark_is_passed_over);
	RUN(a_callers_descriptor_is_not_unpacked);
	RUN(what_is_opened_is_unpacked);
	RUN(damage_is_told_with_the_line);
	RUN(whole_lines_before_a_failure_are_handed_out);
	RUN(what_is_compressed_twice_is_told_as_such);
	return DONE();
}
