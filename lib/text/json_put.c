#include "text/json_put.h"

#include <string.h>

#include "text/json_quote.h"
#include "text/number.h"

void json_put_bytes(FILE *f, const char *text, size_t len)
{
	enum { PIECE = 128 };
	char quoted[PIECE * JSON_QUOTE_ESCAPE];

	fputc('"', f);
	while (len > 0) {
		size_t n = len < PIECE ? len : PIECE;
		const char *end = json_quote_piece(quoted, text, n);

		fwrite(quoted, 1, (size_t)(end - quoted), f);
		text += n;
		len -= n;
	}
	fputc('"', f);
}

void json_put_string(FILE *f, const char *text)
{
	json_put_bytes(f, text, strlen(text));
}

void json_put_number(FILE *f, double x)
{
	char text[NUMBER_SIZE] = "";
	size_t len = number_write(text, x);

	fwrite(text, 1, len, f);
}
