#include "text/sanitize.h"

#include <string.h>

/*
 * Whether three bytes of UTF-8 are one of U+2028 and U+2029, which end lines, or U+202A to U+202E or U+2066 to
 * U+2069.
 */
static int ends_line_or_turns(const unsigned char *text)
{
	return text[0] == 0xe2 && ((text[1] == 0x80 && text[2] >= 0xa8 && text[2] <= 0xae) ||
				   (text[1] == 0x81 && text[2] >= 0xa6 && text[2] <= 0xa9));
}

size_t sanitize_wild(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	if (*s == '\0')
		return 0;
	if (*s < 0x20 || *s == 0x7f)
		return 1;
	/* the C1 controls in UTF-8, of which U+009B starts a command too */
	if (s[0] == 0xc2 && s[1] >= 0x80 && s[1] < 0xa0)
		return 2;
	return ends_line_or_turns(s) ? 3 : 0;
}

/* In place, but for the characters in `keep`. */
static void sanitize_but(char *text, const char *keep)
{
	char *to = text;

	while (*text) {
		size_t n = strchr(keep, *text) ? 0 : sanitize_wild(text);

		*to++ = n > 0 ? '?' : *text;
		text += n > 0 ? n : 1;
	}
	*to = '\0';
}

void sanitize(char *text)
{
	sanitize_but(text, "");
}

void sanitize_lines(char *text)
{
	sanitize_but(text, "\n\t");
}

void sanitize_put(FILE *f, const char *text)
{
	while (*text) {
		size_t n = sanitize_wild(text);

		putc(n > 0 ? '?' : *text, f);
		text += n > 0 ? n : 1;
	}
}
