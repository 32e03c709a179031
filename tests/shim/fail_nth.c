/*
 * fail_nth: a library for LD_PRELOAD that makes the n-th call of a kind fail, so that a test can see what a command
 * does where there is no memory, or a disk is full. See fail_each.c, which runs the commands with it.
 *
 *     FAIL_IN      the program in which calls are counted, as botify-toppop; in others nothing happens
 *     FAIL_KIND    malloc, open, read, write, fsync, rename, close, fdopen, poll, short or interrupted
 *     FAIL_AT      which call of that kind fails, from 1
 *     FAIL_ON      where it is set, all calls of that kind after that one fail too
 *     FAIL_REPORT  a file for the numbers of calls at the end, "KIND N" a line
 *
 * Calls are counted from main on: what libraries do before is not the command's. "malloc" is all that asks for memory,
 * also within libc and jansson. "short" is a read or write that does only a byte of what was asked for, and
 * "interrupted" one that fails with EINTR: neither is a failure, and what is printed must not change.
 *
 * Streams of stdio do not call read and write of this library, so fopen, fdopen and stdout are replaced by streams that
 * do.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum kind { MALLOC, OPEN, READ, WRITE, FSYNC, RENAME, CLOSE, FDOPEN, POLL, SHORT, INTERRUPTED, KINDS };

static const struct {
	const char *name;
	int error;
} kinds[KINDS] = {
	{"malloc", ENOMEM}, {"open", EMFILE}, {"read", EIO}, {"write", ENOSPC}, {"fsync", EIO},
	{"rename", EACCES}, {"close", EIO},
	{"fdopen", ENOMEM}, {"poll", ENOMEM}, {"short", 0}, {"interrupted", EINTR},
};

static atomic_ulong counts[KINDS];
static bool active, go_on;
static enum kind chosen = KINDS;
static unsigned long chosen_at;

/* For a debugger: `break fail_here` stops where it happens. */
void fail_here(int error);
__attribute__((noinline)) void fail_here(int error)
{
	errno = error;
}

/* Counts a call. Returns whether it is to fail, and sets errno then. */
static bool fails(enum kind kind)
{
	unsigned long n;

	if (!active)
		return false;
	n = atomic_fetch_add(&counts[kind], 1) + 1;
	if (kind != chosen || n < chosen_at || (n > chosen_at && !go_on))
		return false;
	fail_here(kinds[kind].error);
	return true;
}

/* The function of this name after ours. */
#define NEXT(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size)
{
	return fails(MALLOC) ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	return fails(MALLOC) ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
	return fails(MALLOC) ? NULL : __libc_realloc(p, size);
}

int posix_memalign(void **p, size_t alignment, size_t size)
{
	void *memory = fails(MALLOC) ? NULL : __libc_memalign(alignment, size);

	if (!memory)
		return ENOMEM;
	*p = memory;
	return 0;
}

