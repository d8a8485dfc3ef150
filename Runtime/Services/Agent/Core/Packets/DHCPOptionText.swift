// DHCP options as the configuration writes them: by name or number, with the value as text or as bytes (DhcpOptionType of the schema).
//
// The names are those of ISC's dhcp-options manual page, which users of the platform know; numbers and formats are RFC 2132's and, where
// noted, of the RFC that defined the option.

import NetworkTypes

/// Why a configured option cannot be sent.
public struct DHCPOptionError: Error, Equatable, CustomStringConvertible, Sendable {
    public let option: String
    public let problem: String
    public var description: String { "DHCP option \(option): \(problem)" }
}

/// How the value of an option is built from words of text.
public enum DHCPOptionFormat: Sendable, Equatable {
    /// Being there says it all.
    case empty
    /// `true` or `false`, or 1 or 0.
    case flag
    case unsigned8
    case unsigned8List
    case unsigned16
    case unsigned16List
    case unsigned32
    case signed32
    case address
    case addressList
    /// Pairs of addresses: a destination and a router, or an address and a mask.
    case addressPairs
    case text
    /// Domain names as DNS writes them, without compression (RFC 3397).
    case domainNames
    /// Pairs of prefix and router (RFC 3442).
    case classlessRoutes
    /// Only as bytes, or as text if there are none.
    case opaque
}

extension DHCPOption {
    /// Reads an option of the configuration.
    /// - Parameters:
    ///   - name: its number, from 1 to 254, or its name.
    ///   - text: the value; several are separated by spaces.
    ///   - octets: the value as decimal numbers with spaces between them, one a byte; used instead of `text` unless it is empty.
    public static func configured(_ name: String, text: String, octets: String = "") throws(DHCPOptionError) -> DHCPOption {
        let code: UInt8
        if let known = DHCPOptionNames.codes[name.lowercased()] {
            code = known
        } else if let number = UInt8(name), 1...254 ~= number {
            code = number
        } else {
            throw DHCPOptionError(option: name, problem: "it is neither a number from 1 to 254 nor a name that is known")
        }
        let octetWords = octets.split(separator: " ")
        if !octetWords.isEmpty {
            var value: [UInt8] = []
            for word in octetWords {
                guard let byte = UInt8(word) else { throw DHCPOptionError(option: name, problem: "'\(word)' is not a byte from 0 to 255") }
                value.append(byte)
            }
            return DHCPOption(code, value)
        }
        do throws(DHCPOptionProblem) {
            return DHCPOption(code, try DHCPOptionNames.format(of: code).encode(text))
        } catch {
            throw DHCPOptionError(option: name, problem: error.text)
        }
    }

    /// Routes with prefix lengths: each the length, as many bytes of the prefix as count, and the router (RFC 3442).
    public static func classlessRoutes(_ routes: [ClasslessRoute]) -> DHCPOption {
        DHCPOption(121, routes.flatMap { $0.prefix.bytes + $0.router.bytes })
    }
}

/// A route that a workload is told.
public struct ClasslessRoute: Hashable, Sendable {
    public let prefix: IPv4Prefix
    public let router: IPv4Address

    public init(_ prefix: IPv4Prefix, via router: IPv4Address) {
        self.prefix = prefix
        self.router = router
    }
}

private struct DHCPOptionProblem: Error {
    let text: String
}

