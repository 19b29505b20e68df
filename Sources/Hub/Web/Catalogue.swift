import Rules

/// Every word of the pages, in both languages, by the name that templates use.
enum Catalogue {
    /// The words in one language, for templates: `{{t.going}}`.
    static func words(_ language: WebLanguage) -> [String: String] {
        texts.mapValues { language($0) }
    }

    /// One text, in one language.
    static func text(_ name: String, _ language: WebLanguage) -> String {
        texts[name].map { language($0) } ?? name
    }

    static func t(_ english: String, _ french: String) -> LocalizedText {
        LocalizedText(english: english, french: french)
    }

    static let texts = pageTexts.merging(wordTexts) { first, _ in first }

    private static let pageTexts: [String: LocalizedText] = [
        // Around every page
        "now": t("Now", "Maintenant"),
        "alerts": t("Alerts", "Alertes"),
        "handover": t("Handover", "Relève"),
        "devices": t("Devices", "Appareils"),
        "rules": t("Rules", "Règles"),
        "figures": t("Figures", "Chiffres"),
        "sign_out": t("Sign out", "Se déconnecter"),
        "skip": t("To the content", "Aller au contenu"),
        "menu": t("Pages", "Pages"),
        "other_language": t("Français", "English"),
        "connection_lost": t(
            "No connection. What you see may be old. Reload, or use another device.",
            "Connexion perdue. Ce que vous voyez peut être ancien. Rechargez, ou changez d'appareil."
        ),
        "blind_paused": t("paused", "en pause"),
        "blind_no_consent": t("no consent", "pas d'accord"),
        "people": t("People", "Personnes"),
        "people_note": t(
            "What each person agreed to, and their pauses. A pause needs no reason. In a pause nothing of the person is stored; their call for help still comes.",
            "Ce que chaque personne a accepté, et ses pauses. Une pause n'a pas besoin de raison. Pendant une pause rien n'est enregistré d'elle ; son appel à l'aide arrive toujours."
        ),
        "say_fine": t("They say: I am fine", "Ils disent : je vais bien"),
        "wishes": t("Wishes to say yes", "Souhaite dire oui"),
        "wish_note": t(
            "Said on their own page. It is no yes yet: talk it through, and say how it was understood. Otherwise leave it.",
            "Dit sur sa propre page. Ce n'est pas encore un oui : parlez-en ensemble, et dites comment c'est compris. Sinon, laissez."
        ),
        "wish_text": t("Text, version", "Texte, version"),
        "understanding": t(
            "How was understanding checked?", "Comment avez-vous vu que c'est compris ?"),
        "complete_wish": t("It is a yes", "C'est un oui"),
        "purpose_safety": t("Alerts", "Alertes"),
        "purpose_care": t("Traces of use", "Traces d'usage"),
        "purpose_study": t("Study", "Étude"),
        "answer_yes": t("yes", "oui"),
        "answer_unasked": t("not asked", "pas encore demandé"),
        "answer_assumed": t(
            "not asked; taken as a yes", "pas encore demandé ; compté comme un oui"),
        "answer_no": t("no", "non"),
        "answer_waits": t("waits for the representative", "attend la personne qui représente"),
        "paused_until": t("Paused until", "En pause jusqu'à"),
        "pause": t("Pause", "Mettre en pause"),
        "pause_for": t("For how long", "Pour combien de temps"),
        "end_pause": t("End the pause", "Finir la pause"),
        "nobody_lives_here": t(
            "hub.yaml names nobody who lives here.", "hub.yaml ne nomme personne qui habite ici."),
        "backtest": t("What these rules would have raised", "Ce que ces règles auraient déclenché"),
        "backtest_note": t(
            "The rules as they are now, over everything that was recorded:",
            "Les règles telles qu'elles sont, sur tout ce qui a été enregistré :"),
        "backtest_entries": t("entries of the journal", "entrées du journal"),
        "backtest_days": t("days since the first alert", "jours depuis la première alerte"),
        "backtest_alerts": t("alerts", "alertes"),
        "longest": t("Longest", "La plus longue"),
        "latest_time": t("Latest", "La dernière"),
        "can_tell": t("Can tell", "Peut dire"),
        "gone_since": t("vanished since", "disparu depuis"),
        "gone_hint": t(
            "Its bridge knows it no more, or under another name. Look whether it is there; another one may take its place.",
            "Sa passerelle ne le connaît plus, ou sous un autre nom. Vérifier qu'il est là ; un autre peut prendre sa place."
        ),
        "waits_for_test": t("waiting for a test", "attend un essai"),
        "waits_hint": t(
            "A press would raise its alert all the same. But nobody has seen it work here yet: Foyer does not vouch for it.",
            "Un appui déclencherait quand même son alerte. Mais personne ne l'a encore vu marcher ici : Foyer n'en répond pas."
        ),
        "test_seen": t("seen to work", "vu en marche"),
        "alarms": t("Alarms", "Alarmes"),
        "press_it": t("Press it now", "Appuyer maintenant"),
        "press_now": t("Press it now…", "Appuyez maintenant…"),
        "press_hint": t(
            "Its alert goes to the team as always: tell them before.",
            "Son alerte part à l'équipe comme toujours : prévenez-la avant."),
        "begin_test": t("Try it out", "Faire un essai"),
        "history": t("What became of it", "Son histoire"),
        "not_listed": t(
            "announcements or messages are beyond what is listed.",
            "annonces ou messages dépassent ce qui est tenu en liste."),
        "more_proposals": t(
            "more; hubctl devices proposed shows them.",
            "de plus ; hubctl devices proposed les montre."),
        "not_heard_yet": t(
            "It announced itself, and has not spoken yet.",
            "Il s'est annoncé, et n'a pas encore parlé."),
        "replaces": t("Or it takes the place of another", "Ou il prend la place d'un autre"),
        "replaces_hint": t(
            "Name, room and history stay; the old one does not count any more.",
            "Le nom, la pièce et l'histoire restent ; l'ancien ne compte plus."),
        "write_profile": t("Write a profile for it", "Écrire un profil pour lui"),
        "write_profile_hint": t(
            "Made of its latest messages. Look at each line: take away what it does not mean, give the others a capability (docs/profiles.md). The samples at the end must come out as they say.",
            "Fait de ses derniers messages. Regarder chaque ligne : enlever ce qu'elle ne veut pas dire, donner aux autres une capacité (docs/profiles.md). Les exemples à la fin doivent donner ce qu'ils disent."
        ),
        "profile": t("Profile", "Profil"),
        "keep_profile": t("Check and keep it", "Vérifier et garder"),
        "replaces_why": t(
            "Why? Broken, lost, another model …", "Pourquoi ? En panne, perdu, autre modèle…"),
        "replaces_which": t("Of which one?", "Duquel ?"),
        "replace_it": t("It takes its place", "Il prend sa place"),
        "change_placed": t("got its place", "a reçu sa place"),
        "change_replaced": t("another device has its place", "un autre appareil a sa place"),
        "change_removed": t("lost its place", "n'a plus de place"),
        "change_vanished": t("vanished", "a disparu"),
        "change_returned": t("is back", "est revenu"),
        "change_test_begun": t("a test began", "un essai a commencé"),
        "change_tested": t("an alarm was seen", "une alarme a été vue"),
        "place_device": t("Place this device", "Placer cet appareil"),
        "what_is_it": t("What is it?", "Qu'est-ce que c'est ?"),
        "which_room": t("In which room?", "Dans quelle pièce ?"),
        "whose": t("Whose is it?", "À qui est-il ?"),
        "nobodys": t("Nobody's in particular", "À personne en particulier"),
        "its_name": t("What you call it", "Son nom"),
        "place_it": t("Place it", "Placer"),
        "placed": t(
            "It has its place; the hub takes it in within some seconds. Press or move it now, and look whether it is heard.",
            "Il a sa place ; le système le prend en compte en quelques secondes. Actionnez-le, et vérifiez qu'il est entendu."
        ),
        "no_profile": t(
            "No profile reads this. Write one (docs/profiles.md), or ask whoever looks after the system.",
            "Aucun profil ne lit ce message. Écrivez-en un (docs/profiles.md), ou demandez à qui s'occupe du système."
        ),
        "reads_nothing": t(
            "It reads nothing of what was heard so far.",
            "Il ne lit rien de ce qui a été entendu jusqu'ici."),
        "alarm_unheard": t(
            "No rule hears its alarm: nobody is called.",
            "Aucune règle n'entend son alarme : personne n'est appelé."),
        "presumes": t("What it takes for granted", "Ce qu'il suppose"),
        "to_try": t("To try when it is in place", "À essayer une fois en place"),
        "choose_profile": t("Say what it is.", "Dites ce que c'est."),
        "choose_name": t(
            "Give it a name of up to 80 characters.", "Donnez-lui un nom, de 80 caractères au plus."
        ),
        "choose_room": t("Say in which room it is.", "Dites dans quelle pièce il est."),
        "scrolls": t("Table; scrolls sideways", "Tableau ; défile vers la droite"),
        "sound_on": t("Allow sound", "Autoriser le son"),
        // Signing in
        "sign_in": t("Sign in", "Se connecter"),
        "account": t("Name", "Identifiant"),
        "password": t("Password", "Mot de passe"),
        "wrong": t(
            "Name and password do not fit.",
            "L'identifiant et le mot de passe ne vont pas ensemble."),
        "locked": t(
            "Too many attempts. Try again later, or ask the administrator.",
            "Trop d'essais. Réessayez plus tard, ou demandez à l'administrateur."),
        // Now
        "calls": t("Somebody is needed", "Quelqu'un est attendu"),
        "in_hand": t("In hand", "Pris en charge"),
        "put_aside": t("Put aside", "Mis de côté"),
        "nothing_open": t("Nothing is open.", "Rien en cours."),
        "nothing_open_blind": t(
            "Nothing is open – but not everything is watched; see below.",
            "Rien en cours – mais tout n'est pas surveillé ; voir plus bas."),
        "going": t("I am going", "J'y vais"),
        "there": t("I am there", "J'y suis"),
        "done": t("Done", "C'est fini"),
        "what_was_it": t("What was it?", "Qu'est-ce que c'était ?"),
        "outcome_real": t("Real", "Réelle"),
        "outcome_false": t("False alarm", "Fausse alerte"),
        "outcome_test": t("A test", "Un essai"),
        "outcome_technical": t("Technical", "Technique"),
        "outcome_other": t("Other", "Autre"),
        "note": t("Note", "Remarque"),
        "since": t("since", "depuis"),
        "why": t("Why", "Pourquoi"),
        "late": t("told late", "signalée en retard"),
        "times": t("times", "fois"),
        "shelve": t("Put aside", "Mettre de côté"),
        "shelve_for": t("For how long", "Pour combien de temps"),
        "minutes_15": t("15 minutes", "15 minutes"),
        "minutes_60": t("1 hour", "1 heure"),
        "minutes_480": t("8 hours", "8 heures"),
        "reason": t("Why", "Pourquoi"),
        "unshelve": t("Let it call again", "Faire rappeler"),
        "until": t("until", "jusqu'à"),
        "next_call": t("next call", "prochain appel"),
        "residences": t("Residences", "Résidences"),
        "on_shift": t("On shift", "En poste"),
        "on_call": t("On call", "D'astreinte"),
        "nobody": t("nobody", "personne"),
        "last_movement": t("movement", "mouvement"),
        "no_movement": t("nothing seen yet", "rien vu encore"),
        "day": t("The day", "La journée"),
        "use": t("Use over the weeks", "L'usage au fil des semaines"),
        "use_note": t(
            "Uses a day of the time in which the device was watched. Where it was not, the line has a gap: the bar below shows how much of each week was watched.",
            "Usages par jour, sur le temps où l'appareil était observé. Là où il ne l'était pas, la ligne s'interrompt : la barre du bas montre la part observée de chaque semaine."
        ),
        "uses": t("Uses", "Usages"),
        "use_support_note": t(
            "Dashed: uses on one's own, where that is known of at least four of five uses of a week. What nobody said stays unknown: it counts neither as alone nor as helped.",
            "En pointillés : usages sans aide, là où on le sait pour au moins quatre usages sur cinq de la semaine. Ce que personne n'a dit reste inconnu : ni sans aide, ni avec."
        ),
        "vault_closed_words": t(
            "What people said of uses cannot be read: the vault's key is away. It is not counted here.",
            "Ce que des personnes ont dit des usages ne peut pas être lu : la clé du coffre n'est pas là. Ce n'est pas compté ici."
        ),
        "use_known": t("Whether somebody helped is known of", "Aide connue pour"),
        "use_alone": t("on one's own", "sans aide"),
        "use_helped": t("with help", "avec de l'aide"),
        "use_unknown": t("unknown", "inconnus"),
        "use_contested": t("of them said differently", "dont les avis diffèrent"),
        "use_automatic": t("begun by an automation", "lancés par un automatisme"),
        "use_autonomy": t(
            "On one's own, of those known (95 % interval)",
            "Sans aide, parmi les usages connus (intervalle à 95 %)"),
        "use_autonomy_column": t(
            "On one's own, a watched day", "Sans aide, par jour observé"),
        "use_prompts": t("Prompts a use", "Rappels par usage"),
        "use_appropriation": t(
            "Change on one's own, a day each week", "Évolution sans aide, par jour et par semaine"),
        "use_weeks_left_out": t(
            "weeks left out: too little is known", "semaines écartées : on en sait trop peu"),
        "otherwise": t(
            "Otherwise than it presumes, to talk about",
            "Autrement que ce qu'il suppose, à discuter"),
        "otherwise_note": t(
            "People use things in their own way, and may have every reason to. Nothing is counted here, and nobody is measured by it.",
            "Chacun utilise les choses à sa manière, et peut avoir toutes les raisons de le faire. Rien n'est compté ici, et personne n'y est mesuré."
        ),
        "otherwise_hours": t("at other hours", "à d'autres heures"),
        "otherwise_shorter": t("shorter", "plus court"),
        "otherwise_longer": t("longer", "plus long"),
        "otherwise_oftener": t("more often that day", "plus souvent ce jour-là"),
        "otherwise_thing": t("another thing", "autre chose"),
        "otherwise_helped": t("with help", "avec de l'aide"),
        "uses_a_day": t("Uses a watched day", "Usages par jour observé"),
        "watched": t("Watched", "Observé"),
        "week_of": t("Week from", "Semaine du"),
        "not_watched": t("Not watched", "Non surveillé"),
        "all_watched": t("Everything is watched.", "Tout est surveillé."),
        "silent_since": t("silent since", "silencieux depuis"),
        "never_heard": t("never heard", "jamais entendu"),
        "out_of_service": t("out of service", "hors service"),
        // One alert, and past ones
        "state": t("State", "État"),
        "what_happened": t("What happened", "Ce qui s'est passé"),
        "who_was_told": t("Who was told", "Qui a été prévenu"),
        "events": t("The events behind it", "Les événements à l'origine"),
        "the_rule": t("The rule", "La règle"),
        "place": t("Where", "Où"),
        "rule": t("Rule", "Règle"),
        "priority": t("Priority", "Priorité"),
        "outcome": t("Outcome", "Issue"),
        "all": t("all", "toutes"),
        "from": t("From", "Du"),
        "show": t("Show", "Afficher"),
        "no_alerts": t("No alerts.", "Aucune alerte."),
        "began": t("Began", "Début"),
        "answered_by": t("Answered by", "Prise en charge par"),
        "time": t("Time", "Heure"),
        // Handover
        "accept": t("I have read it, and take over", "J'ai lu, je prends la relève"),
        "waiting": t("Waits to be accepted", "En attente"),
        "accepted_by": t("accepted by", "acceptée par"),
        "no_handover": t("No handover so far.", "Aucune relève pour l'instant."),
        "this_shift": t("This shift", "Ce poste"),
        "open_now": t("Open", "En cours"),
        "print": t("Print", "Imprimer"),
        "leaves": t("leaves", "part"),
        "comes": t("comes", "arrive"),
        // Devices and rules
        "last_seen": t("Last seen", "Vu"),
        "battery": t("Battery", "Pile"),
        "room": t("Room", "Pièce"),
        "device": t("Device", "Appareil"),
        "health": t("Health", "État"),
        "bridge_away": t("its bridge is away", "sa passerelle est absente"),
        "link": t("Link", "Liaison"),
        "battery_days": t("days to 20 %", "jours jusqu'à 20 %"),
        "clock_wrong": t("clock wrong", "horloge fausse"),
        "reboots": t("restarts in a week", "redémarrages en une semaine"),
        "flapping": t("comes and goes too often", "va et vient trop souvent"),
        "contradicts": t("contradicts itself in a week", "se contredit en une semaine"),
        "gateways_disagree": t(
            "its gateways contradict each other", "ses passerelles se contredisent"),
        "devices_behind": t("devices behind it", "appareils derrière elle"),
        "bridge": t("Bridge", "Passerelle"),
        "healthy": t("well", "bon"),
        "silent": t("silent", "silencieux"),
        "offline": t("offline", "injoignable"),
        "unknown_topics": t("Not known yet", "Pas encore connus"),
        "heard_besides": t("another gateway hears it on", "une autre passerelle l'entend sur"),
        "add_topic": t("Add this topic", "Ajouter ce sujet"),
        "unknown_topics_hint": t(
            "They announced themselves or speak, and have no place. Placing one takes a minute.",
            "Ils se sont annoncés ou parlent, et n'ont pas de place. En placer un prend une minute."
        ),
        "topic": t("Topic", "Sujet MQTT"),
        "messages": t("Messages", "Messages"),
        "latest": t("Latest", "Dernier"),
        "in_the_last": t("alerts in the last 28 days", "alertes en 28 jours"),
        // The day
        "previous_day": t("The day before", "La veille"),
        "next_day": t("The day after", "Le lendemain"),
        "as_table": t("As a table", "En tableau"),
        "device_row": t("Devices", "Appareils"),
        "blind_row": t("Not watched", "Non surveillé"),
        "what": t("What", "Quoi"),
        "to": t("To", "Au"),
        // Figures
        "to_acknowledge": t("Until somebody goes", "Jusqu'à « j'y vais »"),
        "to_be_there": t("Until somebody is there", "Jusqu'à « j'y suis »"),
        "median": t("median", "médiane"),
        "ninetieth": t("9 of 10 within", "9 sur 10 en"),
        "within_60": t("within 60 s", "en 60 s"),
        "within_180": t("within 180 s", "en 180 s"),
        "alarm_load": t("Alerts an hour", "Alertes par heure"),
        "false_share": t("False", "Fausses"),
        "chattering": t("Chattering", "En rafale"),
        "standing": t("Open for over a day", "En cours depuis plus d'un jour"),
        "count": t("Alerts", "Alertes"),
        "period_28": t("The last 28 days", "Les 28 derniers jours"),
        "shift": t("Shift", "Poste"),
        "figures_note": t(
            "Of residences and shifts, never of single people.",
            "Par résidence et par poste, jamais par personne."),
        // Errors
        "error_not_found": t("There is no such page.", "Cette page n'existe pas."),
        "error_forbidden": t("This is not for you to see.", "Cette page ne vous est pas ouverte."),
        "error_form": t(
            "The form is old. Go back, reload the page, and try again.",
            "Le formulaire est trop ancien. Revenez, rechargez la page, et recommencez."),
        "error_request": t("This cannot be read.", "Ceci ne peut pas être lu."),
        "error_refused": t("The hub says no.", "Le hub a refusé."),
        "error_too_many": t(
            "Too many requests. Wait a little.", "Trop de demandes. Patientez un peu."),
        "error_unavailable": t(
            "The hub cannot answer now. Alerts go on; try again.",
            "Le hub ne peut pas répondre. Les alertes continuent ; réessayez."),
        "back": t("To the first page", "Retour à l'accueil"),
    ]

