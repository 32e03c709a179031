/*
 * destination (private to lib/base): what a path means to a writer.
 */
#ifndef BOTIFY_DESTINATION_H
#define BOTIFY_DESTINATION_H

enum destination_kind {
	DESTINATION_FILE,      /* a file, there or not, that another one may replace */
	DESTINATION_DIRECT,    /* a device, a pipe, something below /dev or /proc: to be opened and written to */
	DESTINATION_DESCRIPTOR /* a descriptor that this process has been given, as /dev/stdout or /dev/fd/3 */
};

struct destination {
	enum destination_kind kind;
	char *path; /* where symbolic links lead; absolute, and no link itself. NULL for a descriptor. */
	int fd;	    /* of a descriptor */
};

/*
 * Finds out, following symbolic links, the last of which may lead to a file that is not there. /dev/shm is a place for
 * files as others. Returns 0, or -1 with errno. Free with destination_clear.
 */
int destination_find(struct destination *d, const char *path);
void destination_clear(struct destination *d);

#endif
