#include "base/destination.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit/fixture.h"

static char here[4096]; /* the directory, without links in it */

/* Wants a file or something to be opened, at a path below the directory, or at an absolute one. */
static void check_path(const char *path, enum destination_kind kind, const char *want)
{
	struct destination d;
	char whole[5000];

	snprintf(whole, sizeof whole, "%s%s%s", *want == '/' ? "" : here, *want == '/' ? "" : "/", want);
	CHECK(destination_find(&d, path) == 0);
	CHECK(d.kind == kind && d.fd == -1);
	CHECK_STR(d.path ? d.path : "none", whole);
	destination_clear(&d);
}

static void check_descriptor(const char *path, int fd)
{
	struct destination d;

	CHECK(destination_find(&d, path) == 0);
	CHECK(d.kind == DESTINATION_DESCRIPTOR && d.fd == fd && d.path == NULL);
	destination_clear(&d);
}

static void check_error(const char *path, int reason)
{
	struct destination d;

	errno = 0;
	CHECK(destination_find(&d, path) == -1 && errno == reason);
	destination_clear(&d);
}

static void files_are_files_whether_there_or_not(void)
{
	CHECK(mkdir("far", 0777) == 0);
	fixture_file("there", "x");
	check_path("there", DESTINATION_FILE, "there");
	check_path("absent", DESTINATION_FILE, "absent");
	check_path("./far/../absent", DESTINATION_FILE, "absent");
	check_path("/absent", DESTINATION_FILE, "/absent");
	check_path("/dev/shm/absent", DESTINATION_FILE, "/dev/shm/absent");
	check_error("nowhere/absent", ENOENT);
	check_error("there/absent", ENOTDIR);
	check_error("", ENOENT);
	unlink("there");
	rmdir("far");
}

static void links_are_followed(void)
{
	CHECK(mkdir("far", 0777) == 0);
	CHECK(symlink("far/second", "first") == 0 && symlink("../third", "far/second") == 0);
	check_path("first", DESTINATION_FILE, "third");
	CHECK(symlink("far", "near") == 0);
	check_path("near/absent", DESTINATION_FILE, "far/absent");
	check_path("near/second", DESTINATION_FILE, "third");
	CHECK(symlink("third", "third") == 0);
	check_error("first", ELOOP);
	unlink("third");
	CHECK(symlink("/dev/null", "third") == 0);
	check_path("first", DESTINATION_DIRECT, "/dev/null");
	unlink("first");
	unlink("far/second");
	unlink("third");
	unlink("near");
	rmdir("far");
}

static void what_is_no_file_is_opened(void)
{
	CHECK(mkfifo("pipe", 0600) == 0);
	check_path("pipe", DESTINATION_DIRECT, "pipe");
	check_path("/dev/null", DESTINATION_DIRECT, "/dev/null");
	check_path("/dev/no-such-device", DESTINATION_DIRECT, "/dev/no-such-device");
	check_path("/", DESTINATION_DIRECT, "/");
	unlink("pipe");
}

static void descriptors_are_known(void)
{
	char path[64];

	check_descriptor("/dev/stdin", 0);
	check_descriptor("/dev/stdout", 1);
	check_descriptor("/dev/stderr", 2);
	check_descriptor("/dev/fd/12", 12);
	check_descriptor("/proc/self/fd/1", 1);
	check_descriptor("/proc/thread-self/fd/0", 0);
	CHECK(symlink("/dev/fd/5", "link") == 0);
	check_descriptor("link", 5);
	unlink("link");
	/* as the kernel has it, these are none */
	snprintf(path, sizeof path, "/proc/%ld/fd/x", (long)getpid());
	check_path("/dev/fd/x", DESTINATION_DIRECT, path);
	snprintf(path, sizeof path, "/proc/%ld/fd/01", (long)getpid());
	check_path("/proc/self/fd/01", DESTINATION_DIRECT, path);
	/* nor is what another process has */
	snprintf(path, sizeof path, "/proc/%ld/fd/1", (long)getppid());
	check_path(path, DESTINATION_DIRECT, path);
	fixture_file("7", "");
	check_path("7", DESTINATION_FILE, "7");
	unlink("7");
}

int main(void)
{
	char directory[32];

	fixture_enter(directory);
	if (!getcwd(here, sizeof here))
		return 1;
	RUN(files_are_files_whether_there_or_not);
	RUN(links_are_followed);
	RUN(what_is_no_file_is_opened);
	RUN(descriptors_are_known);
	fixture_leave(directory);
	return DONE();
}
