#!/usr/bin/env bats
# botify-abtest: golden reports over logs that can be checked by hand, SciPy's numbers over one that cannot, bad input.
#
# abtest/tiny.ndjson, experiment FILTERS, by hand:
#   user 1 (C)  one session of 2 tracks, time 1.5, latency 1.5 ms; a second session that does not end
#   user 2 (C)  one session of 3 tracks, time 2.0, latency 3 ms
#   user 3 (T1) one session of 3 tracks, time 2.5, latency 4 ms
#   user 4 (T1) sessions of 3 and 2 tracks, time 2.5 + 1.0, latency 6 ms
# time: means 1.75 and 3, so +71.43 %; variances 1/8 and 1/2, so t = 1.25 / sqrt(1/16 + 1/4) = sqrt(5),
# df = (5/16)^2 / ((1/16)^2 + (1/4)^2) = 25/17.
# time_per_session: 3.5 / 2 and 6 / 3, so +14.29 %; of the linearised values 2 -+ 1/3 of T1, the variance is 2/9, so
# t = 0.25 / sqrt(1/16 + 1/9) = 0.6. time_per_track: 3.5 / 5 and 6 / 8.

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

# Numbers to nine places: their last digits are the business of the unit tests.
rounded() {
	jq -c 'walk(if type == "number" then . * 1e9 | round / 1e9 else . end)'
}

# A log of 5,000 sessions, made anew in every test that needs it.
big_log() {
	awk -f "$here/reference/welch-log.awk"
}

@test "table: a log that can be checked by hand" {
	abtest "$tiny" | diff - "$here/abtest/tiny.table"
}

@test "json: the same log, keys in their order" {
	abtest --format json "$tiny" | rounded | diff - "$here/abtest/tiny.json"
}

@test "csv: three arms, no C, two arms, no variance, n = 1, no latency" {
	abtest --format csv "$here/abtest/odd.ndjson" | cut -d, -f1-5,8-12 | diff - "$here/abtest/odd.csv"
}

@test "timestamps that are no milliseconds are told in every format" {
	for factor in 1/1000:seconds 1000:microseconds 1000000:nanoseconds; do
		jq -c ".timestamp = ((.timestamp + 1704067200000) * ${factor%:*} | floor)" "$tiny" >log
		note="botify-abtest: timestamps look like ${factor#*:}, and are taken as milliseconds"
		for format in table json ndjson csv markdown html prometheus; do
			run -0 --separate-stderr abtest --format $format log
			[ "$stderr" = "$note" ]
			case $format in table | markdown | html)
				[[ $output == *"Timestamps look like ${factor#*:}, and are taken as milliseconds: days are wrong."* ]] ;;
			esac
		done
		run -0 --separate-stderr abtest --partial -o part log
		[ "$stderr" = "$note" ]
		run -0 --separate-stderr abtest --merge part
		[ "$stderr" = "$note" ]
	done
	jq -c '.timestamp += 1704067200000' "$tiny" >log
	run -0 --separate-stderr abtest log
	[ -z "$stderr" ]
	run ! grep -q Timestamps <<<"$output"
	run -0 --separate-stderr abtest --covariate-before 1704067200 log
	[ "$stderr" = "botify-abtest: --covariate-before looks like seconds, and is taken as milliseconds" ]
}

@test "table: the same, with what was left out" {
	abtest "$here/abtest/odd.ndjson" | diff - "$here/abtest/odd.table"
}

@test "ndjson is the effects of json, one a line" {
	diff <(abtest --format ndjson "$tiny") <(abtest --format json "$tiny" | sed -n '/^{"experiment".*"alpha"/s/},*$/}/p')
	abtest --format ndjson "$tiny" | jq -es 'length == 14'
}

@test "csv has the columns and the values of ndjson" {
	abtest --format ndjson "$here/abtest/odd.ndjson" | sed 's/null/""/g' |
		sed -E 's/"[a-z_]+"://g; s/[{}"]//g' | diff - <(abtest --format csv "$here/abtest/odd.ndjson" | tail -n +2)
	diff <(abtest --format ndjson "$tiny" | jq -r 'keys_unsorted | join(",")' | uniq) <(abtest --format csv "$tiny" | head -1)
}

