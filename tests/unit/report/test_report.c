#include "report/report.h"

#include <jansson.h>
#include <stdlib.h>

#include "unit/check.h"

static struct errmsg e;

/* A study of one experiment with these names, three users an arm, and its analysis. */
struct fixture {
	struct study study;
	struct analysis_options options;
	struct analysis analysis;
};

static void add(struct study *s, uint32_t user, const char *experiment, const char *arm, double time)
{
	struct event_arm one = {slice_of(experiment), slice_of(arm)};
	struct event ev = event_of(EVENT_LAST, user, 0, time);

	ev.arms = &one;
	ev.n_arms = 1;
	CHECK(study_add(s, &ev, &e) == 0);
}

static void begin(struct fixture *x, const char *experiment, const char *control, const char *treatment)
{
	study_init(&x->study, STUDY_STREAM, NULL, 0);
	for (uint32_t i = 0; i < 3; i++) {
		add(&x->study, i, experiment, control, 0.25 * (i + 1));
		add(&x->study, 10 + i, experiment, treatment, 0.0625 * (i + 1));
	}
	CHECK(study_end(&x->study, &e) == 0);
	x->options = analysis_defaults();
	x->options.effects.control = control;
	x->options.effects.alpha = 0.3;
	CHECK(analysis_run(&x->analysis, &x->study, &x->options, &e) == 0);
}

/* After the study was changed by hand. */
static void analyse_again(struct fixture *x)
{
	analysis_clear(&x->analysis);
	CHECK(analysis_run(&x->analysis, &x->study, &x->options, &e) == 0);
}

static void end(struct fixture *x)
{
	analysis_clear(&x->analysis);
	study_clear(&x->study);
}

/* What a format writes. Free it. */
static char *written(const struct fixture *x, const char *format, bool colour)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	CHECK(report_format_find(format)->write(&x->analysis, &(struct report_style){.colour = colour}, f, &e) == 0);
	fclose(f);
	return text;
}

static void formats_are_found_by_name(void)
{
	CHECK(report_format_find("table") && report_format_find("json") && report_format_find("ndjson"));
	CHECK(report_format_find("csv")->write == report_csv);
	CHECK(report_format_find("prometheus")->write == report_prometheus);
	CHECK(!report_format_find("jsn") && !report_format_find(""));
}

static void names_are_escaped_in_json(void)
{
	static const char *const name = "q\"b\\n\n\x01é";
	struct fixture x;
	char *text;
	json_t *document;
	const json_t *effect;

	begin(&x, name, "\t", "{}");
	text = written(&x, "json", false);
	document = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	CHECK(document);
	effect = json_array_get(json_object_get(document, "effects"), 0);
	CHECK_STR(json_string_value(json_object_get(effect, "experiment")), name);
	CHECK_STR(json_string_value(json_object_get(effect, "control")), "\t");
	CHECK_STR(json_string_value(json_object_get(effect, "treatment")), "{}");
	json_decref(document);
	free(text);
	end(&x);
}

static void names_are_quoted_in_csv(void)
{
	static const char wanted[] = "\"a,b\",\"say \"\"C\"\"\",\"line\nbreak\",time,-75,";
	struct fixture x;
	char *text, *row;

	begin(&x, "a,b", "say \"C\"", "line\nbreak");
	text = written(&x, "csv", false);
	row = strchr(text, '\n') + 1;
	CHECK(strncmp(row, wanted, strlen(wanted)) == 0);
	free(text);
	end(&x);
}

/* No variance, no value: null, an empty field, a dash; and neither nan nor inf anywhere. */
static void what_is_not_known_is_not_a_number(void)
{
	struct fixture x;
	char *text;

	begin(&x, "X", "C", "T1");
	text = written(&x, "ndjson", false);
	CHECK(strstr(text, "\"metric\":\"sessions\",\"effect\":0,\"lower\":null,\"upper\":null,\"control_mean\":1,"
			   "\"treatment_mean\":1,\"significant\":false,\"control_users\":3,\"treatment_users\":3,\"p\":"
			   "null"));
	CHECK(strstr(text, "\"metric\":\"mean_request_latency\",\"effect\":null,\"lower\":null,\"upper\":null,"
			   "\"control_mean\":null,"));
	CHECK(!strstr(text, "nan") && !strstr(text, "inf"));
	free(text);
	text = written(&x, "csv", false);
	CHECK(strstr(text, "\nX,C,T1,sessions,0,,,1,1,false,3,3,,,,0,,,0,0,0.3,mean,,,,\n"));
	CHECK(strstr(text, "\nX,C,T1,mean_request_latency,,,,,,false,0,0,,,,,,,,,0.3,mean,,,,\n"));
	free(text);
	text = written(&x, "table", false);
	CHECK(strstr(text, "\nmean_request_latency          -       -        -                  -       -\n"));
	CHECK(!strstr(text, "nan") && !strstr(text, "inf"));
	free(text);
	end(&x);
}

