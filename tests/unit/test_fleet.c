/* Several providers as one: who is asked, in which order, and what a refusal, a lost link or a full window changes. */
#include "fleet.h"

#include <string.h>

#include "clock.h"

#define N 3

/* A provider that takes what it is told to. */
struct fake {
	struct carrier carrier;
	struct carrier_events events;
	const char *name;
	bool up, busy;		/* busy: cannot leave yet */
	guint room;
	GString *got;		/* job numbers */
};

static struct fake fakes[N];
static GString *story;		/* what the outbox heard */

static guint fake_room(struct carrier *c)
{
	return ((struct fake *)c)->up ? ((struct fake *)c)->room : 0;
}

static void fake_send(struct carrier *c, const struct parcel *p)
{
	struct fake *f = (struct fake *)c;

	g_assert_cmpuint(f->room, >, 0);
	f->room--;
	g_string_append_printf(f->got, "%d ", (int)p->job);
}

static gsize fake_fds(struct carrier *c, struct pollfd *fds, gsize max)
{
	(void)c;
	g_assert_cmpuint(max, >, 0);
	fds[0] = (struct pollfd){ .fd = -1 };
	return 1;
}

static int fake_timeout(struct carrier *c)
{
	(void)c;
	return -1;
}

static void fake_turn(struct carrier *c, const struct pollfd *fds, gsize n)
{
	(void)c;
	g_assert_nonnull(fds);
	g_assert_cmpuint(n, ==, 1);
}

static gsize fake_status(struct carrier *c, struct carrier_status *s_r, gsize max)
{
	struct fake *f = (struct fake *)c;

	g_assert_cmpuint(max, >, 0);
	*s_r = (struct carrier_status){ .name = f->name, .up = f->up, .last_error = "" };
	return 1;
}

static void fake_stop(struct carrier *c)
{
	((struct fake *)c)->up = false;
}

static bool fake_idle(struct carrier *c)
{
	return !((struct fake *)c)->up && !((struct fake *)c)->busy;
}

static void fake_free(struct carrier *c)
{
	g_string_free(((struct fake *)c)->got, TRUE);
}

static const struct carrier_ops fake_ops = {
	.room = fake_room, .send = fake_send, .fds = fake_fds, .timeout_ms = fake_timeout, .turn = fake_turn,
	.status = fake_status, .stop = fake_stop, .idle = fake_idle, .free = fake_free,
};

static void on_outcome(void *user, const char *provider, int64_t job, enum carrier_result result, const char *id,
		       const char *error)
{
	static const char *const results[] = { "sent", "later", "refused", "unknown" };

	(void)user;
	(void)id;
	g_assert_nonnull(error);
	g_string_append_printf(story, "%s:%d:%s ", provider, (int)job, results[result]);
}

/* places: of a, b and c, NULL-terminated by a name of NULL. */
static struct carrier *fleet_of_fakes(const struct fleet_place places[N])
{
	static const char *const names[N] = { "a", "b", "c" };
	struct carrier_events events = { .outcome = on_outcome };
	struct carrier *fleet = fleet_new(&events);

	story = g_string_new(NULL);
	for (guint k = 0; k < N; k++) {
		fakes[k] = (struct fake){
			.carrier.ops = &fake_ops, .events = fleet_events(fleet), .name = names[k], .up = true,
			.room = 100, .got = g_string_new(NULL)
		};
		fleet_add(fleet, &fakes[k].carrier, &places[k]);
	}
	return fleet;
}

static void fleet_end(struct carrier *fleet)
{
	fleet->ops->stop(fleet);
	g_assert_true(fleet->ops->idle(fleet));
	fleet->ops->free(fleet);
	g_string_free(story, TRUE);
}

static guint send(struct carrier *fleet, int64_t job, const char *to)
{
	struct parcel p = { .job = job, .to = to, .text = "MISSED" };
	guint room = fleet->ops->room(fleet);

	if (room)
		fleet->ops->send(fleet, &p);
	return room;
}

static void turn(struct carrier *fleet)
{
	struct pollfd fds[16];
	gsize n = fleet->ops->fds(fleet, fds, G_N_ELEMENTS(fds));

	fleet->ops->turn(fleet, fds, n);
}

static void tell(guint k, int64_t job, enum carrier_result result)
{
	fakes[k].events.outcome(fakes[k].events.user, fakes[k].name, job, result, "", "as the test wants it");
}

static const struct fleet_place in_order[N] = {
	{ .priority = 1, .weight = 1 }, { .priority = 2, .weight = 1 }, { .priority = 3, .weight = 1 }
};

static void test_priority(void)
{
	struct carrier *fleet = fleet_of_fakes(in_order);

	send(fleet, 1, "+447700900123");
	fakes[0].up = false;
	send(fleet, 2, "+447700900123");
	fakes[0].up = true;
	send(fleet, 3, "+447700900123");
	g_assert_cmpstr(fakes[0].got->str, ==, "1 3 ");
	g_assert_cmpstr(fakes[1].got->str, ==, "2 ");
	fleet_end(fleet);
}

