/* pair.h - a bind_transmitter and a bind_receiver to one SMSC as one carrier, for those that have no transceivers. */
#ifndef RINGBACK_PAIR_H
#define RINGBACK_PAIR_H

#include "smpp.h"

/* As smpp_new(); the role is of no matter. Texts go while the transmitter is bound; the carrier counts as up only when both
 * are, but texts do not wait for that: receipts and replies wait in the SMSC. */
struct carrier *pair_new(const struct smpp_settings *settings, const struct carrier_events *events);

#endif
