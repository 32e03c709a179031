/*
 * descriptors: standard input, output and error of a process that was started without them.
 *
 * The next file or pipe that is opened takes the lowest free number, and what is meant for standard output then lands
 * in it.
 */
#ifndef BOTIFY_DESCRIPTORS_H
#define BOTIFY_DESCRIPTORS_H

/*
 * Fills each of the descriptors 0 to 2 that is closed with one that can be neither read nor written: using it fails as
 * it would have done (EBADF), and closing it does not. To be called before anything is opened. Returns 0, or -1 with
 * errno.
 */
int descriptors_fill(void);

#endif
