#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/suggest.h"
#include "text/number.h"

/* What every command has. */
static const struct option_row help = {.name = "help", .help = "print this help and exit", .letter = 'h'};
static const struct option_row version = {.name = "version", .help = "print the version and exit", .letter = 'V'};

static bool is_end(const struct option_row *row)
{
	return !row->name && !row->letter && !row->help;
}

/* What getopt_long has of a table. */
struct getopt_table {
	struct option longs[OPTIONS_MAX + 3];
	char shorts[2 * OPTIONS_MAX + 8];
};

/* What getopt_long returns for an option that has no letter: its place from here on. */
enum { FIRST_PLACE = 256 };

static void add_long(struct option *to, const struct option_row *row, size_t place)
{
	*to = (struct option){
		.name = row->name,
		.has_arg = row->argument ? required_argument : no_argument,
		.val = row->letter ? row->letter : FIRST_PLACE + (int)place,
	};
}

static char *add_letter(char *to, const struct option_row *row)
{
	if (!row->letter)
		return to;
	*to++ = row->letter;
	if (row->argument)
		*to++ = ':';
	return to;
}

/* Fills a zeroed one. */
static void make_getopt_table(struct getopt_table *g, const struct option_table *t)
{
	struct option *longs = g->longs;
	char *letter = g->shorts;

	if (t->before_operands)
		*letter++ = '+';
	for (size_t i = 0; i < OPTIONS_MAX && !is_end(&t->rows[i]); i++) {
		letter = add_letter(letter, &t->rows[i]);
		if (t->rows[i].name)
			add_long(longs++, &t->rows[i], i);
	}
	add_letter(add_letter(letter, &help), &version);
	add_long(longs++, &help, 0);
	add_long(longs, &version, 0);
}

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

static void explain_ambiguous(const char *word, const struct option *longs, struct errmsg *e)
{
	errmsg_set(e, "option '%s' is ambiguous; possibilities:", word);
	for (; longs->name; longs++)
		if (strncmp(longs->name, word + 2, name_length(word)) == 0)
			errmsg_append(e, " '--%s'", longs->name);
}

static void explain_unknown(const char *word, const struct option *longs, struct errmsg *e)
{
	const char *names[OPTIONS_MAX + 3] = {NULL}, *meant;
	struct errmsg name;

	for (size_t i = 0; longs[i].name; i++)
		names[i] = longs[i].name;
	errmsg_set(&name, "%.*s", (int)name_length(word), word + 2);
	meant = suggest_among(name.text, names);
	errmsg_set(e, "unrecognized option '%s'", word);
	if (meant)
		errmsg_append(e, "; did you mean '--%s'?", meant);
}

/* Of a long option whose name is right. */
static void explain_argument(const char *word, const struct option *option, struct errmsg *e)
{
	const char *mistake = strchr(word, '=') ? "doesn't allow an argument" : "requires an argument";

	errmsg_set(e, "option '--%s' %s", option->name, mistake);
}

static void explain_short(const char *shorts, struct errmsg *e)
{
	const char *known = strchr(shorts, optopt);
	const char *mistake = known && known[1] == ':' ? "option requires an argument" : "invalid option";

	errmsg_set(e, "%s -- '%c'", mistake, optopt);
}

/* Says what was wrong with the option before `optind`, which getopt_long has refused. */
static void explain_refused(const char *word, const struct getopt_table *g, struct errmsg *e)
{
	const struct option *option = NULL;
	size_t meant = is_long(word) ? count_meant(word, g->longs, &option) : 0;

	/* in the middle of -abc, the word is the one before it: a short option says its letter */
	if (optopt != 0 && !(meant == 1 && option->val == optopt))
		explain_short(g->shorts, e);
	else if (meant == 0)
		explain_unknown(word, g->longs, e);
	else if (meant == 1)
		explain_argument(word, option, e);
	else
		explain_ambiguous(word, g->longs, e);
}

