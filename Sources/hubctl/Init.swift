import ArgumentParser
import Foundation
import Hub

/// `hubctl init`: a home to start from.
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Write a commented home to start from.")

    @Argument(help: "The folder; it must be empty or not there yet.")
    var folder: String

    func run() throws {
        let manager = FileManager.default
        if let there = try? manager.contentsOfDirectory(atPath: folder), !there.isEmpty {
            throw CommandFailure("\(folder) is not empty; nothing was written")
        }
        do {
            try manager.createDirectory(
                atPath: folder + "/rules", withIntermediateDirectories: true)
            for (name, text) in StartingHome.files {
                try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
                print("wrote \(folder)/\(name)")
            }
        } catch {
            throw CommandFailure(
                "\(folder) cannot be written; check its permissions, and whether there is room on the disk"
            )
        }
        print(
            "next: put your devices into \(folder)/devices.yaml, then: hubctl run --home \(folder)")
    }
}

/// The files that `hubctl init` writes.
enum StartingHome {
    static let files: [(name: String, text: String)] = [
        ("hub.yaml", hub), ("devices.yaml", devices), ("staff.yaml", staff),
        ("notifications.yaml", notifications),
        ("rules/start.yaml", rules),
    ]

    private static let hub = """
        # The site: its residences and rooms, its pages, its broker, its limits. Everything below "listen" is as it would be without
        # being written: change what you need. 'hubctl check --home DIR' says what is wrong, with its line.
        version: 1
        site: {id: site, title: {en: Our site, fr: Notre site}}
        zone: Europe/Paris          # IANA name; a residence may have a "zone" of its own
        # Where the residences are, for sunrise and sunset in the windows of rules; a residence may have its own.
        latitude: 48.85
        longitude: 2.35
        # What "holidays" means in the windows of rules: dates, spans, or a calendar (fr, fr-alsace-moselle).
        holidays: {calendar: fr, also: [], except: []}
        residences:
          - id: home
            title: {en: Home, fr: Maison}
            people: [p1]            # opaque identifiers such as p1, never names
            rooms:
              - {id: hall, kind: hall, title: {en: Hall, fr: Entrée}}
              - {id: kitchen, kind: kitchen, title: {en: Kitchen, fr: Cuisine}}
              - {id: bedroom, kind: bedroom, person: p1, title: {en: Bedroom, fr: Chambre}}

        # The pages and the API for staff: "off", or an address. On other addresses than loopback give a certificate.
        listen: 127.0.0.1:8080
        web:
          session: 12h                            # after so long without a visit people sign in again
          # certificate_file: web.pem
          # key_file: web.key
        # Residents' own pages are in easy words. Until people for whom they are have checked them, each page says "draft":
        # easy_read_validated_by: {names: "six residents, with their team", on: 2026-11-20}
        # Alerts as entities of Home Assistant, over MQTT discovery; "off" for none.
        home_assistant: {prefix: homeassistant, language: fr}

        broker:
          # The hub starts this broker itself, and stops it when it ends. "listen: 0.0.0.0" lets devices on your network in;
          # they sign in as "devices" with the password in broker/devices.password.
          managed: {port: 1883, listen: 127.0.0.1}
          # A broker of your own instead ('hubctl doctor --home DIR' looks for weak settings in it):
          # url: "mqtts://foyer@broker.example:8883"
          # password_file: broker.password        # its first line is the password; mode 0600
          # ca_file: ca.pem                       # authorities to trust; without it the system's
          # certificate_file: hub.pem             # the hub's own certificate, with its key
          # key_file: hub.key
          client_id: foyer-site                   # the broker keeps the hub's session under it: never two hubs with one
          subscribe: ["#"]                        # topic filters
          session_expiry: 7d                      # how long the broker keeps what comes while the hub is away
          keep_alive: 30s

        intake:
          batch: 4000                             # messages committed together at most; four times as many may be under way
          maximum_payload: 256KiB                 # larger ones go to the quarantine, cut off
          quarantine: 10000                       # messages that could not be read are kept up to here; the oldest go
          unknown_topics: 10000                   # topics of no device are listed up to here, then only counted

          # How long what was recorded is kept for alerts and for traces of use; without it, until somebody erases it.
          # retention: {safety: 365d, care: 730d}

        """

