/*
 * What botify-toppop and botify-abtest count, by simdjson's On-Demand parser, which reads only the fields it needs: the
 * measure for tests/bench, which builds it where g++ and libsimdjson-dev are installed.
 *
 *     bench-simdjson toppop|abtest LOG
 *
 * It makes the checks of the fields that it reads that botify makes: what they are, and from where to where. toppop prints
 * the tracks by time; abtest, for each arm of each experiment, users, sessions, time and latency.
 */
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <simdjson.h>

using namespace simdjson;

[[noreturn]] static void fail(const char *what)
{
	std::fprintf(stderr, "bench-simdjson: %s\n", what);
	std::exit(1);
}

static uint32_t id_of(ondemand::value v)
{
	uint64_t id;

	if (v.get_uint64().get(id) || id > INT32_MAX)
		fail("an id is not one");
	return static_cast<uint32_t>(id);
}

static double part_of(ondemand::value v)
{
	double time;

	if (v.get_double().get(time) || !(time >= 0 && time <= 1))
		fail("a time is not from 0 to 1");
	return time;
}

static bool is_last(ondemand::value v)
{
	std::string_view message;

	if (v.get_string().get(message) || (message != "next" && message != "last"))
		fail("a message is not next or last");
	return message == "last";
}

struct track {
	double time = 0;
	uint64_t plays = 0;
};

struct session {
	double time = 0;
	uint64_t tracks = 0;
};

struct listener {
	session open;
	double time = 0, latency = 0;
	uint64_t sessions = 0, tracks = 0, requests = 0;
	int64_t last = INT64_MIN;
	uint64_t arms = 0; /* which text of experiments */
};

static std::vector<track> tracks;
static std::vector<listener> users;
static std::unordered_map<std::string, uint64_t> arms;
static std::vector<std::string> arm_texts;

static void count_play(ondemand::object event)
{
	uint32_t track_id = 0;
	double time = 0;

	for (auto field : event) {
		std::string_view key = field.unescaped_key();

		if (key == "message")
			is_last(field.value());
		else if (key == "user")
			id_of(field.value());
		else if (key == "track")
			track_id = id_of(field.value());
		else if (key == "time")
			time = part_of(field.value());
	}
	if (track_id >= tracks.size())
		tracks.resize(2 * (track_id + 1));
	tracks[track_id].time += time;
	tracks[track_id].plays++;
}

static void count_event(ondemand::object event)
{
	uint32_t user = 0;
	double time = 0, latency = 0;
	int64_t timestamp = 0;
	bool last = false;
	std::string_view experiments;

	for (auto field : event) {
		std::string_view key = field.unescaped_key();

		if (key == "message")
			last = is_last(field.value());
		else if (key == "user")
			user = id_of(field.value());
		else if (key == "track")
			id_of(field.value());
		else if (key == "time")
			time = part_of(field.value());
		else if (key == "timestamp")
			timestamp = field.value().get_int64();
		else if (key == "latency")
			latency = field.value().get_double();
		else if (key == "experiments")
			{
			ondemand::object all = field.value().get_object();
			experiments = all.raw_json();
		}
	}
	if (user >= users.size())
		users.resize(2 * (user + 1));
	listener &u = users[user];
	if (u.arms == 0) {
		auto [place, fresh] = arms.emplace(experiments, arms.size() + 1);
		if (fresh)
			arm_texts.emplace_back(experiments);
		u.arms = place->second;
	}
	u.last = std::max(u.last, timestamp);
	u.open.time += time;
	u.open.tracks++;
	u.latency += latency;
	u.requests++;
	if (last) {
		u.time += u.open.time;
		u.tracks += u.open.tracks;
		u.sessions++;
		u.open = session();
	}
}

static void print_tracks()
{
	std::vector<uint32_t> order;

	for (uint32_t i = 0; i < tracks.size(); i++)
		if (tracks[i].plays > 0)
			order.push_back(i);
	std::sort(order.begin(), order.end(), [](uint32_t a, uint32_t b) {
		return tracks[a].time != tracks[b].time ? tracks[a].time > tracks[b].time : a < b;
	});
	for (uint32_t i : order)
		std::printf("%u\n", i);
}

static void print_arms()
{
	struct sums {
		uint64_t users = 0, sessions = 0;
		double time = 0, latency = 0;
	};
	std::map<std::string, sums> all;
	ondemand::parser parser;

	for (const listener &u : users) {
		if (u.sessions == 0)
			continue;
		padded_string text(arm_texts[u.arms - 1]);
		ondemand::document document = parser.iterate(text);
		for (auto field : document.get_object()) {
			std::string name(std::string_view(field.unescaped_key()));
			std::string_view arm = field.value().get_string();
			sums &s = all[name + " " + std::string(arm)];

			s.users++;
			s.sessions += u.sessions;
			s.time += u.time;
			s.latency += u.latency / static_cast<double>(u.requests);
		}
	}
	for (const auto &[name, s] : all)
		std::printf("%s %lu %lu %g %g\n", name.c_str(), s.users, s.sessions, s.time / s.users, s.latency / s.users);
}

int main(int argc, char **argv)
{
	if (argc != 3)
		fail("usage: bench-simdjson toppop|abtest LOG");
	bool toppop = std::strcmp(argv[1], "toppop") == 0;
	padded_string log;
	ondemand::parser parser;
	ondemand::document_stream events;

	if (padded_string::load(argv[2]).get(log) || parser.iterate_many(log, 1 << 20).get(events))
		fail("the log cannot be read");
	for (auto event : events) {
		ondemand::object object;

		if (event.get_object().get(object))
			fail("a line is not an object");
		if (toppop)
			count_play(object);
		else
			count_event(object);
	}
	if (toppop)
		print_tracks();
	else
		print_arms();
}
