#include "jsonout.h"

#include "number.h"

void jsonout_string(FILE *f, const char *text)
{
	putc('"', f);
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			fprintf(f, "\\%c", c);
		else if (c < 0x20)
			fprintf(f, "\\u%04x", c);
		else
			putc(c, f);
	}
	putc('"', f);
}

void jsonout_number(FILE *f, double x)
{
	char text[NUMBER_SIZE];
	size_t len = number_write(text, x);

	fwrite(text, 1, len, f);
}
