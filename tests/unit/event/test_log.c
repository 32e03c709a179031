#include "event/log.h"

#include <stdlib.h>
#include <unistd.h>

#include "unit/check.h"
#include "unit/compress.h"

static char paths[3][64];

static void make_file(int i, const char *text)
{
	int fd;

	strcpy(paths[i], "/tmp/botify-test-XXXXXX");
	fd = mkstemp(paths[i]);
	CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
}

/* Whether the reason is file i's name and `want`. */
static int reason_is(const struct errmsg *e, int i, const char *want)
{
	size_t n = strlen(paths[i]);
	int is = strncmp(e->text, paths[i], n) == 0 && strcmp(e->text + n, want) == 0;

	if (!is)
		printf("# the reason was: %s\n", e->text);
	return is;
}

#define EVENT(user) "{\"message\":\"next\",\"user\":" #user ",\"track\":1,\"time\":1}"

static void files_are_read_in_order(void)
{
	char *list[2];
	const struct event *ev;
	struct errmsg e;
	struct log log;

	make_file(0, EVENT(1) "\n" EVENT(2));
	make_file(1, "\n" EVENT(3) "\r\n \n\r\n");
	for (int i = 0; i < 2; i++)
		list[i] = paths[i];
	CHECK(log_open(&log, list, 2, 1, &e) == 0);
	for (uint32_t user = 1; user <= 3; user++)
		CHECK(log_next(&log, &ev, &e) == LOG_EVENT && ev->user == user);
	CHECK(log_next(&log, &ev, &e) == LOG_END);
	CHECK(log_next(&log, &ev, &e) == LOG_END);
	CHECK(log.bad == 0 && log.failed == 0);
	log_close(&log);
	unlink(paths[0]);
	unlink(paths[1]);
}

static void bad_lines_and_files_are_told_and_passed(void)
{
	char *list[4], missing[] = "/nonexistent/log", directory[] = "/";
	const struct event *ev;
	struct errmsg e;
	struct log log;

	make_file(0, EVENT(1) "\n\n{\"message\":\"next\"}\n" EVENT(2) "\n{\"error\":\"x\",\"line\":1}\n");
	make_file(1, "junk\n" EVENT(3));
	list[0] = paths[0];
	list[1] = missing;
	list[2] = directory;
	list[3] = paths[1];
	CHECK(log_open(&log, list, 4, 1, &e) == 0);
	CHECK(log_next(&log, &ev, &e) == LOG_EVENT && ev->user == 1);
	CHECK(log_next(&log, &ev, &e) == LOG_BAD && reason_is(&e, 0, ":3: \"user\" is missing"));
	CHECK(log_next(&log, &ev, &e) == LOG_EVENT && ev->user == 2);
	CHECK(log_next(&log, &ev, &e) == LOG_BAD && reason_is(&e, 0, ":5: an error, not an event: x"));
	CHECK(log_next(&log, &ev, &e) == LOG_FAILED);
	CHECK_STR(e.text, "/nonexistent/log: No such file or directory");
	CHECK(log_next(&log, &ev, &e) == LOG_FAILED);
	CHECK_STR(e.text, "/: Is a directory");
	CHECK(log_next(&log, &ev, &e) == LOG_BAD);
	CHECK(strstr(e.text, ":1: not a JSON object") != NULL);
	CHECK(log_next(&log, &ev, &e) == LOG_EVENT && ev->user == 3);
	CHECK(log_next(&log, &ev, &e) == LOG_END);
	CHECK(log.bad == 3 && log.failed == 2);
	log_close(&log);
	unlink(paths[0]);
	unlink(paths[1]);
}

static void events_of_a_block_can_be_seen_ahead(void)
{
	char *list[1] = {paths[0]};
	const struct event *ev;
	struct errmsg e;
	struct log log;

	make_file(0, EVENT(1) "\n\n" EVENT(2) "\njunk\n" EVENT(4) "\n");
	CHECK(log_open(&log, list, 1, 1, &e) == 0);
	CHECK(log_ahead(&log, 1) == NULL);
	CHECK(log_next(&log, &ev, &e) == LOG_EVENT && ev->user == 1);
	CHECK(log_ahead(&log, 1)->user == 2 && log_ahead(&log, 2) == NULL && log_ahead(&log, 3)->user == 4);
	CHECK(log_ahead(&log, 4) == NULL && log_ahead(&log, SIZE_MAX / 2) == NULL);
	CHECK(log_next(&log, &ev, &e) == LOG_EVENT && ev->user == 2);
	CHECK(log_next(&log, &ev, &e) == LOG_BAD && log_ahead(&log, 1)->user == 4);
	CHECK(log_next(&log, &ev, &e) == LOG_EVENT && log_ahead(&log, 1) == NULL);
	CHECK(log_next(&log, &ev, &e) == LOG_END && log_ahead(&log, 1) == NULL);
	log_close(&log);
	unlink(paths[0]);
}

