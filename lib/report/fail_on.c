#include "report/fail_on.h"

#include <stdio.h>
#include <string.h>

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

static bool find_mismatch(const struct analysis *a, struct errmsg *found)
{
	for (size_t i = 0; i < a->n; i++) {
		const struct analysis_experiment *x = &a->experiments[i];

		if (x->sizes.p < ARM_SIZES_ALARM) {
			errmsg_set(found, "srm: users of experiment %s are not split as planned (%s)", x->name,
				   humanize_p_said(x->sizes.p, ARM_SIZES_ALARM).text);
			return true;
		}
	}
	return false;
}

/* Looks for a name among n findings, of an experiment or, where that is NULL, of the log. */
static bool find_in_health(const char *name, const struct health_finding *list, size_t n, const char *experiment,
			   struct errmsg *found)
{
	bool any = strcmp(name, "health") == 0;

	for (size_t i = 0; i < n; i++) {
		const struct health_finding *f = &list[i];

		if (any ? f->grave : f->count > 0 && strcmp(f->entry->key, name) == 0) {
			health_say(f, found);
			if (experiment)
				errmsg_prefix(found, "experiment %s", experiment);
			errmsg_prefix(found, "%s", f->entry->key);
			return true;
		}
	}
	return false;
}

static bool find_name(const char *name, const struct analysis *a, struct errmsg *found)
{
	if (strcmp(name, "srm") == 0)
		return find_mismatch(a, found);
	if (find_in_health(name, a->health, HEALTH_LOG_N, NULL, found))
		return true;
	for (size_t i = 0; i < a->n; i++)
		if (find_in_health(name, a->experiments[i].health, HEALTH_EXPERIMENT_N, a->experiments[i].name, found))
			return true;
	return false;
}

int fail_on_find(const char *names, const struct analysis *a, struct errmsg *found)
{
	char name[64];

	while (next_name(&names, name, sizeof name))
		if (find_name(name, a, found))
			return 1;
	return 0;
}
