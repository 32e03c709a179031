#include "text/sanitize.h"

#include <stdlib.h>

#include "unit/check.h"

static void controls_become_question_marks(void)
{
	static const struct {
		const char *wild, *sanitize;
	} known[] = {
		{"", ""},
		{"plain – ü", "plain – ü"},
		{"\033[31mred\n\x7f", "?[31mred??"},
		{"\xc2\x9b" "31m \xc2\xa0", "?31m \xc2\xa0"}, /* U+009B is a control, U+00A0 a space */
		{"half \xc2", "half \xc2"},
		{"\u202elive \u2066x\u2069", "?live ?x?"},
		{"a\u2028b\u2029c \u2027", "a?b?c \u2027"}, /* line ends of Unicode */
		{"\u202f\u2065\u200f", "\u202f\u2065\u200f"},
		{"half \xe2\x80", "half \xe2\x80"},
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		char text[64], *put = NULL;
		size_t len;
		FILE *f = open_memstream(&put, &len);

		strcpy(text, known[i].wild);
		sanitize(text);
		CHECK_STR(text, known[i].sanitize);
		sanitize_put(f, known[i].wild);
		fclose(f);
		CHECK_STR(put, known[i].sanitize);
		free(put);
	}
}

static void lines_keep_their_ends(void)
{
	char text[] = "a\tb\n\033[2Jc\r\n\u202ed\n";

	sanitize_lines(text);
	CHECK_STR(text, "a\tb\n?[2Jc?\n?d\n");
}

int main(void)
{
	RUN(controls_become_question_marks);
	RUN(lines_keep_their_ends);
	return DONE();
}
