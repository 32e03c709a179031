#include "render/html.h"

#include <stdlib.h>

#include "unit/check.h"

/* A stream into memory: what was written is valid until the next call of written(). */
static char *text;
static size_t size;

static FILE *begin(void)
{
	free(text);
	text = NULL;
	return open_memstream(&text, &size);
}

static const char *written(FILE *f)
{
	fclose(f);
	return text;
}

static const char *escaped(const char *plain)
{
	FILE *f = begin();

	html_text(f, plain);
	return written(f);
}

static void markup_is_escaped(void)
{
	CHECK_STR(escaped("<script>alert(\"x\")</script> & 'so on'"),
		  "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;so on&#39;");
	CHECK_STR(escaped("Überraschung 日本 🎵"), "Überraschung 日本 🎵");
	CHECK_STR(escaped(""), "");
}

static void what_xml_does_not_know_is_replaced(void)
{
	CHECK_STR(escaped("a\033[2J\r\x7f" "b"), "a\ufffd[2J\ufffd\ufffdb");
	CHECK_STR(escaped("tab\tline\n"), "tab\tline\n");
	CHECK_STR(escaped("\xc2\x85|\ufffe|\uffff"), "\ufffd|\ufffd|\ufffd");
	CHECK_STR(escaped("left\u202eright\u2066"), "left\ufffdright\ufffd");
}

static void broken_utf_8_hides_nothing(void)
{
	CHECK_STR(escaped("\xc3<"), "\ufffd&lt;");
	CHECK_STR(escaped("\xe2\x82"), "\ufffd\ufffd");
	CHECK_STR(escaped("\xf0\x9f\x8e"), "\ufffd\ufffd\ufffd");
	CHECK_STR(escaped("\xff\x80<"), "\ufffd\ufffd&lt;");
	CHECK_STR(escaped("\xed\xa0\x80"), "\ufffd"); /* half of a surrogate pair */
}

static void a_table_has_heads_and_groups(void)
{
	static const struct html_column columns[] = {{"a<b", 'l'}, {"n", 'r'}};
	struct html_table t;
	FILE *f = begin();

	html_table_begin(&t, f, "\"all\"", columns, 2);
	html_table_group(&t, "T1 & co");
	html_table_cell(&t, HTML_PLAIN, "x");
	html_table_cell(&t, HTML_GOOD, "1");
	html_table_end(&t);
	CHECK_STR(written(f), "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"&quot;all&quot;\">\n"
			      "<table>\n<caption><span>&quot;all&quot;</span></caption>\n<thead>\n"
			      "<tr><th scope=\"col\">a&lt;b</th><th scope=\"col\" class=\"r\">n</th></tr>\n</thead>\n"
			      "<tbody>\n"
			      "<tr><th class=\"group\" scope=\"rowgroup\" colspan=\"2\">T1 &amp; co</th></tr>\n"
			      "<tr><th scope=\"row\">x</th><td class=\"r good\">1</td></tr>\n</tbody>\n</table>\n"
			      "</div>\n");
}

static void a_table_may_be_empty(void)
{
	static const struct html_column columns[] = {{"a", 'l'}};
	struct html_table t;
	FILE *f = begin();

	html_table_begin(&t, f, "", columns, 1);
	html_table_end(&t);
	CHECK(!strstr(written(f), "tbody"));
}

static void the_page_forbids_itself_what_it_does_not_need(void)
{
	FILE *f = begin();
	const char *page;

	html_begin(f, "</title><script>", "p{color:red}\n");
	html_paragraph(f, HTML_ALARM, "1 < 2");
	html_end(f);
	page = written(f);
	CHECK(strncmp(page, "<!DOCTYPE html>\n", 16) == 0);
	CHECK(strstr(page, "Content-Security-Policy\" content=\"default-src 'none'"));
	CHECK(strstr(page, "<title>&lt;/title&gt;&lt;script&gt;</title>"));
	CHECK(strstr(page, "p{color:red}\n</style>"));
	CHECK(strstr(page, "<p class=\"alarm\">1 &lt; 2</p>\n"));
	CHECK(!strstr(page, "<script") && !strstr(page, "url(") && !strstr(page, "@import") && !strstr(page, "href"));
}

static void options_are_not_broken(void)
{
	FILE *f = begin();
	const char *prose;

	html_prose(f, "a - b < c (--mde), --covariate-before. 1--2 é--");
	prose = written(f);
	CHECK_STR(prose, "a - b &lt; c (<code>--mde</code>), <code>--covariate-before</code>. 1<code>--</code>2 "
			 "é<code>--</code>");
}

int main(void)
{
	RUN(markup_is_escaped);
	RUN(what_xml_does_not_know_is_replaced);
	RUN(broken_utf_8_hides_nothing);
	RUN(a_table_has_heads_and_groups);
	RUN(a_table_may_be_empty);
	RUN(the_page_forbids_itself_what_it_does_not_need);
	RUN(options_are_not_broken);
	free(text);
	return DONE();
}