    private static let devices = """
        # Which device is where. "topic" is where it speaks; its profile says what its messages mean.
        # 'hubctl events unknown' shows topics that are not here yet.
        version: 1
        devices:
          - {name: front_door, profile: zigbee2mqtt-contact, topic: zigbee2mqtt/front_door, residence: home, room: hall, kind: door, labels: [outside], title: {en: Front door, fr: Porte d'entrée}}
          - {name: hall_motion, profile: zigbee2mqtt-motion, topic: zigbee2mqtt/hall_motion, residence: home, room: hall, title: {en: Movement in the hall, fr: Mouvement dans l'entrée}}
          - {name: call_button, profile: zigbee2mqtt-sos, topic: zigbee2mqtt/call_button, residence: home, room: bedroom, person: p1, title: {en: Call button, fr: Bouton d'appel}}
          - {name: smoke, profile: zigbee2mqtt-smoke, topic: zigbee2mqtt/smoke, residence: home, room: kitchen, title: {en: Smoke detector, fr: Détecteur de fumée}}

        """

    private static let notifications = """
        # The ways out to people, besides the page and MQTT. Secrets stand in files of mode 0600, never here.
        # 'hubctl notify test' tries them out; contacts in staff.yaml name them.
        version: 1
        channels: {}
        #   hook: {webhook: "https://example.org/foyer", secret_file: hook.secret}     # JSON, signed with HMAC-SHA256
        #   alertmanager: {webhook: "https://example.org/am", form: alertmanager}
        #   sms: {apprise_file: sms.urls}      # apprise's URLs, one a line; {address} stands for the contact's
        # heartbeat: {url: "https://example.org/alive", every: 1m}   # whoever watches the hub hears when it falls silent

        """

    private static let staff = """
        # Who works where and when, and who is told of alerts in what order. 'hubctl check' proves that every chain reaches
        # somebody at every minute of the year ahead; 'hubctl staff rota' shows who is there.
        version: 1
        staff:
          # Roles: carer, team_leader, installer, researcher, administrator. Without "residences": all of them.
          # "contacts" names channels of notifications.yaml: {sms: "+33600000000", mail: someone@example.org}.
          - {id: leader, name: Team leader, roles: [team_leader, carer]}
        shifts:
          day: {from: "07:00", to: "14:00", title: {en: Day, fr: Jour}}
          evening: {from: "14:00", to: "21:00", title: {en: Evening, fr: Soir}}
          night: {from: "21:00", to: "07:00", title: {en: Night, fr: Nuit}}
        # A week's lines, and dates that differ:
        #   - {shift: day, days: [mon..fri], residences: [home], staff: [leader]}
        #   - {shift: day, days: [sat, sun], week: 0, of: 2, staff: [leader]}    # every second week
        #   - {shift: night, date: 2026-12-24, until: 2026-12-26, staff: [leader]}
        rota: []
        on_call: []
        chains:
          # Taken by every rule that names none. After the last step it begins anew, until somebody answers.
          default:
            title: {en: "The shift, then those on call, then the team leader", fr: "L'équipe en poste, puis l'astreinte, puis le chef de service"}
            arrive_within: 10m      # whoever said "I am going" is then asked whether they are there
            steps:
              - {notify: on_shift, wait: 2m}
              - {notify: [on_shift, on_call], wait: 3m}
              - {notify: team_leader, wait: 5m}
              # A number that somebody always answers:
              # - {notify: {channel: sms, address: "+33600000000"}, wait: 5m}
        digest: "08:30"             # low priorities, told together once a day
        # drills: {every_weeks: 4, days: [tue], at: "10:00"}

        """

    private static let rules = """
        # Rules are written once for a class of things, and run wherever there is what they need: once for each residence,
        # or "per" room, person or device.
        version: 1
        # Who answers for these rules.
        owner: the team leader
        windows:
          night: {from: "22:30", to: "06:30"}
        events:
          door_opened: {kind: door, label: outside, becomes: open}
          movement: {kind: motion, rooms: all}
          called: {kind: call_button}
        signals:
          door_open: {kind: door, label: outside, is: open}
          smoke: {kind: smoke}
        rules:
          - id: call
            title: {en: Call, fr: Appel}
            priority: critical
            per: person
            when: called
            latch: true             # open until somebody says what it was
            do: {en: Go to the person now., fr: Aller voir la personne maintenant.}

          - id: smoke
            title: {en: Smoke, fr: Fumée}
            priority: critical
            per: room
            when: smoke
            latch: true
            do: {en: "Call 112, then go.", fr: "Appeler le 112, puis y aller."}

          - id: night-exit
            title: {en: Out at night and not back, fr: Sortie de nuit sans retour}
            priority: high
            when: {after: door_opened, no: movement, within: 5m}
            guard: {during: night}
            clear: {event: movement}
            do: {en: "Call the flat, then go.", fr: "Appeler l'appartement, puis y aller."}

          - id: door-left-open
            title: {en: Front door left open, fr: Porte d'entrée restée ouverte}
            priority: medium
            when: {all: [door_open], for: 10m}
            do: {en: Shut the door., fr: Fermer la porte.}

        """
}
