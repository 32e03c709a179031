# Writes a log that looks like a simulated one: 5,000 finished sessions, experiment AA with two arms and FILTERS with
# three, sessions of many users mixed, all oddities in it that botify-abtest has to leave out and count.
#
#     awk -f welch-log.awk > log.ndjson
#
# The same bytes from every awk: whole numbers only, and a Lehmer generator (Park and Miller 1988, multiplier 48271)
# whose products stay below 2^53.

function draw(n)
{
	state = state * 48271 % 2147483647
	return state % n
}

# The arm of a user, by a hash that has nothing to do with botify's.
function arm(user, salt, arms,    h)
{
	h = ((user + 1) * 48271 + salt * 16807) % 2147483647
	h = h * 48271 % 2147483647
	return int(h / 1000) % arms
}

function experiments(user, session,    filters)
{
	# user 211, 422, ... is seen in two arms of FILTERS
	filters = user % 211 == 0 ? session % 2 : arm(user, 2, 3)
	filters = "\"FILTERS\":\"" (filters == 0 ? "C" : "T" filters) "\""
	# user 1, 51, ... is in one experiment only
	return user % 50 == 1 ? filters : "\"AA\":\"" (arm(user, 1, 2) == 0 ? "C" : "T1") "\"," filters
}

function start(slot,    u)
{
	do
		u = draw(draw(4) == 0 ? 200 : 1800)
	while (u in busy)
	busy[u] = 1
	user[slot] = u
	patience[slot] = 3 + draw(5) + draw(3)
	where[slot] = experiments(u, sessions_of[u]++)
}

function event(slot,    u, t, message)
{
	u = user[slot]
	# bored more often in the control
	t = draw(101) * (60 + draw(41) + 15 * arm(u, 2, 3)) / 100
	t = int(t > 100 ? 100 : t)
	patience[slot] -= draw(100) >= t
	message = patience[slot] > 0 ? "next" : "last"
	clock += draw(9) + 1
	printf "{\"message\":\"%s\",\"timestamp\":%.0f,\"user\":%d,\"track\":%d,\"time\":%d.%02d", message, 1704067200000 + clock,
		u, draw(2000), int(t / 100), t % 100
	# user 97, 194, ... carries no latency
	if (u % 97 != 0)
		printf ",\"latency\":0.%06d", 200 + draw(900) + draw(30) * draw(40) * arm(u, 2, 3)
	printf ",\"recommendation\":%s,\"experiments\":{%s}}\n", message == "last" ? "null" : draw(2000), where[slot]
	if (message == "last") {
		delete busy[u]
		finished++
		start(slot)
	}
}

BEGIN {
	state = 20240101
	for (i = 0; i < 40; i++)
		start(i)
	while (finished < 5000)
		event(draw(40))
}
