/*
 * ranks: do the values of some arms come from the same distribution? The test of Kruskal and Wallis 1952, "Use of ranks
 * in one-criterion variance analysis", for any number of arms; of two it is that of Wilcoxon, Mann and Whitney.
 *
 * It looks only at the order of the values, so whatever the distribution, a few users who listen all day make it
 * neither find too much nor miss what there is. What it finds is a shift.
 */
#ifndef BOTIFY_RANKS_H
#define BOTIFY_RANKS_H

#include <stddef.h>
#include <stdint.h>

struct ranks_value {
	double x; /* not NaN */
	uint32_t arm;
};

/* Equal values have the mean of their ranks. */
struct ranks {
	double h, df; /* chi-square with df degrees of freedom, if arms do not matter */
	double p;
};

/*
 * Tests n values of arms with numbers below `arms`; sorts them. An arm is passed over if fewer than RANKS_LEAST of
 * its values can be expected to differ from the commonest value of all (where no two are equal: if it has fewer
 * values), for the chi-square distribution is not right for so few. Of samples of the sizes that are left, in which
 * arms do not matter, at most 1.4 in 1,000 were seen with p below 0.001. All is NaN where fewer than two arms are
 * left. Returns 0, or -1 where there is no memory.
 */
#define RANKS_LEAST 5
int ranks_test(struct ranks_value *values, size_t n, size_t arms, struct ranks *test);

#endif
