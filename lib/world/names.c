#include "world/names.h"

#include <stdio.h>
#include <string.h>

#include "base/murmur3.h"

/*
 * Word lists. A pattern takes a word of list x by writing $x. Some lists are parts of words: two parts make a family
 * name, two or three a coined one, and so names do not run out.
 */
static const char *const adjectives[] = {
	"Amber", "Ancient", "Borrowed", "Bright", "Broken", "Bitter", "Careless", "Civil", "Clever", "Cold",
	"Copper", "Crooked", "Distant", "Double", "Drowsy", "Dusty", "Early", "Eastern", "Electric", "Empty",
	"Faithful", "Famous", "Fearless", "Fever", "Final", "Foreign", "Frozen", "Gentle", "Golden", "Half-Lit",
	"Hidden", "Hollow", "Honest", "Humble", "Idle", "Inner", "Iron", "Ivory", "Jealous", "Kind", "Late",
	"Little", "Lonesome", "Loud", "Lucky", "Magnetic", "Midnight", "Modern", "Narrow", "Nervous",
	"Northern", "Odd", "Open", "Painted", "Paper", "Patient", "Plastic", "Polite", "Quiet", "Rainy",
	"Restless", "Royal", "Rusty", "Salty", "Secret", "Second", "Seven", "Sideways", "Silent", "Simple",
	"Sleepless", "Slow", "Solar", "Southern", "Spare", "Stolen", "Strange", "Stubborn", "Sudden", "Sunken",
	"Tender", "Thirsty", "Tidal", "Tiny", "Twin", "Uneven", "Unknown", "Upper", "Velvet", "Violet",
	"Wandering", "Warm", "Weary", "Western", "Wicked", "Wide", "Wild", "Winter", "Wooden", "Young",
};

static const char *const nouns[] = {
	"Alley", "Almanac", "Anchor", "Antenna", "Arcade", "Atlas", "Avenue", "Balcony", "Ballroom", "Beacon",
	"Blossom", "Bonfire", "Border", "Bridge", "Cabin", "Candle", "Canyon", "Caravan", "Carousel",
	"Cathedral", "Chapel", "Cinder", "Circus", "Cloud", "Comet", "Compass", "Corner", "Cradle", "Current",
	"Curtain", "Daybreak", "Delta", "Desert", "Diary", "Distance", "Dream", "Echo", "Ember", "Engine",
	"Evening", "Feather", "Ferry", "Fiction", "Flame", "Forest", "Fountain", "Frontier", "Garden",
	"Gravity", "Harbour", "Hallway", "Harvest", "Heart", "Highway", "Horizon", "Hour", "House", "Island",
	"Junction", "Kite", "Ladder", "Lantern", "Letter", "Lighthouse", "Machine", "Meadow", "Memory",
	"Mercury", "Mirror", "Moon", "Morning", "Motor", "Mountain", "Night", "Ocean", "Orchard", "Paradise",
	"Parade", "Pavement", "Pilot", "Platform", "Postcard", "Promise", "Quarry", "Radio", "Rain", "Ribbon",
	"River", "Rooftop", "Room", "Rumour", "Sail", "Satellite", "Season", "Shadow", "Shelter", "Shore",
	"Signal", "Sky", "Smoke", "Snow", "Song", "Spark", "Stairway", "Station", "Storm", "Street", "Summer",
	"Suitcase", "Telegram", "Theatre", "Thunder", "Tide", "Tower", "Train", "Valley", "Voice", "Weather",
	"Window", "Wire",
};