@test "SciPy: every number of 5,000 sessions to 1e-9, and what was left out" {
	big_log >log
	[ "$(cksum <log)" = "3765763374 9205420" ]
	abtest --format json log >report
	jq -n --slurpfile got report --slurpfile want "$here/reference/welch.json" '
		def near(a; b): if (a | type) == "number" then (a - b | fabs) <= 1e-9 * (b | fabs) else a == b end;
		def by_name: map({([.experiment, .treatment, .metric] | join(" ")): .}) | add;
		($got[0].effects | by_name) as $got | ($want[1:] | by_name) as $want
		| ($want | length) == 21 and ($got | keys) == ($want | keys)
		and all($want | keys[]; . as $of | all($want[$of] | keys[]; near($got[$of][.]; $want[$of][.])))' | grep -x true
	diff <(head -1 "$here/reference/welch.json" | jq -cS .left_out) <(jq -cS '.health.experiments
		| map({(.experiment): {users_in_two_arms, unfinished_sessions}}) | add' report)
	jq -e '.health | .events == 57211 and .users == 1623 and .unfinished_sessions == 35' report
}

@test "several files, split at any line, are one log" {
	big_log | head -2000 >log
	abtest --format json log >whole
	for n in 1 2 999 1999; do
		head -n "$n" log >first
		tail -n +"$((n + 1))" log >second
		abtest --format json first second | cmp - whole
		abtest --format json - second <first | cmp - whole
	done
	split -l 100 log part.
	abtest --format json part.* | cmp - whole
	abtest --format json <log | cmp - whole
}

@test "the users of a log may be mixed in any way" {
	big_log | head -5000 >log
	# users one after the other, each in order
	awk '{ match($0, /"user":[0-9]+/); print substr($0, RSTART + 7, RLENGTH - 7) "\t" $0 }' log | sort -s -n -k1,1 |
		cut -f2- >grouped
	run ! cmp -s log grouped
	diff <(abtest --format csv log | sort) <(abtest --format csv grouped | sort)
}

@test "a log sorted as text gives the report of the log in its own order" {
	big_log | head -5000 >log
	LC_ALL=C sort log >sorted
	abtest --format csv log | sort >want
	abtest --format csv sorted | sort | cmp - want
	abtest --format csv <sorted | sort | cmp - want
	abtest --format json sorted | jq -e '.health | .sorted and .out_of_order_events > 100'
	abtest sorted | grep 'events out of order: sorted by timestamp'
	# also where standard input stands behind a line already read
	{ head -1 log; cat sorted; } >longer
	(
		read -r _
		abtest --format csv
	) <longer | sort | cmp - want
}

@test "a pipe out of order is reported, and taken as it comes" {
	LC_ALL=C sort "$tiny" >sorted
	abtest --format json < <(cat sorted) 2>err >report
	grep -x 'botify-abtest: events are out of order and were taken as they came; give the log as a file, or sorted by timestamp' err
	jq -e '.health | .sorted == false and .out_of_order_events == 8' report
	abtest < <(cat sorted) 2>/dev/null | grep 'may be wrong'
	# in a pipe in order, silence
	abtest <"$tiny" 2>err >/dev/null
	[ ! -s err ]
}

@test "--experiment picks, may be repeated, and keeps the order of the log" {
	abtest --format ndjson --experiment FILTERS "$tiny" | jq -es 'length == 7 and all(.experiment == "FILTERS")'
	abtest --format json --experiment FILTERS "$tiny" | jq -e '.health.experiments | length == 1'
	diff <(abtest --experiment FILTERS --experiment AA "$tiny") <(abtest "$tiny")
}

@test "an unknown experiment is an error that names those there are" {
	run abtest --experiment FILTER "$tiny"
	[ "$status" = 1 ]
	[ "$output" = "botify-abtest: no experiment 'FILTER': there are AA, FILTERS" ]
}

@test "--control turns a comparison round, and an unknown one is an error that names the arms" {
	abtest --format ndjson --control T1 --experiment FILTERS "$tiny" | head -1 |
		jq -e '.control == "T1" and .treatment == "C" and .control_mean == 3 and .difference == -1.25'
	run abtest --control T2 "$tiny"
	[ "$status" = 1 ]
	[ "$output" = "botify-abtest: experiment 'AA': no arm 'T2': there are C, T1" ]
	# of the experiments asked for only
	abtest --control A --experiment MANY "$here/abtest/odd.ndjson"
	run ! abtest --control A "$here/abtest/odd.ndjson"
}

@test "--alpha widens and narrows, and turns the verdict with p" {
	big_log | head -20000 >log
	for alpha in 0.5 0.2 0.1 0.05 0.01 0.001; do
		abtest --format ndjson --alpha $alpha log
	done >effects
	jq -es 'all(.significant == (.p < .alpha) and .significant == (.lower > 0 or .upper < 0))' effects
	jq -es 'map(select(.metric == "time" and .treatment == "T2") | .upper - .lower) | . == sort and length == 6' effects
	abtest --alpha 0.01 log | grep '99 % interval'
	abtest --alpha 0.001 log | grep '99.9 % interval'
}

@test "a control mean of 0 has no percent, but a difference" {
	for user in 1 2 3 4; do
		echo '{"message":"last","user":'$user',"track":1,"time":0,"experiments":{"X":"C"}}'
		echo '{"message":"last","user":1'$user',"track":1,"time":0.'$user',"experiments":{"X":"T"}}'
	done >log
	abtest --format ndjson log | head -1 | jq -e '.effect == null and .lower == null and .upper == null and .control_mean == 0
		and .difference == 0.25 and .difference_lower > 0 and .significant and .p < 0.05'
	abtest log | grep -E '^time +0.000 +0.2500 +- +- +0.0'
}

@test "malformed lines: ten are shown, all are counted, the report comes, exit 1" {
	for i in $(seq 25); do
		echo "nonsense $i"
		sed -n "${i}p" "$tiny"
	done >log
	run --separate-stderr abtest log
	[ "$status" = 1 ]
	# shellcheck disable=SC2154 # bats sets it
	[ "${#stderr_lines[@]}" = 11 ]
	[[ ${stderr_lines[1]} == "botify-abtest: log:3: "* ]]
	[ "${stderr_lines[10]}" = "botify-abtest: … and 15 more like these" ]
	diff <(echo "$output") <(
		echo 'Do not trust this yet:'
		echo '25 malformed lines: left out, 64.1 % of all lines.'
		echo
		cat "$here/abtest/tiny.table"
	)
	abtest --format json log 2>/dev/null | jq -e '.health.malformed_lines == 25'
}

@test "malformed lines of more than one in a hundred: every report begins with them" {
	big_log | head -990 >good
	for bad in 10 11; do
		{ cat good; yes '{"message":"next"}' | head -n $bad; } >log
		abtest --partial log >part 2>errors || [ $? = 1 ]
		for from in log "--merge part"; do
			for format in table markdown html json prometheus ndjson csv; do
				# shellcheck disable=SC2086
				run --separate-stderr abtest --format $format $from
				# shellcheck disable=SC2154 # bats sets it
				echo "$stderr" >"err.$format"
				echo "$output" >"out.$format"
			done
			# the first line of what is on the page, of the document, of what is said where the format has no room for it
			head -2 out.table | grep -cx -e 'Do not trust this yet:' -e '11 malformed lines: left out, 1.1 % of all lines.' >found || true
			head -1 out.markdown | grep -cx '> \*\*Do not trust this yet\*\*: 11 malformed lines: left out, 1.1 % of all lines.' >>found || true
			sed -n '/<h1>/,$p' out.html | grep '<p' | sed -n 2p | grep -c '>Do not trust this yet:</strong> 11 malformed lines: left out, 1.1 % of all lines.' >>found || true
			head -1 out.json | grep -cxF '{"alarms":["11 malformed lines: left out, 1.1 % of all lines."],' >>found || true
			sed -n 3p out.prometheus | grep -cx 'botify_abtest_alarm{finding="malformed_lines"} 1' >>found || true
			for format in ndjson csv; do
				grep -cx 'botify-abtest: Do not trust this yet: 11 malformed lines: left out, 1.1 % of all lines.' err.$format >>found || true
				grep -v malformed out.$format | cmp - out.$format
			done
			[ "$(tr '\n' ' ' <found)" = "$([ $bad = 10 ] && echo '0 0 0 0 0 0 0 ' || echo '2 1 1 1 1 1 1 ')" ]
			jq -e --argjson n $bad '.health.malformed_lines == $n' out.json
			# and that is what a pipeline may fail on
			# shellcheck disable=SC2086
			run abtest --fail-on health $from
			[ $bad = 10 ] && [ "$status" != 3 ] || [ "$status" = 3 ]
		done
	done
}

@test "ndjson and csv: that most lines are malformed is said before the report" {
	{ cat "$tiny"; echo bad; } >log
	for format in ndjson csv; do
		abtest --format $format log >both 2>&1 || [ $? = 1 ]
		sed -n 2p both | grep -x 'botify-abtest: Do not trust this yet: 1 malformed line: left out, 6.67 % of all lines.'
		[ "$(grep -c 'Do not trust' both)" = 1 ]
	done
}

@test "malformed lines of a log that is read twice are told once" {
	{
		echo '{"error":"no such user","line":7}'
		LC_ALL=C sort "$tiny"
		echo '{"message":"next"}'
	} >log
	run --separate-stderr abtest --format json log
	[ "$status" = 1 ]
	[ "${#stderr_lines[@]}" = 2 ]
	[[ ${stderr_lines[0]} == "botify-abtest: log:1: "*"no such user"* ]]
	[[ ${stderr_lines[1]} == "botify-abtest: log:16: "* ]]
	echo "$output" | jq -e '.health.malformed_lines == 2 and .health.sorted'
}

@test "a file that cannot be read: the others are reported, and it says so, exit 1" {
	run --separate-stderr abtest --format json missing "$tiny" .
	[ "$status" = 1 ]
	[ "${stderr_lines[0]}" = "botify-abtest: missing: No such file or directory" ]
	[ "${stderr_lines[1]}" = "botify-abtest: .: Is a directory" ]
	echo "$output" | jq -e '.health.unread_files == 2 and .health.events == 14'
}

@test "nothing to report on: a clear message, exit 1" {
	run abtest /dev/null
	[ "$status" = 1 ]
	[ "$output" = "botify-abtest: the log has no events" ]
	echo '{"message":"last","user":1,"track":1,"time":0}' >log
	run abtest log
	[ "$status" = 1 ]
	[ "$output" = "botify-abtest: the log has no experiments" ]
	run abtest missing
	[ "$status" = 1 ]
	[ "${lines[0]}" = "botify-abtest: missing: No such file or directory" ]
}

@test "mistakes on the command line: exit 2 and nothing on standard output" {
	for bad in "--alpha 0" "--alpha 1" "--alpha 5%" "--alpha nan" "--alpha" "--format jsn" "--nonsense" \
		"--split =1" "--split C=0" "--split C=1,C=2" "--covariate-before yesterday" "--covariate-before" \
		"--covariate x --covariate-before 5"; do
		# shellcheck disable=SC2086
		run --separate-stderr abtest $bad "$tiny"
		[ "$status" = 2 ]
		[ -z "$output" ]
		[[ ${stderr_lines[-1]} == "Try 'botify-abtest --help'." ]]
	done
}

@test "a log that went through a tool for which columns with gaps are of real numbers" {
	sed -E 's/"(timestamp|user|track|recommendation)":([0-9]+)/"\1":\2.0/g; s/}$/,"source":null,"pool":null,"error":null}/' "$tiny" >log
	abtest log | diff - "$here/abtest/tiny.table"
	abtest --format json log | cmp - <(abtest --format json "$tiny")
}

@test "CRLF, blank lines, no last newline" {
	sed 's/$/\r/' "$tiny" | abtest | diff - "$here/abtest/tiny.table"
	sed 'G' "$tiny" | abtest | diff - "$here/abtest/tiny.table"
	head -c -1 "$tiny" | abtest | diff - "$here/abtest/tiny.table"
}

@test "names that mean something to JSON, CSV or a terminal" {
	printf '%s\n' '{"message":"last","user":1,"track":1,"time":1,"experiments":{"a\"b,\u001b[2J":"C"}}' \
		'{"message":"last","user":2,"track":1,"time":1,"experiments":{"a\"b,\u001b[2J":"ü\n"}}' >log
	abtest --format ndjson log | jq -es 'all(.experiment == "a\"b,\u001b[2J" and .treatment == "ü\n")'
	abtest --format csv log | grep -F '"a""b,'
	run ! grep -q $'\033' <(abtest log)
}

@test "colour on a terminal only, and not where NO_COLOR says so" {
	big_log | head -20000 >log
	run ! grep -q $'\033' <(abtest log)
	command -v script >/dev/null || skip "script is not there"
	TERM=xterm NO_COLOR='' script -qec "'$bin'/botify-abtest log" /dev/null </dev/null | grep -q $'\033\[32m+'
	TERM=xterm NO_COLOR='' script -qec "'$bin'/botify-abtest log" /dev/null </dev/null | grep -q $'\033\[31m+' # latency
	run ! grep -q $'\033' <(TERM=xterm NO_COLOR=1 script -qec "'$bin'/botify-abtest log" /dev/null </dev/null)
	run ! grep -q $'\033' <(TERM=xterm NO_COLOR='' script -qec "'$bin'/botify-abtest --format json log" /dev/null </dev/null)
}

@test "the table of a usual report fits 80 columns" {
	big_log | abtest | awk 'length($0) > 80 { print; bad = 1 } END { exit bad }'
}

# The events of the log on standard input, in $1 files part.0 .. by user id modulo $1.
split_by_user() {
	awk -v n="$1" '{ match($0, /"user":[0-9]+/); print >("part." substr($0, RSTART + 7, RLENGTH - 7) % n) }'
}

# Writes a part of each file part.*, with these options.
write_parts() {
	for file in part.*; do
		abtest --partial "$@" -o "counts.${file#part.}" "$file"
	done
}

# What a part has after its first line, without its checksum.
numbers() {
	sed 1d "$1" | head -c -17
}

# A log of two experiments of which one begins later, with tracks and sources, and with all that may be wrong with events.
odd_log() {
	big_log | head -6000 | awk '
		NR < 300 { sub(/"experiments":.*/, "\"experiments\":{\"FIRST\":\"C\"}}") }
		{ sub(/,"experiments"/, ",\"source\":\"s" NR % 3 "\",\"pool\":" 1 + NR % 5 "&") }
		NR % 40 == 0 { print } { print }'
}

@test "any split by user, in any order, merges to the report of the whole" {
	for sorted in false true; do
		odd_log >log
		[ $sorted = false ] || LC_ALL=C sort -o log log
		abtest --format json log | jq -e --argjson sorted $sorted '.health | .sorted == $sorted and .duplicate_events > 100'
		for n in 1 2 7 100; do
			rm -f part.* counts.*
			split_by_user "$n" <log
			write_parts
			counts=(counts.*)
			[ "${#counts[@]}" = "$n" ]
			mapfile -t shuffled < <(printf '%s\n' "${counts[@]}" | sort -R --random-source=log)
			for format in table json ndjson csv; do
				abtest --format "$format" log >want
				abtest --format "$format" --merge "${shuffled[@]}" | cmp - want
			done
			cat counts.* | abtest --format json --merge | cmp - <(abtest --format json log)
			abtest --merge --parts "$n" counts.* >/dev/null
		done
	done
}

@test "parts of parts: a merge may be written as a part again" {
	odd_log >log
	split_by_user 6 <log
	write_parts --covariate-before 1704067210000 --tracks "$here/../data/world/tracks.ndjson"
	abtest --merge --partial --covariate-before 1704067210000 --tracks "$here/../data/world/tracks.ndjson" counts.[0-3] >left
	abtest --merge --partial --covariate-before 1704067210000 --tracks "$here/../data/world/tracks.ndjson" counts.[45] left >all
	abtest --partial --covariate-before 1704067210000 --tracks "$here/../data/world/tracks.ndjson" log >whole
	# the numbers are those of the whole; the first line tells how it was split, and so does the checksum
	numbers all | cmp - <(numbers whole)
	head -n 1 all | jq -e '.parts == 6 and (.inputs | length == 6)'
	for format in table json ndjson csv; do
		abtest --merge --covariate-before 1704067210000 --tracks "$here/../data/world/tracks.ndjson" --format $format all |
			cmp - <(abtest --covariate-before 1704067210000 --tracks "$here/../data/world/tracks.ndjson" --format $format log)
	done
}

@test "--merge picks experiments of parts that have them, and no others" {
	odd_log >log
	split_by_user 3 <log
	write_parts
	abtest --merge --experiment AA counts.* | cmp - <(abtest --experiment AA log)
	rm counts.*
	write_parts --experiment AA
	abtest --merge --experiment AA counts.* | cmp - <(abtest --experiment AA log)
	run abtest --merge counts.*
	[ "$status" = 1 ]
	[ "$output" = "botify-abtest: counts.0: was written without experiment 'FIRST': name the same with --experiment" ]
	run abtest --merge --experiment NONE counts.*
	[ "$status" = 1 ]
	[[ $output == "botify-abtest: no experiment 'NONE': there are FIRST, "* ]]
}

@test "parts: a cut file, a user in two, another moment, no part at all" {
	abtest --partial "$tiny" >whole
	head -c -30 whole >shorter
	run abtest --merge shorter
	[ "$status" = 1 ]
	[[ $output == "botify-abtest: shorter: cut off: "*" bytes are left of "*"; copy it again, or make it again from its logs" ]]
	sed 's/"events":14/"events":15/' whole >other
	run abtest --merge other
	[ "$status" = 1 ]
	[[ $output == "botify-abtest: other: damaged: its checksum is not that of what it holds; "* ]]
	run abtest --merge --parts 2 whole
	[ "$status" = 1 ]
	[ "$output" = "botify-abtest: 1 parts instead of 2" ]
	cp whole again
	run abtest --merge whole - <again
	[ "$status" = 1 ]
	[ "$output" = "botify-abtest: standard input: a part of the same log as whole: it would count twice" ]
	run abtest --merge --covariate-before 2024-01-01 whole
	[ "$status" = 1 ]
	[ "$output" = "botify-abtest: whole: was written without --covariate-before" ]
	run abtest --merge --tracks "$here/../data/world/tracks.ndjson" whole
	[ "$status" = 1 ]
	[ "$output" = "botify-abtest: whole: was written without answers, which cannot be made up for here" ]
	run abtest --merge "$tiny"
	[ "$status" = 1 ]
	[ "$output" = "botify-abtest: $tiny: not a part of a log: it does not begin as what --partial writes" ]
	# as version 1 had them
	echo '{"partial":"botify-abtest","version":1,"events":0,"rows":0}' >old
	run abtest --merge old
	[ "$status" = 1 ]
	[ "$output" = "botify-abtest: old: was written in version 1 of the format; this is 2: make it again from its logs" ]
	abtest --partial /dev/null | abtest --merge whole - | cmp - <(abtest "$tiny")
}

@test "parts: malformed lines are counted in the merge, and told by the run that read them" {
	{ cat "$tiny"; echo nonsense; } >log
	run --separate-stderr abtest --partial log
	[ "$status" = 1 ]
	[[ ${stderr_lines[0]} == "botify-abtest: log:15: "* ]]
	echo "$output" | abtest --merge --format json | jq -e '.health.malformed_lines == 1'
	# nothing to write a part of
	run --separate-stderr abtest --partial -o counts missing
	[ "$status" = 1 ]
	[ ! -e counts ]
}

@test "health: an event delivered twice is left out, and one after the end is counted" {
	awk '{ print } NR % 3 == 0' "$tiny" >log
	abtest --format json log | jq -e '.health.duplicate_events == 4 and .health.events == 18 and .health.events_after_end == 0'
	diff <(abtest log | grep -v '^Log') <(grep -v '^Log' "$here/abtest/tiny.table" | sed '/^Means/i 4 events delivered twice: left out.')
	# user 1 leaves at 1200
	sed '3a {"message":"next","timestamp":1200,"user":1,"track":7,"time":0.5,"latency":1,"experiments":{}}' "$tiny" >log
	abtest --format json log | jq -e '.health.duplicate_events == 0 and .health.events_after_end == 1'
	abtest log | grep -x '1 event not later than the end of a session before it: taken as they came, so sessions may be wrong.'
}

@test "health: events that share their millisecond are no duplicates where any field differs, and keep their order" {
	for change in 's/"latency":[^,]*/"latency":0.5/' 's/"latency":[^,]*,//' 's/"recommendation":[^,]*/"recommendation":8/' \
		's/,"experiments"/,"source":"s"&/' 's/,"experiments"/,"pool":1&/' 's/"AA":"[^"]*"/"AA":"X"/' 's/"time":[^,]*/"time":0.125/'; do
		sed "2{p;$change}" "$tiny" >log
		not_same log
		LC_ALL=C sort "$tiny" | cat - log >twice # which is sorted
		abtest --format json twice 2>/dev/null | jq -e '.health | .sorted and .duplicate_events == 14'
	done
	sed '2{p;s/:/: /;s/"latency":\(0[^,]*\),\("recommendation":[^,]*\)/\2,"latency":\10/}' "$tiny" >log # written otherwise
	[ "$(sed -n 2p log)" != "$(sed -n 3p log)" ]
	abtest --format json log | jq -e '.health.duplicate_events == 1'
}

not_same() {
	abtest --format json "$1" | jq -e '.health | .duplicate_events == 0 and .events == 15'
}

@test "health: a log whose parts were joined in another order, with times that events share" {
	jq -nc 'range(1; 7) as $user | range(1; 9) as $session | range(1; 4) as $track | {
		message: (if $track == 3 then "last" else "next" end), timestamp: (1000 + ($session / 2 | floor)), user: $user, track: $track,
		time: 0.5, latency: ($session / 100 + $track / 1000), recommendation: ($track + 1),
		experiments: {X: (if $user % 2 == 0 then "C" else "T" end)}}' >log
	abtest --format json --quantiles 0.5 --days log >want
	jq -e '.health | .sorted == false and .duplicate_events == 0' want
	grep ':100[01],' log >early
	grep ':1002,' log >middle
	grep ':100[34],' log >late
	abtest --format json --quantiles 0.5 --days late early middle | jq -e --slurpfile want want '
		.health.sorted and .health.duplicate_events == 0 and .effects == $want[0].effects and .quantiles == $want[0].quantiles'
}

