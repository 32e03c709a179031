# What published, tops, course and days share: a directory of results that is safe to interrupt, a world, experiments,
# and what is said of them. A script sets `name`, and `lib` to the directory of this file, has a function usage, and
# sources this file.
# shellcheck shell=sh disable=SC2034,SC2154 # the scripts read what is set here, and set name and lib

LC_ALL=C
export LC_ALL
umask 022

# The step that is being made, and what its commands said on standard error: shown where it fails.
making='' said=''

say() {
	echo "$name: $*" >&2
}

fail() {
	say "$*"
	exit 1
}

misuse() {
	say "$*"
	usage >&2
	exit 2
}

ended() {
	status=$?
	[ "$status" = 0 ] || [ -z "$said" ] || [ ! -f "$said" ] || cat "$said" >&2
	[ -z "$making" ] || rm -rf "$making" "$said"
	if [ -n "$making" ]; then
		say "stopped at ${making%.new}; the next call goes on from there"
	elif [ "$status" -gt 128 ]; then # by a signal
		say "stopped between two steps; the next call goes on from there"
	fi
	exit "$status"
}
trap ended EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# Fails unless all commands named are there; those of botify are named by what follows the hyphen.
need_commands() {
	missing=''
	for command in flock jq "$@"; do
		case $command in flock | jq | date) ;; *) command=botify-$command ;; esac
		command -v "$command" >/dev/null 2>&1 || missing="$missing $command"
	done
	[ -z "$missing" ] || fail "not found:$missing; install what is missing, or name its directory in PATH"
}

is_count() {
	case $1 in
	'' | 0* | *[!0-9]* | ??????????*) return 1 ;;
	esac
}

# Sets `sessions`, say, to what an option was given.
set_count() {
	is_count "$3" || misuse "$2: '$3' is not a whole number from 1 to 999999999"
	eval "$1=\$3"
}

# The options that all scripts have; --learn defaults to five times the sessions.
world='' sessions=5000 learn='' keep='' out=$name.results

# Takes one from the front of "$@" and sets `taken` to the number of its words.
take_option() {
	option=$1 taken=2
	case $option in
	-h | --help) usage; exit 0 ;;
	--keep) keep=1 taken=1; return ;;
	--world | --sessions | --learn | -o) [ $# -ge 2 ] || misuse "$option: its argument is missing" ;;
	*) misuse "unknown argument '$option'" ;;
	esac
	case $option in
	--world) world=$(absolute "$2") ;;
	--sessions) set_count sessions "$option" "$2" ;;
	--learn) set_count learn "$option" "$2" ;;
	-o) out=$2 ;;
	esac
}

# Where the results go: a new directory, an empty one, or one that a run with the same settings has left. Only one run
# at a time works there. The settings are what makes other results.
open_directory() {
	[ ! -e "$1" ] || [ -d "$1" ] || fail "$1: not a directory"
	mkdir -p "$1"
	cd "$1" || exit
	if [ ! -e settings ]; then
		[ -z "$(find . ! -name . ! -name settings.new | head -n 1)" ] ||
			fail "$1: holds something else than results of $name; name another directory with -o"
		printf '%s\n' "$2" >settings.new
		mv settings.new settings
	fi
	printf '%s\n' "$2" | cmp -s - settings ||
		fail "$1: was begun with other options ($(paste -s -d ' ' settings)); name another directory with -o"
	exec 9>>lock
	flock -n 9 || fail "$1: another run is at work there"
}

# step FILE TEXT COMMAND...: makes FILE of what the command prints, unless it is there. It appears whole or not at all.
step() {
	if [ -e "$1" ]; then return; fi
	making=$1.new said=$1.said
	[ -z "$2" ] || say "$2"
	shift 2
	"$@" >"$making" 2>"$said"
	settle
}

# The same of a command that makes a directory, whose name it takes as its last argument.
step_directory() {
	if [ -e "$1" ]; then return; fi
	making=$1.new said=$1.said
	rm -rf "$making" "$making".* # and what the command had not finished, where it was killed
	say "$2"
	shift 2
	"$@" "$making" >"$said" 2>&1
	settle
}

settle() {
	mv "$making" "${making%.new}"
	rm -f "$said"
	making='' said=''
}

