#include "report/fail_on.h"

#include <stdio.h>
#include <string.h>

#include "study/health.h"
#include "text/humanize.h"

/* The next name of a list, as a string; false where there is none. */
static bool next_name(const char **names, char *name, size_t size)
{
	size_t len = strcspn(*names, ",");

	if (**names == '\0')
		return false;
	snprintf(name, size, "%.*s", (int)len, *names);
	*names += len + ((*names)[len] == ',');
	return true;
}

static int list_names(const char *name, struct errmsg *e)
{
	errmsg_set(e, "--fail-on knows srm, health");
	for (size_t i = 0; i < HEALTH_N; i++)
		if (health_find(health_table[i].key) == &health_table[i])
			errmsg_set(e, "%s, %s", e->text, health_table[i].key);
	return errmsg_set(e, "%s; not '%s'", e->text, name);
}

int fail_on_check(const char *names, struct errmsg *e)
{
	char name[64];

	if (*names == '\0')
		return list_names("", e);
	while (next_name(&names, name, sizeof name))
		if (strcmp(name, "srm") != 0 && strcmp(name, "health") != 0 && !health_find(name))
			return list_names(name, e);
	return 0;
}

/* Returns 1 where there is one, 0 where there is none, -1 with the reason where there is no memory. */
static int find_mismatch(const struct sections_subject *subject, struct errmsg *found)
{
	const struct study *s = subject->study;

	for (size_t x = 0; x < s->names.n; x++) {
		double p = 1;

		if (s->experiments[x].wanted && sections_srm_p(subject, x, &p, found) < 0)
			return -1;
		if (p < SECTIONS_SRM_ALARM) {
			errmsg_set(found, "srm: users of experiment %s are not split as planned (%s)", intern_text(&s->names, x),
				   humanize_p_said(p, SECTIONS_SRM_ALARM).text);
			return 1;
		}
	}
	return 0;
}

static bool find_in_health(const char *name, const struct study *s, const struct health *h, struct errmsg *found)
{
	bool any = strcmp(name, "health") == 0;

	for (size_t i = 0; i < h->n; i++) {
		const struct health_finding *f = &h->list[i];

		if (any ? f->grave : f->count > 0 && strcmp(f->entry->key, name) == 0) {
			health_say(f, found);
			if (f->experiment != HEALTH_LOG)
				errmsg_prefix(found, "experiment %s", intern_text(&s->names, f->experiment));
			errmsg_prefix(found, "%s", f->entry->key);
			return true;
		}
	}
	return false;
}

int fail_on_find(const char *names, const struct sections_subject *subject, struct errmsg *found)
{
	const struct health_subject of = {.study = subject->study, .allocation = subject->allocation, .options = subject->options,
					  .effects = subject->effects};
	struct health h;
	char name[64];
	int status = health_init(&h, &of, found);

	while (status == 0 && next_name(&names, name, sizeof name))
		status = strcmp(name, "srm") == 0 ? find_mismatch(subject, found) : find_in_health(name, subject->study, &h, found);
	health_clear(&h);
	return status;
}
