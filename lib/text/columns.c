#include "text/columns.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"

void columns_clear(struct columns *c)
{
	free(c->buf);
	*c = (struct columns){0};
}

static bool is_utf8(const char *text, size_t len)
{
	json_t *string = json_stringn(text, len);

	json_decref(string);
	return string != NULL;
}

static char *skip_spaces(char *at)
{
	return at + strspn(at, " ");
}

/* Ends a field at `end`, or before the spaces that stand there. */
static void end_field(const char *begin, char *end)
{
	while (end > begin && end[-1] == ' ')
		end--;
	*end = '\0';
}

/* Takes the quotes off a field, in place. Returns what follows the last one, or NULL where they do not end. */
static char *unquote(char *field)
{
	char *from = field + 1, *to = field;

	for (; *from; *to++ = *from++)
		if (*from == '"' && *++from != '"') {
			*to = '\0';
			return from;
		}
	return NULL;
}

/* Takes the field that begins at *at, and moves on to the next one; to NULL after the last. */
static int take_field(struct columns *c, char **at, struct errmsg *e)
{
	const char separators[] = {c->separator, '\0'};
	char *field = skip_spaces(*at), *end;
	bool quoted = c->separator == ',' && *field == '"';

	end = quoted ? unquote(field) : field + strcspn(field, separators);
	if (!end)
		return errmsg_set(e, "quotes do not end");
	if (quoted)
		end = skip_spaces(end);
	if (*end && *end != c->separator)
		return errmsg_set(e, "there is text after a field in quotes");
	*at = *end ? end + 1 : NULL;
	if (!quoted)
		end_field(field, end);
	if (c->n < COLUMNS_MAX)
		c->field[c->n] = field;
	c->n++;
	return 0;
}

int columns_split(struct columns *c, const char *text, size_t len, struct errmsg *e)
{
	char *buf = grow(c->buf, &c->cap, len + 1, 1), *at;
	int status = 0;

	if (!buf)
		return errmsg_nomem(e);
	c->buf = at = buf;
	memcpy(buf, text, len);
	buf[len] = '\0';
	c->n = 0;
	if (memchr(text, '\0', len))
		return errmsg_set(e, "there is a NUL byte in it");
	if (!is_utf8(text, len))
		return errmsg_set(e, "it is not UTF-8");
	if (!c->separator)
		c->separator = memchr(text, '\t', len) ? '\t' : ',';
	while (at && status == 0)
		status = take_field(c, &at, e);
	return status;
}
