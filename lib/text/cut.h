/*
 * cut: long names made short for people: "abcdefg…1a2b3c4d…xyz", the beginning, a number of eight hexadecimal digits
 * that the whole name makes, and the end. The same name is always cut to the same, and others to others, wherever they
 * differ.
 */
#ifndef BOTIFY_CUT_H
#define BOTIFY_CUT_H

enum { CUT_MOST = 100 }; /* characters (code points) that are not cut yet */

/* Cuts a text, in place. It is UTF-8. */
void cut(char *text);

/* Cuts each word of a text, what stands between spaces, without the punctuation after it. */
void cut_words(char *text);

#endif
