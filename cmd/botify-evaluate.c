/*
 * botify-evaluate: what a table or a policy would be worth, by event logs. See botify-evaluate(1).
 */
#include <getopt.h>
#include <string.h>

#include "base/suggest.h"
#include "command.h"
#include "evaluate.h"

static const struct mode {
	const char *name;
	evaluate_mode *run;
} modes[] = {
	{"ranking", evaluate_ranking},
	{"policy", evaluate_policy},
	{"log", evaluate_log},
};

enum { N_MODES = sizeof modes / sizeof *modes };

static const struct option_row option_rows[] = {{0}};

static const struct command self = {
	.name = "botify-evaluate",
	.usage = "ranking [OPTION]... TABLE... [LOG]...\n"
		 "       botify-evaluate policy --policy P --tracks FILE [OPTION]... [LOG]...\n"
		 "       botify-evaluate log [OPTION]... [LOG]...",
	.purpose = "Say what tables and policies would be worth, by event logs, and what is in a log. For the\n"
		   "options: botify-evaluate ranking --help",
	.options = {.rows = option_rows, .before_operands = true},
};

static const char *mode_name(size_t i)
{
	return i < N_MODES ? modes[i].name : NULL;
}

/* A first word that is no mode. Returns the exit status. */
static int refuse(const char *word)
{
	const char *meant = word ? suggest(word, mode_name) : NULL;
	struct errmsg e;

	if (!word)
		errmsg_set(&e, "the first word says what is to be evaluated: ranking, policy or log");
	else
		errmsg_set(&e, "the first word is ranking, policy or log, not '%s'", word);
	if (meant)
		errmsg_append(&e, " (did you mean %s?)", meant);
	return command_misused(&self, &e);
}

int main(int argc, char **argv)
{
	int status, first;

	command_begin(&self, argv);
	status = command_options(&self, argc, argv, NULL, NULL);
	if (status >= 0)
		return status;
	for (size_t i = 0; i < N_MODES; i++)
		if (argv[optind] && strcmp(argv[optind], modes[i].name) == 0) {
			first = optind;
			argv[first] = argv[0];
			optind = 0; /* for another command line */
			return modes[i].run(argc - first, argv + first);
		}
	return refuse(argv[optind]);
}
