#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>

#include "rank/tops.h"
#include "rank/tops_partial_file.h"

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

static void write_user(const struct tops_user *u, FILE *f)
{
	fprintf(f, "{\"user\":%u,\"first\":%u", u->user, u->first);
	if (u->at != EVENT_NO_TIMESTAMP)
		fprintf(f, ",\"at\":%" PRId64, u->at);
	if (u->until != EVENT_NO_TIMESTAMP)
		fprintf(f, ",\"until\":%" PRId64, u->until);
	if (u->waits != EVENT_NO_TRACK)
		fprintf(f, ",\"waits\":%u", u->waits);
	fputs("}\n", f);
}

/* The name is the caller's, and may be any bytes; jansson takes UTF-8 only. */
static int check_name(const char *what, const char *text, struct errmsg *e)
{
	json_t *name = json_string(text);
	int status = name ? 0 : errmsg_set(e, "no UTF-8: %s '%s'", what, text);

	json_decref(name);
	return status;
}

static int check_names(const struct tops_choice *c, struct errmsg *e)
{
	int status = c->experiment ? check_name("experiment", c->experiment, e) : 0;

	for (size_t i = 0; status == 0 && i < c->n_arms; i++)
		status = check_name("arm", c->arms[i], e);
	return status;
}

/* The arms that were counted: those of the choice, or else of the parts. Returns 0, or -1 where there is no memory. */
static int counted_arms(const struct tops *t, struct intern *arms)
{
	const struct intern *parts = &t->parts.arms;
	uint32_t number = 0;

	for (size_t i = 0; i < t->choice.n_arms && number != INTERN_NONE; i++)
		number = intern_add(arms, slice_of(t->choice.arms[i]), INTERN_NONE);
	for (size_t i = 0; t->choice.n_arms == 0 && i < parts->n && number != INTERN_NONE; i++) {
		struct slice arm = {.text = parts->list[i].text, .len = parts->list[i].len};

		number = intern_add(arms, arm, INTERN_NONE);
	}
	return number == INTERN_NONE ? -1 : 0;
}

/* ,"arms":[…], or null. Returns 0, or -1 where there is no memory. */
static int write_arms(const struct tops *t, FILE *f)
{
	struct intern arms = {0};
	uint32_t *order = counted_arms(t, &arms) == 0 ? intern_sorted(&arms) : NULL;
	bool all = t->choice.n_arms == 0 && (!t->parts.file || t->parts.all_arms);
	int status = order ? 0 : -1;

	fprintf(f, ",\"arms\":%s", all ? "null" : "[");
	for (size_t i = 0; status == 0 && i < arms.n; i++) {
		fputs(i > 0 ? "," : "", f);
		status = tops_put_string(f, intern_text(&arms, order[i]));
	}
	fputs(all ? "" : "]", f);
	free(order);
	intern_clear(&arms);
	return status;
}

/* The line of totals. Returns 0, or -1 where there is no memory. */
static int write_totals(const struct tops *t, size_t rows, FILE *f)
{
	bool recommended = t->parts.file ? t->parts.recommended : t->choice.recommended;
	int status = 0;

	fprintf(f, "{\"partial\":\"" TOPS_PARTIAL_OF "\",\"version\":%d,\"digest\":\"%016" PRIx64 "\",\"experiment\":",
		TOPS_PARTIAL_VERSION, t->parts.digest);
	if (t->choice.experiment)
		status = tops_put_string(f, t->choice.experiment);
	else
		fputs("null", f);
	if (status == 0)
		status = write_arms(t, f);
	fprintf(f, ",\"recommended\":%s,\"events\":%" PRId64 ",\"outside\":%" PRId64 ",\"rows\":%zu}\n",
		recommended ? "true" : "false", t->events, t->outside, rows);
	return status;
}

int tops_write_partial(struct tops *t, FILE *f, struct errmsg *e)
{
	size_t rows = t->parts.users.n;
	int status;

	if (check_names(&t->choice, e) < 0)
		return -1;
	for (size_t i = 0; i < t->n_lists; i++)
		rows += t->lists[i].popularity.n;
	tops_sort(t);
	tops_users_sort(&t->parts.users);
	status = write_totals(t, rows, f);
	for (size_t i = 0; status == 0 && i < t->n_lists; i++)
		status = write_list(&t->lists[i], t->choice.experiment != NULL, f);
	for (size_t i = 0; status == 0 && i < t->parts.users.n; i++)
		write_user(&t->parts.users.list[i], f);
	return status < 0 ? errmsg_nomem(e) : 0;
}
