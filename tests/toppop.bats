#!/usr/bin/env bats
# botify-toppop, on a log that can be counted by hand:
#
#   track   arm C           arm T1      no arm   together   plays
#   10      0.5 + 0.25                           0.75       2
#   11      0.1 + 0.2                   0.45     0.75       3
#   7                       1 + 0.81             1.81       2
#   2147483647                          1        1          1
#   3       0                                    0          1

bats_require_minimum_version 1.5.0

setup() {
	bin=${BOTIFY_BIN:-$BATS_TEST_DIRNAME/../build}
	PATH=$bin:$PATH
	cd "$BATS_TEST_TMPDIR" || exit
	cat >log.ndjson <<-'END'
		{"message":"next","timestamp":1,"user":1,"track":10,"time":0.5,"latency":0.1,"recommendation":11,"experiments":{"AA":"C","FILTERS":"C"}}
		{"message":"next","user":2,"track":7,"time":1,"recommendation":7,"experiments":{"AA":"C","FILTERS":"T1"}}
		{"message":"next","user":1,"track":11,"time":0.1,"recommendation":11,"experiments":{"AA":"C","FILTERS":"C"}}
		{"message":"next","user":1,"track":11,"time":0.2,"recommendation":10,"experiments":{"AA":"C","FILTERS":"C"}}
		{"message":"last","user":2,"track":7,"time":0.81,"recommendation":null,"experiments":{"AA":"C","FILTERS":"T1"}}
		{"message":"next","user":1,"track":10,"time":0.25,"recommendation":3,"experiments":{"AA":"C","FILTERS":"C"}}
		{"message":"last","user":1,"track":3,"time":0,"recommendation":null,"experiments":{"AA":"C","FILTERS":"C"}}
		{"message":"next","user":3,"track":2147483647,"time":1}
		{"message":"last","user":3,"track":11,"time":0.45}
	END
	cat >tracks.ndjson <<-'END'
		{"track":3,"artist":"Björk","title":"Jóga"}
		{"track":7,"artist":"A \"quoted\" artist","title":"tab\there"}
		{"track":10,"artist":"B","title":"ten"}
		{"track":11,"artist":"B","title":"eleven"}
	END
}

# Runs a command and wants exactly this on standard output, this exit status, and standard error in $stderr.
expect() {
	local status=$1 want=$2 got=0
	shift 2
	"$@" >out 2>err || got=$?
	printf '%s' "$want" | diff - out
	stderr=$(cat err)
	[ "$got" = "$status" ] || { echo "exit $got, standard error: $stderr"; return 1; }
}

@test "toppop: ranks by time, ties by lower id" {
	expect 0 $'[7,2147483647,10,11,3]\n' botify-toppop log.ndjson
	[ -z "$stderr" ]
	expect 0 $'[7,2147483647,10,11,3]\n' botify-toppop <log.ndjson
	expect 0 $'[7,2147483647,10,11,3]\n' botify-toppop - <log.ndjson
}

@test "toppop: the order of events and of files does not matter" {
	tac log.ndjson >backwards.ndjson
	head -n 4 log.ndjson >one
	tail -n +5 log.ndjson >two
	expect 0 "$(botify-toppop --format ndjson log.ndjson)"$'\n' botify-toppop --format ndjson backwards.ndjson
	expect 0 "$(botify-toppop --format ndjson log.ndjson)"$'\n' botify-toppop --format ndjson two one
}

@test "toppop: notes show names, and do not obey them" {
	local name=$'X\e[2J\u202e\nbotify: fine'
	jq -c --arg name "$name" 'if .user == 1 then .experiments = {($name): "C"} else . end' log.ndjson >hostile
	expect 0 $'[10,11,3]\n' botify-toppop --experiment "$name" hostile
	[ "$stderr" = "botify-toppop: 4 of 9 events are not in experiment 'X?[2J??botify: fine'" ]
}

@test "toppop: what is shown on a terminal does not command it" {
	local title=$'red \u009b31m \u202e\x7f'
	jq -nc --arg title "$title" '{track: 10, artist: "A", $title}' >tracks.ndjson
	botify-toppop --tracks tracks.ndjson --format ndjson log.ndjson 2>/dev/null | jq -e --arg title "$title" '.title == $title'
	command -v script >/dev/null || skip "script is not there"
	TERM=xterm script -qec "botify-toppop --tracks tracks.ndjson --format ndjson log.ndjson 2>/dev/null" /dev/null </dev/null >shown
	grep -F '"title":"red ?31m ??"}' shown
	run ! grep -P '\x9b|\x7f|\xe2\x80\xae' shown
}

