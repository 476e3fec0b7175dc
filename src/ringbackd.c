#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sysexits.h>
#include <unistd.h>

#include <jansson.h>

#include "clock.h"
#include "control.h"
#include "courier.h"
#include "engine.h"
#include "err.h"
#include "fleet.h"
#include "host.h"
#include "log.h"
#include "milter.h"
#include "reader.h"
#include "reload.h"
#include "store.h"
#include "text.h"

#define DRAIN_S 10		/* for mails that are on their way through us */
#define UNBIND_S 5
#define CALENDARS_MS 10000	/* how often we look whether an iCalendar file changed */

enum role { ROLE_MILTER = 1, ROLE_COURIER = 2, ROLE_BOTH = 3 };

static struct options {
	char *conf_file, *role_name, *pid_file;
	gboolean foreground, check, print_defaults, debug, version;
	enum role role;
} options;

static struct daemon {
	struct engine *engine;
	struct store *store;
	struct courier *courier;	/* role courier */
	struct control *controls[2];
	int64_t started;
	GMutex reloading;		/* libconfuse: one thread at a time */
	int wake_fd;			/* role milter alone: the courier is another process */
	GThread *waker;
	gint waker_ends, stopping;
} d;

static int signal_pipe[2];

/* ---- signals: the main thread takes them all and does the work outside of the handler ---- */

static void on_signal(int sig)
{
	int saved = errno;
	gssize n;

	if ((sig == SIGTERM || sig == SIGINT) && g_atomic_int_add(&d.stopping, 1) > 0)
		_exit(EX_TEMPFAIL);	/* asked a second time */
	n = write(signal_pipe[1], "", 1);
	(void)n;	/* where it is full there is enough to be read */
	errno = saved;
}

static void signals_set(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGHUP);
	sigaddset(set, SIGUSR1);
}

/* Threads inherit what is blocked: only the main thread takes these. */
static bool signals_prepare(GError **err)
{
	struct sigaction sa = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
	sigset_t set;

	if (pipe2(signal_pipe, O_CLOEXEC | O_NONBLOCK) != 0)
		return err_set(err, ERR_CONF, "pipe: %s", g_strerror(errno));
	signals_set(&set);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGHUP, &sa, NULL);
	sigaction(SIGUSR1, &sa, NULL);
	return true;
}

