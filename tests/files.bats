#!/usr/bin/env bats
# Files, descriptors and signals: where output goes, what is left of it when something ends too early, and that the
# state of botify-recommend is that of the events that were written.

# shellcheck disable=SC2154 # loop.bash sets them
# shellcheck disable=SC2094 # a loop of pipes reads what it writes

load loop

setup() {
	setup_loop
	requests >requests.ndjson
	echo '{"experiments":[{"name":"E","arms":["C","T"]}]}' >experiments
	botify-recommend "${tables[@]}" --no-latency --experiments experiments requests.ndjson >log
}

teardown() {
	[ ! -e pid ] || kill -9 "$(cat pid)" 2>/dev/null || true
	rm -f pid
}

# 60 requests of 6 users who come and go.
requests() {
	awk 'BEGIN {
		for (i = 0; i < 60; i++)
			printf "{\"message\":\"%s\",\"timestamp\":%d,\"user\":%d,\"track\":%d,\"time\":%s}\n", \
				i % 13 == 12 ? "last" : "next", 1000 + i, i * i % 6 * 3, i * 70 % 600, i % 10 / 10
	}'
}

recommend() {
	botify-recommend "${tables[@]}" --no-latency "$@"
}

# A process with the signals that a terminal or a service gives it; a shell without job control has it ignore SIGINT.
with_signals() {
	exec perl -e '$SIG{$_} = "DEFAULT" for qw(INT TERM HUP PIPE); exec @ARGV' "$@"
}

now_ms() {
	echo $(($(date +%s%N) / 1000000))
}

# Waits for a process, for fifteen seconds at most; the status in $status. Kills it where it takes longer, and fails.
ends() {
	status=0
	local end=$((SECONDS + 15))
	while alive "$1" && ((SECONDS < end)); do sleep 0.02; done
	if alive "$1"; then
		kill -9 "$1"
		echo "$1 did not end"
		return 1
	fi
	wait "$1" || status=$?
}

# --- where output goes

each_report() {
	"$@" botify-toppop
	"$@" botify-abtest --format json
	"$@" botify-train similar --model itemknn
}

@test "files: -o to a descriptor is written there, and what stood there stays" {
	written_to() {
		"$@" log >want
		for to in /dev/stdout /dev/fd/1 /proc/self/fd/1 /proc/thread-self/fd/1 link; do
			ln -sf /dev/stdout link
			echo old >h
			"$@" -o "$to" log >>h
			diff <(echo old; cat want) h
			echo old >h
			{ echo "first"; "$@" -o "$to" log; echo "last"; } >h
			diff <(echo "first"; cat want; echo "last") h
		done
		echo old >h
		"$@" -o /dev/fd/3 log 3>>h
		diff <(echo old; cat want) h
		echo old >h
		"$@" -o /dev/stderr log 2>>h
		diff <(echo old; cat want) h
		# and through a pipe
		"$@" -o /dev/stdout log | diff want -
	}
	each_report written_to
}

@test "files: -o to a descriptor that cannot be written to is told" {
	told() {
		expect 1 "$@" -o /dev/fd/3 log 3<log
		[ "$stderr" = "$1: /dev/fd/3: Bad file descriptor" ]
		expect 1 "$@" -o /dev/fd/77 log
		[ "$stderr" = "$1: /dev/fd/77: Bad file descriptor" ]
		expect 1 "$@" -o /dev/no-such-device log
		[ "$stderr" = "$1: /dev/no-such-device: No such file or directory" ]
	}
	each_report told
}

