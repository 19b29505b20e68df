/// What a home has, by name: for warnings about rules that speak of something else.
struct HomeIndex {
    let home: Home
    let deviceNames: Set<String>
    let kinds: Set<String>
    let labels: Set<String>
    /// Names and kinds of rooms.
    let rooms: Set<String>
    let capabilities: Set<Capability>
    private let byName: [String: [Device]]
    private let byKind: [String: [Device]]

    init(_ home: Home) {
        self.home = home
        byName = Dictionary(grouping: home.devices, by: \.name)
        byKind = Dictionary(grouping: home.devices, by: \.kind)
        deviceNames = Set(byName.keys)
        kinds = Set(byKind.keys)
        labels = Set(home.devices.flatMap(\.labels))
        rooms = Set(
            home.residences.flatMap(\.rooms).flatMap { room in
                [Self.name(of: room.id), room.kind]
            })
        capabilities = Set(home.devices.flatMap { $0.capabilities.map(\.capability) })
    }

    /// Whether the home is known at all: rule files can be checked without one.
    var isKnown: Bool { !home.residences.isEmpty }

    /// The devices that a selector by name or kind can mean, wherever they are.
    func devices(names: [String], kinds: [String]) -> [Device] {
        let found =
            names.isEmpty ? kinds.flatMap { byKind[$0] ?? [] } : names.flatMap { byName[$0] ?? [] }
        return kinds.isEmpty ? found : found.filter { kinds.contains($0.kind) }
    }

    /// A room's name within its residence.
    static func name(of room: RoomID) -> String {
        room.rawValue.split(separator: "/").last.map(String.init) ?? room.rawValue
    }
}
