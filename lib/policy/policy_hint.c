#include "policy/policy_hint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "policy/policy.h"

/* Every name that may stand where a source does: a typo in a policy's name is one of these too. */
static const char *source_or_policy_name(size_t i)
{
	size_t sources = 0;

	while (source_kind_name(sources))
		sources++;
	return i < sources ? source_kind_name(i) : policy_name(i - sources);
}

static bool name_known(const char *name, const char *(*names)(size_t i))
{
	for (size_t i = 0; names(i); i++)
		if (strcmp(names(i), name) == 0)
			return true;
	return false;
}

/* The nearest of the names that may stand here, or else of those that may stand elsewhere. */
static const char *nearest_name(const char *name, bool is_filter)
{
	const char *near = suggest(name, is_filter ? filter_kind_name : source_or_policy_name);

	return near ? near : suggest(name, is_filter ? source_kind_name : filter_kind_name);
}

/* Of a name that is known, but elsewhere. Returns whether it is. */
static bool hint_place(const char *name, const char *part, bool is_filter, struct errmsg *e)
{
	const char *whole = policy_published(name);

	if (is_filter && name_known(name, source_kind_name))
		errmsg_set(e, "'%s' is a source, not a filter; write ,%s before the filters", name, part);
	else if (is_filter && whole)
		errmsg_set(e, "'%s' is a whole policy, %s, not a filter", name, whole);
	else if (!is_filter && whole)
		errmsg_set(e, "'%s' is a whole policy, %s, not a source", name, whole);
	else if (!is_filter && name_known(name, filter_kind_name))
		errmsg_set(e, "'%s' is a filter, not a source; write +%s after the sources", name, part);
	else
		return false;
	return true;
}

/* Of a part whose name is nowhere known. */
static void hint_name(const char *name, bool is_filter, struct errmsg *e)
{
	const char *near = nearest_name(name, is_filter);

	if (near)
		errmsg_append(e, "; did you mean '%s'?", near);
	else if (name[strcspn(name, " ;|&/")])
		errmsg_append(e, "; %s", is_filter ? "each filter begins with '+'" : "sources are separated by ','");
}

void policy_hint_part(const char *part, bool is_filter, struct errmsg *e)
{
	const char *(*known)(size_t i) = is_filter ? filter_kind_name : source_kind_name;
	char name[64];

	snprintf(name, sizeof name, "%.*s", (int)strcspn(part, ":@"), part);
	if (is_filter && strchr(part, '@') && name_known(name, filter_kind_name))
		errmsg_set(e, "'@' stands in a source, as in toppop:100@0.65, and not in a filter");
	else if (!name_known(name, known) && !hint_place(name, part, is_filter, e))
		hint_name(name, is_filter, e);
}

/* Whether a policy has the filter, which begins with its '+', already. */
static bool has_filter(const char *filters, const char *filter)
{
	size_t len = strlen(filter);

	for (const char *at = filters; (at = strstr(at, filter)) != NULL; at += len)
		if (at[len] == '+' || at[len] == '\0')
			return true;
	return false;
}

/* Moves the filters of each source to the end, each once. `to` has twice the room of the text, which is taken apart. */
static void put_filters_last(char *to, char *text)
{
	char *sources = to, *filters = to + strlen(text) + 1, *rest = text, *part;

	*sources = *filters = '\0';
	while ((part = strsep(&rest, ",")) != NULL) {
		char *plus = strchrnul(part, '+');

		sprintf(sources + strlen(sources), "%s%.*s", *sources ? "," : "", (int)(plus - part), part);
		while (*plus) {
			char *next = strchrnul(plus + 1, '+'), after = *next;

			*next = '\0';
			if (!has_filter(filters, plus))
				strcat(filters, plus);
			*next = after;
			plus = next;
		}
	}
	memmove(sources + strlen(sources), filters, strlen(filters) + 1);
}

/* A copy without spaces, which do not matter. New, or NULL where there is no memory. */
static char *without_spaces(const char *text)
{
	char *copy = strdup(text), *to = copy;

	for (; copy && *text; text++)
		if (*text != ' ')
			*to++ = *text;
	if (copy)
		*to = '\0';
	return copy;
}

/* The policy that was meant, if it is one. New, or NULL. */
static char *reorder_parts(const char *text)
{
	enum { LONGEST = 1000 }; /* nobody would read a longer one */
	char *copy = strlen(text) > LONGEST ? NULL : without_spaces(text);
	char *meant = copy ? malloc(2 * strlen(text) + 2) : NULL;
	struct errmsg ignored;
	struct policy p;

	if (meant)
		put_filters_last(meant, copy);
	free(copy);
	if (meant && policy_parse(&p, meant, &ignored) == 0) {
		policy_clear(&p);
		return meant;
	}
	free(meant);
	return NULL;
}

int policy_hint_order(const char *text, struct errmsg *e)
{
	char *meant = reorder_parts(text);

	if (meant)
		errmsg_set(e, "filters come last, once for all sources; did you mean '%s'?", meant);
	else
		errmsg_set(e, "filters come last, once for all sources, each after its '+', "
			      "as in artist,random+unseen+artist:2");
	free(meant);
	return -1;
}
