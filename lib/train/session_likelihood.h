/*
 * session_likelihood (private to lib/train): how probable a listen is by the session model.
 */
#ifndef BOTIFY_SESSION_LIKELIHOOD_H
#define BOTIFY_SESSION_LIKELIHOOD_H

#include "world/session_math.h"

/* The log probability of what was observed by a user with s and b, where x is normal with this mean and variance. */
double session_log_probability(const struct session_bound *o, double s, double b, double x, double var);

/* The variance of q.e, SESSION_DIM coordinates each, which have the variances vq and ve. */
float session_product_variance(const float *q, const float *vq, const float *e, const float *ve);

#endif
