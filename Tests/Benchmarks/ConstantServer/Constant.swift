// An HTTP/1.1 server that answers every request with the same bytes, on the library and the pipeline that the configuration server has, and
// with as many event loops. What it costs is what a read costs before the configuration server has done anything.
//
//     ConstantServer PORT FILE

import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

private final class Constant: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    private let reply: ByteBuffer
    private var mustFlush = false

    init(_ reply: ByteBuffer) { self.reply = reply }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .end = unwrapInboundIn(data) else { return }
        // A reply is made for each request, as a server has to.
        var buffer = context.channel.allocator.buffer(capacity: reply.readableBytes)
        buffer.writeImmutableBuffer(reply)
        context.write(wrapOutboundOut(buffer), promise: nil)
        mustFlush = true
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if mustFlush { context.flush() }
        mustFlush = false
    }
}

@main
struct ConstantServer {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 3, let port = Int(arguments[1]), let content = FileManager.default.contents(atPath: arguments[2]) else {
            FileHandle.standardError.write(Data("usage: ConstantServer PORT FILE\n".utf8))
            exit(64)
        }
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=\"UTF-8\"\r\nContent-Length: \(content.count)\r\n\r\n"
        let reply = ByteBuffer(bytes: Array(head.utf8) + Array(content))
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup(numberOfThreads: System.coreCount))
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([ByteToMessageHandler(HTTPRequestDecoder()), Constant(reply)])
                }
            }
            .bind(host: "127.0.0.1", port: port)
            .get()
        try await server.closeFuture.get()
    }
}
