#include "text/shown.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct shown shown(const char *format, ...)
{
	struct shown s;
	va_list ap;

	va_start(ap, format);
	vsnprintf(s.text, sizeof s.text, format, ap);
	va_end(ap);
	return s;
}

struct shown shown_mean(double x)
{
	if (!isfinite(x))
		return shown("-");
	if (fabs(x) < 999.5)
		return shown("%#.4g", x);
	return fabs(x) < 1e9 ? shown("%.0f", x) : shown("%.3e", x);
}

struct shown shown_percent(double x)
{
	if (!isfinite(x))
		return shown("-");
	return fabs(x) < 1e5 ? shown("%+.2f%%", x) : shown("%+.2e%%", x);
}

/* With so many decimals; or, where that would be 0 and x is not, with its first digit. */
static struct shown fixed(double x, int decimals, bool sign)
{
	enum { DECIMALS_MAX = 9 };

	if (x != 0 && fabs(x) <= 0.5 * pow(10, -decimals))
		decimals = (int)-floor(log10(fabs(x)));
	if (decimals > DECIMALS_MAX)
		return sign ? shown("%+.0e", x) : shown("%.0e", x);
	return sign ? shown("%+.*f", decimals, x) : shown("%.*f", decimals, x);
}

struct shown shown_bound(double x)
{
	return isfinite(x) && fabs(x) < 1e5 ? shown("%s%%", fixed(x, 2, true).text) : shown_percent(x);
}

/* Whether an interval says on which side of 0 an effect lies. */
static bool excludes_0(double lower, double upper)
{
	return (lower > 0 && upper > 0) || (lower < 0 && upper < 0);
}

struct shown shown_change(double x, double lower, double upper)
{
	return excludes_0(lower, upper) ? shown_bound(x) : shown_percent(x);
}

static struct shown bounds(double lower, const char *between, double upper)
{
	if (!isfinite(lower) || !isfinite(upper))
		return shown("-");
	if (fmax(fabs(lower), fabs(upper)) >= 1e5)
		return shown("%.2e%s%.2e", lower, between, upper);
	return shown("%s%s%s", fixed(lower, 2, false).text, between, fixed(upper, 2, false).text);
}

struct shown shown_interval(double lower, double upper)
{
	return bounds(lower, " .. ", upper);
}

struct shown shown_bounds(double lower, double upper)
{
	return bounds(lower, " to ", upper);
}

struct shown shown_p(double p)
{
	if (!isfinite(p))
		return shown("-");
	return p >= 0.0001 ? shown("%.4f", p) : p > 0 ? shown("%.0e", p) : shown("<1e-300");
}

struct shown shown_p_against(double p, double level)
{
	enum { MORE_MAX = 16 };
	struct shown s = shown_p(p);

	for (int more = 1; isfinite(p) && p > 0 && more <= MORE_MAX && (strtod(s.text, NULL) < level) != (p < level); more++)
		s = p >= 0.0001 ? shown("%.*f", 4 + more, p) : shown("%.*e", more, p);
	return s;
}

struct shown shown_p_said(double p, double level)
{
	struct shown s = shown_p_against(p, level);

	return *s.text == '<' ? shown("p < %s", s.text + 1) : shown("p = %s", s.text);
}

struct shown shown_count(uint64_t n)
{
	struct shown plain = shown("%" PRIu64, n), s;
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
static int decimals(double lower, double upper)
{
	double half = (upper - lower) / 2;

	if (!isfinite(half) || half <= 0)
		return 2;
	return (int)fmin(fmax(1 - floor(log10(half)), 0), 6);
}

struct shown shown_effect(double x, double lower, double upper)
{
	int n = decimals(lower, upper);
	bool decided = excludes_0(lower, upper);

	if (!isfinite(x))
		return shown("-");
	if (!isfinite(lower) || !isfinite(upper))
		return fabs(x) < 1e5 ? shown("%+.2f %%", x) : shown("%+.2e %%", x);
	if (fmax(fabs(lower), fabs(upper)) >= 1e5)
		return shown("%+.2e %% (%.2e to %.2e)", x, lower, upper);
	return shown("%s %% (%s to %s)", (decided ? fixed(x, n, true) : shown("%+.*f", n, x)).text, fixed(lower, n, false).text,
		     fixed(upper, n, false).text);
}

struct shown shown_magnitude(double x, double lower, double upper)
{
	if (!isfinite(x))
		return shown("-");
	return fabs(x) < 1e5 ? shown("%s %%", fixed(fabs(x), decimals(lower, upper), false).text) : shown("%.2e %%", fabs(x));
}

struct shown shown_words(const char *name)
{
	struct shown s = shown("%s", name);

	for (char *c = s.text; *c; c++)
		if (*c == '_')
			*c = ' ';
	return s;
}

struct shown shown_typeset(struct shown s)
{
	struct shown to = {""};
	size_t k = 0;

	if (strcmp(s.text, "-") == 0)
		return shown("–");
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

const char *shown_name(const char *name)
{
	return *name ? name : "(no name)";
}

void shown_list(const struct symbols *names, struct errmsg *e)
{
	errmsg_set(e, "there are none");
	for (size_t i = 0; i < names->n; i++)
		errmsg_set(e, "%s%s%s", i > 0 ? e->text : "there are ", i > 0 ? ", " : "", shown_name(symbols_text(names, i)));
}

const char *shown_after(const char *name)
{
	for (const unsigned char *s = (const unsigned char *)name; *s; s++) {
		/* U+0590 to U+08FF, U+FB1D to U+FDFF and U+FE70 to U+FEFF, U+10800 to U+10FFF and U+1E800 to U+1EFFF */
		bool two = s[0] >= 0xd6 && s[0] <= 0xdf && s[1] >= 0x80;
		bool three = (s[0] == 0xe0 && s[1] >= 0xa0 && s[1] <= 0xa3) || (s[0] == 0xef && s[1] >= 0xac && s[1] <= 0xbb);
		bool four = s[0] == 0xf0 && ((s[1] == 0x90 && s[2] >= 0xa0) || (s[1] == 0x9e && s[2] >= 0xa0 && s[2] <= 0xbb));

		if (two || three || four)
			return "\u200e";
	}
	return "";
}

const char *shown_plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}
