/*
 * markdown: text in GitHub's Markdown.
 */
#ifndef BOTIFY_MARKDOWN_H
#define BOTIFY_MARKDOWN_H

#include <stdio.h>

/*
 * Writes text so that it means itself wherever it stands: in a sentence, a heading, a cell of a table, between signs
 * of emphasis. Comments within what GitHub would link keep it from that: persons, issues and commits of that name,
 * addresses of pages and mails; and from making an emoji of a word between colons. Control characters and line ends
 * become spaces.
 */
void markdown_text(FILE *f, const char *text);

#endif
