#!/usr/bin/env bats
# The examples published, tops, course and days: each at a small scale, interrupted and gone on with, and what they say
# where something is missing; and that their sentences follow from the numbers.
#
#    KILLS    how often a run of days is killed at a random moment (default: 2)
#
# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # programs of jq; run sets output and stderr

setup() {
	bin=$(cd "${BOTIFY_BIN:-$BATS_TEST_DIRNAME/../build}" && pwd)
	root=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
	PATH=$bin:$PATH
	examples=$root/examples
	cd "$BATS_TEST_TMPDIR" || exit
	bats_require_minimum_version 1.5.0
}

make_world() {
	botify-world --n-tracks 300 --n-users 200 --dim 10 --seed 3 world
}

# Runs an example, whose output is shown only where it fails.
example() {
	"$examples/$1/$1" "${@:2}" >out 2>err || { cat out err; false; }
}

# A report is there in both forms, and no log, nor half a file.
whole_report() {
	head -n 1 "$1/report.html" | grep -qx '<!DOCTYPE html>'
	tail -n 1 "$1/report.html" | grep -qx '</html>'
	! grep -E 'null|NaN|nan|\|  \|' "$1/report.md" || false
	[ "$(grep -c '<tr>' "$1/report.html")" = "$(grep '^|' "$1/report.md" | grep -vc '^|[-| ]*$')" ]
	[ -z "$(find "$1" -name '*.new*' -o -name '*.said' -o -name 'traffic.*')" ]
	[ -z "$(find "$1" -maxdepth 1 -name '*.ndjson')" ]
}

@test "published: every experiment of the report, beside the published figures, and sentences on what was open" {
	local n
	make_world
	example published --world world --sessions 100 --learn 600 -o results
	whole_report results
	for n in 1 2 3 4 5 6 7 8 9 10; do
		grep -q "^| $n | .* | published | " results/report.md
		grep -q "^| $n | .* | ours | " results/report.md
	done
	grep -F '| 8 | `similar@0.65,toppop:100,random+unseen+artist:2` | published | ' results/report.md |
		grep -qF ' | 63.0 (51.9 to 74.1) | 5.281, 8.581 | 10.288, 13.569 | 0.629, 13.566 |'
	grep -qF '| T4 | collaborative | published | 5.027 | 94.3 (74.6 to 113.9) | 3.932 | 8.946 |' results/report.md
	grep -q '^| `similar,random` | 10.36 | ' results/report.md
	for n in 'History against artist filter' Filters Min-time 'Length of the top' 'How often the top' Learned; do
		grep -q "^- \*\*$n\.\*\* [A-Z].*\.$" results/report.md
	done
	# the figures are those of botify-abtest
	jq -r '.effects[] | select(.metric == "mean_tracks_per_session") | .control_mean * 1000 | round / 1000' \
		results/FILTERS-1.json >mean
	grep -q "^| 1 | .* ours .* | $(cat mean)0*, " results/report.md
	grep -q '<svg' results/report.html
	# there is nothing left to do
	cp -p results/report.html before
	example published --world world --sessions 100 --learn 600 -o results
	[ ! results/report.html -nt before ]
	[ "$(wc -l <err)" = 1 ]
}

@test "tops: a table of tops, offline metrics, and how far they agree; the same again" {
	make_world
	example tops --world world --sessions 200 --learn 600 -o results
	whole_report results
	[ "$(wc -l <results/metrics.tsv)" = 90 ]
	[ "$(wc -l <results/rho.tsv)" = 15 ]
	grep -q '^| T6 | session | ours | ' results/report.md
	grep -q '^\*\*.*\*\*$' results/report.md
	# tops are counted on one half and judged by the other
	example tops --world world --sessions 200 --learn 600 --keep -o again
	cmp results/report.md again/report.md
	botify-toppop --holdout 1:0.5 --holdout-by event --limit 1000 again/traffic.collaborative.ndjson 2>/dev/null |
		cmp - again/tables/top.collaborative.json
}

