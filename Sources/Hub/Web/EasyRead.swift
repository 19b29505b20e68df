import Rules

/// Every word of a resident's page, in easy French and English: short sentences, one idea each, no word that needs
/// another. Apart from the other words, so that those for whom they are can read them through and validate them.
enum EasyRead {
    /// The words in one language, for templates: `{{e.my_page}}`.
    static func words(_ language: WebLanguage) -> [String: String] {
        texts.mapValues { language($0) }
    }

    /// One text, in one language.
    static func text(_ name: String, _ language: WebLanguage) -> String {
        texts[name].map { language($0) } ?? name
    }

    private static func t(_ english: String, _ french: String) -> LocalizedText {
        LocalizedText(english: english, french: french)
    }

    static let texts: [String: LocalizedText] = around.merging(parts) { $1 }
        .merging(told) { $1 }

    private static let around: [String: LocalizedText] = [
        "my_page": t("My page", "Ma page"),
        "skip": t("To the content", "Aller au contenu"),
        "read_aloud": t("Read aloud", "Lire à voix haute"),
        "read_page": t("Read the whole page aloud", "Lire toute la page à voix haute"),
        "other_language": t("Français", "English"),
        "draft": t(
            "Draft. Nobody has checked these easy words yet.",
            "Brouillon. Personne n'a encore vérifié ces mots faciles."),
        "validated": t("These words were checked by:", "Ces mots ont été vérifiés par :"),
        "lost": t(
            "No connection. This page cannot call for help now. Use your call button, or call somebody.",
            "Pas de connexion. Cette page ne peut pas appeler maintenant. Prenez votre bouton d'appel, ou appelez quelqu'un."
        ),
        "leave": t("Close my page", "Fermer ma page"),
        "leave_ask": t("Do you want to close your page?", "Voulez-vous fermer votre page ?"),
        "leave_then": t(
            "Then you cannot call for help here.", "Alors vous ne pouvez plus appeler à l'aide ici."
        ),
        "leave_back": t(
            "You need your password to open it again.",
            "Il faut votre mot de passe pour la rouvrir."),
        "leave_yes": t("Yes, close it", "Oui, fermer"),
        "leave_no": t("No, stay", "Non, rester"),
        "failed": t("It did not work.", "Cela n'a pas marché."),
        "failed_again": t("Try again.", "Essayez encore."),
        "failed_help": t(
            "If you need help, use your call button.",
            "Si vous avez besoin d'aide, prenez votre bouton d'appel."),
        // The first page
        "help": t("I need help", "J'ai besoin d'aide"),
        "fine": t("I am fine", "Je vais bien"),
        "recorded": t("What is recorded", "Ce qui est enregistré"),
        "day": t("My day", "Ma journée"),
        "looks": t("Who looked", "Qui a regardé"),
        "pause": t("Pause", "Pause"),
        "answers": t("My yes and my no", "Mes oui et mes non"),
        "think": t("What I think", "Ce que j'en pense"),
        // What is so now
        "called": t("You asked for help.", "Vous avez demandé de l'aide."),
        "called_told": t("The team is told.", "L'équipe est prévenue."),
        "called_wait": t("Somebody will come.", "Quelqu'un va venir."),
        "alarm": t("The team is told: {what}.", "L'équipe est prévenue : {what}."),
        "coming": t("{name} is coming.", "{name} arrive."),
        "here": t("{name} is with you.", "{name} est avec vous."),
        "over": t("Your call is over.", "Votre appel est terminé."),
        "said_fine": t("You said: I am fine.", "Vous avez dit : je vais bien."),
        "said_fine_seen": t("The team can see it.", "L'équipe peut le voir."),
        "paused": t("You pause.", "Vous êtes en pause."),
        "paused_until": t("Until {time}.", "Jusqu'à {time}."),
        "all_quiet": t("You are not calling.", "Vous n'appelez pas."),
    ]

