#include "json_put.h"

#include <string.h>

#include "number.h"

void json_put_bytes(FILE *f, const char *text, size_t len)
{
	fputc('"', f);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '"' || c == '\\')
			fprintf(f, "\\%c", c);
		else if (c < 0x20)
			fprintf(f, "\\u%04x", c);
		else
			fputc(c, f);
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