static void no_files_are_standard_input(void)
{
	static const char text[] = EVENT(5) "\nx\n";
	int ends[2], saved = dup(STDIN_FILENO);
	char dash[] = "-", *const list[] = {dash};
	const struct event *ev;
	struct errmsg e;

	for (size_t n = 0; n < 2; n++) {
		struct log log;

		CHECK(pipe(ends) == 0 && write(ends[1], text, sizeof text - 1) == sizeof text - 1);
		close(ends[1]);
		dup2(ends[0], STDIN_FILENO);
		close(ends[0]);
		CHECK(log_open(&log, list, n, 1, &e) == 0);
		CHECK(log_next(&log, &ev, &e) == LOG_EVENT && ev->user == 5);
		CHECK(log_next(&log, &ev, &e) == LOG_BAD);
		CHECK(strncmp(e.text, "standard input:2: ", 18) == 0);
		CHECK(log_next(&log, &ev, &e) == LOG_END);
		log_close(&log);
	}
	dup2(saved, STDIN_FILENO);
	close(saved);
}

/* Closing in the middle of a file closes it; ASan looks for the rest. */
static void reading_may_be_given_up(void)
{
	char *list[1];
	const struct event *ev;
	struct errmsg e;
	struct log log;
	int before = dup(STDIN_FILENO), after;

	close(before);
	make_file(0, EVENT(1) "\n" EVENT(2) "\n");
	list[0] = paths[0];
	CHECK(log_open(&log, list, 1, 1, &e) == 0);
	CHECK(log_next(&log, &ev, &e) == LOG_EVENT);
	log_close(&log);
	after = dup(STDIN_FILENO);
	CHECK(after == before);
	close(after);
	unlink(paths[0]);
}

/* Many blocks, with bad lines here and there; whoever parses them, they come in order. */
static void any_number_of_threads_reads_the_same(void)
{
	enum { LINES = 30000 };
	FILE *f;

	make_file(0, "");
	f = fopen(paths[0], "w");
	for (int i = 1; i <= LINES; i++)
		fprintf(f, i % 1000 == 0 ? "bad line %d\n" : EVENT(%d) "\n", i);
	fclose(f);
	for (unsigned threads = 1; threads <= 8; threads++) {
		char *list[] = {paths[0]};
		const struct event *ev;
		struct errmsg e;
		struct log log;
		char want[32];

		CHECK(log_open(&log, list, 1, threads, &e) == 0);
		for (uint32_t i = 1; i <= LINES; i++) {
			enum log_status s = log_next(&log, &ev, &e);

			CHECK(i % 1000 == 0 ? s == LOG_BAD : s == LOG_EVENT && ev->user == i);
			snprintf(want, sizeof want, ":%u: ", i);
			CHECK(s != LOG_BAD || strncmp(e.text + strlen(paths[0]), want, strlen(want)) == 0);
		}
		CHECK(log_next(&log, &ev, &e) == LOG_END && log.bad == LINES / 1000);
		log_close(&log);
	}
	unlink(paths[0]);
}

/* A line longer than is allowed, between good ones and behind many blocks; it counts as one line. */
static void long_lines_are_told_and_passed(void)
{
	enum { BEFORE = 5000 };
	char *list[2];
	const struct event *ev;
	struct errmsg e;
	struct log log;
	FILE *f;

	make_file(0, "");
	make_file(1, "\n\n{\"message\":\"next\"}\n" EVENT(9));
	f = fopen(paths[0], "w");
	for (int i = 1; i <= BEFORE; i++)
		fprintf(f, EVENT(%d) "\n", i);
	/* one that is read before it is found too long, and one that is skipped while it is read */
	fprintf(f, "%*d\n" EVENT(7) "\n%*d\n{\"message\":\"next\"}\n", LINES_MAX + 1, 0, 2 * LINES_MAX, 0);
	fclose(f);
	for (unsigned threads = 1; threads <= 2; threads++) {
		for (int i = 0; i < 2; i++)
			list[i] = paths[i];
		CHECK(log_open(&log, list, 2, threads, &e) == 0);
		for (uint32_t i = 1; i <= BEFORE; i++)
			CHECK(log_next(&log, &ev, &e) == LOG_EVENT && ev->user == i);
		CHECK(log_next(&log, &ev, &e) == LOG_BAD && reason_is(&e, 0, ":5001: line longer than 16777216 bytes"));
		CHECK(log_next(&log, &ev, &e) == LOG_EVENT && ev->user == 7);
		CHECK(log_next(&log, &ev, &e) == LOG_BAD && reason_is(&e, 0, ":5003: line longer than 16777216 bytes"));
		CHECK(log_next(&log, &ev, &e) == LOG_BAD && reason_is(&e, 0, ":5004: \"user\" is missing"));
		CHECK(log_next(&log, &ev, &e) == LOG_BAD && reason_is(&e, 1, ":3: \"user\" is missing"));
		CHECK(log_next(&log, &ev, &e) == LOG_EVENT && ev->user == 9);
		CHECK(log_next(&log, &ev, &e) == LOG_END && log.bad == 4);
		log_close(&log);
	}
	unlink(paths[0]);
	unlink(paths[1]);
}