static const char *const plurals[] = {
	"Admirals", "Apprentices", "Astronomers", "Badgers", "Bankers", "Barbers", "Beekeepers", "Bicycles",
	"Bishops", "Blackbirds", "Brothers", "Burglars", "Cardinals", "Carpenters", "Cartographers",
	"Chandeliers", "Clocks", "Corsairs", "Cousins", "Cowboys", "Dancers", "Daughters", "Detectives",
	"Divers", "Dragonflies", "Drifters", "Druids", "Elevators", "Falcons", "Ferrymen", "Fireflies",
	"Flamingos", "Foxes", "Gamblers", "Gardeners", "Geysers", "Ghostwriters", "Giants", "Gulls", "Hares",
	"Heralds", "Herons", "Hounds", "Hurricanes", "Interpreters", "Jaywalkers", "Jugglers", "Kestrels",
	"Lamplighters", "Landlords", "Larks", "Lemons", "Librarians", "Lodgers", "Lovers", "Magicians",
	"Magpies", "Mariners", "Matadors", "Meteors", "Miners", "Monarchs", "Mosquitos", "Neighbours", "Nomads",
	"Otters", "Owls", "Oysters", "Painters", "Paragraphs", "Parrots", "Passengers", "Pelicans", "Pigeons",
	"Pioneers", "Plumbers", "Poachers", "Postmen", "Professors", "Prophets", "Rascals", "Ravens", "Robots",
	"Sailors", "Salesmen", "Satellites", "Scarecrows", "Sisters", "Sleepwalkers", "Smugglers", "Sparrows",
	"Spectators", "Strangers", "Swimmers", "Tailors", "Teachers", "Thieves", "Tigers", "Tourists",
	"Typewriters", "Umbrellas", "Vagrants", "Ventriloquists", "Volcanoes", "Waiters", "Walkers",
	"Wanderers", "Watchmen", "Weavers", "Whales", "Wolves", "Wrens",
};

static const char *const first_names[] = {
	"Ada", "Agnes", "Alba", "Albert", "Amara", "Anders", "Anouk", "Arlo", "Astrid", "August", "Beatriz",
	"Benno", "Bianca", "Boris", "Bruno", "Calvin", "Camille", "Carmen", "Cecil", "Clara", "Cora", "Cyrus",
	"Dahlia", "Daniel", "Delia", "Dexter", "Dora", "Edgar", "Edith", "Elias", "Eliza", "Elsa", "Emeka",
	"Enzo", "Esther", "Etta", "Ezra", "Fatou", "Felix", "Flora", "Floyd", "Frida", "Gilda", "Giulia",
	"Gloria", "Greta", "Gus", "Hana", "Hanna", "Harold", "Hattie", "Hector", "Helga", "Henrik", "Hugo",
	"Ida", "Ilse", "Imani", "Ines", "Ingrid", "Íris", "Ivan", "Ivy", "Jasper", "Joana", "Jonah", "Josef",
	"Judith", "Julius", "June", "Jürgen", "Kaito", "Karin", "Keiko", "Kofi", "Lars", "Laszlo", "Leila",
	"Lena", "Leon", "Leroy", "Lidia", "Lionel", "Lorna", "Lotte", "Louis", "Lucinda", "Łucja", "Luther",
	"Mabel", "Magda", "Malik", "Manuel", "Marcel", "Margot", "Marta", "Matilda", "Maud", "Maurice", "Mercy",
	"Mila", "Milo", "Mina", "Miriam", "Morris", "Nadia", "Nestor", "Nina", "Noor", "Odette", "Olga",
	"Olive", "Omar", "Oscar", "Otis", "Paloma", "Pearl", "Pedro", "Petra", "Priya", "Quentin", "Ramona",
	"Raul", "Renée", "Rita", "Roland", "Rosa", "Rufus", "Ruth", "Salma", "Samira", "Selma", "Silas",
	"Simone", "Sofia", "Søren", "Stella", "Sven", "Sylvia", "Tamar", "Tariq", "Thea", "Theo", "Tilda",
	"Tomas", "Ulla", "Ursula", "Valentin", "Vera", "Victor", "Viola", "Walter", "Wanda", "Wilma", "Winston",
	"Yara", "Yusuf", "Yvette", "Zelda", "Zoë",
};

static const char *const family_starts[] = {
	"Alder", "Apple", "Ash", "Barn", "Beck", "Bell", "Birch", "Black", "Brad", "Bram", "Brent", "Brook",
	"Burn", "Cald", "Carl", "Chan", "Clay", "Cole", "Crom", "Dal", "Dray", "Dun", "East", "Eld", "Fair",
	"Fen", "Gar", "Gold", "Gran", "Green", "Grim", "Hal", "Ham", "Hart", "Hawk", "Hazel", "Hay", "Holm",
	"Hunt", "Kel", "King", "Lang", "Lind", "Lock", "Long", "Mar", "May", "Mill", "Mont", "Nor", "Oak",
	"Pem", "Pres", "Rad", "Red", "Rock", "Rose", "Rush", "Sand", "Sher", "South", "Stan", "Stone", "Swan",
	"Thorn", "Tild", "Under", "Wake", "Wal", "West", "Whit", "Wil", "Win", "Wood", "Wyn",
};

