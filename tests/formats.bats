#!/usr/bin/env bats
# The formats of botify-abtest for people and monitors: golden files of a log that can be checked by hand (see abtest.bats),
# names that mean something to HTML, Markdown or Prometheus, and the page as a browser shows it.
#
# xmllint, promtool and chromium are used where they are there.

bats_require_minimum_version 1.5.0

setup() {
	bin=${BOTIFY_BIN:-$BATS_TEST_DIRNAME/../build}
	here=$BATS_TEST_DIRNAME
	tiny=$here/abtest/tiny.ndjson
	cd "$BATS_TEST_TMPDIR" || exit
}

abtest() {
	"$bin/botify-abtest" "$@"
}

# The text of a page without style and charts, which have tests of their own.
without_pictures() {
	sed '/<style>/,/<\/style>/d; /<svg /,/<\/svg>/d'
}

# A log of 3 users an arm whose experiment and arms have these names.
log_named() {
	jq -nc --arg x "$1" --arg control "$2" --arg treatment "$3" 'range(1; 4) as $user | range(2) as $arm |
		{message: "last", user: (10 * $user + 2 + $arm), track: 1, time: ($user * (2 - $arm) / 10),
			experiments: {($x): [$control, $treatment][$arm]}}'
}

# Every line is a HELP, a TYPE or a sample, as the text format 0.0.4 has them, and each family begins with the first two.
is_exposition() {
	grep -vE '^# HELP [a-z_]+ [^\\]+$|^# TYPE [a-z_]+ gauge$|^[a-z_]+(\{([a-z]+="([^"\\]|\\[\\"n])*",?)*\})? -?[0-9][0-9.e+-]*$' "$1" &&
		return 1
	awk '$2 == "HELP" { help = $3 } $2 == "TYPE" { if ($3 != help) exit 1; type = $3 }
		!/^#/ { sub(/[{ ].*/, ""); if ($0 != type) exit 1 }' "$1"
	sed 's/ [^ ]*$//' "$1" | grep -v '^#' | sort | uniq -d | wc -l | grep -x 0
	if command -v promtool >/dev/null; then promtool check metrics <"$1"; fi
}

# Each row of a table of Markdown has as many cells as its heading.
has_even_tables() {
	awk -F'|' '!/^\|/ { n = 0; next } n > 0 && NF != n { exit 1 } { n = NF; rows++ } END { exit rows == 0 }'
}

is_well_formed() {
	if command -v xmllint >/dev/null; then xmllint --noout "$1"; fi
}

@test "markdown: a log that can be checked by hand" {
	abtest --format markdown "$tiny" | diff - "$here/abtest/tiny.md"
}