int open(const char *path, int flags, ...)
{
	va_list ap;
	int mode;

	va_start(ap, flags);
	mode = (flags & (O_CREAT | __O_TMPFILE)) ? va_arg(ap, int) : 0;
	va_end(ap);
	return fails(OPEN) ? -1 : (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

ssize_t read(int fd, void *buf, size_t n)
{
	if (fails(READ) || fails(INTERRUPTED))
		return -1;
	return syscall(SYS_read, fd, buf, n > 1 && fails(SHORT) ? 1 : n);
}

ssize_t write(int fd, const void *buf, size_t n)
{
	if (fails(WRITE) || fails(INTERRUPTED))
		return -1;
	return syscall(SYS_write, fd, buf, n > 1 && fails(SHORT) ? 1 : n);
}

int fsync(int fd)
{
	return fails(FSYNC) ? -1 : NEXT(fsync)(fd);
}

int rename(const char *from, const char *to)
{
	return fails(RENAME) ? -1 : NEXT(rename)(from, to);
}

int linkat(int from, const char *old, int to, const char *new, int flags)
{
	return fails(RENAME) ? -1 : NEXT(linkat)(from, old, to, new, flags);
}

/* Linux closes a descriptor even where it reports a failure. */
int close(int fd)
{
	bool failed = fails(CLOSE);
	int status = (int)syscall(SYS_close, fd);

	if (failed)
		errno = kinds[CLOSE].error;
	return failed ? -1 : status;
}

int poll(struct pollfd *fds, nfds_t n, int timeout)
{
	return fails(POLL) || fails(INTERRUPTED) ? -1 : NEXT(poll)(fds, n, timeout);
}

int ppoll(struct pollfd *fds, nfds_t n, const struct timespec *timeout, const sigset_t *mask)
{
	return fails(POLL) || fails(INTERRUPTED) ? -1 : NEXT(ppoll)(fds, n, timeout, mask);
}

/* The descriptors of the streams that were replaced. */
enum { STREAMS = 16 };

static struct stream {
	FILE *file;
	int fd;
} streams[STREAMS];

static ssize_t stream_read(void *cookie, char *buf, size_t n)
{
	return fails(READ) ? -1 : syscall(SYS_read, ((struct stream *)cookie)->fd, buf, n);
}

static ssize_t stream_write(void *cookie, const char *buf, size_t n)
{
	const struct stream *s = cookie;
	size_t done = 0;

	while (done < n) {
		ssize_t some = fails(WRITE) ? -1 : syscall(SYS_write, s->fd, buf + done, n - done);

		if (some < 0)
			return 0;
		done += (size_t)some;
	}
	return (ssize_t)n;
}

static int stream_seek(void *cookie, off64_t *offset, int whence)
{
	off64_t at = lseek(((struct stream *)cookie)->fd, *offset, whence);

	*offset = at;
	return at < 0 ? -1 : 0;
}

static int stream_close(void *cookie)
{
	struct stream *s = cookie;

	s->file = NULL;
	return close(s->fd);
}

static FILE *replace(int fd, const char *mode)
{
	const cookie_io_functions_t functions = {stream_read, stream_write, stream_seek, stream_close};
	struct stream *s = streams;

	while (s < streams + STREAMS - 1 && s->file)
		s++;
	*s = (struct stream){.fd = fd};
	s->file = fopencookie(s, mode, functions);
	return s->file;
}

FILE *fdopen(int fd, const char *mode)
{
	if (!active)
		return NEXT(fdopen)(fd, mode);
	return fails(FDOPEN) ? NULL : replace(fd, mode);
}

FILE *fopen(const char *path, const char *mode)
{
	FILE *f = NULL;
	int fd;

	if (!active)
		return NEXT(fopen)(path, mode);
	fd = open(path, (*mode == 'r' ? O_RDONLY : O_WRONLY | O_CREAT | O_TRUNC) | O_CLOEXEC, 0666);
	if (fd >= 0)
		f = replace(fd, mode);
	if (fd >= 0 && !f)
		syscall(SYS_close, fd);
	return f;
}

int fileno(FILE *f)
{
	for (size_t i = 0; i < STREAMS; i++)
		if (f && streams[i].file == f)
			return streams[i].fd;
	return NEXT(fileno)(f);
}

static void begin(void)
{
	const char *program = getenv("FAIL_IN"), *kind = getenv("FAIL_KIND"), *at = getenv("FAIL_AT");

	if (!program || strcmp(program, program_invocation_short_name) != 0)
		return;
	for (int i = 0; kind && at && i < KINDS; i++)
		if (strcmp(kinds[i].name, kind) == 0)
			chosen = (enum kind)i;
	chosen_at = at ? strtoul(at, NULL, 10) : 0;
	go_on = getenv("FAIL_ON") != NULL;
	stdout = replace(STDOUT_FILENO, "w");
	active = true;
}

__attribute__((destructor)) static void report(void)
{
	const char *path = active ? getenv("FAIL_REPORT") : NULL;
	int fd;

	active = false;
	fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666) : -1;
	for (int i = 0; fd >= 0 && i < KINDS; i++)
		dprintf(fd, "%s %lu\n", kinds[i].name, atomic_load(&counts[i]));
}

typedef int main_function(int argc, char **argv, char **env);

/* What calls main; the libraries have been initialised. */
int __libc_start_main(main_function *function, int argc, char **argv, void (*init)(void), void (*fini)(void),
		      void (*end)(void), void *stack);
int __libc_start_main(main_function *function, int argc, char **argv, void (*init)(void), void (*fini)(void),
		      void (*end)(void), void *stack)
{
	begin();
	return NEXT(__libc_start_main)(function, argc, argv, init, fini, end, stack);
}
