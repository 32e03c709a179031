#include "render/markdown.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "text/sanitize.h"

#define COMMENT "<!-- -->" /* breaks a word, and is not seen */

static bool is_alnum(char c)
{
	return isalnum((unsigned char)c);
}

/* Whether a word of Markdown could begin at `c` of `text`. */
static bool begins_word(const char *text, const char *c)
{
	return c == text || !is_alnum(c[-1]);
}

/* Whether Markdown could take the character at `c` of `text` for something else than itself. */
static bool has_meaning(const char *text, const char *c)
{
	if (*c == '_')
		return begins_word(text, c) || !is_alnum(c[1]);
	if (strchr("-+=:", *c))
		return c == text;
	if (*c == '.' || *c == ')') /* "1." begins a list */
		return c > text && strspn(text, "0123456789") == (size_t)(c - text);
	return strchr("\\`*[]|~!$@#", *c);
}

/* The length of what GitHub would take for the start of a commit's name, or 0: 7 to 40 hexadecimal digits. */
static size_t commit_at(const char *text, const char *c)
{
	size_t len = strspn(c, "0123456789abcdefABCDEF");

	if (len < 7 || len > 40 || !begins_word(text, c) || is_alnum(c[len]))
		return 0;
	/* not a count, nor a word */
	return strspn(c, "0123456789") < len && strcspn(c, "0123456789") < len ? len : 0;
}

/* Whether ":word:" begins at c. */
static bool is_emoji(const char *c)
{
	size_t len = 0;

	while (is_alnum(c[1 + len]) || (c[1 + len] && strchr("_+-", c[1 + len])))
		len++;
	return len > 0 && c[1 + len] == ':';
}

/*
 * How many bytes at `c` of `text` must be kept apart from what follows, because GitHub would make a link or an emoji
 * of both; or 0.
 */
static size_t broken_off(const char *text, const char *c)
{
	bool word = begins_word(text, c);

	switch (*c) {
	case '@': return c[1] && !isspace((unsigned char)c[1]);
	case '#': return is_alnum(c[1]);
	case ':': return strncmp(c, "://", 3) == 0 || is_emoji(c);
	case 'g': case 'G': return word && strncasecmp(c, "gh-", 3) == 0 && isdigit((unsigned char)c[3]) ? 2 : 0;
	case 'w': case 'W': return strncasecmp(c, "www.", 4) == 0 ? 3 : 0;
	default: return 0;
	}
}

/* The bytes of a character that is a space beside a sign of emphasis (class Zs of Unicode), and what it is; or 0. */
static size_t space_at(const char *c, unsigned *code)
{
	static const struct {
		const char *text;
		unsigned code;
	} others[] = {
		{" ", ' '}, {"\u00a0", 0xa0}, {"\u1680", 0x1680},
		{"\u202f", 0x202f}, {"\u205f", 0x205f}, {"\u3000", 0x3000},
	};
	const unsigned char *s = (const unsigned char *)c;

	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (strncmp(c, others[i].text, strlen(others[i].text)) == 0) {
			*code = others[i].code;
			return strlen(others[i].text);
		}
	if (s[0] != 0xe2 || s[1] != 0x80 || s[2] < 0x80 || s[2] > 0x8a)
		return 0;
	*code = 0x2000 + (s[2] - 0x80u);
	return 3;
}

/*
 * A space, or what becomes one. At an end of the text it is written so that it does not count as one. Returns its
 * bytes or 0.
 */
static size_t put_space(FILE *f, const char *text, const char *c)
{
	size_t wild = sanitize_wild(c);
	unsigned code = ' ';
	size_t len = wild > 0 ? wild : space_at(c, &code);

	if (len == 0)
		return 0;
	if (c == text || !c[len])
		fprintf(f, "&#%u;", code);
	else if (wild > 0)
		fputc(' ', f);
	else
		fwrite(c, 1, len, f);
	return len;
}

static void put_character(FILE *f, const char *text, const char *c)
{
	if (*c == '<' || *c == '>' || *c == '&')
		fprintf(f, "&%s;", *c == '<' ? "lt" : *c == '>' ? "gt" : "amp");
	else
		fprintf(f, "%s%c", has_meaning(text, c) ? "\\" : "", *c);
}

/* Writes a word that GitHub would make a link of, in pieces. */
static void put_commit(FILE *f, const char *c, size_t len)
{
	enum { PIECE = 6 };

	for (size_t i = 0; i < len; i++)
		fprintf(f, "%s%c", i > 0 && i % PIECE == 0 ? COMMENT : "", c[i]);
}

void markdown_text(FILE *f, const char *text)
{
	const char *c = text;

	while (*c) {
		size_t space = put_space(f, text, c), commit = space > 0 ? 0 : commit_at(text, c), broken;

		if (space + commit > 0) {
			put_commit(f, c, commit);
			c += space + commit;
			continue;
		}
		broken = broken_off(text, c);
		for (size_t n = broken > 0 ? broken : 1; n > 0; n--)
			put_character(f, text, c++);
		if (broken > 0)
			fputs(COMMENT, f);
	}
}
