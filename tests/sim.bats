#!/usr/bin/env bats
# botify-sim: the loop, closed in each of its ways, and everything that a recommender may do to it. What a listener does is
# for tests/unit/test_simulation.c and test_listener.c.

# shellcheck disable=SC2154 # loop.bash sets them
# shellcheck disable=SC2094 # a loop of pipes reads what it writes

load loop

setup() {
	setup_loop
	export TMUX_TMPDIR=$BATS_TEST_TMPDIR
	# a recommender that does something wrong at the nth request, and is right otherwise
	cat >fake <<-'END'
		use strict;
		$| = 1;
		my ($trick, $nth) = (@ARGV, "", 0);
		my $held;
		while (<STDIN>) {
			my $reply = $_;
			my $track = $reply =~ /"last"/ ? "null" : $. * 7 % 60 * 10;
			my $now = $. == $nth ? $trick : "";
			exit 0 if $now eq "exit";
			exit 3 if $now eq "exit3";
			kill 9, $$ if $now eq "die";
			$track = 7 if $now eq "unknown";
			$reply =~ s/}\s*$/,"recommendation":$track,"experiments":{}}\n/;
			$reply =~ s/"user":(\d+)/'"user":' . ($1 + 1)/e if $now eq "user";
			$reply =~ s/"time":[^,]*/"time":1/ if $trick eq "time";
			$reply =~ s/"timestamp":\d+,// if $now eq "timeless";
			$reply =~ s/"recommendation":null/"recommendation":0/ if $trick eq "gift";
			$reply = "{\"error\":\"no idea\",\"line\":$.}\n" if $now eq "error";
			$reply = substr($reply, 0, 30) if $now eq "half";
			if ($now eq "silent") { open my $f, ">", "pid"; print $f "$$\n"; close $f; sleep 20 }
			close STDIN if $now eq "deaf";
			if ($now eq "swap") { $held = $reply; next }
			print $reply;
			print $reply if $now eq "twice";
			exit 0 if $now eq "half";
			if ($now eq "deaf") { select undef, undef, undef, 0.1; exit 0 }
			if ($held) { print $held; undef $held }
		}
		if ($trick eq "more") { select undef, undef, undef, 0.1; print "{}\n" }
		exit 3 if $trick eq "exit3";
	END
}

teardown() {
	tmux kill-server 2>/dev/null || true
	[ ! -e pid ] || kill -9 "$(cat pid)" 2>/dev/null || true
	rm -f pid
}

recommender=(botify-recommend --tracks tracks.ndjson --no-latency --policy "artist,random+unseen")

sim() {
	botify-sim "${world[@]}" "$@"
}

# --- the loop

@test "sim: sessions in flight do not matter" {
	expect 0 sim --sessions 400 --in-flight 1 -- "${recommender[@]}"
	sort out >want
	whole_lines out
	[ "$(grep -c '"last"' want)" = 400 ]
	for k in 7 1000; do
		expect 0 sim --sessions 400 --in-flight "$k" -- "${recommender[@]}"
		sort out | cmp - want
	done
	expect 0 sim --sessions 400 "${recommender[@]}" # without --, and the default
	sort out | cmp - want
}

@test "sim: a loop that the shell wires is the same" {
	sim --sessions 400 -- "${recommender[@]}" 2>/dev/null | sort >want
	mkfifo replies
	sim --sessions 400 <replies 2>err | "${recommender[@]}" | tee out >replies
	sort out | cmp - want
	grep -q '^2024-01-01 *400 ' err
	# the other way round
	mkfifo requests
	"${recommender[@]}" <requests | tee out | sim --sessions 400 --in-flight 7 2>err >requests
	sort out | cmp - want
}

@test "sim: equal seeds give equal bytes, others do not" {
	sim --sessions 50 --in-flight 3 -- "${recommender[@]}" 2>/dev/null >want
	expect 0 sim --sessions 50 --in-flight 3 -- "${recommender[@]}"
	cmp out want
	expect 0 sim --sessions 50 --in-flight 3 --seed 1 -- "${recommender[@]}"
	not cmp -s out want
	sim --sessions 50 --agent random 2>/dev/null >want
	expect 0 sim --sessions 50 --agent random
	cmp out want
	expect 0 sim --sessions 50 --agent random --seed 1
	not cmp -s out want
}