@test "users in two arms: a note, a warning from 0.5 %, fatal from 10 %" {
	for in_two in 0 1 2 39 40 360; do
		for user in $(seq 400); do
			echo '{"message":"last","timestamp":'$((2 * user))',"user":'"$user"',"track":1,"time":0.5,"experiments":{"X":"'$((user % 2))'"}}'
			((user > in_two)) ||
				echo '{"message":"last","timestamp":'$((2 * user + 1))',"user":'"$user"',"track":1,"time":0.5,"experiments":{"X":"'$(((user + 1) % 2))'"}}'
		done >"log.$in_two"
	done
	for in_two in 0 1 2 39; do abtest --fail-on health "log.$in_two"; done
	for in_two in 40 360; do
		run -3 --separate-stderr abtest --fail-on health "log.$in_two"
		# shellcheck disable=SC2154 # bats sets it
		[[ $stderr == "botify-abtest: users_in_two_arms: experiment X: $in_two users seen in more than one arm: left out, "*"0.0 % of all users." ]]
		[[ ${lines[1]} == "Do not trust this yet:" ]]
	done
	run -3 --separate-stderr abtest --fail-on users_in_two_arms log.1
	for in_two in "1 > Note: " "2 > \*\*Warning\*\*: " "39 > \*\*Warning\*\*: " "40 > \*\*Do not trust this yet\*\*: "; do
		abtest --format markdown "log.${in_two%% *}" | grep -q "^${in_two#* }${in_two%% *} users\? seen in more than one arm"
	done
}

