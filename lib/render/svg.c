#include "render/svg.h"

#include <math.h>
#include <string.h>

#include "render/html.h"

/* Where a page has no --ink and so on (see html.c), there are colours for paper. */
const char svg_css[] =
	":root{--s0:#5c6673;--s1:#1266b8;--s2:#b8480a;--s3:#0b7d62;"
	"--s4:#8140b0;--s5:#8a6a00;--s6:#b9246f;--s7:#3f6f8a}\n"
	"@media screen and (prefers-color-scheme:dark){:root{--s0:#aab4c0;--s1:#6cb2f7;--s2:#f59a5f;--s3:#4fcaa8;"
	"--s4:#c99af0;--s5:#d9b84a;--s6:#f58bbd;--s7:#8dbdd8}}\n"
	".chart{display:block;width:100%;height:auto;color:var(--ink,#1b2430)}\n"
	".chart text{font-size:13px;fill:currentColor;font-variant-numeric:tabular-nums;paint-order:stroke;"
	"stroke:var(--page,#fff);stroke-width:4px;stroke-linejoin:round}\n"
	".chart .soft{fill:var(--soft,#596575)}\n"
	".chart .strong{font-weight:650}\n"
	".chart .middle{text-anchor:middle}\n"
	".chart .end{text-anchor:end}\n"
	".chart .grid{stroke:var(--rule,#d8dde4);stroke-width:1}\n"
	".chart .zero{stroke:var(--soft,#596575);stroke-width:1}\n"
	".chart .unsure{--s:var(--soft,#596575)}\n"
	".chart .better{--s:var(--good,#08734a)}\n"
	".chart .worse{--s:var(--bad,#b3261e)}\n"
	".chart text.better,.chart text.worse{fill:var(--s);font-weight:600}\n"
	".chart .s0{--s:var(--s0)}.chart .s1{--s:var(--s1)}.chart .s2{--s:var(--s2)}.chart .s3{--s:var(--s3)}"
	".chart .s4{--s:var(--s4)}.chart .s5{--s:var(--s5)}.chart .s6{--s:var(--s6)}.chart .s7{--s:var(--s7)}\n"
	".chart .s2 .line{stroke-dasharray:8 3}.chart .s3 .line{stroke-dasharray:2 4}"
	".chart .s4 .line{stroke-dasharray:10 3 2 3}.chart .s5 .line{stroke-dasharray:5 5}"
	".chart .s6 .line{stroke-dasharray:14 4}.chart .s7 .line{stroke-dasharray:6 3 1 3 1 3}\n"
	".chart .line{fill:none;stroke:var(--s);stroke-width:2;stroke-linejoin:round;stroke-linecap:round}\n"
	".chart .other{--s:var(--soft,#596575);opacity:.45}"
	".chart .other .line{stroke-width:1}.chart .other .dot{display:none}\n"
	".chart .band{fill:var(--s);fill-opacity:.16}\n"
	".chart .dot{fill:var(--s)}\n"
	".chart .hollow{fill:var(--page,#fff);stroke:var(--s);stroke-width:2}\n";

void svg_begin(FILE *f, const char *title, const char *description, double height)
{
	fprintf(f, "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" role=\"img\" "
		   "viewBox=\"0 0 %d %.0f\">\n<title>", SVG_WIDTH, height);
	html_text(f, title);
	fputs("</title>\n<desc>", f);
	html_text(f, description);
	fputs("</desc>\n", f);
}

void svg_end(FILE *f)
{
	fputs("</svg>\n", f);
}

void svg_file_begin(FILE *f)
{
	fprintf(f,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\">\n<style>\nsvg { font-family: "
		"system-ui, sans-serif; }\n%s</style>\n",
		SVG_WIDTH * 3 / 2, SVG_WIDTH, svg_css);
}

void svg_file_end(FILE *f)
{
	fputs("</svg>\n", f);
}

/*
 * The width of the character that begins with this byte, in a wide font; 0 where it is not the first of one. From
 * U+3000 on most are square.
 */
static double character_width(unsigned char c)
{
	if ((c & 0xc0) == 0x80)
		return 0;
	if (c >= 0xe2)
		return c == 0xe2 ? 11 : 13;
	if (c && strchr("MWmw@%", c))
		return 12.5;
	if (c && strchr("fijlrt.,:;|!'()[] ", c))
		return 5.5;
	return c >= 'A' && c <= 'Z' ? 9.5 : 8.3;
}

double svg_text_width(const char *text)
{
	double width = 0;

	for (; *text; text++)
		width += character_width((unsigned char)*text);
	return width;
}

/* How many bytes of a text fit; all of them, or with room for an ellipsis. */
static size_t fitting_length(const char *text, double width)
{
	double used = 13;
	size_t len = 0;

	if (svg_text_width(text) <= width)
		return strlen(text);
	for (size_t i = 0; text[i]; i++) {
		if (((unsigned char)text[i] & 0xc0) != 0x80)
			len = i;
		used += character_width((unsigned char)text[i]);
		if (used > width)
			break;
	}
	return len;
}

static void put_cut(FILE *f, const char *text, size_t len)
{
	char shown[256];

	if (len >= sizeof shown)
		len = 0;
	memcpy(shown, text, len);
	shown[len] = '\0';
	fputs("<title>", f);
	html_text(f, text);
	fputs("</title>", f);
	html_text(f, shown);
	fputs("…", f);
}

void svg_text(FILE *f, double x, double y, enum svg_anchor anchor, const char *style, const char *text, double width)
{
	static const char *const anchors[] = {[SVG_START] = "", [SVG_MIDDLE] = "middle", [SVG_END] = "end"};
	size_t len = fitting_length(text, width);
	bool classes = *style || *anchors[anchor];

	fprintf(f, "<text x=\"%.1f\" y=\"%.1f\"", x, y);
	if (classes)
		fprintf(f, " class=\"%s%s%s\"", style, *style && *anchors[anchor] ? " " : "", anchors[anchor]);
	fputc('>', f);
	if (text[len])
		put_cut(f, text, len);
	else
		html_text(f, text);
	fputs("</text>\n", f);
}

void svg_tick(FILE *f, double x, double y, const char *text)
{
	double half = svg_text_width(text) / 2;

	svg_text(f, fmin(fmax(x, half), SVG_WIDTH - half), y, SVG_MIDDLE, "soft", text, SVG_WIDTH);
}

void svg_line(FILE *f, const char *style, double x1, double y1, double x2, double y2)
{
	fprintf(f, "<path class=\"%s\" d=\"M%.1f %.1fL%.1f %.1f\"/>\n", style, x1, y1, x2, y2);
}

const char *svg_series_class(size_t style)
{
	static const char *const classes[SVG_SERIES_MAX] = {"s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7"};

	return style < SVG_SERIES_MAX ? classes[style] : "other";
}