@test "files: -o that would replace an input is refused" {
	refused() {
		cp log kept
		ln -sf log link
		ln -f log hard
		for to in log link hard ./log; do
			expect 2 "$@" -o "$to" log
			[ "$(head -n 1 err)" = "$1: -o $to would replace what is read: log" ]
			expect 2 "$@" -o "$to" requests.ndjson log
			[ "$1" = botify-train ] || expect 2 "$@" -o "$to" --merge log
			cmp log kept
			[ ! -s out ]
		done
		expect 2 "$@" -o log - <log
		[ "$(head -n 1 err)" = "$1: -o log would replace what is read: standard input" ]
		expect 2 "$@" -o log <log
		cmp log kept
		expect 2 "$@" -o tracks.ndjson --tracks tracks.ndjson log
		[ "$(head -n 1 err)" = "$1: -o tracks.ndjson would replace what is read: tracks.ndjson" ]
		[ "$(wc -l <tracks.ndjson)" = 60 ]
		# what is not replaced may be written to
		expect 0 "$@" -o /dev/null log
		expect 0 "$@" -o other log
		rm hard link
	}
	each_report refused
	expect 2 botify-train similar --model itemknn --metrics log log
	[ "$(head -n 1 err)" = "botify-train: --metrics log would replace what is read: log" ]
	cmp log kept
	echo '{"experiments":[{"name":"E","arms":["C","T"]}]}' >./plan
	expect 2 botify-abtest -o plan --split ./plan log
	[ "$(head -n 1 err)" = "botify-abtest: -o plan would replace what is read: ./plan" ]
	echo '{"user":1,"value":1}' >covariate
	expect 2 botify-abtest -o covariate --covariate covariate log
	[ "$(head -n 1 err)" = "botify-abtest: -o covariate would replace what is read: covariate" ]
}

