#include "event/log_team.h"

#include <dirent.h>
#include <stdlib.h>

#include "unit/check.h"

/* The threads of this process. */
static size_t count_threads(void)
{
	DIR *tasks = opendir("/proc/self/task");
	struct dirent *entry;
	size_t n = 0;

	while (tasks && (entry = readdir(tasks)))
		n += entry->d_name[0] != '.';
	if (tasks)
		closedir(tasks);
	return n;
}

static void a_team_has_as_many_as_were_asked_for(void)
{
	size_t before = count_threads();

	for (unsigned threads = 1; threads <= 4; threads++) {
		struct log_team *t = log_team_new(threads);

		CHECK(t && count_threads() == before + threads - 1);
		log_team_free(t);
	}
	log_team_free(NULL);
}

int main(void)
{
	RUN(a_team_has_as_many_as_were_asked_for);
	return DONE();
}
