#include "tame.h"

/*
 * How many bytes at the start of a text are a control character: C0 and DEL, or one of the C1 controls in UTF-8, of which
 * U+009B starts a command too.
 */
static int control(const unsigned char *text)
{
	if (*text < 0x20 || *text == 0x7f)
		return 1;
	return text[0] == 0xc2 && text[1] >= 0x80 && text[1] < 0xa0 ? 2 : 0;
}

void tame(char *text)
{
	char *to = text;

	while (*text) {
		int n = control((const unsigned char *)text);

		*to++ = n > 0 ? '?' : *text;
		text += n > 0 ? n : 1;
	}
	*to = '\0';
}

void tame_put(FILE *f, const char *text)
{
	while (*text) {
		int n = control((const unsigned char *)text);

		putc(n > 0 ? '?' : *text, f);
		text += n > 0 ? n : 1;
	}
}
