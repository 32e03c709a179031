#!/usr/bin/env bats
# Nights: states that grow by a log a night, what is refused, what a kill or a full disk leaves; and the example that does it
# by cron or systemd.
#
#
#    KILLS    how many moments (default: 20)
#
# shellcheck disable=SC2030,SC2031

setup() {
	bin=$(cd "${BOTIFY_BIN:-$BATS_TEST_DIRNAME/../build}" && pwd)
	root=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
	PATH=$bin:$PATH
	cd "$BATS_TEST_TMPDIR" || exit
	bats_require_minimum_version 1.5.0
}

# The night $1 of $2 events of 60 users: sessions over every midnight, events delivered twice, sources, and two experiments of
# which one has an effect from the fourth night on. Every fourth answer is played next.
night() {
	awk -v night="$1" -v n="$2" '
		function draw(n) { state = state * 48271 % 2147483647; return int(state / 7) % n }
		BEGIN {
			state = 7919 * night + 1
			for (i = 0; i < n; i++) {
				user = draw(60); last = draw(8) == 0
				track = waits[user] != "" && draw(4) ? waits[user] : draw(20)
				waits[user] = last ? "" : draw(20)
				line = sprintf("{\"message\":\"%s\",\"timestamp\":%.0f,\"user\":%d,\"track\":%d,\"time\":0.%02d,\"latency\":0.00%04d,",
					last ? "last" : "next", 1704067200000 + 86400000 * (night - 1) + int(i * 86400000 / n), user, track,
					night > 3 && user % 2 ? 50 + draw(50) : draw(60), draw(10000))
				line = line sprintf("\"recommendation\":%s,\"source\":\"s%d\",\"pool\":%d,\"experiments\":{\"AA\":\"%s\",\"X\":\"%s\"}}",
					last ? "null" : waits[user], draw(3), 1 + draw(9), user % 3 ? "C" : "T", user % 2 ? "T" : "C")
				print line
				if (draw(30) == 0 || i == n - 1) print line
			}
			# what ends a night comes again at the beginning of the next
		}'
}

seven_nights() {
	for n in 1 2 3 4 5 6 7; do night $n "${1:-400}" >night.$n; done
	# the event that ended a night was delivered again after midnight
	for n in 2 4 6; do { tail -n 1 night.$((n - 1)); cat night.$n; } >again && mv again night.$n; done
}

abtest() {
	botify-abtest "$@" 2>err
}

@test "nights: after each of seven the report is that on all logs so far, in every format" {
	local format n
	seven_nights
	for format in table json ndjson csv markdown html prometheus; do
		rm -f state
		for n in 1 2 3 4 5 6 7; do
			abtest --state state --format $format -o got night.$n
			mapfile -t logs < <(seq -f night.%g $n)
			abtest --format $format "${logs[@]}" | cmp - got
		done
	done
	head -n 1 state | jq -e '.parts == 7 and (.inputs | length == 7) and .duplicate_events > 80'
}

@test "nights: with every option that a state keeps, and those that it need not" {
	local more=(--tracks "$root/data/world/tracks.ndjson" --days --quantiles "0.1,0.5,0.9" --power)
	local n format
	seven_nights
	awk 'BEGIN { for (i = 0; i < 60; i++) printf "{\"user\":%d,\"value\":%d}\n", i, i * 7 % 11 }' >covariates
	while read -r options; do
		for format in table json; do
			rm -f state
			for n in 1 2 3 4 5 6 7; do
				# shellcheck disable=SC2086 # words
				abtest --state state --format $format "${more[@]}" $options -o got night.$n || { cat err; false; }
			done
			# shellcheck disable=SC2086 # words
			abtest --format $format "${more[@]}" $options night.[1-7] | cmp - got
		done
	done <<-'END'

		--covariate-before 2024-01-03
		--covariate covariates --sequential
		--cap 90% --aa 20
		--experiment X --adjust holm
	END
}