@test "html: a page has the charts of effects, days and sessions" {
	local day user
	for day in 1 2; do
		for user in $(seq 80); do
			printf '{"message":"last","timestamp":%d,"user":%d,"track":1,"time":0.%d,"experiments":{"X":"%s"}}\n' \
				$((day * 86400000 + user)) "$user" $((user * day % 10)) $((user % 2))
		done
	done >log
	abtest --format html log >page.html
	[ "$(grep -o '<figcaption>[^<;]*' page.html)" = "<figcaption>Effects with their intervals
<figcaption>Mean over users until each day, by arm
<figcaption>Effect on time until each day
<figcaption>How long sessions are" ]
}

@test "for machines: numbers have an exponent only where they are shorter with it" {
	# T1 listens half as long as C, T2 twice as long; latencies are 1048.58 s
	user=0
	for arm in C T1 T2; do
		for time in 0.3 0.4 0.5; do
			user=$((user + 1))
			jq -nc --arg arm $arm --argjson user $user --argjson time "$(jq -n "$time * {C: 1, T1: 0.5, T2: 2}.$arm")" \
				'{message: "last", $user, track: 1, $time, latency: 1048.58, experiments: {X: $arm}}'
		done
	done >log
	for format in ndjson csv prometheus json; do
		abtest --format $format log >report
		run ! grep -E '[0-9]e[+]0|[0-9]e-0[1-3]' report
		grep -E '(^|[^0-9.])-50($|[^0-9.])' report
		grep -E '(^|[^0-9.])100($|[^0-9.])' report
		grep -E '(^|[^0-9.])1048580($|[^0-9.])' report
	done
}

@test "markdown and html: the sentence on an arm is about the metric that matters" {
	awk -f "$here/reference/welch-log.awk" >log
	abtest --format markdown log | grep -c '^\*\*.* listened ' | grep -x 2
	for metric in sessions time_per_track; do
		abtest --format ndjson log | jq -r --arg metric "$metric" 'select(.metric == $metric) | "\(.treatment) \(.significant)"' >want
		abtest --format markdown --primary "$metric" log >report.md
		sed -nE 's/^\*\*(.*)\*\* (did not differ|came back|heard).*/\1 \2/p' report.md |
			sed -E 's/ did not differ$/ false/; s/ (came back|heard)$/ true/' | diff - want
		abtest --format html --primary "$metric" log | sed -nE 's/.*<strong>(.*)<\/strong> (did not differ|came back|heard) .*/\1 \2/p' |
			sed -E 's/ did not differ$/ false/; s/ (came back|heard)$/ true/' | diff - want
	done
	# the metric is not told a second time, and time is among the others
	abtest --format html --primary time_per_track log | grep 'more of a track' >sentence
	grep 'Also: .*time [+−]' sentence
	run ! grep 'time per track' sentence
}

@test "table: a sentence on each arm comes first, and latency last" {
	awk -f "$here/reference/welch-log.awk" >log
	for metric in time sessions time_per_track; do
		# what Markdown says, in plain signs
		abtest --format markdown --primary $metric --experiment FILTERS log | sed -n 's/^\*\*\(.*\)\*\* /\1 /p' |
			sed 's/\xc2\xa0/ /g; s/−/-/g' >want
		abtest --primary $metric --experiment FILTERS log | sed -n 2,3p | diff - want
	done
	abtest --experiment FILTERS log | awk '$1 == "metric" { n = 0 } { rows[++n] = $1 } $1 == "mean_request_latency" && NF > 3 {
		if (!(n == 9 && rows[7] == "time_per_track" && rows[8] == "")) exit 1; seen++ } END { exit seen != 2 }'
	cp log policies
	# many arms: 20 sentences
	for i in $(seq 90); do
		echo '{"message":"last","user":'"$i"',"track":1,"time":0.5,"experiments":{"X":"A'"$((i % 45))"'"}}'
	done >log
	[ "$(abtest log | grep -c ' had the same time as ')" = 20 ]
	abtest log | grep -x '24 more arms are in the table.'
	command -v script >/dev/null || skip "script is not there"
	TERM=xterm NO_COLOR='' script -qec "'$bin'/botify-abtest --experiment FILTERS policies" /dev/null </dev/null >shown
	grep -F $'\033[32mT1 listened 39 % longer than C (27 % to 51 %).\033[0m' shown
}

@test "prometheus: the split, what is wrong with the log, and adjusted p" {
	value() {
		sed -n "s/^botify_abtest_$1 //p" report
	}

	{ cat "$tiny"; tail -1 "$tiny"; tail -1 "$tiny" | jq -c '.timestamp -= 1000 | .track += 1'; } >log
	abtest --format json --split C=9,T2=1 --adjust holm log >want
	abtest --format prometheus --split C=9,T2=1 --adjust holm log >report
	is_exposition report
	[ "$(value 'missing_arms{experiment="FILTERS"}')" = 1 ]
	[ "$(value 'unplanned_arms{experiment="FILTERS"}')" = 1 ]
	[ "$(value 'srm_p_value{experiment="FILTERS"}')" = 0 ]
	for key in duplicate_events events_after_end out_of_order_events malformed_lines; do
		[ "$(value "log_$key")" = "$(jq ".health.$key" want)" ]
	done
	[ "$(value log_duplicate_events)" = 1 ]
	[ "$(value log_out_of_order_events)" = 1 ]
	diff <(grep -c '^botify_abtest_p_value_adjusted{' report) <(jq '[.effects[] | select(.p_adjusted)] | length' want)
	[ "$(value 'p_value_adjusted{experiment="FILTERS",treatment="T1",metric="time"}')" = \
		"$(jq '.effects[] | select(.experiment == "FILTERS" and .metric == "time") | .p_adjusted' want)" ]
	abtest --format prometheus --split C=1,T1=3 --experiment AA "$tiny" >report
	[ "$(value 'srm_p_value{experiment="AA"}')" = "$(abtest --format json --split C=1,T1=3 --experiment AA "$tiny" | jq '.srm[0].p')" ]
}

