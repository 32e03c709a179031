/*
 * unfinished: files, and directories with nothing else in them, that are removed where a signal ends the process.
 *
 * Only for those that have a name while they are written; see save.h.
 */
#ifndef BOTIFY_UNFINISHED_H
#define BOTIFY_UNFINISHED_H

#include <signal.h>

/*
 * From now on the file or directory is removed where SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE or SIGXFSZ ends the
 * process. Signals that are handled or ignored stay so. The path is borrowed until unfinished_forget. Returns 0; or -1
 * where so many files are underway that this one is not noted.
 */
int unfinished_note(const char *path);

/* The file has been finished, or removed. */
void unfinished_forget(const char *path);

/* Holds these signals off, so that a file is finished and forgotten at once; and lets them come as before. */
void unfinished_hold(sigset_t *before);
void unfinished_let_go(const sigset_t *before);

/* Removes all that are noted. For handlers of signals. */
void unfinished_remove(void);

#endif
