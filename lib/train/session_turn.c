/* To the principal axes of the tracks: see session_fit.h. */
#include <cblas.h>
#include <stdlib.h>
#include <string.h>

#include "train/session_fit.h"

enum { D = SESSION_DIM };

/* LAPACK as OpenBLAS ships it; cblas.h does not declare it. */
void ssyev_(const char *jobz, const char *uplo, const int *n, float *a, const int *lda, float *w, float *work,
	    const int *lwork, int *info);

static void turn(float *vectors, float *vars, size_t n, const float *axes)
{
	for (size_t i = 0; i < n; i++) {
		float v[D] = {0}, var[D] = {0};

		for (int k = 0; k < D; k++) {
			v[k] = session_dot(axes + k * D, vectors + i * D);
			for (int j = 0; j < D; j++)
				var[k] += axes[k * D + j] * axes[k * D + j] * vars[i * D + j];
		}
		memcpy(vectors + i * D, v, sizeof v);
		memcpy(vars + i * D, var, sizeof var);
	}
}

int session_fit_turn(struct session_fit *f, struct errmsg *e)
{
	const struct catalog *c = f->data->catalog;
	int n = D, lwork = D * 34, info = 0;
	float *axes = calloc(D * D, sizeof *axes), values[D], *work = malloc((size_t)lwork * sizeof *work);
	float spreads[3][D];

	if (!axes || !work) {
		free(axes);
		free(work);
		return errmsg_nomem(e);
	}
	cblas_ssyrk(CblasRowMajor, CblasUpper, CblasTrans, D, (int)c->n_tracks, 1, f->tracks, D, 0, axes, D);
	ssyev_("V", "L", &n, axes, &n, values, work, &lwork, &info);
	if (info == 0) {
		turn(f->tracks, f->tracks_var, c->n_tracks, axes);
		turn(f->artists, f->artists_var, c->n_artists, axes);
		turn(f->rows, f->rows_var, f->n_rows, axes);
		for (int k = 0; k < D; k++) {
			spreads[0][k] = spreads[1][k] = spreads[2][k] = 0;
			for (int j = 0; j < D; j++) {
				float w = axes[k * D + j] * axes[k * D + j];

				spreads[0][k] += w * f->c.artist[j];
				spreads[1][k] += w * f->c.track[j];
				spreads[2][k] += w * f->c.first[j];
			}
		}
		memcpy(f->c.artist, spreads[0], sizeof spreads[0]);
		memcpy(f->c.track, spreads[1], sizeof spreads[1]);
		memcpy(f->c.first, spreads[2], sizeof spreads[2]);
	}
	free(axes);
	free(work);
	return 0;
}