/* The place in the table of an option that getopt_long found there. */
static size_t find_place(const struct option_row *rows, int found)
{
	size_t i = 0;

	if (found >= FIRST_PLACE)
		return (size_t)(found - FIRST_PLACE);
	while (rows[i].letter != found)
		i++;
	while (!rows[i].name)
		i--;
	return i;
}

static int set_whole(const struct option_row *row, const char *name, void *value, const char *argument,
		     struct errmsg *e)
{
	int64_t n;

	if (number_parse_int(name, argument, row->min, row->max, &n, e) < 0)
		return -1;
	if (row->kind == OPTION_IS_INT64)
		*(int64_t *)value = n;
	else if (row->kind == OPTION_IS_UINT64)
		*(uint64_t *)value = (uint64_t)n;
	else
		*(uint32_t *)value = (uint32_t)n;
	return 0;
}

static void add_to_list(struct option_list *l, char *argument)
{
	l->list[l->n++] = argument;
}

static int set_value(const struct option_row *row, void *options, char *argument, struct errmsg *e)
{
	void *value = (char *)options + row->offset;
	char name[64];

	snprintf(name, sizeof name, "--%s", row->name);
	switch (row->kind) {
	case OPTION_IS_CALL: return row->call(options, row, argument, e);
	case OPTION_IS_FLAG: *(bool *)value = true; return 0;
	case OPTION_IS_TEXT: *(const char **)value = argument; return 0;
	case OPTION_IS_LIST: add_to_list(value, argument); return 0;
	case OPTION_IS_DOUBLE: return number_parse(name, argument, row->least, row->most, value, e);
	default: return set_whole(row, name, value, argument, e);
	}
}

int options_read(const struct option_table *t, int argc, char **argv, void *options, struct options_given *given,
		 struct errmsg *e)
{
	struct getopt_table g = {0};
	int found;

	make_getopt_table(&g, t);
	if (given)
		*given = (struct options_given){.rows = t->rows};
	opterr = 0;
	while ((found = getopt_long(argc, argv, g.shorts, g.longs, NULL)) != -1) {
		size_t place;

		if (found == help.letter || found == version.letter)
			return found;
		if (found == '?') {
			explain_refused(argv[optind - 1], &g, e);
			return -1;
		}
		place = find_place(t->rows, found);
		if (given)
			given->places |= UINT64_C(1) << place;
		if (set_value(&t->rows[place], options, optarg, e) < 0)
			return -1;
	}
	return 0;
}

const char *options_given_of(const struct options_given *g, const char *const names[])
{
	for (size_t k = 0; names[k]; k++)
		for (size_t i = 0; i < OPTIONS_MAX && !is_end(&g->rows[i]); i++)
			if (g->rows[i].name && strcmp(g->rows[i].name, names[k]) == 0 && g->places >> i & 1)
				return names[k];
	return NULL;
}

/* Prints an option as it is written. Returns how wide that is. */
static int print_form(const struct option_row *row, bool no_letters)
{
	int width = row->letter ? printf("  -%c", row->letter) : printf("%*s", no_letters ? 2 : 6, "");

	if (row->name)
		width += printf("%s--%s", row->letter ? ", " : "", row->name);
	if (row->argument)
		width += printf(" %s", row->argument);
	return width;
}

static void print_row(const struct option_row *row, bool no_letters)
{
	enum { HELP_COLUMN = 26 };
	int width = print_form(row, no_letters);

	/* a long one has a line of its own */
	if (width > HELP_COLUMN - 2) {
		putchar('\n');
		width = 0;
	}
	for (const char *line = row->help, *end; line; line = *end ? end + 1 : NULL, width = 0) {
		end = strchrnul(line, '\n');
		printf("%*s%.*s\n", HELP_COLUMN - width, "", (int)(end - line), line);
	}
}

void options_print(const struct option_table *t)
{
	for (const struct option_row *row = t->rows; !is_end(row); row++)
		if (row->name || row->letter)
			print_row(row, t->no_letters);
		else
			fputs(row->help, stdout);
	print_row(&help, t->no_letters);
	print_row(&version, t->no_letters);
}
