import Rules

/// The pictures of a resident's page: line drawings of our own, all on a square of 48 with one width of line. Decoration for
/// a reader of screens, as the words beside them say the same.
enum Pictogram: String, CaseIterable, Sendable {
    case home, recorded, day, looks, pause, resume, help, fine, neutral, unhappy, study, think
    case door, motion, press, plug, bed, dose, screen, lamp, warmth, lock, tag, pin, alarm, voice
    case sensor, star, camera, yes, no, question, clock, coming, here, shield, heart, leave, pen
    case share, keep, speaker, night, morning, noon, evening, back, list, draft

    /// The drawing as an `svg` element.
    var svg: String {
        "<svg class=\"pic\" viewBox=\"0 0 48 48\" width=\"48\" height=\"48\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"3\" stroke-linecap=\"round\" stroke-linejoin=\"round\" aria-hidden=\"true\" focusable=\"false\">\(lines)</svg>"
    }

    private static let face = "<circle cx=\"24\" cy=\"24\" r=\"18\"/><path d=\"M18 19v2M30 19v2\"/>"
    private static let horizon = "<path d=\"M5 37h38\"/>"

    private var lines: String {
        switch self {
        case .back: "<path d=\"M42 24H8M20 11L7 24l13 13\"/>"
        case .home: "<path d=\"M6 24 24 8l18 16M11 21v19h26V21M20 40V29h8v11\"/>"
        case .recorded, .list:
            "<rect x=\"9\" y=\"6\" width=\"30\" height=\"36\" rx=\"4\"/><path d=\"M16 16h2M23 16h9M16 24h2M23 24h9M16 32h2M23 32h9\"/>"
        case .day, .noon:
            "<circle cx=\"24\" cy=\"24\" r=\"8\"/><path d=\"M24 5v6M24 37v6M5 24h6M37 24h6M11 11l4 4M33 33l4 4M37 11l-4 4M15 33l-4 4\"/>"
        case .morning:
            Self.horizon
                + "<path d=\"M14 37a10 10 0 0 1 20 0M24 14v7M9 22l5 4M39 22l-5 4M19 12l5-5 5 5\"/>"
        case .evening:
            Self.horizon
                + "<path d=\"M14 37a10 10 0 0 1 20 0M24 7v7M9 22l5 4M39 22l-5 4M19 10l5 5 5-5\"/>"
        case .night: "<path d=\"M38 29A16 16 0 1 1 19 10a13 13 0 0 0 19 19zM34 8v6M31 11h6\"/>"
        case .looks:
            "<path d=\"M4 24s7-12 20-12 20 12 20 12-7 12-20 12S4 24 4 24z\"/><circle cx=\"24\" cy=\"24\" r=\"6\"/>"
        case .pause: "<circle cx=\"24\" cy=\"24\" r=\"18\"/><path d=\"M19 17v14M29 17v14\"/>"
        case .resume: "<circle cx=\"24\" cy=\"24\" r=\"18\"/><path d=\"M20 16l12 8-12 8z\"/>"
        case .help:
            "<path d=\"M15 28V13a3 3 0 0 1 6 0v9M21 22V9a3 3 0 0 1 6 0v13M27 22V11a3 3 0 0 1 6 0v17c0 9-5 14-11 14-5 0-8-3-10-7l-5-9c-2-4 3-6 5-3l4 6\"/>"
        case .fine: Self.face + "<path d=\"M15 28c3 8 15 8 18 0\"/>"
        case .neutral: Self.face + "<path d=\"M16 31h16\"/>"
        case .unhappy: Self.face + "<path d=\"M15 34c3-8 15-8 18 0\"/>"
        case .study:
            "<path d=\"M24 13c-4-4-11-5-18-4v28c7-1 14 0 18 4 4-4 11-5 18-4V9c-7-1-14 0-18 4zM24 13v28\"/>"
        case .think:
            "<path d=\"M8 9h32a3 3 0 0 1 3 3v18a3 3 0 0 1-3 3H24l-10 9v-9H8a3 3 0 0 1-3-3V12a3 3 0 0 1 3-3zM15 21h1M24 21h1M33 21h1\"/>"
        case .door: "<path d=\"M12 42V7h24v35M6 42h36M30 25v2\"/>"
        case .motion:
            "<circle cx=\"27\" cy=\"9\" r=\"4\"/><path d=\"M14 22l8-6 6 3 3 6 6 2M26 19l-5 11 8 5 1 8M21 30l-4 7-8 3\"/>"
        case .press:
            "<path d=\"M20 27V13a3 3 0 0 1 6 0v10l9 2c3 1 4 3 4 5l-2 12H22l-8-11c-2-3 2-6 4-4z\"/><path d=\"M14 14a9 9 0 0 1 18 0\"/>"
        case .plug: "<path d=\"M17 6v11M31 6v11M11 17h26v6a13 13 0 0 1-26 0zM24 36v7\"/>"
        case .bed:
            "<path d=\"M5 11v28M5 33h38v6M43 33v-6a6 6 0 0 0-6-6H20v12\"/><circle cx=\"12\" cy=\"24\" r=\"4\"/>"
        case .dose:
            "<rect x=\"3\" y=\"16\" width=\"42\" height=\"16\" rx=\"8\" transform=\"rotate(-40 24 24)\"/><path d=\"M19 18l10 12\"/>"
        case .screen:
            "<rect x=\"12\" y=\"4\" width=\"24\" height=\"40\" rx=\"4\"/><path d=\"M21 38h6M18 12h12M18 19h12\"/>"
        case .lamp: "<path d=\"M16 6h16l7 18H9zM24 24v16M15 42h18\"/>"
        case .warmth:
            "<path d=\"M19 28V10a5 5 0 0 1 10 0v18a9 9 0 1 1-10 0zM24 18v16M35 12h5M35 19h5\"/>"
        case .lock:
            "<rect x=\"10\" y=\"21\" width=\"28\" height=\"21\" rx=\"4\"/><path d=\"M16 21v-6a8 8 0 0 1 16 0v6M24 30v4\"/>"
        case .tag:
            "<rect x=\"6\" y=\"12\" width=\"36\" height=\"25\" rx=\"4\"/><path d=\"M6 20h36M12 30h9\"/>"
        case .pin:
            "<path d=\"M24 44S9 30 9 19a15 15 0 0 1 30 0c0 11-15 25-15 25z\"/><circle cx=\"24\" cy=\"19\" r=\"5\"/>"
        case .alarm:
            "<path d=\"M13 34V21a11 11 0 0 1 22 0v13M7 34h34M21 41h6M24 10V5M9 10L6 7M39 10l3-3\"/>"
        case .voice:
            "<rect x=\"18\" y=\"5\" width=\"12\" height=\"22\" rx=\"6\"/><path d=\"M11 22a13 13 0 0 0 26 0M24 35v8M17 43h14\"/>"
        case .sensor:
            "<circle cx=\"24\" cy=\"30\" r=\"4\"/><path d=\"M15 23a12 12 0 0 1 18 0M9 16a21 21 0 0 1 30 0M24 34v9\"/>"
        case .star:
            "<path d=\"M24 5l6 13 14 1-11 9 4 14-13-8-13 8 4-14L4 19l14-1z\"/>"
        case .camera:
            "<rect x=\"5\" y=\"13\" width=\"26\" height=\"22\" rx=\"4\"/><path d=\"M31 22l12-7v18l-12-7\"/>"
        case .yes: "<circle cx=\"24\" cy=\"24\" r=\"18\"/><path d=\"M15 25l6 6 12-14\"/>"
        case .no: "<circle cx=\"24\" cy=\"24\" r=\"18\"/><path d=\"M17 17l14 14M31 17L17 31\"/>"
        case .question:
            "<circle cx=\"24\" cy=\"24\" r=\"18\"/><path d=\"M18 19c0-8 12-8 12 0 0 5-6 5-6 10M24 35v.5\"/>"
        case .clock: "<circle cx=\"24\" cy=\"24\" r=\"18\"/><path d=\"M24 13v11l8 5\"/>"
        case .coming:
            "<circle cx=\"20\" cy=\"9\" r=\"4\"/><path d=\"M9 22l7-6 6 3 3 6 5 1M20 19l-4 11 7 5 1 8M16 30l-3 7-7 3M34 33h10M40 28l5 5-5 5\"/>"
        case .here:
            "<circle cx=\"16\" cy=\"12\" r=\"5\"/><circle cx=\"33\" cy=\"12\" r=\"5\"/><path d=\"M8 42V28a8 8 0 0 1 16 0M24 42V28a9 9 0 0 1 17 0v14\"/>"
        case .shield:
            "<path d=\"M24 5l16 6v12c0 10-7 16-16 20C15 39 8 33 8 23V11zM16 24l6 6 10-12\"/>"
        case .heart:
            "<path d=\"M24 41S6 30 6 18c0-11 14-13 18-3 4-10 18-8 18 3 0 12-18 23-18 23z\"/>"
        case .leave: "<path d=\"M28 8H10v32h18M22 24h20M35 16l8 8-8 8\"/>"
        case .pen: "<path d=\"M8 40l3-11L33 7l8 8-22 22zM29 11l8 8\"/>"
        case .share: "<path d=\"M8 26v14h32V26M24 31V7M15 15l9-9 9 9\"/>"
        case .keep:
            "<path d=\"M7 13h34v28H7zM7 13l6-7h22l6 7M24 20v13M18 28l6 6 6-6\"/>"
        case .speaker:
            "<path d=\"M6 18v12h8l11 9V9l-11 9zM32 18c4 3 4 9 0 12M37 12c8 7 8 17 0 24\"/>"
        case .draft: "<path d=\"M24 6l20 35H4zM24 19v11M24 35v1\"/>"
        }
    }

    /// What stands for what a device tells.
    init(capability: Capability) {
        let name = capability.rawValue
        let pictures: [(String, Pictogram)] = [
            ("contact.", .door), ("presence.", .motion), ("button.", .press),
            ("remote.", .press), ("alarm.sos", .help), ("alarm.", .alarm), ("bed.", .bed),
            ("med.", .dose), ("usage.voice", .voice), ("usage.appliance", .plug),
            ("usage.", .screen), ("power.", .plug), ("energy.", .plug), ("switch.", .plug),
            ("light.", .lamp), ("env.", .warmth), ("lock.", .lock), ("access.", .tag),
            ("location.", .pin), ("cover.", .door),
        ]
        self = pictures.first { name.hasPrefix($0.0) }?.1 ?? .sensor
    }
}