static void test_nobody_is_up(void)
{
	struct carrier *fleet = fleet_of_fakes(in_order);

	for (guint k = 0; k < N; k++)
		fakes[k].up = false;
	g_assert_cmpuint(send(fleet, 1, "+447700900123"), ==, 0);
	g_assert_cmpint(fleet->ops->timeout_ms(fleet), ==, -1);
	fleet_end(fleet);
}

static void test_refused(void)
{
	struct carrier *fleet = fleet_of_fakes(in_order);

	send(fleet, 1, "+447700900123");
	tell(0, 1, CARRIER_REFUSED);
	turn(fleet);
	g_assert_cmpstr(fakes[1].got->str, ==, "1 ");
	g_assert_cmpstr(story->str, ==, "");
	tell(1, 1, CARRIER_REFUSED);
	turn(fleet);
	tell(2, 1, CARRIER_REFUSED);
	g_assert_cmpstr(story->str, ==, "c:1:refused ");
	fleet_end(fleet);
}

static void test_refused_then_taken(void)
{
	struct carrier *fleet = fleet_of_fakes(in_order);

	send(fleet, 1, "+447700900123");
	tell(0, 1, CARRIER_REFUSED);
	turn(fleet);
	tell(1, 1, CARRIER_SENT);
	g_assert_cmpstr(story->str, ==, "b:1:sent ");
	fleet_end(fleet);
}

/* It may have arrived: another provider is the outbox's decision. */
static void test_unknown(void)
{
	struct carrier *fleet = fleet_of_fakes(in_order);

	send(fleet, 1, "+447700900123");
	tell(0, 1, CARRIER_UNKNOWN);
	turn(fleet);
	g_assert_cmpstr(story->str, ==, "a:1:unknown ");
	g_assert_cmpstr(fakes[1].got->str, ==, "");
	fleet_end(fleet);
}

static void test_full(void)
{
	struct carrier *fleet = fleet_of_fakes(in_order);
	int64_t now = clock_mono_ms();

	fakes[0].room = 0;
	g_assert_cmpuint(send(fleet, 1, "+447700900123"), ==, 0);	/* patience: it will have room soon */
	g_assert_cmpint(fleet->ops->timeout_ms(fleet), >, 0);
	clock_fake_mono(now + FLEET_PATIENCE_MS + 1);
	g_assert_cmpuint(send(fleet, 1, "+447700900123"), >, 0);
	g_assert_cmpstr(fakes[1].got->str, ==, "1 ");
	fakes[0].room = 10;
	send(fleet, 2, "+447700900123");
	g_assert_cmpstr(fakes[0].got->str, ==, "2 ");
	clock_fake_mono(-1);
	fleet_end(fleet);
}

static void test_prefixes(void)
{
	static const char *const uk[] = { "+44", NULL }, *const de[] = { "+43", "+49", NULL };
	static const struct fleet_place places[N] = {
		{ .priority = 1, .weight = 1, .prefixes = uk }, { .priority = 1, .weight = 1, .prefixes = de },
		{ .priority = 2, .weight = 1 }
	};
	struct carrier *fleet = fleet_of_fakes(places);

	send(fleet, 1, "+447700900123");
	send(fleet, 2, "+493023125000");
	send(fleet, 3, "+12025550143");
	send(fleet, 4, "+493023125001");
	fakes[0].up = false;
	send(fleet, 5, "+447700900123");
	g_assert_cmpstr(fakes[0].got->str, ==, "1 ");
	g_assert_cmpstr(fakes[1].got->str, ==, "2 4 ");
	g_assert_cmpstr(fakes[2].got->str, ==, "3 5 ");
	fleet_end(fleet);
}

/* Room there is, but not for this number: later, and nothing is lost. */
static void test_no_room_for_this_one(void)
{
	static const char *const uk[] = { "+44", NULL }, *const de[] = { "+49", NULL };
	static const struct fleet_place places[N] = {
		{ .priority = 1, .weight = 1, .prefixes = uk }, { .priority = 1, .weight = 1, .prefixes = de },
		{ .priority = 1, .weight = 1, .prefixes = de }
	};
	struct carrier *fleet = fleet_of_fakes(places);

	fakes[0].up = false;
	g_assert_cmpuint(send(fleet, 1, "+447700900123"), >, 0);
	turn(fleet);
	g_assert_cmpstr(story->str, ==, ":1:later ");
	fleet_end(fleet);
}

static void test_weights(void)
{
	static const struct fleet_place places[N] = {
		{ .priority = 1, .weight = 3 }, { .priority = 1, .weight = 1 }, { .priority = 2, .weight = 9 }
	};
	struct carrier *fleet = fleet_of_fakes(places);

	for (int64_t job = 1; job <= 8; job++)
		send(fleet, job, "+447700900123");
	g_assert_cmpstr(fakes[0].got->str, ==, "1 2 4 5 6 8 ");
	g_assert_cmpstr(fakes[1].got->str, ==, "3 7 ");
	g_assert_cmpstr(fakes[2].got->str, ==, "");
	fleet_end(fleet);
}

