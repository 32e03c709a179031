#include "text/width.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <wchar.h>

int width_init(struct width *w)
{
	errno = 0;
	w->locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	return !w->locale && errno == ENOMEM ? -1 : 0;
}

void width_clear(struct width *w)
{
	if (w->locale)
		freelocale(w->locale);
	w->locale = (locale_t)0;
}

/*
 * The first character of n bytes (RFC 3629), and how many bytes it has; 0 where it is none. mbrtowc would ask for
 * memory when it is first called, and without it take all that is not ASCII for none.
 */
static size_t decode_character(const char *text, size_t n, wchar_t *c)
{
	static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
	unsigned char lead = (unsigned char)*text;
	size_t more = lead < 0x80 ? 0 : lead < 0xc0 ? n : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : lead < 0xf8 ? 3 : n;
	uint32_t code;

	if (more >= n)
		return 0;
	code = more == 0 ? lead : lead & (0x3fu >> more);
	for (size_t i = 1; i <= more; i++) {
		unsigned char byte = (unsigned char)text[i];

		if ((byte & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (byte & 0x3f);
	}
	if (code < least[more] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return 0;
	*c = (wchar_t)code;
	return more + 1;
}

/* The columns of the first character of n bytes, and how many bytes it has. */
static size_t of_character(const char *text, size_t n, size_t *bytes)
{
	wchar_t c;
	size_t len = decode_character(text, n, &c);
	int columns = len > 0 ? wcwidth(c) : 1;

	*bytes = len > 0 ? len : 1;
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