extension DHCPOptionFormat {
    fileprivate func encode(_ text: String) throws(DHCPOptionProblem) -> [UInt8] {
        let words = text.split(separator: " ").map(String.init)
        switch self {
        case .empty: return []
        case .flag:
            switch words.first {
            case "true", "1", "on": return [1]
            case "false", "0", "off": return [0]
            default: throw DHCPOptionProblem(text: "'\(text)' is neither true nor false")
            }
        case .unsigned8: return try one(words, UInt8.self)
        case .unsigned16: return try one(words, UInt16.self)
        case .unsigned32: return try one(words, UInt32.self)
        case .signed32:
            guard words.count == 1, let number = Int32(words[0]) else {
                throw DHCPOptionProblem(text: "'\(text)' is not a whole number of 32 bits")
            }
            return numbers([UInt32(bitPattern: number)])
        case .unsigned8List: return try list(words, UInt8.self)
        case .unsigned16List: return try list(words, UInt16.self)
        case .address:
            guard words.count == 1 else { throw DHCPOptionProblem(text: "'\(text)' is not one IPv4 address") }
            return try address(words[0])
        case .addressList:
            guard !words.isEmpty else { throw DHCPOptionProblem(text: "it needs an IPv4 address at least") }
            return try joined(words) { word throws(DHCPOptionProblem) in try address(word) }
        case .addressPairs:
            guard !words.isEmpty, words.count % 2 == 0 else { throw DHCPOptionProblem(text: "it needs IPv4 addresses in pairs") }
            return try joined(words) { word throws(DHCPOptionProblem) in try address(word) }
        case .text, .opaque:
            guard !text.isEmpty else { throw DHCPOptionProblem(text: "it needs a value") }
            return Array(text.utf8)
        case .domainNames:
            guard !words.isEmpty else { throw DHCPOptionProblem(text: "it needs a domain name at least") }
            return try joined(words) { word throws(DHCPOptionProblem) in
                guard let name = DNSName(word) else { throw DHCPOptionProblem(text: "'\(word)' is not a domain name") }
                return name.bytes
            }
        case .classlessRoutes:
            guard !words.isEmpty, words.count % 2 == 0 else { throw DHCPOptionProblem(text: "it needs pairs of prefix and router") }
            var value: [UInt8] = []
            for index in stride(from: 0, to: words.count, by: 2) {
                guard let prefix = try? IPv4Prefix(parsing: words[index]) else {
                    throw DHCPOptionProblem(text: "'\(words[index])' is not an IPv4 prefix, such as 10.1.0.0/16")
                }
                value += prefix.bytes
                value += try address(words[index + 1])
            }
            return value
        }
    }

    private func joined(_ words: [String], _ encode: (String) throws(DHCPOptionProblem) -> [UInt8]) throws(DHCPOptionProblem) -> [UInt8] {
        var value: [UInt8] = []
        for word in words { value += try encode(word) }
        return value
    }

    private func address(_ word: String) throws(DHCPOptionProblem) -> [UInt8] {
        do {
            return try IPv4Address(parsing: word).bytes
        } catch {
            throw DHCPOptionProblem(text: "\(error)")
        }
    }

    private func one<T: FixedWidthInteger & UnsignedInteger>(_ words: [String], _ type: T.Type) throws(DHCPOptionProblem) -> [UInt8] {
        guard words.count == 1 else { throw DHCPOptionProblem(text: "it needs one number from 0 to \(T.max)") }
        return try list(words, type)
    }

    private func list<T: FixedWidthInteger & UnsignedInteger>(_ words: [String], _ type: T.Type) throws(DHCPOptionProblem) -> [UInt8] {
        guard !words.isEmpty else { throw DHCPOptionProblem(text: "it needs numbers from 0 to \(T.max)") }
        return try numbers(
            words.map { word throws(DHCPOptionProblem) in
                guard let number = T(word) else { throw DHCPOptionProblem(text: "'\(word)' is not a number from 0 to \(T.max)") }
                return number
            })
    }

    private func numbers<T: FixedWidthInteger & UnsignedInteger>(_ numbers: [T]) -> [UInt8] {
        var bytes: [UInt8] = []
        for number in numbers { bytes.append(bigEndian: number) }
        return bytes
    }
}

/// The table of options.
enum DHCPOptionNames {
    static let codes = Dictionary(all.map { ($0.name, $0.code) }, uniquingKeysWith: { first, _ in first })
    private static let formats = Dictionary(all.map { ($0.code, $0.format) }, uniquingKeysWith: { first, _ in first })

    /// Text, for an option that the table does not have.
    static func format(of code: UInt8) -> DHCPOptionFormat { formats[code] ?? .opaque }

