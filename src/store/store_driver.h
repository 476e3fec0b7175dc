/* store_driver.h - what a driver of the store fills in. For store/ alone: everybody else uses store.h.
 *
 * Each function is the one of the same name in store.h. A driver embeds struct store and struct store_tx first. */
#ifndef RINGBACK_STORE_DRIVER_H
#define RINGBACK_STORE_DRIVER_H

#include "store.h"

struct store_ops {
	enum store_outcome (*run)(struct store *, store_think, void *, GError **);
	enum store_outcome (*read)(struct store *, store_think, void *, GError **);
	void (*free)(struct store *);

	bool (*item)(struct store_tx *, int64_t, struct arena *, struct item **, GError **);
	bool (*item_by_key)(struct store_tx *, const char *, int64_t, struct arena *, struct item **, GError **);
	bool (*item_by_call_id)(struct store_tx *, const char *, int64_t, struct arena *, struct item **, GError **);
	bool (*item_insert)(struct store_tx *, struct item *, GError **);
	bool (*item_update)(struct store_tx *, const struct item *, GError **);
	bool (*items)(struct store_tx *, const struct item_filter *, struct arena *, struct item ***, gsize *, GError **);
	bool (*notice_by_key)(struct store_tx *, const char *, int64_t, struct arena *, struct notice **, GError **);
	bool (*notices)(struct store_tx *, int64_t, gsize, struct arena *, struct notice **, gsize *, GError **);
	bool (*notice_insert)(struct store_tx *, struct notice *, GError **);
	bool (*job)(struct store_tx *, int64_t, struct arena *, struct job **, GError **);
	bool (*job_insert)(struct store_tx *, struct job *, GError **);
	bool (*job_update)(struct store_tx *, const struct job *, GError **);
	bool (*jobs_due)(struct store_tx *, enum job_kind, int64_t, gsize, struct arena *, struct job ***, gsize *, GError **);
	bool (*jobs_in_state)(struct store_tx *, enum job_state, enum job_kind, gsize, struct arena *, struct job ***,
			      gsize *, GError **);
	bool (*jobs_of_item)(struct store_tx *, int64_t, struct arena *, struct job ***, gsize *, GError **);
	bool (*job_by_provider_id)(struct store_tx *, const char *, const char *, struct arena *, struct job **,
				   GError **);
	bool (*jobs_cancel)(struct store_tx *, int64_t, guint, int64_t, GError **);
	bool (*next_due)(struct store_tx *, enum job_kind, int64_t *, GError **);
	bool (*texts_sent)(struct store_tx *, const struct sent_filter *, gsize *, int64_t *, GError **);
	bool (*jobs_in_bundle)(struct store_tx *, int64_t, struct arena *, struct job ***, gsize *, GError **);
	bool (*journal_add)(struct store_tx *, const struct journal_record *, GError **);
	bool (*journal)(struct store_tx *, int64_t, struct arena *, struct journal_record ***, gsize *, GError **);
	bool (*items_walk)(struct store_tx *, int64_t, gsize, item_visit, void *, int64_t *, GError **);
	bool (*journal_walk)(struct store_tx *, int64_t, gsize, journal_visit, void *, int64_t *, GError **);
	bool (*journal_head)(struct store_tx *, struct chain_head *, GError **);
	bool (*item_forget)(struct store_tx *, int64_t, GError **);
	bool (*journal_forget)(struct store_tx *, int64_t, GError **);
	bool (*jobs_forget)(struct store_tx *, const char *, int64_t, gsize, int64_t *, GError **);
	bool (*code_give)(struct store_tx *, const char *, int64_t, int64_t, int64_t, int *, GError **);
	bool (*codes)(struct store_tx *, const char *, int64_t, int64_t, struct arena *, struct code **, gsize *,
		      GError **);
	bool (*phone_stop)(struct store_tx *, const char *, int64_t, GError **);
	bool (*phones_stopped)(struct store_tx *, struct arena *, const char *const **, GError **);
	bool (*override_insert)(struct store_tx *, struct override *, GError **);
	bool (*override_remove)(struct store_tx *, int64_t, bool *, GError **);
	bool (*overrides)(struct store_tx *, int64_t, struct arena *, struct override **, gsize *, GError **);
	bool (*watch_set)(struct store_tx *, const struct watch *, GError **);
	bool (*watches)(struct store_tx *, struct arena *, struct watch **, gsize *, GError **);
	bool (*mark)(struct store_tx *, const char *, struct mark *, GError **);
	bool (*mark_set)(struct store_tx *, const char *, const struct mark *, GError **);
	bool (*mute_set)(struct store_tx *, const struct mute *, GError **);
	bool (*mute_remove)(struct store_tx *, const char *, bool *, GError **);
	bool (*mutes)(struct store_tx *, int64_t, struct arena *, struct mute **, gsize *, GError **);
	bool (*turn_take)(struct store_tx *, const char *, const char *, GError **);
	bool (*turns)(struct store_tx *, struct arena *, struct pool_turn **, gsize *, GError **);
	bool (*drift_add)(struct store_tx *, const char *, const char *, const char *, int64_t, GError **);
	bool (*drift)(struct store_tx *, int64_t, struct arena *, struct drift **, gsize *, GError **);
	bool (*counts)(struct store_tx *, struct store_counts *, GError **);
};

struct store {
	const struct store_ops *ops;
};

struct store_tx {
	const struct store_ops *ops;
};

#endif
