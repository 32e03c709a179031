/*
 * session_equations (private to lib/train): normal equations in SESSION_DIM unknowns, and the posterior they have.
 *
 * (X'X + diag(precision)) v = rhs, a row of X being added for each observation. The covariance of v is kept as a
 * product, since all that is asked of it are products with vectors and its diagonal: with few rows in X, as
 * P - W'W with P = 1 / precision and as many rows in W (Woodbury); with many, as Z'Z with Z = L^-1 and L L' = X'X +
 * diag(precision). No inverse is made.
 */
#ifndef BOTIFY_SESSION_EQUATIONS_H
#define BOTIFY_SESSION_EQUATIONS_H

#include <stdbool.h>

#include "world/session_math.h"
#include "world/session_model.h"

enum { EQUATIONS_BLOCK = 256, EQUATIONS_FEW = 40 };

struct equations {
	float a[SESSION_DIM * SESSION_DIM]; /* on and above the diagonal: X'X so far */
	float rhs[SESSION_DIM], precision[SESSION_DIM];
	float block[EQUATIONS_BLOCK * SESSION_DIM]; /* X, as far as it is not in `a`; once solved, W or Z */
	int n;					    /* rows of the block */
	bool full;				    /* whether X'X is in `a` */
};

struct posterior {
	float p[SESSION_DIM]; /* P; 0 where the rows are Z */
	float *rows;	      /* n of W; or SESSION_DIM of Z, of which row i ends with column i */
	int n;
	bool few; /* W, not Z */
};

void equations_begin(struct equations *q);

/* Adds a row, times a factor. */
void equations_add_row(struct equations *q, const float *x, float factor);

/* Adds an observation y of x.v with this weight, or takes `n` rows off: X'X - R'R. */
void equations_add(struct equations *q, const float *x, struct session_evidence ev);
void equations_take_off(struct equations *q, const float *rows, int n);

/*
 * Makes the posterior, borrowed from the equations until they are begun again. Returns 0, or -1 where the matrix is
 * not positive.
 */
int equations_solve(struct equations *q, struct posterior *p);

/* y = covariance x; and the diagonal of the covariance. */
void posterior_times(const struct posterior *p, const float *x, float *y);
void posterior_variances(const struct posterior *p, float *v);

#endif
