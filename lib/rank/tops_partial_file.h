/*
 * tops_partial_file (private to lib/rank): what the reader and the writer of the partial counts of tops.h have in
 * common.
 */
#ifndef BOTIFY_TOPS_PARTIAL_FILE_H
#define BOTIFY_TOPS_PARTIAL_FILE_H

#define TOPS_PARTIAL_OF "botify-toppop" /* what "partial" says in the line of totals */
enum {
	TOPS_PARTIAL_VERSION = 2, /* 1 did not say its version, nor how it was counted */
	TOPS_DIGEST_SIZE = 17	  /* of a digest as text, the NUL included */
};

#endif
