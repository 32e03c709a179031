#include "base/save.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit/check.h"

/* Every test runs in a directory of its own, made and left by main, and cleans up what it made. */

/* Stands before libc's: a file system that has no files without names. */
static int all_have_names;

int open(const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list ap;

	va_start(ap, flags);
	if (flags & (O_CREAT | __O_TMPFILE))
		mode = va_arg(ap, mode_t);
	va_end(ap);
	if (all_have_names && (flags & O_TMPFILE) == O_TMPFILE) {
		errno = EOPNOTSUPP;
		return -1;
	}
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	CHECK(f && fputs(text, f) >= 0 && fclose(f) == 0);
}

static void check_content(const char *path, const char *want)
{
	char got[64] = "";
	FILE *f = fopen(path, "r");

	CHECK(f != NULL);
	if (f) {
		got[fread(got, 1, sizeof got - 1, f)] = 0;
		fclose(f);
	}
	CHECK_STR(got, want);
}

static int entries(void)
{
	DIR *d = opendir(".");
	int n = 0;

	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n - 2; /* "." and ".." */
}

static mode_t mode_of(const char *path)
{
	struct stat s;

	return stat(path, &s) == 0 ? s.st_mode & 07777 : 0;
}

static void appears_whole(void)
{
	struct save s;
	struct errmsg e;
	mode_t old = umask(027);

	CHECK(save_open(&s, "new", &e) == 0);
	fputs("text\n", s.file);
	fflush(s.file);
	CHECK(access("new", F_OK) < 0);
	CHECK(save_commit(&s, &e) == 0);
	check_content("new", "text\n");
	CHECK(mode_of("new") == 0640);
	CHECK(entries() == 1);
	save_abandon(&s);
	check_content("new", "text\n");
	umask(old);
	unlink("new");
}

static void replaces_and_keeps_the_permissions(void)
{
	struct save s;
	struct errmsg e;

	write_file("there", "old");
	chmod("there", 0606); /* wider than the umask grants, and narrower */
	CHECK(save_open(&s, "there", &e) == 0);
	fputs("new", s.file);
	fflush(s.file);
	check_content("there", "old");
	CHECK(save_commit(&s, &e) == 0);
	check_content("there", "new");
	CHECK(mode_of("there") == 0606);
	CHECK(entries() == 1);
	unlink("there");
}

static void abandoned_leaves_nothing(void)
{
	struct save s;
	struct errmsg e;

	write_file("there", "old");
	CHECK(save_open(&s, "there", &e) == 0);
	fputs("new", s.file);
	save_abandon(&s);
	save_abandon(&s);
	check_content("there", "old");
	CHECK(entries() == 1);
	unlink("there");
}

static void follows_a_link(void)
{
	struct save s;
	struct errmsg e;
	struct stat link;

	write_file("there", "old");
	CHECK(symlink("there", "link") == 0);
	CHECK(save_open(&s, "link", &e) == 0);
	fputs("new", s.file);
	CHECK(save_commit(&s, &e) == 0);
	check_content("there", "new");
	CHECK(lstat("link", &link) == 0 && S_ISLNK(link.st_mode));
	unlink("link");
	unlink("there");
}

static void two_at_once_do_not_mix(void)
{
	struct save a, b;
	struct errmsg e;

	CHECK(save_open(&a, "same", &e) == 0);
	CHECK(save_open(&b, "same", &e) == 0);
	fputs("a", a.file);
	fputs("b", b.file);
	CHECK(save_commit(&b, &e) == 0);
	CHECK(save_commit(&a, &e) == 0);
	check_content("same", "a");
	CHECK(entries() == 1);
	unlink("same");
}

/*
 * A disk that is full after n bytes: the limit on the size of files has the same effect, and this process to itself. No
 * test here touches /dev: run by root, a broken save would replace what stands there.
 */
static void limit_files(rlim_t n)
{
	struct rlimit limit;

	fflush(stdout);
	CHECK(getrlimit(RLIMIT_FSIZE, &limit) == 0);
	limit.rlim_cur = n < limit.rlim_max ? n : limit.rlim_max;
	CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
}

static void check_full_after(int words)
{
	struct save s;
	struct errmsg e;
	int status;

	write_file("there", "old");
	CHECK(save_open(&s, "there", &e) == 0);
	limit_files(2);
	for (int i = 0; i < words; i++)
		fputs("word", s.file);
	status = save_commit(&s, &e);
	limit_files(RLIM_INFINITY);
	CHECK(status < 0);
	CHECK_STR(e.text, "there: File too large");
	CHECK(s.file == NULL);
	check_content("there", "old");
	CHECK(entries() == 1);
	unlink("there");
}

