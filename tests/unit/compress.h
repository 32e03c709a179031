/*
 * compress: what the tests of compressed input read.
 */
#ifndef BOTIFY_TESTS_COMPRESS_H
#define BOTIFY_TESTS_COMPRESS_H

#include <string.h>
#include <zlib.h>
#include <zstd.h>

/* Writes a gzip member, of at most `size` bytes, with the text; returns its bytes. */
static inline size_t compress_gzip(char *to, size_t size, const char *text, size_t len)
{
	z_stream z = {0};

	if (deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return 0;
	z.next_in = (unsigned char *)(size_t)text;
	z.avail_in = (unsigned)len;
	z.next_out = (unsigned char *)to;
	z.avail_out = (unsigned)size;
	if (deflate(&z, Z_FINISH) != Z_STREAM_END)
		z.avail_out = (unsigned)size;
	deflateEnd(&z);
	return size - z.avail_out;
}

/* The same as a zstd frame with a check sum. */
static inline size_t compress_zstd(char *to, size_t size, const char *text, size_t len)
{
	ZSTD_CCtx *c = ZSTD_createCCtx();
	size_t n;

	ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, 1);
	n = ZSTD_compress2(c, to, size, text, len);
	ZSTD_freeCCtx(c);
	return ZSTD_isError(n) ? 0 : n;
}

typedef size_t compress_one(char *to, size_t size, const char *text, size_t len);

static compress_one *const compressors[] = {compress_gzip, compress_zstd};

enum { COMPRESSORS = 2 };

#endif
