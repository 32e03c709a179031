#include "render/html.h"

#include <stdarg.h>
#include <stdint.h>
#include <string.h>

/* The bytes of a character in UTF-8 that begins with this one; 0 where none does. */
static size_t length_after(unsigned char lead)
{
	if (lead < 0x80)
		return 1;
	if (lead < 0xc2 || lead >= 0xf5)
		return 0;
	return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/* Decodes the character at `text`. Returns its length; bytes that are not UTF-8 are one each, and U+FFFD. */
static size_t decode_character(const char *text, uint32_t *c)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t len = length_after(s[0]);

	*c = len > 1 ? s[0] & (0x7fU >> len) : s[0];
	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80) {
			*c = 0xfffd;
			return 1;
		}
		*c = *c << 6 | (s[i] & 0x3f);
	}
	if (len == 0)
		*c = 0xfffd;
	return len > 0 ? len : 1;
}

/* Controls, what is not a character, what ends a line, and what sets the direction of the text after it. */
static bool is_unfit(uint32_t c)
{
	return (c < 0x20 && c != '\t' && c != '\n') || (c >= 0x7f && c < 0xa0) || (c >= 0xd800 && c < 0xe000) ||
	       (c & 0xfffe) == 0xfffe || c > 0x10ffff || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

/* The first n bytes of a text, which end between two characters. */
static void put_text(FILE *f, const char *text, size_t n)
{
	size_t len;
	uint32_t c;

	for (const char *end = text + n; text < end; text += len) {
		len = decode_character(text, &c);
		switch (c) {
		case '&': fputs("&amp;", f); break;
		case '<': fputs("&lt;", f); break;
		case '>': fputs("&gt;", f); break;
		case '"': fputs("&quot;", f); break;
		case '\'': fputs("&#39;", f); break;
		default:
			if (c == 0xfffd || is_unfit(c))
				fputs("\ufffd", f);
			else
				fwrite(text, 1, len, f);
		}
	}
}

void html_text(FILE *f, const char *text)
{
	put_text(f, text, strlen(text));
}

void html_prose(FILE *f, const char *text)
{
	const char *option;

	while ((option = strstr(text, "--")) != NULL) {
		size_t len = 2 + strspn(option + 2, "abcdefghijklmnopqrstuvwxyz-");

		put_text(f, text, (size_t)(option - text));
		fputs("<code>", f);
		put_text(f, option, len);
		fputs("</code>", f);
		text = option + len;
	}
	html_text(f, text);
}

void html_format(FILE *f, const char *format, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	html_text(f, text);
}

static const char css[] =
	":root{color-scheme:light dark;--page:#fff;--ink:#1b2430;--soft:#596575;--rule:#d8dde4;--faint:#f4f6f8;"
	"--good:#08734a;--bad:#b3261e;--warning:#8a5a00;--warning-page:#fff7e3;--alarm:#b3261e;--alarm-page:#fdeeec}\n"
	"@media screen and (prefers-color-scheme:dark){"
	":root{--page:#14181d;--ink:#e3e8ee;--soft:#9ba7b5;--rule:#313a45;"
	"--faint:#1c2229;--good:#52c793;--bad:#ff8d80;--warning:#e0ae4a;--warning-page:#292113;--alarm:#ff8d80;"
	"--alarm-page:#301a1b}}\n"
	"*{box-sizing:border-box}\n"
	"html{-webkit-text-size-adjust:100%;text-size-adjust:100%}\n"
	"body{margin:0;background:var(--page);color:var(--ink);"
	"font:16px/1.5 system-ui,-apple-system,\"Segoe UI\",Roboto,\"Helvetica Neue\",Arial,sans-serif;"
	"overflow-wrap:anywhere}\n"
	"main{max-width:62rem;margin:0 auto;padding:2.5rem 1.5rem 4rem}\n"
	"h1,h2,h3{line-height:1.25;font-weight:650;text-wrap:balance}\n"
	"h1{font-size:1.75rem;margin:0 0 .25rem}\n"
	"h2{font-size:1.25rem;margin:0 0 .5rem}\n"
	"h3{font-size:1rem;margin:1.25rem 0 .25rem}\n"
	"section{margin-top:2.5rem;padding-top:1.5rem;border-top:1px solid var(--rule)}\n"
	"p,ul,dl{margin:.5rem 0;max-width:44rem}\n"
	"ul{padding-left:1.2rem}\n"
	"li{margin:.25rem 0}\n"
	"dt{font-weight:600;margin-top:.75rem}\n"
	"dd{margin:0}\n"
	"code{font:inherit;white-space:nowrap}\n"
	".muted{color:var(--soft)}\n"
	".good{color:var(--good);font-weight:600}\n"
	".bad{color:var(--bad);font-weight:600}\n"
	".warning{color:var(--warning)}\n"
	".alarm{color:var(--alarm);font-weight:600}\n"
	"p.warning,p.alarm{color:var(--ink);font-weight:400;padding:.6rem .9rem;border-left:4px solid var(--warning);"
	"border-radius:2px;background:var(--warning-page)}\n"
	"p.alarm{border-color:var(--alarm);background:var(--alarm-page)}\n"
	".wide{overflow-x:auto;margin:1rem 0}\n"
	".wide:focus-visible{outline:2px solid var(--soft);outline-offset:2px}\n"
	"table{border-collapse:collapse;font-size:.9375rem;overflow-wrap:normal}\n"
	"caption{text-align:left;color:var(--soft);padding-bottom:.4rem}\n"
	"caption span{display:inline-block;position:sticky;left:0;max-width:min(44rem,100vw - 1.5rem)}\n"
	"th,td{padding:.3rem 0 .3rem 1.5rem;text-align:left;vertical-align:baseline;white-space:nowrap;"
	"border-bottom:1px solid var(--rule)}\n"
	"th:first-child{padding-left:0;position:sticky;left:0;background:var(--page);"
	"max-width:22rem;white-space:normal}\n"
	"thead th{color:var(--soft);font-weight:500;white-space:pre;vertical-align:bottom;"
	"border-bottom-color:var(--soft)}\n"
	"tbody th{font-weight:400}\n"
	"th:first-child.group{font-weight:650;padding-top:1.1rem;overflow-wrap:anywhere;max-width:none}\n"
	".r{text-align:right;font-variant-numeric:tabular-nums}\n"
	".figures{columns:2 26rem;column-gap:2.5rem;margin-top:1.5rem}\n"
	"figure{margin:0 0 1.5rem;max-width:30rem;break-inside:avoid}\n"
	"figcaption{font-weight:600;margin-bottom:.5rem}\n"
	"@media (max-width:30rem){main{padding:1.25rem .75rem 3rem}body{font-size:15px}table{font-size:.875rem}"
	"th,td{padding-left:.7rem}"
	"th:first-child{min-width:7.5rem;max-width:7.5rem}th:first-child.group{max-width:none}}\n"
	"@media print{@page{margin:16mm}body{font-size:10pt}main{max-width:none;padding:0}.wide{overflow:visible}"
	"table{width:100%;font-size:8.5pt}th,td{padding-left:.6rem}th:first-child{position:static;max-width:none}"
	"section{margin-top:1.5rem;padding-top:1rem}.figures{columns:2 auto;column-gap:8mm}"
	"h1,h2,h3,dt,thead,th.group{break-after:avoid}tr,p,li,dd{break-inside:avoid}"
	"p.warning,p.alarm{print-color-adjust:exact;-webkit-print-color-adjust:exact}}\n";

void html_begin(FILE *f, const char *title, const char *more)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
	      "<meta http-equiv=\"Content-Security-Policy\" "
	      "content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n"
	      "<title>", f);
	html_text(f, title);
	fprintf(f, "</title>\n<style>\n%s%s</style>\n</head>\n<body>\n<main>\n<h1>", css, more);
	html_text(f, title);
	fputs("</h1>\n", f);
}

