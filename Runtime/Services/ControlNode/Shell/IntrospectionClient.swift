// Asks a control node what it says of itself: one GET, the body of the answer.

import NIOCore
import NIOHTTP1
import NIOPosix

public enum IntrospectionClient {
    /// The body that a control node answers with. Errors say what to do.
    public static func get(_ uri: String, host: String, port: Int) async throws -> String {
        let answers: NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>
        do {
            answers = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(.seconds(5))
                .connect(host: host, port: port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHTTPClientHandlers()
                        return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
                    }
                }
        } catch {
            throw ControlNodeError("no control node answers on \(host):\(port): \(error); is it running, and is --introspection right?")
        }
        return try await answers.executeThenClose { inbound, outbound in
            let headers: HTTPHeaders = ["Host": "\(host):\(port)", "Connection": "close"]
            try await outbound.write(.head(HTTPRequestHead(version: .http1_1, method: .GET, uri: uri, headers: headers)))
            try await outbound.write(.end(nil))
            var status = HTTPResponseStatus.ok
            var body = ByteBuffer()
            for try await part in inbound {
                switch part {
                case .head(let head): status = head.status
                case .body(var bytes): body.writeBuffer(&bytes)
                case .end:
                    let text = String(buffer: body)
                    guard status == .ok else { throw ControlNodeError(text.split(separator: "\n").first.map(String.init) ?? "\(status)") }
                    return text
                }
            }
            throw ControlNodeError("the control node on \(host):\(port) ended its answer early")
        }
    }
}