    private static let all: [(code: UInt8, name: String, format: DHCPOptionFormat)] = [
        (1, "subnet-mask", .address), (2, "time-offset", .signed32), (3, "routers", .addressList), (4, "time-servers", .addressList),
        (5, "ien116-name-servers", .addressList), (6, "domain-name-servers", .addressList), (7, "log-servers", .addressList),
        (8, "cookie-servers", .addressList), (9, "lpr-servers", .addressList), (10, "impress-servers", .addressList),
        (11, "resource-location-servers", .addressList), (12, "host-name", .text), (13, "boot-size", .unsigned16),
        (14, "merit-dump", .text), (15, "domain-name", .text), (16, "swap-server", .address), (17, "root-path", .text),
        (18, "extensions-path", .text), (19, "ip-forwarding", .flag), (20, "non-local-source-routing", .flag),
        (21, "policy-filter", .addressPairs), (22, "max-dgram-reassembly", .unsigned16), (23, "default-ip-ttl", .unsigned8),
        (24, "path-mtu-aging-timeout", .unsigned32), (25, "path-mtu-plateau-table", .unsigned16List), (26, "interface-mtu", .unsigned16),
        (27, "all-subnets-local", .flag), (28, "broadcast-address", .address), (29, "perform-mask-discovery", .flag),
        (30, "mask-supplier", .flag), (31, "router-discovery", .flag), (32, "router-solicitation-address", .address),
        (33, "static-routes", .addressPairs), (34, "trailer-encapsulation", .flag), (35, "arp-cache-timeout", .unsigned32),
        (36, "ieee802-3-encapsulation", .flag), (37, "default-tcp-ttl", .unsigned8), (38, "tcp-keepalive-interval", .unsigned32),
        (39, "tcp-keepalive-garbage", .flag), (40, "nis-domain", .text), (41, "nis-servers", .addressList),
        (42, "ntp-servers", .addressList), (43, "vendor-encapsulated-options", .opaque), (44, "netbios-name-servers", .addressList),
        (45, "netbios-dd-server", .addressList), (46, "netbios-node-type", .unsigned8), (47, "netbios-scope", .text),
        (48, "font-servers", .addressList), (49, "x-display-manager", .addressList), (51, "dhcp-lease-time", .unsigned32),
        (54, "dhcp-server-identifier", .address), (58, "dhcp-renewal-time", .unsigned32), (59, "dhcp-rebinding-time", .unsigned32),
        (60, "vendor-class-identifier", .text), (62, "nwip-domain", .text), (63, "nwip-suboptions", .opaque),
        (64, "nisplus-domain", .text), (65, "nisplus-servers", .addressList), (66, "tftp-server-name", .text),
        (67, "bootfile-name", .text), (68, "mobile-ip-home-agent", .addressList), (69, "smtp-server", .addressList),
        (70, "pop-server", .addressList), (71, "nntp-server", .addressList), (72, "www-server", .addressList),
        (73, "finger-server", .addressList), (74, "irc-server", .addressList), (75, "streettalk-server", .addressList),
        (76, "streettalk-directory-assistance-server", .addressList), (77, "user-class", .text),
        // RFC 2610
        (78, "slp-directory-agent", .opaque), (79, "slp-service-scope", .opaque),
        // RFC 2241, RFC 2242
        (85, "nds-servers", .addressList), (86, "nds-tree-name", .text), (87, "nds-context", .text),
        // RFC 4833
        (100, "pcode", .text), (101, "tcode", .text),
        // RFC 2563, RFC 3011
        (116, "auto-config", .unsigned8), (118, "subnet-selection", .address),
        // RFC 3397, RFC 3361, RFC 3442
        (119, "domain-search", .domainNames), (120, "sip-servers", .opaque), (121, "classless-static-routes", .classlessRoutes),
        // RFC 5859, RFC 5071
        (150, "tftp-server-address", .addressList), (209, "configfile", .text), (210, "pathprefix", .text),
        (211, "reboottime", .unsigned32),
        // Microsoft's number for the routes of RFC 3442.
        (249, "ms-classless-static-routes", .classlessRoutes),
        // RFC 8925
        (108, "v6-only-preferred", .unsigned32), (252, "wpad", .text),
    ]
}