@test "toppop: one arm, several arms, a list for each" {
	expect 0 $'[10,11,3]\n' botify-toppop --experiment FILTERS --arm C log.ndjson
	[ "$stderr" = "botify-toppop: 2 of 9 events are not in experiment 'FILTERS'" ]
	expect 0 $'[7]\n' botify-toppop --experiment FILTERS --arm T1 log.ndjson
	expect 0 $'[7,10,11,3]\n' botify-toppop --experiment FILTERS --arm T1 --arm C log.ndjson
	expect 0 $'[7,10,11,3]\n' botify-toppop --experiment FILTERS log.ndjson
	expect 0 $'{"C":[10,11,3],"T1":[7]}\n' botify-toppop --experiment FILTERS --by-arm log.ndjson
	expect 0 $'{"T1":[7]}\n' botify-toppop --experiment FILTERS --by-arm --arm T1 log.ndjson
	expect 0 $'{"C":[7,10]}\n' botify-toppop --experiment AA --by-arm -n 2 log.ndjson
}

@test "toppop: an experiment or an arm that is not in the log" {
	expect 1 '' botify-toppop --experiment FILTER log.ndjson
	[ "$stderr" = "botify-toppop: no event is in experiment 'FILTER'" ]
	expect 1 '' botify-toppop --experiment FILTERS --arm T2 log.ndjson
	[ "$stderr" = "botify-toppop: no event is on arm 'T2' of experiment 'FILTERS'" ]
}

@test "toppop: ndjson" {
	expect 0 '{"track":7,"time":1.81,"plays":2}
{"track":2147483647,"time":1,"plays":1}
{"track":10,"time":0.75,"plays":2}
{"track":11,"time":0.75,"plays":3}
{"track":3,"time":0,"plays":1}
' botify-toppop --format ndjson log.ndjson
	expect 0 '{"arm":"C","track":10,"time":0.75,"plays":2}
{"arm":"T1","track":7,"time":1.81,"plays":2}
' botify-toppop --format ndjson --experiment FILTERS --by-arm -n 1 log.ndjson
}

@test "toppop: a catalog adds names and leaves out what it does not have" {
	expect 0 '{"track":7,"time":1.81,"plays":2,"artist":"A \"quoted\" artist","title":"tab\there"}
{"track":10,"time":0.75,"plays":2,"artist":"B","title":"ten"}
{"track":11,"time":0.75,"plays":3,"artist":"B","title":"eleven"}
{"track":3,"time":0,"plays":1,"artist":"Björk","title":"Jóga"}
' botify-toppop --format ndjson --tracks tracks.ndjson log.ndjson
	[ "$stderr" = "botify-toppop: 1 plays of tracks that are not in tracks.ndjson are left out, the first of them track 2147483647" ]
	expect 0 $'[7,10]\n' botify-toppop --tracks tracks.ndjson -n 2 log.ndjson
	printf '{"track":1,"artist":"a"}\n{"track":1,"artist":"b"}\n' >twice.ndjson
	expect 1 '' botify-toppop --tracks twice.ndjson log.ndjson
	[ "$stderr" = "botify-toppop: twice.ndjson:2: track 1 is already on line 1" ]
}

@test "toppop: table" {
	expect 0 '#       track  time  plays
1           7  1.81      2
2  2147483647  1.00      1
3          10  0.75      2
' botify-toppop --format table -n 3 log.ndjson
	expect 0 'arm  #  track  time  plays  artist             title
C    1     10  0.75      2  B                  ten
C    2     11  0.30      2  B                  eleven
C    3      3  0.00      1  Björk              Jóga
T1   1      7  1.81      2  A "quoted" artist  tab?here
' botify-toppop --format table --experiment FILTERS --by-arm --tracks tracks.ndjson log.ndjson
}

