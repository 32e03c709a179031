#include "base/spawn.h"

#include <signal.h>
#include <spawn.h>
#include <unistd.h>

extern char **environ;

int spawn(pid_t *pid, const struct spawn *s)
{
	short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, standard;
	int error;

	sigemptyset(&none);
	sigemptyset(&standard);
	sigaddset(&standard, SIGPIPE); /* whoever writes to a command ignores it */
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	if (s->in >= 0)
		posix_spawn_file_actions_adddup2(&actions, s->in, STDIN_FILENO);
	if (s->out >= 0)
		posix_spawn_file_actions_adddup2(&actions, s->out, STDOUT_FILENO);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &standard);
	if (s->own_group) {
		posix_spawnattr_setpgroup(&attributes, 0);
		flags |= POSIX_SPAWN_SETPGROUP;
	}
	posix_spawnattr_setflags(&attributes, flags);
	error = posix_spawnp(pid, s->argv[0], &actions, &attributes, s->argv, s->env ? s->env : environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return error;
}