@test "table: what makes effects unreliable stands above them" {
	abtest --split C=9,T2=1 --experiment FILTERS "$tiny" | head -5 | diff - <(
		echo 'FILTERS: C (control) 2 users, T1 2 users'
		echo 'Do not trust this yet:'
		echo 'Users are not split between the arms as planned (p < 1e-300).'
		echo '1 arm of the planned split never appears: T2.'
		echo '1 arm is not in the planned split: T1.'
	)
	LC_ALL=C sort "$tiny" >sorted
	abtest < <(cat sorted) 2>/dev/null | head -4 | diff - <(
		echo 'Do not trust this yet:'
		echo '8 events out of order: taken as they came, so sessions may be wrong.'
		echo
		echo 'AA: C (control) 2 users, T1 2 users'
	)
	run ! grep 'Do not trust' <(abtest sorted)
}

@test "for people: how effects were made is told, where they are not plain" {
	awk -f "$here/reference/welch-log.awk" >log
	jq -c 'select(.message == "last") | {user, value: .time}' log | sort -u -t, -k1,1 >values
	removed=$(abtest --format ndjson --covariate values --cap 99% --experiment FILTERS log |
		jq -r 'select(.treatment == "T1" and .metric == "sessions") | .variance_removed * 1000 | round / 10' |
		sed '/\./!s/$/.0/')
	for format in table markdown html; do
		abtest --format $format --experiment FILTERS log | grep -cE 'Values above|Fieller|covariate' | grep -x 0
		abtest --format $format --covariate values --cap 99% --lift fieller --experiment FILTERS log |
			sed 's/\xc2\xa0/ /g' | tr '\n' ' ' >report
		grep -F 'Values above the 99 % quantile of all arms count as that. Variance removed by the covariate: time ' report
		grep -F ", sessions $removed %, mean" report
		grep -E "Intervals are Fieller('|&#39;)s\." report
	done
}

@test "for people: no number is rounded to what contradicts the verdict" {
	# of 40 users an arm, T1 listens 0.0003 % longer; interval and p by botify-abtest's JSON
	for user in $(seq 80); do
		[ $((user % 2)) = 0 ] && arm=C time=0.500000$((user % 5)) || arm=T1 time=0.500001$((user % 5 + 5))
		echo '{"message":"last","timestamp":1000,"user":'"$user"',"track":1,"time":'"$time"',"experiments":{"X":"'"$arm"'"}}'
	done >log
	abtest --format json log | jq -e '.effects[0] | .significant and .lower > 0.00025 and .upper < 0.00035'
	abtest --days log | tr -s ' ' >report
	grep -F 'time 0.5000 0.5000 +0.0003% 0.0003 .. 0.0003 ' report
	[ "$(grep -c '^1970-01-01 .* +0.0003% +0.0003% +0.0003%$' report)" = 2 ]
	for format in markdown html; do
		abtest --format $format log | sed 's/\xc2\xa0/ /g' >report
		grep -F 'listened 0.000300 % longer than C (0.000287 % to 0.000313 %)' report
		grep -F '+0.0003 %' report
		grep -F '0.0003 to 0.0003' report
	done
}