@test "toppop: malformed lines are named and passed over" {
	{ head -n 2 log.ndjson; echo '{"message":"next"}'; echo; tail -n +3 log.ndjson; echo '{"error":"x","line":4}'; } >bad.ndjson
	expect 1 $'[7,2147483647,10,11,3]\n' botify-toppop bad.ndjson
	[ "$stderr" = 'botify-toppop: bad.ndjson:3: "user" is missing
botify-toppop: bad.ndjson:12: an error, not an event: x' ]
}

@test "toppop: of many malformed lines ten are shown" {
	{ cat log.ndjson; for _ in $(seq 25); do echo junk; done; } >bad.ndjson
	expect 1 $'[7]\n' botify-toppop -n 1 bad.ndjson
	[ "$(wc -l <err)" = 11 ]
	[ "$(grep -c 'bad.ndjson:1[0-9]: not a JSON object' err)" = 10 ]
	[ "$(tail -n 1 err)" = "botify-toppop: … and 15 more like these" ]
}

@test "toppop: a missing file fails and the others count" {
	expect 1 $'[7]\n' botify-toppop -n 1 nowhere.ndjson log.ndjson
	[ "$stderr" = "botify-toppop: nowhere.ndjson: No such file or directory" ]
}

@test "toppop: an empty log has an empty list" {
	expect 0 $'[]\n' botify-toppop /dev/null
	expect 0 $'{}\n' botify-toppop --experiment FILTERS --by-arm /dev/null
	expect 0 $'{"C":[]}\n' botify-toppop --experiment FILTERS --by-arm --arm C /dev/null
	expect 0 '' botify-toppop --format ndjson /dev/null
}

@test "toppop: --output appears whole or not at all" {
	echo old >top.json
	expect 1 '' botify-toppop --experiment NONE -o top.json log.ndjson
	[ "$(cat top.json)" = old ]
	expect 1 '' botify-toppop -o top.json nowhere.ndjson
	[ "$(cat top.json)" = old ]
	expect 0 '' botify-toppop -o top.json log.ndjson
	[ "$(cat top.json)" = "[7,2147483647,10,11,3]" ]
	expect 1 '' botify-toppop -o nowhere/top.json log.ndjson
	[[ $stderr == "botify-toppop: nowhere/top.json: No such file or directory" ]]
	[ "$(echo ./*.tmp)" = './*.tmp' ]
	expect 0 $'[7,2147483647,10,11,3]\n' botify-toppop -o - log.ndjson
}

# What a part has after its first line, without its checksum.
numbers() {
	sed 1d "$1" | head -c -17
}

@test "toppop: merged parts are the whole, for any split" {
	for lines in 1 4; do
		rm -f piece.*
		split -l "$lines" log.ndjson piece.
		for f in piece.??; do botify-toppop --experiment FILTERS --partial "$f" >"$f.counts"; done
		for how in "--format json" "--format ndjson --by-arm" "--format table --arm C" "--format json -n 1 --by-arm --arm T1"; do
			# shellcheck disable=SC2086
			botify-toppop --experiment FILTERS $how log.ndjson >want 2>want.err
			# shellcheck disable=SC2086
			expect 0 "$(cat want)"$'\n' botify-toppop --experiment FILTERS $how --merge piece.*.counts
			diff want.err err
			# shellcheck disable=SC2086
			cat piece.*.counts | botify-toppop --experiment FILTERS $how --merge 2>/dev/null | diff want -
		done
	done
	botify-toppop --partial log.ndjson >whole
	botify-toppop --partial <(head -n 3 log.ndjson) >a
	botify-toppop --partial <(tail -n +4 log.ndjson) >b
	botify-toppop --merge --partial --parts 2 a b >both
	cmp <(numbers both) <(numbers whole)
	head -n 1 both | jq -e '.parts == 2 and (.inputs | length == 2)'
	expect 1 '' botify-toppop --merge --parts 3 a b
	[ "$stderr" = "botify-toppop: 2 parts instead of 3" ]
}

@test "toppop: a part that was cut or is of something else is refused" {
	botify-toppop --partial log.ndjson >whole
	head -c -1 whole >short
	expect 1 '' botify-toppop --merge short
	[[ $stderr == "botify-toppop: short: cut off: "*" bytes are left of "* ]]
	expect 1 '' botify-toppop --merge </dev/null
	[ "$stderr" = "botify-toppop: standard input: empty: not written by --partial, or cut" ]
	expect 1 '' botify-toppop --merge --experiment FILTERS whole
	[ "$stderr" = "botify-toppop: whole: counted without an experiment, so not for 'FILTERS'" ]
	expect 1 '' botify-toppop --merge log.ndjson
	[ "$stderr" = 'botify-toppop: log.ndjson: not a part of a log: it does not begin as what --partial writes' ]
}

@test "toppop: parts that were counted in another way do not merge" {
	local x=(--experiment FILTERS)
	head -n 4 log.ndjson >one
	tail -n +5 log.ndjson >two
	botify-toppop "${x[@]}" --partial -o a one
	botify-toppop "${x[@]}" --partial --recommended -o r two
	botify-toppop "${x[@]}" --partial --arm C -o c two
	botify-toppop "${x[@]}" --partial --arm C --arm T1 -o ct two
	expect 1 '' botify-toppop "${x[@]}" --merge a r
	[ "$stderr" = "botify-toppop: r: counted with --recommended, and a without" ]
	expect 1 '' botify-toppop "${x[@]}" --merge r a
	[ "$stderr" = "botify-toppop: a: counted without --recommended, and r with" ]
	expect 1 '' botify-toppop "${x[@]}" --merge --recommended a
	[ "$stderr" = "botify-toppop: a: counted without --recommended, which cannot be made up for here" ]
	expect 1 '' botify-toppop "${x[@]}" --merge a c
	[ "$stderr" = "botify-toppop: c: counted for other arms than a: name those of both with --arm" ]
	expect 1 '' botify-toppop "${x[@]}" --merge c a
	[ "$stderr" = "botify-toppop: a: counted for other arms than c: name those of both with --arm" ]
	expect 1 '' botify-toppop "${x[@]}" --merge --arm T1 a c
	[ "$stderr" = "botify-toppop: c: counted without arm 'T1'" ]
	expect 0 $'[10,11,3]\n' botify-toppop "${x[@]}" --merge --arm C a c
	expect 0 $'[7,10,11,3]\n' botify-toppop "${x[@]}" --merge --arm C --arm T1 a ct
	expect 0 "$(botify-toppop "${x[@]}" --recommended two 2>/dev/null)"$'\n' botify-toppop "${x[@]}" --merge r
	expect 0 "$(botify-toppop "${x[@]}" --recommended two 2>/dev/null)"$'\n' botify-toppop "${x[@]}" --merge --recommended r
	# what was merged says the same of itself
	botify-toppop "${x[@]}" --merge --partial -o ac --arm C a c
	expect 1 '' botify-toppop "${x[@]}" --merge --arm T1 ac
	[ "$stderr" = "botify-toppop: ac: counted without arm 'T1'" ]
	botify-toppop "${x[@]}" --merge --partial -o rr r
	cmp r rr
}

@test "toppop: a log that is in two parts is told, not counted twice" {
	head -n 4 log.ndjson >one
	tail -n +5 log.ndjson >two
	for part in one two; do botify-toppop --partial -o $part.part $part; done
	cp one.part copy
	expect 1 '' botify-toppop --merge one.part one.part
	[ "$stderr" = "botify-toppop: one.part: a part of the same log as one.part: it would count twice" ]
	expect 1 '' botify-toppop --merge one.part two.part copy
	[ "$stderr" = "botify-toppop: copy: a part of the same log as one.part: it would count twice" ]
	tac one | botify-toppop --partial -o backwards
	expect 1 '' botify-toppop --merge one.part backwards
	cat one.part two.part one.part >three
	expect 1 '' botify-toppop --merge three
	[[ $stderr == "botify-toppop: three: a part of the same log as three: it would count twice" ]]
	# and a part of parts is that of their log
	botify-toppop --merge --partial -o both one.part two.part
	botify-toppop --partial -o whole log.ndjson
	expect 1 '' botify-toppop --merge both whole
	# logs without events are all the same, and harmless
	botify-toppop --partial -o none /dev/null
	expect 0 "$(botify-toppop log.ndjson)"$'\n' botify-toppop --merge none whole none
}

@test "toppop: parts from before they said how they were counted are refused" {
	echo '{"partial":"botify-toppop","experiment":null,"events":1,"outside":0,"rows":1}
{"track":5,"plays":1,"billionths":810000000}' >old
	expect 1 '' botify-toppop --merge old
	[ "$stderr" = "botify-toppop: old: was written in version 1 of the format; this is 3: make it again from its logs" ]
}

# The events of user 1 and user 2, from "USER TIMESTAMP TRACK RECOMMENDATION" a line.
timed() {
	awk '{ printf "{\"message\":\"%s\",\"user\":%s,\"track\":%s,\"time\":0.5,\"recommendation\":%s%s}\n",
		$4 == "null" ? "last" : "next", $1, $3, $4, $2 == "-" ? "" : ",\"timestamp\":" $2 }'
}

