import Rules

extension Catalogue {
    /// The words of what people say of traces, of names and of looks.
    static let wordTexts: [String: LocalizedText] = [
        "names_closed": t(
            "Names cannot be read: the vault's key is away. Identifiers stand in their place.",
            "Les noms ne peuvent pas être lus : la clé du coffre n'est pas là. Des identifiants les remplacent."
        ),
        "words": t("What is said", "Ce qui est dit"),
        "words_note": t(
            "Residents and staff say what a part of the day was, each in their own words. All of it stands side by side; nothing is changed or taken away. Who was wrong says it anew: of alone or with help, each one's latest word counts.",
            "Habitants et professionnels disent ce qu'était un moment de la journée, chacun avec ses mots. Tout se lit côte à côte ; rien n'est changé ni retiré. Qui s'est trompé le redit : pour « sans aide » ou « avec de l'aide », le dernier mot de chacun compte."
        ),
        "words_none": t(
            "Nobody said anything of this day.", "Personne n'a rien dit de cette journée."),
        "words_closed": t(
            "What was said cannot be read: the vault's key is away.",
            "Ce qui a été dit ne peut pas être lu : la clé du coffre n'est pas là."),
        "words_day": t("This day", "Cette journée"),
        "uses_none": t("No use was seen on this day.", "Aucun usage vu ce jour-là."),
        "say_something": t("Say something", "Dire quelque chose"),
        "say_of": t("Of what", "De quoi"),
        "say_all_devices": t("Of all devices of this person", "De tous ses appareils"),
        "say_from": t("From", "De"),
        "say_until": t("Until (empty: that minute)", "À (vide : cette minute)"),
        "say_words": t("In your own words", "Avec vos mots"),
        "say_picture": t("Or by a picture", "Ou par une image"),
        "say_support": t(
            "Were these uses on one's own, or with help?",
            "Ces usages étaient-ils sans aide, ou avec de l'aide ?"),
        "say_nothing": t("Say nothing of it", "Ne rien en dire"),
        "say_alone": t("On one's own", "Sans aide"),
        "say_helped": t("With help", "Avec de l'aide"),
        "say_prompts": t(
            "With help: prompts for each use, if counted",
            "Avec de l'aide : rappels par usage, si comptés"),
        "say_recording": t(
            "Or a recording (8 MB at most)", "Ou un enregistrement (8 Mo au plus)"),
        "say_share": t(
            "A study to which the person said yes may have it",
            "Une étude à laquelle la personne a dit oui peut l'avoir"),
        "say_it": t("Say it", "Le dire"),
        "said_resident": t("resident", "habitant"),
        "said_staff": t("staff", "équipe"),
        "said_shared": t("A study may have it.", "Une étude peut l'avoir."),
        "said_kept": t("It stays here.", "Cela reste ici."),
        "said_share": t("Let a study have it", "Permettre à une étude de l'avoir"),
        "said_keep": t("Keep it here", "Le garder ici"),
        "said_prompts": t("prompts a use", "rappels par usage"),
        "said_recording": t("A recording", "Un enregistrement"),
        "picture_happy": t("it went well", "c'était bien"),
        "picture_neutral": t("so so", "moyen"),
        "picture_sad": t("it did not go well", "ce n'était pas bien"),
        "who_said": t("Who", "Qui"),
        "looks": t("Who looked", "Qui a regardé"),
        "looks_note": t(
            "The last 90 days, on the pages and in the vault, latest first; the person sees the last 14 on their own page.",
            "Les 90 derniers jours, sur les pages et dans le coffre, le plus récent d'abord ; la personne voit les 14 derniers sur sa page."
        ),
        "looks_partly": t(
            "The vault's key is away: its own part is missing.",
            "La clé du coffre n'est pas là : sa partie manque."),
        "looks_nobody": t("Nobody looked.", "Personne n'a regardé."),
        "looked_now": t("the page Now", "la page Maintenant"),
        "looked_alerts": t("the home's alerts", "les alertes du lieu"),
        "looked_handover": t("the handover", "la relève"),
        "looked_people": t("their yes and their no", "leurs oui et leurs non"),
        "looked_day": t("a day in the home", "une journée du lieu"),
        "looked_use": t("how things are used", "l'usage des choses"),
        "looked_names": t("their name", "leur nom"),
        "looked_words": t("what is said of their days", "ce qui est dit de leurs journées"),
        "looked_looks": t("this list", "cette liste"),
        "looked_measures": t(
            "measures, with the help that they had", "les mesures, avec l'aide reçue"),
        "looked_list": t("the list of all people", "la liste des personnes"),
        "looked_show": t(
            "what the vault knows of them: name, contacts, notes",
            "ce que sait le coffre : nom, contacts, notes"),
        "looked_change": t(
            "changed what the vault knows of them", "a changé ce que sait le coffre"),
        "looked_annotations": t("what they said of their days", "ce qu'ils disent de leurs jours"),
        "looked_study": t("took data for a study", "a pris des données pour une étude"),
        "looked_report": t("made a study's report", "a fait le rapport d'une étude"),
        "looked_copy": t(
            "made a copy of all their data, for them",
            "a fait une copie de toutes leurs données, pour la personne"),
        "looked_erasure": t("erased their data", "a effacé leurs données"),
        "looked_other": t("a page about the home", "une page sur le lieu"),
    ]
}