static void a_full_disk_is_told(void)
{
	check_full_after(1);
}

/* More than a buffer: the error happens long before the commit, in a write that nobody checks. */
static void an_early_error_is_told_late(void)
{
	check_full_after(100000);
}

/* The error of a stream sticks even where the last flush has nothing left to do. */
static void an_error_that_stuck_is_told(void)
{
	struct save s;
	struct errmsg e;

	CHECK(save_open(&s, "new", &e) == 0);
	CHECK(getc(s.file) == EOF); /* not open for reading: an error */
	CHECK(save_commit(&s, &e) < 0);
	CHECK_STR(e.text, "new: Input/output error");
	CHECK(entries() == 0);
}

/* What is not a regular file is written directly. */
static void a_pipe_is_written_directly(void)
{
	struct save s;
	struct errmsg e;
	struct stat st;
	char got[8] = "";
	int reader;

	CHECK(mkfifo("pipe", 0600) == 0);
	reader = open("pipe", O_RDONLY | O_NONBLOCK);
	CHECK(save_open(&s, "pipe", &e) == 0);
	fputs("text", s.file);
	CHECK(s.temporary == NULL);
	CHECK(save_commit(&s, &e) == 0);
	CHECK(read(reader, got, sizeof got - 1) == 4);
	CHECK_STR(got, "text");
	CHECK(stat("pipe", &st) == 0 && S_ISFIFO(st.st_mode));
	close(reader);
	unlink("pipe");
}

static void standard_output_stays_open(void)
{
	struct save s;
	struct errmsg e;

	CHECK(save_open(&s, "-", &e) == 0);
	CHECK(s.file == stdout);
	fputs("# written through save\n", s.file);
	CHECK(save_commit(&s, &e) == 0);
	CHECK(fputs("# and still open\n", stdout) >= 0 && fflush(stdout) == 0);
}

static void what_cannot_be_opened_is_named(void)
{
	struct save s;
	struct errmsg e;

	CHECK(save_open(&s, "absent/file", &e) < 0);
	CHECK_STR(e.text, "absent/file: No such file or directory");
	CHECK(save_open(&s, ".", &e) < 0);
	CHECK_STR(e.text, ".: Is a directory");
	save_abandon(&s);
}

static void a_failed_rename_removes_the_temporary(void)
{
	struct save s;
	struct errmsg e;

	CHECK(save_open(&s, "name", &e) == 0);
	fputs("text", s.file);
	CHECK(mkdir("name", 0777) == 0);
	CHECK(save_commit(&s, &e) < 0);
	CHECK_STR(e.text, "name: Is a directory");
	CHECK(entries() == 1);
	rmdir("name");
}

static void a_dangling_link_leads_to_the_new_file(void)
{
	struct save s;
	struct errmsg e;
	struct stat link;

	CHECK(symlink("there", "second") == 0 && symlink("second", "first") == 0);
	CHECK(save_open(&s, "first", &e) == 0);
	fputs("new", s.file);
	CHECK(save_commit(&s, &e) == 0);
	check_content("there", "new");
	CHECK(lstat("first", &link) == 0 && S_ISLNK(link.st_mode));
	CHECK(lstat("second", &link) == 0 && S_ISLNK(link.st_mode));
	CHECK(entries() == 3);
	unlink("first");
	unlink("second");
	unlink("there");
}

/* Where it stands, and that it appends, is its own business. */
static void a_descriptor_is_written_as_it_is(void)
{
	struct save s;
	struct errmsg e;
	char path[64];
	int fd;

	write_file("there", "old");
	fd = open("there", O_WRONLY | O_APPEND);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	CHECK(save_open(&s, path, &e) == 0);
	fputs("new", s.file);
	CHECK(save_commit(&s, &e) == 0);
	check_content("there", "oldnew");
	CHECK(fcntl(fd, F_GETFD) >= 0); /* it is not ours to close */
	CHECK(entries() == 1);
	close(fd);
	CHECK(save_open(&s, path, &e) < 0);
	unlink("there");
}

