#define _GNU_SOURCE
#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define TOKENS_MAX 64

/* Places in the template that differ from mail to mail; each token is as wide as what replaces it. */
enum token_kind { TOKEN_CALLER, TOKEN_SERIAL, TOKEN_EXTENSION, N_TOKENS };
static const char *const token_text[] = { "@@CALLER@@", "@@SERIAL@@", "@EX@" };

struct token {
	enum token_kind kind;
	size_t at;
};

static struct load load = { .connections = 1, .total = 100, .per_connection = 1, .address = "127.0.0.1" };
static struct token tokens[TOKENS_MAX];
static int n_tokens, next_mail, counts[N_OUTCOMES];
static double *latencies;
static int n_latencies;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, errno ? strerror(errno) : "no use");
	exit(1);
}

int load_dial(const char *target, const char *bind_address)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	struct sockaddr_in in = { .sin_family = AF_INET }, from = { .sin_family = AF_INET };
	const char *colon = strrchr(target, ':');
	struct sockaddr *to = (struct sockaddr *)&un;
	socklen_t size = sizeof(un);
	int fd, one = 1;

	snprintf(un.sun_path, sizeof(un.sun_path), "%s", target);
	if (*target != '/' && colon) {
		char host[64];

		snprintf(host, sizeof(host), "%.*s", (int)(colon - target), target);
		inet_pton(AF_INET, host, &in.sin_addr);
		in.sin_port = htons((unsigned short)atoi(colon + 1));
		to = (struct sockaddr *)&in;
		size = sizeof(in);
	}
	fd = socket(to->sa_family, SOCK_STREAM, 0);
	if (to->sa_family == AF_INET) {
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		inet_pton(AF_INET, bind_address ? bind_address : "0.0.0.0", &from.sin_addr);
		if (bind_address)
			bind(fd, (struct sockaddr *)&from, sizeof(from));
	}
	/* a unix socket whose queue is full says so at once */
	for (int tries = 0; connect(fd, to, size) != 0; tries++) {
		if (errno != EAGAIN || tries > 5000) {
			close(fd);
			return -1;
		}
		usleep(200);
	}
	return fd;
}

bool load_write(int fd, const void *data, size_t n)
{
	const char *p = data;

	while (n > 0) {
		ssize_t done = send(fd, p, n, MSG_NOSIGNAL);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		p += done;
		n -= (size_t)done;
	}
	return true;
}

/* ---- mails ---- */

static void fill_in(char *mail, int serial)
{
	char buf[24];

	for (int i = 0; i < n_tokens; i++) {
		size_t width = strlen(token_text[tokens[i].kind]);

		if (tokens[i].kind == TOKEN_CALLER)
			snprintf(buf, sizeof(buf), "%10s", load.callers[serial % load.n_callers]);
		else if (tokens[i].kind == TOKEN_SERIAL)
			snprintf(buf, sizeof(buf), "%010d", serial);
		else
			snprintf(buf, sizeof(buf), "%04d", 1001 + serial / load.n_callers % 10);
		memcpy(mail + tokens[i].at, buf, width);
	}
}

static void find_tokens(void)
{
	for (int k = 0; k < N_TOKENS; k++) {
		const char *p = load.mail;

		while ((p = strstr(p, token_text[k])) != NULL && n_tokens < TOKENS_MAX) {
			tokens[n_tokens++] = (struct token){ (enum token_kind)k, (size_t)(p - load.mail) };
			p++;
		}
	}
}

static char *read_file(const char *path, size_t *size_r)
{
	FILE *f = fopen(path, "rb");
	char *data;

	if (!f)
		die(path);
	fseek(f, 0, SEEK_END);
	*size_r = (size_t)ftell(f);
	rewind(f);
	data = calloc(1, *size_r + 1);
	if (fread(data, 1, *size_r, f) != *size_r)
		die(path);
	fclose(f);
	return data;
}

