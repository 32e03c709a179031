/*
 * headline (private to lib/report): what an arm changed, in words for someone who knows no statistics.
 */
#ifndef BOTIFY_HEADLINE_H
#define BOTIFY_HEADLINE_H

#include <stdbool.h>
#include <stddef.h>

#include "study/effects.h"
#include "text/humanize.h"

/*
 * What can be said after the arm's name, such as "listened 49.4 % longer than C (44.3 % to 54.5 %)"; typeset for a
 * page, or plain for a terminal. New; NULL where there is no memory.
 */
char *headline_of(const struct effect *x, bool typeset);

/* The name of a metric as words, with its unit: "mean request latency, ms" */
struct humanized headline_label(const char *metric);

/*
 * Whether there is no interval because the values of an arm are too far apart: a double does not hold their variance,
 * as of a latency of 1e200 s.
 */
bool headline_too_far(const struct effect *x);

/* Whether an effect is significant and good (1), significant and bad (-1), or neither (0). */
int headline_verdict(const struct effect *x);

/* "better", "worse", or "" */
const char *headline_word(const struct effect *x);

/*
 * Which effect on an arm its sentence is about: that on the metric `primary`, or, where that is NULL or none of these,
 * the first one. The arm's effects are the first of the n > 0 in the list.
 */
const struct effect *headline_effect(const struct effect *list, size_t n, const char *primary);

/* Of more arms than this, a report has no sentence for each. */
enum { HEADLINES_MAX = 20 };

/*
 * Which arms of an experiment are told of, in this order: all, or, of many, the first that changed something and then
 * others. Writes where their effects begin in the list of n. Returns how many there are; `arms` becomes the number of
 * all.
 */
size_t headline_choose(const struct effect *list, size_t n, const char *primary, size_t first[HEADLINES_MAX],
		       size_t *arms);

#endif
