#include "base/shard.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "unit/check.h"

static char directory[] = "/tmp/botify-test-XXXXXX";

/* Whether the file in the directory is there with this text. */
static int file_is(const char *name, const char *want)
{
	char path[128], text[256];
	size_t n;
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", directory, name);
	f = fopen(path, "r");
	if (!f)
		return 0;
	n = fread(text, 1, sizeof text - 1, f);
	fclose(f);
	text[n] = 0;
	return strcmp(text, want) == 0;
}

static const char *prefix(const char *name)
{
	static char text[128];

	snprintf(text, sizeof text, "%s/%s", directory, name);
	return text;
}

static void a_file_appears_when_it_is_closed(void)
{
	struct shard s;
	struct errmsg e;

	CHECK(shard_open_file(&s, prefix("a."), "01", &e) == 0);
	CHECK(shard_put(&s, "one\n", 4, &e) == 0 && shard_put(&s, "", 0, &e) == 0);
	CHECK(shard_end(&s, &e) == 0 && !file_is("a.01", "one\n"));
	CHECK(shard_close(&s, &e) == 0 && file_is("a.01", "one\n"));
	shard_abandon(&s); /* does nothing any more */
	CHECK(file_is("a.01", "one\n"));
	CHECK(shard_open_file(&s, prefix("a."), "01", &e) == 0 && shard_put(&s, "two\n", 4, &e) == 0);
	shard_abandon(&s);
	CHECK(file_is("a.01", "one\n"));
	CHECK(shard_open_file(&s, "/nonexistent/", "01", &e) == -1);
	CHECK_STR(e.text, "/nonexistent/01: No such file or directory");
}

static void a_cut_line_is_ended_where_more_follows(void)
{
	struct shard s;
	struct errmsg e;

	CHECK(shard_open_file(&s, prefix("b."), "x", &e) == 0);
	CHECK(shard_put(&s, "one\ntw", 6, &e) == 0 && shard_put(&s, "three\nfour", 10, &e) == 0);
	CHECK(shard_close(&s, &e) == 0 && file_is("b.x", "one\ntw\nthree\nfour"));
}

/* Lines of any length, also longer than what is gathered. */
static void everything_is_written_in_order(void)
{
	enum { LEN = 300000 };
	char *text = malloc(LEN), *got = malloc(LEN + 1), path[128];
	struct shard s;
	struct errmsg e;
	FILE *f;

	for (size_t i = 0; i < LEN; i++)
		text[i] = (char)('a' + i * i % 23);
	CHECK(shard_open_file(&s, prefix("c"), "", &e) == 0);
	for (size_t at = 0, n = 1; at < LEN; at += n, n = 3 * n + 1) {
		if (n > LEN - at)
			n = LEN - at;
		text[at + n - 1] = '\n';
		CHECK(shard_put(&s, text + at, n, &e) == 0);
	}
	CHECK(shard_close(&s, &e) == 0);
	snprintf(path, sizeof path, "%s/c", directory);
	f = fopen(path, "r");
	CHECK(f && fread(got, 1, LEN + 1, f) == LEN && memcmp(got, text, LEN) == 0);
	if (f)
		fclose(f);
	free(text);
	free(got);
}

static struct shard command(const char *script, const char *name, int stop_fd)
{
	char *argv[] = {(char *)"sh", (char *)"-c", (char *)script, (char *)"sh", directory, NULL};
	struct shard s;
	struct errmsg e;

	CHECK(shard_open_command(&s, argv, name, stop_fd, &e) == 0);
	return s;
}

static void a_command_reads_and_knows_its_name(void)
{
	struct shard s = command("cat >\"$1/d\"; echo \"$BOTIFY_SHARD\" >>\"$1/d\"", "07", -1);
	struct errmsg e;

	CHECK(shard_put(&s, "one\n", 4, &e) == 0 && shard_close(&s, &e) == 0);
	CHECK(file_is("d", "one\n07\n"));
}

static void how_a_command_ends_is_told(void)
{
	char *missing[] = {(char *)"/nonexistent/command", NULL};
	struct shard s = command("cat >/dev/null; exit 3", "1", -1);
	struct errmsg e;

	CHECK(shard_put(&s, "one\n", 4, &e) == 0 && shard_close(&s, &e) == -1);
	CHECK_STR(e.text, "shard 1: the command exited with status 3");
	s = command("cat >/dev/null; kill -9 $$", "2", -1);
	CHECK(shard_close(&s, &e) == -1);
	CHECK_STR(e.text, "shard 2: the command was killed by signal 9 (Killed)");
	CHECK(shard_open_command(&s, missing, "3", -1, &e) == -1);
	CHECK_STR(e.text, "/nonexistent/command: No such file or directory");
}

/* It is told once, and then all is dropped. */
static void a_command_that_reads_no_longer_is_told(void)
{
	static char lines[1 << 20];
	struct shard s = command("exec <&-", "1", -1);
	struct errmsg e;
	int status = 0;

	memset(lines, '\n', sizeof lines);
	for (int i = 0; i < 100 && status == 0; i++)
		status = shard_put(&s, lines, sizeof lines, &e);
	CHECK(status == -1 && s.failed);
	CHECK_STR(e.text, "shard 1: the command closed its input before the end");
	CHECK(shard_put(&s, lines, sizeof lines, &e) == 0 && shard_close(&s, &e) == 0);
}

/* A command that takes its time does not keep from stopping, and does not take what it has got for the whole. */
static void waiting_ends_where_it_is_told_to(void)
{
	static char lines[1 << 20];
	struct errmsg e;
	struct shard s;
	int stop[2];

	CHECK(pipe(stop) == 0 && write(stop[1], "x", 1) == 1);
	memset(lines, '\n', sizeof lines);
	s = command("exec sleep 60", "1", stop[0]);
	CHECK(shard_put(&s, lines, sizeof lines, &e) == SHARD_STOPPED);
	shard_abandon(&s);
	s = command("exec sleep 60", "1", stop[0]);
	CHECK(shard_put(&s, "x\n", 2, &e) == 0 && shard_close(&s, &e) == SHARD_STOPPED);
	s = command("(cat >/dev/null; echo whole >\"$1/e\"); true", "1", -1);
	shard_abandon(&s);
	usleep(100000);
	CHECK(!file_is("e", "whole\n"));
	close(stop[0]);
	close(stop[1]);
}

int main(void)
{
	char command_line[128];

	signal(SIGPIPE, SIG_IGN);
	if (!mkdtemp(directory))
		return 1;
	RUN(a_file_appears_when_it_is_closed);
	RUN(a_cut_line_is_ended_where_more_follows);
	RUN(everything_is_written_in_order);
	RUN(a_command_reads_and_knows_its_name);
	RUN(how_a_command_ends_is_told);
	RUN(a_command_that_reads_no_longer_is_told);
	RUN(waiting_ends_where_it_is_told_to);
	snprintf(command_line, sizeof command_line, "rm -r %s", directory);
	CHECK(system(command_line) == 0);
	return DONE();
}
