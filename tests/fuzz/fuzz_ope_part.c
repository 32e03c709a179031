/* Parts of off-policy estimates, as fuzz_partial.c: what is read is written and read as the same, and estimated. */
#include <string.h>

#include "part_file.h"
#include "report/ope_report.h"
#include "study/ope.h"
#include "study/ope_part.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *written(struct ope_parts *p, size_t *size)
{
	struct errmsg e;
	char *text = NULL;
	FILE *f = open_memstream(&text, size);

	if (!f || ope_part_write(&p->sums, p->policy, json_string_value(json_object_get(p->head, "asked")), f, &e) < 0)
		abort();
	fclose(f);
	return text;
}

static int read_into(struct ope_parts *p, const char *path)
{
	struct errmsg e;

	if (ope_parts_read(p, path, &e) < 0)
		return -1;
	ope_sums_sort(&p->sums);
	return 0;
}

/* Whatever the sums are, a report can be made of them. */
static void report(const struct ope_parts *p, const char *format)
{
	struct ope_report r = {0};
	struct ope o;
	struct errmsg e;
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);
	const struct document_style style = {0};

	if (!f || ope_estimate(&o, &p->sums, .05, &e) < 0 ||
	    ope_report_make(&r, &o, &p->sums, p->policy, false, &e) < 0 ||
	    document_format_find(format)->write(&r.document, &style, f, &e) < 0)
		abort();
	ope_report_clear(&r);
	fclose(f);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[MEMORY_FILE_PATH];
	int fd = make_part(data, size, path);
	struct ope_parts p = {0}, again = {0};

	if (read_into(&p, path) == 0) {
		size_t first_size, second_size;
		char *first = written(&p, &first_size), *second;
		int written_fd = memory_file((const uint8_t *)first, first_size, path);

		if (read_into(&again, path) < 0)
			abort();
		second = written(&again, &second_size);
		if (first_size != second_size || memcmp(first, second, first_size) != 0)
			abort();
		report(&again, size % 2 ? "json" : "table");
		close(written_fd);
		free(first);
		free(second);
	}
	close(fd);
	ope_parts_clear(&p);
	ope_parts_clear(&again);
	return 0;
}