/* A pipe gives lines in small pieces. */
static void lines_may_come_in_pieces(void)
{
	static const char text[] = EVENT(5) "\n" EVENT(6);
	int ends[2], saved = dup(STDIN_FILENO);
	const struct event *ev;
	struct errmsg e;
	struct log log;

	CHECK(pipe(ends) == 0);
	if (fork() == 0) {
		for (size_t i = 0; i < sizeof text - 1; i++)
			if (write(ends[1], text + i, 1) != 1)
				_exit(1);
		_exit(0);
	}
	close(ends[1]);
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
	CHECK(log_open(&log, NULL, 0, 2, &e) == 0);
	CHECK(log_next(&log, &ev, &e) == LOG_EVENT && ev->user == 5);
	CHECK(log_next(&log, &ev, &e) == LOG_EVENT && ev->user == 6);
	CHECK(log_next(&log, &ev, &e) == LOG_END && log.bad == 0);
	log_close(&log);
	dup2(saved, STDIN_FILENO);
	close(saved);
}

/* Makes file i of these bytes. */
static void make_binary(int i, const char *bytes, size_t n)
{
	FILE *f;

	make_file(i, "");
	f = fopen(paths[i], "w");
	CHECK(f && fwrite(bytes, 1, n, f) == n && fclose(f) == 0);
}

/* One that is cut off gives the events of its whole lines, and says at which line it ends, whatever the threads. */
static void compressed_files_are_read(void)
{
	enum { EVENTS = 20000, PAGE = 1 << 21 };
	char *text = malloc(PAGE), *bytes = malloc(PAGE), *list[3];
	size_t len = 0, n;

	for (int i = 0; i < EVENTS; i++)
		len += (size_t)sprintf(text + len, "%s" EVENT(5) "\n", i % 10 ? "" : "\n");
	for (int i = 0; i < COMPRESSORS; i++) {
		n = compressors[i](bytes, PAGE, text, len);
		make_binary(0, bytes, n);
		n += compressors[i](bytes + n, PAGE - n, EVENT(6) "\n" EVENT(7), 2 * sizeof EVENT(6) - 1);
		make_binary(1, bytes, n - 1);
		make_file(2, EVENT(8));
		for (int k = 0; k < 3; k++)
			list[k] = paths[k];
		for (unsigned threads = 1; threads <= 4; threads++) {
			const struct event *ev;
			struct errmsg e;
			struct log log;
			enum log_status s;
			int count = 0;

			CHECK(log_open(&log, list, 3, threads, &e) == 0);
			while ((s = log_next(&log, &ev, &e)) == LOG_EVENT && ev->user == 5)
				count++;
			CHECK(count == 2 * EVENTS);
			CHECK(s == LOG_EVENT && ev->user == 6);
			CHECK(log_next(&log, &ev, &e) == LOG_FAILED &&
			      reason_is(&e, 1, i == 0 ? ":22002: the gzip data is cut off: its end is missing"
						      : ":22002: the zstd data is cut off: its end is missing"));
			CHECK(log_next(&log, &ev, &e) == LOG_EVENT && ev->user == 8);
			CHECK(log_next(&log, &ev, &e) == LOG_END && log.bad == 0 && log.failed == 1);
			log_close(&log);
		}
		for (int k = 0; k < 3; k++)
			unlink(paths[k]);
	}
	free(text);
	free(bytes);
}

/* Of a file that begins with a byte-order mark, and of one that such files were joined to. */
static void byte_order_marks_lose_no_event(void)
{
	char *list[2];
	const struct event *ev;
	struct errmsg e;
	struct log log;

	make_file(0, "\xef\xbb\xbf" EVENT(1) "\n" EVENT(2) "\n\xef\xbb\xbf" EVENT(3) "\r\n\xef\xbb\xbf\n");
	make_file(1, "\xef\xbb\xbf" "junk\n" EVENT(4));
	for (int i = 0; i < 2; i++)
		list[i] = paths[i];
	CHECK(log_open(&log, list, 2, 1, &e) == 0);
	for (uint32_t user = 1; user <= 3; user++)
		CHECK(log_next(&log, &ev, &e) == LOG_EVENT && ev->user == user);
	CHECK(log_next(&log, &ev, &e) == LOG_BAD);
	CHECK(strstr(e.text, ":1: not a JSON object: '[' or '{' expected near 'junk' (column 4)") != NULL);
	CHECK(log_next(&log, &ev, &e) == LOG_EVENT && ev->user == 4);
	CHECK(log_next(&log, &ev, &e) == LOG_END && log.bad == 1);
	log_close(&log);
	unlink(paths[0]);
	unlink(paths[1]);
}

int main(void)
{
	RUN(files_are_read_in_order);
	RUN(bad_lines_and_files_are_told_and_passed);
	RUN(events_of_a_block_can_be_seen_ahead);
	RUN(no_files_are_standard_input);
	RUN(reading_may_be_given_up);
	RUN(any_number_of_threads_reads_the_same);
	RUN(long_lines_are_told_and_passed);
	RUN(lines_may_come_in_pieces);
	RUN(compressed_files_are_read);
	RUN(byte_order_marks_lose_no_event);
	return DONE();
}
