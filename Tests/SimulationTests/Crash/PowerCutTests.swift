import Foundation
import Testing

@testable import Hub

/// The real intake loop, engine and journal against a simulated broker, clock, people and power.
///
/// A failure prints its seed; `FOYER_SEED=17 ./test --filter PowerCutTests` runs that one alone, and
/// `FOYER_SEEDS=10000` more of them than CI does.
@Suite("The power fails at any step")
struct PowerCutTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let chunks = 8

    private static func seeds(_ chunk: Int) -> [UInt64] {
        if let one = environment["FOYER_SEED"].flatMap(UInt64.init) {
            return chunk == 0 ? [one] : []
        }
        let count = environment["FOYER_SEEDS"].flatMap(UInt64.init) ?? 200
        return (1...count).filter { Int($0) % chunks == chunk }
    }

    @Test(
        "nothing is missing, nothing twice, alerts are raised once, and live equals replay",
        arguments: 0..<chunks)
    func holds(chunk: Int) throws {
        var cuts: [Step: Int] = [:]
        var redeliveries = 0
        var steps = 0
        var notices = 0
        var brokerDeaths = 0
        var fullDisks = 0
        let seeds = Self.seeds(chunk)
        for seed in seeds {
            let run = try SimulationRun(seed: seed)
            #expect(run.problems.isEmpty, "seed \(seed): \(run.problems.joined(separator: "; "))")
            cuts.merge(run.world.cuts, uniquingKeysWith: +)
            redeliveries += run.world.broker.redeliveries
            steps += run.stepCount
            notices += run.noticeCount
            brokerDeaths += run.world.brokerDeaths
            fullDisks += run.world.fullDisks
        }
        guard seeds.count >= 20 else { return }
        // A simulation in which nothing happens proves nothing.
        for step in Step.allCases {
            #expect(cuts[step] ?? 0 >= seeds.count / 4, "\(step): \(cuts)")
        }
        #expect(redeliveries > seeds.count)
        #expect(steps > 10 * seeds.count)
        #expect(notices > 10 * seeds.count)
        print(
            "\(seeds.count) seeds: cuts \(cuts), \(redeliveries) redeliveries, \(steps) steps, \(notices) notices, \(brokerDeaths) broker deaths, \(fullDisks) full disks"
        )
    }

    @Test("a hub that acknowledged before its commit would be found out by most seeds")
    func bites() throws {
        var found = 0
        for seed in UInt64(1)...12 {
            if try !SimulationRun(seed: seed, acknowledgesEarly: true).problems.isEmpty {
                found += 1
            }
        }
        #expect(found > 6, "only \(found) of 12 seeds notice")
    }
}
