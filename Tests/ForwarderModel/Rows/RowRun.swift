// Holds the model against a row: what leaves and what is dropped must be exactly what the row says, in order.

public struct RowRun {
    private let file: RowFile
    private let row: RowFile.Row
    private var model = Forwarder()
    /// The packet that came in last.
    private var arrived: [UInt8] = []
    private var expectedSent: [(line: Int, interface: UInt32, bytes: [UInt8], mask: [UInt8])] = []
    private var expectedDrops: [(line: Int, word: String)] = []
    private var problems: [String] = []

    /// What of the row is not so; nothing if it passes. A row with "cut A..B" is run for each length.
    public static func problems(of row: RowFile.Row, in file: RowFile) -> [String] {
        guard let range = row.lines.first(where: { $0.words[0] == "cut" }) else { return problems(of: row, in: file, cutTo: .max) }
        let ends = range.words.dropFirst().joined().split(separator: ".").compactMap { Int($0) }
        guard ends.count == 2, ends[0] <= ends[1] else { return ["line \(range.number): cut A..B"] }
        return (ends[0]...ends[1]).flatMap { length in problems(of: row, in: file, cutTo: length).map { "cut to \(length): \($0)" } }
    }

    private static func problems(of row: RowFile.Row, in file: RowFile, cutTo length: Int) -> [String] {
        var run = RowRun(file: file, row: row)
        for line in row.lines { run.follow(line, cutTo: length) }
        run.compare()
        if run.model.isUndecided { run.problems.append("a hash decides what leaves: the model cannot know") }
        return run.problems
    }

    private init(file: RowFile, row: RowFile.Row) { (self.file, self.row) = (file, row) }

    private mutating func follow(_ line: RowFile.Line, cutTo length: Int) {
        let words = line.words
        do throws(RowError) {
            switch words[0] {
            case "tables":
                guard words.count == 2, let lines = file.setUps[words[1]] else { throw RowError("there is no such set-up") }
                for line in lines { follow(line, cutTo: length) }
            case "in":
                compare()
                arrived = Array(try PacketText(line.headers).bytes.prefix(length))
                model.receive(arrived, on: try parseNumber(words.count > 1 ? words[1] : ""))
            case "out":
                let packet = try PacketText(line.headers)
                let (bytes, mask) =
                    line.headers.isEmpty ? (arrived, Array(repeating: 0xFF, count: arrived.count)) : (packet.bytes, packet.mask)
                expectedSent.append((line.number, try parseNumber(words.count > 1 ? words[1] : ""), bytes, mask))
            case "drop": expectedDrops.append((line.number, words.count > 1 ? words[1] : ""))
            // How an implementation tells of its steps is its own affair.
            case "trace", "says", "cut": break
            case "after": model.now += Int(try parseNumber(words.count > 1 ? words[1] : ""))
            case "tick": model.tick()
            case "refuse": model.refusing.insert(try parseNumber(words.count > 1 ? words[1] : ""))
            case "no-memory": model.canCopy = false
            default:
                guard try model.apply(tableLine: words) else { throw RowError("\(words[0]) is no line of a row") }
            }
        } catch { problems.append("line \(line.number): \(error)") }
    }

    /// What has happened since the last packet came in against what the row says.
    private mutating func compare() {
        for (number, expected) in expectedSent.enumerated() {
            guard number < model.sent.count else {
                problems.append("line \(expected.line): nothing left, but a packet is expected on interface \(expected.interface)")
                continue
            }
            let sent = model.sent[number]
            if sent.interface != expected.interface {
                problems.append("line \(expected.line): the packet left on interface \(sent.interface)")
            } else if sent.bytes.count != expected.bytes.count
                || zip(zip(sent.bytes, expected.bytes), expected.mask).contains(where: { ($0.0 ^ $0.1) & $1 != 0 })
            {
                problems.append("line \(expected.line): expected \(hexadecimal(expected.bytes)), sent \(hexadecimal(sent.bytes))")
            }
        }
        for sent in model.sent.dropFirst(expectedSent.count) {
            problems.append("row \(row.name): a packet that is not expected left on \(sent.interface): \(hexadecimal(sent.bytes))")
        }
        let drops = model.drops.map(\.rawValue).sorted(), expected = expectedDrops.map(\.word).sorted()
        if drops != expected { problems.append("line \(expectedDrops.first?.line ?? row.line): dropped for \(drops), not for \(expected)") }
        model.sent = []
        model.drops = []
        expectedSent = []
        expectedDrops = []
    }
}

/// Two digits a byte, two bytes a word.
func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.enumerated().map { ($0 > 0 && $0 % 2 == 0 ? " " : "") + ($1 < 16 ? "0" : "") + String($1, radix: 16) }.joined()
}