@test "html: of many arms, those that changed something are told first" {
	for user in $(seq 900); do
		arm=$((user % 30)) time=0.$((user % 7 + 1))
		[ "$arm" != 29 ] || time=0.9$((user % 8))
		[ "$arm" = 0 ] && arm=C || arm=T$arm
		echo '{"message":"last","user":'"$user"',"track":1,"time":'"$time"',"experiments":{"X":"'"$arm"'"}}'
	done >log
	abtest --format html log | grep -E '^(<ul>)?<li>' >list
	head -1 list | grep -F '<strong>T29</strong> listened '
	sed -n 2p list | grep -F '<strong>T1</strong> did not'
	[ "$(wc -l <list)" = 21 ]
	tail -1 list | grep -F '>9 more arms'
}

@test "html: the days that it tells of stand on top" {
	for days in 0 1 40; do
		jq -c --argjson days "$days" '.timestamp += (.user % 2) * $days * 86400000' "$tiny" | abtest --format html |
			sed -n '/<h1>/,/<\/p>/p'
	done | sed -nE 's/.*>(19.*) 95.*/\1/p' | diff - <(printf '1970-01-01%s (UTC);\n' '' ' to 1970-01-02' ' to 1970-02-10')
	jq -c 'del(.timestamp)' "$tiny" | abtest --format html | sed -n '/<h1>/,/<\/p>/p' | grep '>95'
}

# A session of each of $2 users on day $1 after 2024-01-01, half of them in an arm.
sessions_on() {
	for user in $(seq "$2"); do
		echo '{"message":"last","timestamp":'$((1704067200000 + $1 * 86400000))',"user":'"$user"',"track":1,"time":0.'$((user % 7 + 1))',"experiments":{"X":"'$((user % 2))'"}}'
	done
}

# Where the dots of the first chart over days stand, and what the ticks below it say.
places_of_days() {
	sed -n '/<figcaption>Mean over users until/,/<\/svg>/p' "$1" | sed -n '/<g class="s0">/,/<\/g>/s/.*<circle.* cx="\([0-9.]*\)".*/\1/p'
}

@test "html: the axis of days is time" {
	for day in 0 1 9; do sessions_on $day 80; done >log
	abtest --format html -o page.html log
	# day 9 is eight times as far from day 1 as that is from day 0
	places_of_days page.html | awk '{ x[NR] = $1 } END { part = (x[3] - x[2]) / (x[2] - x[1]); exit !(NR == 3 && part > 7.9 && part < 8.1) }'
	grep -F '>day (1: 2024-01-01)<' page.html
	run ! grep -F 'far off' page.html
}

@test "html: a few events of a broken clock are told, and have no place on the axis" {
	{ sessions_on -19723 2; for day in 0 1 9; do sessions_on $day 80; done; sessions_on 27759 2; } >log
	abtest --format html -o page.html log
	places_of_days page.html | awk '{ x[NR] = $1 } END { part = (x[3] - x[2]) / (x[2] - x[1]); exit !(NR == 3 && part > 7.9 && part < 8.1) }'
	grep -F '>day (1: 2024-01-01)<' page.html
	grep -F '<figcaption>Mean over users until each day, by arm; far off and not drawn: 1970-01-01, 2100-01-01</figcaption>' page.html
	grep -F '<figcaption>Effect on time until each day; far off and not drawn: 1970-01-01, 2100-01-01</figcaption>' page.html
	grep -F '2024-01-01 to 2024-01-10 (UTC) and days far off; 95' page.html
	# the table has all days
	[ "$(grep -c '<th scope="row">1970-01-01<' page.html)" = 2 ]
	is_well_formed page.html
	# many: a word, not a list
	{ for day in -9000 -8000 -7000 -6000; do sessions_on $day 1; done; for day in 0 1 9; do sessions_on $day 80; done; } >log
	abtest --format html log | grep -E '; far off and not drawn: [0-9]{4}-[0-9-]{5}, [0-9-]{10}, [0-9-]{10}, …</figcaption>'
}

