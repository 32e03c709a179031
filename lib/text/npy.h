/*
 * npy: matrices in NumPy's file format (numpy.lib.format, versions 1.0 to 3.0).
 *
 * Only what botify exchanges: two dimensions, C order, little-endian float32 ("<f4") or float64 ("<f8"); float16
 * ("<f2") is read too, as float32. Anything else is refused with a reason that says what was found and what is
 * wanted.
 */
#ifndef BOTIFY_NPY_H
#define BOTIFY_NPY_H

#include <stddef.h>
#include <stdio.h>

#include "base/errmsg.h"

enum npy_type { NPY_FLOAT32, NPY_FLOAT64 };

struct npy {
	enum npy_type type;
	size_t rows, columns;
	void *data; /* rows x columns, row after row; float or double by type */
};

/*
 * Reads a matrix. Every value is finite, or it is an error that names the row. Returns 0, or -1 with file and reason.
 * Free with npy_clear.
 */
int npy_load(struct npy *m, const char *path, struct errmsg *e);
void npy_clear(struct npy *m);

/* Writes a matrix (version 1.0, header padded to 64 bytes as NumPy does). Errors of f are for ferror to tell. */
void npy_write(FILE *f, const struct npy *m);

#endif