static const char *const family_ends[] = {
	"acre", "berg", "bourne", "bury", "by", "combe", "cott", "dale", "den", "field", "ford", "gate",
	"grove", "ham", "hurst", "land", "ley", "low", "man", "marsh", "mere", "more", "ridge", "sen", "shaw",
	"son", "stead", "ston", "stroem", "ton", "vale", "wall", "ward", "well", "wick", "wood", "worth",
	"wright",
};

static const char *const families[] = {
	"Abara", "Adeyemi", "Almeida", "Andrade", "Barros", "Baptiste", "Castellano", "Chaudhry", "Costa",
	"Cruz", "Delacroix", "Diallo", "Dimitrov", "Eriksen", "Fontaine", "Fujimoto", "Gallo", "Håkansson",
	"Haddad", "Horvath", "Ibáñez", "Ito", "Ivanova", "Jankowski", "Kaya", "Keita", "Kimura", "Kowalczyk",
	"Krüger", "Lefèvre", "Lindqvist", "Lombardi", "Mbeki", "Mendes", "Moreau", "Nakagawa", "Nowak", "Núñez",
	"Okafor", "Oliveira", "Papadakis", "Petrov", "Quiroga", "Rahman", "Ricci", "Rojas", "Sørensen", "Saito",
	"Salazar", "Schreiber", "Silva", "Szabó", "Takeda", "Toure", "Varga", "Vasquez", "Verhoeven", "Weiss",
	"Yilmaz", "Zamora",
};

static const char *const coined_starts[] = {
	"Al", "Ar", "Ba", "Bri", "Ca", "Cy", "Da", "Del", "Dra", "Ee", "El", "Fa", "Flo", "Ga", "Glo", "Ha",
	"Hy", "Ji", "Jo", "Ka", "Ky", "La", "Lu", "Ma", "Mo", "Na", "Ny", "O", "Or", "Pa", "Phe", "Qua", "Ra",
	"Ro", "Sa", "Sky", "So", "Ta", "Tri", "U", "Va", "Ve", "Vo", "Wa", "Xa", "Ya", "Ze", "Zo",
};

static const char *const coined_middles[] = {
	"ba", "bo", "da", "di", "fi", "ga", "go", "ka", "ki", "la", "le", "li", "lo", "ma", "mi", "mo", "na",
	"ne", "no", "pa", "ra", "ri", "ro", "sa", "se", "so", "ta", "te", "ti", "va", "ve", "vi", "xi", "za",
	"zo",
};

static const char *const coined_ends[] = {
	"ban", "bit", "bro", "dar", "dex", "dia", "don", "dra", "fex", "ga", "gon", "kai", "kon", "la", "lex",
	"lis", "lon", "lux", "ma", "mar", "mir", "mo", "na", "nix", "non", "nova", "phon", "ra", "rex", "ria",
	"ron", "sis", "ska", "sol", "ta", "tan", "tec", "tha", "tis", "ton", "tro", "va", "van", "vex", "vox",
	"xis", "xo", "za", "zen", "zu",
};

static const char *const groups[] = {
	"Trio", "Quartet", "Quintet", "Band", "Orchestra", "Ensemble", "Big Band", "Collective", "Experience",
	"Project", "Choir",
};

static const char *const places[] = {
	"Antwerp", "Bergen", "Bilbao", "Bristol", "Cairo", "Cork", "Cracow", "Dakar", "Dresden", "Fargo",
	"Galway", "Genoa", "Ghent", "Haifa", "Havana", "Hull", "Izmir", "Kyoto", "Lagos", "Leeds", "Lima",
	"Lisbon", "Lodz", "Malmö", "Manila", "Marseille", "Memphis", "Montréal", "Nairobi", "Omaha", "Oslo",
	"Porto", "Quito", "Riga", "Salford", "Santiago", "Sofia", "Tampere", "Tbilisi", "Trieste", "Tucson",
	"Tulsa", "Turin", "Utrecht", "Valparaíso", "Vilnius", "Warsaw", "Yerevan", "Zagreb",
};

