/* Mails that are commands: the address they go to, and the key that makes it one that nobody can guess. */
#include "conf_build.h"

#include <string.h>
#include <sys/stat.h>

#include "conf_text.h"

#define KEY_MIN 16
#define KEY_MAX 200
#define KEYS_MAX 10

/* One in each line; blank lines and outer blanks do not count. What is in the file is never told. */
static char **keys_of(const char *text, const char **wrong_r)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_autoptr(GPtrArray) keys = g_ptr_array_new();

	for (char **l = lines; *l; l++) {
		const gsize n = strlen(g_strstrip(*l));

		if (n > 0 && (n < KEY_MIN || n > KEY_MAX))
			*wrong_r = "holds a key that has not 16 to 200 octets; openssl rand -hex 32 makes a good one";
		if (n > 0)
			g_ptr_array_add(keys, *l);
	}
	if (keys->len == 0 || keys->len > KEYS_MAX)
		*wrong_r = "must hold 1 to 10 keys, one in each line; openssl rand -hex 32 makes a good one";
	if (*wrong_r)
		return NULL;
	g_ptr_array_add(keys, NULL);
	return g_strdupv((char **)keys->pdata);
}

static char **read_keys(const char *file, int line, struct conf_errors *e)
{
	struct conf_errors *own = conf_errors_new(file);
	g_autofree char *text = conf_text_read(file, own);
	const char *wrong = NULL;
	struct stat st;
	char **keys = NULL;

	if (!text)
		wrong = "cannot be read, or is no text; let the user that ringbackd runs as read it";
	else if (stat(file, &st) == 0 && (st.st_mode & (S_IROTH | S_IWOTH)))
		wrong = "can be read or written by others; chmod o= it";
	else
		keys = keys_of(text, &wrong);
	if (wrong)
		conf_wrong(e, line, "reply_key_file %s %s", file, wrong);
	conf_errors_free(own);
	return keys;
}

void conf_build_answers(struct conf *c, const struct conf_block *m, struct conf_errors *e)
{
	struct rules *r = &c->roster->rules;
	const char *address = conf_text(m, KEY_main_reply_address), *file = conf_text(m, KEY_main_reply_key_file);
	const char *at = strrchr(address, '@');

	r->reply_keep = conf_number(m, KEY_main_reply_mails) != 0;
	c->reply_servers = conf_source_hosts(m, KEY_main_reply_networks, e);
	if (*address && !*file)
		conf_wrong(e, conf_line(m, KEY_main_reply_address), "reply_address is there, and no key; write reply_key_file = "
			   "\"/etc/ringback/reply.key\"");
	/* 64 octets before the @ (RFC 5321, 4.5.3.1.1): + and - take 3, the prefix 8, the number 19, the token 16 */
	if (*address && (memchr(address, '+', (gsize)(at - address)) || at - address > 18))
		conf_wrong(e, conf_line(m, KEY_main_reply_address), "reply_address = \"%s\" takes no + and the item; write one "
			   "like calls@example.com, with at most 18 signs before the @ and no + among them", address);
	if (*file)
		r->reply_keys = read_keys(file, conf_line(m, KEY_main_reply_key_file), e);
	r->reply_address = g_strdup(address);
}
