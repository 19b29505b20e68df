/// Numbers of a JSON text, and of plain text payloads.
enum JSONNumber {
    /// Skips a number, strictly as RFC 8259, 6 writes it; leaves `at` after it.
    static func skip(_ bytes: Span<UInt8>, _ at: inout Int) throws(JSONError) {
        let start = at
        func digits() -> Int {
            let first = at
            while at < bytes.count, bytes[at] &- 0x30 < 10 { at += 1 }
            return at - first
        }
        func check(_ good: Bool) throws(JSONError) {
            if !good {
                throw at < bytes.count ? JSONError(.number, at: start) : JSONError(.cutOff, at: at)
            }
        }
        if bytes[at] == UInt8(ascii: "-") { at += 1 }
        let zero = at < bytes.count && bytes[at] == UInt8(ascii: "0")
        let whole = digits()
        try check(whole > 0)
        if zero, whole > 1 { throw JSONError(.number, at: start) }
        if at < bytes.count, bytes[at] == UInt8(ascii: ".") {
            at += 1
            try check(digits() > 0)
        }
        if at < bytes.count, bytes[at] | 0x20 == UInt8(ascii: "e") {
            at += 1
            if at < bytes.count, bytes[at] == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "-") {
                at += 1
            }
            try check(digits() > 0)
        }
    }

    /// The powers of ten that a Double holds exactly.
    private static let powers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]

    /// The nearest Double to a number that `skip` accepts; nil where it is beyond a Double's range.
    ///
    /// Up to 15 digits and powers up to 22 are one exact division or multiplication (Clinger, "How to Read
    /// Floating Point Numbers Accurately", 1990); the rest goes to the standard library.
    static func double(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Double? {
        var mantissa: UInt64 = 0
        var digits = 0
        var exponent = 0
        var at = range.lowerBound
        let negative = at < range.upperBound && bytes[at] == UInt8(ascii: "-")
        if negative { at += 1 }
        var point = false
        while at < range.upperBound {
            let byte = bytes[at]
            if byte &- 0x30 < 10 {
                if digits >= 15 { return slow(bytes, range) }
                mantissa = mantissa &* 10 &+ UInt64(byte &- 0x30)
                if mantissa > 0 { digits += 1 }
                if point { exponent -= 1 }
            } else if byte == UInt8(ascii: "."), !point {
                point = true
            } else {
                return slow(bytes, range)
            }
            at += 1
        }
        guard exponent >= -22 else { return slow(bytes, range) }
        let value = Double(mantissa) / powers[-exponent]
        return negative ? -value : value
    }

    private static func slow(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Double? {
        guard let value = Double(UTF8Text.string(bytes, range)), value.isFinite else { return nil }
        return value
    }

    /// The number as an exact integer; nil where it has a fraction or an exponent, or does not fit.
    static func integer(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int64? {
        var at = range.lowerBound
        let negative = at < range.upperBound && bytes[at] == UInt8(ascii: "-")
        if negative { at += 1 }
        guard at < range.upperBound else { return nil }
        var result: Int64 = 0
        while at < range.upperBound {
            guard bytes[at] &- 0x30 < 10 else { return nil }
            let (product, overflow) = result.multipliedReportingOverflow(by: 10)
            let digit = Int64(bytes[at] &- 0x30)
            let (sum, overflow2) =
                negative
                ? product.subtractingReportingOverflow(digit)
                : product.addingReportingOverflow(digit)
            if overflow || overflow2 { return nil }
            result = sum
            at += 1
        }
        return result
    }
}
