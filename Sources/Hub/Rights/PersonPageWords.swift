/// The words of the page that a person gets of what is kept about them.
enum PersonPageWords {
    static let book = Phrasebook(texts: [
        "born": Phrasebook.t("Born in {year}.", "Année de naissance : {year}."),
        "contact": Phrasebook.t("Contact: {who}", "Contact : {who}"),
        "speaks": Phrasebook.t("Speaks for you: {who}", "Parle pour vous : {who}"),
        "note": Phrasebook.t("Note: {text}", "Note : {text}"),
        "who_you_are": Phrasebook.t("Who you are", "Qui vous êtes"),
        "shared": Phrasebook.t(
            "{count} devices are in rooms that you share. They also tell of others. They are not in here.",
            "{count} appareils sont dans des pièces partagées. Ils parlent aussi des autres. Ils ne sont pas ici."
        ),
        "devices": Phrasebook.t("Your devices", "Vos appareils"),
        "used": Phrasebook.t("What you used", "Ce que vous avez utilisé"),
        "used_once": Phrasebook.t(
            "{device}: once, on {day}.", "{device} : 1 fois, le {day}."),
        "used_often": Phrasebook.t(
            "{device}: {count} times, last on {day}.",
            "{device} : {count} fois, la dernière le {day}."),
        "alerts": Phrasebook.t("Alerts about you", "Alertes à votre sujet"),
        "said": Phrasebook.t("What was said of your days", "Ce qui a été dit de vos journées"),
        "recording": Phrasebook.t("a recording", "un enregistrement"),
        "alone": Phrasebook.t("on one's own", "sans aide"),
        "helped": Phrasebook.t("with help", "avec de l'aide"),
        "looks": Phrasebook.t("Who looked at your data", "Qui a regardé vos données"),
        "no_to": Phrasebook.t("{who}: no to {what}", "{who} : non à {what}"),
        "yes_to": Phrasebook.t("{who}: yes to {what}", "{who} : oui à {what}"),
        "pause": Phrasebook.t("a pause", "une pause"),
        "pause_over": Phrasebook.t("end of the pause", "fin de la pause"),
        "represented": Phrasebook.t("somebody speaks for you", "quelqu'un parle pour vous"),
        "not_represented": Phrasebook.t("nobody speaks for you", "personne ne parle pour vous"),
        "studies": Phrasebook.t(
            "Studies that received something", "Études qui ont reçu des données"),
        "title": Phrasebook.t("What Foyer keeps about you", "Ce que Foyer garde sur vous"),
        "words": Phrasebook.t("What you said yes or no to", "Vos oui et vos non"),
        "nothing": Phrasebook.t("Nothing.", "Rien."),
        "rights": Phrasebook.t(
            "You can ask to have this changed or erased.",
            "Vous pouvez demander de le changer ou de l'effacer."),
    ])
}
