#include "train/projector.h"

#include <stdint.h>

#include "unit/fixture.h"

static void expect_file(const char *path, const char *want)
{
	FILE *f = fopen(path, "r");
	char text[256] = "";

	CHECK(f && fread(text, 1, sizeof text - 1, f) > 0 && fclose(f) == 0);
	CHECK_STR(text, want);
}

static void a_line_is_a_track(void)
{
	float values[] = {1, -0.5f, 0.1f, 0x1p-30f};
	struct npy m = {NPY_FLOAT32, 2, 2, values};
	struct catalog c = {0};
	struct errmsg e = {0};

	fixture_file("file", "{\"track\":9,\"artist\":\"a\\u2028b\",\"title\":\"x\\ty\\r\\nz\"}\n"
			     "{\"track\":3,\"artist\":\"\\u00e9\\u0085\"}\n");
	CHECK(catalog_load(&c, "file", &e) == 0);
	CHECK(projector_save(&m, &c, "made", &e) == 0);
	CHECK_STR(e.text, "");
	expect_file("made/tensors.tsv", "1\t-0.5\n0.100000001\t9.31322575e-10\n");
	expect_file("made/metadata.tsv", "title\tartist\tid\n\t\xc3\xa9 \t3\nx y  z\ta b\t9\n");
	unlink("made/tensors.tsv");
	unlink("made/metadata.tsv");
	CHECK(rmdir("made") == 0);
	catalog_clear(&c);
}

static void rows_must_be_those_of_the_catalog(void)
{
	float values[] = {1, 2, 3, 4};
	struct npy m = {NPY_FLOAT32, 2, 2, values}, loaded;
	struct catalog c = {0};
	struct errmsg e = {0};
	FILE *f = fopen("matrix.npy", "w");

	npy_write(f, &m);
	CHECK(f && fclose(f) == 0);
	fixture_catalog(&c, 2, 1, 1);
	CHECK(projector_load(&loaded, "matrix.npy", &c, &e) == 0 && loaded.rows == 2);
	npy_clear(&loaded);
	catalog_clear(&c);
	fixture_catalog(&c, 3, 1, 1);
	CHECK(projector_load(&loaded, "matrix.npy", &c, &e) < 0);
	CHECK_STR(e.text, "matrix.npy: 2 rows for a catalog of 3 tracks");
	CHECK(projector_load(&loaded, "nowhere", &c, &e) < 0);
	CHECK_STR(e.text, "nowhere: No such file or directory");
	CHECK(projector_load(&loaded, ".", &c, &e) < 0);
	CHECK_STR(e.text, "./tracks.npy: No such file or directory");
	catalog_clear(&c);
}

int main(void)
{
	char directory[32];

	fixture_enter(directory);
	RUN(a_line_is_a_track);
	RUN(rows_must_be_those_of_the_catalog);
	fixture_leave(directory);
	return DONE();
}