@test "course: the homework, two models in one experiment, a memory" {
	make_world
	example course --world world --sessions 200 --learn 1000 -o results
	whole_report results
	grep -qE '^Homework: [0-4] of 4 learned policies beat sticky-artist significantly\.$' results/report.md
	grep -q '^| T3 | `i2i:10:mf,random` | ' results/report.md
	[ "$(grep -c '^- \*\*' results/report.md)" = 3 ]
}

same_days() {
	local file
	for file in curve.tsv curve.svg report.md without/log-3.ndjson with/log-3.ndjson; do cmp whole/$file parts/$file; done
	whole_report parts
}

@test "days: an interrupted run goes on to the same curve, and more days go on from fewer" {
	local begun took pid n kills=0 runs=0
	make_world
	begun=$(date +%s%N)
	example days --world world --explore 0.1 --depth 50 -o whole 3 100
	took=$((($(date +%s%N) - begun) / 1000000))
	[ "$(cut -f 1-3 whole/curve.tsv | uniq | wc -l)" = 10 ]
	grep -q 'What exploration is worth' whole/report.md
	example days --world world --explore 0.1 --depth 50 -o whole 3 100
	grep -q ' sessions$' err && false
	whole_report whole
	# every second command prints half of what it has to say, or makes half a model, and takes the script with it
	mkdir dying
	cat >dying/command <<-'END'
		#!/bin/sh
		n=$(($(cat "$count" 2>/dev/null || echo 0) + 1))
		echo $n >"$count"
		[ $((n % 2)) = 0 ] || exec "$bin/${0##*/}" "$@"
		case $0 in
		*train) for last; do :; done; mkdir "$last" && echo '{' >"$last/model.json" ;;
		*) "$bin/${0##*/}" "$@" | head -c 700 ;;
		esac
		kill -9 $PPID
	END
	chmod +x dying/command
	for n in sim train abtest; do ln -s command dying/botify-$n; done
	until count=$PWD/count bin=$bin PATH=$PWD/dying:$PATH \
		"$examples/days/days" --world world --explore 0.1 --depth 50 -o parts 3 100 >out 2>err; do
		runs=$((runs + 1))
		[ $runs -lt 60 ]
	done
	[ $runs -gt 12 ]
	same_days
	rm -rf parts
	# with all that it had started
	for n in $(seq "${KILLS:-2}"); do
		setsid "$examples/days/days" --world world --explore 0.1 --depth 50 -o parts 3 100 >out 2>err &
		pid=$!
		n=$((RANDOM % (took / 4 + 1))) # soon: the machine may be faster by now
		sleep "$(printf '%d.%03d' $((n / 1000)) $((n % 1000)))"
		kill -9 -- -$pid 2>/dev/null && kills=$((kills + 1))
		wait $pid || :
	done
	[ $kills -gt 0 ]
	example days --world world --explore 0.1 --depth 50 -o parts 3 100
	same_days
	# and without exploration, by days
	example days --world world --depth 50 -o few 2 100
	[ "$(wc -l <few/curve.tsv)" = 4 ]
	example days --world world --depth 50 -o few 3 100
	grep -v '^with	' whole/curve.tsv | cmp - few/curve.tsv
	grep -c '^without ' out | grep -qx 4
}

@test "days: a signal ends it, and says where it goes on" {
	local pid
	make_world
	setsid env --default-signal=INT "$examples/days/days" --world world -o results 50 400 >out 2>err &
	pid=$!
	for _ in $(seq 200); do [ -e results/without/log-2.json ] && break; sleep 0.05; done
	kill -INT -- -$pid
	wait $pid && false
	grep -Eq '^days: stopped (at .*|between two steps); the next call goes on from there$' err
	[ -z "$(find results -name '*.new' -o -name '*.said')" ]
	# at a moment that is known: in a step, and between two of them, where the next day's date is asked for
	mkdir interrupted
	printf '%s\n' '#!/bin/sh' 'kill -INT 0' 'exec sleep 60' >interrupted/command
	chmod +x interrupted/command
	ln -s command interrupted/botify-train
	interrupts 'at first/model-1'
	rm interrupted/botify-train
	ln -s command interrupted/date
	interrupts 'between two steps'
}