# The absolute path of a directory that may not be there yet.
absolute() {
	case $1 in
	/*) printf '%s\n' "$1" ;;
	*) printf '%s/%s\n' "$PWD" "$1" ;;
	esac
}

# The first that exists of the files $2... in the world $1.
find_in_world() {
	for file in "$1/$2" "$1/$3"; do
		[ -e "$file" ] || continue
		printf '%s\n' "$file"
		return
	done
	fail "$1: no $2, which botify-world would have written there"
}

# Sets `tracks`, `users` and `embeddings` to the files of a world; without one, a small world is invented.
open_world() {
	if [ -z "$1" ]; then
		step_directory world "a world of 2000 tracks and 1000 users" botify-world --n-tracks 2000 --n-users 1000 --seed 1
		set -- "$PWD/world"
	fi
	tracks=$(find_in_world "$1" tracks.ndjson tracks.json)
	users=$(find_in_world "$1" users.ndjson users.json)
	embeddings=$(find_in_world "$1" tracks.npy embeddings.npy)
}

# play SESSIONS SEED [OPTION of botify-recommend]...: events on standard output. More options of botify-sim are in
# `sim_options`. Latencies are left out, so that the same call gives the same bytes, unless `latency` is empty.
latency=--no-latency
# shellcheck disable=SC2086 # options are words
play() {
	n_sessions=$1 play_seed=$2
	shift 2
	botify-sim --tracks "$tracks" --users "$users" --embeddings "$embeddings" ${sim_options:-} \
		--sessions "$n_sessions" --seed "$play_seed" -- \
		botify-recommend --tracks "$tracks" $latency --seed "$play_seed" "$@"
}

# What each user listens to per session while tracks are random: what users do anyhow. As a covariate it takes out of an
# experiment how much users differ. Keys of events stand in the order of botify-events(5).
habits() {
	awk -F '[:,]' '
		{ time[$6] += $10; sessions[$6] += $2 == "\"last\"" }
		END { for (u in time) if (sessions[u]) printf "{\"user\":%d,\"value\":%.9f}\n", u, time[u] / sessions[u] }' "$1"
}

# experiment NAME SESSIONS ARMS [OPTION of botify-recommend]...: plays one, and writes what came of it:
#
#   NAME.arms    the file of experiments
#   NAME.json    the report of botify-abtest, with sources
#   NAME.first   the same, users' habits taken out, with intervals that hold for all pairs of arms together (Bonferroni)
#   NAME.best    likewise, each arm against the best one, which is known from the same data: hence all pairs
#
# The log is deleted then, unless `keep` is 1. Each experiment has sessions of its own: the seed is one more each time.
#
# Habits are left in where `covariate` is empty: one slope for all arms does not fit where an arm is listened to many
# times as long as another.
seed=0 covariate=habits
experiment() {
	label=$1 n=$2 arms=$3
	shift 3
	seed=$((seed + 1))
	if [ -e "$label.best" ]; then return; fi
	step "$label.arms" '' experiments_file "$label" "$arms"
	step "$label.ndjson" "experiment $label: $n sessions" play "$n" "$seed" --experiments "$label.arms" "$@"
	step "$label.json" '' botify-abtest --experiment "$label" --sources --format json "$label.ndjson"
	alpha=$(printf '%s' "$arms" | jq 'length | 0.05 / (. * (. - 1) / 2)')
	step "$label.first" '' compare_adjusted "$label"
	best=$(jq -r -L "$lib" 'include "story"; best_arm' "$label.first")
	step "$label.best" '' compare_adjusted "$label" --control "$best"
	[ "$keep" = 1 ] || rm -f "$label.ndjson"
}

# A file of one experiment, as botify-recommend reads it.
experiments_file() {
	jq -n -c --arg name "$1" --argjson arms "$2" '{experiments: [{name: $name, arms: $arms}]}'
}

# The arms C, T1, T2 and so on of an experiment, which have the policies "$@".
arms_of() {
	jq -n -c '$ARGS.positional | to_entries | map(.key |= if . == 0 then "C" else "T\(.)" end) | from_entries' --args "$@"
}

compare_adjusted() {
	of=$1
	shift
	[ -z "$covariate" ] || set -- --covariate "$covariate" "$@"
	botify-abtest --experiment "$of" --alpha "$alpha" --format json "$@" "$of.ndjson"
}

# say_best NAME TEXT PATTERN: a sentence on which of the arms was best. An arm goes by what PATTERN captures in its
# policy.
say_best() {
	jq -r -L "$lib" --slurpfile arms "$1.arms" --arg what "$2" --arg pattern "$3" \
		'include "story"; best_sentence($arms[0]; $what; $pattern)' "$1.best"
}

# say_pair NAME [PATTERN]: likewise, of two arms.
say_pair() {
	jq -r -L "$lib" --slurpfile arms "$1.arms" --arg pattern "${2:-^$}" \
		'include "story"; pair_sentence($arms[0]; $pattern)' "$1.best"
}

# A table of the arms of an experiment: means, and effects against the first one.
arms_table() {
	echo '| arm | policy | time per session | tracks per session | effect on time per session, % (95 %) |'
	echo '| --- | --- | --- | --- | --- |'
	jq -r -L "$lib" --slurpfile arms "$1.arms" '
		include "story";
		(arms("mean_tracks_per_session") | by(.arm; mean_cell)) as $tracks
		| ([.effects[] | select(.metric == primary)] | by(.treatment; effect_cell)) as $effects
		| arms(primary) | sort_by(.arm | place)[]
		| [.arm, "`\(policy_of($arms[0]; .arm))`", mean_cell, $tracks[.arm], $effects[.arm] // "-"] | row' "$1.json"
}

# Writes report.md, of what the command prints, and report.html. Logs are deleted then, unless they are to be kept; a
# script needs none once it has its last result.
finish() {
	step report.md "the report" "$@"
	step report.html '' page <report.md
	[ "$keep" = 1 ] || rm -f ./*.ndjson
	say "see $out/report.md, $out/report.html"
}

# A page of the Markdown on standard input, of the kind that these scripts write: headings, paragraphs, lists, tables,
# and pictures (SVG), which become part of the page.
page() {
	awk -f "$lib/page.awk"
}
