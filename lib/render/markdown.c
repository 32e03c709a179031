#include "render/markdown.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "text/tame.h"

/* Whether Markdown could take the character at `c` of `text` for something else than itself. */
static bool has_meaning(const char *text, const char *c)
{
	bool within = c > text && isalnum((unsigned char)c[-1]) && isalnum((unsigned char)c[1]);

	if (*c == '_')
		return !within;
	if (strchr("-+=:", *c))
		return c == text;
	if (*c == '.' || *c == ')') /* "1." begins a list */
		return c > text && strspn(text, "0123456789") == (size_t)(c - text);
	return strchr("\\`*[]|~!$@#", *c);
}

void markdown_text(FILE *f, const char *text)
{
	for (const char *c = text; *c; c++) {
		size_t wild = tame_wild(c);

		if (wild > 0) {
			fputc(' ', f);
			c += wild - 1;
		} else if (*c == '<' || *c == '>' || *c == '&') {
			fprintf(f, "&%s;", *c == '<' ? "lt" : *c == '>' ? "gt" : "amp");
		} else {
			fprintf(f, "%s%c", has_meaning(text, c) ? "\\" : "", *c);
		}
		if ((*c == '@' || *c == '#') && isalnum((unsigned char)c[1]))
			fputs("<!-- -->", f);
	}
}
