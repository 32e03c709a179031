#include "policy/session_posterior.h"

#include <stdlib.h>

#include "unit/check.h"

enum { D = SESSION_DIM, W = D + 1, OBSERVED = 150 };

/* A Kalman filter with its whole covariance, in double: the observation is of z, with variance r. */
struct plain {
	double mean[W], covariance[W][W];
};

static void plain_observe(struct plain *p, const float *e, double z, double r)
{
	double h[W], gain[W], total = r, error = z;

	for (int i = 0; i < W; i++)
		h[i] = i < D ? e[i] : -1;
	for (int i = 0; i < W; i++) {
		gain[i] = 0;
		for (int k = 0; k < W; k++)
			gain[i] += p->covariance[i][k] * h[k];
		error -= h[i] * p->mean[i];
	}
	for (int i = 0; i < W; i++)
		total += h[i] * gain[i];
	for (int i = 0; i < W; i++) {
		p->mean[i] += gain[i] * error / total;
		for (int k = 0; k < W; k++)
			p->covariance[i][k] -= gain[i] * gain[k] / total;
	}
}

static void it_is_a_kalman_filter_however_many_are_observed(void)
{
	static struct plain plain;
	struct session_posterior p = {0};
	float q[D] = {0.5f}, e[D];

	srand(7);
	session_posterior_begin(&p, q, 0.3f, 1, 0.2f);
	for (int i = 0; i < W; i++) {
		plain.mean[i] = i < D ? q[i] : 1;
		plain.covariance[i][i] = i < D ? (double)0.3f : (double)0.2f;
	}
	for (int n = 0; n < OBSERVED; n++) {
		struct session_bound o = {
			.kind = SESSION_INSIDE, .z = (float)rand() / (float)RAND_MAX * 4 - 2, .r = 0.1f};

		for (int k = 0; k < D; k++)
			e[k] = (float)rand() / (float)RAND_MAX - 0.5f;
		CHECK(session_posterior_observe(&p, e, &o, 2, 0.05) == 0);
		plain_observe(&plain, e, o.z / 2, 0.05 + (double)0.1f / 4);
		if (n % 50 != 49)
			continue;
		for (int k = 0; k < D; k++)
			CHECK(fabs(p.q[k] - plain.mean[k]) < 1e-4);
		CHECK(fabs(p.b - plain.mean[D]) < 1e-4);
	}
	session_posterior_clear(&p);
}

static void a_bound_moves_it_to_the_side_where_it_holds(void)
{
	struct session_posterior p = {0};
	struct session_bound below = {.kind = SESSION_BELOW, .z = -2}, nothing = {.kind = SESSION_NOTHING};
	float q[D] = {1}, e[D] = {1};

	session_posterior_begin(&p, q, 1, 0, 1);
	CHECK(session_posterior_observe(&p, e, &nothing, 1, 0.1) == 0);
	CHECK(p.q[0] == 1 && p.b == 0);
	CHECK(session_posterior_observe(&p, e, &below, 1, 0.1) == 0);
	CHECK(p.q[0] < 0.2f && p.b > 0.8f && p.q[1] == 0);
	session_posterior_clear(&p);
}

int main(void)
{
	RUN(it_is_a_kalman_filter_however_many_are_observed);
	RUN(a_bound_moves_it_to_the_side_where_it_holds);
	return DONE();
}
