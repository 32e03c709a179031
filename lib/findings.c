#include "findings.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "grow.h"
#include "shown.h"

/* Adds a finding about an experiment or, where it is NULL, about the log. Returns 0, or -1 where there is no memory. */
__attribute__((format(printf, 4, 5))) static int add(struct findings *all, enum finding_level level, const char *experiment,
						     const char *format, ...)
{
	struct finding *list = grow(all->list, &all->cap, all->n + 1, sizeof *list);
	char *text = NULL;
	va_list ap;

	if (!list)
		return -1;
	all->list = list;
	va_start(ap, format);
	if (vasprintf(&text, format, ap) < 0)
		text = NULL;
	va_end(ap);
	if (!text)
		return -1;
	list[all->n++] = (struct finding){.level = level, .experiment = experiment, .text = text};
	return 0;
}

/* Where nobody has a value the effects say it already: that is a log without latencies. */
static int add_missing_values(struct findings *all, const struct study_experiment *x, const char *name, uint32_t arm)
{
	const struct metrics_arm *a = &x->summary.arms[arm];
	int status = 0;

	for (size_t i = 0; i < METRICS_N && status == 0; i++)
		if (a->values[i].n > 0 && a->values[i].n < a->users)
			status = add(all, FINDING_NOTE, name, "%s: %" PRIu64 " of the %" PRIu64 " user%s of %s have a value.",
				     metrics_table[i].name, a->values[i].n, a->users, shown_plural(a->users),
				     symbols_text(&x->arms, arm));
	return status;
}

static int add_experiment(struct findings *all, const struct study_experiment *x, const char *name, const uint32_t *arms)
{
	const struct metrics_summary *s = &x->summary;
	int status = 0;

	if (x->arms.n == 1)
		status = add(all, FINDING_WARNING, name, "There is only one arm: nothing to compare.");
	for (size_t i = 0; i < x->arms.n && status == 0; i++)
		status = add_missing_values(all, x, name, arms[i]);
	if (s->two_arms > 0 && status == 0)
		status = add(all, FINDING_WARNING, name, "%" PRIu64 " user%s seen in more than one arm: left out.", s->two_arms,
			     shown_plural(s->two_arms));
	if (s->unfinished > 0 && status == 0)
		status = add(all, FINDING_NOTE, name, "%" PRIu64 " unfinished session%s: left out.", s->unfinished,
			     shown_plural(s->unfinished));
	return status;
}

static int add_log(struct findings *all, const struct report *r)
{
	const struct study *s = r->study;
	bool sorted = s->order == STUDY_HOLD;
	int status = 0;

	if (r->malformed_lines > 0)
		status = add(all, FINDING_WARNING, NULL, "%" PRIu64 " malformed line%s: left out.", r->malformed_lines,
			     shown_plural(r->malformed_lines));
	if (r->unread_files > 0 && status == 0)
		status = add(all, FINDING_ALARM, NULL, "%" PRIu64 " file%s not read, or not to the end.", r->unread_files,
			     shown_plural(r->unread_files));
	if (s->out_of_order > 0 && status == 0)
		status = add(all, sorted ? FINDING_NOTE : FINDING_ALARM, NULL, "%" PRIu64 " event%s out of order: %s.",
			     s->out_of_order, shown_plural(s->out_of_order),
			     sorted ? "sorted by timestamp" : "taken as they came, so sessions may be wrong");
	return status;
}

int findings_of(struct findings *all, const struct report *r, struct errmsg *e)
{
	*all = (struct findings){0};
	for (size_t i = 0; i < r->study->names.n; i++) {
		const struct study_experiment *x = &r->study->experiments[i];
		uint32_t *arms;
		int status;

		if (!x->wanted)
			continue;
		arms = effects_arms(x, r->control, e);
		if (!arms)
			return -1;
		status = add_experiment(all, x, symbols_text(&r->study->names, i), arms);
		free(arms);
		if (status < 0)
			return errmsg_nomem(e);
	}
	return add_log(all, r) < 0 ? errmsg_nomem(e) : 0;
}

void findings_clear(struct findings *all)
{
	for (size_t i = 0; i < all->n; i++)
		free(all->list[i].text);
	free(all->list);
	*all = (struct findings){0};
}
