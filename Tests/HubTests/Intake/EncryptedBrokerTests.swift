import Foundation
import Rules
import Testing

@testable import Hub

/// Certificates made by openssl for one test: an authority, the broker's, the hub's, and another authority.
private struct Certificates {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        for name in ["ca", "other"] {
            try openssl(
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                "/CN=Test \(name)", "-keyout", "\(name).key", "-out", "\(name).pem")
        }
        try "subjectAltName=IP:127.0.0.1,DNS:localhost".write(
            toFile: folder.file("names"), atomically: true, encoding: .utf8)
        for (name, subject) in [("broker", "/CN=localhost"), ("hub", "/CN=hub")] {
            try openssl(
                "req", "-newkey", "rsa:2048", "-nodes", "-subj", subject, "-keyout", "\(name).key",
                "-out", "\(name).csr")
            try openssl(
                "x509", "-req", "-in", "\(name).csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                "-CAcreateserial", "-days", "2", "-extfile", "names", "-out", "\(name).pem")
        }
    }

    private func openssl(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "openssl \(arguments.joined(separator: " "))")
    }
}

@Suite(
    "A foreign broker with TLS", .serialized,
    .enabled(
        if: TestBroker.isInstalled
            && FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl")))
struct EncryptedBrokerTests {
    private static let devices = """
        version: 1
        devices:
          - {name: door, residence: home, room: hall, profile: json-contact, topic: home/door}
        """

    /// A broker with an encrypted listener beside its plain one, which only the test uses.
    private func broker(
        _ certificates: Certificates, asksForCertificate: Bool
    ) throws -> (TestBroker, UInt16) {
        let port = try Loopback.freePort()
        let folder = certificates.folder
        let broker = try TestBroker([
            "listener \(port) 127.0.0.1", "cafile \(folder.file("ca.pem"))",
            "certfile \(folder.file("broker.pem"))", "keyfile \(folder.file("broker.key"))",
            "require_certificate \(asksForCertificate)",
        ])
        return (broker, port)
    }

    @Test(
        "with the authority, and the hub's own certificate where the broker asks for it, events arrive",
        arguments: [false, true])
    func arrives(asksForCertificate: Bool) async throws {
        let certificates = try Certificates()
        let (broker, port) = try broker(certificates, asksForCertificate: asksForCertificate)
        var lines = [
            "url: mqtts://localhost:\(port)", "ca_file: \(certificates.folder.file("ca.pem"))",
        ]
        if asksForCertificate {
            lines += [
                "certificate_file: \(certificates.folder.file("hub.pem"))",
                "key_file: \(certificates.folder.file("hub.key"))",
            ]
        }
        let hub = try RunningHub(broker: lines, files: ["devices.yaml": Self.devices])
        try hub.start(on: broker)
        try broker.publish(
            (0..<300).map { ("home/door", "{\"open\":\($0 % 2 == 0)}") })
        #expect(wait(seconds: 20) { hub.status?.messages == 300 })
        try await hub.stop()
        let verify = try hub.reader.verify()
        #expect(verify.allSatisfy { $0.holds })
    }

    @Test("without the right authority or certificate nothing is said, and the reason is told")
    func refused() throws {
        let certificates = try Certificates()
        let (broker, port) = try broker(certificates, asksForCertificate: true)
        defer { broker.stop() }
        func attempt(_ tls: SessionSettings.TLS) -> BrokerError? {
            var settings = SessionSettings(
                host: "localhost", port: port, clientID: "hub", subscriptions: ["#"])
            settings.tls = tls
            do throws(BrokerError) {
                let session = try BrokerSession(settings)
                try session.waitForAnswer()
                return nil
            } catch { return error }
        }
        let folder = certificates.folder
        let stranger = attempt(SessionSettings.TLS(authorityFile: folder.file("other.pem")))
        #expect(stranger != nil, "a broker of another authority was trusted")
        let nameless = attempt(SessionSettings.TLS(authorityFile: folder.file("ca.pem")))
        #expect(nameless != nil, "a hub without a certificate was let in")
        let missing = attempt(SessionSettings.TLS(authorityFile: folder.file("nothere.pem")))
        #expect(missing?.description.contains("check ca_file") == true, "\(missing as Any)")
        // The broker is there: it is not for want of one that the answers were errors. (What it logs of a connection that
        // fails in the handshake depends on how soon it comes to it.)
        #expect(throws: Never.self) {
            try Reachability.require(host: "127.0.0.1", port: port, milliseconds: 10_000)
        }
        for error in [stranger, nameless] {
            #expect(error?.description.contains("TLS") == true, "\(error as Any)")
        }
    }
}
