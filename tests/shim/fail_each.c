/*
 * fail_each: runs command lines again and again, and lets another call fail each time (fail_nth.c): whatever fails, a
 * command does not crash or hang, does not print what is wrong and exit 0, and does not lose a file that was good.
 *
 *     fail_each [--sample N] [--seed S] SHIM LINES
 *
 * SHIM is the library. LINES is a file of command lines, "PROGRAM: WORD... [< INPUT]", in which PROGRAM is the one
 * whose calls fail. Each runs in the directory work, which is made anew for each run as a copy of the directory before,
 * both in the current one. All calls fail in turn, each alone, and each with all those of its kind after it; or with
 * --sample so many of these, drawn by the seed, for each kind of call of a line.
 *
 * A run is compared with one that nobody disturbed:
 * - it is not ended by a signal and takes no longer than TIMEOUT;
 * - it exits as that one did, with the same on standard output and in the files, and, but for numbers, on standard
 *   error; or with 1, and a reason on standard error;
 * - then, too, each file is as it was before or as it should be; a file "state" is at least whole, and a report may be
 *   on the others where an input could not be opened or read;
 * - a short read or write, and one that was interrupted, changes nothing.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TIMEOUT = 20, WORDS = 64, FILES = 16, KINDS = 16, WAIT_NS = 200000 };

/* A file, or what a program printed. */
struct content {
	char name[512];
	char *bytes;
	size_t len;
};

struct contents {
	struct content list[FILES];
	size_t n;
};

/* How a run ended. */
struct ending {
	int status; /* as waitpid tells it */
	bool hung;
	struct content out, err;
	struct contents files;
};

struct line {
	char text[4096];
	const char *program, *input;
	char *words[WORDS];
};

struct call {
	const char *kind; /* NULL: none */
	unsigned long at;
	bool on; /* and all after it */
};

static const char *shim;
static unsigned long runs, failures;