# 400 users with one event each, half of them in T; there, those who would listen to less than 0.4 stay in their session.
leaving_log() {
	awk 'BEGIN {
		for (user = 0; user < 400; user++) {
			time = (user * 37 + int(user / 2) * 11) % 100 / 100
			printf "{\"message\":\"%s\",\"timestamp\":%d,\"user\":%d,\"track\":1,\"time\":%.2f,\"experiments\":{\"X\":\"%s\"}}\n",
				user % 2 && time < 0.4 ? "next" : "last", user + 1, user, time, user % 2 ? "T" : "C"
		}
	}'
}

@test "attrition: users who are lost in one arm more than in another, and sessions that do not end" {
	leaving_log >log
	abtest --format ndjson log | head -1 | jq -e '.control_users == 200 and .treatment_users == 120 and .effect > 30 and .p < 1e-9'
	abtest --fail-on srm log
	run -3 --separate-stderr abtest --fail-on health log
	# shellcheck disable=SC2154 # bats sets it
	[ "$stderr" = "botify-abtest: unfinished_sessions: experiment X: 80 unfinished sessions: left out, not alike in the arms (p = 8e-29): 80 of 200 users of T, 0 of 200 of the others." ]
	# scipy.stats.fisher_exact([[0, 200], [80, 120]]).pvalue
	abtest --format json log | jq -e '.health.experiments[0] | .unfinished_sessions == 80 and .users_without_session == 80
		and .attrition_p == .unfinished_p and (.attrition_p / 7.791973823782338e-29 - 1 | fabs) < 1e-9'
	abtest log >report
	[ "$(sed -n 2p report)" = "Do not trust this yet:" ]
	grep -x '80 users finished no session: left out, not alike in the arms (p = 8e-29): 80 of 200 users of T, 0 of 200 of the others.' report
	for format in markdown html; do abtest --format $format log | grep 'Do not trust this yet' | grep -q '80 users finished no session'; done
	abtest --format prometheus log | grep -x 'botify_abtest_attrition_p_value{experiment="X"} 7.79[0-9]*e-29'
	for format in ndjson csv; do
		run --separate-stderr abtest --format $format log
		[ "$(grep -c '^botify-abtest: X: 80 u.* not alike in the arms' <<<"$stderr")" = 2 ]
	done
	# the same where it is looked at every night; and of parts
	abtest --format json --sequential --tune 500 log | jq -e '.health.experiments[0] | .attrition_p > 7.8e-29 and .attrition_p < 0.001'
	for n in 0 1 2; do awk -v n=$n -F'[:,]' '$6 % 3 == n' log | abtest --partial -o part.$n; done
	for format in table json; do
		abtest --merge --format $format part.2 part.0 part.1 | cmp - <(abtest --format $format log)
	done
}

