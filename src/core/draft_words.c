#include "draft_private.h"

#include <string.h>

/* Words that stand beside values in notices, in English, German, French, Spanish, Italian, Dutch, Portuguese,
 * Swedish, Polish and Russian; "*": whatever follows. The first that fits counts. */
static const struct { enum draft_role role; const char *words;
} roles[] = {
	{ ROLE_CALLER, "caller* callerid cid clid anrufer* anruferin rufnummer* appelant* correspondant* "
		       "llamante* remitente "
		       "chiamante* mittente beller* oproeper* chamador* remetente* uppringare* inringande* "
		       "dzwoniąc* абонент* "
		       "звонивш* звонил* вызывающ*" },
	{ ROLE_FROM, "from von vom de da du van från od от by" },
	{ ROLE_NUMBER,
	  "number no nr nummer numéro numero número numer номер phone telephone telefon* téléphone teléfono "
	  "telefono telefone telefoon* tel tlf mobile handy callback телефон*" },
	{ ROLE_NAME, "name nom nombre nome naam namn nazwa imię имя" },
	{ ROLE_CALLED,
	  "mailbox* box voicemailbox extension* ext exten line queue* nebenstelle* durchwahl* postfach* "
	  "sprachbox* "
	  "anschluss apparat leitung boîte boite poste extensión anexo buzón buzon interno casella toestel* "
	  "postvak* ramal caixa anknytning* brevlåda röstbrevlåda* skrzynk* wewnętrzn* ящик* внутренн* "
	  "добавочн* called angerufen* destination ziel" },
	{ ROLE_TO, "to for an für à pour para per voor till do dla для на" },
	{ ROLE_LENGTH,
	  "length* duration* long dauer* länge* aufnahme* nachrichtenlänge* gesprächsdauer* lang "
	  "durée* duree* duración* duracion* durata* "
	  "duur* lengte duração* längd* varaktighet* długość* длительност* "
	  "продолжительност*" },
	{ ROLE_TIME,
	  "date* time* datum* uhrzeit* zeit* zeitpunkt heure* fecha* hora data ora orario tijd* tid tidpunkt "
	  "czas godzina дата время received when wann eingang* eingegangen reçu recibid* ricevut* ontvangen "
	  "recebid* mottaget otrzyman* получено" },
	{ ROLE_TRANSCRIPT, "transcri* transkri* abschrift* trascri* расшифровк* nachrichtentext gesprochen*" },
	{ ROLE_ID, "uniqueid unique uuid id reference referenz référence referencia" },
	{ ROLE_OTHER,
	  "fax* support* hotline* helpdesk* helpline dial wähle* press* message* msg nachricht* us uns "
	  "contact* kontakt* question* fragen problem* help hilfe aide ayuda service* administrator* composez marque" },
	{ ROLE_VOICEMAIL,
	  "voicemail* voice voicemessage* sprachnachricht* mailboxnachricht* messagerie vocal vocale audio "
	  "röstmeddelande* spraakbericht* poczta głosow* голосов*" },
	{ ROLE_ABANDONED, "abandon* aufgelegt* abandonn* abandonad* abbandonat*" },
	{ ROLE_MISSED,
	  "missed verpasst* entgangen* manqué* manqu* perdida* persa perse gemist* perdida missat* nieodebran* "
	  "пропущенн* unanswered" },
};

const char *const draft_withheld[] = {
	"anonymous", "unknown", "unknown caller", "an unknown caller", "private", "private number",
	"restricted", "unavailable", "withheld", "number withheld", "no caller id", "blocked",
	"anonym", "unbekannt", "unbekannter anrufer", "unterdrückt", "nummer unterdrückt", "anonyme",
	"inconnu", "appelant inconnu", "masqué", "numéro masqué", "privé", "desconocido", "privado",
	"sconosciuto", "anoniem", "onbekend", "desconhecido", "okänd", "nieznany", "неизвестно", NULL
};
const char *const draft_no_name[] = {
	"cid name", "not set", "none", "null", "n/a", "asterisk", "device", "_undef_", "no name",
	"name unavailable", "(no name)", "kein name", "(kein name)", "sans nom", "(sans nom)", NULL
};

/* Is word, case folded, one of words? */
static bool listed(const char *words, const char *word, gsize size)
{
	for (const char *w = words; *w; w += strspn(w, " ")) {
		gsize n = strcspn(w, " ");
		bool open = w[n - 1] == '*';

		if (open ? n - 1 <= size && memcmp(w, word, n - 1) == 0 : n == size && memcmp(w, word, n) == 0)
			return true;
		w += n;
	}
	return false;
}

enum draft_role draft_role(const char *word, gsize size)
{
	g_autofree char *folded = g_utf8_casefold(word, (gssize)size);
	const char *w = folded, *quote = strrchr(folded, '\'');

	if (quote && quote - folded <= 2)	/* "l'appelant" */
		w = quote + 1;
	for (gsize i = 0; i < G_N_ELEMENTS(roles) && *w; i++)
		if (listed(roles[i].words, w, strlen(w)))
			return roles[i].role;
	return ROLE_NONE;
}