@test "sim: the log is a chain: who is given a track listens to it next" {
	sim --sessions 300 --in-flight 100 -- "${recommender[@]}" 2>/dev/null >log
	jq -n -e 'reduce inputs as $e ({due: {}, last: {}};
			if ($e.user | tostring) as $u |
				(.due[$u] == null and $e.time == 1 or .due[$u] == $e.track) and ($e.timestamp > (.last[$u] // 0))
			then .due[$e.user | tostring] = $e.recommendation | .last[$e.user | tostring] = $e.timestamp
			else error("\($e)") end)
		| all(.due[]; . == null)' log >/dev/null
	jq -n -e 'all(inputs; .time >= 0 and .time <= 1 and (.time * 100 - (.time * 100 | round) | fabs < 1e-9))' log >/dev/null
}

@test "sim: the random agent draws from all tracks" {
	expect 0 sim --sessions 300 --agent random
	whole_lines out
	[ "$(jq -r '.source // empty' out | sort -u)" = random ]
	[ "$(jq -r '.latency' out | sort -u)" = 0 ]
	[ "$(jq -r '.pool // empty' out | sort -u)" = 60 ]
	[ "$(jq -r '.recommendation // empty' out | sort -u | wc -l)" = 60 ]
	[ "$(grep -c '"last"' out)" = 300 ]
}

# --- days, the clock, the summary

@test "sim: sessions fill their days" {
	expect 0 sim --sessions 700 --days 7 --start 2024-02-26 --agent random
	# each user's first event of a session began three minutes earlier
	jq -n -r 'foreach inputs as $e ({}; .[$e.user | tostring] as $open | {new: ($open == null), e: $e} + . |
			.new = ($open == null) | .e = $e | .[$e.user | tostring] = (if $e.message == "last" then null else 1 end);
			if .new then .e.timestamp / 1000 - 180 | floor | todate[:10] else empty end)' out | sort | uniq -c >days
	# a session that waited for the one before it may begin a little later, even on the next day
	awk 'NR <= 7 && ($1 < 90 || $1 > 100 + 10) { exit 1 }' days
	[ "$(awk '{ print $2 }' days | head -n 7 | tr '\n' ' ')" = \
		"2024-02-26 2024-02-27 2024-02-28 2024-02-29 2024-03-01 2024-03-02 2024-03-03 " ]
	[ "$(awk '$2 == 100 { print $1 }' err | tr '\n' ' ')" = \
		"2024-02-26 2024-02-27 2024-02-28 2024-02-29 2024-03-01 2024-03-02 2024-03-03 " ]
	grep -q '^all  *700 ' err
}

@test "sim: the timestamps of a user ascend, however many wait for their turn" {
	head -n 2 users.ndjson >two
	sim --users two --sessions 2000 --in-flight 1000 -- "${recommender[@]}" 2>/dev/null >log
	jq -n -e 'reduce inputs as $e ({}; if $e.timestamp > (.[$e.user | tostring] // 0)
		then .[$e.user | tostring] = $e.timestamp else error("\($e)") end)' log >/dev/null
	[ "$(grep -c '"last"' log)" = 2000 ]
}

