/*
 * progress: how far the reading of files has come, in words for a terminal.
 */
#ifndef BOTIFY_PROGRESS_H
#define BOTIFY_PROGRESS_H

#include <stddef.h>
#include <stdint.h>

enum { PROGRESS_SIZE = 96 };

/*
 * Writes "12 of 340 MB read, 60 MB/s, 6 s left" where `done` bytes took so many seconds; without what is to come where
 * `total` is not known (0) or exceeded. Returns text.
 */
const char *progress_text(char text[PROGRESS_SIZE], uint64_t done, uint64_t total, double seconds);

/*
 * The bytes that are in files, "-" being standard input and an empty list too, as they lie on the disk; 0 where one of
 * them is no regular file, or not there.
 */
uint64_t progress_total(char *const *paths, size_t n);

#endif
