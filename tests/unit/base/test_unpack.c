#include "base/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit/check.h"
#include "unit/compress.h"

/* A file without a name that holds these bytes, to be read from its beginning. */
static int file_with(const char *bytes, size_t len)
{
	char path[] = "/tmp/botify-test-XXXXXX";
	int fd = mkstemp(path);

	unlink(path);
	return write(fd, bytes, len) == (ssize_t)len && lseek(fd, 0, SEEK_SET) == 0 ? fd : -1;
}

/* Reads all there is into `text`, by pieces of `piece` bytes; returns how it ends. */
static enum unpack_status read_all(struct unpack *u, char *text, size_t size, size_t piece, size_t *len,
				   struct errmsg *e)
{
	enum unpack_status status;
	size_t n;

	*len = 0;
	while ((status = unpack_read(u, text + *len, *len + piece < size ? piece : size - *len, &n, e)) <= UNPACK_WAIT) {
		struct pollfd p = {.fd = unpack_fd(u), .events = POLLIN};

		if (status == UNPACK_TEXT)
			*len += n;
		else if (poll(&p, 1, 10000) != 1)
			return UNPACK_WAIT;
	}
	return status;
}

/* The same of compressed bytes, the first `begun` of which are read before. */
static enum unpack_status unpack_bytes(const char *bytes, size_t n, size_t begun, char *text, size_t size, size_t *len,
				       struct errmsg *e)
{
	int fd = file_with(bytes + begun, n - begun);
	struct unpack *u = unpack_start(fd, bytes, begun, e);
	enum unpack_status status = u ? read_all(u, text, size, 7, len, e) : UNPACK_WAIT;

	unpack_end(u);
	close(fd);
	return status;
}

static void compressed_text_is_told_by_its_first_bytes(void)
{
	CHECK_STR(unpack_format("\x1f\x8b\x08", 3), "gzip");
	CHECK_STR(unpack_format("\x28\xb5\x2f\xfd", 4), "zstd");
	CHECK_STR(unpack_format("\x5a\x2a\x4d\x18", 4), "zstd");
	CHECK(!unpack_format("\x1f\x8b", 2) && !unpack_format("\x28\xb5\x2f", 3) && !unpack_format("", 0));
	CHECK(!unpack_format("\x1f\x8b\x07 ", 4) && !unpack_format("{\"message\"", 10));
}

/* Members, frames, frames that hold no text, and the zero bytes after them. */
static void what_was_joined_is_one_text(void)
{
	static const char want[] = "one\ntwo\nthree\nfour\n", skippable[] = "\x50\x2a\x4d\x18\x03\0\0\0abc";
	char bytes[512], text[64];
	size_t n = 0, len = 0;
	struct errmsg e;

	memcpy(bytes, skippable, 11);
	n += 11;
	n += compress_zstd(bytes + n, sizeof bytes - n, "one\n", 4);
	n += compress_zstd(bytes + n, sizeof bytes - n, "two\n", 4);
	n += compress_gzip(bytes + n, sizeof bytes - n, "thr", 3);
	n += compress_gzip(bytes + n, sizeof bytes - n, "", 0);
	n += compress_gzip(bytes + n, sizeof bytes - n, "ee\n", 3);
	memset(bytes + n, 0, 20);
	n += 20;
	n += compress_zstd(bytes + n, sizeof bytes - n, "four\n", 5);
	memset(bytes + n, 0, 3);
	n += 3;
	for (size_t begun = 4; begun <= n; begun++) {
		CHECK(unpack_bytes(bytes, n, begun, text, sizeof text, &len, &e) == UNPACK_END);
		CHECK(len == strlen(want) && memcmp(text, want, len) == 0);
	}
}

static void nothing_can_be_compressed(void)
{
	for (int i = 0; i < COMPRESSORS; i++) {
		char bytes[64], text[8];
		size_t len, n = compressors[i](bytes, sizeof bytes, "", 0);
		struct errmsg e;

		CHECK(n > 0 && unpack_bytes(bytes, n, 4, text, sizeof text, &len, &e) == UNPACK_END && len == 0);
	}
}