@test "sim: the summary is that of the log" {
	expect 0 sim --sessions 200 --summary json -- "${recommender[@]}"
	[ "$(wc -l <err)" = 1 ]
	jq -s -c '
		def mean: add / length;
		def error: length as $n | mean as $m | (map((. - $m) * (. - $m)) | add / ($n - 1) / $n | sqrt);
		[foreach .[] as $e ({open: {}};
			($e.user | tostring) as $u | .done = null
			| .open[$u] = ((.open[$u] // {steps: -1, reward: -1}) | {steps: (.steps + 1), reward: (.reward + $e.time)})
			| if $e.message == "last" then .done = .open[$u] | .open[$u] = null else . end;
			.done // empty)]
		| {sessions: length, reward_mean: (map(.reward) | mean), reward_error: (map(.reward) | error),
		   steps_mean: (map(.steps) | mean), steps_error: (map(.steps) | error)}' out >want
	jq -e --slurpfile want want '
		def near($x): (. - $x | fabs) < 1e-9;
		.total as $t | $want[0] as $w
		| $t.sessions == $w.sessions and ($t.reward_mean | near($w.reward_mean)) and ($t.reward_error | near($w.reward_error))
		  and ($t.steps_mean | near($w.steps_mean)) and ($t.steps_error | near($w.steps_error))' err
	[ "$(jq '.total.events' err)" = "$(wc -l <out)" ]
	[ "$(jq -c '.days | map(.day)' err)" = '["2024-01-01"]' ]
}

@test "sim: what --max-tracks ends is counted" {
	expect 0 sim --sessions 100 --max-tracks 3 --summary json --agent random
	[ "$(jq .total.cut err)" -gt 50 ]
	[ "$(jq .total.events err)" = "$(wc -l <out)" ]
	# no session has more than three events, and that many are as long
	jq -n -e '[foreach inputs as $e (0; if . < 0 then 1 else . + 1 end | if $e.message == "last" then -. else . end;
		if . < 0 then -. else empty end)] | max == 3' out >/dev/null
	expect 0 sim --sessions 100 --max-tracks 1 --agent random
	[ "$(grep -c '"last"' out)" = 100 ]
	[ "$(wc -l <out)" = 100 ]
	grep -q '^100 sessions were ended by --max-tracks$' err
	expect 0 sim --sessions 1 --max-tracks 1 --agent random
	grep -q '^1 session was ended by --max-tracks$' err
}

# --- what a recommender may do

# fails_with MESSAGE SIM-ARGUMENT...: wants exit 1, this message first, and whole lines of the events before it
fails_with() {
	local message=$1
	shift
	expect 1 sim --sessions 100 --in-flight 1 --timeout 0.3 "$@"
	[ "$(head -n 1 err)" = "botify-sim: $message" ] || { printf 'got:  %s\nwant: %s\n' "$stderr" "botify-sim: $message"; return 1; }
	whole_lines out
}

@test "sim: a recommender that ends too early" {
	fails_with "perl ended when 1 reply was due" perl fake exit 5
	[ "$(wc -l <out)" = 4 ]
	fails_with "perl exited with status 3 when 1 reply was due" perl fake exit3 5
	fails_with "perl was killed by signal 9 (Killed) when 1 reply was due" perl fake die 5
	fails_with "perl ended when 1 reply was due" perl fake half 5
	[ "$(wc -l <out)" = 4 ]
	fails_with "perl ended when 1 reply was due" perl fake exit 1
	# its input is closed when the next request is written, which must not end the simulator by SIGPIPE
	fails_with "perl ended when 1 reply was due" perl fake deaf 5
	[ "$(wc -l <out)" = 5 ]
	fails_with "true ended when 1 reply was due" true
	fails_with "false exited with status 1 when 1 reply was due" false
	expect 1 sim --sessions 100 --in-flight 30 -- perl fake exit 50
	[[ "$stderr" =~ ^"botify-sim: perl ended when "[23][0-9]" replies were due" ]]
	[ "$(wc -l <out)" = 49 ]
}

@test "sim: a recommender that answers something else" {
	sim --sessions 100 --in-flight 1 perl fake >good 2>/dev/null
	local user
	user=$(sed -n 5p good | jq .user)
	fails_with "perl:5: a reply for user $((user + 1)) where user $user is due" perl fake user 5
	head -n 4 good | cmp - out
	fails_with "perl:5: unknown track 7 recommended to user $user" perl fake unknown 5
	head -n 4 good | cmp - out
	fails_with "perl:5: an error, not an event: no idea" perl fake error 5
	fails_with "perl:6: a reply to another request of user $user than the one that is due" perl fake twice 5
	head -n 5 good | cmp - out
	expect 1 sim --sessions 100 --in-flight 10 -- perl fake swap 5
	grep -q '^botify-sim: perl:5: a reply for user [0-9]* where user [0-9]* is due$' err
	[ "$(wc -l <out)" = 4 ]
	fails_with "echo:1: not a JSON object: '[' or '{' expected near 'hello' (column 5)" echo hello
}

@test "sim: a recommender that makes up what was listened to" {
	sim --sessions 100 --in-flight 1 perl fake >good 2>/dev/null
	local n user time timestamp
	read -r n user time < <(jq -r 'select(.time < 1) | "\(input_line_number) \(.user) \(.time)"' good)
	fails_with "perl:$n: the time 1 in a reply to user $user, where the request says $time" perl fake time
	head -n $((n - 1)) good | cmp - out
	read -r user timestamp < <(sed -n 3p good | jq -r '"\(.user) \(.timestamp)"')
	fails_with "perl:3: no timestamp in a reply to user $user, where the request says $timestamp" perl fake timeless 3
	head -n 2 good | cmp - out
	n=$(grep -n '"last"' good | head -n 1 | cut -d : -f 1)
	user=$(sed -n "${n}p" good | jq .user)
	fails_with "perl:$n: track 0 recommended to user $user, who has left" perl fake gift
	head -n $((n - 1)) good | cmp - out
}

@test "sim: a recommender that does not answer" {
	fails_with "perl: no reply for 0.3 s, 1 is due" perl fake silent 5
	[ "$(wc -l <out)" = 4 ]
	fails_with "sleep: no reply for 0.3 s, 1 is due" sleep 20
}

@test "sim: a recommender that goes wrong after the last session" {
	fails_with "perl: a reply that nobody asked for, after the last session" perl fake more
	[ "$(grep -c '"last"' out)" = 100 ]
	fails_with "perl exited with status 3 after the last session" perl fake exit3
	fails_with "sh did not end after the last session" sh -c 'perl fake; exec sleep 20'
	sim --sessions 100 --in-flight 1 perl fake >good 2>/dev/null
	expect 1 sim --sessions 100 --in-flight 1 -- perl fake twice "$(wc -l <good)"
	# whether it is seen with the last reply or later is chance
	sed "s/perl:[0-9]*: /perl: /; s/, after the last session$//" err | grep -qx 'botify-sim: perl: a reply that nobody asked for'
	cmp out good
}

@test "sim: a recommender that cannot be started" {
	expect 1 sim -- no-such-command --option
	[ "$stderr" = "botify-sim: no-such-command: No such file or directory" ]
	expect 1 sim -- ./tracks.npy
	[ "$stderr" = "botify-sim: ./tracks.npy: Permission denied" ]
}

@test "sim: in a loop that the shell wires, too" {
	mkfifo replies
	sim --sessions 100 --in-flight 1 <replies 2>err | perl fake die 5 >replies || true
	[ "$(head -n 1 err)" = "botify-sim: standard input ended when 1 reply was due" ]
	sim --sessions 100 --in-flight 1 <replies 2>err | perl fake deaf 5 >replies || true
	[ "$(head -n 1 err)" = "botify-sim: standard input ended when 1 reply was due" ]
	expect 1 sim --sessions 100 </dev/null
	[[ "$stderr" == "botify-sim: standard input ended when "*" replies were due"* ]]
	[ "$(wc -l <out)" -gt 0 ]
	whole_lines out
	: >err
	sim --sessions 100 --in-flight 1 --timeout 0.3 <replies 2>err | perl fake silent 5 >replies 3>&- &
	wait_until grep -q . err
	[ "$(head -n 1 err)" = "botify-sim: standard input: no reply for 0.3 s, 1 is due" ]
}

# The whole group is killed, the log is cut wherever it is, and the next day goes on with it.
@test "sim: a log that was cut when all were killed can be appended to" {
	for way in "--agent random" "-- ${recommender[*]}"; do
		# shellcheck disable=SC2086
		sim --sessions 100 $way 2>/dev/null | head -c 5000 >log
		whole=$(wc -l <log)
		# shellcheck disable=SC2086
		sim --sessions 100 --seed 2 $way 2>/dev/null >day2
		# shellcheck disable=SC2086
		sim --sessions 100 --seed 2 $way 2>/dev/null >>log
		tail -n +$((whole + 2)) log | cmp - day2
		expect 1 botify-abtest --partial log
		[ "$(grep -c "^botify-abtest: log:$((whole + 1)): cut off before its end: " err)" = 1 ]
		[ "$(wc -l <err)" = 1 ]
	done
}

@test "sim: without a recommender at a terminal, it says what it waits for" {
	command -v script >/dev/null || skip "script is not installed"
	local line
	printf -v line '%q ' botify-sim "${world[@]}" --sessions 3 --timeout 0.3
	script -qec "$line >out 2>err" /dev/null </dev/null >/dev/null || true
	[ "$(head -n 1 err)" = "botify-sim: no recommender was given: requests are on standard output, and events are awaited from the terminal" ]
	[ "$(grep -c 'from the terminal' err)" = 1 ]
}

# --- how it ends

now_ms() {
	echo $(($(date +%s%N) / 1000000))
}

# Starts a run that would take for ever, and waits until it is in full swing. Its process is $sim, the recommender's $(cat pid).
start_long_run() {
	perl -e '$SIG{INT} = $SIG{TERM} = "DEFAULT"; exec @ARGV' \
		botify-sim "${world[@]}" --sessions 100000000 "$@" -- \
		sh -c 'echo $$ >pid; exec botify-recommend --tracks tracks.ndjson --no-latency --state state' >out 2>err 3>&- &
	sim=$!
	wait_until test -s out
}

@test "sim: kill -9 of the recommender in mid-run" {
	local begun status=0
	start_long_run
	begun=$(now_ms)
	kill -9 "$(cat pid)"
	wait "$sim" || status=$?
	[ $(($(now_ms) - begun)) -lt 1000 ]
	[ "$status" = 1 ]
	[[ "$(head -n 1 err)" =~ ^"botify-sim: sh was killed by signal 9 (Killed) when "[0-9]+" repl"(y|ies)" w" ]]
	head -c 1000000 out | sed '$d' >begin
	tail -n 1000 out >end
	whole_lines begin
	whole_lines end
}

ends_by() {
	local status=0 begun
	start_long_run --in-flight "$2"
	begun=$(now_ms)
	kill -"$1" "$sim"
	wait "$sim" || status=$?
	[ $(($(now_ms) - begun)) -lt 2000 ]
	[ "$status" = $((128 + $(kill -l "$1"))) ]
	tail -n 1000 out >end
	whole_lines end
	# no word but the summary
	grep -q '^2024-01-01 ' err
	not grep botify err
	# and the recommender has ended well: with its state
	not alive "$(cat pid)"
	[ "$(wc -l <state)" -gt 30 ]
}

@test "sim: SIGINT ends it with whole lines and a summary" {
	ends_by INT 256
}

@test "sim: SIGTERM likewise, with many in flight" {
	ends_by TERM 100000
}

@test "sim: a recommender is let end well when the simulator is told to stop" {
	local status=0
	perl -e '$SIG{TERM} = "DEFAULT"; exec @ARGV' botify-sim "${world[@]}" --sessions 100000000 -- sh -c '
		trap "" TERM
		botify-recommend --tracks tracks.ndjson
		sleep 1
		echo well >ended' >out 2>err 3>&- &
	sim=$!
	wait_until test -s out
	kill -TERM "$sim"
	wait "$sim" || status=$?
	[ "$status" = 143 ]
	[ "$(cat ended)" = well ]
}

# As a terminal does it: both sides are told.
@test "sim: Ctrl-C in a terminal" {
	command -v tmux >/dev/null || skip "tmux is not installed"
	printf '%s\n' "PS1='$ '" "PATH=$PATH" >rc
	tmux -f /dev/null new-session -d -x 100 -y 30 "bash --noprofile --rcfile rc" 3>&-
	tmux send-keys "clear; botify-sim ${world[*]} --sessions 100000000 -- botify-recommend --tracks tracks.ndjson --state state >out" Enter
	wait_until test -s out
	tmux send-keys C-c
	tmux send-keys "echo status \$?" Enter # of a list of commands, the shell would drop the rest
	wait_until screen_shows 'status 130'
	tmux capture-pane -p >screen
	tmux kill-server
	whole_lines <(tail -n 1000 out)
	not grep botify-sim: screen
	grep -q '^2024-01-01 ' screen
	[ "$(wc -l <state)" -gt 30 ]
}

screen_shows() {
	tmux capture-pane -p | grep -q -- "$1"
}

@test "sim: a closed pipe ends it without a word, and nobody is left" {
	local status
	{
		botify-sim "${world[@]}" --sessions 100000000 -- \
			sh -c 'echo $$ >pid; exec botify-recommend --tracks tracks.ndjson' 2>err || echo $? >status
	} | head -n 1 >first
	wait_until test -s status
	[ "$(cat status)" = 141 ]
	[ ! -s err ] || { cat err; return 1; }
	whole_lines first
	not alive "$(cat pid)"
	{ sim --sessions 100000000 --agent random 2>err || echo $? >status; } | head -n 1 >first
	[ "$(cat status)" = 141 ]
	[ ! -s err ]
}

@test "sim: a full disk is told" {
	local status
	for way in '--agent random' '-- perl fake'; do
		status=0
		# shellcheck disable=SC2086
		sim --sessions 5000 $way >/dev/full 2>err || status=$?
		[ "$status" = 1 ]
		[ "$(head -n 1 err)" = "botify-sim: standard output: No space left on device" ]
		[ "$(grep -c botify-sim: err)" = 1 ]
	done
	status=0
	botify-sim --help >/dev/full 2>err || status=$?
	[ "$status" = 1 ]
}

# --- what is wrong is told before any event is written

# refuse STATUS MESSAGE OPTION...: wants this and nothing else; a later option overrides those of the world
refuse() {
	local status=$1 message=$2
	shift 2
	expect "$status" sim --sessions 5 "$@" -- sh -c 'echo started >started; cat'
	[ ! -s out ]
	[ ! -e started ]
	[ "$(head -n 1 err)" = "botify-sim: $message" ] || { printf 'got:  %s\nwant: %s\n' "$stderr" "$message"; return 1; }
	if [ "$status" = 2 ]; then
		[ "$(tail -n +2 err)" = "Try 'botify-sim --help'." ]
	else
		[ "$(wc -l <err)" = 1 ]
	fi
}

@test "sim: bad users are told with file and line" {
	sed '7s/"interests":[^]]*]/"interests":[]/' users.ndjson >bad
	refuse 1 "bad:7: user 18 has no interests" --users bad
	sed '7s/,"interests":[^]]*]//' users.ndjson >bad
	refuse 1 "bad:7: user 18 has no interests" --users bad
	sed '7s/\[60/[61/' users.ndjson >bad
	refuse 1 'bad:7: "interests" names track 61, which is not in the catalog' --users bad
	sed '7s/18/15/' users.ndjson >bad
	refuse 1 'bad:7: user 15 twice' --users bad
	sed '7s/}/,"session_budget":0}/' users.ndjson >bad
	refuse 1 'bad:7: "session_budget" is not a number from 1 to 2.14748e+09' --users bad
	: >bad
	refuse 1 'bad: no user in it' --users bad
	refuse 1 'absent: No such file or directory' --users absent
	refuse 1 'standard input: no user in it' --users - </dev/null
}

@test "sim: bad tracks are told with file and line" {
	sed '31s/300/50/' tracks.ndjson >bad
	refuse 1 "bad:31: track 50 is already on line 6" --tracks bad
	: >bad
	refuse 1 "bad: no track in it" --tracks bad
}

@test "sim: bad embeddings are told with the file" {
	make_matrix 59 5 >bad
	refuse 1 "bad: 59 rows for a catalog of 60 tracks" --embeddings bad
	make_matrix 60 5 '<i4' >bad
	refuse 1 "bad: the values are of type '<i4'; float16 ('<f2'), float32 ('<f4') or float64 ('<f8') is wanted" --embeddings bad
	make_matrix 60 5 '>f4' >bad
	refuse 1 "bad: the values are in big-endian byte order ('>f4'); '<f2', '<f4' or '<f8' is wanted" --embeddings bad
	make_matrix 60 5 '<f4' True >bad
	refuse 1 "bad: the array is in Fortran order; C order, row after row, is wanted" --embeddings bad
	head -c 1000 tracks.npy >bad
	refuse 1 "bad: file ends after 1000 of 1328 bytes" --embeddings bad
	head -c 5 tracks.npy >bad
	refuse 1 'bad: no .npy file (it does not begin with \x93NUMPY)' --embeddings bad
	refuse 1 'tracks.ndjson: no .npy file (it does not begin with \x93NUMPY)' --embeddings tracks.ndjson
	{ head -c 1324 tracks.npy; printf '\0\0\300\177'; } >bad
	refuse 1 'bad: row 59, column 4: the value is not finite' --embeddings bad
	make_matrix 60 5 '<f8' >good
	expect 0 sim --sessions 5 --embeddings good --agent random
}

@test "sim: misuse is told" {
	refuse 2 "--sessions takes a whole number from 1 to 1000000000000, not '0'" --sessions 0
	refuse 2 "--sessions takes a whole number from 1 to 1000000000000, not '1e6'" --sessions 1e6
	refuse 2 "--days takes a whole number from 1 to 100000, not '-1'" --days -1
	refuse 2 "--in-flight takes a whole number from 1 to 1000000, not ''" --in-flight ''
	refuse 2 "--max-tracks takes a whole number from 1 to 2147483647, not 'x'" --max-tracks x
	refuse 2 "--seed takes a whole number from 0 to 9223372036854775807, not '-1'" --seed -1
	refuse 2 "--timeout takes a number from 0.001 to 1e+06, not '0'" --timeout 0
	refuse 2 "--timeout takes a number from 0.001 to 1e+06, not 'nan'" --timeout nan
	refuse 2 "--summary takes table or json, not 'xml'" --summary xml
	refuse 2 "--agent takes random, oracle or console, not 'me'" --agent me
	refuse 2 "--agent and a command (sh): give one of them" --agent random
	refuse 2 "unrecognized option '--session-count'" --session-count 5
	for date in 2024-02-30 2023-02-29 2024-13-01 24-01-01 2024-1-1 '2024-01-01 ' 2024-01-01T00 '2024- 1- 2' ' 024-01-02' today ''; do
		refuse 2 "--start takes a day as 2024-01-31, not '$date'" --start "$date"
	done
	expect 2 botify-sim
	[ "$(head -n 1 err)" = "botify-sim: no catalog given (--tracks FILE)" ]
	expect 2 botify-sim --tracks tracks.ndjson
	[ "$(head -n 1 err)" = "botify-sim: no embeddings given (--embeddings FILE)" ]
	expect 2 botify-sim --tracks tracks.ndjson --embeddings tracks.npy
	[ "$(head -n 1 err)" = "botify-sim: no users given (--users FILE)" ]
}

@test "sim: --help and --version" {
	expect 0 botify-sim --help
	[ "$(head -c 17 out)" = "Usage: botify-sim" ]
	expect 0 botify-sim --version
	grep -qx 'botify-sim (botify) [0-9.]*' out
}

# --- a person at the console

@test "sim: the console through a pipe" {
	echo '{"user":7,"interests":[0],"session_budget":1,"consume_bias":1000,"interest_neighbours":1}' >one
	printf '%s\n' '' 'title 1' 'no such title' 590 |
		botify-sim "${world[@]}" --users one --sessions 1 --agent console >out 2>err
	[ "$(jq -c '[.message, .user, .time, .latency, .recommendation, .source, .pool]' out)" = \
'["next",7,1,0,590,"console",null]
["last",7,0,0,null,null,null]' ]
	grep -q 'Artist 11 – Title 59' err
	grep -q 'listened to 0 %' err
	grep -q 'nothing found' err
	# of those that match, in the title or in the artist, the first ten
	[ "$(grep -c '  [0-9]*  Artist [0-9]* – Title [0-9]*$' err)" = 11 ] # and the first track
	grep -q '… and 16 more' err
}

@test "sim: the console ends where the person does" {
	expect 0 sim --sessions 5 --agent console </dev/null
	[ ! -s out ]
	expect 0 sim --sessions 5 --agent console <<<'q'
	[ ! -s out ]
	expect 0 sim --sessions 5 --agent console <<<$'590\n q \n100'
	[ "$(wc -l <out)" = 1 ]
	whole_lines out
}

@test "sim: the console tells what others would have made of a session" {
	echo '{"user":7,"interests":[0],"session_budget":1,"consume_bias":1000,"interest_neighbours":1}' >one
	printf '590\n' | botify-sim "${world[@]}" --users one --sessions 1 --agent console \
		--rival 'table=botify-recommend --tracks tracks.ndjson --similar similar.ndjson --policy similar,random' \
		--rival 'gone=exit 3' >out 2>err
	sed -n '/^this session, by/,/^day/p' err | sed '$d' >shown
	diff - shown <<-'END'
		this session, by  tracks  time
		you                    1  0.00
		random                 1  0.00
		oracle                 1  0.00
		table                  1  0.00
		gone: sh exited with status 3 when 1 reply was due
	END
	# played again, a session is what it was: by the same recommender as long as in the log of a run
	botify-sim "${world[@]}" --sessions 1 --seed 4 --agent random >log 2>/dev/null
	jq -r 'select(.recommendation != null).recommendation' log |
		botify-sim "${world[@]}" --sessions 1 --seed 4 --agent console >/dev/null 2>err
	[ "$(grep '^you ' err | cut -c 18-)" = "$(grep '^random ' err | cut -c 18-)" ]
	for wrong in nothing =x x=; do
		expect 2 botify-sim "${world[@]}" --agent console --rival $wrong
	done
	expect 2 botify-sim "${world[@]}" --agent random --rival a=b
}

@test "sim: the console in a terminal" {
	command -v tmux >/dev/null || skip "tmux is not installed"
	printf '%s\n' "PS1='$ '" "PATH=$PATH" >rc
	tmux -f /dev/null new-session -d -x 100 -y 30 "bash --noprofile --rcfile rc" 3>&-
	tmux send-keys "clear; botify-sim ${world[*]} --agent console" Enter
	wait_until screen_shows '^patience [0-9]*, score 0.00; next track (? helps)? *$'
	tmux send-keys "title 59" Enter
	wait_until screen_shows '^  590  Artist 11 – Title 59: listened to [0-9]* %'
	# the line before comes back, and can be changed
	tmux send-keys "titel 58"
	tmux send-keys Left Left Left BSpace BSpace "le" Enter
	wait_until screen_shows '^  580  Artist 10 – Title 58: listened to [0-9]* %'
	tmux send-keys Up Up Enter
	wait_until screen_shows '^  590  Artist 11 – Title 59: listened to 0 %'
	tmux send-keys C-c
	tmux send-keys "echo status \$?" Enter # of a list of commands, the shell would drop the rest
	wait_until screen_shows '^status 130'
	tmux capture-pane -p >screen
	tmux kill-server
	grep -q '^session 1 of 1000: user [0-9]* comes and picks$' screen
	# what was typed is on the line of the prompt, and no event is among it all
	grep -q '^patience [0-9]*, score 0.00; next track (? helps)? title 59$' screen
	not grep -q '"message"' screen
}

# --- a world of full size

# full_size POLICY TRACKS TIME: 20,000 sessions in the full-size world, the first track counted in
full_size() {
	local full=$BATS_TEST_DIRNAME/../../shared/world
	[ -e "$full/tracks.npy" ] || skip "there is no full-size world beside the project"
	expect 0 botify-sim --tracks "$full/tracks.json" --embeddings "$full/tracks.npy" --users "$full/users.json" --sessions 20000 \
		--summary json -- botify-recommend --tracks "$full/tracks.json" --no-latency --policy "$1"
	jq -e --argjson tracks "$2" --argjson time "$3" '.total.sessions == 20000
		and (.total.steps_mean + 1 - $tracks | fabs) <= 0.06 and (.total.reward_mean + 1 - $time | fabs) <= 0.06' err >/dev/null
}

@test "sim: random is as good as published, in a world of full size" {
	full_size random 7.11 2.11
}

@test "sim: sticky-artist is as good as published, in a world of full size" {
	full_size sticky-artist 8.17 3.16
}

@test "sim: users who come back by themselves do so alike for any number in flight" {
	for k in 1 5 64; do
		botify-sim "${world[@]}" --days 9 --return 2 --churn 0.3 --hype 3 --in-flight $k -- \
			botify-recommend --tracks tracks.ndjson --policy artist,random --no-latency 2>said | sort >log.$k
	done
	cmp log.1 log.5
	cmp log.1 log.64
	[ "$(wc -l <log.1)" -gt 200 ]
	# everybody came, within the first two days
	[ "$(jq .user log.1 | sort -u | wc -l)" = 40 ]
	jq -se 'group_by(.user) | all(.[]; min_by(.timestamp).timestamp < 1704067200000 + 2 * 86400000 + 180000)' log.1
	# nobody begins after the last day
	jq -se '[group_by(.user)[] | sort_by(.timestamp) | [{message: "last"}] + . | range(1; length) as $i |
		select(.[$i - 1].message == "last") | .[$i].timestamp] | max < 1704067200000 + 9 * 86400000 + 180000' log.1
}

@test "sim: good sessions bring users back, and bad ones drive them away" {
	sessions() {
		botify-sim "${world[@]}" --days 30 --return 4 "$@" 2>/dev/null | grep -c '"last"'
	}
	bad=$(sessions --agent random)
	good=$(sessions --agent oracle)
	gone=$(sessions --agent random --churn 0.5)
	[ "$good" -gt $((bad * 11 / 10)) ] && [ "$gone" -lt $((bad / 2)) ]
	# a user whose line says so stays away
	sed 's/}$/,"return_days":1000}/' users.ndjson >rare
	world=(--tracks tracks.ndjson --embeddings tracks.npy --users rare)
	[ "$(sessions --agent random)" -lt $((bad / 2)) ]
}

@test "sim: the hype of a day is liked better on that day, and less by whom it leaves cold" {
	mean() {
		botify-sim "${world[@]}" --sessions 4000 --agent random --summary json "$@" 2>&1 >/dev/null | jq .total.reward_mean
	}
	sed -i 's/}$/,"consume_bias":14}/' users.ndjson
	plain=$(mean)
	hyped=$(mean --hype 20 --hype-boost 4)
	sed 's/}$/,"hype":0}/' users.ndjson >cold
	world=(--tracks tracks.ndjson --embeddings tracks.npy --users cold)
	[ "$(mean --hype 20 --hype-boost 4)" = "$plain" ]
	jq -ne --argjson a "$hyped" --argjson b "$plain" '$a > 1.05 * $b'
}

@test "sim: constants of the user model are set for everybody" {
	sed 's/}$/,"session_budget":1,"artist_discount_gamma":0.1,"interest_neighbours":1}/' users.ndjson >short
	botify-sim "${world[@]}" --agent random --sessions 300 --budget 1 --gamma 0.1 --interest-neighbours 1 >one 2>/dev/null
	botify-sim --tracks tracks.ndjson --embeddings tracks.npy --users short --agent random --sessions 300 >two 2>/dev/null
	cmp one two
	botify-sim --tracks tracks.ndjson --embeddings tracks.npy --users short --agent random --sessions 300 --budget 5 --gamma 0.8 \
		--interest-neighbours 10 >three 2>/dev/null
	botify-sim "${world[@]}" --agent random --sessions 300 >four 2>/dev/null
	cmp three four
	expect 2 botify-sim "${world[@]}" --agent random --churn 0.1
	[ "$(head -n 1 err)" = "botify-sim: --churn has no effect without --return" ]
	expect 2 botify-sim "${world[@]}" --agent random --return 2 --sessions 5
	[ "$(head -n 1 err)" = "botify-sim: --return and --sessions exclude each other: there are as many as come of it" ]
	expect 2 botify-sim "${world[@]}" --agent random --hype-boost 2
	[ "$(head -n 1 err)" = "botify-sim: --hype-boost has no effect without --hype" ]
}
