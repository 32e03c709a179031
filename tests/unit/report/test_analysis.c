#include "report/analysis.h"

#include "unit/check.h"

static struct errmsg e;

static int set(struct analysis_options *o, const char *name, const char *text)
{
	return analysis_set(o, name, text, &e);
}

static void options_are_taken(void)
{
	struct analysis_options o = analysis_defaults();

	CHECK(o.effects.alpha == 0.05 && o.effects.adjust == ADJUST_NONE && !o.effects.sequential &&
	      !o.effects.fieller);
	CHECK(isnan(o.mde) && !o.with_power && o.n_quantiles == 0 && o.aa == 0 && !o.days &&
	      !o.sources);
	CHECK(set(&o, "control", "T1") == 0 && strcmp(o.effects.control, "T1") == 0);
	CHECK(set(&o, "alpha", "0.01") == 0 && o.effects.alpha == 0.01);
	CHECK(set(&o, "lift", "fieller") == 0 && o.effects.fieller);
	CHECK(set(&o, "lift", "difference") == 0 && !o.effects.fieller);
	CHECK(set(&o, "adjust", "holm") == 0 && o.effects.adjust == ADJUST_HOLM);
	CHECK(set(&o, "adjust", "bh") == 0 && o.effects.adjust == ADJUST_BH);
	CHECK(set(&o, "adjust", "by") == 0 && o.effects.adjust == ADJUST_BY);
	CHECK(set(&o, "adjust", "none") == 0 && o.effects.adjust == ADJUST_NONE);
	CHECK(set(&o, "primary", "time_per_track") == 0 && strcmp(o.effects.primary, "time_per_track") == 0);
	CHECK(set(&o, "cap", "99%") == 0 && o.effects.samples.cap == 0.99);
	CHECK(set(&o, "cap", "0.5") == 0 && o.effects.samples.cap == 0.5);
	CHECK(set(&o, "sequential", NULL) == 0 && o.effects.sequential);
	CHECK(set(&o, "tune", "500") == 0 && o.effects.tune == 500);
	CHECK(set(&o, "power", NULL) == 0 && o.with_power && isnan(o.mde));
	CHECK(set(&o, "mde", "2%") == 0 && o.mde == 2 && set(&o, "mde", "0.5") == 0 && o.mde == 0.5);
	CHECK(set(&o, "quantiles", "0.5,0.9") == 0 && o.n_quantiles == 2 && o.quantiles[0] == 0.5 &&
	      o.quantiles[1] == 0.9);
	CHECK(set(&o, "quantiles", "0.25") == 0 && o.n_quantiles == 1 && o.quantiles[0] == 0.25);
	CHECK(set(&o, "days", NULL) == 0 && o.days && set(&o, "sources", NULL) == 0 && o.sources);
	CHECK(set(&o, "aa", "1000") == 0 && o.aa == 1000);
}

static void mde_brings_power(void)
{
	struct analysis_options o = analysis_defaults();

	CHECK(set(&o, "mde", "2%") == 0 && o.with_power);
}