/* Wherever a file is cut, but between two members, it is told, and what comes before is text. */
static void what_is_cut_off_is_an_error(void)
{
	static const char *const reasons[] = {"the gzip data is cut off: its end is missing",
					      "the zstd data is cut off: its end is missing"};
	static const char want[] = "some text, some text, and other text\n";

	for (int i = 0; i < COMPRESSORS; i++) {
		char bytes[256], text[256];
		size_t len, n = compressors[i](bytes, sizeof bytes, want, sizeof want - 1);
		struct errmsg e;

		for (size_t cut = 4; cut < n; cut++) {
			CHECK(unpack_bytes(bytes, cut, 4, text, sizeof text, &len, &e) == UNPACK_DAMAGED);
			CHECK_STR(e.text, reasons[i]);
			CHECK(len < sizeof want && memcmp(text, want, len) == 0);
		}
		memcpy(bytes + n, bytes, n);
		CHECK(unpack_bytes(bytes, 2 * n - 1, 4, text, sizeof text, &len, &e) == UNPACK_DAMAGED);
		CHECK_STR(e.text, reasons[i]);
	}
}

/* A bit that has changed is told, or changes no text, as in the time stamp of a gzip header. */
static void no_bit_changes_text_unnoticed(void)
{
	static const char want[] = "some text, some text, and other text\n";

	for (int i = 0; i < COMPRESSORS; i++) {
		char bytes[256], text[4096];
		size_t len, told = 0, n = compressors[i](bytes, sizeof bytes, want, sizeof want - 1);
		struct errmsg e;

		for (size_t bit = 32; bit < 8 * n; bit++) {
			enum unpack_status status;

			bytes[bit / 8] ^= (char)(1 << bit % 8);
			status = unpack_bytes(bytes, n, 4, text, sizeof text, &len, &e);
			bytes[bit / 8] ^= (char)(1 << bit % 8);
			told += status == UNPACK_DAMAGED;
			CHECK(status == UNPACK_DAMAGED || (status == UNPACK_END && len == sizeof want - 1 &&
							   memcmp(text, want, len) == 0));
		}
		CHECK(told > 4 * n);
	}
}

static void what_follows_has_to_be_compressed_too(void)
{
	static const char *const reasons[] = {"what follows the gzip data is not compressed",
					      "what follows the zstd data is not compressed"};

	for (int i = 0; i < COMPRESSORS; i++) {
		char bytes[64], text[64];
		size_t len, n = compressors[i](bytes, sizeof bytes, "text\n", 5);
		struct errmsg e;

		memcpy(bytes + n, "\0x", 2);
		CHECK(unpack_bytes(bytes, n + 2, 4, text, sizeof text, &len, &e) == UNPACK_DAMAGED && len == 5);
		CHECK_STR(e.text, reasons[i]);
	}
}

/* Much more than may wait for its reader, which reads in pieces of any size. */
static void long_texts_come_whole(void)
{
	enum { LEN = 9 << 20 };
	static const size_t pieces[] = {1 << 12, 99991, 1 << 16, 3 << 20};
	char *want = malloc(LEN), *bytes = malloc(2 * LEN), *text = malloc(LEN + 1);
	uint32_t x = 1;

	/* some of it repeats itself, some does not */
	for (size_t i = 0; i < LEN; i++)
		want[i] = (char)('a' + (i % 1000 < 900 ? i % 26 : (x = x * 1664525 + 1013904223) >> 24 & 15));
	for (int i = 0; i < COMPRESSORS; i++) {
		size_t n = compressors[i](bytes, 2 * LEN, want, LEN);

		for (size_t k = 0; k < sizeof pieces / sizeof *pieces; k++) {
			int fd = file_with(bytes + 5, n - 5);
			struct errmsg e;
			struct unpack *u = unpack_start(fd, bytes, 5, &e);
			size_t len = 0;

			CHECK(u && read_all(u, text, LEN + 1, pieces[k], &len, &e) == UNPACK_END);
			CHECK(len == LEN && memcmp(text, want, LEN) == 0);
			unpack_end(u);
			close(fd);
		}
	}
	free(want);
	free(bytes);
	free(text);
}