static void names_are_escaped_in_html(void)
{
	struct fixture x;
	char *text;

	begin(&x, "<script>", "\"C\"", "a & 'b'");
	text = written(&x, "html", false);
	CHECK(!strstr(text, "<script") && strstr(text, "<h2>&lt;script&gt;</h2>"));
	CHECK(strstr(text, "<strong>a &amp; &#39;b&#39;</strong> listened 75\u00a0% less than &quot;C&quot; ("));
	CHECK(!strstr(text, "nan") && !strstr(text, "inf)"));
	free(text);
	end(&x);
}

/* Hebrew letters: a number right behind them would be shown before them. */
static void numbers_stay_behind_names_from_right_to_left(void)
{
	struct fixture x;
	char *text;

	begin(&x, "X", "C\u05d0", "\u05d1\u202e");
	text = written(&x, "html", false);
	CHECK(strstr(text, "C\u05d0\u200e (control) 3 users, \u05d1\ufffd\u200e 3 users"));
	CHECK(strstr(text, " than C\u05d0\u200e ("));
	free(text);
	text = written(&x, "markdown", false);
	CHECK(strstr(text, "C\u05d0\u200e (control) 3 users, \u05d1&#32;\u200e 3 users"));
	free(text);
	text = written(&x, "table", false);
	CHECK(strstr(text, "X: C\u05d0 (control) 3 users, \u05d1? 3 users\n"));
	free(text);
	end(&x);
}

static void a_name_may_be_empty(void)
{
	struct fixture x;
	char *text;

	begin(&x, "", "", "T1");
	text = written(&x, "html", false);
	CHECK(strstr(text, "<h2>(no name)</h2>") && strstr(text, ">(no name) (control) 3 users, T1 3 users"));
	free(text);
	text = written(&x, "markdown", false);
	CHECK(strstr(text, "## (no name)\n\n(no name) (control) 3 users") &&
	      strstr(text, "| (no name) | T1 | users |"));
	free(text);
	text = written(&x, "table", false);
	CHECK(strstr(text, "(no name): (no name) (control) 3 users") && strstr(text, "  (no name)  "));
	free(text);
	end(&x);
}

static void names_mean_nothing_in_markdown(void)
{
	struct fixture x;
	char *text;

	begin(&x, "1. <b>|", "@all #12 a_b _c_", "- [x](y) `z`\n# d");
	text = written(&x, "markdown", false);
	CHECK(strstr(text, "## 1\\. &lt;b&gt;\\|\n\n") == text);
	CHECK(strstr(text, "| \\@<!-- -->all \\#<!-- -->12 a_b \\_c\\_ | \\- \\[x\\](y) \\`z\\` \\# d | users |\n"));
	CHECK(strstr(text, "\n| sessions | +0.00\u00a0% |  | – | – | 1.000 | 1.000 | 3 |\n"));
	CHECK(strstr(text, "\n| mean request latency, ms | – |  | – | – | – | – | 0 |\n"));
	free(text);
	end(&x);
}

static void names_are_escaped_for_prometheus(void)
{
	struct fixture x;
	char *text;

	begin(&x, "a\"b\\c\nd", "C", "ü{}");
	text = written(&x, "prometheus", false);
	CHECK(strstr(text, "\nbotify_abtest_effect_percent{experiment=\"a\\\"b\\\\c\\nd\",treatment=\"ü{}\",metric="
			   "\"time\"} -75\n"));
	/* what is not known is not there */
	CHECK(!strstr(text,
		      "botify_abtest_p_value{experiment=\"a\\\"b\\\\c\\nd\",treatment=\"ü{}\",metric=\"sessions\"}"));
	CHECK(!strstr(text, "nan") && !strstr(text, "null") && !strstr(text, "inf"));
	free(text);
	end(&x);
}

