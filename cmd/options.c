#include "options.h"

#include <stdbool.h>
#include <string.h>

#include "base/suggest.h"

enum { NAMES_MAX = 127 }; /* more options than a command should have */

/* How much of "--name=value" is name, without the dashes. */
static size_t name_length(const char *word)
{
	return strcspn(word + 2, "=");
}

static bool is_long(const char *word)
{
	return strncmp(word, "--", 2) == 0;
}

/* How many options a word may stand for: 1 where it is the whole name of one. *last is the last that was found. */
static size_t count_meant(const char *word, const struct option *longs, const struct option **last)
{
	size_t len = name_length(word), n = 0;

	for (; longs->name; longs++) {
		if (strncmp(longs->name, word + 2, len) != 0)
			continue;
		*last = longs;
		n++;
		if (longs->name[len] == '\0')
			return 1;
	}
	return n;
}

static void say_ambiguous(const char *word, const struct option *longs, struct errmsg *e)
{
	errmsg_set(e, "option '%s' is ambiguous; possibilities:", word);
	for (; longs->name; longs++)
		if (strncmp(longs->name, word + 2, name_length(word)) == 0)
			errmsg_set(e, "%s '--%s'", e->text, longs->name);
}

static void say_unknown(const char *word, const struct option *longs, struct errmsg *e)
{
	const char *names[NAMES_MAX + 1] = {NULL}, *meant;
	struct errmsg name;

	for (size_t i = 0; i < NAMES_MAX && longs[i].name; i++)
		names[i] = longs[i].name;
	errmsg_set(&name, "%.*s", (int)name_length(word), word + 2);
	meant = suggest_among(name.text, names);
	errmsg_set(e, "unrecognized option '%s'", word);
	if (meant)
		errmsg_set(e, "%s; did you mean '--%s'?", e->text, meant);
}

/* Of a long option whose name is right. */
static void say_argument(const char *word, const struct option *option, struct errmsg *e)
{
	const char *mistake = strchr(word, '=') ? "doesn't allow an argument" : "requires an argument";

	errmsg_set(e, "option '--%s' %s", option->name, mistake);
}

static void say_short(const char *shorts, struct errmsg *e)
{
	const char *known = strchr(shorts, optopt);
	const char *mistake = known && known[1] == ':' ? "option requires an argument" : "invalid option";

	errmsg_set(e, "%s -- '%c'", mistake, optopt);
}

/* What was wrong with the option before `optind`, which getopt_long has refused. */
static void explain(const char *word, const char *shorts, const struct option *longs, struct errmsg *e)
{
	const struct option *option = NULL;
	size_t meant = is_long(word) ? count_meant(word, longs, &option) : 0;

	/* in the middle of -abc, the word is the one before it: a short option says its letter */
	if (optopt != 0 && !(meant == 1 && option->val == optopt))
		say_short(shorts, e);
	else if (meant == 0)
		say_unknown(word, longs, e);
	else if (meant == 1)
		say_argument(word, option, e);
	else
		say_ambiguous(word, longs, e);
}

int options_next(const struct command *c, int argc, char **argv, const char *shorts, const struct option *longs,
		 int *which)
{
	const struct option *option;
	const char *word;
	struct errmsg e;
	int found, index = -1;

	opterr = 0;
	found = getopt_long(argc, argv, shorts, longs, &index);
	if (which)
		*which = index;
	if (found == -1 || (found != '?' && index < 0))
		return found;
	word = argv[optind - 1];
	if (found != '?') {
		/* of options that are alike in all but their names, getopt_long takes the first */
		if (optarg == word)
			word = argv[optind - 2];
		if (count_meant(word, longs, &option) == 1)
			return found;
		say_ambiguous(word, longs, &e);
	} else {
		explain(word, shorts, longs, &e);
	}
	command_fail(c, &e);
	return '?';
}

void options_give(struct options_given *g, int c, int which)
{
	for (int i = 0; g->table[i].name; i++)
		if (which == i || (which < 0 && g->table[i].val == c))
			g->places |= UINT64_C(1) << i;
}

const char *options_given_of(const struct options_given *g, const char *const names[])
{
	for (size_t k = 0; names[k]; k++)
		for (int i = 0; g->table[i].name; i++)
			if (strcmp(g->table[i].name, names[k]) == 0 && g->places >> i & 1)
				return names[k];
	return NULL;
}