__attribute__((noreturn)) static void die(const char *what)
{
	fprintf(stderr, "fail_each: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void read_file(struct content *c, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		die(path);
	c->len = (size_t)st.st_size;
	c->bytes = malloc(c->len + 1);
	if (!c->bytes || read(fd, c->bytes, c->len) != (ssize_t)c->len)
		die(path);
	c->bytes[c->len] = '\0';
	close(fd);
}

static void write_file(const struct content *c, const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

	if (fd < 0 || write(fd, c->bytes, c->len) != (ssize_t)c->len)
		die(path);
	close(fd);
}

static void clear(struct contents *all)
{
	for (size_t i = 0; i < all->n; i++)
		free(all->list[i].bytes);
	all->n = 0;
}

/* Calls each(path, name) for each file of a directory and of those in it; names are as seen from the first. */
static void walk(const char *directory, const char *inside, void (*each)(const char *path, const char *name, void *ctx),
		 void *ctx)
{
	char *path, *name;
	DIR *d = opendir(directory);
	struct dirent *entry;
	struct stat st;
	bool is_directory;

	while (d && (entry = readdir(d))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (asprintf(&path, "%s/%s", directory, entry->d_name) < 0)
			die("memory");
		is_directory = lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
		if (asprintf(&name, "%s%s%s", inside, entry->d_name, is_directory ? "/" : "") < 0)
			die("memory");
		if (is_directory)
			walk(path, name, each, ctx);
		else
			each(path, name, ctx);
		free(path);
		free(name);
	}
	if (d)
		closedir(d);
}

static void take_file(const char *path, const char *name, void *ctx)
{
	struct contents *all = ctx;
	struct content *c = &all->list[all->n];

	if (all->n == FILES)
		die("too many files");
	all->n++;
	snprintf(c->name, sizeof c->name, "%s", name);
	read_file(c, path);
}

static void remove_file(const char *path, const char *name, void *ctx)
{
	(void)name, (void)ctx;
	if (unlink(path) < 0)
		die(path);
}

/* Makes work a copy of `before`. */
static void make_work(const struct contents *before)
{
	char path[1024];

	walk("work", "", remove_file, NULL);
	for (size_t i = 0; i < before->n; i++) {
		snprintf(path, sizeof path, "work/%s", before->list[i].name);
		write_file(&before->list[i], path);
	}
}

static void redirect(const char *path, int flags, int to)
{
	int fd = open(path, flags, 0666);

	if (fd < 0 || dup2(fd, to) < 0)
		_exit(126);
	close(fd);
}

__attribute__((noreturn)) static void execute(const struct line *l, const struct call *c)
{
	const struct rlimit no_core = {0};
	char at[32];

	setpgid(0, 0);
	setrlimit(RLIMIT_CORE, &no_core);
	if (chdir("work") < 0)
		_exit(126);
	redirect(l->input ? l->input : "/dev/null", O_RDONLY, STDIN_FILENO);
	redirect("../out", O_WRONLY | O_CREAT | O_TRUNC, STDOUT_FILENO);
	redirect("../err", O_WRONLY | O_CREAT | O_TRUNC, STDERR_FILENO);
	setenv("LD_PRELOAD", shim, 1);
	setenv("FAIL_IN", l->program, 1);
	if (c->kind) {
		snprintf(at, sizeof at, "%lu", c->at);
		setenv("FAIL_KIND", c->kind, 1);
		setenv("FAIL_AT", at, 1);
		if (c->on)
			setenv("FAIL_ON", "1", 1);
	} else {
		setenv("FAIL_REPORT", "../report", 1);
	}
	execvp(l->words[0], l->words);
	_exit(127);
}

/* Waits for the end, for so long. Whatever the command started ends with it. */
static void wait_for(pid_t pid, struct ending *end)
{
	struct timespec pause = {.tv_nsec = WAIT_NS};
	int64_t left = TIMEOUT * INT64_C(1000000000) / WAIT_NS;
	siginfo_t ended = {0};

	/* it is waited for twice: until then nobody else gets its number, which is that of the group */
	while (waitid(P_PID, (id_t)pid, &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_pid == 0 && left-- > 0)
		nanosleep(&pause, NULL);
	end->hung = ended.si_pid == 0;
	kill(-pid, SIGKILL);
	if (waitpid(pid, &end->status, 0) < 0)
		die("waitpid");
}

static struct ending run(const struct line *l, const struct call *c, const struct contents *before)
{
	struct ending end = {0};
	pid_t pid;

	make_work(before);
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0)
		execute(l, c);
	wait_for(pid, &end);
	read_file(&end.out, "out");
	read_file(&end.err, "err");
	walk("work", "", take_file, &end.files);
	return end;
}

static void clear_ending(struct ending *end)
{
	free(end->out.bytes);
	free(end->err.bytes);
	clear(&end->files);
}

static bool same(const struct content *a, const struct content *b)
{
	return a && b && a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0;
}

/* Whether two texts are the same but for their numbers, which tell how long something took, and the room for these. */
static bool same_words(const struct content *a, const struct content *b)
{
	static const char left_out[] = "0123456789.- ";
	const char *x = a->bytes, *y = b->bytes;

	for (;; x++, y++) {
		x += strspn(x, left_out);
		y += strspn(y, left_out);
		if (*x != *y || !*x)
			return *x == *y;
	}
}

static const struct content *find(const struct contents *all, const char *name)
{
	for (size_t i = 0; i < all->n; i++)
		if (strcmp(all->list[i].name, name) == 0)
			return &all->list[i];
	return NULL;
}

/* A state may also have got only so far. */
static bool is_state(const struct content *c)
{
	return strcmp(c->name, "state") == 0 && strncmp(c->bytes, "{\"botify-state\":", 16) == 0 &&
	       c->bytes[c->len - 1] == '\n';
}

/* Looks at the files after a run that failed. Returns what is wrong, or NULL. */
static const char *judge_files(const struct contents *now, const struct contents *before, const struct contents *right,
			       const struct call *failed)
{
	bool in_part = strcmp(failed->kind, "open") == 0 || strcmp(failed->kind, "read") == 0;

	for (size_t i = 0; i < now->n; i++) {
		const struct content *c = &now->list[i];

		if (!find(right, c->name))
			return "a file is left over";
		if (!in_part && !same(c, find(before, c->name)) && !same(c, find(right, c->name)) && !is_state(c))
			return "a file is neither as before nor as it should be";
	}
	for (size_t i = 0; i < before->n; i++)
		if (!find(now, before->list[i].name))
			return "a file is lost";
	return NULL;
}

static bool same_files(const struct contents *a, const struct contents *b)
{
	for (size_t i = 0; i < a->n; i++)
		if (!same(&a->list[i], find(b, a->list[i].name)))
			return false;
	return a->n == b->n;
}

/* Returns what is wrong with a run, or NULL. */
static const char *judge(const struct ending *end, const struct ending *right, const struct call *c,
			 const struct contents *before)
{
	bool harmless = strcmp(c->kind, "short") == 0 || strcmp(c->kind, "interrupted") == 0;

	if (end->hung)
		return "it hangs";
	if (!WIFEXITED(end->status))
		return strsignal(WTERMSIG(end->status));
	if (end->status == right->status && (harmless || WEXITSTATUS(end->status) != 1)) {
		if (!same(&end->out, &right->out))
			return "the output is wrong, and the exit status as if it were not";
		if (!same_files(&end->files, &right->files))
			return "a file is wrong, and the exit status as if it were not";
		if (!same_words(&end->err, &right->err))
			return "standard error is wrong, and the exit status as if it were not";
		return NULL;
	}
	if (harmless)
		return "it fails where nothing has failed";
	if (WEXITSTATUS(end->status) != 1)
		return "the exit status is neither 1 nor what it should be";
	if (end->err.len == 0)
		return "it fails without a reason";
	return judge_files(&end->files, before, &right->files, c);
}

static void tell(const struct line *l, const struct call *c, const struct ending *end, const char *wrong)
{
	printf("%s %s %lu%s: %s:", l->program, c->kind, c->at, c->on ? "..." : "", wrong);
	for (size_t i = 0; l->words[i]; i++)
		printf(" %s", l->words[i]);
	printf("%s%s\n    exit status %d; %.300s", l->input ? " < " : "", l->input ? l->input : "",
	       WIFEXITED(end->status) ? WEXITSTATUS(end->status) : -1, end->err.len > 0 ? end->err.bytes : "\n");
	fflush(stdout);
}

static void try(const struct line *l, const struct call *c, const struct contents *before, const struct ending *right)
{
	struct ending end = run(l, c, before);
	const char *wrong = judge(&end, right, c, before);

	runs++;
	if (wrong) {
		failures++;
		tell(l, c, &end, wrong);
	}
	clear_ending(&end);
}

/* Cuts a line into words. Returns whether there is a command on it. */
static bool parse(struct line *l)
{
	char *colon, *rest, *word;
	size_t n = 0;

	l->text[strcspn(l->text, "\n")] = '\0';
	l->input = NULL;
	colon = strstr(l->text, ": ");
	if (!colon || l->text[0] == '#')
		return false;
	*colon = '\0';
	l->program = l->text;
	rest = colon + 2;
	while ((word = strsep(&rest, " ")) && n < WORDS - 1) {
		if (strcmp(word, "<") == 0)
			l->input = strsep(&rest, " ");
		else if (*word)
			l->words[n++] = word;
	}
	l->words[n] = NULL;
	return n > 0;
}

/* How many calls of each kind there were, from the report of a run. */
struct counts {
	char kinds[KINDS][16];
	unsigned long n[KINDS];
	size_t n_kinds;
};

static void read_counts(struct counts *all)
{
	FILE *f = fopen("report", "r");

	if (!f)
		die("report");
	*all = (struct counts){0};
	while (all->n_kinds < KINDS && fscanf(f, "%15s %lu", all->kinds[all->n_kinds], &all->n[all->n_kinds]) == 2)
		all->n_kinds++;
	fclose(f);
	unlink("report");
}

static uint64_t drawn(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
	return z ^ z >> 31;
}

/* Fails each call of a line, or about `most` of them (0: all). */
static void fail_calls(const struct line *l, const struct contents *before, unsigned long most, uint64_t *seed)
{
	struct ending right = run(l, &(struct call){0}, before);
	struct counts counts;

	if (!WIFEXITED(right.status)) {
		tell(l, &(struct call){.kind = "nothing"}, &right, "it does not end by itself");
		exit(2);
	}
	read_counts(&counts);
	for (size_t k = 0; k < counts.n_kinds; k++) {
		/* what is always interrupted never ends */
		unsigned long ways = strcmp(counts.kinds[k], "interrupted") == 0 ? 1 : 2, all = ways * counts.n[k];
		unsigned long n = most > 0 && most < all ? most : all;

		for (unsigned long i = 0; i < n; i++) {
			/* one of each stretch of equal length */
			unsigned long from = i * all / n, to = (i + 1) * all / n;
			unsigned long place = from + (unsigned long)(drawn(seed) % (to - from));

			try(l, &(struct call){.kind = counts.kinds[k], .at = place / ways + 1, .on = place % ways},
			    before, &right);
		}
	}
	clear_ending(&right);
}

static const struct option options[] = {
	{"sample", required_argument, NULL, 'n'}, {"seed", required_argument, NULL, 's'}, {0},
};

int main(int argc, char **argv)
{
	unsigned long most = 0;
	uint64_t seed = 0;
	struct contents before = {0};
	struct line line;
	FILE *lines;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'n')
			most = strtoul(optarg, NULL, 10);
		else if (c == 's')
			seed = strtoull(optarg, NULL, 10);
		else
			return 2;
	}
	if (argc - optind != 2)
		return 2;
	shim = argv[optind];
	lines = fopen(argv[optind + 1], "r");
	if (!lines)
		die(argv[optind + 1]);
	walk("before", "", take_file, &before);
	while (fgets(line.text, sizeof line.text, lines))
		if (parse(&line))
			fail_calls(&line, &before, most, &seed);
	fclose(lines);
	clear(&before);
	printf("%lu runs, %lu failed\n", runs, failures);
	return failures > 0;
}
