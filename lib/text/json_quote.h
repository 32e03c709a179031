/*
 * json_quote: text as a string of JSON, written into memory. For a stdio stream, see json_put.
 *
 * Text is UTF-8 and may hold NUL bytes; escapes are those of RFC 8259, section 7, of which control characters have the
 * long form. Each function writes at `to`, which has the room, and returns the end of what it wrote; no NUL follows.
 * They stand here because four strings an event are written with them: calls would take a twentieth of event_write.
 */
#ifndef BOTIFY_JSON_QUOTE_H
#define BOTIFY_JSON_QUOTE_H

#include <stddef.h>
#include <string.h>

enum { JSON_QUOTE_ESCAPE = 6 }; /* bytes that one byte may become: \u00xx */

/* Bytes of room for json_quote. */
static inline size_t json_quote_room(size_t len)
{
	return JSON_QUOTE_ESCAPE * len + 2;
}

/* The text without quotes around it, so that a long one can be written piece by piece. */
static inline char *json_quote_piece(char *to, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '"' || c == '\\') {
			*to++ = '\\';
			*to++ = (char)c;
		} else if (c < 0x20) {
			memcpy(to, "\\u00", 4);
			to[4] = "0123456789abcdef"[c >> 4];
			to[5] = "0123456789abcdef"[c & 15];
			to += JSON_QUOTE_ESCAPE;
		} else {
			*to++ = (char)c;
		}
	}
	return to;
}

/* The text in quotes. */
static inline char *json_quote(char *to, const char *text, size_t len)
{
	*to++ = '"';
	to = json_quote_piece(to, text, len);
	*to++ = '"';
	return to;
}

#endif
