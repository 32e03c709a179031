/*
 * humanize: numbers as a person reads them.
 *
 * What is not finite is "-". These are for eyes: what a program is to read is written by number.h.
 */
#ifndef BOTIFY_HUMANIZE_H
#define BOTIFY_HUMANIZE_H

#include <stdint.h>

#include "base/errmsg.h"
#include "base/intern.h"

struct humanized {
	char text[64];
};

__attribute__((format(printf, 1, 2))) struct humanized humanize(const char *format, ...);

/* A mean: four significant digits, and whole ones. */
struct humanized humanize_mean(double x);

/*
 * Rounding does not contradict what is said: bounds that are not 0, and an effect whose interval excludes 0, have as
 * many digits as it takes to show on which side of 0 they lie.
 */

/* "+49.41%"; of an effect with its interval; and of one end of that */
struct humanized humanize_percent(double x);
struct humanized humanize_change(double x, double lower, double upper);
struct humanized humanize_bound(double x);

/* "44.33 .. 54.49" for a terminal, and "44.33 to 54.49" */
struct humanized humanize_interval(double lower, double upper);
struct humanized humanize_bounds(double lower, double upper);

/* Below 0.0001 only the size of p matters. */
struct humanized humanize_p(double p);

/* The same, with as many digits as it takes to show on which side of a level it lies: below it, or not. */
struct humanized humanize_p_against(double p, double level);

/* "p = 0.0412", "p < 1e-300", likewise */
struct humanized humanize_p_said(double p, double level);

/* "57,211" */
struct humanized humanize_count(uint64_t n);

/*
 * "+49.4 % (44.3 to 54.5)", with as many digits as the interval gives sense to: it is two digits wide; or "+49.41 %"
 * where there is none.
 */
struct humanized humanize_effect(double x, double lower, double upper);

/*
 * The magnitude of an effect, or of an end of its interval, for a sentence that tells the sign: "49.4 %", with such
 * digits.
 */
struct humanized humanize_magnitude(double x, double lower, double upper);

/* The name of a metric as words: "mean time per session" */
struct humanized humanize_words(const char *name);

/*
 * As a typesetter would have it, in UTF-8: true minus signs, a space that does not break before "%", a dash for what
 * is not known.
 */
struct humanized humanize_typeset(struct humanized s);

/* The name of an arm or of an experiment, of which "" is one: "(no name)". Borrowed. */
const char *humanize_name(const char *name);

/* "there are A, B, C", as much of it as fits, for the error about a name that is not there. */
void humanize_list(const struct intern *names, struct errmsg *e);

/*
 * What follows a name in running text: a left-to-right mark where the name has letters that run from right to left,
 * which numbers and brackets after it would join (Unicode Standard Annex 9, W7), or "".
 */
const char *humanize_after(const char *name);

/* "s", or "" for 1. */
const char *humanize_plural(uint64_t n);

#endif