@test "toppop: --recommended: a session goes on in the next part, and parts that mix a user's events are told" {
	merge() { for part; do botify-toppop --recommended --partial -o "$part.part" "$part"; done; botify-toppop --merge "${@/%/.part}"; }
	# split by user; and between sessions
	printf '%s\n' "1 100 5 7" "1 200 7 null" | timed >a
	printf '%s\n' "2 100 5 7" "2 200 7 9" | timed >b
	printf '%s\n' "1 300 5 7" "1 400 7 null" | timed >c
	expect 0 $'[7]\n' merge a b c
	cat a b c >whole
	expect 0 $'[7]\n' botify-toppop --recommended whole
	# within a session, in any order: what comes first there was recommended here
	printf '%s\n' "2 500 9 null" | timed >d
	expect 0 $'[7,9]\n' merge a b c d
	expect 0 $'[7,9]\n' merge d b
	cat b d | botify-toppop --recommended | diff - <(echo '[7,9]')
	# without timestamps the order is not known
	printf '%s\n' "2 - 9 null" | timed >d
	expect 1 '' merge a b c d
	[ "$stderr" = "botify-toppop: user 2: without timestamps, a session must not be in both b.part and d.part" ]
	expect 1 '' merge d b
	# a track that was awaited and came too early was another one
	printf '%s\n' "2 50 9 null" | timed >d
	expect 0 $'[7]\n' merge b d
	printf '%s\n' "2 150 3 9" | timed >d
	expect 1 '' merge b d
	[ "$stderr" = "botify-toppop: user 2: the events are mixed over b.part and d.part" ]
	# nobody minds where all plays count
	for part in b d; do botify-toppop --partial -o $part.part $part; done
	expect 0 $'[3,5,7]\n' botify-toppop --merge b.part d.part
}

