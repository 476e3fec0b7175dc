#include "conf_build.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf_value.h"

static char *dup_text(const struct conf_block *b, enum conf_key_id key)
{
	return g_strdup(conf_text(b, key));
}

static void build_relay(struct conf *c, const struct conf_block *m, struct conf_errors *e)
{
	const char *relay = conf_text(m, KEY_main_relay);

	c->relay_host = NULL;
	if (*relay && !conf_value_host_port(relay, &c->relay_host, &c->relay_port))
		conf_wrong(e, conf_line(m, KEY_main_relay), "relay = \"%s\" is no host and port; "
			   "write one like 127.0.0.1:25", relay);
	if (!c->relay_host)
		c->relay_host = g_strdup("");
}

static void build_settings(struct conf *c, const struct conf_block *m, struct conf_errors *e)
{
	c->region = dup_text(m, KEY_main_region);
	c->timezone = dup_text(m, KEY_main_timezone);
	c->audit = dup_text(m, KEY_main_audit);
	c->hours = dup_text(m, KEY_main_hours);
	c->notes = (enum notes)conf_number(m, KEY_main_notes);
	c->collapse = (enum collapse)conf_number(m, KEY_main_collapse);
	c->callback_within_s = conf_number(m, KEY_main_callback_within);
	c->store = dup_text(m, KEY_main_store);
	c->run_dir = dup_text(m, KEY_main_run_dir);
	c->milter_socket = dup_text(m, KEY_main_milter_socket);
	c->milter_socket_group = dup_text(m, KEY_main_milter_socket_group);
	c->milter_socket_mode = (int)conf_number(m, KEY_main_milter_socket_mode);
	c->user = dup_text(m, KEY_main_user);
	c->on_store_failure = (enum on_failure)conf_number(m, KEY_main_on_store_failure);
	c->machine_part = (enum machine_part)conf_number(m, KEY_main_machine_part);
	c->body_max = conf_number(m, KEY_main_body_max);
	c->generic_confidence = conf_number(m, KEY_main_generic_confidence);
	c->message_size_limit = conf_number(m, KEY_main_message_size_limit);
	c->authserv_id = dup_text(m, KEY_main_authserv_id);
	if (*c->milter_socket && !conf_value_is_socket(c->milter_socket))
		conf_wrong(e, conf_line(m, KEY_main_milter_socket),
			   "milter_socket = \"%s\" is no socket; write unix:/path (at most 107 "
			   "octets) or inet:port@address", c->milter_socket);
}

static bool is_prefix(const char *s)
{
	for (const char *p = s; *p; p++)
		if (!g_ascii_isalnum(*p))
			return false;
	return true;
}

static void build_rules(struct conf *c, const struct conf_block *m, struct conf_errors *e)
{
	struct rules *r = &c->roster->rules;
	const char *domain = conf_text(m, KEY_main_domain), *prefix = conf_text(m, KEY_main_item_prefix);

	r->collect_window_s = conf_number(m, KEY_main_collect_window);
	r->withheld_window_s = conf_number(m, KEY_main_withheld_window);
	r->update_interval_s = conf_number(m, KEY_main_update_interval);
	r->reopen_window_s = conf_number(m, KEY_main_reopen_window);
	r->ack_timeout_s = conf_number(m, KEY_main_ack_timeout);
	r->urgent_calls = conf_number(m, KEY_main_urgent_calls);
	r->snooze_s = conf_number(m, KEY_main_snooze);
	r->retry_s = conf_number(m, KEY_main_retry);
	r->text_septets = conf_number(m, KEY_main_sms_max);
	r->text_parts = conf_number(m, KEY_main_sms_parts);
	r->text_wide = conf_number(m, KEY_main_sms_unicode) != 0;
	c->keep_missed_s = conf_number(m, KEY_main_keep_missed);
	c->keep_voicemail_s = conf_number(m, KEY_main_keep_voicemail);
	r->code_rest_s = conf_number(m, KEY_main_code_rest);
	/* Without a relay there is no mail to fall back to. */
	r->mail_after_s = *conf_text(m, KEY_main_relay) ? conf_number(m, KEY_main_mail_after) : 0;
	r->subject_tag = conf_number(m, KEY_main_subject_tag) != 0;
	if (*domain && !conf_value_is_domain(domain))
		conf_wrong(e, conf_line(m, KEY_main_domain), "domain = \"%s\" is no domain; write "
			   "one like example.com", domain);
	if (!is_prefix(prefix))
		conf_wrong(e, conf_line(m, KEY_main_item_prefix), "item_prefix = \"%s\" is no "
			   "prefix; write letters and digits", prefix);
	if (!*domain)
		domain = conf_value_is_domain(g_get_host_name()) ? g_get_host_name() : "localhost";
	g_free(r->domain);
	g_free(r->item_prefix);
	r->domain = g_strdup(domain);
	r->item_prefix = g_strdup(prefix);
	c->mail_from = *conf_text(m, KEY_main_mail_from) ? dup_text(m, KEY_main_mail_from)
							  : g_strdup_printf("ringback@%s", domain);
}

