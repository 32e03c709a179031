#include "report/section.h"

#include <stdlib.h>

#include "unit/check.h"

static struct errmsg e;

static const struct section_column columns[] = {
	{"arm", "arm", SECTION_TEXT},	   {"n", "users", SECTION_COUNT},	{"x", "mean", SECTION_NUMBER},
	{"effect", "effect", SECTION_PERCENT}, {"p", "p", SECTION_P},		{"needs", "needs", SECTION_WHOLE},
	{"never", "never", SECTION_NUMBER},
};

static void add(struct section *s, const char *arm, uint64_t n, double x)
{
	section_text(s, arm);
	section_count(s, n);
	section_number(s, x);
	section_number(s, -x);
	section_number(s, x / 100);
	section_number(s, 1000 * x);
	section_number(s, NAN);
}

static struct section example(void)
{
	struct section s;

	section_init(&s, "key", "A title", "A note.", columns, sizeof columns / sizeof *columns);
	add(&s, "a|\"<b>\"", 12345, 1.5);
	add(&s, "c", 0, NAN);
	return s;
}

/* What a writer writes; free it. */
static char *written(const struct section *s, int which)
{
	char *text;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	CHECK((which == 0   ? section_put_json(s, f, &e)
	       : which == 1 ? section_put_table(s, f, false, &e)
	       : which == 2 ? section_put_markdown(s, f, &e)
			    : section_put_html(s, f, &e)) == 0);
	fclose(f);
	return text;
}

static void check_written(const struct section *s, int which, const char *want)
{
	char *got = written(s, which);

	CHECK_STR(got, want);
	free(got);
}

static void json_has_every_column_and_null(void)
{
	struct section s = example();

	CHECK(section_rows(&s) == 2);
	check_written(&s, 0,
		      "\"key\":[\n"
		      "{\"arm\":\"a|\\\"<b>\\\"\",\"n\":12345,\"x\":1.5,\"effect\":-1.5,\"p\":0.015,\"needs\":1500,"
		      "\"never\":null},\n"
		      "{\"arm\":\"c\",\"n\":0,\"x\":null,\"effect\":null,\"p\":null,\"needs\":null,\"never\":null}\n]");
	section_clear(&s);
}

static void people_do_not_see_what_is_never_known(void)
{
	struct section s = example();
	char *html = written(&s, 3);

	check_written(&s, 1,
		      "A title\n"
		      "arm       users   mean  effect       p  needs\n"
		      "a|\"<b>\"  12,345  1.500  -1.50%  0.0150  1,500\n"
		      "c             0      -       -       -      -\n"
		      "A note.\n\n");
	check_written(&s, 2,
		      "## A title\n\n| arm | users | mean | effect | p | needs |\n|:--|--:|--:|--:|--:|--:|\n"
		      "| a\\|\"&lt;b&gt;\" | 12,345 | 1.500 | −1.50\u00a0% | 0.0150 | 1,500 |\n"
		      "| c | 0 | – | – | – | – |\n\nA note.\n\n");
	CHECK(strstr(html, "<tr><th scope=\"row\">a|&quot;&lt;b&gt;&quot;</th><td class=\"r\">12,345</td>") != NULL);
	CHECK(strstr(html, "never") == NULL && strstr(html, "<caption>") == NULL);
	CHECK(strstr(html, "<p class=\"muted\">A note.</p>") != NULL);
	free(html);
	section_clear(&s);
}

/* Two experiments, of which one has two arms, with two days each. */
static struct section layered(void)
{
	static const struct section_column layers[] = {
		{"experiment", "experiment", SECTION_TEXT},
		{"arm", "arm", SECTION_TEXT},
		{"day", "day", SECTION_TEXT},
		{"metric", "metric", SECTION_METRIC},
		{"n", "users", SECTION_COUNT},
		{"all", "users\nuntil then", SECTION_COUNT},
	};
	static const char *const names[][2] = {{"<X>", "C"}, {"<X>", "T"}, {"Y", "T"}};
	struct section s;

	section_init(&s, "key", "A title", "", layers, 6);
	section_layout(&s, 2, "all");
	for (size_t i = 0; i < 6; i++) {
		section_text(&s, names[i / 2][0]);
		section_text(&s, names[i / 2][1]);
		section_text(&s, i % 2 == 0 ? "1st" : "2nd");
		section_text(&s, "time");
		section_count(&s, i);
		section_count(&s, 10 * i);
	}
	return s;
}

