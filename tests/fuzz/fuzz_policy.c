/* A policy as it stands on the command line or in a file of experiments. */
#include <stdlib.h>
#include <string.h>

#include "policy/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct policy p;
	struct errmsg e;

	if (!text)
		abort();
	memcpy(text, data, size);
	text[size] = 0;
	if (policy_parse(&p, text, &e) == 0) {
		if (p.n_sources == 0)
			abort();
		policy_clear(&p);
	}
	free(text);
	return 0;
}
