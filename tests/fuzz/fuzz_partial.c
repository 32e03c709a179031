/*
 * Parts of a log: what is read is written, and that is read as the same. The input is a part without its checksum, and
 * without the count of its bytes: the first line up to that, a newline, and numbers.
 */
#include <string.h>

#include "part_file.h"
#include "study/partial.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int read_into(struct study *s, char *path, const struct study_keep *keep)
{
	char *const paths[] = {path};
	struct errmsg e;

	study_init(s, STUDY_STREAM, NULL, 0);
	study_keep(s, keep);
	return partial_read(s, paths, 1, &e) < 0 || study_end(s, &e) < 0 ? -1 : 0;
}

static char *written(struct study *s, size_t *size)
{
	struct errmsg e;
	char *text = NULL;
	FILE *f = open_memstream(&text, size);

	if (!f || partial_write(s, f, &e) < 0)
		abort();
	fclose(f);
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct study_keep keep = {.days = size & 1, .sessions = size & 2, .recommendations = size & 4,
					.before = size & 8, .moment = 1, .joinable = true};
	char path[MEMORY_FILE_PATH];
	int fd = make_part(data, size, path);
	struct study s, again;

	if (read_into(&s, path, &keep) == 0) {
		size_t first_size, second_size;
		char *first = written(&s, &first_size), *second;
		int written_fd = memory_file((const uint8_t *)first, first_size, path);

		if (read_into(&again, path, &keep) < 0)
			abort();
		second = written(&again, &second_size);
		if (first_size != second_size || memcmp(first, second, first_size) != 0)
			abort();
		close(written_fd);
		free(first);
		free(second);
		study_clear(&again);
	}
	close(fd);
	study_clear(&s);
	return 0;
}
