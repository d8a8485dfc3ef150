// What the system says about a network device.

import Glibc
import NetworkTypes

public enum HostDevice {
    /// The MAC address of an Ethernet device; nil: there is no such device, or it has none.
    public static func hardwareAddress(of device: String) -> MACAddress? {
        let file = open("/sys/class/net/\(device)/address", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var buffer = [UInt8](repeating: 0, count: 64)
        let count = buffer.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
        let text = String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self)
        guard let address = try? MACAddress(parsing: text.filter { !$0.isWhitespace }), address != .zero else { return nil }
        return address
    }
}