@test "attrition: of a metric that not all have, likewise" {
	awk 'BEGIN {
		for (user = 0; user < 400; user++)
			printf "{\"message\":\"last\",\"user\":%d,\"track\":1,\"time\":0.5%s,\"experiments\":{\"X\":\"%s\"}}\n", user,
				user % 4 == 1 ? "" : ",\"latency\":0.00" user % 7 + 1, user % 2 ? "T" : "C"
	}' >log
	abtest log >report
	grep -x 'mean_request_latency: not as many users of each arm have a value (p = 8e-38), so do not compare them.' report
	grep -x 'mean_request_latency: 100 of the 200 users of T have a value.' report
	run --separate-stderr abtest --format csv --fail-on health log
	# shellcheck disable=SC2154 # bats sets it
	[ "$status" = 0 ] && [ "$stderr" = "botify-abtest: X: mean_request_latency: not as many users of each arm have a value (p = 8e-38), so do not compare them." ]
	abtest --sequential --tune 500 log | grep 'not as many users of each arm have a value'
	sed 's/"T"/"?"/; s/"C"/"T"/; s/"?"/"C"/; s/"user":/&1000/' log >>log.swapped
	cat log.swapped >>log
	run ! grep 'not as many' <(abtest log)
}

@test "attrition: as many lost in each arm are a note" {
	leaving_log | sed 's/"C"/"?"/; s/"T"/"C"/; s/"?"/"T"/' | awk '{ print } { gsub(/"user":/, "&1000"); sub(/"C"/, "\"?\""); sub(/"T"/, "\"C\""); sub(/"[?]"/, "\"T\""); print }' >log
	abtest --fail-on health,srm log >report
	grep -x '160 users finished no session: left out.' report
	run ! grep 'Do not trust' report
	run --separate-stderr abtest --format csv log
	[ -z "$stderr" ]
	run -3 abtest --fail-on users_without_session log
}

