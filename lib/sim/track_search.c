#include "sim/track_search.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS = 8 };

void track_search_clear(struct track_search *s)
{
	free(s->text);
	*s = (struct track_search){0};
}

/* strcasestr, but for a word that is not NUL-terminated. */
static bool contains_word(const char *text, struct slice word)
{
	for (; *text; text++)
		if (strncasecmp(text, word.text, word.len) == 0)
			return true;
	return false;
}

static bool track_matches(const struct catalog *c, uint32_t track, const struct slice *words, size_t n)
{
	const struct track *t = &c->tracks[track];

	for (size_t i = 0; i < n; i++)
		if (!contains_word(t->title, words[i]) && !contains_word(c->artists[t->artist].name, words[i]))
			return false;
	return true;
}

static size_t split_words(const char *text, struct slice *words)
{
	size_t n = 0;

	while (n < WORDS) {
		const char *begin;

		while (isspace((unsigned char)*text))
			text++;
		for (begin = text; *text && !isspace((unsigned char)*text);)
			text++;
		if (text == begin)
			break;
		words[n++] = (struct slice){begin, (size_t)(text - begin)};
	}
	return n;
}

void track_search_go_on(struct track_search *s, const struct catalog *c)
{
	struct slice words[WORDS];
	size_t n = s->text ? split_words(s->text, words) : 0;
	uint32_t i = s->next;

	s->n_found = s->more = 0;
	for (; i < c->n_tracks && n > 0; i++) {
		if (!track_matches(c, i, words, n))
			continue;
		if (s->n_found == TRACK_SEARCH_SHOWN && s->more++ == 0)
			s->next = i;
		if (s->n_found < TRACK_SEARCH_SHOWN)
			s->found[s->n_found++] = i;
	}
	if (s->more == 0)
		s->next = (uint32_t)c->n_tracks;
}

int track_search_begin(struct track_search *s, const struct catalog *c, struct slice words)
{
	track_search_clear(s);
	s->text = strndup(words.text, words.len);
	if (!s->text)
		return -1;
	track_search_go_on(s, c);
	return 0;
}