static void what_would_be_replaced_is_known(void)
{
	int fd;

	write_file("there", "old");
	write_file("other", "old");
	CHECK(link("there", "hard") == 0 && symlink("hard", "soft") == 0);
	fd = open("there", O_RDONLY);
	CHECK(save_replaces("there", "there") && save_replaces("soft", "there") && save_replaces("./there", "soft"));
	CHECK(!save_replaces("there", "other") && !save_replaces("there", "absent"));
	CHECK(!save_replaces("absent", "absent"));
	CHECK(!save_replaces("/dev/null", "/dev/null") && !save_replaces("-", "there") && !save_replaces(".", "."));
	CHECK(save_disturbs("there", fd) && save_disturbs("soft", fd) && !save_disturbs("other", fd));
	CHECK(save_disturbs("-", STDOUT_FILENO) && save_disturbs("/dev/stdout", STDOUT_FILENO));
	CHECK(!save_disturbs("-", fd));
	CHECK(!save_disturbs("/dev/null", fd) && !save_disturbs("absent", fd));
	close(fd);
	unlink("soft");
	unlink("hard");
	unlink("other");
	unlink("there");
}

/* Saves again and again, for ever. */
static void save_for_ever(void)
{
	struct save s;
	struct errmsg e;

	signal(SIGTERM, SIG_DFL);
	for (int round = 0;; round++) {
		if (save_open(&s, "there", &e) < 0)
			_exit(1);
		for (int i = 0; i < 3000; i++)
			fprintf(s.file, "%d\n", round);
		if (save_commit(&s, &e) < 0)
			_exit(1);
	}
}

/* A file of 3,000 equal lines. */
static int is_whole(const char *path)
{
	FILE *f = fopen(path, "r");
	int first = -1, n = 0, number, equal = 1;

	while (f && fscanf(f, "%d", &number) == 1) {
		first = n++ == 0 ? number : first;
		equal = equal && number == first;
	}
	if (f)
		fclose(f);
	return equal && n == 3000;
}

/* Returns how often something else than a whole file was there. */
static int signalled(int number, int times)
{
	int bad = 0;

	srand(1);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	for (int i = 0; i < times; i++) {
		int status = 0;
		pid_t pid;

		fflush(stdout);
		pid = fork();
		if (pid == 0)
			save_for_ever();
		while (access("there", F_OK) < 0)
			usleep(100);
		usleep((useconds_t)(rand() % 5000));
		kill(pid, number);
		CHECK(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) && WTERMSIG(status) == number);
		while (waitpid(-1, NULL, 0) > 0) /* a child of it may be at it for a moment yet */
			;
		bad += entries() != 1 || !is_whole("there");
	}
	unlink("there");
	return bad;
}

static void a_killed_process_leaves_nothing_else(void)
{
	CHECK(signalled(SIGKILL, 150) == 0);
	CHECK(signalled(SIGTERM, 50) == 0);
}

/* Then nobody can wait for a child. */
static void a_process_that_ignores_its_children_saves_too(void)
{
	void (*before)(int) = signal(SIGCHLD, SIG_IGN);

	replaces_and_keeps_the_permissions();
	a_failed_rename_removes_the_temporary();
	signal(SIGCHLD, before);
}

static void without_unnamed_files_it_is_much_the_same(void)
{
	all_have_names = 1;
	appears_whole();
	replaces_and_keeps_the_permissions();
	abandoned_leaves_nothing();
	two_at_once_do_not_mix();
	a_full_disk_is_told();
	a_failed_rename_removes_the_temporary();
	CHECK(signalled(SIGTERM, 100) == 0);
	all_have_names = 0;
}

int main(void)
{
	char directory[] = "/tmp/test_save.XXXXXX";

	if (!mkdtemp(directory) || chdir(directory) < 0)
		return 1;
	signal(SIGXFSZ, SIG_IGN);
	RUN(appears_whole);
	RUN(replaces_and_keeps_the_permissions);
	RUN(abandoned_leaves_nothing);
	RUN(follows_a_link);
	RUN(two_at_once_do_not_mix);
	RUN(a_full_disk_is_told);
	RUN(an_early_error_is_told_late);
	RUN(an_error_that_stuck_is_told);
	RUN(a_pipe_is_written_directly);
	RUN(standard_output_stays_open);
	RUN(what_cannot_be_opened_is_named);
	RUN(a_failed_rename_removes_the_temporary);
	RUN(a_dangling_link_leads_to_the_new_file);
	RUN(a_descriptor_is_written_as_it_is);
	RUN(what_would_be_replaced_is_known);
	RUN(a_killed_process_leaves_nothing_else);
	RUN(a_process_that_ignores_its_children_saves_too);
	RUN(without_unnamed_files_it_is_much_the_same);
	if (rmdir(directory) < 0)
		return 1;
	return DONE();
}