static void read_template(const char *path)
{
	const char *blank;

	load.mail = read_file(path, &load.size);
	blank = strstr(load.mail, "\r\n\r\n");
	if (!blank)
		die(path);
	load.body = (size_t)(blank - load.mail) + 4;
	find_tokens();
}

static void read_callers(const char *path)
{
	size_t size;
	char *save = NULL, *data = read_file(path, &size);

	load.callers = calloc(size / 2 + 1, sizeof(char *));
	for (char *s = strtok_r(data, "\n", &save); s; s = strtok_r(NULL, "\n", &save))
		load.callers[load.n_callers++] = s;
}

/* ---- the run ---- */

static int take(int n)
{
	int first;

	pthread_mutex_lock(&mutex);
	first = next_mail;
	next_mail += n;
	pthread_mutex_unlock(&mutex);
	return first;
}

static void count(enum outcome o, double seconds)
{
	pthread_mutex_lock(&mutex);
	counts[o]++;
	if (o != FAILED)
		latencies[n_latencies++] = seconds;
	pthread_mutex_unlock(&mutex);
}

static void *work(void *unused)
{
	char *mail = malloc(load.size + 1);
	int first;

	(void)unused;
	memcpy(mail, load.mail, load.size + 1);
	while ((first = take(load.per_connection)) < load.total) {
		double begun = now();
		struct link *k = link_open(&load);

		for (int i = first; i < first + load.per_connection && i < load.total; i++) {
			enum outcome o;

			fill_in(mail, load.start + i);
			o = k ? link_send(k, mail, load.start + i) : FAILED;
			count(o, now() - begun);
			begun = now();
		}
		if (k)
			link_close(k);
	}
	free(mail);
	return NULL;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double percentile(double share)
{
	return n_latencies ? latencies[(int)(share * (n_latencies - 1) + 0.5)] * 1000 : 0;
}

static void report(double seconds)
{
	qsort(latencies, (size_t)n_latencies, sizeof(double), compare);
	printf("{\"edited\": %d, \"passed\": %d, \"discarded\": %d, \"failed\": %d, \"seconds\": %.3f, \"rate\": %.1f, "
	       "\"p50_ms\": %.3f, \"p99_ms\": %.3f, \"max_ms\": %.3f}\n", counts[EDITED], counts[PASSED],
	       counts[DISCARDED], counts[FAILED], seconds, n_latencies / seconds, percentile(0.5), percentile(0.99),
	       percentile(1));
}

static void read_options(int argc, char **argv, const char *name)
{
	int o;

	while ((o = getopt(argc, argv, "s:a:c:n:k:o:m:l:r:")) != -1)
		switch (o) {
		case 's': load.target = optarg; break;
		case 'a': load.address = optarg; break;
		case 'c': load.connections = atoi(optarg); break;
		case 'n': load.total = atoi(optarg); break;
		case 'k': load.per_connection = atoi(optarg); break;
		case 'o': load.start = atoi(optarg); break;
		case 'm': read_template(optarg); break;
		case 'l': read_callers(optarg); break;
		case 'r': if (load.n_rcpts < 64) load.rcpts[load.n_rcpts++] = optarg; break;
		default: exit(64);
		}
	if (!load.target || !load.mail || !load.n_callers || !load.n_rcpts || load.connections > 500) {
		fprintf(stderr, "usage: %s -s TARGET -m TEMPLATE -l CALLERS -r RECIPIENT [-a ADDRESS] [-c N] [-n N] [-k N]"
			" [-o N]\n", name);
		exit(64);
	}
}

int load_main(int argc, char **argv, const char *name)
{
	pthread_t threads[500];
	double begun;

	read_options(argc, argv, name);
	latencies = calloc((size_t)load.total, sizeof(double));
	begun = now();
	for (int i = 0; i < load.connections; i++)
		pthread_create(&threads[i], NULL, work, NULL);
	for (int i = 0; i < load.connections; i++)
		pthread_join(threads[i], NULL);
	report(now() - begun);
	return counts[FAILED] != 0;
}
