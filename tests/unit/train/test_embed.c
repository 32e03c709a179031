#include "train/embed.h"

#include <sys/stat.h>

#include "text/ndjson.h"
#include "text/npy.h"
#include "train/dense.h"
#include "unit/fixture.h"

/* Two kinds of users, each with items of their own: user u played items of u % 2, the first of them most. */
static void load_two_kinds(struct plays *p)
{
	FILE *f = fopen("file", "w");
	struct errmsg e = {0};

	for (int u = 0; f && u < 40; u++)
		for (int i = 0; i < 6; i++)
			if ((u + i) % 5 != 0)
				fprintf(f, "%d\t%d\t%d\n", u, 2 * i + u % 2, 10 - i);
	CHECK(f && fclose(f) == 0);
	CHECK(plays_load(p, "file", &e) == 0);
}

static struct embed_options options(unsigned threads, uint32_t per_item)
{
	struct embed_options o = {.tune = {.given = hypers_none(), .seed = 5, .threads = threads}, .holdout = .1,
				  .tracks_per_item = per_item, .noise = .8, .lengths = .25};

	o.tune.given.value[HYPER_FACTORS] = 8;
	return o;
}

static double product(const struct embedding *m, size_t a, size_t b)
{
	double sum = 0;

	for (size_t k = 0; k < m->d; k++)
		sum += (double)m->vectors[a * m->d + k] * m->vectors[b * m->d + k];
	return sum;
}

static double cosine(const struct embedding *m, size_t a, size_t b)
{
	return product(m, a, b) / sqrt(product(m, a, a) * product(m, b, b));
}

static void what_the_same_users_play_is_near(void)
{
	struct embed_options o = options(1, 1);
	struct embedding m;
	struct plays p;
	struct errmsg e = {0};

	load_two_kinds(&p);
	o.tune.given.value[HYPER_FACTORS] = 2; /* one a kind */
	CHECK(embed_check(&p, &o, &e) == 0);
	CHECK(embed_make(&m, &p, &o, &e) == 0);
	CHECK(m.n_tracks == 12 && m.d == 2);
	for (size_t i = 2; i < 12; i++)
		CHECK(cosine(&m, i, i % 2) > .9 && fabs(cosine(&m, i, 1 - i % 2)) < .3);
	embed_clear(&m);
	o.lengths = 0;
	CHECK(embed_make(&m, &p, &o, &e) == 0);
	for (size_t i = 0; i < 12; i++)
		CHECK_NEAR(product(&m, i, i), 1, 1e-5);
	embed_clear(&m);
	plays_clear(&p);
}

/* The lengths x^0.25 of those that x is of. */
static void lengths_are_raised_to_a_power(void)
{
	struct embed_options o = options(1, 1);
	struct embedding learned, made;
	struct plays p;
	struct errmsg e = {0};

	load_two_kinds(&p);
	CHECK(embed_make(&made, &p, &o, &e) == 0);
	o.lengths = 1;
	CHECK(embed_make(&learned, &p, &o, &e) == 0);
	for (size_t i = 0; i < 12; i++)
		CHECK_NEAR(product(&made, i, i), pow(product(&learned, i, i), .25), 1e-5);
	embed_clear(&learned);
	embed_clear(&made);
	plays_clear(&p);
}

static void tracks_of_an_item_differ_by_their_noise(void)
{
	struct embed_options one = options(1, 1), many = options(1, 200);
	struct embedding item, m;
	struct plays p;
	struct errmsg e = {0};
	double mean = 0;

	load_two_kinds(&p);
	CHECK(embed_make(&item, &p, &one, &e) == 0);
	CHECK(embed_make(&m, &p, &many, &e) == 0);
	CHECK(m.n_tracks == 12 * 200);
	for (size_t t = 0; t < 200; t++) {
		double square = 0;

		for (size_t k = 0; k < m.d; k++)
			square += pow((double)m.vectors[(3 * 200 + t) * m.d + k] - item.vectors[3 * m.d + k], 2);
		CHECK_NEAR(square, .64 * product(&item, 3, 3), 1e-4);
		mean += t > 0 ? cosine(&m, 600, 600 + t) / 199 : 0;
	}
	CHECK_NEAR(mean, 1 / 1.64, .25); /* of 199, in eight dimensions */
	embed_clear(&m);
	embed_clear(&item);
	plays_clear(&p);
}

static void threads_do_not_matter_and_the_seed_does(void)
{
	struct embed_options o = options(1, 2), several = options(4, 2);
	struct embedding a, b;
	struct plays p;
	struct errmsg e = {0};

	load_two_kinds(&p);
	CHECK(embed_make(&a, &p, &o, &e) == 0 && embed_make(&b, &p, &several, &e) == 0);
	CHECK(a.n_tracks == 24 && memcmp(a.vectors, b.vectors, 24 * a.d * sizeof(float)) == 0);
	embed_clear(&b);
	several.tune.seed = 6;
	CHECK(embed_make(&b, &p, &several, &e) == 0);
	CHECK(memcmp(a.vectors, b.vectors, 24 * a.d * sizeof(float)) != 0);
	embed_clear(&a);
	embed_clear(&b);
	plays_clear(&p);
}