    private static let parts: [String: LocalizedText] = [
        // What is recorded
        "recorded_none": t(
            "No device tells anything about you.", "Aucun appareil ne dit rien de vous."),
        "recorded_why": t("Why?", "Pourquoi ?"),
        "recorded_house": t(
            "Smoke, gas and water alarms look after the house. They tell nothing about you.",
            "Les alarmes de fumée, de gaz et d'eau veillent sur la maison. Elles ne disent rien de vous."
        ),
        "recorded_shared": t(
            "You share this with others who live here.",
            "Vous le partagez avec d'autres qui habitent ici."),
        "recorded_say_no": t(
            "You can always say no. Tell somebody of the team.",
            "Vous pouvez toujours dire non. Dites-le à quelqu'un de l'équipe."),
        "safety_yes": t(
            "For your safety. The team can help you.",
            "Pour votre sécurité. L'équipe peut vous aider."
        ),
        "safety_assumed": t(
            "For your safety. Nobody has asked you yet.",
            "Pour votre sécurité. Personne ne vous a encore demandé."),
        "safety_no": t(
            "Not for your safety: you said no.", "Pas pour votre sécurité : vous avez dit non."),
        "safety_paused": t(
            "Not for your safety now: you pause.",
            "Pas pour votre sécurité maintenant : vous êtes en pause."),
        "safety_waits": t(
            "Not for your safety: there is no yes yet.",
            "Pas pour votre sécurité : il n'y a pas encore de oui."),
        "safety_closed": t(
            "Not for your safety now.", "Pas pour votre sécurité maintenant."),
        "care_yes": t(
            "To see how you use your things.", "Pour voir comment vous utilisez vos affaires."),
        "care_assumed": t(
            "To see how you use your things. Nobody has asked you yet.",
            "Pour voir comment vous utilisez vos affaires. Personne ne vous a encore demandé."),
        "care_no": t(
            "Not to see how you use your things: you said no.",
            "Pas pour voir comment vous utilisez vos affaires : vous avez dit non."),
        "care_paused": t(
            "Not to see how you use your things now: you pause.",
            "Pas pour voir comment vous utilisez vos affaires maintenant : vous êtes en pause."),
        "care_waits": t(
            "Not to see how you use your things: there is no yes yet.",
            "Pas pour voir comment vous utilisez vos affaires : il n'y a pas encore de oui."),
        "care_closed": t(
            "Not to see how you use your things now.",
            "Pas pour voir comment vous utilisez vos affaires maintenant."),
        "study_yes": t("For the study: {study}.", "Pour l'étude : {study}."),
        // My day
        "today": t("Today", "Aujourd'hui"),
        "yesterday": t("Yesterday", "Hier"),
        "day_none": t("Nothing was noticed.", "Rien n'a été remarqué."),
        "day_only_yours": t(
            "Here are your own things. What you share with others is not here.",
            "Voici vos affaires à vous. Ce que vous partagez avec d'autres n'est pas ici."),
        "day_more": t("And {count} more.", "Et encore {count}."),
        "not_paused": t("Not recorded. You paused.", "Pas enregistré. Vous étiez en pause."),
        "not_agreed": t(
            "Not recorded. There was no yes.", "Pas enregistré. Il n'y avait pas de oui."),
        "not_hub": t(
            "Not recorded. The system was off.", "Pas enregistré. Le système était arrêté."),
        "not_away": t("You were away.", "Vous n'étiez pas là."),
        "battery_empty": t(
            "{device}: no news. The battery is empty. Somebody has to change it.",
            "{device} : pas de nouvelles. La pile est vide. Quelqu'un doit la changer."),
        "not_heard": t(
            "{device}: no news. Perhaps it is broken.",
            "{device} : pas de nouvelles. C'est peut-être en panne."),
        "not_heard_since": t(
            "{device}: no news since {time}. Perhaps it is broken.",
            "{device} : pas de nouvelles depuis {time}. C'est peut-être en panne."),
        "until": t("Until {time}.", "Jusqu'à {time}."),
        "for_minutes": t("For {count} minutes.", "Pendant {count} minutes."),
        "for_minute": t("For 1 minute.", "Pendant 1 minute."),
        "for_hours": t("For {count} hours.", "Pendant {count} heures."),
        "for_hour": t("For 1 hour.", "Pendant 1 heure."),
        "times": t("{count} times.", "{count} fois."),
        "you_called": t("You asked for help.", "Vous avez demandé de l'aide."),
        "part_night": t("The night", "La nuit"),
        "part_morning": t("The morning", "Le matin"),
        "part_afternoon": t("The afternoon", "L'après-midi"),
        "part_evening": t("The evening", "Le soir"),
        // Who looked
        "looks_none": t("Nobody looked.", "Personne n'a regardé."),
        "looks_days": t("In the last 14 days.", "Ces 14 derniers jours."),
        "looks_closed": t(
            "A part of this list cannot be read now.",
            "Une partie de cette liste ne peut pas être lue maintenant."),
        "looked_now": t(
            "looked at the first page: who calls, where somebody moves.",
            "a regardé la première page : qui appelle, où quelqu'un bouge."),
        "looked_alerts": t(
            "looked at the calls of your home.", "a regardé les appels de chez vous."),
        "looked_handover": t(
            "read the notes for the next team.", "a lu les notes pour l'équipe suivante."),
        "looked_people": t(
            "looked at your yes and your no.", "a regardé vos oui et vos non."),
        "looked_day": t("looked at a day in your home.", "a regardé une journée chez vous."),
        "looked_use": t(
            "looked at how things are used in your home.",
            "a regardé comment on utilise les choses chez vous."),
        "looked_names": t("saw your name.", "a vu votre nom."),
        "looked_words": t(
            "looked at what is said of your days.", "a regardé ce qui est dit de vos journées."),
        "looked_looks": t("looked at this list.", "a regardé cette liste."),
        "looked_measures": t(
            "counted how often you had help.", "a compté combien de fois vous avez eu de l'aide."),
        "looked_list": t(
            "looked at the list of all people.", "a regardé la liste des personnes."),
        "looked_show": t(
            "looked at what is known of you: your name, your family.",
            "a regardé ce qu'on sait de vous : votre nom, vos proches."),
        "looked_change": t(
            "changed what is known of you.", "a changé ce qu'on sait de vous."),
        "looked_annotations": t(
            "read what you think.", "a lu ce que vous en pensez."),
        "looked_study": t(
            "took data for a study.", "a pris des données pour une étude."),
        "looked_report": t(
            "looked at your data for the report of a study.",
            "a regardé vos données pour le rapport d'une étude."),
        "looked_copy": t(
            "made a copy of all your data, for you.",
            "a fait une copie de toutes vos données, pour vous."),
        "looked_erasure": t("erased your data.", "a effacé vos données."),
        "looked_other": t("looked at a page about your home.", "a regardé une page sur chez vous."),
        // Pause
        "pause_what": t(
            "In a pause nothing is recorded about you.",
            "Pendant une pause, rien n'est enregistré de vous."),
        "pause_help": t(
            "Your call for help still works.", "Votre appel à l'aide marche toujours."),
        "pause_alarms": t(
            "Alarms for your safety go on. You said so.",
            "Les alarmes pour votre sécurité continuent. Vous l'avez voulu."),
        "pause_no_alarms": t(
            "Other alarms about you do not work in a pause.",
            "Les autres alarmes sur vous ne marchent pas pendant la pause."),
        "pause_free": t("You need not say why.", "Vous n'avez pas à dire pourquoi."),
        "pause_how_long": t("For how long?", "Pour combien de temps ?"),
        "pause_hour": t("1 hour", "1 heure"),
        "pause_tonight": t("Until this evening", "Jusqu'à ce soir"),
        "pause_tomorrow": t("Until tomorrow", "Jusqu'à demain"),
        "pause_end": t("End the pause", "Finir la pause"),
        "pause_none": t("You do not pause.", "Vous n'êtes pas en pause."),
        // Yes and no
        "care_question": t(
            "May we record how you use your things?",
            "Pouvons-nous enregistrer comment vous utilisez vos affaires ?"),
        "care_line_1": t(
            "You and your team can see it.", "Vous et votre équipe pouvez le voir."),
        "care_line_2": t(
            "It helps to find what is good for you.",
            "Cela aide à trouver ce qui est bien pour vous."
        ),
        "care_line_3": t(
            "You can say no. Nothing bad happens then.",
            "Vous pouvez dire non. Il ne se passe rien de mal."),
        "study": t("A study", "Une étude"),
        "study_asks": t("The study asks:", "L'étude demande :"),
        "study_no_summary": t(
            "There is a longer text. Ask somebody to read it with you.",
            "Il y a un texte plus long. Demandez à quelqu'un de le lire avec vous."),
        "study_gone": t("This study is not open now.", "Cette étude n'est pas ouverte maintenant."),
        "free": t(
            "You can change your mind at any time.", "Vous pouvez changer d'avis à tout moment."),
        "answer_yes": t("You said yes.", "Vous avez dit oui."),
        "answer_no": t("You said no.", "Vous avez dit non."),
        "answer_none": t("You have not said anything yet.", "Vous n'avez encore rien dit."),
        "answer_assumed": t(
            "You have not said anything yet. It is recorded until you say no.",
            "Vous n'avez encore rien dit. C'est enregistré jusqu'à ce que vous disiez non."),
        "answer_waits": t(
            "You said yes. The person who represents you has not said yes yet.",
            "Vous avez dit oui. La personne qui vous représente n'a pas encore dit oui."),
        "answer_other_no": t(
            "The person who represents you said no.",
            "La personne qui vous représente a dit non."),
        "answer_wish": t(
            "You want to say yes. Somebody will talk about it with you first.",
            "Vous voulez dire oui. Quelqu'un va d'abord en parler avec vous."),
        "say_yes": t("I want to say yes", "Je veux dire oui"),
        "say_no": t("No", "Non"),
        // What I think
        "think_when": t("What do you want to talk about?", "De quoi voulez-vous parler ?"),
        "think_how": t("How was it?", "C'était comment ?"),
        "think_good": t("Good", "Bien"),
        "think_middling": t("So-so", "Moyen"),
        "think_bad": t("Bad", "Pas bien"),
        "think_write": t("I write", "J'écris"),
        "think_words": t("Your words", "Vos mots"),
        "think_who": t("Who may see it?", "Qui peut le voir ?"),
        "think_keep": t("My team", "Mon équipe"),
        "think_share": t("My team and the study", "Mon équipe et l'étude"),
        "think_said": t("What you said", "Ce que vous avez dit"),
        "think_shared": t("The study may see it.", "L'étude peut le voir."),
        "think_kept": t("The study may not see it.", "L'étude ne peut pas le voir."),
        "think_let": t("Let the study see it", "Montrer à l'étude"),
        "think_unlet": t("Hide it from the study", "Cacher à l'étude"),
        "think_alone": t("I did it on my own", "J'ai fait sans aide"),
        "think_helped": t("I had help", "J'ai eu de l'aide"),
        "think_voice": t("You said it aloud.", "Vous l'avez dit à voix haute."),
    ]

