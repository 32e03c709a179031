/*
 * width: how many columns of a terminal a text takes: those of the C library, wcwidth, in a locale of UTF-8 that is
 * not set for the process. Where there is none, every character takes one.
 */
#ifndef BOTIFY_WIDTH_H
#define BOTIFY_WIDTH_H

#include <locale.h>
#include <stddef.h>

struct width {
	locale_t locale;
};

/* Returns 0, or -1 where there is no memory; then there is nothing to clear. */
int width_init(struct width *w);
void width_clear(struct width *w);

/*
 * The columns of a text in UTF-8, or of its first n bytes. Combining characters take none; a byte that is not a
 * character takes one, as what stands in its place does.
 */
size_t width_of(const struct width *w, const char *text);
size_t width_of_part(const struct width *w, const char *text, size_t n);

#endif
