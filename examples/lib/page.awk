# A page of HTML that needs nothing else, of the Markdown that these scripts write: headings, paragraphs, lists, tables,
# `code`, **strong**, and pictures that are SVG files, which become part of the page.

function escaped(s) {
	gsub(/&/, "\\&amp;", s)
	gsub(/</, "\\&lt;", s)
	gsub(/>/, "\\&gt;", s)
	return s
}

# Puts what stands between pairs of a mark into an element.
function marked(s, mark, element,    part, n, i, out) {
	n = split(s, part, mark)
	if (n % 2 == 0) return s
	out = part[1]
	for (i = 2; i <= n; i += 2) out = out "<" element ">" part[i] "</" element ">" part[i + 1]
	return out
}

function inline(s) {
	return marked(marked(escaped(s), "`", "code"), "[*][*]", "strong")
}

# Ends what is open, unless it is this.
function open(what) {
	if (now == what) return 0
	if (now != "") print closing[now]
	now = what
	if (what != "") printf "%s", opening[what]
	return 1
}

function row(line, element,    cell, n, i, c) {
	n = split(line, cell, "|")
	printf "<tr>"
	for (i = 2; i < n; i++) {
		c = cell[i]
		sub(/^ +/, "", c)
		sub(/ +$/, "", c)
		printf "<%s%s>%s</%s>", element, c ~ /^[-+]?[0-9.]*[0-9](,? |$)|^-$/ ? " class=\"n\"" : "", inline(c), element
	}
	print "</tr>"
}

function picture(line,    alt, file, text) {
	alt = file = line
	sub(/^!\[/, "", alt)
	sub(/\]\(.*/, "", alt)
	sub(/.*\]\(/, "", file)
	sub(/\).*/, "", file)
	print "<figure>"
	while ((getline text < file) > 0) print text
	close(file)
	print "<figcaption>" inline(alt) "</figcaption></figure>"
}

BEGIN {
	opening["p"] = "<p>"; closing["p"] = "</p>"
	opening["ul"] = "<ul>\n"; closing["ul"] = "</ul>"
	opening["table"] = "<div class=\"wide\" tabindex=\"0\"><table>\n"; closing["table"] = "</tbody></table></div>"
}

NR == 1 {
	title = $0
	sub(/^# /, "", title)
	print "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">"
	print "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
	print "<title>" escaped(title) "</title>\n<style>"
	print ":root{color-scheme:light dark;--ink:#1b2430;--soft:#596575;--rule:#d8dde4;--page:#fff}"
	print "@media screen and (prefers-color-scheme:dark){:root{" \
		"--ink:#e6eaf0;--soft:#a3aebb;--rule:#38424e;--page:#14191f}}"
	print "body{margin:0 auto;padding:1.5rem 1rem 4rem;max-width:70rem;color:var(--ink);background:var(--page);" \
		"font:16px/1.5 system-ui,sans-serif}"
	print "h1{font-size:1.6rem;line-height:1.2}h2{font-size:1.2rem;margin-top:2.5rem}p,li{max-width:44rem}"
	print ".wide{overflow-x:auto;margin:1rem 0}"
	print "table{border-collapse:collapse;font-size:.875rem;font-variant-numeric:tabular-nums}"
	print "th,td{padding:.3rem .7rem;border-bottom:1px solid var(--rule);text-align:left;vertical-align:top}"
	print "th{color:var(--soft);font-weight:600}.n{text-align:right;white-space:nowrap}"
	print "code{font-size:.875em;overflow-wrap:anywhere}td code{white-space:nowrap}"
	print "figure{margin:1.5rem 0;max-width:36rem}figcaption{color:var(--soft);font-size:.875rem}"
	print "</style>\n</head>\n<body>"
}

/^#+ / {
	open("")
	level = index($0, " ") - 1
	print "<h" level ">" inline(substr($0, level + 2)) "</h" level ">"
	next
}
/^!\[/ { open(""); picture($0); next }
/^\|[-| ]*$/ { next }
/^\|/ {
	if (open("table")) {
		printf "<thead>"
		row($0, "th")
		print "</thead><tbody>"
	} else
		row($0, "td")
	next
}
/^- / { open("ul"); print "<li>" inline(substr($0, 3)) "</li>"; next }
/^$/ { open(""); next }
{ open("p"); print inline($0) }
END { open(""); print "</body>\n</html>" }
