// Addresses for those who run the server and do not configure with it: whether it lives, whether it answers, what it counts.

public enum Probe: String, CaseIterable, Sendable {
    /// The process runs and its event loops turn.
    case alive = "healthz"
    /// Requests are answered: the data have been read.
    case ready = "readyz"
    case metrics = "metrics"

    /// nil for any other request.
    public init?(_ request: Request) {
        guard request.method == .get, request.target.segments.count == 1 else { return nil }
        self.init(rawValue: request.target.segments[0])
    }

    public func reply(_ metrics: @autoclosure () -> Metrics, isReady: Bool) -> Reply {
        switch self {
        case .alive: Reply(200, .text, body: Array("ok\n".utf8))
        case .ready:
            isReady
                ? Reply(200, .text, body: Array("ok\n".utf8))
                : Refusal(503, "Api server is Initializing:DB Resync in progress").reply
        case .metrics: metrics().reply
        }
    }
}