static const char *const verbs[] = {
	"Answer", "Believe", "Bring", "Call", "Carry", "Catch", "Chase", "Count", "Cross", "Drop", "Fade",
	"Find", "Follow", "Forget", "Forgive", "Give", "Guide", "Hear", "Hide", "Hold", "Hurt", "Keep", "Kiss",
	"Know", "Leave", "Lift", "Light", "Lose", "Love", "Meet", "Mind", "Miss", "Move", "Name", "Need",
	"Paint", "Promise", "Pull", "Read", "Remember", "Rescue", "Ring", "Save", "See", "Send", "Shake",
	"Show", "Sing", "Steal", "Stop", "Take", "Teach", "Tell", "Thank", "Throw", "Trust", "Turn", "Wake",
	"Want", "Watch",
};

static const char *const doings[] = {
	"Asking", "Breathing", "Burning", "Calling", "Climbing", "Counting", "Crossing", "Crying", "Dancing",
	"Dreaming", "Driving", "Drifting", "Drinking", "Falling", "Fading", "Fishing", "Floating", "Flying",
	"Forgetting", "Growing", "Hiding", "Hoping", "Howling", "Knocking", "Laughing", "Leaving", "Listening",
	"Looking", "Lying", "Moving", "Packing", "Painting", "Praying", "Racing", "Reading", "Running",
	"Sailing", "Shaking", "Shining", "Singing", "Sinking", "Skating", "Sleeping", "Smiling", "Speaking",
	"Spinning", "Standing", "Staring", "Swimming", "Talking", "Thinking", "Turning", "Waiting", "Waking",
	"Walking", "Waltzing", "Waving", "Whispering", "Writing",
};

static const char *const moments[] = {
	"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "January", "April",
	"June", "August", "October", "November", "Christmas", "Midnight", "Noon", "Sunrise", "Dawn", "Dusk",
	"Tomorrow", "Yesterday", "Tonight",
};

static const char *const colours[] = {
	"Black", "Blue", "Brown", "Crimson", "Gold", "Green", "Grey", "Indigo", "Orange", "Pink", "Purple",
	"Red", "Scarlet", "Silver", "White", "Yellow",
};

static const char *const counts[] = {
	"Two", "Three", "Four", "Five", "Six", "Seven", "Nine", "Ten", "Eleven", "Twelve", "Thirteen", "Forty",
	"Ninety-Nine", "A Hundred", "A Thousand", "A Million",
};

static const char *const endings[] = {
	"(Live)", "(Acoustic)", "(Demo)", "(Radio Edit)", "(Remastered)", "(Instrumental)", "(Reprise)",
	"(Album Version)", "(Extended Mix)", "(Dub)",
};

#define LIST(x) x, sizeof x / sizeof *x

static const struct list {
	char letter;
	const char *const *words;
	size_t n;
} lists[] = {
	{'a', LIST(adjectives)},    {'n', LIST(nouns)},		 {'p', LIST(plurals)},	   {'f', LIST(first_names)},
	{'s', LIST(family_starts)}, {'e', LIST(family_ends)},	 {'l', LIST(families)},	   {'x', LIST(coined_starts)},
	{'y', LIST(coined_middles)}, {'z', LIST(coined_ends)},	 {'g', LIST(groups)},	   {'t', LIST(places)},
	{'v', LIST(verbs)},	    {'i', LIST(doings)},	 {'d', LIST(moments)},	   {'c', LIST(colours)},
	{'m', LIST(counts)},	    {'r', LIST(endings)},
};

/* A pattern, and how often it is taken compared with the others. */
struct pattern {
	unsigned weight;
	const char *text;
};

static const struct pattern artist_patterns[] = {
	{26, "$f $s$e"},     {10, "$f $l"},	{9, "The $a $p"},    {5, "The $p"},	   {7, "$a $n"},
	{4, "$n $p"},	     {4, "$x$z"},	{5, "$x$y$z"},	     {3, "$x$y$y$z"},	   {3, "$f & the $p"},
	{2, "$f $s$e $g"},   {2, "$t $g"},	{2, "$n of $t"},     {2, "DJ $x$y$z"},	   {1, "MC $x$z"},
	{2, "$a $n $g"},     {1, "$f & $f"},	{1, "$f $l & $f $s$e"}, {1, "$s$e & $s$e"}, {2, "$c $n"},
	{1, "$f $s$e & the $a $p"},		{1, "$m $p"},	     {1, "The $s$e $g"},   {1, "$x$y$z vs. $x$y$z"},
};

