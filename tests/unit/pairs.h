/*
 * pairs: the numbers that tests/reference/methods.py makes too, so that both sides have the same data without a file.
 */
#ifndef PAIRS_H
#define PAIRS_H

static inline double pair_x(int i, int arm)
{
	return 1 + (i * 7 + arm) % 5 + arm * (i % 3 == 0);
}

static inline double pair_y(int i, int arm)
{
	return pair_x(i, arm) * ((i * 13 + arm) % 11) / 4 + ((i * i + 3 * arm) % 7) / 2.0;
}

#endif
