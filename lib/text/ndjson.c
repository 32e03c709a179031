#include "text/ndjson.h"

#include <math.h>
#include <string.h>

#include "base/grow.h"
#include "base/lines.h"
#include "text/json_parse.h"
#include "text/number.h"

enum { DECODING = JSON_REJECT_DUPLICATES };

/*
 * Leaves printable ASCII of what jansson says: it quotes a few bytes of the input, which may end within a character
 * (and the reason may have to be UTF-8) or command a terminal.
 */
static const char *reason_of(json_error_t *why)
{
	for (char *c = why->text; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	return why->text;
}

/* Whether a text begins an object and ends within it. What stands in it need not be right. */
static bool is_unfinished(const char *text, size_t len)
{
	bool quoted = false;
	size_t depth = 0, i = 0;

	while (i < len && strchr(" \t\r\n", text[i]))
		i++;
	if (i == len || text[i] != '{')
		return false;
	for (; i < len; i++) {
		if (quoted && text[i] == '\\')
			i++;
		else if (text[i] == '"')
			quoted = !quoted;
		else if (!quoted)
			depth += text[i] == '{' ? 1 : text[i] == '}' && depth > 0 ? (size_t)-1 : 0;
	}
	return quoted || depth > 0;
}

/*
 * Sets the reason why a text is not JSON. A line that was cut, as by the death of its writer, is right as far as it
 * goes: the mistake is its end, or a character that was cut in two there.
 */
static void refuse_text(const char *text, size_t len, json_error_t *why, struct errmsg *e)
{
	enum { CHARACTER_MAX = 4, LEAD = 0xc0 };
	size_t at = (size_t)why->position;
	bool at_end = at >= len || (at + CHARACTER_MAX > len && (unsigned char)text[at] >= LEAD);
	bool cut = at_end && is_unfinished(text, len);

	errmsg_set(e, "%s: %s (column %d)", cut ? "cut off before its end" : "not a JSON object", reason_of(why),
		   why->column);
}

json_t *ndjson_parse(const char *text, size_t len, struct errmsg *e)
{
	json_error_t why;
	json_t *value;
	bool no_memory;

	/* jansson 2.14 loses a NUL that follows a number */
	if (memchr(text, 0, len)) {
		errmsg_set(e, "NUL byte");
		return NULL;
	}
	value = json_parse(text, len, DECODING, &why, &no_memory);
	if (no_memory) {
		errmsg_nomem(e);
		return NULL;
	}
	if (!value) {
		refuse_text(text, len, &why, e);
		return NULL;
	}
	if (!json_is_object(value)) {
		json_decref(value);
		errmsg_set(e, "not a JSON object");
		return NULL;
	}
	return value;
}

const char *ndjson_name(const char *path)
{
	return strcmp(path, "-") == 0 ? "standard input" : path;
}

/* Reads all of a file. Returns new bytes, or NULL with the reason. */
static char *read_whole(const char *path, size_t *len, struct errmsg *e)
{
	struct lines l;
	char *bytes = NULL;
	size_t cap = 0;
	enum lines_status s;

	*len = 0;
	if (lines_open(&l, path, e) < 0)
		return NULL;
	while ((s = lines_next(&l, e)) == LINES_LINE) {
		char *moved = grow(bytes, &cap, *len + l.len + 1, 1);

		if (!moved) {
			errmsg_nomem(e);
			break;
		}
		bytes = moved;
		memcpy(bytes + *len, l.text, l.len);
		bytes[*len + l.len] = '\n';
		*len += l.len + 1;
	}
	lines_clear(&l);
	if (s != LINES_END) {
		free(bytes);
		return NULL;
	}
	if (!bytes)
		errmsg_set(e, "%s: empty", ndjson_name(path));
	return bytes;
}

json_t *ndjson_load(const char *path, struct errmsg *e)
{
	size_t len;
	char *bytes = read_whole(path, &len, e);
	json_error_t why;
	json_t *value = NULL;
	bool no_memory = false;

	if (!bytes)
		return NULL;
	if (memchr(bytes, 0, len))
		errmsg_set(e, "%s: NUL byte", ndjson_name(path));
	else if (!(value = json_parse(bytes, len, DECODING | JSON_DECODE_ANY, &why, &no_memory)) && !no_memory)
		errmsg_set(e, "%s:%d: %s (column %d)", ndjson_name(path), why.line, reason_of(&why), why.column);
	if (no_memory) {
		errmsg_nomem(e);
		errmsg_prefix(e, "%s", ndjson_name(path));
	}
	free(bytes);
	return value;
}

int ndjson_each(const char *path, int (*each)(const struct ndjson_line *line, void *ctx, struct errmsg *e), void *ctx,
		struct errmsg *e)
{
	return ndjson_each_quick(path, NULL, each, ctx, e);
}

int ndjson_each_quick(const char *path, bool (*quick)(const char *text, size_t len, unsigned long number, void *ctx),
		      int (*each)(const struct ndjson_line *line, void *ctx, struct errmsg *e), void *ctx,
		      struct errmsg *e)
{
	struct lines l;
	enum lines_status s;
	int status = 0;

	if (lines_open(&l, path, e) < 0)
		return -1;
	while (status == 0 && (s = lines_next(&l, e)) != LINES_END) {
		struct ndjson_line line = {.number = l.number};

		if (s != LINES_LINE) {
			status = -1;
			break;
		}
		if (lines_blank(&l) || (quick && quick(l.text, l.len, l.number, ctx)))
			continue;
		line.object = ndjson_parse(l.text, l.len, e);
		if (!line.object || each(&line, ctx, e) < 0)
			status = errmsg_prefix(e, "%s:%lu", l.name, l.number);
		json_decref(line.object);
	}
	lines_clear(&l);
	return status;
}

bool ndjson_whole(const json_t *value, int64_t *n)
{
	static const double max = UINT64_C(1) << 53;
	double x = json_real_value(value);

	if (json_is_real(value) && x >= -max && x <= max && x == trunc(x))
		*n = (int64_t)x;
	else if (json_is_integer(value))
		*n = json_integer_value(value);
	else
		return false;
	return true;
}

int ndjson_id(const json_t *value, const char *what, uint32_t *id, struct errmsg *e)
{
	int64_t n;

	if (!value)
		return errmsg_set(e, "\"%s\" is missing", what);
	if (!ndjson_whole(value, &n) || n < 0 || n > NUMBER_ID_MAX)
		return errmsg_set(e, "\"%s\" is not an id (a whole number from 0 to %d)", what, NUMBER_ID_MAX);
	*id = (uint32_t)n;
	return 0;
}

int ndjson_count(const json_t *object, const char *key, uint64_t max, uint64_t *count, struct errmsg *e)
{
	int64_t n;

	if (!ndjson_whole(json_object_get(object, key), &n) || n < 0 || (uint64_t)n > max)
		return errmsg_set(e, "\"%s\" is not a count", key);
	*count = (uint64_t)n;
	return 0;
}