static void what_cannot_be_learned_from_is_refused(void)
{
	static const struct {
		const char *text, *reason;
		uint32_t per_item;
	} cases[] = {
		{"1\t1\t1\n1\t2\t1\n", "there is only one user; embeddings are learned from what several have in common", 1},
		{"1\t1\t1\n2\t1\t1\n", "there is only one item; embeddings tell items apart", 1},
		{"1\t1\t1\n2\t2\t1\n", "2 items with 1073741824 tracks each are more than there are ids", 1 << 30},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct embed_options o = options(1, cases[i].per_item);
		struct plays p;
		struct errmsg e = {0};

		CHECK(plays_load(&p, fixture_file("file", cases[i].text), &e) == 0);
		CHECK(embed_check(&p, &o, &e) < 0);
		CHECK_STR(e.text, cases[i].reason);
		plays_clear(&p);
	}
}

/* The least that there is: nothing to hold out, more factors than users. */
static void two_plays_are_enough(void)
{
	struct embed_options o = options(1, 1);
	struct embedding m;
	struct plays p;
	struct errmsg e = {0};

	CHECK(plays_load(&p, fixture_file("file", "a\tx\t1\nb\ty\t1\n"), &e) == 0);
	CHECK(embed_check(&p, &o, &e) == 0);
	CHECK(embed_make(&m, &p, &o, &e) == 0);
	for (size_t i = 0; i < 2 * m.d; i++)
		CHECK(isfinite(m.vectors[i]));
	embed_clear(&m);
	plays_clear(&p);
}

static void expect_line(const char *path, size_t line, const char *want)
{
	FILE *f = fopen(path, "r");
	char text[256] = "";

	for (size_t i = 0; f && i <= line; i++)
		CHECK(fgets(text, sizeof text, f) != NULL);
	CHECK(f && fclose(f) == 0);
	CHECK_STR(text, want);
}

static void save_as(const char *plays, const char *names, uint32_t per_item)
{
	struct embed_options o = options(1, per_item);
	struct item_names n = {0};
	struct embedding m;
	struct plays p;
	struct npy matrix;
	struct errmsg e = {0};

	CHECK(plays_load(&p, fixture_file("file", plays), &e) == 0);
	if (names)
		CHECK(item_names_load(&n, fixture_file("users", names), &p, &e) == 0);
	CHECK(embed_make(&m, &p, &o, &e) == 0);
	CHECK(embed_save(&m, &p, names ? &n : NULL, "made", &e) == 0);
	CHECK_STR(e.text, "");
	CHECK(npy_load(&matrix, "made/tracks.npy", &e) == 0);
	CHECK(matrix.rows == m.n_tracks && memcmp(matrix.data, m.vectors, m.n_tracks * m.d * sizeof(float)) == 0);
	npy_clear(&matrix);
	embed_clear(&m);
	item_names_clear(&n);
	plays_clear(&p);
}

static void catalogs_name_tracks_and_items(void)
{
	save_as("1\t7\t1\n2\t5\t1\n", "id\tname\n5\tThe \"Cure\"\turl\n9\tnobody\n", 1);
	expect_line("made/tracks.ndjson", 0,
		    "{\"track\":5,\"artist\":\"The \\\"Cure\\\"\",\"title\":\"The \\\"Cure\\\"\",\"item\":5}\n");
	expect_line("made/tracks.ndjson", 1, "{\"track\":7,\"artist\":\"item 7\",\"title\":\"item 7\",\"item\":7}\n");
	save_as("1\t7\t1\n2\t5\t1\n", "5,\"Cure, The\"\n", 2);
	expect_line("made/tracks.ndjson", 1, "{\"track\":1,\"artist\":\"Cure, The\",\"title\":\"Track 2\",\"item\":5}\n");
	expect_line("made/tracks.ndjson", 2, "{\"track\":2,\"artist\":\"item 7\",\"title\":\"Track 1\",\"item\":7}\n");
	save_as("1\tb\t1\n2\ta\t1\n", NULL, 1);
	expect_line("made/tracks.ndjson", 0, "{\"track\":0,\"artist\":\"b\",\"title\":\"b\",\"item\":\"b\"}\n");
	unlink("made/tracks.ndjson");
	unlink("made/tracks.npy");
	CHECK(rmdir("made") == 0);
}

static void bad_names_are_told(void)
{
	static const char *const cases[][2] = {
		{"5\n", "users:1: 1 column; two are wanted, separated by a tab or a comma: item, name"},
		{"5,Cure, The\n", "users:1: 3 columns; two are wanted, separated by a tab or a comma: item, name"},
		{"5\ta\n5\ta\n5\tb\n", "users:3: another name of this item; it was 'a'"},
	};
	struct item_names n;
	struct plays p;
	struct errmsg e = {0};

	CHECK(plays_load(&p, fixture_file("file", "1\t7\t1\n2\t5\t1\n"), &e) == 0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		CHECK(item_names_load(&n, fixture_file("users", cases[i][0]), &p, &e) < 0);
		CHECK_STR(e.text, cases[i][1]);
		item_names_clear(&n);
	}
	CHECK(item_names_load(&n, fixture_file("users", "5\ta\n"), &p, &e) == 0 && n.unnamed == 1);
	item_names_clear(&n);
	plays_clear(&p);
}

int main(void)
{
	char directory[32];

	dense_single_threaded();
	fixture_enter(directory);
	RUN(what_the_same_users_play_is_near);
	RUN(lengths_are_raised_to_a_power);
	RUN(tracks_of_an_item_differ_by_their_noise);
	RUN(threads_do_not_matter_and_the_seed_does);
	RUN(what_cannot_be_learned_from_is_refused);
	RUN(two_plays_are_enough);
	RUN(catalogs_name_tracks_and_items);
	RUN(bad_names_are_told);
	fixture_leave(directory);
	return DONE();
}
