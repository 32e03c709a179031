#include "text/npy.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/huge.h"
#include "base/lines.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "numbers are read and written as they lie in memory");

/*
 * A file is: the magic bytes; two bytes of version; the length of the header, 2 bytes in version 1.0 and 4 later, low
 * byte first; the header, which is a Python dictionary {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }; the
 * values.
 */
static const unsigned char magic[6] = {0x93, 'N', 'U', 'M', 'P', 'Y'};

enum { PREFIX = sizeof magic + 2, HEADER_MAX = 1 << 16 };

/* The header's text, and how far it has been understood. */
struct cursor {
	const char *at, *end;
};

/* What the header says. */
struct header {
	char descr[32]; /* empty: not seen yet */
	bool has_order, fortran, has_shape;
	size_t shape[2];
	unsigned n_dims; /* may be more than shape has room for */
};

static size_t type_size(enum npy_type type)
{
	return type == NPY_FLOAT32 ? sizeof(float) : sizeof(double);
}

/* The types of values that a file may have. Half floats become floats, which can hold each of them. */
static const struct {
	const char *descr;
	enum npy_type type;
	size_t size; /* in the file */
} types[] = {
	{"<f2", NPY_FLOAT32, 2},
	{"<f4", NPY_FLOAT32, 4},
	{"<f8", NPY_FLOAT64, 8},
};

#define TYPES "'<f2', '<f4' or '<f8'"

static void skip_blanks(struct cursor *c)
{
	while (c->at < c->end && strchr(" \t\r\n\f", *c->at) && *c->at)
		c->at++;
}

/* Takes `text`, with blanks before it, if it comes next. */
static bool take_text(struct cursor *c, const char *text)
{
	size_t len = strlen(text);

	skip_blanks(c);
	if ((size_t)(c->end - c->at) < len || memcmp(c->at, text, len) != 0)
		return false;
	c->at += len;
	return true;
}

/*
 * A string in either kind of quotes, of printable characters without escapes: no key and no type of ours needs more,
 * and what has been read may be shown in a message.
 */
static bool take_string(struct cursor *c, char *dst, size_t size)
{
	size_t n = 0;
	char quote;

	skip_blanks(c);
	if (c->at == c->end || (*c->at != '\'' && *c->at != '"'))
		return false;
	for (quote = *c->at++; c->at < c->end && *c->at != quote; c->at++) {
		if (*c->at == '\\' || *c->at < ' ' || *c->at > '~' || n + 1 == size)
			return false;
		dst[n++] = *c->at;
	}
	dst[n] = 0;
	return c->at++ < c->end;
}

static bool take_size(struct cursor *c, size_t *n)
{
	const char *first;

	skip_blanks(c);
	*n = 0;
	for (first = c->at; c->at < c->end && *c->at >= '0' && *c->at <= '9'; c->at++)
		if (__builtin_mul_overflow(*n, 10, n) || __builtin_add_overflow(*n, (size_t)(*c->at - '0'), n))
			return false;
	if (c->at == first)
		return false;
	take_text(c, "L"); /* as Python 2 wrote some */
	return true;
}

/* A tuple: (), (3,), (2, 3), (2, 3,) and so on. */
static bool take_shape(struct cursor *c, struct header *h)
{
	if (!take_text(c, "("))
		return false;
	while (!take_text(c, ")")) {
		size_t n;

		if (!take_size(c, &n))
			return false;
		if (h->n_dims < 2)
			h->shape[h->n_dims] = n;
		h->n_dims++;
		if (!take_text(c, ",")) {
			h->has_shape = true;
			return take_text(c, ")");
		}
	}
	h->has_shape = true;
	return true;
}

/* One "key: value". */
static int take_entry(struct cursor *c, struct header *h, struct errmsg *e)
{
	char key[32];

	if (!take_string(c, key, sizeof key) || !take_text(c, ":"))
		return errmsg_set(e, "the header is not a dictionary");
	if (strcmp(key, "descr") == 0 && !h->descr[0]) {
		if (!take_string(c, h->descr, sizeof h->descr) || !h->descr[0])
			return errmsg_set(e, "the values have no simple type; " TYPES " is wanted");
	} else if (strcmp(key, "fortran_order") == 0 && !h->has_order) {
		h->has_order = true;
		h->fortran = take_text(c, "True");
		if (!h->fortran && !take_text(c, "False"))
			return errmsg_set(e, "'fortran_order' is neither True nor False");
	} else if (strcmp(key, "shape") == 0 && !h->has_shape) {
		if (!take_shape(c, h))
			return errmsg_set(e, "'shape' is not a tuple of sizes");
	} else {
		return errmsg_set(e, "key '%s' in the header is unknown or comes twice", key);
	}
	return 0;
}