static void mistakes_are_told(void)
{
	static const struct {
		const char *name, *text, *reason; /* as it begins */
	} cases[] = {
		{"alpha", "0", "--alpha takes a number between 0 and 1"},
		{"alpha", "1", "--alpha takes"},
		{"alpha", "1e-13", "--alpha takes"},
		{"alpha", "nan", "--alpha takes"},
		{"alpha", "5%", "--alpha takes"},
		{"lift", "", "--lift takes difference or fieller, not ''"},
		{"lift", "Fieller", "--lift takes"},
		{"adjust", "bonferroni", "--adjust takes none, holm, bh or by, not 'bonferroni'"},
		{"primary", "tim",
		 "--primary takes a metric: time, sessions, mean_request_latency, mean_tracks_per_session, "
		 "mean_time_per_session, time_per_session, time_per_track; not 'tim'"},
		{"cap", "0", "--cap takes a quantile between 0 and 1, or as 99%, not '0'"},
		{"cap", "1", "--cap takes"},
		{"cap", "100%", "--cap takes"},
		{"cap", "99", "--cap"},
		{"cap", "%", "--cap"},
		{"cap", "", "--cap"},
		{"cap", "99%%", "--cap"},
		{"cap", "0.000000000000000000000000000000001", "--cap takes a number"},
		{"tune", "0", "--tune"},
		{"tune", "1e13", "--tune"},
		{"tune", "many", "--tune"},
		{"mde", "0", "--mde takes an effect in percent, as 2%, not '0'"},
		{"mde", "-2%", "--mde"},
		{"mde", "two", "--mde"},
		{"quantiles", "", "--quantiles takes numbers between 0 and 1, as 0.5,0.9, not ''"},
		{"quantiles", "0", "--quantiles takes"},
		{"quantiles", "1", "--quantiles takes"},
		{"quantiles", "0.5,", "--quantiles takes"},
		{"quantiles", "0.5;0.9", "--quantiles takes"},
		{"quantiles",
		 ".1,.1,.1,.1,.1,.1,.1,.1,.1,.1,.1,.1,.1,.1,.1,.1,.1,.1,.1,.1,.1,.1,.1,.1,.1,.1,.1,.1,.1,.1,.1,.1,.1",
		 "--quantiles takes at most 32 quantiles"},
		{"aa", "0", "--aa"},
		{"aa", "1000001", "--aa"},
		{"aa", "1.5", "--aa"},
		{"nonsense", "", "no option --nonsense"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct analysis_options o = analysis_defaults();

		e.text[0] = '\0';
		CHECK(set(&o, cases[i].name, cases[i].text) == -1);
		if (strncmp(e.text, cases[i].reason, strlen(cases[i].reason)) != 0)
			CHECK_STR(e.text, cases[i].reason);
	}
}

static void what_contradicts_itself_is_told(void)
{
	struct analysis_options o = analysis_defaults();

	CHECK(analysis_check(&o, &e) == 0);
	CHECK(set(&o, "primary", "time") == 0 && analysis_check(&o, &e) == -1);
	CHECK(strncmp(e.text, "--primary is the metric", 23) == 0);
	CHECK(set(&o, "days", NULL) == 0 && analysis_check(&o, &e) == 0);
	o.days = false;
	CHECK(set(&o, "adjust", "by") == 0 && analysis_check(&o, &e) == 0);
	CHECK(set(&o, "tune", "500") == 0 && analysis_check(&o, &e) == -1);
	CHECK_STR(e.text, "--tune is for --sequential");
	CHECK(set(&o, "sequential", NULL) == 0 && analysis_check(&o, &e) == 0);
}

static void only_what_is_needed_is_kept(void)
{
	struct analysis_options o = analysis_defaults();
	struct study_keep keep = {.before = true, .moment = 5};

	analysis_keep(&o, &keep);
	CHECK(keep.before && keep.moment == 5 && !keep.days && !keep.sessions && !keep.recommendations);
	o.days = true;
	analysis_keep(&o, &keep);
	CHECK(keep.days && !keep.sessions && !keep.recommendations);
	o.sources = true;
	o.n_quantiles = 1;
	analysis_keep(&o, &keep);
	CHECK(keep.days && keep.sessions && keep.recommendations);
}

/* Six users in two arms, and what the options ask for. */
static void run(struct analysis *a, struct study *s, const struct analysis_options *o)
{
	struct study_keep keep = {0};

	study_init(s, STUDY_STREAM, NULL, 0);
	analysis_keep(o, &keep);
	study_keep(s, &keep);
	for (uint32_t user = 0; user < 6; user++) {
		struct event_arm one = {slice_of("X"), slice_of(user % 2 ? "T" : "C")};
		struct event ev = event_of(EVENT_LAST, user, 0, 0.1 * user);

		ev.timestamp = user;
		ev.arms = &one;
		ev.n_arms = 1;
		CHECK(study_add(s, &ev, &e) == 0);
	}
	CHECK(study_end(s, &e) == 0);
	CHECK(analysis_run(a, s, o, &e) == 0);
}

static void sections_are_those_asked_for(void)
{
	static const char *const keys[] = {"srm", "power", "quantiles", "days", "sources", "aa"};
	struct analysis_options o = analysis_defaults();
	struct analysis a;
	struct study s;

	run(&a, &s, &o);
	CHECK(a.all.n == METRICS_ALL_N && a.n_sections == 1 && analysis_section(&a, "srm") == &a.sections[0]);
	CHECK(analysis_section(&a, "days") == NULL);
	analysis_clear(&a);
	study_clear(&s);
	CHECK(set(&o, "mde", "1") == 0 && set(&o, "quantiles", "0.5") == 0 && set(&o, "days", NULL) == 0);
	CHECK(set(&o, "sources", NULL) == 0 && set(&o, "aa", "10") == 0);
	run(&a, &s, &o);
	CHECK(a.n_sections == 6);
	for (size_t i = 0; i < 6; i++)
		CHECK_STR(a.sections[i].key, keys[i]);
	CHECK(section_rows(analysis_section(&a, "power")) == METRICS_ALL_N);
	CHECK(section_rows(analysis_section(&a, "quantiles")) == 2);
	CHECK(section_rows(analysis_section(&a, "days")) == 1);
	CHECK(section_rows(analysis_section(&a, "aa")) == METRICS_ALL_N);
	analysis_clear(&a);
	study_clear(&s);
}

static void a_control_that_is_not_there_is_told(void)
{
	struct analysis_options o = analysis_defaults();
	struct analysis a;
	struct study s;

	run(&a, &s, &o);
	analysis_clear(&a);
	CHECK(set(&o, "control", "Z") == 0 && analysis_run(&a, &s, &o, &e) == -1);
	CHECK_STR(e.text, "experiment 'X': no arm 'Z': there are C, T");
	analysis_clear(&a);
	study_clear(&s);
}

int main(void)
{
	RUN(options_are_taken);
	RUN(mde_brings_power);
	RUN(mistakes_are_told);
	RUN(what_contradicts_itself_is_told);
	RUN(only_what_is_needed_is_kept);
	RUN(sections_are_those_asked_for);
	RUN(a_control_that_is_not_there_is_told);
	return DONE();
}
