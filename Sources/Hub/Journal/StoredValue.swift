import GRDBSQLite
import Rules

/// How values lie in the `value` column.
///
/// Numbers are stored as integer thousandths where that is exact, so that 21.5 takes two bytes and 0 none; else as
/// a double. SQLite keeps the two apart by their storage class.
enum ValueType: Int64 {
    case boolean = 0
    case number = 1
    case text = 2

    init?(_ value: Value) {
        switch value {
        case .unknown: return nil
        case .boolean: self = .boolean
        case .number: self = .number
        case .text: self = .text
        }
    }
}

/// A number as it is stored.
enum StoredNumber: Equatable {
    case thousandths(Int64)
    case real(Double)

    init(_ number: Double) {
        let scaled = (number * 1000).rounded()
        // Below 2^50 every integer of thousandths is exact as a double; and -0.0 must stay what it is.
        if abs(scaled) < 1_125_899_906_842_624, scaled / 1000 == number,
            !(number == 0 && number.sign == .minus)
        {
            self = .thousandths(Int64(scaled))
        } else {
            self = .real(number)
        }
    }

    var number: Double {
        switch self {
        case .thousandths(let count): Double(count) / 1000
        case .real(let number): number
        }
    }
}

/// Reads the `value` column of the row that a statement stands at.
func storedValue(
    _ statement: OpaquePointer, column: Int32, type: ValueType, text: (Int64) -> String?
) -> Value {
    switch sqlite3_column_type(statement, column) {
    case SQLITE_NULL: return .unknown
    case SQLITE_FLOAT: return .number(sqlite3_column_double(statement, column))
    default:
        let stored = sqlite3_column_int64(statement, column)
        switch type {
        case .boolean: return .boolean(stored != 0)
        case .number: return .number(StoredNumber.thousandths(stored).number)
        case .text: return text(stored).map { .text($0) } ?? .unknown
        }
    }
}
