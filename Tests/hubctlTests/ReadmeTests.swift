import ArgumentParser
import Foundation
import Testing

@testable import Hub
@testable import hubctl

/// README.md's code blocks.
private enum Readme {
    static let text =
        (try? String(contentsOfFile: CommandLine.root + "/README.md", encoding: .utf8)) ?? ""

    /// The blocks of a language, in order.
    static func blocks(_ language: String) -> [String] {
        text.components(separatedBy: "```\(language)\n").dropFirst().compactMap {
            $0.components(separatedBy: "```").first
        }
    }

    /// The commands of `./run`, as words, without comments and redirections.
    static let commands: [[String]] = blocks("sh").flatMap { block in
        block.split(separator: "\n").compactMap { line in
            guard line.hasPrefix("./run ") else { return nil }
            let words = words(String(line))
            let end = words.firstIndex { $0 == ">" || $0.hasPrefix("#") } ?? words.endIndex
            return end > 1 ? Array(words[1..<end]) : nil
        }
    }

    /// As a shell splits a line, as far as the page needs it.
    static func words(_ line: String) -> [String] {
        var words: [String] = []
        var word = ""
        var quote: Character?
        var isWord = false
        for character in line {
            if let open = quote {
                if character == open { quote = nil } else { word.append(character) }
            } else if character == "'" || character == "\"" {
                quote = character
                isWord = true
            } else if character == " " {
                if isWord { words.append(word) }
                (word, isWord) = ("", false)
            } else {
                word.append(character)
                isWord = true
            }
        }
        return isWord ? words + [word] : words
    }
}

@Suite("README.md", .serialized, .enabled(if: ManagedBroker.find("mosquitto") != nil))
struct ReadmeTests {
    @Test("its commands do what it says, in its order, on a home of one's own")
    func commands() throws {
        #expect(Readme.commands.count > 20)
        let line = try CommandLine()
        var port = "1883"
        var hub: Process?
        defer { hub?.terminate() }
        var known = ""
        for command in Readme.commands {
            if command.contains("demo-home") || command.contains("FILE") {
                // Only that it can be written so.
                _ = try Hubctl.parseAsRoot(command)
                continue
            }
            // The call before was answered and is over: somebody calls again.
            if command.starts(with: ["alerts", "resolve"]) { known = try call(line, port: port) }
            let words = command.map { $0 == "DIR" ? "home" : $0 == "ID" ? known : $0 }
            switch Array(words.prefix(2)) {
            case ["run", "--home"]:
                hub = try line.start("run", "--home", "home")
                let isOnline = try eventually {
                    try line.hubctl("status", "--home", "home").output.contains("online")
                }
                try #require(isOnline, "\((try? line.read("log")) ?? "")")
                known = try call(line, port: port)
            case ["events", "tail"], ["alerts", "watch"]:
                _ = try Hubctl.parseAsRoot(command)
            default:
                let answer = try line.run(words)
                #expect(answer.code == 0, "\(words): \(answer.output)\(answer.errors)")
            }
            if words.first == "init" {
                port = "\(UInt16.random(in: 36_001...40_000))"
                let text = try line.read("home/hub.yaml")
                try line.write("home/hub.yaml", text.replacingOccurrences(of: "1883", with: port))
            }
            if words.first == "stop" { #expect(eventually(10) { hub?.isRunning != true }) }
        }
    }

    /// Somebody presses the call button.
    ///
    /// - Returns: the alert's identifier.
    private func call(_ line: CommandLine, port: String) throws -> String {
        var address = try PublisherAddress(text: "mqtt://devices@127.0.0.1:\(port)")
        address.password = try line.read("home/broker/devices.password")
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let publisher = try BrokerPublisher(address.session(clientID: "device"))
        try publisher.publish(
            Publication(topic: "zigbee2mqtt/call_button", payload: "{\"action\":\"emergency\"}"))
        try publisher.finish()
        var list = ""
        let isThere = try eventually {
            list = try line.hubctl("alerts", "list", "--home", "home").output
            return list.contains("Call")
        }
        #expect(isThere, "\(list)")
        return String(list.prefix { $0 != " " })
    }

    @Test("its YAML is sound, in the file that it names")
    func yaml() throws {
        let blocks = Readme.blocks("yaml")
        #expect(blocks.count == 3)
        for block in blocks {
            let line = try CommandLine()
            try line.hubctl("init", "home")
            // The names in its rules are the document's own; calls and smoke have to be heard all the same.
            try line.write(
                "home/rules/start.yaml",
                """
                version: 1
                owner: the team
                events:
                  any_call: {kind: call_button}
                signals:
                  any_smoke: {kind: smoke}
                rules:
                  - {id: any-call, priority: high, when: any_call, do: {en: Go., fr: Y aller.}}
                  - {id: any-smoke, priority: high, when: any_smoke, do: {en: Go., fr: Y aller.}}

                """)
            let name = String(
                block.dropFirst(2).prefix { $0 != ":" && $0 != "\n" })
            if name == "hub.yaml" {
                let text = try line.read("home/hub.yaml")
                let start = try #require(text.range(of: "broker:\n"))
                for file in ["broker.password", "ca.pem", "hub.pem", "hub.key"] {
                    try line.write("home/\(file)", "x\n")
                }
                try line.write("home/hub.yaml", text[..<start.lowerBound] + block)
            } else {
                try line.write("home/\(name)", block)
            }
            let check = try line.hubctl("check", "--home", "home")
            #expect(check.code == 0, "\(name): \(check.output)\(check.errors)")
            #expect(check.output.contains("no errors, no warnings"), "\(check.output)")
        }
    }

    @Test("its links lead somewhere")
    func links() throws {
        for match in Readme.text.matches(of: /\]\(([^)#]+)\)/) {
            let target = String(match.1)
            if target.hasPrefix("http") { continue }
            #expect(
                FileManager.default.fileExists(atPath: CommandLine.root + "/" + target), "\(target)"
            )
        }
    }

    @Test("the service's unit is one that systemd accepts")
    func unit() throws {
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/systemd-analyze") else {
            print("skipped: systemd-analyze is not installed")
            return
        }
        let line = try CommandLine()
        // systemd looks whether the program is there, which on this machine it is not.
        let text = try String(
            contentsOfFile: CommandLine.root + "/packaging/foyer.service", encoding: .utf8)
        try line.write(
            "foyer.service",
            text.replacingOccurrences(of: "/usr/local/bin/hubctl", with: CommandLine.program))
        let answer = try line.run(
            ["verify", "foyer.service"], program: "/usr/bin/systemd-analyze")
        #expect(
            answer.code == 0 && !answer.errors.contains("foyer.service:"),
            "\(answer.output)\(answer.errors)")
    }
}
