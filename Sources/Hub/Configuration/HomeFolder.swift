import Foundation
public import Rules

/// A home as its folder says, whole: what the hub runs on, and what `hubctl check` looks at.
public struct LoadedHome: Sendable {
    /// The folder, as an absolute path.
    public var folder: String
    /// hub.yaml; nil where it has errors.
    public var configuration: HubConfiguration?
    /// devices.yaml with the profiles: what decodes messages.
    public var directory: DeviceDirectory
    /// Who and what is where.
    public var home: Home
    /// The rules.
    public var rules: RuleSet
    /// The offsets of each residence's zone, by IANA name.
    public var zones: [String: ZoneOffsets]
    /// Everything wrong or doubtful in every file, by file and place.
    public var diagnostics: [Diagnostic]
    /// The texts of the home's own files by their names within the folder, such as `rules/night.yaml`: for
    /// messages, and for the journal to keep.
    public var sources: [String: String]

    /// Who works where and when, and who is told of alerts in what order.
    public var staff: StaffPlan

    /// The ways out to people, besides the page and MQTT.
    public var notifications: NotificationSettings

    /// The rules compiled over the home. What it notes (rules that fit nothing) is in `diagnostics` already.
    public var plan: Plan

    /// True where the hub must not run on it.
    public var hasErrors: Bool {
        configuration == nil || diagnostics.contains { $0.severity == .error }
    }

    /// Whether a topic belongs to a device that has its place.
    public func knows(topic: String) -> Bool { !directory.index.targets(topic).isEmpty }

    /// The topics that a device has in devices.yaml, `topic` first; none where there is no such device.
    public func addresses(of device: DeviceID) -> [String] {
        directory.devices.firstIndex { $0.id == device }.map { directory.addresses(of: $0) } ?? []
    }

    /// All diagnostics with their lines, for a terminal.
    public var report: String { DiagnosticRendering(sources: sources).text(diagnostics) }

    /// `7 rules, 19 instances, 12 devices: no errors, 1 warning`.
    public var summary: String {
        let errors = diagnostics.count { $0.severity == .error }
        let warnings = diagnostics.count - errors
        return [
            Self.count(rules.rules.count, "rule"), Self.count(plan.instances.count, "instance"),
            Self.count(home.devices.count, "device"),
        ].joined(separator: ", ") + ": " + Self.count(errors, "error") + ", "
            + Self.count(warnings, "warning")
    }

    /// `no errors`, `1 error`, `2 errors`.
    public static func count(_ number: Int, _ noun: String) -> String {
        switch number {
        case 0: "no \(noun)s"
        case 1: "1 \(noun)"
        default: "\(number) \(noun)s"
        }
    }
}

/// A home's folder that is not one at all.
public enum HomeFolderError: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is no such folder, or it cannot be read.
    case noFolder(String)
    /// The folder has no hub.yaml.
    case noConfiguration(String)

    /// What is wrong, where, and what to do.
    public var description: String {
        switch self {
        case .noFolder(let path):
            "there is no folder \(path) that can be read; \"hubctl init \(path)\" writes a home to start from"
        case .noConfiguration(let path):
            "\(path) has no hub.yaml, so it is not a home; \"hubctl init \(path)\" writes one to start from"
        }
    }
}

/// Reads the folder of a home: hub.yaml, devices.yaml, rules/*.yaml and the home's own profiles/*.yaml.
public struct HomeFolder {
    private let folder: String
    private var sources: [String: String] = [:]
    private var diagnostics: [Diagnostic] = []

    private init(folder: String) { self.folder = folder }

    /// Reads a home, with everything that is wrong in any of its files.
    ///
    /// - Parameters:
    ///   - path: the home's folder.
    ///   - shippedProfiles: the folder of the profiles that come with the product; a profile of the home's own
    ///     with the same identifier takes the place of a shipped one.
    /// - Throws: where the folder is no home at all. What is wrong within its files is in `diagnostics`.
    public static func load(
        _ path: String, shippedProfiles: String? = SharedFiles.devices()
    ) throws(HomeFolderError) -> LoadedHome {
        let folder = URL(fileURLWithPath: path).standardizedFileURL.path
        guard (try? FileManager.default.contentsOfDirectory(atPath: folder)) != nil else {
            throw .noFolder(path)
        }
        guard FileManager.default.fileExists(atPath: "\(folder)/hub.yaml") else {
            throw .noConfiguration(path)
        }
        var reader = HomeFolder(folder: folder)
        return reader.load(shippedProfiles: shippedProfiles)
    }

