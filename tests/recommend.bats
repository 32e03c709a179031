#!/usr/bin/env bats
# botify-recommend: the contract of the filter, its state, its messages. What the policies mean is for
# tests/unit/test_policy.c.

# shellcheck disable=SC2154 # loop.bash sets them
# shellcheck disable=SC2094 # a loop of pipes reads what it writes

load loop

setup() {
	setup_loop
	requests >requests.ndjson
}

# 60 requests of 6 users who come and go.
requests() {
	awk 'BEGIN {
		for (i = 0; i < 60; i++)
			printf "{\"message\":\"%s\",\"timestamp\":%d,\"user\":%d,\"track\":%d,\"time\":%s}\n", \
				i % 13 == 12 ? "last" : "next", 1000 + i, i * i % 6 * 3, i * 70 % 630, i % 10 / 10
	}'
}

policy=similar@0.3,collaborative,toppop:7@0.2,random+unseen+artist:2

recommend() {
	botify-recommend "${tables[@]}" --no-latency --seed 5 --policy "$policy" "$@"
}

@test "recommend: an event for each request, in order" {
	expect 0 recommend requests.ndjson
	[ -z "$stderr" ]
	[ "$(wc -l <out)" = 60 ]
	whole_lines out
	diff <(jq -c '[.message,.timestamp,.user,.track,.time]' requests.ndjson) <(jq -c '[.message,.timestamp,.user,.track,.time]' out)
	# the keys in their order; a last has no recommendation but null, and no source
	[ "$(jq -r 'keys_unsorted | join(",")' out | sort -u)" = \
"message,timestamp,user,track,time,latency,recommendation,experiments
message,timestamp,user,track,time,latency,recommendation,source,pool,experiments" ]
	# the notebooks that read logs want the key
	[ "$(jq .latency out | sort -u)" = 0 ]
	jq -e -n 'all(inputs; (.message == "last") == (.recommendation == null and .source == null))' out >/dev/null
	# all sources have answered
	[ "$(jq -r '.source // empty' out | sort -u | tr '\n' ' ')" = "collaborative random similar toppop " ]
}

@test "recommend: standard input, '-', files, and several of them are the same" {
	recommend requests.ndjson >want
	expect 0 recommend <requests.ndjson
	cmp out want
	expect 0 recommend - <requests.ndjson
	cmp out want
	head -n 23 requests.ndjson >one
	tail -n +24 requests.ndjson >two
	expect 0 recommend one two
	cmp out want
	expect 0 recommend one - <two
	cmp out want
	expect 0 recommend -- one two
	cmp out want
	expect 0 recommend </dev/null
	[ ! -s out ]
}

@test "recommend: CRLF, blank lines and a missing last newline are accepted" {
	recommend requests.ndjson >want
	sed 's/$/\r/' requests.ndjson >crlf
	expect 0 recommend crlf
	cmp out want
	sed 's/$/\n\n \t/' requests.ndjson >blanks
	expect 0 recommend blanks
	cmp out want
	head -c -1 requests.ndjson >no-newline
	expect 0 recommend no-newline
	cmp out want
}

@test "recommend: equal seeds give equal bytes, others do not" {
	recommend requests.ndjson >want
	expect 0 recommend requests.ndjson
	cmp out want
	expect 0 recommend --seed 6 requests.ndjson
	not cmp -s out want
	expect 0 recommend --seed 9223372036854775807 requests.ndjson
}

@test "recommend: users may be served by several processes" {
	recommend requests.ndjson | sort >want
	{
		jq -c 'select(.user < 6)' requests.ndjson | recommend
		jq -c 'select(.user >= 6)' requests.ndjson | recommend
	} | sort >got
	cmp got want
}

@test "recommend: an answer is the log line: it may be asked again" {
	recommend requests.ndjson >want
	botify-recommend "${tables[@]}" --seed 5 --policy "$policy" requests.ndjson >log
	jq -e -n 'all(inputs; .latency > 0 and .latency < 1)' log >/dev/null
	expect 0 recommend log
	cmp out want
}

@test "recommend: a request without a timestamp gets the wall clock's" {
	local before after
	before=$(date +%s)
	jq -c 'del(.timestamp)' requests.ndjson | recommend >out
	after=$(date +%s)
	jq -e -n --argjson before "$before" --argjson after "$after" \
		'all(inputs; .timestamp >= $before * 1000 and .timestamp <= $after * 1000 + 1000)' out >/dev/null
}

@test "recommend: events of a user have a time stamp each, also after a restart" {
	jq -c 'del(.timestamp)' requests.ndjson | times 50 >many
	recommend --state state many >one
	sleep 0.1 # a clock that was ahead before
	sed -i 's/"timestamp":[0-9]*/"timestamp":7000000000000/' state
	recommend --state state many >two
	cat one two | jq -n -e 'reduce inputs as $e ({}; if $e.timestamp > (.[$e.user | tostring] // 0)
		then .[$e.user | tostring] = $e.timestamp else error("\($e)") end) | all(.[]; . > 7000000000000)'
	[ "$(wc -l <two)" = 3000 ]
}

