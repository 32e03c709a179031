#include "event/assignment.h"

#include <string.h>

#include "base/murmur3.h"
#include "text/number.h"

struct assignment assignment_of(const char *name, size_t n_arms)
{
	return (struct assignment){.seed = murmur3(name, strlen(name), 0), .n_arms = n_arms};
}

size_t assignment_arm(const struct assignment *a, uint32_t user)
{
	char key[NUMBER_SIZE];

	return murmur3(key, number_write_int(key, user), a->seed) % a->n_arms;
}