@test "toppop: an experiment whose name no part can carry is told before anything is written" {
	expect 1 '' botify-toppop --partial --experiment $'caf\xe9' log.ndjson
	[ "$stderr" = $'botify-toppop: no UTF-8: experiment \'caf\xe9\'' ]
	expect 1 '' botify-toppop --experiment $'caf\xe9' log.ndjson
	[ "$stderr" = $'botify-toppop: no event is in experiment \'caf\xe9\'' ]
}

@test "toppop: mistakes on the command line" {
	for wrong in "--arm C" "--by-arm" "--format xml" "-n 0" "-n ten" "--limit=-1" "--nothing"; do
		# shellcheck disable=SC2086
		expect 2 '' botify-toppop $wrong log.ndjson
		[[ $stderr == "botify-toppop: "*"Try 'botify-toppop --help'." ]]
	done
	expect 2 '' botify-toppop log.ndjson --experiment
}

@test "toppop: the examples of the man page run" {
	awk '/^\.Sh/ { examples = /EXAMPLES/ } /^\.Ed/ { code = 0 } examples && code { print } /^\.Bd/ { code = 1 }' \
		"$BATS_TEST_DIRNAME/../man/botify-toppop.1" | sed 's/^\$ //' >examples.sh
	[ "$(wc -l <examples.sh)" -ge 8 ]
	bash -e -o pipefail examples.sh >out
	diff - out <<-'END'
		#  track  time  plays  artist             title
		1      7  1.81      2  A "quoted" artist  tab?here
		2     10  0.75      2  B                  ten
		3     11  0.75      3  B                  eleven
		4      3  0.00      1  Björk              Jóga
		[11,3,7,10,2147483647]
		rank  time
		   1  1.81
		   2  1.00
		   5  0.00
		{"C":[10,11,3],"T1":[7]}
		[7]
		[7,10,11]
		[7,2147483647,10,11,3]
	END
	[ "$(cat top.json)" = "[7,2147483647,10,11,3]" ]
}

@test "--recommended leaves out what nobody recommended" {
	# user 1 comes with track 5, is given 7 and 8; user 2 comes with 7, is given 5, and between the two hears 9 of their own
	cat >log <<-'END'
		{"message":"next","user":1,"track":5,"time":1,"recommendation":7}
		{"message":"next","user":2,"track":7,"time":1,"recommendation":5}
		{"message":"next","user":1,"track":7,"time":0.5,"recommendation":8}
		{"message":"next","user":2,"track":9,"time":0.9,"recommendation":5}
		{"message":"last","user":1,"track":8,"time":0.25,"recommendation":null}
		{"message":"last","user":2,"track":5,"time":0.125,"recommendation":null}
		{"message":"next","user":1,"track":8,"time":1,"recommendation":9}
	END
	[ "$("$bin/botify-toppop" --recommended log)" = "[7,8,5]" ]
	[ "$("$bin/botify-toppop" log)" = "[7,8,5,9]" ]
}

@test "any number of threads counts the same" {
	cp log.ndjson long
	for _ in $(seq 12); do
		cat long long >twice
		mv twice long
	done
	"$bin/botify-toppop" --threads 1 --format ndjson long >one
	for n in 2 3 8; do "$bin/botify-toppop" --threads "$n" --format ndjson long | cmp - one; done
}
