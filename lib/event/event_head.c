#include "event/event_head.h"

#include "text/scan.h"

/* A line as event_write begins it. What follows an id cut in two would not be a comma or a brace. */
static bool read_written(struct event_head *h, struct scan s)
{
	if (!scan_word(&s, SCAN_WORD("{\"message\":\"")))
		return false;
	h->message = EVENT_NEXT;
	if (!scan_word(&s, SCAN_WORD("next\"")) && scan_word(&s, SCAN_WORD("last\"")))
		h->message = EVENT_LAST;
	if (scan_word(&s, SCAN_WORD(",\"timestamp\":")) && !scan_integer(&s, &h->timestamp))
		return false;
	return scan_word(&s, SCAN_WORD(",\"user\":")) && scan_id(&s, &h->user) &&
	       (scan_is_next(&s, ',') || scan_is_next(&s, '}'));
}

/* The value of a key, if it is one of ours. */
static bool read_value(struct event_head *h, struct scan *s, struct slice key, bool *user)
{
	if (slice_equal(key, SCAN_WORD("user")))
		return *user = !*user && scan_id(s, &h->user);
	if (slice_equal(key, SCAN_WORD("timestamp")))
		return scan_integer(s, &h->timestamp);
	if (slice_equal(key, SCAN_WORD("message"))) {
		h->message = scan_word(s, SCAN_WORD("\"last\"")) ? EVENT_LAST : EVENT_NEXT;
		return h->message == EVENT_LAST || scan_word(s, SCAN_WORD("\"next\""));
	}
	return !slice_equal(key, SCAN_WORD("error")) && scan_skip(s);
}

/* Any other line that is an object: keys in any order, any spacing. */
static bool read_any(struct event_head *h, struct scan s)
{
	bool user = false;
	struct slice key;

	if (!scan_mark(&s, '{'))
		return false;
	do
		if (!scan_string(&s, &key) || !scan_mark(&s, ':') || !read_value(h, &s, key, &user))
			return false;
	while (scan_mark(&s, ','));
	return user && scan_mark(&s, '}') && s.at == s.end;
}

int event_head_read(struct event_head *h, struct event_parser *p, const char *text, size_t len, struct errmsg *e)
{
	static const struct event_head nothing = {.message = EVENT_NEXT, .timestamp = EVENT_NO_TIMESTAMP};
	struct scan s = {.at = text, .end = text + len};
	struct event ev;

	*h = nothing;
	if (len >= SCAN_MIN && read_written(h, s))
		return 0;
	*h = nothing;
	if (len >= SCAN_MIN && read_any(h, s))
		return 0;
	event_parser_reset(p);
	if (event_parse(p, text, len, &ev, e) < 0)
		return -1;
	*h = (struct event_head){.message = ev.message, .timestamp = ev.timestamp, .user = ev.user};
	return 0;
}
