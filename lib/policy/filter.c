#include "policy/filter.h"

#include <string.h>

#include "text/number.h"

struct filter_kind {
	const char *name;
	/* takes what follows the name and its colon, NULL where there is no colon */
	int (*parse)(struct filter *f, const char *args, struct errmsg *e);
	bool (*allows)(const struct filter *f, uint32_t track_plays, uint32_t artist_plays);
};

static int parse_unseen(struct filter *f, const char *args, struct errmsg *e)
{
	(void)f;
	return args ? errmsg_set(e, "unseen takes no argument, not '%s'", args) : 0;
}

static bool allows_unseen(const struct filter *f, uint32_t track_plays, uint32_t artist_plays)
{
	(void)f, (void)artist_plays;
	return track_plays == 0;
}

static int parse_artist(struct filter *f, const char *args, struct errmsg *e)
{
	int64_t n;

	if (!args)
		return errmsg_set(e, "artist takes how often an artist may be played, as in artist:2");
	if (number_parse_int("artist", args, 1, INT32_MAX, &n, e) < 0)
		return -1;
	f->limit = (uint32_t)n;
	return 0;
}

static bool allows_artist(const struct filter *f, uint32_t track_plays, uint32_t artist_plays)
{
	(void)track_plays;
	return artist_plays < f->limit;
}

static const struct filter_kind kinds[] = {
	{"unseen", parse_unseen, allows_unseen},
	{"artist", parse_artist, allows_artist},
};

enum { N_KINDS = sizeof kinds / sizeof *kinds };

const char *filter_kind_name(size_t i)
{
	return i < N_KINDS ? kinds[i].name : NULL;
}

int filter_parse(struct filter *f, const char *text, struct errmsg *e)
{
	size_t len = strcspn(text, ":");
	const char *args = text[len] ? text + len + 1 : NULL;

	*f = (struct filter){0};
	for (size_t i = 0; i < N_KINDS && !f->kind; i++)
		if (strlen(kinds[i].name) == len && memcmp(kinds[i].name, text, len) == 0)
			f->kind = &kinds[i];
	if (!f->kind)
		return errmsg_set(e, "unknown filter '%.*s'", (int)len, text);
	return f->kind->parse(f, args, e);
}

bool filter_allows(const struct filter *f, uint32_t track_plays, uint32_t artist_plays)
{
	return f->kind->allows(f, track_plays, artist_plays);
}

bool filters_allow(const struct filter *f, size_t n, uint32_t track_plays, uint32_t artist_plays)
{
	for (size_t i = 0; i < n; i++)
		if (!filter_allows(&f[i], track_plays, artist_plays))
			return false;
	return true;
}
