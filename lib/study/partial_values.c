#include "study/partial_values.h"

#include "text/ndjson.h"

int partial_read_count(const json_t *object, const char *key, uint64_t max, uint64_t *count, struct errmsg *e)
{
	return ndjson_count(object, key, max, count, e) < 0 ? errmsg_prefix(e, "not a part of a log") : 0;
}

int partial_add_count(const json_t *object, const char *key, uint64_t *sum, struct errmsg *e)
{
	uint64_t count = 0;

	if (partial_read_count(object, key, INT64_MAX, &count, e) < 0)
		return -1;
	if (count > INT64_MAX - *sum)
		return errmsg_set(e, "\"%s\" are more than can be counted", key);
	*sum += count;
	return 0;
}

int partial_read_small(const json_t *object, const char *key, uint32_t *count, struct errmsg *e)
{
	uint64_t wide = 0;

	if (partial_read_count(object, key, UINT32_MAX, &wide, e) < 0)
		return -1;
	*count = (uint32_t)wide;
	return 0;
}

int partial_read_truth(const json_t *object, const char *key, bool *truth, struct errmsg *e)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_boolean(value))
		return errmsg_set(e, "not a part of a log: \"%s\" is neither true nor false", key);
	*truth = json_is_true(value);
	return 0;
}

struct slice partial_string_at(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return (struct slice){.text = json_string_value(value), .len = json_string_length(value)};
}
