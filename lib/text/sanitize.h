/*
 * sanitize: text from outside that people are shown. Control characters, by which a terminal could be commanded,
 * become '?', and so do those that end a line or turn the direction of all that stands after them (Unicode Standard
 * Annex 9, explicit formatting).
 */
#ifndef BOTIFY_TAME_H
#define BOTIFY_TAME_H

#include <stddef.h>
#include <stdio.h>

/* How many bytes at the start of a text are such a character; 0 where there is none. */
size_t sanitize_wild(const char *text);

/* In place. `text` is UTF-8; what it loses in bytes is taken out. */
void sanitize(char *text);

/* The same for a text of several lines: its line ends and tabs stay. */
void sanitize_lines(char *text);

/* Writes it sanitized. Errors of f are for ferror to tell. */
void sanitize_put(FILE *f, const char *text);

#endif
