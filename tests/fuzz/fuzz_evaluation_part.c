/* Parts of evaluations of rankings, as fuzz_partial.c: what is read is written, and that is read as the same. */
#include <string.h>

#include "part_file.h"
#include "rank/evaluation_part.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *written(struct evaluation_parts *p, size_t *size)
{
	struct errmsg e;
	char *text = NULL;
	FILE *f = open_memstream(&text, size);

	if (!f || evaluation_write_part(&p->evaluation, &p->queries, f, &e) < 0)
		abort();
	fclose(f);
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[MEMORY_FILE_PATH];
	int fd = make_part(data, size, path);
	struct evaluation_parts p = {0}, again = {0};
	struct errmsg e;

	if (evaluation_parts_read(&p, path, &e) == 0) {
		size_t first_size, second_size;
		char *first = written(&p, &first_size), *second;
		int written_fd = memory_file((const uint8_t *)first, first_size, path);

		if (evaluation_parts_read(&again, path, &e) < 0)
			abort();
		second = written(&again, &second_size);
		if (first_size != second_size || memcmp(first, second, first_size) != 0)
			abort();
		close(written_fd);
		free(first);
		free(second);
	}
	close(fd);
	evaluation_parts_clear(&p);
	evaluation_parts_clear(&again);
	return 0;
}