@test "recommend: exclude is honoured" {
	jq -c '. + {exclude: [range(0; 590; 10)]}' requests.ndjson >all-but-one
	expect 0 recommend all-but-one
	jq -e -n 'all(inputs | select(.message == "next"); .recommendation == 590 and .pool == 1)' out >/dev/null
	[ "$(jq 'has("exclude")' out | sort -u)" = false ]
	# the one request that excludes is the only one that feels it
	jq -c 'if .timestamp == 1020 then . + {exclude: [range(0; 590; 10)]} else . end' requests.ndjson >once
	recommend requests.ndjson | jq -c 'select(.timestamp != 1020)' >want
	recommend once | jq -c 'select(.timestamp != 1020)' | diff - want
	# nothing is left
	jq -c '. + {exclude: [range(0; 600; 10)]}' requests.ndjson >all
	expect 0 recommend all
	jq -e -n 'all(inputs | select(.message == "next"); .source == "exhausted" and .pool == 60)' out >/dev/null
}

@test "recommend: a filter answers at once, without waiting for more input" {
	local to from pid answer
	coproc filter { recommend; }
	# the shell forgets them when it ends
	to=${filter[1]} from=${filter[0]} pid=$filter_PID
	for n in 1 2 3; do
		sed -n "${n}p" requests.ndjson >&"$to"
		read -r -t 5 answer <&"$from"
		[ "$(jq .timestamp <<<"$answer")" = $((999 + n)) ]
	done
	eval "exec $to>&-"
	wait "$pid"
}

@test "recommend: the memory of sessions that ended is given back, but for some" {
	local pid to before most
	# MESSAGE TIMES: so many requests of each of 3000 users.
	of_all() {
		awk -v message="$1" -v n="$2" 'BEGIN {
			for (i = 0; i < n; i++)
				for (user = 0; user < 3000; user++)
					printf "{\"message\":\"%s\",\"user\":%d,\"track\":%d,\"time\":1}\n", message, user, i % 60 * 10
		}' >&"$to"
	}
	answered() { [ "$(wc -l <out)" = "$1" ]; }
	memory() { awk '/^VmRSS/ { print $2 }' "/proc/$pid/status"; }
	ldd "$bin/botify-recommend" | grep -q libasan && skip "with ASan memory is kept for a while"
	mkfifo pipe
	botify-recommend --tracks tracks.ndjson <pipe >out &
	pid=$!
	exec {to}>pipe
	of_all next 1
	wait_until answered 3000
	before=$(memory)
	# the plays of a session take 8 KiB then
	of_all next 260
	wait_until answered 783000
	most=$(memory)
	[ "$most" -gt $((before + 24000)) ]
	# it is given back when the last answer has been delivered, and a request comes
	of_all last 1
	of_all next 1
	wait_until answered 789000
	[ "$(memory)" -lt $((before + 16000)) ]
	exec {to}>&-
	wait "$pid"
}

@test "recommend: many requests over pipes of 4 KiB" {
	times 200 <requests.ndjson >many
	recommend many >want
	# a writer and a reader of their own, and a recommender between two narrow pipes
	perl -e '
		sub narrow { pipe(my $r, my $w); fcntl($w, 1031, 4096) or die "$!"; ($r, $w) }
		my ($r1, $w1) = narrow(); my ($r2, $w2) = narrow();
		if (!fork) { close $r2; open STDIN, "<&", $r1; open STDOUT, ">&", $w2; close $_ for $r1, $w1, $w2; exec @ARGV; }
		close $r1; close $w2;
		if (!fork) { close $r2; open my $in, "<", "many"; print $w1 $_ while <$in>; close $w1; exit 0; }
		close $w1;
		print while <$r2>;
		wait; $bad |= $?; wait; $bad |= $?; exit($bad ? 1 : 0)' \
		botify-recommend "${tables[@]}" --no-latency --seed 5 --policy "$policy" >got
	cmp got want
}

# --- tables