@test "nights: three logs of a day each merge to the whole, in any order" {
	local n
	seven_nights
	for n in 1 2 3; do
		abtest --partial --days --sources -o part.$n night.$n
		botify-toppop --recommended --experiment X --partial -o plays.$n night.$n
	done
	abtest --format json --days --sources night.[123] >want
	abtest --merge --parts 3 --format json --days --sources part.2 part.3 part.1 | cmp - want
	botify-toppop --recommended --experiment X --by-arm --format ndjson night.[123] >want
	[ "$(wc -l <want)" -gt 30 ]
	botify-toppop --merge --parts 3 --experiment X --by-arm --format ndjson plays.3 plays.1 plays.2 | cmp - want
}

@test "nights: botify-toppop --state is all logs at once, whatever counts" {
	local n
	seven_nights
	while read -r options; do
		rm -f state
		for n in 1 2 3 4 5 6 7; do
			# shellcheck disable=SC2086 # words
			botify-toppop --state state --format ndjson $options night.$n >got 2>err || { cat err; false; }
		done
		# shellcheck disable=SC2086 # words
		botify-toppop --format ndjson $options night.[1-7] | cmp - got
	done <<-'END'

		--recommended
		--experiment X --by-arm --recommended
		--experiment X --arm T --limit 3
	END
}

@test "nights: random splits by user, by time and by both merge to the same bytes" {
	local seed part
	seven_nights 150
	cat night.* >log
	abtest --format json --days --quantiles 0.5 --sources log >want
	botify-toppop --recommended --format ndjson log >want.plays
	for seed in $(seq 40); do
		rm -f part.* counts.* plays.*
		# a shard of users is cut at moments of its own
		awk -v seed="$seed" '
			function draw(n) { state = state * 48271 % 2147483647; return int(state / 7) % n }
			BEGIN {
				state = 31 * seed + 7; for (i = 0; i < 5; i++) draw(2)
				shards = seed % 3 == 0 ? 1 : 1 + draw(5); slots = seed % 3 == 1 ? 1 : 2 + draw(4)
				for (s = 0; s < shards; s++) for (k = 1; k < slots; k++) cut[s, k] = draw(1100)
			}
			{
				match($0, /"user":[0-9]+/); shard = substr($0, RSTART + 7, RLENGTH - 7) % shards
				for (slot = 0; slot + 1 < slots && NR > first(shard, slot + 1); slot++);
				print >("part." shard "-" slot)
			}
			# the k-th cut of a shard in ascending order
			function first(s, k,    i, j, n, t, a) {
				for (i = 1; i < slots; i++) a[i] = cut[s, i]
				for (i = 1; i < slots; i++) for (j = i + 1; j < slots; j++) if (a[j] < a[i]) { t = a[i]; a[i] = a[j]; a[j] = t }
				return a[k]
			}' log
		for part in part.*; do
			abtest --partial --days --quantiles 0.5 --sources -o "counts.$part" "$part"
			botify-toppop --recommended --partial -o "plays.$part" "$part"
		done
		abtest --merge --format json --days --quantiles 0.5 --sources counts.* | cmp - want || { cat err; ls; false; }
		botify-toppop --merge --format ndjson plays.* | cmp - want.plays
	done
}

# What is no file cannot be read again, so the log is counted apart and joined.
@test "nights: a log that is counted on top of the state makes the same as one that is joined to it" {
	local n options
	seven_nights
	while read -r options; do
		rm -f state joined
		for n in 1 2 3 4 5 6 7; do
			# shellcheck disable=SC2086 # words
			botify-abtest --state state --format json $options night.$n >got 2>err
			# shellcheck disable=SC2086 # words
			botify-abtest --state joined --format json $options <(cat night.$n) 2>err | cmp - got || { cat err; false; }
			cmp state joined
		done
	done <<-END

		--days --quantiles 0.5 --sources --tracks $root/data/world/tracks.ndjson
		--covariate-before 2024-01-03
		--experiment X
	END
}

@test "nights: botify-toppop waits for an arm that is still to come" {
	night 1 100 >night.1
	night 2 100 | sed 's/"X":"T"/"X":"new"/' >night.2
	run -0 --separate-stderr botify-toppop --state state --experiment X --arm new night.1
	# shellcheck disable=SC2154 # run sets it
	[ "$stderr" = "botify-toppop: no list yet: no event is on arm 'new' of experiment 'X'" ]
	[ -z "$output" ]
	botify-toppop --state state --experiment X --arm new night.2 >got
	botify-toppop --experiment X --arm new night.1 night.2 | cmp - got
}