/* The thread may wait for input, or for room, or not have begun. */
static void it_can_be_ended_at_any_time(void)
{
	enum { LEN = 4 << 20 };
	char *want = calloc(1, LEN), *bytes = malloc(LEN);
	size_t n = compress_zstd(bytes, LEN, want, LEN);

	for (int waiting = 0; waiting < 2; waiting++)
		for (int round = 0; round < 20; round++) {
			int ends[2], fd = file_with(bytes, n);
			struct errmsg e;
			struct unpack *u;

			CHECK(pipe(ends) == 0);
			u = unpack_start(waiting ? ends[0] : fd, bytes, waiting ? 20 : 0, &e);
			CHECK(u != NULL);
			if (round % 2)
				usleep(2000);
			unpack_end(u);
			close(ends[0]);
			close(ends[1]);
			close(fd);
		}
	free(want);
	free(bytes);
}

/* A line that was flushed through the compressor can be had before the next one is written. */
static void text_comes_as_soon_as_it_can(void)
{
	char bytes[256], text[64];
	ZSTD_CCtx *c = ZSTD_createCCtx();
	ZSTD_outBuffer out = {bytes, sizeof bytes, 0};
	struct pollfd p = {.events = POLLIN};
	struct errmsg e;
	struct unpack *u;
	size_t begun = 0, n;
	int ends[2];

	CHECK(pipe(ends) == 0);
	CHECK(ZSTD_compressStream2(c, &out, &(ZSTD_inBuffer){"one\n", 4, 0}, ZSTD_e_flush) == 0);
	u = unpack_start(ends[0], bytes, out.pos, &e);
	CHECK(u != NULL);
	if (!u)
		return;
	p.fd = unpack_fd(u);
	CHECK(poll(&p, 1, 10000) == 1);
	CHECK(unpack_read(u, text, sizeof text, &n, &e) == UNPACK_TEXT && n == 4 && memcmp(text, "one\n", 4) == 0);
	CHECK(unpack_read(u, text, sizeof text, &n, &e) == UNPACK_WAIT && poll(&p, 1, 0) == 0);
	begun = out.pos;
	CHECK(ZSTD_compressStream2(c, &out, &(ZSTD_inBuffer){"two\n", 4, 0}, ZSTD_e_end) == 0);
	CHECK(write(ends[1], bytes + begun, out.pos - begun) == (ssize_t)(out.pos - begun));
	CHECK(poll(&p, 1, 10000) == 1);
	CHECK(unpack_read(u, text, 1, &n, &e) == UNPACK_TEXT && n == 1 && poll(&p, 1, 0) == 1);
	CHECK(unpack_read(u, text, sizeof text, &n, &e) == UNPACK_TEXT && n == 3);
	close(ends[1]);
	CHECK(poll(&p, 1, 10000) == 1);
	CHECK(unpack_read(u, text, sizeof text, &n, &e) == UNPACK_END);
	unpack_end(u);
	close(ends[0]);
	ZSTD_freeCCtx(c);
}

static void what_cannot_be_read_is_told(void)
{
	char text[8];
	struct errmsg e;
	int fd = open("/", O_RDONLY);
	struct unpack *u = unpack_start(fd, "\x1f\x8b\x08", 3, &e);
	size_t len;

	CHECK(u && read_all(u, text, sizeof text, 1, &len, &e) == UNPACK_FAILED);
	CHECK_STR(e.text, "Is a directory");
	unpack_end(u);
	close(fd);
}

int main(void)
{
	RUN(compressed_text_is_told_by_its_first_bytes);
	RUN(what_was_joined_is_one_text);
	RUN(nothing_can_be_compressed);
	RUN(what_is_cut_off_is_an_error);
	RUN(no_bit_changes_text_unnoticed);
	RUN(what_follows_has_to_be_compressed_too);
	RUN(long_texts_come_whole);
	RUN(it_can_be_ended_at_any_time);
	RUN(text_comes_as_soon_as_it_can);
	RUN(what_cannot_be_read_is_told);
	return DONE();
}
