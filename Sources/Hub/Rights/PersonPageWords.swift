import Rules

/// The words of the page that a person gets of what is kept about them: short sentences, one idea a line (Inclusion Europe,
/// "Information for all").
enum PersonPageWords {
    static let book = Phrasebook(texts: [
        "title": Phrasebook.t("What Foyer keeps about you", "Ce que Foyer garde sur vous"),
        "made": Phrasebook.t("Made on {day}.", "Page faite le {day}."),
        "page_yours": Phrasebook.t(
            "This page is yours. You can keep it.", "Cette page est à vous. Vous pouvez la garder."),
        "page_names": Phrasebook.t(
            "Your name is on it. Show it only to people whom you trust.",
            "Votre nom est dessus. Montrez-la seulement à des personnes de confiance."),
        "page_help": Phrasebook.t(
            "You can read it with somebody.", "Vous pouvez la lire avec quelqu'un."),
        "why": Phrasebook.t("Why do we keep this?", "Pourquoi gardons-nous cela ?"),
        "nothing": Phrasebook.t("Nothing is kept here.", "Rien n'est gardé ici."),
        // Who
        "who_you_are": Phrasebook.t("Who you are", "Qui vous êtes"),
        "name": Phrasebook.t("Your name: {who}", "Votre nom : {who}"),
        "known_as": Phrasebook.t(
            "Your name in the system: {who}", "Votre nom dans le système : {who}"),
        "born": Phrasebook.t("You were born in {year}.", "Vous êtes né·e en {year}."),
        "contact": Phrasebook.t("Somebody to call: {who}", "Quelqu'un à appeler : {who}"),
        "speaks": Phrasebook.t("Speaks for you: {who}", "Parle pour vous : {who}"),
        "note": Phrasebook.t("A note: {text}", "Une note : {text}"),
        "why_who": Phrasebook.t(
            "So that the team knows you.", "Pour que l'équipe vous connaisse."),
        // Devices
        "devices": Phrasebook.t("Your devices", "Vos appareils"),
        "told_once": Phrasebook.t(
            "Your devices told something 1 time.", "Vos appareils ont dit 1 chose."),
        "told": Phrasebook.t(
            "Your devices told something {count} times.",
            "Vos appareils ont dit {count} choses."),
        "used_once": Phrasebook.t(
            "{device}: 1 time, on {day}.",
            "{device} : 1 fois, le {day}."),
        "used_often": Phrasebook.t(
            "{device}: {count} times.\nThe last time was on {day}.",
            "{device} : {count} fois.\nLa dernière fois, c'était le {day}."),
        "shared_one": Phrasebook.t(
            "1 device is in a room that you share.\nIt also tells of others.\nIt is not in here.",
            "1 appareil est dans une pièce partagée.\nIl parle aussi des autres.\nIl n'est pas ici."
        ),
        "shared": Phrasebook.t(
            "{count} devices are in rooms that you share.\nThey also tell of others.\nThey are not in here.",
            "{count} appareils sont dans des pièces partagées.\nIls parlent aussi des autres.\nIls ne sont pas ici."
        ),
        "why_devices": Phrasebook.t(
            "To call somebody when you need help.\nTo see how you use your things.",
            "Pour appeler quelqu'un quand il faut vous aider.\nPour voir comment vous utilisez vos affaires."
        ),
        // Alerts
        "alerts": Phrasebook.t("Alerts about you", "Alertes à votre sujet"),
        "alert_one": Phrasebook.t("There was 1 alert.", "Il y a eu 1 alerte."),
        "alert_many": Phrasebook.t(
            "There were {count} alerts.", "Il y a eu {count} alertes."),
        "alert_last": Phrasebook.t("The last one: {what}.", "La dernière : {what}."),
        "on_day": Phrasebook.t("It was on {day}.", "C'était le {day}."),
        "why_alerts": Phrasebook.t(
            "To see whether somebody came.", "Pour voir si quelqu'un est venu."),
        // Words on days
        "said": Phrasebook.t("What was said of your days", "Ce qui a été dit de vos journées"),
        "said_one": Phrasebook.t("Something was said 1 time.", "1 chose a été dite."),
        "said_many": Phrasebook.t(
            "Something was said {count} times.", "{count} choses ont été dites."),
        "said_below": Phrasebook.t(
            "You can read it below.", "Vous pouvez le lire plus bas."),
        "why_said": Phrasebook.t(
            "So that your own words count.", "Pour que vos mots à vous comptent."),
        "recording": Phrasebook.t("a recording", "un enregistrement"),
        "alone": Phrasebook.t("on one's own", "sans aide"),
        "helped": Phrasebook.t("with help", "avec de l'aide"),
        // Yes and no
        "words": Phrasebook.t("Your yes and your no", "Vos oui et vos non"),
        "you_yes": Phrasebook.t(
            "You said yes to {what}, on {day}.", "Vous avez dit oui à {what}, le {day}."),
        "you_no": Phrasebook.t(
            "You said no to {what}, on {day}.", "Vous avez dit non à {what}, le {day}."),
        "other_yes": Phrasebook.t(
            "Somebody said yes for you to {what}, on {day}.",
            "Quelqu'un a dit oui pour vous à {what}, le {day}."),
        "other_no": Phrasebook.t(
            "Somebody said no for you to {what}, on {day}.",
            "Quelqu'un a dit non pour vous à {what}, le {day}."),
        "pauses_one": Phrasebook.t("You paused 1 time.", "Vous avez fait 1 pause."),
        "pauses_many": Phrasebook.t(
            "You paused {count} times.", "Vous avez fait {count} pauses."),
        "why_words": Phrasebook.t(
            "To show that we do what you said.",
            "Pour montrer que nous faisons ce que vous avez dit."
        ),
        "purpose_safety": Phrasebook.t("your safety", "votre sécurité"),
        "purpose_care": Phrasebook.t(
            "seeing how you use your things", "voir comment vous utilisez vos affaires"),
        "purpose_study": Phrasebook.t("the study {study}", "l'étude {study}"),
        // Studies
        "studies": Phrasebook.t(
            "Studies that received something", "Les études qui ont reçu quelque chose"),
        "study_got": Phrasebook.t(
            "The study {study} received something on {day}.",
            "L'étude {study} a reçu quelque chose le {day}."),
        "study_to": Phrasebook.t("It went to: {who}", "C'est allé à : {who}"),
        "study_none": Phrasebook.t(
            "No study received anything about you.", "Aucune étude n'a rien reçu sur vous."),
        "why_studies": Phrasebook.t(
            "So that they can be told when you say no.", "Pour les prévenir quand vous dites non."),
        // Looks
        "looks": Phrasebook.t("Who looked", "Qui a regardé"),
        "look_one": Phrasebook.t("Somebody looked 1 time.", "Quelqu'un a regardé 1 fois."),
        "look_many": Phrasebook.t(
            "Somebody looked {count} times.", "Quelqu'un a regardé {count} fois."),
        "look_last": Phrasebook.t(
            "The last time was on {day}: {who}.", "La dernière fois, c'était le {day} : {who}."),
        "why_looks": Phrasebook.t(
            "So that you can see who looked.", "Pour que vous puissiez voir qui a regardé."),
        // How long
        "how_long": Phrasebook.t("How long do we keep it?", "Combien de temps le gardons-nous ?"),
        "kept_safety": Phrasebook.t("Alerts: {span}.", "Les alertes : {span}."),
        "kept_care": Phrasebook.t(
            "How you use your things: {span}.", "Comment vous utilisez vos affaires : {span}."),
        "span_open": Phrasebook.t(
            "until somebody deletes it", "jusqu'à ce que quelqu'un l'efface"),
        "kept_words": Phrasebook.t(
            "Your yes and your no: always.", "Vos oui et vos non : toujours."),
        "kept_looks": Phrasebook.t("Who looked: always.", "Qui a regardé : toujours."),
        // What to do
        "can_do": Phrasebook.t("What you can do", "Ce que vous pouvez faire"),
        "can_change": Phrasebook.t(
            "Is something wrong?\nYou can ask to change it.",
            "Quelque chose est faux ?\nVous pouvez demander de le changer."),
        "can_erase": Phrasebook.t(
            "You can ask to have it deleted.", "Vous pouvez demander de l'effacer."),
        "can_no": Phrasebook.t(
            "You can say no at any time.\nYou need not say why.",
            "Vous pouvez dire non à tout moment.\nVous n'avez pas à dire pourquoi."),
        "can_ask": Phrasebook.t(
            "Ask somebody of the team.", "Demandez à quelqu'un de l'équipe."),
        // The details
        "details": Phrasebook.t("All the details", "Tous les détails"),
        "details_note": Phrasebook.t(
            "For you and for whoever helps you. Times are those of your home.",
            "Pour vous et pour qui vous aide. Les heures sont celles de votre logement."),
        "files_note": Phrasebook.t(
            "The files beside this page have every single reading, for computers. There, times are in UTC.",
            "Les fichiers à côté de cette page ont chaque lecture, pour les ordinateurs. Les heures y sont en UTC."
        ),
        "when": Phrasebook.t("when", "quand"),
        "what": Phrasebook.t("what", "quoi"),
        "who": Phrasebook.t("who", "qui"),
        "until": Phrasebook.t("until", "jusqu'à"),
        "device": Phrasebook.t("device", "appareil"),
        "times": Phrasebook.t("how often", "combien de fois"),
        "last": Phrasebook.t("last", "dernière fois"),
        "over": Phrasebook.t("over", "finie"),
        "study": Phrasebook.t("study", "étude"),
        "received_by": Phrasebook.t("received by", "reçu par"),
        "yes": Phrasebook.t("yes: {what}", "oui : {what}"),
        "no": Phrasebook.t("no: {what}", "non : {what}"),
        "wish": Phrasebook.t("wishes to say yes: {what}", "souhaite dire oui : {what}"),
        "help": Phrasebook.t("a call for help", "un appel à l'aide"),
        "fine": Phrasebook.t("all is well", "tout va bien"),
        "pause": Phrasebook.t("a pause", "une pause"),
        "pause_over": Phrasebook.t("end of the pause", "fin de la pause"),
        "represented": Phrasebook.t("somebody speaks for you", "quelqu'un parle pour vous"),
        "not_represented": Phrasebook.t("nobody speaks for you", "personne ne parle pour vous"),
        "look_list": Phrasebook.t("the list of all people", "la liste des personnes"),
        "look_names": Phrasebook.t("your name", "votre nom"),
        "look_show": Phrasebook.t("name, contacts, notes", "nom, contacts, notes"),
        "look_change": Phrasebook.t(
            "changed name, contacts or notes", "a changé nom, contacts ou notes"),
        "look_annotations": Phrasebook.t(
            "what is said of your days", "ce qui est dit de vos journées"),
        "look_measures": Phrasebook.t(
            "how you use your things", "comment vous utilisez vos affaires"),
        "look_study": Phrasebook.t("took data for a study", "a pris des données pour une étude"),
        "look_report": Phrasebook.t("made a study's report", "a fait le rapport d'une étude"),
        "look_copy": Phrasebook.t(
            "made such a page for you", "a fait une page comme celle-ci pour vous"),
        "look_erasure": Phrasebook.t("deleted what was kept", "a effacé ce qui était gardé"),
        "look_other": Phrasebook.t("a page about your home", "une page sur votre logement"),
    ])

    /// The name of the word for what somebody looked at.
    static func name(of kind: PersonLook.Kind) -> String {
        switch kind {
        case .list: "look_list"
        case .names: "look_names"
        case .show: "look_show"
        case .change: "look_change"
        case .annotations, .words: "look_annotations"
        case .measures, .use, .day: "look_measures"
        case .study: "look_study"
        case .report: "look_report"
        case .copy: "look_copy"
        case .erasure: "look_erasure"
        case .now, .handover, .people, .alerts, .looks, .other: "look_other"
        }
    }
}
