#include "errmsg.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int errmsg_set(struct errmsg *e, const char *format, ...)
{
	char text[sizeof e->text];
	va_list ap;

	/* By way of a copy: an argument may be the old text. */
	va_start(ap, format);
	vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	memcpy(e->text, text, sizeof text);
	return -1;
}

int errmsg_prefix(struct errmsg *e, const char *format, ...)
{
	char prefix[sizeof e->text];
	va_list ap;

	va_start(ap, format);
	vsnprintf(prefix, sizeof prefix, format, ap);
	va_end(ap);
	return errmsg_set(e, "%s: %s", prefix, e->text);
}

int errmsg_nomem(struct errmsg *e)
{
	return errmsg_set(e, "out of memory");
}
