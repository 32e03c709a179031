#include "base/unfinished.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

enum { FILES = 16 };

static const int signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGXFSZ};

/* A handler has nothing but statics to work with. */
static const char *_Atomic files[FILES];

void unfinished_remove(void)
{
	for (size_t i = 0; i < FILES; i++) {
		const char *path = files[i];

		if (path)
			unlink(path);
	}
	for (size_t i = 0; i < FILES; i++) {
		const char *path = files[i];

		if (path)
			rmdir(path); /* fails where it was a file */
	}
}

static void remove_and_end(int number)
{
	unfinished_remove();
	signal(number, SIG_DFL);
	raise(number);
}

static void handle_signals(void)
{
	struct sigaction action = {.sa_handler = remove_and_end, .sa_flags = SA_RESTART}, old;

	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL)
			sigaction(signals[i], &action, NULL);
}

void unfinished_hold(sigset_t *before)
{
	sigset_t held;

	sigemptyset(&held);
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		sigaddset(&held, signals[i]);
	pthread_sigmask(SIG_BLOCK, &held, before);
}

void unfinished_let_go(const sigset_t *before)
{
	pthread_sigmask(SIG_SETMASK, before, NULL);
}

int unfinished_note(const char *path)
{
	handle_signals();
	for (size_t i = 0; i < FILES; i++) {
		const char *none = NULL;

		if (atomic_compare_exchange_strong(&files[i], &none, path))
			return 0;
	}
	return -1;
}

void unfinished_forget(const char *path)
{
	for (size_t i = 0; i < FILES; i++)
		if (files[i] == path)
			files[i] = NULL;
}