/* Each level once; the order is that of the log. */
static void findings_have_levels(void)
{
	const struct findings *all;
	struct fixture x;

	begin(&x, "X", "C", "T1");
	all = &x.analysis.findings;
	CHECK(all->n == 0);
	x.study.experiments[0].summary.arms[0].seen = 9;
	x.study.experiments[0].summary.two_arms = 1; /* of 13 */
	x.study.experiments[0].summary.unfinished = 1;
	x.study.unread = 1;
	analyse_again(&x);
	CHECK(all->n == 4);
	CHECK_STR(all->list[0].text, "1 user seen in more than one arm: left out.");
	CHECK_STR(all->list[0].experiment, "X");
	CHECK(all->list[0].level == FINDING_WARNING && all->list[1].level == FINDING_NOTE);
	/* of 3 users of T1 none, which may be chance */
	CHECK_STR(all->list[2].text, "6 users finished no session: left out.");
	CHECK(all->list[2].level == FINDING_NOTE);
	CHECK_STR(all->list[3].text, "1 file not read, or not to the end.");
	CHECK(all->list[3].level == FINDING_ALARM && !all->list[3].experiment);
	end(&x);
}

/* Notes stand with what they are about, the rest at the top. */
static void warnings_stand_at_the_top_of_a_page(void)
{
	struct fixture x;
	char *text;
	const char *box;

	begin(&x, "X", "C", "T1");
	x.study.malformed = 7;
	x.study.unread = 1;
	x.study.experiments[0].summary.arms[0].seen = 9;
	x.study.experiments[0].summary.two_arms = 1; /* of 13 */
	x.study.experiments[0].summary.unfinished = 1;
	analyse_again(&x);
	text = written(&x, "html", false);
	box = strstr(text, "<p class=\"warning\"><strong>Warning:</strong> X: 1 user seen in more than one arm");
	CHECK(box && box < strstr(text, "<section>"));
	CHECK(strstr(text, "<p class=\"alarm\"><strong>Do not trust this yet:</strong> 1 file not read"));
	CHECK(strstr(text, "<p class=\"muted\">1 unfinished session: left out.</p>") > strstr(text, "<h2>X</h2>"));
	free(text);
	end(&x);
}

static void a_name_cannot_command_the_terminal(void)
{
	struct fixture x;
	char *text;

	begin(&x, "\033[2J", "\033[31mC", "T\r");
	text = written(&x, "table", false);
	CHECK(!strchr(text, '\033') && !strchr(text, '\r'));
	CHECK(strstr(text, "?[2J: ?[31mC (control) 3 users, T? 3 users\n"));
	free(text);
	end(&x);
}

/* Less time is bad news, and red; nothing else in this report is significant. */
static void colour_says_good_or_bad(void)
{
	struct fixture x;
	char *text;

	begin(&x, "X", "C", "T1");
	text = written(&x, "table", true);
	CHECK(strstr(text, "\033[31m-75.00%\033[0m"));
	CHECK(!strstr(text, "\033[32m"));
	free(text);
	end(&x);
	begin(&x, "X", "T1", "C");
	x.analysis.all.list[0].significant = true;
	x.analysis.all.list[0].difference = 1;
	x.analysis.all.list[0].better = 1;
	text = written(&x, "table", true);
	CHECK(strstr(text, "\033[32m-75.00%\033[0m"));
	free(text);
	x.analysis.all.list[0].better = -1;
	text = written(&x, "table", true);
	CHECK(strstr(text, "\033[31m-75.00%\033[0m"));
	free(text);
	end(&x);
}

static void the_first_keys_are_those_of_existing_reports(void)
{
	static const char *const keys[] = {
		"experiment", "control",	"treatment",	  "metric",	 "effect",	  "lower", "upper",
		"control_mean", "treatment_mean", "significant", "control_users", "treatment_users", "p",
	};

	struct fixture x;

	begin(&x, "X", "C", "T1");
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		CHECK_STR(x.analysis.effects.columns[i].key, keys[i]);
	end(&x);
}

int main(void)
{
	RUN(formats_are_found_by_name);
	RUN(names_are_escaped_in_json);
	RUN(names_are_quoted_in_csv);
	RUN(what_is_not_known_is_not_a_number);
	RUN(names_are_escaped_in_html);
	RUN(names_mean_nothing_in_markdown);
	RUN(numbers_stay_behind_names_from_right_to_left);
	RUN(a_name_may_be_empty);
	RUN(names_are_escaped_for_prometheus);
	RUN(findings_have_levels);
	RUN(warnings_stand_at_the_top_of_a_page);
	RUN(a_name_cannot_command_the_terminal);
	RUN(colour_says_good_or_bad);
	RUN(the_first_keys_are_those_of_existing_reports);
	return DONE();
}
