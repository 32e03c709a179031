/*
 * tame: text from outside that a terminal is shown. Control characters, by which it could be commanded, become '?'.
 */
#ifndef BOTIFY_TAME_H
#define BOTIFY_TAME_H

#include <stdio.h>

/* In place. `text` is UTF-8; what it loses in bytes is taken out. */
void tame(char *text);

/* Writes it tamed. Errors of f are for ferror to tell. */
void tame_put(FILE *f, const char *text);

#endif
