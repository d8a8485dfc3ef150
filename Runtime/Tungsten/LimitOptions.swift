// Options of `tungsten api` against slow and many clients, and its access log.

import ArgumentParser
import ConfigServer

struct LimitOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How many connections there may be. What comes beyond is answered with 503, but for /healthz, /readyz and /metrics. Never more than files may be open (ulimit -n, which is raised as far as it may be).",
            valueName: "number"))
    var maxConnections = ConnectionLimits().connections

    @Option(help: ArgumentHelp("How long the headers of a request may take, from their first byte on; then 408.", valueName: "seconds"))
    var headerTimeout = Double(ConnectionLimits().headerTime) / 1000

    @Option(
        help: ArgumentHelp("How long a body may take, and a second more for every 64 KB that came; then 408.", valueName: "seconds"))
    var bodyTimeout = Double(ConnectionLimits().bodyTime) / 1000

    @Option(help: ArgumentHelp("After how long a connection without requests is closed.", valueName: "seconds"))
    var idleTimeout = Double(ConnectionLimits().idleTime) / 1000

    @Option(help: ArgumentHelp("After how long a connection is closed whose client takes nothing of a reply.", valueName: "seconds"))
    var writeTimeout = Double(ConnectionLimits().writeTime) / 1000

    @Option(
        help: ArgumentHelp(
            "Where to write a line of JSON for every request: a file, - for standard output, or off. It has no tokens and no bodies.",
            valueName: "file"))
    var accessLog = "off"

    func validate() throws {
        guard 1...10_000_000 ~= maxConnections else { throw ValidationError("--max-connections must be from 1 to 10000000") }
        for (name, seconds) in [
            ("header", headerTimeout), ("body", bodyTimeout), ("idle", idleTimeout), ("write", writeTimeout),
        ] where !(0.01...86_400 ~= seconds) {
            throw ValidationError("--\(name)-timeout must be from 0.01 to 86400 seconds, not \(seconds)")
        }
    }

    func apply(to options: inout ConfigServer.Options) {
        options.limits.connections = maxConnections
        options.limits.headerTime = Int(headerTimeout * 1000)
        options.limits.bodyTime = Int(bodyTimeout * 1000)
        options.limits.idleTime = Int(idleTimeout * 1000)
        options.limits.writeTime = Int(writeTimeout * 1000)
        options.accessLog = AccessLogChoice(accessLog)
    }
}