@test "html: the same, but for style and charts" {
	abtest --format html "$tiny" | without_pictures | diff - "$here/abtest/tiny.html"
}

@test "prometheus: the same" {
	abtest --format prometheus --experiment FILTERS "$tiny" >report
	is_exposition report
	diff report "$here/abtest/tiny.prom"
}

@test "html is well-formed XML" {
	command -v xmllint >/dev/null || skip "xmllint is not there"
	for log in tiny odd; do
		abtest --format html -o page.html "$here/abtest/$log.ndjson"
		xmllint --noout page.html
	done
}

@test "html asks for nothing: no script, no address, no file" {
	abtest --format html "$tiny" >page.html
	run ! grep -qiE '<script|<link|<img|<iframe|javascript:|src=|href=|url\(|@import| on[a-z]+=' page.html
	[ "$(grep -oE 'https?://[^"]*' page.html | sort -u)" = "http://www.w3.org/2000/svg" ]
	grep -F "content=\"default-src 'none'; style-src 'unsafe-inline'\"" page.html
}

@test "what is not known is a dash, or not there" {
	for format in markdown html prometheus; do
		abtest --format $format "$here/abtest/odd.ndjson" >report
		run ! grep -qiE '\bnan\b|\binf\b|null' report
	done
	is_exposition report
	run ! grep -q 'botify_abtest_p_value{experiment="MANY",treatment="D"' report
	abtest --format markdown "$here/abtest/odd.ndjson" | grep -F '| mean request latency, ms | – |  | – | – | – | 1.000 | 1 |'
}

@test "hostile names mean nothing in any format" {
	hostile='<script>alert(1)</script>&"'\''|\`*_[x](y) #1 @all --> ]]> {{}}'
	log_named "$hostile" "C" "</title><img src=x onerror=alert(1)>" >log
	for format in json ndjson; do
		abtest --format $format log | jq -es --arg x "$hostile" '[.. | .experiment? | strings] | length > 0 and all(. == $x)'
	done
	abtest --format csv log | grep -F '"<script>alert(1)</script>&""'
	abtest --format table log | grep -F "$hostile"
	abtest --format html log >page.html
	run ! grep -qE '<script|<img' page.html
	is_well_formed page.html
	abtest --format markdown log >report.md
	run ! grep -qE '<script|<img|[^\\]\||[^\\]`|@all' <(grep -v '^|' report.md)
	sed 's/\\|//g' report.md | has_even_tables
	abtest --format prometheus log >report.prom
	is_exposition report.prom
}

# What GitHub's Markdown makes of a report is the name, and nothing else.
@test "markdown: names are shown as they are, and are no links" {
	command -v cmark-gfm >/dev/null || skip "cmark-gfm is not there"
	# shellcheck disable=SC2016,SC1003 # they are names, as they are
	for name in ' T' 'T ' ' ' $'\u00a0T\u2003' $'\u202eT' 'https://e' 'http://example.org/a_b_c' 'ftp://e.com' 'www.e.com' \
		'a.b@e.com' 'a@_e.com' 'mailto:a@e.com' 'xmpp:a@e.com' '@all' '#1' ':smile:' 'a*b*' '__T__' '~~T~~' '`T`' '(T)' 'T.' \
		'- T' '1. T' '=== ' '[T](x)' '![T](x)' '[^1]' '$T$' 'T|U' '&amp;T' 'T\' 'deadbee5'; do
		log_named 'X' "$name" C >log
		abtest --format markdown log >report.md
		sed 's/\\|//g' report.md | has_even_tables
		cmark-gfm --unsafe -e table -e autolink -e strikethrough -e tasklist report.md | sed 's/<!-- -->//g' >page.html
		run ! grep -E '<a |<img|<em>|<del>|<code>|<li>|<h1>' page.html
		grep -F "<p><strong>$(jq -Rr '@html | gsub("&#39;"; "\u0027") | gsub("\u202e"; " ")' <<<"$name")</strong> did not differ" page.html
	done
}

