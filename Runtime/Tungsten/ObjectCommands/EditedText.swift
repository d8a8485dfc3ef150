// The text that `tungsten edit` shows: an object as YAML, and above it, when it was refused, the reason as comments.

import Coding
import Foundation

public enum EditedText {
    private static let advice = "# Mend it and save; left as it is, the command ends and keeps the file."

    /// The reason, to be put above a text.
    ///
    /// - Parameter file: where the text is: lines that the reason names in it are those below the comments.
    public static func commented(_ reason: String, of file: String) -> String {
        let lines = reason.split(whereSeparator: \.isNewline)
        var shifted = lines.map(String.init)
        for index in shifted.indices {
            let parts = shifted[index].components(separatedBy: file + ":")
            shifted[index] = parts.dropFirst().reduce(parts[0]) { text, part in
                let digits = part.prefix { $0.isASCII && $0.isNumber }
                let place = Int(digits).map { "line \($0 + lines.count + 1)" } ?? digits + ""
                return text + place + part.dropFirst(digits.count)
            }
        }
        return (shifted.map { "# " + TextTable.oneLine($0) } + [advice, ""]).joined(separator: "\n")
    }

    /// The text without the comments that it begins with.
    public static func withoutComments(_ text: String) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.drop { $0.hasPrefix("#") }.joined(separator: "\n")
    }

    /// The members that are not the same in two versions of an object, but for its permissions, which carry the time of each change.
    public static func differing(_ old: JSONValue, _ new: JSONValue) -> [String] {
        let keys = old.members.map(\.key) + new.members.map(\.key).filter { old[$0] == nil }
        return keys.filter { $0 != "id_perms" && old[$0] != new[$0] }
    }
}