static void test_rate(void)
{
	static const struct fleet_place places[N] = {
		{ .priority = 1, .weight = 1, .rate = 2 }, { .priority = 2, .weight = 1 }, { .priority = 2, .weight = 1 }
	};
	struct carrier *fleet;
	int64_t now = clock_mono_ms();

	clock_fake_mono(now);
	fleet = fleet_of_fakes(places);
	for (int64_t job = 1; job <= 3; job++)
		send(fleet, job, "+447700900123");
	g_assert_cmpstr(fakes[0].got->str, ==, "1 2 ");
	g_assert_cmpint(fleet->ops->timeout_ms(fleet), ==, 501);
	clock_fake_mono(now + 501);
	send(fleet, 4, "+447700900123");
	g_assert_cmpstr(fakes[0].got->str, ==, "1 2 4 ");
	clock_fake_mono(-1);
	fleet_end(fleet);
}

static gsize names(struct carrier *fleet, char *all)
{
	struct carrier_status s[2 * FLEET_MEMBERS_MAX];
	gsize n = fleet->ops->status(fleet, s, G_N_ELEMENTS(s));

	*all = '\0';
	for (gsize k = 0; k < n; k++)
		strcat(all, s[k].name);
	return n;
}

/* Who is removed gets no more texts, ends what it has, and goes; its place is free again. */
static void test_removed(void)
{
	struct carrier *fleet = fleet_of_fakes(in_order);
	struct fake more = { .carrier.ops = &fake_ops, .events = fleet_events(fleet), .name = "d", .up = true, .room = 9,
			     .got = g_string_new(NULL) };
	char all[8];

	send(fleet, 1, "+447700900123");
	fakes[0].busy = true;
	fleet_remove(fleet, "a");
	g_assert_cmpuint(names(fleet, all), ==, 2);
	send(fleet, 2, "+447700900123");
	g_assert_cmpstr(fakes[1].got->str, ==, "2 ");
	tell(0, 1, CARRIER_SENT);
	g_assert_cmpstr(story->str, ==, "a:1:sent ");
	turn(fleet);
	g_assert_false(fleet->ops->idle(fleet));
	fakes[0].busy = false;
	g_assert_cmpint(fleet->ops->timeout_ms(fleet), ==, 0);
	turn(fleet);
	fleet_add(fleet, &more.carrier, &in_order[0]);
	g_assert_cmpuint(names(fleet, all), ==, 3);
	g_assert_cmpstr(all, ==, "dbc");
	send(fleet, 3, "+447700900123");
	g_assert_cmpstr(more.got->str, ==, "3 ");
	fleet_end(fleet);
}

/* The new one begins only when the old one has left, and may be replaced itself before that. */
static void test_replaced(void)
{
	struct carrier *fleet = fleet_of_fakes(in_order);
	struct fake more[2];
	char all[8];

	for (guint k = 0; k < 2; k++)
		more[k] = (struct fake){ .carrier.ops = &fake_ops, .events = fleet_events(fleet), .name = "a", .up = true,
					 .room = 9, .got = g_string_new(NULL) };
	fakes[0].busy = true;
	fleet_replace(fleet, "a", &more[0].carrier, &in_order[0]);
	turn(fleet);
	send(fleet, 1, "+447700900123");
	g_assert_cmpstr(fakes[1].got->str, ==, "1 ");
	fleet_replace(fleet, "a", &more[1].carrier, &in_order[0]);
	fakes[0].busy = false;
	turn(fleet);
	g_assert_cmpuint(names(fleet, all), ==, 3);
	send(fleet, 2, "+447700900123");
	g_assert_cmpstr(more[1].got->str, ==, "2 ");
	fleet_end(fleet);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_log_set_always_fatal(G_LOG_FATAL_MASK);	/* lost links are what these tests are about */
	g_test_add_func("/fleet/priority", test_priority);
	g_test_add_func("/fleet/nobody-is-up", test_nobody_is_up);
	g_test_add_func("/fleet/refused", test_refused);
	g_test_add_func("/fleet/refused-then-taken", test_refused_then_taken);
	g_test_add_func("/fleet/unknown", test_unknown);
	g_test_add_func("/fleet/full", test_full);
	g_test_add_func("/fleet/prefixes", test_prefixes);
	g_test_add_func("/fleet/no-room-for-this-one", test_no_room_for_this_one);
	g_test_add_func("/fleet/weights", test_weights);
	g_test_add_func("/fleet/rate", test_rate);
	g_test_add_func("/fleet/removed", test_removed);
	g_test_add_func("/fleet/replaced", test_replaced);
	return g_test_run();
}