# Runs days with the commands in `interrupted`, one of which sends a signal, and compares where it says that it stopped.
interrupts() {
	run -130 --separate-stderr timeout 60 setsid -w env --default-signal=INT PATH="$PWD/interrupted:$PATH" \
		"$examples/days/days" --world world -o "results ${1%% *}" 3 50
	[ "${stderr_lines[-1]}" = "days: stopped $1; the next call goes on from there" ]
}

# Runs an example, with commands from `path`, that is to fail with this status and to say this.
refuses() {
	run -"$1" --separate-stderr env PATH="${path:-$PATH}" "$examples/$3/$3" "${@:4}"
	[ -z "$output" ]
	# shellcheck disable=SC2053 # a pattern
	[[ $stderr == $2 ]] || { echo "$stderr"; false; }
}

@test "stories: what is missing, or in the way, is named, and left alone" {
	local command name
	make_world
	for name in published tops course; do
		refuses 2 "$name: --sessions: '0' is not a whole number from 1 to 999999999"$'\n'"Usage: $name *" $name --sessions 0
		refuses 2 "$name: unknown argument 'many'"$'\n'"Usage: *" $name many
		refuses 2 "$name: -o: its argument is missing"$'\n'"Usage: *" $name -o
	done
	refuses 2 "days: needs DAYS and SESSIONS"$'\n'"Usage: *" days
	refuses 2 "days: needs DAYS and SESSIONS, after all options"$'\n'"Usage: *" days 3
	refuses 2 "days: SESSIONS: '1e3' is not a whole number *" days 3 1e3
	refuses 2 "days: --explore: '3' is not a share between 0 and 1"$'\n'"Usage: *" days --explore 3 3 10
	# commands
	mkdir few
	for command in sh env dirname realpath cmp find head paste mkdir mv rm cat awk sed cut date seq expr flock; do
		ln -s "$(command -v $command)" few
	done
	for command in sim recommend world toppop; do ln -s "$bin/botify-$command" few; done
	for name in published tops; do
		path=$PWD/few refuses 1 "$name: not found: jq botify-train botify-evaluate botify-abtest; install *" \
			$name -o results
	done
	path=$PWD/few refuses 1 "days: not found: jq botify-train botify-abtest; install *" days -o results 2 10
	[ ! -e results ]
	# worlds
	refuses 1 "tops: $PWD/absent: no tracks.ndjson, which botify-world would have written there" \
		tops --world absent -o t
	mkdir half
	cp world/tracks.ndjson world/tracks.npy half
	refuses 1 "days: $PWD/half: no users.ndjson, which *" days --world half -o d 2 10
	head -n 100 world/users.ndjson >half/users.ndjson
	echo '{"user":"x"}' >>half/users.ndjson
	refuses 1 "*botify-sim: $PWD/half/users.ndjson:101: *days: stopped at first/log-1.ndjson; the next call goes on *" \
		days --world half -o e 2 10
	[ -z "$(find e -name '*.new')" ]
	# places
	mkdir thesis
	echo 'all my work' >thesis/chapter1
	for name in published tops course; do
		refuses 1 "$name: thesis: holds something else than results of $name; *" $name --world world -o thesis
		refuses 1 "$name: thesis/chapter1: not a directory" $name --world world -o thesis/chapter1
	done
	refuses 1 "days: thesis: holds something else *" days -o thesis 2 10
	[ "$(ls thesis)" = chapter1 ]
	example days --world world --depth 20 -o d3 1 20
	refuses 1 "days: d3: was begun with other options (*sessions=20 *); *" days --world world --depth 20 -o d3 1 30
	refuses 1 "tops: d3: was begun with other options (days *" tops --world world -o d3
	exec 8>>d3/lock
	flock 8
	refuses 1 "days: d3: another run is at work there" days --world world --depth 20 -o d3 1 20
}

