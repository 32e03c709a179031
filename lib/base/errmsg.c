#include "base/errmsg.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Takes a character that was cut in two off the end, so that what was UTF-8 still is. */
static void drop_cut_character(char *text)
{
	size_t len = strlen(text), start = len;

	while (start > 0 && len - start < 4 && ((unsigned char)text[start - 1] & 0xc0) == 0x80)
		start--;
	if (start > 0) {
		unsigned char lead = (unsigned char)text[start - 1];
		size_t follow = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : lead >= 0xc0 ? 1 : 0;

		if (len - start < follow)
			text[start - 1] = 0;
	}
}

int errmsg_set(struct errmsg *e, const char *format, ...)
{
	char text[sizeof e->text];
	va_list ap;
	int len;

	/* By way of a copy: an argument may be the old text. */
	va_start(ap, format);
	len = vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	if (len >= (int)sizeof text)
		drop_cut_character(text);
	memcpy(e->text, text, sizeof text);
	e->no_memory = false;
	return -1;
}

int errmsg_prefix(struct errmsg *e, const char *format, ...)
{
	char prefix[sizeof e->text];
	bool no_memory = e->no_memory;
	va_list ap;

	va_start(ap, format);
	vsnprintf(prefix, sizeof prefix, format, ap);
	va_end(ap);
	errmsg_set(e, "%s: %s", prefix, e->text);
	e->no_memory = no_memory;
	return -1;
}

int errmsg_append(struct errmsg *e, const char *format, ...)
{
	char more[sizeof e->text];
	bool no_memory = e->no_memory;
	va_list ap;

	va_start(ap, format);
	if (vsnprintf(more, sizeof more, format, ap) >= (int)sizeof more)
		drop_cut_character(more);
	va_end(ap);
	errmsg_set(e, "%s%s", e->text, more);
	e->no_memory = no_memory;
	return -1;
}

int errmsg_nomem(struct errmsg *e)
{
	errmsg_set(e, "out of memory");
	e->no_memory = true;
	return -1;
}