# Runs "$@", which is to fail with this message and to leave the state as it was.
refuses() {
	local want=$1
	shift
	cp state state.before
	run -1 --separate-stderr "$@"
	[ -z "$output" ]
	# shellcheck disable=SC2053,SC2154 # a pattern; run sets stderr
	[[ $stderr == $want ]] || { echo "$stderr"; false; }
	cmp state state.before
}

@test "nights: what is refused is named, and leaves the state as it was" {
	seven_nights
	for n in 1 3; do abtest --state state --days night.$n >report; done
	refuses "botify-abtest: night.1: was given before: its 4?? events are in state already" botify-abtest --state state night.1
	refuses "botify-abtest: night.3: was given before: *" botify-abtest --state state night.4 night.3
	refuses "botify-abtest: user *: the events in night.2 begin at *, before those in state end, at *: of a user, one log has to follow another in time" \
		botify-abtest --state state night.2
	refuses "botify-abtest: state: was begun without --experiment: *" botify-abtest --state state --experiment X night.4
	refuses "botify-abtest: state: was written without sessions, *" botify-abtest --state state --quantiles 0.5 night.4
	refuses "botify-abtest: state: was written without --covariate-before" botify-abtest --state state --covariate-before 2024-01-02 night.4
	refuses "botify-abtest: state: was written without answers, *" botify-abtest --state state --tracks "$root/data/world/tracks.ndjson" night.4
	{ cat night.4; echo nonsense; } >torn
	refuses "*botify-abtest: state: left as it was, as not all of the logs could be read" botify-abtest --state state torn
	refuses "*botify-abtest: state: left as it was, as not all of the logs could be read" botify-abtest --state state absent night.4
	refuses "botify-abtest: *no arm*" botify-abtest --state state --days --control NONE night.4
	cp state whole
	botify-abtest --state state --days --bad-lines 1 torn >report 2>err
	head -n 1 state | jq -e '.malformed_lines == 1 and .parts == 3'
	head -c -5 whole >state
	refuses "botify-abtest: state: cut off: *" botify-abtest --state state night.4
	sed 's/"parts":2/"parts":3/' whole >state
	refuses "botify-abtest: state: damaged: *" botify-abtest --state state night.4
	sed '1s/"version":2/"version":9/' whole >state
	refuses "botify-abtest: state: was written in version 9 of the format; *" botify-abtest --state state night.4
	botify-toppop --partial -o state night.1
	refuses "botify-abtest: state: a part of something else than botify-abtest" botify-abtest --state state night.4
	echo 'a text' >state
	refuses "botify-abtest: state: not a part of a log: *" botify-abtest --state state night.4
	# a first run that fails leaves no state
	rm state
	run -1 botify-abtest --state state --control NONE night.1
	[ ! -e state ]
	# but it may be that nothing has happened yet
	run -0 botify-abtest --state state --experiment NONE night.1
	[ "$output" = "botify-abtest: no report yet: no experiment 'NONE': there are AA, X" ]
	rm state
	# one that was killed may leave an empty one
	: >state
	botify-abtest --state state night.1 2>&1 >report | grep -qx 'botify-abtest: state is empty, as a run leaves it that was killed before it saved any: begun anew'
	[ -s state ]
	# a report that cannot be written is no night
	cp state state.before
	run -1 botify-abtest --state state -o absent/report night.2
	run -1 bash -c 'botify-abtest --state state night.2 >/dev/full'
	cmp state state.before
}

@test "nights: repeats of artists are those of one catalog, and another one is refused" {
	seven_nights
	for n in $(seq 0 19); do echo "{\"track\":$n,\"artist\":\"a$((n % 7))\",\"title\":\"x\"}"; done >catalog
	sed 's/"x"/"y"/' catalog >titles
	sed 's/"a3"/"a4"/' catalog >other
	abtest --state state --tracks catalog --format json night.1 >report
	abtest --partial --tracks catalog -o part.1 night.1
	abtest --partial --tracks other -o part.2 night.2
	head -n 1 state | jq -e '.catalog | length == 16'
	refuses "botify-abtest: state: was written with another catalog than that of --tracks (digest ????????????????, not ????????????????)" \
		botify-abtest --state state --tracks other night.2
	run -1 --separate-stderr botify-abtest --merge --tracks catalog part.1 part.2
	[[ $stderr == "botify-abtest: part.2: was written with another catalog "* ]]
	# it does not matter where artists do not, nor what the titles are
	abtest --merge --format json --sources part.1 part.2 >merged
	abtest --format json --sources night.1 night.2 | cmp - merged
	abtest --state state --tracks titles --format json night.2 >merged
	abtest --tracks catalog --format json night.1 night.2 | cmp - merged
}

