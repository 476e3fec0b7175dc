/* noopmilter - a milter that does nothing and negotiates nothing away: each step crosses the socket and is answered. What
 * ringback's speed is measured against. Usage: noopmilter SOCKET, as "unix:/path" or "inet:port@address". */
#include <libmilter/mfapi.h>
#include <stddef.h>
#include <stdio.h>

static sfsistat on_connect(SMFICTX *ctx, char *host, _SOCK_ADDR *address)
{
	(void)ctx, (void)host, (void)address;
	return SMFIS_CONTINUE;
}

static sfsistat on_word(SMFICTX *ctx, char *word)
{
	(void)ctx, (void)word;
	return SMFIS_CONTINUE;
}

static sfsistat on_address(SMFICTX *ctx, char **argv)
{
	(void)ctx, (void)argv;
	return SMFIS_CONTINUE;
}

static sfsistat on_header(SMFICTX *ctx, char *name, char *value)
{
	(void)ctx, (void)name, (void)value;
	return SMFIS_CONTINUE;
}

static sfsistat on_step(SMFICTX *ctx)
{
	(void)ctx;
	return SMFIS_CONTINUE;
}

static sfsistat on_body(SMFICTX *ctx, unsigned char *chunk, size_t size)
{
	(void)ctx, (void)chunk, (void)size;
	return SMFIS_CONTINUE;
}

static sfsistat on_negotiate(SMFICTX *ctx, unsigned long f0, unsigned long f1, unsigned long f2, unsigned long f3,
			     unsigned long *pf0, unsigned long *pf1, unsigned long *pf2, unsigned long *pf3)
{
	(void)ctx, (void)f1, (void)f2, (void)f3;
	*pf0 = f0;
	*pf1 = *pf2 = *pf3 = 0;
	return SMFIS_CONTINUE;
}

static sfsistat on_unknown(SMFICTX *ctx, const char *command)
{
	(void)ctx, (void)command;
	return SMFIS_CONTINUE;
}

int main(int argc, char **argv)
{
	static char name[] = "noop";
	struct smfiDesc desc = {
		.xxfi_name = name, .xxfi_version = SMFI_VERSION,
		.xxfi_flags = SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_CHGBODY | SMFIF_ADDRCPT | SMFIF_DELRCPT,
		.xxfi_connect = on_connect, .xxfi_helo = on_word, .xxfi_envfrom = on_address, .xxfi_envrcpt = on_address,
		.xxfi_header = on_header, .xxfi_eoh = on_step, .xxfi_body = on_body, .xxfi_eom = on_step,
		.xxfi_abort = on_step, .xxfi_close = on_step, .xxfi_unknown = on_unknown, .xxfi_data = on_step,
		.xxfi_negotiate = on_negotiate
	};

	if (argc != 2) {
		fprintf(stderr, "usage: noopmilter SOCKET\n");
		return 64;
	}
	if (smfi_setconn(argv[1]) != MI_SUCCESS || smfi_setbacklog(512) != MI_SUCCESS ||
	    smfi_register(desc) != MI_SUCCESS || smfi_opensocket(1) != MI_SUCCESS)
		return 69;
	return smfi_main() == MI_SUCCESS ? 0 : 70;
}