# The report of an experiment of the arms C, T1 and so on, whose policies are $1...; each is "MEAN EFFECT LOWER UPPER".
report_of() {
	jq -n '{effects: [$ARGS.positional | .[0] as $c | .[1:] | to_entries[] | (.value | split(" ") | map(tonumber)) as $v
		| {metric: "mean_time_per_session", control: "C", treatment: "T\(.key + 1)", control_mean: ($c | tonumber),
			control_sd: 2, control_users: 100, treatment_mean: $v[0], treatment_sd: 2, treatment_users: 400,
			effect: $v[1], lower: $v[2], upper: $v[3], significant: ($v[2] > 0 or $v[3] < 0)}]}' --args "$@"
}

says() {
	jq -r -L "$examples/lib" --argjson arms \
		'{"experiments":[{"arms":{"C":"top:10,random","T1":"top:30,random","T2":"top:99,random"}}]}' "include \"story\"; $1"
}

@test "stories: sentences are made of the numbers, and say where an interval includes 0" {
	report_of 5 "4 -20 -30 -10" "4.9 -2 -5.04 1" >two
	says 'best_sentence($arms; "length"; "top:(?<x>[0-9]+)")' <two >got
	printf '%s%s\n' "The best length was 10, with 5.000 listened to per session; less is listened to with 30 (-30.0 % " \
		"to -10.0 %); not told apart from it, as the interval includes 0: 99 (-5.0 % to +1.0 %)." | cmp - got
	report_of 5 "4 -20 -30 -10" >one
	says 'pair_sentence($arms; "^$")' <one >got
	printf '%s%s\n' 'Most was listened to with `top:10,random`, 5.000 per session; ' \
		'with `top:30,random` it was 20.0 % less (10.0 % to 30.0 %).' | cmp - got
	says '.effects[0] | effect_sentence("A"; "B")' <one >got
	echo "A was listened to 20.0 % shorter per session than B (-30.0 % to -10.0 %)." | cmp - got
	report_of 5 "4.9 -2 -5 1" >one
	says 'pair_sentence($arms; "^$")' <one >got
	grep -q '^Not settled: with .* is -5\.0 % to +1\.0 %, which includes 0\.$' got
	says '.effects[0] | effect_sentence("A"; "B")' <one >got
	grep -q '^Whether A or B is better is not settled: .*, which includes 0\.$' got
	[ "$(says 'best_arm' <one)" = C ]
	# 95 % of means
	[ "$(says 'arms(primary)[] | mean_cell' <one)" = $'5.000 ± 0.392\n4.900 ± 0.196' ]
	[ "$(jq -n -r -L "$examples/lib" 'include "story"; [1.0005, -0.04, 0, 12, 999.9996 | fixed(3)] | join(" ")')" = \
		"1.001 -0.040 0.000 12.000 1000.000" ]
}

# By hand: atanh(0.8285714) = 1.183592 and 1.96 * 1.06 / sqrt(3) = 1.199498; atanh(0.9486833) = 1.818446 and 2.0776.
@test "stories: Spearman's rho, with ties, and Fisher's interval" {
	rho() {
		jq -n -r -L "$examples/lib" "include \"story\"; $1 | spearman | [.rho, .lower, .upper]
			| map(if . then . * 1e4 | round else \"-\" end) | join(\" \")"
	}
	[ "$(rho '[[1,2],[2,1],[3,4],[4,3],[5,6],[6,5]]')" = "8286 -159 9831" ]
	[ "$(rho '[[1,10],[2,20],[2,30],[3,40]]')" = "9487 -2535 9992" ]
	[ "$(rho '[[1,1],[2,2],[3,3],[4,4]]')" = "10000 - -" ]
	[ "$(rho '[[1,1],[1,2],[1,3],[1,4]]')" = "- - -" ]
	[ "$(rho '[[1,1],[2,3],[3,2]]')" = "5000 - -" ]
}

@test "stories: they are installed with what they share, and run from there" {
	make -s -C "$root" -o all install DESTDIR="$PWD/there" PREFIX=/usr BUILD="$bin" >out 2>&1 || { cat out; false; }
	make_world
	for name in published tops course days; do [ -x there/usr/share/doc/botify/examples/$name/$name ]; done
	ln -s there/usr/share/doc/botify/examples/days/days .
	./days --world world --depth 20 -o results 2 50 >out 2>err || { cat err; false; }
	[ "$(wc -l <out)" = 4 ]
}