static void signals_take(void)
{
	sigset_t set;

	signals_set(&set);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

/* ---- reload ---- */

static void say_lines(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (char **l = lines; *l; l++)
		log_error("%s", *l);
}

/* Loud, since people may be texted by what is out of date. */
static void say_calendars(const struct conf *c)
{
	const char *wrong = conf_calendars_wrong(c);

	if (wrong)
		log_error("calendar: %s; what was good before stays in force", wrong);
}

static void say_templates(const struct conf *c)
{
	g_auto(GStrv) lines = g_strsplit(c->templates_wrong ? c->templates_wrong : "", "\n", -1);

	for (char **l = lines; *l; l++)
		if (**l)
			log_error("template: %s; the built-in one stays in force", *l);
}

/* On error the old one stays in force. */
static bool reload(GError **err)
{
	struct conf *new, *old;

	g_mutex_lock(&d.reloading);
	old = engine_conf(d.engine);
	new = conf_load_after(options.conf_file, old, err);
	if (new) {
		reload_warn(old, new);
		say_calendars(new);
		say_templates(new);
		log_info("reload: conf=%s lines=%u people=%u", new->file, new->roster->lines->len,
			 new->roster->people->len);
		engine_set_conf(d.engine, new);
		if (d.courier)
			courier_reload(d.courier);
	}
	conf_unref(old);
	g_mutex_unlock(&d.reloading);
	return new != NULL;
}

/* Calendars are exported by other programs, whenever these like: nobody asks for a reload. */
static void look_at_calendars(void)
{
	struct conf *old, *new;
	g_autoptr(GError) err = NULL;

	g_mutex_lock(&d.reloading);
	old = engine_conf(d.engine);
	if (conf_calendars_changed(old)) {
		new = conf_load_again(old, &err);
		if (new) {
			say_calendars(new);
			log_info("calendars: read again, conf=%s", new->file);
			engine_set_conf(d.engine, new);
		} else {
			say_lines(err->message);
		}
	}
	conf_unref(old);
	g_mutex_unlock(&d.reloading);
}

static void reload_and_log(void)
{
	g_autoptr(GError) err = NULL;

	if (reload(&err))
		return;
	say_lines(err->message);
	log_error("reload: %s is wrong; the old configuration stays in force", options.conf_file);
}

/* ---- the control sockets ---- */

static json_t *milter_json(void)
{
	struct milter_counts c;

	milter_get_counts(&c);
	return json_pack("{sI sI sI sI sI sI sI sI sI si}", "connections", (json_int_t)c.connections,
			 "messages", (json_int_t)c.messages, "foreign", (json_int_t)c.foreign,
			 "notices", (json_int_t)c.notices, "edited", (json_int_t)c.edited,
			 "swallowed", (json_int_t)c.swallowed, "passed", (json_int_t)c.passed,
			 "forged", (json_int_t)c.forged, "store_failures", (json_int_t)c.store_failures, "open", c.open);
}

static json_t *peer_json(const struct carrier_status *s)
{
	return json_pack("{ss* sb ss* si si si sI sI sI ss*}", "name", s->name, "up", s->up, "state", s->state,
			 "under_way", (int)s->under_way, "window", (int)s->window, "rate", (int)s->rate, "sent", (json_int_t)s->sent, "failed", (json_int_t)s->failed,
			 "received", (json_int_t)s->received, "last_error", s->last_error);
}

/* All providers as one: up if any is. */
static json_t *carrier_json(const struct carrier_status *peers, gsize n)
{
	struct carrier_status sum = { .name = n == 1 ? peers[0].name : "all", .last_error = "" };

	for (gsize k = 0; k < n; k++) {
		sum.up |= peers[k].up;
		sum.under_way += peers[k].under_way;
		sum.window += peers[k].window;
		sum.sent += peers[k].sent;
		sum.failed += peers[k].failed;
		sum.received += peers[k].received;
		if (*peers[k].last_error)
			sum.last_error = peers[k].last_error;
	}
	return n ? peer_json(&sum) : json_null();
}

static void add_courier(json_t *o)
{
	struct carrier_status peers[FLEET_MEMBERS_MAX];
	AUTO_ARENA a = arena_new();
	gsize n = courier_status(d.courier, JOB_TEXT, peers, G_N_ELEMENTS(peers), a);
	json_t *providers = json_array();

	for (gsize k = 0; k < n; k++)
		json_array_append_new(providers, peer_json(&peers[k]));
	json_object_set_new(o, "texts", carrier_json(peers, n));
	json_object_set_new(o, "providers", providers);
	n = courier_status(d.courier, JOB_MAIL, peers, G_N_ELEMENTS(peers), a);
	json_object_set_new(o, "mails", carrier_json(peers, n));
}

static char *answer(json_t *o)
{
	char *text = json_dumps(o, JSON_COMPACT), *copy = g_strdup(text ? text : "{}");

	free(text);
	json_decref(o);
	return copy;
}

static char *status(enum role role)
{
	struct conf *c = engine_conf(d.engine);
	char buf[32];
	json_t *o = json_pack("{ss ss ss si ss*}", "role", role == ROLE_MILTER ? "milter" : "courier",
			      "version", PACKAGE_VERSION, "started", text_time(d.started, buf), "pid", (int)getpid(),
			      "conf", c->file);

	if (conf_calendars_wrong(c))
		json_object_set_new(o, "calendar_error", json_string(conf_calendars_wrong(c)));
	if (role == ROLE_MILTER)
		json_object_set_new(o, "milter", milter_json());
	if (role == ROLE_COURIER)
		add_courier(o);
	conf_unref(c);
	return answer(o);
}

static char *answer_reload(void)
{
	g_autoptr(GError) err = NULL;

	if (reload(&err))
		return answer(json_pack("{sb}", "ok", 1));
	say_lines(err->message);
	return answer(json_pack("{sb ss*}", "ok", 0, "error", err->message));
}

static char *on_request(void *user, const char *request)
{
	enum role role = (enum role)GPOINTER_TO_INT(user);

	if (strcmp(request, "status") == 0)
		return status(role);
	if (strcmp(request, "reload") == 0)
		return answer_reload();
	if (strcmp(request, "wake") != 0)
		return answer(json_pack("{sb ss}", "ok", 0, "error", "unknown request; status, reload, wake"));
	if (d.courier)
		courier_wake(d.courier);
	return answer(json_pack("{sb}", "ok", 1));
}

static bool controls_start(const struct conf *conf, GError **err)
{
	static const struct { enum role role; const char *name; } roles[] = {
		{ ROLE_MILTER, "milter.ctl" }, { ROLE_COURIER, "courier.ctl" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(roles); i++) {
		g_autofree char *path = g_build_filename(conf->run_dir, roles[i].name, NULL);

		if (!(options.role & roles[i].role))
			continue;
		d.controls[i] = control_start(path, on_request, GINT_TO_POINTER(roles[i].role), err);
		if (!d.controls[i])
			return false;
	}
	return true;
}

/* ---- waking the courier ---- */

static gpointer wake_other_process(gpointer run_dir)
{
	g_autofree char *path = g_build_filename(run_dir, "courier.ctl", NULL);
	uint64_t n;

	g_free(run_dir);
	while (read(d.wake_fd, &n, sizeof(n)) == sizeof(n) && !g_atomic_int_get(&d.waker_ends)) {
		/* Nobody there: the courier looks by itself once a minute, and when it starts. */
		g_autofree char *said = control_ask(path, "wake", NULL);

		log_debug("wake: courier %s", said ? "woken" : "not there");
	}
	return NULL;
}

static void wake(void *user)
{
	struct courier *courier = g_atomic_pointer_get(&d.courier);
	const uint64_t one = 1;

	(void)user;
	if (courier)
		courier_wake(courier);
	else if (d.wake_fd >= 0 && write(d.wake_fd, &one, sizeof(one)) < 0)
		log_debug("wake: %s", g_strerror(errno));
}

static void waker_start(const struct conf *conf)
{
	d.wake_fd = -1;
	if (options.role & ROLE_COURIER)
		return;
	d.wake_fd = eventfd(0, EFD_CLOEXEC);
	d.waker = g_thread_new("waker", wake_other_process, g_strdup(conf->run_dir));
}

static void waker_stop(void)
{
	if (!d.waker)
		return;
	g_atomic_int_set(&d.waker_ends, 1);
	wake(NULL);
	g_thread_join(g_steal_pointer(&d.waker));
	close(d.wake_fd);
}

/* ---- start and stop ---- */

static bool make_folders(const struct conf *conf, GError **err)
{
	g_autofree char *store = g_path_get_dirname(conf->store), *socket = NULL;

	if (!host_folder(conf->run_dir, 0755, conf->user, err) || !host_folder(store, 0750, conf->user, err))
		return false;
	if (!(options.role & ROLE_MILTER) || !g_str_has_prefix(conf->milter_socket, "unix:"))
		return true;
	socket = g_path_get_dirname(conf->milter_socket + strlen("unix:"));
	/* The mail server must pass through; the socket has a mode of its own. */
	return host_folder(socket, 0755, conf->user, err);
}

/* The user must own the socket: to stop at once, libmilter is woken by a connection to it. */
static bool open_socket(const struct conf *conf, GError **err)
{
	if (!milter_listen(conf, err))
		return false;
	return !g_str_has_prefix(conf->milter_socket, "unix:") ||
	       host_give(conf->milter_socket + strlen("unix:"), conf->user, err);
}

/* What needs root, then root no more. */
static bool prepare(const struct conf *conf, GError **err)
{
	host_limits();
	if (!make_folders(conf, err))
		return false;
	if ((options.role & ROLE_MILTER) && !open_socket(conf, err))
		return false;
	if (!options.foreground && !host_background(err))
		return false;
	if (options.pid_file && !host_pid_file(options.pid_file, err))
		return false;
	return host_drop_privileges(conf->user, err);
}

static bool start(struct conf *conf, GError **err)
{
	if (!signals_prepare(err) || !(d.store = store_sqlite_open(conf->store, err)))
		return false;
	d.started = clock_now();
	reader_init();
	d.engine = engine_new(d.store, conf, wake, NULL);
	waker_start(conf);
	if (options.role & ROLE_COURIER) {
		struct courier *courier = courier_start(d.engine, d.store, err);

		if (!courier)
			return false;
		g_atomic_pointer_set(&d.courier, courier);
	}
	if (!controls_start(conf, err))
		return false;
	if ((options.role & ROLE_MILTER) && !milter_start(d.engine, err))
		return false;
	signals_take();
	return true;
}

static void stop(void)
{
	struct courier *courier = d.courier;

	for (gsize i = 0; i < G_N_ELEMENTS(d.controls); i++)
		if (d.controls[i])
			control_stop(d.controls[i]);
	if (options.role & ROLE_MILTER)
		milter_stop(DRAIN_S);
	waker_stop();
	if (courier) {
		g_atomic_pointer_set(&d.courier, NULL);
		courier_stop(courier, UNBIND_S);
	}
	if (d.engine)
		engine_free(d.engine);
	if (d.store)
		store_free(d.store);
	if (options.pid_file && unlink(options.pid_file) != 0)
		log_debug("pid file: %s", g_strerror(errno));
}

/* Until SIGTERM or SIGINT. Signals that came together ask for one reload, and for none if one of them says stop. */
static void serve(void)
{
	struct pollfd fd = { .fd = signal_pipe[0], .events = POLLIN };
	char asked[512];

	while (!g_atomic_int_get(&d.stopping)) {
		int ready = poll(&fd, 1, CALENDARS_MS);
		gssize n = ready > 0 ? read(signal_pipe[0], asked, sizeof(asked)) : 0;

		if (ready == 0)
			look_at_calendars();
		if (n > 0 && !g_atomic_int_get(&d.stopping))
			reload_and_log();
	}
	log_info("stop: role=%s", options.role_name ? options.role_name : "both");
}

static int fail(const GError *err)
{
	say_lines(err->message);
	if (!options.foreground)	/* the terminal is still ours, see host_ready() */
		fprintf(stderr, "ringbackd: %s\n", err->message);
	return err->domain == ERR_DOMAIN && err->code == ERR_CONF ? EX_CONFIG : EX_UNAVAILABLE;
}

static int run(struct conf *conf)
{
	g_autoptr(GError) err = NULL;
	int rc = 0;

	if (!prepare(conf, &err))
		return fail(err);
	if (start(conf, &err)) {
		log_info("start: version=%s role=%s conf=%s store=%s milter=%s", PACKAGE_VERSION,
			 options.role_name ? options.role_name : "both", conf->file, conf->store,
			 conf->milter_socket);
		say_templates(conf);
		host_ready();
		serve();
	} else {
		rc = fail(err);
	}
	stop();
	return rc;
}

/* ---- options ---- */

static const GOptionEntry entries[] = {
	{ "config", 'c', 0, G_OPTION_ARG_FILENAME, &options.conf_file,
	  "the configuration (" SYSCONF_DIR "/ringback/ringback.conf)", "FILE" },
	{ "foreground", 'f', 0, G_OPTION_ARG_NONE, &options.foreground, "stay in the foreground and log to stderr", NULL },
	{ "role", 0, 0, G_OPTION_ARG_STRING, &options.role_name, "milter, courier or both (the default)", "ROLE" },
	{ "check", 0, 0, G_OPTION_ARG_NONE, &options.check, "check the configuration, say what it means, and end", NULL },
	{ "print-defaults", 0, 0, G_OPTION_ARG_NONE, &options.print_defaults, "print every key with its default, and end", NULL },
	{ "debug", 0, 0, G_OPTION_ARG_NONE, &options.debug, "log more, numbers in full too", NULL },
	{ "pid-file", 0, 0, G_OPTION_ARG_FILENAME, &options.pid_file, "write the process id there", "FILE" },
	{ "version", 0, 0, G_OPTION_ARG_NONE, &options.version, "print the version, and end", NULL },
	{ NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL }
};

static bool read_role(void)
{
	static const struct { const char *name; enum role role; } roles[] = {
		{ "milter", ROLE_MILTER }, { "courier", ROLE_COURIER }, { "both", ROLE_BOTH },
	};

	options.role = ROLE_BOTH;
	for (gsize i = 0; options.role_name && i < G_N_ELEMENTS(roles); i++)
		if (strcmp(options.role_name, roles[i].name) == 0) {
			options.role = roles[i].role;
			return true;
		}
	return !options.role_name;
}

static int read_options(int argc, char **argv)
{
	g_autoptr(GOptionContext) context = g_option_context_new("- turns the mails of a PBX into items with one owner");
	g_autoptr(GError) err = NULL;

	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, &err))
		fprintf(stderr, "ringbackd: %s; see ringbackd --help\n", err->message);
	else if (argc > 1)
		fprintf(stderr, "ringbackd: what is \"%s\"? See ringbackd --help\n", argv[1]);
	else if (!read_role())
		fprintf(stderr, "ringbackd: --role=%s: write milter, courier or both\n",
			options.role_name);
	else
		return 0;
	return EX_USAGE;
}

