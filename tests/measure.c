/*
 * measure: runs a command and writes into a file how long it took and how much memory it needed. For tests/bench, which
 * would else depend on a package for it.
 *
 *     measure RESULT COMMAND [ARG]...
 *
 * The result is one line: seconds, seconds of CPU, peak memory in KiB. Both count the processes that the command
 * started and waited for; the peak is that of the largest of them. The exit status is the command's.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + 1e-6 * (double)t.tv_usec;
}

static int write_result(const char *path, double elapsed, const struct rusage *used)
{
	FILE *f = fopen(path, "w");

	if (!f)
		return -1;
	fprintf(f, "%.6f %.6f %ld\n", elapsed, seconds(used->ru_utime) + seconds(used->ru_stime), used->ru_maxrss);
	return fclose(f);
}

int main(int argc, char **argv)
{
	double start = now();
	struct rusage used;
	int status;
	pid_t pid;

	if (argc < 3) {
		fprintf(stderr, "usage: measure RESULT COMMAND [ARG]...\n");
		return 2;
	}
	pid = fork();
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &used) < 0 || write_result(argv[1], now() - start, &used) != 0) {
		perror("measure");
		return 1;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
