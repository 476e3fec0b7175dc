#include "conf.h"

#include <arpa/inet.h>

#include "conf_keys.h"

/* ---- every key ---- */

static void print_key(FILE *out, const struct conf_key *k, const char *indent)
{
	g_autofree char *range = conf_key_range(k);
	bool list = conf_type_is_list(k->type), quote = k->type != TYPE_TIME && k->type != TYPE_NUMBER &&
			k->type != TYPE_SIZE && k->type != TYPE_FLAG && k->type != TYPE_CHOICE;

	fprintf(out, "%s# %s\n%s# %s%s%s\n", indent, k->help, indent, list ? "a list; each: " : "",
		range, k->fallback ? "" : "; must be given");
	if (!k->fallback || list || !*k->fallback)
		fprintf(out, "%s# %s = %s\n\n", indent, k->name, list ? "{}" : "\"\"");
	else
		fprintf(out, "%s%s = %s%s%s\n\n", indent, k->name, quote ? "\"" : "", k->fallback,
			quote ? "\"" : "");
}

static void print_section(FILE *out, enum conf_section s, const char *indent)
{
	for (int i = 0; i < N_CONF_KEYS; i++)
		if (conf_keys[i].section == s)
			print_key(out, &conf_keys[i], indent);
}

void conf_print_defaults(FILE *out)
{
	print_section(out, SECTION_main, "");
	fputs("source NAME {\n", out);
	print_section(out, SECTION_source, "\t");
	fputs("}\n\nperson NAME {\n", out);
	print_section(out, SECTION_person, "\t");
	fputs("}\n\npolicy NAME {\n", out);
	print_section(out, SECTION_policy, "\t");
	fputs("\tstep {\n", out);
	print_section(out, SECTION_step, "\t\t");
	fputs("\t}\n}\n\nschedule NAME {\n", out);
	print_section(out, SECTION_schedule, "\t");
	fputs("\trotation {\n", out);
	print_section(out, SECTION_rotation, "\t\t");
	fputs("\t}\n}\n\ncaller NUMBER {\n", out);
	print_section(out, SECTION_caller, "\t");
	fputs("}\n\nline NAME {\n", out);
	print_section(out, SECTION_line, "\t");
	fputs("}\n\nrule NAME {\n", out);
	print_section(out, SECTION_rule, "\t");
	fputs("}\n\nprovider NAME {\n", out);
	print_section(out, SECTION_provider, "\t");
	fputs("}\n\nreplies NAME {\n", out);
	print_section(out, SECTION_replies, "\t");
	fputs("}\n", out);
}

/* ---- what a configuration means ---- */

static void explain_policy(FILE *out, const char *when, const struct escalation_policy *p)
{
	fprintf(out, "    %s: ", when);
	for (guint i = 0; p && i < p->n_steps; i++)
		fprintf(out, "%s%s, %" G_GINT64_FORMAT " min", i ? ", then " : "text ",
			p->steps[i].tell ? p->steps[i].tell->id : p->steps[i].schedule->id,
			p->steps[i].wait_s / 60);
	if (p && p->repeat)
		fprintf(out, "; all of it %u times", p->repeat + 1);
	fputs(p ? "\n" : "nobody is texted\n", out);
}

static void explain_line(FILE *out, const struct conf *c, const struct line *l)
{
	fprintf(out, "line %s (%s)%s: owner %s, audit mailbox %s, zone %s\n", l->id, l->name,
		l == c->roster->default_line ? ", takes what no line claims" : "",
		l->owner_by == OWNER_TURNS ? l->pool->id : l->owner_by == OWNER_ACCOUNT ? "the caller's account" :
		l->owner_by == OWNER_LAST ? "who dealt with the caller last" : l->schedule ? l->schedule->id : l->owner->id,
		l->audit, l->zone);
	explain_policy(out, "when closed", l->closed);
	explain_policy(out, "when open", l->open);
}

static void explain_texts(FILE *out, const char *what, char **list)
{
	g_autofree char *words = list ? g_strjoinv(" or ", list) : NULL;

	if (words)
		fprintf(out, "; %s %s", what, words);
}

static void explain_networks(FILE *out, const GArray *networks)
{
	char text[INET6_ADDRSTRLEN];

	for (guint i = 0; i < networks->len; i++) {
		const struct network *n = &g_array_index(networks, struct network, i);

		if (n->sendmail)
			fprintf(out, "%ssendmail", i ? " or " : "");
		else
			fprintf(out, "%s%s/%d", i ? " or " : "",
				inet_ntop(n->address.family, n->address.octets, text, sizeof(text)), n->prefix);
	}
	if (networks->len == 0)
		fputs("any client", out);
}

static void explain_source(FILE *out, const struct conf *c, const struct source *s)
{
	fprintf(out, "source %s: ", s->name);
	explain_networks(out, s->networks);
	explain_texts(out, "logged in as", s->auth);
	explain_texts(out, "sender", s->senders);
	explain_texts(out, "signed by and from", s->dkim);
	fprintf(out, "\n    region %s, zone %s", s->region, s->zone);
	explain_texts(out, "profiles", s->profiles);
	fprintf(out, "%s%s\n", s->profiles ? "" : "; all profiles", s->generic ? "; else by its words" : "");
	if (s->dkim)
		fprintf(out, "    as Authentication-Results of %s says\n",
			*c->authserv_id ? c->authserv_id : "Postfix's myhostname");
}

static void explain_profiles(FILE *out, const struct conf *c)
{
	g_autoptr(GPtrArray) advice = profiles_advice(c->profiles);

	for (guint i = 0; i < advice->len; i++)
		fprintf(out, "advice: %s\n", (char *)advice->pdata[i]);
}

static void explain_templates(FILE *out, const struct conf *c)
{
	g_auto(GStrv) lines = g_strsplit(c->templates_wrong ? c->templates_wrong : "", "\n", -1);

	for (char **l = lines; *l; l++)
		fprintf(out, "template: %s; the built-in one stays in force\n", *l);
}

void conf_explain(const struct conf *c, FILE *out)
{
	const struct roster *r = c->roster;

	fprintf(out, "%s: good; %u people, %u lines, %u policies, %u profiles, %u sources\n",
		c->file, r->people->len, r->lines->len, r->policies->len,
		profiles_count(c->profiles), c->sources->len);
	for (guint i = 0; i < c->sources->len; i++)
		explain_source(out, c, c->sources->pdata[i]);
	for (guint i = 0; i < r->people->len && i < 20; i++) {
		const struct person *p = r->people->pdata[i];

		fprintf(out, "person %s (%s): %s, %s\n", p->id, p->name, p->mail,
			p->phone ? p->phone : "is never texted");
	}
	for (guint i = 0; i < r->lines->len && i < 20; i++)
		explain_line(out, c, r->lines->pdata[i]);
	if (r->people->len > 20 || r->lines->len > 20)
		fputs("(20 of each shown)\n", out);
	explain_profiles(out, c);
	explain_templates(out, c);
	if (c->providers->len == 0)
		fputs("no provider: texts wait until there is one\n", out);
	for (guint i = 0; i < c->providers->len; i++) {
		const struct provider *p = c->providers->pdata[i];

		fprintf(out, "provider %s: %s:%d as %s, %s, priority %d\n", p->name, p->host, p->port, p->system_id,
			p->tls ? "TLS" : "not encrypted", p->priority);
	}
}