static void options_clear(void)
{
	g_free(options.conf_file);
	g_free(options.role_name);
	g_free(options.pid_file);
}

static int load_and_run(void)
{
	g_autoptr(GError) err = NULL;
	struct conf *conf = conf_load(options.conf_file, &err);
	int rc = 0;

	if (!conf) {
		fprintf(stderr, "%s\n", err->message);
		return EX_CONFIG;
	}
	if (options.check)
		conf_explain(conf, stdout);
	else
		rc = run(conf);
	conf_unref(conf);
	return rc;
}

/* Mails come on many short-lived threads: with an arena for each, memory would grow with the number of processors. The
 * pad spares two system calls for each mail that ends. */
static void tune_malloc(void)
{
	mallopt(M_ARENA_MAX, 2);
	mallopt(M_TOP_PAD, 512 * 1024);
}

int main(int argc, char **argv)
{
	int rc;

	tune_malloc();
	rc = read_options(argc, argv);
	log_open(options.foreground ? LOG_TO_STDERR : LOG_TO_SYSLOG, options.debug);
	if (!options.conf_file)
		options.conf_file = g_strdup(SYSCONF_DIR "/ringback/ringback.conf");
	if (rc == 0 && options.version)
		puts("ringbackd " PACKAGE_VERSION);
	else if (rc == 0 && options.print_defaults)
		conf_print_defaults(stdout);
	else if (rc == 0)
		rc = load_and_run();
	options_clear();
	return rc;
}
