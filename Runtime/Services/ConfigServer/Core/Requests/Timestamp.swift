// Points in time as objects carry them.

/// Microseconds since 1970-01-01 00:00 UTC.
public struct Timestamp: Sendable, Comparable {
    public let microseconds: Int64

    public init(microseconds: Int64) { self.microseconds = microseconds }

    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }

    /// `2026-03-01T12:00:00.000123`, in UTC, without a zone: the form of `created` and `last_modified`.
    public var text: String {
        let day = Self.floorDivide(microseconds, 86_400_000_000)
        let inDay = microseconds - day * 86_400_000_000
        let (year, month, date) = Self.civil(daysSince1970: day)
        let seconds = inDay / 1_000_000
        return
            "\(Self.digits(year, 4))-\(Self.digits(month, 2))-\(Self.digits(date, 2))T\(Self.digits(seconds / 3600, 2)):"
            + "\(Self.digits(seconds / 60 % 60, 2)):\(Self.digits(seconds % 60, 2)).\(Self.digits(inDay % 1_000_000, 6))"
    }

    private static func digits(_ value: Int64, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }

    private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        value >= 0 ? value / divisor : (value + 1) / divisor - 1
    }

    /// Counts in eras of 400 years, which all have the same length, and in years that begin with March, so that the leap day is the last.
    private static func civil(daysSince1970 days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468  // from 0000-03-01
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}
