/*
 * command: what the main of every command shares: how it is named in messages, how it helps, how it ends.
 *
 * Exit status of every command: 0 done, 1 data or I/O failed (even in part), 2 usage; a command may have more.
 */
#ifndef BOTIFY_COMMAND_H
#define BOTIFY_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/errmsg.h"
#include "base/memstream.h"
#include "base/out.h"
#include "base/save.h"
#include "event/bad_lines.h"
#include "event/route.h"
#include "event/log.h"
#include "options.h"

enum { EXIT_DATA = 1, EXIT_USAGE = 2 };

struct command {
	const char *name;
	const char *usage;   /* what follows the name in the synopsis; several lines are allowed */
	const char *purpose; /* one sentence */
	struct option_table options;
	const char *exits;   /* exit statuses of its own for --help, as ", 3 found"; NULL: none */
};

/*
 * The first act: the command goes by its name in argv too, whatever its path is; and standard descriptors that were
 * closed are filled, so that no file takes their place (see descriptors.h).
 */
void command_begin(const struct command *c, char **argv);

/*
 * Reads the options (see options_read), and answers --help, --version and mistakes. Returns -1 to go on, or the exit
 * status.
 */
int command_options(const struct command *c, int argc, char **argv, void *options, struct options_given *given);

/*
 * What goes to standard error may quote input: names, paths, lines. All of it is one line, in which no character
 * commands the terminal.
 */

/* Prints "name: reason" on standard error. Returns EXIT_DATA. */
int command_fail(const struct command *c, const struct errmsg *e);

/*
 * The same for a mistake on the command line, with a pointer to --help. Returns EXIT_USAGE; or EXIT_DATA where only
 * memory was missing.
 */
int command_misused(const struct command *c, const struct errmsg *e);

/* A remark that does not change the exit status. */
__attribute__((format(printf, 2, 3))) void command_note(const struct command *c, const char *format, ...);

/*
 * To be called before a path is read: says that input is awaited where that is a terminal, as the command would seem to
 * hang otherwise. It is said once. The path may be NULL, and then nothing is read.
 */
void command_reads(const struct command *c, const char *path);

/* The same for the files of a command line, where none is standard input. */
void command_reads_all(const struct command *c, char *const *paths, size_t n);

/*
 * Complaints about lines and files that were passed over: the first ten are printed, the others counted. A zeroed
 * struct has none.
 */
struct command_complaints {
	unsigned long n;
};

void command_complain(const struct command *c, struct command_complaints *complaints, const struct errmsg *e);

/* Tells how many were not printed. Returns whether there were any complaints, which makes the status EXIT_DATA. */
bool command_complained(const struct command *c, const struct command_complaints *complaints);

/*
 * The same of a log in which some lines may be bad (--bad-lines): where there were such, says how many of all, and
 * whether that was allowed. Returns whether it makes the status EXIT_DATA.
 */
bool command_spoiled(const struct command *c, const struct command_complaints *complaints,
		     const struct bad_lines *allowed, const struct log_count *count);

/* What --bad-lines sets, in a row of options. */
#define COMMAND_BAD_LINES(field) \
	OPTION_CALL(command_take_bad_lines), .offset = OPTION_OFFSET(field, struct bad_lines)
int command_take_bad_lines(void *options, const struct option_row *row, const char *text, struct errmsg *e);

/* Likewise --holdout and --holdout-by, of a struct route_choice. */
#define COMMAND_HOLDOUT(field) OPTION_CALL(command_take_holdout), .offset = OPTION_OFFSET(field, struct route_choice)
#define COMMAND_HOLDOUT_BY(field) \
	OPTION_CALL(command_take_holdout_by), .offset = OPTION_OFFSET(field, struct route_choice)
int command_take_holdout(void *options, const struct option_row *row, const char *text, struct errmsg *e);
int command_take_holdout_by(void *options, const struct option_row *row, const char *name, struct errmsg *e);

/* Whether it does, without a word. */
bool command_is_spoiled(const struct command_complaints *complaints, const struct bad_lines *allowed,
			const struct log_count *count);

/*
 * How far the reading of logs has come, for whoever waits at a terminal: shown on standard error where that is one,
 * after the first second. `begin` notes how much there is to read, `show` is for a log_watch, and `end` removes it.
 */
struct command_progress {
	bool terminal;
	uint64_t total; /* 0: not known */
	double begun, next;
};

void command_progress_begin(struct command_progress *p, char *const *paths, size_t n);
void command_progress_show(void *progress, uint64_t bytes);
void command_progress_end(void);

/* Logs, and what is done with their events. All pointers are borrowed. */
struct command_logs {
	char *const *paths; /* n_paths of them; none: standard input */
	size_t n_paths;
	unsigned threads;
	/* Takes an event, whose line is log->text. Returns 0, or -1 with the reason. */
	int (*add)(void *ctx, const struct event *ev, const struct log *log, struct errmsg *e);
	void *ctx;
	struct log_watch *watch; /* of a reading that these are a part of; NULL: progress is shown here */
	struct command_complaints *complaints; /* of what is passed over */
	struct log_count *count; /* is added to */
};

/* Reads them. Returns 0, or -1 with the reason. */
int command_read_logs(const struct command *c, const struct command_logs *in, struct errmsg *e);

/*
 * Whether an output file, which `option` (as "-o") names, may be written: it must not replace an input. "-" is
 * standard input, and so is an empty list. The file and inputs may be NULL. Returns 0, or -1 with the reason.
 */
int command_check_output(const char *option, const char *file, char *const *inputs, size_t n, struct errmsg *e);

/*
 * The same for --state and -o of a command that reads n logs, and other inputs, n_others of them, which may be NULL; nor
 * must the output replace the state.
 */
int command_check_outputs(const char *state, const char *output, char *const *logs, size_t n, char *const *others,
			  size_t n_others, struct errmsg *e);

/* Where a result goes: the file of -o, which appears whole or not at all; or, where there is none, standard output. */
struct command_result {
	FILE *file; /* write here */
	bool saved; /* whether `save` is in use */
	struct save save;
};

/* Begins it; `path` may be NULL. Returns 0, or -1 with the reason. */
int command_result_open(struct command_result *r, const char *path, struct errmsg *e);

/* Ends it. A file that was written without success (status < 0) is dropped. Returns `status`, or -1 with the reason. */
int command_result_close(struct command_result *r, int status, struct errmsg *e);

/*
 * Output for machines that may go to a terminal: there, what is written to the stream between is shown without the
 * characters that would command the terminal; elsewhere the stream is `to` itself.
 */
struct command_screen {
	FILE *to;
	struct memstream between;
};

/* Returns the stream, or NULL where there is no memory. */
FILE *command_screen_open(struct command_screen *s, FILE *to, struct errmsg *e);

/* Shows what was written. Returns 0, or -1 with the reason; errors of `to` are for ferror to tell. */
int command_screen_close(struct command_screen *s, struct errmsg *e);

/*
 * The last act: flushes and closes standard output through `o` (NULL where only stdio was used), and stdio. Returns
 * `status`, or EXIT_DATA where it was 0 and the output, or a message, could not be written.
 */
int command_finish(const struct command *c, struct out *o, int status);

/*
 * For what is said after that: `status`, or EXIT_DATA where it is 0 and something could not be said on standard error.
 */
int command_said(int status);

#endif
