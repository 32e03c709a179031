#include "text/progress.h"

#include <stdlib.h>
#include <unistd.h>

#include "unit/check.h"

static void what_is_left_is_told_where_the_whole_is_known(void)
{
	char text[PROGRESS_SIZE];

	CHECK_STR(progress_text(text, 12000000, 340000000, 0.5), "12 of 340 MB read, 24 MB/s, 14 s left");
	CHECK_STR(progress_text(text, 12000000, 12000000, 1), "12 of 12 MB read, 12 MB/s, 0 s left");
	CHECK_STR(progress_text(text, 1500000000, 23000000000, 2), "1.5 of 23.0 GB read, 750 MB/s, 29 s left");
	CHECK_STR(progress_text(text, 0, 100, 2), "0 of 0 MB read, 0 MB/s");
	CHECK_STR(progress_text(text, 5000000, 0, 2), "5 MB read, 2 MB/s");
	CHECK_STR(progress_text(text, 12000000000, 0, 2), "12.0 GB read, 6000 MB/s");
	/* a log that grew meanwhile */
	CHECK_STR(progress_text(text, 8000000, 5000000, 2), "8 MB read, 4 MB/s");
	CHECK(strlen(progress_text(text, UINT64_MAX / 2, UINT64_MAX, 1e9)) < PROGRESS_SIZE);
}

static void the_whole_is_known_of_files(void)
{
	char path[] = "/tmp/botify-test-XXXXXX", pipe[] = "/dev/null", missing[] = "/nonexistent/log", input[] = "-";
	char *twice[] = {path, path}, *with_pipe[] = {path, pipe}, *with_missing[] = {missing, path};
	char *stdin_too[] = {input, path};
	int fd = mkstemp(path), saved = dup(STDIN_FILENO);

	CHECK(write(fd, "12345", 5) == 5);
	CHECK(progress_total(twice, 2) == 10);
	CHECK(progress_total(with_pipe, 2) == 0 && progress_total(with_missing, 2) == 0);
	dup2(fd, STDIN_FILENO);
	CHECK(lseek(STDIN_FILENO, 2, SEEK_SET) == 2);
	CHECK(progress_total(stdin_too, 2) == 8 && progress_total(NULL, 0) == 3);
	dup2(saved, STDIN_FILENO);
	close(saved);
	close(fd);
	unlink(path);
}

int main(void)
{
	RUN(what_is_left_is_told_where_the_whole_is_known);
	RUN(the_whole_is_known_of_files);
	return DONE();
}
