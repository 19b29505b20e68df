import Foundation
import Testing

@testable import Hub

@Suite("JSON as devices write it")
struct JSONTests {
    private func problem(_ bytes: [UInt8]) -> JSONError.Reason? {
        var tape = JSONTape()
        do {
            try tape.read(bytes.span)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test(
        "what is not JSON is refused with the place",
        arguments: [
            ("", JSONError.Reason.empty), ("  \n", .empty), ("{\"a\":1", .cutOff), ("[1,", .cutOff),
            ("{\"a\":1}{\"b\":2}", .trailing), ("{a:1}", .unexpected(0x61)),
            ("{\"a\":1,}", .unexpected(0x7D)), ("[1,]", .unexpected(0x5D)),
            ("{\"a\":01}", .number), ("{\"a\":1.}", .number), ("{\"a\":nan}", .unexpected(0x61)),
            ("\"\u{1}\"", .controlCharacter), ("\"\\x\"", .escape), ("\"\\ud800\"", .escape),
            ("\"\\ud800\\u0041\"", .escape), ("'a'", .unexpected(0x27)), ("tru", .cutOff),
            ("\u{0}", .unexpected(0)),
        ])
    func refused(text: String, reason: JSONError.Reason) {
        #expect(problem([UInt8](text.utf8)) == reason)
    }

    @Test("nesting goes to 32 levels, whatever is asked, and a thousand times more harms nothing")
    func deep() {
        for (depth, isFine) in [(32, true), (33, false), (500_000, false)] {
            let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            #expect((problem([UInt8](text.utf8)) == nil) == isFine, "\(depth) levels")
        }
    }

    @Test(
        "bytes that are not UTF-8 are refused",
        arguments: [
            [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82],
        ] as [[UInt8]])
    func notUTF8(bytes: [UInt8]) {
        #expect(problem([0x22] + bytes + [0x22]) == .notUTF8)
    }

    @Test("the tape agrees with Foundation on random texts: what one reads, the other reads")
    func againstFoundation() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        let pieces = [
            "{", "}", "[", "]", ",", ":", "\"a\"", "\"\\u00e9\"", "1", "-0.5e3", "true", "null",
            " ", "0", ".", "e", "\"", "\\", "é", "false",
        ]
        for _ in 0..<20_000 {
            var text = ""
            for _ in 0..<Int.random(in: 1...9, using: &random) {
                text += pieces.randomElement(using: &random) ?? ""
            }
            let foundation =
                (try? JSONSerialization.jsonObject(
                    with: Data(text.utf8), options: [.fragmentsAllowed])) != nil
            // A number beyond a Double's range is refused only where it is looked at: its neighbours count.
            // And Foundation takes a comma before a bracket, which RFC 8259 does not.
            if text.contains(/e\d{3}|,\s*[\]}]/) { continue }
            #expect(
                (problem([UInt8](text.utf8)) == nil) == foundation, "\(text) (seed \(seed))")
        }
    }

    @Test(
        "a pointer finds what RFC 6901 says",
        arguments: [
            ("", "an object"), ("/foo", "an array"), ("/foo/0", "\"bar\""), ("/", "0"),
            ("/a~1b", "1"), ("/m~0n", "8"), ("/foo/2", nil), ("/foo/-", nil), ("/foo/00", nil),
            ("/nope", nil), ("/k/é", "true"),
        ] as [(String, String?)])
    func pointers(pointer: String, value: String?) throws {
        let text = "{\"foo\":[\"bar\",\"baz\"],\"\":0,\"a/b\":1,\"m~n\":8,\"k\":{\"\\u00e9\":true}}"
        let bytes = [UInt8](text.utf8)
        var decoder = DeviceDecoder(.empty)
        try decoder.tape.read(bytes.span)
        let found = try #require(JSONPointer(pointer)).find(in: decoder.tape, bytes.span)
        #expect(found.map { decoder.text(decoder.raw($0, bytes.span)) } == value)
    }

    @Test("a pointer begins with a slash", arguments: ["foo", "/a~", "/a~2"])
    func badPointers(text: String) { #expect(JSONPointer(text) == nil) }

    @Test("of equal keys the last one counts")
    func duplicateKeys() throws {
        var rig = try ProfileRig.readings("{capability: contact.open, from: /open}")
        #expect(rig.says("{\"open\":true,\"open\":false}") == "contact.open=false")
    }
}