@test "nights: a second run at once is told who has the state" {
	seven_nights
	abtest --state state night.1 >report
	mkfifo fifo
	botify-abtest --state state fifo >report 2>first &
	exec 8>fifo
	cat night.2 >&8
	run -1 --separate-stderr botify-abtest --state state night.3
	[ "$stderr" = "botify-abtest: state: in use by process $!" ]
	exec 8>&-
	wait $!
	abtest night.1 night.2 | cmp - report
}

@test "nights: a full disk leaves the state as it was" {
	seven_nights
	abtest --state state night.1 >report
	cp state before
	(ulimit -f 1; trap '' XFSZ; botify-abtest --state state night.2 >/dev/null 2>err) && false
	grep -q '^botify-abtest: state: File too large' err
	cmp state before
	[ "$(echo state*)" = state ]
}

# Sends KILL to a run at random moments: the state is the old one or the new one, and nothing else is left.
kill_at_random() {
	local delay pid began took seen_old=0 seen_new=0
	cp before state
	began=$(date +%s%N)
	"${@:2}" >out 2>err
	took=$((($(date +%s%N) - began) / 1000000))
	mv state after
	for _ in $(seq "$1"); do
		cp before state
		"${@:2}" >out 2>err &
		pid=$!
		delay=$((RANDOM % (took + took / 4 + 1)))
		sleep "$(printf '%d.%03d' $((delay / 1000)) $((delay % 1000)))"
		kill -9 $pid 2>/dev/null || :
		wait $pid 2>/dev/null || :
		if cmp -s state before; then
			seen_old=$((seen_old + 1))
		else
			cmp state after
			seen_new=$((seen_new + 1))
		fi
		[ "$(echo state*)" = state ]
	done
	echo "old $seen_old, new $seen_new"
	[ "${KILLS:-}" = "" ] || echo "# $2: old $seen_old, new $seen_new" >&3
	[ $seen_old -gt 0 ]
	rm -f state before after
}

@test "nights: kill -9 at random moments leaves the old state or the new" {
	night 1 20000 >night.1
	night 2 20000 >night.2
	RANDOM=1
	abtest --state before night.1 >report
	kill_at_random "${KILLS:-20}" botify-abtest --threads 1 --state state night.2
	botify-toppop --recommended --state before night.1 >report
	kill_at_random "${KILLS:-20}" botify-toppop --threads 1 --recommended --state state night.2
}

# The example with the environment of cron, or of systemd: no HOME, no terminal, and a PATH that has not what is installed.
# The commands stand where it looks for them; mail(1) keeps what it is given.
prepare_nightly() {
	mkdir -p box local
	ln -sf "$bin"/botify-* local
	printf '%s\n' '#!/bin/sh' 'echo "$*" >>mail.arguments' 'cat >>mail.text' >local/mail
	chmod +x local/mail
	sed "s|/usr/local/bin|$PWD/local|" "$root/examples/nightly/nightly" >nightly
	chmod +x nightly
	sed "s|^directory=.*|directory=$PWD/box|; s|^restart=.*|restart='echo restarted >>restarts'|" \
		"$root/examples/nightly/nightly.conf" >nightly.conf
}

