/* cmd_sms.h - what the files of `ringback sms` share. */
#ifndef RINGBACK_CMD_SMS_H
#define RINGBACK_CMD_SMS_H

#include "command.h"

/* ringback sms preview: argv[1] is "preview". Gives an exit code, -1 for a wrong use. cmd_sms_preview.c */
int sms_preview_run(struct command_env *env, int argc, char **argv);

#endif
