#include "text/json_keys.h"

#include <stdbool.h>
#include <string.h>

#include "base/suggest.h"

static bool is_known(const char *key, const char *const *known)
{
	while (*known && strcmp(*known, key) != 0)
		known++;
	return *known != NULL;
}

/* Refuses a key, with what it should have been. */
static int refuse_key(const char *key, const char *meant, const char *const *known, struct errmsg *e)
{
	if (meant)
		return errmsg_set(e, "unknown key \"%s\"; did you mean \"%s\"?", key, meant);
	errmsg_set(e, "unknown key \"%s\"; there are", key);
	for (size_t i = 0; known[i]; i++)
		errmsg_append(e, "%s \"%s\"", i == 0 ? "" : known[i + 1] ? "," : " and", known[i]);
	return -1;
}

int json_keys_check(const json_t *object, const char *const *known, struct errmsg *e)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)object, key, value)
		if (!is_known(key, known))
			return refuse_key(key, suggest_among(key, known), known, e);
	return 0;
}

int json_keys_check_typos(const json_t *object, const char *const *known, struct errmsg *e)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)object, key, value) {
		const char *meant = is_known(key, known) ? NULL : suggest_among(key, known);

		if (meant && !json_object_get(object, meant))
			return refuse_key(key, meant, known, e);
	}
	return 0;
}
