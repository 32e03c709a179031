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
	check("GH-12 gh-1 GH- LIGH-7", "GH<!-- -->-12 gh<!-- -->-1 GH- LIGH-7");
	/* what may be the name of a commit: 7 to 40 hexadecimal digits */
	check("deadbe deadbee5 xdeadbee5", "deadbe deadbe<!-- -->e5 xdeadbee5");
	check("0123456789abcdef", "012345<!-- -->6789ab<!-- -->cdef");
	check("12345678 defaced", "12345678 defaced");
}

static void addresses_are_not_linked(void)
{
	check("https://e", "https:<!-- -->//e");
	check("see ftp://e.com/x_y", "see ftp:<!-- -->//e.com/x_y");
	check("www.e.com WWW.e.com awww. www", "www<!-- -->.e.com WWW<!-- -->.e.com awww<!-- -->. www");
	check("a.b@e.com", "a.b\\@<!-- -->e.com");
	check("a@-e.com a@_e.com a@é.com", "a\\@<!-- -->-e.com a\\@<!-- -->\\_e.com a\\@<!-- -->é.com");
	check("mailto:a@e.com", "mailto:a\\@<!-- -->e.com");
	check("toppop:100, 12:30 :) a::b", "toppop:100, 12:30 :) a::b");
}

static void words_between_colons_are_no_emoji(void)
{
	check("a :smile: b", "a :<!-- -->smile: b");
	check(":+1::-1:", "\\:<!-- -->+1::<!-- -->-1:");
	check("10:30:50", "10:<!-- -->30:50");
}

/* A space beside the signs of emphasis would make them signs of themselves. */
static void a_space_at_an_end_is_a_space(void)
{
	check(" a b ", "&#32;a b&#32;");
	check(" ", "&#32;");
	check("  ", "&#32;&#32;");
	check("   ", "&#32; &#32;");
	check("\u00a0a\u3000", "&#160;a&#12288;");
	check("\u2003a\u1680b\u205f", "&#8195;a\u1680b&#8287;");
	check("\u202ea\n", "&#32;a&#32;");
	check("\u200fa\u200e", "\u200fa\u200e");
}

static void a_text_stays_on_its_line(void)
{
	check("a\nb\tc\x7f.", "a b c .");
	check("a\u2028b\u2029c", "a b c");
}

int main(void)
{
	RUN(plain_text_stays_as_it_is);
	RUN(what_has_a_meaning_is_escaped);
	RUN(what_has_a_meaning_at_the_start_is_escaped_there);
	RUN(nobody_is_called_and_no_issue_is_linked);
	RUN(addresses_are_not_linked);
	RUN(words_between_colons_are_no_emoji);
	RUN(a_space_at_an_end_is_a_space);
	RUN(a_text_stays_on_its_line);
	return DONE();
}