@test "--split: arms that never appear and arms that nobody planned are named" {
	abtest --split C=1,T1=1 "$tiny" | diff - "$here/abtest/tiny.table"
	abtest --split C=2,T2=1,T3=1 --experiment AA "$tiny" >report
	grep -x '2 arms of the planned split never appear: T2, T3.' report
	grep -x '1 arm is not in the planned split: T1.' report
	abtest --split C=2,T2=1,T3=1 --format json "$tiny" |
		jq -e '.health.experiments | all(.missing_arms == 2 and .unplanned_arms == 1)'
}

@test "--split: an arm that never appears is a mismatch, one of weight 0 is left out" {
	for user in $(seq 400); do
		echo '{"message":"last","user":'"$user"',"track":1,"time":0.5,"experiments":{"X":"'"$((user % 2))"'"}}'
	done | sed 's/"X":"0"/"X":"D"/; s/"X":"1"/"X":"E"/' >log
	run -3 --separate-stderr abtest --split C=1,D=1,E=1 --fail-on srm log
	# shellcheck disable=SC2154 # bats sets it
	[ "$stderr" = "botify-abtest: srm: users of experiment X are not split as planned (p = 4e-44)" ]
	grep -xE 'C +0 +133.3 +200.0 +2 +4e-44' <<<"$output"
	abtest --sequential --split C=1,D=1,E=1 --format json log | jq -e '.srm[0].p < 0.05'
	abtest --split C=1,D=1,E=1 --format json log | jq -e '.srm | map([.arm, .users]) == [["D", 200], ["E", 200], ["C", 0]]'
	abtest --split C=1,D=1,E=1 --format prometheus log | grep -xE 'botify_abtest_srm_p_value\{experiment="X"\} 3.72[0-9]*e-44'
	abtest --split C=0,D=1,E=1 --fail-on srm,health log
	# of E alone nothing can be said
	abtest --split D=0,E=1 --fail-on srm,health --format json log | jq -e '.srm == [{"experiment":"X","arm":"E","users":200,
		"expected":200,"chi2":null,"df":null,"p":null}] and .health.experiments[0].unplanned_arms == 0'
}

