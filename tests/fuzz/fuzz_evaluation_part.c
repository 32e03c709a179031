/* Parts of evaluations of rankings. */
#include "part_file.h"
#include "rank/evaluation_part.h"

static int read_parts(void *parts, char *path)
{
	struct errmsg e;

	return evaluation_parts_read(parts, path, &e);
}

static int write_evaluation(void *parts, FILE *f)
{
	const struct evaluation_parts *p = parts;
	struct errmsg e;

	return evaluation_write_part(&p->evaluation, &p->queries, f, &e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct part_format format = {read_parts, write_evaluation};
	struct evaluation_parts p = {0}, again = {0};

	part_round_trip(&format, data, size, &p, &again);
	evaluation_parts_clear(&p);
	evaluation_parts_clear(&again);
	return 0;
}