    /// What devices tell, by the beginning of their capability: what they notice, and what was noticed.
    private static let told: [String: LocalizedText] = [
        "notices_contact": t(
            "It notices when this opens or shuts.", "Il remarque quand cela s'ouvre ou se ferme."),
        "was_contact": t("It was open.", "C'était ouvert."),
        "notices_presence": t(
            "It notices when somebody moves.", "Il remarque quand quelqu'un bouge."),
        "was_presence": t("Somebody moved.", "Quelqu'un a bougé."),
        "notices_button": t(
            "It notices when somebody presses it.", "Il remarque quand on appuie dessus."),
        "was_button": t("It was pressed.", "On a appuyé."),
        "notices_call": t(
            "It calls for help when you press it.", "Il appelle à l'aide quand vous appuyez."),
        "was_call": t("It called for help.", "Il a appelé à l'aide."),
        "notices_alarm": t(
            "It gives an alarm when something is wrong.",
            "Il donne l'alarme quand quelque chose ne va pas."),
        "was_alarm": t("It gave an alarm.", "Il a donné l'alarme."),
        "notices_bed": t(
            "It notices when somebody is in bed.", "Il remarque quand quelqu'un est au lit."),
        "was_bed": t("Somebody was in bed.", "Quelqu'un était au lit."),
        "notices_med": t(
            "It notices when medicine is taken.", "Il remarque quand on prend un médicament."),
        "was_med": t("Medicine was taken.", "Un médicament a été pris."),
        "notices_usage": t(
            "It notices what is used on it.", "Il remarque ce qu'on utilise dessus."),
        "was_usage": t("It was used.", "On l'a utilisé."),
        "notices_power": t("It notices when this is on.", "Il remarque quand c'est allumé."),
        "was_power": t("It was on.", "C'était allumé."),
        "notices_lock": t(
            "It notices when this is locked.", "Il remarque quand c'est fermé à clé."),
        "was_lock": t("It was locked.", "C'était fermé à clé."),
        "notices_access": t(
            "It notices which badge is shown.", "Il remarque quel badge est montré."),
        "was_access": t("A badge was shown.", "Un badge a été montré."),
        "notices_location": t("It notices where it is.", "Il remarque où il est."),
        "was_location": t("It was somewhere.", "Il était quelque part."),
        "notices_env": t("It measures the air: warm or cold.", "Il mesure l'air : chaud ou froid."),
        "was_env": t("It measured the air.", "Il a mesuré l'air."),
        "notices_other": t("It tells how it is.", "Il dit comment il va."),
        "was_other": t("It was used.", "Il a été utilisé."),
    ]