@test "--split: any name of an arm, in JSON" {
	for user in $(seq 40); do
		echo '{"message":"last","user":'"$user"',"track":1,"time":0.5,"experiments":{"X":"'"$((user % 2))"'"}}'
	done | sed 's/"X":"0"/"X":"a,b"/; s/"X":"1"/"X":"x=1"/' >log
	abtest --split '{"a,b":1,"x=1":1}' --fail-on srm,health log
	abtest --split '{"a,b":3,"x=1":1}' --format json log | jq -e '.srm | map(.expected) == [30, 10]'
}

@test "--split: the plan of each experiment, from the file that botify-recommend had" {
	for user in $(seq 400); do
		echo '{"message":"last","user":'"$user"',"track":1,"time":0.5,"experiments":{"AA":"'"$((user % 2))"'","X":"'"$((user % 4 / 3))"'"}}'
	done | sed 's/:"0"/:"C"/g; s/:"1"/:"T1"/g' >log
	echo '{"experiments":[{"name":"AA","arms":["C","T1"]},
		{"name":"X","arms":{"T1":"artist","C":"random"},"weights":{"C":3,"T1":1}},{"name":"LATER","arms":["C"]}]}' >plan.json
	run -0 --separate-stderr abtest --split plan.json --fail-on srm,health --format json log
	[ -z "$stderr" ]
	jq -e '.srm | map([.experiment, .arm, .expected]) ==
		[["AA", "C", 200], ["AA", "T1", 200], ["X", "C", 300], ["X", "T1", 100]]' <<<"$output"
	# one split for all says something else
	run -3 --separate-stderr abtest --split C=3,T1=1 --fail-on srm log
	# arms that never appear, and those that nobody planned, are those of their experiment
	echo '{"experiments":[{"name":"AA","arms":["C","T1"]},{"name":"X","arms":["C","D"]}]}' >other.json
	abtest --split other.json --format json log |
		jq -e '.health.experiments | map([.missing_arms, .unplanned_arms]) == [[0, 0], [1, 1]]'
	# an experiment that is not in the file is told of
	echo '{"experiments":[{"name":"AA","arms":["C","T1"]}]}' >part.json
	run -0 --separate-stderr abtest --split part.json --format ndjson log
	grep -xF "botify-abtest: part.json: experiment 'X' is not in it, and its arms are taken as equal" <<<"$stderr"
	echo '{"experiments":[{"name":"Z","arms":["C","T1"]}]}' >none.json
	run -1 --separate-stderr abtest --split none.json log
	[ "$stderr" = "botify-abtest: none.json: no experiment of the log is in it" ]
	[ -z "$output" ]
	run -1 --separate-stderr abtest --split absent.json log
	[ "$stderr" = "botify-abtest: absent.json: No such file or directory" ]
}

@test "--covariate-before: events before the moment count for no experiment" {
	# at 1700 user 1 has nothing left that is finished, user 3 a session of one track
	for moment in 1700 1650; do
		abtest --format ndjson --covariate-before "$moment" --experiment FILTERS "$tiny" |
			jq -es '.[0] | .control_users == 0 and .treatment_users == 2 and .treatment_mean == 2'
	done
	abtest --covariate-before 1970-01-01 "$tiny" >report
	[ "$(grep -cx "The covariate removed no variance." report)" = 2 ]
	grep -v "^The covariate" report | diff - "$here/abtest/tiny.table"
	run abtest --covariate-before 1970-01-02 "$tiny"
	[ "$status" = 1 ]
	[ "$output" = "botify-abtest: the log has no experiments from --covariate-before on" ]
}

# 400 users on two days, who listen as they did the day before; in T they do so twice as long, from the first day on.
habits_log() {
	awk 'BEGIN {
		for (day = 0; day < 2; day++)
			for (user = 0; user < 400; user++)
				printf "{\"message\":\"last\",\"timestamp\":%d,\"user\":%d,\"track\":1,\"time\":%.3f,\"experiments\":{\"X\":\"%s\"}}\n",
					day * 86400000 + user, user, (1 + user % 2) * (100 + user * 37 % 100 + (user * 13 + day * 7) % 20) / 1000,
					user % 2 ? "T" : "C"
	}'
}

@test "--covariate-before inside the experiment: it says so, in every format, and adjusts nothing" {
	habits_log >log
	# what it must not do: adjust the effect by itself
	awk -F'[:,]' '$4 >= 86400000' log >second
	abtest --format ndjson second >want
	abtest --format ndjson --covariate-before 1970-01-02 log 2>err | cmp - want
	grep -x 'botify-abtest: X: 400 events before --covariate-before name an arm of it: nothing was adjusted, for the covariate would hold part of the effect.' err
	head -1 want | jq -e '.effect > 90 and .theta == null'
	abtest --format csv --covariate-before 1970-01-02 log 2>&1 >/dev/null | diff err -
	abtest --format json --covariate-before 1970-01-02 log | jq -e '(.effects | all(.theta == null and .variance_removed == null))
		and .health.experiments[0].early_events == 400 and .health.experiments[0].covariate_p == null'
	abtest --format prometheus --covariate-before 1970-01-02 log | grep -x 'botify_abtest_early_events{experiment="X"} 400'
	for format in table markdown html; do
		abtest --format $format --covariate-before 1970-01-02 log | tr '\n' ' ' | grep 'Do not trust this yet' | grep -q '400 events before'
	done
	run -3 --separate-stderr abtest --fail-on srm,health --covariate-before 1970-01-02 log
	# shellcheck disable=SC2154 # bats sets it
	[[ $stderr == "botify-abtest: early_events: experiment X: 400 events before --covariate-before name an arm of it: nothing was adjusted,"* ]]
	run ! grep covariate <(abtest --days --power --aa 10 --covariate-before 1970-01-02 log | grep -v 'events before')
	# likewise of parts, of which one knows the experiment from the first day alone
	awk -F'[:,]' '$6 < 100' log >part.0
	awk -F'[:,]' '$6 >= 100 && $6 < 200 && $4 < 86400000' log >part.1
	awk -F'[:,]' '$6 >= 200 || ($6 >= 100 && $4 >= 86400000)' log >part.2
	awk -F'[:,]' '$6 >= 100' log >part.3
	for n in 0 1 3; do abtest --partial --covariate-before 1970-01-02 -o counts.$n part.$n; done
	abtest --merge --format json --covariate-before 1970-01-02 counts.0 counts.3 |
		cmp - <(abtest --format json --covariate-before 1970-01-02 log)
	grep -F '"covariate_before":86400000,"events_before":{"X":100},' counts.1
	awk -F'[:,]' '$6 >= 200' log | abtest --partial --covariate-before 1970-01-02 -o counts.2
	abtest --merge --format json --covariate-before 1970-01-02 counts.0 counts.1 counts.2 | jq -e '.health.experiments[0].early_events == 400'
}

