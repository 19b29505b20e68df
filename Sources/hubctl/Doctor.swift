import ArgumentParser
import Foundation
import Hub

/// `hubctl doctor`: is all that the hub stands on as it should be?
struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Look for what is weak: the broker's limits, the clock, the disk, who may read what.",
        discussion: """
            A broker is tried out: messages for a session that is away, on topics below foyer/doctor/, which are taken away \
            again. Exit code 1 where something will be lost or does not work.
            """)

    @OptionGroup var home: HomeOption
    @Flag(help: "One JSON object a line.")
    var json = false

    func run() throws {
        let findings = HubExamination(try home.load()).run()
        for finding in findings {
            if json {
                print(try jsonText(finding))
            } else {
                func pad(_ text: String, _ width: Int) -> String {
                    text.padding(toLength: width, withPad: " ", startingAt: 0)
                }
                print(
                    "\(pad(finding.level.rawValue, 8)) \(pad(finding.subject, 12)) \(finding.text)")
            }
        }
        if findings.contains(where: { $0.level == .error }) { throw ExitCode(1) }
    }
}
