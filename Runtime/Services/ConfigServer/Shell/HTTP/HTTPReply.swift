// Replies as bytes: HTTP/1.1 status line, headers and body in one buffer (RFC 9112).

import ConfigServerCore
import Glibc
import NIOCore
import NIOHTTP1

extension ByteBuffer {
    mutating func writeReply(_ reply: Reply, isHead: Bool, keepsAlive: Bool, date: String) {
        writeStaticString("HTTP/1.1 ")
        writeString(Self.statusLine(reply.status))
        writeHeader("Date", date)
        switch reply.contentType {
        case .json: writeStaticString("\r\nContent-Type: application/json; charset=\"UTF-8\"")
        case .text: writeStaticString("\r\nContent-Type: text/plain; charset=utf-8")
        case .html: writeStaticString("\r\nContent-Type: text/html; charset=utf-8")
        case .events: writeStaticString("\r\nContent-Type: text/event-stream; charset=utf-8")
        case .problem: writeStaticString("\r\nContent-Type: application/problem+json")
        case .metrics: writeStaticString("\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8")
        }
        if let tag = reply.entityTag {
            writeStaticString("\r\nETag: \"")
            writeString(tag)
            writeStaticString("\"")
        }
        writeHeader("Allow", reply.allow)
        writeHeader("Warning", reply.warning.map { "299 - \"\($0)\"" })
        writeHeader("X-Configuration-Revision", reply.revision.map(String.init))
        writeHeader("X-Request-Id", reply.requestID)
        writeHeader("X-Subject-Token", reply.subjectToken)
        // Who has the token is its owner.
        if reply.subjectToken != nil { writeHeader("Cache-Control", "no-store") }
        writeHeader("WWW-Authenticate", reply.challenge)
        if !keepsAlive { writeHeader("Connection", "close") }
        if reply.status != 304, reply.status != 204 { writeHeader("Content-Length", String(reply.body.count)) }
        writeStaticString("\r\n\r\n")
        if !isHead, reply.status != 304 { writeBytes(reply.body) }
    }

    /// A header after what there is; nothing for nil.
    private mutating func writeHeader(_ name: StaticString, _ value: String?) {
        guard let value else { return }
        writeStaticString("\r\n")
        writeStaticString(name)
        writeStaticString(": ")
        writeString(value)
    }

    private static func statusLine(_ status: Int) -> String {
        status == 200 ? "200 OK" : "\(status) \(HTTPResponseStatus(statusCode: status).reasonPhrase)"
    }
}

extension SocketAddress {
    /// `127.0.0.1:8082`, `[::1]:8082`: as it stands in a URL.
    var authority: String? {
        guard let ipAddress, let port else { return nil }
        return ipAddress.contains(":") ? "[\(ipAddress)]:\(port)" : "\(ipAddress):\(port)"
    }
}

/// The value of the header Date, made anew each second.
struct HTTPDate {
    private var second = -1
    private var value = ""

    /// RFC 9110 §5.6.7: `Sun, 06 Nov 1994 08:49:37 GMT`.
    mutating func text() -> String {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME_COARSE, &now)
        if now.tv_sec != second {
            second = now.tv_sec
            value = Self.format(second)
        }
        return value
    }

    static func format(_ second: Int) -> String {
        var time = time_t(second)
        var parts = tm()
        gmtime_r(&time, &parts)
        func digits(_ value: Int32) -> String { value < 10 ? "0\(value)" : String(value) }
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        return "\(days[Int(parts.tm_wday)]), \(digits(parts.tm_mday)) \(months[Int(parts.tm_mon)]) \(parts.tm_year + 1900) "
            + "\(digits(parts.tm_hour)):\(digits(parts.tm_min)):\(digits(parts.tm_sec)) GMT"
    }
}