static int parse_header(const char *text, size_t len, struct header *h, struct errmsg *e)
{
	struct cursor c = {.at = text, .end = text + len};
	bool more = true;

	*h = (struct header){0};
	if (!take_text(&c, "{"))
		return errmsg_set(e, "the header is not a dictionary");
	while (!take_text(&c, "}")) {
		if (!more)
			return errmsg_set(e, "the header is not a dictionary");
		if (take_entry(&c, h, e) < 0)
			return -1;
		more = take_text(&c, ",");
	}
	skip_blanks(&c);
	if (c.at != c.end)
		return errmsg_set(e, "something follows the dictionary in the header");
	if (!h->descr[0] || !h->has_order || !h->has_shape)
		return errmsg_set(e, "the header lacks '%s'",
				  !h->descr[0] ? "descr" : !h->has_order ? "fortran_order" : "shape");
	return 0;
}

/* How the values lie in the file. */
struct layout {
	size_t before; /* bytes that stand before them */
	size_t size;   /* bytes of each */
};

static int accept_type(const char *descr, struct npy *m, struct layout *l, struct errmsg *e)
{
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		if (strcmp(descr + 1, types[i].descr + 1) != 0)
			continue;
		if (descr[0] == '>')
			return errmsg_set(e, "the values are in big-endian byte order ('%s'); " TYPES " is wanted",
					  descr);
		if (descr[0] != '<')
			continue;
		m->type = types[i].type;
		l->size = types[i].size;
		return 0;
	}
	return errmsg_set(e, "the values are of type '%s'; "
			     "float16 ('<f2'), float32 ('<f4') or float64 ('<f8') is wanted", descr);
}

/* Whether botify can use such a matrix; if so, sets type, rows and columns. */
static int accept_header(const struct header *h, struct npy *m, struct layout *l, struct errmsg *e)
{
	if (accept_type(h->descr, m, l, e) < 0)
		return -1;
	if (h->n_dims != 2)
		return errmsg_set(e, "the array has %u dimension%s; 2 are wanted, a row for each track", h->n_dims,
				  h->n_dims == 1 ? "" : "s");
	if (h->fortran)
		return errmsg_set(e, "the array is in Fortran order; C order, row after row, is wanted");
	if (h->shape[0] == 0 || h->shape[1] == 0)
		return errmsg_set(e, "the array is empty (%zu x %zu)", h->shape[0], h->shape[1]);
	m->rows = h->shape[0];
	m->columns = h->shape[1];
	return 0;
}

/* Sets the reason for a read that fell short: the system's, or `otherwise`. */
static int fell_short(FILE *f, struct errmsg *e, const char *otherwise)
{
	return errmsg_set(e, "%s", ferror(f) ? strerror(errno) : otherwise);
}

/* Reads up to the values. */
static int read_header(FILE *f, struct npy *m, struct layout *l, struct errmsg *e)
{
	unsigned char prefix[PREFIX], size[4] = {0};
	struct header h;
	size_t digits, n = fread(prefix, 1, PREFIX, f);
	char *text;
	int status;

	if (lines_refuse_compressed((const char *)prefix, n, e) < 0)
		return -1;
	if (n < PREFIX || memcmp(prefix, magic, sizeof magic) != 0)
		return fell_short(f, e, "no .npy file (it does not begin with \\x93NUMPY)");
	if (prefix[6] < 1 || prefix[6] > 3 || prefix[7] != 0)
		return errmsg_set(e, "version %d.%d of the .npy format is not known", prefix[6], prefix[7]);
	digits = prefix[6] == 1 ? 2 : 4;
	if (fread(size, 1, digits, f) < digits)
		return fell_short(f, e, "file ends within the header");
	n = size[0] | (size_t)size[1] << 8 | (size_t)size[2] << 16 | (size_t)size[3] << 24;
	if (n > HEADER_MAX)
		return errmsg_set(e, "the header is too long (%zu bytes)", n);
	text = malloc(n + 1);
	if (!text)
		return errmsg_nomem(e);
	if (fread(text, 1, n, f) < n)
		status = fell_short(f, e, "file ends within the header");
	else if ((status = parse_header(text, n, &h, e)) == 0)
		status = accept_header(&h, m, l, e);
	free(text);
	l->before = PREFIX + digits + n;
	return status;
}

