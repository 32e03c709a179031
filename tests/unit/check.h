/*
 * check: what a unit test needs. A test is a function of CHECKs; main lists them with RUN and ends with `return
 * DONE()`. Output is TAP, as that of bats, so that tests/run counts both.
 */
#ifndef CHECK_H
#define CHECK_H

#include <math.h>
#include <stdio.h>
#include <string.h>

static int check_failed, check_count, check_failures;

/* Notes a failure and goes on, so that one run shows all of them. */
#define CHECK(condition) \
	do { \
		if (!(condition)) { \
			check_failed = 1; \
			printf("# %s:%d: not true: %s\n", __FILE__, __LINE__, #condition); \
		} \
	} while (0)

#define CHECK_STR(got, want) \
	do { \
		const char *got_ = (got), *want_ = (want); \
		if (strcmp(got_, want_) != 0) { \
			check_failed = 1; \
			printf("# %s:%d: got \"%s\", want \"%s\"\n", __FILE__, __LINE__, got_, want_); \
		} \
	} while (0)

/* |got - want| <= tolerance * |want|, and for want 0 at most the tolerance */
#define CHECK_NEAR(got, want, tolerance) \
	do { \
		double got_ = (got), want_ = (want); \
		if (!(fabs(got_ - want_) <= (tolerance) * (want_ == 0 ? 1 : fabs(want_)))) { \
			check_failed = 1; \
			printf("# %s:%d: got %.17g, want %.17g\n", __FILE__, __LINE__, got_, want_); \
		} \
	} while (0)

#define RUN(test) \
	do { \
		check_failed = 0; \
		test(); \
		check_failures += check_failed; \
		printf("%sok %d - %s: %s\n", check_failed ? "not " : "", ++check_count, __FILE__, #test); \
	} while (0)

/* Flushed here, because a sanitizer that finds a leak after main does not. */
#define DONE() (printf("1..%d\n", check_count), fflush(stdout), check_failures > 0)

#endif
