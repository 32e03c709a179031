/*
 * markdown: text in GitHub's Markdown.
 */
#ifndef BOTIFY_MARKDOWN_H
#define BOTIFY_MARKDOWN_H

#include <stdio.h>

/*
 * Writes text so that it means itself wherever it stands: in a sentence, a heading, a cell of a table. A comment behind
 * "@" and "#" keeps GitHub from telling somebody of that name, and from linking an issue.
 */
void markdown_text(FILE *f, const char *text);

#endif