@test "files: -o goes through a symbolic link, whether or not its end is there" {
	goes_through() {
		"$@" log >want
		mkdir -p far
		rm -f far/* link
		ln -s far/second link
		ln -s third far/second
		expect 0 "$@" -o link log
		cmp far/third want
		echo old >far/third
		expect 0 "$@" -o link log
		cmp far/third want
		[ "$(readlink link)" = far/second ] && [ "$(readlink far/second)" = third ]
		[ "$(ls far)" = $'second\nthird' ]
		ln -sf nowhere/it link
		expect 1 "$@" -o link log
		[ "$stderr" = "$1: link: No such file or directory" ]
		ln -sf link link
		expect 1 "$@" -o link log
		[ "$stderr" = "$1: link: Too many levels of symbolic links" ]
	}
	each_report goes_through
}

@test "files: a world and a state go through symbolic links, too" {
	mkdir world
	ln -s ../elsewhere world/tracks.ndjson
	botify-world --n-tracks 50 --n-users 20 --dim 4 world
	[ "$(wc -l <elsewhere)" = 50 ]
	[ -L world/tracks.ndjson ]
	ln -s kept state
	recommend --state state requests.ndjson >/dev/null
	[ -L state ]
	[ "$(wc -l <kept)" -gt 1 ]
}

@test "files: botify-recommend does not read what it writes" {
	cp requests.ndjson both
	status=0
	(ulimit -f 1000; timeout 20 botify-recommend "${tables[@]}" both >>both 2>err) || status=$?
	[ "$status" = 1 ]
	[ "$(cat err)" = "botify-recommend: both: it is the output, too" ]
	cmp both requests.ndjson
	status=0
	(ulimit -f 1000; timeout 20 botify-recommend "${tables[@]}" - <both >>both 2>err) || status=$?
	[ "$status" = 1 ]
	cmp both requests.ndjson
}

@test "files: a report is synced, and the directory in which it was renamed" {
	command -v strace >/dev/null || skip "strace is not installed"
	strace -o trace true || skip "strace may not trace here"
	mkdir here
	for old in absent there; do
		# LeakSanitizer cannot work under it
		ASAN_OPTIONS=detect_leaks=0 strace -f -o trace -y -e trace=fsync,rename,renameat,renameat2,linkat \
			botify-toppop -o here/report log
		sed -E 's/^[0-9]+ +//' trace | grep -oE '^(fsync|rename|linkat)' | uniq | tr '\n' ' ' >order
		grep -Eq '^fsync .*(linkat|rename) fsync $' order || { echo "$old"; cat trace; return 1; }
		grep fsync trace | tail -n 1 | grep -q '/here>) *= 0'
	done
}

# --- the state

@test "files: a state among the events is refused" {
	for state in - /dev/stdout /dev/fd/1 /proc/self/fd/1; do
		expect 2 recommend --state $state requests.ndjson
		[ "$(head -n 1 err)" = "botify-recommend: --state $state: the state needs a file of its own" ]
		[ ! -s out ]
	done
	status=0
	recommend --state both requests.ndjson >both 2>err || status=$?
	[ "$status" = 2 ]
	[ "$(head -n 1 err)" = "botify-recommend: --state both: the state needs a file of its own" ]
}

# state_of N: the state of the first N requests of the file many.
state_of() {
	rm -f state.of
	head -n "$1" many | recommend --state state.of >/dev/null
	cat state.of
}

@test "files: the state of a run whose reader went away is that of what it wrote" {
	# a user for each request, so that the state says how many there were
	seq -f '{"message":"next","timestamp":1,"user":%.0f,"track":10,"time":1}' 0 99999 >many
	for bytes in 1 1000 100000 1000000; do
		rm -f state
		{ recommend --state state many 2>err || echo $? >status; } | head -c "$bytes" >got
		[ "$(cat status)" = 141 ]
		[ ! -s err ]
		n=$(($(wc -l <state) - 1))
		# it cannot know how much of what the pipe had taken was read
		[ "$n" -ge "$(wc -l <got)" ] && [ "$n" -lt 50000 ]
		state_of "$n" | cmp - state
	done
}

@test "files: the state does not run ahead of a log that is full" {
	times 200 <requests.ndjson >many
	# SIGXFSZ is as it was: it would end the process
	status=0
	(ulimit -f 60; recommend --state state many >out 2>err) || status=$?
	[ "$status" = 1 ]
	[ "$(cat err)" = "botify-recommend: standard output: File too large" ]
	state_of "$(wc -l <out)" | cmp - state # wc counts whole lines
	rm state
	status=0
	recommend --state state many >/dev/full 2>err || status=$?
	[ "$status" = 1 ]
	[ "$(cat state)" = '{"botify-state":1}' ]
	# and what was there before stays
	recommend --state state requests.ndjson >/dev/null
	cp state kept
	recommend --state state many >/dev/full 2>err || true
	cmp state kept
	recommend --state state many 2>err >&- || true
	cmp state kept
}

@test "files: a state that is in use is refused, and the user of it named" {
	mkfifo slow
	botify-recommend "${tables[@]}" --no-latency --state state <slow >one &
	local pid=$!
	exec 9>slow
	head -n 30 requests.ndjson >&9
	wait_until grep -q . one
	expect 1 recommend --state state requests.ndjson
	[ "$stderr" = "botify-recommend: state: in use by process $pid" ]
	[ ! -s out ]
	ln -s state link
	expect 1 recommend --state link requests.ndjson
	[ "$stderr" = "botify-recommend: link: in use by process $pid" ]
	exec 9>&-
	wait "$pid"
	tail -n +31 requests.ndjson | recommend --state state >two
	recommend requests.ndjson | cmp - <(cat one two)
}

@test "files: two that want a state at the same time: one gets it" {
	for i in 1 2 3 4 5 6 7 8; do
		recommend --state state requests.ndjson >"out.$i" 2>"err.$i" &
	done
	wait
	[ "$(cat out.* | wc -l)" -ge 60 ]
	for i in 1 2 3 4 5 6 7 8; do
		[ -s "out.$i" ] || grep -qE '^botify-recommend: state: in use by (process [0-9]+|another process)$' "err.$i"
	done
	# as many runs as were let in are in the state
	runs=$(($(cat out.* | wc -l) / 60))
	cp state got
	rm state
	for ((i = 0; i < runs; i++)); do recommend --state state requests.ndjson >/dev/null; done
	cmp got state
}

@test "files: tracks that a catalog lacks stay in the state" {
	printf '%s\n' '{"message":"next","timestamp":1,"user":7,"track":10,"time":0.5}' \
		'{"message":"next","timestamp":1,"user":7,"track":590,"time":1}' \
		'{"message":"next","timestamp":1,"user":7,"track":11,"time":0}' >some
	expect 0 recommend --state state some
	[ "$(tail -n 1 state)" = '{"user":7,"sessions":0,"timestamp":1,"plays":[[10,0.5],[590,1],[11,0]]}' ]
	cp state kept
	head -n 30 tracks.ndjson >fewer
	expect 0 botify-recommend --tracks fewer --state state </dev/null
	cmp state kept
	expect 0 botify-recommend --tracks fewer --state state <<<'{"message":"next","timestamp":1,"user":7,"track":20,"time":1}'
	[ "$(tail -n 1 state)" = '{"user":7,"sessions":0,"timestamp":1,"plays":[[10,0.5],[590,1],[11,0],[20,1]]}' ]
	# old states did not know the ids
	printf '%s\n' '{"botify-state":1}' '{"user":7,"sessions":0,"plays":[[10,0.5],[null,1]]}' >state
	cp state kept
	expect 0 recommend --state state </dev/null
	cmp state kept
}

# --- signals

# Starts a recommender whose output nobody reads: its process is $pid, its output the file description 8.
start_stalled() {
	times 10000 <requests.ndjson >many
	mkfifo pipe
	exec 8<>pipe
	(with_signals botify-recommend "${tables[@]}" --no-latency --state state many >pipe 2>err 8<&-) 3>&- &
	pid=$!
	wait_until stalls "$pid"
}

# Whether a process waits for the same thing twice in a row and has done something before.
stalls() {
	local before after
	before=$(cut -d ' ' -f 14 "/proc/$1/stat")
	grep -q '^State:.S' "/proc/$1/status" && [ -s state ] && sleep 0.2
	after=$(cut -d ' ' -f 14 "/proc/$1/stat")
	grep -q '^State:.S' "/proc/$1/status" && [ "$before" = "$after" ]
}

stalled_by() {
	start_stalled
	begun=$(now_ms)
	kill -"$1" "$pid"
	ends "$pid"
	[ "$status" = $((128 + $(kill -l "$1"))) ]
	[ $(($(now_ms) - begun)) -lt 10000 ]
	[ ! -s err ]
	# what was delivered is in the pipe: whole lines, and the state is theirs
	timeout 1 cat <&8 >got || true
	exec 8<&-
	whole_lines got
	[ "$(wc -l <got)" -gt 100 ]
	state_of "$(wc -l <got)" | cmp - state
}

@test "files: SIGTERM ends a recommender whose reader has stalled" {
	stalled_by TERM
}

@test "files: SIGINT ends a recommender whose reader has stalled" {
	stalled_by INT
}

@test "files: SIGHUP ends a recommender whose reader has stalled" {
	stalled_by HUP
}

@test "files: a signal ends a recommender that waits for the writer of a FIFO" {
	mkfifo requests
	for signal in INT TERM HUP; do
		(with_signals botify-recommend "${tables[@]}" --no-latency --state state requests.ndjson requests >out 2>err) 3>&- &
		pid=$!
		wait_until test -s state
		sleep 0.3
		kill -$signal "$pid"
		ends "$pid"
		[ "$status" = $((128 + $(kill -l $signal))) ]
		[ ! -s err ]
		[ "$(wc -l <out)" = 60 ]
	done
	# and one that has a writer is read to its end, however late it comes
	recommend requests >out &
	sleep 0.3
	head -n 30 requests.ndjson >requests
	wait
	[ "$(wc -l <out)" = 30 ]
}

# A recommender that has answered 30 requests and waits for more, as $pid.
answer_thirty_and_wait() {
	mkfifo slow
	(with_signals botify-recommend "${tables[@]}" --no-latency --state state <slow >out 2>err) 3>&- &
	pid=$!
	exec 9>slow
	head -n 30 requests.ndjson >&9
	wait_until grep -q . out
	sleep 0.1
}

@test "files: SIGHUP in the middle: the state is saved" {
	answer_thirty_and_wait
	kill -HUP "$pid"
	ends "$pid"
	exec 9>&-
	[ "$status" = 129 ]
	cp requests.ndjson many
	state_of 30 | cmp - state
}

# Starts a simulation whose log nobody reads. Its process is $pid; the log comes out of the file description 8.
start_stalled_sim() {
	mkfifo pipe
	exec 8<>pipe
	(with_signals botify-sim "${world[@]}" --sessions 100000000 "$@" >pipe 2>err 8<&-) 3>&- &
	pid=$!
	wait_until has_bytes
	sleep 0.5
}

# Whether something is in the pipe that the file description 8 reads.
has_bytes() {
	perl -e 'my $n = pack("i", 0); open my $f, "<&=8"; ioctl($f, 0x541B, $n); exit(unpack("i", $n) < 20000)'
}

sim_stalled_by() {
	signal=$1
	shift
	start_stalled_sim "$@"
	begun=$(now_ms)
	kill -"$signal" "$pid"
	ends "$pid"
	[ "$status" = $((128 + $(kill -l "$signal"))) ]
	[ $(($(now_ms) - begun)) -lt 10000 ]
	timeout 1 cat <&8 >got || true
	exec 8<&-
	whole_lines got
	[ "$(wc -l <got)" -gt 100 ]
	not grep botify err
}

@test "files: a signal ends a simulation whose reader has stalled" {
	sim_stalled_by TERM -- botify-recommend --tracks tracks.ndjson
}

@test "files: Ctrl-C ends one without a recommender whose reader has stalled" {
	sim_stalled_by INT --agent random
}

@test "files: signals at random moments, to each and to both" {
	BOTIFY_BIN=$bin TMPDIR=$PWD "$BATS_TEST_DIRNAME/signals" 12
}

@test "files: a second signal kills" {
	(with_signals botify-sim "${world[@]}" --sessions 100000000 -- \
		sh -c 'trap "" TERM INT; echo $$ >pid; botify-recommend --tracks tracks.ndjson; exec sleep 30' >out 2>err) 3>&- &
	sim=$!
	wait_until grep -q . out
	begun=$(now_ms)
	kill -INT "$sim"
	sleep 1
	alive "$sim"
	kill -INT "$sim"
	ends "$sim"
	[ "$status" = 130 ]
	[ $(($(now_ms) - begun)) -lt 4500 ]
	not grep -q 2024 err # it had no time for the summary
}

@test "files: two signals at once are one, as timeout(1) sends them" {
	answer_thirty_and_wait
	perl -e 'for (1 .. 5) { kill "TERM", $ARGV[0]; select undef, undef, undef, 0.001 }' "$pid"
	ends "$pid"
	exec 9>&-
	[ "$status" = 143 ]
	cp requests.ndjson many
	state_of 30 | cmp - state
}

@test "files: while a recommender ends after the last session, a signal ends the simulation" {
	(with_signals botify-sim "${world[@]}" --sessions 5 -- \
		sh -c 'echo $$ >pid; botify-recommend --tracks tracks.ndjson; exec sleep 30' >out 2>err) 3>&- &
	sim=$!
	wait_until grep -q . pid
	sleep 0.5
	kill -INT "$sim"
	status=0
	begun=$(now_ms)
	wait "$sim" || status=$?
	[ "$status" = 130 ]
	[ $(($(now_ms) - begun)) -lt 8000 ]
}

# The log and the state that the recommender leaves are of the same events, whoever was told to stop.
@test "files: a simulation that is told to stop logs what its recommender has in its state" {
	for signal in TERM INT HUP; do
		rm -f state
		(with_signals botify-sim "${world[@]}" --sessions 100000000 --in-flight 500 -- \
			botify-recommend --tracks tracks.ndjson --no-latency --state state >out 2>err) 3>&- &
		sim=$!
		wait_until grep -q . out
		sleep 0.2
		kill -$signal "$sim"
		ends "$sim"
		whole_lines <(tail -n 1000 out)
		rm -f state.of
		botify-recommend --tracks tracks.ndjson --no-latency --state state.of out | cmp - out
		cmp state state.of
		not grep botify err
	done
}
