/*
 * overview_words (private to lib/report): what the document of an overview and its screen say alike.
 */
#ifndef BOTIFY_OVERVIEW_WORDS_H
#define BOTIFY_OVERVIEW_WORDS_H

#include <stdint.h>
#include <stdio.h>

#include "study/overview.h"

/* In percent; NaN where the whole is 0. */
double overview_share(uint64_t part, uint64_t whole);

/* In tracks; NaN where there are no plays. */
double overview_mean_time(const struct overview_plays *p);

/* Of a sum over all plays. Sessions that are open have plays too: a session is what has a first track. */
double overview_per_session(const struct overview *o, double sum);

/* In percent of the plays whose artist is known. */
double overview_repeated_artists(const struct overview *o);

/* The sources, that with the most answers first. New, free() it; NULL where there is no memory. */
uint32_t *overview_sources_in_order(const struct overview *o);

/* Borrowed. */
const char *overview_source_name(const struct overview *o, uint32_t source);

/* The log in sentences, some on a line. */
void overview_put_lines(const struct overview *o, FILE *f);

#endif