static void a_terminal_says_once_what_rows_share(void)
{
	struct section s = layered();

	check_written(&s, 1,
		      "A title\n"
		      "day  metric  users\n"
		      "<X> · C\n1st  time        0\n2nd  time        1\n"
		      "<X> · T\n1st  time        2\n2nd  time        3\n"
		      "Y · T\n1st  time        4\n2nd  time        5\n"
		      "          users\n"
		      "day  until then\n"
		      "<X> · C\n1st           0\n2nd          10\n"
		      "<X> · T\n1st          20\n2nd          30\n"
		      "Y · T\n1st          40\n2nd          50\n\n");
	section_clear(&s);
}

static void a_page_says_once_what_rows_share(void)
{
	struct section s = layered();
	const char *group = "<tr><th class=\"group\" scope=\"rowgroup\" colspan=\"3\">&lt;X&gt; · C</th></tr>";
	char *html = written(&s, 3), *at = strstr(html, group);

	CHECK(at && !strstr(at + 1, group) &&
	      strstr(at, "<tr><th scope=\"row\">2nd</th><td>time, tracks</td><td class=\"r\">1</td></tr>"));
	CHECK(strstr(html, ">experiment<") == NULL && strstr(html, "colspan=\"3\">Y · T<") != NULL);
	CHECK(at && (at = strstr(at, "<table>")) && strstr(at, "colspan=\"2\">Y · T<"));
	CHECK(at && strstr(at, "<tr><th scope=\"row\">2nd</th><td class=\"r\">50</td></tr>"));
	free(html);
	section_clear(&s);
}

static void markdown_has_one_table(void)
{
	struct section s = layered();
	char *text = written(&s, 2);

	CHECK(strstr(text, "| experiment | arm | day | metric | users | users until then |\n") != NULL);
	CHECK(strstr(text, "| Y | T | 2nd | time, tracks | 5 | 50 |\n") != NULL);
	free(text);
	section_clear(&s);
}

static void an_empty_one_is_one(void)
{
	struct section s;

	section_init(&s, "key", "A title", "", columns, 2);
	CHECK(section_rows(&s) == 0);
	check_written(&s, 0, "\"key\":[\n]");
	check_written(&s, 1, "A title\nThere is nothing to tell.\n\n");
	check_written(&s, 2, "## A title\n\nThere is nothing to tell.\n\n");
	section_clear(&s);
}

static void long_notes_are_broken_at_spaces(void)
{
	struct section s;
	char *text;

	section_init(&s, "key", "A title",
		     "A note that is so long that no terminal of eighty columns would hold all of it in one line, and "
		     "then some more.",
		     columns, 2);
	section_text(&s, "");
	section_count(&s, 1);
	text = written(&s, 1);
	CHECK(strncmp(text, "A title\narm        users\n(no name)      1\n", 40) == 0);
	for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
		CHECK(strcspn(line, "\n") <= 78);
	CHECK(strstr(text, "eighty columns would hold all of\nit in") != NULL ||
	      strstr(text, "all of it\nin one") != NULL || strstr(text, "hold all\nof it") != NULL);
	free(text);
	section_clear(&s);
}

static void a_failure_is_told_by_every_writer(void)
{
	struct section s = example();
	FILE *f = fopen("/dev/null", "w");

	s.failed = true;
	CHECK(section_put_json(&s, f, &e) < 0 && section_put_table(&s, f, false, &e) < 0);
	CHECK(section_put_markdown(&s, f, &e) < 0 && section_put_html(&s, f, &e) < 0);
	fclose(f);
	section_clear(&s);
	CHECK(s.cells == NULL && s.n == 0);
}

int main(void)
{
	RUN(json_has_every_column_and_null);
	RUN(people_do_not_see_what_is_never_known);
	RUN(a_terminal_says_once_what_rows_share);
	RUN(a_page_says_once_what_rows_share);
	RUN(markdown_has_one_table);
	RUN(an_empty_one_is_one);
	RUN(long_notes_are_broken_at_spaces);
	RUN(a_failure_is_told_by_every_writer);
	return DONE();
}
