import GRDB

/// The journal's tables, as a numbered list that only ever grows.
enum Schema {
    /// Every migration, oldest first. Never change one that was released; add another.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: the journal") { database in
            try database.execute(sql: tables)
        }
        migrator.registerMigration("2: faults of devices") { database in
            try database.execute(sql: deviceFaults)
        }
        migrator.registerMigration("3: an alert that asks the person first is open") { database in
            try database.execute(
                sql: """
                    DROP INDEX alerts_open;
                    CREATE INDEX alerts_open ON alerts (response) WHERE response <> 2;
                    """)
        }
        migrator.registerMigration("4: episodes") { database in
            try database.execute(sql: episodes)
        }
        migrator.registerMigration("5: three axes of alerts, and notices") { database in
            try database.execute(sql: threeAxes)
        }
        migrator.registerMigration("6: what was tried to carry notices") { database in
            try database.execute(sql: attempts)
        }
        migrator.registerMigration("7: what announces itself, and what became of devices") {
            database in
            try database.execute(sql: discovery)
        }
        migrator.registerMigration("8: which channel of an alarm was seen") { database in
            try database.execute(
                sql: """
                    -- Of tested: which of several alike; empty for the only one.
                    ALTER TABLE device_changes ADD COLUMN channel TEXT NOT NULL DEFAULT '';
                    """)
        }
        migrator.registerMigration("9: how the entities of what announces itself are read") {
            database in
            try database.execute(
                sql: """
                    -- A JSON list of texts, see AnnouncedEntity.
                    ALTER TABLE announced ADD COLUMN entities TEXT NOT NULL DEFAULT '[]';
                    """)
        }
        return migrator
    }

    private static let discovery = """
        -- What announces itself: one row for each device of each announcing topic. A device may have several; they are one
        -- by its identity.
        CREATE TABLE announced (
          source TEXT NOT NULL,          -- the topic that announced it, or what stands for several of one device
          identity TEXT NOT NULL,        -- the same whoever announces it
          convention TEXT NOT NULL, name TEXT NOT NULL, maker TEXT NOT NULL, model TEXT NOT NULL,
          state TEXT NOT NULL,           -- why it cannot be used yet; '' where it can
          topics TEXT NOT NULL, capabilities TEXT NOT NULL,          -- JSON lists
          first INTEGER NOT NULL, last INTEGER NOT NULL,             -- ms since 1970
          vanished INTEGER,              -- ms since 1970: from when on its source has it no more
          PRIMARY KEY (source, identity)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX announced_by_identity ON announced (identity);
        CREATE INDEX announced_vanished ON announced (vanished) WHERE vanished IS NOT NULL;

        -- What became of devices that have a place; only ever grows.
        CREATE TABLE device_changes (
          id INTEGER PRIMARY KEY,
          device TEXT NOT NULL,          -- residence/device
          at INTEGER NOT NULL,           -- ms since 1970
          kind TEXT NOT NULL,            -- placed, replaced, removed, vanished, returned, test_begun, tested
          capability TEXT,               -- of tested
          actor TEXT,                    -- who, where somebody is known to have done it
          profile TEXT, topic TEXT,      -- of placed and replaced: from then on
          detail TEXT NOT NULL           -- in words, or the message that was seen
        ) STRICT;
        CREATE INDEX device_changes_by_device ON device_changes (device, kind);
        """

    private static let attempts = """
        CREATE TABLE notice_attempts (
          id INTEGER PRIMARY KEY,
          notice TEXT NOT NULL REFERENCES notices (id),
          channel TEXT NOT NULL,         -- the channel's name in notifications.yaml
          at INTEGER NOT NULL,           -- ms since 1970
          outcome INTEGER NOT NULL,      -- 0 delivered, 1 failed, 2 expired, 3 cancelled
          detail TEXT NOT NULL           -- in words, without secrets
        ) STRICT;
        CREATE INDEX notice_attempts_by_notice ON notice_attempts (notice);
        """

    private static let threeAxes = """
        ALTER TABLE alerts ADD COLUMN on_site INTEGER;               -- ms since 1970
        ALTER TABLE alerts ADD COLUMN on_site_by TEXT;
        ALTER TABLE alerts ADD COLUMN outcome INTEGER;               -- 0 real, 1 false, 2 test, 3 technical, 4 other
        ALTER TABLE alerts ADD COLUMN display INTEGER NOT NULL DEFAULT 0; -- 0 shown, 1 shelved, 2 suppressed,
                                                                     -- 3 out of service
        ALTER TABLE alerts ADD COLUMN display_until INTEGER;         -- ms since 1970, of a shelved one
        ALTER TABLE alerts ADD COLUMN display_by TEXT;
        ALTER TABLE alerts ADD COLUMN display_reason TEXT;           -- in words; of a suppressed one the other's id
        ALTER TABLE alert_transitions ADD COLUMN note TEXT;          -- why, where somebody said so

        -- What is to be told to people: written with what it follows from, carried out by the outbox.
        CREATE TABLE notices (
          id TEXT PRIMARY KEY,           -- derived; also the idempotency key on the wire
          kind INTEGER NOT NULL,         -- 0 alert, 1 reminder, 2 strengthened, 3 unshelved, 4 answered, 5 resolved,
                                         -- 6 handover, 7 digest, 8 drill
          staff TEXT,                    -- the recipient: a member of staff, or
          channel TEXT, address TEXT,    -- a number that a chain names
          residence TEXT NOT NULL,
          alerts TEXT NOT NULL,          -- JSON list of identifiers
          handover TEXT,
          step INTEGER NOT NULL, round INTEGER NOT NULL,
          due INTEGER NOT NULL, noticed INTEGER NOT NULL, expires INTEGER NOT NULL, -- ms since 1970
          settled INTEGER                -- ms since 1970: nothing is left to try; NULL while something is
        ) STRICT, WITHOUT ROWID;
        -- What each open alert waits for next; the row goes when nobody is told any more.
        CREATE TABLE next_steps (
          alert TEXT PRIMARY KEY,
          due INTEGER,                   -- ms since 1970; NULL while it is quiet
          step INTEGER NOT NULL, round INTEGER NOT NULL,
          going INTEGER NOT NULL         -- 1: somebody goes, and is asked whether they are there
        ) STRICT, WITHOUT ROWID;

        -- Changes of the team in a residence, and who accepted what was open.
        CREATE TABLE handovers (
          id TEXT PRIMARY KEY,           -- residence/ms
          residence TEXT NOT NULL,
          at INTEGER NOT NULL,           -- ms since 1970
          outgoing TEXT NOT NULL, incoming TEXT NOT NULL,            -- JSON lists of staff
          alerts TEXT NOT NULL,          -- JSON list of the alerts open then
          accepted INTEGER, accepted_by TEXT
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX handovers_by_time ON handovers (at);
        CREATE INDEX notices_open ON notices (due) WHERE settled IS NULL;
        CREATE INDEX notices_by_time ON notices (noticed);
        """

    private static let episodes = """
        -- What trace rules made of the events. Written when an episode begins, and again when it is final.
        CREATE TABLE episodes (
          id TEXT PRIMARY KEY,           -- derived from rule, instance and opening
          trace TEXT NOT NULL,
          version TEXT NOT NULL,         -- hash of the rule's meaning
          residence TEXT NOT NULL,
          room TEXT, person TEXT, device TEXT,
          began INTEGER NOT NULL,        -- ms since 1970, effective time
          ended INTEGER,                 -- ms since 1970, effective time, not within; NULL while it goes on
          settled INTEGER,               -- ms since 1970, the hub's time when it became final; NULL while it goes on
          censored TEXT,                 -- why its true end is not known; NULL where it is
          attributes TEXT NOT NULL,      -- JSON object, sorted keys
          first_sequence INTEGER NOT NULL, last_sequence INTEGER NOT NULL,
          events INTEGER NOT NULL,       -- how many entries it was made from
          merges INTEGER NOT NULL,       -- how many interruptions shorter than the merge gap lie in it
          late INTEGER NOT NULL          -- 1: opened by events that were told late
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX episodes_by_time ON episodes (began);
        CREATE INDEX episodes_by_residence ON episodes (residence, trace, began);
        CREATE INDEX episodes_open ON episodes (residence) WHERE settled IS NULL;
        """

    private static let deviceFaults = """
        -- What was odd about a device's messages, in each way that one can be: counted, with the latest.
        CREATE TABLE device_faults (
          device TEXT NOT NULL,          -- residence/device
          code TEXT NOT NULL,            -- clock, out-of-range, not-json …
          count INTEGER NOT NULL,
          first INTEGER NOT NULL, last INTEGER NOT NULL,             -- ms since 1970
          detail TEXT NOT NULL,          -- the latest in words
          sample BLOB NOT NULL,          -- the latest payload's first 1 KiB
          PRIMARY KEY (device, code)
        ) STRICT, WITHOUT ROWID;
        """

    private static let tables = """
        -- One row for each series of readings: a capability (and channel) of a device. Events name it by its number.
        CREATE TABLE streams (
          id INTEGER PRIMARY KEY,
          residence TEXT NOT NULL,
          device TEXT NOT NULL,          -- residence/device
          capability TEXT NOT NULL,      -- contact.open …
          channel TEXT NOT NULL,         -- '' for the only one
          kind TEXT NOT NULL,            -- state, pulse, measurement, usage, health
          type INTEGER NOT NULL,         -- of its values: 0 boolean, 1 number, 2 text
          first_sequence INTEGER NOT NULL,
          UNIQUE (device, capability, channel, type)
        ) STRICT;
        CREATE INDEX streams_by_residence ON streams (residence);

        -- Words that readings say, each once.
        CREATE TABLE texts (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;

        -- The events. Some 20 bytes each: times are differences, 0 and 1 take no byte in SQLite's records, and
        -- each event names the one before it on its stream, in place of an index, which would cost 15 bytes more.
        CREATE TABLE events (
          sequence INTEGER PRIMARY KEY,
          stream INTEGER NOT NULL,
          received INTEGER NOT NULL,     -- ms after the base in clock
          lag INTEGER,                   -- received - effective, ms; NULL for 0
          value ANY,                     -- boolean 0/1; number: INTEGER thousandths or REAL; text: texts.id; NULL unknown
          flags INTEGER NOT NULL,        -- bits 0-1 freshness
          previous INTEGER NOT NULL      -- how many sequences back the stream's event before is; 0 for none
        ) STRICT;

        -- What events' received counts from. A new row at the latest after 4,096 sequences or 8,388,607 ms.
        CREATE TABLE clock (
          first_sequence INTEGER PRIMARY KEY,
          base INTEGER NOT NULL          -- ms since 1970
        ) STRICT;
        CREATE INDEX clock_by_base ON clock (base);

        -- Every 64th event of a stream: where a walk along its chain may start.
        CREATE TABLE anchors (
          stream INTEGER NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY (stream, sequence)
        ) STRICT, WITHOUT ROWID;

        -- What people did and what happened to the hub itself; shares the sequence with events.
        CREATE TABLE commands (
          sequence INTEGER PRIMARY KEY,
          received INTEGER NOT NULL,     -- ms since 1970
          kind TEXT NOT NULL,
          body TEXT NOT NULL             -- JSON
        ) STRICT;

        -- The texts of the configuration that was in force, by hash.
        CREATE TABLE configurations (
          hash TEXT PRIMARY KEY, received INTEGER NOT NULL, body TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- The engine's state after a sequence.
        CREATE TABLE checkpoints (
          sequence INTEGER PRIMARY KEY,
          mark INTEGER NOT NULL,         -- ms since 1970: up to where time was taken
          configuration TEXT NOT NULL,
          engine BLOB NOT NULL,
          heads BLOB NOT NULL            -- of each stream: id, last sequence, count of events
        ) STRICT;

        -- One row: up to where time was taken, ms since 1970.
        CREATE TABLE progress (
          id INTEGER PRIMARY KEY CHECK (id = 1), mark INTEGER NOT NULL
        ) STRICT;

        -- Packet identifiers and hashes of the latest messages, to know a redelivery by.
        CREATE TABLE deliveries (
          id INTEGER PRIMARY KEY, count INTEGER NOT NULL, packets BLOB NOT NULL
        ) STRICT;

        CREATE TABLE alerts (
          id TEXT PRIMARY KEY,
          rule TEXT NOT NULL,
          residence TEXT NOT NULL,
          room TEXT, person TEXT, device TEXT,
          priority INTEGER NOT NULL,     -- 0 info … 4 critical
          condition INTEGER NOT NULL,    -- 0 normal, 1 pending, 2 active, 3 clearing
          response INTEGER NOT NULL,     -- 0 unacknowledged, 1 acknowledged, 2 resolved, 3 asked
          began INTEGER NOT NULL, noticed INTEGER NOT NULL,          -- ms since 1970
          late INTEGER NOT NULL,
          count INTEGER NOT NULL,
          evidence TEXT NOT NULL,        -- JSON list of sequences
          cleared INTEGER, acknowledged INTEGER, acknowledged_by TEXT,
          resolved INTEGER, resolved_by TEXT, note TEXT
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX alerts_open ON alerts (response) WHERE response < 2;
        CREATE INDEX alerts_by_time ON alerts (began);
        CREATE INDEX alerts_by_residence ON alerts (residence, began);

        CREATE TABLE alert_transitions (
          id INTEGER PRIMARY KEY,
          alert TEXT NOT NULL REFERENCES alerts (id),
          step INTEGER NOT NULL,         -- 0 raised, 1 repeated, 2 cleared, 3 reactivated, 4 acknowledged, 5 resolved,
                                         -- 6 asked, 7 strengthened
          at INTEGER NOT NULL, noticed INTEGER NOT NULL,             -- ms since 1970
          actor TEXT,
          sequence INTEGER NOT NULL      -- the journal's latest entry when it happened
        ) STRICT;
        CREATE INDEX alert_transitions_by_alert ON alert_transitions (alert);

        -- Publications that are to go out; a row goes when the broker acknowledged it.
        CREATE TABLE outbox (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          created INTEGER NOT NULL,      -- ms since 1970
          topic TEXT NOT NULL, payload BLOB NOT NULL, retain INTEGER NOT NULL
        ) STRICT;

        -- Messages that could not be read, to be read again once their profile is mended.
        CREATE TABLE quarantine (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          received INTEGER NOT NULL,     -- ms since 1970
          topic BLOB NOT NULL,           -- as it came; may not be UTF-8
          payload BLOB NOT NULL,         -- the first 64 KiB
          size INTEGER NOT NULL,         -- of the whole payload, bytes
          retained INTEGER NOT NULL,
          reason TEXT NOT NULL
        ) STRICT;

        -- Topics that belong to no device: never events, only counted, with the latest sample.
        CREATE TABLE unknown_topics (
          topic TEXT PRIMARY KEY,
          count INTEGER NOT NULL,
          first INTEGER NOT NULL, last INTEGER NOT NULL,             -- ms since 1970
          sample BLOB NOT NULL           -- the first 1 KiB
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;

        -- Written to find out whether there is room.
        CREATE TABLE scratch (id INTEGER PRIMARY KEY CHECK (id = 1), filler BLOB NOT NULL) STRICT;
        """
}