    private mutating func load(shippedProfiles: String?) -> LoadedHome {
        var hubReader = HubReader(folder: folder)
        let configuration = tree("hub.yaml").flatMap { hubReader.read($0) }
        diagnostics += hubReader.diagnostics
        if let configuration { checkFiles(of: configuration) }

        let profiles = profiles(shipped: shippedProfiles)
        let residences = configuration?.residences ?? []
        let zones = ZoneLoader.load(for: residences)
        var devicesReader = DevicesReader(residences: residences, profiles: profiles.map(\.id))
        var placements: [DevicePlacement] = []
        if FileManager.default.fileExists(atPath: "\(folder)/devices.yaml"),
            let node = tree("devices.yaml")
        {
            placements = devicesReader.read(node)
        }
        diagnostics += devicesReader.diagnostics
        var zonesByResidence: [ResidenceID: ZoneOffsets] = [:]
        for residence in residences { zonesByResidence[residence.id] = zones[residence.zone] }
        let (directory, directoryDiagnostics) = DeviceDirectory.build(
            profiles: profiles, placements: placements, zones: zonesByResidence)
        diagnostics += directoryDiagnostics

        let home = Home(
            residences: residences, devices: directory.devices,
            holidays: configuration?.holidays ?? Holidays())
        let trees = ruleFiles().compactMap { tree($0) }
        // Where a device could not be read, a rule that names it would seem to name nothing.
        diagnostics += PrivateRooms.diagnostics(home, placements, now: Clock.system.now())
        let isWhole = diagnostics.allSatisfy { $0.severity != .error }
        let (rules, ruleDiagnostics) = RuleParser.parse(
            files: trees, home: isWhole ? home : Home(), zones: zones, today: Timestamp.today())
        diagnostics += ruleDiagnostics
        var staff = StaffPlan()
        if FileManager.default.fileExists(atPath: "\(folder)/staff.yaml"),
            let node = tree("staff.yaml")
        {
            let (read, staffDiagnostics) = StaffParser.parse(node, home: home)
            staff = read
            diagnostics += staffDiagnostics
        }
        var notifications = NotificationSettings()
        if FileManager.default.fileExists(atPath: "\(folder)/notifications.yaml"),
            let node = tree("notifications.yaml")
        {
            var reader = NotificationReader(folder: folder)
            notifications = reader.read(node)
            diagnostics += reader.diagnostics
        }
        diagnostics += unknownChannels(staff, notifications)
        var plan = Plan()
        if diagnostics.allSatisfy({ $0.severity != .error }) {
            plan = Planner.plan(
                rules, home: home, zones: zones, staff: staff,
                consent: configuration?.consent ?? .required)
            diagnostics += plan.notes
            diagnostics += ChainCheck(plan: plan, home: home).diagnostics(
                from: Clock.system.now(), hasStaff: sources["staff.yaml"] != nil)
        }
        return LoadedHome(
            folder: folder, configuration: configuration, directory: directory, home: home,
            rules: rules, zones: zones, diagnostics: Self.ordered(diagnostics), sources: sources,
            staff: staff, notifications: notifications, plan: plan)
    }

    /// Contacts and chains that name a channel which there is not would tell nobody.
    private func unknownChannels(
        _ staff: StaffPlan, _ notifications: NotificationSettings
    ) -> [Diagnostic] {
        let known = notifications.channels.map(\.name)
        let contacts = staff.members.flatMap { member in
            member.contacts.map { (what: "member of staff \"\(member.id)\"", name: $0.channel) }
        }
        let numbers = staff.chains.flatMap { chain in
            chain.steps.flatMap(\.notify).compactMap { target -> (what: String, name: String)? in
                guard case .contact(let contact) = target else { return nil }
                return ("chain \"\(chain.name)\"", contact.channel)
            }
        }
        return (contacts + numbers).filter { !known.contains($0.name) }.map {
            Diagnostic(
                code: "unknown-channel",
                "\($0.what): there is no channel \"\($0.name.prefix(80))\" in notifications.yaml"
                    + suggestion(for: $0.name, among: known),
                at: SourceLocation(file: "staff.yaml", line: 1, column: 1))
        }
    }