static int check_finite(const struct npy *m, struct errmsg *e)
{
	for (size_t i = 0; i < m->rows * m->columns; i++) {
		double x = m->type == NPY_FLOAT32 ? ((float *)m->data)[i] : ((double *)m->data)[i];

		if (!isfinite(x))
			return errmsg_set(e, "row %zu, column %zu: the value is not finite", i / m->columns,
					  i % m->columns);
	}
	return 0;
}

/* The float that a half float is (IEEE 754-2008, binary16). */
static float float_of_half(uint16_t half)
{
	enum { FRACTION = 0x3ff, INFINITE = 31, MORE_BIAS = 127 - 15, MORE_BITS = 23 - 10 };
	uint32_t exponent = half >> 10 & INFINITE, fraction = half & FRACTION, bits;
	float x;

	if (exponent == 0) {
		x = (float)fraction * 0x1p-24f;
	} else {
		exponent = exponent == INFINITE ? 255 : exponent + MORE_BIAS;
		bits = exponent << 23 | fraction << MORE_BITS;
		memcpy(&x, &bits, sizeof x);
	}
	return half >> 15 ? -x : x;
}

/* Makes floats of n half floats that lie at the beginning of their room, from the last to the first. */
static void floats_of_halves(void *room, size_t n)
{
	char *bytes = room;

	while (n-- > 0) {
		uint16_t half;
		float x;

		memcpy(&half, bytes + n * sizeof half, sizeof half);
		x = float_of_half(half);
		memcpy(bytes + n * sizeof x, &x, sizeof x);
	}
}

static int read_values(FILE *f, struct npy *m, const struct layout *l, struct errmsg *e)
{
	struct stat st;
	size_t n, room, bytes, total, got;

	if (__builtin_mul_overflow(m->rows, m->columns, &n) || __builtin_mul_overflow(n, type_size(m->type), &room) ||
	    __builtin_mul_overflow(n, l->size, &bytes) || __builtin_add_overflow(bytes, l->before, &total))
		return errmsg_set(e, "the array is too large (%zu x %zu)", m->rows, m->columns);
	/* Known at once of a file, and then no memory is asked for; of a pipe only at its end. */
	if (fstat(fileno(f), &st) == 0 && S_ISREG(st.st_mode) && (uintmax_t)st.st_size < total)
		return errmsg_set(e, "file ends after %jd of %zu bytes", (intmax_t)st.st_size, total);
	m->data = huge_new(room);
	if (!m->data)
		return errmsg_nomem(e);
	got = fread(m->data, 1, bytes, f);
	if (ferror(f))
		return errmsg_set(e, "%s", strerror(errno));
	if (got < bytes)
		return errmsg_set(e, "file ends after %zu of %zu bytes", l->before + got, total);
	if (getc(f) != EOF)
		return errmsg_set(e, "file goes on after the %zu bytes that its header announces", total);
	if (l->size < type_size(m->type))
		floats_of_halves(m->data, n);
	return check_finite(m, e);
}

int npy_load(struct npy *m, const char *path, struct errmsg *e)
{
	FILE *f;
	struct layout l = {0};
	int status;

	*m = (struct npy){0};
	f = fopen(path, "re");
	if (!f)
		return errmsg_set(e, "%s: %s", path, strerror(errno));
	status = read_header(f, m, &l, e);
	if (status == 0)
		status = read_values(f, m, &l, e);
	fclose(f);
	if (status < 0) {
		npy_clear(m);
		errmsg_prefix(e, "%s", path);
	}
	return status;
}

void npy_clear(struct npy *m)
{
	free(m->data);
	*m = (struct npy){0};
}

void npy_write(FILE *f, const struct npy *m)
{
	enum { LENGTH_BYTES = 2, ALIGNMENT = 64 };
	char text[2 * ALIGNMENT + 1];
	int n = snprintf(text, sizeof text, "{'descr': '%s', 'fortran_order': False, 'shape': (%zu, %zu), }",
			 m->type == NPY_FLOAT32 ? "<f4" : "<f8", m->rows, m->columns);
	/* Two sizes of twenty digits still leave room in two blocks, and the shortest header does not fit into one. */
	int padded = 2 * ALIGNMENT - PREFIX - LENGTH_BYTES;
	const unsigned char start[] = {1, 0, (unsigned char)padded, 0};

	fwrite(magic, 1, sizeof magic, f);
	fwrite(start, 1, sizeof start, f);
	fprintf(f, "%s%*s\n", text, padded - n - 1, "");
	fwrite(m->data, type_size(m->type), m->rows * m->columns, f);
}