@test "recommend: a catalog whose lines carry recommendations is the table of similar tracks, too" {
	jq -c -n --slurpfile similar similar.ndjson --slurpfile tracks tracks.ndjson '($similar | map({(.track | tostring): .recommendations}) | add) as $of
		| $tracks[] | . + {recommendations: $of[.track | tostring]}' >both.ndjson
	grep -q null both.ndjson
	echo '{"experiments":[{"name":"F","arms":{"C":"similar","T":"i2i:3"}}]}' >x.json
	for with in "--policy similar,random" "--policy votes:2,random" "--experiments x.json"; do
		# shellcheck disable=SC2086
		botify-recommend --tracks tracks.ndjson --similar similar.ndjson --no-latency $with requests.ndjson >want
		# shellcheck disable=SC2086
		expect 0 botify-recommend --tracks both.ndjson --no-latency $with requests.ndjson
		cmp out want
		# from a pipe, which can be read once
		# shellcheck disable=SC2086
		expect 0 botify-recommend --tracks - --no-latency $with requests.ndjson <both.ndjson
		cmp out want
	done
	# another table has the say
	sed '1,10d' similar.ndjson >fewer
	botify-recommend --tracks tracks.ndjson --similar fewer --no-latency --policy similar requests.ndjson >want
	expect 0 botify-recommend --tracks both.ndjson --similar fewer --no-latency --policy similar requests.ndjson
	cmp out want
	# and what is wrong with the lists does not matter to a policy that has no use for them
	sed '3s/"recommendations":\[/&7,/' both.ndjson >bad
	refuse 1 'bad:3: "recommendations" names track 7, which is not in the catalog' --tracks bad --policy similar
	expect 0 botify-recommend --tracks bad --policy artist requests.ndjson
}

@test "recommend: what is appended to a log begins in a line of its own" {
	recommend requests.ndjson >whole
	head -c -20 whole >log
	recommend requests.ndjson >>log
	[ "$(wc -l <log)" = 120 ]
	tail -n 60 log | cmp - whole
	expect 1 botify-toppop log
	[[ "$stderr" == "botify-toppop: log:60: cut off before its end: "* ]]
	[ "$(wc -l <err)" = 1 ]
	cp whole log
	recommend requests.ndjson >>log
	cat whole whole | cmp - log
	# a run that found nothing to answer adds nothing to a whole log
	recommend </dev/null >>log
	[ "$(wc -l <log)" = 120 ]
}

# --- what is no request

@test "recommend: a line that is no request is answered with its number, and the run goes on" {
	recommend requests.ndjson >want
	{
		head -n 10 requests.ndjson
		printf 'hello\n\n{"message":"next","user":1,"track":10,"time":2}\n{"message":"next"}\n[]\n'
		printf '{"message":"next","user":1,"track":10,"time":0,"x":\0}\n'
		tail -n +11 requests.ndjson
	} >bad
	expect 1 recommend bad
	[ "$(wc -l <out)" = 65 ]
	whole_lines out
	jq -c 'select(.error == null)' out | diff - <(jq -c . want)
	[ "$(sed -n '11,15p' out | jq -c .line)" = $'11\n13\n14\n15\n16' ]
	[ "$(sed -n 11p out)" = "{\"error\":\"not a JSON object: '[' or '{' expected near 'hello' (column 5)\",\"line\":11}" ]
	[ "$(sed -n 12p out | jq -r .error)" = '"time" is not a number from 0 to 1' ]
	[ "$(sed -n 13p out | jq -r .error)" = '"user" is missing' ]
	[ "$(sed -n 15p out | jq -r .error)" = 'NUL byte' ]
	[ "$(grep -c '^botify-recommend: bad:1[1-6]: ' err)" = 5 ]
}

@test "recommend: a line of more than 16 MiB is one bad line" {
	{
		head -n 5 requests.ndjson
		head -c 17000000 /dev/zero | tr '\0' x
		echo
		tail -n +6 requests.ndjson
	} >long
	expect 1 recommend long
	[ "$(sed -n 6p out)" = '{"error":"long:6: line longer than 16777216 bytes","line":6}' ]
	[ "$(wc -l <out)" = 61 ]
	[ "$stderr" = "botify-recommend: long:6: line longer than 16777216 bytes" ]
}

@test "recommend: of many bad lines the first ten are told, the others counted" {
	yes nonsense | head -n 50 >bad
	expect 1 recommend bad
	[ "$(wc -l <out)" = 50 ]
	[ "$(wc -l <err)" = 11 ]
	[ "$(tail -n 1 err)" = "botify-recommend: … and 40 more like these" ]
}