@test "line breaks and controls in names stay in their line" {
	log_named $'two\nlines\t\r' "C" $'T\n1\x1b[2J' >log
	abtest --format markdown log >report.md
	run ! grep -q $'\033' report.md
	grep -x '## two lines &#32;' report.md
	has_even_tables <report.md
	abtest --format html log >page.html
	run ! grep -q $'\033' page.html
	is_well_formed page.html
	abtest --format prometheus log >report.prom
	grep -F 'experiment="two\nlines' report.prom
	[ "$(grep -c '^botify_abtest_effect_percent{' report.prom)" = 6 ]
}

# What a terminal is given by a run, without the CR that it adds.
on_terminal() {
	TERM=xterm NO_COLOR=1 script -qec "'$bin/botify-abtest' $*" /dev/null </dev/null | tr -d '\r'
}

@test "names in notes and on a terminal do not command it, whatever the format" {
	local name=$'T\e[2J\n1\u009b31m\u202e\x7f'
	log_named $'X\nY' "$name" C >log
	# nothing is lost where a program reads
	for format in json ndjson; do
		abtest --format $format log 2>/dev/null | jq -es --arg arm "$name" '[.. | .treatment? | strings] | length > 0 and all(. == $arm)'
	done
	abtest --format csv log | grep -F "$(printf '"T\e[2J')"
	abtest --format prometheus log | grep -F $'treatment="T\e[2J\\n1\u009b31m\u202e\x7f"'
	command -v script >/dev/null || skip "script is not there"
	for format in table json ndjson csv prometheus markdown html; do
		on_terminal --format $format log >shown
		run ! grep -P '[\x00-\x08\x0b-\x1f\x7f]|\xc2\x9b|\xe2\x80\xae' shown
	done
	on_terminal --format csv log | grep -F 'X?Y,C,T?[2J?1?31m??,time,'
	[ "$(on_terminal --format csv log | wc -l)" = 8 ]
	on_terminal --format prometheus log | grep -F 'experiment="X\nY",treatment="T?[2J\n1?31m??"'
	# the same bytes in a file, though a terminal is there
	on_terminal --format csv -o report.csv log
	abtest --format csv log | diff - report.csv
	# a finding names the experiment
	run -0 --separate-stderr abtest --format ndjson --split C=1,Q=1 log
	# shellcheck disable=SC2154 # bats sets it
	[[ $stderr == "botify-abtest: X?Y: "* ]]
	run ! grep -P '[\x00-\x08\x0b-\x1f\x7f]|\xc2\x9b|\xe2\x80\xae' <<<"$stderr"
}

@test "csv for a spreadsheet: names are text, and numbers stay numbers" {
	for name in '=1+1' '+1' '-1' '@SUM(1)' $'\t=1' $'\r=1' $'\n=1' '＝1' 'a=1' "'=1" 'C;=1' 'say "x", ok'; do
		log_named "$name" C T2 >log
		run -0 --separate-stderr abtest --format csv --spreadsheet log
		case $name in [=+@-]* | $'\t'* | $'\r'* | $'\n'* | ＝*) before="'" ;; *) before= ;; esac
		[[ $output == experiment,control,*$'\n"'"$before${name//\"/\"\"}"'","C","T2","time",-50,-'* ]]
		[[ $output == *,false,3,3,0.2*,'"mean",0.2'*,,,$'\n'* ]]
	done
	# without the option, a program finds the name that is in the log
	log_named '=1+1' C T >log
	abtest --format csv log | grep '^=1+1,C,T,time,'
	run -2 abtest --format json --spreadsheet log
	[ "${lines[0]}" = "botify-abtest: --spreadsheet is for --format csv" ]
}

