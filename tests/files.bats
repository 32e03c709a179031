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

# Waits for a process, at most five seconds; the status in $status. Kills it where it takes longer, and fails.
ends() {
	status=0
	local end=$((SECONDS + 6))
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
	"$@" botify-abtest --format csv
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
			expect 2 "$@" -o "$to" --merge log
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

@test "files: a report is synced, and the directory in which it was renamed" {
	command -v strace >/dev/null || skip "strace is not installed"
	strace -o trace true || skip "strace may not trace here"
	mkdir here
	for old in absent there; do
		strace -f -o trace -y -e trace=fsync,rename,renameat,renameat2,linkat botify-toppop -o here/report log
		sed -E 's/^[0-9]+ +//' trace | grep -oE '^(fsync|rename|linkat)' | uniq | tr '\n' ' ' >order
		grep -Eq '^fsync .*(linkat|rename) fsync $' order || { echo "$old"; cat trace; return 1; }
		tail -n 2 trace | grep -q 'fsync(.*/here>) *= 0'
	done
}

