import ArgumentParser
import Foundation
import Hub
import Rules

/// Shows what is odd about which device.
struct DevicesFaults: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "faults",
        abstract:
            "What is odd about devices' messages: wrong clocks, values out of range, words unknown.",
        discussion: "Each fault of a device is counted, with the latest message of its kind.")

    @OptionGroup var home: HomeOption
    @Option(help: "The most faults; the latest are shown.")
    var limit: Int = 50
    @Flag(help: "One JSON object a line.")
    var json = false

    func validate() throws {
        if limit < 0 { throw ValidationError("--limit \(limit): 0 or more") }
    }

    func run() throws {
        let zone = home.zone(in: try? home.load())
        let faults = try home.reader.deviceFaults(limit: limit)
        for fault in faults {
            if json {
                print(try jsonText(Wire(fault, zone)))
                continue
            }
            print(
                "\(Timestamp.short(fault.last, in: zone)) \(fault.device) \(fault.code), \(fault.count) × since \(Timestamp.short(fault.first, in: zone)): \(printable(fault.detail))"
            )
            print("    \(printable(String(decoding: fault.sample.prefix(120), as: UTF8.self)))")
        }
        if faults.isEmpty, !json { print("No device is odd.") }
    }

    private struct Wire: Encodable {
        var device: String
        var fault: String
        var count: Int
        var first: String
        var last: String
        var detail: String
        var sample: String

        init(_ fault: JournalReader.DeviceFault, _ zone: ZoneOffsets) {
            device = fault.device.rawValue
            self.fault = fault.code
            count = fault.count
            first = Timestamp.local(fault.first, in: zone)
            last = Timestamp.local(fault.last, in: zone)
            detail = fault.detail
            sample = String(decoding: fault.sample, as: UTF8.self)
        }
    }
}
