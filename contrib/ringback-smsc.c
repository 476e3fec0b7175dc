/* ringback-smsc: a pretend SMSC, to try a configuration without a carrier. It shows each text as a phone would, sends
 * delivery receipts, and lets a person answer. One thread, one poll(); it trusts nobody who connects. */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <netdb.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#include "smsc.h"
#include "text.h"

static const char help[] =
	"Usage: ringback-smsc [OPTION]...\n"
	"A pretend SMSC: shows the texts that a phone would get. For trying, never for real.\n"
	"\n"
	"  -p, --port N            listen on this TCP port (2775; 0: the kernel chooses, see the first line)\n"
	"  -H, --host ADDRESS      listen on this address (127.0.0.1)\n"
	"  -s, --system-id ID      refuse binds with another system_id\n"
	"  -P, --password-file F   refuse binds with another password than the first line of F\n"
	"  -d, --delay-ms N        answer each submit_sm after N milliseconds (0)\n"
	"  -r, --receipts KIND     delivered, failed or none (delivered)\n"
	"  -l, --log FILE          add one line of JSON for each text to FILE\n"
	"  -c, --control PATH      take commands on a unix socket\n"
	"  -S, --say COMMAND       give COMMAND to the one that runs with the same --control, print its answer, end\n"
	"  -h, --help              this help\n"
	"  -V, --version           the version\n"
	"\n"
	"Commands, on standard input or on the control socket:\n"
	"  reply NUMBER TEXT       a text from that phone, e.g.  reply +447700900123 17A\n"
	"  quit                    end\n";

static const struct option options[] = {
	{ "port", required_argument, NULL, 'p' },	{ "host", required_argument, NULL, 'H' },
	{ "system-id", required_argument, NULL, 's' },	{ "password-file", required_argument, NULL, 'P' },
	{ "delay-ms", required_argument, NULL, 'd' },	{ "receipts", required_argument, NULL, 'r' },
	{ "log", required_argument, NULL, 'l' },	{ "control", required_argument, NULL, 'c' },
	{ "say", required_argument, NULL, 'S' },	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },		{ NULL, 0, NULL, 0 },
};

static struct {
	const char *host, *port, *control, *say;
	char *password;
} given = { .host = "127.0.0.1", .port = "2775" };

static volatile sig_atomic_t signalled;

static void on_signal(int number)
{
	signalled = number;
}

static void die(int code, const char *what, const char *why)
{
	fprintf(stderr, "ringback-smsc: %s: %s\n", what, why);
	exit(code);
}

/* ---- options ---- */

static char *password_read(const char *file)
{
	g_autoptr(GError) err = NULL;
	char *text = NULL;

	if (!g_file_get_contents(file, &text, NULL, &err))
		die(EX_NOINPUT, "--password-file", err->message);
	text[strcspn(text, "\r\n")] = 0;
	return text;
}

static const char *receipts_word(const char *kind)
{
	if (strcmp(kind, "none") == 0)
		return NULL;
	if (strcmp(kind, "failed") == 0)
		return "UNDELIV";
	if (strcmp(kind, "delivered") != 0)
		die(EX_USAGE, "--receipts", "known are: delivered, failed, none");
	return "DELIVRD";
}

static FILE *log_open_file(const char *file)
{
	FILE *log = fopen(file, "ae");

	if (!log)
		die(EX_CANTCREAT, file, g_strerror(errno));
	return log;
}

static void option_take(int option)
{
	switch (option) {
	case 'p':
		given.port = optarg;
		break;
	case 'H':
		given.host = optarg;
		break;
	case 's':
		smsc.system_id = optarg;
		break;
	case 'P':
		g_free(given.password);
		smsc.password = given.password = password_read(optarg);
		break;
	case 'd':
		if (!text_to_long(optarg, 0, 3600 * 1000, &smsc.delay_ms))
			die(EX_USAGE, "--delay-ms", "a number of milliseconds, at most an hour");
		break;
	case 'r':
		smsc.receipts = receipts_word(optarg);
		break;
	case 'l':
		smsc.log = log_open_file(optarg);
		break;
	case 'c':
		given.control = optarg;
		break;
	case 'S':
		given.say = optarg;
		break;
	case 'h':
		fputs(help, stdout);
		exit(EX_OK);
	case 'V':
		puts("ringback-smsc " PACKAGE_VERSION);
		exit(EX_OK);
	default:
		exit(EX_USAGE);
	}
}

