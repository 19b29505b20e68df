import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Rules

/// A way out to people. Throws where it did not get through, in words without secrets.
protocol Channel: Sendable {
    func send(_ message: NoticeMessage, address: String) async throws
}

/// Why a channel did not get through.
struct ChannelFailure: Error, Hashable, Sendable, CustomStringConvertible {
    var description: String
}

/// A POST of JSON, signed.
struct WebhookChannel: Channel {
    let name: String
    let url: String
    let secretFile: String?
    let form: NotificationSettings.WebhookForm
    let client: HTTPClient

    func send(_ message: NoticeMessage, address: String) async throws {
        let body =
            form == .foyer
            ? try message.json(recipient: address) : try message.alertmanager(receiver: name)
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "Idempotency-Key", value: message.notice.id.rawValue)
        request.headers.add(name: "User-Agent", value: "foyer")
        if let secretFile {
            let secret: String
            do {
                secret = try String(contentsOfFile: secretFile, encoding: .utf8)
                    .trimmingCharacters(in: .whitespacesAndNewlines)
            } catch {
                throw ChannelFailure(description: "the secret's file cannot be read")
            }
            request.headers.add(
                name: "X-Foyer-Signature",
                value: NoticeMessage.signature(
                    body, secret: secret, seconds: Int64(Date().timeIntervalSince1970)))
        }
        request.body = .bytes(ByteBuffer(bytes: body))
        let response: HTTPClientResponse
        do {
            response = try await client.execute(request, timeout: .seconds(10))
        } catch {
            throw ChannelFailure(description: "no answer: \(type(of: error))")
        }
        // Read to the end, so that the connection can be used again; bounded.
        _ = try? await response.body.collect(upTo: 64 * 1024)
        guard (200..<300).contains(Int(response.status.code)) else {
            throw ChannelFailure(description: "the receiver says \(response.status.code)")
        }
    }
}

/// The command `apprise`, which knows e-mail, SMS, Signal, Teams, ntfy and the rest. Its URLs are secrets: they stand
/// in a file that it reads itself, never among its arguments.
struct AppriseChannel: Channel {
    let urlFile: String
    /// Where temporary files go that hold an address: the home's own folder.
    let folder: String

    func send(_ message: NoticeMessage, address: String) async throws {
        let text = try? String(contentsOfFile: urlFile, encoding: .utf8)
        guard let text else {
            throw ChannelFailure(description: "the file with apprise's URLs cannot be read")
        }
        var file = urlFile
        let needsAddress = text.contains("{address}")
        if needsAddress {
            let plain = address.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            file = "\(folder)/.apprise-\(message.notice.id)"
            let filled = text.replacingOccurrences(of: "{address}", with: plain)
            guard
                FileManager.default.createFile(
                    atPath: file, contents: Data(filled.utf8),
                    attributes: [.posixPermissions: 0o600])
            else { throw ChannelFailure(description: "no room for a temporary file") }
        }
        defer { if needsAddress { try? FileManager.default.removeItem(atPath: file) } }
        let path = file
        let status = try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(
                    with: Result { try Self.run(path, message.title, message.text) })
            }
        }
        guard status == 0 else {
            throw ChannelFailure(description: "apprise ended with \(status)")
        }
    }

    /// Runs apprise with the text on its standard input; ends it after half a minute.
    private static func run(_ file: String, _ title: String, _ text: String) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "apprise", "--config", file, "--title", title, "--input-format", "text",
        ]
        let input = Pipe()
        process.standardInput = input
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        do { try process.run() } catch {
            throw ChannelFailure(description: "apprise cannot be started; install it")
        }
        try? input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
        try? input.fileHandleForWriting.close()
        let deadline = DispatchTime.now() + 30
        DispatchQueue.global().asyncAfter(deadline: deadline) {
            if process.isRunning { process.terminate() }
        }
        process.waitUntilExit()
        return process.terminationStatus
    }
}