    /// The name of what a device tells, in the words above.
    static func kind(of capability: Capability) -> String {
        let name = capability.rawValue
        let kinds: [(String, String)] = [
            ("alarm.sos", "call"), ("contact.", "contact"), ("presence.", "presence"),
            ("button.", "button"), ("remote.", "button"), ("alarm.", "alarm"), ("bed.", "bed"),
            ("med.", "med"), ("usage.", "usage"), ("power.", "power"), ("energy.", "power"),
            ("switch.", "power"), ("light.", "power"), ("lock.", "lock"), ("access.", "access"),
            ("location.", "location"), ("env.", "env"), ("cover.", "contact"),
        ]
        return kinds.first { name.hasPrefix($0.0) }?.1 ?? "other"
    }

    private static let months = [
        t("January", "janvier"), t("February", "février"), t("March", "mars"),
        t("April", "avril"), t("May", "mai"), t("June", "juin"), t("July", "juillet"),
        t("August", "août"), t("September", "septembre"), t("October", "octobre"),
        t("November", "novembre"), t("December", "décembre"),
    ]

    /// `24 November`, `24 novembre`, `1er mai`.
    static func date(_ date: CalendarDate, _ language: WebLanguage) -> String {
        let day = language == .french && date.day == 1 ? "1er" : "\(date.day)"
        return "\(day) \(language(months[(date.month - 1) % 12]))"
    }
}