@test "a report of many arms stays within bounds" {
	for i in $(seq 300); do
		echo '{"message":"last","user":'"$i"',"track":1,"time":0.5,"experiments":{"X":"A'"$i"'"}}'
	done >log
	abtest --format html log >page.html
	is_well_formed page.html
	grep -F '2033 more are in the table' page.html
	grep -F '279 more arms are in the table' page.html
	[ "$(grep -c '<tr><th scope="row">' page.html)" = 2401 ]
}

@test "what is wrong with the log is at the top" {
	sed '3s/^/nonsense/' "$tiny" >log
	run -1 --separate-stderr abtest --format html log
	echo "$output" >page.html
	[ "$(grep -n 'Do not trust this yet:</strong> 1 malformed line' page.html | cut -d: -f1)" -lt "$(grep -n '<section>' page.html | head -1 | cut -d: -f1)" ]
	run -1 --separate-stderr abtest --format markdown log
	[ "${lines[0]}" = "> **Do not trust this yet**: 1 malformed line: left out, 7.14 % of all lines." ]
	run -1 --separate-stderr abtest --format prometheus log
	[[ $output == *$'\nbotify_abtest_log_malformed_lines 1\n'* ]]
	echo "$output" >report
	is_exposition report
}

@test "a full disk is noticed" {
	[ -c /dev/full ] || skip "no /dev/full"
	for format in markdown html prometheus; do
		# shellcheck disable=SC2016
		run -1 bash -c '"$1/botify-abtest" --format "$2" "$3" >/dev/full' - "$bin" "$format" "$tiny"
		[[ $output == *"No space left on device"* ]]
		run -1 abtest --format "$format" -o /dev/full "$tiny"
	done
}

# A page around the report, which measures it at a phone's and at a desktop's width; and says what it found as its title.
frame() {
	echo '<!DOCTYPE html><title>not yet</title><body>'
	for width in 400 1280; do
		echo "<iframe width=$width height=900 style='border:0' srcdoc='$(jq -Rrs @html "$1")'></iframe>"
	done
	cat <<-'END'
		<script>
		onload = () => {
			document.title = [...document.querySelectorAll("iframe")].map(frame => {
				const d = frame.contentDocument, page = d.documentElement;
				const texts = [...d.querySelectorAll("svg text")];
				const size = text => 13 * text.ownerSVGElement.getBoundingClientRect().width / 440;
				const outside = text => {
					const box = text.getBoundingClientRect(), svg = text.ownerSVGElement.getBoundingClientRect();
					return box.left < svg.left - 1 || box.right > svg.right + 1 || box.bottom > svg.bottom + 1;
				};
				return [page.clientWidth, page.scrollWidth <= page.clientWidth ? "fits" : "overflows",
					texts.every(text => size(text) >= 11) ? "legible" : "small",
					texts.some(outside) ? "cut" : "whole", d.querySelectorAll("script").length].join(" ");
			}).join(", ");
		};
		</script>
	END
}

@test "in a browser: nothing overflows at 400 and 1280 pixels, no message on the console" {
	browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || skip "chromium is not there"
	export HOME=$PWD # whatever it leaves there
	{
		cat "$here/abtest/odd.ndjson"
		log_named 'a long name <b> that goes on and on, without an end that anybody could see, for as long as it takes' \
			C "supercalifragilistic_$(printf 'x%.0s' $(seq 300))"
	} >log
	abtest --format html log >page.html
	frame page.html >frame.html
	timeout 120 "$browser" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
		--disable-component-update --disable-sync --user-data-dir="$PWD/profile" --enable-logging=stderr \
		--hide-scrollbars --virtual-time-budget=5000 --window-size=1400,1000 --dump-dom "file://$PWD/frame.html" >dom 2>messages ||
		skip "chromium does not run here"
	sed -n 's/.*<title>\(400 [^<]*\)<.*/\1/p' dom | tee found
	grep -x '400 fits legible whole 0, 1280 fits legible whole 0' found
	run ! grep CONSOLE messages
}
