# A chart as an SVG file, of lines of five fields that tabs separate: series, x, y, and the lower and upper end of the
# interval of y, which may be empty. Series are drawn in the order in which they first come.
#
#   awk -v title=... -v x_name=... -v y_name=... -v from_zero=1 -v whole=1 -f chart.awk POINTS
#
# from_zero: y begins there; whole: x are whole numbers.

# A step for an axis of this length: 1, 2 or 5 times a power of ten, some five of them.
function step_of(span,    step) {
	step = exp(log(10) * floor(log(span / 5) / log(10) + 1e-9))
	if (span / step > 20) return step * 5
	if (span / step > 10) return step * 2
	return step
}

function floor(x) { return x == int(x) || x > 0 ? int(x) : int(x) - 1 }
function px(v) { return sprintf("%.1f", left + (right - left) * (v - x_min) / (x_max - x_min)) }
function py(v) { return sprintf("%.1f", bottom - (bottom - top) * (v - y_min) / (y_max - y_min)) }

function escaped(s) {
	gsub(/&/, "\\&amp;", s)
	gsub(/</, "\\&lt;", s)
	return s
}

function show(v) {
	if (n++ == 0) { x_min = x_max = v; return }
	if (v < x_min) x_min = v
	if (v > x_max) x_max = v
}

BEGIN { FS = "\t"; left = 56; right = 500; top = 44; bottom = 316 }

{
	if (!($1 in number)) { number[$1] = ++n_series; called[n_series] = $1 }
	x[NR] = $2; y[NR] = $3; of[NR] = number[$1]
	low[NR] = $4 == "" ? $3 : $4; high[NR] = $5 == "" ? $3 : $5
	show($2 + 0)
	if (NR == 1) { y_max = high[1] + 0; y_min = from_zero ? 0 : low[1] + 0 }
	if (high[NR] + 0 > y_max) y_max = high[NR] + 0
	if (low[NR] + 0 < y_min) y_min = low[NR] + 0
}

END {
	if (x_max == x_min) { x_min--; x_max++ }
	if (y_max == y_min) y_max = y_min + 1
	y_max += (y_max - y_min) / 20
	if (!from_zero) y_min -= (y_max - y_min) / 20
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"story\" role=\"img\" viewBox=\"0 0 520 %d\">\n",
		370 + 20 * n_series
	print "<title>" escaped(title) "</title>"
	print "<style>"
	print ".story{width:100%;height:auto;font:14px system-ui,sans-serif;fill:#1b2430;--rule:#d8dde4}"
	print ".story .c1{--c:#1266b8}.story .c2{--c:#b8480a}.story .c3{--c:#0b7d62}.story .c4{--c:#8140b0}"
	print "@media screen and (prefers-color-scheme:dark){.story{fill:#e6eaf0;--rule:#38424e}"
	print ".story .c1{--c:#6cb2f7}.story .c2{--c:#f59a5f}.story .c3{--c:#4fcaa8}.story .c4{--c:#c99af0}}"
	print ".story .rule{stroke:var(--rule)}.story circle{fill:var(--c)}"
	print ".story path{fill:none;stroke:var(--c);stroke-width:2}.story .c2 .line{stroke-dasharray:8 3}"
	print ".story .c3 .line{stroke-dasharray:2 4}.story .c4 .line{stroke-dasharray:10 3 2 3}"
	print ".story .end{text-anchor:end}.story .middle{text-anchor:middle}.story .strong{font-weight:650;font-size:16px}"
	print "</style>"
	print "<text class=\"strong\" x=\"4\" y=\"16\">" escaped(title) "</text>"
	print "<text x=\"4\" y=\"35\">" escaped(y_name) "</text>"
	y_step = step_of(y_max - y_min)
	for (v = floor(y_min / y_step + .999) * y_step; v <= y_max; v += y_step) {
		print "<line class=\"rule\" x1=\"" left "\" x2=\"" right "\" y1=\"" py(v) "\" y2=\"" py(v) "\"/>"
		print "<text class=\"end\" x=\"" left - 8 "\" y=\"" py(v) + 4 "\">" sprintf("%.4g", v) "</text>"
	}
	x_step = step_of(x_max - x_min)
	if (whole && x_step < 1) x_step = 1
	for (v = floor(x_min / x_step + .999) * x_step; v <= x_max + x_step / 1e6; v += x_step)
		print "<text class=\"middle\" x=\"" px(v) "\" y=\"" bottom + 20 "\">" sprintf("%.4g", v) "</text>"
	print "<text class=\"end\" x=\"" right "\" y=\"" bottom + 40 "\">" escaped(x_name) "</text>"
	for (s = 1; s <= n_series; s++) {
		print "<g class=\"c" (s - 1) % 4 + 1 "\">"
		path = ""
		for (i = 1; i <= NR; i++) {
			if (of[i] != s) continue
			at = px(x[i]) + 5 * (s - (n_series + 1) / 2) # side by side
			path = path (path == "" ? "M" : "L") at " " py(y[i])
			print "<path d=\"M" at " " py(low[i]) "V" py(high[i]) "\"/>"
			print "<circle cx=\"" at "\" cy=\"" py(y[i]) "\" r=\"4\"/>"
		}
		print "<path class=\"line\" d=\"" path "\"/>"
		at = bottom + 40 + 20 * s
		print "<path class=\"line\" d=\"M" left " " at - 4 "h28\"/>"
		print "<circle cx=\"" left + 14 "\" cy=\"" at - 4 "\" r=\"4\"/>"
		print "<text x=\"" left + 38 "\" y=\"" at "\">" escaped(called[s]) "</text>"
		print "</g>"
	}
	print "</svg>"
}