as_cron() {
	local line
	line=$(sed -n 's/^0 3 \* \* \* //p' "$root/examples/nightly/crontab")
	line=${line//\/usr\/local\/share\/doc\/botify\/examples\/nightly\/nightly/$PWD/nightly}
	line=${line//\/etc\/botify\/nightly.conf/$PWD/nightly.conf}
	(cd / && setsid env -i LOGNAME=nobody SHELL=/bin/sh PATH=/usr/bin:/bin /bin/sh -c "$line") >out 2>&1 </dev/null
}

as_systemd() {
	local line
	line=$(sed -n 's/^ExecStart=//p' "$root/examples/nightly/botify-nightly.service")
	line=${line//\/usr\/local\/share\/doc\/botify\/examples\/nightly\/nightly/$PWD/nightly}
	line=${line//\/etc\/botify\/nightly.conf/$PWD/nightly.conf}
	# shellcheck disable=SC2086 # words, as systemd takes them
	(cd / && setsid env -i LANG=C.UTF-8 INVOCATION_ID=0 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin $line) >out 2>&1 </dev/null
}

@test "nightly: seven nights by cron and by systemd, a failure among them, and mail when the verdict changes" {
	local n by
	prepare_nightly
	seven_nights 1500
	for n in 1 2 3 4 5 6 7; do
		cat night.$n >>box/log.ndjson
		by=as_cron
		[ $((n % 2)) = 0 ] && by=as_systemd
		if [ $n = 5 ]; then
			# the disk that the report goes to is gone: the night fails, and is made up for in the next one
			mkdir box/report.html.d
			mv box/report.html box/report.old
			mkdir box/report.html
			$by && false
			grep -q report.html out
			[ ! -e box/botify.prom ]
			grep -qx 'botify_nightly_ok 0' box/nightly.prom
			grep -qE '^botify_nightly_success_seconds [1-9][0-9]+$' box/nightly.prom
			rmdir box/report.html box/report.html.d
			continue
		fi
		$by || { cat out; return 1; }
		[ ! -s out ] || { cat out; return 1; }
		mapfile -t logs < <(seq -f night.%g $n)
		abtest --sequential --primary time --format html "${logs[@]}" | cmp - box/report.html
		abtest --sequential --format ndjson "${logs[@]}" | cmp - box/effects.ndjson
		abtest --sequential --format prometheus "${logs[@]}" | cmp - box/botify.prom
		grep -qx 'botify_nightly_ok 1' box/nightly.prom
		[ ! -e box/log.ndjson ]
		mails=0
		[ ! -e box/mail.arguments ] || mails=$(wc -l <box/mail.arguments)
		echo "$n $(grep -c 'X: T better' box/verdict) $mails" >>story
	done
	[ "$(wc -l <box/restarts)" = 7 ]
	[ "$(find box/done -type f | wc -l)" = 7 ]
	[ "$(find box/pending -type f | wc -l)" = 0 ]
	# not different to begin with, and better in the end: one mail for each change and none for other nights
	[ "$(head -n 1 story)" = "1 0 0" ]
	[ "$(awk '$2 != was { n++ } { was = $2 } END { print n + 0 }' story)" = "$(tail -n 1 story | cut -d ' ' -f 3)" ]
	[ "$(tail -n 1 story | cut -d ' ' -f 2)" = 1 ]
	grep -qx -e '-s botify: the verdict on time has changed team@example.org' box/mail.arguments
	grep -qx 'X: T better' box/mail.text
	# a run that was killed after it had saved the state and before it had moved the log
	mv "$(find box/done -type f | sort | tail -n 1)" box/pending/
	as_cron
	[ ! -s out ] || { cat out; return 1; }
	[ "$(find box/pending -type f | wc -l)" = 0 ]
	# without its state it begins no other
	rm box/state
	as_systemd && false
	grep -q 'state is gone' out
	[ ! -e box/botify.prom ]
}

@test "nightly: systemd takes the units" {
	command -v systemd-analyze >/dev/null || skip "no systemd-analyze"
	mkdir units
	sed 's|^ExecStart=.*|ExecStart=/bin/true|; /^User=/d' "$root/examples/nightly/botify-nightly.service" >units/botify-nightly.service
	cp "$root/examples/nightly/botify-nightly.timer" units
	run systemd-analyze verify --man=no units/botify-nightly.service units/botify-nightly.timer
	[[ $output != *botify-nightly* ]] || { echo "$output"; false; }
}

@test "nightly: it is installed with the other documents" {
	make -s -C "$root" -o all install DESTDIR="$PWD/there" PREFIX=/usr BUILD="$bin" >out 2>&1 || { cat out; false; }
	[ -x there/usr/share/doc/botify/examples/nightly/nightly ]
	[ -f there/usr/share/doc/botify/examples/nightly/botify-nightly.timer ]
}
