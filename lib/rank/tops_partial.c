#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "rank/tops.h"
#include "text/ndjson.h"

#define PARTIAL "botify-toppop" /* what "partial" says in the line of totals */

static int write_list(const struct tops_list *list, bool with_arm, FILE *f)
{
	struct popularity_count *counts = popularity_by_track(&list->popularity);
	int status = counts ? 0 : -1;

	for (size_t i = 0; status == 0 && i < list->popularity.n; i++) {
		fputc('{', f);
		if (with_arm) {
			fputs("\"arm\":", f);
			status = tops_put_string(f, list->arm);
			fputc(',', f);
		}
		fprintf(f, "\"track\":%u,\"plays\":%" PRId64 ",\"billionths\":%" PRId64 "}\n", counts[i].track,
			counts[i].plays, counts[i].billionths);
	}
	free(counts);
	return status;
}

/* The name is the caller's, and may be any bytes; jansson takes UTF-8 only. */
static int check_name(const char *experiment, struct errmsg *e)
{
	json_t *name = json_string(experiment);
	int status = name ? 0 : errmsg_set(e, "no UTF-8: experiment '%s'", experiment);

	json_decref(name);
	return status;
}

int tops_write_partial(struct tops *t, FILE *f, struct errmsg *e)
{
	const char *experiment = t->choice.experiment;
	size_t rows = 0;
	int status = 0;

	if (experiment && check_name(experiment, e) < 0)
		return -1;
	for (size_t i = 0; i < t->n_lists; i++)
		rows += t->lists[i].popularity.n;
	tops_sort(t);
	fputs("{\"partial\":\"" PARTIAL "\",\"experiment\":", f);
	if (experiment)
		status = tops_put_string(f, experiment);
	else
		fputs("null", f);
	fprintf(f, ",\"events\":%" PRId64 ",\"outside\":%" PRId64 ",\"rows\":%zu}\n", t->events, t->outside, rows);
	for (size_t i = 0; status == 0 && i < t->n_lists; i++)
		status = write_list(&t->lists[i], experiment != NULL, f);
	return status < 0 ? errmsg_nomem(e) : 0;
}

/* A file of partial counts as it is being read. */
struct reading {
	struct tops *tops;
	int64_t rows, promised;
	bool totals; /* a line of them has been read */
};

static int read_count(const json_t *object, const char *key, int64_t *count, struct errmsg *e)
{
	uint64_t n = 0;

	if (ndjson_count(object, key, INT64_MAX, &n, e) < 0)
		return errmsg_prefix(e, "no partial counts");
	*count = (int64_t)n;
	return 0;
}

/* Adds the count at `key` to *sum. */
static int add_count(const json_t *object, const char *key, int64_t *sum, struct errmsg *e)
{
	int64_t count = 0;

	if (read_count(object, key, &count, e) < 0)
		return -1;
	if (count > POPULARITY_MAX - *sum)
		return errmsg_set(e, "\"%s\" are more than can be counted", key);
	*sum += count;
	return 0;
}

static int check_experiment(const struct tops *t, const json_t *object, struct errmsg *e)
{
	const char *theirs = json_string_value(json_object_get(object, "experiment")), *ours = t->choice.experiment;

	if (theirs && !ours)
		return errmsg_set(e, "counted for experiment '%s': give --experiment here too", theirs);
	if (!theirs && ours)
		return errmsg_set(e, "counted without an experiment, so not for '%s'", ours);
	if (theirs && strcmp(theirs, ours) != 0)
		return errmsg_set(e, "counted for experiment '%s', not for '%s'", theirs, ours);
	return 0;
}

static int read_totals(struct reading *r, const json_t *object, struct errmsg *e)
{
	const char *what = json_string_value(json_object_get(object, "partial"));

	if (!what || strcmp(what, PARTIAL) != 0)
		return errmsg_set(e, "partial counts of something else than " PARTIAL);
	r->totals = true;
	if (check_experiment(r->tops, object, e) < 0 || add_count(object, "events", &r->tops->events, e) < 0)
		return -1;
	if (add_count(object, "outside", &r->tops->outside, e) < 0)
		return -1;
	return add_count(object, "rows", &r->promised, e);
}

static int read_row(struct reading *r, const json_t *object, struct errmsg *e)
{
	const json_t *arm = json_object_get(object, "arm");
	const char *name = r->tops->choice.experiment ? json_string_value(arm) : arm ? NULL : "";
	struct popularity_count count;
	struct tops_list *list;

	if (!name)
		return errmsg_set(e, arm ? "a row of another experiment, or of none" : "no partial counts: \"arm\" is missing");
	if (ndjson_id(json_object_get(object, "track"), "track", &count.track, e) < 0)
		return errmsg_prefix(e, "no partial counts");
	if (read_count(object, "plays", &count.plays, e) < 0 || read_count(object, "billionths", &count.billionths, e) < 0)
		return -1;
	r->rows++;
	if (!tops_chosen(r->tops, slice_of(name)))
		return 0;
	list = tops_list_of(r->tops, slice_of(name));
	return list ? popularity_add_count(&list->popularity, &count, e) : errmsg_nomem(e);
}

static int read_line(const struct ndjson_line *line, void *ctx, struct errmsg *e)
{
	return json_object_get(line->object, "partial") ? read_totals(ctx, line->object, e) : read_row(ctx, line->object, e);
}

int tops_read_partial(struct tops *t, const char *path, struct errmsg *e)
{
	struct reading r = {.tops = t};
	const char *name = ndjson_name(path);

	if (ndjson_each(path, read_line, &r, e) < 0)
		return -1;
	if (!r.totals)
		return errmsg_set(e, "%s: no totals in it: not written by --partial, or cut", name);
	if (r.rows != r.promised)
		return errmsg_set(e, "%s: %" PRId64 " rows instead of %" PRId64 ": cut, or incomplete", name, r.rows, r.promised);
	return 0;
}
