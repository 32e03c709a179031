#include "text/humanize.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct humanized humanize(const char *format, ...)
{
	struct humanized s;
	va_list ap;

	va_start(ap, format);
	vsnprintf(s.text, sizeof s.text, format, ap);
	va_end(ap);
	return s;
}

struct humanized humanize_mean(double x)
{
	if (!isfinite(x))
		return humanize("-");
	if (fabs(x) < 999.5)
		return humanize("%#.4g", x);
	return fabs(x) < 1e9 ? humanize("%.0f", x) : humanize("%.3e", x);
}

struct humanized humanize_percent(double x)
{
	if (!isfinite(x))
		return humanize("-");
	return fabs(x) < 1e5 ? humanize("%+.2f%%", x) : humanize("%+.2e%%", x);
}

/* With so many decimals; or, where that would be 0 and x is not, with its first digit. */
static struct humanized format_fixed(double x, int decimals, bool sign)
{
	enum { DECIMALS_MAX = 9 };

	if (x != 0 && fabs(x) <= 0.5 * pow(10, -decimals))
		decimals = (int)-floor(log10(fabs(x)));
	if (decimals > DECIMALS_MAX)
		return sign ? humanize("%+.0e", x) : humanize("%.0e", x);
	return sign ? humanize("%+.*f", decimals, x) : humanize("%.*f", decimals, x);
}

struct humanized humanize_bound(double x)
{
	return isfinite(x) && fabs(x) < 1e5 ? humanize("%s%%", format_fixed(x, 2, true).text) : humanize_percent(x);
}

/* Whether an interval says on which side of 0 an effect lies. */
static bool excludes_0(double lower, double upper)
{
	return (lower > 0 && upper > 0) || (lower < 0 && upper < 0);
}

struct humanized humanize_change(double x, double lower, double upper)
{
	return excludes_0(lower, upper) ? humanize_bound(x) : humanize_percent(x);
}

static struct humanized format_bounds(double lower, const char *between, double upper)
{
	if (!isfinite(lower) || !isfinite(upper))
		return humanize("-");
	if (fmax(fabs(lower), fabs(upper)) >= 1e5)
		return humanize("%.2e%s%.2e", lower, between, upper);
	return humanize("%s%s%s", format_fixed(lower, 2, false).text, between, format_fixed(upper, 2, false).text);
}

struct humanized humanize_interval(double lower, double upper)
{
	return format_bounds(lower, " .. ", upper);
}

struct humanized humanize_bounds(double lower, double upper)
{
	return format_bounds(lower, " to ", upper);
}

struct humanized humanize_p(double p)
{
	if (!isfinite(p))
		return humanize("-");
	return p >= 0.0001 ? humanize("%.4f", p) : p > 0 ? humanize("%.0e", p) : humanize("<1e-300");
}

struct humanized humanize_p_against(double p, double level)
{
	enum { MORE_MAX = 16 };
	struct humanized s = humanize_p(p);

	if (!isfinite(p) || p <= 0)
		return s;
	for (int more = 1; more <= MORE_MAX && (strtod(s.text, NULL) < level) != (p < level); more++)
		s = p >= 0.0001 ? humanize("%.*f", 4 + more, p) : humanize("%.*e", more, p);
	return s;
}

struct humanized humanize_p_said(double p, double level)
{
	struct humanized s = humanize_p_against(p, level);

	return *s.text == '<' ? humanize("p < %s", s.text + 1) : humanize("p = %s", s.text);
}

struct humanized humanize_count(uint64_t n)
{
	struct humanized plain = humanize("%" PRIu64, n), s;
	size_t len = strlen(plain.text), k = 0;

	for (size_t i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			s.text[k++] = ',';
		s.text[k++] = plain.text[i];
	}
	s.text[k] = '\0';
	return s;
}

/* How many decimals half an interval needs to have two digits. */
static int decimals_for(double lower, double upper)
{
	double half = (upper - lower) / 2;

	if (!isfinite(half) || half <= 0)
		return 2;
	return (int)fmin(fmax(1 - floor(log10(half)), 0), 6);
}

struct humanized humanize_effect(double x, double lower, double upper)
{
	int n = decimals_for(lower, upper);
	bool decided = excludes_0(lower, upper);

	if (!isfinite(x))
		return humanize("-");
	if (!isfinite(lower) || !isfinite(upper))
		return fabs(x) < 1e5 ? humanize("%+.2f %%", x) : humanize("%+.2e %%", x);
	if (fmax(fabs(lower), fabs(upper)) >= 1e5)
		return humanize("%+.2e %% (%.2e to %.2e)", x, lower, upper);
	return humanize("%s %% (%s to %s)", (decided ? format_fixed(x, n, true) : humanize("%+.*f", n, x)).text,
			format_fixed(lower, n, false).text, format_fixed(upper, n, false).text);
}

struct humanized humanize_magnitude(double x, double lower, double upper)
{
	if (!isfinite(x))
		return humanize("-");
	if (fabs(x) >= 1e5)
		return humanize("%.2e %%", fabs(x));
	return humanize("%s %%", format_fixed(fabs(x), decimals_for(lower, upper), false).text);
}

struct humanized humanize_words(const char *name)
{
	struct humanized s = humanize("%s", name);

	for (char *c = s.text; *c; c++)
		if (*c == '_')
			*c = ' ';
	return s;
}

struct humanized humanize_typeset(struct humanized s)
{
	struct humanized to = {""};
	size_t k = 0;

	if (strcmp(s.text, "-") == 0)
		return humanize("–");
	for (size_t i = 0; s.text[i] && k + 4 < sizeof to.text; i++) {
		const char *better = s.text[i] == '-' ? "−" : s.text[i] == '%' ? "\u00a0%" : NULL;

		if (better)
			k = (size_t)(stpcpy(to.text + k, better) - to.text);
		else if (s.text[i] != ' ' || s.text[i + 1] != '%')
			to.text[k++] = s.text[i];
	}
	to.text[k] = '\0';
	return to;
}

const char *humanize_name(const char *name)
{
	return *name ? name : "(no name)";
}

void humanize_list(const struct intern *names, struct errmsg *e)
{
	errmsg_set(e, "there are %s", names->n > 0 ? "" : "none");
	for (size_t i = 0; i < names->n; i++)
		errmsg_append(e, "%s%s", i > 0 ? ", " : "", humanize_name(intern_text(names, i)));
}

const char *humanize_after(const char *name)
{
	for (const unsigned char *s = (const unsigned char *)name; *s; s++) {
		/* U+0590 to U+08FF, U+FB1D to U+FDFF and U+FE70 to U+FEFF, U+10800 to U+10FFF and U+1E800 to U+1EFFF */
		bool two = s[0] >= 0xd6 && s[0] <= 0xdf && s[1] >= 0x80;
		bool three = (s[0] == 0xe0 && s[1] >= 0xa0 && s[1] <= 0xa3) ||
			     (s[0] == 0xef && s[1] >= 0xac && s[1] <= 0xbb);
		bool four = s[0] == 0xf0 && ((s[1] == 0x90 && s[2] >= 0xa0) ||
					     (s[1] == 0x9e && s[2] >= 0xa0 && s[2] <= 0xbb));

		if (two || three || four)
			return "\u200e";
	}
	return "";
}

const char *humanize_plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}
