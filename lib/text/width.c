#include "text/width.h"

#include <stdbool.h>
#include <string.h>
#include <wchar.h>

void width_init(struct width *w)
{
	w->locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

void width_clear(struct width *w)
{
	if (w->locale)
		freelocale(w->locale);
	w->locale = (locale_t)0;
}

/* The columns of the first character of n bytes, and how many bytes it has. */
static size_t of_character(const char *text, size_t n, size_t *bytes)
{
	mbstate_t state = {0};
	wchar_t c;
	size_t len = mbrtowc(&c, text, n, &state);
	int columns;

	*bytes = 1;
	if (len == 0 || len > n)
		return 1;
	*bytes = len;
	columns = wcwidth(c);
	return columns < 0 ? 1 : (size_t)columns;
}

static size_t of_characters(const char *text, size_t n)
{
	size_t columns = 0, bytes;

	for (; n > 0; text += bytes, n -= bytes)
		columns += of_character(text, n, &bytes);
	return columns;
}

static size_t count_characters(const char *text, size_t n)
{
	size_t columns = 0;

	for (size_t i = 0; i < n; i++)
		columns += ((unsigned char)text[i] & 0xc0) != 0x80;
	return columns;
}

static bool is_ascii(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)text[i] >= 0x80)
			return false;
	return true;
}

size_t width_of_part(const struct width *w, const char *text, size_t n)
{
	locale_t before;
	size_t columns;

	if (is_ascii(text, n))
		return n;
	if (!w->locale)
		return count_characters(text, n);
	before = uselocale(w->locale); /* of this thread */
	columns = of_characters(text, n);
	uselocale(before);
	return columns;
}

size_t width_of(const struct width *w, const char *text)
{
	return width_of_part(w, text, strlen(text));
}
