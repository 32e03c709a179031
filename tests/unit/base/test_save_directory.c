#include "base/save_directory.h"

#include <dirent.h>
#include <sys/stat.h>

#include "unit/fixture.h"

static const char *const names[] = {"first", "second", NULL};
static const struct directory_kind kind = {"a pair", names};

/* Writes the text in ctx; of "fail" the second file fails, of "disk" its descriptor, so that it cannot be written. */
static int write_text(FILE *f, size_t which, void *ctx, struct errmsg *e)
{
	const char *text = ctx;

	if (which == 1 && strcmp(text, "fail") == 0)
		return errmsg_set(e, "as it was told");
	if (which == 1 && strcmp(text, "disk") == 0)
		close(fileno(f));
	fprintf(f, "%s %zu", text, which);
	return 0;
}

static int save_text(const char *path, const char *text, struct errmsg *e)
{
	return save_directory(&kind, path, write_text, (char *)text, e);
}

static void expect_text(const char *path, const char *want)
{
	char text[64] = "";
	FILE *f = fopen(path, "r");

	CHECK(f && fgets(text, sizeof text, f) && fclose(f) == 0);
	CHECK_STR(text, want);
}

static int count_entries(const char *path)
{
	DIR *d = opendir(path);
	int n = 0;

	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n - 2;
}

static void a_directory_is_replaced_as_a_whole(void)
{
	struct errmsg e = {0};

	CHECK(save_text("made/", "old", &e) == 0);
	expect_text("made/second", "old 1");
	CHECK(save_text("made", "new", &e) == 0);
	expect_text("made/first", "new 0");
	CHECK(count_entries("made") == 2 && count_entries(".") == 1);
}

static void what_fails_leaves_what_was_there(void)
{
	struct errmsg e = {0};

	CHECK(save_text("made", "fail", &e) < 0);
	CHECK_STR(e.text, "as it was told");
	CHECK(save_text("made", "disk", &e) < 0);
	CHECK(strstr(e.text, "/second: ") != NULL);
	expect_text("made/second", "new 1");
	CHECK(count_entries("made") == 2 && count_entries(".") == 1);
}

static void what_holds_something_else_is_left_alone(void)
{
	struct errmsg e = {0};

	fixture_file("made/letter", "dear");
	CHECK(save_directory_check(&kind, "made", &e) < 0);
	CHECK_STR(e.text, "made: it holds letter, which is not of a pair; it is not replaced");
	CHECK(save_text("made", "newer", &e) < 0);
	expect_text("made/second", "new 1");
	unlink("made/letter");
	unlink("made/first");
	unlink("made/second");
	CHECK(save_text("made", "into an empty one", &e) == 0);
	unlink("made/first");
	unlink("made/second");
	CHECK(rmdir("made") == 0);
	CHECK(save_text("nowhere/made", "x", &e) < 0);
	CHECK(count_entries(".") == 0);
}

int main(void)
{
	char directory[32];

	fixture_enter(directory);
	RUN(a_directory_is_replaced_as_a_whole);
	RUN(what_fails_leaves_what_was_there);
	RUN(what_holds_something_else_is_left_alone);
	fixture_leave(directory);
	return DONE();
}
