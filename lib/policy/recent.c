#include "policy/recent.h"

#include <stdlib.h>
#include <string.h>

int recent_reserve(struct session *session, size_t most)
{
	if (most > 0 && !session->recent)
		session->recent = calloc(most, sizeof *session->recent);
	return most > 0 && !session->recent ? -1 : 0;
}

bool recent_add(struct session *session, size_t most, struct play play, struct play *oldest)
{
	bool full = session->n_recent == most;

	if (most == 0)
		return false;
	if (full) {
		*oldest = session->recent[0];
		memmove(session->recent, session->recent + 1, --session->n_recent * sizeof *session->recent);
	}
	session->recent[session->n_recent++] = play;
	return full;
}

void recent_undo(struct session *session, const struct play *oldest)
{
	if (session->n_recent == 0)
		return;
	session->n_recent--;
	if (!oldest)
		return;
	memmove(session->recent + 1, session->recent, session->n_recent++ * sizeof *session->recent);
	session->recent[0] = *oldest;
}
