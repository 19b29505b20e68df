import Foundation
import Synchronization
import Testing

@testable import Hub

/// Something that listens and answers each connection's first bytes from a script; for brokers that are old, silent,
/// hostile, or no brokers at all.
final class ScriptedBroker: Sendable {
    let port: UInt16
    private let listener: Int32
    private let received = Mutex<[[UInt8]]>([])
    private let held = Mutex<[Int32]>([])

    enum Answer: Sendable {
        case bytes([UInt8])
        /// Closes without a word.
        case close
        /// Keeps the connection open and says nothing.
        case silence
    }

    /// Answers each connection as the script says; it is given the first bytes that came. Call `stop` at the end.
    init(_ script: @escaping @Sendable (_ connect: [UInt8]) -> Answer) throws {
        (listener, port) = try Loopback.bound(listening: true)
        let thread = Thread { [self] in
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0 else {
                    close(listener)
                    return
                }
                var buffer = [UInt8](repeating: 0, count: 4096)
                let count = read(client, &buffer, buffer.count)
                // The question whether the port answers at all says nothing.
                guard count > 0 else {
                    close(client)
                    continue
                }
                let connect = [UInt8](buffer.prefix(count))
                received.withLock { $0.append(connect) }
                switch script(connect) {
                case .bytes(let bytes):
                    _ = write(client, bytes, bytes.count)
                    held.withLock { $0.append(client) }
                case .close: close(client)
                case .silence: held.withLock { $0.append(client) }
                }
            }
        }
        thread.start()
    }

    /// The first bytes of each connection that said anything.
    var connects: [[UInt8]] { received.withLock { $0 } }

    /// The protocol level of a CONNECT packet (MQTT 5, 3.1.2.2): 4 or 5.
    static func version(_ connect: [UInt8]) -> UInt8? {
        guard let mark = connect.firstIndex(of: UInt8(ascii: "T")), connect.count > mark + 2 else {
            return nil
        }
        return connect[mark + 2]
    }

    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        held.withLock { held in
            for client in held { close(client) }
            held = []
        }
    }

    func settings() -> SessionSettings {
        SessionSettings(host: "127.0.0.1", port: port, clientID: "hub", subscriptions: [])
    }
}
