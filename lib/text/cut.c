#include "text/cut.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/murmur3.h"

/* What takes the place of the rest has fewer bytes than that at least has: 14 for 15 characters. */
enum { HEAD = 58, TAIL = 28 };

static bool begins_character(char byte)
{
	return ((unsigned char)byte & 0xc0) != 0x80;
}

/* Whether n bytes are more than CUT_MOST characters. */
static bool is_long(const char *text, size_t n)
{
	size_t characters = 0;

	for (size_t i = 0; i < n && characters <= CUT_MOST; i++)
		characters += begins_character(text[i]);
	return characters > CUT_MOST;
}

/* Cuts n bytes, if they are many, to the bytes at `to`, the same or earlier ones. Returns the end of these. */
static char *cut_to(char *to, const char *text, size_t n)
{
	char digits[16];
	size_t head = 0, tail = n;

	if (!is_long(text, n)) {
		memmove(to, text, n);
		return to + n;
	}
	snprintf(digits, sizeof digits, "…%08" PRIx32 "…", murmur3(text, n, 0));
	for (int i = 0; i < HEAD; i++)
		for (head++; !begins_character(text[head]); head++)
			;
	for (int i = 0; i < TAIL; i++)
		for (tail--; !begins_character(text[tail]); tail--)
			;
	memmove(to, text, head);
	memcpy(to + head, digits, strlen(digits));
	memmove(to + head + strlen(digits), text + tail, n - tail);
	return to + head + strlen(digits) + (n - tail);
}

void cut(char *text)
{
	*cut_to(text, text, strlen(text)) = '\0';
}

void cut_words(char *text)
{
	char *to = text, *at = text;

	while (*at) {
		size_t n = strcspn(at, " "), rest = strspn(at + n, " ");

		/* punctuation after a name is not part of it */
		for (; n > 0 && strchr(",.:;)", at[n - 1]); n--)
			rest++;
		to = cut_to(to, at, n);
		memmove(to, at + n, rest);
		to += rest;
		at += n + rest;
	}
	*to = '\0';
}
