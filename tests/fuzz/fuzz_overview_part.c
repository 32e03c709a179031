/* Parts of overviews, as fuzz_partial.c: what is read is written and read as the same, twice added up, and reported. */
#include <string.h>

#include "part_file.h"
#include "report/overview_report.h"
#include "study/overview_part.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *written(const struct overview *o, size_t *size)
{
	struct errmsg e;
	char *text = NULL;
	FILE *f = open_memstream(&text, size);

	if (!f || overview_write_part(o, f, &e) < 0)
		abort();
	fclose(f);
	return text;
}

static void report(const struct overview *o, bool screen)
{
	struct overview_report r;
	struct errmsg e;
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);
	const struct document_style style = {0};

	if (!f || overview_report_make(&r, o, &e) < 0 ||
	    (screen ? overview_report_screen(&r, f, false, &e)
		    : document_format_find("json")->write(&r.document, &style, f, &e)) < 0)
		abort();
	overview_report_clear(&r);
	fclose(f);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct overview_choice choice = {.skipped = .1, .liked = .8};
	char path[MEMORY_FILE_PATH];
	int fd = make_part(data, size, path);
	struct overview o, again;
	uint64_t parts = 0;
	struct errmsg e;

	overview_init(&o, &choice);
	overview_init(&again, &choice);
	if (overview_read_part(&o, path, &parts, &e) == 0) {
		size_t first_size, second_size;
		char *first = written(&o, &first_size), *second;
		int written_fd = memory_file((const uint8_t *)first, first_size, path);

		parts = 0;
		if (overview_read_part(&again, path, &parts, &e) < 0)
			abort();
		second = written(&again, &second_size);
		if (first_size != second_size || memcmp(first, second, first_size) != 0)
			abort();
		report(&again, size % 2);
		/* users that are there already are refused; where there are none, all adds up, however large */
		overview_read_part(&again, path, &parts, &e);
		close(written_fd);
		free(first);
		free(second);
	}
	close(fd);
	overview_clear(&o);
	overview_clear(&again);
	return 0;
}