@test "--covariate-before: of several experiments, those that had begun are not adjusted" {
	habits_log | sed '1,400s/"experiments":{"X":"."}/"experiments":{"OLD":"C"}/; 401,$s/{"X":"\(.\)"/&,"OLD":"\1"/' >log
	abtest --format json --covariate-before 1970-01-02 log >report
	jq -e '.health.experiments | map(.early_events) == [0, 400]' report
	jq -e '.effects | map(select(.metric == "time") | .theta != null) == [true, false]' report
	# nothing before is named, and no word
	run ! grep 'events before' <(abtest --experiment X --covariate-before 1970-01-02 log)
	abtest --experiment X --fail-on early_events --covariate-before 1970-01-02 log
}

@test "--covariate: a file of values is checked before the log is read" {
	echo '{"user":1,"value":2.5}' >values
	abtest --covariate values "$tiny" >report
	[ "$(grep -cx "The covariate removed no variance. The arms are alike in it (p = 1.0000)." report)" = 2 ]
	grep -v "^The covariate" report | diff - "$here/abtest/tiny.table"
	echo '{"user":1,"value":3}' >>values
	run abtest --covariate values "$tiny"
	[ "$status" = 1 ]
	[ "$output" = "botify-abtest: values:2: user 1 has a value already" ]
}

@test "--tracks: what was recommended is counted by source, with repeats" {
	printf '{"track":%s,"artist":"a%s"}\n' 1 1 2 1 3 2 >tracks
	printf '{"message":"%s","timestamp":%s,"user":1,"track":%s,"time":1,"recommendation":%s,"source":"s","pool":4,"experiments":{"X":"C"}}\n' \
		next 1 1 2 next 2 2 1 next 3 1 3 last 4 3 null >log
	abtest --partial --tracks tracks log | abtest --merge --tracks tracks --format json | jq -c '.sources' | cmp - <(
		abtest --tracks tracks --format json log | jq -c '.sources')
}

@test "a full disk is noticed, whatever the format" {
	[ -c /dev/full ] || skip "no /dev/full"
	for format in table json ndjson csv; do
		run bash -c '"$1/botify-abtest" --format "$2" "$3" >/dev/full' - "$bin" "$format" "$tiny"
		[ "$status" = 1 ]
		[[ $output == *"No space left on device"* ]]
	done
}

@test "ndjson and csv: what is wrong is said on standard error, once" {
	{ cat "$here/abtest/odd.ndjson"; echo bad; } >log
	for format in ndjson csv; do
		run --separate-stderr abtest --format "$format" --split A=1,B=1,C=1 --experiment MANY log
		[ "$status" = 1 ]
		# shellcheck disable=SC2154 # set by bats
		[ "$(grep -c 'seen in more than one arm: left out' <<<"$stderr")" = 1 ]
		[ "$(grep -c '^botify-abtest: MANY: 1 arm of the planned split never appears: C.$' <<<"$stderr")" = 1 ]
		[ "$(grep -c bad <<<"$stderr")" = 1 ]
		[ "$(grep -c malformed <<<"$stderr")" = 1 ]
	done
	abtest --partial log >part 2>errors || [ $? = 1 ]
	run --separate-stderr abtest --merge --format csv part
	[ "$status" = 0 ]
	grep -x 'botify-abtest: Do not trust this yet: 1 malformed line: left out, 8.33 % of all lines.' <<<"$stderr"
	run --separate-stderr abtest --format csv "$tiny"
	[ "$stderr" = "" ]
	run --separate-stderr abtest --format json --split A=1,B=1,C=1 --experiment MANY "$here/abtest/odd.ndjson"
	[ "$stderr" = "" ]
}

@test "--output: the report appears whole or not at all" {
	abtest --format json "$tiny" >want
	abtest --format json -o report "$tiny" | wc -c | grep -x 0
	cmp report want
	run abtest --output report --experiment nonsense "$tiny"
	[ "$status" = 1 ]
	cmp report want
	abtest -o table "$tiny"
	diff table "$here/abtest/tiny.table"
	run abtest -o no/such/place "$tiny"
	[ "$status" = 1 ]
	[[ $output == "botify-abtest: no/such/place: "* ]]
}

@test "--output: a long analysis that is stopped leaves nothing behind" {
	big_log >log
	run timeout 0.5 "$bin/botify-abtest" --aa 1000000 -o report log
	[ "$status" -eq 124 ]
	[ "$(ls)" = log ]
}

@test "a thousand arms" {
	for i in $(seq 1000); do
		echo '{"message":"last","user":'"$i"',"track":1,"time":0.5,"experiments":{"X":"A'"$i"'"}}'
	done >log
	abtest --format ndjson log | jq -es 'length == 6993'
}
