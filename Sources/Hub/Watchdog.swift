import AsyncHTTPClient
import Foundation
import Glibc
import Logging
import NIOCore
import NIOHTTP1
import Rules
import ServiceLifecycle

/// Watches the watcher: tells systemd and a dead man's switch that the hub lives, as long as its intake loop truly turns.
/// Silence is the alarm.
struct Watchdog: Service {
    let inbox: CommandInbox
    let heartbeat: NotificationSettings.Heartbeat?
    let reload: ReloadWish
    let log: Logger

    func run() async throws {
        let notifier = SystemdNotifier()
        notifier?.send("READY=1")
        do {
            try await cancelWhenGracefulShutdown {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    if let notifier, let every = notifier.interval {
                        group.addTask { try await tell(notifier, every: every) }
                    }
                    if let heartbeat { group.addTask { try await beat(heartbeat) } }
                    try await group.waitForAll()
                }
                // Nobody is to be told.
                try await Task.sleep(for: .seconds(1 << 30))
            }
        } catch is CancellationError {
            // The hub stops.
        }
        // systemd would not let one that says so start again.
        if !reload.isSet { notifier?.send("STOPPING=1") }
    }

    /// Whether the loop answers, and the disk has room.
    private func isWell() async -> Bool {
        guard case .status(let status) = await inbox.ask(.status) else { return false }
        return status.state != "storage_full"
    }

    private func tell(_ notifier: SystemdNotifier, every: Duration) async throws {
        while true {
            if await isWell() { notifier.send("WATCHDOG=1") }
            try await Task.sleep(for: every)
        }
    }

    private func beat(_ heartbeat: NotificationSettings.Heartbeat) async throws {
        let client = HTTPClient(eventLoopGroupProvider: .singleton)
        do {
            while true {
                if await isWell() {
                    let request = HTTPClientRequest(url: heartbeat.url)
                    do {
                        let response = try await client.execute(request, timeout: .seconds(10))
                        if response.status.code >= 300 {
                            log.warning("heartbeat: the receiver says \(response.status.code)")
                        }
                    } catch let error as CancellationError {
                        throw error
                    } catch {
                        log.warning("heartbeat: no answer")
                    }
                }
                try await Task.sleep(for: .milliseconds(heartbeat.every.milliseconds))
            }
        } catch {
            try? await client.shutdown()
            throw error
        }
    }
}

/// Tells systemd how the hub is: sd_notify(3), a datagram to the socket that the environment names.
struct SystemdNotifier: Sendable {
    private let path: String
    /// How often the watchdog wants to hear from us: half of what systemd allows; nil where it does not watch.
    let interval: Duration?

    /// nil where systemd did not start us.
    init?(environment: [String: String] = ProcessInfo.processInfo.environment) {
        guard let path = environment["NOTIFY_SOCKET"], let first = path.first,
            first == "/" || first == "@"
        else { return nil }
        self.path = path
        interval = environment["WATCHDOG_USEC"].flatMap(Int64.init).map { .microseconds($0 / 2) }
    }

    /// Sends one message. Nobody waits for it: where it does not arrive systemd notices that by itself.
    func send(_ text: String) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(path.utf8)
        // An abstract socket's name begins with a null byte.
        if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let socket = socket(
            AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { return }
        defer { close(socket) }
        let offset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
        let length = socklen_t(offset + bytes.count)
        let message = Array(text.utf8)
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { target in
                _ = sendto(socket, message, message.count, Int32(MSG_NOSIGNAL), target, length)
            }
        }
    }
}