static void options_read(int argc, char **argv)
{
	int option;

	while ((option = getopt_long(argc, argv, "p:H:s:P:d:r:l:c:S:hV", options, NULL)) != -1)
		option_take(option);
	if (optind < argc)
		die(EX_USAGE, argv[optind], "is no option; see --help");
}

/* ---- sockets ---- */

static void listening_tell(int fd)
{
	struct sockaddr_storage a;
	socklen_t size = sizeof(a);
	char port[8] = "?";

	if (getsockname(fd, (struct sockaddr *)&a, &size) == 0)
		getnameinfo((struct sockaddr *)&a, size, NULL, 0, port, sizeof(port), NI_NUMERICSERV);
	printf("ringback-smsc: listening on %s port %s\n", given.host, port);
}

static int listen_tcp(void)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV };
	struct addrinfo *ai = NULL;
	int error = getaddrinfo(given.host, given.port, &hints, &ai), fd, one = 1;

	if (error)
		die(EX_USAGE, given.host, gai_strerror(error));
	fd = socket(ai->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (fd < 0 || bind(fd, ai->ai_addr, ai->ai_addrlen) != 0 || listen(fd, 64) != 0)
		die(EX_UNAVAILABLE, "listening", g_strerror(errno));
	freeaddrinfo(ai);
	listening_tell(fd);
	return fd;
}

static struct sockaddr_un control_address(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	if (strlen(given.control) >= sizeof(a.sun_path))
		die(EX_USAGE, given.control, "is too long a path for a socket");
	g_strlcpy(a.sun_path, given.control, sizeof(a.sun_path));
	return a;
}

static int listen_control(void)
{
	struct sockaddr_un a = control_address();
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct stat st;
	mode_t old;

	/* one that was left behind by kill -9 */
	if (lstat(given.control, &st) == 0 && S_ISSOCK(st.st_mode))
		unlink(given.control);
	old = umask(0177);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) != 0 || listen(fd, 8) != 0)
		die(EX_UNAVAILABLE, given.control, g_strerror(errno));
	umask(old);
	return fd;
}

/* The other side of --control. */
static int say(void)
{
	g_autofree char *line = g_strconcat(given.say, "\n", NULL);
	struct sockaddr_un a;
	char answer[256];
	ssize_t n;
	int fd;

	if (!given.control)
		die(EX_USAGE, "--say", "needs --control");
	a = control_address();
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof(a)) != 0)
		die(EX_UNAVAILABLE, given.control, g_strerror(errno));
	if (write(fd, line, strlen(line)) != (ssize_t)strlen(line))
		die(EX_IOERR, given.control, g_strerror(errno));
	n = read(fd, answer, sizeof(answer) - 1);
	close(fd);
	if (n <= 0)
		die(EX_IOERR, given.control, "no answer");
	answer[n] = 0;
	fputs(answer, stdout);
	return g_str_has_prefix(answer, "ok") ? EX_OK : EX_DATAERR;
}

static void signals_set(void)
{
	struct sigaction sa = { .sa_handler = on_signal };

	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
}

int main(int argc, char **argv)
{
	options_read(argc, argv);
	if (given.say)
		return say();
	signals_set();
	smsc.listener = listen_tcp();
	if (given.control)
		smsc.control_listener = listen_control();
	fflush(stdout);
	smsc_init();
	conn_add(CONN_STDIN, STDIN_FILENO);
	while (!smsc.quit && !signalled)
		smsc_turn();
	smsc_clear();
	if (given.control)
		unlink(given.control);
	if (smsc.log)
		fclose(smsc.log);
	g_free(given.password);
	return EX_OK;
}
