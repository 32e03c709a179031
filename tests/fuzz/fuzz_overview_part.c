/* Parts of overviews, which are also reported and added up. */
#include "part_file.h"
#include "report/overview_report.h"
#include "study/overview_part.h"

static int read_overview(void *overview, char *path)
{
	uint64_t parts = 0;
	struct errmsg e;

	return overview_read_part(overview, path, &parts, &e);
}

static int write_overview(void *overview, FILE *f)
{
	struct errmsg e;

	return overview_write_part(overview, f, &e);
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

/* Users that are there already are refused; where there are none, all adds up, however large. */
static void add_again(struct overview *o, const uint8_t *data, size_t size)
{
	char path[MEMORY_FILE_PATH];
	int fd = make_part(data, size, path);
	uint64_t parts = 1;
	struct errmsg e;

	overview_read_part(o, path, &parts, &e);
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct part_format format = {read_overview, write_overview};
	const struct overview_choice choice = {.skipped = .1, .liked = .8};
	struct overview o, again;

	overview_init(&o, &choice);
	overview_init(&again, &choice);
	if (part_round_trip(&format, data, size, &o, &again)) {
		report(&again, size % 2);
		add_again(&again, data, size);
	}
	overview_clear(&o);
	overview_clear(&again);
	return 0;
}
