#include "decide_private.h"

/* Why a command cannot be done; NULL if it can. */
static const char *refusal(const struct think *t, const struct person *to)
{
	const struct item *i = t->f->item;

	if (!i)
		return "there is no such item";
	if (!item_is_live(i))
		return arena_printf(t->a, "it is %s (%s)", state_name(i->state), resolution_name(i->resolution));
	if (t->e->command == COMMAND_CLOSE)
		return t->e->resolution == RESOLUTION_NONE ? "a resolution is needed" : NULL;
	if (t->e->command == COMMAND_SNOOZE)
		return t->e->until <= t->now ? "the time is over" : NULL;
	if (t->e->command == COMMAND_TRIED && t->e->until && t->e->until <= t->now)
		return "the time of the next try is over";
	if (!to)
		return arena_printf(t->a, "there is no person \"%s\"", t->e->to ? t->e->to : "");
	if (t->e->command == COMMAND_ACK && i->state == STATE_ACKED && act_holds(i, to))
		return arena_printf(t->a, "%s has it already", think_name(t, to->id));
	if (t->e->command == COMMAND_ASSIGN && g_strcmp0(i->owner, to->id) == 0)
		return arena_printf(t->a, "%s owns it already", think_name(t, to->id));
	return NULL;
}

void decide_command(struct think *t)
{
	const struct person *to = roster_person(t->r, t->e->to);
	const char *no = refusal(t, to), *by = t->e->by ? t->e->by : "operator";
	struct actor actor = { .person = to, .who = by, .how = "cli", .told = t->f->told };
	struct item *i;

	if (no) {
		think_why(t, "%s", no);
		return;
	}
	i = think_item(t, t->f->item);
	switch (t->e->command) {
	case COMMAND_ACK:
		act_ack(t, i, &actor);
		break;
	case COMMAND_CLOSE:
		actor.person = roster_person(t->r, by);
		act_close(t, i, t->e->resolution, &actor);
		break;
	case COMMAND_ASSIGN:
		act_assign(t, i, &actor);
		break;
	case COMMAND_TRIED:
		act_tried(t, i, &actor, t->e->until ? t->e->until : act_retry_at(t, 0));
		break;
	case COMMAND_SNOOZE:
		actor.person = roster_person(t->r, by);
		act_snooze(t, i, &actor, t->e->until);
		break;
	case COMMAND_PASS:
		act_pass_on(t, i, &actor);
		break;
	case N_COMMANDS:
		g_assert_not_reached();
	}
}