static const struct pattern title_patterns[] = {
	{8, "$a $n"}, {5, "$n"}, {4, "The $n"}, {3, "$n $n"}, {4, "$i in $t"}, {4, "$v Me"}, {3, "$v Me $d"},
	{3, "Don't $v Me"}, {3, "Don't $v the $n"}, {4, "$n of the $n"}, {3, "The $a $n"}, {4, "$i for the $n"},
	{3, "$i Through the $n"}, {3, "$c $n"}, {2, "$c $n Blues"}, {3, "$m $p"}, {2, "$m $p in $t"}, {3, "$f"},
	{2, "Song for $f"}, {2, "$f's $n"}, {3, "$d $n"}, {2, "$d in $t"}, {2, "Leaving $t"}, {2, "Back to $t"},
	{3, "My $a $n"}, {2, "Your $n"}, {2, "All the $p"}, {2, "Where the $p Sleep"},
	{2, "When the $n Comes Down"}, {2, "Nobody's $n"}, {3, "I $v You"}, {2, "You Never $v"},
	{2, "How to $v a $n"}, {2, "If You $v My $n"}, {1, "$v the $n and $v the $n"}, {2, "$i"},
	{2, "Still $i"}, {2, "No $n"}, {1, "$n, Pt. 2"}, {1, "Intro"}, {1, "Interlude"},
	{1, "What $f Said to the $p"}, {2, "$a $n $r"}, {2, "$v Me $r"}, {1, "$n (feat. $f $s$e)"},
	{1, "The Ballad of $f $l"}, {1, "I Would Rather $v the $n Than $v You Again"}, {2, "Waltz for $f"},
	{1, "$n No. $m"},
};

static const char *draw_pattern(const struct pattern *patterns, size_t n, struct rng *r)
{
	uint32_t total = 0, x;

	for (size_t i = 0; i < n; i++)
		total += patterns[i].weight;
	x = rng_below(r, total);
	while (x >= patterns->weight)
		x -= patterns++->weight;
	return patterns->text;
}

static const char *draw_word(char letter, struct rng *r)
{
	const struct list *l = lists;

	while (l->letter != letter)
		l++;
	return l->words[rng_below(r, (uint32_t)l->n)];
}

/* No pattern comes near NAMES_SIZE with its longest words; the unit test counts. */
static void fill_in(const char *pattern, struct rng *r, char dst[NAMES_SIZE])
{
	size_t len = 0;

	for (; *pattern; pattern++) {
		const char *piece = *pattern == '$' ? draw_word(*++pattern, r) : pattern;
		size_t n = piece == pattern ? 1 : strlen(piece);

		if (n < NAMES_SIZE - len) {
			memcpy(dst + len, piece, n);
			len += n;
		}
	}
	dst[len] = 0;
}

/*
 * Takes a name if it is free. Only hashes are kept: a name that is taken for another's by chance is one that nobody
 * gets. Returns 1, 0 if it is not free, -1 where there is no memory.
 */
static int take_name(struct names *n, const char *name)
{
	uint32_t hash = murmur3(name, strlen(name), 0), *value;

	if (hash == IDMAP_NONE)
		return 0;
	value = idmap_at(&n->taken, hash);
	return value ? !(*value)++ : -1;
}

int names_artist(struct names *n, struct rng *r, char dst[NAMES_SIZE])
{
	enum { DRAWS = 20 };
	int taken = 0;
	size_t len;

	for (int i = 0; i < DRAWS && taken == 0; i++) {
		fill_in(draw_pattern(artist_patterns, sizeof artist_patterns / sizeof *artist_patterns, r), r, dst);
		taken = take_name(n, dst);
	}
	/* As catalogs do with namesakes. */
	len = strlen(dst);
	for (unsigned long k = 2; taken == 0; k++) {
		snprintf(dst + len, NAMES_SIZE - len, " (%lu)", k);
		taken = take_name(n, dst);
	}
	return taken < 0 ? -1 : 0;
}

void names_title(struct rng *r, char dst[NAMES_SIZE])
{
	fill_in(draw_pattern(title_patterns, sizeof title_patterns / sizeof *title_patterns, r), r, dst);
}

void names_clear(struct names *n)
{
	idmap_clear(&n->taken);
}
