/* Partial counts, as fuzz_partial.c: what is read is written, and that is read as the same. */
#include <string.h>

#include "part_file.h"
#include "rank/tops.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *written(struct tops *t, size_t *size)
{
	struct errmsg e;
	char *text = NULL;
	FILE *f = open_memstream(&text, size);

	if (!f || tops_write_partial(t, f, &e) < 0)
		abort();
	fclose(f);
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct tops_choice choice = {.experiment = size % 2 ? "E" : NULL};
	char path[MEMORY_FILE_PATH];
	int fd = make_part(data, size, path);
	struct tops t, again;
	struct errmsg e;

	tops_init(&t, &choice);
	tops_init(&again, &choice);
	if (tops_read_partial(&t, path, &e) == 0) {
		size_t first_size, second_size;
		char *first = written(&t, &first_size), *second;
		int written_fd = memory_file((const uint8_t *)first, first_size, path);

		if (tops_read_partial(&again, path, &e) < 0)
			abort();
		second = written(&again, &second_size);
		if (first_size != second_size || memcmp(first, second, first_size) != 0)
			abort();
		close(written_fd);
		free(first);
		free(second);
	}
	close(fd);
	tops_clear(&t);
	tops_clear(&again);
	return 0;
}