    /// Words that come from states and are said of them.
    static let states: [String: LocalizedText] = [
        "info": t("info", "info"), "low": t("low", "basse"), "medium": t("medium", "moyenne"),
        "high": t("high", "haute"), "critical": t("critical", "critique"),
        "unacknowledged": t("no answer yet", "sans réponse"),
        "acknowledged": t("somebody goes", "quelqu'un y va"),
        "on_site": t("somebody is there", "quelqu'un y est"),
        "resolved": t("over", "terminée"),
        "asked": t("the person is asked", "la personne est interrogée"),
        "raised": t("raised", "déclenchée"), "repeated": t("again", "de nouveau"),
        "cleared": t("the cause ended", "la cause a cessé"),
        "reactivated": t("it is so again", "la cause est revenue"),
        "strengthened": t("more urgent", "plus urgente"), "shelved": t("put aside", "mise de côté"),
        "unshelved": t("calls again", "rappelle"),
        "suppressed": t("covered by another alert", "couverte par une autre alerte"),
        "unsuppressed": t("no more covered", "plus couverte"),
        "out_of_service": t("out of service", "hors service"),
        "returned_to_service": t("in service again", "remise en service"),
        "real": t("real", "réelle"), "false": t("false alarm", "fausse alerte"),
        "test": t("a test", "un essai"), "technical": t("technical", "technique"),
        "other": t("other", "autre"), "alert": t("alert", "alerte"),
        "reminder": t("reminder", "rappel"), "answered": t("somebody goes", "quelqu'un y va"),
        "handover": t("handover", "relève"), "digest": t("digest", "récapitulatif"),
        "drill": t("drill", "exercice"), "shown": t("calls", "appelle"),
    ]

    static func state(_ name: String, _ language: WebLanguage) -> String {
        states[name].map { language($0) } ?? name
    }
}
