/*
 * track_users: how many different users listened to each track, exactly. Takes memory for each pair of a track and a
 * user that occurs, however often it does.
 */
#ifndef BOTIFY_TRACK_USERS_H
#define BOTIFY_TRACK_USERS_H

#include <stddef.h>
#include <stdint.h>

/* Zero-initialise; free with track_users_clear. */
struct track_users {
	uint64_t *pairs; /* n of them, track << 32 | user; the first `sorted` are in order, and different */
	size_t n, sorted, cap;
};

void track_users_clear(struct track_users *u);

/* Notes that a user listened to a track. Returns 0, or -1 where there is no memory. */
int track_users_add(struct track_users *u, uint32_t track, uint32_t user);

/* Adds all pairs of `from`. Returns 0, or -1 where there is no memory. */
int track_users_merge(struct track_users *u, const struct track_users *from);

/* Puts the pairs in order, each once. To be called before they are looked at. */
void track_users_sort(struct track_users *u);

/* How many different users a track has, and in *first where its pairs begin. The pairs must be in order. */
size_t track_users_of(const struct track_users *u, uint32_t track, size_t *first);

#endif