@test "recommend: a file that cannot be read does not keep the others from being read" {
	recommend requests.ndjson >want
	mkdir directory
	expect 1 recommend absent requests.ndjson directory
	cmp out want
	[ "$stderr" = "botify-recommend: absent: No such file or directory
botify-recommend: directory: Is a directory" ]
}

# --- what is wrong is told before any event is written

# refuse STATUS MESSAGE OPTION...: wants this and nothing else, whatever requests wait
refuse() {
	local status=$1 message=$2
	shift 2
	expect "$status" botify-recommend "$@" <requests.ndjson
	[ ! -s out ] || { echo "events were written"; return 1; }
	[ "$(head -n 1 err)" = "botify-recommend: $message" ] || { printf 'got:  %s\nwant: %s\n' "$stderr" "$message"; return 1; }
	if [ "$status" = 2 ]; then
		[ "$(tail -n +2 err)" = "Try 'botify-recommend --help'." ]
	else
		[ "$(wc -l <err)" = 1 ]
	fi
}

@test "recommend: bad tables are told with file and line" {
	sed '31s/300/50/' tracks.ndjson >twice
	refuse 1 "twice:31: track 50 is already on line 6" --tracks twice
	sed '4s/artist/singer/' tracks.ndjson >nobody
	refuse 1 'nobody:4: "artist" is missing' --tracks nobody
	: >empty
	refuse 1 "empty: no track in it" --tracks empty
	refuse 1 "absent: No such file or directory" --tracks absent
	refuse 1 ".: Is a directory" --tracks .
	sed '3s/\[50/[55/' similar.ndjson >unknown
	refuse 1 'unknown:3: "recommendations" names track 55, which is not in the catalog' --tracks tracks.ndjson --similar unknown
	sed '3s/track":40/track":44/' similar.ndjson >unknown
	refuse 1 'unknown:3: track 44 is not in the catalog' --tracks tracks.ndjson --similar unknown
	sed '2s/:\[30/:[600/' user-tracks.ndjson >unknown
	refuse 1 'unknown:2: "tracks" names track 600, which is not in the catalog' --tracks tracks.ndjson --user-tracks unknown
	echo '[0,10,7]' >unknown
	refuse 1 'unknown: "top" names track 7, which is not in the catalog' --tracks tracks.ndjson --top unknown
	refuse 1 'unknown: "top" names track 7, which is not in the catalog' --tracks tracks.ndjson --top day=unknown
	refuse 1 'top.json: a second popularity table named a' --tracks tracks.ndjson --top a=top.json --top a=top.json
	refuse 1 "tracks.ndjson:1: \"user\" is missing" --tracks tracks.ndjson --user-tracks tracks.ndjson
	refuse 1 "tracks.ndjson: no line has \"recommendations\"" --tracks tracks.ndjson --similar tracks.ndjson
}

@test "recommend: a bad table that comes from a pipe is called standard input" {
	: >requests.ndjson
	refuse 1 "standard input: no track in it" --tracks -
	refuse 1 "standard input: no line has \"recommendations\"" --tracks tracks.ndjson --similar -
	refuse 1 "standard input: no line has \"tracks\"" --tracks tracks.ndjson --user-tracks -
	refuse 1 "standard input: empty" --tracks tracks.ndjson --top -
	refuse 1 "standard input: a second popularity table named a" --tracks tracks.ndjson --top a=top.json --top a=-
	echo '[0,10' >requests.ndjson
	refuse 1 "standard input:2: ']' expected near end of file (column 0)" --tracks tracks.ndjson --top -
	printf '[0\0]' >requests.ndjson
	refuse 1 "standard input: NUL byte" --tracks tracks.ndjson --top -
	echo '[0,10,7]' >requests.ndjson
	refuse 1 'standard input: "top" names track 7, which is not in the catalog' --tracks tracks.ndjson --top -
	echo '{}' >requests.ndjson
	refuse 1 'standard input: no "experiments", an array of at least one' --tracks tracks.ndjson --experiments -
	echo '{"experiments":[{"name":"AA","arms":{"C":"similar","T1":"artist"}}]}' >requests.ndjson
	refuse 1 "standard input: experiment 'AA': arm 'C': source similar: it needs a table of similar tracks (--similar)" \
		--tracks tracks.ndjson --experiments -
	refuse 2 "--policy and the policies of standard input: give one of them" --tracks tracks.ndjson --experiments - --policy random
}

@test "recommend: of several tables the policy names one, and one file may serve twice" {
	printf '{"track":0,"recommendations":[10]}\n' >one.ndjson
	printf '{"track":0,"recommendations":[20]}\n' >two.ndjson
	printf '{"message":"next","timestamp":1,"user":1,"track":0,"time":1}\n' >requests.ndjson
	expect 0 botify-recommend --tracks tracks.ndjson --similar a=one.ndjson --similar b=two.ndjson --policy similar:b requests.ndjson
	[ "$(jq -c '[.recommendation,.source]' out)" = '[20,"similar"]' ]
	refuse 2 "source similar: there are 2 tables of similar tracks; name one, as in similar:a" \
		--tracks tracks.ndjson --similar a=one.ndjson --similar b=two.ndjson --policy similar,random
	refuse 1 "two.ndjson: a second table of similar tracks without a name" \
		--tracks tracks.ndjson --similar one.ndjson --similar two.ndjson
}

@test "recommend: i2i remembers listens over sessions and restarts" {
	printf '{"track":0,"recommendations":[10]}\n{"track":10,"recommendations":[20]}\n' >one.ndjson
	ask() { botify-recommend --tracks tracks.ndjson --similar one.ndjson --policy "$@" --no-latency; }
	printf '{"message":"last","timestamp":1,"user":1,"track":0,"time":1}\n' >day1
	printf '{"message":"next","timestamp":2,"user":1,"track":30,"time":0}\n' >day2
	[ "$(cat day1 day2 | ask i2i,random | jq -c '[.recommendation,.source,.propensity]' | tail -n 1)" = '[10,"i2i",1]' ]
	ask i2i,random --state state <day1 >/dev/null
	[ "$(ask i2i,random --state state <day2 | jq -c '[.recommendation,.source,.propensity,.pool]')" = '[10,"i2i",1,null]' ]
	[ "$(cat day1 day2 | ask i2i:session,random | jq -r .source | tail -n 1)" = random ]
}

@test "recommend: --explain tells of the candidates" {
	printf '{"track":0,"recommendations":[10,20,30]}\n' >one.ndjson
	printf '{"message":"next","timestamp":1,"user":1,"track":0,"time":0.5}\n' >requests.ndjson
	expect 0 botify-recommend --tracks tracks.ndjson --similar one.ndjson --policy votes --explain 2 requests.ndjson
	[ "$(jq -c '[.pool,.candidates]' out)" = '[1,[{"track":10,"score":0.5},{"track":20,"score":0.5}]]' ]
	expect 0 botify-recommend --tracks tracks.ndjson --similar one.ndjson --policy similar --explain 9 requests.ndjson
	[ "$(jq -c '[.candidates[].track]' out)" = '[10,20,30]' ]
	jq -e '.candidates | all(.score > 0.333 and .score < 0.334)' out
	botify-toppop <out >/dev/null
	refuse 2 "--explain takes a whole number from 1 to 10000, not '0'" --tracks tracks.ndjson --explain 0
}

@test "recommend: a bad policy is told with what may have been meant" {
	refuse 2 "policy 'toppop:abc': toppop takes a whole number from 1 to 2147483647, not 'abc'" "${tables[@]}" --policy toppop:abc
	refuse 2 "policy 'random+unsene': unknown filter 'unsene'; did you mean 'unseen'?" "${tables[@]}" --policy random+unsene
	refuse 2 "policy 'unsene': unknown source 'unsene'; did you mean 'unseen'?" "${tables[@]}" --policy unsene
	refuse 2 "policy 'radnom': unknown source 'radnom'; did you mean 'random'?" "${tables[@]}" --policy radnom
	refuse 2 "policy '': a source is missing" "${tables[@]}" --policy ''
	refuse 2 "source similar: it needs a table of similar tracks (--similar)" --tracks tracks.ndjson --policy similar
	refuse 2 "source toppop: there is no popularity table 'x' (--top x=FILE)" "${tables[@]}" --policy toppop:3:x
	refuse 2 "source toppop: there are 2 popularity tables; name one, as in toppop:100:a" --tracks tracks.ndjson \
		--top a=top.json --top b=top.json --policy toppop
}

@test "recommend: bad experiments are told with file and reason" {
	echo '{"experiments":[{"name":"A","arms":["C"]},{"name":"B","arms":[]}]}' >x.json
	refuse 1 "x.json: experiment 'B': it has no arms" "${tables[@]}" --experiments x.json
	echo '{"experiments":[{"name":"A","arms":{}}]}' >x.json
	refuse 1 "x.json: experiment 'A': it has no arms" "${tables[@]}" --experiments x.json
	echo '{"experiments":[{"name":"A","arms":{"C":"random","T":"randm"}}]}' >x.json
	refuse 1 "x.json: experiment 'A': arm 'T': policy 'randm': unknown source 'randm'; did you mean 'random'?" "${tables[@]}" \
		--experiments x.json
	echo '{"experiments":[{"name":"A","arms":{"C":"random","T":"similar"}}]}' >x.json
	refuse 1 "x.json: experiment 'A': arm 'T': source similar: it needs a table of similar tracks (--similar)" \
		--tracks tracks.ndjson --experiments x.json
	printf '{"experiments":\n[{"name":"A",}]}\n' >x.json
	expect 1 botify-recommend "${tables[@]}" --experiments x.json
	[[ "$stderr" == "botify-recommend: x.json:2: "* ]]
	echo '{"experiments":[{"name":"A","arms":{"C":"random"}}]}' >x.json
	refuse 2 "--policy and the policies of x.json: give one of them" "${tables[@]}" --policy random --experiments x.json
}

@test "recommend: a bad state is told, and stays as it is" {
	echo '{"user":1,"sessions":0}' >state
	refuse 1 'state:1: no state of this botify: the first line is not {"botify-state":1}' "${tables[@]}" --state state
	[ "$(cat state)" = '{"user":1,"sessions":0}' ]
	printf '{"botify-state":1}\n{"user":1,"sessions":0}\n{"user":1,"sessions":0}\n' >state
	refuse 1 'state:3: user 1 twice' "${tables[@]}" --state state
	refuse 1 'absent/state: No such file or directory' "${tables[@]}" --state absent/state
	refuse 1 '.: Is a directory' "${tables[@]}" --state .
}

@test "recommend: misuse is told" {
	refuse 2 "no catalog given (--tracks FILE)"
	refuse 2 "--seed takes a whole number from 0 to 9223372036854775807, not '-1'" --tracks tracks.ndjson --seed -1
	refuse 2 "--seed takes a whole number from 0 to 9223372036854775807, not '1e3'" --tracks tracks.ndjson --seed 1e3
	refuse 2 "unrecognized option '--polcy'; did you mean '--policy'?" --polcy random
	refuse 2 "option '--tracks' requires an argument" --tracks
}

# --- experiments

@test "recommend: all experiments are logged, the last that has policies serves" {
	echo '{"experiments":[{"name":"AA","arms":["C","T"]},{"name":"F","arms":{"C":"random","T":"artist"}},{"name":"G","arms":["x"]}]}' >x.json
	jq -n -c 'range(200) | {message: "next", timestamp: 1, user: ., track: 0, time: 1}' >many
	expect 0 botify-recommend "${tables[@]}" --no-latency --experiments x.json many
	[ "$(jq -c '.experiments | keys_unsorted' out | sort -u)" = '["AA","F","G"]' ]
	jq -e -n 'all(inputs; .source == (if .experiments.F == "C" then "random" else "artist" end))' out >/dev/null
	[ "$(jq -r .experiments.AA out | sort -u | tr '\n' ' ')" = "C T " ]
	# who falls where does not depend on the seed
	botify-recommend "${tables[@]}" --no-latency --experiments x.json --seed 9 many | jq -c .experiments | diff - <(jq -c .experiments out)
}

@test "recommend: unknown keys of experiments are refused, weights are honoured" {
	echo '{"experiments":[{"name":"A","arms":["C","T1"],"polices":{"C":"random"}}]}' >x.json
	refuse 1 "x.json: experiment 'A': unknown key \"polices\"; there are \"name\", \"arms\", \"weights\" and \"comment\"" \
		"${tables[@]}" --experiments x.json
	echo '{"experiments":[{"name":"A","arms":["C","T1"],"weight":[9,1]}]}' >x.json
	refuse 1 "x.json: experiment 'A': unknown key \"weight\"; did you mean \"weights\"?" "${tables[@]}" --experiments x.json
	echo '{"experiments":[{"name":"CONTEXTUAL_COMPARISON","arms":{"C":"random","T1":"artist"},"weights":[9,1]}]}' >x.json
	seq -f '{"message":"next","timestamp":1,"user":%.0f,"track":0,"time":1}' 0 9999 |
		botify-recommend "${tables[@]}" --experiments x.json >out
	[ "$(grep -c '"CONTEXTUAL_COMPARISON":"C"' out)" = 8991 ]
	# and the policies are those of the arms
	jq -e -n 'all(inputs; .source == (if .experiments.CONTEXTUAL_COMPARISON == "C" then "random" else "artist" end))' out >/dev/null
}

@test "recommend: the published split of ten thousand users" {
	echo '{"experiments":[{"name":"CONTEXTUAL_COMPARISON","arms":["C","T1"]}]}' >x.json
	seq -f '{"message":"last","timestamp":1,"user":%.0f,"track":0,"time":1}' 0 9999 |
		botify-recommend "${tables[@]}" --experiments x.json >out
	[ "$(grep -c '"CONTEXTUAL_COMPARISON":"C"' out)" = 4925 ]
	[ "$(grep -c '"CONTEXTUAL_COMPARISON":"T1"' out)" = 5075 ]
}

# --- the state

@test "recommend: a run cut in two at any line gives the events of the run in one" {
	local n lines
	mapfile -t lines <requests.ndjson
	recommend requests.ndjson >want
	for ((n = 0; n <= 60; n++)); do
		printf '%s\n' "${lines[@]:0:n}" >one
		printf '%s\n' "${lines[@]:n}" >two
		recommend --state "state.$n" one >got
		recommend --state "state.$n" two >>got
		cmp got want || { echo "cut after line $n"; return 1; }
	done
}

@test "recommend: a run cut at every line" {
	recommend requests.ndjson >want
	while read -r line; do
		recommend --state state <<<"$line"
	done <requests.ndjson >got
	cmp got want
	[ "$(ls)" = "$(printf '%s\n' err got out requests.ndjson similar.ndjson state top.json tracks.ndjson tracks.npy \
		user-tracks.ndjson users.ndjson want | grep -vx -e err -e out)" ] # and no temporary file is left
}

@test "recommend: the state is that of the manual" {
	printf '%s\n' '{"message":"next","timestamp":1,"user":7,"track":10,"time":0.81}' \
		'{"message":"next","timestamp":1,"user":3,"track":10,"time":1}' \
		'{"message":"next","timestamp":1,"user":7,"track":11,"time":0}' \
		'{"message":"last","timestamp":2,"user":3,"track":20,"time":0.5}' >some
	expect 0 recommend --state state some
	[ "$(cat state)" = '{"botify-state":1}
{"user":3,"sessions":1,"timestamp":2}
{"user":7,"sessions":0,"timestamp":1,"plays":[[10,0.81],[11,0]]}' ]
}

# Of user 1, 2 and 3, who never leave, one has to give way each time that another one comes back.
@test "recommend: --max-sessions: the session that was silent for longest gives way" {
	printf '{"message":"next","timestamp":%d,"user":%d,"track":%d,"time":1}\n' 1 1 0 2 2 0 3 1 10 4 3 0 5 2 0 6 1 20 >many
	expect 0 botify-recommend "${tables[@]}" --no-latency --policy random+unseen --max-sessions 2 many
	# all 60 tracks but those of the session: user 2 began anew at 5, and so did user 1 at 6
	[ "$(jq -c .pool out | tr '\n' ' ')" = "59 59 58 59 59 59 " ]
	[ "$stderr" = "botify-recommend: 3 sessions were ended for others to begin: more than 2 were open at a time (--max-sessions)" ]
	expect 0 botify-recommend "${tables[@]}" --no-latency --policy random+unseen --max-sessions 3 many
	[ "$(jq -c .pool out | tr '\n' ' ')" = "59 59 58 59 59 57 " ]
	[ -z "$stderr" ]
	refuse 2 "--max-sessions takes a whole number from 1 to 2147483647, not '0'" "${tables[@]}" --max-sessions 0
}

@test "recommend: --max-sessions: a run cut in two at any line gives the events of the run in one" {
	local n lines
	mapfile -t lines <requests.ndjson
	recommend --max-sessions 2 requests.ndjson >want
	recommend requests.ndjson >all
	not cmp -s all want
	for ((n = 0; n <= 60; n++)); do
		printf '%s\n' "${lines[@]:0:n}" >one
		printf '%s\n' "${lines[@]:n}" >two
		recommend --max-sessions 2 --state "state.$n" one >got 2>/dev/null
		recommend --max-sessions 2 --state "state.$n" two >>got 2>/dev/null
		cmp got want || { echo "cut after line $n"; return 1; }
		cmp "state.$n" state.0 || { echo "cut after line $n"; return 1; }
	done
}

# Of all 60 tracks, a listener of more than 10,000 has heard every one; the older half is forgotten then, and nothing else.
@test "recommend: a session of more than 10,000 tracks forgets its beginning" {
	seq 10001 | awk '{ printf "{\"message\":\"next\",\"timestamp\":%d,\"user\":1,\"track\":%d,\"time\":1}\n", $1, ($1 <= 5000 ? $1 % 2 : 2) * 10 }' >long
	expect 0 botify-recommend "${tables[@]}" --no-latency --policy random+unseen --state state long
	[ "$(sed -n '5000p;10000p;10001p' out | jq -c .pool | tr '\n' ' ')" = "58 57 59 " ]
	[ "$(jq -c 'select(.user) | [.forgotten, (.plays | length)]' state)" = '[5000,5001]' ]
	# what is forgotten still counts as steps, which key the draws
	head -n 10000 long >one
	tail -n 1 long >two
	botify-recommend "${tables[@]}" --no-latency --policy random+unseen --state cut one >got
	botify-recommend "${tables[@]}" --no-latency --policy random+unseen --state cut two >>got
	cmp got out
	cmp "cut" state
}

# Runs the first 30 requests through a slow pipe, ends the filter by a signal, and the others in a second run.
stopped_by() {
	recommend requests.ndjson >want
	mkfifo slow
	# not ignored, as it would be in the background of a shell without job control
	perl -e '$SIG{INT} = $SIG{TERM} = "DEFAULT"; exec @ARGV' \
		botify-recommend "${tables[@]}" --no-latency --seed 5 --policy "$policy" --state state <slow >one 2>err &
	local pid=$! status=0
	exec 9>slow
	head -n 30 requests.ndjson >&9
	wait_until has_lines one 30
	kill -"$1" "$pid"
	wait "$pid" || status=$?
	exec 9>&-
	[ "$status" = $((128 + $(kill -l "$1"))) ]
	[ ! -s err ]
	tail -n +31 requests.ndjson | recommend --state state >two
	cat one two | cmp - want
}

has_lines() {
	[ "$(wc -l <"$1")" = "$2" ]
}

@test "recommend: SIGTERM in the middle: the state is saved" {
	stopped_by TERM
}

@test "recommend: SIGINT in the middle: the state is saved" {
	stopped_by INT
}

@test "recommend: a signal ends it in the middle of a large file, too" {
	times 10000 <requests.ndjson >many
	botify-recommend "${tables[@]}" --no-latency --seed 5 --policy "$policy" --state state many >out &
	local pid=$! status=0
	wait_until test -s out
	kill -TERM "$pid"
	wait "$pid" || status=$?
	[ "$status" = 143 ]
	[ "$(wc -l <out)" -lt 600000 ]
	tail -n 1000 out >end
	whole_lines end
	# the state is that of the events that were written
	mv state stopped
	head -n "$(wc -l <out)" many | recommend --state state >/dev/null
	cmp state stopped
}

@test "recommend: a state that cannot be saved fails before the first event" {
	mkdir locked
	chmod 555 locked
	[ "$(id -u)" != 0 ] || skip "root may write anywhere"
	refuse 1 "locked/state: Permission denied" "${tables[@]}" --state locked/state
}

# --- the ends of its output

@test "recommend: a full disk is told" {
	local status=0
	recommend requests.ndjson >/dev/full 2>err || status=$?
	[ "$status" = 1 ]
	[ "$(cat err)" = "botify-recommend: standard output: No space left on device" ]
	status=0
	botify-recommend --help >/dev/full 2>err || status=$?
	[ "$status" = 1 ]
}

@test "recommend: a closed pipe ends it without a word" {
	times 1000 <requests.ndjson >many
	{ recommend many 2>err || echo $? >status; } | head -n 1 >/dev/null
	[ "$(cat status)" = 141 ]
	[ ! -s err ]
}

@test "recommend: --help and --version" {
	expect 0 botify-recommend --help
	[ "$(head -c 23 out)" = "Usage: botify-recommend" ]
	expect 0 botify-recommend --version
	grep -qx 'botify-recommend (botify) [0-9.]*' out
}

@test "recommend: --epsilon 0 is none, and the rest of the answers are the policy's own" {
	recommend requests.ndjson >want
	expect 0 recommend --epsilon 0 requests.ndjson
	cmp out want
	expect 0 recommend --epsilon 0.3 requests.ndjson
	jq -e -n 'all(inputs; (.message == "last") != has("propensity") and (has("pool") | not))' out >/dev/null
	# where it did not explore, it answered as without
	diff <(jq -c 'select(.source != "explore") | [.timestamp,.recommendation,.source]' out) \
		<(jq -c '[.timestamp,.recommendation,.source]' want | grep -F -f <(jq -r 'select(.source != "explore") | "[\(.timestamp),"' out))
	[ "$(jq -c 'select(.source == "explore")' out | wc -l)" -gt 5 ]
	# 60 tracks; drawn from a pool of n
	paste -d'\n' out want | jq -e -n 'def near($x): . - $x | fabs < 1e-15;
		[inputs] | [range(0; length; 2) as $i | [.[$i], .[$i + 1]]] |
		all(.[]; .[0] as $e | .[1] as $w | $e.message == "last" or $e.source == "explore" or
			($e.propensity | near(0.3 / 60 + 0.7 / $w.pool)))' >/dev/null
}

@test "recommend: --epsilon draws by place: a run in two halves is the same" {
	recommend --epsilon 0.5 requests.ndjson >want
	head -n 23 requests.ndjson | recommend --epsilon 0.5 --state state >got
	tail -n +24 requests.ndjson | recommend --epsilon 0.5 --state state >>got
	cmp want got
	jq -c 'select(.user == 3)' requests.ndjson | recommend --epsilon 0.5 | cmp - <(jq -c 'select(.user == 3)' want)
}

@test "recommend: --epsilon weights a log to that of another policy" {
	# 4000 users ask once; a tenth of the catalog is what the policy knows, and uniform over all is the target
	awk 'BEGIN { for (i = 0; i < 4000; i++) printf "{\"message\":\"next\",\"timestamp\":1,\"user\":%d,\"track\":10,\"time\":1}\n", i }' >many
	expect 0 botify-recommend "${tables[@]}" --no-latency --epsilon 0.4 --policy toppop:6 many
	# the weights 1/60 / propensity: their mean is 1 within 4 standard errors
	jq -e -n '[inputs | 1 / 60 / .propensity] | (add / length) as $m | (map(. * .) | add / length - $m * $m) as $v |
		($m - 1 | fabs) < 4 * ($v / length | sqrt)' out >/dev/null
	# 0.6 + 0.4 * 6/60 of them are in the pool, 4 standard errors are 0.031
	jq -e -n '[inputs | .propensity > 0.1] | (map(select(.)) | length) / length - 0.64 | fabs < 0.031' out >/dev/null
	[ "$(jq -r .propensity out | sort -u | wc -l)" = 2 ]
	refuse 2 "--epsilon takes a number from 0 to 1, not '2'" --tracks tracks.ndjson --epsilon 2
}