static void read_profile(struct conf *c, const char *dir, const char *name, struct conf_errors *e)
{
	g_autofree char *file = g_build_filename(dir, name, NULL);
	g_autoptr(GError) err = NULL;

	conf_lexer_reset();
	if (!profile_file_add(c->profiles, file, &err))
		conf_wrong_elsewhere(e, err->message);
}

static int compare_names(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *profile_folder(const struct conf_block *m, const char *asked)
{
	const char *given = conf_text(m, KEY_main_profile_dir), *env = g_getenv("RINGBACK_PROFILE_DIR");

	if (asked)
		return asked;
	return *given ? given : env && *env ? env : PROFILE_DIR;
}

static void build_profiles(struct conf *c, int line, struct conf_errors *e)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GError) err = NULL;
	GDir *dir = g_dir_open(c->profile_dir, 0, &err);
	const char *name;

	c->profiles = profiles_new();
	if (!dir) {
		conf_wrong(e, line, "profile_dir: %s", err->message);
		return;
	}
	while ((name = g_dir_read_name(dir)))
		if (g_str_has_suffix(name, ".conf") && *name != '.')
			g_ptr_array_add(names, g_strdup(name));
	g_dir_close(dir);
	g_ptr_array_sort(names, compare_names);
	for (guint i = 0; i < names->len; i++)
		read_profile(c, c->profile_dir, names->pdata[i], e);
	conf_lexer_reset();
	if (!generic_folder_add(c->profiles, c->profile_dir, &err))
		conf_wrong_elsewhere(e, err->message);
	if (names->len == 0 && generic_languages(profiles_generic(c->profiles)) == 0)
		conf_wrong(e, line, "profile_dir %s holds no profiles; they end with .conf",
			   c->profile_dir);
}

void conf_build_settings(struct conf *c, const struct conf_file *f, const char *profile_dir, struct conf_errors *e)
{
	const struct conf_block *m = conf_file_main(f);

	c->roster = roster_new();
	build_settings(c, m, e);
	build_rules(c, m, e);
	conf_build_cards(c, m);
	conf_build_answers(c, m, e);
	c->language = conf_language(c, m, KEY_main_language, e);
	c->roster->rules.language = g_strdup(c->language);
	build_relay(c, m, e);
	conf_build_providers(c, f, e);
	c->profile_dir = g_strdup(profile_folder(m, profile_dir));
	if (c->origin)
		c->profiles = c->origin->profiles;
	else if (c->lenient)
		c->profiles = profiles_new();
	else
		build_profiles(c, conf_line(m, KEY_main_profile_dir), e);
}

void conf_build(struct conf *c, const struct conf_file *f, const struct conf *before, struct conf_errors *e)
{
	conf_build_settings(c, f, NULL, e);
	conf_build_sources(c, f, e);
	conf_build_roster(c, f, before, e);
	conf_check_providers(c, e);
}
