#include "render/markdown.h"

#include <stdlib.h>

#include "unit/check.h"

static void check(const char *text, const char *want)
{
	char *got = NULL;
	size_t size;
	FILE *f = open_memstream(&got, &size);

	markdown_text(f, text);
	fclose(f);
	CHECK_STR(got, want);
	free(got);
}

static void plain_text_stays_as_it_is(void)
{
	check("", "");
	check("T1", "T1");
	check("mean_time, 2.5 (ü) a-b x1. c: d", "mean_time, 2.5 (ü) a-b x1. c: d");
}

static void what_has_a_meaning_is_escaped(void)
{
	check("a*b|c`d\\e[f]~!$", "a\\*b\\|c\\`d\\\\e\\[f\\]\\~\\!\\$");
	check("_a_ b_", "\\_a\\_ b\\_");
	check("<b>&amp;", "&lt;b&gt;&amp;amp;");
}

static void what_has_a_meaning_at_the_start_is_escaped_there(void)
{
	check("- a - b", "\\- a - b");
	check("+ a", "\\+ a");
	check("12. a 3. b", "12\\. a 3. b");
	check("12) a", "12\\) a");
	check("# a", "\\# a");
}

static void nobody_is_called_and_no_issue_is_linked(void)
{
	check("@me #12 @ #", "\\@<!-- -->me \\#<!-- -->12 \\@ \\#");
}

static void a_text_stays_on_its_line(void)
{
	check("a\nb\tc\x7f", "a b c ");
}

int main(void)
{
	RUN(plain_text_stays_as_it_is);
	RUN(what_has_a_meaning_is_escaped);
	RUN(what_has_a_meaning_at_the_start_is_escaped_there);
	RUN(nobody_is_called_and_no_issue_is_linked);
	RUN(a_text_stays_on_its_line);
	return DONE();
}
