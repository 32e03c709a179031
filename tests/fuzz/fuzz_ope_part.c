/* Parts of off-policy estimates, which are also estimated. */
#include "part_file.h"
#include "report/ope_report.h"
#include "study/ope.h"
#include "study/ope_part.h"

static int read_parts(void *parts, char *path)
{
	struct ope_parts *p = parts;
	struct errmsg e;

	if (ope_parts_read(p, path, &e) < 0)
		return -1;
	ope_sums_sort(&p->sums);
	return 0;
}

static int write_sums(void *parts, FILE *f)
{
	const struct ope_parts *p = parts;
	struct errmsg e;

	return ope_part_write(&p->sums, p->policy, json_string_value(json_object_get(p->head, "asked")), f, &e);
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
	const struct part_format format = {read_parts, write_sums};
	struct ope_parts p = {0}, again = {0};

	if (part_round_trip(&format, data, size, &p, &again))
		report(&again, size % 2 ? "json" : "table");
	ope_parts_clear(&p);
	ope_parts_clear(&again);
	return 0;
}
