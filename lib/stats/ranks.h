/*
 * ranks: do the values of some arms come from the same distribution? The test of Kruskal and Wallis 1952, "Use of ranks
 * in one-criterion variance analysis", for any number of arms; of two it is that of Wilcoxon, Mann and Whitney.
 *
 * It looks at the order of the values alone, and so a few users who listen all day do not make it find too much or miss
 * what there is, whatever the distribution. Where arms do differ, it finds a shift.
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
 * Tests n values of arms with numbers below `arms`; sorts them. Arms are tested that may expect at least
 * RANKS_LEAST values that are not the commonest one (that is so many values, where no two are equal), for the
 * chi-square distribution is not right for fewer. Of samples of such sizes in which arms do not matter, at most 1.4
 * in 1,000 were seen with p below 0.001. The other arms are passed over. All is NaN where fewer than two are left.
 * Returns 0, or -1 where there is no memory.
 */
#define RANKS_LEAST 5
int ranks_test(struct ranks_value *values, size_t n, size_t arms, struct ranks *test);

#endif