    /// hub.yaml first, then devices.yaml, then the rest by name; within a file by place.
    private static func ordered(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
        func rank(_ file: String) -> Int {
            ["hub.yaml", "devices.yaml", "staff.yaml"].firstIndex(of: file) ?? 3
        }
        return diagnostics.enumerated().sorted {
            let left = $0.element.location
            let right = $1.element.location
            return (rank(left.file), left, $0.offset) < (rank(right.file), right, $1.offset)
        }.map(\.element)
    }

    // MARK: Files

    private mutating func tree(_ name: String) -> Node? {
        do {
            let text = try Self.text(of: "\(folder)/\(name)", named: name)
            sources[name] = text
            return try YAML.parse(text, file: name)
        } catch {
            diagnostics.append(error)
            return nil
        }
    }

    /// The text of a configuration file.
    ///
    /// - Parameter name: how messages call it.
    /// - Throws: a diagnostic where it cannot be read, is too large or is not UTF-8.
    public static func text(of path: String, named name: String) throws(Diagnostic) -> String {
        let start = SourceLocation(file: name, line: 1, column: 1)
        let attributes = try? FileManager.default.attributesOfItem(
            atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path)
        // A pipe or a device would be read without end.
        guard attributes?[.type] as? FileAttributeType == .typeRegular else {
            throw Diagnostic(
                code: "unreadable-file",
                "the file cannot be read; check that it exists and is a plain file", at: start)
        }
        if let size = attributes?[.size] as? Int, size > YAML.maximumBytes {
            throw Diagnostic(
                code: "yaml-too-large",
                "the file has more than \(YAML.maximumBytes) bytes; split it", at: start)
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Diagnostic(
                code: "unreadable-file", "the file cannot be read; check its permissions", at: start
            )
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw Diagnostic(
                code: "not-utf8", "the file is not UTF-8 text; save it as UTF-8", at: start)
        }
        return text
    }

    private func ruleFiles() -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/rules")) ?? []
        return names.filter {
            !$0.hasPrefix(".") && ($0.hasSuffix(".yaml") || $0.hasSuffix(".yml"))
        }
        .sorted().map { "rules/\($0)" }
    }

    private mutating func profiles(shipped: String?) -> [DeviceProfile] {
        var library = ProfileLibrary()
        if let shipped {
            library.add(folder: shipped)
        } else {
            diagnostics.append(
                Diagnostic(
                    .warning, code: "no-shipped-profiles",
                    "the device profiles that come with the product were not found; set "
                        + "\(SharedFiles.devicesVariable) to their folder",
                    at: SourceLocation(file: "devices.yaml", line: 1, column: 1)))
        }
        let own = "\(folder)/profiles"
        library.add(folder: own)
        for diagnostic in library.diagnostics {
            var diagnostic = diagnostic
            if diagnostic.location.file.hasPrefix(folder + "/") {
                let name = String(diagnostic.location.file.dropFirst(folder.count + 1))
                if sources[name] == nil {
                    sources[name] = try? Self.text(of: "\(folder)/\(name)", named: name)
                }
                diagnostic.location.file = name
            }
            diagnostics.append(diagnostic)
        }
        return library.profiles
    }

    /// The files that hub.yaml names must be there.
    private mutating func checkFiles(of configuration: HubConfiguration) {
        guard case .foreign(let broker) = configuration.broker.kind else { return }
        for (key, path) in [
            ("password_file", broker.passwordFile), ("ca_file", broker.authorityFile),
            ("certificate_file", broker.certificateFile), ("key_file", broker.keyFile),
        ] {
            guard let path, !FileManager.default.isReadableFile(atPath: path) else { continue }
            diagnostics.append(
                Diagnostic(
                    code: "unreadable-file",
                    "broker, \(key): \(path) is not there or cannot be read",
                    at: place(of: key)))
        }
    }

    private func place(of key: String) -> SourceLocation {
        let lines = (sources["hub.yaml"] ?? "").split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let index = lines.firstIndex { $0.contains(key + ":") } ?? 0
        return SourceLocation(file: "hub.yaml", line: index + 1, column: 1)
    }
}