void html_end(FILE *f)
{
	fputs("</main>\n</body>\n</html>\n", f);
}

void html_section(FILE *f, const char *heading)
{
	fputs("<section>\n<h2>", f);
	html_text(f, heading);
	fputs("</h2>\n", f);
}

void html_section_end(FILE *f)
{
	fputs("</section>\n", f);
}

static const char *const classes[] = {
	[HTML_PLAIN] = "",     [HTML_MUTED] = "muted",	   [HTML_GOOD] = "good",
	[HTML_BAD] = "bad",    [HTML_WARNING] = "warning", [HTML_ALARM] = "alarm",
};

void html_open(FILE *f, const char *element, enum html_style style)
{
	if (style == HTML_PLAIN)
		fprintf(f, "<%s>", element);
	else
		fprintf(f, "<%s class=\"%s\">", element, classes[style]);
}

void html_paragraph(FILE *f, enum html_style style, const char *text)
{
	html_open(f, "p", style);
	html_prose(f, text);
	fputs("</p>\n", f);
}

/* The region that a table scrolls in. */
static void begin_table(struct html_table *t, FILE *f, const char *name, const struct html_column *columns, size_t n)
{
	*t = (struct html_table){.f = f, .columns = columns, .n = n};
	fputs("<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"", f);
	html_text(f, name);
	fputs("\">\n<table>\n", f);
}

static void put_headings(const struct html_table *t)
{
	fputs("<thead>\n<tr>", t->f);
	for (size_t i = 0; i < t->n; i++) {
		fprintf(t->f, "<th scope=\"col\"%s>", t->columns[i].align == 'r' ? " class=\"r\"" : "");
		html_text(t->f, t->columns[i].heading);
		fputs("</th>", t->f);
	}
	fputs("</tr>\n</thead>\n", t->f);
}

void html_table_begin(struct html_table *t, FILE *f, const char *caption, const struct html_column *columns, size_t n)
{
	begin_table(t, f, caption, columns, n);
	fputs("<caption><span>", f);
	html_text(f, caption);
	fputs("</span></caption>\n", f);
	put_headings(t);
}

void html_table_bare(struct html_table *t, FILE *f, const char *name, const struct html_column *columns, size_t n)
{
	begin_table(t, f, name, columns, n);
	put_headings(t);
}

/* A group of rows is a <tbody>. */
static void begin_group(struct html_table *t)
{
	fputs(t->in_group ? "</tbody>\n<tbody>\n" : "<tbody>\n", t->f);
	t->in_group = true;
}

void html_table_group(struct html_table *t, const char *heading)
{
	begin_group(t);
	fprintf(t->f, "<tr><th class=\"group\" scope=\"rowgroup\" colspan=\"%zu\">", t->n);
	html_text(t->f, heading);
	fputs("</th></tr>\n", t->f);
}

void html_table_cell(struct html_table *t, enum html_style style, const char *text)
{
	bool first = t->column == 0, right = t->columns[t->column].align == 'r';
	const char *space = right && style != HTML_PLAIN ? " " : "";

	if (!t->in_group)
		begin_group(t);
	fputs(first ? "<tr><th scope=\"row\"" : "<td", t->f);
	if (right || style != HTML_PLAIN)
		fprintf(t->f, " class=\"%s%s%s\"", right ? "r" : "", space, classes[style]);
	fputc('>', t->f);
	html_text(t->f, text);
	fputs(first ? "</th>" : "</td>", t->f);
	t->column = (t->column + 1) % t->n;
	if (t->column == 0)
		fputs("</tr>\n", t->f);
}

void html_table_end(struct html_table *t)
{
	fprintf(t->f, "%s</table>\n</div>\n", t->in_group ? "</tbody>\n" : "");
}

void html_figures(FILE *f)
{
	fputs("<div class=\"figures\">\n", f);
}

void html_figures_end(FILE *f)
{
	fputs("</div>\n", f);
}

void html_figure(FILE *f, const char *caption)
{
	fputs("<figure>\n<figcaption>", f);
	html_text(f, caption);
	fputs("</figcaption>\n", f);
}

void html_figure_end(FILE *f)
{
	fputs("</figure>\n", f);
}
